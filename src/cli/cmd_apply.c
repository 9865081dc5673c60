#include <stdlib.h>

#include "archive/entry.h"
#include "archive/reader.h"
#include "archive/writer.h"
#include "base/alloc.h"
#include "cli/command.h"
#include "cli/pipeline.h"
#include "cli/records.h"
#include "cli/target.h"
#include "crypt/digest.h"
#include "doc/doc.h"
#include "drift/apply.h"
#include "json/emit.h"

static const char *output, *temp, *summary;
static uint64_t memory = PIPELINE_MEMORY;
static int level = DEFLATE_BALANCED;
static bool dry_run, force, reverse;

static const struct opt options[] = {
    {OPT_TEXT, 'o', "output", "SNAPSHOT", "the new snapshot; - is standard output",
     &output},
    {OPT_FLAG, 'n', "dry-run", NULL, "check every guard and write nothing", &dry_run},
    {OPT_FLAG, 0, "reverse", NULL, "undo: what the patch made, it unmakes", &reverse},
    {OPT_FLAG, 'f', "force", NULL, "replace an existing snapshot", &force},
    {OPT_CHOICE, 0, "level", "fast|balanced|small",
     "speed against size (default: balanced)", &level},
    {OPT_SIZE, 0, "memory", "SIZE", "how much memory may be used (default: 96M)",
     &memory},
    {OPT_TEXT, 0, "temp", "DIR",
     "where encrypted temporary files go (default: $TMPDIR or /tmp)", &temp},
    {OPT_OPTIONAL, 0, "json", "FILE",
     "a summary as JSON, to FILE or to standard output", &summary},
    {OPT_END},
};

/* The snapshot on its way into a new one. */
struct rewrite {
    const struct reader *reader;
    struct schema *schema;
    struct patch *patch;
    struct applier *applier;
    struct canon *canon;
    struct deflater *deflater;
    struct writer *writer; /* NULL: a dry run */
    struct member **open;  /* by entity index */
    struct buf text;       /* of a record that changes */
    uint64_t created, updated, deleted;
    uint8_t root[ROOT_SIZE];
};

static enum err close_member(struct rewrite *w, struct member *m, struct error *e)
{
    if (!m->n_records)
        return ERR_OK;
    TRY(member_pack(m, w->deflater, e));
    TRY(writer_member(w->writer, m, e));
    member_clear(m);
    return ERR_OK;
}

/* The canonical form of `json` has just been made. */
static enum err keep(struct rewrite *w, const struct entity *entity, struct str json,
                     const struct canon_record *record, struct error *e)
{
    if (!w->writer)
        return ERR_OK;
    struct member **m = &w->open[entity->index];
    if (!*m) {
        *m = NEW(struct member);
        member_init(*m, entity);
    }
    member_add(*m, json, record);
    return member_is_full(*m) ? close_member(w, *m, e) : ERR_OK;
}

/* A record that did not stand in the snapshot as it is now. */
static enum err keep_new(struct rewrite *w, const struct patch_step *s,
                         const struct entity *entity, struct error *e)
{
    struct canon_record record;
    if (canon_record(w->canon, entity, buf_str(&w->text), &record, e) != ERR_OK)
        return patch_at(w->patch, s, e);
    if (s->key.p[0] != ENTRY_TAG_FINGERPRINT && !str_eq(record.key, s->key)) {
        err_set(e, ERR_DATA, "the record would have another key than the operation");
        return patch_at(w->patch, s, e);
    }
    return keep(w, entity, buf_str(&w->text), &record, e);
}

static enum err change_record(struct rewrite *w, struct patch_step *s,
                              const struct entity *entity, struct str json,
                              struct error *e)
{
    s->met++;
    buf_clear(&w->text);
    TRY(apply_step(w->applier, w->patch, s, entity, json, &w->text, e));
    if (s->op == PATCH_DELETE) {
        w->deleted++;
        return ERR_OK;
    }
    w->updated++;
    return keep_new(w, s, entity, e);
}

static enum err one_record(struct rewrite *w, const struct entity *entity,
                           struct str json, struct error *e)
{
    struct canon_record record;
    char fingerprint[ENTRY_KEY] = {ENTRY_TAG_FINGERPRINT};
    TRY(canon_record(w->canon, entity, json, &record, e));
    if (!patch_touches(w->patch, entity->name))
        return keep(w, entity, json, &record, e);
    bool keyless = !record.key.n;
    memcpy(fingerprint + 1, record.fingerprint, HASH_FINGERPRINT);
    struct patch_step *s = patch_find(
        w->patch, entity->name, keyless ? str_n(fingerprint, ENTRY_KEY) : record.key);
    if (s && s->op == PATCH_CREATE && !keyless) {
        err_set(e, ERR_DATA, "guard failed: a record to be created is there");
        return patch_at(w->patch, s, e);
    }
    if (!s || s->op == PATCH_CREATE || (keyless && s->met == s->count))
        return keep(w, entity, json, &record, e);
    return change_record(w, s, entity, json, e);
}

static enum err one_member(struct rewrite *w, const struct entity *entity,
                           uint32_t ordinal, struct str text, struct error *e)
{
    for (size_t at = 0, end; at < text.n; at = end + 1) {
        const char *newline = memchr(text.p + at, '\n', text.n - at);
        end = newline ? (size_t)(newline - text.p) : text.n;
        enum reader_shadow shadow;
        TRY(reader_shadow(w->reader, entity->name, ordinal, (uint32_t)at, &shadow, e));
        if (shadow != READER_LOSER)
            TRY(one_record(w, entity, str_n(text.p + at, end - at), e));
    }
    return ERR_OK;
}

static enum err all_members(struct rewrite *w, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    for (size_t i = 0; i < reader_n_members(w->reader); i++) {
        const struct reader_member *m = reader_member_at(w->reader, i);
        const struct entity *entity;
        struct str name;
        uint32_t ordinal;
        if (!records_member(m->name, &name, &ordinal))
            continue;
        buf_clear(&text);
        TRY(schema_entity(w->schema, name, &entity, e));
        TRY(reader_read(w->reader, m, &text, e));
        TRY(one_member(w, entity, ordinal, buf_str(&text), e));
    }
    return ERR_OK;
}

/* What was to be there and was not; and what is new. */
static enum err all_steps(struct rewrite *w, struct error *e)
{
    struct patch_step *s;
    for (size_t i = 0; (s = patch_step_at(w->patch, i)) != NULL; i++) {
        bool keyless = s->key.p[0] == ENTRY_TAG_FINGERPRINT;
        if (s->op != PATCH_CREATE && s->met < (keyless ? s->count : 1)) {
            err_set(e, ERR_DATA, "guard failed: the record is not there");
            return patch_at(w->patch, s, e);
        }
        if (s->op != PATCH_CREATE)
            continue;
        const struct entity *entity;
        TRY(schema_entity(w->schema, s->entity, &entity, e));
        buf_clear(&w->text);
        TRY(apply_step(w->applier, w->patch, s, entity, STR(""), &w->text, e));
        for (uint64_t n = 0; n < (keyless ? s->count : 1); n++)
            TRY(keep_new(w, s, entity, e));
        w->created++;
    }
    return ERR_OK;
}

static int by_name(const void *a, const void *b)
{
    const struct member *const *x = a, *const *y = b;
    return str_cmp((*x)->entity->name, (*y)->entity->name);
}

static enum err close_all(struct rewrite *w, struct error *e)
{
    struct member *list[SCHEMA_ENTITIES];
    size_t n = 0;
    for (unsigned i = 0; i < SCHEMA_ENTITIES; i++)
        if (w->open[i])
            list[n++] = w->open[i];
    if (n)
        qsort(list, n, sizeof *list, by_name);
    for (size_t i = 0; i < n; i++)
        TRY(close_member(w, list[i], e));
    return ERR_OK;
}

/* What the snapshot says of how it was made stays true of what was not touched. */
static enum err copy_meta(struct rewrite *w, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    BUF_SCOPED name = BUF_INIT;
    for (size_t i = 0; i < reader_n_members(w->reader); i++) {
        const struct reader_member *m = reader_member_at(w->reader, i);
        bool meta = str_starts(m->name, STR("meta/")) &&
                    !str_eq(m->name, STR("meta/manifest.json"));
        if (!meta && !str_starts(m->name, STR("evidence/")))
            continue;
        buf_clear(&text);
        buf_clear(&name);
        buf_add_str(&name, m->name);
        TRY(reader_read(w->reader, m, &text, e));
        TRY(writer_file(w->writer, buf_cstr(&name), buf_str(&text), e));
    }
    return ERR_OK;
}

static enum err manifest(const struct rewrite *w, struct buf *out, struct error *e)
{
    static const char *const kept[] = {"completeness", "key", "rules", "schema",
                                       "undecided"};
    const struct doc_node *from = reader_manifest(w->reader);
    uint8_t root[ROOT_SIZE];
    struct emit j;
    BUF_SCOPED text = BUF_INIT;
    emit_init(&j, out);
    emit_object(&j);
    reader_root(w->reader, root);
    hex_add(&text, root, ROOT_SIZE);
    emit_key_string(&j, "applied_to", buf_str(&text));
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

static enum err rewrite(struct rewrite *w, struct target *target, struct error *e)
{
    struct writer_options o = {.duplicates = DUPLICATES_FAIL,
                               .level = (enum deflate_level)level,
                               .memory = (size_t)(memory / 6),
                               .temp = temp};
    if (!dry_run) {
        TRY(target_open(target, output, force, temp, e));
        TRY(writer_new(&o, target_fd(target), &w->writer, e));
    }
    TRY(all_members(w, e));
    TRY(all_steps(w, e));
    if (dry_run)
        return ERR_OK;
    TRY(close_all(w, e));
    TRY(copy_meta(w, e));
    BUF_SCOPED text = BUF_INIT;
    TRY(manifest(w, &text, e));
    TRY(writer_finish(w->writer, buf_str(&text), w->root, e));
    return target_publish(target, e);
}

static void rewrite_done(struct rewrite *w)
{
    for (unsigned i = 0; w->open && i < SCHEMA_ENTITIES; i++)
        if (w->open[i]) {
            member_done(w->open[i]);
            free(w->open[i]);
        }
    free(w->open);
    buf_done(&w->text);
    writer_free(w->writer);
    deflater_free(w->deflater);
    canon_free(w->canon);
    applier_free(w->applier);
    patch_free(w->patch);
    schema_free(w->schema);
}

static enum err summarise(const struct rewrite *w, struct error *e)
{
    BUF_SCOPED out = BUF_INIT;
    BUF_SCOPED hex = BUF_INIT;
    struct emit j;
    emit_init(&j, &out);
    emit_object(&j);
    emit_key_string(&j, "command", STR("apply"));
    emit_key_string(&j, "status", STR("done"));
    if (w->writer) {
        hex_add(&hex, w->root, ROOT_SIZE);
        emit_key_string(&j, "root", buf_str(&hex));
    }
    emit_key_uint(&j, "created", w->created);
    emit_key_uint(&j, "updated", w->updated);
    emit_key_uint(&j, "deleted", w->deleted);
    emit_object_end(&j);
    buf_add_char(&out, '\n');
    return command_result(buf_str(&out), summary, e);
}

static enum err check_options(const struct operands *operands, struct error *e)
{
    TRY(command_operands(operands, 2, 2, &cmd_apply, e));
    if (!output && !dry_run)
        return err_set(e, ERR_USAGE, "-o NEW is missing (or -n for a dry run)");
    if (summary && !*summary && output && strcmp(output, "-") == 0 && !dry_run)
        return err_set(e, ERR_USAGE,
                       "--json and -o - both want standard output: use --json=FILE");
    return ERR_OK;
}

static enum err apply(struct rewrite *w, const struct operands *operands,
                      const struct common *common, struct error *e)
{
    CLEANUP(reader_freep) struct reader *r = NULL;
    struct target target = TARGET_INIT;
    TRY(reader_open(operands->items[0], &r, e));
    w->reader = r;
    TRY(records_schema(r, &w->schema, e));
    TRY(patch_read(operands->items[1], temp, (size_t)(memory / 3), reverse, &w->patch,
                   e));
    enum err code = rewrite(w, &target, e);
    target_close(&target);
    TRY(code);
    command_say(common, "%llu created, %llu updated, %llu deleted%s",
                (unsigned long long)w->created, (unsigned long long)w->updated,
                (unsigned long long)w->deleted, dry_run ? " (dry run)" : "");
    return summary ? summarise(w, e) : ERR_OK;
}

static enum err run(const struct operands *operands, const struct common *common,
                    struct error *e)
{
    TRY(check_options(operands, e));
    struct rewrite w = {.applier = applier_new(),
                        .canon = canon_new(),
                        .deflater = deflater_new((enum deflate_level)level),
                        .open = alloc_zero(SCHEMA_ENTITIES, sizeof(struct member *))};
    enum err code = apply(&w, operands, common, e);
    rewrite_done(&w);
    return code;
}

const struct command cmd_apply = {
    .name = "apply",
    .synopsis = "SNAPSHOT PATCH -o NEW",
    .summary = "a snapshot and a patch make a new snapshot",
    .about =
        "Applies what `sandcast diff --format patch` wrote. Every operation is guarded\n"
        "by what it expects to find; where one guard fails, nothing is written. The\n"
        "snapshot itself is never changed.",
    .examples =
        "  sandcast diff sandbox.zip production.zip --format patch -o p.ndjson\n"
        "  sandcast apply sandbox.zip p.ndjson -o new.zip\n"
        "  # and back\n"
        "  sandcast apply new.zip p.ndjson --reverse -o old.zip\n",
    .options = options,
    .run = run,
};
