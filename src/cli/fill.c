#include "cli/fill.h"

#include "cli/records.h"
#include "crypt/digest.h"
#include "doc/doc.h"
#include "json/emit.h"

/* ---- records */

struct filling {
    const struct fill_options *o;
    struct loader *loader;
    const struct entity *entity;
};

static enum err put(void *ctx, struct str json, struct error *e)
{
    const struct filling *f = ctx;
    struct progress *p = f->o->progress;
    if (p) {
        p->state.records++;
        p->state.bytes += json.n;
        if (p->state.records % 1024 == 0)
            progress_tick(p);
    }
    return loader_record(f->loader, f->entity, json, e);
}

static enum err put_members(struct filling *f, struct error *e)
{
    const struct reader *r = f->o->reader;
    BUF_SCOPED text = BUF_INIT;
    for (size_t i = 0; i < reader_n_members(r); i++) {
        struct reader_place at = {.copies = true, .losers = f->o->raw};
        if (!records_member(reader_member_at(r, i)->name, &at.entity, &at.ordinal))
            continue;
        TRY(schema_entity(f->o->schema, at.entity, &f->entity, e));
        TRY(reader_each(r, &at, &text, put, f, e));
    }
    return ERR_OK;
}

/* ---- what is said of them */

static enum err put_files(struct filling *f, struct error *e)
{
    const struct reader *r = f->o->reader;
    BUF_SCOPED text = BUF_INIT;
    BUF_SCOPED key = BUF_INIT;
    for (size_t i = 0; i < reader_n_members(r); i++) {
        const struct reader_member *m = reader_member_at(r, i);
        bool meta = str_starts(m->name, STR("meta/")) &&
                    !str_eq(m->name, STR("meta/manifest.json")) &&
                    !str_eq(m->name, STR("meta/schema.graphql"));
        if (!meta && !str_starts(m->name, STR("evidence/")))
            continue;
        buf_clear(&text);
        buf_clear(&key);
        buf_printf(&key, "file:%.*s", STR_ARG(m->name));
        TRY(reader_read(r, m, &text, e));
        TRY(loader_meta(f->loader, buf_cstr(&key), buf_str(&text), e));
    }
    return ERR_OK;
}

static enum err put_meta(struct filling *f, struct error *e)
{
    uint8_t root[ROOT_SIZE];
    BUF_SCOPED text = BUF_INIT;
    reader_root(f->o->reader, root);
    hex_add(&text, root, ROOT_SIZE);
    TRY(loader_meta(f->loader, "root", buf_str(&text), e));
    TRY(loader_meta(f->loader, "state", f->o->raw ? STR("raw") : STR("scrubbed"), e));
    if (f->o->raw)
        return ERR_OK;
    buf_clear(&text);
    TRY(doc_canonical(reader_manifest(f->o->reader), &text, e));
    TRY(loader_meta(f->loader, "manifest", buf_str(&text), e));
    return put_files(f, e);
}

enum err fill_run(const struct fill_options *o, struct loader **out, struct error *e)
{
    CLEANUP(loader_freep) struct loader *l = NULL;
    const struct loader_options options = {
        .fd = o->fd, .schema = o->schema, .layout = o->layout};
    TRY(loader_new(&options, &l, e));
    struct filling f = {.o = o, .loader = l};
    TRY(put_meta(&f, e));
    TRY(put_members(&f, e));
    TRY(loader_finish(l, e));
    *out = l;
    l = NULL;
    return ERR_OK;
}

/* ---- telling it */

static void add_count(struct buf *out, uint64_t n, const char *what)
{
    if (n)
        buf_printf(out, ", %llu %s", (unsigned long long)n, what);
}

static void entity_text(const struct loader_report *r, struct buf *out)
{
    uint64_t told = r->dangling + r->doubled + r->more;
    for (unsigned i = 0; i < UNPLACED_REASONS; i++)
        told += r->unplaced[i];
    if (!told)
        return;
    buf_printf(out, "%.*s: %llu records", STR_ARG(r->entity),
               (unsigned long long)r->records);
    for (unsigned i = 0; i < UNPLACED_REASONS; i++)
        if (r->unplaced[i])
            buf_printf(out, ", %llu unplaced: %s", (unsigned long long)r->unplaced[i],
                       unplaced_text((enum unplaced)i));
    add_count(out, r->doubled, "with the natural key of another");
    for (size_t i = 0; i < r->n_dangling; i++)
        buf_printf(out, ", %llu %.*s not there",
                   (unsigned long long)r->dangling_counts[i],
                   STR_ARG(r->dangling_fields[i]));
    add_count(out, r->more, "with members in _more");
    buf_add_char(out, '\n');
}

void fill_text(const struct loader *l, struct buf *out)
{
    const struct loader_report *r;
    for (size_t i = 0; (r = loader_report_at(l, i)); i++)
        entity_text(r, out);
}

static void counts(struct emit *j, const char *name, const struct str *fields,
                   const uint64_t *n, size_t n_fields)
{
    if (!n_fields)
        return;
    emit_key(j, str_of(name));
    emit_object(j);
    for (size_t i = 0; i < n_fields; i++) {
        emit_key(j, fields[i].n ? fields[i] : STR("(others)"));
        emit_uint(j, n[i]);
    }
    emit_object_end(j);
}

static uint64_t entity_json(const struct loader_report *r, struct emit *j)
{
    uint64_t unplaced = 0;
    emit_key(j, r->entity);
    emit_object(j);
    emit_key_uint(j, "records", r->records);
    emit_key_uint(j, "rows", r->rows);
    for (unsigned i = 0; i < UNPLACED_REASONS; i++)
        unplaced += r->unplaced[i];
    if (unplaced) {
        emit_key(j, STR("unplaced"));
        emit_object(j);
        for (unsigned i = 0; i < UNPLACED_REASONS; i++)
            if (r->unplaced[i])
                emit_key_uint(j, unplaced_text((enum unplaced)i), r->unplaced[i]);
        emit_object_end(j);
    }
    if (r->doubled)
        emit_key_uint(j, "doubled", r->doubled);
    counts(j, "dangling", r->dangling_fields, r->dangling_counts, r->n_dangling);
    counts(j, "more", r->more_fields, r->more_counts, r->n_more);
    emit_object_end(j);
    return unplaced;
}

void fill_json(const struct loader *l, struct emit *j)
{
    const struct loader_report *r;
    uint64_t records = 0, rows = 0, unplaced = 0, dangling = 0, doubled = 0;
    emit_key(j, STR("entities"));
    emit_object(j);
    for (size_t i = 0; (r = loader_report_at(l, i)); i++) {
        unplaced += entity_json(r, j);
        records += r->records;
        rows += r->rows;
        dangling += r->dangling;
        doubled += r->doubled;
    }
    emit_object_end(j);
    emit_key_uint(j, "records", records);
    emit_key_uint(j, "rows", rows);
    emit_key_uint(j, "unplaced", unplaced);
    emit_key_uint(j, "dangling", dangling);
    emit_key_uint(j, "doubled", doubled);
}
