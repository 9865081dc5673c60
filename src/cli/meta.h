/*
 * meta: what a snapshot says of how it was made: schema, rules, ledger, coverage, and
 * the members that scrub adds to manifest.json. Functions of input, rules, key and
 * options only: no clock, host, path or user.
 */
#ifndef CLI_META_H
#define CLI_META_H

#include "archive/writer.h"
#include "base/err.h"
#include "cli/setup.h"
#include "scrub/ledger.h"

/* Schema and rules do not wait for the data: a thread of their own packs them meanwhile
 * (`thread` false: nobody does, and meta_write() will). `setup` must outlive it. Gives.
 */
struct meta_ahead;
struct meta_ahead *meta_ahead_new(const struct setup *setup, enum deflate_level level,
                                  bool thread);
void meta_ahead_free(struct meta_ahead *a);

struct meta {
    const struct setup *setup;
    struct meta_ahead *ahead;
    const struct ledger *ledger;
    const char *undecided;
};

/* meta/schema.graphql, meta/rules/…, meta/ledger.json, evidence/coverage.json */
enum err meta_write(const struct meta *m, struct writer *w, struct error *e) MUST_CHECK;

void meta_manifest(const struct meta *m, struct buf *out);

#endif
