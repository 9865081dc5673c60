#include "base/stage.h"

#define NAME_(id, name) name,
static const char *const names[] = {STAGE_LIST(NAME_)};

const char *stage_name(enum stage stage)
{
    return names[stage];
}

/* The least of many, so that an interrupt is not taken for the counter. */
static uint64_t reading_cost(void)
{
    uint64_t least = UINT64_MAX, before = stage_ticks();
    for (int i = 0; i < 64; i++) {
        uint64_t now = stage_ticks();
        if (now > before && now - before < least)
            least = now - before;
        before = now;
    }
    return least == UINT64_MAX ? 0 : least;
}

void stage_begin(struct stage_clock *c, enum stage first)
{
    c->cost = reading_cost();
    c->now = first;
    c->since = stage_ticks();
}

enum stage stage_move(struct stage_clock *c, enum stage next)
{
    enum stage before = c->now;
    uint64_t now = stage_ticks();
    if (now > c->since + c->cost) {
        uint64_t ticks = now - c->since - c->cost;
        bool broken = stage_is_sampled(before) && ticks > STAGE_LONGEST;
        c->ticks[broken ? STAGE_RECORD : before] += ticks;
    }
    c->since = now;
    c->now = next;
    return before;
}

void stage_add(struct stage_clock *to, const struct stage_clock *from)
{
    for (int i = 0; i < STAGES; i++)
        to->ticks[i] += from->ticks[i];
    to->records += from->records;
    to->sampled += from->sampled;
}

void stage_divide(struct stage_clock *c)
{
    uint64_t within = 0;
    for (int i = STAGE_SCAN; i <= STAGE_EMIT; i++)
        within += c->ticks[i];
    if (!within)
        return;
    double all = (double)(c->ticks[STAGE_RECORD] + within), sum = (double)within;
    for (int i = STAGE_SCAN; i <= STAGE_EMIT; i++)
        c->ticks[i] = (uint64_t)((double)c->ticks[i] / sum * all);
    c->ticks[STAGE_RECORD] = 0;
}

struct stage_moment stage_moment(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (struct stage_moment){stage_ticks(), (uint64_t)t.tv_sec * 1000000000u +
                                                    (uint64_t)t.tv_nsec};
}

double stage_rate(struct stage_moment from, struct stage_moment to)
{
    if (to.ns <= from.ns || to.ticks <= from.ticks)
        return 1e9; /* no time has gone by */
    return (double)(to.ticks - from.ticks) * 1e9 / (double)(to.ns - from.ns);
}
