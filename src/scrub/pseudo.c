#include "scrub/pseudo.h"

#include "scrub/memo.h"

static const struct pseudo_kind *const kinds[] = {
#define X(name) &pseudo_##name,
    PSEUDO_LIST(X)
#undef X
};

const struct pseudo_kind *pseudo_at(size_t i)
{
    return i < sizeof kinds / sizeof *kinds ? kinds[i] : NULL;
}

static bool is_blank(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!strchr(" \t\r\n", s.p[i]) || !s.p[i])
            return false;
    return true;
}

static size_t place_of(const struct pseudo_kind *k)
{
    size_t i = 0;
    while (kinds[i] != k)
        i++;
    return i;
}

enum err pseudo_make(const struct pseudo_kind *k, const struct pseudo *p, struct str in,
                     struct buf *out, struct error *e)
{
    struct memo_key key;
    size_t from = out->n;
    if (is_blank(in)) {
        buf_add_str(out, in);
        return ERR_OK;
    }
    if (k->one_to_one ||
        !memo_key(&key, (uint8_t)(MEMO_KIND + place_of(k)), p->space, in))
        return k->make(p, in, out, e);
    struct str known = memo_get(p->t->memo, &key);
    if (known.p) {
        buf_add_str(out, known);
        return ERR_OK;
    }
    TRY(k->make(p, in, out, e));
    memo_put(p->t->memo, &key, str_from(buf_str(out), from));
    return ERR_OK;
}

void pseudo_fold(struct str s, struct buf *out)
{
    char *to = buf_room(out, s.n);
    for (size_t i = 0; i < s.n; i++)
        to[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
    out->n += s.n;
}
