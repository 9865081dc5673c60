#include "drift/json_delta.h"

#include "drift/json_tree.h"
#include "drift/pointer.h"
#include "json/escape.h"

struct delta {
    struct json_tree *tree;
    struct buf path;
    struct buf *out, *missing;
    bool more; /* an operation stands there already */
};

/* ---- RFC 6902 */

static void operation(struct delta *d, const char *op, const struct json_node *value)
{
    if (d->more)
        buf_add_char(d->out, ',');
    d->more = true;
    buf_printf(d->out, "{\"op\":\"%s\",\"path\":", op);
    escape_add_quoted(d->out, buf_str(&d->path));
    if (value) {
        buf_add_str(d->out, STR(",\"value\":"));
        buf_add_str(d->out, value->text);
    }
    buf_add_char(d->out, '}');
}

static void removal(struct delta *d, const struct json_node *old)
{
    operation(d, "test", old);
    operation(d, "remove", NULL);
}

static enum err values(struct delta *d, const struct json_node *a,
                       const struct json_node *b, struct error *e);

static enum err members(struct delta *d, const struct json_node *a,
                        const struct json_node *b, struct error *e)
{
    size_t length = d->path.n;
    for (size_t i = 0, k = 0; i < a->n || k < b->n;) {
        int order = i == a->n   ? 1
                    : k == b->n ? -1
                                : str_cmp(a->by_name[i]->name, b->by_name[k]->name);
        struct str name = order <= 0 ? a->by_name[i]->name : b->by_name[k]->name;
        const struct json_node *x = order <= 0 ? a->by_name[i++] : NULL;
        const struct json_node *y = order >= 0 ? b->by_name[k++] : NULL;
        pointer_name(&d->path, name);
        if (x && y)
            TRY(values(d, x, y, e));
        else if (x)
            removal(d, x);
        else
            operation(d, "add", y);
        d->path.n = length;
    }
    return ERR_OK;
}

/* How many elements are equal at the beginning and, of the rest, at the end. */
static enum err trim(struct delta *d, const struct json_node *a,
                     const struct json_node *b, size_t out[2], struct error *e)
{
    size_t least = a->n < b->n ? a->n : b->n;
    bool equal = true;
    out[0] = out[1] = 0;
    while (out[0] < least && equal) {
        TRY(json_tree_equal(d->tree, a->items[out[0]], b->items[out[0]], &equal, e));
        out[0] += equal;
    }
    equal = true;
    while (out[1] < least - out[0] && equal) {
        TRY(json_tree_equal(d->tree, a->items[a->n - 1 - out[1]],
                            b->items[b->n - 1 - out[1]], &equal, e));
        out[1] += equal;
    }
    return ERR_OK;
}

static enum err elements(struct delta *d, const struct json_node *a,
                         const struct json_node *b, struct error *e)
{
    size_t length = d->path.n, ends[2];
    TRY(trim(d, a, b, ends, e));
    size_t n[2] = {a->n - ends[1], b->n - ends[1]};
    size_t both = n[0] < n[1] ? n[0] : n[1];
    for (size_t i = ends[0]; i < both; i++) {
        pointer_index(&d->path, i);
        TRY(values(d, a->items[i], b->items[i], e));
        d->path.n = length;
    }
    for (size_t i = n[0]; i-- > both;) {
        pointer_index(&d->path, i);
        removal(d, a->items[i]);
        d->path.n = length;
    }
    for (size_t i = both; i < n[1]; i++) {
        pointer_index(&d->path, i);
        operation(d, "add", b->items[i]);
        d->path.n = length;
    }
    return ERR_OK;
}

static enum err values(struct delta *d, const struct json_node *a,
                       const struct json_node *b, struct error *e)
{
    bool equal;
    if (a->kind == b->kind && a->kind == VALUE_OBJECT)
        return members(d, a, b, e);
    if (a->kind == b->kind && a->kind == VALUE_LIST)
        return elements(d, a, b, e);
    TRY(json_tree_equal(d->tree, a, b, &equal, e));
    if (equal)
        return ERR_OK;
    operation(d, "test", a);
    operation(d, "replace", b);
    return ERR_OK;
}

enum err json_delta_patch(struct str left, struct str right, struct buf *out,
                          struct error *e)
{
    struct json_tree t;
    struct delta d = {.tree = &t, .out = out};
    struct json_node *a, *b;
    size_t begin = out->n;
    json_tree_init(&t);
    buf_add_char(out, '[');
    enum err code = json_tree_read(&t, left, &a, e);
    if (code == ERR_OK)
        code = json_tree_read(&t, right, &b, e);
    if (code == ERR_OK)
        code = values(&d, a, b, e);
    buf_add_char(out, ']');
    if (code != ERR_OK)
        out->n = begin;
    buf_done(&d.path);
    json_tree_done(&t);
    return code;
}

/* ---- RFC 7396 */

static void miss(struct delta *d)
{
    if (d->missing->n)
        buf_add_char(d->missing, ',');
    escape_add_quoted(d->missing, buf_str(&d->path));
}

static void add_name(struct delta *d, const struct json_node *member, bool *more)
{
    if (*more)
        buf_add_char(d->out, ',');
    *more = true;
    buf_add_char(d->out, '"');
    buf_add_str(d->out, member->spelled);
    buf_add_str(d->out, STR("\":"));
}

/* A value where no object was: nulls in its objects would be gone when it is merged. */
static void whole(struct delta *d, const struct json_node *v)
{
    size_t length = d->path.n;
    bool more = false;
    if (v->kind != VALUE_OBJECT) {
        buf_add_str(d->out, v->text);
        return;
    }
    buf_add_char(d->out, '{');
    for (size_t i = 0; i < v->n; i++) {
        const struct json_node *item = v->items[i];
        pointer_name(&d->path, item->name);
        if (item->kind == VALUE_NULL) {
            miss(d);
        } else {
            add_name(d, item, &more);
            whole(d, item);
        }
        d->path.n = length;
    }
    buf_add_char(d->out, '}');
}

static enum err merged(struct delta *d, const struct json_node *a,
                       const struct json_node *b, struct error *e);

static enum err merged_member(struct delta *d, const struct json_node *x,
                              const struct json_node *y, bool *more, struct error *e)
{
    bool equal = false;
    if (!y) {
        add_name(d, x, more);
        buf_add_str(d->out, STR("null"));
        return ERR_OK;
    }
    if (x)
        TRY(json_tree_equal(d->tree, x, y, &equal, e));
    if (equal)
        return ERR_OK;
    if (y->kind == VALUE_NULL) {
        miss(d);
        return ERR_OK;
    }
    add_name(d, y, more);
    return merged(d, x, y, e);
}

static enum err merged(struct delta *d, const struct json_node *a,
                       const struct json_node *b, struct error *e)
{
    size_t length = d->path.n;
    bool more = false;
    if (!a || a->kind != VALUE_OBJECT || b->kind != VALUE_OBJECT) {
        whole(d, b);
        return ERR_OK;
    }
    buf_add_char(d->out, '{');
    for (size_t i = 0, k = 0; i < a->n || k < b->n;) {
        int order = i == a->n   ? 1
                    : k == b->n ? -1
                                : str_cmp(a->by_name[i]->name, b->by_name[k]->name);
        struct str name = order <= 0 ? a->by_name[i]->name : b->by_name[k]->name;
        const struct json_node *x = order <= 0 ? a->by_name[i++] : NULL;
        const struct json_node *y = order >= 0 ? b->by_name[k++] : NULL;
        pointer_name(&d->path, name);
        TRY(merged_member(d, x, y, &more, e));
        d->path.n = length;
    }
    buf_add_char(d->out, '}');
    return ERR_OK;
}

static enum err merge_trees(struct delta *d, struct str left, struct str right,
                            struct error *e)
{
    struct json_node *a = NULL, *b;
    if (left.p)
        TRY(json_tree_read(d->tree, left, &a, e));
    TRY(json_tree_read(d->tree, right, &b, e));
    if (b->kind == VALUE_NULL && d->path.n) {
        miss(d);
        return ERR_OK;
    }
    return merged(d, a, b, e);
}

enum err json_delta_merge(struct str left, struct str right, struct str path,
                          struct buf *out, struct buf *missing, struct error *e)
{
    struct json_tree t;
    struct delta d = {.tree = &t, .out = out, .missing = missing};
    size_t begin = out->n, missed = missing->n;
    json_tree_init(&t);
    buf_add_str(&d.path, path);
    enum err code = merge_trees(&d, left, right, e);
    if (code != ERR_OK) {
        out->n = begin;
        missing->n = missed;
    }
    buf_done(&d.path);
    json_tree_done(&t);
    return code;
}
