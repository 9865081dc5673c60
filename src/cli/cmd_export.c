#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/reader.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/fill.h"
#include "cli/records.h"
#include "cli/view.h"
#include "deflate/deflate.h"
#include "doc/doc.h"
#include "source/pack.h"
#include "source/sheet.h"

#define GZIP_MEMBER (1u << 20) /* bytes of one gzip member of a table */

enum format { FORMAT_NDJSON, FORMAT_CSV, FORMAT_SQLITE, FORMAT_DATA_SNAPSHOT };

static const char *output;
static int format, table_format;
static bool force;

static const struct opt options[] = {
    {OPT_TEXT, 'o', "output", "PATH",
     "a file; with --format csv a folder; - is standard output", &output},
    {OPT_CHOICE, 0, "format", "ndjson|csv|sqlite|data-snapshot",
     "lines with __typename, a CSV file per entity, a database as load makes it, or "
     "the vendor's tar of tables",
     &format},
    {OPT_CHOICE, 0, "table-format", "jsonl|csv", "data-snapshot: what the tables are",
     &table_format},
    {OPT_FLAG, 'f', "force", NULL, "replace existing files", &force},
    {OPT_END},
};

struct job {
    const struct reader *reader;
    struct schema *schema;
    const struct entity *entity;
    struct sheet *table;
    struct buf out;
    int fd;
    const char *what;
    bool csv;
    struct deflater *gzip; /* NULL: plain */
};

static enum err drain(struct job *j, size_t keep, struct error *e)
{
    if (j->out.n <= keep)
        return ERR_OK;
    if (j->gzip) {
        BUF_SCOPED packed = BUF_INIT;
        TRY(deflater_gzip(j->gzip, buf_str(&j->out), &packed, e));
        TRY(file_write_all(j->fd, packed.p, packed.n, j->what, e));
    } else {
        TRY(file_write_all(j->fd, j->out.p, j->out.n, j->what, e));
    }
    buf_clear(&j->out);
    return ERR_OK;
}

static enum err put_line(void *ctx, struct str json, struct error *e)
{
    struct job *j = ctx;
    buf_printf(&j->out, "{\"__typename\":\"%.*s\"%s", STR_ARG(j->entity->name),
               json.n > 2 ? "," : "");
    buf_add_str(&j->out, str_from(json, 1));
    buf_add_char(&j->out, '\n');
    return drain(j, GZIP_MEMBER, e);
}

static enum err see(void *ctx, struct str json, struct error *e)
{
    return sheet_see(((struct job *)ctx)->table, json, e);
}

static enum err put_row(void *ctx, struct str json, struct error *e)
{
    struct job *j = ctx;
    TRY(j->csv ? sheet_row(j->table, json, &j->out, e)
               : sheet_line(j->table, json, &j->out, e));
    return drain(j, GZIP_MEMBER, e);
}

/* One entity as a table, to j->fd. */
static enum err write_table(struct job *j, struct error *e)
{
    bool found = false;
    CLEANUP(sheet_freep) struct sheet *t = sheet_new(j->entity);
    j->table = t;
    if (j->csv) { /* the header needs all columns */
        TRY(records_walk(j->reader, j->entity->name, see, j, &found, e));
        sheet_header(t, &j->out);
    }
    TRY(records_walk(j->reader, j->entity->name, put_row, j, &found, e));
    return drain(j, 0, e);
}

static enum err write_ndjson(struct job *j, struct error *e)
{
    bool found = false;
    TRY(records_walk(j->reader, j->entity->name, put_line, j, &found, e));
    return drain(j, 0, e);
}

static enum err each_entity(struct job *j,
                            enum err (*each)(struct job *j, void *ctx, struct error *e),
                            void *ctx, struct error *e)
{
    const struct doc_node *list = doc_get(reader_manifest(j->reader), "entities");
    for (size_t i = 0; list && i < list->n_items; i++) {
        const struct doc_node *name = doc_get(list->items[i], "name");
        TRY(schema_entity(j->schema, name->text, &j->entity, e));
        TRY(each(j, ctx, e));
    }
    return ERR_OK;
}

static enum err ndjson_entity(struct job *j, void *ctx, struct error *e)
{
    (void)ctx;
    return write_ndjson(j, e);
}

static enum err csv_file(struct job *j, void *ctx, struct error *e)
{
    (void)ctx;
    BUF_SCOPED path = BUF_INIT;
    buf_printf(&path, "%s/", output);
    sheet_name(j->entity, &path);
    buf_add_str(&path, STR(".csv"));
    CLEANUP(file_out_freep) struct file_out *f = NULL;
    TRY(file_out_open(buf_cstr(&path), force, &f, e));
    j->fd = file_out_fd(f);
    TRY(write_table(j, e));
    struct file_out *whole = f;
    f = NULL;
    return file_out_commit(whole, e);
}

static enum err tar_member(struct job *j, void *ctx, struct error *e)
{
    struct packer *p = ctx;
    CLEANUP(file_closep) int fd = -1;
    CLEANUP(deflater_freep) struct deflater *gzip = deflater_new(DEFLATE_SMALL);
    BUF_SCOPED name = BUF_INIT;
    BUF_SCOPED piece = BUF_INIT;
    sheet_name(j->entity, &name);
    buf_add_str(&name, j->csv ? STR(".csv.gz") : STR(".jsonl.gz"));
    TRY(file_temp(NULL, &fd, e)); /* a tar names a member's size before its bytes */
    j->fd = fd;
    j->gzip = gzip;
    enum err code = write_table(j, e);
    j->gzip = NULL;
    TRY(code);
    off_t size = lseek(fd, 0, SEEK_END);
    if (size < 0)
        return err_sys(e, ERR_IO, errno, "cannot read a temporary file");
    TRY(packer_begin(p, buf_str(&name), (uint64_t)size, e));
    for (uint64_t at = 0; at < (uint64_t)size; at += piece.n) {
        piece.n = 0;
        TRY(file_read_at(fd, at, buf_room(&piece, GZIP_MEMBER), GZIP_MEMBER, &piece.n,
                         e));
        if (!piece.n)
            return err_set(e, ERR_IO, "a temporary file became shorter");
        TRY(packer_add(p, buf_str(&piece), e));
    }
    return packer_end(p, e);
}

static enum err to_fd(struct job *j, int fd, struct error *e)
{
    j->fd = fd;
    j->what = output;
    if (format == FORMAT_NDJSON)
        return each_entity(j, ndjson_entity, NULL, e);
    CLEANUP(packer_freep) struct packer *p = NULL;
    TRY(packer_new(fd, output, &p, e));
    TRY(each_entity(j, tar_member, p, e));
    return packer_finish(p, e);
}

static enum err to_database(const struct job *j, bool raw, struct error *e)
{
    CLEANUP(file_out_freep) struct file_out *f = NULL;
    CLEANUP(layout_freep) struct layout *layout = NULL;
    CLEANUP(loader_freep) struct loader *loader = NULL;
    TRY(file_out_open(output, force, &f, e));
    TRY(layout_new(j->schema, &layout, e));
    const struct fill_options o = {.reader = j->reader,
                                   .schema = j->schema,
                                   .layout = layout,
                                   .fd = file_out_fd(f),
                                   .raw = raw};
    TRY(fill_run(&o, &loader, e));
    struct file_out *whole = f;
    f = NULL;
    return file_out_commit(whole, e);
}

static enum err to_file(struct job *j, struct error *e)
{
    if (strcmp(output, "-") == 0)
        return to_fd(j, STDOUT_FILENO, e);
    CLEANUP(file_out_freep) struct file_out *f = NULL;
    TRY(file_out_open(output, force, &f, e));
    TRY(to_fd(j, file_out_fd(f), e));
    struct file_out *whole = f;
    f = NULL;
    return file_out_commit(whole, e);
}

static enum err run(const struct operands *operands, const struct common *common,
                    struct error *e)
{
    (void)common;
    TRY(command_operands(operands, 1, 1, &cmd_export, e));
    if (!output)
        return err_set(e, ERR_USAGE,
                       "-o PATH is missing: a file or -, a folder for csv");
    if (format == FORMAT_CSV && strcmp(output, "-") == 0)
        return err_set(e, ERR_USAGE, "--format csv makes a folder: -o names it");
    if (format == FORMAT_SQLITE && strcmp(output, "-") == 0)
        return err_set(e, ERR_USAGE, "--format sqlite makes a file: -o names it");
    VIEW_SCOPED view = {0};
    CLEANUP(schema_freep) struct schema *schema = NULL;
    TRY(view_open(&view, operands->items[0], NULL, e));
    const struct reader *r = view.reader;
    TRY(records_schema(r, &schema, e));
    struct job j = {.reader = r, .schema = schema, .what = output};
    j.csv = format == FORMAT_CSV || table_format == 1;
    enum err code;
    if (format == FORMAT_SQLITE)
        code = to_database(&j, view.raw, e);
    else if (format != FORMAT_CSV)
        code = to_file(&j, e);
    else if (mkdir(output, 0777) < 0 && errno != EEXIST)
        code = err_sys(e, ERR_CANTCREATE, errno, "cannot make the folder %s", output);
    else
        code = each_entity(&j, csv_file, NULL, e);
    buf_done(&j.out);
    return code;
}

const struct command cmd_export = {
    .name = "export",
    .synopsis = "SNAPSHOT -o PATH",
    .summary = "a snapshot's records as lines, CSV files or a data snapshot",
    .about =
        "Writes the records of a snapshot in a form that other tools read: NDJSON with\n"
        "__typename (the default), a folder of CSV files, an SQLite database as load\n"
        "makes it, or a tar of compressed tables as the vendor's data snapshots are.\n"
        "What is read back has the same root. Also out of a database again.",
    .examples =
        "  sandcast export tenant.zip -o - | jq -c 'select(.__typename==\"Part\")'\n"
        "  sandcast export tenant.zip --format csv -o tables/\n"
        "  sandcast export tenant.zip --format data-snapshot -o tables.tar\n",
    .options = options,
    .run = run,
};
