/*
 * row: writes one record's fields, in the dialect of the format.
 *
 * A builder calls row_begin(), then one row_*() per field, always the same fields in
 * the same order, with their GraphQL names as literals; row_end() closes. The first
 * record of an entity teaches the row the columns: the schema is asked once per field,
 * and later records only copy what stands before a value. In a table's dialect names
 * become columns.
 *
 * What a rule is meant to remove is written with a class (row_secret and the marks of a
 * text); with `truth` set, each such value becomes a line of the truth file.
 *
 * Limits: ROW_FIELDS fields, ROW_ROOM bytes a record; both are the program's own doing
 * and asserted. One thread at a time.
 */
#ifndef DEMO_ROW_H
#define DEMO_ROW_H

#include "base/buf.h"
#include "base/err.h"
#include "demo/text.h"
#include "schema/schema.h"

#define ROW_FIELDS 48
#define ROW_ROOM   (96u << 10)

enum row_dialect {
    ROW_GRAPHQL, /* {"partNumber":"X"} */
    ROW_TABLE,   /* {"part_number":"X"} */
    ROW_CSV,     /* X */
};

struct row_column {
    const char *name; /* the literal of the builder */
    const struct field *field;
    struct str lead; /* what stands before the value */
    char bytes[SCHEMA_NAME + 8];
};

struct row {
    struct buf *out;   /* borrowed */
    struct buf *truth; /* borrowed; NULL: not wanted */
    const struct plan *plan;
    const struct type *type;
    enum row_dialect dialect;
    bool typename;
    unsigned next, n;
    struct row_column columns[ROW_FIELDS];
    struct buf side;  /* a JSON value before it is quoted for CSV */
    struct text text; /* for the builder to make a leaf in */
    char key[64];     /* as JSON, for the truth file */
    const char *slate_name;
    unsigned slate_n; /* nodes so far */
};

/* For the next entity: forgets the columns. */
void row_entity(struct row *r, const struct type *type);

/* Starts a record; `id` is the key unless row_key() says otherwise. */
void row_begin(struct row *r, uint64_t id);
void row_key(struct row *r, const char *json);
void row_end(struct row *r);

void row_null(struct row *r, const char *name);
void row_uint(struct row *r, const char *name, uint64_t v);
void row_ref(struct row *r, const char *name, uint64_t id); /* 0: null */
void row_decimal(struct row *r, const char *name, int64_t v, unsigned places);
void row_bool(struct row *r, const char *name, bool v);

/* Text of the program's own, without anything to escape. */
void row_word(struct row *r, const char *name, struct str ascii);

/* Microseconds since 1970; 0: null. */
void row_time(struct row *r, const char *name, uint64_t us);
void row_hex(struct row *r, const char *name, uint64_t high, uint64_t low);

/* r->text: as free text, whose marks are the sensitive spans; or one value that is
 * sensitive as a whole. */
void row_text(struct row *r, const char *name);
void row_secret(struct row *r, const char *name, enum text_class class);
void row_secret_decimal(struct row *r, const char *name, enum text_class class,
                        int64_t v, unsigned places);

/* Any JSON, made by hand between the two: row_json() gives the place to write to. Truth
 * within it is said with row_truth_*(). */
struct buf *row_json(struct row *r, const char *name);
void row_json_end(struct row *r);

/* A ScalarValue that is the text of r->text: as free text, or sensitive as a whole. */
void row_scalar_text(struct row *r, const char *name);
void row_scalar_secret(struct row *r, const char *name, enum text_class class);

/* Rich text: paragraphs that row_slate_text() adds from r->text, one each. */
void row_slate(struct row *r, const char *name);
void row_slate_text(struct row *r, bool bold);
void row_slate_image(struct row *r, uint64_t file_attachment);
void row_slate_mention(struct row *r, uint64_t user);
void row_slate_end(struct row *r);

/* Lines of the truth file for `path`: the whole value, or the marks of r->text. */
void row_truth_value(struct row *r, const char *path, enum text_class class,
                     const char *kind, struct str value);
void row_truth_marks(struct row *r, const char *path);

void row_done(struct row *r);

static inline bool row_is_json(const struct row *r)
{
    return r->dialect != ROW_CSV;
}

#endif
