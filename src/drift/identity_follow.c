/*
 * What a pair refers to is a pair: a record that looks like many others (ION's Entity
 * rows hold little but a type) is known by who refers to it.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "drift/identity_private.h"

struct link { /* from a matched record through a field to one that is not matched */
    uint64_t from;
    struct ident *to;
};

struct links {
    struct link *items[2];
    size_t n[2], cap[2];
};

static void take_link(struct identity *m, struct links *l, unsigned side,
                      const struct ident *from, const struct field *f,
                      const struct value *v)
{
    struct str id;
    const struct type *target = identity_target(f);
    struct kind *k = target ? table_get(&m->by_name, target->name) : NULL;
    struct ident *to = k && identity_text(v, &id) ? table_get(&k->ids[side], id) : NULL;
    if (!to || to->mate)
        return;
    struct str left = side ? from->mate->text : from->text;
    const struct str name[] = {f->owner->name, STR(":"), left, STR(":"), f->name};
    VEC_PUSH(l->items[side], l->n[side], l->cap[side]) =
        (struct link){hash64_pieces(name, 5), to};
}

static enum err take_links(struct identity *m, void *ctx, struct kind *k, unsigned side,
                           const struct value *record, struct error *e)
{
    struct str id;
    const struct type *t = k->entity[side]->type;
    (void)e;
    if (!t || !identity_text(value_member(record, identity_own(k->entity[side])), &id))
        return ERR_OK;
    const struct ident *from = table_get(&k->ids[side], id);
    for (size_t i = 0; from && from->mate && i < record->n_items; i++) {
        const struct field *f = schema_field(t, record->items[i].name);
        if (f)
            take_link(m, ctx, side, from, f, &record->items[i]);
    }
    return ERR_OK;
}

static int by_from(const void *a, const void *b)
{
    const struct link *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

/* Do both have a natural key, and not the same? */
static bool differ(const struct ident *a, const struct ident *b)
{
    return a->natural && b->natural &&
           (a->hash[0] != b->hash[0] || a->hash[1] != b->hash[1]);
}

enum err identity_follow(struct identity *m, struct kind *k, struct error *e)
{
    struct links l = {0};
    enum err code = ERR_OK;
    for (unsigned side = 0; side < 2 && code == ERR_OK; side++) {
        code = identity_walk(m, k, side, take_links, &l, e);
        if (l.n[side])
            qsort(l.items[side], l.n[side], sizeof *l.items[side], by_from);
    }
    for (size_t i = 0, j = 0; code == ERR_OK && i < l.n[0] && j < l.n[1];) {
        struct link *a = &l.items[0][i], *b = &l.items[1][j];
        if (a->from == b->from && !a->to->mate && !b->to->mate && !differ(a->to, b->to))
            identity_pair(m, a->to, b->to, IDENTITY_REFERENCE);
        i += a->from <= b->from;
        j += b->from <= a->from;
    }
    free(l.items[0]);
    free(l.items[1]);
    return code;
}
