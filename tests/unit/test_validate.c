/* Validation: rules of our own making in a table, and the recorded cases of graphql-js
 * (graphql/validate.jsonl of SANDCAST_CORPORA), rule by rule. Prints TAP itself. */
#include "graphql/validate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/table.h"
#include "doc/doc.h"

static int n_tests, n_failed;

static void result(bool ok, const char *name)
{
    n_failed += !ok;
    printf("%s %d - %s\n", ok ? "ok" : "not ok", ++n_tests, name);
}

static const char *const rule_names[] = {
#define X(name) #name "Rule",
    VALIDATE_RULES(X)
#undef X
};

/* A type system, made once per text. */
static struct table systems;
static struct arena texts; /* its keys */

static const struct types *types_of(struct str text)
{
    struct types *t = table_get(&systems, text);
    struct error e = ERROR_INIT;
    if (t)
        return t;
    if (types_load(text, "schema", &t, &e) != ERR_OK) {
        printf("# %s\n", e.line);
        return NULL;
    }
    table_put(&systems, arena_str(&texts, text), t);
    return t;
}

/* The errors as JSON. */
static bool run(uint64_t rules, const struct types *types, struct str query,
                struct arena *arena, struct buf *out)
{
    struct errors errors;
    struct emit j;
    struct sdl_request r;
    struct sdl_fault f = {0};
    struct validate v = {.rules = rules, .arena = arena, .errors = &errors};
    errors_init(&errors, arena, ERRORS_LIMIT);
    if (sdl_request(query, &SDL_REQUEST_LIMITS, arena, &r, &f) != ERR_OK) {
        printf("# %.*s\n", STR_ARG(f.message));
        return false;
    }
    bool valid = validate_request(&v, types, &r);
    emit_init(&j, out);
    errors_emit(&errors, &j);
    return valid == !errors.n;
}

/* ---- cases of our own */

static const char shop[] =
    "type Query { part(id: ID!, n: Int = 1): Part any: Any node: Node parts(in: In): "
    "[Part!]! }\n"
    "interface Node { id: ID! }\n"
    "type Part implements Node { id: ID! name(long: Boolean): String old: Int "
    "@deprecated(reason: \"gone\") sub: Part }\n"
    "type Tool implements Node { id: ID! name: Int size: Size }\n"
    "union Any = Part | Tool\n"
    "enum Size { SMALL LARGE }\n"
    "input In { a: Int! b: [Size] c: In }\n"
    "type Subscription { a: Int b: Int }\n";

static const struct {
    const char *query, *errors;
} own[] = {
    {"{ part(id: 1) { id name sub { id } } any { __typename ... on Tool { size } } }",
     "[]"},
    {"query A($i: ID!, $l: Boolean) { part(id: $i) { ...F } } fragment F on Part { "
     "name(long: $l) }",
     "[]"},
    {"{ prat }",
     "[{\"message\":\"Cannot query field \\\"prat\\\" on type \\\"Query\\\". "
     "Did you mean \\\"part\\\" or \\\"parts\\\"?\",\"locations\":[{\"line\":"
     "1,\"column\":3}]}]"},
    {"{ node { size } }",
     "[{\"message\":\"Cannot query field \\\"size\\\" on type \\\"Node\\\". Did you mean "
     "to use an inline fragment on \\\"Tool\\\"?\",\"locations\":[{\"line\":1,\"column\":"
     "10}]}]"},
    {"{ part { id } }",
     "[{\"message\":\"Field \\\"part\\\" argument \\\"id\\\" of type \\\"ID!\\\" is "
     "required, but it was not provided.\",\"locations\":[{\"line\":1,\"column\":3}]}]"},
    {"{ parts(in: {a: \"x\", b: [TINY], d: 1}) { id } }",
     "[{\"message\":\"Int cannot represent non-integer value: \\\"x\\\"\",\"locations\":"
     "[{\"line\":1,\"column\":17}]},{\"message\":\"Value \\\"TINY\\\" does not exist in "
     "\\\"Size\\\" enum.\",\"locations\":[{\"line\":1,\"column\":26}]},{\"message\":"
     "\"Field \\\"d\\\" is not defined by type \\\"In\\\". Did you mean \\\"a\\\", "
     "\\\"b\\\", or \\\"c\\\"?\",\"locations\":[{\"line\":1,\"column\":33}]}]"},
    {"query A($u: Int) { part(id: $v) { id } }",
     "[{\"message\":\"Variable \\\"$v\\\" is not defined by operation \\\"A\\\".\","
     "\"locations\":[{\"line\":1,\"column\":29},{\"line\":1,\"column\":1}]},{\"message\":"
     "\"Variable \\\"$u\\\" is never used in operation \\\"A\\\".\",\"locations\":[{"
     "\"line\":1,\"column\":9}]}]"},
    /* errors of an operation's variables stand before those of what follows it */
    {"query A($u: Int) { ...F } fragment F on Part { x }",
     "[{\"message\":\"Fragment \\\"F\\\" cannot be spread here as objects of type "
     "\\\"Query\\\" can never be of type \\\"Part\\\".\",\"locations\":[{\"line\":1,"
     "\"column\":20}]},{\"message\":\"Variable \\\"$u\\\" is never used in operation "
     "\\\"A\\\".\",\"locations\":[{\"line\":1,\"column\":9}]},{\"message\":\"Cannot query "
     "field \\\"x\\\" on type \\\"Part\\\".\",\"locations\":[{\"line\":1,\"column\":48}]}]"},
    {"{ any { ... on Part { x: name } ... on Tool { x: name } } }",
     "[{\"message\":\"Fields \\\"x\\\" conflict because they return conflicting types "
     "\\\"String\\\" and \\\"Int\\\". Use different aliases on the fields to fetch both "
     "if this was intentional.\",\"locations\":[{\"line\":1,\"column\":23},{\"line\":1,"
     "\"column\":47}]}]"},
    {"{ part(id: 1) { ...A } } fragment A on Part { sub { ...B } } fragment B on Part { "
     "...A }",
     "[{\"message\":\"Cannot spread fragment \\\"A\\\" within itself via \\\"B\\\".\","
     "\"locations\":[{\"line\":1,\"column\":53},{\"line\":1,\"column\":83}]}]"},
    {"subscription { a b }",
     "[{\"message\":\"Anonymous Subscription must select only one top level field.\","
     "\"locations\":[{\"line\":1,\"column\":18}]}]"},
    {"mutation { a }", "[]"}, /* there is no root: nothing is known of its fields */
};

static bool own_case(size_t i, struct arena *arena)
{
    BUF_SCOPED got = BUF_INIT;
    bool ok = run(0, types_of(STR(shop)), str_of(own[i].query), arena, &got);
    if (ok && str_eq(buf_str(&got), str_of(own[i].errors)))
        return true;
    printf("# %s\n# got  %.*s\n# want %s\n", own[i].query, (int)got.n, got.p,
           own[i].errors);
    return false;
}

/* ---- the recorded cases */

static bool same_places(const struct doc_node *want, const struct gql_place *p)
{
    for (size_t i = 0; want && i < want->n_items; i++, p = p->next) {
        uint64_t line, column;
        if (!p || !doc_uint(doc_get(want->items[i], "line"), &line) ||
            !doc_uint(doc_get(want->items[i], "column"), &column) || line != p->line ||
            column != p->column)
            return false;
    }
    return !p;
}

static bool same_errors(const struct doc_node *want, const struct errors *got)
{
    const struct gql_error *e = got->first;
    for (size_t i = 0; i < want->n_items; i++, e = e->next) {
        const struct doc_node *message = doc_get(want->items[i], "message");
        if (!e || !str_eq(message->text, e->message) ||
            !same_places(doc_get(want->items[i], "locations"), e->places))
            return false;
    }
    return !e;
}

/* Two recorded cases are not those of graphql-js 16 on a schema made of text: a scalar
 * that was made by code to refuse every value, and a rule about one-of inputs that has
 * moved to VariablesInAllowedPosition, where it is tested. */
static bool is_left_out(const struct doc_node *c)
{
    return str_eq(doc_get(c, "query")->text, STR("{ invalidArg(arg: 123) }")) ||
           (str_eq(doc_get(c, "rule")->text, STR("ValuesOfCorrectTypeRule")) &&
            memmem(doc_get(c, "query")->text.p, doc_get(c, "query")->text.n,
                   "query ($string: String) {", 25) &&
            memmem(doc_get(c, "query")->text.p, doc_get(c, "query")->text.n,
                   "oneOfArgField(", 14));
}

struct tally {
    unsigned cases, failed, skipped;
};

static bool recorded(const struct doc_node *c, enum validate_rule rule,
                     struct str test_schema, struct arena *arena)
{
    const struct doc_node *schema = doc_get(c, "schema");
    bool sdl = str_eq(doc_get(c, "kind")->text, STR("sdl"));
    const struct types *types = NULL; /* there is none that is extended */
    if (schema->kind == DOC_STRING)
        types = types_of(str_eq(schema->text, STR("@testSchema")) ? test_schema
                                                                  : schema->text);
    struct errors errors;
    struct sdl_request r;
    struct sdl_fault f = {0};
    struct validate v = {
        .rules = UINT64_C(1) << rule, .arena = arena, .errors = &errors};
    errors_init(&errors, arena, ERRORS_LIMIT);
    if ((!types && !sdl) || sdl_request(doc_get(c, "query")->text, &SDL_REQUEST_LIMITS,
                                        arena, &r, &f) != ERR_OK)
        return false;
    if (sdl)
        validate_schema(&v, types, &r);
    else
        validate_request(&v, types, &r);
    if (same_errors(doc_get(c, "errors"), &errors))
        return true;
    BUF_SCOPED got = BUF_INIT;
    struct emit j;
    emit_init(&j, &got);
    errors_emit(&errors, &j);
    printf("# got %.*s\n", (int)got.n, got.p);
    return false;
}

static void one_line(struct str line, struct str test_schema, struct tally *tallies,
                     struct arena *arena)
{
    CLEANUP(doc_freep) struct doc *doc = NULL;
    if (doc_json(line, "validate.jsonl", &doc, NULL) != ERR_OK)
        return;
    struct str name = doc_get(doc_root(doc), "rule")->text;
    for (unsigned i = 0; i < VALIDATE_N_RULES; i++) {
        if (!str_eq(name, str_of(rule_names[i])))
            continue;
        if (is_left_out(doc_root(doc))) {
            tallies[i].skipped++;
            continue;
        }
        tallies[i].cases++;
        if (!recorded(doc_root(doc), i, test_schema, arena)) {
            printf("# %.*s\n", STR_ARG(line));
            tallies[i].failed++;
        }
    }
}

static void suite(struct arena *arena)
{
    const char *corpora = getenv("SANDCAST_CORPORA");
    char path[4096], name[128];
    BUF_SCOPED text = BUF_INIT;
    BUF_SCOPED schema = BUF_INIT;
    struct error e = ERROR_INIT;
    struct tally tallies[VALIDATE_N_RULES] = {0};
    if (!corpora)
        corpora = TEST_DATA "/../../../shared/data";
    snprintf(path, sizeof path, "%s/graphql/rec-testschema.graphql", corpora);
    enum err err = file_read(path, &schema, &e);
    snprintf(path, sizeof path, "%s/graphql/validate.jsonl", corpora);
    if (err != ERR_OK || file_read(path, &text, &e) != ERR_OK) {
        printf("ok %d - recorded cases # SKIP no graphql/validate.jsonl in "
               "SANDCAST_CORPORA\n",
               ++n_tests);
        return;
    }
    for (struct str rest = buf_str(&text); rest.n;) {
        const char *end = memchr(rest.p, '\n', rest.n);
        struct str line = str_n(rest.p, end ? (size_t)(end - rest.p) : rest.n);
        rest = str_from(rest, line.n + 1);
        one_line(line, buf_str(&schema), tallies, arena);
    }
    for (unsigned i = 0; i < VALIDATE_N_RULES; i++) {
        if (!tallies[i].cases)
            continue;
        snprintf(name, sizeof name, "%s: %u recorded cases%s", rule_names[i],
                 tallies[i].cases, tallies[i].skipped ? ", 2 left out" : "");
        result(!tallies[i].failed, name);
    }
}

int main(void)
{
    struct arena arena = ARENA_INIT;
    bool ok = true;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        ok = own_case(i, &arena) && ok;
    result(ok, "all rules at once, with their messages and places");
    suite(&arena);
    for (size_t i = 0; i < systems.n; i++)
        types_free(systems.slots[i].value);
    table_done(&systems);
    arena_done(&texts);
    arena_done(&arena);
    printf("1..%d\n", n_tests);
    return n_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
