/*
 * documents: valid documents and their plans, kept for the next request of the same
 * text. Private to graphql/.
 *
 * Entries are counted, because one that is pushed out may be in use: the last one to
 * give it back frees it. Any thread.
 */
#ifndef GRAPHQL_DOCUMENTS_H
#define GRAPHQL_DOCUMENTS_H

#include <pthread.h>

#include "graphql/plan.h"

struct document {
    struct arena arena;
    struct str text, operation_name; /* name: empty when the request had none */
    const struct sdl_def *operation;
    const struct plan_set *plan; /* NULL: it depends on the variables */
    uint64_t hash;
    uint32_t users; /* under the lock */
};

struct documents {
    pthread_mutex_t lock;
    struct document **slots; /* by hash; a newer one takes the place */
    uint32_t n_slots, hand;
    size_t bytes, most;
};

void documents_init(struct documents *d, uint32_t slots, size_t bytes);
void documents_done(struct documents *d);

/* The document of this text and operation, counted, or NULL. */
struct document *documents_find(struct documents *d, struct str text,
                                struct str operation);

/* A new one, counted, that nobody finds yet. */
struct document *documents_new(struct str text, struct str operation);

/* From now on it can be found. It must not change any more. */
void documents_keep(struct documents *d, struct document *doc);

/* Gives it back. */
void documents_give(struct documents *d, struct document *doc);

#endif
