/* Lists: element by element, as sets, or by a member of their objects. */
#include <stdlib.h>

#include "drift/compare_private.h"
#include "drift/pointer.h"

/* An element of a list, and where it stood. */
struct element {
    const struct value *value;
    struct str by; /* what it is matched by */
    size_t at;
    const struct value *stored;
};

static int compare_elements(const void *a, const void *b)
{
    const struct element *x = a, *y = b;
    int c = str_cmp(x->by, y->by);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static enum err element(struct compare *c, const struct place *at, size_t index,
                        const struct sides *v, struct error *e)
{
    size_t length = c->path.n;
    struct place p = compare_element_place(c, at);
    pointer_index(&c->path, index);
    if (v->canon[0] && v->canon[1])
        TRY(compare_value(c, &p, v, e));
    else
        TRY(compare_tell(c, CHANGE_CHANGED, &p, v, e));
    c->path.n = length;
    return ERR_OK;
}

/* What is equal at both ends is passed over, so that one insertion is one change; what
 * lies between is compared place by place. The same from either side. */
static enum err ordered(struct compare *c, const struct place *at,
                        const struct sides *v, struct error *e)
{
    const struct value *a = v->canon[0], *b = v->canon[1];
    size_t n[2] = {a->n_items, b->n_items}, least = n[0] < n[1] ? n[0] : n[1];
    size_t head = 0, tail = 0;
    while (head < least && str_eq(a->items[head].text, b->items[head].text))
        head++;
    while (tail < least - head &&
           str_eq(a->items[n[0] - 1 - tail].text, b->items[n[1] - 1 - tail].text))
        tail++;
    size_t end = (n[0] > n[1] ? n[0] : n[1]) - tail;
    for (size_t i = head; i < end; i++) {
        struct sides item = {0};
        for (unsigned side = 0; side < 2; side++)
            if (i < n[side] - tail) {
                item.canon[side] = &v->canon[side]->items[i];
                item.stored[side] = value_element(v->stored[side], i);
            }
        item.raw = value_element(v->raw, i);
        TRY(element(c, at, i, &item, e));
    }
    return ERR_OK;
}

static struct element *sorted(struct compare *c, const struct value *list,
                              const struct value *stored, struct str key, size_t *out_n)
{
    struct element *items = ARENA_ARRAY(&c->arena, struct element, list->n_items + 1);
    for (size_t i = 0; i < list->n_items; i++) {
        const struct value *v = &list->items[i];
        const struct value *by = key.n ? value_member(v, key) : v;
        items[i] = (struct element){.value = v,
                                    .by = by ? by->text : STR(""),
                                    .at = i,
                                    .stored = value_element(stored, i)};
    }
    qsort(items, list->n_items, sizeof *items, compare_elements);
    *out_n = list->n_items;
    return items;
}

static size_t unique(struct element *items, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (!k || !str_eq(items[k - 1].by, items[i].by))
            items[k++] = items[i];
    return k;
}

/* The order of the paths: a missing element by its own place, others by the right's. */
static enum err matched(struct compare *c, const struct place *at,
                        const struct place_rules *rules, const struct sides *v,
                        struct error *e)
{
    struct element *items[2];
    size_t n[2];
    for (unsigned side = 0; side < 2; side++) {
        items[side] = sorted(c, v->canon[side], v->stored[side], rules->key, &n[side]);
        if (rules->list == LIST_SET)
            n[side] = unique(items[side], n[side]);
    }
    for (size_t i = 0, k = 0; i < n[0] || k < n[1];) {
        int order = i == n[0]   ? 1
                    : k == n[1] ? -1
                                : str_cmp(items[0][i].by, items[1][k].by);
        struct sides item = {0};
        size_t index = order < 0 ? items[0][i].at : items[1][k].at;
        if (order <= 0) {
            item.stored[0] = items[0][i].stored;
            item.canon[0] = items[0][i++].value;
        }
        if (order >= 0) {
            item.stored[1] = items[1][k].stored;
            item.canon[1] = items[1][k++].value;
        }
        const struct value *of_raw = item.canon[c->options.raw_side];
        if (of_raw) /* its own place in its list */
            item.raw = value_element(
                v->raw, (size_t)(of_raw - v->canon[c->options.raw_side]->items));
        TRY(element(c, at, index, &item, e));
    }
    return ERR_OK;
}

enum err compare_lists(struct compare *c, const struct place *at,
                       const struct place_rules *rules, const struct sides *v,
                       struct error *e)
{
    return rules->list == LIST_ORDERED ? ordered(c, at, v, e)
                                       : matched(c, at, rules, v, e);
}
