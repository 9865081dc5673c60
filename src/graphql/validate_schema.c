#include "graphql/validate_private.h"

/* Owners of names in the walk's table. */
#define TYPES_OF(w)      ((const void *)&(w)->types) /* types that are defined here */
#define DIRECTIVES_OF(w) ((const void *)&(w)->rules) /* directives */
#define GROUPS_OF(w)     ((const void *)&(w)->part)  /* a token per name of a type */
#define SEEN_OF(w)       ((const void *)&(w)->comparisons) /* types met so far */
#define SEEN_DIRS_OF(w)  ((const void *)&(w)->cheap)       /* directives met so far */
#define ROOTS_OF(w)      ((const void *)&(w)->request)     /* kinds of operation */

static bool is_type(const struct sdl_def *d)
{
    return d->kind != SDL_DEF_SCHEMA && d->kind < SDL_DEF_DIRECTIVE;
}

/* ---- names that the document defines */

/* A reference to a type that is only a name: enough to be printed. */
static const struct gql_ref *nominal(struct walk *w, const struct sdl_type *from)
{
    struct gql_type *type = ARENA_NEW(w->arena, struct gql_type);
    const struct gql_ref *first = NULL, **at = &first;
    type->name = from->name;
    for (; from; from = from->of) {
        struct gql_ref *r = ARENA_NEW(w->arena, struct gql_ref);
        *r = (struct gql_ref){.type = type, .required = from->required};
        *at = r;
        at = &r->of;
    }
    return first;
}

static void define_directive(struct walk *w, const struct sdl_def *d)
{
    struct gql_directive *own = ARENA_NEW(w->arena, struct gql_directive);
    *own =
        (struct gql_directive){.name = d->name, .repeatable = d->repeatable, .def = d};
    for (const struct sdl_input *i = d->inputs; i; i = i->next)
        own->n_args++;
    own->args = ARENA_ARRAY(w->arena, struct gql_input, own->n_args);
    struct gql_input *to = own->args;
    for (const struct sdl_input *i = d->inputs; i; i = i->next)
        *to++ = (struct gql_input){
            .name = i->name, .type = nominal(w, i->type), .value = i->value};
    for (const struct sdl_name *n = d->names; n; n = n->next)
        own->locations |= types_location(n->name);
    *names_at(&w->names, DIRECTIVES_OF(w), d->name) = own;
}

void walk_define(struct walk *w)
{
    for (const struct sdl_def *d = w->request->first; d; d = d->next) {
        if (d->kind == SDL_DEF_DIRECTIVE)
            define_directive(w, d);
        else if (is_type(d) && !d->extension)
            *names_at(&w->names, TYPES_OF(w), d->name) = (void *)d;
    }
}

const struct gql_directive *walk_directive(const struct walk *w, struct str name)
{
    const struct gql_directive *own =
        w->defines ? names_get(&w->names, DIRECTIVES_OF(w), name) : NULL;
    return own ? own : types_directive(w->types, name);
}

static const struct sdl_def *defined(const struct walk *w, struct str name)
{
    return w->defines ? names_get(&w->names, TYPES_OF(w), name) : NULL;
}

static const char *const standard[] = {"String", "Int", "Float", "Boolean", "ID"};

static bool is_standard(struct str name)
{
    for (size_t i = 0; i < sizeof standard / sizeof *standard; i++)
        if (str_eq(name, str_of(standard[i])))
            return true;
    return false;
}

static void offer_types(struct walk *w, struct suggest *s, bool with_standard)
{
    for (size_t i = 0; with_standard && i < sizeof standard / sizeof *standard; i++)
        suggest_offer(s, str_of(standard[i]));
    for (uint32_t i = 0; (w->given || with_standard) && i < types_count(w->types); i++)
        suggest_offer(s, types_at(w->types, i)->name);
    for (const struct sdl_def *d = w->defines ? w->request->first : NULL; d;
         d = d->next)
        if (is_type(d) && !d->extension)
            suggest_offer(s, d->name);
}

void walk_type_name(struct walk *w, struct str name, struct lex_place place, bool sdl)
{
    if (!ON(w, KnownTypeNames) || types_get(w->types, name) || defined(w, name) ||
        (sdl && is_standard(name)))
        return;
    struct suggest s;
    BUF_SCOPED b = BUF_INIT;
    suggest_init(&s, name, &w->cells);
    offer_types(w, &s, sdl);
    suggest_print(&s, "", &b);
    errors_at(w->errors, place, "Unknown type \"%.*s\".%.*s", SHOW(name), (int)b.n,
              b.p ? b.p : "");
}

static void type_name(struct walk *w, const struct sdl_type *t)
{
    while (t->of)
        t = t->of;
    walk_type_name(w, t->name, t->place, true);
}

/* ---- rules about definitions */

static bool is_begun(const struct types *t)
{
    if (!t)
        return false;
    for (const struct sdl_def *d = types_document(t); d; d = d->next)
        if (d->kind == SDL_DEF_SCHEMA && !d->extension)
            return true;
    return types_root(t, SDL_QUERY) || types_root(t, SDL_MUTATION) ||
           types_root(t, SDL_SUBSCRIPTION);
}

static void lone_schema(struct walk *w, const struct sdl_def *d)
{
    if (is_begun(w->given)) {
        errors_at(w->errors, d->start,
                  "Cannot define a new schema within a schema extension.");
        return;
    }
    void **slot = names_at(&w->names, ROOTS_OF(w), STR("schema"));
    if (*slot)
        errors_at(w->errors, d->start, "Must provide only one schema definition.");
    *slot = w;
}

static void both_places(struct walk *w, struct gql_error *e,
                        const struct lex_place *one, struct lex_place other)
{
    errors_place(w->errors, e, *one);
    errors_place(w->errors, e, other);
}

static void operation_types(struct walk *w, const struct sdl_def *d)
{
    static const char *const words[] = {"query", "mutation", "subscription"};
    for (const struct sdl_field *f = d->fields; f && !is_done(w); f = f->next) {
        enum sdl_operation o = SDL_QUERY;
        while (o < SDL_SUBSCRIPTION && !str_eq(f->name, str_of(words[o])))
            o++;
        void **slot = names_at(&w->names, ROOTS_OF(w), f->name);
        if (w->given && types_root(w->given, o))
            errors_at(w->errors, f->place,
                      "Type for %s already defined in the schema. It cannot be "
                      "redefined.",
                      words[o]);
        else if (*slot)
            both_places(w,
                        errors_add(w->errors,
                                   "There can be only one %s type in schema.",
                                   words[o]),
                        *slot, f->place);
        else
            *slot = (void *)&f->place;
    }
}

static void unique_type(struct walk *w, const struct sdl_def *d)
{
    void **slot = names_at(&w->names, SEEN_OF(w), d->name);
    if (w->given && types_get(w->given, d->name))
        errors_at(
            w->errors, d->name_place,
            "Type \"%.*s\" already exists in the schema. It cannot also be defined "
            "in this type definition.",
            SHOW(d->name));
    else if (*slot)
        both_places(w,
                    errors_add(w->errors, "There can be only one type named \"%.*s\".",
                               SHOW(d->name)),
                    *slot, d->name_place);
    else
        *slot = (void *)&d->name_place;
}

static void unique_directive(struct walk *w, const struct sdl_def *d)
{
    void **slot = names_at(&w->names, SEEN_DIRS_OF(w), d->name);
    if (w->given && types_directive(w->given, d->name))
        errors_at(w->errors, d->name_place,
                  "Directive \"@%.*s\" already exists in the schema. It cannot be "
                  "redefined.",
                  SHOW(d->name));
    else if (*slot)
        both_places(w,
                    errors_add(w->errors,
                               "There can be only one directive named \"@%.*s\".",
                               SHOW(d->name)),
                    *slot, d->name_place);
    else
        *slot = (void *)&d->name_place;
}

/* Something that all definitions and extensions of one name have in common: the owner
 * of the names of their parts. */
static void *group_of(struct walk *w, struct str type)
{
    void **slot = names_at(&w->names, GROUPS_OF(w), type);
    if (!*slot)
        *slot = arena_get(w->arena, 2);
    return *slot;
}

static void unique_part(struct walk *w, const struct sdl_def *d, const char *what,
                        struct str name, const struct lex_place *place)
{
    const struct gql_type *old = w->given ? types_get(w->given, d->name) : NULL;
    bool exists = old && (types_field(old, name) || types_input(old, name) ||
                          types_value(old, name));
    void **slot = names_at(&w->names, group_of(w, d->name), name);
    if (exists)
        errors_at(w->errors, *place,
                  "%s \"%.*s.%.*s\" already exists in the schema. It cannot also be "
                  "defined in this type extension.",
                  what, SHOW(d->name), SHOW(name));
    else if (*slot)
        both_places(w,
                    errors_add(w->errors, "%s \"%.*s.%.*s\" can only be defined once.",
                               what, SHOW(d->name), SHOW(name)),
                    *slot, *place);
    else
        *slot = (void *)place;
}

static void unique_parts(struct walk *w, const struct sdl_def *d)
{
    bool fields = ON(w, UniqueFieldDefinitionNames);
    for (const struct sdl_name *n = d->names;
         n && d->kind == SDL_DEF_ENUM && ON(w, UniqueEnumValueNames); n = n->next)
        unique_part(w, d, "Enum value", n->name, &n->place);
    for (const struct sdl_field *f = fields ? d->fields : NULL; f; f = f->next)
        unique_part(w, d, "Field", f->name, &f->place);
    for (const struct sdl_input *i = fields ? d->inputs : NULL; i; i = i->next)
        unique_part(w, d, "Field", i->name, &i->place);
}

/* Arguments of one field, or of a directive (then `field` is empty). */
static void unique_arguments(struct walk *w, const struct sdl_input *list,
                             struct str type, struct str field)
{
    bool repeated = false;
    for (const struct sdl_input *i = list; i; i = i->next) {
        void **slot = names_at(&w->names, list, i->name);
        repeated = repeated || *slot;
        *slot = *slot ? w : (void *)i;
    }
    for (const struct sdl_input *i = repeated ? list : NULL; i; i = i->next) {
        void **slot = names_at(&w->names, list, i->name);
        if (*slot != w)
            continue;
        *slot = (void *)i;
        struct gql_error *e = errors_add(
            w->errors, "Argument \"%s%.*s%s%.*s(%.*s:)\" can only be defined once.",
            field.n ? "" : "@", SHOW(type), field.n ? "." : "", SHOW(field),
            SHOW(i->name));
        for (const struct sdl_input *o = i; o; o = o->next)
            if (str_eq(o->name, i->name))
                errors_place(w->errors, e, o->place);
    }
}

static enum sdl_kind kind_of(const struct gql_type *t)
{
    static const enum sdl_kind kinds[] = {
        [GQL_SCALAR] = SDL_DEF_SCALAR,       [GQL_OBJECT] = SDL_DEF_TYPE,
        [GQL_INTERFACE] = SDL_DEF_INTERFACE, [GQL_UNION] = SDL_DEF_UNION,
        [GQL_ENUM] = SDL_DEF_ENUM,           [GQL_INPUT] = SDL_DEF_INPUT,
    };
    return kinds[t->kind];
}

static void possible_extension(struct walk *w, const struct sdl_def *d)
{
    static const char *const words[] = {
        [SDL_DEF_SCALAR] = "scalar",       [SDL_DEF_TYPE] = "object",
        [SDL_DEF_INTERFACE] = "interface", [SDL_DEF_UNION] = "union",
        [SDL_DEF_ENUM] = "enum",           [SDL_DEF_INPUT] = "input object",
    };
    const struct sdl_def *own = defined(w, d->name);
    const struct gql_type *old = w->given ? types_get(w->given, d->name) : NULL;
    if (own || old) {
        if ((own ? own->kind : kind_of(old)) == d->kind)
            return;
        struct gql_error *e =
            errors_add(w->errors, "Cannot extend non-%s type \"%.*s\".", words[d->kind],
                       SHOW(d->name));
        if (own)
            errors_place(w->errors, e, own->start);
        errors_place(w->errors, e, d->start);
        return;
    }
    struct suggest s;
    BUF_SCOPED b = BUF_INIT;
    suggest_init(&s, d->name, &w->cells);
    offer_types(w, &s, false);
    suggest_print(&s, "", &b);
    errors_at(w->errors, d->name_place,
              "Cannot extend type \"%.*s\" because it is not defined.%.*s",
              SHOW(d->name), (int)b.n, b.p ? b.p : "");
}

/* ---- the walk */

static void inputs(struct walk *w, const struct sdl_input *list, enum gql_location at)
{
    for (const struct sdl_input *i = list; i && !is_done(w); i = i->next) {
        type_name(w, i->type);
        if (i->value)
            walk_value(w, i->value, (struct walk_place){.check = true});
        walk_directives(w, i->directives, at);
    }
}

static void fields(struct walk *w, const struct sdl_def *d)
{
    for (const struct sdl_field *f = d->fields; f && !is_done(w); f = f->next) {
        inputs(w, f->arguments, GQL_AT_ARGUMENT_DEFINITION);
        type_name(w, f->type);
        walk_directives(w, f->directives, GQL_AT_FIELD_DEFINITION);
    }
}

static void schema(struct walk *w, const struct sdl_def *d)
{
    if (!d->extension && ON(w, LoneSchemaDefinition))
        lone_schema(w, d);
    if (ON(w, UniqueOperationTypes))
        operation_types(w, d);
    if (d->directives)
        walk_directives_of(w, d->directives, GQL_AT_SCHEMA, w->request);
    for (const struct sdl_field *f = d->fields; f && !is_done(w); f = f->next)
        type_name(w, f->type);
}

static void directive(struct walk *w, const struct sdl_def *d)
{
    if (ON(w, UniqueArgumentDefinitionNames))
        unique_arguments(w, d->inputs, d->name, STR(""));
    if (ON(w, UniqueDirectiveNames))
        unique_directive(w, d);
    inputs(w, d->inputs, GQL_AT_ARGUMENT_DEFINITION);
}

static void members(struct walk *w, const struct sdl_def *d)
{
    for (const struct sdl_name *n = d->names; n && !is_done(w); n = n->next) {
        if (d->kind == SDL_DEF_ENUM)
            walk_directives(w, n->directives, GQL_AT_ENUM_VALUE);
        else
            walk_type_name(w, n->name, n->place, true);
    }
}

static void type(struct walk *w, const struct sdl_def *d)
{
    static const enum gql_location at[] = {
        [SDL_DEF_SCALAR] = GQL_AT_SCALAR,       [SDL_DEF_TYPE] = GQL_AT_OBJECT,
        [SDL_DEF_INTERFACE] = GQL_AT_INTERFACE, [SDL_DEF_UNION] = GQL_AT_UNION,
        [SDL_DEF_ENUM] = GQL_AT_ENUM,           [SDL_DEF_INPUT] = GQL_AT_INPUT_OBJECT,
    };
    if (!d->extension && ON(w, UniqueTypeNames))
        unique_type(w, d);
    unique_parts(w, d);
    for (const struct sdl_field *f = d->fields; f; f = f->next)
        if (ON(w, UniqueArgumentDefinitionNames))
            unique_arguments(w, f->arguments, d->name, f->name);
    if (d->extension && ON(w, PossibleTypeExtensions))
        possible_extension(w, d);
    for (const struct sdl_name *n = d->interfaces; n; n = n->next)
        walk_type_name(w, n->name, n->place, true);
    if (d->directives)
        walk_directives_of(w, d->directives, at[d->kind],
                           (const char *)group_of(w, d->name) + 1);
    fields(w, d);
    members(w, d);
    /* as graphql-js has it: what an extension of an input object adds is an argument */
    inputs(w, d->inputs,
           d->extension ? GQL_AT_ARGUMENT_DEFINITION : GQL_AT_INPUT_FIELD_DEFINITION);
}

void walk_definition(struct walk *w, const struct sdl_def *d)
{
    if (d->kind == SDL_DEF_SCHEMA)
        schema(w, d);
    else if (d->kind == SDL_DEF_DIRECTIVE)
        directive(w, d);
    else
        type(w, d);
}
