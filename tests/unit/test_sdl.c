#include "sdl/sdl.h"

#include "test.h"

static struct arena arena;

static void teardown(void)
{
    arena_done(&arena);
}

static struct sdl_def *parse(const char *text)
{
    struct error e = ERROR_INIT;
    struct sdl_def *d = NULL;
    ck_assert_msg(sdl_parse(str_of(text), "t", &arena, &d, &e) == ERR_OK, "%s: %s",
                  text, e.line);
    return d;
}

/* ---- tokens */

static const struct {
    const char *name, *text, *kinds; /* P punctuator, N name, I int, F float, S, B */
} tokens[] = {
    {"nothing", "", ""},
    {"only ignored", " \t,\n\r\r\n\xef\xbb\xbf# comment \xc3\xa9\n,", ""},
    {"punctuators", "!$&()...:=@[]{|}", "PPPPPPPPPPPPPP"},
    {"names", "a _b C9 __d", "NNNN"},
    {"ints", "0 -0 12 -3", "IIII"},
    {"floats", "1.5 0e1 -1E+2 2e-3 0.0", "FFFFF"},
    {"strings", "\"\" \"a\\\"\\u00e9\" \"# no comment\"", "SSS"},
    {"blocks", "\"\"\"\"\"\" \"\"\"a \\\"\"\" \"b\"\"\"", "BB"},
    {"run together", "a:b!{c}", "NPNPPNP"},
};

START_TEST(lexes)
{
    static const char letters[] = {
        [LEX_PUNCT] = 'P', [LEX_NAME] = 'N',   [LEX_INT] = 'I',
        [LEX_FLOAT] = 'F', [LEX_STRING] = 'S', [LEX_BLOCK] = 'B'};
    struct lex l;
    char got[64];
    size_t n = 0;
    lex_init(&l, str_of(tokens[_i].text));
    while (lex_next(&l) && l.token.kind != LEX_END)
        got[n++] = letters[l.token.kind];
    ck_assert_msg(!l.problem, "%s: %s", tokens[_i].name, l.problem);
    assert_str_eq(tokens[_i].name, str_n(got, n), str_of(tokens[_i].kinds));
    ck_assert(lex_next(&l) && l.token.kind == LEX_END);
}
END_TEST

static const struct {
    const char *name, *text, *value;
} strings[] = {
    {"plain", "\"abc\"", "abc"},
    {"escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
    {"unicode", "\"\\u0041\\u00E9\\u20ac\\uD83D\\uDE00\"",
     "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
    {"block empty", "\"\"\"\"\"\"", ""},
    {"block blank", "\"\"\"\n  \n\t\n\"\"\"", ""},
    {"block one line", "\"\"\" a \"\"\"", " a "},
    {"block indented", "\"\"\"\n    Hello,\n      World!\n\n    Yours,\n  \"\"\"",
     "Hello,\n  World!\n\nYours,"},
    {"block first line stays", "\"\"\"  a\n    b\n   c\"\"\"", "  a\n b\nc"},
    {"block line ends", "\"\"\"a\r\nb\rc\"\"\"", "a\nb\nc"},
    {"block quotes", "\"\"\"a \\\"\"\" \"\" \\n\"\"\"", "a \"\"\" \"\" \\n"},
};

START_TEST(string_values)
{
    struct lex l;
    lex_init(&l, str_of(strings[_i].text));
    ck_assert_msg(lex_next(&l), "%s: %s", strings[_i].name, l.problem);
    assert_str_eq(strings[_i].name, lex_string(&l.token, &arena),
                  str_of(strings[_i].value));
}
END_TEST

/* ---- what is wrong, and where */

static const struct {
    const char *text, *line;
} wrong[] = {
    {"?", "1:1: not a token of GraphQL"},
    {"scalar A\n  \x01", "2:3: not a token of GraphQL"},
    {"# \x80", "1:3: not a character"},
    {"\"\xed\xa0\x80\" scalar A", "1:2: not a character"},
    {"\"\xc0\xaf\" scalar A", "1:2: not a character"},
    {"\"\xf4\x90\x80\x80\" scalar A", "1:2: not a character"},
    {"\"\xe2\x82", "1:2: not a character"},
    {"\"a\nb\" scalar A", "1:3: a string is not ended on its line"},
    {"\"a", "1:3: a string is not ended on its line"},
    {"\"\\x\" scalar A", "1:2: not an escape sequence"},
    {"\"\\ud800\" scalar A", "1:2: not an escape sequence"},
    {"\"\\udc00\" scalar A", "1:2: not an escape sequence"},
    {"\"\\u12\" scalar A", "1:2: not an escape sequence"},
    {"\"\\", "1:2: not an escape sequence"},
    {"\"\"\"a\n", "2:1: a block string is not ended"},
    {"\"\"\"\\\"\"\"", "1:8: a block string is not ended"},
    {"type A @d(a: 01) { a: B }", "1:14: a number begins with 0"},
    {"type A @d(a: 1.) { a: B }", "1:16: a number lacks a digit"},
    {"type A @d(a: 1e) { a: B }", "1:16: a number lacks a digit"},
    {"type A @d(a: -) { a: B }", "1:15: a number lacks a digit"},
    {"type A @d(a: 1b) { a: B }", "1:15: a number runs into what follows it"},
    {"type A @d(a: 1.2.3) { a: B }", "1:17: a number runs into what follows it"},
    {"type A @d(a: .) { a: B }", "1:14: not a token of GraphQL"},
    {"type", "1:5: expected a name"},
    {"type A {", "1:9: expected a name"},
    {"type A {}", "1:9: expected a name"},
    {"type A { a }", "1:12: expected a colon"},
    {"type A { a: [B }", "1:16: expected ]"},
    {"type A { a: B!! }", "1:15: expected a name"},
    {"type A { a(): B }", "1:12: expected a name"},
    {"type A @d() { a: B }", "1:11: expected a name"},
    {"type A @d(a: $b) { a: B }", "1:14: expected a constant value"},
    {"type A @d(a: [1) { a: B }", "1:16: expected a constant value"},
    {"type A @d(a: {b 1}) { a: B }", "1:17: expected a colon"},
    {"type A implements { a: B }", "1:19: expected a name"},
    {"enum A { true }", "1:10: not the name of an enum value"},
    {"union A = ", "1:11: expected a name"},
    {"directive d on OBJECT", "1:11: expected @"},
    {"directive @d OBJECT", "1:14: expected `on`"},
    {"schema { query }", "1:16: expected a colon"},
    {"query { a }", "1:1: expected a definition"},
    {"scalar A\r\nextend type B { c: D }",
     "2:1: extend is not supported: give the whole schema"},
};

START_TEST(errors)
{
    struct error e = ERROR_INIT;
    struct sdl_def *d = NULL;
    struct str text = str_of(wrong[_i].text);
    ck_assert_int_eq(sdl_parse(text, "t.graphql", &arena, &d, &e), ERR_DATA);
    assert_str_eq(wrong[_i].text, str_of(e.line), str_of(wrong[_i].line));
    ck_assert_str_eq(e.where, "t.graphql");
    ck_assert_uint_le(e.offset, text.n);
    ck_assert_ptr_null(d);
}
END_TEST

/* ---- the tree */

START_TEST(types)
{
    const struct sdl_def *d = parse(
        "\"one\" type A implements & I & J @a @b(x: 1) {\n"
        "  \"\"\"two\"\"\" f(\"three\" x: [Int!]! = [1, 2] @c, y: S = {a: RED}): [[B!]]! @d\n"
        "  g: C\n}\n");
    ck_assert_int_eq(d->kind, SDL_DEF_TYPE);
    assert_str_eq("description", d->description, STR("one"));
    assert_str_eq("name", d->name, STR("A"));
    assert_str_eq("first", d->interfaces->name, STR("I"));
    assert_str_eq("second", d->interfaces->next->name, STR("J"));
    ck_assert_ptr_null(d->interfaces->next->next);
    ck_assert_ptr_nonnull(sdl_directive(d->directives, "a"));
    assert_str_eq("x", sdl_argument(sdl_directive(d->directives, "b"), "x")->text,
                  STR("1"));
    ck_assert_ptr_null(sdl_argument(sdl_directive(d->directives, "nix"), "x"));
    const struct sdl_field *f = d->fields;
    assert_str_eq("field", f->name, STR("f"));
    assert_str_eq("field's", f->description, STR("two"));
    ck_assert_uint_eq(f->place.line, 2);
    ck_assert_uint_eq(f->place.column, 13);
    ck_assert(f->type->required && f->type->of && !f->type->of->required);
    ck_assert(f->type->of->of->required && !f->type->of->of->of);
    assert_str_eq("innermost", f->type->name, STR("B"));
    const struct sdl_input *x = f->arguments;
    assert_str_eq("argument's", x->description, STR("three"));
    ck_assert(x->type->required && x->type->of->required);
    ck_assert_int_eq(x->value->kind, SDL_LIST);
    assert_str_eq("2", x->value->items->next->text, STR("2"));
    ck_assert_ptr_nonnull(sdl_directive(x->directives, "c"));
    ck_assert_int_eq(x->next->value->kind, SDL_OBJECT);
    assert_str_eq("a", x->next->value->items->name, STR("a"));
    ck_assert_int_eq(x->next->value->items->kind, SDL_ENUM);
    assert_str_eq("next", f->next->name, STR("g"));
    ck_assert(!f->next->type->of && !f->next->type->required);
    ck_assert_ptr_null(f->next->next);
}
END_TEST

START_TEST(other_definitions)
{
    const struct sdl_def *d = parse(
        "schema @x { query: Q mutation: M }\n"
        "scalar S @by(url: \"u\") interface I implements J { a: S } union U = | A | B\n"
        "union V enum E { A \"d\" B @old } input In { a: Int = null, b: [S!] = [] }\n"
        "directive @d(a: Boolean = true) repeatable on | FIELD | OBJECT type T\n");
    assert_str_eq("schema", d->fields->next->name, STR("mutation"));
    assert_str_eq("root", d->fields->type->name, STR("Q"));
    d = d->next;
    ck_assert_int_eq(d->kind, SDL_DEF_SCALAR);
    d = d->next;
    ck_assert_int_eq(d->kind, SDL_DEF_INTERFACE);
    assert_str_eq("implements", d->interfaces->name, STR("J"));
    d = d->next;
    assert_str_eq("member", d->names->next->name, STR("B"));
    d = d->next;
    ck_assert(d->kind == SDL_DEF_UNION && !d->names);
    d = d->next;
    assert_str_eq("enum", d->names->next->description, STR("d"));
    ck_assert_ptr_nonnull(sdl_directive(d->names->next->directives, "old"));
    d = d->next;
    ck_assert_int_eq(d->inputs->value->kind, SDL_NULL);
    ck_assert(d->inputs->next->value->kind == SDL_LIST &&
              !d->inputs->next->value->items);
    d = d->next;
    ck_assert(d->repeatable && d->inputs->value->kind == SDL_BOOL);
    assert_str_eq("location", d->names->next->name, STR("OBJECT"));
    d = d->next;
    ck_assert(d->kind == SDL_DEF_TYPE && !d->fields && !d->next);
}
END_TEST

START_TEST(nothing_at_all)
{
    ck_assert_ptr_null(parse(""));
    ck_assert_ptr_null(parse("# only a comment"));
}
END_TEST

/* ---- limits */

static void repeat(struct buf *b, const char *s, size_t n)
{
    while (n--)
        buf_add_str(b, str_of(s));
}

START_TEST(depth)
{
    static const char *const open[] = {"[", "[", "{a:"}, *const close[] = {"]", "]",
                                                                           "}"};
    for (int way = 0; way < 3; way++)
        for (size_t over = 0; over < 2; over++) {
            struct error e = ERROR_INIT;
            struct sdl_def *d;
            BUF_SCOPED b = BUF_INIT;
            buf_printf(&b, way == 0 ? "type A { a: " : "type A @d(a: ");
            repeat(&b, open[way], SDL_DEPTH + over);
            buf_printf(&b, way == 0 ? "B" : "1");
            repeat(&b, close[way], SDL_DEPTH + over);
            buf_printf(&b, way == 0 ? "}" : ") { a: B }");
            enum err err = sdl_parse(buf_str(&b), "t", &arena, &d, &e);
            ck_assert_msg(err == (over ? ERR_LIMIT : ERR_OK), "way %d: %s", way,
                          e.line);
            ck_assert(e.code == err);
        }
}
END_TEST

START_TEST(size)
{
    BUF_SCOPED b = BUF_INIT;
    struct error e = ERROR_INIT;
    struct sdl_def *d;
    memset(buf_room(&b, SDL_SIZE + 1), ' ', SDL_SIZE + 1);
    b.n = SDL_SIZE;
    assert_ok(sdl_parse(buf_str(&b), "t", &arena, &d, &e), &e);
    b.n++;
    ck_assert_int_eq(sdl_parse(buf_str(&b), "t", &arena, &d, &e), ERR_LIMIT);
}
END_TEST

/* A definition cut anywhere is wrong at its end or before, and never read past it. */
START_TEST(every_cut)
{
    static const char text[] =
        "\"\"\"d\"\"\" type A @d(x: [1, {a: \"b\\u00e9\"}]) { f(a: [Int!]! = -1.5e3): B! }";
    for (size_t n = 1; n < sizeof text - 1; n++) {
        struct error e = ERROR_INIT;
        struct sdl_def *d;
        char *copy = malloc(n); /* so that a sanitizer sees its end */
        memcpy(copy, text, n);
        enum err err = sdl_parse(str_n(copy, n), "t", &arena, &d, &e);
        /* `type A`, `type A @d` and `type A @d(…)`, with the space behind, are whole.
         */
        ck_assert_msg(err != ERR_OK || strchr(" @({", text[n]), "cut at %zu", n);
        if (err != ERR_OK)
            ck_assert_uint_le(e.offset, n);
        free(copy);
    }
}
END_TEST

#define LOOP(tcase, test, items) \
    tcase_add_loop_test(tcase, test, 0, (int)(sizeof(items) / sizeof *(items)))

static void cases(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, NULL, teardown);
    LOOP(tcase, lexes, tokens);
    LOOP(tcase, string_values, strings);
    LOOP(tcase, errors, wrong);
    tcase_add_test(tcase, types);
    tcase_add_test(tcase, other_definitions);
    tcase_add_test(tcase, nothing_at_all);
    tcase_add_test(tcase, depth);
    tcase_add_test(tcase, size);
    tcase_add_test(tcase, every_cut);
}

TEST_MAIN("sdl")
