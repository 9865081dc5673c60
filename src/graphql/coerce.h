/*
 * coerce: variables and literals into values of the types that they are for.
 *
 *     coerce_variables(&c, operation, json, &vars)      once per request
 *     coerce_arguments(&c, field, selection->arguments, &vars, &args)  per field
 *
 * Strict mode is the specification's (October 2021, sections 3 and 6.1.2, 6.4.1). Mode
 * `ion` also takes what ION takes: Int for ID and ID for Int, String for ID, Int for
 * Float, numeric strings for Int and Float, enum values in any case as names or
 * strings, variables absent, null or "". Custom scalars are taken as they are.
 * Errors are worded as graphql-js words them.
 *
 * Values live in the arena, or are slices of the document or of the JSON text. JSON
 * nests at most COERCE_DEPTH deep. One thread at a time.
 */
#ifndef GRAPHQL_COERCE_H
#define GRAPHQL_COERCE_H

#include "base/arena.h"
#include "graphql/errors.h"
#include "graphql/types.h"
#include "sdl/request.h"

#define COERCE_DEPTH 64 /* as the nesting of a request's literals */

enum value_kind {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,    /* `integer` */
    VALUE_FLOAT,  /* `number`; text as it was written */
    VALUE_STRING, /* `text`; IDs too */
    VALUE_ENUM,   /* `text`: as the type system spells it */
    VALUE_LIST,   /* `items` */
    VALUE_OBJECT, /* `items` with their names: what was given, then defaults */
};

struct value {
    enum value_kind kind;
    uint32_t n;                    /* items */
    struct str name;               /* in an object */
    const struct gql_input *input; /* in an object or a list of arguments: whose */
    union {
        bool boolean;
        int64_t integer;
        double number;
    };
    struct str text;
    struct value *items, *next;
};

enum coerce_mode {
    COERCE_STRICT,
    COERCE_ION,
};

struct coerce {
    enum coerce_mode mode;
    const struct types *types;
    struct arena *arena;
    struct errors *errors;
};

/* Values of an operation's variables, those that have one. */
struct coerce_vars {
    const struct value *first;
};

/* Coerces the variables of an operation. `json` is the request's `variables` as written
 * (empty: absent). False: c->errors says why. */
bool coerce_variables(const struct coerce *c, const struct sdl_def *operation,
                      struct str json, struct coerce_vars *out);

/* The value of a variable, or NULL when it has none. */
const struct value *coerce_variable(const struct coerce_vars *vars, struct str name);

/* Coerces arguments of a field or directive: the given ones and defaults, as a
 * VALUE_OBJECT. False: an error without a path was added; the caller adds it. */
bool coerce_arguments(const struct coerce *c, const struct gql_field *field,
                      const struct sdl_selection *selection,
                      const struct coerce_vars *vars, struct value **out);

/* Is the selection left out by @skip or @include? */
bool coerce_skipped(const struct coerce *c, const struct sdl_directive *directives,
                    const struct coerce_vars *vars);

/* A member of a VALUE_OBJECT, or NULL. */
const struct value *coerce_member(const struct value *object, struct str name);

/* A literal without a type, for custom scalars and for defaults. */
struct value *coerce_untyped(struct arena *arena, const struct sdl_value *v,
                             const struct coerce_vars *vars);

/* A default by its type, strictly; NULL when it does not fit. */
struct value *coerce_default(struct arena *arena, const struct gql_ref *type,
                             const struct sdl_value *v);

/* The value as JSON. */
void coerce_emit(const struct value *v, struct emit *out);

#endif
