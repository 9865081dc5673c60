/* Requests that are made to hurt: each is answered in bounded time and memory, on a
 * small stack. With the limits of a server, and again without those of the parser, so
 * that validation is shown to hold by itself. */
#include <sys/resource.h>
#include <time.h>

#include "graphql/introspect.h"
#include "graphql/validate.h"
#include "test.h"

#define MOST_MS    100
#define MOST_BYTES (128u << 20) /* of one request's arena, without any limit */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#    define SLOWER 20
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#        define SLOWER 20
#    endif
#endif
#ifndef SLOWER
#    define SLOWER 2 /* debugging builds, and other work on the machine */
#    define SMALL_STACK
#endif

static struct types *types;

static void repeat(struct buf *b, const char *format, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        for (const char *p = format; *p; p++) {
            if (*p == '#')
                buf_printf(b, "%u", i);
            else if (*p == '+')
                buf_printf(b, "%u", i + 1);
            else
                buf_add_char(b, *p);
        }
}

static void setup(void)
{
    BUF_SCOPED b = BUF_INIT;
    struct error e = ERROR_INIT;
    buf_add_str(&b,
                STR("interface Node { id: ID! } union Any = T0 | T1 | T2\n"
                    "input In { a: Int! in: In list: [[Int]] }\n"
                    "type Query { t: T0 node: Node any: Any f(in: In, n: Int): Int\n"));
    repeat(&b, "field#name: Int ", 500);
    buf_add_str(&b, STR("}\n"));
    for (unsigned i = 0; i < 600; i++) {
        buf_printf(&b,
                   "type T%u implements Node { id: ID! name(a: Int): String t: T%u\n",
                   i, (i + 1) % 600);
        repeat(&b, "field#: Int ", 20);
        buf_add_str(&b, STR("}\n"));
    }
    assert_ok(types_load(buf_str(&b), "schema", &types, &e), &e);
#ifdef SMALL_STACK
    setrlimit(RLIMIT_STACK, &(struct rlimit){256 << 10, 256 << 10});
#endif
}

static void teardown(void)
{
    types_free(types);
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

struct outcome {
    enum err parsed;
    uint32_t errors;
    double ms;
    size_t bytes;
};

static struct outcome run(struct str query, const struct sdl_limits *limits)
{
    struct outcome o = {0};
    struct arena arena = ARENA_INIT;
    struct errors errors;
    struct sdl_request r;
    struct sdl_fault f;
    struct validate v = {.arena = &arena, .errors = &errors};
    errors_init(&errors, &arena, ERRORS_LIMIT);
    double start = now_ms();
    o.parsed = sdl_request(query, limits, &arena, &r, &f);
    if (o.parsed == ERR_OK)
        validate_request(&v, types, &r);
    o.ms = now_ms() - start;
    o.errors = errors.n;
    o.bytes = arena.bytes;
    arena_done(&arena);
    return o;
}

/* The document: before, n times the middle, n times the one behind it, after. In pieces
 * that repeat, # is the number of the piece and + the next one. */
static const struct {
    const char *name, *before, *middle;
    unsigned n;
    const char *behind, *after;
    enum err limited, free; /* what parsing says, with and without limits */
    int errors;             /* without limits; -1: any number, as long as it ends */
    const char *between;    /* the middle and what is behind it */
} attacks[] = {
    {"A01 aliases", "{", "a#: __typename ", 10000, "", "}", ERR_LIMIT, ERR_OK, 0},
    {"A02 one field", "{", "__typename ", 10000, "", "}", ERR_OK, ERR_OK, 0},
    {"A02 one alias", "{", "a: __typename ", 3000, "", "}", ERR_LIMIT, ERR_OK, 0},
    {"A02 one key, other arguments", "{", "f(n: #) ", 3000, "", "}", ERR_OK, ERR_OK,
     101},
    {"A02 one key, other fields", "{t {", "id: field# ", 3000, "", "}}", ERR_LIMIT,
     ERR_OK, 101},
    {"A03 directives", "{ __typename ", "@skip(if: true) ", 1000, "", "}", ERR_LIMIT,
     ERR_OK, 101},
    {"A04 unknown directives", "{ __typename ", "@a# ", 10000, "", "}", ERR_LIMIT,
     ERR_OK, 101},
    {"A06 its lists", "{ __schema { types { ", "fields { type { ", 12, "name } } ",
     "} } }", ERR_OK, ERR_OK, 1},
    {"A08 selections", "", "{ t ", 10000, "}", "", ERR_LIMIT, ERR_LIMIT, 0},
    {"A09 lists", "{ f(in: ", "[", 100000, "]", ") }", ERR_LIMIT, ERR_LIMIT, 0},
    {"A10 objects", "{ f(in: ", "{a: ", 50000, "}", ") }", ERR_LIMIT, ERR_LIMIT, 0},
    {"A11 types", "query ($a: ", "[", 50000, "]", ") { t }", ERR_LIMIT, ERR_LIMIT, 0},
    {"A12 cycle", "{ node { ...F0 } }", "fragment F# on Node { id ...F+ } ", 499, "",
     "fragment F499 on Node { ...F0 }", ERR_OK, ERR_OK, -1},
    {"A12 cycles everywhere", "{ node { ...F0 } }",
     "fragment F# on Node { id ...F0 ...F+ } ", 499, "",
     "fragment F499 on Node { ...F0 }", ERR_OK, ERR_OK, 101},
    {"A13 exponential", "{ node { ...F0 } }",
     "fragment F# on Node { ... on T0 { a: t { ...F+ } b: t { ...F+ } } } ", 25, "",
     "fragment F25 on Node { id }", ERR_OK, ERR_OK, -1},
    {"A13 exponential, one key", "{ node { ...F0 } }",
     "fragment F# on Node { ... on T0 { a: t { ...F+ } a: t { ...F+ } } } ", 25, "",
     "fragment F25 on Node { id }", ERR_OK, ERR_OK, -1},
    {"A13 a long chain", "{ node { ...F0 ...F1 } }",
     "fragment F# on Node { ... on T0 { t { ...F+ } } } ", 499, "",
     "fragment F499 on Node { id }", ERR_OK, ERR_OK, -1},
    {"A14 fragments inline", "{ any {",
     "... on T0 { field0 field1 field2 field3 field4 field5 field6 field7 field8 field9 "
     "field10 field11 field12 field13 field14 field15 field16 field17 field18 field19 "
     "a: t { id name } } ",
     200, "", "} }", ERR_OK, ERR_OK, -1},
    {"A14 of other types", "{ node {", "... on T# { id field0 field1 name } ", 600, "",
     "} }", ERR_OK, ERR_OK, -1},
    {"A22 errors", "{", "unknown ", 10000, "", "}", ERR_OK, ERR_OK, 101},
    {"A23 operations", "", "query Q# { __typename } ", 10000, "", "", ERR_LIMIT, ERR_OK,
     0},
    {"A23 operations of one name", "", "query Q { __typename } ", 4000, "", "", ERR_OK,
     ERR_OK, 101},
    {"A24 did you mean", "{", "field#nme ", 10000, "", "}", ERR_OK, ERR_OK, 101},
    {"A24 of types", "{ node {", "... on Tt# { id } ", 3000, "", "} }", ERR_OK, ERR_OK,
     101},
    {"variables", "query (", "$v#: Int ", 3000, "", ") { __typename }", ERR_OK, ERR_OK,
     101},
    {"variables used", "query ($v: Int) {", "f(n: $v) ", 2500, "", "}", ERR_OK, ERR_OK,
     0},
    {"variables not defined", "{ ...F } ", "query Q# { ...F } ", 2000, "",
     "fragment F on Query { f(n: $v) }", ERR_OK, ERR_OK, 101},
    {"operations that share fragments", "query Z { ...F0 }", "query Q# { ...F0 } ",
     1000, "fragment F# on Query { ...F+ ...F0 } ",
     "fragment F1000 on Query { t { id } }", ERR_LIMIT, ERR_OK, -1},
    {"arguments", "{ f(", "a#: 1 ", 5000, "", ") }", ERR_OK, ERR_OK, 101},
    {"one argument", "{ f(", "n: 1 ", 5000, "", ") }", ERR_OK, ERR_OK, 1},
    {"input fields", "{ f(in: {", "a: 1 ", 5000, "", "}) }", ERR_OK, ERR_OK, 101},
    {"spreads", "{", "...F ", 9000, "", "} fragment F on Query { t { id } }", ERR_OK,
     ERR_OK, 0},
    {"fragments in one place", "{", "...F# ", 480, "fragment F# on Query { t { id } } ",
     "", ERR_OK, ERR_OK, -1, "} "},
    {"introspection by fragments", "{ __schema { ...F0 } }",
     "fragment F# on __Schema { types { name } ...F+ } ", 499, "",
     "fragment F499 on __Schema { types { fields { name } } }", ERR_OK, ERR_OK, -1},
};

static void build(struct buf *b, size_t i)
{
    buf_add_str(b, str_of(attacks[i].before));
    repeat(b, attacks[i].middle, attacks[i].n);
    buf_add_str(b, str_of(attacks[i].between ? attacks[i].between : ""));
    repeat(b, attacks[i].behind, attacks[i].n);
    buf_add_str(b, str_of(attacks[i].after));
}

static void bounded(const char *name, const struct outcome *o)
{
    ck_assert_msg(o->ms < MOST_MS * SLOWER, "%s: %.0f ms", name, o->ms);
    ck_assert_msg(o->bytes < MOST_BYTES, "%s: %zu bytes", name, o->bytes);
    ck_assert_msg(o->errors <= ERRORS_LIMIT + 1, "%s: %u errors", name, o->errors);
}

START_TEST(attack)
{
    const char *name = attacks[_i].name;
    BUF_SCOPED b = BUF_INIT;
    build(&b, (size_t)_i);
    struct outcome o = run(buf_str(&b), &SDL_REQUEST_LIMITS);
    if (getenv("SANDCAST_SHOW"))
        printf("# %s: %.1f ms, %zu KiB", name, o.ms, o.bytes >> 10);
    ck_assert_msg(o.parsed == attacks[_i].limited, "%s: %d", name, o.parsed);
    bounded(name, &o);
    o = run(buf_str(&b), &(struct sdl_limits){0});
    if (getenv("SANDCAST_SHOW"))
        printf("; without limits %.1f ms, %zu KiB, %u errors\n", o.ms, o.bytes >> 10,
               o.errors);
    ck_assert_msg(o.parsed == attacks[_i].free, "%s: %d without limits", name,
                  o.parsed);
    bounded(name, &o);
    ck_assert_msg(attacks[_i].errors < 0 || o.errors == (uint32_t)attacks[_i].errors,
                  "%s: %u errors", name, o.errors);
}
END_TEST

/* A15: JSON that nests. */
START_TEST(variables)
{
    struct arena arena = ARENA_INIT;
    struct errors errors;
    struct sdl_request r;
    struct sdl_fault f;
    struct coerce_vars vars;
    struct coerce c = {COERCE_STRICT, types, &arena, &errors};
    BUF_SCOPED json = BUF_INIT;
    errors_init(&errors, &arena, ERRORS_LIMIT);
    ck_assert_int_eq(sdl_request(STR("query ($in: In) { f(in: $in) }"),
                                 &SDL_REQUEST_LIMITS, &arena, &r, &f),
                     ERR_OK);
    buf_add_str(&json, STR("{\"in\":"));
    repeat(&json, _i ? "[" : "{\"in\":", 100000);
    repeat(&json, _i ? "]" : "}", 100000);
    buf_add_char(&json, '}');
    double start = now_ms();
    ck_assert(!coerce_variables(&c, r.first, buf_str(&json), &vars));
    ck_assert_msg(now_ms() - start < MOST_MS * SLOWER, "%.0f ms", now_ms() - start);
    ck_assert_uint_eq(errors.n, 1);
    /* many wrong values end at a number, too */
    errors_init(&errors, &arena, ERRORS_LIMIT);
    buf_clear(&json);
    buf_add_str(&json, STR("{\"in\":{\"a\":1,\"list\":[[\"x\""));
    repeat(&json, ",\"x\"", 10000);
    buf_add_str(&json, STR("]]}}"));
    ck_assert(!coerce_variables(&c, r.first, buf_str(&json), &vars));
    ck_assert_uint_eq(errors.n, 51);
    arena_done(&arena);
}
END_TEST

/* A07: the answer to much introspection ends at the buffer's limit. */
START_TEST(introspection)
{
    struct arena arena = ARENA_INIT;
    struct errors errors;
    struct sdl_request r;
    struct sdl_fault f;
    struct coerce_vars vars = {0};
    struct coerce c = {COERCE_STRICT, types, &arena, &errors};
    struct validate v = {.arena = &arena, .errors = &errors};
    struct buf out = {.limit = 1 << 20};
    struct emit j;
    BUF_SCOPED query = BUF_INIT;
    errors_init(&errors, &arena, ERRORS_LIMIT);
    buf_add_str(&query, STR("{ __schema {"));
    repeat(&query, "a#: types { name fields { name args { name } type { name } } } ",
           50);
    buf_add_str(&query, STR("} }"));
    ck_assert_int_eq(sdl_request(buf_str(&query), &SDL_REQUEST_LIMITS, &arena, &r, &f),
                     ERR_OK);
    ck_assert(validate_request(&v, types, &r));
    const struct sdl_selection *s = r.first->selections;
    emit_init(&j, &out);
    double start = now_ms();
    ck_assert_int_eq(introspect_emit(&c, &s, 1, &vars, &j), ERR_LIMIT);
    ck_assert_msg(now_ms() - start < MOST_MS * SLOWER, "%.0f ms", now_ms() - start);
    ck_assert_uint_lt(out.n, 2 << 20);
    buf_done(&out);
    arena_done(&arena);
}
END_TEST

static void cases(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, attack, 0, (int)(sizeof attacks / sizeof *attacks));
    tcase_add_loop_test(tcase, variables, 0, 2);
    tcase_add_test(tcase, introspection);
}

TEST_MAIN("attacks")
