/* The pool: every job runs once, in a worker of its own number; urgent ones first. */
#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>

#include "test.h"

#define JOBS 2000

struct job {
    struct pool_job job; /* first: run() gets this */
    unsigned ran, worker, place;
};

struct bench {
    unsigned workers;
    atomic_uint running, finished;
    atomic_bool wrong; /* a worker of no known number, or two of one number at a time */
    atomic_bool busy[POOL_THREADS];
    pthread_mutex_t gate; /* held: jobs of kind 1 wait */
};

static void run(void *ctx, unsigned worker, struct pool_job *job)
{
    struct bench *b = ctx;
    struct job *j = (struct job *)job;
    atomic_fetch_add(&b->running, 1);
    if (worker >= b->workers || atomic_exchange(&b->busy[worker], true))
        atomic_store(&b->wrong, true);
    if (job->kind == 1) {
        pthread_mutex_lock(&b->gate);
        pthread_mutex_unlock(&b->gate);
    }
    j->ran++;
    j->worker = worker;
    j->place = atomic_fetch_add(&b->finished, 1);
    atomic_store(&b->busy[worker % POOL_THREADS], false);
}

static void open_bench(struct bench *b, unsigned threads, struct pool **out)
{
    struct error e = ERROR_INIT;
    memset(b, 0, sizeof *b);
    pthread_mutex_init(&b->gate, NULL);
    b->workers = threads < POOL_THREADS ? threads : POOL_THREADS;
    assert_ok(pool_new(threads, run, b, out, &e), &e);
}

static void close_bench(struct bench *b, struct pool *p)
{
    pool_free(p);
    ck_assert(!atomic_load(&b->wrong));
    pthread_mutex_destroy(&b->gate);
}

static const unsigned threads[] = {1, 2, 4, 16};

START_TEST(each_once)
{
    static struct job jobs[JOBS];
    struct bench b;
    struct pool *p = NULL;
    open_bench(&b, threads[_i], &p);
    for (int round = 1; round <= 3; round++) {
        for (int i = 0; i < JOBS; i++)
            (i % 7 ? pool_add : pool_add_urgent)(p, &jobs[i].job);
        for (int i = 0; i < JOBS; i++) {
            pool_wait(p, &jobs[i].job);
            ck_assert(pool_is_done(p, &jobs[i].job));
            /* Written by the worker, read without a lock: pool_wait() ordered them. */
            ck_assert_int_eq((int)jobs[i].ran, round);
        }
    }
    close_bench(&b, p);
    memset(jobs, 0, sizeof jobs);
}
END_TEST

/* The only worker is held by the first job; what is added meanwhile waits. */
START_TEST(order)
{
    struct job first = {.job.kind = 1}, later[3] = {0}, urgent[2] = {0};
    struct bench b;
    struct pool *p = NULL;
    open_bench(&b, 1, &p);
    pthread_mutex_lock(&b.gate);
    pool_add(p, &first.job);
    while (!atomic_load(&b.running))
        ;
    for (int i = 0; i < 3; i++)
        pool_add(p, &later[i].job);
    for (int i = 0; i < 2; i++)
        pool_add_urgent(p, &urgent[i].job);
    ck_assert(!pool_is_done(p, &first.job));
    ck_assert(!pool_is_done(p, &urgent[0].job));
    pthread_mutex_unlock(&b.gate);
    for (int i = 0; i < 3; i++)
        pool_wait(p, &later[i].job);
    ck_assert_int_eq((int)first.place, 0);
    ck_assert_int_eq((int)urgent[1].place, 1); /* the last urgent one is in front */
    ck_assert_int_eq((int)urgent[0].place, 2);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq((int)later[i].place, 3 + i);
    close_bench(&b, p);
}
END_TEST

/* An urgent job into an empty queue, then others behind it: the queue's end is kept. */
START_TEST(urgent_alone)
{
    struct job jobs[20] = {0};
    struct bench b;
    struct pool *p = NULL;
    open_bench(&b, 2, &p);
    for (int i = 0; i < 20; i++) {
        (i % 2 ? pool_add : pool_add_urgent)(p, &jobs[i].job);
        if (i % 3 == 0)
            pool_wait(p, &jobs[i].job);
    }
    for (int i = 0; i < 20; i++)
        pool_wait(p, &jobs[i].job);
    ck_assert_int_eq((int)atomic_load(&b.finished), 20);
    close_bench(&b, p);
}
END_TEST

/* Freed while jobs wait: the running one ends, the others are forgotten. */
START_TEST(free_while_waiting)
{
    struct job first = {.job.kind = 1}, later[50] = {0};
    struct bench b;
    struct pool *p = NULL;
    open_bench(&b, 1, &p);
    pthread_mutex_lock(&b.gate);
    pool_add(p, &first.job);
    while (!atomic_load(&b.running))
        ;
    for (int i = 0; i < 50; i++)
        pool_add(p, &later[i].job);
    pthread_mutex_unlock(&b.gate);
    close_bench(&b, p);
    ck_assert_int_eq((int)first.ran, 1);
    for (int i = 0; i < 50; i++)
        ck_assert_int_le((int)later[i].ran, 1);
}
END_TEST

/* A worker that offers the pool another job. */
struct giver {
    struct pool *pool;
    struct pool_job first, other;
    bool given;
};

static void give(void *ctx, unsigned worker, struct pool_job *job)
{
    struct giver *g = ctx;
    if (job != &g->first)
        return;
    g->given = pool_add_if_idle(g->pool, &g->other);
}

START_TEST(only_to_idle_workers)
{
    struct error e = ERROR_INIT;
    for (unsigned workers = 1; workers <= 2; workers++) {
        bool given = false;
        /* The second worker may not have come to wait yet. */
        for (int i = 0; i < 1000 && !given; i++) {
            struct giver g = {.other.done = true};
            assert_ok(pool_new(workers, give, &g, &g.pool, &e), &e);
            pool_add(g.pool, &g.first);
            pool_wait(g.pool, &g.first);
            pool_wait(g.pool, &g.other);
            given = g.given;
            pool_free(g.pool);
            ck_assert(workers > 1 || !given);
            if (workers == 1)
                break;
        }
        ck_assert_int_eq(given, workers > 1);
    }
}
END_TEST

/* Two jobs wait for one idle worker: a third is not taken. */
START_TEST(not_more_than_are_idle)
{
    struct job first = {.job.kind = 1}, second = {.job.kind = 1},
               third = {.job.done = true};
    struct bench b;
    struct pool *p = NULL;
    open_bench(&b, 2, &p);
    pthread_mutex_lock(&b.gate);
    pool_add(p, &first.job);
    pool_add(p, &second.job);
    while (atomic_load(&b.running) < 2)
        ;
    ck_assert(!pool_add_if_idle(p, &third.job));
    ck_assert(pool_is_done(p, &third.job)); /* not touched */
    pthread_mutex_unlock(&b.gate);
    pool_wait(p, &first.job);
    pool_wait(p, &second.job);
    close_bench(&b, p);
    ck_assert_int_eq((int)third.ran, 0);
}
END_TEST

START_TEST(edges)
{
    struct bench b;
    struct pool *p = NULL;
    pool_free(NULL);
    open_bench(&b, 1, &p); /* nothing to do */
    close_bench(&b, p);
    ck_assert_int_ge((int)pool_cpus(), 1);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, each_once, 0, sizeof threads / sizeof *threads);
    tcase_add_test(t, order);
    tcase_add_test(t, urgent_alone);
    tcase_add_test(t, free_while_waiting);
    tcase_add_test(t, only_to_idle_workers);
    tcase_add_test(t, not_more_than_are_idle);
    tcase_add_test(t, edges);
}

TEST_MAIN("pool")
