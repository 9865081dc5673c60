/*
 * serve_child: the command behind `serve … --`, which lives as long as it wants.
 */
#ifndef CLI_SERVE_CHILD_H
#define CLI_SERVE_CHILD_H

#include <pthread.h>
#include <sys/types.h>

#include "base/err.h"

struct serve_child {
    pid_t pid; /* 0: none */
    pthread_t waiter;
    void (*ended)(void *ctx);
    void *ctx;
};

/* Starts argv[0] of PATH; `ended` is called from another thread when it has ended. What
 * cannot be run is ERR_NOINPUT. */
enum err serve_child_start(struct serve_child *c, char *const *argv,
                           char *const *environment, struct error *e) MUST_CHECK;

/* Tells it to end, if it has not, waits, and gives its
 * status as a shell says it: 128 + the signal's number when one ended it. */
int serve_child_finish(struct serve_child *c);

#endif
