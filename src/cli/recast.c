#include "cli/recast.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "cli/records.h"
#include "crypt/digest.h"
#include "doc/doc.h"
#include "store/dump.h"
#include "json/emit.h"

struct recast {
    struct recast_options options;
    struct canon *canon;
    struct deflater *deflater;
    struct writer *writer; /* NULL: a dry run, or not yet */
    struct member *open[SCHEMA_ENTITIES];
};

struct recast *recast_new(const struct recast_options *o)
{
    struct recast *r = NEW(struct recast);
    r->options = *o;
    r->canon = canon_new();
    r->deflater = deflater_new(o->writer.level);
    return r;
}

void recast_free(struct recast *r)
{
    if (!r)
        return;
    for (unsigned i = 0; i < SCHEMA_ENTITIES; i++)
        if (r->open[i]) {
            member_done(r->open[i]);
            free(r->open[i]);
        }
    writer_free(r->writer);
    deflater_free(r->deflater);
    canon_free(r->canon);
    free(r);
}

/* ---- records out */

static enum err begin(struct recast *r, struct error *e)
{
    if (r->writer || r->options.dry_run)
        return ERR_OK;
    return writer_new_on(&r->options.writer, r->options.to, &r->writer, e);
}

static enum err close_member(struct recast *r, struct member *m, struct error *e)
{
    if (!m->n_records)
        return ERR_OK;
    TRY(member_pack(m, r->deflater, e));
    TRY(writer_member(r->writer, m, e));
    member_clear(m);
    return ERR_OK;
}

enum err recast_keep_made(struct recast *r, const struct entity *entity,
                          struct str json, const struct canon_record *record,
                          struct error *e)
{
    if (r->options.dry_run)
        return ERR_OK;
    TRY(begin(r, e));
    struct member **m = &r->open[entity->index];
    if (!*m) {
        *m = NEW(struct member);
        member_init(*m, entity);
    }
    member_add(*m, json, record);
    return member_is_full(*m) ? close_member(r, *m, e) : ERR_OK;
}

enum err recast_keep(struct recast *r, const struct entity *entity, struct str json,
                     struct canon_record *out, struct error *e)
{
    struct canon_record record;
    TRY(canon_record(r->canon, entity, json, &record, e));
    if (out)
        *out = record;
    return recast_keep_made(r, entity, json, &record, e);
}

/* ---- records in */

struct walk {
    struct recast *recast;
    recast_each *each;
    void *ctx;
    const struct entity *entity;
};

static enum err walk_record(void *ctx, struct str json, struct error *e)
{
    const struct walk *w = ctx;
    return w->each(w->ctx, w->recast, w->entity, json, e);
}

enum err recast_walk(struct recast *r, recast_each *each, void *ctx, struct error *e)
{
    const struct reader *reader = r->options.reader;
    BUF_SCOPED text = BUF_INIT;
    struct walk w = {.recast = r, .each = each, .ctx = ctx};
    for (size_t i = 0; i < reader_n_members(reader); i++) {
        struct reader_place at = {.copies = true, .losers = r->options.losers};
        if (!records_member(reader_member_at(reader, i)->name, &at.entity, &at.ordinal))
            continue;
        TRY(schema_entity(r->options.schema, at.entity, &w.entity, e));
        TRY(reader_each(reader, &at, &text, walk_record, &w, e));
    }
    return ERR_OK;
}

/* ---- the rest of the archive */

static int by_name(const void *a, const void *b)
{
    const struct member *const *x = a, *const *y = b;
    return str_cmp((*x)->entity->name, (*y)->entity->name);
}

static enum err close_all(struct recast *r, struct error *e)
{
    struct member *list[SCHEMA_ENTITIES];
    size_t n = 0;
    for (unsigned i = 0; i < SCHEMA_ENTITIES; i++)
        if (r->open[i])
            list[n++] = r->open[i];
    if (n)
        qsort(list, n, sizeof *list, by_name);
    for (size_t i = 0; i < n; i++)
        TRY(close_member(r, list[i], e));
    return ERR_OK;
}

/* What the database keeps of the snapshot that it was loaded from. */
static enum err dump_files(struct recast *r, struct error *e)
{
    struct dump *d = r->options.dump;
    BUF_SCOPED name = BUF_INIT;
    BUF_SCOPED text = BUF_INIT;
    TRY(dump_meta(d, "schema", &text, e));
    TRY(writer_file(r->writer, "meta/schema.graphql", buf_str(&text), e));
    for (size_t i = 0;; i++) {
        buf_clear(&name);
        buf_clear(&text);
        TRY(dump_file(d, i, &name, &text, e));
        if (!name.n)
            return ERR_OK;
        TRY(writer_file(r->writer, buf_cstr(&name), buf_str(&text), e));
    }
}

static enum err copy_meta(struct recast *r, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    BUF_SCOPED name = BUF_INIT;
    if (r->options.dump)
        return dump_files(r, e);
    for (size_t i = 0; i < reader_n_members(r->options.reader); i++) {
        const struct reader_member *m = reader_member_at(r->options.reader, i);
        bool meta = str_starts(m->name, STR("meta/")) &&
                    !str_eq(m->name, STR("meta/manifest.json"));
        if (!meta && !str_starts(m->name, STR("evidence/")))
            continue;
        buf_clear(&text);
        buf_clear(&name);
        buf_add_str(&name, m->name);
        TRY(reader_read(r->options.reader, m, &text, e));
        TRY(writer_file(r->writer, buf_cstr(&name), buf_str(&text), e));
    }
    return ERR_OK;
}

/* The root and the manifest of what the records come from. */
static enum err origin(const struct recast *r, struct buf *root, struct doc **out_doc,
                       const struct doc_node **out, struct error *e)
{
    uint8_t bytes[ROOT_SIZE];
    if (!r->options.dump) {
        reader_root(r->options.reader, bytes);
        hex_add(root, bytes, ROOT_SIZE);
        *out = reader_manifest(r->options.reader);
        return ERR_OK;
    }
    BUF_SCOPED text = BUF_INIT;
    TRY(dump_meta(r->options.dump, "root", root, e));
    TRY(dump_meta(r->options.dump, "manifest", &text, e));
    if (!text.n)
        return ERR_OK;
    TRY(doc_json(buf_str(&text), "sandcast_meta.manifest", out_doc, e));
    *out = doc_root(*out_doc);
    return ERR_OK;
}

static enum err manifest(const struct recast *r, struct buf *out, struct error *e)
{
    static const char *const kept[] = {"completeness", "key", "rules", "schema",
                                       "undecided"};
    CLEANUP(doc_freep) struct doc *doc = NULL;
    const struct doc_node *from = NULL;
    struct emit j;
    BUF_SCOPED text = BUF_INIT;
    TRY(origin(r, &text, &doc, &from, e));
    emit_init(&j, out);
    emit_object(&j);
    emit_key_string(&j, r->options.note, buf_str(&text));
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        if (!doc_get(from, kept[i]))
            continue;
        buf_clear(&text);
        TRY(doc_canonical(doc_get(from, kept[i]), &text, e));
        emit_key(&j, str_of(kept[i]));
        emit_raw(&j, buf_str(&text));
    }
    emit_object_end(&j);
    return ERR_OK;
}

enum err recast_finish(struct recast *r, uint8_t root[ROOT_SIZE], struct error *e)
{
    if (r->options.dry_run)
        return ERR_OK;
    BUF_SCOPED text = BUF_INIT;
    TRY(begin(r, e));
    TRY(close_all(r, e));
    TRY(copy_meta(r, e));
    TRY(manifest(r, &text, e));
    return writer_finish(r->writer, buf_str(&text), root, e);
}
