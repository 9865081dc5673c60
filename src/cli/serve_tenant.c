#include "cli/serve_tenant.h"

#include "archive/reader.h"
#include "base/alloc.h"
#include "crypt/digest.h"
#include "doc/doc.h"

/* The one document that needs no schema. */
static bool is_typename(struct str query)
{
    static const char wanted[] = "{__typename}";
    size_t at = 0;
    for (size_t i = 0; i < query.n; i++) {
        char c = query.p[i];
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == ',')
            continue;
        if (at >= sizeof wanted - 1 || c != wanted[at++])
            return false;
    }
    return at == sizeof wanted - 1;
}

static enum server_answer say(struct buf *out, enum server_answer what,
                              const char *message)
{
    buf_printf(out, "{\"errors\":[{\"message\":\"%s\"}]}", message);
    return what;
}

static enum server_answer answer(void *ctx, const struct server_request *r,
                                 struct buf *out)
{
    struct str query = r->query;
    CLEANUP(doc_freep) struct doc *d = NULL;
    if (!r->get) {
        if (doc_json(r->body, "body", &d, NULL) != ERR_OK)
            return say(out, ANSWER_MALFORMED, "the body is no JSON");
        const struct doc_node *n = doc_get(doc_root(d), "query");
        query = n && n->kind == DOC_STRING ? n->text : str_n(NULL, 0);
    }
    if (!query.p)
        return say(out, ANSWER_MALFORMED, "the request has no query");
    if (!is_typename(query))
        return say(out, ANSWER_INVALID,
                   "this build of sandcast answers nothing but { __typename }");
    buf_printf(out, "{\"data\":{\"__typename\":\"Query\"}}");
    return ANSWER_EXECUTED;
}

/* The file's name without folder and ending. */
static void add_name(const char *path, struct buf *out)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    buf_add(out, name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

enum err serve_tenant_open(const struct serve_tenant_options *o,
                           struct serve_tenant *out, struct error *e)
{
    *out = (struct serve_tenant){.handler = {.answer = answer}, .persistence = "none"};
    add_name(o->path ? o->path : "blank", &out->name);
    (void)buf_cstr(&out->name);
    if (!o->path)
        return ERR_OK;
    CLEANUP(reader_freep) struct reader *r = NULL;
    uint8_t root[ROOT_SIZE];
    TRY(reader_open(o->path, &r, e));
    reader_root(r, root);
    hex_add(&out->root, root, sizeof root);
    return ERR_OK;
}

void serve_tenant_close(struct serve_tenant *t)
{
    buf_done(&t->name);
    buf_done(&t->root);
}
