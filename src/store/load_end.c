/* The end of a load: indexes, ids, the report, statistics, commit. */
#include <stdlib.h>

#include "base/alloc.h"
#include "store/load_private.h"
#include "json/emit.h"

static enum err count(struct loader *l, const struct buf *text, uint64_t *out,
                      struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    bool row;
    TRY(sql_prepare(l->db, buf_str(text), &q, e));
    TRY(sql_step(q, &row, e));
    *out = row ? (uint64_t)sql_int(q, 0) : 0;
    return ERR_OK;
}

static enum err write_shapes(struct loader *l, const struct loaded *r, struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    BUF_SCOPED members = BUF_INIT;
    TRY(sql_prepare(l->db, STR("INSERT INTO sandcast_shapes VALUES(?1, ?2, ?3)"), &q,
                    e));
    for (size_t i = 0; i < r->shapes.n; i++) {
        const struct shape *s = r->shapes.slots[i].value;
        const uint64_t *bits = (const uint64_t *)(const void *)s->bits.p;
        struct emit j;
        buf_clear(&members);
        emit_init(&j, &members);
        emit_array(&j);
        for (size_t k = 0; k < r->table->n_columns; k++)
            if (bits[k / 64] >> (k % 64) & 1)
                emit_string(&j, r->table->columns[k].field->name);
        emit_array_end(&j);
        sql_bind_int(q, 1, s->id);
        sql_bind_text(q, 2, r->report.entity);
        sql_bind_text(q, 3, buf_str(&members));
        TRY(sql_run(q, e));
    }
    return ERR_OK;
}

static enum err make_indexes(struct loader *l, struct error *e)
{
    const struct layout_table *t;
    BUF_SCOPED text = BUF_INIT;
    for (size_t i = 0; (t = layout_table_at(l->o.layout, i)); i++)
        for (size_t k = 0; k < t->n_indexes; k++) {
            buf_clear(&text);
            layout_create_index(t, k, &text);
            TRY(sql_exec(l->db, buf_cstr(&text), e));
        }
    return ERR_OK;
}

/* Ids of keys are never given twice: the tables say AUTOINCREMENT from now on, with the
 * largest id that they have. */
static enum err count_ids(struct loader *l, struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    const struct layout_table *t;
    BUF_SCOPED text = BUF_INIT;
    TRY(sql_exec(l->db, "PRAGMA writable_schema = ON", e));
    TRY(sql_prepare(l->db,
                    STR("UPDATE sqlite_schema SET sql = ?1 "
                        "WHERE type = 'table' AND name = ?2"),
                    &q, e));
    for (size_t i = 0; (t = layout_table_at(l->o.layout, i)); i++) {
        if (!t->is_rowid)
            continue;
        buf_clear(&text);
        layout_create_table(t, &text);
        sql_bind_text(q, 1, buf_str(&text));
        sql_bind_text(q, 2, t->name);
        TRY(sql_run(q, e));
        buf_clear(&text);
        buf_add_str(&text, STR("INSERT INTO sqlite_sequence SELECT "));
        sql_add_literal(&text, t->name);
        buf_printf(&text, ", max(%.*s) FROM %.*s HAVING count(*)",
                   STR_ARG(t->key[0]->quoted), STR_ARG(t->quoted));
        TRY(sql_exec(l->db, buf_cstr(&text), e));
    }
    return sql_exec(l->db, "PRAGMA writable_schema = RESET", e);
}

/* ---- the report */

/* References to rows that are not there. */
static enum err dangling(struct loader *l, struct loaded *r, const struct field *f,
                         struct error *e)
{
    const struct layout_table *to = layout_table(l->o.layout, f->type);
    int column = f->by ? layout_column(r->table, f->by) : -1;
    if (column < 0 || !to || to->n_key != 1)
        return ERR_OK;
    struct str name = r->table->columns[column].quoted;
    BUF_SCOPED text = BUF_INIT;
    uint64_t n;
    /* Most values stand in many rows and are there: each is looked up once. */
    buf_printf(&text,
               "SELECT count(*) FROM (SELECT DISTINCT %.*s AS c FROM %.*s) AS a "
               "WHERE c IS NOT NULL AND NOT EXISTS "
               "(SELECT 1 FROM %.*s AS b WHERE b.%.*s = a.c)",
               STR_ARG(name), STR_ARG(r->table->quoted), STR_ARG(to->quoted),
               STR_ARG(to->key[0]->quoted));
    TRY(count(l, &text, &n, e));
    if (!n)
        return ERR_OK;
    buf_clear(&text);
    buf_printf(&text,
               "SELECT count(*) FROM %.*s AS a WHERE %.*s IS NOT NULL AND NOT EXISTS "
               "(SELECT 1 FROM %.*s AS b WHERE b.%.*s = a.%.*s)",
               STR_ARG(r->table->quoted), STR_ARG(name), STR_ARG(to->quoted),
               STR_ARG(to->key[0]->quoted), STR_ARG(name));
    TRY(count(l, &text, &n, e));
    r->report.dangling += n;
    r->report.dangling_fields[r->report.n_dangling] = f->name;
    r->report.dangling_counts[r->report.n_dangling++] = n;
    return ERR_OK;
}

static enum err references(struct loader *l, struct loaded *r, struct error *e)
{
    const struct type *type = r->table->type;
    r->report.dangling_fields = ARENA_ARRAY(&l->arena, struct str, type->n_fields);
    r->report.dangling_counts = ARENA_ARRAY(&l->arena, uint64_t, type->n_fields);
    for (size_t i = 0; i < type->n_fields; i++)
        TRY(dangling(l, r, &type->fields[i], e));
    return ERR_OK;
}

/* Rows whose natural key is another row's, too; one with a NULL is nobody's. */
static enum err doubled(struct loader *l, struct loaded *r, struct error *e)
{
    const struct layout_table *t = r->table;
    BUF_SCOPED names = BUF_INIT;
    BUF_SCOPED whole = BUF_INIT;
    BUF_SCOPED text = BUF_INIT;
    for (size_t i = 0; i < t->type->n_natural; i++) {
        int column = layout_column(t, t->type->natural[i]);
        if (column < 0)
            return ERR_OK;
        struct str name = t->columns[column].quoted;
        buf_printf(&names, "%s%.*s", i ? ", " : "", STR_ARG(name));
        buf_printf(&whole, "%s%.*s IS NOT NULL", i ? " AND " : "", STR_ARG(name));
    }
    if (!names.n)
        return ERR_OK;
    buf_printf(&text,
               "SELECT total(x) FROM (SELECT count(*) AS x FROM %.*s WHERE %.*s "
               "GROUP BY %.*s HAVING count(*) > 1)",
               STR_ARG(t->quoted), STR_ARG(buf_str(&whole)), STR_ARG(buf_str(&names)));
    return count(l, &text, &r->report.doubled, e);
}

static void more_fields(struct loader *l, struct loaded *r)
{
    const struct type *type = r->table->type;
    uint64_t *sums = ARENA_ARRAY(&l->arena, uint64_t, type->n_fields + 2);
    for (size_t m = 0; m < LOADER_WORKERS; m++) {
        const uint64_t *counts = row_maker_more(l->makers[m], r->table);
        for (size_t i = 0; counts && i < type->n_fields + 2; i++)
            sums[i] += counts[i];
    }
    struct loader_report *p = &r->report;
    p->more = sums[type->n_fields + 1];
    p->more_fields = ARENA_ARRAY(&l->arena, struct str, type->n_fields + 1);
    p->more_counts = ARENA_ARRAY(&l->arena, uint64_t, type->n_fields + 1);
    for (size_t i = 0; i <= type->n_fields; i++) {
        const struct field *f = i < type->n_fields ? &type->fields[i] : NULL;
        uint64_t n = sums[f ? f->rank : type->n_fields];
        size_t at = p->n_more;
        if (!n)
            continue;
        for (; at && p->more_counts[at - 1] < n; at--) {
            p->more_fields[at] = p->more_fields[at - 1];
            p->more_counts[at] = p->more_counts[at - 1];
        }
        p->more_fields[at] = f ? f->name : STR("");
        p->more_counts[at] = n;
        p->n_more++;
    }
}

static int by_name(const void *a, const void *b)
{
    const struct loader_report *const *x = a, *const *y = b;
    return str_cmp((*x)->entity, (*y)->entity);
}

static enum err report(struct loader *l, struct error *e)
{
    l->reports = alloc_zero(l->by_entity.n + 1, sizeof(void *));
    for (size_t i = 0; i < l->by_entity.n; i++) {
        struct loaded *r = l->by_entity.slots[i].value;
        l->reports[l->n_reports++] = &r->report;
        if (!r->table)
            continue;
        TRY(references(l, r, e));
        TRY(doubled(l, r, e));
        more_fields(l, r);
    }
    qsort(l->reports, l->n_reports, sizeof *l->reports, by_name);
    return ERR_OK;
}

const struct loader_report *loader_report_at(const struct loader *l, size_t i)
{
    return i < l->n_reports ? l->reports[i] : NULL;
}

enum err loader_finish(struct loader *l, struct error *e)
{
    TRY(loader_flush(l, e));
    for (size_t i = 0; i < l->by_entity.n; i++)
        TRY(write_shapes(l, l->by_entity.slots[i].value, e));
    TRY(make_indexes(l, e));
    TRY(count_ids(l, e));
    TRY(report(l, e));
    TRY(sql_exec(l->db, "PRAGMA analysis_limit = 1000; ANALYZE; COMMIT", e));
    for (size_t i = 0; i < l->by_entity.n; i++) {
        struct loaded *r = l->by_entity.slots[i].value;
        sql_reset(r->insert);
        r->insert = NULL;
    }
    sql_reset(l->unplaced);
    l->unplaced = NULL;
    sql_free(l->db); /* what the page cache still holds is written now */
    l->db = NULL;
    return ERR_OK;
}
