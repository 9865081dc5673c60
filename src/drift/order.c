#include "drift/order.h"

#include <stdlib.h>

#include "base/alloc.h"

static int by_name(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Does a record of type `t` hold a key of `target`? */
static bool refers(const struct type *t, const struct type *target)
{
    for (size_t i = 0; t && i < t->n_fields; i++)
        if (t->fields[i].by && t->fields[i].type == target && t != target)
            return true;
    return false;
}

/* May it come now: does it refer to nothing that is still to come? */
static bool is_free(const struct type *const *types, const bool *placed, size_t n,
                    size_t i)
{
    for (size_t k = 0; k < n; k++)
        if (!placed[k] && types[k] && refers(types[i], types[k]))
            return false;
    return true;
}

void order_entities(const struct schema *s, struct str *names, size_t n)
{
    struct str *sorted = alloc_zero(n + 1, sizeof *sorted);
    const struct type **types = alloc_zero(n + 1, sizeof *types);
    bool *placed = alloc_zero(n + 1, sizeof *placed);
    if (n)
        memcpy(sorted, names, n * sizeof *names);
    qsort(sorted, n, sizeof *sorted, by_name);
    for (size_t i = 0; i < n; i++)
        types[i] = schema_type(s, sorted[i]);
    for (size_t at = 0; at < n; at++) {
        size_t next = n, first = n;
        for (size_t i = n; i-- > 0;) {
            if (placed[i])
                continue;
            first = i;
            if (is_free(types, placed, n, i))
                next = i;
        }
        next =
            next == n ? first : next; /* all that is left lies in or behind a cycle */
        placed[next] = true;
        names[at] = sorted[next];
    }
    free(sorted);
    free(types);
    free(placed);
}
