#include "cli/serve_tenant.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "archive/reader.h"
#include "base/alloc.h"
#include "base/file.h"
#include "cli/cast.h"
#include "cli/fill.h"
#include "cli/records.h"
#include "cli/tables.h"
#include "demo/demo.h"
#include "graphql/request.h"
#include "graphql/where.h"
#include "store/tenant.h"

/* A connection that a long request uses: to be cancelled by another thread. */
struct use {
    pthread_mutex_t lock;
    struct sql *db; /* or NULL */
};

struct serve_state {
    struct use uses[SERVER_WORKERS(SERVER_JOBS)]; /* by the number of the thread */
    struct tenant *tenant;
    struct service *service;
    int64_t user;
    uint64_t records;
};

/* ---- requests */

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static enum server_answer status_of(enum service_status s)
{
    static const enum server_answer said[] = {
        [SERVICE_DONE] = ANSWER_EXECUTED,       [SERVICE_REFUSED] = ANSWER_INVALID,
        [SERVICE_MALFORMED] = ANSWER_MALFORMED, [SERVICE_METHOD] = ANSWER_BY_POST,
        [SERVICE_TOO_MUCH] = ANSWER_OVERRUN,    [SERVICE_FAULT] = ANSWER_OVERRUN,
    };
    return said[s];
}

static void use(struct serve_state *s, unsigned worker, struct sql *db)
{
    pthread_mutex_lock(&s->uses[worker].lock);
    s->uses[worker].db = db;
    pthread_mutex_unlock(&s->uses[worker].lock);
}

/* Short ones end by themselves. */
static void stop(void *ctx)
{
    struct serve_state *s = ctx;
    for (size_t i = 0; i < sizeof s->uses / sizeof *s->uses; i++) {
        pthread_mutex_lock(&s->uses[i].lock);
        if (s->uses[i].db)
            sql_cancel(s->uses[i].db);
        pthread_mutex_unlock(&s->uses[i].lock);
    }
}

/* Behind what `out` holds, with a connection of the current generation. */
static enum server_answer ask(struct serve_state *s, const struct server_request *r,
                              struct service_call *call, int64_t deadline,
                              struct buf *out)
{
    struct generation *g = tenant_acquire(s->tenant);
    enum server_answer said = ANSWER_OVERRUN;
    if (generation_take(g, &call->db, NULL) == ERR_OK) {
        sql_deadline(call->db, (double)deadline / 1e6);
        if (r->may_block)
            use(s, r->worker, call->db);
        if (!server_request_ended(r)) /* or it ends before stop() could know of it */
            said = status_of(service_answer(s->service, call, out, NULL));
        if (r->may_block)
            use(s, r->worker, NULL);
        sql_deadline(call->db, 0);
        generation_give(g, call->db);
    }
    tenant_release(s->tenant, g);
    return said;
}

static enum server_answer answer(void *ctx, const struct server_request *r,
                                 struct buf *out)
{
    struct serve_state *s = ctx;
    struct service_call call = {.user = s->user,
                                .get = r->get,
                                .body = r->body,
                                .query = r->query,
                                .variables = r->variables,
                                .operation = r->operation_name};
    int64_t soon = now_us() + SERVE_SHORT;
    bool brief = !r->may_block && soon < r->deadline;
    size_t before = out->n;
    enum server_answer said = ask(s, r, &call, brief ? soon : r->deadline, out);
    if (said != ANSWER_OVERRUN || !brief)
        return said;
    out->n = before;
    return ANSWER_LATER;
}

static enum err reset(void *ctx, bool all, uint64_t *out_generation, struct error *e)
{
    const struct serve_state *s = ctx;
    return tenant_reset(s->tenant, out_generation, e);
}

static void health(void *ctx, struct emit *j)
{
    const struct serve_state *s = ctx;
    struct generation *g = tenant_acquire(s->tenant);
    emit_key_uint(j, "generation", generation_number(g));
    emit_key_uint(j, "records", s->records);
    tenant_release(s->tenant, g);
}

static void metrics(void *ctx, struct buf *out)
{
    const struct serve_state *s = ctx;
    struct generation *g = tenant_acquire(s->tenant);
    buf_printf(out,
               "# HELP sandcast_generation Resets of the tenant, and one.\n"
               "# TYPE sandcast_generation counter\n"
               "sandcast_generation %llu\n",
               (unsigned long long)generation_number(g));
    tenant_release(s->tenant, g);
}

/* ---- starting states */

/* The file's name without folder and ending. */
static void add_name(const char *path, struct buf *out)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    buf_add(out, name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

static enum err fill(const struct serve_tenant_options *o, const struct reader *r,
                     struct serve_tenant *t, const struct common *common,
                     struct error *e)
{
    CLEANUP(layout_freep) struct layout *layout = NULL;
    CLEANUP(loader_freep) struct loader *loader = NULL;
    struct progress progress;
    TRY(layout_new(o->setup->schema, &layout, e));
    const struct fill_options f = {.reader = r,
                                   .schema = o->setup->schema,
                                   .layout = layout,
                                   .fd = tenant_image_fd(t->of->tenant),
                                   .raw = strcmp(t->state, "scrubbed") != 0,
                                   .progress = &progress};
    progress_begin(&progress, common, "loading");
    enum err code = fill_run(&f, &loader, e);
    progress_end(&progress);
    t->of->records = progress.state.records;
    return code;
}

static enum err fill_snapshot(const struct serve_tenant_options *o,
                              struct serve_tenant *t, const struct common *common,
                              struct error *e)
{
    CLEANUP(reader_freep) struct reader *r = NULL;
    t->state = "scrubbed";
    TRY(reader_open(o->path, &r, e));
    TRY(records_schema(r, &o->setup->schema, e));
    return fill(o, r, t, common, e);
}

static enum err fill_export(const struct serve_tenant_options *o,
                            const struct operands *inputs, struct serve_tenant *t,
                            const struct common *common, struct error *e)
{
    CLEANUP(cast_freep) struct cast *c = NULL;
    const struct cast_options cast = {.setup = o->setup, .doing = "reading"};
    TRY(setup_schema(o->setup, e));
    TRY(cast_new(&cast, inputs, common, &c, e));
    return fill(o, cast_reader(c), t, common, e);
}

/* Made up into a file without a name, which is then read as an export is. */
static enum err fill_demo(const struct serve_tenant_options *o, struct serve_tenant *t,
                          const struct common *common, struct error *e)
{
    int fd;
    char path[64];
    struct demo_summary summary = {0};
    const struct demo_options demo = {.records = o->records,
                                      .seed = 1,
                                      .format = DEMO_NDJSON,
                                      .temp = o->setup->temp};
    t->state = "demo";
    TRY(file_temp(o->setup->temp, &fd, e));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const char *items[] = {path};
    const struct operands inputs = {.items = items, .n = 1};
    enum err code = demo_write_fd(&demo, fd, -1, "the invented tenant", &summary, e);
    if (code == ERR_OK)
        code = fill_export(o, &inputs, t, common, e);
    close(fd);
    return code;
}

static enum err fill_blank(const struct serve_tenant_options *o, struct serve_tenant *t,
                           struct error *e)
{
    CLEANUP(layout_freep) struct layout *layout = NULL;
    CLEANUP(loader_freep) struct loader *loader = NULL;
    t->state = "blank";
    TRY(setup_schema(o->setup, e));
    TRY(layout_new(o->setup->schema, &layout, e));
    const struct loader_options l = {.fd = tenant_image_fd(t->of->tenant),
                                     .schema = o->setup->schema,
                                     .layout = layout};
    TRY(loader_new(&l, &loader, e));
    TRY(loader_meta(loader, "state", STR("blank"), e));
    return loader_finish(loader, e);
}

static enum err refuse_raw(const struct serve_tenant_options *o, struct error *e)
{
    if (o->raw)
        return ERR_OK;
    return err_set(e, ERR_USAGE,
                   "this holds what was never scrubbed: scrub it first, or say --raw");
}

/* What the path is decides how the tenant begins. */
static enum err open_tenant(const struct serve_tenant_options *o,
                            struct serve_tenant *t, const struct common *common,
                            struct error *e)
{
    struct tenant_options options = {
        .temp = o->setup->temp, .db = o->db, .prepare = where_functions};
    enum tables_kind kind = TABLES_NONE;
    bool snapshot = false;
    if (o->path || o->db)
        TRY(tables_look(o->path ? o->path : o->db, &kind, e));
    if (kind != TABLES_NONE) {
        t->state = kind == TABLES_SCRUBBED ? "scrubbed" : "raw";
        if (kind == TABLES_RAW)
            TRY(refuse_raw(o, e));
        options.from = o->path;
        return tenant_new(&options, &t->of->tenant, e);
    }
    TRY(tenant_new(&options, &t->of->tenant, e));
    if (o->demo)
        return fill_demo(o, t, common, e);
    if (!o->path)
        return fill_blank(o, t, e);
    TRY(source_is_snapshot(o->path, &snapshot, e));
    if (snapshot)
        return fill_snapshot(o, t, common, e);
    TRY(refuse_raw(o, e));
    const char *items[] = {o->path};
    const struct operands inputs = {.items = items, .n = 1};
    t->state = "raw";
    return fill_export(o, &inputs, t, common, e);
}

static enum err find_user(const struct serve_tenant_options *o, struct serve_state *s,
                          struct error *e)
{
    struct generation *g = tenant_acquire(s->tenant);
    struct sql *db;
    enum err code = generation_take(g, &db, e);
    if (code == ERR_OK) {
        code =
            service_user(s->service, db, str_of(o->user ? o->user : ""), &s->user, e);
        generation_give(g, db);
    }
    tenant_release(s->tenant, g);
    TRY(code);
    if (o->user && !s->user)
        return err_set(e, ERR_USAGE, "--as: the tenant has no such user");
    return ERR_OK;
}

static enum err make(const struct serve_tenant_options *o, struct serve_tenant *t,
                     const struct common *common, struct error *e)
{
    const struct service_options service = {.mode =
                                                o->strict ? COERCE_STRICT : COERCE_ION};
    add_name(o->db ? o->db : o->path ? o->path : o->demo ? "demo" : "blank", &t->name);
    (void)buf_cstr(&t->name);
    TRY(open_tenant(o, t, common, e));
    TRY(tenant_start(t->of->tenant, e));
    t->persistence = o->db ? "file" : "memory";
    buf_add_str(&t->root, tenant_meta(t->of->tenant, "root"));
    TRY(service_new(tenant_schema(t->of->tenant), tenant_layout(t->of->tenant),
                    &service, &t->of->service, e));
    return find_user(o, t->of, e);
}

enum err serve_tenant_open(const struct serve_tenant_options *o,
                           const struct common *common, struct serve_tenant *out,
                           struct error *e)
{
    *out = (struct serve_tenant){.of = NEW(struct serve_state)};
    for (size_t i = 0; i < SERVER_WORKERS(SERVER_JOBS); i++)
        pthread_mutex_init(&out->of->uses[i].lock, NULL);
    out->handler = (struct server_handler){.ctx = out->of,
                                           .answer = answer,
                                           .reset = reset,
                                           .stop = stop,
                                           .health = health,
                                           .metrics = metrics};
    enum err code = make(o, out, common, e);
    if (code != ERR_OK)
        serve_tenant_close(out);
    return code;
}

void serve_tenant_close(struct serve_tenant *t)
{
    service_free(t->of->service);
    tenant_free(t->of->tenant);
    for (size_t i = 0; i < SERVER_WORKERS(SERVER_JOBS); i++)
        pthread_mutex_destroy(&t->of->uses[i].lock);
    free(t->of);
    buf_done(&t->name);
    buf_done(&t->root);
}

/* The query that tools send to learn a schema (graphql-js: getIntrospectionQuery). */
static const char introspection[] =
    "query IntrospectionQuery{__schema{queryType{name}mutationType{name}"
    "subscriptionType{name}types{...FullType}directives{name description locations "
    "isRepeatable args(includeDeprecated:true){...InputValue}}}}"
    "fragment FullType on __Type{kind name description specifiedByURL "
    "fields(includeDeprecated:true){name description "
    "args(includeDeprecated:true){...InputValue}type{...TypeRef}isDeprecated "
    "deprecationReason}inputFields(includeDeprecated:true){...InputValue}"
    "interfaces{...TypeRef}enumValues(includeDeprecated:true){name description "
    "isDeprecated deprecationReason}possibleTypes{...TypeRef}}"
    "fragment InputValue on __InputValue{name description type{...TypeRef}defaultValue "
    "isDeprecated deprecationReason}"
    "fragment TypeRef on __Type{kind name ofType{kind name ofType{kind name ofType{kind "
    "name ofType{kind name ofType{kind name ofType{kind name}}}}}}}";

enum err serve_print_schema(struct setup *setup, bool json, struct error *e)
{
    CLEANUP(layout_freep) struct layout *layout = NULL;
    CLEANUP(service_freep) struct service *service = NULL;
    const struct service_options o = {.mode = COERCE_STRICT};
    const struct service_call call = {.get = true, .query = str_of(introspection)};
    BUF_SCOPED out = BUF_INIT;
    TRY(setup_schema(setup, e));
    TRY(layout_new(setup->schema, &layout, e));
    TRY(service_new(setup->schema, layout, &o, &service, e));
    if (!json)
        return command_print(service_sdl(service), e);
    if (service_answer(service, &call, &out, e) != SERVICE_DONE)
        return err_set(e, ERR_SOFTWARE, "the schema cannot be introspected");
    buf_add_char(&out, '\n');
    return command_print(buf_str(&out), e);
}
