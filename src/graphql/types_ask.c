#include <assert.h>

#include "graphql/types_private.h"

const struct gql_type *types_get(const struct types *t, struct str name)
{
    return names_get(&t->names, NULL, name);
}

const struct gql_type *types_at(const struct types *t, uint32_t id)
{
    assert(id < t->n);
    return t->all[id];
}

uint32_t types_count(const struct types *t)
{
    return t->n;
}

uint32_t types_field_count(const struct types *t)
{
    return t->n_fields;
}

struct gql_type *types_edit(struct types *t, uint32_t id)
{
    assert(id < t->n);
    return t->all[id];
}

const struct gql_type *types_root(const struct types *t, enum sdl_operation operation)
{
    return t->roots[operation];
}

const struct gql_field *types_field(const struct gql_type *t, struct str name)
{
    return t->fields ? names_get(&t->types->names, t, name) : NULL;
}

const struct gql_input *types_input(const struct gql_type *t, struct str name)
{
    return t->kind == GQL_INPUT ? names_get(&t->types->names, t, name) : NULL;
}

const struct gql_enum_value *types_value(const struct gql_type *t, struct str name)
{
    return t->kind == GQL_ENUM ? names_get(&t->types->names, t, name) : NULL;
}

/* Most fields have few arguments, and comparing is faster than hashing then. */
static const struct gql_input *among(struct gql_input *args, uint32_t n,
                                     struct str name)
{
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(args[i].name, name))
            return &args[i];
    return NULL;
}

const struct gql_input *types_arg(const struct types *t, const struct gql_field *f,
                                  struct str name)
{
    return f->n_args <= 8 ? among(f->args, f->n_args, name)
                          : names_get(&t->names, f, name);
}

const struct gql_input *types_directive_arg(const struct types *t,
                                            const struct gql_directive *d,
                                            struct str name)
{
    return d->n_args <= 8 ? among(d->args, d->n_args, name)
                          : names_get(&t->names, d, name);
}

const struct gql_directive *types_directive(const struct types *t, struct str name)
{
    return names_get(&t->dirs, NULL, name);
}

const struct gql_directive *types_directive_at(const struct types *t, uint32_t i)
{
    assert(i < t->n_directives);
    return t->directives[i];
}

uint32_t types_directive_count(const struct types *t)
{
    return t->n_directives;
}

const struct gql_field *types_meta(const struct types *t, enum gql_meta which)
{
    return &t->meta.fields[which];
}

const struct gql_field *types_select(const struct gql_type *t, struct str name)
{
    if (name.n > 2 && name.p[0] == '_' && name.p[1] == '_') {
        const struct types *all = t->types;
        if (str_eq(name, STR("__typename")))
            return types_is_composite(t) ? types_meta(all, GQL_META_TYPENAME) : NULL;
        if (t == all->roots[SDL_QUERY] && str_eq(name, STR("__schema")))
            return types_meta(all, GQL_META_SCHEMA);
        if (t == all->roots[SDL_QUERY] && str_eq(name, STR("__type")))
            return types_meta(all, GQL_META_TYPE);
    }
    return types_field(t, name);
}

struct str types_description(const struct types *t)
{
    return t->description;
}

const struct sdl_def *types_document(const struct types *t)
{
    return t->document;
}

static bool has(const struct gql_type *abstract, const struct gql_type *object)
{
    return abstract->bits[object->id / 64] >> object->id % 64 & 1;
}

bool types_overlap(const struct gql_type *a, const struct gql_type *b)
{
    if (a == b)
        return true;
    if (types_is_abstract(a) && types_is_abstract(b)) {
        for (uint32_t i = 0; i < (a->types->n + 63) / 64; i++)
            if (a->bits[i] & b->bits[i])
                return true;
        return false;
    }
    if (types_is_abstract(a))
        return b->kind == GQL_OBJECT && has(a, b);
    return types_is_abstract(b) && a->kind == GQL_OBJECT && has(b, a);
}

bool types_is_possible(const struct gql_type *super, const struct gql_type *sub)
{
    if (sub->kind == GQL_OBJECT)
        return types_is_abstract(super) && has(super, sub);
    for (uint32_t i = 0; i < sub->n_interfaces; i++)
        if (sub->interfaces[i] == super)
            return true;
    return false;
}

bool types_is_sub(const struct gql_ref *sub, const struct gql_ref *super)
{
    for (;; sub = sub->of, super = super->of) {
        if (super->required && !sub->required)
            return false;
        if (!sub->of || !super->of)
            break;
    }
    if (sub->of || super->of)
        return false;
    return sub->type == super->type || (types_is_abstract(super->type) &&
                                        types_is_possible(super->type, sub->type));
}

void types_ref_print(const struct gql_ref *r, struct buf *out)
{
    bool required[SDL_DEPTH + 1];
    unsigned n = 0;
    struct str name = r->type->name;
    for (; r; r = r->of) {
        required[n++] = r->required;
        if (r->of)
            buf_add_char(out, '[');
    }
    buf_add_str(out, name);
    while (n--) {
        if (required[n])
            buf_add_char(out, '!');
        if (n)
            buf_add_char(out, ']');
    }
}

const struct gql_ref *types_resolve(const struct types *t, const struct sdl_type *from,
                                    struct arena *arena)
{
    const struct gql_type *type = types_get(t, from->name);
    struct gql_ref *first = NULL;
    const struct gql_ref **at = (const struct gql_ref **)&first;
    for (; type && from; from = from->of) {
        struct gql_ref *r = ARENA_NEW(arena, struct gql_ref);
        *r = (struct gql_ref){.type = type, .required = from->required};
        *at = r;
        at = &r->of;
    }
    return first;
}
