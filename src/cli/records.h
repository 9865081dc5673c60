/*
 * records: a snapshot's schema, and the records of an entity in the order of arrival.
 */
#ifndef CLI_RECORDS_H
#define CLI_RECORDS_H

#include "archive/reader.h"
#include "base/err.h"
#include "schema/schema.h"

/* Is it data/<Entity>/<nnnnnn>.ndjson? */
bool records_member(struct str name, struct str *out_entity, uint32_t *out_ordinal);

/* Calls `each` with every record that stands (no loser, no copy), without its newline.
 * An entity that is not there leaves *found as it was. Stops at the first error. */
enum err records_walk(const struct reader *r, struct str entity, reader_record *each,
                      void *ctx, bool *found, struct error *e) MUST_CHECK;

/* The schema that the snapshot was made with. Gives. */
enum err records_schema(const struct reader *r, struct schema **out, struct error *e)
    MUST_CHECK;

#endif
