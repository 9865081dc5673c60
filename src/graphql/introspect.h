/*
 * introspect: answers __schema, __type and __typename's relatives (October 2021,
 * section 4).
 *
 * The document is valid: its selections carry their definitions. What is written is
 * what graphql-js 16 would write, key by key. One thread at a time.
 */
#ifndef GRAPHQL_INTROSPECT_H
#define GRAPHQL_INTROSPECT_H

#include "graphql/coerce.h"
#include "graphql/types.h"
#include "sdl/request.h"
#include "json/emit.h"

/* Writes the value (not the key) of a root field __schema or __type. */
void introspect_emit(const struct coerce *c, const struct sdl_selection *field,
                     const struct coerce_vars *vars, struct emit *out);

#endif
