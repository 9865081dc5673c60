/*
 * introspect: answers __schema and __type (October 2021, section 4).
 *
 * The document is valid: its selections carry what validate leaves in them. What is
 * written is what graphql-js 16 would write, key by key; types are listed in the order
 * of the schema's text. Only as much of the document is looked at as there are values
 * to select from, so that neither its depth nor its fragments cost more than the
 * answer. One thread at a time.
 */
#ifndef GRAPHQL_INTROSPECT_H
#define GRAPHQL_INTROSPECT_H

#include "graphql/coerce.h"
#include "graphql/types.h"
#include "sdl/request.h"
#include "json/emit.h"

#define INTROSPECT_SIZE  (64u << 20) /* bytes of one answer, as other results have */
#define INTROSPECT_DEPTH 200         /* values inside each other; real ones have 16 */

/* Writes the value (not the key) of a root field __schema or __type; `nodes` are the
 * `n` selections of its response key. ERR_DATA: c->errors says why. ERR_LIMIT: too
 * large or too deep. Then what was written is a whole value, but not the answer. */
enum err introspect_emit(const struct coerce *c,
                         const struct sdl_selection *const *nodes, uint32_t n,
                         const struct coerce_vars *vars, struct emit *out) MUST_CHECK;

#endif
