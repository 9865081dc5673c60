#include "drift/json_patch.h"

#include "drift/json_tree.h"

struct apply {
    struct json_tree tree;
    struct json_node *root;
    size_t number; /* of the operation, from 1 */
};

struct operation {
    struct str path, from; /* JSON pointers, decoded once */
    struct json_node *value;
};

static enum err refuse(const struct apply *a, struct error *e, const char *why)
{
    return err_set(e, ERR_DATA, "operation %zu: %s", a->number, why);
}

/* ---- RFC 6901 */

struct place {                /* where a pointer leads to */
    struct json_node *parent; /* NULL: the whole document */
    struct str step;          /* in there */
    struct json_node *node;   /* NULL: nothing is there yet */
    unsigned depth;           /* containers round it */
};

/* The first step of what begins with a slash; *pointer moves behind it. */
static enum err next_step(struct apply *a, struct str *pointer, struct str *out,
                          struct error *e)
{
    struct str rest = str_from(*pointer, 1);
    const char *slash = rest.n ? memchr(rest.p, '/', rest.n) : NULL;
    struct str step = str_n(rest.p, slash ? (size_t)(slash - rest.p) : rest.n);
    *pointer = str_from(rest, step.n);
    *out = step;
    if (!step.n || !memchr(step.p, '~', step.n))
        return ERR_OK;
    BUF_SCOPED text = BUF_INIT;
    for (size_t i = 0; i < step.n; i++) {
        char c = step.p[i];
        if (c == '~') {
            if (++i == step.n || (step.p[i] != '0' && step.p[i] != '1'))
                return refuse(a, e, "in a pointer, 0 or 1 must follow ~");
            if (step.p[i] == '1')
                c = '/';
        }
        buf_add_char(&text, c);
    }
    *out = arena_str(&a->tree.arena, buf_str(&text));
    return ERR_OK;
}

/* 0, or digits that do not begin with it. */
static bool read_index(struct str step, size_t *out)
{
    if (!step.n || step.n > 9 || (step.p[0] == '0' && step.n > 1))
        return false;
    *out = 0;
    for (size_t i = 0; i < step.n; i++) {
        if (step.p[i] < '0' || step.p[i] > '9')
            return false;
        *out = *out * 10 + (size_t)(step.p[i] - '0');
    }
    return true;
}

static struct json_node *child(const struct json_node *v, struct str step)
{
    size_t i;
    if (v->kind != VALUE_LIST)
        return json_tree_member(v, step);
    return read_index(step, &i) && i < v->n ? v->items[i] : NULL;
}

/* Everything but the last step must be there. `edit`: what is on the way will change.
 */
static enum err find(struct apply *a, struct str pointer, bool edit, struct place *out,
                     struct error *e)
{
    *out = (struct place){.node = a->root};
    if (pointer.n && pointer.p[0] != '/')
        return refuse(a, e, "a pointer is neither empty nor begins with /");
    while (pointer.n) {
        if (!out->node || out->node->kind < VALUE_LIST)
            return refuse(a, e, "a pointer leads through what is not there");
        if (++out->depth > SCAN_DEPTH)
            return err_set(e, ERR_LIMIT, "operation %zu: nesting of more than %d",
                           a->number, SCAN_DEPTH);
        out->parent = out->node;
        out->parent->edited |= edit;
        TRY(next_step(a, &pointer, &out->step, e));
        out->node = child(out->parent, out->step);
    }
    return ERR_OK;
}

static enum err find_there(struct apply *a, struct str pointer, bool edit,
                           struct place *out, struct error *e)
{
    TRY(find(a, pointer, edit, out, e));
    return out->node ? ERR_OK : refuse(a, e, "there is nothing at the path");
}

/* ---- operations */

static enum err put_element(struct apply *a, const struct place *at,
                            struct json_node *v, struct error *e)
{
    size_t i = at->parent->n;
    bool end = str_eq(at->step, STR("-"));
    if (!end && (!read_index(at->step, &i) || i > at->parent->n))
        return refuse(a, e, "this is no place in the list");
    return json_tree_insert(&a->tree, at->parent, i, v, e);
}

static enum err add_at(struct apply *a, struct str path, struct json_node *v,
                       struct error *e)
{
    struct place at;
    unsigned height;
    TRY(find(a, path, true, &at, e));
    TRY(json_tree_height(&a->tree, v, &height, e));
    if (at.depth + height > SCAN_DEPTH)
        return err_set(e, ERR_LIMIT, "operation %zu: nesting of more than %d",
                       a->number, SCAN_DEPTH);
    if (!at.parent) {
        a->root = v;
        return ERR_OK;
    }
    if (at.parent->kind == VALUE_LIST)
        return put_element(a, &at, v, e);
    return json_tree_put(&a->tree, at.parent, at.step, v, e);
}

static enum err remove_at(struct apply *a, struct str path, struct json_node **out,
                          struct error *e)
{
    struct place at;
    size_t i = 0;
    TRY(find_there(a, path, true, &at, e));
    *out = at.node;
    if (!at.parent)
        return refuse(a, e, "the whole document cannot be removed");
    if (at.parent->kind == VALUE_OBJECT)
        return json_tree_drop(&a->tree, at.parent, at.node, e);
    return read_index(at.step, &i) ? json_tree_remove(&a->tree, at.parent, i, e)
                                   : refuse(a, e, "this is no place in the list");
}

static enum err do_add(struct apply *a, const struct operation *op, struct error *e)
{
    return add_at(a, op->path, op->value, e);
}

static enum err do_remove(struct apply *a, const struct operation *op, struct error *e)
{
    struct json_node *gone;
    return remove_at(a, op->path, &gone, e);
}

static enum err do_replace(struct apply *a, const struct operation *op, struct error *e)
{
    struct place at;
    TRY(find_there(a, op->path, true, &at, e));
    if (at.parent && at.parent->kind == VALUE_LIST)
        TRY(do_remove(a, op, e));
    return add_at(a, op->path, op->value, e);
}

static enum err do_move(struct apply *a, const struct operation *op, struct error *e)
{
    struct place at;
    struct json_node *v;
    TRY(find_there(a, op->from, false, &at, e));
    if (str_eq(op->from, op->path))
        return ERR_OK;
    if (str_starts(op->path, op->from) && op->path.p[op->from.n] == '/')
        return refuse(a, e, "a value cannot be moved into itself");
    if (!op->path.n) { /* nothing but the value is left */
        a->root = at.node;
        return ERR_OK;
    }
    TRY(remove_at(a, op->from, &v, e));
    return add_at(a, op->path, v, e);
}

static enum err do_copy(struct apply *a, const struct operation *op, struct error *e)
{
    struct place at;
    struct json_node *copy;
    TRY(find_there(a, op->from, false, &at, e));
    TRY(json_tree_copy(&a->tree, at.node, &copy, e));
    return add_at(a, op->path, copy, e);
}

static enum err do_test(struct apply *a, const struct operation *op, struct error *e)
{
    struct place at;
    bool equal;
    TRY(find_there(a, op->path, false, &at, e));
    TRY(json_tree_equal(&a->tree, at.node, op->value, &equal, e));
    return equal ? ERR_OK : refuse(a, e, "the test failed");
}

static const struct {
    const char *name;
    enum err (*run)(struct apply *a, const struct operation *op, struct error *e);
    bool from, value; /* members that it must have, beside its path */
} operations[] = {
    {"add", do_add, false, true},         {"remove", do_remove, false, false},
    {"replace", do_replace, false, true}, {"move", do_move, true, false},
    {"copy", do_copy, true, false},       {"test", do_test, false, true},
};

static enum err read_string(struct apply *a, const struct json_node *operation,
                            const char *name, struct str *out, struct error *e)
{
    const struct json_node *v = json_tree_member(operation, str_of(name));
    if (!v || v->kind != VALUE_STRING)
        return err_set(e, ERR_DATA, "operation %zu: \"%s\" is not a string", a->number,
                       name);
    return json_tree_text(&a->tree, v, out, e);
}

static enum err run(struct apply *a, const struct json_node *operation, struct error *e)
{
    const size_t n = sizeof operations / sizeof *operations;
    struct operation op = {0};
    struct str name = {0};
    size_t i = 0;
    if (operation->kind != VALUE_OBJECT)
        return refuse(a, e, "it is not an object");
    TRY(read_string(a, operation, "op", &name, e));
    while (i < n && !str_eq(name, str_of(operations[i].name)))
        i++;
    if (i == n)
        return refuse(a, e, "\"op\" is none of add, remove, replace, move, copy, test");
    TRY(read_string(a, operation, "path", &op.path, e));
    if (operations[i].from)
        TRY(read_string(a, operation, "from", &op.from, e));
    op.value = json_tree_member(operation, STR("value"));
    if (operations[i].value && !op.value)
        return refuse(a, e, "there is no \"value\"");
    return operations[i].run(a, &op, e);
}

static enum err read_both(struct json_tree *t, struct str document, struct str patch,
                          struct json_node *out[2], struct error *e)
{
    enum err code = json_tree_read(t, document, &out[0], e);
    if (code != ERR_OK) {
        err_in(e, "the document");
        return code;
    }
    code = json_tree_read(t, patch, &out[1], e);
    if (code != ERR_OK)
        err_in(e, "the patch");
    return code;
}

static enum err patch_tree(struct apply *a, struct str document, struct str patch,
                           struct buf *out, struct error *e)
{
    struct json_node *roots[2];
    TRY(read_both(&a->tree, document, patch, roots, e));
    const struct json_node *list = roots[1];
    a->root = roots[0];
    if (list->kind != VALUE_LIST)
        return err_set(e, ERR_DATA, "a patch is a list of operations");
    if (list->n > JSON_PATCH_OPERATIONS)
        return err_set(e, ERR_LIMIT, "more than %u operations", JSON_PATCH_OPERATIONS);
    for (size_t i = 0; i < list->n; i++) {
        a->number = i + 1;
        TRY(run(a, list->items[i], e));
    }
    return json_tree_print(a->root, out, e);
}

enum err json_patch(struct str document, struct str patch, struct buf *out,
                    struct error *e)
{
    struct apply a = {.root = NULL};
    json_tree_init(&a.tree);
    enum err code = patch_tree(&a, document, patch, out, e);
    json_tree_done(&a.tree);
    return code;
}

/* ---- RFC 7396 */

/* §2, MergePatch(Target, Patch), which it is named after. What is merged stays on its
 * level, so that nothing becomes deeper than the deeper of the two. */
static enum err merge(struct json_tree *t, struct json_node *target,
                      struct json_node *patch, struct json_node **out, struct error *e)
{
    *out = patch;
    if (patch->kind != VALUE_OBJECT)
        return ERR_OK;
    if (!target || target->kind != VALUE_OBJECT)
        TRY(json_tree_object(t, &target, e));
    for (size_t i = 0; i < patch->n; i++) {
        struct json_node *item = patch->items[i];
        struct json_node *there = json_tree_member(target, item->name), *made;
        if (item->kind == VALUE_NULL && there)
            TRY(json_tree_drop(t, target, there, e));
        if (item->kind == VALUE_NULL)
            continue;
        TRY(merge(t, there, item, &made, e));
        TRY(json_tree_put(t, target, item->name, made, e));
    }
    *out = target;
    return ERR_OK;
}

static enum err merge_tree(struct json_tree *t, struct str document, struct str patch,
                           struct buf *out, struct error *e)
{
    struct json_node *roots[2], *made;
    TRY(read_both(t, document, patch, roots, e));
    TRY(merge(t, roots[0], roots[1], &made, e));
    return json_tree_print(made, out, e);
}

enum err json_merge(struct str document, struct str patch, struct buf *out,
                    struct error *e)
{
    struct json_tree t;
    json_tree_init(&t);
    enum err code = merge_tree(&t, document, patch, out, e);
    json_tree_done(&t);
    return code;
}
