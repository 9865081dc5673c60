/*
 * dump: the records of a tenant's database, as an export would have them.
 *
 *     dump_open("tenant.db", &d, e);
 *     while (dump_next_entity(d, &entity, e) == ERR_OK && entity)
 *         while (dump_next(d, &json, &more, e) == ERR_OK && more) …
 *
 * A record that was loaded and not changed has the canonical form that it had; a row
 * that SQL changed or added says what its columns say. Only a file of exactly our
 * layout is read: dump_open() refuses views, triggers, virtual tables and other tables
 * (ERR_DATA), what another process has locked (ERR_IO), and what is damaged where it is
 * seen. Everything is read in one transaction, so it is one state. One thread.
 */
#ifndef STORE_DUMP_H
#define STORE_DUMP_H

#include "base/buf.h"
#include "base/err.h"
#include "schema/schema.h"
#include "store/layout.h"
#include "store/sql.h"

#define STORE_FORMAT "1" /* sandcast_meta.format */

struct dump;

/* Is the file an SQLite database (its first 16 bytes)? false also for what is not
 * there. */
enum err store_is_database(const char *path, bool *out, struct error *e) MUST_CHECK;

enum err dump_open(const char *path, struct dump **out, struct error *e) MUST_CHECK;
void dump_free(struct dump *d);
DEFINE_CLEANUP(struct dump, dump_free);

/* Borrowed until dump_free(). */
struct schema *dump_schema(const struct dump *d);
const struct layout *dump_layout(const struct dump *d);

/* Adds a value of sandcast_meta (sandcast-tenant(5)); nothing where there is none. */
enum err dump_meta(struct dump *d, const char *key, struct buf *out, struct error *e)
    MUST_CHECK;

/* File number i of the snapshot that was loaded (meta/ledger.json …), both added;
 * nothing past the last. */
enum err dump_file(struct dump *d, size_t i, struct buf *out_name, struct buf *out,
                   struct error *e) MUST_CHECK;

/* The next entity that has records, in order of names; *out NULL at the end. */
enum err dump_next_entity(struct dump *d, const struct entity **out, struct error *e)
    MUST_CHECK;

/* Its next record: rows by rowid, then what was not placed. Borrowed until the next
 * call. */
enum err dump_next(struct dump *d, struct str *out_json, bool *out_more,
                   struct error *e) MUST_CHECK;

/* ---- for who opens a tenant's database otherwise (tenant.h) */

/* Reads sandcast_meta and the schema in it, lays it out, and refuses what dump_open()
 * refuses. Gives both. */
enum err store_recognise(struct sql *db, struct schema **out_schema,
                         struct layout **out_layout, struct error *e) MUST_CHECK;

/* Adds a value of sandcast_meta; nothing where there is none. */
enum err store_meta(struct sql *db, const char *key, struct buf *out, struct error *e)
    MUST_CHECK;

#endif
