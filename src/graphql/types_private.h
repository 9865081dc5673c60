/*
 * types_private: the inside of a type system; private to the room.
 */
#ifndef GRAPHQL_TYPES_PRIVATE_H
#define GRAPHQL_TYPES_PRIVATE_H

#include "graphql/names.h"
#include "graphql/types.h"

struct types {
    struct arena arena;
    struct names names; /* types by name (no owner), parts of types by their owner */
    struct names dirs;  /* directives by name */
    struct gql_type **all;
    uint32_t n, cap;
    struct gql_directive **directives;
    uint32_t n_directives;
    const struct gql_type *roots[3];
    struct gql_type meta; /* whose fields are __schema, __type and __typename */
    struct str description;
    struct sdl_def *document;
    uint32_t n_fields;
};

/* What building knows besides. */
struct types_build {
    struct types *t;
    struct sdl_def *builtin, *scalars;
    const char *name;
    struct error *e;
};

/* A reference as written; ERR_DATA for a name that is no type. */
enum err types_ref(struct types_build *b, const struct sdl_type *from,
                   const struct gql_ref **out);

/* A new type; ERR_DATA when there is one of this name. */
enum err types_add(struct types_build *b, const struct sdl_def *d, bool builtin);

/* Fields, inputs, values, members of all definitions of a list. */
enum err types_fill(struct types_build *b, const struct sdl_def *list);

enum err types_fill_one(struct types_build *b, struct gql_type *t,
                        const struct sdl_def *d);

/* Arguments of a field or directive. */
enum err types_inputs(struct types_build *b, const void *owner,
                      const struct sdl_input *from, struct gql_input *out,
                      uint32_t first);

/* Coerces all defaults. */
void types_defaults(struct types *t);

static inline enum err types_fail(const struct types_build *b, struct lex_place place,
                                  const char *line)
{
    return sdl_error(place, b->name, line, b->e);
}

#endif
