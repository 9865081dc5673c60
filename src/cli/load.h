/*
 * load: members on their way through the pipeline, in lists, and the shelf of free
 * ones.
 *
 * A member is taken from the shelf, filled by a worker, packed by a job, written, and
 * given back, so that a long run allocates none after it has warmed up. A load belongs
 * to one thread at a time; the shelf to any.
 */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

#include <pthread.h>

#include "archive/member.h"
#include "base/err.h"
#include "base/pool.h"

struct load {
    struct pool_job job; /* done: packed, or `code` says why not */
    struct member member;
    struct load *next;
    enum err code;
    struct error error;
};

struct load_list {
    struct load *first, *last;
    size_t n;
};

void load_append(struct load_list *l, struct load *m);

/* The first, or NULL. */
struct load *load_shift(struct load_list *l);
void load_free_all(struct load_list *l);

/* Waits for the jobs of all. */
void load_wait_all(struct pool *p, const struct load_list *l);

struct shelf {
    pthread_mutex_t lock;
    struct load_list list;
};

void shelf_init(struct shelf *s);
void shelf_done(struct shelf *s);

/* Frees what lies on it. */
void shelf_clear(struct shelf *s);

/* An empty load of this entity whose job, of this kind, is done. */
struct load *shelf_take(struct shelf *s, const struct entity *entity, int kind);
void shelf_give_back(struct shelf *s, struct load *m);

#endif
