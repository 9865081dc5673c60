/*
 * store_bench: what tests of the store have in common: a schema with every kind of
 * column, a file to load into, and reading all of it back.
 */
#ifndef TESTS_UNIT_STORE_BENCH_H
#define TESTS_UNIT_STORE_BENCH_H

#include <unistd.h>

#include "store/dump.h"
#include "store/load.h"
#include "test.h"

static const char sdl[] =
    "directive @entity(table: String!, key: [String!], naturalKey: [String!]) on "
    "OBJECT\n"
    "scalar DateTime\nscalar JSONString\nscalar ScalarValue\nenum Color { RED }\n"
    "type Part @entity(table: \"parts\", naturalKey: [\"partNumber\"]) {\n"
    "  id: Int! partNumber: String code: ID cost: Float n: Int ok: Boolean\n"
    "  at: DateTime json: JSONString any: ScalarValue tags: [String] jsons: [JSONString]\n"
    "  color: Color ownerId: Int owner: Part @reference(by: \"ownerId\")\n"
    "  weighId: Float weigh: Part @reference(by: \"weighId\") computed: Int @derived\n"
    "  made: JSONString @derived parts: [Part] inner: Inner }\n"
    "type Inner { json: JSONString n: Int part: Part }\n"
    "type Link @entity(table: \"links\", key: [\"a\", \"b\"]) { a: Int! b: String! }\n"
    "type Named @entity(table: \"named\", key: [\"name\"]) { name: String! }\n"
    "type Loose @entity(table: \"loose\", key: []) { x: Int }\n";

struct bench {
    struct schema *schema;
    struct layout *layout;
    char path[64];
    int fd;
};

static inline void begin(struct bench *b)
{
    struct error e = ERROR_INIT;
    assert_ok(schema_load(STR(sdl), "test", &b->schema, &e), &e);
    assert_ok(layout_new(b->schema, &b->layout, &e), &e);
    strcpy(b->path, "/tmp/sandcast-store-XXXXXX");
    b->fd = mkstemp(b->path);
    ck_assert_int_ge(b->fd, 0);
}

static inline void end(struct bench *b)
{
    close(b->fd);
    unlink(b->path);
    layout_free(b->layout);
    schema_free(b->schema);
}

static inline const struct entity *entity_of(struct schema *s, const char *name)
{
    const struct entity *out = NULL;
    struct error e = ERROR_INIT;
    assert_ok(schema_entity(s, str_of(name), &out, &e), &e);
    return out;
}

static inline struct loader *open_loader(struct bench *b)
{
    struct error e = ERROR_INIT;
    struct loader *l = NULL;
    const struct loader_options o = {
        .fd = b->fd, .schema = b->schema, .layout = b->layout};
    assert_ok(loader_new(&o, &l, &e), &e);
    return l;
}

static inline void load_one(struct bench *b, const char *entity, const char *record)
{
    struct error e = ERROR_INIT;
    CLEANUP(loader_freep) struct loader *l = open_loader(b);
    assert_ok(loader_record(l, entity_of(b->schema, entity), str_of(record), &e), &e);
    assert_ok(loader_finish(l, &e), &e);
}

static inline enum err read_all(const char *path, struct error *e)
{
    const struct entity *entity;
    struct str json;
    bool more;
    CLEANUP(dump_freep) struct dump *d = NULL;
    TRY(dump_open(path, &d, e));
    for (;;) {
        TRY(dump_next_entity(d, &entity, e));
        if (!entity)
            return ERR_OK;
        do
            TRY(dump_next(d, &json, &more, e));
        while (more);
    }
}

#endif
