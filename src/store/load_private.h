/*
 * load_private: what the two halves of a load share: rows in (load.c) and the end of
 * it (load_end.c). Private to store/.
 */
#ifndef STORE_LOAD_PRIVATE_H
#define STORE_LOAD_PRIVATE_H

#include "base/arena.h"
#include "base/pool.h"
#include "base/table.h"
#include "store/load.h"
#include "store/row.h"
#include "store/sql.h"

struct shape {
    int64_t id;
    struct str bits; /* of the table's columns; aligned */
};

struct loaded { /* an entity that has records */
    struct loader_report report;
    const struct layout_table *table; /* NULL: the schema does not know it */
    struct sql_stmt *insert;
    struct table shapes; /* by their bits */
    const struct shape *last;
};

struct batch;

#define LOADER_BATCHES 6u /* between the caller and the database */
#define LOADER_WORKERS 2u /* more than writing can keep up with */

struct loader {
    struct loader_options o;
    struct sql *db;
    struct sql_stmt *unplaced;
    struct arena arena;
    struct table by_entity;
    struct loaded *current; /* of the last record */
    int64_t n_shapes;
    struct pool *pool; /* NULL: the caller's thread makes the rows, too */
    struct row_maker *makers[LOADER_WORKERS];
    struct batch *batches[LOADER_BATCHES]; /* a ring */
    size_t at;                             /* the batch that is being filled */
    char name[SCHEMA_NAME + 1];
    const struct loader_report **reports;
    size_t n_reports;
};

/* Writes everything that has been given. */
enum err loader_flush(struct loader *l, struct error *e) MUST_CHECK;

#endif
