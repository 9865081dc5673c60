#include "cli/tables.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "cli/recast.h"

#define PIECE (256u << 10) /* bytes of records read ahead of the source */

enum err tables_look(const char *path, enum tables_kind *out, struct error *e)
{
    bool database;
    BUF_SCOPED state = BUF_INIT;
    CLEANUP(dump_freep) struct dump *d = NULL;
    *out = TABLES_NONE;
    TRY(store_is_database(path, &database, e));
    if (!database)
        return ERR_OK;
    TRY(dump_open(path, &d, e));
    TRY(dump_meta(d, "state", &state, e));
    *out = str_eq(buf_str(&state), STR("scrubbed")) ? TABLES_SCRUBBED : TABLES_RAW;
    return ERR_OK;
}

enum err tables_schema(const char *path, struct schema **out, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    CLEANUP(dump_freep) struct dump *d = NULL;
    TRY(dump_open(path, &d, e));
    TRY(dump_meta(d, "schema", &text, e));
    return schema_load(buf_str(&text), "sandcast_meta.schema", out, e);
}

/* ---- an input */

struct tables {
    struct dump *dump;
    struct source_feed source;
    struct buf text;
    size_t at; /* read of text */
    bool ended;
};

static enum err next_entity(void *ctx, struct str *out_name, struct str *out_entity,
                            bool *out_more, struct error *e)
{
    struct tables *t = ctx;
    const struct entity *entity;
    TRY(dump_next_entity(t->dump, &entity, e));
    buf_clear(&t->text);
    t->at = 0;
    t->ended = false;
    *out_more = entity != NULL;
    if (entity)
        *out_name = *out_entity = entity->name;
    return ERR_OK;
}

static enum err fill(struct tables *t, struct error *e)
{
    struct str json;
    bool more;
    buf_clear(&t->text);
    t->at = 0;
    while (!t->ended && t->text.n < PIECE) {
        TRY(dump_next(t->dump, &json, &more, e));
        t->ended = !more;
        if (!more)
            break;
        buf_add_str(&t->text, json);
        buf_add_char(&t->text, '\n');
    }
    return ERR_OK;
}

static enum err read_records(void *ctx, void *p, size_t n, size_t *out_n,
                             struct error *e)
{
    struct tables *t = ctx;
    *out_n = 0;
    while (*out_n < n) {
        if (t->at == t->text.n)
            TRY(fill(t, e));
        size_t rest = t->text.n - t->at, part = n - *out_n < rest ? n - *out_n : rest;
        if (!part)
            break;
        memcpy((char *)p + *out_n, t->text.p + t->at, part);
        t->at += part;
        *out_n += part;
    }
    return ERR_OK;
}

enum err tables_open(const char *path, struct tables **out, struct error *e)
{
    struct dump *d;
    TRY(dump_open(path, &d, e));
    struct tables *t = NEW(struct tables);
    t->dump = d;
    t->source =
        (struct source_feed){.ctx = t, .next = next_entity, .read = read_records};
    *out = t;
    return ERR_OK;
}

void tables_free(struct tables *t)
{
    if (!t)
        return;
    dump_free(t->dump);
    buf_done(&t->text);
    free(t);
}

const struct source_feed *tables_source(struct tables *t)
{
    return &t->source;
}

/* ---- a snapshot */

static enum err keep_entity(struct dump *d, struct recast *r,
                            const struct entity *entity, struct error *e)
{
    struct str json;
    bool more;
    for (;;) {
        TRY(dump_next(d, &json, &more, e));
        if (!more)
            return ERR_OK;
        enum err code = recast_keep(r, entity, json, NULL, e);
        if (code != ERR_OK) {
            char name[SCHEMA_NAME + 1] = {0};
            memcpy(name, entity->name.p, entity->name.n);
            err_in(e, name);
            return code;
        }
    }
}

enum err tables_write(const char *path, const struct tables_snapshot *o,
                      struct error *e)
{
    uint8_t root[ROOT_SIZE];
    CLEANUP(dump_freep) struct dump *d = NULL;
    TRY(dump_open(path, &d, e));
    const struct recast_options options = {.dump = d,
                                           .schema = o->schema,
                                           .note = "tables_of",
                                           .writer = o->writer,
                                           .to = o->to};
    CLEANUP(recast_freep) struct recast *r = recast_new(&options);
    for (;;) {
        const struct entity *in, *entity;
        TRY(dump_next_entity(d, &in, e));
        if (!in)
            break;
        TRY(schema_entity(o->schema, in->name, &entity, e));
        TRY(keep_entity(d, r, entity, e));
    }
    return recast_finish(r, root, e);
}
