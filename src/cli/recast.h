/*
 * recast: a snapshot into another one, record by record.
 *
 * What applies a patch, gives records other keys or other ids goes over all records in
 * the order of arrival and hands on what each one becomes. Records that lost against
 * another are left out, unless they are to lose, and be counted, again. What the old
 * snapshot says of how it was made (meta/…, evidence/…) goes along. One thread.
 */
#ifndef CLI_RECAST_H
#define CLI_RECAST_H

#include "archive/reader.h"
#include "archive/writer.h"
#include "base/err.h"
#include "schema/schema.h"

struct dump;
struct recast;

struct recast_options {
    const struct reader *reader; /* borrowed, as the three below */
    struct dump *dump; /* a database in the reader's stead: recast_keep() its records */
    struct schema *schema;
    const char *note; /* manifest.json: this member says the old root */
    struct writer_options writer;
    struct medium to;
    bool dry_run; /* nothing is written */
    bool losers;  /* hand these on, too: the first of a key has won */
};

/* What becomes of one record: calls recast_keep() any number of times. */
typedef enum err recast_each(void *ctx, struct recast *r, const struct entity *entity,
                             struct str json, struct error *e);

struct recast *recast_new(const struct recast_options *o);
void recast_free(struct recast *r);
DEFINE_CLEANUP(struct recast, recast_free);

/* Every record. */
enum err recast_walk(struct recast *r, recast_each *each, void *ctx, struct error *e)
    MUST_CHECK;

/* A record of the new snapshot, without newline. `out` gets its canonical form, valid
 * until the next call, when it is not NULL. */
enum err recast_keep(struct recast *r, const struct entity *entity, struct str json,
                     struct canon_record *out, struct error *e) MUST_CHECK;

/* The same for a record whose canonical form is at hand. */
enum err recast_keep_made(struct recast *r, const struct entity *entity,
                          struct str json, const struct canon_record *record,
                          struct error *e) MUST_CHECK;

enum err recast_finish(struct recast *r, uint8_t root[ROOT_SIZE], struct error *e)
    MUST_CHECK;

#endif
