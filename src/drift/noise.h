/*
 * noise: which paths change whenever anything does.
 *
 * Fed with the comparisons of one tenant's states in a row. A path that changed in
 * every one of them, and in at least half of the records of its entity that changed at
 * all, is proposed to be ignored, with the evidence; nothing is applied. One thread.
 * Memory: an entry per path.
 */
#ifndef DRIFT_NOISE_H
#define DRIFT_NOISE_H

#include "base/buf.h"
#include "drift/change.h"

struct noise;

struct noise *noise_new(void);
void noise_free(struct noise *n);
DEFINE_CLEANUP(struct noise, noise_free);

/* Takes one comparison; noise_end() ends it. Borrowed. */
struct change_sink noise_sink(struct noise *n);
void noise_end(struct noise *n);

/* Adds a file for --ignore-from: a comment with the evidence and a path for each. */
void noise_write(const struct noise *n, struct buf *out);

#endif
