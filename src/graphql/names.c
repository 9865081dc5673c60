#include "graphql/names.h"

#include "base/hash.h"

static struct names_slot *find(const struct names *t, const void *owner,
                               struct str name)
{
    /* Fibonacci hashing spreads owners, whose low bits are all 0. */
    uint64_t hash =
        hash64(name) ^ (uint64_t)(uintptr_t)owner * UINT64_C(0x9e3779b97f4a7c15);
    for (uint32_t i = (uint32_t)(hash ^ hash >> 32) & t->mask;; i = (i + 1) & t->mask) {
        struct names_slot *s = &t->slots[i];
        if (!s->name.p || (s->owner == owner && str_eq(s->name, name)))
            return s;
    }
}

void names_init(struct names *t, struct arena *arena, uint32_t expected)
{
    uint32_t size = 16;
    while (size < expected * 2)
        size *= 2;
    *t =
        (struct names){arena, ARENA_ARRAY(arena, struct names_slot, size), size - 1, 0};
}

void *names_get(const struct names *t, const void *owner, struct str name)
{
    return find(t, owner, name)->value;
}

static void grow(struct names *t)
{
    struct names old = *t;
    names_init(t, old.arena, old.mask + 1);
    t->n = old.n;
    for (uint32_t i = 0; i <= old.mask; i++)
        if (old.slots[i].name.p)
            *find(t, old.slots[i].owner, old.slots[i].name) = old.slots[i];
}

void **names_at(struct names *t, const void *owner, struct str name)
{
    struct names_slot *s = find(t, owner, name);
    if (s->name.p)
        return &s->value;
    if ((t->n + 1) * 4 > (t->mask + 1) * 3) {
        grow(t);
        s = find(t, owner, name);
    }
    t->n++;
    *s = (struct names_slot){.owner = owner, .name = name};
    return &s->value;
}
