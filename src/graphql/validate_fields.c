#include "graphql/validate_private.h"

const struct gql_field *walk_field(struct sdl_selection *s,
                                   const struct gql_type *parent)
{
    if (!s->bound && parent)
        s->bound = types_select(parent, s->name);
    return s->bound;
}

const struct gql_type *walk_condition(const struct walk *w, struct sdl_selection *s,
                                      const struct gql_type *parent)
{
    if (!s->bound)
        s->bound = s->name.p ? types_get(w->types, s->name) : parent;
    const struct gql_type *t = s->bound;
    return t && types_is_composite(t) ? t : NULL;
}

/* ---- a field that does not exist */

struct candidate {
    const struct gql_type *type;
    uint32_t uses;
};

static bool before(const struct candidate *a, const struct candidate *b)
{
    if (a->uses != b->uses)
        return a->uses > b->uses;
    if (types_is_abstract(a->type) && types_is_possible(a->type, b->type))
        return true;
    if (types_is_abstract(b->type) && types_is_possible(b->type, a->type))
        return false;
    return suggest_before(a->type->name, b->type->name);
}

/* Types among which the field can be found, most useful first. */
static unsigned types_with(const struct gql_type *parent, struct str name,
                           struct str out[SUGGEST_MOST], struct walk *w)
{
    struct candidate best[SUGGEST_MOST];
    unsigned n = 0;
    const struct types *types = w->types;
    uint32_t *uses = ARENA_ARRAY(w->arena, uint32_t, types_count(types));
    for (uint32_t i = 0; i < parent->n_possible; i++) {
        const struct gql_type *own = parent->possible[i];
        if (!types_field(own, name))
            continue;
        uses[own->id] = 1;
        for (uint32_t k = 0; k < own->n_interfaces; k++)
            uses[own->interfaces[k]->id] +=
                types_field(own->interfaces[k], name) != NULL;
    }
    for (uint32_t i = 0; i < types_count(types); i++) {
        struct candidate c = {types_at(types, i), uses[i]};
        unsigned at = n;
        if (!c.uses)
            continue;
        while (at > 0 && before(&c, &best[at - 1]))
            at--;
        if (at == SUGGEST_MOST)
            continue;
        n += n < SUGGEST_MOST;
        for (unsigned k = n - 1; k > at; k--)
            best[k] = best[k - 1];
        best[at] = c;
    }
    for (unsigned i = 0; i < n; i++)
        out[i] = best[i].type->name;
    return n;
}

static void unknown_field(struct walk *w, const struct sdl_selection *s,
                          const struct gql_type *parent)
{
    BUF_SCOPED b = BUF_INIT;
    struct str names[SUGGEST_MOST];
    uint64_t cost = (uint64_t)parent->n_possible * 8 + types_count(w->types);
    if (types_is_abstract(parent) && w->cells >= cost) {
        w->cells -= cost;
        suggest_names(names, types_with(parent, s->name, names, w),
                      "to use an inline fragment on", &b);
    }
    if (!b.n) {
        struct suggest list;
        suggest_init(&list, s->name, &w->cells);
        for (uint32_t i = 0; i < parent->n_fields; i++)
            suggest_offer(&list, parent->fields[i].name);
        suggest_print(&list, "", &b);
    }
    errors_at(w->errors, s->place, "Cannot query field \"%.*s\" on type \"%.*s\".%.*s",
              SHOW(s->name), SHOW(parent->name), (int)b.n, b.p ? b.p : "");
}

/* ---- fields */

static void leafs(struct walk *w, const struct sdl_selection *s,
                  const struct gql_field *f)
{
    bool composite = types_is_composite(f->type->type);
    if (composite == (s->selections != NULL))
        return;
    BUF_SCOPED b = BUF_INIT;
    types_ref_print(f->type, &b);
    if (composite)
        errors_at(w->errors, s->place,
                  "Field \"%.*s\" of type \"%.*s\" must have a selection of subfields. "
                  "Did you mean \"%.*s { ... }\"?",
                  SHOW(s->name), (int)b.n, b.p, SHOW(s->name));
    else
        errors_at(w->errors, s->brace,
                  "Field \"%.*s\" must not have a selection since type \"%.*s\" has no "
                  "subfields.",
                  SHOW(s->name), (int)b.n, b.p);
}

static void custom(struct walk *w, const struct sdl_selection *s,
                   const struct gql_field *f, const struct gql_type *parent)
{
    if (f->deprecated && ON(w, NoDeprecatedCustom))
        errors_at(w->errors, s->place, "The field %.*s.%.*s is deprecated. %.*s",
                  SHOW(parent->name), SHOW(f->name), SHOW(f->reason));
    if (f->type->type->introspection && ON(w, NoSchemaIntrospectionCustom))
        errors_at(w->errors, s->place,
                  "GraphQL introspection has been disabled, but the requested query "
                  "contained the field \"%.*s\".",
                  SHOW(s->name));
}

static bool is_root_of_introspection(struct str name)
{
    return name.n >= 6 && name.p[0] == '_' &&
           (str_eq(name, STR("__schema")) || str_eq(name, STR("__type")));
}

static void field(struct walk *w, struct sdl_selection *s,
                  const struct gql_type *parent) /* NOLINT(misc-no-recursion) */
{
    const struct gql_field *f = walk_field(s, parent);
    if (f && ON(w, ScalarLeafs))
        leafs(w, s, f);
    if (!f && parent && ON(w, FieldsOnCorrectType))
        unknown_field(w, s, parent);
    if (is_root_of_introspection(s->name) && ON(w, MaxIntrospectionDepth) &&
        walk_too_deep(w, s))
        errors_at(w->errors, s->place, "Maximum introspection depth exceeded");
    if (f && parent)
        custom(w, s, f, parent);
    if (s->arguments)
        walk_arguments(w, s, f, parent);
    if (s->directives)
        walk_directives(w, s->directives, GQL_AT_FIELD);
    if (s->selections) {
        const struct gql_type *below = f ? f->type->type : NULL;
        walk_selections(w, s->selections,
                        below && types_is_composite(below) ? below : NULL);
    }
    if (f && f->n_args && ON(w, ProvidedRequiredArguments))
        walk_required(w, s, f);
}

/* ---- fragments */

static void cannot_be(struct walk *w, const struct sdl_selection *s,
                      const struct gql_type *parent, const struct gql_type *type)
{
    if (s->kind == SDL_SELECT_SPREAD)
        errors_at(w->errors, s->place,
                  "Fragment \"%.*s\" cannot be spread here as objects of type \"%.*s\" "
                  "can never be of type \"%.*s\".",
                  SHOW(s->name), SHOW(parent->name), SHOW(type->name));
    else
        errors_at(
            w->errors, s->place,
            "Fragment cannot be spread here as objects of type \"%.*s\" can never "
            "be of type \"%.*s\".",
            SHOW(parent->name), SHOW(type->name));
}

static void spread(struct walk *w, struct sdl_selection *s,
                   const struct gql_type *parent)
{
    struct part *p = walk_fragment(w, s->name);
    const struct gql_type *type = p ? types_get(w->types, p->def->on) : NULL;
    s->fragment = p ? p->def : NULL;
    if (!p && ON(w, KnownFragmentNames))
        errors_at(w->errors, s->name_place, "Unknown fragment \"%.*s\".",
                  SHOW(s->name));
    if (type && parent && types_is_composite(type) && !types_overlap(type, parent) &&
        ON(w, PossibleFragmentSpreads))
        cannot_be(w, s, parent, type);
    walk_directives(w, s->directives, GQL_AT_FRAGMENT_SPREAD);
}

static void each(struct walk *w, struct sdl_selection *s,
                 const struct gql_type *parent);

static void
inline_fragment(struct walk *w, struct sdl_selection *s,
                const struct gql_type *parent) /* NOLINT(misc-no-recursion) */
{
    const struct gql_type *type = walk_condition(w, s, parent);
    if (s->name.p && s->bound && !type && ON(w, FragmentsOnCompositeTypes))
        errors_at(w->errors, s->name_place,
                  "Fragment cannot condition on non composite type \"%.*s\".",
                  SHOW(s->name));
    if (type && parent && !types_overlap(type, parent) &&
        ON(w, PossibleFragmentSpreads))
        cannot_be(w, s, parent, type);
    if (s->name.p)
        walk_type_name(w, s->name, s->name_place, false);
    walk_directives(w, s->directives, GQL_AT_INLINE_FRAGMENT);
    for (struct sdl_selection *i = s->selections; i && !is_done(w); i = i->next)
        each(w, i, type);
}

static void each(struct walk *w, struct sdl_selection *s,
                 const struct gql_type *parent) /* NOLINT(misc-no-recursion) */
{
    switch (s->kind) {
    case SDL_SELECT_FIELD: field(w, s, parent); break;
    case SDL_SELECT_SPREAD: spread(w, s, parent); break;
    case SDL_SELECT_INLINE: inline_fragment(w, s, parent); break;
    }
}

void walk_selections(struct walk *w, struct sdl_selection *list,
                     const struct gql_type *parent) /* NOLINT(misc-no-recursion) */
{
    bool alone = !list->next && list->kind != SDL_SELECT_INLINE;
    if (!alone && ON(w, OverlappingFieldsCanBeMerged))
        walk_overlap(w, list, parent);
    for (struct sdl_selection *s = list; s && !is_done(w); s = s->next)
        each(w, s, parent);
}
