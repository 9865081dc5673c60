/*
 * heat: how many values of which field of which entity differ.
 *
 *     heat_count(h, change) for each change, heat_entity(h, counts) behind each
 * entity's; heat_arrange(h); then read rows, fields and cells
 *
 * A field is the first step of a change's path. Bounded whatever drifts: HEAT_CELLS
 * pairs of entity and field, names of HEAT_NAME bytes (longer ones that begin alike are
 * one); what finds no room is counted as such. One thread.
 */
#ifndef REPORT_HEAT_H
#define REPORT_HEAT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"
#include "drift/change.h"

#define HEAT_CELLS 100000u /* some 15 MiB */
#define HEAT_NAME  80u

struct heat_cell {
    struct str field; /* as the path writes it */
    uint64_t values, records;
    uint64_t last; /* record that was counted */
};

struct heat_row {
    struct change_entity entity; /* its name is of the arena */
    struct heat_cell **cells;    /* most values first */
    size_t n;
    uint64_t values;
};

struct heat_column {
    struct str field;
    uint64_t values;
};

struct heat {
    struct arena arena;         /* names and cells */
    struct table here;          /* cells of the entity that is being told */
    struct heat_row *rows;      /* all entities, as they came */
    struct heat_column *fields; /* after heat_arrange(): most values first */
    size_t n_rows, cap_rows, n_cells, n_fields;
    uint64_t values;     /* all that were counted */
    uint64_t not_placed; /* of those: beyond HEAT_CELLS */
    uint64_t record;     /* told so far */
    struct buf key;      /* of the last one */
};

#define HEAT_INIT \
    {             \
        0         \
    }

void heat_done(struct heat *h);

void heat_count(struct heat *h, const struct change *c);
void heat_entity(struct heat *h, const struct change_entity *en);
void heat_arrange(struct heat *h);

/* The row's cell of this field, or NULL. */
const struct heat_cell *heat_at(const struct heat_row *row, struct str field);

#endif
