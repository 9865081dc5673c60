#include "store/load.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/pool.h"
#include "base/table.h"
#include "store/load_private.h"

/* So much text, and so many records, go to a worker at a time: it and the cells of its
 * rows stay in a second-level cache. */
#define BATCH_BYTES   (256u << 10)
#define BATCH_RECORDS 1024u

#define FILE_PAGE 8192 /* bytes: fewer pages to be found than with SQLite's 4096 */

#define CACHE_KIB (128 << 10) /* also what an index is sorted in, before it spills */

const char *unplaced_text(enum unplaced reason)
{
    static const char *const texts[] = {
#define X(name, text) text,
        UNPLACED_LIST(X)
#undef X
    };
    return texts[reason];
}

struct piece {
    size_t at, n;
};

struct batch {
    struct pool_job job; /* first: the pool hands it back */
    const struct entity *entity;
    struct buf text;
    struct piece pieces[BATCH_RECORDS];
    size_t n;
    uint64_t first; /* ordinal in the entity of its first record, from 1 */
    struct rows rows;
    enum err code;
    struct error error;
    bool waits; /* was given away, and not yet written */
};

/* ---- workers */

static void make_rows(struct row_maker *m, struct batch *b)
{
    b->code = ERR_OK;
    for (size_t i = 0; i < b->n && b->code == ERR_OK; i++) {
        b->error = (struct error)ERROR_INIT;
        b->code = row_make(m, str_n(b->text.p + b->pieces[i].at, b->pieces[i].n),
                           &b->rows, &b->error);
        if (b->code != ERR_OK) {
            b->error.record = b->first + i;
            b->error.offset = ERR_NO_OFFSET; /* a place in the record says nothing */
        }
    }
}

static void run(void *ctx, unsigned worker, struct pool_job *job)
{
    struct loader *l = ctx;
    make_rows(l->makers[worker], (struct batch *)job);
}

/* ---- writing */

static struct loaded *loaded_of(struct loader *l, const struct entity *entity)
{
    struct loaded *r = table_get(&l->by_entity, entity->name);
    if (r)
        return r;
    r = ARENA_NEW(&l->arena, struct loaded);
    r->report.entity = entity->name;
    r->table = layout_table(l->o.layout, entity->type);
    table_put(&l->by_entity, entity->name, r);
    return r;
}

static enum err insert_statement(struct loader *l, struct loaded *r, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    buf_printf(&text, "INSERT OR IGNORE INTO %.*s VALUES(", STR_ARG(r->table->quoted));
    for (size_t i = 0; i < r->table->n_columns + 2; i++)
        buf_printf(&text, "%s?", i ? "," : "");
    buf_add_char(&text, ')');
    return sql_prepare(l->db, buf_str(&text), &r->insert, e);
}

static enum err unplaced(struct loader *l, struct loaded *r, struct str record,
                         enum unplaced why, struct error *e)
{
    r->report.unplaced[why]++;
    sql_bind_text(l->unplaced, 1, r->report.entity);
    sql_bind_text(l->unplaced, 2, record);
    sql_bind_text(l->unplaced, 3, str_of(unplaced_text(why)));
    return sql_run(l->unplaced, e);
}

/* The number of this set of members; most rows have that of the row before. */
static int64_t shape(struct loader *l, struct loaded *r, const uint64_t *present)
{
    size_t size = (r->table->n_columns + 63) / 64 * sizeof *present;
    struct str bits = str_n((const char *)present, size);
    if (r->last && str_eq(r->last->bits, bits))
        return r->last->id;
    struct shape *s = table_get(&r->shapes, bits);
    if (!s) {
        s = ARENA_NEW(&l->arena, struct shape);
        *s = (struct shape){.id = ++l->n_shapes, .bits = arena_str(&l->arena, bits)};
        table_put(&r->shapes, s->bits, s);
    }
    r->last = s;
    return s->id;
}

static void bind_cell(struct sql_stmt *q, int i, const struct cell *c, const char *text)
{
    switch (c->type) {
    case CELL_NULL: sql_bind_null(q, i); break;
    case CELL_INT: sql_bind_int(q, i, c->i); break;
    case CELL_REAL: sql_bind_real(q, i, c->d); break;
    case CELL_TEXT: sql_bind_text(q, i, str_n(text + c->at, c->n)); break;
    }
}

static enum err write_row(struct loader *l, struct loaded *r, const struct rows *rows,
                          const struct row *row, bool *out_placed, struct error *e)
{
    int n = (int)r->table->n_columns;
    if (!r->insert)
        TRY(insert_statement(l, r, e));
    for (int i = 0; i < n; i++)
        bind_cell(r->insert, i + 1, &row->cells[i], rows->text.p);
    bind_cell(r->insert, n + 1, &row->more, rows->text.p);
    sql_bind_int(r->insert, n + 2, shape(l, r, row->present));
    TRY(sql_run(r->insert, e));
    *out_placed = sql_changes(l->db) == 1;
    return ERR_OK;
}

static enum err write_batch(struct loader *l, struct batch *b, struct error *e)
{
    struct loaded *r = loaded_of(l, b->entity);
    if (b->code != ERR_OK) {
        *e = b->error;
        return b->code;
    }
    for (size_t i = 0; i < b->n; i++) {
        const struct row *row = &b->rows.rows[i];
        struct str record = str_n(b->text.p + b->pieces[i].at, b->pieces[i].n);
        bool placed = true;
        if (!row->cells) {
            TRY(unplaced(l, r, record, row->reason, e));
            continue;
        }
        TRY(write_row(l, r, &b->rows, row, &placed, e));
        if (!placed)
            TRY(unplaced(l, r, record, UNPLACED_TWICE, e));
        else
            r->report.rows++;
    }
    return ERR_OK;
}

static const char *where(const struct entity *entity, char name[SCHEMA_NAME + 1])
{
    size_t n = entity->name.n < SCHEMA_NAME ? entity->name.n : SCHEMA_NAME;
    memcpy(name, entity->name.p, n);
    name[n] = 0;
    return name;
}

/* Takes a batch that was given away back, written. */
static enum err settle(struct loader *l, struct batch *b, struct error *e)
{
    if (!b->waits)
        return ERR_OK;
    b->waits = false;
    if (l->pool)
        pool_wait(l->pool, &b->job);
    enum err code = write_batch(l, b, e);
    if (code != ERR_OK)
        err_in(e, where(b->entity, l->name));
    return code;
}

static void give_away(struct loader *l)
{
    struct batch *b = l->batches[l->at];
    if (!b->n)
        return;
    rows_begin(&b->rows, layout_table(l->o.layout, b->entity->type), b->entity, b->n);
    b->waits = true;
    if (l->pool)
        pool_add(l->pool, &b->job);
    else
        make_rows(l->makers[0], b);
    l->at = (l->at + 1) % LOADER_BATCHES;
}

static enum err begin_batch(struct loader *l, const struct entity *entity,
                            struct error *e)
{
    struct batch *b = l->batches[l->at];
    TRY(settle(l, b, e));
    b->entity = entity;
    b->n = 0;
    b->first = loaded_of(l, entity)->report.records + 1;
    buf_clear(&b->text);
    return ERR_OK;
}

enum err loader_record(struct loader *l, const struct entity *entity, struct str json,
                       struct error *e)
{
    struct batch *b = l->batches[l->at];
    if (b->n && (b->entity != entity || b->n == BATCH_RECORDS ||
                 b->text.n + json.n > BATCH_BYTES)) {
        give_away(l);
        b = l->batches[l->at];
        TRY(begin_batch(l, entity, e));
    } else if (!b->n) {
        TRY(begin_batch(l, entity, e));
    }
    b->pieces[b->n++] = (struct piece){b->text.n, json.n};
    buf_add_str(&b->text, json);
    l->current = l->current && l->current->report.entity.p == entity->name.p
                     ? l->current
                     : loaded_of(l, entity);
    l->current->report.records++;
    return ERR_OK;
}

enum err loader_flush(struct loader *l, struct error *e)
{
    give_away(l);
    for (size_t i = 0; i < LOADER_BATCHES; i++)
        TRY(settle(l, l->batches[(l->at + i) % LOADER_BATCHES], e));
    return ERR_OK;
}

/* ---- begin and end */

/* SQLite does not say when it cannot take the size of a page. */
static enum err set_page_size(struct loader *l, struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    bool row;
    BUF_SCOPED text = BUF_INIT;
    buf_printf(&text, "PRAGMA page_size = %d", FILE_PAGE);
    TRY(sql_exec(l->db, buf_cstr(&text), e));
    TRY(sql_prepare(l->db, STR("PRAGMA page_size"), &q, e));
    TRY(sql_step(q, &row, e));
    if (!row || sql_int(q, 0) != FILE_PAGE)
        return err_sys(e, ERR_IO, EIO, "the database cannot be written");
    return ERR_OK;
}

static enum err make_tables(struct loader *l, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    const struct layout_table *t;
    /* AUTOINCREMENT comes with the first table that says so. While rows come in it
     * would look each of them up in sqlite_sequence: that is done at the end. */
    TRY(set_page_size(l, e));
    buf_add_str(&text,
                STR("BEGIN; CREATE TABLE x(id INTEGER PRIMARY KEY AUTOINCREMENT);"
                    "DROP TABLE x;"));
    for (size_t i = 0; layout_own_table(i); i++)
        buf_printf(&text, "%s;", layout_own_statement(i));
    TRY(sql_exec(l->db, buf_cstr(&text), e));
    for (size_t i = 0; (t = layout_table_at(l->o.layout, i)); i++) {
        buf_clear(&text);
        layout_create_plain(t, &text);
        TRY(sql_exec(l->db, buf_cstr(&text), e));
    }
    return ERR_OK;
}

static enum err begin(struct loader *l, struct error *e)
{
    const struct sql_options o = {.write = true,
                                  .alone = true,
                                  .fast = true,
                                  .schema = true,
                                  .cache_kib = CACHE_KIB};
    TRY(sql_open_fd(l->o.fd, &o, &l->db, e));
    TRY(make_tables(l, e));
    TRY(sql_prepare(l->db,
                    STR("INSERT INTO sandcast_unplaced(entity, record, reason) "
                        "VALUES(?1, ?2, ?3)"),
                    &l->unplaced, e));
    TRY(loader_meta(l, "format", STR("1"), e));
    return loader_meta(l, "schema", schema_text(l->o.schema), e);
}

enum err loader_new(const struct loader_options *o, struct loader **out,
                    struct error *e)
{
    CLEANUP(loader_freep) struct loader *l = NEW(struct loader);
    unsigned cpus = pool_cpus();
    l->o = *o;
    for (size_t i = 0; i < LOADER_BATCHES; i++)
        l->batches[i] = NEW(struct batch);
    for (size_t i = 0; i < LOADER_WORKERS; i++)
        l->makers[i] = row_maker_new(o->layout);
    if (cpus > 1 &&
        pool_new(cpus > 2 ? LOADER_WORKERS : 1, run, l, &l->pool, NULL) != ERR_OK)
        l->pool = NULL;
    TRY(begin(l, e));
    *out = l;
    l = NULL;
    return ERR_OK;
}

void loader_free(struct loader *l)
{
    if (!l)
        return;
    pool_free(l->pool);
    for (size_t i = 0; i < LOADER_BATCHES; i++) {
        buf_done(&l->batches[i]->text);
        rows_done(&l->batches[i]->rows);
        free(l->batches[i]);
    }
    for (size_t i = 0; i < LOADER_WORKERS; i++)
        row_maker_free(l->makers[i]);
    for (size_t i = 0; i < l->by_entity.n; i++)
        table_done(&((struct loaded *)l->by_entity.slots[i].value)->shapes);
    sql_free(l->db);
    table_done(&l->by_entity);
    free(l->reports);
    arena_done(&l->arena);
    free(l);
}

enum err loader_meta(struct loader *l, const char *key, struct str value,
                     struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    TRY(sql_prepare(
        l->db, STR("INSERT OR REPLACE INTO sandcast_meta(key, value) VALUES(?1, ?2)"),
        &q, e));
    sql_bind_text(q, 1, str_of(key));
    sql_bind_text(q, 2, value);
    return sql_run(q, e);
}
