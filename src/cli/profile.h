/*
 * profile: the stages of a run in seconds, for --profile.
 *
 * Wall time of all threads added up: the reading and writing one and the workers. So
 * the stages together are the run's time, from the first read on, times `threads`.
 */
#ifndef CLI_PROFILE_H
#define CLI_PROFILE_H

#include "base/buf.h"
#include "base/stage.h"

struct emit;

struct profile {
    struct stage_clock clock; /* of all threads, divided */
    double rate;              /* ticks a second */
    unsigned threads;
};

/* The value of the summary's member `profile`. */
void profile_json(const struct profile *p, struct emit *j);

/* A table: seconds and share of each stage. */
void profile_text(const struct profile *p, struct buf *out);

#endif
