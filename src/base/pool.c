#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#include "base/alloc.h"

struct worker {
    struct pool *pool;
    pthread_t thread;
    unsigned number;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    struct pool_job *first, *last;
    size_t n_jobs;   /* that wait */
    unsigned n_idle; /* workers that wait */
    bool stop;
    pool_run *run;
    void *ctx;
    struct worker *workers;
    unsigned n_workers;
};

static struct pool_job *take(struct pool *p)
{
    p->n_idle++;
    while (!p->first && !p->stop)
        pthread_cond_wait(&p->work, &p->lock);
    p->n_idle--;
    struct pool_job *job = p->stop ? NULL : p->first;
    if (job) {
        p->first = job->next;
        p->n_jobs--;
    }
    if (!p->first)
        p->last = NULL;
    return job;
}

static void *work(void *arg)
{
    const struct worker *w = arg;
    struct pool *p = w->pool;
    pthread_mutex_lock(&p->lock);
    for (struct pool_job *job; (job = take(p)) != NULL;) {
        pthread_mutex_unlock(&p->lock);
        p->run(p->ctx, w->number, job);
        pthread_mutex_lock(&p->lock);
        job->done = true;
        pthread_cond_signal(&p->done);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

enum err pool_new(unsigned threads, pool_run *run, void *ctx, struct pool **out,
                  struct error *e)
{
    if (threads > POOL_THREADS)
        threads = POOL_THREADS;
    CLEANUP(pool_freep) struct pool *p = NEW(struct pool);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    pthread_cond_init(&p->done, NULL);
    p->run = run;
    p->ctx = ctx;
    p->workers = alloc_zero(threads, sizeof *p->workers);
    /* Signals are the main thread's. */
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = 0;
    for (unsigned i = 0; i < threads && !failed; i++) {
        struct worker *w = &p->workers[i];
        *w = (struct worker){.pool = p, .number = i};
        failed = pthread_create(&w->thread, NULL, work, w);
        p->n_workers += !failed;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!p->n_workers)
        return err_sys(e, ERR_SOFTWARE, failed, "no thread can be made");
    *out = p;
    p = NULL;
    return ERR_OK;
}

void pool_free(struct pool *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->n_workers; i++)
        pthread_join(p->workers[i].thread, NULL);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->work);
    pthread_cond_destroy(&p->done);
    free(p->workers);
    free(p);
}

/* Under the lock. */
static void add_first(struct pool *p, struct pool_job *job)
{
    job->done = false;
    job->next = p->first;
    p->first = job;
    if (!p->last)
        p->last = job;
    p->n_jobs++;
    pthread_cond_signal(&p->work);
}

void pool_add(struct pool *p, struct pool_job *job)
{
    job->next = NULL;
    job->done = false;
    pthread_mutex_lock(&p->lock);
    if (p->last)
        p->last->next = job;
    else
        p->first = job;
    p->last = job;
    p->n_jobs++;
    pthread_cond_signal(&p->work);
    pthread_mutex_unlock(&p->lock);
}

void pool_add_urgent(struct pool *p, struct pool_job *job)
{
    pthread_mutex_lock(&p->lock);
    add_first(p, job);
    pthread_mutex_unlock(&p->lock);
}

bool pool_add_if_idle(struct pool *p, struct pool_job *job)
{
    pthread_mutex_lock(&p->lock);
    bool idle = p->n_idle > p->n_jobs;
    if (idle)
        add_first(p, job);
    pthread_mutex_unlock(&p->lock);
    return idle;
}

void pool_wait(struct pool *p, const struct pool_job *job)
{
    pthread_mutex_lock(&p->lock);
    while (!job->done)
        pthread_cond_wait(&p->done, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

bool pool_is_done(struct pool *p, const struct pool_job *job)
{
    pthread_mutex_lock(&p->lock);
    bool done = job->done;
    pthread_mutex_unlock(&p->lock);
    return done;
}

unsigned pool_cpus(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (unsigned)CPU_COUNT(&set);
    return 1;
}
