#include "base/arena.h"

#include <stdlib.h>

#include "base/alloc.h"

struct arena_block {
    struct arena_block *next;
    size_t size, used;
    _Alignas(16) char bytes[];
};

static struct arena_block *block_new(struct arena *a, size_t size)
{
    size_t want = size > ARENA_BLOCK ? size : ARENA_BLOCK;
    struct arena_block *b = alloc_zero(1, sizeof *b + want);
    b->size = want;
    a->blocks++;
    a->bytes += want;
    return b;
}

void *arena_get(struct arena *a, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    if (!a->first)
        a->first = a->current = block_new(a, size);
    while (a->current->size - a->current->used < size) {
        struct arena_block *next = a->current->next;
        if (!next || next->size < size) {
            struct arena_block *b = block_new(a, size);
            b->next = next;
            a->current->next = b;
        }
        a->current = a->current->next;
        a->current->used = 0;
    }
    void *p = a->current->bytes + a->current->used;
    a->current->used += size;
    return memset(p, 0, size);
}

struct str arena_str(struct arena *a, struct str s)
{
    char *p = arena_get(a, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    return str_n(p, s.n);
}

void arena_clear(struct arena *a)
{
    a->current = a->first;
    if (a->current)
        a->current->used = 0;
}

void arena_done(struct arena *a)
{
    struct arena_block *b = a->first;
    while (b) {
        struct arena_block *next = b->next;
        free(b);
        b = next;
    }
    *a = (struct arena)ARENA_INIT;
}
