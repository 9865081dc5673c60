/* What no key matches: the greatest number of equal members. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "drift/identity_private.h"

#define COMMON 8u /* a value that more records have tells little, and costs pairs */

struct token { /* a member's name and value, hashed */
    uint64_t hash;
    uint32_t record; /* of its side's leftovers */
};

struct leftovers {
    struct ident **idents;
    size_t n;
    struct token *tokens;
    size_t n_tokens, cap_tokens;
    uint32_t *sizes; /* tokens of each */
    struct table places;
};

struct offer { /* a pair that may be one */
    uint32_t left, right, shared;
    double weight;
};

static void list_left_over(const struct kind *k, unsigned side, struct leftovers *out)
{
    out->idents = alloc_zero(k->n[side] + 1, sizeof(struct ident *));
    out->sizes = alloc_zero(k->n[side] + 1, sizeof *out->sizes);
    for (size_t i = 0; i < k->n[side]; i++) {
        struct ident *ident = k->list[side][i];
        if (ident->mate)
            continue;
        out->idents[out->n++] = ident;
        table_put(&out->places, ident->text, &out->idents[out->n - 1]);
    }
}

static void leftovers_done(struct leftovers *l)
{
    free(l->idents);
    free(l->tokens);
    free(l->sizes);
    table_done(&l->places);
}

static enum err take_tokens(struct identity *m, void *ctx, struct kind *k,
                            unsigned side, const struct value *record, struct error *e)
{
    struct leftovers *l = ctx;
    struct str id, own = identity_own(k->entity[side]);
    const struct type *t = k->entity[side]->type;
    (void)e;
    if (!identity_text(value_member(record, own), &id))
        return ERR_OK;
    struct ident **place = table_get(&l->places, id);
    if (!place)
        return ERR_OK;
    uint32_t at = (uint32_t)(place - l->idents);
    for (size_t i = 0; i < record->n_items; i++) {
        const struct value *item = &record->items[i];
        const struct field *f = t ? schema_field(t, item->name) : NULL;
        if (str_eq(item->name, own) || (f && f->is_volatile) ||
            item->kind == VALUE_NULL)
            continue;
        buf_clear(&m->text);
        buf_add_str(&m->text, item->name);
        buf_add_char(&m->text, ':');
        identity_add(m, side, item, f, &m->text);
        VEC_PUSH(l->tokens, l->n_tokens, l->cap_tokens) =
            (struct token){hash64(buf_str(&m->text)), at};
        l->sizes[at]++;
    }
    return ERR_OK;
}

static int by_token(const void *a, const void *b)
{
    const struct token *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->record > y->record) - (x->record < y->record);
}

static int by_pair(const void *a, const void *b)
{
    const struct offer *x = a, *y = b;
    if (x->left != y->left)
        return x->left < y->left ? -1 : 1;
    return (x->right > y->right) - (x->right < y->right);
}

static int by_weight(const void *a, const void *b)
{
    const struct offer *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return by_pair(a, b);
}

struct offers {
    struct offer *items;
    size_t n, cap;
};

/* A value that both sides have, as an offer for each pair that has it. */
static void offer_group(struct offers *o, const struct token *a, size_t n,
                        const struct token *b, size_t k)
{
    for (size_t i = 0; n <= COMMON && k <= COMMON && i < n; i++)
        for (size_t j = 0; j < k; j++)
            VEC_PUSH(o->items, o->n, o->cap) =
                (struct offer){a[i].record, b[j].record, 1, 1.0 / (double)(n * k)};
}

static size_t run_end(const struct leftovers *l, size_t from)
{
    size_t end = from + 1;
    while (end < l->n_tokens && l->tokens[end].hash == l->tokens[from].hash)
        end++;
    return end;
}

static void make_offers(struct leftovers sides[2], struct offers *o)
{
    struct leftovers *a = &sides[0], *b = &sides[1];
    for (unsigned side = 0; side < 2; side++)
        if (sides[side].n_tokens)
            qsort(sides[side].tokens, sides[side].n_tokens, sizeof *a->tokens,
                  by_token);
    for (size_t i = 0, j = 0; i < a->n_tokens && j < b->n_tokens;) {
        uint64_t x = a->tokens[i].hash, y = b->tokens[j].hash;
        size_t i_end = run_end(a, i), j_end = run_end(b, j);
        if (x == y)
            offer_group(o, a->tokens + i, i_end - i, b->tokens + j, j_end - j);
        i = x <= y ? i_end : i;
        j = y <= x ? j_end : j;
    }
    if (!o->n)
        return;
    qsort(o->items, o->n, sizeof *o->items, by_pair);
    size_t n = 0;
    for (size_t i = 1; i < o->n; i++) {
        if (by_pair(&o->items[n], &o->items[i]) != 0) {
            o->items[++n] = o->items[i];
            continue;
        }
        o->items[n].shared++;
        o->items[n].weight += o->items[i].weight;
    }
    o->n = n + 1;
    qsort(o->items, o->n, sizeof *o->items, by_weight);
}

/* The best offers first; half of the larger record must be shared. */
static void accept(struct identity *m, struct leftovers sides[2],
                   const struct offers *o)
{
    for (size_t i = 0; i < o->n; i++) {
        const struct offer *x = &o->items[i];
        struct ident *left = sides[0].idents[x->left];
        struct ident *right = sides[1].idents[x->right];
        uint32_t a = sides[0].sizes[x->left], b = sides[1].sizes[x->right];
        if (!left->mate && !right->mate && 2 * x->shared >= (a > b ? a : b))
            identity_pair(m, left, right, IDENTITY_GUESSED);
    }
}

enum err identity_guess(struct identity *m, struct kind *k, struct error *e)
{
    struct leftovers sides[2] = {{0}, {0}};
    struct offers offers = {0};
    enum err code = ERR_OK;
    for (unsigned side = 0; side < 2; side++)
        list_left_over(k, side, &sides[side]);
    bool few = sides[0].n && sides[1].n && sides[0].n <= IDENTITY_GUESSES &&
               sides[1].n <= IDENTITY_GUESSES;
    for (unsigned side = 0; side < 2 && few && code == ERR_OK; side++)
        code = identity_walk(m, k, side, take_tokens, &sides[side], e);
    if (few && code == ERR_OK) {
        make_offers(sides, &offers);
        accept(m, sides, &offers);
    }
    leftovers_done(&sides[0]);
    leftovers_done(&sides[1]);
    free(offers.items);
    return code;
}
