#include <assert.h>

#include "graphql/types_private.h"

/* The last level is the named type itself; the levels have the shape of the text's. */
enum err types_ref(struct types_build *b, const struct sdl_type *from,
                   const struct gql_ref **out)
{
    struct gql_ref *first = NULL, **at = &first;
    const struct gql_type *type = types_get(b->t, from->name);
    for (const struct sdl_def *d = b->scalars; d && !type; d = d->next)
        if (str_eq(d->name, from->name)) {
            TRY(types_add(b, d, true));
            type = types_get(b->t, from->name);
        }
    for (; from; from = from->of) {
        if (!type)
            return types_fail(b, from->place, "a type that is not defined");
        struct gql_ref *r = *at = ARENA_NEW(&b->t->arena, struct gql_ref);
        r->type = type;
        r->required = from->required;
        at = (struct gql_ref **)&r->of;
    }
    *out = first;
    return ERR_OK;
}

static void deprecation(const struct sdl_directive *list, bool *out, struct str *reason)
{
    const struct sdl_directive *d = sdl_directive(list, "deprecated");
    const struct sdl_value *v = sdl_argument(d, "reason");
    *out = d && (!v || v->kind == SDL_STRING);
    *reason = v ? v->text : STR("No longer supported");
}

enum err types_inputs(struct types_build *b, const void *owner,
                      const struct sdl_input *from, struct gql_input *out,
                      uint32_t first)
{
    for (uint32_t i = first; from; from = from->next, i++) {
        struct gql_input *in = &out[i];
        void **slot = names_at(&b->t->names, owner, from->name);
        if (*slot)
            return types_fail(b, from->place, "a name that stands here twice");
        *slot = in;
        *in = (struct gql_input){.name = from->name,
                                 .description = from->description,
                                 .value = from->value,
                                 .index = i,
                                 .def = from};
        TRY(types_ref(b, from->type, &in->type));
        assert(in->type);
        if (!types_is_input(in->type->type))
            return types_fail(b, from->type->place, "not an input type");
        deprecation(from->directives, &in->deprecated, &in->reason);
    }
    return ERR_OK;
}

static uint32_t count_inputs(const struct sdl_input *in)
{
    uint32_t n = 0;
    for (; in; in = in->next)
        n++;
    return n;
}

static enum err field(struct types_build *b, struct gql_type *t, struct gql_field *f,
                      const struct sdl_field *def)
{
    void **slot = names_at(&b->t->names, t, def->name);
    if (*slot)
        return types_fail(b, def->place, "a name that stands here twice");
    *slot = f;
    *f = (struct gql_field){.name = def->name,
                            .description = def->description,
                            .index = (uint32_t)(f - t->fields),
                            .id = b->t->n_fields++,
                            .owner = t,
                            .def = def};
    TRY(types_ref(b, def->type, &f->type));
    assert(f->type); /* a type has one level at least */
    if (f->type->type->kind == GQL_INPUT)
        return types_fail(b, def->type->place, "not an output type");
    deprecation(def->directives, &f->deprecated, &f->reason);
    f->n_args = count_inputs(def->arguments);
    f->args = ARENA_ARRAY(&b->t->arena, struct gql_input, f->n_args);
    return types_inputs(b, f, def->arguments, f->args, 0);
}

static enum err enum_value(struct types_build *b, struct gql_type *t,
                           const struct sdl_name *from)
{
    struct gql_enum_value *v = &t->values[t->n_values];
    void **slot = names_at(&b->t->names, t, from->name);
    if (*slot)
        return types_fail(b, from->place, "a name that stands here twice");
    *slot = v;
    *v = (struct gql_enum_value){
        .name = from->name, .description = from->description, .index = t->n_values++};
    deprecation(from->directives, &v->deprecated, &v->reason);
    return ERR_OK;
}

static enum err member(struct types_build *b, const struct gql_type **list, uint32_t *n,
                       const struct sdl_name *from, enum gql_kind kind)
{
    const struct gql_type *t = types_get(b->t, from->name);
    if (!t || t->kind != kind)
        return types_fail(b, from->place,
                          kind == GQL_INTERFACE ? "not an interface"
                                                : "not an object type");
    for (uint32_t i = 0; i < *n; i++)
        if (list[i] == t)
            return types_fail(b, from->place, "a name that stands here twice");
    list[(*n)++] = t;
    return ERR_OK;
}

enum err types_fill_one(struct types_build *b, struct gql_type *t,
                        const struct sdl_def *d)
{
    for (const struct sdl_field *f = d->fields; f; f = f->next, t->n_fields++)
        TRY(field(b, t, &t->fields[t->n_fields], f));
    TRY(types_inputs(b, t, d->inputs, t->inputs, t->n_inputs));
    t->n_inputs += count_inputs(d->inputs);
    for (const struct sdl_name *n = d->interfaces; n; n = n->next)
        TRY(member(b, t->interfaces, &t->n_interfaces, n, GQL_INTERFACE));
    for (const struct sdl_name *n = d->names; n; n = n->next)
        TRY(d->kind == SDL_DEF_ENUM
                ? enum_value(b, t, n)
                : member(b, t->possible, &t->n_possible, n, GQL_OBJECT));
    const struct sdl_directive *by = sdl_directive(d->directives, "specifiedBy");
    const struct sdl_value *url = sdl_argument(by, "url");
    if (url && url->kind == SDL_STRING)
        t->specified_by = url->text;
    if (d->kind == SDL_DEF_INPUT && sdl_directive(d->directives, "oneOf"))
        t->one_of = true;
    return ERR_OK;
}

static bool is_type(const struct sdl_def *d)
{
    return d->kind != SDL_DEF_SCHEMA && d->kind != SDL_DEF_DIRECTIVE;
}

/* Sizes are counted first, so that parts of a type are one array. */
static enum err measure(struct types_build *b, const struct sdl_def *d)
{
    struct gql_type *t = (struct gql_type *)types_get(b->t, d->name);
    if (!t)
        return types_fail(b, d->place, "an extension of a type that is not defined");
    for (const struct sdl_field *f = d->fields; f; f = f->next)
        t->n_fields++;
    for (const struct sdl_name *n = d->interfaces; n; n = n->next)
        t->n_interfaces++;
    for (const struct sdl_name *n = d->names; n; n = n->next)
        d->kind == SDL_DEF_ENUM ? t->n_values++ : t->n_possible++;
    t->n_inputs += count_inputs(d->inputs);
    return ERR_OK;
}

static void make_room(struct arena *a, struct gql_type *t)
{
    t->fields = ARENA_ARRAY(a, struct gql_field, t->n_fields);
    t->inputs = ARENA_ARRAY(a, struct gql_input, t->n_inputs);
    t->values = ARENA_ARRAY(a, struct gql_enum_value, t->n_values);
    t->interfaces = ARENA_ARRAY(a, const struct gql_type *, t->n_interfaces);
    t->possible = ARENA_ARRAY(a, const struct gql_type *, t->n_possible);
    t->n_fields = t->n_inputs = t->n_values = t->n_interfaces = t->n_possible = 0;
}

enum err types_fill(struct types_build *b, const struct sdl_def *list)
{
    for (const struct sdl_def *d = list; d; d = d->next)
        if (is_type(d))
            TRY(measure(b, d));
    for (const struct sdl_def *d = list; d; d = d->next)
        if (is_type(d) && !d->extension)
            make_room(&b->t->arena, (struct gql_type *)types_get(b->t, d->name));
    for (const struct sdl_def *d = list; d; d = d->next)
        if (is_type(d))
            TRY(types_fill_one(b, (struct gql_type *)types_get(b->t, d->name), d));
    return ERR_OK;
}
