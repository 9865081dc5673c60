/*
 * names: a hash table from (owner, name) to pointers, in an arena.
 *
 * One table holds the names of many things: fields by their type, say. Keys are
 * borrowed and must live as long as the arena; nothing is removed. One writer; any
 * number of readers once nobody writes.
 */
#ifndef GRAPHQL_NAMES_H
#define GRAPHQL_NAMES_H

#include "base/arena.h"
#include "base/str.h"

struct names_slot {
    const void *owner;
    struct str name; /* p NULL: free */
    void *value;
};

struct names {
    struct arena *arena;
    struct names_slot *slots;
    uint32_t mask, n;
};

/* Room for about `expected` names; it grows. */
void names_init(struct names *t, struct arena *arena, uint32_t expected);

/* The value, or NULL. */
void *names_get(const struct names *t, const void *owner, struct str name);

/* The place of the value, which holds NULL when the name is new. Valid until the next
 * call. */
void **names_at(struct names *t, const void *owner, struct str name);

#endif
