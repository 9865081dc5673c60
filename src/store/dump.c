#include "store/dump.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/table.h"
#include "store/row.h"
#include "json/scan.h"

#define CACHE_KIB (16 << 10)

struct shape_row {
    int64_t id;
    uint64_t *present;
};

struct dump {
    struct sql *db;
    struct schema *schema;
    struct layout *layout;
    struct arena arena;
    struct buf line;
    struct row_printer *printer;
    struct scan scan;

    const struct entity **entities; /* that have records, in order of names */
    size_t n_entities, cap_entities, at;

    /* The entity at hand */
    const struct layout_table *table;
    struct sql_stmt *rows, *unplaced;
    struct row_value *values;
    struct table shapes; /* of all entities, by id */
    const struct shape_row *shape;
};

/* ---- shapes */

/* A name in a list of members, to the bit of its column. */
static void set_member(const struct layout_table *t, struct str name, uint64_t *present)
{
    const struct field *f = schema_field(t->type, name);
    int column = f ? layout_column(t, f) : -1;
    if (column >= 0)
        present[column / 64] |= (uint64_t)1 << (column % 64);
}

static enum err read_members(struct dump *d, const struct layout_table *t,
                             struct str json, uint64_t *present, struct error *e)
{
    struct scan *s = &d->scan;
    enum scan_event event;
    scan_reset(s, 0);
    scan_feed(s, json);
    while ((event = scan_next(s)) > SCAN_MORE)
        if (event == SCAN_STRING)
            set_member(t, s->token, present);
    scan_finish(s);
    if (event != SCAN_MORE || scan_next(s) != SCAN_END)
        return err_set(e, ERR_DATA, "sandcast_shapes does not hold lists of members");
    return ERR_OK;
}

static enum err read_shapes(struct dump *d, struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    bool row;
    TRY(sql_prepare(d->db, STR("SELECT id, entity, members FROM sandcast_shapes"), &q,
                    e));
    for (;;) {
        TRY(sql_step(q, &row, e));
        if (!row)
            return ERR_OK;
        const struct entity *entity;
        TRY(schema_entity(d->schema, sql_text(q, 1), &entity, e));
        const struct layout_table *t = layout_table(d->layout, entity->type);
        if (!t)
            continue;
        struct shape_row *s = ARENA_NEW(&d->arena, struct shape_row);
        s->id = sql_int(q, 0);
        s->present = ARENA_ARRAY(&d->arena, uint64_t, (t->n_columns + 63) / 64);
        TRY(read_members(d, t, sql_text(q, 2), s->present, e));
        table_put(&d->shapes, str_n((const char *)&s->id, sizeof s->id), s);
    }
}

/* ---- opening */

static int by_name(const void *a, const void *b)
{
    const struct entity *const *x = a, *const *y = b;
    return str_cmp((*x)->name, (*y)->name);
}

static void add_entity(struct dump *d, const struct entity *entity)
{
    for (size_t i = 0; i < d->n_entities; i++)
        if (d->entities[i] == entity)
            return;
    VEC_PUSH(d->entities, d->n_entities, d->cap_entities) = entity;
}

static enum err find_entities(struct dump *d, struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *strays = NULL;
    const struct layout_table *t;
    bool row;
    for (size_t i = 0; (t = layout_table_at(d->layout, i)); i++) {
        CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
        BUF_SCOPED text = BUF_INIT;
        buf_printf(&text, "SELECT 1 FROM %.*s LIMIT 1", STR_ARG(t->quoted));
        TRY(sql_prepare(d->db, buf_str(&text), &q, e));
        TRY(sql_step(q, &row, e));
        if (row)
            add_entity(d, t->entity);
    }
    TRY(sql_prepare(d->db, STR("SELECT DISTINCT entity FROM sandcast_unplaced"),
                    &strays, e));
    for (;;) {
        const struct entity *entity;
        TRY(sql_step(strays, &row, e));
        if (!row)
            break;
        TRY(schema_entity(d->schema, sql_text(strays, 0), &entity, e));
        add_entity(d, entity);
    }
    if (d->n_entities)
        qsort(d->entities, d->n_entities, sizeof *d->entities, by_name);
    return ERR_OK;
}

static enum err open_all(struct dump *d, const char *path, struct error *e)
{
    const struct sql_options o = {.cache_kib = CACHE_KIB};
    size_t columns = 1;
    const struct layout_table *t;
    TRY(sql_open(path, &o, &d->db, e));
    TRY(sql_exec(d->db, "BEGIN", e));
    TRY(store_recognise(d->db, &d->schema, &d->layout, e));
    for (size_t i = 0; (t = layout_table_at(d->layout, i)); i++)
        columns = t->n_columns > columns ? t->n_columns : columns;
    d->values = alloc_zero(columns, sizeof *d->values);
    TRY(read_shapes(d, e));
    return find_entities(d, e);
}

enum err dump_open(const char *path, struct dump **out, struct error *e)
{
    CLEANUP(dump_freep) struct dump *d = NEW(struct dump);
    scan_init(&d->scan);
    d->printer = row_printer_new();
    enum err code = open_all(d, path, e);
    if (code != ERR_OK) {
        err_in(e, path);
        return code;
    }
    *out = d;
    d = NULL;
    return ERR_OK;
}

void dump_free(struct dump *d)
{
    if (!d)
        return;
    sql_free(d->db);
    layout_free(d->layout);
    schema_free(d->schema);
    row_printer_free(d->printer);
    scan_done(&d->scan);
    table_done(&d->shapes);
    buf_done(&d->line);
    free(d->entities);
    free(d->values);
    arena_done(&d->arena);
    free(d);
}

struct schema *dump_schema(const struct dump *d)
{
    return d->schema;
}

const struct layout *dump_layout(const struct dump *d)
{
    return d->layout;
}

enum err dump_meta(struct dump *d, const char *key, struct buf *out, struct error *e)
{
    return store_meta(d->db, key, out, e);
}

enum err dump_file(struct dump *d, size_t i, struct buf *out_name, struct buf *out,
                   struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    bool row;
    TRY(sql_prepare(d->db,
                    STR("SELECT substr(key, 6), value FROM sandcast_meta "
                        "WHERE key >= 'file:' AND key < 'file;' "
                        "ORDER BY key LIMIT 1 OFFSET ?1"),
                    &q, e));
    sql_bind_int(q, 1, (int64_t)i);
    TRY(sql_step(q, &row, e));
    if (!row)
        return ERR_OK;
    buf_add_str(out_name, sql_text(q, 0));
    buf_add_str(out, sql_text(q, 1));
    return ERR_OK;
}

/* ---- records */

static enum err select_rows(struct dump *d, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    if (!d->table)
        return ERR_OK;
    buf_add_str(&text, STR("SELECT "));
    for (size_t i = 0; i < d->table->n_columns; i++)
        buf_printf(&text, "%.*s, ", STR_ARG(d->table->columns[i].quoted));
    buf_printf(&text, "\"_more\", \"_shape\" FROM %.*s ORDER BY rowid",
               STR_ARG(d->table->quoted));
    return sql_prepare(d->db, buf_str(&text), &d->rows, e);
}

enum err dump_next_entity(struct dump *d, const struct entity **out, struct error *e)
{
    sql_reset(d->rows);
    sql_reset(d->unplaced);
    d->rows = d->unplaced = NULL;
    d->shape = NULL;
    *out = NULL;
    if (d->at == d->n_entities)
        return ERR_OK;
    const struct entity *entity = d->entities[d->at];
    d->table = layout_table(d->layout, entity->type);
    TRY(select_rows(d, e));
    TRY(sql_prepare(d->db,
                    STR("SELECT record FROM sandcast_unplaced WHERE entity = ?1 "
                        "ORDER BY id"),
                    &d->unplaced, e));
    sql_bind_text(d->unplaced, 1, entity->name);
    d->at++;
    *out = entity;
    return ERR_OK;
}

static enum err read_value(struct dump *d, size_t i, struct error *e)
{
    struct row_value *v = &d->values[i];
    switch (sql_type(d->rows, (int)i)) {
    case SQL_NULL: v->type = CELL_NULL; return ERR_OK;
    case SQL_INT:
        v->type = CELL_INT;
        v->i = sql_int(d->rows, (int)i);
        return ERR_OK;
    case SQL_REAL:
        v->type = CELL_REAL;
        v->d = sql_real(d->rows, (int)i);
        return ERR_OK;
    case SQL_TEXT_VALUE:
        v->type = CELL_TEXT;
        v->text = sql_text(d->rows, (int)i);
        return ERR_OK;
    case SQL_BLOB: break;
    }
    err_set(e, ERR_DATA, "column %.*s of table %.*s holds a BLOB, which is no value",
            STR_ARG(d->table->columns[i].name), STR_ARG(d->table->name));
    return ERR_DATA;
}

static const uint64_t *shape_of(struct dump *d, int64_t id)
{
    if (!d->shape || d->shape->id != id)
        d->shape = table_get(&d->shapes, str_n((const char *)&id, sizeof id));
    return d->shape ? d->shape->present : NULL;
}

static enum err print_row(struct dump *d, struct error *e)
{
    size_t n = d->table->n_columns;
    for (size_t i = 0; i < n; i++)
        TRY(read_value(d, i, e));
    struct row_source row = {
        .table = d->table, .values = d->values, .more = sql_text(d->rows, (int)n)};
    if (sql_type(d->rows, (int)n + 1) == SQL_INT)
        row.present = shape_of(d, sql_int(d->rows, (int)n + 1));
    enum err code = row_print(d->printer, &row, &d->line, e);
    if (code != ERR_OK && e) {
        char table[SCHEMA_NAME + 1];
        snprintf(table, sizeof table, "%.*s", STR_ARG(d->table->name));
        err_in(e, table);
    }
    return code;
}

enum err dump_next(struct dump *d, struct str *out_json, bool *out_more,
                   struct error *e)
{
    *out_more = false;
    buf_clear(&d->line);
    if (d->rows)
        TRY(sql_step(d->rows, out_more, e));
    if (*out_more) {
        TRY(print_row(d, e));
        *out_json = buf_str(&d->line);
        return ERR_OK;
    }
    sql_reset(d->rows);
    d->rows = NULL;
    TRY(sql_step(d->unplaced, out_more, e));
    if (*out_more)
        *out_json = sql_text(d->unplaced, 0);
    return ERR_OK;
}
