/*
 * stage: where the time of a run goes, by kind of work.
 *
 * Every thread has a clock of its own that stands in one stage at a time; whoever
 * begins another kind of work moves it and moves it back:
 *
 *     enum stage before = stage_enter(clock, STAGE_READ); …; stage_enter(clock,
 * before);
 *
 * A NULL clock costs a branch. Times are wall time by the CPU's time-stamp counter
 * (where there is none, CLOCK_MONOTONIC), less what reading it costs; stage_rate()
 * compares the two. Counters that run apart between CPUs never make a time negative.
 *
 * Stages within a record (scan to emit) change faster than a clock should be read: a
 * `stage_sample` says which records are looked at, and their proportions stand for all.
 * One thread per clock.
 */
#ifndef BASE_STAGE_H
#define BASE_STAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* In the order of the work. STAGE_RECORD is all from scan to emit. */
#define STAGE_LIST(X)       \
    X(WAIT, "wait")         \
    X(READ, "read")         \
    X(CUT, "cut")           \
    X(SCAN, "scan")         \
    X(DECIDE, "decide")     \
    X(MATCH, "match")       \
    X(ACT, "act")           \
    X(EMIT, "emit")         \
    X(DIGEST, "digest")     \
    X(COMPRESS, "compress") \
    X(WRITE, "write")       \
    X(RECORD, "record")

#define STAGE_ID_(id, name) STAGE_##id,
enum stage { STAGE_LIST(STAGE_ID_) STAGES };

/* "read", "cut", … */
const char *stage_name(enum stage stage);

/* Is the stage one of those whose times are known from samples only? */
static inline bool stage_is_sampled(enum stage stage)
{
    return stage >= STAGE_SCAN && stage <= STAGE_EMIT;
}

struct stage_clock {
    enum stage now;
    uint64_t since; /* ticks */
    uint64_t cost;  /* of reading the counter */
    uint64_t ticks[STAGES];
    uint64_t records, sampled; /* seen by stage_sample() */
};

static inline uint64_t stage_ticks(void)
{
#if defined __x86_64__
    return __builtin_ia32_rdtsc();
#else
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
#endif
}

/* Starts a clock, or sets one that has run to now without counting what went by. */
void stage_begin(struct stage_clock *c, enum stage first);

/* What stage_enter() does with a clock. */
enum stage stage_move(struct stage_clock *c, enum stage next);

/* Counts the time since the last call for the stage that was on; returns that stage. */
static inline enum stage stage_enter(struct stage_clock *c, enum stage next)
{
    return __builtin_expect(c != NULL, 0) ? stage_move(c, next) : next;
}

/* A stretch within a record that takes longer (about half a millisecond) was broken by
 * another program, or is a first time of something: as a sample it would stand for 60
 * others. It counts for RECORD. */
#define STAGE_LONGEST (1u << 20) /* ticks */

/* One record in STAGE_EVERY is looked at closely, but not the first, which warms up: a
 * prime, so that it does not keep step with anything that comes in turns. */
#define STAGE_EVERY 61u
static inline bool stage_sample(struct stage_clock *c)
{
    if (__builtin_expect(c == NULL, 1))
        return false;
    bool chosen = ++c->records % STAGE_EVERY == 0;
    c->sampled += chosen;
    return chosen;
}

/* Adds the times of `from`. */
void stage_add(struct stage_clock *to, const struct stage_clock *from);

/* The times of RECORD are divided among the stages within, in proportion of the ticks
 * that these have from samples. RECORD keeps what cannot be divided: without samples
 * everything. */
void stage_divide(struct stage_clock *c);

/* A moment by both clocks; from the earlier of two follow the ticks of a second. */
struct stage_moment {
    uint64_t ticks, ns;
};
struct stage_moment stage_moment(void);
double stage_rate(struct stage_moment from, struct stage_moment to);

#endif
