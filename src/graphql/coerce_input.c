#include "graphql/coerce_input.h"

#include <stdarg.h>

#include "graphql/suggest.h"

static void add_path(const struct gql_path *p, struct buf *out)
{
    const struct gql_path *all[COERCE_DEPTH + 1];
    unsigned n = 0;
    for (; p && n <= COERCE_DEPTH; p = p->parent)
        all[n++] = p;
    while (n--) {
        if (all[n]->key.p)
            buf_printf(out, ".%.*s", SHOW(all[n]->key));
        else
            buf_printf(out, "[%u]", all[n]->index);
    }
}

bool coerce_input_error(struct coerce_input *in, const struct value *v,
                        const struct gql_path *path, const char *format, ...)
{
    BUF_SCOPED b = BUF_INIT;
    struct errors *errors = in->c->errors;
    if (in->n_errors > COERCE_ERRORS)
        return false;
    if (++in->n_errors > COERCE_ERRORS) {
        errors_add(errors, "Too many errors processing variables, error limit reached. "
                           "Execution aborted.");
        return false;
    }
    buf_printf(&b, "Variable \"$%.*s\" got invalid value ", SHOW(in->variable->name));
    coerce_inspect(v, &b);
    if (path) {
        buf_printf(&b, " at \"%.*s", SHOW(in->variable->name));
        add_path(path, &b);
        buf_add_char(&b, '"');
    }
    buf_add_str(&b, STR("; "));
    va_list args;
    va_start(args, format);
    buf_vprintf(&b, format, args);
    va_end(args);
    errors_at(errors, in->variable->place, "%.*s", (int)b.n, b.p);
    return true;
}

static struct value *leaf(struct coerce_input *in, const struct gql_type *type,
                          const struct value *v, const struct gql_path *path)
{
    struct value *out = coerce_null(in->c->arena);
    if (coerce_leaf(in->c->mode, in->c->arena, type, v, out))
        return out;
    BUF_SCOPED b = BUF_INIT;
    coerce_leaf_error(type, v, &in->cells, &b);
    coerce_input_error(in, v, path, "%.*s", (int)b.n, b.p);
    return NULL;
}

static struct value *list(struct coerce_input *in, const struct gql_ref *type,
                          const struct value *v,
                          const struct gql_path *path) /* NOLINT(misc-no-recursion) */
{
    struct value *out = coerce_null(in->c->arena), **tail = &out->items;
    struct gql_path at = {.parent = path};
    out->kind = VALUE_LIST;
    if (v->kind != VALUE_LIST) {
        *tail = coerce_input(in, type->of, v, path);
        out->n = 1;
        return *tail ? out : NULL;
    }
    bool ok = true;
    for (const struct value *i = v->items; i; i = i->next, at.index++) {
        struct value *item = coerce_input(in, type->of, i, &at);
        ok = ok && item;
        if (in->n_errors > COERCE_ERRORS)
            return NULL;
        if (!item)
            continue;
        *tail = item;
        tail = &item->next;
        out->n++;
    }
    return ok ? out : NULL;
}

/* The member of a JSON object: the last of its name, as JSON.parse() has it. */
static const struct value *given(const struct value *object, struct str name)
{
    const struct value *found = NULL;
    for (const struct value *m = object->items; m; m = m->next)
        if (str_eq(m->name, name))
            found = m;
    return found;
}

static bool unknown(struct coerce_input *in, const struct gql_type *type,
                    const struct value *v, const struct gql_path *path)
{
    bool ok = true;
    for (const struct value *m = v->items; m; m = m->next) {
        if (types_input(type, m->name))
            continue;
        struct suggest s;
        BUF_SCOPED b = BUF_INIT;
        suggest_init(&s, m->name, &in->cells);
        for (uint32_t i = 0; i < type->n_inputs; i++)
            suggest_offer(&s, type->inputs[i].name);
        suggest_print(&s, "", &b);
        ok = false;
        if (!coerce_input_error(
                in, v, path, "Field \"%.*s\" is not defined by type \"%.*s\".%.*s",
                SHOW(m->name), SHOW(type->name), (int)b.n, b.p ? b.p : ""))
            break;
    }
    return ok;
}

static bool one_of(struct coerce_input *in, const struct gql_type *type,
                   const struct value *v, const struct value *out,
                   const struct gql_path *path)
{
    if (!out->items || out->n != 1) {
        coerce_input_error(in, v, path,
                           "Exactly one key must be specified for OneOf type \"%.*s\".",
                           SHOW(type->name));
        return false;
    }
    if (out->items->kind != VALUE_NULL)
        return true;
    coerce_input_error(in, out->items, &(struct gql_path){path, out->items->name, 0},
                       "Field \"%.*s\" must be non-null.", SHOW(out->items->name));
    return false;
}

/* One field of an input object. False: an error was told. *out may stay NULL. */
static bool member(struct coerce_input *in, const struct gql_input *f,
                   const struct value *object, const struct gql_path *path,
                   struct value **out) /* NOLINT(misc-no-recursion) */
{
    const struct value *v = given(object, f->name);
    struct gql_path at = {path, f->name, 0};
    *out = NULL;
    if (v) {
        *out = coerce_input(in, f->type, v, &at);
    } else if (f->otherwise) {
        *out = coerce_null(in->c->arena);
        **out = *f->otherwise;
    } else if (f->type->required) {
        BUF_SCOPED b = BUF_INIT;
        types_ref_print(f->type, &b);
        coerce_input_error(in, object, path,
                           "Field \"%.*s\" of required type \"%.*s\" was not provided.",
                           SHOW(f->name), (int)b.n, b.p);
        return false;
    } else {
        return true;
    }
    if (!*out)
        return false;
    (*out)->name = f->name;
    (*out)->input = f;
    (*out)->next = NULL;
    return true;
}

static struct value *object(struct coerce_input *in, const struct gql_type *type,
                            const struct value *v,
                            const struct gql_path *path) /* NOLINT(misc-no-recursion) */
{
    struct value *out = coerce_null(in->c->arena), **tail = &out->items;
    bool ok = true;
    out->kind = VALUE_OBJECT;
    if (v->kind != VALUE_OBJECT) {
        coerce_input_error(in, v, path, "Expected type \"%.*s\" to be an object.",
                           SHOW(type->name));
        return NULL;
    }
    for (uint32_t i = 0; i < type->n_inputs; i++) {
        ok = member(in, &type->inputs[i], v, path, tail) && ok;
        if (in->n_errors > COERCE_ERRORS)
            return NULL;
        if (!*tail)
            continue;
        tail = &(*tail)->next;
        out->n++;
    }
    ok = unknown(in, type, v, path) && ok;
    if (type->one_of)
        ok = one_of(in, type, v, out, path) && ok;
    return ok ? out : NULL;
}

struct value *coerce_input(struct coerce_input *in, const struct gql_ref *type,
                           const struct value *v,
                           const struct gql_path *path) /* NOLINT(misc-no-recursion) */
{
    if (v->kind == VALUE_NULL && type->required) {
        BUF_SCOPED b = BUF_INIT;
        types_ref_print(type, &b);
        coerce_input_error(in, v, path,
                           "Expected non-nullable type \"%.*s\" not to be null.",
                           (int)b.n, b.p);
        return NULL;
    }
    if (v->kind == VALUE_NULL)
        return coerce_null(in->c->arena);
    if (type->of)
        return list(in, type, v, path);
    if (type->type->kind == GQL_INPUT)
        return object(in, type->type, v, path);
    return leaf(in, type->type, v, path);
}
