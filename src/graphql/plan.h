/*
 * plan: what an operation selects, merged and attached to tables.
 *
 *     plan_build(&options, operation, &arena, &set)
 *
 * Fields of one response key are one field, selections of fragments are where they
 * apply, what @skip and @include leave out is gone (section 6.3.2). Of each set of
 * fields that is read from a table the list of SELECT is text already. Immutable; lives
 * as long as its arena and the document.
 */
#ifndef GRAPHQL_PLAN_H
#define GRAPHQL_PLAN_H

#include "graphql/bind.h"
#include "graphql/coerce.h"
#include "sdl/request.h"

/* Fragments let a short document select much: of one set within another, inside
 * fragments too (a document nests at most half as deep), and of fields in all (five
 * times what a document without fragments can hold). */
#define PLAN_DEPTH  128
#define PLAN_FIELDS 50000

struct plan_set;

struct plan_field {
    struct str key;
    struct str intro; /* `"key":`, with a comma before it when it is not the first */
    const struct gql_field *field;
    const struct bound *bound;
    const struct sdl_selection *selection; /* the first of this key; with the others'
                                              selections when it was merged */
    const struct gql_type *parent;
    const struct sdl_selection **nodes; /* every place in the document */
    uint32_t n_nodes;
    /* What is selected of it: one set for an object, one a possible type for a union or
     * interface, in the order of its `possible`; of leaves none. */
    struct plan_set **sets;
    uint32_t n_sets;
    uint32_t column; /* of the SELECT list: the leaf's value, or what joins it */
    bool child;      /* has rows of its own */
};

struct plan_set {
    const struct gql_type *type;
    const struct layout_table *table; /* NULL: no record */
    struct plan_field *fields;
    uint32_t n_fields;
    uint32_t n_children; /* fields that have rows of their own */
    uint32_t n_columns;
    struct str select; /* expressions over alias t, separated by commas */
};

struct plan_options {
    const struct bind *bind;
    const struct coerce *coerce;
    const struct coerce_vars *vars;
    bool varies; /* set: some directive was asked for; the plan is of these variables */
};

/* NULL when a condition has no value that fits: coerce->errors says why. */
struct plan_set *plan_build(struct plan_options *o, const struct sdl_def *operation,
                            struct arena *a);

/* The fields of a connection's edges that are nodes, in order: *n of them. */
const struct plan_field **plan_nodes(const struct plan_set *connection, uint32_t *n,
                                     struct arena *a);

#endif
