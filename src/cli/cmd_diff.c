#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/pipeline.h"
#include "cli/side.h"
#include "drift/drift.h"
#include "drift/rescrub.h"
#include "report/report.h"

#define TEXT_MAX 200u /* changes that a person reads */

static struct setup setup = {.memory = PIPELINE_MEMORY, .attachments = "drop"};
static struct opt_list ignores, tolerances, lists, shown;
static const char *output, *json;
static uint64_t max = UINT64_MAX;
static int format;
static bool as_is, force, with_volatile, spelling, stats, unmask;

static const struct opt options[] = {
    {OPT_CHOICE, 0, "format", "text|ndjson|json|patch|rfc6902|rfc7396",
     "how the differences are told (default: text)", &format},
    {OPT_TEXT, 'o', "output", "FILE", "where they go (default: standard output)",
     &output},
    {OPT_FLAG, 'f', "force", NULL, "replace an existing file", &force},
    {OPT_COUNT, 0, "max", "N",
     "how many are told; all are counted (default: 200 as text, else all; 0: all)",
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
     "tell these differences, too: ignored, respelled, not-exported, "
     "equal-after-scrub; repeatable",
     &shown},
    {OPT_FLAG, 0, "volatile", NULL,
     "fields that every refresh touches (_etag, _updated, ...) count, too",
     &with_volatile},
    {OPT_FLAG, 0, "spelling", NULL,
     "look everywhere for values that are only written differently", &spelling},
    {OPT_FLAG, 0, "unmask", NULL, "show the values of sensitive fields of exports, too",
     &unmask},
    {OPT_FLAG, 0, "stats", NULL, "tell what was read", &stats},
    {OPT_TEXT, 'k', "key-file", "FILE",
     "the key that the snapshot was scrubbed with: an export on the other side is "
     "scrubbed by it before it is compared",
     &setup.key_file},
    {OPT_LIST, 'r', "rules", "FILE|PACK",
     "the rules for that; repeatable (default: all shipped packs)", &setup.rules_files},
    {OPT_FLAG, 0, "as-is", NULL,
     "compare an export with a snapshot without scrubbing it", &as_is},
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

static const char *const format_names[] = {"text",  "ndjson",  "json",
                                           "patch", "rfc6902", "rfc7396"};

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

static enum err read_shown(struct report_options *o, struct error *e)
{
    for (unsigned c = 0; c < CHANGES; c++)
        o->shown[c] = change_is_drift((enum change_class)c, SCRUB_NONE);
    for (size_t i = 0; i < shown.n; i++) {
        unsigned c = 0;
        while (c < CHANGES && strcmp(shown.items[i], change_name(c)) != 0)
            c++;
        bool equal = strcmp(shown.items[i], scrub_name(SCRUB_EQUAL)) == 0;
        if (c == CHANGES && !equal)
            return err_set(e, ERR_USAGE,
                           "--show takes ignored, respelled, not-exported or "
                           "equal-after-scrub");
        if (equal)
            o->shown_scrub[SCRUB_EQUAL] = o->shown_scrub[SCRUB_EPOCH] = true;
        else
            o->shown[c] = true;
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

static const struct report_form *find_form(const char *name)
{
    size_t i = 0;
    while (report_form_at(i) && strcmp(report_form_at(i)->name, name) != 0)
        i++;
    return report_form_at(i);
}

/* Is it for programs that know records, but not this one? */
static bool is_rfc(const char *form)
{
    return strncmp(form, "rfc", 3) == 0;
}

/* Is one side raw and the other one scrubbed? */
static bool scrubs(const struct side sides[2])
{
    return sides[0].raw != sides[1].raw && !as_is;
}

static struct rescrub *make_rescrub(const struct side sides[2],
                                    const struct common *common)
{
    const struct side *raw = &sides[sides[1].raw], *other = &sides[!sides[1].raw];
    const struct rescrub_options o = {
        .rules = raw->setup.rules,
        .schema = raw->setup.schema,
        .key = raw->setup.key,
        .other_key = raw->setup.ephemeral || !side_has_key(other, raw->setup.key)};
    if (!side_has_rules(other, raw->setup.rules))
        command_say(common,
                    "the snapshot was scrubbed by other rules: what they decide "
                    "differently shows as scrubbed-changed");
    if (o.other_key)
        command_say(common,
                    "%s: scrubbed values are compared by type and by whether "
                    "equal ones stay equal",
                    raw->setup.ephemeral
                        ? "no key file (-k)"
                        : "the snapshot was scrubbed with another key");
    return rescrub_new(&o);
}

static enum err open_sides(struct side sides[2], const struct operands *operands,
                           const struct common *common, struct error *e)
{
    bool snapshot[2];
    for (unsigned i = 0; i < 2; i++)
        TRY(source_is_snapshot(operands->items[i], &snapshot[i], e));
    const struct side_options o = {.setup = &setup,
                                   .scrub = snapshot[0] != snapshot[1] && !as_is};
    for (unsigned i = 0; i < 2; i++)
        TRY(side_open(&sides[i], &o, operands->items[i], common, e));
    return ERR_OK;
}

static enum err compare(const struct side sides[2], struct settings *settings,
                        const struct operands *operands, const struct common *common,
                        struct drift_counts *counts, struct error *e)
{
    CLEANUP(report_freep) struct report *report = NULL;
    struct target target = {0};
    struct report_options o = {.names = {operands->items[0], operands->items[1]},
                               .max = max,
                               .color =
                                   !output && command_colors(common, STDOUT_FILENO),
                               .width = columns(),
                               .stats = stats,
                               .schema = sides[0].setup.schema,
                               .temp = setup.temp,
                               .write = write_target,
                               .ctx = &target};
    for (unsigned i = 0; i < 2; i++)
        reader_root(sides[i].reader, o.roots[i]);
    if (max == UINT64_MAX)
        o.max = format == 0 ? TEXT_MAX : 0;
    TRY(read_shown(&o, e));
    settings->whole = find_form(format_names[format])->whole;
    if (settings->whole)
        o.max = 0;
    settings->masked = (sides[0].raw || sides[1].raw) && !unmask && !settings->whole;
    CLEANUP(rescrub_freep) struct rescrub *rescrub = NULL;
    if (scrubs(sides))
        rescrub = make_rescrub(sides, common);
    if (rescrub && is_rfc(format_names[format]))
        return err_set(e, ERR_USAGE,
                       "--format %s is for two sides that are both raw or both "
                       "scrubbed: values of others may be hidden",
                       format_names[format]);
    if (is_rfc(format_names[format]) && sides[0].raw)
        command_say(common, "paths have the schema's names, as snapshots have them: "
                            "records in another spelling are for --format patch");
    if (settings->whole && shown.n)
        return err_set(e, ERR_USAGE,
                       "--show is not for patches: they hold drift alone");
    if (output)
        TRY(file_out_open(output, force, &target.file, e));
    const struct drift_options d = {.sides = {{sides[0].reader, sides[0].setup.schema},
                                              {sides[1].reader, sides[1].setup.schema}},
                                    .settings = settings,
                                    .rescrub = rescrub,
                                    .raw_side = sides[1].raw,
                                    .scrubbed = !sides[0].raw && !sides[1].raw,
                                    .other_key = !side_same_key(&sides[0], &sides[1]),
                                    .memory = (size_t)(setup.memory / 8)};
    report = report_new(find_form(format_names[format]), &o);
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
    enum err code = open_sides(sides, operands, common, e);
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
