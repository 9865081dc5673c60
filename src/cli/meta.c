#include "cli/meta.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "base/shipped.h"
#include "crypt/digest.h"
#include "json/emit.h"

static void add_hex(struct emit *j, const char *key, const uint8_t *digest)
{
    BUF_SCOPED hex = BUF_INIT;
    hex_add(&hex, digest, SHA256_SIZE);
    emit_key_string(j, key, buf_str(&hex));
}

/* A customer's own pack is told by ids, actions and digests only. */
static void describe_pack(const struct ruleset *rs, struct str pack, struct buf *out)
{
    struct emit j;
    emit_init(&j, out);
    emit_object(&j);
    emit_key_string(&j, "pack", pack);
    emit_key(&j, STR("rules"));
    emit_array(&j);
    for (size_t i = 0; i < rs->n_rules; i++) {
        const struct rule *r = rs->rules[i];
        if (!str_eq(r->pack, pack))
            continue;
        emit_object(&j);
        emit_key_string(&j, "action", str_of(r->action->name));
        emit_key_string(&j, "id", r->id);
        add_hex(&j, "sha256", r->digest);
        emit_object_end(&j);
    }
    emit_array_end(&j);
    emit_object_end(&j);
    buf_add_char(out, '\n');
}

static bool is_shipped(struct str pack)
{
    for (size_t i = 0; ruleset_shipped(i); i++)
        if (str_eq(pack, str_of(ruleset_shipped(i))))
            return true;
    return false;
}

struct ahead_file {
    struct pool_job job; /* first: the pool hands it back */
    char name[128];
    struct str bytes;
    struct buf text; /* where the bytes are made here */
    struct packed_file packed;
    enum err code;
    struct error error;
};

struct meta_ahead {
    struct pool *pool; /* NULL: nobody packs ahead */
    struct deflater *deflater;
    struct ahead_file *files;
    size_t n_files;
};

static void pack(void *ctx, unsigned worker, struct pool_job *job)
{
    struct meta_ahead *a = ctx;
    struct ahead_file *f = (struct ahead_file *)job;
    f->code = packed_file_make(&f->packed, f->bytes, a->deflater, &f->error);
}

static void name_pack(const struct ruleset *rs, struct str pack, struct ahead_file *f)
{
    char file[80];
    snprintf(file, sizeof file, "%.*s.yaml", STR_ARG(pack));
    if (is_shipped(pack)) {
        snprintf(f->name, sizeof f->name, "meta/rules/%s", file);
        f->bytes = shipped_get(str_of(file));
        return;
    }
    describe_pack(rs, pack, &f->text);
    snprintf(f->name, sizeof f->name, "meta/rules/%.*s.json", STR_ARG(pack));
    f->bytes = buf_str(&f->text);
}

struct meta_ahead *meta_ahead_new(const struct setup *setup, enum deflate_level level,
                                  bool thread)
{
    const struct ruleset *rs = setup->rules;
    struct meta_ahead *a = NEW(struct meta_ahead);
    a->deflater = deflater_new(level);
    a->n_files = 1 + rs->n_packs;
    a->files = alloc_zero(a->n_files, sizeof *a->files);
    snprintf(a->files[0].name, sizeof a->files[0].name, "meta/schema.graphql");
    a->files[0].bytes = schema_text(setup->schema);
    for (size_t i = 0; i < rs->n_packs; i++)
        name_pack(rs, rs->packs[i], &a->files[1 + i]);
    /* Without a thread it only takes longer. */
    if (thread && pool_new(1, pack, a, &a->pool, NULL) != ERR_OK)
        a->pool = NULL;
    for (size_t i = 0; i < a->n_files; i++) {
        a->files[i].error = (struct error)ERROR_INIT;
        if (a->pool)
            pool_add(a->pool, &a->files[i].job);
    }
    return a;
}

void meta_ahead_free(struct meta_ahead *a)
{
    if (!a)
        return;
    pool_free(a->pool);
    for (size_t i = 0; i < a->n_files; i++) {
        packed_file_done(&a->files[i].packed);
        buf_done(&a->files[i].text);
    }
    deflater_free(a->deflater);
    free(a->files);
    free(a);
}

static enum err write_ahead(struct meta_ahead *a, struct writer *w, struct error *e)
{
    for (size_t i = 0; i < a->n_files; i++) {
        struct ahead_file *f = &a->files[i];
        if (a->pool)
            pool_wait(a->pool, &f->job);
        else
            pack(a, 0, &f->job);
        if (f->code != ERR_OK) {
            *e = f->error;
            return f->code;
        }
        TRY(writer_packed_file(w, f->name, &f->packed, e));
    }
    return ERR_OK;
}

enum err meta_write(const struct meta *m, struct writer *w, struct error *e)
{
    TRY(write_ahead(m->ahead, w, e));
    BUF_SCOPED text = BUF_INIT;
    ledger_write(m->ledger, &text);
    TRY(writer_file(w, "meta/ledger.json", buf_str(&text), e));
    buf_clear(&text);
    ledger_coverage(m->ledger, &text);
    return writer_file(w, "evidence/coverage.json", buf_str(&text), e);
}

void meta_manifest(const struct meta *m, struct buf *out)
{
    const struct setup *s = m->setup;
    uint8_t digest[SHA256_SIZE];
    struct emit j;
    emit_init(&j, out);
    emit_object(&j);
    emit_key(&j, STR("completeness"));
    emit_array(&j);
    for (size_t i = 0; i < source_n_findings(s->source); i++)
        emit_string(&j, str_of(source_finding_bare(s->source, i)));
    emit_array_end(&j);
    emit_key(&j, STR("key"));
    if (s->ephemeral) {
        emit_string(&j, STR("ephemeral"));
    } else {
        emit_object(&j);
        emit_key_uint(&j, "epoch", key_epoch(s->key));
        emit_key_string(&j, "id", str_of(key_id(s->key)));
        emit_object_end(&j);
    }
    emit_key(&j, STR("rules"));
    emit_object(&j);
    emit_key_uint(&j, "count", s->rules->n_rules);
    emit_key(&j, STR("packs"));
    emit_array(&j);
    for (size_t i = 0; i < s->rules->n_packs; i++)
        emit_string(&j, s->rules->packs[i]);
    emit_array_end(&j);
    add_hex(&j, "sha256", s->rules->digest);
    emit_object_end(&j);
    struct str schema = schema_text(s->schema);
    sha256_of(schema, digest);
    add_hex(&j, "schema", digest);
    emit_key_string(&j, "undecided", str_of(m->undecided));
    emit_object_end(&j);
}
