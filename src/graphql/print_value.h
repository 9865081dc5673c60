/*
 * print_value: a value in GraphQL's own notation, by its type, as graphql-js prints
 * defaults; private to the room.
 */
#ifndef GRAPHQL_PRINT_VALUE_H
#define GRAPHQL_PRINT_VALUE_H

#include "base/buf.h"
#include "graphql/coerce.h"

void print_value(const struct gql_ref *type, const struct value *v, struct buf *out);

/* As JavaScript writes a number: the shortest digits that read back the same. */
void print_number(struct buf *out, double d);

#endif
