#include <stdio.h>
#include <unistd.h>

#include "archive/verify.h"
#include "base/pool.h"
#include "cli/command.h"
#include "cli/records.h"
#include "crypt/digest.h"
#include "json/emit.h"

static bool quick;
static const char *json;
static uint64_t jobs;

static const struct opt options[] = {
    {OPT_FLAG, 0, "quick", NULL, "bytes and digests only, not each record", &quick},
    {OPT_COUNT, 'j', "jobs", "N", "threads (default: the usable CPUs)", &jobs},
    {OPT_OPTIONAL, 0, "json", "FILE",
     "the result as JSON, to FILE or to standard output", &json},
    {OPT_END},
};

static void text_result(const struct verify_result *v, struct str root, bool colors,
                        struct buf *out)
{
    const char *color = v->state == VERIFY_UNSIGNED ? "\033[32m" : "\033[31m";
    buf_printf(out, "%s%s%s\n", colors ? color : "", verify_state_name(v->state),
               colors ? "\033[0m" : "");
    buf_printf(out, "root %.*s\n%llu records in %llu members, %.1f MB\n", STR_ARG(root),
               (unsigned long long)v->records, (unsigned long long)v->members,
               (double)v->bytes / 1e6);
    for (size_t i = 0; i < v->n_findings; i++)
        buf_printf(out, "finding: %s\n", v->findings[i]);
    if (v->n_more)
        buf_printf(out, "… and %zu more findings\n", v->n_more);
}

static void json_result(const struct verify_result *v, struct str root, struct buf *out)
{
    struct emit j;
    emit_init(&j, out);
    emit_object(&j);
    emit_key_string(&j, "command", STR("verify"));
    emit_key_string(&j, "state", str_of(verify_state_name(v->state)));
    emit_key_string(&j, "root", root);
    emit_key_uint(&j, "records", v->records);
    emit_key_uint(&j, "members", v->members);
    emit_key_uint(&j, "bytes", v->bytes);
    emit_key(&j, STR("findings"));
    emit_array(&j);
    for (size_t i = 0; i < v->n_findings; i++)
        emit_string(&j, str_of(v->findings[i]));
    emit_array_end(&j);
    emit_key_uint(&j, "more_findings", v->n_more);
    emit_object_end(&j);
    buf_add_char(out, '\n');
}

static enum err run(const struct operands *operands, const struct common *common,
                    struct error *e)
{
    TRY(command_operands(operands, 1, 1, &cmd_verify, e));
    CLEANUP(reader_freep) struct reader *r = NULL;
    CLEANUP(schema_freep) struct schema *schema = NULL;
    CLEANUP(verify_done) struct verify_result v = {0};
    TRY(reader_open(operands->items[0], &r, e));
    if (!quick)
        TRY(records_schema(r, &schema, e));
    TRY(verify_run(r, schema, jobs ? (unsigned)jobs : pool_cpus(), &v, e));
    uint8_t root[ROOT_SIZE];
    BUF_SCOPED hex = BUF_INIT;
    BUF_SCOPED out = BUF_INIT;
    reader_root(r, root);
    hex_add(&hex, root, sizeof root);
    if (json)
        json_result(&v, buf_str(&hex), &out);
    else
        text_result(&v, buf_str(&hex), command_colors(common, STDOUT_FILENO), &out);
    TRY(command_result(buf_str(&out), json ? json : "", e));
    return v.state == VERIFY_UNSIGNED ? ERR_OK : ERR_FOUND;
}

const struct command cmd_verify = {
    .name = "verify",
    .synopsis = "SNAPSHOT",
    .summary = "is a snapshot whole and what it says it is?",
    .about =
        "Reads every byte of a snapshot: sizes, checksums, both manifests, every record\n"
        "against its index entry, the index against the root. The first line says the\n"
        "state: unsigned (whole), modified, damaged. Exit status 0 or 1. With --quick no\n"
        "record is compared with its index entry: every byte is still that which was\n"
        "written, but not proven to be indexed rightly.",
    .examples = "  sandcast verify tenant.zip\n"
                "  sandcast verify --json tenant.zip | jq -r .state\n",
    .options = options,
    .run = run,
};
