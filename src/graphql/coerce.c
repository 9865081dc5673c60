#include "graphql/coerce.h"
#include <stdio.h>

#include "graphql/coerce_input.h"
#include "graphql/suggest.h"

/* ---- variables */

static bool is_absent(enum coerce_mode mode, struct str json)
{
    return !json.n || str_eq(json, STR("null")) ||
           (mode == COERCE_ION && str_eq(json, STR("\"\"")));
}

static void unusable(const struct coerce *c)
{
    errors_add(c->errors,
               "Variables must be provided as an Object where each property is a "
               "variable value. Perhaps look to see if an unparsed JSON string was "
               "provided.");
}

static const struct value *json_member(const struct value *object, struct str name)
{
    const struct value *found = NULL;
    for (const struct value *m = object ? object->items : NULL; m; m = m->next)
        if (str_eq(m->name, name))
            found = m;
    return found;
}

static void lacks(struct coerce_input *in, const struct gql_ref *type, const char *what)
{
    BUF_SCOPED b = BUF_INIT;
    types_ref_print(type, &b);
    in->n_errors++;
    errors_at(in->c->errors, in->variable->place,
              "Variable \"$%.*s\" of %s type \"%.*s\" %s", SHOW(in->variable->name),
              *what == 'm' ? "non-null" : "required", (int)b.n, b.p,
              *what == 'm' ? "must not be null." : "was not provided.");
}

/* The value of one variable, NULL when it has none. */
static struct value *variable(struct coerce_input *in, const struct value *json)
{
    const struct sdl_variable *v = in->variable;
    const struct coerce *c = in->c;
    const struct gql_ref *type = types_resolve(c->types, v->type, c->arena);
    const struct value *value = json_member(json, v->name);
    if (!type || !types_is_input(type->type)) {
        in->n_errors++;
        errors_at(c->errors, v->type->place,
                  "Variable \"$%.*s\" expected value of type \"%.*s\" which cannot be "
                  "used as an input type.",
                  SHOW(v->name), SHOW(v->type->name));
        return NULL;
    }
    if (!value && v->value)
        return coerce_literal(c->mode, c->arena, type, v->value, NULL);
    if (!value && type->required)
        lacks(in, type, "was not provided");
    if (!value)
        return NULL;
    if (value->kind == VALUE_NULL && type->required) {
        lacks(in, type, "must not be null");
        return NULL;
    }
    return coerce_input(in, type, value, NULL);
}

bool coerce_variables(const struct coerce *c, const struct sdl_def *operation,
                      struct str json, struct coerce_vars *out)
{
    struct value *root = NULL, *first = NULL, **tail = &first;
    struct coerce_input in = {.c = c, .cells = SUGGEST_CELLS};
    if (!is_absent(c->mode, json) &&
        (!coerce_json(c->arena, json, &root) || root->kind != VALUE_OBJECT)) {
        unusable(c);
        return false;
    }
    for (in.variable = operation->variables; in.variable;
         in.variable = in.variable->next) {
        struct value *v = variable(&in, root);
        if (in.n_errors > COERCE_ERRORS)
            break;
        if (!v)
            continue;
        v->name = in.variable->name;
        *tail = v;
        tail = &v->next;
    }
    out->first = first;
    return !in.n_errors;
}

/* ---- arguments */

static struct gql_error *refuse(const struct coerce *c, const struct gql_input *arg,
                                struct lex_place place, const char *kind,
                                const char *what)
{
    BUF_SCOPED b = BUF_INIT;
    types_ref_print(arg->type, &b);
    return errors_at(c->errors, place, "Argument \"%.*s\" of %s type \"%.*s\" %s",
                     SHOW(arg->name), kind, (int)b.n, b.p, what);
}

static void without_value(const struct coerce *c, const struct gql_input *arg,
                          const struct sdl_value *v)
{
    BUF_SCOPED b = BUF_INIT;
    buf_printf(&b,
               "was provided the variable \"$%.*s\" which was not provided a runtime "
               "value.",
               SHOW(v->text));
    refuse(c, arg, v->place, "required", buf_cstr(&b));
}

/* What is given for an argument; NULL: nothing, or *bad. */
static struct value *argument(const struct coerce *c, const struct gql_input *arg,
                              const struct sdl_value *v, const struct coerce_vars *vars,
                              bool *bad)
{
    const struct value *given =
        v->kind == SDL_VARIABLE ? coerce_variable(vars, v->text) : NULL;
    bool null = v->kind == SDL_NULL || (given && given->kind == VALUE_NULL);
    if (v->kind == SDL_VARIABLE && !given) {
        if (!arg->otherwise && arg->type->required) {
            without_value(c, arg, v);
            *bad = true;
        }
        return NULL;
    }
    if (null && arg->type->required) {
        refuse(c, arg, v->place, "non-null", "must not be null.");
        *bad = true;
        return NULL;
    }
    struct value *out = coerce_literal(c->mode, c->arena, arg->type, v, vars);
    if (!out) {
        BUF_SCOPED b = BUF_INIT;
        coerce_print_literal(v, &b);
        errors_at(c->errors, v->place, "Argument \"%.*s\" has invalid value %.*s.",
                  SHOW(arg->name), (int)b.n, b.p);
        *bad = true;
    }
    return out;
}

static const struct sdl_argument *named(const struct sdl_argument *list,
                                        struct str name)
{
    while (list && !str_eq(list->name, name))
        list = list->next;
    return list;
}

static struct value *otherwise(const struct coerce *c, const struct gql_input *arg)
{
    if (!arg->otherwise)
        return NULL;
    struct value *v = coerce_null(c->arena);
    *v = *arg->otherwise;
    return v;
}

struct given {
    const struct gql_input *args;
    uint32_t n_args;
    const struct sdl_argument *list;
    struct lex_place place;
};

static bool arguments(const struct coerce *c, const struct given *g,
                      const struct coerce_vars *vars, struct value **out)
{
    struct value *all = coerce_null(c->arena), **tail = &all->items;
    all->kind = VALUE_OBJECT;
    for (uint32_t i = 0; i < g->n_args; i++) {
        const struct gql_input *arg = &g->args[i];
        const struct sdl_argument *a = named(g->list, arg->name);
        bool bad = false;
        struct value *v = a ? argument(c, arg, a->value, vars, &bad) : NULL;
        if (bad)
            return false;
        if (!v)
            v = otherwise(c, arg);
        if (!v && !a && arg->type->required) {
            refuse(c, arg, g->place, "required", "was not provided.");
            return false;
        }
        if (!v)
            continue;
        v->name = arg->name;
        v->input = arg;
        v->next = NULL;
        *tail = v;
        tail = &v->next;
        all->n++;
    }
    *out = all;
    return true;
}

bool coerce_arguments(const struct coerce *c, const struct gql_field *field,
                      const struct sdl_selection *selection,
                      const struct coerce_vars *vars, struct value **out)
{
    struct given g = {field->args, field->n_args, selection->arguments,
                      selection->place};
    return arguments(c, &g, vars, out);
}

static bool condition(const struct coerce *c, const struct sdl_directive *list,
                      const char *name, const struct coerce_vars *vars, bool *out)
{
    const struct sdl_directive *d = sdl_directive(list, name);
    const struct gql_directive *own =
        d ? types_directive(c->types, str_of(name)) : NULL;
    struct value *args;
    if (!own)
        return true;
    struct given g = {own->args, own->n_args, d->arguments, d->place};
    if (!arguments(c, &g, vars, &args))
        return false;
    const struct value *v = coerce_member(args, STR("if"));
    *out = v && v->boolean;
    return true;
}

bool coerce_skipped(const struct coerce *c, const struct sdl_directive *directives,
                    const struct coerce_vars *vars)
{
    bool skip = false, include = true;
    if (!directives)
        return false;
    return !condition(c, directives, "skip", vars, &skip) || skip ||
           !condition(c, directives, "include", vars, &include) || !include;
}

/* ---- output */

void coerce_emit(const struct value *v,
                 struct emit *out) /* NOLINT(misc-no-recursion) */
{
    char text[40];
    switch (v->kind) {
    case VALUE_NULL: emit_null(out); break;
    case VALUE_BOOL: emit_bool(out, v->boolean); break;
    case VALUE_INT: emit_int(out, v->integer); break;
    case VALUE_FLOAT:
        if (!v->text.n)
            snprintf(text, sizeof text, "%.17g", v->number);
        emit_raw(out, v->text.n ? v->text : str_of(text));
        break;
    case VALUE_STRING:
    case VALUE_ENUM: emit_string(out, v->text); break;
    case VALUE_LIST:
    case VALUE_OBJECT:
        v->kind == VALUE_OBJECT ? emit_object(out) : emit_array(out);
        for (const struct value *i = v->items; i; i = i->next) {
            if (v->kind == VALUE_OBJECT)
                emit_key(out, i->name);
            coerce_emit(i, out);
        }
        v->kind == VALUE_OBJECT ? emit_object_end(out) : emit_array_end(out);
        break;
    }
}
