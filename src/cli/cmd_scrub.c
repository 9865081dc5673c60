#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

#include "archive/writer.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/feed.h"
#include "cli/meta.h"
#include "cli/pipeline.h"
#include "cli/progress.h"
#include "cli/setup.h"
#include "cli/summary.h"
#include "cli/target.h"

static struct setup setup = {.memory = PIPELINE_MEMORY, .attachments = "drop"};
static const char *output, *json;
static int level = DEFLATE_BALANCED, undecided, duplicates;
static bool dry_run, force, profile;

static const struct opt options[] = {
    {OPT_TEXT, 'o', "output", "SNAPSHOT",
     "where the snapshot goes; - is standard output", &output},
    {OPT_LIST, 'r', "rules", "FILE|PACK",
     "a rule pack, or the name of a shipped one; repeatable (default: all shipped packs)",
     &setup.rules_files},
    {OPT_TEXT, 's', "schema", "FILE", "the tenant's schema as SDL (default: ION's)",
     &setup.schema_file},
    {OPT_TEXT, 'k', "key-file", "FILE",
     "the key of the pseudonyms, from `sandcast key new`; without it a random one is "
     "used and later runs are not comparable",
     &setup.key_file},
    {OPT_LIST, 0, "entity", "NAME=Entity",
     "what the records of a file, member or list are (NAME may be a glob); repeatable",
     &setup.entities},
    {OPT_CHOICE, 0, "undecided", "fail|drop|redact|keep",
     "what happens to values that no rule decides (default: fail)", &undecided},
    {OPT_CHOICE, 0, "duplicates", "fail|first|last",
     "which of different records under one key stays (default: fail)", &duplicates},
    {OPT_FLAG, 0, "allow-partial", NULL,
     "take an incomplete export; what is missing is listed in the evidence",
     &setup.allow_partial},
    {OPT_TEXT, 0, "attachments", "drop|fail|keep=GLOB",
     "what happens to files that are no tables (default: drop, listed)",
     &setup.attachments},
    {OPT_CHOICE, 0, "level", "fast|balanced|small",
     "speed against size (default: balanced)", &level},
    {OPT_COUNT, 'j', "jobs", "N", "worker threads (default: the usable CPUs)",
     &setup.jobs},
    {OPT_SIZE, 0, "memory", "SIZE", "how much memory may be used (default: 96M)",
     &setup.memory},
    {OPT_TEXT, 0, "temp", "DIR",
     "where encrypted temporary files go (default: $TMPDIR or /tmp)", &setup.temp},
    {OPT_FLAG, 'n', "dry-run", NULL, "do everything but write", &dry_run},
    {OPT_FLAG, 'f', "force", NULL, "replace an existing snapshot", &force},
    {OPT_OPTIONAL, 0, "json", "FILE",
     "a summary as JSON, to FILE or to standard output", &json},
    {OPT_FLAG, 0, "profile", NULL,
     "tell how long each stage took: wall seconds, added up over all threads",
     &profile},
    {OPT_END},
};

static const char *const level_names[] = {"fast", "balanced", "small"};
static const char *const undecided_names[] = {"fail", "drop", "redact", "keep"};

struct run {
    struct summary summary;
    struct pipeline *stream;
    struct meta_ahead *ahead;
    struct writer *writer;
    struct target target;
    struct ledger ledger;
    struct profile profile;
    uint8_t root[ROOT_SIZE];
    bool has_ledger;
};

static enum err make_pipeline(struct run *r, const struct program_context *context,
                              struct ledger_compare *compare, struct error *e)
{
    *compare = (struct ledger_compare){
        .past = setup.past, .rules = setup.rules, .context = *context};
    struct pipeline_options o = {
        .walk = {.rules = setup.rules,
                 .schema = setup.schema,
                 .key = setup.key,
                 .undecided = (enum undecided)undecided,
                 .previous = setup.past ? ledger_was_decided : NULL,
                 .previous_ctx = compare},
        .level = (enum deflate_level)level,
        .jobs = (unsigned)setup.jobs,
        .memory = setup.memory,
        .profile = profile,
        .dry_run = dry_run,
    };
    if (getrandom(o.walk.snapshot_salt, sizeof o.walk.snapshot_salt, 0) < 0)
        return err_sys(e, ERR_SOFTWARE, errno, "no random numbers");
    return pipeline_new(&o, &r->stream, e);
}

static enum err finish_archive(struct run *r, struct error *e)
{
    const struct meta meta = {.setup = &setup,
                              .ahead = r->ahead,
                              .ledger = &r->ledger,
                              .undecided = undecided_names[undecided]};
    TRY(meta_write(&meta, r->writer, e));
    BUF_SCOPED manifest = BUF_INIT;
    meta_manifest(&meta, &manifest);
    TRY(writer_finish(r->writer, buf_str(&manifest), r->root, e));
    r->summary.root = r->root;
    r->summary.bytes_out = writer_size(r->writer);
    return target_publish(&r->target, e);
}

static enum err scrub(struct run *r, const struct operands *inputs,
                      const struct common *common, struct error *e)
{
    struct progress progress;
    TRY(setup_program(&setup, e));
    TRY(setup_key(&setup, e));
    TRY(setup_source(&setup, inputs, e));
    if (!dry_run)
        TRY(target_open(&r->target, output, force, setup.temp, e));
    if (!dry_run) {
        struct writer_options w = {.duplicates = (enum duplicates)duplicates,
                                   .level = (enum deflate_level)level,
                                   .memory = (size_t)(setup.memory / 6),
                                   .temp = setup.temp,
                                   .seal = setup.ephemeral ? NULL : feed_seal,
                                   .seal_ctx = setup.key};
        TRY(writer_new(&w, target_fd(&r->target), &r->writer, e));
        r->summary.writer = r->writer;
    }
    struct program_context context = {.key_id = str_of(key_id(setup.key)),
                                      .epoch = key_epoch(setup.key),
                                      .undecided = str_of(undecided_names[undecided])};
    struct ledger_compare compare;
    TRY(make_pipeline(r, &context, &compare, e));
    r->summary.stream = r->stream;
    if (!dry_run)
        r->ahead = meta_ahead_new(&setup, (enum deflate_level)level,
                                  pipeline_jobs(r->stream) > 1);
    progress_begin(&progress, common, "scrubbing");
    enum err code = pipeline_run(r->stream, setup.source, r->writer, &progress, e);
    progress_end(&progress);
    size_t n;
    struct walker *const *walkers = pipeline_walkers(r->stream, &n);
    enum err counted = ledger_init(&r->ledger, walkers, n, setup.rules, &context,
                                   code == ERR_OK ? e : NULL);
    r->has_ledger = true;
    r->summary.ledger = &r->ledger;
    if (code != ERR_OK)
        return code;
    TRY(counted);
    if (r->ledger.counts.undecided && undecided == UNDECIDED_FAIL) {
        r->summary.status = "undecided";
        return ERR_FOUND;
    }
    return dry_run ? ERR_OK : finish_archive(r, e);
}

static void tell(struct run *r, const struct common *common, enum err code)
{
    BUF_SCOPED text = BUF_INIT;
    for (size_t i = 0; setup.source && i < source_n_findings(setup.source); i++)
        command_say(common, "%s", source_finding_at(setup.source, i));
    if (code == ERR_OK && setup.ephemeral && !dry_run)
        command_say(common,
                    "no key file: the pseudonyms of this snapshot cannot be made "
                    "again (sandcast key new, then -k)");
    if (code == ERR_OK && setup.n_feeds && !setup.past)
        command_say(common, "the snapshot is not sealed with this key: its values were "
                            "treated as raw ones");
    if (r->has_ledger && undecided == UNDECIDED_FAIL)
        summary_undecided(&r->ledger, &text);
    if (code == ERR_OK && !common->quiet)
        summary_text(&r->summary, output, &text);
    if (r->summary.profile && !common->quiet)
        profile_text(r->summary.profile, &text);
    command_tell(buf_str(&text));
}

static enum err check_options(const struct operands *inputs, struct error *e)
{
    TRY(command_operands(inputs, 1, OPT_OPERANDS, &cmd_scrub, e));
    if (!output && !dry_run)
        return err_set(e, ERR_USAGE, "-o SNAPSHOT is missing (or -n for a dry run)");
    if (json && !*json && output && strcmp(output, "-") == 0 && !dry_run)
        return err_set(e, ERR_USAGE,
                       "--json and -o - both want standard output: use --json=FILE");
    if (json && *json && output && file_is_same(json, output))
        return err_set(e, ERR_USAGE, "--json and -o name the same file");
    if (json && *json)
        TRY(setup_spares(&setup, inputs, json, "--json", e));
    if (output && !dry_run)
        TRY(setup_spares(&setup, inputs, output, "-o", e));
    if (setup.memory < PIPELINE_MEMORY_MIN)
        return err_set(e, ERR_USAGE, "--memory: at least 48M");
    return ERR_OK;
}

static enum err run(const struct operands *inputs, const struct common *common,
                    struct error *e)
{
    struct run r = {.target = TARGET_INIT};
    double started = progress_clock();
    TRY(check_options(inputs, e));
    r.summary = (struct summary){.command = "scrub",
                                 .status = "failed",
                                 .setup = &setup,
                                 .level = level_names[level]};
    enum err code = scrub(&r, inputs, common, e);
    r.summary.seconds = progress_clock() - started;
    r.summary.error = e;
    if (r.stream && pipeline_profile(r.stream, &r.profile))
        r.summary.profile = &r.profile;
    if (code == ERR_OK)
        r.summary.status = "done";
    tell(&r, common, code);
    if (json) {
        struct error other = ERROR_INIT;
        enum err wrote = summary_write(&r.summary, json, code == ERR_OK ? e : &other);
        code = code == ERR_OK ? wrote : code;
    }
    target_close(&r.target);
    if (r.has_ledger)
        ledger_done(&r.ledger);
    meta_ahead_free(r.ahead);
    writer_free(r.writer);
    pipeline_free(r.stream);
    setup_done(&setup);
    return code;
}

const struct command cmd_scrub = {
    .name = "scrub",
    .synopsis = "INPUT... -o SNAPSHOT",
    .summary = "read an export, scrub it, pack it into a snapshot",
    .about =
        "Reads an exported tenant (files, folders, archives, - for standard input) as a\n"
        "stream, applies the rules to every value, and packs the result into a snapshot\n"
        "archive that ordinary tools open and `sandcast verify` checks. A value that no\n"
        "rule decides stops the run. The snapshot appears whole or not at all.",
    .examples =
        "  sandcast key new -o tenant.key\n"
        "  sandcast scrub snapshot_tables_part*.tar -k tenant.key -o tenant.zip\n"
        "  # what would happen, and which paths still need a rule\n"
        "  sandcast scrub export/ --dry-run --json=summary.json\n"
        "  # encrypted on its way out\n"
        "  sandcast scrub export.tar -k tenant.key -o - | age -r RECIPIENT > tenant.age\n",
    .options = options,
    .run = run,
};
