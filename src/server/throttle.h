/*
 * throttle: how often something failed within the last minute, by who it was.
 *
 * Who is a hash; what shares a slot shares a count, which makes the memory fixed and a
 * wrong refusal as likely as two of THROTTLE_SLOTS callers failing at once. Any thread.
 */
#ifndef SERVER_THROTTLE_H
#define SERVER_THROTTLE_H

#include <pthread.h>

#include "base/err.h"

#define THROTTLE_SLOTS   1024u
#define THROTTLE_SECONDS 60

struct throttle {
    pthread_mutex_t lock;
    struct {
        int64_t since; /* seconds */
        uint32_t n;
    } slots[THROTTLE_SLOTS];
};

void throttle_init(struct throttle *t);
void throttle_done(struct throttle *t);

/* One failure more; returns how many there were in this minute. */
uint32_t throttle_add(struct throttle *t, uint64_t who, int64_t now);

/* How many there were. */
uint32_t throttle_count(struct throttle *t, uint64_t who, int64_t now);

#endif
