#include "drift/batch.h"

#include <stdlib.h>

#include "base/alloc.h"

void batch_init(struct batch *b, const struct reader *left, const struct reader *right,
                size_t limit)
{
    *b = (struct batch){.readers = {left, right}, .limit = limit};
}

void batch_done(struct batch *b)
{
    arena_done(&b->arena);
    free(b->items);
    free(b->order);
    buf_done(&b->text);
}

void batch_begin(struct batch *b, struct str entity)
{
    arena_clear(&b->arena);
    b->entity = entity;
    b->n = b->bytes = 0;
}

void batch_add(struct batch *b, const struct pair *p)
{
    const struct reader_entry *entries[SIDES] = {p->left, p->right};
    struct batch_item item = {
        .key = arena_str(&b->arena, p->left ? p->left->key : p->right->key)};
    for (unsigned side = 0; side < SIDES; side++) {
        const struct reader_entry *en = entries[side];
        if (!en)
            continue;
        item.count[side] = en->count;
        item.member[side] = en->member;
        item.at[side] = en->at;
        item.size[side] = en->size;
        b->bytes += en->size;
    }
    VEC_PUSH(b->items, b->n, b->cap) = item;
}

bool batch_is_full(const struct batch *b)
{
    return b->n >= BATCH_PAIRS || b->bytes >= b->limit;
}

struct by_place {
    const struct batch_item *items;
    unsigned side;
};

static int compare_places(const void *a, const void *b, void *ctx)
{
    const struct by_place *by = ctx;
    const struct batch_item *x = &by->items[*(const uint32_t *)a];
    const struct batch_item *y = &by->items[*(const uint32_t *)b];
    unsigned s = by->side;
    if (x->member[s] != y->member[s])
        return x->member[s] < y->member[s] ? -1 : 1;
    return (x->at[s] > y->at[s]) - (x->at[s] < y->at[s]);
}

static enum err read_member(struct batch *b, unsigned side, uint32_t ordinal,
                            struct error *e)
{
    const struct reader_member *m = reader_data(b->readers[side], b->entity, ordinal);
    if (!m)
        return err_set(e, ERR_DATA, "an index entry names a member that is not there");
    buf_clear(&b->text);
    TRY(reader_read(b->readers[side], m, &b->text, e));
    b->counts.members++;
    b->counts.bytes += b->text.n;
    return ERR_OK;
}

/* The items that have a record on this side, by place; returns how many. */
static size_t by_place(struct batch *b, unsigned side)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        if (b->items[i].count[side])
            b->order[n++] = (uint32_t)i;
    struct by_place by = {b->items, side};
    qsort_r(b->order, n, sizeof *b->order, compare_places, &by);
    return n;
}

enum err batch_fetch(struct batch *b, struct error *e)
{
    if (b->cap_order < b->n) {
        b->cap_order = b->n;
        b->order = alloc_resize(b->order, b->cap_order, sizeof *b->order);
    }
    for (unsigned side = 0; side < SIDES; side++) {
        size_t n = by_place(b, side);
        const struct batch_item *before = NULL;
        for (size_t i = 0; i < n; i++) {
            struct batch_item *item = &b->items[b->order[i]];
            if (!before || before->member[side] != item->member[side])
                TRY(read_member(b, side, item->member[side], e));
            before = item;
            if (item->at[side] > b->text.n ||
                item->size[side] > b->text.n - item->at[side])
                return err_set(e, ERR_DATA,
                               "an index entry names bytes that are not there");
            item->record[side] = arena_str(
                &b->arena, str_n(b->text.p + item->at[side], item->size[side]));
        }
    }
    return ERR_OK;
}
