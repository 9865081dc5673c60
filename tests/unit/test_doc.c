#include <math.h>

#include "doc/doc.h"
#include "test.h"

static const struct {
    const char *name;
    const char *text;
    const char *canonical;
} readable[] = {
    {"empty", "", "null"},
    {"comment only", "# nothing\n", "null"},
    {"scalars", "--- [~, null, NULL, true, False, 12, -3, +4, 0x1F, 0o17, 007, -0]",
     "[null,null,null,true,false,12,-3,4,31,15,7,0]"},
    {"words that are texts",
     "- yes\n- No\n- on\n- nul\n- trUe\n- 0b1\n- 1_000\n- 12:30\n",
     "[\"yes\",\"No\",\"on\",\"nul\",\"trUe\",\"0b1\",\"1_000\",\"12:30\"]"},
    {"digits that are texts",
     "- 1e\n- .\n- '1'\n- \"2\"\n- 0x\n- 0xg\n- 0o8\n- 1.2.3\n",
     "[\"1e\",\".\",\"1\",\"2\",\"0x\",\"0xg\",\"0o8\",\"1.2.3\"]"},
    {"block texts", "a: |\n  x\n  y\nb: >-\n  x\n  y\n",
     "{\"a\":\"x\\ny\\n\",\"b\":\"x y\"}"},
    {"a regex in single quotes", "value: '(?i)^[^@\\s]+@$'",
     "{\"value\":\"(?i)^[^@\\\\s]+@$\"}"},
    {"nested", "a:\n  - b: 1\n    c: [2, {d: e}]\n",
     "{\"a\":[{\"b\":1,\"c\":[2,{\"d\":\"e\"}]}]}"},
    {"empty containers", "a: {}\nb: []\nc:\n", "{\"a\":{},\"b\":[],\"c\":null}"},
    {"odd names", "null: 1\ntrue: 2\n3: 4\n'': 5\n'<<': 6\n",
     "{\"\":5,\"3\":4,\"<<\":6,\"null\":1,\"true\":2}"},
    {"controls", "\"\\0\\x01\\b\\t\\n\\f\\r\\x1f\\\"\\\\/\\x7f\"",
     "\"\\u0000\\u0001\\b\\t\\n\\f\\r\\u001f\\\"\\\\/\x7f\""},
    {"json", "{\"b\": [1, -2, true, false, null, \"\\u00e9\\u0000\"], \"a\": {}}",
     "{\"a\":{},\"b\":[1,-2,true,false,null,\"\xc3\xa9\\u0000\"]}"},
    {"white space before json", " \r\n\t[1]", "[1]"},
    {"2^53", "[9007199254740992, -9007199254740992]",
     "[9007199254740992,-9007199254740992]"},
};

START_TEST(reads_and_writes)
{
    struct error e = ERROR_INIT;
    CLEANUP(doc_freep) struct doc *d = NULL;
    BUF_SCOPED out = BUF_INIT;
    const char *name = readable[_i].name;
    struct str text = str_of(readable[_i].text);
    enum err code = doc_read(text, name, &d, &e);
    ck_assert_msg(code == ERR_OK, "%s: %s", name, e.line);
    assert_ok(doc_canonical(doc_root(d), &out, &e), &e);
    assert_str_eq(name, buf_str(&out), str_of(readable[_i].canonical));
    /* What is canonical reads as itself. */
    CLEANUP(doc_freep) struct doc *again = NULL;
    BUF_SCOPED second = BUF_INIT;
    assert_ok(doc_json(buf_str(&out), name, &again, &e), &e);
    assert_ok(doc_canonical(doc_root(again), &second, &e), &e);
    assert_str_eq(name, buf_str(&second), buf_str(&out));
}
END_TEST

static const struct {
    const char *name;
    bool json;
    const char *text;
    const char *line;
} refused[] = {
    {"alias", false, "a: &x 1\nb: *x\n", "line 1: anchors are not accepted"},
    {"anchored list", false, "a:\n  &x [1]\n", "line 2: anchors are not accepted"},
    {"alias alone", false, "- 1\n- *SECRET\n", "line 2: aliases are not accepted"},
    {"tag", false, "a: !!str 1\n", "line 1: tags are not accepted"},
    {"own tag", false, "- !SECRET {}\n", "line 1: tags are not accepted"},
    {"merge", false, "a:\n  <<: {b: 1}\n", "line 2: merge keys are not accepted"},
    {"same key", false, "SECRET: 1\nb: 2\nSECRET: 3\n",
     "line 3: the same key appears twice in one map"},
    {"same key, deeper", false, "a:\n  - {SECRET: 1, \"SECRET\": 2}\n",
     "line 2: the same key appears twice in one map"},
    {"key is a list", false, "? [SECRET]\n: 1\n",
     "line 1: the name of a member must be a text"},
    {"two documents", false, "a: 1\n---\nb: 2\n",
     "line 2: only one document is accepted"},
    {"open list", false, "a: [SECRET\n", NULL},
    {"tab", false, "a:\n\t- SECRET\n", NULL},
    {"not UTF-8", false, "a: \xff\n", NULL},
    {"unquoted colon", false, "a: SECRET: c\n", NULL},
    {"json, same key", true, "{\"SECRET\": 1,\n \"SECRET\": 2}",
     "line 2: the same key appears twice in one map"},
    {"json, cut", true, "{\"a\": \"SECRET", "line 1: the document ends early"},
    {"json, cut at bracket", true, "[1,", "line 1: the document ends early"},
    {"json, more", true, "{} SECRET", "line 1: something follows the document"},
    {"json, word", true, "[\nSECRET]", "line 2: this is no JSON"},
    {"json, too large", true, "[1e999]", "line 1: a number is too large"},
    {"json, too many digits", true, "[99999999999999999999]",
     "line 1: a number is too large"},
    {"json, not UTF-8", true, "[\"\xff\"]", "line 1: the text is not UTF-8"},
    {"json, NUL in a key", true, "{\"SECRET\\u0000\": 1}", "line 1: a key holds a NUL"},
    {"json, comment", true, "// SECRET\n{}", "line 1: this is no JSON"},
    {"json, empty", true, "", NULL},
};

START_TEST(refuses)
{
    struct error e = ERROR_INIT;
    struct doc *d = NULL;
    struct str text = str_of(refused[_i].text);
    const char *name = refused[_i].name;
    enum err code =
        refused[_i].json ? doc_json(text, "x", &d, &e) : doc_yaml(text, "x", &d, &e);
    ck_assert_msg(code == ERR_DATA, "%s: %d", name, code);
    ck_assert_msg(d == NULL, "%s: a document", name);
    ck_assert_str_eq(e.where, "x");
    ck_assert_msg(!strstr(e.line, "SECRET"), "%s: %s", name, e.line);
    ck_assert_msg(strstr(e.line, "line "), "%s: %s", name, e.line);
    if (refused[_i].line)
        ck_assert_msg(strcmp(e.line, refused[_i].line) == 0, "%s: %s", name, e.line);
}
END_TEST

static void nest(struct buf *b, unsigned depth)
{
    buf_clear(b);
    for (unsigned i = 0; i < depth; i++)
        buf_add_str(b, i % 2 ? STR("{\"a\":") : STR("["));
    buf_add_char(b, '0');
    for (unsigned i = depth; i-- > 0;)
        buf_add_char(b, i % 2 ? '}' : ']');
}

START_TEST(depth_limit)
{
    BUF_SCOPED b = BUF_INIT;
    struct error e = ERROR_INIT;
    for (unsigned extra = 0; extra < 2; extra++) {
        enum err want = extra ? ERR_LIMIT : ERR_OK;
        CLEANUP(doc_freep) struct doc *json = NULL;
        CLEANUP(doc_freep) struct doc *yaml = NULL;
        nest(&b, DOC_DEPTH + extra);
        ck_assert_int_eq(doc_json(buf_str(&b), "x", &json, &e), want);
        ck_assert_int_eq(doc_yaml(buf_str(&b), "x", &yaml, &e), want);
    }
    nest(&b, 500000);
    struct doc *none = NULL;
    ck_assert_int_eq(doc_json(buf_str(&b), "x", &none, &e), ERR_LIMIT);
    ck_assert_int_eq(doc_yaml(buf_str(&b), "x", &none, &e), ERR_LIMIT);
}
END_TEST

START_TEST(node_limit)
{
    BUF_SCOPED b = BUF_INIT;
    struct error e = ERROR_INIT;
    buf_add_char(&b, '[');
    for (size_t i = 1; i < DOC_NODES - 1; i++) /* the list is a node, too */
        buf_add_str(&b, STR("0,"));
    buf_add_str(&b, STR("0]"));
    for (int extra = 0; extra < 2; extra++) {
        CLEANUP(doc_freep) struct doc *d = NULL;
        ck_assert_int_eq(doc_json(buf_str(&b), "x", &d, &e),
                         extra ? ERR_LIMIT : ERR_OK);
        if (d)
            ck_assert_uint_eq(doc_root(d)->n_items, DOC_NODES - 1);
        b.n--;
        buf_add_str(&b, STR(",0]"));
    }
    /* Many empty containers are seen before any is built. */
    buf_clear(&b);
    buf_add_char(&b, '[');
    for (size_t i = 0; i < DOC_NODES; i++)
        buf_add_str(&b, STR("[],"));
    buf_add_str(&b, STR("[]]"));
    struct doc *none = NULL;
    ck_assert_int_eq(doc_json(buf_str(&b), "x", &none, &e), ERR_LIMIT);
}
END_TEST

START_TEST(size_limit)
{
    BUF_SCOPED b = BUF_INIT;
    struct error e = ERROR_INIT;
    memset(buf_room(&b, DOC_SIZE + 1), ' ', DOC_SIZE + 1);
    b.p[0] = '1';
    CLEANUP(doc_freep) struct doc *d = NULL;
    struct doc *none = NULL;
    assert_ok(doc_json(str_n(b.p, DOC_SIZE), "x", &d, &e), &e);
    ck_assert_int_eq(doc_json(str_n(b.p, DOC_SIZE + 1), "x", &none, &e), ERR_LIMIT);
    ck_assert_int_eq(doc_yaml(str_n(b.p, DOC_SIZE + 1), "x", &none, &e), ERR_LIMIT);
}
END_TEST

START_TEST(members_are_found)
{
    struct error e = ERROR_INIT;
    CLEANUP(doc_freep) struct doc *d = NULL;
    assert_ok(doc_yaml(STR("b: 7\na:\n  c: x\n\n  d: true\n"), "x", &d, &e), &e);
    const struct doc_node *root = doc_root(d);
    ck_assert_int_eq(root->kind, DOC_MAP);
    assert_str_eq("order kept", root->items[0]->key, STR("b"));
    const struct doc_node *a = doc_get(root, "a");
    ck_assert_ptr_nonnull(a);
    assert_str_eq("text", doc_get(a, "c")->text, STR("x"));
    ck_assert_uint_eq(doc_get(a, "d")->line, 5);
    ck_assert_ptr_null(doc_get(root, "c"));
    ck_assert_ptr_null(doc_get(doc_get(root, "b"), "c"));
    ck_assert_ptr_null(doc_get(NULL, "c"));
}
END_TEST

START_TEST(many_members_are_found)
{
    struct error e = ERROR_INIT;
    CLEANUP(doc_freep) struct doc *d = NULL;
    BUF_SCOPED b = BUF_INIT;
    for (int i = 0; i < 5000; i++)
        buf_printf(&b, "k%d: %d\n", (i * 7919) % 5000, (i * 7919) % 5000);
    assert_ok(doc_yaml(buf_str(&b), "x", &d, &e), &e);
    for (uint64_t i = 0; i < 5000; i++) {
        char key[16];
        uint64_t value = UINT64_MAX;
        snprintf(key, sizeof key, "k%d", (int)i);
        ck_assert(doc_uint(doc_get(doc_root(d), key), &value));
        ck_assert_uint_eq(value, i);
    }
    ck_assert_ptr_null(doc_get(doc_root(d), "k5000"));
}
END_TEST

START_TEST(members_sort_by_utf16)
{
    /* The example of RFC 8785, 3.2.3, in its sorted order. */
    static const char *const sorted[] = {
        "\r",          "1", "\xc2\x80", "\xc3\xb6", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
        "\xef\xac\xb3"};
    struct error e = ERROR_INIT;
    CLEANUP(doc_freep) struct doc *d = NULL;
    assert_ok(doc_json(STR("{\"\\u20ac\":1,\"\\r\":1,\"\\ufb33\":1,\"1\":1,"
                           "\"\\ud83d\\ude00\":1,\"\\u0080\":1,\"\\u00f6\":1}"),
                       "x", &d, &e),
              &e);
    const struct doc_node *root = doc_root(d);
    for (size_t i = 0; i < 7; i++)
        assert_str_eq("order", root->sorted[i]->key, str_of(sorted[i]));
    ck_assert_ptr_nonnull(doc_get(root, "\xef\xac\xb3"));
    ck_assert_ptr_nonnull(doc_get(root, "\xf0\x9f\x98\x80"));
}
END_TEST

static const struct {
    const char *text; /* one value, the same in YAML and, if `json`, in JSON */
    bool json;
    bool is_uint, is_double, canonical;
    uint64_t uint;
    double real;
} numbers[] = {
    {"0", true, true, true, true, 0, 0},
    {"18446744073709551615", false, true, true, false, UINT64_MAX,
     18446744073709551615.0},
    {"18446744073709551616", false, false, true, false, 0, 18446744073709551616.0},
    {"9007199254740993", true, true, true, false, 9007199254740993, 9007199254740993.0},
    {"-1", true, false, true, true, 0, -1},
    {"1.0", true, false, true, false, 0, 1},
    {"1e3", true, false, true, false, 0, 1000},
    {"0.1", true, false, true, false, 0, 0.1},
    {".5", false, false, true, false, 0, .5},
    {"5.", false, false, true, false, 0, 5},
    {"-.inf", false, false, false, false, 0, 0},
    {".nan", false, false, false, false, 0, 0},
    {"1e999", false, false, false, false, 0, 0},
    {"0xff", false, true, true, true, 255, 255},
    {"+0o17", false, false, false, true, 0, 0}, /* a text */
};

START_TEST(numbers_are_read)
{
    const char *text = numbers[_i].text;
    for (int json = 0; json <= numbers[_i].json; json++) {
        struct error e = ERROR_INIT;
        CLEANUP(doc_freep) struct doc *d = NULL;
        BUF_SCOPED out = BUF_INIT;
        uint64_t u = 0;
        double real = 0;
        assert_ok(json ? doc_json(str_of(text), "x", &d, &e)
                       : doc_yaml(str_of(text), "x", &d, &e),
                  &e);
        const struct doc_node *n = doc_root(d);
        ck_assert_msg(doc_uint(n, &u) == numbers[_i].is_uint, "%s", text);
        ck_assert_msg(u == numbers[_i].uint, "%s", text);
        ck_assert_msg(doc_double(n, &real) == numbers[_i].is_double, "%s", text);
        ck_assert_msg(fabs(real - numbers[_i].real) == 0, "%s", text);
        enum err code = doc_canonical(n, &out, &e);
        ck_assert_msg(code == (numbers[_i].canonical ? ERR_OK : ERR_DATA), "%s", text);
        ck_assert_msg(code == ERR_OK || out.n == 0, "%s: something was added", text);
    }
}
END_TEST

START_TEST(kinds_are_not_mixed_up)
{
    struct error e = ERROR_INIT;
    CLEANUP(doc_freep) struct doc *d = NULL;
    uint64_t u;
    bool b = false;
    double real;
    assert_ok(doc_yaml(STR("s: '1'\nt: true\nn: 1\n"), "x", &d, &e), &e);
    const struct doc_node *root = doc_root(d);
    ck_assert(!doc_uint(doc_get(root, "s"), &u) &&
              !doc_double(doc_get(root, "s"), &real));
    ck_assert(!doc_bool(doc_get(root, "s"), &b) && !doc_bool(doc_get(root, "n"), &b));
    ck_assert(doc_bool(doc_get(root, "t"), &b) && b);
    ck_assert(!doc_uint(NULL, &u) && !doc_bool(NULL, &b) && !doc_double(NULL, &real));
}
END_TEST

static void same_lines(const struct doc_node *a, const struct doc_node *b)
{
    ck_assert_uint_eq(a->kind, b->kind);
    ck_assert_uint_eq(a->line, b->line);
    ck_assert_uint_eq(a->n_items, b->n_items);
    assert_str_eq("name", a->key, b->key);
    assert_str_eq("text", a->text, b->text);
    for (size_t i = 0; i < a->n_items; i++)
        same_lines(a->items[i], b->items[i]);
}

/* The flat form is the same tree: members, their order, lines, and a NUL behind texts.
 */
START_TEST(flat_form)
{
    struct error e = ERROR_INIT;
    struct arena a = ARENA_INIT;
    CLEANUP(doc_freep) struct doc *d = NULL;
    BUF_SCOPED image = BUF_INIT, first = BUF_INIT, second = BUF_INIT;
    assert_ok(doc_read(str_of(readable[_i].text), "x", &d, &e), &e);
    buf_add_char(&image, 'x'); /* it need not be at the begin */
    doc_image_add(doc_root(d), &image);
    doc_image_add(doc_root(d), &image);
    size_t at = 1;
    const struct doc_node *n = doc_image_read(&a, buf_str(&image), &at);
    ck_assert_uint_eq(2 * at, image.n + 1);
    same_lines(doc_root(d), n);
    assert_ok(doc_canonical(doc_root(d), &first, &e), &e);
    assert_ok(doc_canonical(n, &second, &e), &e);
    assert_str_eq(readable[_i].name, buf_str(&second), buf_str(&first));
    for (size_t i = 0; n->kind == DOC_MAP && i < n->n_items; i++) {
        ck_assert_int_eq(n->items[i]->key.p[n->items[i]->key.n], 0);
        ck_assert_ptr_eq(doc_get(n, n->items[i]->key.p), n->items[i]);
    }
    n = doc_image_read(&a, buf_str(&image), &at);
    ck_assert_uint_eq(at, image.n);
    same_lines(doc_root(d), n);
    arena_done(&a);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, flat_form, 0, sizeof readable / sizeof *readable);
    tcase_add_loop_test(t, reads_and_writes, 0, sizeof readable / sizeof *readable);
    tcase_add_loop_test(t, refuses, 0, sizeof refused / sizeof *refused);
    tcase_add_test(t, depth_limit);
    tcase_add_test(t, node_limit);
    tcase_add_test(t, size_limit);
    tcase_add_test(t, members_are_found);
    tcase_add_test(t, many_members_are_found);
    tcase_add_test(t, members_sort_by_utf16);
    tcase_add_loop_test(t, numbers_are_read, 0, sizeof numbers / sizeof *numbers);
    tcase_add_test(t, kinds_are_not_mixed_up);
}

TEST_MAIN("doc")
