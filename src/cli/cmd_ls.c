#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "archive/reader.h"
#include "cli/command.h"
#include "cli/view.h"
#include "crypt/digest.h"
#include "doc/doc.h"
#include "store/dump.h"
#include "json/emit.h"

static bool members, roots;
static const char *json;

static const struct opt options[] = {
    {OPT_FLAG, 'm', "members", NULL, "list the archive's members, not its entities",
     &members},
    {OPT_FLAG, 0, "root", NULL,
     "the root of each snapshot alone: equal content has equal roots", &roots},
    {OPT_OPTIONAL, 0, "json", "FILE", "as JSON, to FILE or to standard output", &json},
    {OPT_END},
};

static uint64_t number(const struct doc_node *n, const char *name)
{
    uint64_t v = 0;
    doc_uint(doc_get(n, name), &v);
    return v;
}

static void list_entities(const struct reader *r, struct buf *out)
{
    const struct doc_node *list = doc_get(reader_manifest(r), "entities");
    buf_printf(out, "%-32s %12s %9s %7s\n", "entity", "records", "members", "pages");
    for (size_t i = 0; list && i < list->n_items; i++) {
        const struct doc_node *n = list->items[i], *name = doc_get(n, "name");
        buf_printf(out, "%-32.*s %12llu %9llu %7llu\n", STR_ARG(name->text),
                   (unsigned long long)number(n, "records"),
                   (unsigned long long)number(n, "members"),
                   (unsigned long long)number(n, "pages"));
    }
}

static void list_members(const struct reader *r, struct buf *out)
{
    buf_printf(out, "%12s %12s  %s\n", "bytes", "packed", "member");
    for (size_t i = 0; i < reader_n_members(r); i++) {
        const struct reader_member *m = reader_member_at(r, i);
        buf_printf(out, "%12llu %12llu  %.*s\n", (unsigned long long)m->size,
                   (unsigned long long)m->packed, STR_ARG(m->name));
    }
}

static enum err list_json(const struct reader *r, struct buf *out, struct error *e)
{
    if (!members) {
        TRY(doc_canonical(reader_manifest(r), out, e));
        buf_add_char(out, '\n');
        return ERR_OK;
    }
    struct emit j;
    emit_init(&j, out);
    emit_array(&j);
    for (size_t i = 0; i < reader_n_members(r); i++) {
        const struct reader_member *m = reader_member_at(r, i);
        emit_object(&j);
        emit_key_string(&j, "name", m->name);
        emit_key_uint(&j, "bytes", m->size);
        emit_key_uint(&j, "packed", m->packed);
        emit_object_end(&j);
    }
    emit_array_end(&j);
    buf_add_char(out, '\n');
    return ERR_OK;
}

/* What it holds now, which may be more than what was loaded. */
static enum err add_database(const char *path, struct buf *out, struct error *e)
{
    VIEW_SCOPED v = {0};
    uint8_t root[ROOT_SIZE];
    TRY(view_open(&v, path, NULL, e));
    reader_root(v.reader, root);
    hex_add(out, root, sizeof root);
    buf_printf(out, "  %s\n", path);
    return ERR_OK;
}

static enum err add_root(const char *path, struct buf *out, struct error *e)
{
    uint8_t root[ROOT_SIZE];
    bool database;
    TRY(store_is_database(path, &database, e));
    if (database)
        return add_database(path, out, e);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_sys(e, ERR_NOINPUT, errno, "cannot open %s", path);
    enum err code = reader_peek_root(fd, root, NULL, e);
    close(fd);
    if (code != ERR_OK) {
        err_in(e, path);
        return code;
    }
    hex_add(out, root, sizeof root);
    buf_printf(out, "  %s\n", path);
    return ERR_OK;
}

static enum err list_roots(const struct operands *operands, struct error *e)
{
    BUF_SCOPED out = BUF_INIT;
    if (members || json)
        return err_set(e, ERR_USAGE, "--root goes with neither --members nor --json");
    for (size_t i = 0; i < operands->n; i++)
        TRY(add_root(operands->items[i], &out, e));
    return command_print(buf_str(&out), e);
}

static enum err run(const struct operands *operands, const struct common *common,
                    struct error *e)
{
    (void)common;
    TRY(command_operands(operands, 1, roots ? SIZE_MAX : 1, &cmd_ls, e));
    if (roots)
        return list_roots(operands, e);
    VIEW_SCOPED view = {0};
    BUF_SCOPED out = BUF_INIT;
    TRY(view_open(&view, operands->items[0], NULL, e));
    const struct reader *r = view.reader;
    if (json)
        TRY(list_json(r, &out, e));
    else if (members)
        list_members(r, &out);
    else
        list_entities(r, &out);
    return command_result(buf_str(&out), json ? json : "", e);
}

const struct command cmd_ls = {
    .name = "ls",
    .synopsis = "SNAPSHOT",
    .summary = "what is in a snapshot: entities, or members",
    .about =
        "Lists the entities of a snapshot with their counts, from its manifest alone;\n"
        "with --members the files of the archive. With --root, which takes several\n"
        "snapshots, one line each as `sha256sum` has them: they need only be read at\n"
        "their ends to tell whether their content is the same.",
    .examples = "  sandcast ls tenant.zip\n"
                "  sandcast ls --json tenant.zip | jq '.entities[] | .name'\n"
                "  sandcast ls --root monday.zip tuesday.zip\n",
    .options = options,
    .run = run,
};
