/*
 * tables: a tenant's database as an input, and as a snapshot.
 *
 * One that holds what a snapshot held (state "scrubbed") stands for a snapshot; one
 * that was made of an export is an export. One thread.
 */
#ifndef CLI_TABLES_H
#define CLI_TABLES_H

#include "archive/reader.h"
#include "archive/writer.h"
#include "base/err.h"
#include "source/source.h"
#include "store/dump.h"

/* What a path names; TABLES_NONE is anything else, or nothing. */
enum tables_kind { TABLES_NONE, TABLES_SCRUBBED, TABLES_RAW };
enum err tables_look(const char *path, enum tables_kind *out, struct error *e)
    MUST_CHECK;

/* As a source reads it: entity by entity. */
struct tables;
enum err tables_open(const char *path, struct tables **out, struct error *e) MUST_CHECK;
void tables_free(struct tables *t);
const struct source_feed *tables_source(struct tables *t);

/* The schema in it, loaded anew. Gives. */
enum err tables_schema(const char *path, struct schema **out, struct error *e)
    MUST_CHECK;

struct tables_snapshot {
    struct schema *schema; /* of tables_schema(), perhaps with other keys */
    struct writer_options writer;
    struct medium to;
};
/* Writes a snapshot of all records with what the database says of how they were made;
 * of different records under one key the first one stands. */
enum err tables_write(const char *path, const struct tables_snapshot *o,
                      struct error *e) MUST_CHECK;

#endif
