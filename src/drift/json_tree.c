#include "drift/json_tree.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "json/escape.h"
#include "json/number.h"

void json_tree_init(struct json_tree *t)
{
    *t = (struct json_tree){0};
    scan_init(&t->scan);
}

void json_tree_done(struct json_tree *t)
{
    scan_done(&t->scan);
    arena_done(&t->arena);
    free(t->open);
}

static enum err work(struct json_tree *t, size_t n, struct error *e)
{
    t->work += n;
    if (t->work <= JSON_TREE_WORK)
        return ERR_OK;
    return err_set(e, ERR_LIMIT,
                   "this would take too long: too much to compare or move");
}

/* NULL past the limit: ERR_LIMIT is set. */
static struct json_node *new_node(struct json_tree *t, struct error *e)
{
    if (t->values++ < JSON_TREE_VALUES)
        return ARENA_NEW(&t->arena, struct json_node);
    err_set(e, ERR_LIMIT, "more than %u values", JSON_TREE_VALUES);
    return NULL;
}

/* ---- reading */

static int by_name(const void *a, const void *b)
{
    const struct json_node *const *x = a, *const *y = b;
    return str_cmp((*x)->name, (*y)->name);
}

/* The nodes behind place `at` are the items of the container that stands there. */
static enum err close_container(struct json_tree *t, size_t at, struct error *e)
{
    struct json_node *v = t->open[at];
    v->n = v->cap = t->n - at - 1;
    v->items = ARENA_ARRAY(&t->arena, struct json_node *, v->n + 1);
    memcpy(v->items, t->open + at + 1, v->n * sizeof(struct json_node *));
    t->n = at + 1;
    if (v->kind != VALUE_OBJECT)
        return ERR_OK;
    v->by_name = ARENA_ARRAY(&t->arena, struct json_node *, v->n + 1);
    memcpy(v->by_name, v->items, v->n * sizeof(struct json_node *));
    qsort(v->by_name, v->n, sizeof(struct json_node *), by_name);
    for (size_t i = 1; i < v->n; i++)
        if (str_eq(v->by_name[i - 1]->name, v->by_name[i]->name))
            return err_set(e, ERR_DATA, "a member stands twice in one object");
    return ERR_OK;
}

static enum value_kind kind_of(enum scan_event event)
{
    switch ((int)event) {
    case SCAN_OBJECT: return VALUE_OBJECT;
    case SCAN_ARRAY: return VALUE_LIST;
    case SCAN_STRING: return VALUE_STRING;
    case SCAN_NUMBER: return VALUE_NUMBER;
    case SCAN_NULL: return VALUE_NULL;
    default: return VALUE_BOOL;
    }
}

static size_t size_of(const struct scan *s, enum scan_event event)
{
    switch ((int)event) {
    case SCAN_STRING: return s->token.n + 2;
    case SCAN_NUMBER: return s->token.n;
    case SCAN_TRUE:
    case SCAN_NULL: return 4;
    case SCAN_FALSE: return 5;
    default: return 1; /* a bracket; it grows when the container is closed */
    }
}

/* What has been read so far of one text. */
struct reading {
    struct str json, name, spelled;
    size_t containers[SCAN_DEPTH], depth;
};

static enum err read_name(struct json_tree *t, struct reading *r, const char *begin,
                          struct error *e)
{
    r->name = r->spelled = str_n(begin + 1, t->scan.token.n);
    if (!t->scan.escaped)
        return ERR_OK;
    BUF_SCOPED text = BUF_INIT;
    TRY(scan_unescape(r->spelled, &text, e));
    r->name = arena_str(&t->arena, buf_str(&text));
    return ERR_OK;
}

static enum err take(struct json_tree *t, struct reading *r, enum scan_event event,
                     struct error *e)
{
    const char *begin = r->json.p + t->scan.offset;
    if (event == SCAN_KEY)
        return read_name(t, r, begin, e);
    if (event == SCAN_OBJECT_END || event == SCAN_ARRAY_END) {
        size_t at = r->containers[--r->depth];
        t->open[at]->text.n = (size_t)(begin + 1 - t->open[at]->text.p);
        return close_container(t, at, e);
    }
    if (event == SCAN_OBJECT || event == SCAN_ARRAY)
        r->containers[r->depth++] = t->n;
    struct json_node *v = new_node(t, e);
    if (!v)
        return ERR_LIMIT;
    v->kind = kind_of(event);
    v->name = r->name;
    v->spelled = r->spelled;
    v->text = str_n(begin, size_of(&t->scan, event));
    VEC_PUSH(t->open, t->n, t->cap) = v;
    r->name = r->spelled = (struct str){0};
    return ERR_OK;
}

enum err json_tree_read(struct json_tree *t, struct str json, struct json_node **out,
                        struct error *e)
{
    struct reading r = {.json = json};
    enum scan_event event;
    if (json.n > JSON_TREE_SIZE)
        return err_set(e, ERR_LIMIT, "a document of more than 64 MiB");
    t->n = 0;
    scan_reset(&t->scan, 0);
    scan_feed(&t->scan, json);
    scan_finish(&t->scan);
    while ((event = scan_next(&t->scan)) > SCAN_MORE)
        TRY(take(t, &r, event, e));
    if (event == SCAN_END) {
        *out = t->open[0];
        return ERR_OK;
    }
    if (e)
        *e = t->scan.error;
    return t->scan.error.code;
}

/* ---- looking */

/* Where the name stands among the members, or would. */
static size_t place_of(const struct json_node *v, struct str name)
{
    size_t low = 0, high = v->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(v->by_name[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct json_node *json_tree_member(const struct json_node *v, struct str name)
{
    if (!v || v->kind != VALUE_OBJECT)
        return NULL;
    size_t i = place_of(v, name);
    return i < v->n && str_eq(v->by_name[i]->name, name) ? v->by_name[i] : NULL;
}

enum err json_tree_text(struct json_tree *t, const struct json_node *v, struct str *out,
                        struct error *e)
{
    struct str token = str_n(v->text.p + 1, v->text.n - 2);
    *out = token;
    if (!token.n || !memchr(token.p, '\\', token.n))
        return ERR_OK;
    BUF_SCOPED text = BUF_INIT;
    TRY(scan_unescape(token, &text, e));
    *out = arena_str(&t->arena, buf_str(&text));
    return ERR_OK;
}

enum err json_tree_height(struct json_tree *t, const struct json_node *v, unsigned *out,
                          struct error *e)
{
    unsigned most = 0, height;
    TRY(work(t, 1, e));
    for (size_t i = 0; i < v->n; i++) {
        TRY(json_tree_height(t, v->items[i], &height, e));
        most = height > most ? height : most;
    }
    *out = most + (v->kind >= VALUE_LIST);
    return ERR_OK;
}

static enum err equal_strings(const struct json_node *a, const struct json_node *b,
                              bool *out, struct error *e)
{
    BUF_SCOPED x = BUF_INIT;
    BUF_SCOPED y = BUF_INIT;
    *out = str_eq(a->text, b->text);
    if (*out ||
        (!memchr(a->text.p, '\\', a->text.n) && !memchr(b->text.p, '\\', b->text.n)))
        return ERR_OK;
    TRY(scan_unescape(str_n(a->text.p + 1, a->text.n - 2), &x, e));
    TRY(scan_unescape(str_n(b->text.p + 1, b->text.n - 2), &y, e));
    *out = str_eq(buf_str(&x), buf_str(&y));
    return ERR_OK;
}

static enum err equal_items(struct json_tree *t, const struct json_node *a,
                            const struct json_node *b, bool *out, struct error *e)
{
    bool object = a->kind == VALUE_OBJECT;
    *out = a->n == b->n;
    for (size_t i = 0; i < a->n && *out; i++) {
        const struct json_node *x = object ? a->by_name[i] : a->items[i];
        const struct json_node *y = object ? b->by_name[i] : b->items[i];
        if (object && !str_eq(x->name, y->name))
            *out = false;
        else
            TRY(json_tree_equal(t, x, y, out, e));
    }
    return ERR_OK;
}

enum err json_tree_equal(struct json_tree *t, const struct json_node *a,
                         const struct json_node *b, bool *out, struct error *e)
{
    *out = false;
    if (a->kind != b->kind)
        return ERR_OK;
    bool container = a->kind >= VALUE_LIST;
    TRY(work(t, container ? 1 : a->text.n + b->text.n, e));
    if (container)
        return equal_items(t, a, b, out, e);
    if (a->kind == VALUE_STRING)
        return equal_strings(a, b, out, e);
    *out = a->kind == VALUE_NUMBER ? number_cmp(a->text, b->text) == 0
                                   : str_eq(a->text, b->text);
    return ERR_OK;
}

/* ---- changing */

enum err json_tree_object(struct json_tree *t, struct json_node **out, struct error *e)
{
    struct json_node *v = new_node(t, e);
    if (!v)
        return ERR_LIMIT;
    v->kind = VALUE_OBJECT;
    v->text = STR("{}");
    *out = v;
    return ERR_OK;
}

enum err json_tree_copy(struct json_tree *t, const struct json_node *v,
                        struct json_node **out, struct error *e)
{
    struct json_node *copy = new_node(t, e);
    if (!copy)
        return ERR_LIMIT;
    *copy = *v;
    copy->cap = v->n;
    copy->items = ARENA_ARRAY(&t->arena, struct json_node *, v->n + 1);
    for (size_t i = 0; i < v->n; i++)
        TRY(json_tree_copy(t, v->items[i], &copy->items[i], e));
    if (v->kind == VALUE_OBJECT) {
        copy->by_name = ARENA_ARRAY(&t->arena, struct json_node *, v->n + 1);
        memcpy(copy->by_name, copy->items, v->n * sizeof(struct json_node *));
        qsort(copy->by_name, v->n, sizeof(struct json_node *), by_name);
    }
    *out = copy;
    return ERR_OK;
}

/* Room for one item more. */
static void grow(struct json_tree *t, struct json_node *v)
{
    if (v->n < v->cap)
        return;
    size_t cap = v->cap ? v->cap * 2 : 4;
    struct json_node **items = ARENA_ARRAY(&t->arena, struct json_node *, cap);
    if (v->n)
        memcpy(items, v->items, v->n * sizeof(struct json_node *));
    v->items = items;
    if (v->kind == VALUE_OBJECT) {
        items = ARENA_ARRAY(&t->arena, struct json_node *, cap);
        if (v->n)
            memcpy(items, v->by_name, v->n * sizeof(struct json_node *));
        v->by_name = items;
    }
    v->cap = cap;
}

static size_t index_of(const struct json_node *v, const struct json_node *item)
{
    size_t i = 0;
    while (v->items[i] != item)
        i++;
    return i;
}

static void open_gap(struct json_node **items, size_t i, size_t n)
{
    memmove(items + i + 1, items + i, (n - i) * sizeof *items);
}

static void close_gap(struct json_node **items, size_t i, size_t n)
{
    memmove(items + i, items + i + 1, (n - i - 1) * sizeof *items);
}

enum err json_tree_put(struct json_tree *t, struct json_node *object, struct str name,
                       struct json_node *v, struct error *e)
{
    const struct json_node *old = json_tree_member(object, name);
    TRY(work(t, object->n + 1, e));
    size_t at = place_of(object, name);
    object->edited = true;
    if (old) {
        v->name = old->name;
        v->spelled = old->spelled;
        object->items[index_of(object, old)] = v;
        object->by_name[at] = v;
        return ERR_OK;
    }
    BUF_SCOPED spelled = BUF_INIT;
    escape_add(&spelled, name);
    v->name = arena_str(&t->arena, name);
    v->spelled = arena_str(&t->arena, buf_str(&spelled));
    grow(t, object);
    open_gap(object->by_name, at, object->n);
    object->by_name[at] = v;
    object->items[object->n++] = v;
    return ERR_OK;
}

enum err json_tree_drop(struct json_tree *t, struct json_node *object,
                        const struct json_node *member, struct error *e)
{
    TRY(work(t, object->n + 1, e));
    object->edited = true;
    close_gap(object->by_name, place_of(object, member->name), object->n);
    close_gap(object->items, index_of(object, member), object->n);
    object->n--;
    return ERR_OK;
}

enum err json_tree_insert(struct json_tree *t, struct json_node *list, size_t i,
                          struct json_node *v, struct error *e)
{
    TRY(work(t, list->n - i + 1, e));
    list->edited = true;
    grow(t, list);
    open_gap(list->items, i, list->n);
    list->items[i] = v;
    list->n++;
    return ERR_OK;
}

enum err json_tree_remove(struct json_tree *t, struct json_node *list, size_t i,
                          struct error *e)
{
    TRY(work(t, list->n - i, e));
    list->edited = true;
    close_gap(list->items, i, list->n);
    list->n--;
    return ERR_OK;
}

/* ---- printing */

static enum err print(const struct json_node *v, size_t end, struct buf *out,
                      struct error *e)
{
    struct str text = v->edited ? STR("") : v->text;
    bool object = v->kind == VALUE_OBJECT;
    if (out->n + text.n > end)
        return err_set(e, ERR_LIMIT, "a result of more than 64 MiB");
    buf_add_str(out, text);
    if (!v->edited)
        return ERR_OK;
    buf_add_char(out, object ? '{' : '[');
    for (size_t i = 0; i < v->n; i++) {
        const struct json_node *item = v->items[i];
        if (out->n + item->spelled.n > end)
            return err_set(e, ERR_LIMIT, "a result of more than 64 MiB");
        if (i)
            buf_add_char(out, ',');
        if (object) {
            buf_add_char(out, '"');
            buf_add_str(out, item->spelled);
            buf_add_str(out, STR("\":"));
        }
        TRY(print(item, end, out, e));
    }
    buf_add_char(out, object ? '}' : ']');
    return ERR_OK;
}

enum err json_tree_print(const struct json_node *v, struct buf *out, struct error *e)
{
    size_t begin = out->n;
    enum err code = print(v, begin + JSON_TREE_SIZE, out, e);
    if (code != ERR_OK)
        out->n = begin;
    return code;
}
