#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/pipeline.h"
#include "cli/side.h"
#include "drift/drift.h"
#include "report/report.h"

static struct setup setup = {.memory = PIPELINE_MEMORY, .attachments = "drop"};
static struct opt_list ignores, tolerances, lists, shown;
static const char *output, *json;
static uint64_t max = UINT64_MAX;
static int format; /* of report_form_at() */
static bool force, with_volatile, spelling, stats, unmask;

static const struct opt options[] = {
    {OPT_CHOICE, 0, "format", "text|ndjson|json|html|markdown|junit|sarif",
     "how the differences are told (default: text)", &format},
    {OPT_TEXT, 'o', "output", "FILE", "where they go (default: standard output)",
     &output},
    {OPT_FLAG, 'f', "force", NULL, "replace an existing file", &force},
    {OPT_COUNT, 0, "max", "N",
     "how many are told; all are counted (default: 200 as text or markdown, 1,000 as "
     "junit, 5,000 as html or sarif, else all; 0: all)",
     &max},
    {OPT_LIST, 0, "ignore", "PATH",
     "a path pattern whose differences do not count: Part.cost, **.notes; repeatable",
     &ignores},
    {OPT_LIST, 0, "tolerance", "PATH=N|N%",
     "numbers so near to each other are equal; repeatable", &tolerances},
    {OPT_LIST, 0, "list", "PATH=MODE",
     "how lists compare: ordered (default), set, multiset, or the name of the member "
     "that tells their objects apart; repeatable",
     &lists},
    {OPT_LIST, 0, "show", "CLASS",
     "tell these differences, too: ignored, respelled, not-exported; repeatable",
     &shown},
    {OPT_FLAG, 0, "volatile", NULL,
     "fields that every refresh touches (_etag, _updated, ...) count, too",
     &with_volatile},
    {OPT_FLAG, 0, "spelling", NULL,
     "look everywhere for values that are only written differently", &spelling},
    {OPT_FLAG, 0, "unmask", NULL, "show the values of sensitive fields of exports, too",
     &unmask},
    {OPT_FLAG, 0, "stats", NULL, "tell what was read", &stats},
    {OPT_TEXT, 's', "schema", "FILE", "the exports' schema as SDL (default: ION's)",
     &setup.schema_file},
    {OPT_LIST, 0, "entity", "NAME=Entity",
     "what the records of a file, member or list are (NAME may be a glob); repeatable",
     &setup.entities},
    {OPT_FLAG, 0, "allow-partial", NULL, "take incomplete exports",
     &setup.allow_partial},
    {OPT_COUNT, 'j', "jobs", "N", "worker threads (default: the usable CPUs)",
     &setup.jobs},
    {OPT_SIZE, 0, "memory", "SIZE", "how much memory may be used (default: 96M)",
     &setup.memory},
    {OPT_TEXT, 0, "temp", "DIR",
     "where encrypted temporary files go (default: $TMPDIR or /tmp)", &setup.temp},
    {OPT_OPTIONAL, 0, "json", "FILE",
     "a summary as JSON, to FILE or to standard output", &json},
    {OPT_END},
};

static enum err each(const struct opt_list *list, struct settings *s,
                     enum err (*add)(struct settings *s, const char *text,
                                     struct error *e),
                     struct error *e)
{
    for (size_t i = 0; i < list->n; i++)
        TRY(add(s, list->items[i], e));
    return ERR_OK;
}

static enum err read_settings(struct settings *s, struct error *e)
{
    s->volatile_counts = with_volatile;
    s->spelling = spelling;
    TRY(each(&ignores, s, settings_ignore, e));
    TRY(each(&tolerances, s, settings_tolerance, e));
    return each(&lists, s, settings_list, e);
}

static enum err read_shown(bool out[CHANGES], struct error *e)
{
    for (unsigned c = 0; c < CHANGES; c++)
        out[c] = change_is_drift((enum change_class)c);
    for (size_t i = 0; i < shown.n; i++) {
        unsigned c = 0;
        while (c < CHANGES && strcmp(shown.items[i], change_name(c)) != 0)
            c++;
        if (c == CHANGES)
            return err_set(e, ERR_USAGE,
                           "--show takes ignored, respelled or not-exported");
        out[c] = true;
    }
    return ERR_OK;
}

/* Where the report goes. */
struct target {
    struct file_out *file; /* NULL: standard output */
};

static enum err write_target(void *ctx, struct str bytes, struct error *e)
{
    const struct target *t = ctx;
    if (!t->file)
        return command_print(bytes, e);
    return file_write_all(file_out_fd(t->file), bytes.p, bytes.n, output, e);
}

static unsigned columns(void)
{
    struct winsize w;
    if (output || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) < 0)
        return 0;
    return w.ws_col;
}

static enum err compare(const struct side sides[2], struct settings *settings,
                        const struct operands *operands, const struct common *common,
                        struct drift_counts *counts, struct error *e)
{
    CLEANUP(report_freep) struct report *report = NULL;
    struct target target = {0};
    const struct report_form *form = report_form_at((size_t)format);
    struct report_options o = {.names = {operands->items[0], operands->items[1]},
                               .max = max == UINT64_MAX ? form->max : max,
                               .color =
                                   !output && command_colors(common, STDOUT_FILENO),
                               .width = columns(),
                               .stats = stats,
                               .write = write_target,
                               .ctx = &target};
    TRY(read_shown(o.shown, e));
    settings->masked = (sides[0].raw || sides[1].raw) && !unmask;
    if (output)
        TRY(file_out_open(output, force, &target.file, e));
    const struct drift_options d = {.sides = {{sides[0].reader, sides[0].setup.schema},
                                              {sides[1].reader, sides[1].setup.schema}},
                                    .settings = settings,
                                    .memory = (size_t)(setup.memory / 8)};
    report = report_new(form, &o);
    const struct change_sink sink = report_sink(report);
    enum err code = drift_run(&d, &sink, counts, e);
    if (code == ERR_OK)
        code = report_end(report, counts, e);
    if (code != ERR_OK) {
        file_out_free(target.file);
        return code;
    }
    return target.file ? file_out_commit(target.file, e) : ERR_OK;
}

static enum err check_options(const struct operands *operands, struct error *e)
{
    TRY(command_operands(operands, 2, 2, &cmd_diff, e));
    if (strcmp(operands->items[0], "-") == 0 && strcmp(operands->items[1], "-") == 0)
        return err_set(e, ERR_USAGE, "only one side can be standard input");
    if (json && !*json && !output)
        return err_set(e, ERR_USAGE,
                       "--json and the differences both want standard "
                       "output: use --json=FILE or -o FILE");
    if (setup.memory < PIPELINE_MEMORY_MIN)
        return err_set(e, ERR_USAGE, "--memory: at least 48M");
    return ERR_OK;
}

static enum err run(const struct operands *operands, const struct common *common,
                    struct error *e)
{
    struct side sides[2] = {{.cast = NULL}, {.cast = NULL}};
    struct drift_counts counts = {0};
    CLEANUP(settings_freep) struct settings *settings = settings_new();
    TRY(check_options(operands, e));
    TRY(read_settings(settings, e));
    enum err code = ERR_OK;
    for (unsigned i = 0; i < 2 && code == ERR_OK; i++)
        code = side_open(&sides[i], &setup, operands->items[i], common, e);
    if (code == ERR_OK)
        code = compare(sides, settings, operands, common, &counts, e);
    for (unsigned i = 0; i < 2; i++)
        side_done(&sides[i]);
    if (code == ERR_OK && counts.added + counts.removed + counts.changed)
        return ERR_FOUND;
    return code;
}

const struct command cmd_diff = {
    .name = "diff",
    .synopsis = "LEFT RIGHT",
    .summary = "what differs between two tenants: drift",
    .about =
        "Compares two tenants record by record, by their keys: snapshots or exports of\n"
        "any kind, in any mix. What is equal by the index pages of two snapshots is\n"
        "never read. Values are compared by what they are, not by how they are written:\n"
        "1.0 is 1, times are instants, names may be in either dialect. Exit status 1\n"
        "when there is drift.",
    .examples = "  sandcast diff yesterday.zip today.zip\n"
                "  sandcast diff sandbox.zip export/ --ignore Part.cost\n"
                "  sandcast diff a.zip b.zip --format ndjson | jq -r .entity | sort | "
                "uniq -c\n",
    .options = options,
    .run = run,
};
