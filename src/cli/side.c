#include "cli/side.h"

#include "cli/records.h"

static enum err open_snapshot(struct side *s, const char *path, struct error *e)
{
    TRY(reader_open(path, &s->opened, e));
    s->reader = s->opened;
    return records_schema(s->reader, &s->setup.schema, e);
}

static enum err open_export(struct side *s, const char *path,
                            const struct common *common, struct error *e)
{
    const struct operands one = {.items = &path, .n = 1};
    const struct cast_options o = {.setup = &s->setup, .doing = "reading"};
    s->raw = true;
    TRY(setup_schema(&s->setup, e));
    TRY(cast_new(&o, &one, common, &s->cast, e));
    s->reader = cast_reader(s->cast);
    return ERR_OK;
}

enum err side_open(struct side *s, const struct setup *options, const char *path,
                   const struct common *common, struct error *e)
{
    bool snapshot;
    *s = (struct side){.setup = *options};
    TRY(source_is_snapshot(path, &snapshot, e));
    return snapshot ? open_snapshot(s, path, e) : open_export(s, path, common, e);
}

void side_done(struct side *s)
{
    /* The lists of options are the command's. */
    s->setup.entities = s->setup.rules_files = (struct opt_list){0};
    cast_free(s->cast);
    reader_free(s->opened);
    setup_done(&s->setup);
}
