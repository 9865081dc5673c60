/*
 * load: how the types of a schema are built. Private to schema/.
 *
 * In this order, each over all types: declared (load.c), their fields (fields.c), which
 * of them are entities and what refers to what (entities.c), what names mean
 * (meaning.c).
 */
#ifndef SCHEMA_LOAD_H
#define SCHEMA_LOAD_H

#include "schema/types.h"

struct load {
    struct schema *s;
    const char *name; /* for errors */
    struct error *e;
    bool directives; /* the document knows @entity: no conventions for entities */
    struct type_info *roots[3]; /* query, mutation, subscription; NULL where missing */
};

enum err load_fail(const struct load *l, struct lex_place place, const char *line);

/* The text of a string argument, or empty (also when `d` is NULL). */
struct str load_argument(const struct sdl_directive *d, const char *name);

/* @entity(plural:), else the plural of the type's name. */
struct str load_plural(struct load *l, const struct type_info *t);

/* The field of exactly this GraphQL name, or NULL. */
struct field *load_field(struct type *t, struct str name);

enum err load_fields(struct load *l, struct type_info *t) MUST_CHECK;

/* Marks what fields name; before load_entity(). */
void load_named(struct load *l);
enum err load_entity(struct load *l, struct type_info *t) MUST_CHECK;
enum err load_references(struct load *l, struct type_info *t) MUST_CHECK;

/* Root fields and connections of a tenant's own SDL; all entities are known. */
void load_query(struct load *l);
void load_meanings(struct load *l);

#endif
