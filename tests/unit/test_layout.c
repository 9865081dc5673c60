#include "store/layout.h"

#include "store/sql.h"
#include "test.h"

#define HEAD                                                                       \
    "directive @entity(table: String!, key: [String!], naturalKey: [String!]) on " \
    "OBJECT\n"                                                                     \
    "scalar DateTime\nscalar JSONString\nscalar ScalarValue\nenum Color { RED }\n"

static const char sdl[] = HEAD
    "type Part @entity(table: \"parts\", naturalKey: [\"partNumber\", \"revision\"]) {\n"
    "  id: Int! partNumber: String revision: ID cost: Float ok: Boolean at: DateTime\n"
    "  json: JSONString any: ScalarValue tags: [String] color: Color ownerId: Int\n"
    "  touchedById: Int @volatile touchedBy: Part @reference(by: \"touchedById\")\n"
    "  owner: Part @reference(by: \"ownerId\") computed: Int @derived\n"
    "  kept: Int @derived(stored: true) Cost: Int links: [Link] @many(by: \"partId\")\n"
    "  rowid: Int _more: Int entityId: Int comments: [Note] @many(by: \"entityId\") }\n"
    "type Link @entity(table: \"sandcast_meta\", key: [\"partId\", \"name\"]) {\n"
    "  partId: Int! name: String! part: Part @reference(by: \"partId\")\n"
    "  other: [Part] @many(by: \"partId\", through: \"Note\", to: \"other\") }\n"
    "type Note @entity(table: \"PARTS\", key: []) { partId: Int entityId: Int text: String "
    "}\n";

static struct schema *load(const char *text)
{
    struct schema *s = NULL;
    struct error e = ERROR_INIT;
    assert_ok(schema_load(str_of(text), "test", &s, &e), &e);
    return s;
}

static const char *const want[] = {
    "CREATE TABLE \"parts\"(\n"
    "  \"id\" INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  \"part_number\" TEXT,\n"
    "  \"revision\" TEXT,\n"
    "  \"cost\" REAL,\n"
    "  \"ok\" BOOLEAN,\n"
    "  \"at\" TEXT,\n"
    "  \"json\" TEXT,\n"
    "  \"any\" TEXT,\n"
    "  \"tags\" TEXT,\n"
    "  \"color\" TEXT,\n"
    "  \"owner_id\" INTEGER,\n"
    "  \"touched_by_id\" INTEGER,\n"
    "  \"kept\" INTEGER,\n"
    "  \"Cost_2\" INTEGER,\n"
    "  \"rowid_2\" INTEGER,\n"
    "  \"_more_2\" INTEGER,\n"
    "  \"entity_id\" INTEGER,\n"
    "  \"_more\" TEXT,\n"
    "  \"_shape\" INTEGER\n"
    ")",
    "CREATE TABLE \"x_sandcast_meta_2\"(\n"
    "  \"part_id\" INTEGER,\n"
    "  \"name\" TEXT,\n"
    "  \"_more\" TEXT,\n"
    "  \"_shape\" INTEGER,\n"
    "  PRIMARY KEY(\"part_id\", \"name\")\n"
    ")",
    "CREATE TABLE \"PARTS_2\"(\n"
    "  \"part_id\" INTEGER,\n"
    "  \"entity_id\" INTEGER,\n"
    "  \"text\" TEXT,\n"
    "  \"_more\" TEXT,\n"
    "  \"_shape\" INTEGER\n"
    ")",
};

/* The key's first column, the link's part_id, has an index already. */
static const char *const want_indexes[] = {
    "CREATE INDEX \"parts_owner_id\" ON \"parts\"(\"owner_id\")",
    "CREATE INDEX \"parts_entity_id\" ON \"parts\"(\"entity_id\")",
    ("CREATE INDEX \"parts_part_number_revision\" ON \"parts\"(\"part_number\", "
     "\"revision\")"),
    "CREATE INDEX \"PARTS_2_part_id\" ON \"PARTS_2\"(\"part_id\")",
    "CREATE INDEX \"PARTS_2_entity_id\" ON \"PARTS_2\"(\"entity_id\")",
};

START_TEST(statements)
{
    struct error e = ERROR_INIT;
    CLEANUP(schema_freep) struct schema *s = load(sdl);
    CLEANUP(layout_freep) struct layout *l = NULL;
    BUF_SCOPED text = BUF_INIT;
    size_t n = 0;
    assert_ok(layout_new(s, &l, &e), &e);
    ck_assert_uint_eq(layout_n_tables(l), 3);
    for (size_t i = 0; i < 3; i++) {
        const struct layout_table *t = layout_table_at(l, i);
        buf_clear(&text);
        layout_create_table(t, &text);
        assert_str_eq("table", buf_str(&text), str_of(want[i]));
        for (size_t k = 0; k < t->n_indexes; k++, n++) {
            buf_clear(&text);
            layout_create_index(t, k, &text);
            ck_assert_uint_lt(n, sizeof want_indexes / sizeof *want_indexes);
            assert_str_eq("index", buf_str(&text), str_of(want_indexes[n]));
        }
        ck_assert_uint_eq(t->index, i);
        ck_assert(layout_table(l, t->type) == t);
    }
    ck_assert_uint_eq(n, sizeof want_indexes / sizeof *want_indexes);
    ck_assert_ptr_null(layout_table_at(l, 3));
    ck_assert_ptr_null(layout_table(l, schema_type(s, STR("Color"))));
}
END_TEST

START_TEST(columns)
{
    struct error e = ERROR_INIT;
    CLEANUP(schema_freep) struct schema *s = load(sdl);
    CLEANUP(layout_freep) struct layout *l = NULL;
    assert_ok(layout_new(s, &l, &e), &e);
    const struct type *part = schema_type(s, STR("Part"));
    const struct layout_table *t = layout_table(l, part);
    ck_assert_int_eq(layout_column(t, schema_field(part, STR("id"))), 0);
    ck_assert_int_eq(layout_column(t, schema_field(part, STR("Cost"))), 13);
    ck_assert_int_eq(layout_column(t, schema_field(part, STR("computed"))), -1);
    ck_assert_int_eq(layout_column(t, schema_field(part, STR("owner"))), -1);
    const struct type *note = schema_type(s, STR("Note"));
    ck_assert_int_eq(layout_column(t, schema_field(note, STR("partId"))), -1);
    ck_assert(t->is_rowid && t->n_key == 1 && t->columns[0].key_part == 1);
    ck_assert(!layout_table(l, note)->n_key);
    ck_assert_int_eq(t->columns[6].kind, LAYOUT_JSON_STRING);
    ck_assert_int_eq(t->columns[7].kind, LAYOUT_JSON);
    ck_assert_int_eq(t->columns[8].kind, LAYOUT_JSON);
}
END_TEST

/* Further fields than a table may have columns. */
START_TEST(wide)
{
    struct error e = ERROR_INIT;
    BUF_SCOPED text = BUF_INIT;
    CLEANUP(layout_freep) struct layout *l = NULL;
    buf_add_str(&text, STR(HEAD "type Wide @entity(table: \"wide\") { id: Int!\n"));
    for (int i = 0; i < 2500; i++)
        buf_printf(&text, "  field%d: Int\n", i);
    buf_add_str(&text, STR("}\n"));
    CLEANUP(schema_freep) struct schema *s = load(buf_cstr(&text));
    assert_ok(layout_new(s, &l, &e), &e);
    const struct layout_table *t = layout_table_at(l, 0);
    ck_assert_uint_eq(t->n_columns, LAYOUT_COLUMNS);
    ck_assert_int_eq(layout_column(t, &t->type->fields[LAYOUT_COLUMNS - 1]),
                     LAYOUT_COLUMNS - 1);
    ck_assert_int_eq(layout_column(t, &t->type->fields[LAYOUT_COLUMNS]), -1);
}
END_TEST

/* Names that are SQL, and none at all. */
START_TEST(names)
{
    struct error e = ERROR_INIT;
    BUF_SCOPED text = BUF_INIT;
    CLEANUP(schema_freep)
    struct schema *s =
        load(HEAD "directive @column(name: String!) on FIELD_DEFINITION\n"
                  "type A @entity(table: \"a\\\"; DROP TABLE x; --\") { id: Int!\n"
                  "  select: Int @column(name: \"x\\\" TEXT) --\") }\n"
                  "type B @entity(table: \"b\") { id: Int! }\n");
    CLEANUP(layout_freep) struct layout *l = NULL;
    assert_ok(layout_new(s, &l, &e), &e);
    layout_create_table(layout_table_at(l, 0), &text);
    assert_str_eq("names", buf_str(&text),
                  STR("CREATE TABLE \"a\"\"; DROP TABLE x; --\"(\n"
                      "  \"id\" INTEGER PRIMARY KEY AUTOINCREMENT,\n"
                      "  \"x\"\" TEXT) --\" INTEGER,\n"
                      "  \"_more\" TEXT,\n  \"_shape\" INTEGER\n)"));
    CLEANUP(schema_freep)
    struct schema *bad =
        load(HEAD "type A @entity(table: \"a\\u0000b\") { id: Int! }\n");
    CLEANUP(layout_freep) struct layout *none = NULL;
    ck_assert_int_eq(layout_new(bad, &none, &e), ERR_DATA);
    ck_assert_ptr_null(none);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_test(t, statements);
    tcase_add_test(t, columns);
    tcase_add_test(t, wide);
    tcase_add_test(t, names);
}

TEST_MAIN("layout")
