#include <fnmatch.h>
#include <stdio.h>

#include "archive/reader.h"
#include "cli/command.h"
#include "cli/records.h"
#include "cli/view.h"

static const struct opt options[] = {
    {OPT_END},
};

/* A member by its name or glob: data/Part/000001.ndjson, meta/ledger.json. */
static enum err cat_members(const struct reader *r, const char *pattern, bool *found,
                            struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    BUF_SCOPED name = BUF_INIT;
    for (size_t i = 0; i < reader_n_members(r); i++) {
        const struct reader_member *m = reader_member_at(r, i);
        buf_clear(&name);
        buf_add_str(&name, m->name);
        if (fnmatch(pattern, buf_cstr(&name), 0) != 0)
            continue;
        *found = true;
        buf_clear(&text);
        TRY(reader_read(r, m, &text, e));
        TRY(command_print(buf_str(&text), e));
    }
    return ERR_OK;
}

static enum err print_record(void *ctx, struct str json, struct error *e)
{
    struct buf *out = ctx;
    buf_add_str(out, json);
    buf_add_char(out, '\n');
    if (out->n < 1u << 16)
        return ERR_OK;
    enum err code = command_print(buf_str(out), e);
    buf_clear(out);
    return code;
}

static enum err cat_one(const struct reader *r, const char *what, struct error *e)
{
    bool found = false;
    if (strchr(what, '/') || strchr(what, '.')) {
        TRY(cat_members(r, what, &found, e));
    } else {
        BUF_SCOPED out = BUF_INIT;
        TRY(records_walk(r, str_of(what), print_record, &out, &found, e));
        TRY(command_print(buf_str(&out), e));
    }
    if (!found)
        return err_set(e, ERR_NOINPUT,
                       "nothing of this name in the snapshot "
                       "(see sandcast ls)");
    return ERR_OK;
}

static enum err run(const struct operands *operands, const struct common *common,
                    struct error *e)
{
    (void)common;
    TRY(command_operands(operands, 2, OPT_OPERANDS, &cmd_cat, e));
    VIEW_SCOPED view = {0};
    TRY(view_open(&view, operands->items[0], NULL, e));
    const struct reader *r = view.reader;
    for (size_t i = 1; i < operands->n; i++)
        TRY(cat_one(r, operands->items[i], e));
    return ERR_OK;
}

const struct command cmd_cat = {
    .name = "cat",
    .synopsis = "SNAPSHOT ENTITY|MEMBER...",
    .summary = "print an entity's records, or a member",
    .about =
        "Prints the records of entities as NDJSON, in the order in which they arrived,\n"
        "without those that lost against another under the same key; or members of\n"
        "the archive by their names (globs are fine; a name has a dot or a slash).",
    .examples = "  sandcast cat tenant.zip Part | jq .partNumber\n"
                "  sandcast cat tenant.zip meta/ledger.json\n",
    .options = options,
    .run = run,
};
