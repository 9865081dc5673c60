#include "graphql/coerce.h"

#include "graphql/introspect.h"
#include "graphql/validate.h"
#include "test.h"

static const char schema[] =
    "type Query { f(i: Int, x: Float, s: String, b: Boolean, d: ID, e: E, l: [Int!], "
    "in: In, any: Any, must: Int! = 3): Int }\n"
    "enum E { RED Turquoise } scalar Any input In { a: Int! = 1 b: [E!] c: In d: Any }\n";

static struct types *types;
static struct arena arena;
static struct errors errors;

static void setup(void)
{
    struct error e = ERROR_INIT;
    assert_ok(types_load(STR(schema), "schema", &types, &e), &e);
    errors_init(&errors, &arena, ERRORS_LIMIT);
}

static void teardown(void)
{
    types_free(types);
    arena_done(&arena);
}

/* What the arguments of the first field become, or the first error; validated first. */
static const char *result(const char *query, const char *json, enum coerce_mode mode)
{
    static struct buf out;
    struct sdl_request r;
    struct sdl_fault fault;
    struct value *args;
    struct coerce_vars vars = {0};
    struct emit j;
    struct coerce c = {mode, types, &arena, &errors};
    struct validate v = {.mode = mode, .arena = &arena, .errors = &errors};
    buf_clear(&out);
    ck_assert_int_eq(
        sdl_request(str_of(query), &SDL_REQUEST_LIMITS, &arena, &r, &fault), ERR_OK);
    const struct sdl_selection *s = r.first->selections;
    if (!validate_request(&v, types, &r) ||
        !coerce_variables(&c, r.first, str_of(json), &vars) ||
        !coerce_arguments(&c, s->bound, s, &vars, &args)) {
        buf_add_str(&out, errors.first->message);
        return buf_cstr(&out);
    }
    emit_init(&j, &out);
    coerce_emit(args, &j);
    return buf_cstr(&out);
}

/* `ion` is NULL where it is as strictly. */
static const struct {
    const char *query, *json, *strict, *ion;
} rows[] = {
    {"{ f(i: 1, x: 2, s: \"a\", b: true, d: 7, e: RED, l: 5) }", "",
     "{\"i\":1,\"x\":2,\"s\":\"a\",\"b\":true,\"d\":\"7\",\"e\":\"RED\",\"l\":[5],"
     "\"must\":3}",
     NULL},
    {"{ f(in: {b: [RED], d: {k: [1, null, WORD]}}) }", "",
     "{\"in\":{\"a\":1,\"b\":[\"RED\"],\"d\":{\"k\":[1,null,\"WORD\"]}},\"must\":3}",
     NULL},
    {"{ f(i: \"12\") }", "", "Int cannot represent non-integer value: \"12\"",
     "{\"i\":12,\"must\":3}"},
    {"{ f(x: \"1.5\") }", "", "Float cannot represent non numeric value: \"1.5\"",
     "{\"x\":1.5,\"must\":3}"},
    {"{ f(i: \"12x\") }", "", "Int cannot represent non-integer value: \"12x\"", NULL},
    {"{ f(e: turquoise) }", "",
     "Value \"turquoise\" does not exist in \"E\" enum. Did you mean the enum value "
     "\"Turquoise\"?",
     "{\"e\":\"Turquoise\",\"must\":3}"},
    {"{ f(e: \"red\") }", "",
     "Enum \"E\" cannot represent non-enum value: \"red\". Did you mean the enum value "
     "\"RED\"?",
     "{\"e\":\"RED\",\"must\":3}"},
    {"query($v: Int) { f(d: $v) }", "{\"v\":7}",
     "Variable \"$v\" of type \"Int\" used in position expecting type \"ID\".",
     "{\"d\":\"7\",\"must\":3}"},
    {"query($v: ID) { f(i: $v) }", "{\"v\":\"7\"}",
     "Variable \"$v\" of type \"ID\" used in position expecting type \"Int\".",
     "{\"i\":7,\"must\":3}"},
    {"query($v: Int) { f(x: $v) }", "{\"v\":7}",
     "Variable \"$v\" of type \"Int\" used in position expecting type \"Float\".",
     "{\"x\":7,\"must\":3}"},
    {"query($v: String) { f(e: $v) }", "{\"v\":\"red\"}",
     "Variable \"$v\" of type \"String\" used in position expecting type \"E\".",
     "{\"e\":\"RED\",\"must\":3}"},
    {"query($v: String) { f(d: $v) }", "{\"v\":\"k\"}",
     "Variable \"$v\" of type \"String\" used in position expecting type \"ID\".",
     "{\"d\":\"k\",\"must\":3}"},
    {"query($v: Boolean) { f(i: $v) }", "{\"v\":true}",
     "Variable \"$v\" of type \"Boolean\" used in position expecting type \"Int\".",
     NULL},
    {"query($v: E) { f(e: $v) }", "{\"v\":\"turquoise\"}",
     "Variable \"$v\" got invalid value \"turquoise\"; Value \"turquoise\" does not exist in "
     "\"E\" enum. Did you mean the enum value \"Turquoise\"?",
     "{\"e\":\"Turquoise\",\"must\":3}"},
    {"query($v: Int) { f(i: $v) }", "{\"v\":\"4\"}",
     "Variable \"$v\" got invalid value \"4\"; Int cannot represent non-integer value: "
     "\"4\"",
     "{\"i\":4,\"must\":3}"},
    {"query($v: Int) { f(i: $v) }", "", "{\"must\":3}", NULL},
    {"query($v: Int) { f(i: $v) }", "null", "{\"must\":3}", NULL},
    {"query($v: Int) { f(i: $v) }", "\"\"",
     "Variables must be provided as an Object where each property is a variable value. "
     "Perhaps look to see if an unparsed JSON string was provided.",
     "{\"must\":3}"},
    {"query($v: Int) { f(i: $v) }", "{\"v\":null}", "{\"i\":null,\"must\":3}", NULL},
    {"query($v: Int = 5) { f(must: $v) }", "", "{\"must\":5}", NULL},
    {"query($v: Int = 5) { f(must: $v) }", "{\"v\":null}",
     "Argument \"must\" of non-null type \"Int!\" must not be null.", NULL},
    {"query($v: Int!) { f(i: $v) }", "{}",
     "Variable \"$v\" of required type \"Int!\" was not provided.", NULL},
    {"query($v: In) { f(in: $v) }", "{\"v\":{\"c\":{\"b\":[\"RED\",1]}}}",
     "Variable \"$v\" got invalid value 1 at \"v.c.b[1]\"; Enum \"E\" cannot represent "
     "non-string value: 1.",
     NULL},
};

START_TEST(arguments)
{
    enum coerce_mode mode = _i % 2 ? COERCE_ION : COERCE_STRICT;
    const char *want = rows[_i / 2].strict;
    if (mode == COERCE_ION && rows[_i / 2].ion)
        want = rows[_i / 2].ion;
    assert_str_eq(rows[_i / 2].query,
                  str_of(result(rows[_i / 2].query, rows[_i / 2].json, mode)),
                  str_of(want));
}
END_TEST

START_TEST(skipped)
{
    struct sdl_request r;
    struct sdl_fault fault;
    struct coerce_vars vars = {0};
    struct coerce c = {COERCE_STRICT, types, &arena, &errors};
    ck_assert_int_eq(
        sdl_request(
            STR("query($v: Boolean = true) { a @skip(if: $v) b @include(if: $v) "
                "c @skip(if: false) @include(if: false) d }"),
            &SDL_REQUEST_LIMITS, &arena, &r, &fault),
        ERR_OK);
    ck_assert(coerce_variables(&c, r.first, STR(""), &vars));
    char got[8] = {0};
    size_t n = 0;
    for (const struct sdl_selection *s = r.first->selections; s; s = s->next)
        got[n++] = coerce_skipped(&c, s->directives, &vars) ? '-' : '+';
    ck_assert_str_eq(got, "-+-+");
}
END_TEST

START_TEST(introspected)
{
    struct sdl_request r;
    struct sdl_fault fault;
    struct coerce_vars vars = {0};
    struct emit j;
    BUF_SCOPED out = BUF_INIT;
    struct coerce c = {COERCE_STRICT, types, &arena, &errors};
    struct validate v = {.arena = &arena, .errors = &errors};
    ck_assert_int_eq(
        sdl_request(
            STR("{ __type(name: \"In\") { n: name ...F inputFields { name "
                "defaultValue type { kind ofType { name } } } fields { name } } } "
                "fragment F on __Type { kind name }"),
            &SDL_REQUEST_LIMITS, &arena, &r, &fault),
        ERR_OK);
    ck_assert(validate_request(&v, types, &r));
    const struct sdl_selection *s = r.first->selections;
    emit_init(&j, &out);
    ck_assert_int_eq(introspect_emit(&c, &s, 1, &vars, &j), ERR_OK);
    assert_str_eq(
        "type", buf_str(&out),
        STR("{\"n\":\"In\",\"kind\":\"INPUT_OBJECT\",\"name\":\"In\",\"inputFields\":["
            "{\"name\":\"a\",\"defaultValue\":\"1\",\"type\":{\"kind\":\"NON_NULL\","
            "\"ofType\":{\"name\":\"Int\"}}},{\"name\":\"b\",\"defaultValue\":null,"
            "\"type\":{\"kind\":\"LIST\",\"ofType\":{\"name\":null}}},{\"name\":\"c\","
            "\"defaultValue\":null,\"type\":{\"kind\":\"INPUT_OBJECT\",\"ofType\":null}},"
            "{\"name\":\"d\",\"defaultValue\":null,\"type\":{\"kind\":\"SCALAR\","
            "\"ofType\":null}}],\"fields\":null}"));
}
END_TEST

static void cases(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, arguments, 0, (int)(2 * (sizeof rows / sizeof *rows)));
    tcase_add_test(tcase, skipped);
    tcase_add_test(tcase, introspected);
}

TEST_MAIN("coerce")
