#include "cli/meta.h"

#include <stdio.h>

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

static enum err write_pack(const struct ruleset *rs, struct str pack, struct writer *w,
                           struct error *e)
{
    char name[128], file[80];
    snprintf(file, sizeof file, "%.*s.yaml", STR_ARG(pack));
    if (is_shipped(pack)) {
        snprintf(name, sizeof name, "meta/rules/%s", file);
        return writer_file(w, name, shipped_get(str_of(file)), e);
    }
    BUF_SCOPED text = BUF_INIT;
    describe_pack(rs, pack, &text);
    snprintf(name, sizeof name, "meta/rules/%.*s.json", STR_ARG(pack));
    return writer_file(w, name, buf_str(&text), e);
}

enum err meta_write(const struct meta *m, struct writer *w, struct error *e)
{
    const struct ruleset *rs = m->setup->rules;
    TRY(writer_file(w, "meta/schema.graphql", schema_text(m->setup->schema), e));
    for (size_t i = 0; i < rs->n_packs; i++)
        TRY(write_pack(rs, rs->packs[i], w, e));
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
