#include "drift/value.h"

#include <stdlib.h>

#include "base/alloc.h"

void value_reader_init(struct value_reader *r)
{
    *r = (struct value_reader){0};
    scan_init(&r->scan);
}

void value_reader_done(struct value_reader *r)
{
    scan_done(&r->scan);
    free(r->open);
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct value *)a)->name, ((const struct value *)b)->name);
}

/* The values behind place `at` are the items of the container that stands there. */
static void close_container(struct value_reader *r, size_t at, struct arena *a)
{
    struct value *v = &r->open[at];
    v->n_items = r->n - at - 1;
    v->items = ARENA_ARRAY(a, struct value, v->n_items + 1);
    memcpy(v->items, v + 1, v->n_items * sizeof *v);
    r->n = at + 1;
    bool sorted = true;
    for (size_t i = 1; v->kind == VALUE_OBJECT && i < v->n_items; i++)
        sorted = sorted && by_name(&v->items[i - 1], &v->items[i]) < 0;
    if (!sorted)
        qsort(v->items, v->n_items, sizeof *v->items, by_name);
}

static enum value_kind kind_of(char first)
{
    switch (first) {
    case '{': return VALUE_OBJECT;
    case '[': return VALUE_LIST;
    case '"': return VALUE_STRING;
    case 't':
    case 'f': return VALUE_BOOL;
    case 'n': return VALUE_NULL;
    default: return VALUE_NUMBER;
    }
}

/* The value as written: of a string with its quotes, of a container its bracket, which
 * grows when it is closed. The scanner may hold the last token elsewhere. */
static struct str text_of(const struct scan *s, const char *begin)
{
    static const char *const literals[] = {"true", "false", "null"};
    if (*begin == '"')
        return str_n(begin, s->token.n + 2);
    for (size_t i = 0; i < 3; i++)
        if (*begin == literals[i][0])
            return str_n(begin, strlen(literals[i]));
    return str_n(begin, s->token.n ? s->token.n : 1);
}

/* What has been read so far of one text. */
struct progress {
    struct str json, name;
    struct arena *arena;
    size_t containers[SCAN_DEPTH], depth;
};

static void take(struct value_reader *r, struct progress *p, enum scan_event event)
{
    const char *begin = p->json.p + r->scan.offset;
    if (event == SCAN_KEY) {
        p->name = str_n(begin + 1, r->scan.token.n);
        return;
    }
    if (event == SCAN_OBJECT_END || event == SCAN_ARRAY_END) {
        size_t at = p->containers[--p->depth];
        r->open[at].text.n = (size_t)(begin + 1 - r->open[at].text.p);
        close_container(r, at, p->arena);
        return;
    }
    if (event == SCAN_OBJECT || event == SCAN_ARRAY)
        p->containers[p->depth++] = r->n;
    VEC_PUSH(r->open, r->n, r->cap) = (struct value){
        .kind = kind_of(*begin), .name = p->name, .text = text_of(&r->scan, begin)};
    p->name = (struct str){0};
}

enum err value_read(struct value_reader *r, struct str json, struct arena *a,
                    struct value *out, struct error *e)
{
    struct progress p = {.json = json, .arena = a};
    enum scan_event event;
    r->n = 0;
    scan_reset(&r->scan, 0);
    scan_feed(&r->scan, json);
    scan_finish(&r->scan);
    while ((event = scan_next(&r->scan)) > SCAN_MORE)
        take(r, &p, event);
    if (event == SCAN_END) {
        *out = r->open[0];
        return ERR_OK;
    }
    if (e)
        *e = r->scan.error;
    return r->scan.error.code;
}

const struct value *value_member(const struct value *v, struct str name)
{
    if (!v || v->kind != VALUE_OBJECT)
        return NULL;
    const struct value wanted = {.name = name};
    return bsearch(&wanted, v->items, v->n_items, sizeof *v->items, by_name);
}

const struct value *value_element(const struct value *v, size_t i)
{
    return v && v->kind == VALUE_LIST && i < v->n_items ? &v->items[i] : NULL;
}
