/* Requests: what the parser makes of them, and the recorded cases of graphql-js
 * (graphql/parse.jsonl of SANDCAST_CORPORA). Prints TAP itself, as the other suites. */
#include "sdl/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/file.h"
#include "doc/doc.h"

static int n_tests, n_failed;

static void result(bool ok, const char *name)
{
    n_failed += !ok;
    printf("%s %d - %s\n", ok ? "ok" : "not ok", ++n_tests, name);
}

/* ---- what is refused, as graphql-js says it */

static const struct {
    const char *text, *message;
    unsigned line, column;
} wrong[] = {
    {"", "Syntax Error: Unexpected <EOF>.", 1, 1},
    {"{", "Syntax Error: Expected Name, found <EOF>.", 1, 2},
    {"{ a(", "Syntax Error: Expected Name, found <EOF>.", 1, 5},
    {"{ a(b:", "Syntax Error: Unexpected <EOF>.", 1, 7},
    {"{ a(b: ]) }", "Syntax Error: Unexpected \"]\".", 1, 8},
    {"{ a() }", "Syntax Error: Expected Name, found \")\".", 1, 5},
    {"{ }", "Syntax Error: Expected Name, found \"}\".", 1, 3},
    {"{ a @ }", "Syntax Error: Expected Name, found \"}\".", 1, 7},
    {"query", "Syntax Error: Expected \"{\", found <EOF>.", 1, 6},
    {"query q(", "Syntax Error: Expected \"$\", found <EOF>.", 1, 9},
    {"query q($a) { a }", "Syntax Error: Expected \":\", found \")\".", 1, 11},
    {"query q($a: [Int) { a }", "Syntax Error: Expected \"]\", found \")\".", 1, 17},
    {"query q($a: Int = $b) { a }",
     "Syntax Error: Unexpected variable \"$b\" in constant value.", 1, 19},
    {"query q($a: Int = $) { a }", "Syntax Error: Unexpected \"$\".", 1, 19},
    {"query q($a: Int @d(x: $b)) { a }",
     "Syntax Error: Unexpected variable \"$b\" in constant value.", 1, 23},
    {"fragment on on A { a }", "Syntax Error: Unexpected Name \"on\".", 1, 10},
    {"fragment F A { a }", "Syntax Error: Expected \"on\", found Name \"A\".", 1, 12},
    {"{ ...on }", "Syntax Error: Expected Name, found \"}\".", 1, 9},
    {"{ ...on A }", "Syntax Error: Expected \"{\", found \"}\".", 1, 11},
    {"{ a: b: c }", "Syntax Error: Expected Name, found \":\".", 1, 7},
    {"{ a } b", "Syntax Error: Unexpected Name \"b\".", 1, 7},
    {"{ a } \"x\" b",
     "Syntax Error: Unexpected description, descriptions are supported only on type "
     "definitions.",
     1, 7},
    {"extend directive @a on FIELD", "Syntax Error: Unexpected Name \"directive\".", 1,
     8},
    {"extend type A", "Syntax Error: Unexpected <EOF>.", 1, 14},
    {"{ a(b: 'c') }",
     "Syntax Error: Unexpected single quote character ('), did you mean to use a double "
     "quote (\")?",
     1, 8},
    {"{ a ? }", "Syntax Error: Unexpected character: \"?\".", 1, 5},
    {"{ a . b }", "Syntax Error: Unexpected character: \".\".", 1, 5},
    {"{ a \xe2\x82\xac }", "Syntax Error: Unexpected character: U+20AC.", 1, 5},
    {"{ a \xf0\x9f\x98\x80 }", "Syntax Error: Unexpected character: U+1F600.", 1, 5},
    {"{ a \xff }", "Syntax Error: Unexpected character: U+FFFD.", 1, 5},
    {"{ a(b: \"c", "Syntax Error: Unterminated string.", 1, 10},
    {"{ a(b: \"\"\"c\n", "Syntax Error: Unterminated string.", 2, 1},
    {"{ a(b: \"\\x\") }", "Syntax Error: Invalid character escape sequence: \"\\x\".",
     1, 9},
    {"{ a(b: \"\\u12z4\") }",
     "Syntax Error: Invalid Unicode escape sequence: \"\\u12z4\".", 1, 9},
    {"{ a(b: \"\\uD800\") }",
     "Syntax Error: Invalid Unicode escape sequence: \"\\uD800\".", 1, 9},
    {"{ a(b: \"\x01\") }", "Syntax Error: Invalid character within String: U+0001.", 1,
     9},
    {"{ a(b: 01) }", "Syntax Error: Invalid number, unexpected digit after 0: \"1\".",
     1, 9},
    {"{ a(b: -) }", "Syntax Error: Invalid number, expected digit but got: \")\".", 1,
     9},
    {"{ a(b: 1.", "Syntax Error: Invalid number, expected digit but got: <EOF>.", 1,
     10},
    {"{ a(b: 1x) }", "Syntax Error: Invalid number, expected digit but got: \"x\".", 1,
     9},
    /* columns are those of JavaScript: \xc3\xa9 is one unit, U+1F600 two, a byte-order
     * mark one */
    {"{ a(b: \"\xc3\xa9\", c: \"\xf0\x9f\x98\x80\" ]",
     "Syntax Error: Expected Name, found \"]\".", 1, 21},
    {"\xef\xbb\xbf{ ]", "Syntax Error: Expected Name, found \"]\".", 1, 4},
    {"{\r\n# \xc3\xa9\r ]", "Syntax Error: Expected Name, found \"]\".", 3, 2},
    {"{ a(b: \"\"\"\n\xe2\x82\xac\"\"\" ]", "Syntax Error: Expected Name, found \"]\".",
     2, 6},
};

static bool refused(struct arena *arena, size_t i)
{
    struct sdl_request r = {0};
    struct sdl_fault f = {0};
    enum err err =
        sdl_request(str_of(wrong[i].text), &SDL_REQUEST_LIMITS, arena, &r, &f);
    if (err == ERR_DATA && str_eq(f.message, str_of(wrong[i].message)) &&
        f.place.line == wrong[i].line && f.place.column == wrong[i].column && !r.first)
        return true;
    printf("# %s: %d %.*s at %u:%u\n", wrong[i].text, err, STR_ARG(f.message),
           f.place.line, f.place.column);
    return false;
}

/* ---- the tree */

static bool is(struct str got, const char *want)
{
    return str_eq(got, str_of(want));
}

static bool tree_of_operation(struct arena *arena)
{
    struct sdl_request r;
    struct sdl_fault f;
    const char *text = "query Q($a: [Int!]! = [1] @v, $ b: S) @d(x: $a) {\n"
                       "  x: f(i: {k: [$a, RED]}) @skip(if: true) { g }\n"
                       "  ...F @d  ... @e { h } ... on T { i }\n"
                       "}\n"
                       "mutation { m } subscription S { s } fragment F on T @g { on }";
    if (sdl_request(str_of(text), &SDL_REQUEST_LIMITS, arena, &r, &f) != ERR_OK)
        return false;
    const struct sdl_def *d = r.first;
    const struct sdl_variable *a = d->variables;
    const struct sdl_selection *s = d->selections;
    const struct sdl_value *object = s->arguments->value;
    const struct sdl_selection *spread = s->next, *plain = spread->next;
    const struct sdl_def *m = d->next, *sub = m->next, *fragment = sub->next;
    return d->kind == SDL_DEF_OPERATION && d->operation == SDL_QUERY &&
           is(d->name, "Q") && is(a->name, "a") && a->type->required && a->type->of &&
           a->value->kind == SDL_LIST && a->directives && is(a->next->name, "b") &&
           a->next->name_place.column == a->next->place.column + 2 && !a->next->next &&
           is(d->directives->arguments->value->text, "a") && s->aliased &&
           is(s->key, "x") && is(s->name, "f") && s->place.column == 3 &&
           s->name_place.column == 6 && is(object->items->name, "k") &&
           object->items->items->kind == SDL_VARIABLE &&
           object->items->items->next->kind == SDL_ENUM && s->directives &&
           is(s->selections->key, "g") && spread->kind == SDL_SELECT_SPREAD &&
           is(spread->name, "F") && spread->directives &&
           plain->kind == SDL_SELECT_INLINE && !plain->name.p && plain->directives &&
           is(plain->next->name, "T") && is(plain->next->selections->name, "i") &&
           m->operation == SDL_MUTATION && !m->name.p &&
           sub->operation == SDL_SUBSCRIPTION && fragment->kind == SDL_DEF_FRAGMENT &&
           is(fragment->on, "T") && is(fragment->selections->name, "on") &&
           !fragment->next && r.operations == 3 && r.fragments == 1 &&
           r.selections == 10;
}

/* ---- limits */

/* `open`, then `n` times `more`, then `close` as often: is it refused, and with what?
 */
static enum err nested(struct arena *arena, const char *before, const char *open,
                       const char *close, size_t n)
{
    BUF_SCOPED b = BUF_INIT;
    struct sdl_request r;
    struct sdl_fault f = {0};
    struct sdl_limits limits = SDL_REQUEST_LIMITS;
    limits.tokens = 0;
    buf_add_str(&b, str_of(before));
    for (size_t i = 0; i < n; i++)
        buf_add_str(&b, str_of(open));
    for (size_t i = 0; i < n; i++)
        buf_add_str(&b, str_of(close));
    return sdl_request(buf_str(&b), &limits, arena, &r, &f);
}

static bool bounded(struct arena *arena)
{
    static const char *const shapes[][3] = {
        {"", "{a", "}"},         {"{a(b:", "[", "]"},        {"{a(b:", "{c:", "}"},
        {"query($a:", "[", "]"}, {"type A @d(a:", "[", "]"}, {"", "{...", "}"},
    };
    bool ok = nested(arena, "", "{a", "}", SDL_DEPTH) == ERR_OK &&
              nested(arena, "", "{a", "}", SDL_DEPTH + 1) == ERR_LIMIT;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        ok = nested(arena, shapes[i][0], shapes[i][1], shapes[i][2], 100000) ==
                 ERR_LIMIT &&
             ok;
    return ok;
}

static bool limited(struct arena *arena, const char *unit, const char *message)
{
    BUF_SCOPED b = BUF_INIT;
    struct sdl_request r;
    struct sdl_fault f = {0};
    buf_add_str(&b, STR("{ a "));
    for (int i = 0; i < 30000; i++)
        buf_add_str(&b, str_of(unit));
    buf_add_str(&b, STR("}"));
    if (sdl_request(buf_str(&b), &SDL_REQUEST_LIMITS, arena, &r, &f) == ERR_LIMIT &&
        is(f.message, message))
        return true;
    printf("# %.*s\n", STR_ARG(f.message));
    return false;
}

/* ---- the recorded cases */

static const char *kind_name(const struct sdl_def *d)
{
    static const char *const names[][2] = {
        [SDL_DEF_SCHEMA] = {"SchemaDefinition", "SchemaExtension"},
        [SDL_DEF_SCALAR] = {"ScalarTypeDefinition", "ScalarTypeExtension"},
        [SDL_DEF_TYPE] = {"ObjectTypeDefinition", "ObjectTypeExtension"},
        [SDL_DEF_INTERFACE] = {"InterfaceTypeDefinition", "InterfaceTypeExtension"},
        [SDL_DEF_UNION] = {"UnionTypeDefinition", "UnionTypeExtension"},
        [SDL_DEF_ENUM] = {"EnumTypeDefinition", "EnumTypeExtension"},
        [SDL_DEF_INPUT] = {"InputObjectTypeDefinition", "InputObjectTypeExtension"},
        [SDL_DEF_DIRECTIVE] = {"DirectiveDefinition", ""},
        [SDL_DEF_OPERATION] = {"OperationDefinition", ""},
        [SDL_DEF_FRAGMENT] = {"FragmentDefinition", ""},
    };
    return names[d->kind][d->extension];
}

static bool same_kinds(const struct sdl_def *d, const struct doc_node *kinds)
{
    for (size_t i = 0; kinds && i < kinds->n_items; i++, d = d->next)
        if (!d || !is(kinds->items[i]->text, kind_name(d)))
            return false;
    return kinds && !d;
}

static bool same_fault(const struct sdl_fault *f, const struct doc_node *error)
{
    const struct doc_node *places = doc_get(error, "locations");
    uint64_t line, column;
    return error && places && places->n_items == 1 &&
           str_eq(f->message, doc_get(error, "message")->text) &&
           doc_uint(doc_get(places->items[0], "line"), &line) &&
           doc_uint(doc_get(places->items[0], "column"), &column) &&
           line == f->place.line && column == f->place.column;
}

static bool recorded(struct str line, struct arena *arena)
{
    CLEANUP(doc_freep) struct doc *doc = NULL;
    struct sdl_request r = {0};
    struct sdl_fault f = {0};
    bool wanted = false;
    if (doc_json(line, "parse.jsonl", &doc, NULL) != ERR_OK)
        return false;
    struct str source = doc_get(doc_root(doc), "source")->text;
    const struct doc_node *error = doc_get(doc_root(doc), "error");
    doc_bool(doc_get(doc_root(doc), "ok"), &wanted);
    bool parsed = sdl_request(source, &SDL_REQUEST_LIMITS, arena, &r, &f) == ERR_OK;
    bool ok = parsed == wanted &&
              (parsed ? same_kinds(r.first, doc_get(doc_root(doc), "kinds"))
                      : same_fault(&f, error));
    if (!ok)
        printf("# %.*s\n# %.*s at %u:%u\n", STR_ARG(line), STR_ARG(f.message),
               f.place.line, f.place.column);
    return ok;
}

static void suite(struct arena *arena)
{
    const char *corpora = getenv("SANDCAST_CORPORA");
    char path[4096], name[64];
    BUF_SCOPED text = BUF_INIT;
    struct error e = ERROR_INIT;
    snprintf(path, sizeof path, "%s/graphql/parse.jsonl",
             corpora ? corpora : TEST_DATA "/../../../shared/data");
    if (file_read(path, &text, &e) != ERR_OK) {
        printf("ok %d - recorded cases # SKIP no graphql/parse.jsonl in "
               "SANDCAST_CORPORA\n",
               ++n_tests);
        return;
    }
    size_t cases = 0, failed = 0;
    for (struct str rest = buf_str(&text); rest.n;) {
        const char *end = memchr(rest.p, '\n', rest.n);
        struct str line = str_n(rest.p, end ? (size_t)(end - rest.p) : rest.n);
        rest = str_from(rest, line.n + 1);
        arena_clear(arena);
        cases++;
        failed += !recorded(line, arena);
    }
    snprintf(name, sizeof name, "%zu recorded documents", cases);
    result(cases && !failed, name);
}

int main(void)
{
    struct arena arena = ARENA_INIT;
    bool ok = true;
    /* What recurses must fit a small stack; sanitizers' frames are larger. */
#ifndef __SANITIZE_ADDRESS__
    setrlimit(RLIMIT_STACK, &(struct rlimit){256 << 10, 256 << 10});
#endif
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ok = refused(&arena, i) && ok;
    result(ok, "what is wrong is said as graphql-js says it");
    result(tree_of_operation(&arena), "the tree of a request");
    result(bounded(&arena), "nesting ends at the limit");
    result(limited(&arena, "a ",
                   "Syntax Error: Document contains more that 20000 tokens. Parsing "
                   "aborted."),
           "tokens");
    result(limited(&arena, "b:a ",
                   "Syntax Error: Document contains more than 1000 aliases. Parsing "
                   "aborted."),
           "aliases");
    result(limited(&arena, "@a ",
                   "Syntax Error: Document contains more than 200 directives. Parsing "
                   "aborted."),
           "directives");
    result(limited(&arena, "} fragment F on A { a ",
                   "Syntax Error: Document contains more than 500 fragments. Parsing "
                   "aborted."),
           "fragments");
    suite(&arena);
    arena_done(&arena);
    printf("1..%d\n", n_tests);
    return n_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
