#include "archive/entry.h"
#include "archive/reader.h"
#include "cli/command.h"
#include "cli/pipeline.h"
#include "cli/recast.h"
#include "cli/records.h"
#include "cli/target.h"
#include "crypt/digest.h"
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

/* A patch on its way through the records. */
struct work {
    struct schema *schema;
    struct patch *patch;
    struct applier *applier;
    struct canon *canon;
    struct buf text; /* of a record that changes */
    uint64_t created, updated, deleted;
    uint8_t root[ROOT_SIZE];
};

/* A record that did not stand in the snapshot as it is now. */
static enum err keep_new(struct work *w, struct recast *r, const struct patch_step *s,
                         const struct entity *entity, struct error *e)
{
    struct canon_record record;
    if (canon_record(w->canon, entity, buf_str(&w->text), &record, e) != ERR_OK)
        return patch_at(w->patch, s, e);
    char fingerprint[ENTRY_KEY] = {ENTRY_TAG_FINGERPRINT};
    memcpy(fingerprint + 1, record.fingerprint, HASH_FINGERPRINT);
    if (!str_eq(record.key.n ? record.key : str_n(fingerprint, ENTRY_KEY), s->key)) {
        err_set(e, ERR_DATA, "the record would have another key than the operation");
        return patch_at(w->patch, s, e);
    }
    return recast_keep_made(r, entity, buf_str(&w->text), &record, e);
}

static enum err change_record(struct work *w, struct recast *r, struct patch_step *s,
                              const struct entity *entity, struct str record,
                              struct error *e)
{
    s->met++;
    buf_clear(&w->text);
    TRY(apply_step(w->applier, s, entity, record, &w->text, e));
    if (s->op == PATCH_DELETE) {
        w->deleted++;
        return ERR_OK;
    }
    w->updated++;
    return keep_new(w, r, s, entity, e);
}

static enum err one_record(void *ctx, struct recast *r, const struct entity *entity,
                           struct str text, struct error *e)
{
    struct work *w = ctx;
    struct canon_record record;
    char fingerprint[ENTRY_KEY] = {ENTRY_TAG_FINGERPRINT};
    TRY(canon_record(w->canon, entity, text, &record, e));
    if (!patch_touches(w->patch, entity->name))
        return recast_keep_made(r, entity, text, &record, e);
    bool keyless = !record.key.n;
    memcpy(fingerprint + 1, record.fingerprint, HASH_FINGERPRINT);
    struct patch_step *s = patch_find(
        w->patch, entity->name, keyless ? str_n(fingerprint, ENTRY_KEY) : record.key);
    if (s && s->op == PATCH_CREATE && !keyless) {
        err_set(e, ERR_DATA, "guard failed: a record to be created is there");
        return patch_at(w->patch, s, e);
    }
    if (!s || s->op == PATCH_CREATE || (keyless && s->met == s->count))
        return recast_keep_made(r, entity, text, &record, e);
    return change_record(w, r, s, entity, text, e);
}

/* What was to be there and was not; and what is new. */
static enum err all_steps(struct work *w, struct recast *r, struct error *e)
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
        if (schema_entity(w->schema, s->entity, &entity, e) != ERR_OK)
            return patch_at(w->patch, s, e);
        buf_clear(&w->text);
        TRY(apply_step(w->applier, s, entity, STR(""), &w->text, e));
        for (uint64_t n = 0; n < (keyless ? s->count : 1); n++)
            TRY(keep_new(w, r, s, entity, e));
        w->created++;
    }
    return ERR_OK;
}

static enum err rewrite(struct work *w, const struct reader *reader,
                        struct target *target, struct error *e)
{
    struct recast_options o = {.reader = reader,
                               .schema = w->schema,
                               .note = "applied_to",
                               .writer = {.duplicates = DUPLICATES_FAIL,
                                          .level = (enum deflate_level)level,
                                          .memory = (size_t)(memory / 6),
                                          .temp = temp},
                               .dry_run = dry_run};
    if (!dry_run)
        TRY(target_open(target, output, force, temp, e));
    o.to = medium_file(target_fd(target));
    CLEANUP(recast_freep) struct recast *r = recast_new(&o);
    TRY(recast_walk(r, one_record, w, e));
    TRY(all_steps(w, r, e));
    TRY(recast_finish(r, w->root, e));
    return dry_run ? ERR_OK : target_publish(target, e);
}

static void work_done(struct work *w)
{
    buf_done(&w->text);
    canon_free(w->canon);
    applier_free(w->applier);
    patch_free(w->patch);
    schema_free(w->schema);
}

static enum err summarise(const struct work *w, struct error *e)
{
    BUF_SCOPED out = BUF_INIT;
    BUF_SCOPED hex = BUF_INIT;
    struct emit j;
    emit_init(&j, &out);
    emit_object(&j);
    emit_key_string(&j, "command", STR("apply"));
    emit_key_string(&j, "status", STR("done"));
    if (!dry_run) {
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

static enum err apply(struct work *w, const struct operands *operands,
                      const struct common *common, struct error *e)
{
    CLEANUP(reader_freep) struct reader *r = NULL;
    struct target target = TARGET_INIT;
    TRY(reader_open(operands->items[0], &r, e));
    TRY(records_schema(r, &w->schema, e));
    TRY(patch_read(operands->items[1], temp, (size_t)(memory / 3), reverse, &w->patch,
                   e));
    enum err code = rewrite(w, r, &target, e);
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
    struct work w = {.applier = applier_new(), .canon = canon_new()};
    enum err code = apply(&w, operands, common, e);
    work_done(&w);
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
