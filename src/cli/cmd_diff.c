#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/pairing.h"
#include "cli/pipeline.h"
#include "drift/drift.h"
#include "drift/keys.h"
#include "drift/noise.h"
#include "drift/three.h"
#include "report/report.h"

#define IGNORE_FILE (1u << 20) /* bytes of a file of patterns */
static struct setup setup = {.memory = PIPELINE_MEMORY, .attachments = "drop"};
static struct opt_list keys, ignore_files, ignores, tolerances, lists, shown, fail_on;
static const char *output, *json, *id_map, *base;
static uint64_t max = UINT64_MAX;
static int format, match, normalize; /* format: of report_form_at() */
static bool as_is, force, with_volatile, spelling, stats, unmask, learn_noise,
    discover_keys, references;

static const struct opt options[] = {
    {OPT_CHOICE, 0, "format",
     "text|ndjson|json|html|markdown|junit|sarif|patch|rfc6902|rfc7396|sqlite",
     "how the differences are told (default: text)", &format},
    {OPT_TEXT, 'o', "output", "FILE", "where they go (default: standard output)",
     &output},
    {OPT_FLAG, 'f', "force", NULL, "replace an existing file", &force},
    {OPT_COUNT, 0, "max", "N",
     "how many are told; all are counted (default: 200 as text or markdown, 1,000 as "
     "junit, 5,000 as html or sarif, else all; 0: all)",
     &max},
    {OPT_LIST, 0, "key", "Entity=MEMBER,...",
     "match the records of an entity by these members instead of the schema's key: "
     "Part=partNumber,revision, PartInventory=part.id, User=email/i; repeatable",
     &keys},
    {OPT_FLAG, 0, "discover-keys", NULL,
     "say which members tell records apart, as --key takes them; of one tenant",
     &discover_keys},
    {OPT_CHOICE, 0, "match", "key|natural",
     "natural: ids may have been given out anew; records are matched by the schema's "
     "natural keys and by their content, references follow (default: key)",
     &match},
    {OPT_TEXT, 0, "id-map", "FILE",
     "with --match natural: which id on the left is which on the right, as CSV",
     &id_map},
    {OPT_TEXT, 0, "base", "BASE",
     "what both sides come from: tells for each change who made it: left-only, "
     "right-only, both-same or conflict",
     &base},
    {OPT_LIST, 0, "ignore", "PATH",
     "a path pattern whose differences do not count: Part.cost, **.notes; repeatable",
     &ignores},
    {OPT_LIST, 0, "ignore-from", "FILE",
     "path patterns to be ignored, one a line; repeatable", &ignore_files},
    {OPT_FLAG, 0, "learn-noise", NULL,
     "propose such a file: compares each tenant with the next one (two or more), and "
     "says which paths change whenever anything does",
     &learn_noise},
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
    {OPT_LIST, 0, "fail-on", "WHAT,...",
     "only this drift makes the exit status 1: Part:added, *:removed, *.cost; repeatable",
     &fail_on},
    {OPT_FLAG, 0, "volatile", NULL,
     "fields that every refresh touches (_etag, _updated, ...) count, too",
     &with_volatile},
    {OPT_FLAG, 0, "spelling", NULL,
     "look everywhere for values that are only written differently", &spelling},
    {OPT_CHOICE, 0, "normalize", "off|nfc|nfkc",
     "strings that are equal in this normal form of Unicode are written differently, "
     "and do not differ (default: off)",
     &normalize},
    {OPT_FLAG, 0, "references", NULL,
     "look everywhere for references that lead to no record of their side, and tell "
     "those, too, that no change tells",
     &references},
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

static enum err each(const struct opt_list *list, struct settings *s,
                     enum err (*add)(struct settings *s, const char *text,
                                     struct error *e),
                     struct error *e)
{
    for (size_t i = 0; i < list->n; i++)
        TRY(add(s, list->items[i], e));
    return ERR_OK;
}

/* A pattern a line; what begins with # is a comment. */
static enum err ignore_from(struct settings *s, const char *file, struct error *e)
{
    BUF_SCOPED text = {.limit = IGNORE_FILE};
    TRY(file_read(file, &text, e));
    for (char *p = text.p, *end = text.p + text.n; p < end;) {
        char *newline = memchr(p, '\n', (size_t)(end - p));
        char *stop = newline ? newline : end;
        while (stop > p && (stop[-1] == ' ' || stop[-1] == '\r'))
            stop--;
        BUF_SCOPED line = BUF_INIT;
        buf_add(&line, p, (size_t)(stop - p));
        if (line.n && line.p[0] != '#')
            TRY(settings_ignore(s, buf_cstr(&line), e));
        p = (newline ? newline : end) + 1;
    }
    return ERR_OK;
}

static enum err read_settings(struct settings *s, struct error *e)
{
    s->volatile_counts = with_volatile;
    s->spelling = spelling;
    s->references = references;
    s->normal = (enum normal)normalize;
    if (normalize && !normal_is_known())
        return err_set(
            e, ERR_USAGE,
            "--normalize: this build has no tables of Unicode (libutf8proc)");
    TRY(each(&ignores, s, settings_ignore, e));
    TRY(each(&ignore_files, s, ignore_from, e));
    TRY(each(&tolerances, s, settings_tolerance, e));
    TRY(each(&fail_on, s, settings_fail_on, e));
    return each(&lists, s, settings_list, e);
}

static enum err read_shown(struct report_options *o, struct error *e)
{
    for (unsigned c = 0; c < CHANGES; c++)
        o->shown[c] = change_is_drift((enum change_class)c, SCRUB_NONE) ||
                      (c == CHANGE_DANGLING && references);
    for (size_t i = 0; i < shown.n; i++) {
        unsigned c = 0;
        while (c < CHANGE_DANGLING && strcmp(shown.items[i], change_name(c)) != 0)
            c++;
        bool equal = strcmp(shown.items[i], scrub_name(SCRUB_EQUAL)) == 0;
        if (c == CHANGE_DANGLING && !equal) /* that is --references */
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

static void prepare(const struct pairing *p, struct settings *settings,
                    const struct operands *operands, const struct common *common,
                    struct report_options *o)
{
    const struct report_form *form = report_form_at((size_t)format);
    settings->whole = form->whole || base;
    settings->masked = pairing_has_raw(p) && !unmask && !form->whole;
    for (unsigned i = 0; i < 2; i++) {
        o->names[i] = operands->items[i];
        reader_root(p->sides[i].reader, o->roots[i]);
    }
    o->max = max == UINT64_MAX || form->whole ? form->max : max;
    o->color = !output && command_colors(common, STDOUT_FILENO);
    o->width = columns();
    o->stats = stats;
    o->schema = p->sides[0].setup.schema;
    o->temp = setup.temp;
}

/* What is to be applied must hold values as they are. */
static enum err check_patch(const struct pairing *p, const struct common *common,
                            struct error *e)
{
    const struct report_form *form = report_form_at((size_t)format);
    if (!form->whole)
        return ERR_OK;
    if (p->rescrub)
        return err_set(e, ERR_USAGE,
                       "--format %s is for two sides that are both raw or both "
                       "scrubbed: scrub the export first, and compare the snapshots",
                       form->name);
    if (strncmp(form->name, "rfc", 3) == 0 && p->sides[0].raw)
        command_say(common, "paths have the schema's names, as snapshots have them: "
                            "records in another spelling are for --format patch");
    return ERR_OK;
}

static enum err compare(const struct pairing *p, const struct settings *settings,
                        struct report *report, struct drift_counts *counts,
                        struct error *e)
{
    const struct change_sink sink = report_sink(report);
    struct drift_options d = {.settings = settings,
                              .memory = (size_t)(setup.memory / 8)};
    pairing_describe(p, &d);
    if (!base)
        return drift_run(&d, &sink, counts, e);
    const struct drift_side side = {p->base.reader, p->base.setup.schema};
    return three_run(&d, &side, setup.temp, &sink, counts, e);
}

static enum err tell(const struct pairing *p, struct settings *settings,
                     const struct operands *operands, const struct common *common,
                     struct drift_counts *counts, struct error *e)
{
    CLEANUP(report_freep) struct report *report = NULL;
    struct target target = {0};
    struct report_options o = {.write = write_target, .ctx = &target};
    TRY(check_patch(p, common, e));
    TRY(read_shown(&o, e));
    prepare(p, settings, operands, common, &o);
    if (output)
        TRY(file_out_open(output, force, &target.file, e));
    report = report_new(report_form_at((size_t)format), &o);
    enum err code = compare(p, settings, report, counts, e);
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
    TRY(command_operands(operands, discover_keys ? 1 : 2,
                         learn_noise     ? OPT_OPERANDS
                         : discover_keys ? 1
                                         : 2,
                         &cmd_diff, e));
    if (discover_keys)
        return ERR_OK;
    if (strcmp(operands->items[0], "-") == 0 && strcmp(operands->items[1], "-") == 0)
        return err_set(e, ERR_USAGE, "only one side can be standard input");
    if (shown.n && report_form_at((size_t)format)->whole)
        return err_set(e, ERR_USAGE,
                       "--show is not for patches: they hold drift alone");
    if (references && (base || report_form_at((size_t)format)->whole))
        return err_set(e, ERR_USAGE, "--references is not for %s",
                       base ? "--base" : "patches: they hold drift alone");
    if (keys.n && report_form_at((size_t)format)->whole)
        return err_set(
            e, ERR_USAGE,
            "--key is not for patches: they are applied by the schema's keys");
    if (base && report_form_at((size_t)format)->whole)
        return err_set(e, ERR_USAGE, "--base is not for patches");
    if (id_map && !match)
        return err_set(e, ERR_USAGE, "--id-map goes with --match natural");
    if (json && !*json && !output)
        return err_set(e, ERR_USAGE,
                       "--json and the differences both want standard "
                       "output: use --json=FILE or -o FILE");
    if (setup.memory < PIPELINE_MEMORY_MIN)
        return err_set(e, ERR_USAGE, "--memory: at least 48M");
    return ERR_OK;
}

static struct pairing_options options_of(const struct operands *operands, size_t left)
{
    return (struct pairing_options){
        .setup = &setup,
        .keys = &keys,
        .names = {operands->items[left], operands->items[left + 1]},
        .base = base,
        .as_is = as_is,
        .natural = match,
        .id_map = id_map};
}

static enum err learn(struct settings *settings, const struct operands *operands,
                      const struct common *common, struct error *e)
{
    CLEANUP(noise_freep) struct noise *noise = noise_new();
    const struct change_sink sink = noise_sink(noise);
    struct drift_counts counts;
    settings->whole = true;
    settings->masked = true;
    for (size_t i = 0; i + 1 < operands->n; i++) {
        struct pairing p = {.rescrub = NULL};
        struct drift_options d = {.settings = settings,
                                  .memory = (size_t)(setup.memory / 8)};
        const struct pairing_options o = options_of(operands, i);
        enum err code = pairing_open(&p, &o, common, e);
        if (code == ERR_OK) {
            pairing_describe(&p, &d);
            code = drift_run(&d, &sink, &counts, e);
        }
        pairing_done(&p);
        TRY(code);
        noise_end(noise);
    }
    BUF_SCOPED text = BUF_INIT;
    noise_write(noise, &text);
    return command_result(buf_str(&text), output ? output : "", e);
}

static enum err discover(const char *name, const struct common *common, struct error *e)
{
    struct side side = {.cast = NULL};
    BUF_SCOPED text = BUF_INIT;
    const struct side_options o = {.setup = &setup, .keys = &keys};
    enum err code = side_open(&side, &o, name, common, e);
    const struct drift_side described = {side.reader, side.setup.schema};
    if (code == ERR_OK)
        code = keys_discover(&described, &text, e);
    side_done(&side);
    TRY(code);
    return command_result(buf_str(&text), output ? output : "", e);
}

static enum err run(const struct operands *operands, const struct common *common,
                    struct error *e)
{
    struct pairing p = {.rescrub = NULL};
    struct drift_counts counts = {0};
    CLEANUP(settings_freep) struct settings *settings = settings_new();
    TRY(check_options(operands, e));
    TRY(read_settings(settings, e));
    alloc_large_pages();
    if (discover_keys)
        return discover(operands->items[0], common, e);
    if (learn_noise)
        return learn(settings, operands, common, e);
    const struct pairing_options o = options_of(operands, 0);
    enum err code = pairing_open(&p, &o, common, e);
    if (code == ERR_OK)
        code = tell(&p, settings, operands, common, &counts, e);
    pairing_done(&p);
    if (code == ERR_OK && json) {
        BUF_SCOPED text = BUF_INIT;
        report_summary(&counts, &text);
        code = command_result(buf_str(&text), json, e);
    }
    return code == ERR_OK && counts.failing ? ERR_FOUND : code;
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
                "  # did the sandbox change, or did production move on?\n"
                "  sandcast diff sandbox.zip today.zip --base yesterday.zip\n"
                "  sandcast diff a.zip b.zip --format ndjson | jq -r .entity | sort | "
                "uniq -c\n",
    .options = options,
    .run = run,
};
