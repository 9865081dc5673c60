/*
 * feed: a snapshot as an input: its data members, in order, as a source reads them.
 *
 * Records that lost against another under the same key (shadowed) are left out. One
 * thread.
 */
#ifndef CLI_FEED_H
#define CLI_FEED_H

#include "base/err.h"
#include "crypt/digest.h"
#include "crypt/key.h"
#include "scrub/ledger.h"
#include "source/source.h"

struct feed;
enum err feed_open(const char *path, struct feed **out, struct error *e) MUST_CHECK;
void feed_free(struct feed *f);
const struct source_feed *feed_source(struct feed *f);

/* Was the snapshot sealed with this key, and is every byte of it as it was then? Reads
 * all of it. A seal by another key, or none, is false; one by this key over a snapshot
 * that is not whole is ERR_DATA. Only a sealed snapshot's ledger is believed: anybody
 * can put raw records behind a ledger that says they are scrubbed. */
enum err feed_is_sealed(struct feed *f, const struct key *key, bool *out,
                        struct error *e) MUST_CHECK;

/* The seal that scrub puts on a snapshot: the key's function of the tag manifest's
 * digest. `ctx` is the struct key. */
void feed_seal(void *ctx, const uint8_t tags[SHA256_SIZE], uint8_t out[SHA256_SIZE]);

/* What was decided when the snapshot was made. */
enum err feed_ledger(struct feed *f, struct ledger_past **out, struct error *e)
    MUST_CHECK;

#endif
