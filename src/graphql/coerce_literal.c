#include "graphql/coerce_private.h"

struct value *coerce_null(struct arena *arena)
{
    return ARENA_NEW(arena, struct value); /* VALUE_NULL is 0 */
}

const struct value *coerce_variable(const struct coerce_vars *vars, struct str name)
{
    const struct value *v = vars ? vars->first : NULL;
    while (v && !str_eq(v->name, name))
        v = v->next;
    return v;
}

const struct value *coerce_member(const struct value *object, struct str name)
{
    const struct value *v = object->items;
    while (v && !str_eq(v->name, name))
        v = v->next;
    return v;
}

/* A copy that can stand in another list; what is below it is shared. */
static struct value *copy(struct arena *arena, const struct value *v)
{
    struct value *own = ARENA_NEW(arena, struct value);
    *own = *v;
    own->next = NULL;
    own->name = str_n(NULL, 0);
    own->input = NULL;
    return own;
}

static bool is_container(const struct sdl_value *v)
{
    return v->kind == SDL_LIST || v->kind == SDL_OBJECT;
}

struct value *
coerce_untyped(struct arena *arena, const struct sdl_value *v,
               const struct coerce_vars *vars) /* NOLINT(misc-no-recursion) */
{
    struct value *out, **tail;
    if (v->kind == SDL_VARIABLE) {
        const struct value *given = coerce_variable(vars, v->text);
        return given ? copy(arena, given) : coerce_null(arena);
    }
    if ((v->kind == SDL_INT || v->kind == SDL_FLOAT) &&
        coerce_json(arena, v->text, &out))
        return out;
    out = coerce_null(arena);
    out->text = v->text;
    switch (v->kind) {
    case SDL_BOOL:
        out->kind = VALUE_BOOL;
        out->boolean = v->text.n == 4;
        break;
    case SDL_STRING: out->kind = VALUE_STRING; break;
    case SDL_ENUM: out->kind = VALUE_ENUM; break;
    case SDL_LIST: out->kind = VALUE_LIST; break;
    case SDL_OBJECT: out->kind = VALUE_OBJECT; break;
    case SDL_NULL:
    case SDL_VARIABLE:
    case SDL_INT:
    case SDL_FLOAT: break;
    }
    tail = &out->items;
    for (const struct sdl_value *i = is_container(v) ? v->items : NULL; i;
         i = i->next) {
        *tail = coerce_untyped(arena, i, vars);
        (*tail)->name = i->name;
        tail = &(*tail)->next;
        out->n++;
    }
    return out;
}

/* ---- values of one type where another one stands */

bool coerce_stands_for(const struct gql_type *variable, const struct gql_type *place)
{
    if (variable == place)
        return true;
    if (place->kind == GQL_ENUM)
        return variable->scalar == GQL_STRING;
    switch (place->scalar) {
    case GQL_INT: return variable->scalar == GQL_ID || variable->scalar == GQL_STRING;
    case GQL_FLOAT:
    case GQL_ID: return variable->scalar == GQL_INT || variable->scalar == GQL_STRING;
    case GQL_CUSTOM: return place->kind == GQL_SCALAR;
    case GQL_STRING:
    case GQL_BOOLEAN: break;
    }
    return false;
}

const struct value *coerce_adapt(enum coerce_mode mode, struct arena *arena,
                                 const struct gql_ref *type,
                                 const struct value *v) /* NOLINT(misc-no-recursion) */
{
    if (v->kind == VALUE_NULL)
        return type->required ? NULL : v;
    if (mode == COERCE_STRICT || type->type->kind == GQL_INPUT)
        return v;
    struct value *own = copy(arena, v);
    if (!type->of)
        return coerce_leaf(mode, arena, type->type, v, own) ? own : NULL;
    if (v->kind != VALUE_LIST)
        return v;
    struct value **tail = &own->items;
    for (const struct value *i = v->items; i; i = i->next) {
        const struct value *item = coerce_adapt(mode, arena, type->of, i);
        if (!item)
            return NULL;
        *tail = copy(arena, item);
        tail = &(*tail)->next;
    }
    return own;
}

/* ---- literals */

struct job {
    enum coerce_mode mode;
    struct arena *arena;
    const struct coerce_vars *vars;
};

static struct value *literal(const struct job *j, const struct gql_ref *type,
                             const struct sdl_value *v);

static bool is_missing(const struct job *j, const struct sdl_value *v)
{
    return v->kind == SDL_VARIABLE && !coerce_variable(j->vars, v->text);
}

static struct value *list(const struct job *j, const struct gql_ref *type,
                          const struct sdl_value *v) /* NOLINT(misc-no-recursion) */
{
    struct value *out = coerce_null(j->arena), **tail = &out->items;
    out->kind = VALUE_LIST;
    if (v->kind != SDL_LIST) {
        out->n = 1;
        *tail = literal(j, type->of, v);
        return *tail ? out : NULL;
    }
    for (const struct sdl_value *i = v->items; i; i = i->next) {
        bool missing = is_missing(j, i);
        if (missing && type->of->required)
            return NULL;
        *tail = missing ? coerce_null(j->arena) : literal(j, type->of, i);
        if (!*tail)
            return NULL;
        tail = &(*tail)->next;
        out->n++;
    }
    return out;
}

static const struct sdl_value *field_of(const struct sdl_value *object, struct str name)
{
    const struct sdl_value *found = NULL;
    for (const struct sdl_value *i = object->items; i; i = i->next)
        if (str_eq(i->name, name))
            found = i; /* the last, as where names are keys */
    return found;
}

/* The value of an input field: given, or else its default. False: it lacks one. */
static bool member(const struct job *j, const struct gql_input *in,
                   const struct sdl_value *given,
                   struct value **out) /* NOLINT(misc-no-recursion) */
{
    *out = NULL;
    if (given && !is_missing(j, given)) {
        *out = literal(j, in->type, given);
        if (!*out)
            return false;
    } else if (in->otherwise) {
        *out = copy(j->arena, in->otherwise);
    } else {
        return !in->type->required;
    }
    (*out)->name = in->name;
    (*out)->input = in;
    return true;
}

static struct value *object(const struct job *j, const struct gql_type *type,
                            const struct sdl_value *v) /* NOLINT(misc-no-recursion) */
{
    struct value *out = coerce_null(j->arena), **tail = &out->items;
    if (v->kind != SDL_OBJECT)
        return NULL;
    out->kind = VALUE_OBJECT;
    for (uint32_t i = 0; i < type->n_inputs; i++) {
        const struct gql_input *in = &type->inputs[i];
        if (!member(j, in, field_of(v, in->name), tail))
            return NULL;
        if (!*tail)
            continue;
        tail = &(*tail)->next;
        out->n++;
    }
    if (type->one_of && (!out->items || out->n != 1 || out->items->kind == VALUE_NULL))
        return NULL;
    return out;
}

static struct value *literal(const struct job *j, const struct gql_ref *type,
                             const struct sdl_value *v) /* NOLINT(misc-no-recursion) */
{
    if (v->kind == SDL_VARIABLE) {
        const struct value *given = coerce_variable(j->vars, v->text);
        given = given ? coerce_adapt(j->mode, j->arena, type, given) : NULL;
        return given ? copy(j->arena, given) : NULL;
    }
    if (v->kind == SDL_NULL)
        return type->required ? NULL : coerce_null(j->arena);
    if (type->of)
        return list(j, type, v);
    if (type->type->kind == GQL_INPUT)
        return object(j, type->type, v);
    if (type->type->kind == GQL_SCALAR && type->type->scalar == GQL_CUSTOM)
        return coerce_untyped(j->arena, v, j->vars);
    struct value *out = coerce_null(j->arena);
    return coerce_leaf_literal(j->mode, j->arena, type->type, v, out) ? out : NULL;
}

struct value *coerce_literal(enum coerce_mode mode, struct arena *arena,
                             const struct gql_ref *type, const struct sdl_value *v,
                             const struct coerce_vars *vars)
{
    return literal(&(struct job){mode, arena, vars}, type, v);
}

struct value *coerce_default(struct arena *arena, const struct gql_ref *type,
                             const struct sdl_value *v)
{
    return coerce_literal(COERCE_STRICT, arena, type, v, NULL);
}
