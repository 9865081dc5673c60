/*
 * scribe: writes one record's fields, in the dialect of the format.
 *
 * A builder calls scribe_begin(), then one scribe_*() per field, always the same fields
 * in the same order, with their GraphQL names as literals; scribe_end() closes. The
 * first record of an entity teaches it the columns: the schema is asked once per
 * field, and later records only copy what stands before a value. In a table's dialect
 * names become columns.
 *
 * What a rule is meant to remove is written with a class (scribe_secret and the marks
 * of a text); with `truth` set, each such value becomes a line of the truth file.
 *
 * Limits: SCRIBE_FIELDS fields, SCRIBE_ROOM bytes a record; both are the program's own
 * doing and asserted. One thread at a time.
 */
#ifndef DEMO_SCRIBE_H
#define DEMO_SCRIBE_H

#include "base/buf.h"
#include "base/err.h"
#include "demo/leaf.h"
#include "schema/schema.h"

#define SCRIBE_FIELDS 48
#define SCRIBE_ROOM   (96u << 10)

enum scribe_dialect {
    SCRIBE_GRAPHQL, /* {"partNumber":"X"} */
    SCRIBE_TABLE,   /* {"part_number":"X"} */
    SCRIBE_CSV,     /* X */
};

struct scribe_column {
    const char *name; /* the literal of the builder */
    const struct field *field;
    struct str lead; /* what stands before the value */
    char bytes[SCHEMA_NAME + 8];
};

struct scribe {
    struct buf *out;   /* borrowed */
    struct buf *truth; /* borrowed; NULL: not wanted */
    const struct census *census;
    const struct type *type;
    enum scribe_dialect dialect;
    bool typename;
    unsigned next, n;
    struct scribe_column columns[SCRIBE_FIELDS];
    struct buf side;  /* a JSON value before it is quoted for CSV */
    struct leaf text; /* for the builder to make a leaf in */
    char key[64];     /* as JSON, for the truth file */
    const char *slate_name;
    unsigned slate_n; /* nodes so far */
};

/* For the next entity: forgets the columns. */
void scribe_entity(struct scribe *r, const struct type *type);

/* Starts a record; `id` is the key unless scribe_key() says otherwise. */
void scribe_begin(struct scribe *r, uint64_t id);
void scribe_key(struct scribe *r, const char *json);
void scribe_end(struct scribe *r);

void scribe_null(struct scribe *r, const char *name);
void scribe_uint(struct scribe *r, const char *name, uint64_t v);
void scribe_ref(struct scribe *r, const char *name, uint64_t id); /* 0: null */
void scribe_decimal(struct scribe *r, const char *name, int64_t v, unsigned places);
void scribe_bool(struct scribe *r, const char *name, bool v);

/* Text of the program's own, without anything to escape. */
void scribe_word(struct scribe *r, const char *name, struct str ascii);

/* Microseconds since 1970; 0: null. */
void scribe_time(struct scribe *r, const char *name, uint64_t us);
void scribe_hex(struct scribe *r, const char *name, uint64_t high, uint64_t low);

/* r->text: as free text, whose marks are the sensitive spans; or one value that is
 * sensitive as a whole. */
void scribe_text(struct scribe *r, const char *name);
void scribe_secret(struct scribe *r, const char *name, enum leaf_class class);
void scribe_secret_decimal(struct scribe *r, const char *name, enum leaf_class class,
                           int64_t v, unsigned places);

/* Any JSON, made by hand between the two: scribe_json() gives the place to write to.
 * Truth within it is said with scribe_truth_*(). */
struct buf *scribe_json(struct scribe *r, const char *name);
void scribe_json_end(struct scribe *r);

/* A ScalarValue that is the text of r->text: as free text, or sensitive as a whole. */
void scribe_scalar_text(struct scribe *r, const char *name);
void scribe_scalar_secret(struct scribe *r, const char *name, enum leaf_class class);

/* Rich text: paragraphs that scribe_slate_text() adds from r->text, one each. */
void scribe_slate(struct scribe *r, const char *name);
void scribe_slate_text(struct scribe *r, bool bold);
void scribe_slate_image(struct scribe *r, uint64_t file_attachment);
void scribe_slate_mention(struct scribe *r, uint64_t user);
void scribe_slate_end(struct scribe *r);

/* Lines of the truth file for `path`: the whole value, or the marks of r->text. */
void scribe_truth_value(struct scribe *r, const char *path, enum leaf_class class,
                        const char *kind, struct str value);
void scribe_truth_marks(struct scribe *r, const char *path);

void scribe_done(struct scribe *r);

static inline bool scribe_is_json(const struct scribe *r)
{
    return r->dialect != SCRIBE_CSV;
}

#endif
