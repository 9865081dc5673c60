/*
 * types: what stands behind schema.h. Private to schema/.
 *
 * Everything is in the schema's arena and does not change after schema_load(), but for
 * the registry of unknown entities, which has a lock of its own.
 */
#ifndef SCHEMA_TYPES_H
#define SCHEMA_TYPES_H

#include <pthread.h>

#include "base/arena.h"
#include "base/table.h"
#include "schema/schema.h"
#include "sdl/sdl.h"

/* Fields of one type: ranks are 16 bits; the widest in ION has about 80. */
#define SCHEMA_FIELDS 4096

/* Bytes that can be read behind `quoted`: it is copied in blocks. */
#define FIELD_SLACK 32

/* A name by its first and last eight bytes and its length: all of it up to 16 bytes. */
struct field_word {
    uint64_t first, last;
    size_t n;
};

struct field_slot {
    struct field_word word;
    struct str name; /* either spelling; n is 0 in an empty slot */
    const struct field *field;
};

struct type_info {
    struct type type; /* first: schema_field() finds the rest behind it */
    struct field_slot *slots;
    size_t mask;
    const struct sdl_def *def;     /* NULL: a built-in scalar */
    const struct sdl_field **defs; /* of the fields */
    const struct entity *entity;
    bool named, returned; /* private to load: by fields of types, by mutations */
};

struct schema {
    struct arena arena; /* written by one thread at a time: load, then under `lock` */
    struct str text;
    struct sdl_def *document;
    struct table by_name;     /* of types, in the order of the SDL */
    struct table connections; /* <Plural>Connection, which the SDL does not write */
    struct table names;       /* of entities: type, single, list, table, aliases … */
    struct table folded;      /* the same in lower case */
    pthread_mutex_t lock;     /* over the four below and the arena */
    struct entity *entities[SCHEMA_ENTITIES];
    size_t n_entities;
    struct table by_entity, by_entity_folded;
};

static inline struct field_word field_word(struct str name)
{
    struct field_word w = {.n = name.n};
    if (name.n >= 8) {
        memcpy(&w.first, name.p, 8);
        memcpy(&w.last, name.p + name.n - 8, 8);
    } else if (name.n >= 4) {
        uint32_t first, last;
        memcpy(&first, name.p, 4);
        memcpy(&last, name.p + name.n - 4, 4);
        w.first = first;
        w.last = last;
    } else {
        for (size_t i = 0; i < name.n; i++)
            w.first = w.first << 8 | (uint8_t)name.p[i];
    }
    return w;
}

/* The factors are odd and of mixed bits: 2^64 by the golden ratio, and any other. */
static inline uint64_t field_hash(struct field_word w)
{
    uint64_t h = (w.first ^ w.n) * 0x9e3779b97f4a7c15u;
    h = (h ^ h >> 32 ^ w.last) * 0xd6e8feb86659fd93u;
    return h ^ h >> 32;
}

/* The type number i of by_name.n. */
static inline struct type_info *schema_info(const struct schema *s, size_t i)
{
    return s->by_name.slots[i].value;
}

/* Builds the types of s->document. `name` is for errors. */
enum err load_types(struct schema *s, const char *name, struct error *e) MUST_CHECK;

/* Adds an entity without looking whether it is there. NULL past SCHEMA_ENTITIES. */
struct entity *entity_add(struct schema *s, struct str name, const struct type *type);

#endif
