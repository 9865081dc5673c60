#include "graphql/validate_private.h"

struct check {
    const struct sdl_def *operation;
    uint64_t rule;
};

static void undefined(struct walk *w, const struct usage *u, const struct sdl_def *d)
{
    struct gql_error *e =
        d->name.p
            ? errors_add(w->errors,
                         "Variable \"$%.*s\" is not defined by operation \"%.*s\".",
                         SHOW(u->node->text), SHOW(d->name))
            : errors_add(w->errors, "Variable \"$%.*s\" is not defined.",
                         SHOW(u->node->text));
    errors_place(w->errors, e, u->node->place);
    errors_place(w->errors, e, d->start);
}

/* A variable's type where another one is wanted, section 5.8.5. In mode `ion`, the
 * named types may differ as coerce_stands_for() says. */
static bool fits(const struct walk *w, const struct gql_ref *variable,
                 const struct gql_ref *place)
{
    if (types_is_sub(variable, place))
        return true;
    if (w->v->mode == COERCE_STRICT || !coerce_stands_for(variable->type, place->type))
        return false;
    for (; variable->of && place->of; variable = variable->of, place = place->of)
        if (place->required && !variable->required)
            return false;
    return !variable->of && !place->of && (variable->required || !place->required);
}

static bool allowed(const struct walk *w, const struct sdl_variable *v,
                    const struct gql_ref *type, const struct usage *u)
{
    struct gql_ref place = *u->type;
    if (place.required && !type->required) {
        bool has_value = v->value && v->value->kind != SDL_NULL;
        if (!has_value && !u->has_default)
            return false;
        place.required = false;
    }
    return fits(w, type, &place);
}

static void position(struct walk *w, const struct usage *u,
                     const struct sdl_variable *v)
{
    const struct gql_ref *type = types_resolve(w->types, v->type, w->arena);
    struct gql_error *e;
    BUF_SCOPED b = BUF_INIT;
    if (!type || !u->type)
        return;
    types_ref_print(type, &b);
    if (!allowed(w, v, type, u)) {
        BUF_SCOPED wanted = BUF_INIT;
        types_ref_print(u->type, &wanted);
        e = errors_add(w->errors,
                       "Variable \"$%.*s\" of type \"%.*s\" used in position expecting "
                       "type \"%.*s\".",
                       SHOW(v->name), (int)b.n, b.p, (int)wanted.n, wanted.p);
        errors_place(w->errors, e, v->place);
        errors_place(w->errors, e, u->node->place);
    }
    if (u->one_of && !type->required) {
        e = errors_add(
            w->errors,
            "Variable \"$%.*s\" is of type \"%.*s\" but must be non-nullable "
            "to be used for OneOf Input Object \"%.*s\".",
            SHOW(v->name), (int)b.n, b.p, SHOW(u->one_of->name));
        errors_place(w->errors, e, v->place);
        errors_place(w->errors, e, u->node->place);
    }
}

static void each_usage(struct walk *w, struct part *p, void *data)
{
    const struct check *c = data;
    for (const struct usage *u = p->usages; u && !is_done(w); u = u->next) {
        const struct sdl_variable *v =
            names_get(&w->names, c->operation, u->node->text);
        if (c->rule == VALIDATE_NoUndefinedVariables && !v)
            undefined(w, u, c->operation);
        if (c->rule == VALIDATE_VariablesInAllowedPosition && v)
            position(w, u, v);
        if (c->rule == VALIDATE_NoUnusedVariables && v)
            *names_at(&w->names, &c->operation->variables, u->node->text) = w;
    }
}

static void unused(struct walk *w, const struct sdl_def *d)
{
    for (const struct sdl_variable *v = d->variables; v; v = v->next) {
        if (names_get(&w->names, &d->variables, v->name))
            continue;
        if (d->name.p)
            errors_at(w->errors, v->place,
                      "Variable \"$%.*s\" is never used in operation \"%.*s\".",
                      SHOW(v->name), SHOW(d->name));
        else
            errors_at(w->errors, v->place, "Variable \"$%.*s\" is never used.",
                      SHOW(v->name));
    }
}

void walk_variables(struct walk *w, struct part *operation, uint32_t mark)
{
    const struct sdl_def *d = operation->def;
    struct check c = {.operation = d};
    uint32_t n = w->n_parts + 1; /* marks of each pass are its own */
    if (ON(w, NoUndefinedVariables)) {
        c.rule = VALIDATE_NoUndefinedVariables;
        walk_reached(w, operation, mark, each_usage, &c);
    }
    if (ON(w, NoUnusedVariables) && d->variables) {
        c.rule = VALIDATE_NoUnusedVariables;
        walk_reached(w, operation, mark + n, each_usage, &c);
        unused(w, d);
    }
    if (ON(w, VariablesInAllowedPosition) && d->variables) {
        c.rule = VALIDATE_VariablesInAllowedPosition;
        walk_reached(w, operation, mark + 2 * n, each_usage, &c);
    }
}
