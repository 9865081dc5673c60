#include <string.h>

#include "base/file.h"
#include "cli/cast.h"
#include "cli/command.h"
#include "cli/fill.h"
#include "cli/pipeline.h"
#include "cli/records.h"
#include "cli/view.h"
#include "crypt/digest.h"
#include "store/dump.h"
#include "json/emit.h"

static struct setup setup = {.memory = PIPELINE_MEMORY, .attachments = "drop"};
static const char *output, *json;
static bool force, raw;

static const struct opt options[] = {
    {OPT_TEXT, 'o', "output", "FILE", "the database to make", &output},
    {OPT_FLAG, 'f', "force", NULL, "replace an existing file", &force},
    {OPT_FLAG, 0, "raw", NULL,
     "take an export, whose values nobody scrubbed; the database says so", &raw},
    {OPT_TEXT, 's', "schema", "FILE", "the export's schema as SDL (default: ION's)",
     &setup.schema_file},
    {OPT_LIST, 0, "entity", "NAME=Entity",
     "what the records of a file, member or list are (NAME may be a glob); repeatable",
     &setup.entities},
    {OPT_FLAG, 0, "allow-partial", NULL, "take an incomplete export",
     &setup.allow_partial},
    {OPT_COUNT, 'j', "jobs", "N", "worker threads (default: the usable CPUs)",
     &setup.jobs},
    {OPT_SIZE, 0, "memory", "SIZE",
     "how much memory reading an export may use (default: 96M)", &setup.memory},
    {OPT_TEXT, 0, "temp", "DIR",
     "where encrypted temporary files go (default: $TMPDIR or /tmp)", &setup.temp},
    {OPT_OPTIONAL, 0, "json", "FILE",
     "a summary as JSON, to FILE or to standard output", &json},
    {OPT_END},
};

/* What is loaded: a snapshot where it lies, a database's, or an export's cast. */
struct input {
    struct cast *cast;
    struct view view;
    const struct reader *reader;
    struct layout *layout;
    struct loader *loader;
    bool raw; /* nobody scrubbed it */
};

static enum err open_input(struct input *in, const struct operands *operands,
                           const struct common *common, struct error *e)
{
    bool snapshot, database;
    TRY(source_is_snapshot(operands->items[0], &snapshot, e));
    TRY(store_is_database(operands->items[0], &database, e));
    if (snapshot || database) {
        TRY(command_operands(operands, 1, 1, &cmd_load, e));
        TRY(view_open(&in->view, operands->items[0], setup.temp, e));
        in->reader = in->view.reader;
        in->raw = in->view.raw;
    } else {
        in->raw = true;
    }
    if (in->raw && !raw)
        return err_set(e, ERR_USAGE,
                       "an export holds what was never scrubbed: scrub it first, or "
                       "say --raw");
    if (in->reader)
        return records_schema(in->reader, &setup.schema, e);
    const struct cast_options o = {.setup = &setup, .doing = "reading"};
    TRY(setup_schema(&setup, e));
    TRY(cast_new(&o, operands, common, &in->cast, e));
    in->reader = cast_reader(in->cast);
    return ERR_OK;
}

/* What is told of it, before the database appears: then nothing can fail but saying it.
 */
static void describe(const struct input *in, struct buf *lines, struct buf *summary)
{
    BUF_SCOPED root = BUF_INIT;
    uint8_t bytes[ROOT_SIZE];
    struct emit j;
    reader_root(in->reader, bytes);
    hex_add(&root, bytes, ROOT_SIZE);
    fill_text(in->loader, lines);
    emit_init(&j, summary);
    emit_object(&j);
    emit_key_string(&j, "command", STR("load"));
    emit_key_string(&j, "status", STR("done"));
    emit_key_string(&j, "state", in->raw ? STR("raw") : STR("scrubbed"));
    emit_key_string(&j, "root", buf_str(&root));
    fill_json(in->loader, &j);
    emit_object_end(&j);
    buf_add_char(summary, '\n');
}

static enum err make(struct input *in, const struct operands *operands,
                     const struct common *common, struct error *e)
{
    struct progress progress;
    BUF_SCOPED lines = BUF_INIT;
    BUF_SCOPED summary = BUF_INIT;
    CLEANUP(file_out_freep) struct file_out *file = NULL;
    TRY(file_out_open(output, force, &file, e));
    TRY(open_input(in, operands, common, e));
    TRY(layout_new(setup.schema, &in->layout, e));
    const struct fill_options o = {.reader = in->reader,
                                   .schema = setup.schema,
                                   .layout = in->layout,
                                   .fd = file_out_fd(file),
                                   .raw = in->raw,
                                   .progress = &progress};
    progress_begin(&progress, common, "loading");
    enum err code = fill_run(&o, &in->loader, e);
    progress_end(&progress);
    TRY(code);
    describe(in, &lines, &summary);
    struct file_out *whole = file;
    file = NULL;
    TRY(file_out_commit(whole, e));
    command_say(common, "%llu records in %s",
                (unsigned long long)progress.state.records, output);
    if (lines.n && !common->quiet)
        command_tell(buf_str(&lines));
    return json ? command_result(buf_str(&summary), json, e) : ERR_OK;
}

static enum err run(const struct operands *operands, const struct common *common,
                    struct error *e)
{
    TRY(command_operands(operands, 1, OPT_OPERANDS, &cmd_load, e));
    if (!output || strcmp(output, "-") == 0)
        return err_set(e, ERR_USAGE, "-o FILE is missing: where the database goes");
    if (setup.memory < PIPELINE_MEMORY_MIN)
        return err_set(e, ERR_USAGE, "--memory: at least 48M");
    TRY(setup_spares(&setup, operands, output, "-o", e));
    struct input in = {0};
    enum err code = make(&in, operands, common, e);
    loader_free(in.loader);
    layout_free(in.layout);
    cast_free(in.cast);
    view_close(&in.view);
    setup_done(&setup);
    return code;
}

const struct command cmd_load = {
    .name = "load",
    .synopsis = "SNAPSHOT|EXPORT... -o FILE",
    .summary = "a tenant into an SQLite database that every tool reads",
    .about =
        "Makes an SQLite database with a table for each entity, its columns named as\n"
        "ION's tables name them, and indexes for references and natural keys. A\n"
        "snapshot is loaded as it is; an export was not scrubbed and needs --raw.\n"
        "No record is lost: what a column cannot hold stands in _more, what cannot be a\n"
        "row in sandcast_unplaced; both are counted, as are references to rows that are\n"
        "not there. sandcast-tenant(5) describes the tables.",
    .examples =
        "  sandcast load tenant.zip -o tenant.db\n"
        "  sqlite3 tenant.db 'SELECT part_number, revision FROM parts LIMIT 5'\n"
        "  # what was changed in it\n"
        "  sandcast diff tenant.zip tenant.db\n",
    .options = options,
    .run = run,
};
