#include "doc/doc.h"
#include "scrub/act.h"
#include "scrub/act_with.h"

/* Shows the first and last characters. A value that has not more characters than are
 * shown is masked whole. Without keep_length the mask is MASK characters long. */
#define MASK 4u

struct mask {
    uint64_t first, last;
    struct str mark;
    bool keep_length;
};

static const char *const params[] = {"first", "last", "char", "keep_length", NULL};

static bool is_start(char c)
{
    return ((uint8_t)c & 0xc0) != 0x80;
}

static size_t characters(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += is_start(s.p[i]);
    return n;
}

static enum err check(const struct doc_node *with, struct arena *a, void **out_params,
                      struct error *e)
{
    struct mask *m = ARENA_NEW(a, struct mask);
    m->mark = STR("*");
    m->keep_length = true;
    TRY(with_known(with, params, e));
    TRY(with_uint(with, "first", 64, &m->first, e));
    TRY(with_uint(with, "last", 64, &m->last, e));
    TRY(with_text(with, "char", a, &m->mark, e));
    TRY(with_bool(with, "keep_length", &m->keep_length, e));
    if (m->mark.n == 0 || characters(m->mark) != 1)
        return with_refuse(with, "char", "one character", e);
    *out_params = m;
    return ERR_OK;
}

/* The byte where character `n` begins. */
static size_t offset_of(struct str s, size_t n)
{
    size_t i = 0;
    for (; i < s.n; i++) {
        if (is_start(s.p[i]) && n == 0)
            break;
        n -= is_start(s.p[i]);
    }
    return i;
}

static enum err apply(struct act_thread *t, const void *p, const struct act_value *in,
                      struct act_result *out, struct error *e)
{
    const struct mask *m = p;
    if (in->kind == ACT_NULL || in->text.n == 0) {
        buf_add_str(out->out, in->text);
        return ERR_OK;
    }
    out->kind = ACT_STRING;
    size_t n = characters(in->text), first = m->first, last = m->last;
    if (n <= first + last)
        first = last = 0;
    buf_add(out->out, in->text.p, offset_of(in->text, first));
    for (size_t i = m->keep_length ? n - first - last : MASK; i; i--)
        buf_add_str(out->out, m->mark);
    buf_add_str(out->out, str_from(in->text, offset_of(in->text, n - last)));
    return ERR_OK;
}

const struct action act_mask = {
    .name = "mask",
    .summary = "shows the first and last characters",
    .params = params,
    .check = check,
    .apply = apply,
};
