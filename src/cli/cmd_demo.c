#include <stdio.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "demo/demo.h"

static const char *output, *truth, *temp;
static uint64_t records = 10000, seed = 1;
static int format = DEMO_NDJSON, table_format;
static bool marked, force;

static const struct opt options[] = {
    {OPT_TEXT, 'o', "output", "EXPORT", "the file to write; - is standard output",
     &output},
    {OPT_COUNT, 0, "records", "N", "how many records (default: 10000)", &records},
    {OPT_COUNT, 0, "seed", "S", "another tenant of the same size (default: 1)", &seed},
    {OPT_CHOICE, 0, "format", "data-snapshot|pages|ndjson|json|airbyte",
     "the form of the export (default: ndjson)", &format},
    {OPT_CHOICE, 0, "table-format", "jsonl|csv", "data-snapshot: what the tables are",
     &table_format},
    {OPT_TEXT, 0, "truth", "FILE", "where the planted sensitive values are, as NDJSON",
     &truth},
    {OPT_FLAG, 0, "marked", NULL,
     "export-control markings too: the shipped rules block on them", &marked},
    {OPT_TEXT, 0, "temp", "DIR", "where temporary files go", &temp},
    {OPT_FLAG, 'f', "force", NULL, "replace existing files", &force},
    {OPT_END},
};

static void tick(void *ctx, uint64_t n, uint64_t bytes)
{
    struct progress *p = ctx;
    p->state.records = n;
    p->state.bytes = bytes;
    p->state.done = n;
    p->state.total = records;
    progress_tick(p);
}

static enum err run(const struct operands *operands, const struct common *common,
                    struct error *e)
{
    TRY(command_operands(operands, 0, 0, &cmd_demo, e));
    if (!output)
        return err_set(e, ERR_USAGE, "-o EXPORT is missing");
    if (truth && file_is_same(truth, output))
        return err_set(e, ERR_USAGE, "--truth and -o name the same file");
    struct progress progress;
    struct demo_summary summary = {0};
    progress_begin(&progress, common, "making up");
    struct demo_options o = {.records = records,
                             .seed = seed,
                             .format = (enum demo_format)format,
                             .csv = table_format == 1,
                             .marked = marked,
                             .force = force,
                             .output = output,
                             .truth = truth,
                             .temp = temp,
                             .progress = tick,
                             .progress_ctx = &progress};
    enum err code = demo_write(&o, &summary, e);
    progress_end(&progress);
    TRY(code);
    command_say(common, "%llu records of %zu entities, %.1f MB, in %s",
                (unsigned long long)summary.records, summary.n_entities,
                (double)summary.bytes / 1e6, output);
    return ERR_OK;
}

const struct command cmd_demo = {
    .name = "demo",
    .synopsis = "-o EXPORT",
    .summary = "make up a realistic tenant, of any size, in any form",
    .about =
        "Writes the export of an invented manufacturing tenant: people, suppliers,\n"
        "parts, procedures, runs, issues, orders, comments, with sensitive values of\n"
        "every class planted in them. Nothing in it is real. The same records and seed\n"
        "give the same tenant, in every format.",
    .examples =
        "  sandcast demo -o tenant.ndjson --records 100000\n"
        "  sandcast demo -o tenant.tar --format data-snapshot --table-format csv\n"
        "  sandcast demo -o tenant.ndjson --truth planted.ndjson\n",
    .options = options,
    .run = run,
};
