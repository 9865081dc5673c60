/*
 * schema: the tenant's types, from SDL: entities, names and dialects, keys, references.
 *
 * The SDL carries the directives of rules/ion.graphql; names in exports, tables, keys
 * and references follow from it. Immutable after schema_load(); any number of readers.
 * All pointers and slices live as long as the schema.
 *
 * An entity is what a record is of. Known ones are object types with @entity; a name
 * that the schema does not know becomes an entity without a type when it is first seen
 * (schema_entity), so that its data still goes through, under fail-closed rules.
 */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include "base/err.h"
#include "base/str.h"

#define SCHEMA_KEY_PARTS 4    /* fields of one key; the widest in ION has 2 */
#define SCHEMA_ENTITIES  1024 /* known and unknown ones; ION has about 100 */
#define SCHEMA_NAME      64   /* bytes of an entity name: [A-Za-z][A-Za-z0-9_]{0,63} */

enum type_kind {
    TYPE_INT,   /* the scalars by what their canonical form is */
    TYPE_FLOAT, /* also Decimal */
    TYPE_STRING,
    TYPE_BOOLEAN,
    TYPE_ID,
    TYPE_DATETIME,
    TYPE_JSON_STRING, /* a string that holds JSON */
    TYPE_ANY,         /* ScalarValue, SlateContent, DataGridRow, unknown scalars */
    TYPE_ENUM,
    TYPE_OBJECT,
    TYPE_UNION, /* and interfaces: no fields known in advance */
};

struct sdl_def;
struct sdl_field;
struct type;

struct field {
    struct str name;   /* GraphQL */
    struct str column; /* snake_case, in tables */
    struct str quoted; /* "name": with quotes and colon, ready to be written */
    const struct type *owner, *type;
    const struct field *by; /* @reference: the field that holds the target's key */
    uint16_t rank;          /* order of `name` by bytes among the owner's fields */
    uint8_t key_part;       /* 1.. when part of the owner's key, else 0 */
    bool list, required;
    bool connection; /* a list through {edges: [{node}]}: `type` is the node's */
    bool is_id;      /* canonical as a string: ID, key parts, targets of `by` */
    bool is_volatile;
    bool is_derived;
    uint8_t kind;         /* of `type`, near at hand */
    struct str sensitive; /* @sensitive(class:), else empty */
};

struct type {
    struct str name;
    enum type_kind kind;
    struct field *fields; /* in the order of the SDL, added ones (Std, By) last */
    size_t n_fields;
    struct str *values; /* of an enum */
    size_t n_values;

    /* @entity */
    bool is_entity;
    struct str table, single, list; /* made by rule where the SDL has none */
    bool has_single, has_list;      /* written: the API has such a root field */
    const struct field *key[SCHEMA_KEY_PARTS];
    const struct field *natural[SCHEMA_KEY_PARTS];
    size_t n_key, n_natural;
    bool has_volatile;
};

struct entity {
    struct str name;
    const struct type *type;     /* NULL: the schema does not know it */
    const struct key_spec *spec; /* NULL: the type's own key (schema/key_spec.h) */
    unsigned index; /* dense from 0; in order of discovery, so never for output */
};

struct schema;

/* Parses the SDL. `name` is for errors. Gives. */
enum err schema_load(struct str sdl, const char *name, struct schema **out,
                     struct error *e) MUST_CHECK;
void schema_free(struct schema *s);
DEFINE_CLEANUP(struct schema, schema_free);

/* The SDL as loaded (borrowed copy): it goes into the archive. */
struct str schema_text(const struct schema *s);

/* The syntax tree of it (sdl/sdl.h), of one type (NULL: a built-in scalar) and of one
 * field (that of Std, By or Attributes for a common one), for who reads further
 * directives: @many, @derived, @create … */
const struct sdl_def *schema_document(const struct schema *s);
const struct sdl_def *schema_definition(const struct type *t);
const struct sdl_field *schema_field_definition(const struct field *f);

const struct type *schema_type(const struct schema *s, struct str name); /* or NULL */
const struct type *schema_type_at(const struct schema *s, size_t i); /* or NULL past */

/* The field of a type by either spelling (partNumber, part_number), or NULL. O(1).
 * Where two columns would be the same, the later field keeps its exact name as column.
 */
const struct field *schema_field(const struct type *t, struct str name);

/* The entity of exactly this name, made when unknown. ERR_DATA when the name is not an
 * entity name or differs from another only by case; ERR_LIMIT past SCHEMA_ENTITIES.
 * Any thread. */
enum err schema_entity(struct schema *s, struct str name, const struct entity **out,
                       struct error *e) MUST_CHECK;

/* What a list, single, table or type name means (parts, part, parts_inventory, Part,
 * "Parts"), by the schema only; NULL when nothing. */
const struct entity *schema_lookup(struct schema *s, struct str name);

/* Is the member no part of a record: __typename, cursor, pageInfo, _FooCount? Only
 * asked for names that the type does not know. */
bool schema_is_envelope(struct str name);

/* camelCase -> snake_case as the tables spell it: adds to `out` (at most 2 n bytes). */
size_t schema_snake(struct str name, char *out);

struct arena;

/* The plural of a type's name (Part: Parts), as @entity(plural:) has it by default; in
 * the arena. */
struct str schema_plural(struct str name, struct arena *a);

/* Splits a name into lower-case segments by camelCase, snake_case, kebab-case, dots and
 * digits' borders ("apiKey2" -> api key 2); returns how many, at most `max`; segments
 * are slices of `lower`, which must have room for name.n bytes. The one splitter of
 * rules and schema. */
size_t schema_segments(struct str name, char *lower, struct str *out, size_t max);

#endif
