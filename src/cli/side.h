/*
 * side: one side of a comparison, as a snapshot with its schema.
 *
 * A snapshot is opened where it lies; a database that a snapshot was loaded into is
 * written out as one (tables.h); anything else is an export and is cast (cast.h).
 */
#ifndef CLI_SIDE_H
#define CLI_SIDE_H

#include "archive/reader.h"
#include "cli/cast.h"
#include "cli/recast.h"

struct side {
    struct setup setup; /* the side's own: inputs, schema, rules */
    struct cast *cast;  /* NULL: a snapshot */
    struct reader *opened;
    const struct reader *reader;
    struct spool *spool;   /* of a database, or a side that got other keys or ids */
    struct reader *recast; /* the same */
    bool raw;              /* an export: nobody says that it was scrubbed */
};

struct side_options {
    const struct setup *setup;   /* as the command line has it */
    const struct opt_list *keys; /* --key */
    bool scrub;                  /* an export is scrubbed by its rules (cast.h) */
};

/* Is it a snapshot, or a database that one was loaded into? */
enum err side_is_scrubbed(const char *path, bool *out, struct error *e) MUST_CHECK;

enum err side_open(struct side *s, const struct side_options *o, const char *path,
                   const struct common *common, struct error *e) MUST_CHECK;

/* Replaces the side by what becomes of its records. */
enum err side_recast(struct side *s, recast_each *each, void *ctx, struct error *e)
    MUST_CHECK;

/* The key that the snapshot was scrubbed with, by its manifest: is it this one? False
 * also where it was a key of that run only. */
bool side_has_key(const struct side *s, const struct key *key);

/* Were both scrubbed with one key? */
bool side_same_key(const struct side *a, const struct side *b);

/* Were the snapshot's rules these? */
bool side_has_rules(const struct side *s, const struct ruleset *rules);

void side_done(struct side *s);

#endif
