/*
 * Keys of the user's choice on any record.
 *
 * The first line is a spec as --key takes it, the second a record. A spec is set or
 * refused, and a refusal leaves the key that was there;
 * a key is a list of at most four parts when it is shown, and is what
 * the tree of the canonical record has at the paths.
 */
#include "fuzz.h"

#include "drift/value.h"
#include "schema/canon.h"
#include "schema/key_spec.h"
#include "schema/schema.h"

static const char sdl[] =
    "directive @entity(table: String!) on OBJECT scalar Any\n"
    "type Part @entity(table: \"parts\", std: false, by: false) { id: ID!\n"
    "  partNumber: String cost: Float n: Int ok: Boolean part: Part any: Any }\n";

struct at { /* what a test needs of one input */
    struct schema *schema;
    struct canon *canon;
    struct value_reader reader;
    struct arena arena;
};

static void at_done(struct at *a)
{
    value_reader_done(&a->reader);
    arena_done(&a->arena);
    canon_free(a->canon);
    schema_free(a->schema);
}

/* Does the record have a scalar, and no null, at all paths of the spec? */
static bool has_all(const struct key_spec *spec, const struct value *record)
{
    for (size_t i = 0; i < spec->n; i++) {
        const struct value *v = record;
        for (size_t k = 0; k < spec->parts[i].n; k++)
            v = value_member(v, spec->parts[i].steps[k]);
        if (!v || v->kind == VALUE_NULL || v->kind >= VALUE_LIST)
            return false;
    }
    return true;
}

static void check_shown(struct at *a, struct str key, const struct key_spec *spec)
{
    BUF_SCOPED json = BUF_INIT;
    BUF_SCOPED again = BUF_INIT;
    struct value list;
    key_json(&json, key);
    FUZZ_ASSERT(value_read(&a->reader, buf_str(&json), &a->arena, &list, NULL) ==
                ERR_OK);
    FUZZ_ASSERT(list.kind == VALUE_LIST && list.n_items == spec->n);
    for (size_t i = 0; i < list.n_items; i++) {
        BUF_SCOPED text = BUF_INIT;
        struct str part = list.items[i].text;
        bool string = list.items[i].kind == VALUE_STRING;
        if (string)
            FUZZ_ASSERT(scan_unescape(str_n(part.p + 1, part.n - 2), &text, NULL) ==
                        ERR_OK);
        else
            buf_add_str(&text, part);
        if (string)
            key_add_string(&again, buf_str(&text));
        else
            key_add_integer(&again, buf_str(&text));
    }
    FUZZ_ASSERT(str_eq(buf_str(&again), key));
}

static void check(struct at *a, struct str name, struct str record)
{
    const struct entity *entity;
    struct canon_record r;
    struct error e = ERROR_INIT;
    struct value tree;
    BUF_SCOPED key = BUF_INIT;
    FUZZ_ASSERT(schema_entity(a->schema, name, &entity, NULL) == ERR_OK);
    if (!entity->spec)
        return;
    if (canon_record(a->canon, entity, record, &r, &e) != ERR_OK) {
        fuzz_refused(&e);
        return;
    }
    FUZZ_ASSERT(value_read(&a->reader, r.text, &a->arena, &tree, NULL) == ERR_OK);
    FUZZ_ASSERT(key_spec_make(entity->spec, r.text, &key, NULL) == ERR_OK);
    FUZZ_ASSERT(str_eq(buf_str(&key), r.key));
    FUZZ_ASSERT((key.n > 0) == has_all(entity->spec, &tree));
    if (key.n)
        check_shown(a, buf_str(&key), entity->spec);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(at_done) struct at a = {.arena = ARENA_INIT};
    struct str rest = str_n((const char *)data, size);
    struct error e = ERROR_INIT;
    const struct entity *part;
    BUF_SCOPED spec = BUF_INIT;
    value_reader_init(&a.reader);
    a.canon = canon_new();
    FUZZ_ASSERT(schema_load(STR(sdl), "fuzz", &a.schema, NULL) == ERR_OK);
    FUZZ_ASSERT(schema_set_key(a.schema, "Part=partNumber", NULL) == ERR_OK);
    part = schema_lookup(a.schema, STR("Part"));
    const struct key_spec *before = part->spec;
    fuzz_utf8(&spec, fuzz_line(&rest));
    enum err code = schema_set_key(a.schema, buf_cstr(&spec), &e);
    if (code != ERR_OK) {
        FUZZ_ASSERT(code == ERR_USAGE && part->spec == before);
        fuzz_refused(&e);
    }
    check(&a, STR("Part"), rest);
    if (str_starts(buf_str(&spec), STR("Other=")))
        check(&a, STR("Other"), rest);
    return 0;
}
