#include "base/file.h"
#include "graphql/cursor.h"
#include "graphql/request.h"
#include "graphql/where.h"
#include "store/load.h"
#include "test.h"

/* A tenant of every shape in the small: keys of one and two parts, relations both ways,
 * by way of a third table and by entity, attributes, pages inside, carried values. */
static const char tenant_schema[] =
    "scalar DateTime scalar ScalarValue scalar JSONString\n"
    "union IonType = User | Part\n"
    "enum Kind { BOLT NUT }\n"
    "enum Ion { PARTS USERS }\n"
    "interface Std { _created: DateTime _etag: String @volatile\n"
    "  prettyStr: String @derived }\n"
    "interface By { createdById: Int updatedById: Int\n"
    "  createdBy: User @reference(by: \"createdById\") }\n"
    "interface Attributes { attributes: [Attribute] @derived(filter: true)\n"
    "  Attributes: [Attribute] }\n"
    "interface Attribute { id: String key: String! value: ScalarValue }\n"
    "type Part @entity(table: \"parts\", single: \"part\", list: \"parts\",\n"
    "    attributes: \"PartAttribute\", aggregates: [\"weight\"]) {\n"
    "  id: Int! name: String! kind: Kind weight: Float hidden: Boolean tags: [String]\n"
    "  parentId: Int entityId: Int note: ScalarValue state: JSONString\n"
    "  parent: Part @reference(by: \"parentId\")\n"
    "  children: [Part] @many(by: \"parentId\")\n"
    "  labels: [Label] @many(by: \"entityId\", through: \"EntityLabel\", to: \"labelId\")\n"
    "    @derived(filter: true)\n"
    "  rows: RowsConnection @many(by: \"partId\")\n"
    "  score: Int @derived(sort: true) grade: Kind @derived names: [String] @derived\n"
    "  best: Part @derived similar: [Part] @derived(filter: true)\n"
    "  grid: Grid @derived ionValue: IonType @derived allowedIonType: Ion }\n"
    "type Grid { columns: [GridColumn] width: Int }\n"
    "type GridColumn { title: String! }\n"
    "type Row @entity(table: \"rows\", list: \"rows\", key: [\"partId\", \"at\"]) {\n"
    "  partId: Int! at: Int! text: String part: Part @reference(by: \"partId\") }\n"
    "type Label @entity(table: \"labels\", list: \"labels\") { id: Int! value: String! }\n"
    "type EntityLabel @entity(table: \"entity_labels\", key: [\"entityId\", \"labelId\"])\n"
    "  { entityId: Int! labelId: Int! }\n"
    "type User @entity(table: \"users\", single: \"user\", list: \"users\", by: false)\n"
    "  { id: Int! name: String! }\n"
    "type PartAttribute @entity(table: \"part_attributes\", key: [\"partId\", \"key\"],\n"
    "    std: false, by: false) {\n"
    "  id: String key: String! value: ScalarValue partId: Int }\n";

static const char *const records[][2] = {
    {"User", "{\"id\":1,\"name\":\"Ada\"}"},
    {"User", "{\"id\":2,\"name\":\"Bo\"}"},
    {"Part",
     "{\"id\":1,\"name\":\"Bolt 50%\",\"kind\":\"BOLT\",\"weight\":1.5,\"tags\":[\"a\",\"b\"],"
     "\"entityId\":11,\"_created\":\"2024-01-01T00:00:00Z\",\"createdById\":1,"
     "\"note\":\"x\",\"state\":\"{\\\"a\\\":1}\",\"hidden\":true}"},
    {"Part",
     "{\"id\":2,\"name\":\"bolt_small\",\"kind\":\"BOLT\",\"weight\":2,\"parentId\":1,"
     "\"entityId\":12,\"score\":7,\"grade\":\"NUT\",\"names\":[\"p\"],"
     "\"best\":{\"id\":1},\"similar\":[{\"id\":1},{\"id\":3},{\"id\":99}],"
     "\"grid\":{\"columns\":[{\"title\":\"T\"},null],\"width\":3},"
     "\"createdById\":9,\"allowedIonType\":\"USERS\",\"ionValue\":{\"id\":2}}"},
    {"Part",
     "{\"id\":3,\"name\":\"N\\u00dcT\",\"kind\":\"NUT\",\"parentId\":1,\"note\":5,"
     "\"allowedIonType\":\"PARTS\",\"ionValue\":{\"id\":1},\"score\":3}"},
    {"Part", "{\"id\":4,\"kind\":\"SPOON\",\"weight\":1,\"parentId\":2,"
             "\"ionValue\":{\"id\":1}}"},
    {"Row", "{\"partId\":1,\"at\":1,\"text\":\"one\"}"},
    {"Row", "{\"partId\":1,\"at\":2,\"text\":\"two\"}"},
    {"Row", "{\"partId\":1,\"at\":3,\"text\":\"three\"}"},
    {"Row", "{\"partId\":2,\"at\":1,\"text\":\"four\"}"},
    {"Label", "{\"id\":1,\"value\":\"red\"}"},
    {"Label", "{\"id\":2,\"value\":\"blue\"}"},
    {"EntityLabel", "{\"entityId\":11,\"labelId\":2}"},
    {"EntityLabel", "{\"entityId\":11,\"labelId\":1}"},
    {"EntityLabel", "{\"entityId\":12,\"labelId\":1}"},
    {"PartAttribute", "{\"partId\":1,\"key\":\"k\",\"value\":[1,\"v\"]}"},
    {"PartAttribute", "{\"partId\":1,\"key\":\"l\",\"value\":null}"},
};

struct fixture {
    struct schema *schema;
    struct layout *layout;
    struct sql *db;
    struct service *service;
    int fd;
};

static void fill(struct fixture *t, struct error *e)
{
    struct loader *l = NULL;
    const struct loader_options o = {
        .fd = t->fd, .schema = t->schema, .layout = t->layout};
    assert_ok(loader_new(&o, &l, e), e);
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        const struct entity *entity;
        assert_ok(schema_entity(t->schema, str_of(records[i][0]), &entity, e), e);
        assert_ok(loader_record(l, entity, str_of(records[i][1]), e), e);
    }
    assert_ok(loader_finish(l, e), e);
    loader_free(l);
}

static void open_tenant(struct fixture *t, enum coerce_mode mode)
{
    struct error e = ERROR_INIT;
    *t = (struct fixture){.fd = -1};
    assert_ok(schema_load(str_of(tenant_schema), "test", &t->schema, &e), &e);
    assert_ok(layout_new(t->schema, &t->layout, &e), &e);
    assert_ok(file_temp(NULL, &t->fd, &e), &e);
    fill(t, &e);
    assert_ok(sql_open_fd(t->fd, &(struct sql_options){.write = true}, &t->db, &e), &e);
    assert_ok(where_functions(NULL, t->db, &e), &e);
    const struct service_options o = {mode};
    assert_ok(service_new(t->schema, t->layout, &o, &t->service, &e), &e);
}

static void close_tenant(struct fixture *t)
{
    service_free(t->service);
    sql_free(t->db);
    layout_free(t->layout);
    schema_free(t->schema);
    close(t->fd);
}

static enum service_status ask(struct fixture *t, struct str body, struct buf *out)
{
    struct error e = ERROR_INIT;
    const struct service_call call = {.db = t->db, .user = 2, .body = body};
    buf_clear(out);
    return service_answer(t->service, &call, out, &e);
}

/* A document and the answer to it. */
static const struct {
    const char *name, *query, *answer;
} answers[] = {
#include "test_execute_answers.inc"
};

START_TEST(answers_are)
{
    struct fixture t;
    BUF_SCOPED body = BUF_INIT, out = BUF_INIT;
    struct emit j;
    open_tenant(&t, COERCE_ION);
    emit_init(&j, &body);
    emit_object(&j);
    emit_key_string(&j, "query", str_of(answers[_i].query));
    emit_object_end(&j);
    for (int twice = 0; twice < 2; twice++) { /* the second time from the cache */
        ask(&t, buf_str(&body), &out);
        assert_str_eq(answers[_i].name, buf_str(&out), str_of(answers[_i].answer));
    }
    close_tenant(&t);
}
END_TEST

static const struct {
    const char *name, *body;
    enum service_status answer;
} bodies[] = {
    {"empty", "", SERVICE_MALFORMED},
    {"no JSON", "{\"query\":", SERVICE_MALFORMED},
    {"two values", "{} {}", SERVICE_MALFORMED},
    {"a number", "5", SERVICE_MALFORMED},
    {"no query", "{\"variables\":{}}", SERVICE_MALFORMED},
    {"query no string", "{\"query\":1}", SERVICE_MALFORMED},
    {"variables a list", "{\"query\":\"{__typename}\",\"variables\":[1]}",
     SERVICE_MALFORMED},
    {"variables empty text", "{\"query\":\"{__typename}\",\"variables\":\"\"}",
     SERVICE_DONE},
    {"variables null", "{\"query\":\"{__typename}\",\"variables\":null}", SERVICE_DONE},
    {"operation no string", "{\"query\":\"{__typename}\",\"operationName\":1}",
     SERVICE_MALFORMED},
    {"syntax", "{\"query\":\"{\"}", SERVICE_REFUSED},
    {"validation", "{\"query\":\"{nothing}\"}", SERVICE_REFUSED},
    {"variable", "{\"query\":\"query($i:ID!){part(id:$i){id}}\"}", SERVICE_REFUSED},
    {"which operation", "{\"query\":\"query A{__typename} query B{__typename}\"}",
     SERVICE_REFUSED},
    {"this one",
     "{\"query\":\"query A{__typename} query B{a:__typename}\",\"operationName\":\"B\"}",
     SERVICE_DONE},
    {"unknown operation", "{\"query\":\"query A{__typename}\",\"operationName\":\"B\"}",
     SERVICE_REFUSED},
    {"mutation", "{\"query\":\"mutation{__typename}\"}", SERVICE_REFUSED},
    {"empty batch", "[]", SERVICE_MALFORMED},
    {"batch", "[{\"query\":\"{__typename}\"},{\"query\":\"{\"},7]", SERVICE_DONE},
};

START_TEST(bodies_are)
{
    struct fixture t;
    BUF_SCOPED out = BUF_INIT;
    open_tenant(&t, COERCE_ION);
    enum service_status got = ask(&t, str_of(bodies[_i].body), &out);
    ck_assert_msg(got == bodies[_i].answer, "%s: %d: %.*s", bodies[_i].name, (int)got,
                  STR_ARG(buf_str(&out)));
    close_tenant(&t);
}
END_TEST

START_TEST(batch_limit)
{
    struct fixture t;
    BUF_SCOPED out = BUF_INIT, body = BUF_INIT;
    open_tenant(&t, COERCE_ION);
    buf_add_str(&body, STR("[0"));
    for (int i = 1; i < SERVICE_BATCH; i++)
        buf_add_str(&body, STR(",0"));
    buf_add_char(&body, ']');
    ck_assert_int_eq(ask(&t, buf_str(&body), &out), SERVICE_DONE);
    body.p[body.n - 1] = ',';
    buf_add_str(&body, STR("0]"));
    ck_assert_int_eq(ask(&t, buf_str(&body), &out), SERVICE_MALFORMED);
    close_tenant(&t);
}
END_TEST

/* Fragments in fragments select 2^40 fields: refused, not tried. */
START_TEST(growth_is_limited)
{
    struct fixture t;
    BUF_SCOPED out = BUF_INIT, body = BUF_INIT;
    open_tenant(&t, COERCE_ION);
    buf_add_str(&body, STR("{\"query\":\"{part(id:1){...F0}}"));
    for (int i = 0; i < 40; i++)
        buf_printf(&body, " fragment F%d on Part{a:parent{...F%d} b:parent{...F%d}}", i,
                   i + 1, i + 1);
    buf_add_str(&body, STR(" fragment F40 on Part{id}\"}"));
    ck_assert_int_eq(ask(&t, buf_str(&body), &out), SERVICE_REFUSED);
    close_tenant(&t);
}
END_TEST

static const struct {
    const char *text, *pattern;
    bool like, ilike;
} likes[] = {
    {"", "", true, true},
    {"", "%", true, true},
    {"", "_", false, false},
    {"abc", "abc", true, true},
    {"abc", "ABC", false, true},
    {"abc", "a%", true, true},
    {"abc", "%c", true, true},
    {"abc", "%b%", true, true},
    {"abc", "_b_", true, true},
    {"abc", "a_", false, false},
    {"50%", "50\\%", true, true},
    {"50x", "50\\%", false, false},
    {"a_b", "a\\_b", true, true},
    {"axb", "a\\_b", false, false},
    {"a\\b", "a\\\\b", true, true},
    {"a\\", "a\\", true, true},
    {"\xc3\x9c", "_", true, true},
    {"\xc3\x9c", "\xc3\xbc", false, true},
    {"aaaaaaaaab", "%a%a%a%c", false, false},
    {"abab", "%ab", true, true},
};

START_TEST(like_is)
{
    struct str text = str_of(likes[_i].text), pattern = str_of(likes[_i].pattern);
    ck_assert_msg(where_like(text, pattern, false) == likes[_i].like, "%s like %s",
                  text.p, pattern.p);
    ck_assert_msg(where_like(text, pattern, true) == likes[_i].ilike, "%s ilike %s",
                  text.p, pattern.p);
}
END_TEST

/* The figures of PostgreSQL's documentation and of its regression tests. */
START_TEST(similarity_is)
{
    ck_assert_double_eq_tol(where_similarity(STR("word"), STR("two words")), 0.363636,
                            1e-6);
    ck_assert_double_eq_tol(where_similarity(STR("wow"), STR("WOWa ")), 0.5, 1e-6);
    ck_assert_double_eq(where_similarity(STR("a b"), STR("B, A!")), 1.0);
    ck_assert_double_eq(where_similarity(STR(""), STR("")), 0.0);
    ck_assert_double_eq(where_similarity(STR("abc"), STR("xyz")), 0.0);
}
END_TEST

START_TEST(cursors_are)
{
    static const char *const wrong[] = {
        "",
        "x",
        "=",
        "YXJyYXljb25uZWN0aW9uOg==",
        "YXJyYXljb25uZWN0aW9uOi0x",
        "YXJyYXk6MQ==",
        "YXJyYXljb25uZWN0aW9uOjk5OTk5OTk5OTk5OTk5OTk5OQ=="};
    for (int64_t n = 0; n < INT64_C(900000000000000); n = n * 7 + 1) {
        BUF_SCOPED out = BUF_INIT;
        int64_t back = -1;
        cursor_add(&out, n);
        ck_assert(cursor_read(buf_str(&out), &back));
        ck_assert_int_eq(back, n);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t n;
        ck_assert_msg(!cursor_read(str_of(wrong[i]), &n), "%s", wrong[i]);
    }
}
END_TEST

static void cases(TCase *c)
{
    tcase_add_loop_test(c, answers_are, 0, sizeof answers / sizeof *answers);
    tcase_add_loop_test(c, bodies_are, 0, sizeof bodies / sizeof *bodies);
    tcase_add_test(c, batch_limit);
    tcase_add_test(c, growth_is_limited);
    tcase_add_loop_test(c, like_is, 0, sizeof likes / sizeof *likes);
    tcase_add_test(c, similarity_is);
    tcase_add_test(c, cursors_are);
}

TEST_MAIN("execute")
