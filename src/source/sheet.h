/*
 * sheet: records as rows of a table, the mirror of reading one.
 *
 *     sheet_new(entity, &t); sheet_see(t, json) for every record: which columns there
 * are sheet_header(t, out); sheet_row(t, json, out) for every record
 *
 * Columns are spelt snake_case as the schema says, in the order in which they first
 * occur. As CSV: RFC 4180 with LF, an unquoted empty cell for null and for absent, ""
 * for the empty string, JSON in cells of lists, objects and JSON scalars. As JSON
 * lines: the record with its members renamed. Records are valid JSON, as a snapshot
 * holds them. One thread at a time.
 */
#ifndef SOURCE_SHEET_H
#define SOURCE_SHEET_H

#include "base/buf.h"
#include "base/err.h"
#include "schema/schema.h"

#define SHEET_COLUMNS                                              \
    4096u /* columns of one table: PostgreSQL's own limit is 1,600 \
           */

struct sheet;

struct sheet *sheet_new(const struct entity *entity);
void sheet_free(struct sheet *t);
DEFINE_CLEANUP(struct sheet, sheet_free);

enum err sheet_see(struct sheet *t, struct str json, struct error *e) MUST_CHECK;
void sheet_header(const struct sheet *t, struct buf *out);
enum err sheet_row(struct sheet *t, struct str json, struct buf *out, struct error *e)
    MUST_CHECK;
enum err sheet_line(struct sheet *t, struct str json, struct buf *out, struct error *e)
    MUST_CHECK;

/* "parts_inventory": the schema's table, else the entity's name in snake_case. */
void sheet_name(const struct entity *entity, struct buf *out);

#endif
