#include <assert.h>

#include "graphql/validate_private.h"

/* ---- values */

/* Any value where a scalar or enum is wanted, or where nothing fits. */
static void leaf(struct walk *w, const struct sdl_value *v, const struct walk_place *at)
{
    struct value ignored;
    if (!at->type || !at->check || !ON(w, ValuesOfCorrectType))
        return;
    const struct gql_type *type = at->type->type;
    BUF_SCOPED b = BUF_INIT;
    if (type->kind == GQL_INPUT) {
        BUF_SCOPED shown = BUF_INIT;
        types_ref_print(at->type, &b);
        coerce_print_literal(v, &shown);
        errors_at(w->errors, v->place, "Expected value of type \"%.*s\", found %.*s.",
                  (int)b.n, b.p, (int)shown.n, shown.p);
        return;
    }
    if (type->kind == GQL_SCALAR && type->scalar == GQL_CUSTOM)
        return;
    if (coerce_leaf_literal(w->v->mode, w->arena, type, v, &ignored))
        return;
    coerce_literal_error(type, v, &w->cells, &b);
    errors_at(w->errors, v->place, "%.*s", (int)b.n, b.p);
}

static void null(struct walk *w, const struct sdl_value *v, const struct walk_place *at)
{
    if (!at->type || !at->type->required || !at->check || !ON(w, ValuesOfCorrectType))
        return;
    BUF_SCOPED b = BUF_INIT;
    types_ref_print(at->type, &b);
    errors_at(w->errors, v->place, "Expected value of type \"%.*s\", found null.",
              (int)b.n, b.p);
}

static void enum_value(struct walk *w, const struct sdl_value *v,
                       const struct walk_place *at)
{
    leaf(w, v, at);
    const struct gql_enum_value *e =
        at->type ? types_value(at->type->type, v->text) : NULL;
    if (e && e->deprecated && ON(w, NoDeprecatedCustom))
        errors_at(w->errors, v->place,
                  "The enum value \"%.*s.%.*s\" is deprecated. %.*s",
                  SHOW(at->type->type->name), SHOW(e->name), SHOW(e->reason));
}

static void variable(struct walk *w, const struct sdl_value *v,
                     const struct walk_place *at)
{
    struct usage *u = *w->part->usages_tail = ARENA_NEW(w->arena, struct usage);
    *u = (struct usage){.node = v,
                        .type = at->type,
                        .has_default = at->has_default,
                        .one_of = at->one_of};
    w->part->usages_tail = &u->next;
}

static void list(struct walk *w, const struct sdl_value *v,
                 struct walk_place at) /* NOLINT(misc-no-recursion) */
{
    struct walk_place item = {.check = at.check && at.type && at.type->of};
    if (!item.check)
        leaf(w, v, &at);
    if (at.type && at.type->of) {
        item.type = at.type->of;
    } else if (at.type) {
        struct gql_ref *nullable = ARENA_NEW(w->arena, struct gql_ref);
        nullable->type = at.type->type;
        item.type = nullable;
    }
    for (const struct sdl_value *i = v->items; i && !is_done(w); i = i->next)
        walk_value(w, i, item);
}

static void one_of(struct walk *w, const struct sdl_value *v,
                   const struct gql_type *type, uint32_t n_given)
{
    if (n_given != 1) {
        errors_at(w->errors, v->place,
                  "OneOf Input Object \"%.*s\" must specify exactly one key.",
                  SHOW(type->name));
        return;
    }
    assert(v->items); /* one was counted */
    if (v->items->kind == SDL_NULL)
        errors_at(w->errors, v->place, "Field \"%.*s.%.*s\" must be non-null.",
                  SHOW(type->name), SHOW(v->items->name));
}

static void lacking(struct walk *w, const struct sdl_value *v,
                    const struct gql_type *type, uint32_t n_given)
{
    for (uint32_t i = 0; i < type->n_inputs && !is_done(w); i++) {
        const struct gql_input *f = &type->inputs[i];
        if (!f->type->required || f->value)
            continue;
        const struct sdl_value *given = v->items;
        while (given && !str_eq(given->name, f->name))
            given = given->next;
        if (given)
            continue;
        BUF_SCOPED b = BUF_INIT;
        types_ref_print(f->type, &b);
        errors_at(w->errors, v->place,
                  "Field \"%.*s.%.*s\" of required type \"%.*s\" was not provided.",
                  SHOW(type->name), SHOW(f->name), (int)b.n, b.p);
    }
    if (type->one_of)
        one_of(w, v, type, n_given);
}

static void unknown_input(struct walk *w, const struct sdl_value *v,
                          const struct gql_type *type)
{
    struct suggest s;
    BUF_SCOPED b = BUF_INIT;
    suggest_init(&s, v->name, &w->cells);
    for (uint32_t i = 0; i < type->n_inputs; i++)
        suggest_offer(&s, type->inputs[i].name);
    suggest_print(&s, "", &b);
    errors_at(w->errors, v->name_place,
              "Field \"%.*s\" is not defined by type \"%.*s\".%.*s", SHOW(v->name),
              SHOW(type->name), (int)b.n, b.p ? b.p : "");
}

/* One field of an object; `object` is its type when that is an input object. */
static void member(struct walk *w, const struct sdl_value *v,
                   const struct walk_place *at, const struct gql_type *object,
                   bool check) /* NOLINT(misc-no-recursion) */
{
    const struct gql_input *f = object ? types_input(object, v->name) : NULL;
    if (object && !f && check && ON(w, ValuesOfCorrectType))
        unknown_input(w, v, object);
    if (f && f->deprecated && ON(w, NoDeprecatedCustom))
        errors_at(w->errors, v->name_place,
                  "The input field %.*s.%.*s is deprecated. %.*s", SHOW(object->name),
                  SHOW(f->name), SHOW(f->reason));
    bool one_of = f && object->one_of && !at->type->required && !at->type->of;
    walk_value(w, v,
               (struct walk_place){.type = f ? f->type : NULL,
                                   .has_default = f && f->value,
                                   .one_of = one_of ? object : NULL,
                                   .check = check});
}

/* Names that stand twice in one object; returns how many different ones there are. */
static uint32_t unique_members(struct walk *w, const struct sdl_value *v)
{
    uint32_t n = 0;
    for (const struct sdl_value *i = v->items; i && !is_done(w); i = i->next) {
        void **slot = names_at(&w->names, v, i->name);
        if (!*slot) {
            *slot = (void *)i;
            n++;
            continue;
        }
        if (!ON(w, UniqueInputFieldNames))
            continue;
        struct gql_error *e =
            errors_add(w->errors, "There can be only one input field named \"%.*s\".",
                       SHOW(i->name));
        errors_place(w->errors, e, ((const struct sdl_value *)*slot)->name_place);
        errors_place(w->errors, e, i->name_place);
    }
    return n;
}

static void object(struct walk *w, const struct sdl_value *v,
                   struct walk_place at) /* NOLINT(misc-no-recursion) */
{
    const struct gql_type *type = at.type ? at.type->type : NULL;
    bool check = at.check && type && type->kind == GQL_INPUT;
    bool alone = !v->items || !v->items->next;
    uint32_t n = alone ? v->items != NULL : unique_members(w, v);
    if (!check)
        leaf(w, v, &at);
    else if (ON(w, ValuesOfCorrectType))
        lacking(w, v, type, n);
    for (const struct sdl_value *i = v->items; i && !is_done(w); i = i->next)
        member(w, i, &at, type && type->kind == GQL_INPUT ? type : NULL, check);
}

void walk_value(struct walk *w, const struct sdl_value *v,
                struct walk_place at) /* NOLINT(misc-no-recursion) */
{
    switch (v->kind) {
    case SDL_NULL: null(w, v, &at); break;
    case SDL_VARIABLE: variable(w, v, &at); break;
    case SDL_LIST: list(w, v, at); break;
    case SDL_OBJECT: object(w, v, at); break;
    case SDL_ENUM: enum_value(w, v, &at); break;
    case SDL_BOOL:
    case SDL_INT:
    case SDL_FLOAT:
    case SDL_STRING: leaf(w, v, &at); break;
    }
}

/* ---- arguments */

static void unique_arguments(struct walk *w, const struct sdl_argument *list)
{
    bool repeated = false;
    if (!list || !list->next || !ON(w, UniqueArgumentNames))
        return;
    for (const struct sdl_argument *a = list; a; a = a->next) {
        void **slot = names_at(&w->names, list, a->name);
        repeated = repeated || *slot;
        *slot = *slot ? w : (void *)a;
    }
    for (const struct sdl_argument *a = list; repeated && a; a = a->next) {
        void **slot = names_at(&w->names, list, a->name);
        if (*slot != w)
            continue;
        *slot = (void *)a;
        struct gql_error *e = errors_add(
            w->errors, "There can be only one argument named \"%.*s\".", SHOW(a->name));
        for (const struct sdl_argument *o = a; o; o = o->next)
            if (str_eq(o->name, a->name))
                errors_place(w->errors, e, o->place);
    }
}

struct owner {
    const struct gql_input *args; /* NULL: nothing is known */
    uint32_t n_args;
    const struct gql_type *parent; /* of a field */
    struct str name;
};

static void unknown_argument(struct walk *w, const struct sdl_argument *a,
                             const struct owner *of)
{
    struct suggest s;
    BUF_SCOPED b = BUF_INIT;
    suggest_init(&s, a->name, &w->cells);
    for (uint32_t i = 0; i < of->n_args; i++)
        suggest_offer(&s, of->args[i].name);
    suggest_print(&s, "", &b);
    if (of->parent)
        errors_at(w->errors, a->place,
                  "Unknown argument \"%.*s\" on field \"%.*s.%.*s\".%.*s",
                  SHOW(a->name), SHOW(of->parent->name), SHOW(of->name), (int)b.n,
                  b.p ? b.p : "");
    else
        errors_at(w->errors, a->place,
                  "Unknown argument \"%.*s\" on directive \"@%.*s\".%.*s",
                  SHOW(a->name), SHOW(of->name), (int)b.n, b.p ? b.p : "");
}

static void deprecated_argument(struct walk *w, const struct sdl_argument *a,
                                const struct gql_input *in, const struct owner *of)
{
    if (of->parent)
        errors_at(w->errors, a->place,
                  "Field \"%.*s.%.*s\" argument \"%.*s\" is deprecated. %.*s",
                  SHOW(of->parent->name), SHOW(of->name), SHOW(in->name),
                  SHOW(in->reason));
    else
        errors_at(w->errors, a->place,
                  "Directive \"@%.*s\" argument \"%.*s\" is deprecated. %.*s",
                  SHOW(of->name), SHOW(in->name), SHOW(in->reason));
}

static void argument(struct walk *w, const struct sdl_argument *a,
                     const struct gql_input *in, const struct owner *of)
{
    if (in && in->deprecated && ON(w, NoDeprecatedCustom))
        deprecated_argument(w, a, in, of);
    walk_value(w, a->value,
               (struct walk_place){.type = in ? in->type : NULL,
                                   .has_default = in && in->value,
                                   .check = true});
}

void walk_arguments(struct walk *w, const struct sdl_selection *s,
                    const struct gql_field *field, const struct gql_type *parent)
{
    struct owner of = {.parent = parent};
    if (field)
        of = (struct owner){field->args, field->n_args, parent, field->name};
    unique_arguments(w, s->arguments);
    for (const struct sdl_argument *a = s->arguments; a && !is_done(w); a = a->next) {
        const struct gql_input *in = field ? types_arg(w->types, field, a->name) : NULL;
        if (!in && field && parent && ON(w, KnownArgumentNames))
            unknown_argument(w, a, &of);
        argument(w, a, in, &of);
    }
}

static bool is_given(const struct sdl_argument *list, struct str name)
{
    while (list && !str_eq(list->name, name))
        list = list->next;
    return list != NULL;
}

void walk_required(struct walk *w, const struct sdl_selection *s,
                   const struct gql_field *field)
{
    for (uint32_t i = 0; i < field->n_args && !is_done(w); i++) {
        const struct gql_input *in = &field->args[i];
        if (!in->type->required || in->value || is_given(s->arguments, in->name))
            continue;
        BUF_SCOPED b = BUF_INIT;
        types_ref_print(in->type, &b);
        errors_at(
            w->errors, s->place,
            "Field \"%.*s\" argument \"%.*s\" of type \"%.*s\" is required, but it "
            "was not provided.",
            SHOW(field->name), SHOW(in->name), (int)b.n, b.p);
    }
}

/* ---- directives */

static const char *const locations[] = {
#define X(name) #name,
    GQL_LOCATIONS(X)
#undef X
};

static const struct gql_input *argument_of(const struct gql_directive *d,
                                           struct str name)
{
    for (uint32_t i = 0; d && i < d->n_args; i++)
        if (str_eq(d->args[i].name, name))
            return &d->args[i];
    return NULL;
}

static void unique_directives(struct walk *w, const struct sdl_directive *list,
                              const void *owner)
{
    if ((owner == list && !list->next) || !ON(w, UniqueDirectivesPerLocation))
        return;
    for (const struct sdl_directive *d = list; d && !is_done(w); d = d->next) {
        const struct gql_directive *own = walk_directive(w, d->name);
        if (!own || own->repeatable)
            continue;
        void **slot = names_at(&w->names, owner, d->name);
        if (!*slot) {
            *slot = (void *)d;
            continue;
        }
        struct gql_error *e = errors_add(
            w->errors,
            "The directive \"@%.*s\" can only be used once at this location.",
            SHOW(d->name));
        errors_place(w->errors, e, ((const struct sdl_directive *)*slot)->place);
        errors_place(w->errors, e, d->place);
    }
}

static void lacks_arguments(struct walk *w, const struct sdl_directive *d,
                            const struct gql_directive *own)
{
    for (uint32_t i = 0; i < own->n_args; i++) {
        const struct gql_input *in = &own->args[i];
        if (!in->type->required || in->value || is_given(d->arguments, in->name))
            continue;
        BUF_SCOPED b = BUF_INIT;
        types_ref_print(in->type, &b);
        errors_at(
            w->errors, d->place,
            "Directive \"@%.*s\" argument \"%.*s\" of type \"%.*s\" is required, but "
            "it was not provided.",
            SHOW(d->name), SHOW(in->name), (int)b.n, b.p);
    }
}

static void directive(struct walk *w, const struct sdl_directive *d,
                      enum gql_location at)
{
    const struct gql_directive *own = walk_directive(w, d->name);
    struct owner of = {.name = d->name};
    if (own)
        of = (struct owner){own->args, own->n_args, NULL, own->name};
    if (!own && ON(w, KnownDirectives))
        errors_at(w->errors, d->place, "Unknown directive \"@%.*s\".", SHOW(d->name));
    else if (own && !(own->locations >> at & 1) && ON(w, KnownDirectives))
        errors_at(w->errors, d->place, "Directive \"@%.*s\" may not be used on %s.",
                  SHOW(d->name), locations[at]);
    for (const struct sdl_argument *a = own ? d->arguments : NULL; a; a = a->next)
        if (!argument_of(own, a->name) &&
            (ON(w, KnownArgumentNames) || ON(w, KnownArgumentNamesOnDirectives)))
            unknown_argument(w, a, &of);
    unique_arguments(w, d->arguments);
    for (const struct sdl_argument *a = d->arguments; a && !is_done(w); a = a->next)
        argument(w, a, argument_of(own, a->name), &of);
    if (own && (ON(w, ProvidedRequiredArguments) ||
                ON(w, ProvidedRequiredArgumentsOnDirectives)))
        lacks_arguments(w, d, own);
}

void walk_directives_of(struct walk *w, const struct sdl_directive *list,
                        enum gql_location at, const void *owner)
{
    unique_directives(w, list, owner);
    for (const struct sdl_directive *d = list; d && !is_done(w); d = d->next)
        directive(w, d, at);
}
