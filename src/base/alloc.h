/*
 * alloc: the one policy for running out of memory.
 *
 * Small allocations whose size the program decides end the process with one line and
 * status 70 when they fail: there is nothing sensible to do, and a branch at each call
 * would never be tested. What an input decides goes through buf with its limit.
 * Any thread.
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

#include "base/str.h"

/* Gives n zeroed items (caller frees with free). Never NULL; n * size must not
 * overflow. */
void *alloc_zero(size_t n, size_t size);

/* As realloc for n items of `size`; never NULL for n > 0. Gives. */
void *alloc_resize(void *p, size_t n, size_t size);

/* Gives a NUL-terminated copy. */
char *alloc_str(struct str s);

/* For commands that need some MiB: the next ALLOC_HEAP bytes of the heap are in large
 * pages where the system has them; only those that are touched take memory. Buffers of
 * a quarter of that and more are returned to the system when they are freed. Once,
 * before the first thread. */
#define ALLOC_HEAP (16 << 20)
void alloc_large_pages(void);

/* Gives n bytes that are not zeroed; never NULL. For the libraries that take an
 * allocator: what they would say of a failure is not that memory is short. */
void *alloc_bytes(size_t n);

/* Ends the process with this line and status 70, from any thread and without what
 * exit() does; outputs that are not whole are removed. */
_Noreturn void alloc_end(const char *line);

/* The same: out of memory. */
_Noreturn void alloc_fail(void);

#define NEW(type) ((type *)alloc_zero(1, sizeof(type)))

/* Room for one more in a growable array: VEC_PUSH(v->items, v->n, v->cap) = item; */
#define VEC_PUSH(items, n, cap)                                                 \
    (*((n) == (cap) ? ((cap) = (cap) ? (cap)*2 : 8,                             \
                       (items) = alloc_resize((items), (cap), sizeof *(items)), \
                       (items) + (n)++)                                         \
                    : (items) + (n)++))

#endif
