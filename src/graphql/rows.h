/*
 * rows: what one statement read, as pieces of the response.
 *
 * Leaves are written as JSON while the statement steps, in the order of the response;
 * between the pieces of a row stand the fields that have rows of their own, its
 * children. They are read for all rows of a level at once, by rows_children(), and put
 * in between by graphql/assemble.h. One thread at a time.
 */
#ifndef GRAPHQL_ROWS_H
#define GRAPHQL_ROWS_H

#include "graphql/plan.h"
#include "graphql/where.h"
#include "store/sql.h"

/* Objects read or written for one request, and bytes of its response: over that the
 * answer is 502, as ION's is to what is not paginated. */
#define RUN_OBJECTS 100000
#define RUN_BYTES   (64u << 20)

/* One request's run. */
struct run {
    const struct bind *bind;
    struct sql *db;
    struct arena *arena;
    struct coerce coerce;
    struct coerce_vars vars;
    struct errors *errors;
    struct buf *out; /* the response */
    struct buf sql;  /* of the statement under construction */
    int64_t user;    /* whose key it is, 0: nobody's */
    uint32_t objects;
    struct rows *all; /* to be freed */
};

/* A leaf that is not what its type says. */
struct fault {
    uint32_t row, field;
    const char *problem; /* NULL: null where the type has none */
};

struct join_key {
    enum sql_type type; /* SQL_NULL: no rows */
    int64_t integer;
    struct str text;
};

/* Rows of a child, by ordinal of the key: [first[i], first[i + 1]). */
struct alternative {
    struct rows *rows;
    uint32_t *first;
};

struct child {
    const struct plan_field *field;
    struct value *args;
    const struct gql_error *problem; /* why the arguments are wrong */
    const char *refused;             /* the same, of filters and cursors */
    uint32_t *ordinal;               /* of each row's key; UINT32_MAX: none */
    uint32_t n_keys;
    struct alternative *alternatives; /* one a possible type; of a connection one a
                                         selection of nodes */
    uint32_t n_alternatives;
    const struct plan_field **nodes;
};

struct rows {
    const struct plan_set *set;
    struct buf text;
    size_t *ends;          /* of the pieces: n_children + 1 each row */
    struct join_key *keys; /* n_children each row */
    uint32_t n, cap;
    struct child *children; /* set->n_children */
    struct fault *faults;
    uint32_t n_faults, cap_faults;
    struct rows *next;
};

struct rows *rows_new(struct run *r, const struct plan_set *set);

/* Adds what the statement stands on; columns of the set from `base` on. ERR_LIMIT. */
enum err rows_add(struct run *r, struct rows *rows, struct sql_stmt *q, int base,
                  struct error *e) MUST_CHECK;

/* Reads the children of all rows, and theirs. */
enum err rows_children(struct run *r, struct rows *rows, struct error *e) MUST_CHECK;

/* For edges of which no node is selected. */
const struct plan_set *rows_set_without_fields(struct run *r,
                                               const struct layout_table *t);

/* Coerces a field's arguments. NULL: *problem says why. */
struct value *rows_arguments(struct run *r, const struct plan_field *f,
                             const struct gql_error **problem);

void rows_end(struct run *r);

#endif
