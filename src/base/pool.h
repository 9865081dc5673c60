/*
 * pool: worker threads that run jobs, and a caller that takes results in its own order.
 *
 *     pool_new(4, run, ctx, &p);
 *     pool_add(p, &job); … pool_wait(p, &job); use it …
 *
 * A job is part of the caller's own struct and belongs to a worker from pool_add()
 * until pool_wait() returns or pool_is_done() is true. Urgent jobs run before others
 * that wait. Jobs never block, so that the one thread which adds and waits cannot be
 * waited for. All calls but run() and pool_add_if_idle() come from one thread.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stdbool.h>

#include "base/err.h"

#define POOL_THREADS 256u /* more CPUs than a stream of blocks can use */

struct pool_job {
    struct pool_job *next;
    bool done;
    uint8_t kind; /* the caller's: what the job is part of */
};

/* Runs a job in worker number `worker` (from 0). */
typedef void pool_run(void *ctx, unsigned worker, struct pool_job *job);

struct pool;

/* ERR_SOFTWARE when no thread can be made; fewer than asked for is fine. Gives. */
enum err pool_new(unsigned threads, pool_run *run, void *ctx, struct pool **out,
                  struct error *e) MUST_CHECK;

/* Waits for the running jobs, forgets those that wait. */
void pool_free(struct pool *p);
DEFINE_CLEANUP(struct pool, pool_free);

void pool_add(struct pool *p, struct pool_job *job);
void pool_add_urgent(struct pool *p, struct pool_job *job);
/* Adds the job if a worker has nothing to do, else false and the job is not touched.
 * Also for run() itself, which may so share its work; whoever waits for the job must
 * not be a worker. */
bool pool_add_if_idle(struct pool *p, struct pool_job *job);
void pool_wait(struct pool *p, const struct pool_job *job);
bool pool_is_done(struct pool *p, const struct pool_job *job);

/* The CPUs that this process may use. */
unsigned pool_cpus(void);

#endif
