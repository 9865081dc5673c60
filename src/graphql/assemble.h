/*
 * assemble: rows and their children into the response (section 6.4.3, CompleteValue).
 *
 * Null where a value cannot be given goes up to the next field that may be null; every
 * fault is an error with its path and places. One thread at a time.
 */
#ifndef GRAPHQL_ASSEMBLE_H
#define GRAPHQL_ASSEMBLE_H

#include "graphql/cursor.h"
#include "graphql/rows.h"

/* A page of a list: rows [first, first + n) of each alternative. */
struct page {
    const struct plan_field **nodes;
    const struct alternative *alternatives;
    uint32_t first, n;
    int64_t start; /* the offset of the first in the whole list */
    int64_t total; /* rows of the whole list; CURSOR_ABSENT: not asked for */
    bool more;     /* something follows the page */
    /* aggregates { sum }: what BOUND_SUM fields give, in the order of the selection;
     * NULL: not asked for */
    const double *sums;
    const bool *sum_nulls;
};

/* Adds the row as an object. ERR_OK with *out false: nothing was added, null goes up.
 * ERR_LIMIT: the response is too large. */
enum err assemble_row(struct run *r, const struct rows *rows, uint32_t row,
                      const struct gql_path *path, bool *out, struct error *e)
    MUST_CHECK;

/* The same for a connection, by the fields selected of it. */
enum err assemble_connection(struct run *r, const struct plan_set *set,
                             const struct page *page, const struct gql_path *path,
                             bool *out, struct error *e) MUST_CHECK;

/* Adds an error of a field, with a copy of its path. */
struct gql_error *assemble_error(struct run *r, const struct plan_field *f,
                                 const struct gql_path *path, const char *line);

#endif
