/*
 * builtin_types: what every type system holds besides its own text, as text; private to
 * the room. The type __Meta is none: its fields are those that need no definition.
 */
#ifndef GRAPHQL_BUILTIN_TYPES_H
#define GRAPHQL_BUILTIN_TYPES_H

/* Scalars that are defined when something is of them. */
extern const char types_scalar_text[];

/* The introspection schema (section 4.2), with what graphql-js 16 adds to it:
 * deprecated arguments and input fields, one-of inputs. */
extern const char types_builtin_text[];

#endif
