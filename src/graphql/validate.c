#include "base/alloc.h"
#include "graphql/validate_private.h"

struct part *walk_fragment(const struct walk *w, struct str name)
{
    return names_get(&w->names, w, name);
}

/* ---- operations */

static void executable(struct walk *w)
{
    for (const struct sdl_def *d = w->request->first; d; d = d->next) {
        if (d->kind == SDL_DEF_OPERATION || d->kind == SDL_DEF_FRAGMENT)
            continue;
        if (d->kind == SDL_DEF_SCHEMA)
            errors_at(w->errors, d->start, "The schema definition is not executable.");
        else
            errors_at(w->errors, d->start, "The \"%.*s\" definition is not executable.",
                      SHOW(d->name));
    }
}

static void unique_operation(struct walk *w, const struct sdl_def *d)
{
    if (!d->name.p)
        return;
    void **slot = names_at(&w->names, &w->request->operations, d->name);
    if (!*slot) {
        *slot = (void *)d;
        return;
    }
    struct gql_error *e = errors_add(
        w->errors, "There can be only one operation named \"%.*s\".", SHOW(d->name));
    errors_place(w->errors, e, ((const struct sdl_def *)*slot)->name_place);
    errors_place(w->errors, e, d->name_place);
}

static void repeated_variables(struct walk *w, const struct sdl_def *d)
{
    for (const struct sdl_variable *v = d->variables; v; v = v->next) {
        void **said = names_at(&w->names, &d->name, v->name);
        if (!*said)
            continue;
        *said = NULL;
        struct gql_error *e =
            errors_add(w->errors, "There can be only one variable named \"$%.*s\".",
                       SHOW(v->name));
        for (const struct sdl_variable *o = v; o; o = o->next)
            if (str_eq(o->name, v->name))
                errors_place(w->errors, e, o->name_place);
    }
}

/* The last of a name counts where variables are used. */
static void unique_variables(struct walk *w, const struct sdl_def *d)
{
    bool repeated = false;
    for (const struct sdl_variable *v = d->variables; v; v = v->next) {
        void **slot = names_at(&w->names, d, v->name);
        bool again = *slot;
        *slot = (void *)v;
        if (again)
            *names_at(&w->names, &d->name, v->name) = w;
        repeated = repeated || again;
    }
    if (repeated && ON(w, UniqueVariableNames))
        repeated_variables(w, d);
}

static void variable_definition(struct walk *w, const struct sdl_variable *v)
{
    const struct gql_ref *type = types_resolve(w->types, v->type, w->arena);
    if (type && !types_is_input(type->type) && ON(w, VariablesAreInputTypes)) {
        BUF_SCOPED b = BUF_INIT;
        types_ref_print(type, &b);
        errors_at(w->errors, v->type->place,
                  "Variable \"$%.*s\" cannot be non-input type \"%.*s\".",
                  SHOW(v->name), (int)b.n, b.p);
    }
    const struct sdl_type *named = v->type;
    while (named->of)
        named = named->of;
    if (!type)
        walk_type_name(w, named->name, named->place, false);
    struct walk_place place = {.check = true};
    if (type && types_is_input(type->type))
        place.type = type;
    if (v->value)
        walk_value(w, v->value, place);
    walk_directives(w, v->directives, GQL_AT_VARIABLE_DEFINITION);
}

static void operation(struct walk *w, struct sdl_def *d)
{
    static const enum gql_location at[] = {[SDL_QUERY] = GQL_AT_QUERY,
                                           [SDL_MUTATION] = GQL_AT_MUTATION,
                                           [SDL_SUBSCRIPTION] = GQL_AT_SUBSCRIPTION};
    const struct gql_type *root = types_root(w->types, d->operation);
    d->bound = root;
    if (ON(w, UniqueOperationNames))
        unique_operation(w, d);
    if (!d->name.p && w->request->operations > 1 && ON(w, LoneAnonymousOperation))
        errors_at(w->errors, d->start,
                  "This anonymous operation must be the only defined operation.");
    if (d->operation == SDL_SUBSCRIPTION && root && ON(w, SingleFieldSubscriptions))
        walk_subscription(w, d);
    unique_variables(w, d);
    for (const struct sdl_variable *v = d->variables; v; v = v->next)
        variable_definition(w, v);
    walk_directives(w, d->directives, at[d->operation]);
    walk_selections(w, d->selections, root);
}

/* ---- fragments */

static void unique_fragment(struct walk *w, const struct sdl_def *d)
{
    void **slot = names_at(&w->names, &w->request->fragments, d->name);
    if (!*slot) {
        *slot = (void *)d;
        return;
    }
    struct gql_error *e = errors_add(
        w->errors, "There can be only one fragment named \"%.*s\".", SHOW(d->name));
    errors_place(w->errors, e, ((const struct sdl_def *)*slot)->name_place);
    errors_place(w->errors, e, d->name_place);
}

static void fragment(struct walk *w, struct part *p)
{
    struct sdl_def *d = p->def;
    const struct gql_type *type = types_get(w->types, d->on);
    if (type && !types_is_composite(type)) {
        if (ON(w, FragmentsOnCompositeTypes))
            errors_at(w->errors, d->on_place,
                      "Fragment \"%.*s\" cannot condition on non composite type "
                      "\"%.*s\".",
                      SHOW(d->name), SHOW(d->on));
        type = NULL;
    }
    d->bound = type;
    if (ON(w, UniqueFragmentNames))
        unique_fragment(w, d);
    if (ON(w, NoFragmentCycles))
        walk_cycles(w, p);
    walk_type_name(w, d->on, d->on_place, false);
    walk_directives(w, d->directives, GQL_AT_FRAGMENT_DEFINITION);
    walk_selections(w, d->selections, type);
}

/* ---- the whole */

static void prepare(struct walk *w)
{
    uint32_t n = 0;
    for (const struct sdl_def *d = w->request->first; d; d = d->next)
        n++;
    w->parts = ARENA_ARRAY(w->arena, struct part, n);
    names_init(&w->names, w->arena, 16 + w->request->fragments * 2);
    for (struct sdl_def *d = w->request->first; d; d = d->next) {
        struct part *p = &w->parts[w->n_parts++];
        *p = (struct part){.def = d, .index = w->n_parts};
        p->usages_tail = &p->usages;
        if (d->kind == SDL_DEF_FRAGMENT)
            *names_at(&w->names, w, d->name) = p;
        else if (d->kind != SDL_DEF_OPERATION)
            w->defines = true;
    }
    if (w->defines)
        walk_define(w);
    for (uint32_t i = 0; w->request->fragments && i < n; i++)
        walk_find_spreads(w, &w->parts[i]);
}

/* Errors found later go where they belong, and the list ends at its limit again. */
static void put_in_order(struct walk *w, struct part *p, struct errors *late)
{
    if (!late->first)
        return;
    *late->tail = *p->end;
    if (w->errors->tail == p->end)
        w->errors->tail = late->tail;
    for (uint32_t i = p->index; i < w->n_parts; i++)
        if (w->parts[i].end == p->end)
            w->parts[i].end = late->tail;
    *p->end = late->first;
    w->errors->n += late->n;
    p->end = late->tail;
}

static void cut(struct errors *list)
{
    if (list->n <= list->limit || list->full)
        return;
    struct gql_error **at = &list->first;
    for (uint32_t i = 0; i < list->limit; i++)
        at = &(*at)->next;
    list->tail = at;
    *at = NULL;
    list->n = list->limit;
    errors_abort(list);
}

static void variables(struct walk *w)
{
    struct errors *all = w->errors;
    for (uint32_t i = 0; i < w->n_parts; i++) {
        struct part *p = &w->parts[i];
        struct errors late;
        if (p->def->kind != SDL_DEF_OPERATION)
            continue;
        errors_init(&late, w->arena, all->limit);
        w->errors = &late;
        walk_variables(w, p, i + 1);
        w->errors = all;
        put_in_order(w, p, &late);
    }
    cut(all);
}

static void parts(struct walk *w)
{
    if (ON(w, ExecutableDefinitions))
        executable(w);
    for (uint32_t i = 0; i < w->n_parts && !is_done(w); i++) {
        struct part *p = w->part = &w->parts[i];
        if (p->def->kind == SDL_DEF_OPERATION)
            operation(w, p->def);
        else if (p->def->kind == SDL_DEF_FRAGMENT)
            fragment(w, p);
        else
            walk_definition(w, p->def);
        p->end = w->errors->tail;
    }
}

bool validate_request(const struct validate *v, const struct types *types,
                      struct sdl_request *request)
{
    struct walk w = {.v = v,
                     .rules = v->rules ? v->rules : VALIDATE_SPECIFIED,
                     .types = types,
                     .arena = v->arena,
                     .errors = v->errors,
                     .request = request,
                     .cells = SUGGEST_CELLS,
                     .comparisons = VALIDATE_COMPARISONS,
                     .cheap = VALIDATE_CHEAP};
    uint32_t before = v->errors->n;
    w.given = types;
    prepare(&w);
    parts(&w);
    if (!is_done(&w))
        variables(&w);
    if (!is_done(&w) && ON(&w, NoUnusedFragments))
        walk_unused_fragments(&w);
    return v->errors->n == before;
}

bool validate_schema(const struct validate *v, const struct types *types,
                     struct sdl_request *document)
{
    CLEANUP(types_freep) struct types *standard = NULL;
    struct error e = ERROR_INIT;
    uint32_t before = v->errors->n;
    if (!types && types_load(STR(""), NULL, &standard, &e) != ERR_OK)
        alloc_end(e.line); /* our own text */
    struct walk w = {.v = v,
                     .rules = v->rules ? v->rules : VALIDATE_SCHEMA,
                     .types = types ? types : standard,
                     .given = types,
                     .arena = v->arena,
                     .errors = v->errors,
                     .request = document,
                     .cells = SUGGEST_CELLS};
    prepare(&w);
    for (uint32_t i = 0; i < w.n_parts && !is_done(&w); i++) {
        w.part = &w.parts[i];
        if (w.part->def->kind != SDL_DEF_OPERATION &&
            w.part->def->kind != SDL_DEF_FRAGMENT)
            walk_definition(&w, w.part->def);
    }
    return v->errors->n == before;
}
