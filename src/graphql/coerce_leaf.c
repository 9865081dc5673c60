#include <math.h>
#include <strings.h>

#include "graphql/coerce_private.h"
#include "graphql/print_value.h"
#include "graphql/suggest.h"
#include "json/number.h"

/* JavaScript's view of a number that is not an integer as written: 1.0 is one. */
static bool whole(double d, int64_t *out)
{
    if (!(d >= -9e15 && d <= 9e15) || d != (double)(int64_t)d)
        return false;
    *out = (int64_t)d;
    return true;
}

static bool is_whole(const struct value *v)
{
    return v->kind == VALUE_INT || (v->kind == VALUE_FLOAT && isfinite(v->number) &&
                                    trunc(v->number) == v->number);
}

static bool is_int32(int64_t v)
{
    return v >= INT32_MIN && v <= INT32_MAX;
}

static bool to_int(const struct value *in, int64_t *out)
{
    if (in->kind == VALUE_INT)
        *out = in->integer;
    else if (in->kind != VALUE_FLOAT || !whole(in->number, out))
        return false;
    return true;
}

/* A string that is a number and nothing else, as ION takes it. */
static bool numeric(struct arena *arena, const struct value *in, struct value *out)
{
    struct value *number;
    return in->kind == VALUE_STRING && in->text.n <= 40 && number_is(in->text) &&
           coerce_json(arena, in->text, &number) && (*out = *number, true);
}

static bool leaf_int(enum coerce_mode mode, struct arena *arena, const struct value *in,
                     struct value *out)
{
    struct value number;
    int64_t v;
    if (mode == COERCE_ION && numeric(arena, in, &number))
        in = &number;
    if (!to_int(in, &v) || !is_int32(v))
        return false;
    out->kind = VALUE_INT;
    out->integer = v;
    return true;
}

static bool leaf_float(enum coerce_mode mode, struct arena *arena,
                       const struct value *in, struct value *out)
{
    struct value number;
    if (mode == COERCE_ION && numeric(arena, in, &number))
        in = &number;
    if (in->kind != VALUE_INT && in->kind != VALUE_FLOAT)
        return false;
    double d = in->kind == VALUE_INT ? (double)in->integer : in->number;
    if (__builtin_isinf(d))
        return false;
    out->kind = VALUE_FLOAT;
    out->number = d;
    out->text = in->text;
    return true;
}

static bool leaf_id(struct arena *arena, const struct value *in, struct value *out)
{
    out->kind = VALUE_STRING;
    out->text = in->text;
    if (in->kind == VALUE_STRING || (in->kind == VALUE_INT && in->text.n))
        return true;
    if (!is_whole(in))
        return false;
    BUF_SCOPED digits = BUF_INIT;
    if (in->kind == VALUE_INT)
        buf_printf(&digits, "%lld", (long long)in->integer);
    else
        print_number(&digits, in->number);
    out->text = arena_str(arena, buf_str(&digits));
    return true;
}

static bool leaf_enum(enum coerce_mode mode, const struct gql_type *type,
                      struct str name, struct value *out)
{
    const struct gql_enum_value *v = types_value(type, name);
    for (uint32_t i = 0; mode == COERCE_ION && !v && i < type->n_values; i++)
        if (type->values[i].name.n == name.n &&
            strncasecmp(type->values[i].name.p, name.p, name.n) == 0)
            v = &type->values[i];
    if (!v)
        return false;
    out->kind = VALUE_ENUM;
    out->text = v->name;
    return true;
}

bool coerce_leaf(enum coerce_mode mode, struct arena *arena,
                 const struct gql_type *type, const struct value *in, struct value *out)
{
    *out = (struct value){.kind = in->kind};
    if (type->kind == GQL_ENUM)
        return (in->kind == VALUE_STRING || in->kind == VALUE_ENUM) &&
               leaf_enum(mode, type, in->text, out);
    switch (type->scalar) {
    case GQL_INT: return leaf_int(mode, arena, in, out);
    case GQL_FLOAT: return leaf_float(mode, arena, in, out);
    case GQL_STRING: out->text = in->text; return in->kind == VALUE_STRING;
    case GQL_BOOLEAN:
        out->boolean = in->kind == VALUE_BOOL && in->boolean;
        return in->kind == VALUE_BOOL;
    case GQL_ID: return leaf_id(arena, in, out);
    case GQL_CUSTOM: break;
    }
    *out = *in;
    out->next = NULL;
    out->name = str_n(NULL, 0);
    return true;
}

bool coerce_leaf_literal(enum coerce_mode mode, struct arena *arena,
                         const struct gql_type *type, const struct sdl_value *in,
                         struct value *out)
{
    *out = (struct value){.kind = VALUE_ENUM};
    if (type->kind == GQL_ENUM) {
        bool named =
            in->kind == SDL_ENUM || (mode == COERCE_ION && in->kind == SDL_STRING);
        return named && leaf_enum(mode, type, in->text, out);
    }
    if (in->kind == SDL_ENUM && type->scalar != GQL_CUSTOM)
        return false;
    if (in->kind == SDL_INT && type->scalar == GQL_ID) {
        out->kind = VALUE_STRING;
        out->text = in->text;
        return true;
    }
    if (in->kind == SDL_FLOAT && (type->scalar == GQL_INT || type->scalar == GQL_ID))
        return false; /* 1.0 is no Int where it is written */
    if (in->kind == SDL_LIST || in->kind == SDL_OBJECT)
        return type->scalar == GQL_CUSTOM &&
               (*out = *coerce_untyped(arena, in, NULL), true);
    return coerce_leaf(mode, arena, type, coerce_untyped(arena, in, NULL), out);
}

static void enum_suggestions(const struct gql_type *type, struct str given,
                             uint64_t *cells, struct buf *out)
{
    struct suggest s;
    suggest_init(&s, given, cells);
    for (uint32_t i = 0; i < type->n_values; i++)
        suggest_offer(&s, type->values[i].name);
    suggest_print(&s, "the enum value", out);
}

static const char *complaint(const struct gql_type *type, bool out_of_range,
                             bool literal)
{
    switch (type->scalar) {
    case GQL_INT:
        return out_of_range ? "Int cannot represent non 32-bit signed integer value: "
                            : "Int cannot represent non-integer value: ";
    case GQL_FLOAT: return "Float cannot represent non numeric value: ";
    case GQL_STRING: return "String cannot represent a non string value: ";
    case GQL_BOOLEAN: return "Boolean cannot represent a non boolean value: ";
    case GQL_ID:
        return literal ? "ID cannot represent a non-string and non-integer value: "
                       : "ID cannot represent value: ";
    case GQL_CUSTOM: break;
    }
    return "";
}

void coerce_leaf_error(const struct gql_type *type, const struct value *in,
                       uint64_t *cells, struct buf *out)
{
    BUF_SCOPED shown = BUF_INIT;
    coerce_inspect(in, &shown);
    struct str text = buf_str(&shown);
    if (type->kind != GQL_ENUM) {
        buf_add_str(out, str_of(complaint(type, is_whole(in), false)));
        buf_add_str(out, text);
        return;
    }
    if (in->kind != VALUE_STRING) {
        buf_printf(out, "Enum \"%.*s\" cannot represent non-string value: %.*s.",
                   SHOW(type->name), STR_ARG(text));
    } else {
        text = in->text;
        buf_printf(out, "Value \"%.*s\" does not exist in \"%.*s\" enum.", SHOW(text),
                   SHOW(type->name));
    }
    enum_suggestions(type, text, cells, out);
}

void coerce_literal_error(const struct gql_type *type, const struct sdl_value *in,
                          uint64_t *cells, struct buf *out)
{
    BUF_SCOPED shown = BUF_INIT;
    coerce_print_literal(in, &shown);
    struct str text = buf_str(&shown);
    if (type->kind != GQL_ENUM) {
        buf_add_str(out, str_of(complaint(type, in->kind == SDL_INT, true)));
        buf_add_str(out, text);
        return;
    }
    if (in->kind == SDL_ENUM)
        buf_printf(out, "Value \"%.*s\" does not exist in \"%.*s\" enum.", SHOW(text),
                   SHOW(type->name));
    else
        buf_printf(out, "Enum \"%.*s\" cannot represent non-enum value: %.*s.",
                   SHOW(type->name), STR_ARG(text));
    enum_suggestions(type, text, cells, out);
}
