#include "cli/setup.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/pool.h"
#include "base/shipped.h"
#include "cli/feed.h"
#include "cli/pipeline.h"
#include "cli/tables.h"

#define SCHEMA_FILE (16u << 20) /* bytes; ION's own SDL has 0.3 MiB */

enum err setup_schema(struct setup *s, struct error *e)
{
    if (!s->schema_file)
        return schema_load(shipped_get(STR("ion.graphql")), "ion.graphql", &s->schema,
                           e);
    BUF_SCOPED text = {.limit = SCHEMA_FILE};
    TRY(file_read(s->schema_file, &text, e));
    return schema_load(buf_str(&text), s->schema_file, &s->schema, e);
}

static enum err load_rules(struct setup *s, struct error *e)
{
    s->rules = ruleset_new();
    s->rules->from_text = s->examples;
    for (size_t i = 0; i < s->rules_files.n; i++)
        TRY(ruleset_add_named(s->rules, s->rules_files.items[i], e));
    for (size_t i = 0; !s->rules_files.n && ruleset_shipped(i); i++)
        TRY(ruleset_add_named(s->rules, ruleset_shipped(i), e));
    return ruleset_ready(s->rules, e);
}

enum err setup_rules(struct setup *s, struct error *e)
{
    TRY(load_rules(s, e));
    return s->schema ? ruleset_fits(s->rules, s->schema, e) : ERR_OK;
}

struct rules_job {
    struct pool_job job; /* first: the pool hands it back */
    enum err code;
    struct error error;
};

static void run_rules(void *ctx, unsigned worker, struct pool_job *job)
{
    struct rules_job *r = (struct rules_job *)job;
    r->code = load_rules(ctx, &r->error);
}

enum err setup_program(struct setup *s, struct error *e)
{
    CLEANUP(pool_freep) struct pool *pool = NULL;
    struct rules_job r = {.error = ERROR_INIT};
    alloc_large_pages();
    if (pool_cpus() > 1 && pool_new(1, run_rules, s, &pool, NULL) == ERR_OK)
        pool_add(pool, &r.job);
    TRY(setup_schema(s, e));
    if (!pool)
        return setup_rules(s, e);
    pool_wait(pool, &r.job);
    if (r.code != ERR_OK) {
        *e = r.error;
        return r.code;
    }
    return ruleset_fits(s->rules, s->schema, e);
}

enum err setup_key(struct setup *s, struct error *e)
{
    s->ephemeral = !s->key_file;
    if (s->ephemeral)
        return key_random(&s->key, e);
    return key_read(s->key_file, &s->key, e);
}

static enum err add_input(struct setup *s, const char *path, struct error *e)
{
    bool snapshot, database;
    TRY(source_is_snapshot(path, &snapshot, e));
    TRY(store_is_database(path, &database, e));
    if (snapshot) {
        struct feed *f = NULL;
        TRY(feed_open(path, &f, e));
        VEC_PUSH(s->feeds, s->n_feeds, s->cap_feeds) = f;
        source_add_feed(s->source, path, feed_source(f));
    } else if (database) {
        struct tables *t = NULL;
        TRY(tables_open(path, &t, e));
        VEC_PUSH(s->tables, s->n_tables, s->cap_tables) = t;
        source_add_feed(s->source, path, tables_source(t));
    } else {
        TRY(source_add(s->source, path, e));
    }
    return ERR_OK;
}

/* "parts=Part" */
static enum err read_override(const char *text, struct source_override *out,
                              struct error *e)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1])
        return err_set(e, ERR_USAGE, "--entity takes NAME=Entity");
    out->name = str_n(text, (size_t)(equals - text));
    out->entity = str_of(equals + 1);
    return ERR_OK;
}

enum err setup_source(struct setup *s, const struct operands *inputs, struct error *e)
{
    struct source_override *overrides = alloc_zero(s->entities.n, sizeof *overrides);
    enum err code = ERR_OK;
    for (size_t i = 0; i < s->entities.n && code == ERR_OK; i++)
        code = read_override(s->entities.items[i], &overrides[i], e);
    struct source_options o = {
        .schema = s->schema,
        .overrides = overrides,
        .n_overrides = s->entities.n,
        .record_limit = (size_t)(s->memory / PIPELINE_RECORD),
        .allow_partial = s->allow_partial,
        .attachments = s->attachments,
        .temp = s->temp,
    };
    if (code == ERR_OK)
        code = source_new(&o, &s->source, e);
    free(overrides);
    TRY(code);
    for (size_t i = 0; i < inputs->n; i++)
        TRY(add_input(s, inputs->items[i], e));
    if (s->n_feeds != 1 || s->ephemeral)
        return ERR_OK;
    bool sealed;
    TRY(feed_is_sealed(s->feeds[0], s->key, &sealed, e));
    return sealed ? feed_ledger(s->feeds[0], &s->past, e) : ERR_OK;
}

enum err setup_spares(const struct setup *s, const struct operands *inputs,
                      const char *file, const char *option, struct error *e)
{
    if (strcmp(file, "-") == 0 || access(file, F_OK) < 0)
        return ERR_OK; /* standard output, or a new file */
    bool read = s->key_file && file_is_same(file, s->key_file);
    read = read || (s->schema_file && file_is_same(file, s->schema_file));
    for (size_t i = 0; i < s->rules_files.n; i++)
        read = read || file_is_same(file, s->rules_files.items[i]);
    if (read)
        return err_set(e, ERR_USAGE, "%s names a file that is read", option);
    for (size_t i = 0; i < inputs->n; i++)
        if (file_is_same(file, inputs->items[i]))
            return err_set(e, ERR_USAGE, "%s names an input", option);
    return ERR_OK;
}

void setup_done(struct setup *s)
{
    source_free(s->source);
    for (size_t i = 0; i < s->n_feeds; i++)
        feed_free(s->feeds[i]);
    free(s->feeds);
    for (size_t i = 0; i < s->n_tables; i++)
        tables_free(s->tables[i]);
    free(s->tables);
    ledger_past_free(s->past);
    ruleset_free(s->rules);
    schema_free(s->schema);
    key_free(s->key);
    opt_list_done(&s->rules_files);
    opt_list_done(&s->entities);
}
