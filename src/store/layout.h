/*
 * layout: the tables of a tenant in SQLite, derived from its schema.
 *
 * One table for each @entity type. Its columns are the type's fields that are scalars,
 * enums or lists of them, and not @derived unless `stored: true`, in the order of the
 * SDL (the common fields last); then _more and _shape. sandcast-tenant(5) tells people
 * the same. Names are the schema's (entity->type->table, field->column); one that
 * SQLite could not tell from an earlier one (they differ by case only), or that it or
 * we reserve, gets _2, _3 … So take names from here.
 *
 *     layout_new(schema, &l, e);
 *     t = layout_table(l, type);
 *     i = layout_column(t, field);     -1: the field is in _more, or computed
 *
 * Immutable; any number of readers. Everything lives as long as the layout, which
 * borrows the schema.
 */
#ifndef STORE_LAYOUT_H
#define STORE_LAYOUT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "schema/schema.h"

#define LAYOUT_COLUMNS                                            \
    1900 /* of a table; SQLite takes 2,000. Further fields: _more \
          */

enum layout_kind { /* declared  what a column holds unless somebody wrote it anew */
                   LAYOUT_INTEGER, /* INTEGER   Int, integer ids */
                   LAYOUT_REAL,    /* REAL      Float, Decimal */
                   LAYOUT_BOOLEAN, /* BOOLEAN   0 or 1 */
                   LAYOUT_TEXT,    /* TEXT      String, ID, enums, DateTime (canonical:
                                      UTC, Z) */
                   LAYOUT_JSON_STRING, /* TEXT      what the JSONString holds: JSON,
                                          else any text */
                   LAYOUT_JSON, /* TEXT      JSON: lists, ScalarValue, SlateContent, …
                                 */
};

struct layout_column {
    const struct field *field;
    struct str name;
    struct str quoted; /* "name", ready for SQL */
    enum layout_kind kind;
    uint8_t key_part; /* 1.. when part of the key, else 0 */
};

struct layout_index {
    struct str name;
    const struct layout_column *columns[SCHEMA_KEY_PARTS];
    size_t n_columns;
};

struct layout_table {
    const struct type *type;
    const struct entity *entity;
    struct str name;
    struct str quoted;
    struct layout_column *columns; /* column i of SELECT * */
    size_t n_columns;              /* without _more (n_columns) and _shape (+ 1) */
    const struct layout_column *key[SCHEMA_KEY_PARTS];
    size_t n_key;
    bool is_rowid; /* the one key column is INTEGER PRIMARY KEY AUTOINCREMENT */
    struct layout_index *indexes;
    size_t n_indexes;
    int16_t *by_rank; /* field->rank -> column, or -1; type->n_fields of them */
    size_t index;     /* dense, in the order of the schema */
};

struct layout;

/* ERR_DATA for a schema that cannot be laid out (a NUL in a name). Gives. */
enum err layout_new(struct schema *schema, struct layout **out, struct error *e)
    MUST_CHECK;
void layout_free(struct layout *l);
DEFINE_CLEANUP(struct layout, layout_free);

size_t layout_n_tables(const struct layout *l);
const struct layout_table *layout_table_at(const struct layout *l, size_t i);

/* The table of a type, or NULL: no entity. O(1). */
const struct layout_table *layout_table(const struct layout *l, const struct type *t);

/* The column of a field of the table's type, or -1. O(1). */
static inline int layout_column(const struct layout_table *t, const struct field *f)
{
    return f->owner == t->type ? t->by_rank[f->rank] : -1;
}

/* Adds the statement that makes the table, or index `i` of it, without semicolon:
 * exactly the text that stands in the database's sqlite_schema. */
void layout_create_table(const struct layout_table *t, struct buf *out);
/* The same table without AUTOINCREMENT. */
void layout_create_plain(const struct layout_table *t, struct buf *out);
void layout_create_index(const struct layout_table *t, size_t i, struct buf *out);

/* The tables that every tenant has beside: sandcast_meta, sandcast_shapes,
 * sandcast_unplaced. NULL past the end. */
const char *layout_own_table(size_t i);     /* its name */
const char *layout_own_statement(size_t i); /* CREATE TABLE … */

#endif
