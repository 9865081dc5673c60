#include "graphql/request.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "graphql/api.h"
#include "graphql/documents.h"
#include "graphql/execute.h"
#include "graphql/tree.h"
#include "graphql/validate.h"

/* What one request at a time needs, kept for the next one. */
struct session {
    struct arena arena;
    struct buf sql;
    struct session *next;
};

struct service {
    struct service_options options;
    const struct schema *schema;
    const struct layout *layout;
    struct types *types;
    struct bind *bind;
    struct buf sdl;
    struct documents documents;
    pthread_mutex_t lock; /* over `idle` */
    struct session *idle;
};

/* One request: what was asked, and where its answer goes. */
struct asked {
    struct service *s;
    struct session *session;
    const struct service_call *call;
    struct str query, variables, operation;
    struct errors errors;
    struct buf *out;
    struct error *e;
};

/* ---- sessions */

static struct session *session_take(struct service *s)
{
    pthread_mutex_lock(&s->lock);
    struct session *one = s->idle;
    if (one)
        s->idle = one->next;
    pthread_mutex_unlock(&s->lock);
    return one ? one : NEW(struct session);
}

static void session_give(struct service *s, struct session *one)
{
    arena_clear(&one->arena);
    pthread_mutex_lock(&s->lock);
    one->next = s->idle;
    s->idle = one;
    pthread_mutex_unlock(&s->lock);
}

/* ---- answers that are errors only */

static void add_errors(struct asked *a)
{
    struct emit j;
    emit_init(&j, a->out);
    emit_object(&j);
    emit_key(&j, STR("errors"));
    errors_emit(&a->errors, &j);
    emit_object_end(&j);
}

static enum service_status refuse(struct asked *a, enum service_status answer,
                                  const char *line)
{
    if (line)
        errors_add(&a->errors, "%s", line);
    add_errors(a);
    return answer;
}

/* ---- one request */

static const struct sdl_def *choose(struct asked *a, const struct sdl_request *request)
{
    const struct sdl_def *found = NULL;
    for (const struct sdl_def *d = request->first; d; d = d->next) {
        if (d->kind != SDL_DEF_OPERATION)
            continue;
        if (a->operation.n && !str_eq(d->name, a->operation))
            continue;
        if (found) {
            errors_add(&a->errors, "Must provide operation name if query contains "
                                   "multiple operations.");
            return NULL;
        }
        found = d;
    }
    if (!found && a->operation.n)
        errors_add(&a->errors, "Unknown operation named \"%.*s\".",
                   STR_ARG(a->operation));
    else if (!found)
        errors_add(&a->errors, "Must provide an operation.");
    return found;
}

/* Parses and validates. NULL: a->errors says why. */
static struct document *read_document(struct asked *a)
{
    struct document *doc = documents_new(a->query, a->operation);
    struct sdl_request request;
    struct sdl_fault fault;
    if (sdl_request(doc->text, &SDL_REQUEST_LIMITS, &doc->arena, &request, &fault) !=
        ERR_OK) {
        struct str line = arena_str(&a->session->arena, fault.message);
        errors_at(&a->errors, fault.place, "%.*s", STR_ARG(line));
    } else {
        const struct validate v = {.mode = a->s->options.mode,
                                   .arena = &a->session->arena,
                                   .errors = &a->errors};
        if (validate_request(&v, a->s->types, &request))
            doc->operation = choose(a, &request);
    }
    if (doc->operation)
        return doc;
    documents_give(&a->s->documents, doc);
    return NULL;
}

static enum service_status execute(struct asked *a, struct document *doc, bool is_new)
{
    struct run r = {.bind = a->s->bind,
                    .db = a->call->db,
                    .arena = &a->session->arena,
                    .errors = &a->errors,
                    .out = a->out,
                    .sql = a->session->sql,
                    .user = a->call->user};
    r.coerce = (struct coerce){.mode = a->s->options.mode,
                               .types = a->s->types,
                               .arena = r.arena,
                               .errors = &a->errors};
    if (!coerce_variables(&r.coerce, doc->operation, a->variables, &r.vars))
        return refuse(a, SERVICE_REFUSED, NULL);
    const struct plan_set *plan = doc->plan;
    if (!plan) {
        struct plan_options o = {
            .bind = a->s->bind, .coerce = &r.coerce, .vars = &r.vars};
        plan = plan_build(&o, doc->operation, is_new ? &doc->arena : r.arena);
        if (!plan)
            return refuse(a, SERVICE_REFUSED, NULL);
        if (is_new && !o.varies)
            doc->plan = plan;
    }
    if (is_new && doc->text.n <= SERVICE_KEPT)
        documents_keep(&a->s->documents, doc);
    size_t before = a->out->n;
    buf_add_str(a->out, STR("{\"data\":"));
    enum err code = execute_query(&r, plan, a->e);
    rows_end(&r);
    a->session->sql = r.sql;
    if (code != ERR_OK) {
        a->out->n = before;
        bool limit = code == ERR_LIMIT;
        return refuse(a, limit ? SERVICE_TOO_MUCH : SERVICE_FAULT,
                      limit ? "The request takes too much: paginate it."
                            : "The server failed.");
    }
    if (a->errors.n) {
        struct emit j;
        buf_add_str(a->out, STR(",\"errors\":"));
        emit_init(&j, a->out);
        errors_emit(&a->errors, &j);
    }
    buf_add_char(a->out, '}');
    return SERVICE_DONE;
}

static enum service_status answer_one(struct asked *a)
{
    struct document *doc = documents_find(&a->s->documents, a->query, a->operation);
    bool is_new = !doc;
    if (is_new)
        doc = read_document(a);
    if (!doc)
        return refuse(a, SERVICE_REFUSED, NULL);
    enum service_status answer;
    if (a->call->get && doc->operation->operation != SDL_QUERY)
        answer = refuse(a, SERVICE_METHOD, "Only queries can be sent by GET.");
    else if (doc->operation->operation != SDL_QUERY)
        answer = refuse(a, SERVICE_REFUSED, "The API has queries only.");
    else
        answer = execute(a, doc, is_new);
    documents_give(&a->s->documents, doc);
    return answer;
}

/* ---- bodies */

/* What is wrong with the shape of {query, variables, operationName}, or NULL. */
static const char *read_members(struct asked *a, const struct tree *object)
{
    const struct tree *query = tree_get(object, STR("query"));
    const struct tree *variables = tree_get(object, STR("variables"));
    const struct tree *operation = tree_get(object, STR("operationName"));
    const struct tree *extensions = tree_get(object, STR("extensions"));
    bool strict = a->s->options.mode == COERCE_STRICT;
    if (object->kind != SCAN_OBJECT)
        return "The body must be a JSON object, or an array of these.";
    if (!query || query->kind != SCAN_STRING)
        return "Must provide query string.";
    if (operation && operation->kind != SCAN_STRING && operation->kind != SCAN_NULL)
        return "operationName must be a string.";
    if (variables && variables->kind != SCAN_OBJECT && variables->kind != SCAN_NULL &&
        (strict || variables->kind != SCAN_STRING || variables->text.n))
        return "variables must be an object.";
    if (strict && extensions && extensions->kind != SCAN_OBJECT &&
        extensions->kind != SCAN_NULL)
        return "extensions must be an object.";
    a->query = query->text;
    a->variables =
        variables && variables->kind == SCAN_OBJECT ? variables->raw : str_n(NULL, 0);
    a->operation =
        operation && operation->kind == SCAN_STRING ? operation->text : str_n(NULL, 0);
    return NULL;
}

static enum service_status answer_object(struct asked *a, const struct tree *object)
{
    const char *problem = read_members(a, object);
    errors_init(&a->errors, &a->session->arena, ERRORS_LIMIT);
    return problem ? refuse(a, SERVICE_MALFORMED, problem) : answer_one(a);
}

/* Each with an answer of its own; what HTTP says is 200 unless one is too much. */
static enum service_status answer_batch(struct asked *a, const struct tree *list)
{
    size_t before = a->out->n;
    if (!list->n)
        return refuse(a, SERVICE_MALFORMED, "The batch has no requests.");
    if (list->n > SERVICE_BATCH)
        return refuse(a, SERVICE_MALFORMED, "The batch has more than 500 requests.");
    buf_add_char(a->out, '[');
    for (const struct tree *t = list->items; t; t = t->next) {
        if (t != list->items)
            buf_add_char(a->out, ',');
        enum service_status one = answer_object(a, t);
        bool over = a->out->n - before > RUN_BYTES;
        if (one != SERVICE_TOO_MUCH && one != SERVICE_FAULT && !over)
            continue;
        a->out->n = before;
        errors_init(&a->errors, &a->session->arena, ERRORS_LIMIT);
        return refuse(a, over ? SERVICE_TOO_MUCH : one,
                      over || one == SERVICE_TOO_MUCH
                          ? "The request takes too much: paginate it."
                          : "The server failed.");
    }
    buf_add_char(a->out, ']');
    return SERVICE_DONE;
}

static enum service_status answer_body(struct asked *a)
{
    struct tree *body = NULL;
    struct str json = a->call->body;
    errors_init(&a->errors, &a->session->arena, ERRORS_LIMIT);
    if (json.n > SERVICE_BODY ||
        tree_read(json, &a->session->arena, &body, NULL) != ERR_OK)
        return refuse(a, SERVICE_MALFORMED, "The body is no JSON.");
    return body->kind == SCAN_ARRAY ? answer_batch(a, body) : answer_object(a, body);
}

/* variables of a GET request are JSON. */
static enum service_status answer_get(struct asked *a)
{
    const struct service_call *c = a->call;
    struct tree *variables = NULL;
    errors_init(&a->errors, &a->session->arena, ERRORS_LIMIT);
    if (!c->query.p)
        return refuse(a, SERVICE_MALFORMED, "Must provide query string.");
    if (c->variables.n &&
        (tree_read(c->variables, &a->session->arena, &variables, NULL) != ERR_OK ||
         (variables->kind != SCAN_OBJECT && variables->kind != SCAN_NULL)))
        return refuse(a, SERVICE_MALFORMED, "variables must be an object.");
    a->query = c->query;
    a->operation = c->operation;
    a->variables =
        variables && variables->kind == SCAN_OBJECT ? variables->raw : str_n(NULL, 0);
    return answer_one(a);
}

enum service_status service_answer(struct service *s, const struct service_call *call,
                                   struct buf *out, struct error *e)
{
    struct asked a = {
        .s = s, .session = session_take(s), .call = call, .out = out, .e = e};
    enum service_status answer = call->get ? answer_get(&a) : answer_body(&a);
    session_give(s, a.session);
    return answer;
}

/* ---- the service */

enum err service_new(struct schema *schema, const struct layout *layout,
                     const struct service_options *o, struct service **out,
                     struct error *e)
{
    CLEANUP(service_freep) struct service *s = NEW(struct service);
    s->options = *o;
    s->schema = schema;
    s->layout = layout;
    pthread_mutex_init(&s->lock, NULL);
    documents_init(&s->documents, SERVICE_DOCUMENTS, SERVICE_BYTES);
    TRY(api_write(schema, &s->sdl, e));
    TRY(types_load(buf_str(&s->sdl), "the API", &s->types, e));
    TRY(bind_new(schema, layout, s->types, &s->bind, e));
    *out = s;
    s = NULL;
    return ERR_OK;
}

void service_free(struct service *s)
{
    if (!s)
        return;
    while (s->idle) {
        struct session *one = s->idle;
        s->idle = one->next;
        arena_done(&one->arena);
        buf_done(&one->sql);
        free(one);
    }
    documents_done(&s->documents);
    bind_free(s->bind);
    types_free(s->types);
    buf_done(&s->sdl);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

struct str service_sdl(const struct service *s)
{
    return buf_str(&s->sdl);
}

enum err service_user(const struct service *s, struct sql *db, struct str who,
                      int64_t *out, struct error *e)
{
    const struct type *type = schema_type(s->schema, STR("User"));
    const struct layout_table *t = type ? layout_table(s->layout, type) : NULL;
    const struct field *email = type ? schema_field(type, STR("email")) : NULL;
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    BUF_SCOPED text = BUF_INIT;
    bool found;
    *out = 0;
    if (!t || !t->is_rowid || !email || layout_column(t, email) < 0)
        return ERR_OK;
    struct str id = t->key[0]->quoted;
    buf_printf(&text,
               "SELECT %.*s FROM %.*s WHERE ?1 = '' OR %.*s = ?1 OR "
               "CAST(%.*s AS TEXT) = ?1 ORDER BY 1 LIMIT 1",
               STR_ARG(id), STR_ARG(t->quoted),
               STR_ARG(t->columns[layout_column(t, email)].quoted), STR_ARG(id));
    TRY(sql_prepare(db, buf_str(&text), &q, e));
    sql_bind_text(q, 1, who);
    TRY(sql_step(q, &found, e));
    if (found)
        *out = sql_int(q, 0);
    return ERR_OK;
}
