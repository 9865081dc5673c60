#include "graphql/coerce_private.h"
#include "graphql/print_value.h"
#include "json/escape.h"

#define INSPECT_DEPTH 2  /* as graphql-js: what is deeper is [Object] or [Array] */
#define INSPECT_ITEMS 10 /* of a list */

/* Nothing more is added to a text that is cut anyway. */
static bool is_full(const struct buf *out, size_t from)
{
    return out->n - from > ERRORS_SHOWN;
}

static void cut(struct buf *out, size_t from)
{
    out->n = from + (size_t)errors_shown(str_n(out->p + from, out->n - from));
}

/* A string with its quotes, which stay when it is cut. */
static void quoted(struct buf *out, struct str text)
{
    escape_add_quoted(out, str_n(text.p, (size_t)errors_shown(text)));
}

static void inspect(const struct value *v, struct buf *out, size_t from,
                    unsigned depth);

static void inspect_items(const struct value *v, struct buf *out, size_t from,
                          unsigned depth) /* NOLINT(misc-no-recursion) */
{
    bool object = v->kind == VALUE_OBJECT;
    uint32_t i = 0;
    if (!v->n || depth >= INSPECT_DEPTH) {
        const char *deep = object ? "[Object]" : "[Array]";
        buf_add_str(out, str_of(v->n ? deep : object ? "{}" : "[]"));
        return;
    }
    buf_add_str(out, object ? STR("{ ") : STR("["));
    for (const struct value *m = v->items; m && !is_full(out, from); m = m->next, i++) {
        if (i)
            buf_add_str(out, STR(", "));
        if (!object && i == INSPECT_ITEMS) {
            buf_printf(out, "... %u more item%s", v->n - i, v->n - i == 1 ? "" : "s");
            break;
        }
        if (object)
            buf_printf(out, "%.*s: ", SHOW(m->name));
        inspect(m, out, from, depth + 1);
    }
    buf_add_str(out, object ? STR(" }") : STR("]"));
}

static void inspect(const struct value *v, struct buf *out, size_t from,
                    unsigned depth) /* NOLINT(misc-no-recursion) */
{
    switch (v->kind) {
    case VALUE_NULL: buf_add_str(out, STR("null")); break;
    case VALUE_BOOL: buf_add_str(out, v->boolean ? STR("true") : STR("false")); break;
    case VALUE_INT: buf_printf(out, "%lld", (long long)v->integer); break;
    case VALUE_FLOAT: print_number(out, v->number); break;
    case VALUE_STRING:
    case VALUE_ENUM: quoted(out, v->text); break;
    case VALUE_LIST:
    case VALUE_OBJECT: inspect_items(v, out, from, depth); break;
    }
}

void coerce_inspect(const struct value *v, struct buf *out)
{
    size_t from = out->n;
    inspect(v, out, from, 0);
    if (v->kind == VALUE_LIST || v->kind == VALUE_OBJECT)
        cut(out, from);
}

static void print(const struct sdl_value *v, struct buf *out,
                  size_t from) /* NOLINT(misc-no-recursion) */
{
    const char *between = "";
    switch (v->kind) {
    case SDL_VARIABLE: buf_printf(out, "$%.*s", SHOW(v->text)); return;
    case SDL_STRING:
        if (!v->block)
            quoted(out, v->text);
        else
            buf_printf(out, "\"\"\"%.*s\"\"\"", SHOW(v->text));
        return;
    case SDL_NULL:
    case SDL_BOOL:
    case SDL_INT:
    case SDL_FLOAT:
    case SDL_ENUM: buf_printf(out, "%.*s", SHOW(v->text)); return;
    case SDL_LIST:
    case SDL_OBJECT: break;
    }
    bool object = v->kind == SDL_OBJECT;
    buf_add_char(out, object ? '{' : '[');
    for (const struct sdl_value *i = v->items; i && !is_full(out, from); i = i->next) {
        buf_add_str(out, str_of(between));
        if (object)
            buf_printf(out, "%.*s: ", SHOW(i->name));
        print(i, out, from);
        between = ", ";
    }
    buf_add_char(out, object ? '}' : ']');
}

void coerce_print_literal(const struct sdl_value *v, struct buf *out)
{
    size_t from = out->n;
    print(v, out, from);
    if (v->kind == SDL_LIST || v->kind == SDL_OBJECT)
        cut(out, from);
}
