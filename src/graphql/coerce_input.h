/*
 * coerce_input: values without a type, out of JSON, into values of input types; private
 * to the room.
 */
#ifndef GRAPHQL_COERCE_INPUT_H
#define GRAPHQL_COERCE_INPUT_H

#include "graphql/coerce_private.h"

#define COERCE_ERRORS 50 /* of one request's variables, as graphql-js */

struct coerce_input {
    const struct coerce *c;
    const struct sdl_variable *variable; /* for errors */
    uint64_t cells;                      /* the budget of suggestions */
    uint32_t n_errors;                   /* so far */
};

/* The value; NULL for what does not fit (then n_errors has grown). `path` is that of
 * the value below the variable. */
struct value *coerce_input(struct coerce_input *in, const struct gql_ref *type,
                           const struct value *v, const struct gql_path *path);

/* One error more; false when that is too many. */
bool coerce_input_error(struct coerce_input *in, const struct value *v,
                        const struct gql_path *path, const char *format, ...)
    PRINTF(4, 5);

#endif
