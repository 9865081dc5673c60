/*
 * table: a hash table from borrowed strings to pointers.
 *
 * Keys are borrowed: they must live as long as the table and not change. Order of
 * iteration is order of insertion. Nothing is removed alone. One writer; any number of
 * readers once nobody writes.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/str.h"

struct table_slot {
    struct str key;
    void *value;
    uint64_t hash;
};

struct table {
    struct table_slot *slots; /* in order of insertion */
    uint32_t *buckets;        /* index + 1 into slots, 0 empty; power of two */
    size_t n, cap, n_buckets;
};

#define TABLE_INIT \
    {              \
        0          \
    }

/* The value, or NULL. */
void *table_get(const struct table *t, struct str key);

/* Sets key to value (not NULL); returns what was there before, or NULL. */
void *table_put(struct table *t, struct str key, void *value);

void table_done(struct table *t);

#endif
