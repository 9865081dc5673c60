#include "base/table.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

static uint32_t *bucket(const struct table *t, struct str key, uint64_t hash)
{
    size_t mask = t->n_buckets - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t at = t->buckets[i];
        if (!at)
            return &t->buckets[i];
        const struct table_slot *s = &t->slots[at - 1];
        if (s->hash == hash && str_eq(s->key, key))
            return &t->buckets[i];
    }
}

static void grow(struct table *t)
{
    free(t->buckets);
    t->n_buckets = t->n_buckets ? t->n_buckets * 2 : 16;
    t->buckets = alloc_zero(t->n_buckets, sizeof *t->buckets);
    for (size_t i = 0; i < t->n; i++)
        *bucket(t, t->slots[i].key, t->slots[i].hash) = (uint32_t)i + 1;
}

void *table_get(const struct table *t, struct str key)
{
    if (!t->n)
        return NULL;
    uint32_t at = *bucket(t, key, hash64(key));
    return at ? t->slots[at - 1].value : NULL;
}

void *table_put(struct table *t, struct str key, void *value)
{
    if ((t->n + 1) * 4 > t->n_buckets * 3)
        grow(t);
    uint64_t hash = hash64(key);
    uint32_t *at = bucket(t, key, hash);
    if (*at) {
        void *old = t->slots[*at - 1].value;
        t->slots[*at - 1].value = value;
        return old;
    }
    VEC_PUSH(t->slots, t->n, t->cap) = (struct table_slot){key, value, hash};
    *at = (uint32_t)t->n;
    return NULL;
}

void table_done(struct table *t)
{
    free(t->slots);
    free(t->buckets);
    *t = (struct table)TABLE_INIT;
}
