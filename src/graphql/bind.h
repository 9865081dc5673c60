/*
 * bind: what each field of the API is in the tenant's tables.
 *
 *     bind_new(schema, layout, types, &b, e);
 *     bind_field(b, gql_field) …
 *
 * The type system is that of api_write() for the same schema. Names decide: a field of
 * an entity is a column, a reference, a relation, a count; what @derived computes and
 * no formula gives is what the export carried, in _more. Immutable; any number of
 * readers.
 */
#ifndef GRAPHQL_BIND_H
#define GRAPHQL_BIND_H

#include "graphql/types.h"
#include "schema/schema.h"
#include "store/layout.h"

enum bound_kind {
    BOUND_NONE,    /* not attached: gives null */
    BOUND_COLUMN,  /* a leaf in a column */
    BOUND_CARRIED, /* a leaf in _more */
    BOUND_COUNT,   /* how many rows `of` has */
    BOUND_REFERENCE,
    BOUND_MANY,     /* rows of `target` whose `by` is this row's `from` */
    BOUND_THROUGH,  /* the same by way of `through` */
    BOUND_EMBEDDED, /* objects in _more: those of an entity are looked up by key, others
                       stand as they are */
    BOUND_NODE,     /* root fields: one row by its key */
    BOUND_LIST,     /* all rows, as a connection */
    BOUND_ME,       /* the user that the caller acts as */
    BOUND_EDGES,    /* parts of a connection */
    BOUND_PAGE_INFO,
    BOUND_AGGREGATES,
    BOUND_EDGE_NODE,
    BOUND_CURSOR,
    BOUND_HAS_NEXT,
    BOUND_HAS_PREVIOUS,
    BOUND_START_CURSOR,
    BOUND_END_CURSOR,
    BOUND_PAGE_COUNT,
    BOUND_TOTAL,
    BOUND_SUMS, /* aggregates { sum } */
    BOUND_SUM,  /* a column of it: its name is the field's */
    BOUND_INTROSPECT,
    BOUND_TYPENAME,
};

struct bound {
    enum bound_kind kind;
    bool connection, list;
    enum gql_scalar scalar;           /* of a leaf; GQL_CUSTOM for enums too */
    const struct gql_type *leaf;      /* the leaf's type */
    const struct field *field;        /* NULL for parts of connections and roots */
    const struct layout_table *table; /* the row's own */
    const struct layout_column *column;
    const struct layout_table *target, *through;
    /* `from` of this row meets `by` of the target or of `through`; there, `to` meets
     * `key` of the target. */
    const struct layout_column *from, *by, *to, *key;
    const struct bound *of;
};

/* A field of a filter input. */
enum filter_part {
    FILTER_OR,
    FILTER_AND,
    FILTER_LEAF,
    FILTER_RELATION,
    FILTER_UNKNOWN, /* no column or relation stands behind it: matches nothing */
};

struct bound_filter {
    enum filter_part part;
    struct bound bound;
};

/* A value of a sort enum. */
struct bound_sort {
    struct bound bound;
    bool descending;
};

struct bind;

/* Borrows all three for as long as the result lives. Gives. */
enum err bind_new(struct schema *s, const struct layout *l, struct types *t,
                  struct bind **out, struct error *e) MUST_CHECK;
void bind_free(struct bind *b);
DEFINE_CLEANUP(struct bind, bind_free);

/* What a field is; never NULL. Also of the three meta fields. */
const struct bound *bind_field(const struct bind *b, const struct gql_field *f);

/* The table of an object type, or NULL. */
const struct layout_table *bind_table(const struct gql_type *t);

/* By index in a filter input and in a sort enum; NULL for other types. */
const struct bound_filter *bind_filter(const struct gql_input *i,
                                       const struct gql_type *owner);
const struct bound_sort *bind_sort(const struct gql_type *t, struct str value);

/* The columns that order a table in the end, and its way of naming a row: its key, or
 * _rowid_. */
void bind_add_key(const struct layout_table *t, const char *alias, struct buf *out);

#endif
