#include "graphql/types.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "graphql/builtin_types.h"
#include "graphql/coerce.h"
#include "graphql/types_private.h"

static const enum gql_kind kinds[] = {
    [SDL_DEF_SCALAR] = GQL_SCALAR,       [SDL_DEF_TYPE] = GQL_OBJECT,
    [SDL_DEF_INTERFACE] = GQL_INTERFACE, [SDL_DEF_UNION] = GQL_UNION,
    [SDL_DEF_ENUM] = GQL_ENUM,           [SDL_DEF_INPUT] = GQL_INPUT,
};

static enum gql_scalar scalar(struct str name)
{
    static const char *const names[] = {[GQL_INT] = "Int",
                                        [GQL_FLOAT] = "Float",
                                        [GQL_STRING] = "String",
                                        [GQL_BOOLEAN] = "Boolean",
                                        [GQL_ID] = "ID"};
    for (enum gql_scalar s = GQL_INT; s <= GQL_ID; s++)
        if (str_eq(name, str_of(names[s])))
            return s;
    return GQL_CUSTOM;
}

static void init_type(struct types *t, struct gql_type *out, const struct sdl_def *d)
{
    *out = (struct gql_type){.kind = kinds[d->kind],
                             .name = d->name,
                             .description = d->description,
                             .id = t->n,
                             .def = d,
                             .types = t};
    if (out->kind == GQL_SCALAR)
        out->scalar = scalar(d->name);
}

enum err types_add(struct types_build *b, const struct sdl_def *d, bool builtin)
{
    struct types *t = b->t;
    void **slot = names_at(&t->names, NULL, d->name);
    if (*slot)
        return types_fail(b, d->place, "a type that is defined twice");
    struct gql_type *type = ARENA_NEW(&t->arena, struct gql_type);
    *slot = type;
    init_type(t, type, d);
    type->builtin = builtin || type->scalar != GQL_CUSTOM;
    type->introspection = builtin && type->kind != GQL_SCALAR;
    VEC_PUSH(t->all, t->n, t->cap) = type;
    return ERR_OK;
}

static enum err add_all(struct types_build *b, const struct sdl_def *list, bool builtin)
{
    for (const struct sdl_def *d = list; d; d = d->next) {
        if (d->kind == SDL_DEF_SCHEMA || d->kind == SDL_DEF_DIRECTIVE || d->extension)
            continue;
        if (builtin && str_eq(d->name, STR("__Meta")))
            continue;
        TRY(types_add(b, d, builtin));
    }
    return ERR_OK;
}

uint32_t types_location(struct str name)
{
    static const char *const names[] = {
#define X(name) #name,
        GQL_LOCATIONS(X)
#undef X
    };
    for (uint32_t i = 0; i < GQL_N_LOCATIONS; i++)
        if (str_eq(name, str_of(names[i])))
            return 1u << i;
    return 0;
}

static enum err add_directive(struct types_build *b, const struct sdl_def *d,
                              bool builtin)
{
    struct types *t = b->t;
    void **slot = names_at(&t->dirs, NULL, d->name);
    if (*slot && builtin)
        return ERR_OK;
    if (*slot)
        return types_fail(b, d->place, "a directive that is defined twice");
    struct gql_directive *own = *slot = ARENA_NEW(&t->arena, struct gql_directive);
    *own = (struct gql_directive){.name = d->name,
                                  .description = d->description,
                                  .repeatable = d->repeatable,
                                  .builtin = builtin,
                                  .def = d};
    for (const struct sdl_input *i = d->inputs; i; i = i->next)
        own->n_args++;
    own->args = ARENA_ARRAY(&t->arena, struct gql_input, own->n_args);
    for (const struct sdl_name *n = d->names; n; n = n->next)
        own->locations |= types_location(n->name);
    t->directives[t->n_directives++] = own;
    return types_inputs(b, own, d->inputs, own->args, 0);
}

static enum err add_directives(struct types_build *b)
{
    const struct sdl_def *lists[] = {b->t->document, b->builtin};
    uint32_t n = 0;
    for (int i = 0; i < 2; i++)
        for (const struct sdl_def *d = lists[i]; d; d = d->next)
            n += d->kind == SDL_DEF_DIRECTIVE;
    b->t->directives = ARENA_ARRAY(&b->t->arena, struct gql_directive *, n);
    for (int i = 0; i < 2; i++)
        for (const struct sdl_def *d = lists[i]; d; d = d->next)
            if (d->kind == SDL_DEF_DIRECTIVE)
                TRY(add_directive(b, d, i == 1));
    return ERR_OK;
}

static enum err roots(struct types_build *b)
{
    static const char *const words[] = {"query", "mutation", "subscription"};
    static const char *const names[] = {"Query", "Mutation", "Subscription"};
    struct types *t = b->t;
    bool given = false;
    for (const struct sdl_def *d = t->document; d; d = d->next) {
        if (d->kind != SDL_DEF_SCHEMA)
            continue;
        given = given || !d->extension;
        if (d->description.p)
            t->description = d->description;
        for (const struct sdl_field *f = d->fields; f; f = f->next)
            for (int i = 0; i < 3; i++) {
                if (!str_eq(f->name, str_of(words[i])))
                    continue;
                t->roots[i] = types_get(t, f->type->name);
                if (!t->roots[i] || t->roots[i]->kind != GQL_OBJECT)
                    return types_fail(b, f->type->place, "not an object type");
            }
    }
    for (int i = 0; i < 3 && !given; i++) {
        const struct gql_type *root = types_get(t, str_of(names[i]));
        if (!t->roots[i] && root && root->kind == GQL_OBJECT)
            t->roots[i] = root;
    }
    return ERR_OK;
}

/* What objects are of an interface, in the order of their definitions; objects are
 * possible where they themselves are asked for. Bits answer the same in no time. */
static void possibilities(struct types *t)
{
    for (uint32_t i = 0; i < t->n; i++) {
        struct gql_type *own = t->all[i];
        for (uint32_t k = 0; own->kind == GQL_OBJECT && k < own->n_interfaces; k++)
            ((struct gql_type *)own->interfaces[k])->n_possible++;
    }
    for (uint32_t i = 0; i < t->n; i++) {
        struct gql_type *own = t->all[i];
        if (own->kind == GQL_OBJECT)
            own->n_possible = 1;
        if (own->kind == GQL_INTERFACE || own->kind == GQL_OBJECT)
            own->possible =
                ARENA_ARRAY(&t->arena, const struct gql_type *, own->n_possible);
        if (types_is_abstract(own))
            own->bits = ARENA_ARRAY(&t->arena, uint64_t, (t->n + 63) / 64);
        if (own->kind == GQL_OBJECT)
            own->possible[0] = own;
        if (own->kind == GQL_INTERFACE)
            own->n_possible = 0;
    }
    for (uint32_t i = 0; i < t->n; i++) {
        struct gql_type *own = t->all[i];
        for (uint32_t k = 0; own->kind == GQL_OBJECT && k < own->n_interfaces; k++) {
            struct gql_type *of = (struct gql_type *)own->interfaces[k];
            of->possible[of->n_possible++] = own;
        }
    }
    for (uint32_t i = 0; i < t->n; i++)
        for (uint32_t k = 0; t->all[i]->bits && k < t->all[i]->n_possible; k++) {
            uint32_t id = t->all[i]->possible[k]->id;
            t->all[i]->bits[id / 64] |= UINT64_C(1) << id % 64;
        }
}

static void default_values(struct arena *a, struct gql_input *list, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (list[i].value)
            list[i].otherwise = coerce_default(a, list[i].type, list[i].value);
}

/* Defaults of input fields come before those of arguments, which take them over. An
 * input object's own field may be of its own type: then only what is known is used. */
static void defaults(struct types *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        default_values(&t->arena, t->all[i]->inputs, t->all[i]->n_inputs);
    for (uint32_t i = 0; i < t->n; i++)
        for (uint32_t k = 0; k < t->all[i]->n_fields; k++)
            default_values(&t->arena, t->all[i]->fields[k].args,
                           t->all[i]->fields[k].n_args);
    for (uint32_t i = 0; i < t->n_directives; i++)
        default_values(&t->arena, t->directives[i]->args, t->directives[i]->n_args);
}

static enum err meta(struct types_build *b)
{
    const struct sdl_def *d = b->builtin;
    struct gql_type *m = &b->t->meta;
    init_type(b->t, m, d);
    m->fields = ARENA_ARRAY(&b->t->arena, struct gql_field, 3);
    TRY(types_fill_one(b, m, d));
    for (uint32_t i = 0; i < m->n_fields; i++)
        m->fields[i].owner = NULL;
    return ERR_OK;
}

static enum err build(struct types_build *b, struct str text)
{
    struct types *t = b->t;
    struct arena *a = &t->arena;
    TRY(sdl_parse_extended(arena_str(a, text), b->name, a, &t->document, b->e));
    TRY(sdl_parse(str_of(types_builtin_text), NULL, a, &b->builtin, b->e));
    TRY(sdl_parse(str_of(types_scalar_text), NULL, a, &b->scalars, b->e));
    names_init(&t->names, a, (uint32_t)(text.n / 32));
    names_init(&t->dirs, a, 16);
    TRY(add_all(b, t->document, false));
    TRY(add_all(b, b->builtin, true));
    TRY(types_fill(b, t->document));
    TRY(types_fill(b, b->builtin->next)); /* behind __Meta, the first */
    TRY(meta(b));
    TRY(add_directives(b));
    TRY(roots(b));
    possibilities(t);
    defaults(t);
    return ERR_OK;
}

enum err types_load(struct str text, const char *name, struct types **out,
                    struct error *e)
{
    CLEANUP(types_freep) struct types *t = NEW(struct types);
    struct types_build b = {.t = t, .name = name, .e = e};
    TRY(build(&b, text));
    *out = t;
    t = NULL;
    return ERR_OK;
}

void types_free(struct types *t)
{
    if (!t)
        return;
    arena_done(&t->arena);
    free(t->all);
    free(t);
}
