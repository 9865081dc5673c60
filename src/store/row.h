/*
 * row: a record as cells of its table's columns, and back. Private to store/.
 *
 * row_make() reads the canonical form, so that rows are a function of what a record
 * says and not of how it was spelled. Numbers lose their canonical spelling (7e0)
 * again. row_print() is the way back.
 */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "base/buf.h"
#include "base/err.h"
#include "schema/canon.h"
#include "store/layout.h"
#include "store/load.h"

enum cell_type { CELL_NULL, CELL_INT, CELL_REAL, CELL_TEXT };

struct cell {
    enum cell_type type;
    union {
        int64_t i;
        double d;
        size_t at; /* of the text, in rows.text */
    };
    size_t n; /* bytes of the text */
};

struct row {
    struct cell *cells; /* of the table's columns; NULL: unplaced */
    struct cell more;
    uint64_t *present; /* bits of columns whose field the record has */
    enum unplaced reason;
};

/* Rows of one table (NULL: of an entity that has none), made one after the other. */
struct rows {
    const struct layout_table *table;
    const struct entity *entity;
    struct buf text;
    struct row *rows;
    struct cell *cells; /* rows.n times the table's columns */
    uint64_t *present;
    size_t n, cap, cap_cells, cap_present;
};

/* Empties and gives room for n rows. */
void rows_begin(struct rows *r, const struct layout_table *t,
                const struct entity *entity, size_t n);
void rows_done(struct rows *r);

struct row_maker;
struct row_maker *row_maker_new(const struct layout *l);
void row_maker_free(struct row_maker *m);
DEFINE_CLEANUP(struct row_maker, row_maker_free);

/* Adds the row of a record. An error is one of the record itself: it is no JSON, or has
 * no canonical form. */
enum err row_make(struct row_maker *m, struct str record, struct rows *out,
                  struct error *e) MUST_CHECK;

/* How often a member of this table was kept in _more: by the field's rank; at n_fields
 * all that the schema does not know; one past it the rows. NULL: never. */
const uint64_t *row_maker_more(const struct row_maker *m, const struct layout_table *t);

/* A row on its way out. */
struct row_source {
    const struct layout_table *table;
    const struct row_value *values; /* of the columns */
    struct str more;                /* empty: NULL */
    const uint64_t *present;        /* NULL: those that are not null */
};
struct row_value {
    enum cell_type type;
    int64_t i;
    double d;
    struct str text;
};

/* Adds the record's object, members in the order of their names but for those of _more,
 * which come last. ERR_DATA when _more is no JSON object. */
struct row_printer;
struct row_printer *row_printer_new(void);
void row_printer_free(struct row_printer *p);
DEFINE_CLEANUP(struct row_printer, row_printer_free);
enum err row_print(struct row_printer *p, const struct row_source *row, struct buf *out,
                   struct error *e) MUST_CHECK;

/* Is the text one whole JSON value? */
struct scan;
bool row_is_json(struct scan *s, struct str text);

/* The shortest of two spellings (15 digits, 17) that is this number when it is read. */
void row_add_real(struct buf *out, double d);

#endif
