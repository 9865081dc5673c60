/*
 * source: opens exported tenants of every kind and cuts them into chunks of whole
 * records.
 *
 * Inputs are files, folders, archives in archives or standard input ("-"), compressed
 * or not, in any of the forms of sandcast(1), "INPUT". The format comes from the
 * content, the entity of a record from, in this order: an --entity override,
 * __typename, the Airbyte stream, the GraphQL list or single name, the member's or
 * file's base name.
 *
 *     source_new(&opts, &s); source_add(s, path) …
 *     while (source_next(s, chunk) == ERR_OK && chunk->n_records) hand it to a worker
 *     worker: for each i: source_record(s, chunk, i, &rec)
 *
 * source_next() is called by one thread; source_record() by any, on its own chunk.
 *
 * A chunk is about SOURCE_CHUNK bytes of decoded input of one member, filled completely
 * whatever read() returns and cut back to the last record's end, so that chunk borders
 * depend on the content only. A record larger than a chunk makes a larger one, up to
 * `record_limit`. CSV arrives as JSON records, typed by the schema.
 *
 * Envelopes (pages, documents, Airbyte messages) are checked here; a record's inside is
 * checked by who scans it.
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/stage.h"
#include "base/str.h"
#include "schema/schema.h"

#define SOURCE_CHUNK (2u << 20)
#define SOURCE_FILES \
    1000000u /* members and files of one run: each costs a summary entry */
/* A compressed input may grow by this factor before it is called a bomb; DEFLATE's own
 * limit is 1,032 and real exports stay under 60. Looked at beyond 64 MiB. */
#define SOURCE_RATIO 500u

struct source;

struct source_override {
    struct str name; /* a file's, member's, list's base name or glob */
    struct str entity;
};

struct source_options {
    struct schema *schema; /* borrowed */
    const struct source_override *overrides;
    size_t n_overrides;
    size_t record_limit;     /* bytes of one record */
    bool allow_partial;      /* incomplete exports are findings, not errors */
    const char *attachments; /* "drop" (default), "fail" or "keep=GLOB" */
    const char *temp;        /* not used: all is streamed, nothing spooled */
};

/* One file as the user named it, for the summary. */
struct source_input {
    struct str name,
        format;     /* "data-snapshot", "pages", "ndjson", "json", "airbyte", … */
    uint64_t bytes; /* decoded */
    uint64_t records;
};

/* Where a chunk comes from: "a.tar: parts.jsonl.gz". Lives as long as the source. */
struct source_origin {
    struct str name;
    struct str format;
};

struct source_ref {
    uint32_t at, size; /* in chunk->data */
    uint32_t raw;      /* where it began in the member, behind chunk->offset */
    const struct entity *entity; /* NULL: source_record() finds it */
};

struct chunk {
    struct buf data;
    struct source_ref *records;
    size_t n_records, cap_records;
    uint64_t sequence;     /* from 0, without gaps */
    uint64_t offset;       /* of data.p[0] in the decoded member */
    uint64_t first_record; /* ordinal in the member of records[0], from 1 */
    uint64_t bytes;        /* decoded input bytes that this chunk stands for */
    const struct source_origin *origin;
    uint8_t framing; /* private */
    bool stored;     /* the records come out of a snapshot of ours */
};

struct source_body {
    struct str json; /* the record's object; borrowed from the chunk */
    const struct entity *entity;
    uint64_t offset; /* of json.p[0] in the decoded member */
};

enum source_outcome { SOURCE_RECORD, SOURCE_NOTHING, SOURCE_FAILED };

enum err source_new(const struct source_options *o, struct source **out,
                    struct error *e) MUST_CHECK;
void source_free(struct source *s);
DEFINE_CLEANUP(struct source, source_free);

/* Takes an input into the list; it is opened when its turn comes, but must exist. */
enum err source_add(struct source *s, const char *path, struct error *e) MUST_CHECK;

/* A snapshot of ours is read by the archive room; the command hands its members on
 * through this. next() moves to the next data member (*out_more false at the end);
 * read() as file_read_at without offset. `ctx` and names live until source_free. */
struct source_feed {
    void *ctx;
    enum err (*next)(void *ctx, struct str *out_name, struct str *out_entity,
                     bool *out_more, struct error *e);
    enum err (*read)(void *ctx, void *p, size_t n, size_t *out_n, struct error *e);
};
void source_add_feed(struct source *s, const char *name,
                     const struct source_feed *feed);

/* Is the file a snapshot of ours (ZIP comment "sandcast1 …")? false for anything else,
 * also for what is not there: who opens it says so. An error when it cannot be read:
 * a snapshot that is taken for another zip would be scrubbed twice. */
enum err source_is_snapshot(const char *path, bool *out, struct error *e) MUST_CHECK;

/* Fills the chunk (its storage is reused); n_records 0 at the end of everything, when
 * completeness has been checked (missing parts, hasNextPage, totalCount, errors[]). */
enum err source_next(struct source *s, struct chunk *c, struct error *e) MUST_CHECK;

/* From now on the time of reading and unpacking goes to STAGE_READ of this clock
 * (borrowed; the clock of the thread that calls source_next()). */
void source_set_clock(struct source *s, struct stage_clock *clock);

/* Record i of a chunk. SOURCE_NOTHING: a message that carries no record (Airbyte
 * STATE). An entity that cannot be found is an error with the hint --entity. */
enum source_outcome source_record(struct source *s, const struct chunk *c, size_t i,
                                  struct source_body *out, struct error *e);

void chunk_done(struct chunk *c);

/* For the summary, after the end. */
size_t source_n_inputs(const struct source *s);
const struct source_input *source_input_at(const struct source *s, size_t i);

/* Bytes that all inputs have on disk (0 when unknown: pipes), and how many of them have
 * been read: for a progress line. Any thread. */
uint64_t source_total(const struct source *s);
uint64_t source_done_bytes(const struct source *s);

/* What is incomplete although allowed, and attachments dropped: lines for the evidence.
 */
size_t source_n_findings(const struct source *s);
const char *source_finding_at(const struct source *s, size_t i);

/* The same without names of inputs and their members: these stay with production. */
const char *source_finding_bare(const struct source *s, size_t i);

#endif
