/*
 * arena: memory for everything with one common end.
 *
 * Blocks of at least ARENA_BLOCK bytes; nothing is freed alone. arena_clear() keeps the
 * first blocks for the next round, so that work repeated per record allocates nothing
 * after it has warmed up (`blocks` stays the same). One thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

#define ARENA_BLOCK (16u << 10)

struct arena_block;

struct arena {
    struct arena_block *first, *current;
    size_t blocks; /* number of blocks held */
    size_t bytes;  /* bytes held, used or not */
};

#define ARENA_INIT \
    {              \
        0          \
    }

/* Gives `size` zeroed bytes, aligned to 16, until arena_clear or arena_done. Never
 * NULL. */
void *arena_get(struct arena *a, size_t size);

/* Gives a copy, NUL-terminated beyond its length. */
struct str arena_str(struct arena *a, struct str s);

/* Everything given becomes invalid; storage is kept. */
void arena_clear(struct arena *a);

/* Everything is freed; the arena is as ARENA_INIT again. */
void arena_done(struct arena *a);

#define ARENA_NEW(a, type)      ((type *)arena_get((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_get((a), sizeof(type) * (n)))

#endif
