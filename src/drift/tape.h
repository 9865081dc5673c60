/*
 * tape: changes kept in the order in which they came, to be read once.
 *
 * In a spool, whatever their number. One thread.
 */
#ifndef DRIFT_TAPE_H
#define DRIFT_TAPE_H

#include "base/arena.h"
#include "base/buf.h"
#include "crypt/spool.h"
#include "drift/change.h"

struct tape {
    struct spool *spool;
    uint64_t end, at; /* bytes written; read so far */
    struct buf line;
};

void tape_init(struct tape *t, const char *temp);
void tape_done(struct tape *t);

/* Takes drift; what is ignored, respelled or not exported is left out. `ctx` is the
 * tape. */
enum err tape_take(void *ctx, const struct change *c, struct error *e) MUST_CHECK;

/* The next change, its texts in the arena. */
enum err tape_next(struct tape *t, struct arena *a, struct change *out, bool *out_more,
                   struct error *e) MUST_CHECK;

#endif
