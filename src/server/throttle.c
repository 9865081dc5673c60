#include "server/throttle.h"

void throttle_init(struct throttle *t)
{
    *t = (struct throttle){.lock = PTHREAD_MUTEX_INITIALIZER};
}

void throttle_done(struct throttle *t)
{
    pthread_mutex_destroy(&t->lock);
}

static uint32_t count(struct throttle *t, uint64_t who, int64_t now, uint32_t more)
{
    pthread_mutex_lock(&t->lock);
    __typeof__(&t->slots[0]) slot = &t->slots[who % THROTTLE_SLOTS];
    /* Also when the clock was set back. */
    if (now < slot->since || now >= slot->since + THROTTLE_SECONDS) {
        slot->since = now;
        slot->n = 0;
    }
    slot->n += more;
    uint32_t n = slot->n;
    pthread_mutex_unlock(&t->lock);
    return n;
}

uint32_t throttle_add(struct throttle *t, uint64_t who, int64_t now)
{
    return count(t, who, now, 1);
}

uint32_t throttle_count(struct throttle *t, uint64_t who, int64_t now)
{
    return count(t, who, now, 0);
}
