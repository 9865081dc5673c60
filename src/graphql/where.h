/*
 * where: filters and sorts of a list as SQL.
 *
 * Texts of SQL come from the schema alone; every value of a request is bound. Values of
 * a filter are a request's, coerced. Operators of one filter, its fields and `and_` are
 * joined by AND, `or_` by OR; a field, operator or list that is null says nothing. One
 * thread at a time.
 */
#ifndef GRAPHQL_WHERE_H
#define GRAPHQL_WHERE_H

#include "graphql/bind.h"
#include "graphql/coerce.h"
#include "store/sql.h"

/* Of relations, or_ and and_ within each other: SQLite's parser has 100 levels, of
 * which a relation takes 9 and the others 3. */
#define WHERE_DEPTH    27
#define WHERE_RELATION 3
#define WHERE_PARTS                                                  \
    2000 /* conditions of one filter; its expressions nest 1000 deep \
          */

enum where_kind { WHERE_INT, WHERE_REAL, WHERE_TEXT };

struct where_value {
    enum where_kind kind;
    int64_t integer;
    double real;
    struct str text;
    struct where_value *next;
};

/* A statement under construction. */
struct where {
    struct arena *arena;
    struct buf *sql;
    struct where_value *first, **tail;
    uint32_t aliases, parts, depth;
    const char *problem; /* why a filter cannot be: a line for the client, or NULL */
};

void where_init(struct where *w, struct arena *a, struct buf *sql);

/* Adds a bound value and its question mark. */
void where_text(struct where *w, struct str text);
void where_int(struct where *w, int64_t v);

/* Adds ` AND (…)` for a filter input over rows of alias `alias`; nothing when it says
 * nothing. False: w->problem. */
bool where_filter(struct where *w, const struct value *filter,
                  const struct gql_type *type, const char *alias);

/* Adds the terms of ORDER BY: the sort's, then the table's key. `sort` may be NULL. */
void where_sort(struct where *w, const struct value *sort, const struct gql_type *type,
                const struct layout_table *t, const char *alias);

/* Adds the columns of distinctOn; false when there are none. */
bool where_distinct(struct where *w, const struct value *distinct,
                    const struct gql_type *type, const char *alias);

/* Binds everything that was added, from parameter 1 on. */
void where_bind(const struct where *w, struct sql_stmt *q);

/* Makes the functions that these texts call: to be called for each connection. */
enum err where_functions(void *ctx, struct sql *db, struct error *e);

/* pg_trgm's similarity of two texts, 0 to 1. */
double where_similarity(struct str a, struct str b);

/* LIKE as Postgres has it: % and _, \ before what is to be itself; `fold`: ILIKE. */
bool where_like(struct str text, struct str pattern, bool fold);

#endif
