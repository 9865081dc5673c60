#include "schema/key_spec.h"

#include "random_json.h"
#include "schema/canon.h"
#include "test.h"
#include "json/escape.h"

static const char sdl[] =
    "directive @entity(table: String!) on OBJECT\n"
    "type Part @entity(table: \"parts\", std: false, by: false) { id: ID!\n"
    "  partNumber: String revision: String cost: Float n: Int ok: Boolean\n"
    "  part: Part tags: [String] }\n";

static struct schema *load(void)
{
    struct schema *s = NULL;
    struct error e = ERROR_INIT;
    assert_ok(schema_load(STR(sdl), "test", &s, &e), &e);
    return s;
}

static const struct {
    const char *spec, *record;
    const char *key; /* as JSON; [] : none */
} made[] = {
    {"Part=partNumber", "{\"partNumber\":\"A-1\"}", "[\"A-1\"]"},
    {"Part=part_number", "{\"part_number\":\"A-1\"}", "[\"A-1\"]"},
    {"parts=partNumber", "{\"partNumber\":\"A-1\"}", "[\"A-1\"]"},
    {"Part=partNumber/i", "{\"partNumber\":\"aB-\xc3\x89Z\"}", "[\"ab-\xc3\x89z\"]"},
    {"Part=partNumber,revision", "{\"revision\":\"B\",\"partNumber\":\"A\"}",
     "[\"A\",\"B\"]"},
    {"Part=partNumber,revision", "{\"partNumber\":\"A\"}", "[]"},
    {"Part=partNumber", "{\"partNumber\":null}", "[]"},
    {"Part=partNumber", "{}", "[]"},
    {"Part=tags", "{\"tags\":[\"A\"]}", "[]"},
    {"Part=part", "{\"part\":{\"id\":1}}", "[]"},
    {"Part=part.partNumber", "{\"part\":{\"id\":1,\"partNumber\":\"A\"}}", "[\"A\"]"},
    {"Part=part.part.revision", "{\"part\":{\"part\":{\"revision\":\"\"}}}", "[\"\"]"},
    {"Part=part.partNumber", "{\"part\":\"A\"}", "[]"},
    {"Part=part.partNumber", "{\"part\":[{\"partNumber\":\"A\"}]}", "[]"},
    {"Part=ok", "{\"ok\":true}", "[\"true\"]"},
    {"Part=n", "{\"n\":7}", "[7]"},
    {"Part=cost", "{\"cost\":7.00}", "[7]"},
    {"Part=cost", "{\"cost\":-7}", "[-7]"},
    {"Part=cost", "{\"cost\":12.50}", "[\"1.25e1\"]"},
    {"Part=id", "{\"id\":\"7\"}", "[7]"},
    {"Part=partNumber", "{\"partNumber\":\"7\"}", "[7]"},
    {"Part=partNumber", "{\"partNumber\":\"07\"}", "[\"07\"]"},
    {"Part=partNumber", "{\"partNumber\":\"\\u0000\\\"\\n\"}", "[\"\\u0000\\\"\\n\"]"},
    {"Part=unknown", "{\"unknown\":1,\"z\":{\"unknown\":2}}", "[1]"},
    {"Part=a\"b", "{\"a\\\"b\":\"x\"}", "[\"x\"]"},
    {"Part=a\\b", "{\"a\\\\b\":\"x\"}", "[\"x\"]"},
    {"Part=caf\xc3\xa9", "{\"caf\\u00e9\":\"x\"}", "[\"x\"]"},
    {"Part=/", "{\"/\":\"x\"}", "[\"x\"]"},
    {"Part=x=y", "{\"x=y\":\"x\"}", "[\"x\"]"},
    {"Other=z", "{\"a\":[{\"z\":1},\"}\"],\"b\":\"{\\\"z\\\":2}\",\"z\":3}", "[3]"},
};

START_TEST(keys)
{
    CLEANUP(schema_freep) struct schema *s = load();
    CLEANUP(canon_freep) struct canon *c = canon_new();
    BUF_SCOPED out = BUF_INIT;
    const struct entity *entity;
    struct canon_record r;
    struct error e = ERROR_INIT;
    assert_ok(schema_set_key(s, made[_i].spec, &e), &e);
    struct str name = made[_i].spec[0] == 'O' ? STR("Other") : STR("Part");
    assert_ok(schema_entity(s, name, &entity, &e), &e);
    assert_ok(canon_record(c, entity, str_of(made[_i].record), &r, &e), &e);
    key_json(&out, r.key);
    assert_str_eq(made[_i].spec, buf_str(&out), str_of(made[_i].key));
}
END_TEST

static const char *const refused[] = {
    "",
    "Part",
    "Part=",
    "=id",
    "Part=,",
    "Part=id,",
    "Part=,id",
    "Part=/i",
    "Part=.",
    "Part=.id",
    "Part=part.",
    "Part=a..b",
    "Part=a,b,c,d,e",
    "1x=id",
    "a b=id",
    "part\xc3\xa9=id",
    "Part=a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a"}; /* 17 steps */

START_TEST(wrong_specs_are_refused)
{
    CLEANUP(schema_freep) struct schema *s = load();
    struct error e = ERROR_INIT;
    ck_assert_msg(schema_set_key(s, refused[_i], &e) == ERR_USAGE, "%s", refused[_i]);
    ck_assert(strncmp(e.line, "--key takes ", 12) == 0);
}
END_TEST

/* A member of any name is found among others whose names and values look like it. */
START_TEST(hostile_names)
{
    CLEANUP(schema_freep) struct schema *s = load();
    CLEANUP(canon_freep) struct canon *c = canon_new();
    struct dice dice = {1};
    struct error e = ERROR_INIT;
    const struct entity *entity;
    assert_ok(schema_entity(s, STR("Other"), &entity, &e), &e);
    for (int i = 0; i < 1000; i++) {
        static const char parts[] = "\"\\{}[]: /~\n\t'aZ\xc3\xa9";
        BUF_SCOPED name = BUF_INIT;
        BUF_SCOPED spec = BUF_INIT;
        BUF_SCOPED record = BUF_INIT;
        BUF_SCOPED key = BUF_INIT;
        struct canon_record r;
        buf_add_char(&name, 'x'); /* so that nothing else is called so */
        for (unsigned n = roll(&dice, 6); n; n--) {
            unsigned at = roll(&dice, sizeof parts - 2);
            buf_add(&name, parts + at, (uint8_t)parts[at] >= 0x80 ? 2 : 1);
        }
        buf_add_char(&name, 'x');
        buf_printf(&spec, "Other=%.*s", STR_ARG(buf_str(&name)));
        buf_add_str(&record, STR("{\"a\":"));
        random_json(&dice, &record, 4);
        buf_add_str(&record, STR(",\"b\":"));
        escape_add_quoted(&record, buf_str(&name));
        buf_add_char(&record, ',');
        escape_add_quoted(&record, buf_str(&name));
        buf_printf(&record, ":%d,\"zz\":", i);
        random_json(&dice, &record, 4);
        buf_add_char(&record, '}');
        assert_ok(schema_set_key(s, buf_cstr(&spec), &e), &e);
        assert_ok(canon_record(c, entity, buf_str(&record), &r, &e), &e);
        char want[20];
        snprintf(want, sizeof want, "[%d]", i);
        key_json(&key, r.key);
        assert_str_eq(buf_cstr(&spec), buf_str(&key), str_of(want));
    }
}
END_TEST

START_TEST(size_limit)
{
    CLEANUP(schema_freep) struct schema *s = load();
    CLEANUP(canon_freep) struct canon *c = canon_new();
    struct error e = ERROR_INIT;
    const struct entity *entity;
    assert_ok(schema_set_key(s, "Other=k", &e), &e);
    assert_ok(schema_entity(s, STR("Other"), &entity, &e), &e);
    for (size_t n = CANON_KEY - 3; n <= CANON_KEY - 2; n++) { /* a tag, an end */
        BUF_SCOPED record = BUF_INIT;
        struct canon_record r;
        buf_add_str(&record, STR("{\"k\":\""));
        memset(buf_room(&record, n), 'x', n);
        record.n += n;
        buf_add_str(&record, STR("\"}"));
        ck_assert_int_eq(canon_record(c, entity, buf_str(&record), &r, &e),
                         n > CANON_KEY - 3 ? ERR_LIMIT : ERR_OK);
    }
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, keys, 0, sizeof made / sizeof *made);
    tcase_add_loop_test(t, wrong_specs_are_refused, 0,
                        sizeof refused / sizeof *refused);
    tcase_add_test(t, hostile_names);
    tcase_add_test(t, size_limit);
}

TEST_MAIN("key_spec")
