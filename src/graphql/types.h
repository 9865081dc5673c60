/*
 * types: an immutable type system, built out of schema definition language.
 *
 *     types_load(text, &types, &e);
 *     types_get(types, STR("Part")) … types_field(type, STR("id")) …
 *     types_free(types);
 *
 * Holds the built-in scalars, the introspection types and the specified directives
 * (skip, include, deprecated, specifiedBy, oneOf) beside what the text defines; type
 * extensions are merged. Every name that occurs as a type is defined, everything in a
 * list is in the order of the text. __schema, __type and __typename are fields of no
 * type: types_meta().
 *
 * What is checked while loading: names that are missing or defined twice, roots that
 * are no objects, input and output types in their places. The rules that a schema
 * document must obey besides, with graphql-js's words: validate.h, validate_schema().
 *
 * `bound` of types and fields belongs to whoever builds on top (tables, columns); it is
 * set before the system is shared. `id` is dense: arrays beside it are as good.
 * Any number of readers.
 */
#ifndef GRAPHQL_TYPES_H
#define GRAPHQL_TYPES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "sdl/sdl.h"

struct types;
struct gql_type;
struct value;

enum gql_kind {
    GQL_SCALAR,
    GQL_OBJECT,
    GQL_INTERFACE,
    GQL_UNION,
    GQL_ENUM,
    GQL_INPUT,
};

/* What a scalar's values are. */
enum gql_scalar {
    GQL_CUSTOM, /* anything: taken as it is */
    GQL_INT,
    GQL_FLOAT,
    GQL_STRING,
    GQL_BOOLEAN,
    GQL_ID,
};

/* A type with its lists and exclamation marks. */
struct gql_ref {
    const struct gql_type *type; /* the innermost, at every level */
    const struct gql_ref *of;    /* a list of this; NULL: the named type itself */
    bool required;
};

/* An argument or a field of an input object. */
struct gql_input {
    struct str name, description;
    const struct gql_ref *type;
    const struct sdl_value *value; /* the default as written, or NULL */
    const struct value *otherwise; /* the same coerced; NULL too when it does not fit */
    bool deprecated;
    struct str reason; /* why deprecated */
    uint32_t index;    /* in its list */
    const struct sdl_input *def;
};

struct gql_field {
    struct str name, description;
    const struct gql_ref *type;
    struct gql_input *args;
    uint32_t n_args;
    uint32_t index; /* in its type */
    uint32_t id;    /* among all fields of all objects and interfaces */
    bool deprecated;
    struct str reason;
    const struct gql_type *owner; /* NULL: one of types_meta() */
    const struct sdl_field *def;
    void *bound;
};

struct gql_enum_value {
    struct str name, description;
    bool deprecated;
    struct str reason;
    uint32_t index;
};

struct gql_type {
    enum gql_kind kind;
    enum gql_scalar scalar;
    struct str name, description;
    struct gql_field *fields; /* of objects and interfaces */
    struct gql_input *inputs; /* of input objects */
    struct gql_enum_value *values;
    const struct gql_type **interfaces;
    const struct gql_type **possible; /* objects: itself; interfaces, unions: objects */
    uint32_t n_fields, n_inputs, n_values, n_interfaces, n_possible;
    uint32_t id; /* among all types */
    bool builtin, introspection;
    uint64_t *bits;            /* of interfaces and unions: `possible` by id */
    bool one_of;               /* an input object of which exactly one field is given */
    struct str specified_by;   /* a scalar's; p is NULL without one */
    const struct sdl_def *def; /* NULL: not in the text */
    const struct types *types;
    void *bound;
};

struct gql_directive {
    struct str name, description;
    struct gql_input *args;
    uint32_t n_args;
    uint32_t locations; /* a bit per enum gql_location */
    bool repeatable, builtin;
    const struct sdl_def *def;
};

/* In the order in which introspection's __DirectiveLocation lists them. */
#define GQL_LOCATIONS(X)   \
    X(QUERY)               \
    X(MUTATION)            \
    X(SUBSCRIPTION)        \
    X(FIELD)               \
    X(FRAGMENT_DEFINITION) \
    X(FRAGMENT_SPREAD)     \
    X(INLINE_FRAGMENT)     \
    X(VARIABLE_DEFINITION) \
    X(SCHEMA)              \
    X(SCALAR)              \
    X(OBJECT)              \
    X(FIELD_DEFINITION)    \
    X(ARGUMENT_DEFINITION) \
    X(INTERFACE)           \
    X(UNION)               \
    X(ENUM)                \
    X(ENUM_VALUE)          \
    X(INPUT_OBJECT)        \
    X(INPUT_FIELD_DEFINITION)
enum gql_location {
#define X(name) GQL_AT_##name,
    GQL_LOCATIONS(X)
#undef X
        GQL_N_LOCATIONS
};

/* The bit of a location by its name, or 0. */
uint32_t types_location(struct str name);

enum gql_meta { GQL_META_SCHEMA, GQL_META_TYPE, GQL_META_TYPENAME };

/* Builds a type system. The text is copied. `name` is for errors, which are those of
 * sdl_parse(): "LINE:COLUMN: what". Gives. */
enum err types_load(struct str text, const char *name, struct types **out,
                    struct error *e) MUST_CHECK;

void types_free(struct types *t); /* NULL is fine */
DEFINE_CLEANUP(struct types, types_free);

/* The type of this name, or NULL. */
const struct gql_type *types_get(const struct types *t, struct str name);

/* Every type by its id; the text's first, in its order. */
const struct gql_type *types_at(const struct types *t, uint32_t id);
uint32_t types_count(const struct types *t);
uint32_t types_field_count(const struct types *t); /* ids of fields are below it */

/* To set `bound` before the system is shared. */
struct gql_type *types_edit(struct types *t, uint32_t id);

/* Roots; NULL where there is none. */
const struct gql_type *types_root(const struct types *t, enum sdl_operation operation);

/* Parts of a type by name, or NULL. */
const struct gql_field *types_field(const struct gql_type *t, struct str name);
const struct gql_input *types_input(const struct gql_type *t, struct str name);
const struct gql_enum_value *types_value(const struct gql_type *t, struct str name);
const struct gql_input *types_arg(const struct types *t, const struct gql_field *f,
                                  struct str name);
const struct gql_input *types_directive_arg(const struct types *t,
                                            const struct gql_directive *d,
                                            struct str name);

const struct gql_directive *types_directive(const struct types *t, struct str name);
const struct gql_directive *types_directive_at(const struct types *t, uint32_t i);
uint32_t types_directive_count(const struct types *t);

/* __typename, __schema, __type: what they are fields of is for the caller. */
const struct gql_field *types_meta(const struct types *t, enum gql_meta which);

/* The field of this name where the parent is `t`, meta fields included (__schema and
 * __type on the query root only). */
const struct gql_field *types_select(const struct gql_type *t, struct str name);

struct str types_description(const struct types *t); /* of the schema; p NULL: none */
const struct sdl_def *types_document(const struct types *t);

/* May objects of both types be the same? Objects, interfaces, unions. */
bool types_overlap(const struct gql_type *a, const struct gql_type *b);

/* Is `sub` an object or interface of the abstract type `super`? */
bool types_is_possible(const struct gql_type *super, const struct gql_type *sub);

/* Is a value of type `sub` one of type `super`, too? As graphql-js's isTypeSubTypeOf.
 */
bool types_is_sub(const struct gql_ref *sub, const struct gql_ref *super);

/* A type as a request writes it, or NULL when there is no type of this name. */
const struct gql_ref *types_resolve(const struct types *t, const struct sdl_type *from,
                                    struct arena *arena);

/* A reference as it is written: [Int!]! */
void types_ref_print(const struct gql_ref *r, struct buf *out);

static inline bool types_is_composite(const struct gql_type *t)
{
    return t->kind == GQL_OBJECT || t->kind == GQL_INTERFACE || t->kind == GQL_UNION;
}

static inline bool types_is_abstract(const struct gql_type *t)
{
    return t->kind == GQL_INTERFACE || t->kind == GQL_UNION;
}

static inline bool types_is_input(const struct gql_type *t)
{
    return t->kind == GQL_SCALAR || t->kind == GQL_ENUM || t->kind == GQL_INPUT;
}

#endif
