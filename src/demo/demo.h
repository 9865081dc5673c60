/*
 * demo: a realistic tenant of any size, to try things with and to measure with.
 *
 *     struct demo_options o = {.records = 5000, .seed = 1, .format = DEMO_NDJSON,
 *                              .output = "tenant.ndjson"};
 *     demo_write(&o, &summary, &e)
 *
 * Streamed: memory does not grow with the number of records. The same records, seed,
 * options and version give the same bytes on every machine (a data snapshot's
 * compressed members also depend on the DEFLATE encoder that was built in). All formats
 * carry the same records and fields, so that their canonical roots are equal. Records
 * come entity by entity, keys ascending, and every reference points to a record that is
 * there.
 *
 * Sensitive values of every class are planted, all of them fictional; the truth file
 * says where: NDJSON of {entity, key, path, class, kind: field|text|nested, value,
 * start?, end?}, start and end in code points of the decoded leaf. It names paths of
 * the schema whatever the format, and holds every field that the shipped rules are
 * meant to change.
 *
 * Limits: 1 to 2^31 - 1 records (ids are Ints), else ERR_USAGE. One thread per call.
 */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define DEMO_FORMATS(X)                                                     \
    X(DATA_SNAPSHOT, "data-snapshot") /* a tar of gzipped tables */         \
    X(PAGES, "pages")                 /* GraphQL responses, one a line */   \
    X(NDJSON, "ndjson")               /* a record with __typename a line */ \
    X(JSON, "json")                   /* one document */                    \
    X(AIRBYTE, "airbyte")             /* a RECORD message a line */

enum demo_format {
#define X(name, text) DEMO_##name,
    DEMO_FORMATS(X)
#undef X
};

/* The format of that name; false when there is none. */
bool demo_format_named(struct str name, enum demo_format *out);

#define DEMO_ENTITIES_MAX 64

struct demo_options {
    uint64_t records, seed;
    enum demo_format format;
    bool csv;           /* tables of a data snapshot as CSV instead of JSON lines */
    bool marked;        /* export-control markings too: scrubbing blocks on them */
    bool force;         /* replace existing files */
    const char *output; /* a path, or "-" for standard output */
    const char *truth;  /* a path, or NULL */
    const char *temp; /* directory for private temporary files; NULL: $TMPDIR or /tmp */
    void (*progress)(void *ctx, uint64_t records, uint64_t bytes); /* or NULL */
    void *progress_ctx;
};

struct demo_summary {
    uint64_t records;
    uint64_t bytes; /* of the export, before compression */
    size_t n_entities;
    struct {
        const char *name; /* "Part"; static storage */
        uint64_t records;
    } entities[DEMO_ENTITIES_MAX]; /* those with records, in the order written */
};

/* Writes o->output and o->truth, each whole or not at all. */
enum err demo_write(const struct demo_options *o, struct demo_summary *out,
                    struct error *e) MUST_CHECK;

/* The same into open descriptors; o->output, o->truth and o->force are not looked at.
 * truth_fd -1: no truth. `what` names the output in errors. */
enum err demo_write_fd(const struct demo_options *o, int fd, int truth_fd,
                       const char *what, struct demo_summary *out, struct error *e)
    MUST_CHECK;

#endif
