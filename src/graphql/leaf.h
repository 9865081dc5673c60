/*
 * leaf: values of columns and of _more as the response has them (section 6.4.3,
 * CompleteValue of leaves). One thread at a time.
 */
#ifndef GRAPHQL_LEAF_H
#define GRAPHQL_LEAF_H

#include "base/buf.h"
#include "graphql/bind.h"
#include "graphql/plan.h"
#include "store/sql.h"

enum leaf_state {
    LEAF_FINE,
    LEAF_NULL, /* null was added */
    LEAF_BAD,  /* null was added: the value is not of the type */
};

/* Adds the value in column `i` of the row. *problem: why it is LEAF_BAD. */
enum leaf_state leaf_add(const struct bound *o, struct sql_stmt *q, int i,
                         struct buf *out, const char **problem);

/* The same for a value that is JSON already. */
enum leaf_state leaf_add_json(const struct bound *o, struct str json, struct buf *out,
                              const char **problem);

/* Adds a finite number as JSON: the shortest text that is this number; else null. */
void leaf_add_real(struct buf *out, double v);

/* Adds the members of an object that was carried (or null, or a list of these) as the
 * set selects them; what is missing is null. */
void leaf_add_embedded(const struct plan_field *f, struct str json, struct arena *a,
                       struct buf *out);

#endif
