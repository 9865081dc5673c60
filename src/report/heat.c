#include "report/heat.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "json/utf8.h"

void heat_done(struct heat *h)
{
    free(h->rows);
    table_done(&h->here);
    arena_done(&h->arena);
    buf_done(&h->key);
}

/* "/steps/0/notes" -> steps */
static struct str field_of(struct str path)
{
    size_t n = 1;
    while (n < path.n && path.p[n] != '/')
        n++;
    struct str field = str_n(path.p + 1, n - 1);
    if (field.n > HEAT_NAME) {
        field.n = HEAT_NAME;
        while (field.n && utf8_follows(path.p[1 + field.n]))
            field.n--;
    }
    return field;
}

static struct heat_cell *cell_of(struct heat *h, struct str field)
{
    struct heat_cell *cell = table_get(&h->here, field);
    if (cell || h->n_cells == HEAT_CELLS)
        return cell;
    cell = ARENA_NEW(&h->arena, struct heat_cell);
    cell->field = arena_str(&h->arena, field);
    table_put(&h->here, cell->field, cell);
    h->n_cells++;
    return cell;
}

void heat_count(struct heat *h, const struct change *c)
{
    if (!c->path.n)
        return;
    if (!h->record || !str_eq(buf_str(&h->key), c->key)) {
        buf_clear(&h->key);
        buf_add_str(&h->key, c->key);
        h->record++;
    }
    h->values++;
    struct heat_cell *cell = cell_of(h, field_of(c->path));
    if (!cell) {
        h->not_placed++;
        return;
    }
    cell->values++;
    cell->records += cell->last != h->record;
    cell->last = h->record;
}

/* More values first; what is equal by its name, so that pages are the same each time.
 */
static int by_values(uint64_t a, uint64_t b, struct str name_a, struct str name_b)
{
    return a != b ? (a < b) - (a > b) : str_cmp(name_a, name_b);
}

static int cell_order(const void *a, const void *b)
{
    const struct heat_cell *x = *(struct heat_cell *const *)a;
    const struct heat_cell *y = *(struct heat_cell *const *)b;
    return by_values(x->values, y->values, x->field, y->field);
}

static int field_order(const void *a, const void *b)
{
    const struct heat_column *x = a, *y = b;
    return by_values(x->values, y->values, x->field, y->field);
}

void heat_entity(struct heat *h, const struct change_entity *en)
{
    struct heat_row *row = &VEC_PUSH(h->rows, h->n_rows, h->cap_rows);
    *row = (struct heat_row){.entity = *en, .n = h->here.n};
    row->entity.name = arena_str(&h->arena, en->name);
    row->cells = ARENA_ARRAY(&h->arena, struct heat_cell *, row->n);
    for (size_t i = 0; i < row->n; i++) {
        row->cells[i] = h->here.slots[i].value;
        row->values += row->cells[i]->values;
    }
    if (row->n)
        qsort(row->cells, row->n, sizeof *row->cells, cell_order);
    table_done(&h->here);
    buf_clear(&h->key);
    h->record++; /* the next entity may begin with the same key */
}

void heat_arrange(struct heat *h)
{
    struct table seen = TABLE_INIT; /* field -> its column */
    for (size_t r = 0; r < h->n_rows; r++)
        for (size_t i = 0; i < h->rows[r].n; i++) {
            const struct heat_cell *cell = h->rows[r].cells[i];
            struct heat_column *column = table_get(&seen, cell->field);
            if (!column) {
                column = ARENA_NEW(&h->arena, struct heat_column);
                column->field = cell->field;
                table_put(&seen, cell->field, column);
            }
            column->values += cell->values;
        }
    h->n_fields = seen.n;
    h->fields = ARENA_ARRAY(&h->arena, struct heat_column, seen.n);
    for (size_t i = 0; i < seen.n; i++)
        h->fields[i] = *(const struct heat_column *)seen.slots[i].value;
    table_done(&seen);
    if (h->n_fields)
        qsort(h->fields, h->n_fields, sizeof *h->fields, field_order);
}

const struct heat_cell *heat_at(const struct heat_row *row, struct str field)
{
    for (size_t i = 0; i < row->n; i++)
        if (str_eq(row->cells[i]->field, field))
            return row->cells[i];
    return NULL;
}
