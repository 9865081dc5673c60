#include "cli/side.h"

#include "cli/recast.h"
#include "cli/records.h"
#include "cli/tables.h"
#include "doc/doc.h"
#include "schema/key_spec.h"

static enum err set_keys(struct side *s, const struct opt_list *keys, struct error *e)
{
    for (size_t i = 0; i < keys->n; i++)
        TRY(schema_set_key(s->setup.schema, keys->items[i], e));
    return ERR_OK;
}

static enum err keep(void *ctx, struct recast *r, const struct entity *entity,
                     struct str json, struct error *e)
{
    (void)ctx;
    return recast_keep(r, entity, json, NULL, e);
}

enum err side_recast(struct side *s, recast_each *each, void *ctx, struct error *e)
{
    uint8_t root[ROOT_SIZE];
    struct spool *spool = spool_new(s->setup.temp);
    const struct recast_options o = {.reader = s->reader,
                                     .schema = s->setup.schema,
                                     .note = "recast_of",
                                     .writer = {.duplicates = DUPLICATES_FIRST,
                                                .level = DEFLATE_FAST,
                                                .memory = (size_t)(s->setup.memory / 6),
                                                .temp = s->setup.temp},
                                     .to = medium_spool(spool),
                                     .losers = s->raw}; /* cast.c: the first wins */
    struct recast *r = recast_new(&o);
    struct reader *made = NULL;
    enum err code = recast_walk(r, each, ctx, e);
    if (code == ERR_OK)
        code = recast_finish(r, root, e);
    if (code == ERR_OK)
        code = reader_open_on(o.to, "the recast snapshot", &made, e);
    recast_free(r);
    reader_free(s->recast);
    spool_free(s->spool);
    s->spool = spool;
    s->recast = made;
    s->reader = made;
    return code;
}

static enum err open_snapshot(struct side *s, const struct side_options *o,
                              const char *path, struct error *e)
{
    TRY(reader_open(path, &s->opened, e));
    s->reader = s->opened;
    TRY(records_schema(s->reader, &s->setup.schema, e));
    if (!o->keys->n)
        return ERR_OK;
    TRY(set_keys(s, o->keys, e));
    /* It is in the order of the keys that it was made with. */
    return side_recast(s, keep, NULL, e);
}

/* A database that holds what a snapshot held: it is written out as one. */
static enum err open_tables(struct side *s, const struct side_options *o,
                            const char *path, struct error *e)
{
    TRY(tables_schema(path, &s->setup.schema, e));
    TRY(set_keys(s, o->keys, e));
    s->spool = spool_new(s->setup.temp);
    const struct tables_snapshot t = {
        .schema = s->setup.schema,
        .writer = {.duplicates = DUPLICATES_FIRST,
                   .level = DEFLATE_FAST,
                   .memory = (size_t)(s->setup.memory / 6),
                   .temp = s->setup.temp},
        .to = medium_spool(s->spool)};
    TRY(tables_write(path, &t, e));
    TRY(reader_open_on(t.to, path, &s->recast, e));
    s->reader = s->recast;
    return ERR_OK;
}

static enum err open_export(struct side *s, const struct side_options *o,
                            const char *path, const struct common *common,
                            bool raw_tables, struct error *e)
{
    const struct operands one = {.items = &path, .n = 1};
    const struct cast_options cast = {.setup = &s->setup,
                                      .scrub = o->scrub,
                                      .doing = o->scrub ? "scrubbing" : "reading"};
    s->raw = true;
    if (raw_tables)
        TRY(tables_schema(path, &s->setup.schema, e));
    else
        TRY(setup_schema(&s->setup, e));
    TRY(set_keys(s, o->keys, e));
    if (o->scrub)
        TRY(setup_rules(&s->setup, e));
    TRY(cast_new(&cast, &one, common, &s->cast, e));
    s->reader = cast_reader(s->cast);
    return ERR_OK;
}

enum err side_is_scrubbed(const char *path, bool *out, struct error *e)
{
    enum tables_kind kind;
    TRY(source_is_snapshot(path, out, e));
    if (*out)
        return ERR_OK;
    TRY(tables_look(path, &kind, e));
    *out = kind == TABLES_SCRUBBED;
    return ERR_OK;
}

enum err side_open(struct side *s, const struct side_options *o, const char *path,
                   const struct common *common, struct error *e)
{
    bool snapshot;
    enum tables_kind kind;
    *s = (struct side){.setup = *o->setup};
    TRY(source_is_snapshot(path, &snapshot, e));
    if (snapshot)
        return open_snapshot(s, o, path, e);
    TRY(tables_look(path, &kind, e));
    return kind == TABLES_SCRUBBED
               ? open_tables(s, o, path, e)
               : open_export(s, o, path, common, kind == TABLES_RAW, e);
}

bool side_has_key(const struct side *s, const struct key *key)
{
    const struct doc_node *had = doc_get(reader_manifest(s->reader), "key");
    const struct doc_node *id = doc_get(had, "id");
    uint64_t epoch;
    return id && str_eq(id->text, str_of(key_id(key))) &&
           doc_uint(doc_get(had, "epoch"), &epoch) && epoch == key_epoch(key);
}

bool side_has_rules(const struct side *s, const struct ruleset *rules)
{
    BUF_SCOPED hex = BUF_INIT;
    const struct doc_node *had = doc_get(reader_manifest(s->reader), "rules");
    const struct doc_node *digest = doc_get(had, "sha256");
    hex_add(&hex, rules->digest, SHA256_SIZE);
    return digest && str_eq(digest->text, buf_str(&hex));
}

void side_done(struct side *s)
{
    /* The lists of options are the command's. */
    s->setup.entities = s->setup.rules_files = (struct opt_list){0};
    cast_free(s->cast);
    reader_free(s->recast);
    spool_free(s->spool);
    reader_free(s->opened);
    setup_done(&s->setup);
}

bool side_same_key(const struct side *a, const struct side *b)
{
    const struct doc_node *x = doc_get(reader_manifest(a->reader), "key");
    const struct doc_node *y = doc_get(reader_manifest(b->reader), "key");
    BUF_SCOPED left = BUF_INIT;
    BUF_SCOPED right = BUF_INIT;
    return x && y && x->kind == DOC_MAP && doc_canonical(x, &left, NULL) == ERR_OK &&
           doc_canonical(y, &right, NULL) == ERR_OK &&
           str_eq(buf_str(&left), buf_str(&right));
}
