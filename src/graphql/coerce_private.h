/*
 * coerce_private: the parts of coerce; private to the room.
 */
#ifndef GRAPHQL_COERCE_PRIVATE_H
#define GRAPHQL_COERCE_PRIVATE_H

#include "base/buf.h"
#include "graphql/coerce.h"

/* JSON text as a tree of values that have no type yet: numbers are VALUE_INT when they
 * are whole and fit, else VALUE_FLOAT. False: no JSON, or nested too deeply. */
bool coerce_json(struct arena *arena, struct str text, struct value **out);

/* A value without a type into one of a scalar or enum. False: it is none. */
bool coerce_leaf(enum coerce_mode mode, struct arena *arena,
                 const struct gql_type *type, const struct value *in,
                 struct value *out);

/* The same for a literal. */
bool coerce_leaf_literal(enum coerce_mode mode, struct arena *arena,
                         const struct gql_type *type, const struct sdl_value *in,
                         struct value *out);

/* What graphql-js says of a value, or a literal, that is none of a scalar or enum. */
void coerce_leaf_error(const struct gql_type *type, const struct value *in,
                       uint64_t *cells, struct buf *out);
void coerce_literal_error(const struct gql_type *type, const struct sdl_value *in,
                          uint64_t *cells, struct buf *out);

/* A value, a literal, as graphql-js shows them in messages; cut at ERRORS_SHOWN. */
void coerce_inspect(const struct value *v, struct buf *out);
void coerce_print_literal(const struct sdl_value *v, struct buf *out);

/* A literal by its type; NULL: it does not fit, or a variable has no value. `vars` may
 * be NULL. */
struct value *coerce_literal(enum coerce_mode mode, struct arena *arena,
                             const struct gql_ref *type, const struct sdl_value *v,
                             const struct coerce_vars *vars);

/* A coerced value of one type where another one stands, as `ion` allows; strictly it is
 * what it was. NULL: it does not fit. */
const struct value *coerce_adapt(enum coerce_mode mode, struct arena *arena,
                                 const struct gql_ref *type, const struct value *v);

/* May a variable of one type stand where another is, in mode `ion`? */
bool coerce_stands_for(const struct gql_type *variable, const struct gql_type *place);

/* The null of a list, an object. */
struct value *coerce_null(struct arena *arena);

#endif
