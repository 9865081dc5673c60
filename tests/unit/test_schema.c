#include "schema/schema.h"

#include <pthread.h>

#include "base/file.h"
#include "test.h"

static struct schema *load(const char *sdl)
{
    struct schema *s = NULL;
    struct error e = ERROR_INIT;
    assert_ok(schema_load(str_of(sdl), "t.graphql", &s, &e), &e);
    return s;
}

static struct schema *shipped(void)
{
    BUF_SCOPED b = BUF_INIT;
    struct schema *s = NULL;
    struct error e = ERROR_INIT;
    assert_ok(file_read(TEST_DATA "/../../rules/ion.graphql", &b, &e), &e);
    assert_ok(schema_load(buf_str(&b), "ion.graphql", &s, &e), &e);
    return s;
}

static struct str entity_of(struct schema *s, const char *name)
{
    const struct entity *e = schema_lookup(s, str_of(name));
    return e ? e->name : STR("-");
}

#define FIELD(s, type, name) schema_field(schema_type((s), STR(type)), STR(name))

/* ---- names */

static const struct {
    const char *in, *snake, *segments;
} names[] = {
    {"partNumber", "part_number", "part number"},
    {"part_number", "part_number", "part number"},
    {"_etag", "_etag", "etag"},
    {"LastSessionId", "last_session_id", "last session id"},
    {"id", "id", "id"},
    {"URLValue", "url_value", "url value"},
    {"apiURL", "api_url", "api url"},
    {"aBomEdges", "a_bom_edges", "a bom edges"},
    {"MBomItem", "m_bom_item", "m bom item"},
    {"apiKey2", "api_key2", "api key 2"},
    {"sha256Sum", "sha256_sum", "sha 256 sum"},
    {"kebab-case.and more", "kebab-case.and more", "kebab case and more"},
    {"", "", ""},
    {"__", "__", ""},
    {"\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9"},
};

START_TEST(spelling)
{
    struct str in = str_of(names[_i].in), parts[8];
    char snake[64], lower[64], joined[128];
    assert_str_eq("snake", str_n(snake, schema_snake(in, snake)),
                  str_of(names[_i].snake));
    size_t n = schema_segments(in, lower, parts, 8), at = 0;
    for (size_t i = 0; i < n; i++) {
        ck_assert(parts[i].p >= lower && parts[i].p + parts[i].n <= lower + in.n);
        if (i)
            joined[at++] = ' ';
        memcpy(joined + at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    assert_str_eq(names[_i].in, str_n(joined, at), str_of(names[_i].segments));
    if (n > 1)
        ck_assert_uint_eq(schema_segments(in, lower, parts, n - 1), n - 1);
}
END_TEST

static const struct {
    const char *name;
    bool envelope;
} envelopes[] = {
    {"__typename", true},  {"cursor", true},  {"pageInfo", true},
    {"_MbomsCount", true}, {"_Count", false}, {"MbomsCount", false},
    {"cursors", false},    {"_count", false}, {"", false},
};

START_TEST(envelope)
{
    ck_assert_msg(schema_is_envelope(str_of(envelopes[_i].name)) ==
                      envelopes[_i].envelope,
                  "%s", envelopes[_i].name);
}
END_TEST

/* ---- directives */

static const char directed[] =
    "directive @entity(table: String!) on OBJECT scalar DateTime scalar Blob\n"
    "interface Std { _etag: String @volatile, prettyStr: String @derived }\n"
    "interface By { createdById: Int @sensitive(class: \"person-ref\")\n"
    "  createdBy: User @reference(by: \"createdById\") }\n"
    "interface Attributes { attributes: [Attribute] Attributes: [Attribute]\n"
    "  @column(name: \"attributes_upper\") }\n"
    "interface Attribute { key: String }\n"
    "type PartAttribute @entity(table: \"part_attributes\", std: false, by: false,\n"
    "  key: [\"partId\", \"key\"]) { partId: Int key: String }\n"
    "type User @entity(table: \"users\", by: false) { id: ID! prettyStr: Int! }\n"
    "type Part @entity(table: \"parts\", tables: [\"parts_base\", \"p\"],\n"
    "  naturalKey: [\"partNumber\"], single: \"part\", list: \"allParts\",\n"
    "  attributes: \"PartAttribute\") {\n"
    "  id: Int! partNumber: String! @sensitive(class: \"ident\") myCost: Float\n"
    "  MyCost: Float my_cost: Float blob: Blob colour: Colour ownerId: Int owner: User\n"
    "  owners: [User] kin: PartsConnection when: DateTime @column(name: \"made_at\") }\n"
    "type Category @entity(table: \"cats\", by: false) { id: Int }\n"
    "enum Colour { RED GREEN } type Plain { id: Int, a: Part }\n"
    "input PartInput { partNumber: String }\n";

START_TEST(directives)
{
    CLEANUP(schema_freep) struct schema *s = load(directed);
    const struct type *part = schema_type(s, STR("Part"));
    ck_assert(part->is_entity && part->has_single && part->has_list &&
              part->has_volatile);
    assert_str_eq("table", part->table, STR("parts"));
    assert_str_eq("single", part->single, STR("part"));
    assert_str_eq("list", part->list, STR("allParts"));
    ck_assert_uint_eq(part->n_key, 1);
    ck_assert_uint_eq(part->n_natural, 1);
    assert_str_eq("natural", part->natural[0]->name, STR("partNumber"));
    ck_assert_uint_eq(part->n_fields, 12 + 2 + 2 + 2);

    const struct field *f = FIELD(s, "Part", "partNumber");
    ck_assert_ptr_eq(f, FIELD(s, "Part", "part_number"));
    assert_str_eq("column", f->column, STR("part_number"));
    assert_str_eq("quoted", f->quoted, STR("\"partNumber\":"));
    assert_str_eq("class", f->sensitive, STR("ident"));
    ck_assert(f->required && !f->list && !f->is_id && f->owner == part);
    ck_assert_int_eq(f->type->kind, TYPE_STRING);
    ck_assert_ptr_null(FIELD(s, "Part", "nix"));
    ck_assert_ptr_null(FIELD(s, "Part", ""));
    ck_assert_ptr_null(schema_field(NULL, STR("id")));

    assert_str_eq("given", FIELD(s, "Part", "when")->column, STR("made_at"));
    ck_assert_ptr_null(FIELD(s, "Part", "whenever"));
    ck_assert_ptr_eq(FIELD(s, "Part", "made_at"), FIELD(s, "Part", "when"));
    ck_assert_int_eq(FIELD(s, "Part", "when")->type->kind, TYPE_DATETIME);
    ck_assert_int_eq(FIELD(s, "Part", "blob")->type->kind, TYPE_ANY);
    ck_assert_int_eq(FIELD(s, "Part", "colour")->type->kind, TYPE_ENUM);
    ck_assert_uint_eq(FIELD(s, "Part", "colour")->type->n_values, 2);

    ck_assert(FIELD(s, "Part", "_etag")->is_volatile);
    ck_assert(FIELD(s, "Part", "prettyStr")->is_derived);
    ck_assert_ptr_eq(FIELD(s, "Part", "createdBy")->by,
                     FIELD(s, "Part", "createdById"));
    ck_assert_ptr_eq(FIELD(s, "Part", "createdBy")->owner, part);
    ck_assert(FIELD(s, "Part", "createdById")->is_id);
    ck_assert_ptr_eq(FIELD(s, "Part", "attributes")->type,
                     schema_type(s, STR("PartAttribute")));
    ck_assert_ptr_eq(FIELD(s, "Part", "attributes_upper"),
                     FIELD(s, "Part", "Attributes"));
    ck_assert_ptr_eq(FIELD(s, "Part", "owner")->by, FIELD(s, "Part", "ownerId"));
    ck_assert(FIELD(s, "Part", "ownerId")->is_id);
    ck_assert(FIELD(s, "Part", "owners")->list && !FIELD(s, "Part", "owners")->by);
    f = FIELD(s, "Part", "kin");
    ck_assert(f->list && f->connection && f->type == part);

    /* What a type writes itself stands; User has no By, Plain nothing. */
    ck_assert_int_eq(FIELD(s, "User", "prettyStr")->type->kind, TYPE_INT);
    ck_assert_ptr_null(FIELD(s, "User", "createdBy"));
    ck_assert(!schema_type(s, STR("Plain"))->is_entity);
    ck_assert_ptr_null(FIELD(s, "Plain", "_etag"));
    ck_assert_ptr_null(schema_type(s, STR("PartAttribute"))->natural[0]);
    f = FIELD(s, "PartAttribute", "key");
    ck_assert(f->key_part == 2 && f->is_id);
    ck_assert(!schema_type(s, STR("PartAttribute"))->has_volatile);
    ck_assert_ptr_nonnull(FIELD(s, "PartInput", "part_number"));
    ck_assert(!schema_type(s, STR("Category"))->has_list);
    assert_str_eq("made", schema_type(s, STR("Category"))->list, STR("categories"));
    assert_str_eq("text", schema_text(s), STR(directed));
}
END_TEST

/* Three fields that would be my_cost: the one whose GraphQL name it is has it. */
START_TEST(columns_do_not_collide)
{
    CLEANUP(schema_freep) struct schema *s = load(directed);
    const struct field *exact = FIELD(s, "Part", "my_cost");
    assert_str_eq("exact", exact->name, STR("my_cost"));
    assert_str_eq("column", exact->column, STR("my_cost"));
    assert_str_eq("myCost", FIELD(s, "Part", "myCost")->column, STR("myCost"));
    assert_str_eq("MyCost", FIELD(s, "Part", "MyCost")->column, STR("MyCost"));
}
END_TEST

static const struct {
    const char *name, *entity;
} lookups[] = {
    {"Part", "Part"},
    {"part", "Part"},
    {"allParts", "Part"},
    {"parts", "Part"},
    {"parts_base", "Part"},
    {"p", "Part"},
    {"Parts", "Part"},
    {"PartsConnection", "Part"},
    {"ALLPARTS", "Part"},
    {"PART", "Part"},
    {"categories", "Category"},
    {"category", "Category"},
    {"Categories", "Category"},
    {"cats", "Category"},
    {"Plain", "-"},
    {"PartInput", "-"},
    {"partx", "-"},
    {"", "-"},
    {"part_attributes", "PartAttribute"},
};

START_TEST(lookup)
{
    CLEANUP(schema_freep) struct schema *s = load(directed);
    assert_str_eq(lookups[_i].name, entity_of(s, lookups[_i].name),
                  str_of(lookups[_i].entity));
}
END_TEST

/* ---- without directives */

START_TEST(conventions)
{
    CLEANUP(schema_freep)
    struct schema *s = load(
        "schema { query: Root mutation: Mutation } scalar DateTime\n"
        "type Root { id: ID node(id: ID): Part parts: PartsConnection boxes: [Box] }\n"
        "type Mutation { deletePart: DeletePart createPart: Part }\n"
        "type DeletePart { id: ID } type PartPayload { id: ID }\n"
        "type PartsConnection { id: ID edges: [PartsEdge] }\n"
        "type PartsEdge { id: ID node: Part }\n"
        "type Part { id: ID boxId: Int box: Box boxes: [Box] kin: PartsConnection }\n"
        "type Box { id: Int parts: [Part] } type NoId { a: Int }\n");
    static const char *const none[] = {"Root",        "Mutation",        "DeletePart",
                                       "PartPayload", "PartsConnection", "PartsEdge",
                                       "NoId"};
    for (int i = 0; i < 7; i++)
        ck_assert_msg(!schema_type(s, str_of(none[i]))->is_entity, "%s", none[i]);
    const struct type *part = schema_type(s, STR("Part"));
    ck_assert(part->is_entity && schema_type(s, STR("Box"))->is_entity);
    assert_str_eq("single", part->single, STR("node"));
    assert_str_eq("list", part->list, STR("parts"));
    ck_assert_ptr_eq(part->key[0], FIELD(s, "Part", "id"));
    ck_assert_ptr_eq(FIELD(s, "Part", "box")->by, FIELD(s, "Part", "boxId"));
    ck_assert(FIELD(s, "Part", "kin")->list && FIELD(s, "Part", "kin")->type == part);
    ck_assert(FIELD(s, "Box", "id")->is_id);
    assert_str_eq("list", entity_of(s, "parts"), STR("Part"));
    assert_str_eq("boxes", entity_of(s, "boxes"), STR("Box"));
}
END_TEST

/* ---- what is wrong */

#define HEAD "directive @entity(table: String) on OBJECT "

static const struct {
    const char *text, *line;
} wrong[] = {
    {"type A { a: Nix }", "1:10: a field of a type that is not there"},
    {"type A { a: Int } type A { b: Int }",
     "1:19: a type of this name is there already"},
    {"scalar A enum A { B }", "1:10: a type of this name is there already"},
    {"type Int { a: ID }", "1:1: a type of this name is there already"},
    {"type A { a: Int a: ID }", "1:17: a field is there twice"},
    {HEAD "type A @entity(key: [\"b\"]) { a: Int }",
     "1:65: a key names a field that is not there"},
    {HEAD
     "type A @entity(key: [\"a\",\"b\",\"c\",\"d\",\"e\"]) { a: Int b: Int c: Int d: Int "
     "e: Int }",
     "1:81: a key of more than 4 fields"},
    {HEAD "type A @entity { id: Int b: A @reference(by: \"c\") }",
     "1:74: a reference by a field that is not there"},
    {HEAD "type A @entity { id: Int bC: Int d: Int @column(name: \"b_c\") }",
     "1:77: another field has this column"},
    {HEAD "type Ab @entity { id: Int } type aB @entity { id: Int }",
     "1:72: two entity names differ in upper and lower case only"},
    {"type A {", "1:9: expected a name"},
};

START_TEST(a_key_in_another_case)
{
    CLEANUP(schema_freep)
    struct schema *s =
        load("type Query { parts: [Part] } type Part { Id: Int name: String }\n");
    const struct type *part = schema_type(s, STR("Part"));
    ck_assert(part->is_entity && part->n_key == 1);
    ck_assert_ptr_eq(part->key[0], FIELD(s, "Part", "Id"));
}
END_TEST

START_TEST(errors)
{
    struct error e = ERROR_INIT;
    struct schema *s = NULL;
    ck_assert_int_eq(schema_load(str_of(wrong[_i].text), "t", &s, &e), ERR_DATA);
    assert_str_eq(wrong[_i].text, str_of(e.line), str_of(wrong[_i].line));
    ck_assert_ptr_null(s);
}
END_TEST

/* ---- entities */

START_TEST(entities)
{
    CLEANUP(schema_freep) struct schema *s = load(directed);
    const struct entity *a, *b;
    struct error e = ERROR_INIT;
    assert_ok(schema_entity(s, STR("Part"), &a, &e), &e);
    ck_assert_ptr_eq(a->type, schema_type(s, STR("Part")));
    assert_ok(schema_entity(s, STR("New_table1"), &a, &e), &e);
    assert_ok(schema_entity(s, STR("New_table1"), &b, &e), &e);
    ck_assert(a == b && !a->type);
    ck_assert_int_eq(schema_entity(s, STR("new_table1"), &b, &e), ERR_DATA);
    ck_assert_ptr_null(strstr(e.line, "table1"));
    ck_assert_int_eq(schema_entity(s, STR("part"), &b, &e), ERR_DATA);
    ck_assert_ptr_null(schema_lookup(s, STR("New_table1")));
    static const char *const bad[] = {"", "_a", "1a", "a-b", "a b", "a.b", "\xc3\xa9"};
    for (int i = 0; i < 7; i++)
        ck_assert_msg(schema_entity(s, str_of(bad[i]), &b, &e) == ERR_DATA, "%s",
                      bad[i]);
    char name[SCHEMA_NAME + 1];
    memset(name, 'a', sizeof name);
    assert_ok(schema_entity(s, str_n(name, SCHEMA_NAME), &b, &e), &e);
    ck_assert_int_eq(schema_entity(s, str_n(name, SCHEMA_NAME + 1), &b, &e), ERR_DATA);
}
END_TEST

START_TEST(as_many_entities_as_allowed)
{
    CLEANUP(schema_freep) struct schema *s = load("type A { id: Int }");
    const struct entity *a;
    struct error e = ERROR_INIT;
    char name[16];
    for (int i = 1; i < SCHEMA_ENTITIES; i++) {
        snprintf(name, sizeof name, "E%d", i);
        assert_ok(schema_entity(s, str_of(name), &a, &e), &e);
        ck_assert_uint_eq(a->index, (unsigned)i);
    }
    ck_assert_int_eq(schema_entity(s, STR("Last"), &a, &e), ERR_LIMIT);
    assert_ok(schema_entity(s, STR("E7"), &a, &e), &e);
}
END_TEST

static void *add_many(void *ctx)
{
    char name[16];
    for (int i = 0; i < 500; i++) {
        const struct entity *a = NULL;
        snprintf(name, sizeof name, "E%d", i);
        if (schema_entity(ctx, str_of(name), &a, NULL) != ERR_OK ||
            !str_eq(a->name, str_of(name)))
            return NULL;
    }
    return ctx;
}

START_TEST(entities_from_many_threads)
{
    CLEANUP(schema_freep) struct schema *s = load("type A { id: Int }");
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, add_many, s), 0);
    for (int i = 0; i < 4; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        ck_assert_ptr_eq(result, s);
    }
    const struct entity *a;
    ck_assert_int_eq(schema_entity(s, STR("Next"), &a, NULL), ERR_OK);
    ck_assert_uint_eq(a->index, 501);
}
END_TEST

START_TEST(as_many_fields_as_allowed)
{
    for (int over = 0; over < 2; over++) {
        BUF_SCOPED b = BUF_INIT;
        struct schema *s = NULL;
        struct error e = ERROR_INIT;
        buf_printf(&b, "type A {");
        for (int i = 0; i < 4096 + over; i++)
            buf_printf(&b, "f%d: Int ", i);
        buf_printf(&b, "}");
        enum err err = schema_load(buf_str(&b), "t", &s, &e);
        ck_assert_msg((err != ERR_OK) == over, "%s", e.line);
        schema_free(s);
    }
}
END_TEST

/* ---- what is shipped */

START_TEST(ion)
{
    CLEANUP(schema_freep) struct schema *s = shipped();
    static const struct {
        const char *name, *entity;
    } known[] = {
        {"parts", "Part"},
        {"parts_inventory", "PartInventory"},
        {"partInventories", "PartInventory"},
        {"part_attributes_base", "PartAttribute"},
        {"run_steps", "RunStep"},
        {"mbom_item", "MBomItem"},
        {"purchaseOrderLines", "PurchaseOrderLine"},
        {"suppliers", "Supplier"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_str_eq(known[i].name, entity_of(s, known[i].name),
                      str_of(known[i].entity));
    size_t n = 0;
    const struct type *t;
    for (size_t i = 0; (t = schema_type_at(s, i)); i++) {
        for (size_t k = 0; k < t->n_fields; k++) {
            const struct field *f = &t->fields[k];
            ck_assert_ptr_eq(schema_field(t, f->name), f);
            ck_assert_ptr_eq(schema_field(t, f->column), f);
            ck_assert(!f->by || (f->by->owner == t && f->by->is_id));
        }
        if (!t->is_entity)
            continue;
        ck_assert_msg(t->n_key > 0, "%.*s has no key", STR_ARG(t->name));
        const struct entity *e = schema_lookup(s, t->name);
        ck_assert_ptr_eq(e->type, t);
        n++;
    }
    ck_assert_uint_ge(n, 100);
    const struct field *f = FIELD(s, "Part", "unit_of_measure");
    ck_assert_ptr_eq(f->by, FIELD(s, "Part", "unitOfMeasureId"));
    ck_assert(FIELD(s, "Part", "_updated")->is_volatile);
}
END_TEST

#define LOOP(tcase, test, items) \
    tcase_add_loop_test(tcase, test, 0, (int)(sizeof(items) / sizeof *(items)))

static void cases(TCase *tcase)
{
    LOOP(tcase, spelling, names);
    LOOP(tcase, envelope, envelopes);
    LOOP(tcase, lookup, lookups);
    LOOP(tcase, errors, wrong);
    tcase_add_test(tcase, directives);
    tcase_add_test(tcase, columns_do_not_collide);
    tcase_add_test(tcase, conventions);
    tcase_add_test(tcase, a_key_in_another_case);
    tcase_add_test(tcase, entities);
    tcase_add_test(tcase, as_many_entities_as_allowed);
    tcase_add_test(tcase, entities_from_many_threads);
    tcase_add_test(tcase, as_many_fields_as_allowed);
    tcase_add_test(tcase, ion);
}

TEST_MAIN("schema")
