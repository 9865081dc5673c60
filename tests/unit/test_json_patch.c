/* RFC 6902 and RFC 7396: the public corpora of JSON Patch, applied and made anew; then
 * random documents, whose delta makes one of the other. Prints TAP itself: a case of
 * the corpora is a line. */
#include "drift/json_patch.h"

#include "base/file.h"
#include "drift/json_delta.h"
#include "drift/json_tree.h"
#include "test.h"

#define DOCUMENTS 6000 /* random pairs; some seconds under the sanitizers */

static int n_cases, n_failed;

static void ok(bool good, const char *file, size_t at, const char *what,
               const struct error *e)
{
    n_failed += !good;
    printf("%s %d - %s %zu: %s\n", good ? "ok" : "not ok", ++n_cases, file, at, what);
    if (!good && e && e->line[0])
        printf("# %s\n", e->line);
}

static bool equal(struct str a, struct str b)
{
    struct json_tree t;
    struct json_node *x, *y;
    bool same = false;
    json_tree_init(&t);
    bool read = json_tree_read(&t, a, &x, NULL) == ERR_OK &&
                json_tree_read(&t, b, &y, NULL) == ERR_OK &&
                json_tree_equal(&t, x, y, &same, NULL) == ERR_OK;
    json_tree_done(&t);
    return read && same;
}

/* ---- deltas */

static bool by_patch(struct str a, struct str b, struct error *e)
{
    BUF_SCOPED patch = BUF_INIT;
    BUF_SCOPED made = BUF_INIT;
    bool good = json_delta_patch(a, b, &patch, e) == ERR_OK &&
                json_patch(a, buf_str(&patch), &made, e) == ERR_OK &&
                equal(buf_str(&made), b);
    if (good && equal(a, b) != str_eq(buf_str(&patch), STR("[]")))
        return false; /* nothing to do is no operation, and the reverse */
    if (!good || str_eq(buf_str(&patch), STR("[]")))
        return good;
    /* What is not the left document is refused, and nothing is there then. */
    struct str other = STR("\"another document\"");
    size_t n = made.n;
    return !strstr(buf_cstr(&patch), "\"test\"") || equal(a, other) ||
           (json_patch(other, buf_str(&patch), &made, NULL) == ERR_DATA && made.n == n);
}

/* The document with the members at the paths as they are in `from`. */
static bool with(struct str document, struct str paths, struct str from,
                 struct buf *out)
{
    BUF_SCOPED patch = BUF_INIT;
    struct json_tree t;
    struct json_node *list, *root;
    json_tree_init(&t);
    bool good = json_tree_read(&t, paths, &list, NULL) == ERR_OK &&
                json_tree_read(&t, from, &root, NULL) == ERR_OK;
    buf_add_char(&patch, '[');
    for (size_t i = 0; good && i < list->n; i++) {
        if (i)
            buf_add_char(&patch, ',');
        buf_add_str(&patch, STR("{\"op\":\"add\",\"value\":null,\"path\":"));
        buf_add_str(&patch, list->items[i]->text);
        buf_add_char(&patch, '}');
    }
    buf_add_char(&patch, ']');
    json_tree_done(&t);
    return good && json_patch(document, buf_str(&patch), out, NULL) == ERR_OK;
}

/* A merge patch makes the right side but for the members it says it cannot set, which
 * are null there: setting these makes all of it. */
static bool by_merge(struct str a, struct str b, bool *whole, struct error *e)
{
    BUF_SCOPED patch = BUF_INIT;
    BUF_SCOPED missing = BUF_INIT;
    BUF_SCOPED made = BUF_INIT;
    BUF_SCOPED full = BUF_INIT;
    BUF_SCOPED paths = BUF_INIT;
    bool good = json_delta_merge(a, b, STR(""), &patch, &missing, e) == ERR_OK &&
                json_merge(a, buf_str(&patch), &made, e) == ERR_OK;
    *whole = missing.n == 0;
    if (!good)
        return false;
    bool same = equal(buf_str(&made), b);
    if (*whole)
        return same;
    buf_add_char(&paths, '[');
    buf_add_str(&paths, buf_str(&missing));
    buf_add_char(&paths, ']');
    return !same && with(buf_str(&made), buf_str(&paths), b, &full) &&
           equal(buf_str(&full), b);
}

/* ---- the corpora */

static void run_case(const char *file, size_t at, const struct json_node *test)
{
    const struct json_node *doc = json_tree_member(test, STR("doc"));
    const struct json_node *patch = json_tree_member(test, STR("patch"));
    const struct json_node *expected = json_tree_member(test, STR("expected"));
    BUF_SCOPED made = BUF_INIT;
    struct error e = ERROR_INIT;
    bool whole;
    enum err code = json_patch(doc->text, patch->text, &made, &e);
    if (json_tree_member(test, STR("error"))) {
        ok(code == ERR_DATA && !made.n && e.line[0], file, at, "refused", &e);
        return;
    }
    if (!expected) { /* it only must apply */
        ok(code == ERR_OK, file, at, "applied", &e);
        return;
    }
    ok(code == ERR_OK && equal(buf_str(&made), expected->text), file, at, "applied",
       &e);
    ok(by_patch(doc->text, expected->text, &e), file, at, "as RFC 6902", &e);
    bool merged = by_merge(doc->text, expected->text, &whole, &e);
    ok(merged, file, at,
       whole ? "as RFC 7396" : "as RFC 7396, which cannot say all of it", &e);
}

static void run_file(const char *corpora, const char *file)
{
    char path[4096];
    BUF_SCOPED text = BUF_INIT;
    struct json_tree t;
    struct json_node *list = NULL;
    snprintf(path, sizeof path, "%s/json-patch/%s", corpora, file);
    if (file_read(path, &text, NULL) != ERR_OK) {
        printf("ok %d - %s # SKIP not in SANDCAST_CORPORA\n", ++n_cases, file);
        return;
    }
    /* One case holds a member twice: the cases are read one by one, as values. */
    struct value_reader reader;
    struct arena arena = ARENA_INIT;
    struct value cases;
    value_reader_init(&reader);
    bool read = value_read(&reader, buf_str(&text), &arena, &cases, NULL) == ERR_OK;
    ok(read, file, 0, "read", NULL);
    for (size_t i = 0; read && i < cases.n_items; i++) {
        const struct value *v = &cases.items[i];
        const struct value *off = value_member(v, STR("disabled"));
        json_tree_init(&t);
        if (off && str_eq(off->text, STR("true"))) {
            BUF_SCOPED made = BUF_INIT; /* those with a duplicate: refused when read */
            bool twice = value_member(v, STR("error")) != NULL;
            enum err code =
                json_patch(value_member(v, STR("doc"))->text,
                           value_member(v, STR("patch"))->text, &made, NULL);
            ok((code != ERR_OK) == twice, file, i, "disabled there", NULL);
        } else if (json_tree_read(&t, v->text, &list, NULL) == ERR_OK) {
            run_case(file, i, list);
        } else {
            ok(false, file, i, "read", NULL);
        }
        json_tree_done(&t);
    }
    value_reader_done(&reader);
    arena_done(&arena);
}

/* ---- single cases */

static const struct {
    const char *doc, *patch, *want; /* NULL: refused */
} patches[] = {
    {"{\"a\": 1.50 , \"b\" : [ 1,2 ]}",
     "[{\"op\":\"add\",\"path\":\"/c\",\"value\": 0.10}]",
     "{\"a\":1.50,\"b\":[ 1,2 ],\"c\":0.10}"},
    {"{\"\\u0061\":1,\"b\":2}", "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":3}]",
     "{\"\\u0061\":3,\"b\":2}"},
    {"{\"a\":1}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":10e-1}]", "{\"a\":1}"},
    {"{\"a\":9007199254740993}",
     "[{\"op\":\"test\",\"path\":\"/a\",\"value\":9007199254740992}]", NULL},
    {"{\"a\":1e99999999999}",
     "[{\"op\":\"test\",\"path\":\"/a\",\"value\":10e99999999998}]",
     "{\"a\":1e99999999999}"},
    {"{\"a\":\"\\u00e9\"}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":\"\u00e9\"}]",
     "{\"a\":\"\\u00e9\"}"},
    {"{\"a\":{\"x\":1,\"y\":[1,{}]}}",
     "[{\"op\":\"test\",\"path\":\"/a\",\"value\":{\"y\":[1.0,{}],\"x\":1}}]",
     "{\"a\":{\"x\":1,\"y\":[1,{}]}}"},
    {"[1,2]", "[{\"op\":\"test\",\"path\":\"\",\"value\":[2,1]}]", NULL},
    {"{\"~1/\":1}", "[{\"op\":\"remove\",\"path\":\"/~01~1\"}]", "{}"},
    {"{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"/a~2\"}]", NULL},
    {"{\"a~\":1}", "[{\"op\":\"remove\",\"path\":\"/a~\"}]", NULL},
    {"[1,2]", "[{\"op\":\"remove\",\"path\":\"/-\"}]", NULL},
    {"[1,2]", "[{\"op\":\"replace\",\"path\":\"/01\",\"value\":0}]", NULL},
    {"[1,2]", "[{\"op\":\"remove\",\"path\":\"/99999999999999999999\"}]", NULL},
    {"[1,2]", "[{\"op\":\"move\",\"from\":\"/0\",\"path\":\"/-\"}]", "[2,1]"},
    {"[1,2]", "[{\"op\":\"move\",\"from\":\"/0\",\"path\":\"/2\"}]", NULL},
    {"{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]",
     NULL},
    {"{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/ab\"}]",
     "{\"ab\":{\"b\":1}}"},
    {"{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"\"}]",
     "{\"b\":1}"},
    {"{\"a\":{\"b\":1}}",
     "[{\"op\":\"copy\",\"from\":\"\",\"path\":\"/c\"},"
     "{\"op\":\"remove\",\"path\":\"/c/a/b\"}]",
     "{\"a\":{\"b\":1},\"c\":{\"a\":{}}}"},
    {"{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"\"}]", NULL},
    {"{\"a\":1,\"\\u0061\":2}", "[]", NULL},
    {"{}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":{\"x\":1,\"x\":1}}]", NULL},
    {"{}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":1,\"more\":[]}]", "{\"a\":1}"},
    {"{}", "{\"op\":\"add\",\"path\":\"/a\",\"value\":1}", NULL},
    {"{\"a\":\"x\"}", "[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":1}]", NULL},
    {"{}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":1},[]]", NULL},
};

/* RFC 7396, appendix A, and what keeps its tokens. */
static const struct {
    const char *doc, *patch, *want;
} merges[] = {
    {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
    {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
    {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
    {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
     "{\"a\":{\"b\":\"d\"}}"},
    {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
    {"[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"},
    {"{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"},
    {"{\"a\":\"foo\"}", "null", "null"},
    {"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
    {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
    {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
    {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
    {"{\"a\": 1.0, \"b\": {\"c\" : 2}}", "{\"a\":null}", "{\"b\":{\"c\" : 2}}"},
};

static void single(void)
{
    for (size_t i = 0; i < sizeof patches / sizeof *patches; i++) {
        BUF_SCOPED made = BUF_INIT;
        struct error e = ERROR_INIT;
        enum err code =
            json_patch(str_of(patches[i].doc), str_of(patches[i].patch), &made, &e);
        const char *want = patches[i].want;
        bool good = want ? code == ERR_OK && str_eq(buf_str(&made), str_of(want))
                         : code == ERR_DATA && made.n == 0 && e.line[0];
        ok(good, "patch", i, patches[i].patch, &e);
    }
    for (size_t i = 0; i < sizeof merges / sizeof *merges; i++) {
        BUF_SCOPED made = BUF_INIT;
        struct error e = ERROR_INIT;
        bool good = json_merge(str_of(merges[i].doc), str_of(merges[i].patch), &made,
                               &e) == ERR_OK &&
                    str_eq(buf_str(&made), str_of(merges[i].want));
        ok(good, "merge", i, merges[i].patch, &e);
    }
}

/* ---- limits */

static void nested(struct buf *out, int n, const char *core)
{
    for (int i = 0; i < n; i++)
        buf_add_str(out, STR("{\"a\":"));
    buf_add_str(out, str_of(core));
    for (int i = 0; i < n; i++)
        buf_add_char(out, '}');
}

static void limits(void)
{
    BUF_SCOPED deep = BUF_INIT;
    BUF_SCOPED patch = BUF_INIT;
    BUF_SCOPED made = BUF_INIT;
    nested(&deep, SCAN_DEPTH, "1");
    ok(json_patch(buf_str(&deep),
                  STR("[{\"op\":\"copy\",\"from\":\"\",\"path\":\"/b\"}]"), &made,
                  NULL) == ERR_LIMIT &&
           !made.n,
       "limit", 0, "nesting", NULL);

    /* Each copy doubles it: 2^40 values, had one waited. */
    buf_add_char(&patch, '[');
    for (int i = 0; i < 40; i++)
        buf_printf(&patch, "%s{\"op\":\"copy\",\"from\":\"\",\"path\":\"/%d\"}",
                   i ? "," : "", i);
    buf_add_char(&patch, ']');
    ok(json_patch(STR("{\"x\":[0]}"), buf_str(&patch), &made, NULL) == ERR_LIMIT &&
           !made.n,
       "limit", 1, "values", NULL);

    buf_clear(&patch);
    buf_add_char(&patch, '[');
    for (unsigned i = 0; i <= JSON_PATCH_OPERATIONS; i++)
        buf_printf(&patch, "%s{\"op\":\"test\",\"path\":\"\",\"value\":1}",
                   i ? "," : "");
    buf_add_char(&patch, ']');
    ok(json_patch(STR("1"), buf_str(&patch), &made, NULL) == ERR_LIMIT && !made.n,
       "limit", 2, "operations", NULL);
    patch.n -= strlen(",{\"op\":\"test\",\"path\":\"\",\"value\":1}]");
    buf_add_char(&patch, ']');
    ok(json_patch(STR("1"), buf_str(&patch), &made, NULL) == ERR_OK, "limit", 3,
       "as many operations as may be", NULL);

    BUF_SCOPED long_text = BUF_INIT;
    buf_add_char(&long_text, '"');
    memset(buf_room(&long_text, 1 << 21), 'x', 1 << 21);
    long_text.n += 1 << 21;
    buf_add_char(&long_text, '"');
    buf_clear(&patch);
    buf_clear(&made);
    buf_add_str(&patch, STR("[{\"op\":\"add\",\"path\":\"\",\"value\":["));
    buf_add_str(&patch, buf_str(&long_text));
    buf_add_str(&patch, STR("]}"));
    for (int i = 0; i < 40; i++)
        buf_add_str(&patch, STR(",{\"op\":\"copy\",\"from\":\"/0\",\"path\":\"/-\"}"));
    buf_add_char(&patch, ']');
    ok(json_patch(STR("1"), buf_str(&patch), &made, NULL) == ERR_LIMIT && !made.n,
       "limit", 4, "size of the result", NULL);
}

/* ---- random documents */

static uint64_t state = 42;

static unsigned roll(unsigned below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(state >> 33) % below;
}

static const char *const names[] = {"a",      "b", "c/d",        "t~e",
                                    "~1",     "",  "\\u0061\\n", "-",
                                    "\u00e9", "0", "q\\\"",      "long"};

/* A document; `near` is one that it may share parts with, by rolling the same. */
static void make(struct buf *out, unsigned depth)
{
    static const char *const scalars[] = {
        "null", "null", "null", "true", "false", "0",           "-0",     "1",
        "1.0",  "1e0",  "12.5", "\"\"", "\"x\"", "\"\\u0078\"", "\"/~\"", "1e400"};
    unsigned kind = roll(depth ? 6 : 2), n = roll(5);
    if (kind < 2) {
        buf_add_str(out, str_of(scalars[roll(sizeof scalars / sizeof *scalars)]));
        return;
    }
    buf_add_char(out, kind < 4 ? '{' : '[');
    unsigned name = roll(4);
    for (unsigned i = 0; i < n && name < 12; i++, name += 1 + roll(3)) {
        if (i)
            buf_add_char(out, ',');
        if (kind < 4)
            buf_printf(out, "\"%s\" :", names[name]);
        make(out, depth - 1);
    }
    buf_add_char(out, kind < 4 ? '}' : ']');
}

/* The document with a few values in it made anew: a near relation. */
static void alter(const struct json_node *v, struct buf *out, unsigned depth)
{
    if (!roll(8)) {
        make(out, depth);
        return;
    }
    if (v->kind < VALUE_LIST) {
        buf_add_str(out, v->text);
        return;
    }
    bool object = v->kind == VALUE_OBJECT, more = false;
    buf_add_char(out, object ? '{' : '[');
    for (size_t i = 0; i < v->n; i++) {
        if (!roll(10))
            continue;
        if (more)
            buf_add_char(out, ',');
        more = true;
        if (object)
            buf_printf(out, "\"%.*s\":", STR_ARG(v->items[i]->spelled));
        else if (!roll(10))
            buf_add_str(out, STR("[7],"));
        alter(v->items[i], out, depth ? depth - 1 : 0);
    }
    buf_add_char(out, object ? '}' : ']');
}

static void random_documents(void)
{
    unsigned patched = 0, merged = 0, wholes = 0, apart = 0;
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        BUF_SCOPED a = BUF_INIT;
        BUF_SCOPED b = BUF_INIT;
        struct error e = ERROR_INIT;
        struct json_tree t;
        struct json_node *root;
        bool whole;
        make(&a, 4);
        json_tree_init(&t);
        if (json_tree_read(&t, buf_str(&a), &root, &e) == ERR_OK && roll(8))
            alter(root, &b, 3);
        else
            make(&b, 4);
        json_tree_done(&t);
        bool good = by_patch(buf_str(&a), buf_str(&b), &e);
        bool well = by_merge(buf_str(&a), buf_str(&b), &whole, &e);
        if (!good || !well)
            printf("# %s: %.*s -> %.*s %s\n", good ? "merge" : "patch",
                   STR_ARG(buf_str(&a)), STR_ARG(buf_str(&b)), e.line);
        patched += good;
        merged += well;
        wholes += whole;
        apart += !equal(buf_str(&a), buf_str(&b));
    }
    ok(patched == DOCUMENTS, "random", DOCUMENTS, "the patch makes the right one",
       NULL);
    ok(merged == DOCUMENTS, "random", DOCUMENTS, "so does the merge patch", NULL);
    ok(apart > DOCUMENTS / 2 && wholes > DOCUMENTS / 2 && wholes < DOCUMENTS, "random",
       wholes, "are said wholly by a merge patch", NULL);
}

int main(void)
{
    const char *corpora = getenv("SANDCAST_CORPORA");
    if (!corpora)
        corpora = TEST_DATA "/../../../shared/data";
    run_file(corpora, "spec_tests.json");
    run_file(corpora, "tests.json");
    single();
    limits();
    random_documents();
    printf("1..%d\n", n_cases);
    return n_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
