#include "cli/view.h"

#include "cli/pipeline.h"
#include "cli/tables.h"
#include "crypt/spool.h"

static enum err open_tables(struct view *v, const char *path, const char *temp,
                            struct error *e)
{
    CLEANUP(schema_freep) struct schema *schema = NULL;
    TRY(tables_schema(path, &schema, e));
    v->spool = spool_new(temp);
    const struct tables_snapshot t = {.schema = schema,
                                      .writer = {.duplicates = DUPLICATES_FIRST,
                                                 .level = DEFLATE_FAST,
                                                 .memory = PIPELINE_MEMORY / 6,
                                                 .temp = temp},
                                      .to = medium_spool(v->spool)};
    TRY(tables_write(path, &t, e));
    return reader_open_on(t.to, path, &v->reader, e);
}

enum err view_open(struct view *v, const char *path, const char *temp, struct error *e)
{
    enum tables_kind kind;
    TRY(tables_look(path, &kind, e));
    v->raw = kind == TABLES_RAW;
    return kind == TABLES_NONE ? reader_open(path, &v->reader, e)
                               : open_tables(v, path, temp, e);
}

void view_close(struct view *v)
{
    reader_free(v->reader);
    spool_free(v->spool);
}
