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

/* Element i of the left list and k of the right one; SIZE_MAX: none. */
static enum err place(struct compare *c, const struct place *at, const struct sides *v,
                      const size_t index[2], struct error *e)
{
    struct sides item = {0};
    for (unsigned side = 0; side < 2; side++) {
        if (index[side] == SIZE_MAX)
            continue;
        item.canon[side] = &v->canon[side]->items[index[side]];
        item.stored[side] = value_element(v->stored[side], index[side]);
    }
    size_t where = index[1] != SIZE_MAX ? index[1] : index[0];
    size_t of_raw = index[c->options.raw_side];
    item.raw = value_element(v->raw, of_raw != SIZE_MAX ? of_raw : where);
    return element(c, at, where, &item, e);
}

/* The elements as they are told apart. */
static enum err forms(struct compare *c, const struct value *list, struct str **out,
                      struct error *e)
{
    *out = ARENA_ARRAY(&c->arena, struct str, list->n_items + 1);
    for (size_t i = 0; i < list->n_items; i++)
        TRY(compare_form(c, list->items[i].text, &(*out)[i], e));
    return ERR_OK;
}

/* What is equal at both ends is passed over, so that one insertion is one change; what
 * lies between is compared place by place. The same from either side. Of equal ends
 * those that are so in a normal form alone are told. */
static enum err ordered(struct compare *c, const struct place *at,
                        const struct sides *v, struct error *e)
{
    size_t n[2] = {v->canon[0]->n_items, v->canon[1]->n_items};
    size_t least = n[0] < n[1] ? n[0] : n[1], most = n[0] > n[1] ? n[0] : n[1];
    size_t head = 0, tail = 0;
    struct str *a, *b;
    TRY(forms(c, v->canon[0], &a, e));
    TRY(forms(c, v->canon[1], &b, e));
    while (head < least && str_eq(a[head], b[head]))
        head++;
    while (tail < least - head && str_eq(a[n[0] - 1 - tail], b[n[1] - 1 - tail]))
        tail++;
    for (size_t i = 0; i < most; i++) {
        bool behind = i >= most - tail;
        size_t index[2];
        for (unsigned side = 0; side < 2; side++)
            index[side] = behind               ? i - (most - n[side])
                          : i < n[side] - tail ? i
                                               : SIZE_MAX;
        if ((i < head || behind) && str_eq(v->canon[0]->items[index[0]].text,
                                           v->canon[1]->items[index[1]].text))
            continue;
        TRY(place(c, at, v, index, e));
    }
    return ERR_OK;
}

static enum err sorted(struct compare *c, const struct value *list,
                       const struct value *stored, struct str key, struct element **out,
                       struct error *e)
{
    struct element *items = ARENA_ARRAY(&c->arena, struct element, list->n_items + 1);
    for (size_t i = 0; i < list->n_items; i++) {
        const struct value *v = &list->items[i];
        const struct value *by = key.n ? value_member(v, key) : v;
        items[i] = (struct element){
            .value = v, .by = STR(""), .at = i, .stored = value_element(stored, i)};
        if (by)
            TRY(compare_form(c, by->text, &items[i].by, e));
    }
    qsort(items, list->n_items, sizeof *items, compare_elements);
    *out = items;
    return ERR_OK;
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
        n[side] = v->canon[side]->n_items;
        TRY(sorted(c, v->canon[side], v->stored[side], rules->key, &items[side], e));
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
