#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/pipeline.h"
#include "cli/progress.h"
#include "cli/setup.h"
#include "cli/summary.h"
#include "json/emit.h"

static struct setup setup = {.memory = PIPELINE_MEMORY, .attachments = "drop"};
static const char *json;
static bool paths, suggest;

static const struct opt options[] = {
    {OPT_LIST, 'r', "rules", "FILE|PACK",
     "decide with these packs (default: all shipped)", &setup.rules_files},
    {OPT_TEXT, 's', "schema", "FILE", "the tenant's schema as SDL (default: ION's)",
     &setup.schema_file},
    {OPT_LIST, 0, "entity", "NAME=Entity",
     "what the records of a file, member or list are", &setup.entities},
    {OPT_FLAG, 'p', "paths", NULL,
     "list every path with its types, an example's shape and its rule", &paths},
    {OPT_FLAG, 0, "suggest", NULL, "print rules for the undecided paths, as a pack",
     &suggest},
    {OPT_FLAG, 0, "allow-partial", NULL, "take an incomplete export",
     &setup.allow_partial},
    {OPT_COUNT, 'j', "jobs", "N", "worker threads (default: the usable CPUs)",
     &setup.jobs},
    {OPT_SIZE, 0, "memory", "SIZE", "how much memory may be used (default: 96M)",
     &setup.memory},
    {OPT_TEXT, 0, "temp", "DIR", "where encrypted temporary files go", &setup.temp},
    {OPT_OPTIONAL, 0, "json", "FILE", "the result as JSON", &json},
    {OPT_END},
};

static const char *const kind_names[] = {"string", "number", "boolean", "null"};

static const char *deciding(const struct ledger_line *line)
{
    const struct candidate *best = NULL;
    for (size_t i = 0; i < line->n_candidates; i++)
        if (line->candidates[i].count &&
            (!best || line->candidates[i].count > best->count))
            best = &line->candidates[i];
    return best ? best->rule->id.p : "-";
}

static void list_paths(const struct ledger *l, struct buf *out)
{
    buf_printf(out, "\n%-44s %10s  %-22s %-22s %s\n", "path", "values", "rule",
               "shape of an example", "types");
    for (size_t i = 0; i < l->n_lines; i++) {
        const struct ledger_line *line = l->lines[i];
        uint64_t n =
            line->leaves[0] + line->leaves[1] + line->leaves[2] + line->leaves[3];
        buf_printf(out, "%-44.*s %10llu  %-22s %-22s", STR_ARG(line->path),
                   (unsigned long long)n,
                   ledger_undecided(line) ? "UNDECIDED" : deciding(line), line->shape);
        for (int t = 0; t < 4; t++)
            if (line->leaves[t])
                buf_printf(out, " %s", kind_names[t]);
        buf_add_char(out, '\n');
    }
}

static void show(const struct ledger *l, struct buf *out)
{
    size_t undecided = 0;
    buf_printf(out, "%-32s %12s\n", "entity", "records");
    for (size_t i = 0; i < l->n_entities; i++)
        buf_printf(out, "%-32.*s %12llu\n", STR_ARG(l->entities[i].name),
                   (unsigned long long)l->entities[i].records);
    if (paths)
        list_paths(l, out);
    for (size_t i = 0; i < l->n_lines; i++)
        if (ledger_undecided(l->lines[i])) {
            if (!undecided++)
                buf_printf(out,
                           "\nundecided paths (--suggest prints rules for them):\n");
            buf_printf(out, "  %.*s\n", STR_ARG(l->lines[i]->path));
        }
    buf_printf(out, "\n%zu paths, %zu undecided\n", l->n_lines, undecided);
}

static void show_pack(const struct ledger *l, struct buf *out)
{
    buf_printf(out,
               "# Review every line: these are guesses by the names alone.\n"
               "pack: mine\nextends: [ion, pii, secrets, export-control]\nrules:\n");
    for (size_t i = 0; i < l->n_lines; i++)
        if (ledger_undecided(l->lines[i]))
            ledger_suggest(l->lines[i], out);
}

static enum err inspect(const struct operands *inputs, const struct common *common,
                        struct summary *s, struct ledger *l, struct error *e)
{
    TRY(setup_program(&setup, e));
    TRY(setup_key(&setup, e));
    TRY(setup_source(&setup, inputs, e));
    struct pipeline_options o = {.walk = {.rules = setup.rules,
                                          .schema = setup.schema,
                                          .key = setup.key,
                                          .undecided = UNDECIDED_REDACT,
                                          .tolerant = true,
                                          .shapes = paths},
                                 .jobs = (unsigned)setup.jobs,
                                 .memory = setup.memory,
                                 .dry_run = true};
    static struct pipeline *stream;
    struct progress progress;
    TRY(pipeline_new(&o, &stream, e));
    s->stream = stream;
    progress_begin(&progress, common, "inspecting");
    enum err code = pipeline_run(stream, setup.source, NULL, &progress, e);
    progress_end(&progress);
    TRY(code);
    struct program_context context = {.key_id = STR(""), .undecided = STR("")};
    size_t n;
    struct walker *const *walkers = pipeline_walkers(stream, &n);
    TRY(ledger_init(l, walkers, n, setup.rules, &context, e));
    s->ledger = l;
    s->status = "done";
    return ERR_OK;
}

static enum err run(const struct operands *inputs, const struct common *common,
                    struct error *e)
{
    struct ledger l = {0};
    struct summary s = {
        .command = "inspect", .status = "failed", .setup = &setup, .level = "none"};
    double started = progress_clock();
    TRY(command_operands(inputs, 1, OPT_OPERANDS, &cmd_inspect, e));
    if (json && !*json && suggest)
        return err_set(
            e, ERR_USAGE,
            "--json and --suggest both want standard output: use --json=FILE");
    if (json && *json)
        TRY(setup_spares(&setup, inputs, json, "--json", e));
    enum err code = inspect(inputs, common, &s, &l, e);
    s.seconds = progress_clock() - started;
    s.error = e;
    BUF_SCOPED out = BUF_INIT;
    if (code == ERR_OK && suggest)
        show_pack(&l, &out);
    else if (code == ERR_OK && !json)
        show(&l, &out);
    if (code == ERR_OK)
        code = command_print(buf_str(&out), e);
    if (code == ERR_OK && json)
        code = summary_write(&s, json, e);
    ledger_done(&l);
    pipeline_free((struct pipeline *)s.stream);
    setup_done(&setup);
    return code;
}

const struct command cmd_inspect = {
    .name = "inspect",
    .synopsis = "INPUT...",
    .summary = "what is in an export, and which paths no rule decides",
    .about =
        "Reads an export as scrub would and writes nothing: entities with their counts,\n"
        "every path with its types and the rule that decides it, undecided paths, and\n"
        "rules for them to start from.",
    .examples = "  sandcast inspect export/\n"
                "  sandcast inspect --paths tenant.ndjson | less\n"
                "  sandcast inspect --suggest tenant.ndjson > mine.yaml\n",
    .options = options,
    .run = run,
};
