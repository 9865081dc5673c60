#include "graphql/tree.h"

#include <assert.h>

#include "base/buf.h"

/* The open containers, innermost first. */
struct level {
    struct tree *node;
    struct tree **tail;
    struct level *outer;
};

static enum err string(struct scan *s, struct arena *a, struct str *out,
                       struct error *e)
{
    if (!s->escaped) {
        *out = arena_str(a, s->token);
        return ERR_OK;
    }
    BUF_SCOPED text = BUF_INIT;
    TRY(scan_unescape(s->token, &text, e));
    *out = arena_str(a, buf_str(&text));
    return ERR_OK;
}

static enum err read_events(struct scan *s, struct str json, struct arena *a,
                            struct tree *root, struct error *e)
{
    struct level top = {.node = root, .tail = &root->items}, *at = &top;
    struct str name = {0};
    enum scan_event ev;
    while ((ev = scan_next(s)) > SCAN_MORE) {
        assert(at); /* the scanner pairs brackets */
        if (ev == SCAN_KEY) {
            TRY(string(s, a, &name, e));
            continue;
        }
        if (ev == SCAN_OBJECT_END || ev == SCAN_ARRAY_END) {
            at->node->raw.n = (size_t)(json.p + s->offset + 1 - at->node->raw.p);
            at = at->outer;
            continue;
        }
        struct tree *t = ARENA_NEW(a, struct tree);
        bool quoted = ev == SCAN_STRING;
        *t = (struct tree){.kind = ev, .name = name};
        size_t size = quoted             ? s->token.n + 2
                      : ev == SCAN_FALSE ? 5
                      : s->token.n       ? s->token.n
                                         : 4;
        t->raw = str_n(json.p + s->offset, size);
        if (quoted)
            TRY(string(s, a, &t->text, e));
        else if (ev == SCAN_NUMBER)
            t->text = t->raw;
        *at->tail = t;
        at->tail = &t->next;
        at->node->n++;
        name = str_n(NULL, 0);
        if (ev == SCAN_OBJECT || ev == SCAN_ARRAY) {
            struct level *inner = ARENA_NEW(a, struct level);
            *inner = (struct level){.node = t, .tail = &t->items, .outer = at};
            at = inner;
        }
    }
    return ev == SCAN_BAD ? err_set(e, ERR_DATA, "no JSON") : ERR_OK;
}

enum err tree_read(struct str json, struct arena *a, struct tree **out, struct error *e)
{
    CLEANUP(scan_done) struct scan s;
    scan_init(&s);
    struct tree root = {0};
    enum err r = ERR_OK;
    scan_feed(&s, json);
    r = read_events(&s, json, a, &root, e);
    if (r == ERR_OK) {
        scan_finish(&s);
        r = read_events(&s, json, a, &root, e);
    }
    if (r == ERR_OK && !root.items)
        r = err_set(e, ERR_DATA, "no JSON");
    if (r == ERR_OK)
        *out = root.items;
    return r;
}

const struct tree *tree_get(const struct tree *object, struct str name)
{
    const struct tree *found = NULL;
    if (object->kind == SCAN_OBJECT)
        for (const struct tree *t = object->items; t; t = t->next)
            if (str_eq(t->name, name))
                found = t;
    return found;
}
