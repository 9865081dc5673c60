/*
 * cast: an export as a snapshot that only this process sees.
 *
 * What compares, loads or serves a tenant takes a snapshot: it has an order by keys,
 * fingerprints and random access. An export is made into one first, in a spool (an
 * unlinked, encrypted file under --temp), by the same pipeline as scrub's; either as it
 * is, or scrubbed. Different records under one key are not fatal here: the first one
 * stands, the others are counted (reader_entity.duplicates).
 */
#ifndef CLI_CAST_H
#define CLI_CAST_H

#include "archive/reader.h"
#include "base/err.h"
#include "cli/command.h"
#include "cli/setup.h"

struct cast;

struct cast_options {
    struct setup *setup; /* schema loaded; with `scrub` the rules, too, and the key */
    /* By the rules: then keys and fingerprints are those of the scrubbed records, and
     * the records themselves still raw. Else every value stays. */
    bool scrub;
    const char *doing; /* what the progress line says */
};

/* Reads the inputs (setup_source) to their end. Gives. */
enum err cast_new(const struct cast_options *o, const struct operands *inputs,
                  const struct common *common, struct cast **out, struct error *e)
    MUST_CHECK;
void cast_free(struct cast *c);
DEFINE_CLEANUP(struct cast, cast_free);

/* Borrowed. One thread at a time reads it. */
const struct reader *cast_reader(const struct cast *c);

/* Decoded bytes that were read to make it. */
uint64_t cast_bytes(const struct cast *c);

#endif
