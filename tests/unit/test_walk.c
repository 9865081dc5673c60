#include "scrub/walk.h"

#include "crypt/key.h"
#include "schema/canon.h"
#include "scrub/ledger.h"
#include "test.h"
#include "json/scan.h"

static const char sdl[] =
    "directive @entity(table: String!) on OBJECT\n"
    "scalar SlateContent\nscalar ScalarValue\n"
    "type User @entity(table: \"users\") { id: Int! name: String email: String }\n"
    "type Part @entity(table: \"parts\") { id: Int! partNumber: String cost: Float\n"
    "  description: String notes: SlateContent tags: [String] createdBy: User\n"
    "  kind: String value: ScalarValue secret: String }\n";

static const char pack[] =
    "pack: t\n"
    "rules:\n"
    "  - {id: keep-ids, at: [User.id, Part.id, Part.cost, Part.tags, Part.kind], action: keep}\n"
    "  - {id: name, at: User.name, action: constant, with: {value: N}}\n"
    "  - {id: mail, at: User.email, action: mask, with: {first: 1, char: x}}\n"
    "  - {id: anchored, at: 'Part:createdBy.email', action: constant, with: {value: A}}\n"
    "  - {id: number, at: Part.partNumber, value: '^PN-(?<target>[0-9]+)$',\n"
    "     action: constant, with: {value: '000'}}\n"
    "  - {id: number-other, at: Part.partNumber, action: 'null'}\n"
    "  - {id: text, at: Part.description, action: keep, free_text: true}\n"
    "  - {id: slate-text, at: SlateContent.**.text, action: keep, free_text: true}\n"
    "  - {id: slate-type, at: SlateContent.**.type, action: keep}\n"
    "  - {id: slate, at: SlateContent.**, action: redact}\n"
    "  - {id: file, at: ScalarValue.**, when: {sibling: {kind: FILE}}, action: redact,\n"
    "     with: {label: file}}\n"
    "  - {id: value, at: ScalarValue.**, action: keep}\n"
    "  - {id: secret, at: Part.secret, action: drop}\n"
    "  - {id: labels, at: 'Part:labels.*', action: keep}\n"
    "  - {id: label-all, at: 'Part:labels.*', keys: true, value: '^all$', action: keep}\n"
    "  - {id: label-names, at: 'Part:labels.*', keys: true, value: '^u/(?<target>.+)$',\n"
    "     action: mask, with: {first: 1, char: x}}\n"
    "  - {id: known-names, at: 'Part:createdBy.*', keys: true, action: mask}\n"
    "  - {id: by-key, key: [api key, password], action: redact}\n"
    "  - {id: ssn, value: '\\b\\d{3}-\\d{2}-\\d{4}\\b', action: redact, with: {label: ssn}}\n"
    "  - {id: blocked, value: 'TOPSECRET', action: block}\n"
    "  - {id: at-sign, value: '\\S+@(?<target>\\S+)', action: constant, with: {value: H}}\n";

struct bench {
    struct schema *schema;
    struct ruleset *rules;
    struct key *key;
    struct walker *walker;
    const struct entity *part;
    struct canon *canon;
};

static struct bench setup(enum undecided undecided)
{
    struct bench b = {0};
    struct error e = ERROR_INIT;
    assert_ok(schema_load(STR(sdl), "sdl", &b.schema, &e), &e);
    b.rules = ruleset_new();
    assert_ok(ruleset_add(b.rules, STR(pack), "pack", false, &e), &e);
    assert_ok(ruleset_ready(b.rules, &e), &e);
    assert_ok(key_random(&b.key, &e), &e);
    struct walk_options o = {
        .rules = b.rules, .schema = b.schema, .key = b.key, .undecided = undecided};
    b.walker = walker_new(&o);
    b.canon = canon_new();
    assert_ok(schema_entity(b.schema, STR("Part"), &b.part, &e), &e);
    return b;
}

static void teardown(struct bench *b)
{
    canon_free(b->canon);
    walker_free(b->walker);
    key_free(b->key);
    ruleset_free(b->rules);
    schema_free(b->schema);
}

/* One record that is no snapshot's. */
static enum err walk(struct walker *w, const struct entity *entity, struct str json,
                     struct buf *out, struct canon *canon, struct error *e)
{
    const struct walk_input in = {.entity = entity, .json = json};
    return walk_record(w, &in, out, canon, e);
}

static const struct {
    const char *name, *in, *out;
} rows[] = {
    {"kept", "{\"id\":7,\"cost\":12.50}", "{\"id\":7,\"cost\":12.50}"},
    {"spaces go, tokens stay", " { \"id\" : 7 , \"cost\" : 1e2 } ",
     "{\"id\":7,\"cost\":1e2}"},
    {"both dialects", "{\"part_number\":\"x\"}", "{\"partNumber\":null}"},
    {"typed, wherever", "{\"createdBy\":{\"name\":\"Ana\"}}",
     "{\"createdBy\":{\"name\":\"N\"}}"},
    {"anchored is stronger", "{\"createdBy\":{\"email\":\"a@b\"}}",
     "{\"createdBy\":{\"email\":\"A\"}}"},
    {"a group only", "{\"partNumber\":\"PN-123\"}", "{\"partNumber\":\"PN-000\"}"},
    {"a failed condition passes on", "{\"partNumber\":\"PN-12a\"}",
     "{\"partNumber\":null}"},
    {"null stays null", "{\"partNumber\":null,\"createdBy\":{\"email\":null}}",
     "{\"partNumber\":null,\"createdBy\":{\"email\":\"A\"}}"},
    {"inside a text", "{\"description\":\"no 123-45-6789 here\"}",
     "{\"description\":\"no [REDACTED:ssn] here\"}"},
    {"escapes around a find", "{\"description\":\"\\u0022123-45-6789\\n\"}",
     "{\"description\":\"\\\"[REDACTED:ssn]\\n\"}"},
    {"escapes without a find stay as written", "{\"description\":\"\\u0041\\/\"}",
     "{\"description\":\"\\u0041\\/\"}"},
    {"part of a find", "{\"description\":\"mail ana@host\"}",
     "{\"description\":\"mail ana@H\"}"},
    {"rich text",
     "{\"notes\":{\"type\":\"p\",\"children\":[{\"text\":\"123-45-6789\",\"x\":\"y\"}]}}",
     "{\"notes\":{\"type\":\"p\",\"children\":[{\"text\":\"[REDACTED:ssn]\",\"x\":\"[REDACTED]\"}]}}"},
    {"a scalar's own string", "{\"notes\":\"plain\"}", "{\"notes\":\"[REDACTED]\"}"},
    {"a list's elements", "{\"tags\":[\"a\",\"b\"]}", "{\"tags\":[\"a\",\"b\"]}"},
    {"sibling before", "{\"kind\":\"FILE\",\"value\":\"u\"}",
     "{\"kind\":\"FILE\",\"value\":\"[REDACTED:file]\"}"},
    {"sibling behind", "{\"value\":[\"u\"],\"kind\":\"FILE\"}",
     "{\"value\":[\"[REDACTED:file]\"],\"kind\":\"FILE\"}"},
    {"sibling other", "{\"value\":\"u\",\"kind\":\"TEXT\"}",
     "{\"value\":\"u\",\"kind\":\"TEXT\"}"},
    {"sibling with escapes", "{\"kind\":\"F\\u0049LE\",\"value\":\"u\"}",
     "{\"kind\":\"F\\u0049LE\",\"value\":\"[REDACTED:file]\"}"},
    {"sibling whose name has escapes", "{\"k\\u0069nd\":\"FILE\",\"value\":\"u\"}",
     "{\"kind\":\"FILE\",\"value\":\"[REDACTED:file]\"}"},
    {"a name that is data", "{\"value\":{\"ana@host\":1,\"id 123-45-6789\":{\"a\":2}}}",
     "{\"value\":{\"ana@H\":1,\"id [REDACTED:ssn]\":{\"a\":2}}}"},
    {"names by rule",
     "{\"labels\":{\"u/\\u0061na\":1,\"u/b\":2,\"all\":3,\"x@y\":4,\"o\":5}}",
     "{\"labels\":{\"u/axx\":1,\"u/x\":2,\"all\":3,\"x@H\":4,\"o\":5}}"},
    {"dropped, first and last", "{\"secret\":\"a\",\"id\":1}", "{\"id\":1}"},
    {"dropped whole", "{\"id\":1,\"secret\":{\"a\":[1,{\"b\":2}]}}", "{\"id\":1}"},
    {"by key, a container whole", "{\"extApiKey\":{\"a\":1}}",
     "{\"extApiKey\":\"[REDACTED]\"}"},
    {"by key, a list", "{\"x\":{\"old_password\":[\"a\"]}}",
     "{\"x\":{\"old_password\":\"[REDACTED]\"}}"},
    {"a detector that covers the value decides", "{\"u\":\"123-45-6789\"}",
     "{\"u\":\"[REDACTED:ssn]\"}"},
    {"envelope goes",
     "{\"__typename\":\"Part\",\"cursor\":\"c\",\"_StepCount\":3,\"id\":1}",
     "{\"id\":1}"},
    {"empty", "{}", "{}"},
    {"empty containers", "{\"tags\":[],\"createdBy\":{}}",
     "{\"tags\":[],\"createdBy\":{}}"},
};

START_TEST(scrubs)
{
    struct bench b = setup(UNDECIDED_FAIL);
    struct error e = ERROR_INIT;
    for (int again = 0; again < 2; again++) { /* the second time the tree is there */
        BUF_SCOPED out = BUF_INIT;
        struct canon_record made, read;
        canon_begin(b.canon, b.part);
        assert_ok(walk(b.walker, b.part, str_of(rows[_i].in), &out, b.canon, &e), &e);
        assert_str_eq(rows[_i].name, buf_str(&out), str_of(rows[_i].out));
        assert_ok(canon_end(b.canon, &made, &e), &e);
        uint8_t fingerprint[HASH_FINGERPRINT];
        memcpy(fingerprint, made.fingerprint, sizeof fingerprint);
        assert_ok(canon_record(b.canon, b.part, buf_str(&out), &read, &e), &e);
        ck_assert_msg(memcmp(fingerprint, read.fingerprint, sizeof fingerprint) == 0,
                      "%s: what is made and what is read have one fingerprint",
                      rows[_i].name);
    }
    ck_assert_uint_eq(walker_counts(b.walker)->undecided, 0);
    teardown(&b);
}
END_TEST

static const struct {
    enum undecided mode;
    const char *out;
} modes[] = {
    {UNDECIDED_FAIL, "{\"id\":1,\"u\":\"[REDACTED]\",\"v\":\"[REDACTED]\",\"w\":null}"},
    {UNDECIDED_REDACT,
     "{\"id\":1,\"u\":\"[REDACTED]\",\"v\":\"[REDACTED]\",\"w\":null}"},
    {UNDECIDED_DROP, "{\"id\":1}"},
    {UNDECIDED_KEEP, "{\"id\":1,\"u\":\"a [REDACTED:ssn]\",\"v\":true,\"w\":null}"},
};

START_TEST(undecided)
{
    struct bench b = setup(modes[_i].mode);
    struct error e = ERROR_INIT;
    BUF_SCOPED out = BUF_INIT;
    assert_ok(walk(b.walker, b.part,
                   STR("{\"id\":1,\"u\":\"a 123-45-6789\",\"v\":true,\"w\":null}"),
                   &out, NULL, &e),
              &e);
    assert_str_eq("mode", buf_str(&out), str_of(modes[_i].out));
    ck_assert_uint_eq(walker_counts(b.walker)->undecided, 3);
    ck_assert_uint_eq(walker_counts(b.walker)->leaves, 4);
    teardown(&b);
}
END_TEST

static const struct {
    const char *name, *in;
    enum err code;
    const char *says;
} faults[] = {
    {"twice", "{\"id\":1,\"id\":1}", ERR_DATA, "twice"},
    {"both spellings", "{\"partNumber\":\"a\",\"part_number\":\"a\"}", ERR_DATA,
     "both spellings"},
    {"twice, escaped", "{\"zz\":1,\"\\u007az\":1}", ERR_DATA, "twice"},
    {"block", "{\"description\":\"is TOPSECRET\"}", ERR_FOUND, "blocked"},
    {"no object", "[1]", ERR_DATA, "object"},
    {"cut", "{\"id\":1", ERR_DATA, ""},
    {"lone surrogate", "{\"description\":\"\\ud800\"}", ERR_DATA, "surrogate"},
};

START_TEST(refuses)
{
    struct bench b = setup(UNDECIDED_FAIL);
    struct error e = ERROR_INIT;
    BUF_SCOPED out = BUF_INIT;
    enum err code = walk(b.walker, b.part, str_of(faults[_i].in), &out, NULL, &e);
    ck_assert_msg(code == faults[_i].code, "%s: %d", faults[_i].name, code);
    ck_assert_msg(strstr(e.line, faults[_i].says) != NULL, "%s: %s", faults[_i].name,
                  e.line);
    ck_assert_msg(strstr(e.line, "TOPSECRET") == NULL, "a value in an error");
    /* The walker goes on with the next record. */
    buf_clear(&out);
    assert_ok(walk(b.walker, b.part, STR("{\"id\":1}"), &out, NULL, &e), &e);
    assert_str_eq("next", buf_str(&out), STR("{\"id\":1}"));
    teardown(&b);
}
END_TEST

START_TEST(deep_records_stop_at_the_limit)
{
    struct bench b = setup(UNDECIDED_KEEP);
    for (int depth = SCAN_DEPTH - 1; depth <= SCAN_DEPTH; depth++) {
        struct error e = ERROR_INIT;
        BUF_SCOPED in = BUF_INIT;
        BUF_SCOPED out = BUF_INIT;
        buf_add_str(&in, STR("{\"x\":"));
        for (int i = 0; i < depth; i++)
            buf_add_char(&in, '[');
        for (int i = 0; i < depth; i++)
            buf_add_char(&in, ']');
        buf_add_char(&in, '}');
        enum err code = walk(b.walker, b.part, buf_str(&in), &out, NULL, &e);
        ck_assert_msg((code == ERR_OK) == (depth < SCAN_DEPTH), "depth %d: %s", depth,
                      e.line);
    }
    teardown(&b);
}
END_TEST

/* An object with names that are data becomes an open map: they do not use up the paths,
 * and a rule that names one of them still finds it. */
START_TEST(open_maps)
{
    struct bench b = setup(UNDECIDED_KEEP);
    struct error e = ERROR_INIT;
    for (int i = 0; i < 5000; i++) {
        char in[200];
        BUF_SCOPED out = BUF_INIT;
        snprintf(in, sizeof in, "{\"map\":{\"k%d\":\"v\",\"password\":\"p\"}}", i);
        assert_ok(walk(b.walker, b.part, str_of(in), &out, NULL, &e), &e);
        char want[200];
        snprintf(want, sizeof want,
                 "{\"map\":{\"k%d\":\"v\",\"password\":\"[REDACTED]\"}}", i);
        assert_str_eq("open", buf_str(&out), str_of(want));
    }
    ck_assert_uint_lt(walker_tree(b.walker)->n_nodes, TREE_NAMES + 50);
    struct ledger l;
    struct program_context c = {.key_id = STR("k"), .undecided = STR("keep")};
    struct walker *walkers[] = {b.walker};
    assert_ok(ledger_init(&l, walkers, 1, b.rules, &c, &e), &e);
    ck_assert_uint_le(l.n_lines, 3);
    BUF_SCOPED text = BUF_INIT;
    ledger_coverage(&l, &text);
    ck_assert_ptr_nonnull(strstr(buf_cstr(&text), "Part:map.*"));
    ck_assert_ptr_null(strstr(buf_cstr(&text), "k4999"));
    ledger_done(&l);
    teardown(&b);
}
END_TEST

/* Names that a rule calls data show nowhere, not even as shapes, and must stay apart.
 */
START_TEST(names_by_rule)
{
    struct bench b = setup(UNDECIDED_FAIL);
    struct error e = ERROR_INIT;
    struct canon_record made;
    BUF_SCOPED out = BUF_INIT, text = BUF_INIT;
    canon_begin(b.canon, b.part);
    assert_ok(walk(b.walker, b.part, STR("{\"labels\":{\"u/ana\":1,\"all\":2}}"), &out,
                   b.canon, &e),
              &e);
    assert_ok(canon_end(b.canon, &made, &e), &e);
    struct ledger l;
    struct program_context c = {.key_id = STR("k"), .undecided = STR("fail")};
    struct walker *walkers[] = {b.walker};
    assert_ok(ledger_init(&l, walkers, 1, b.rules, &c, &e), &e);
    ck_assert_uint_eq(l.n_lines, 1);
    ledger_coverage(&l, &text);
    ledger_write(&l, &text);
    ck_assert_ptr_nonnull(strstr(buf_cstr(&text), "Part:labels.*"));
    ck_assert_ptr_nonnull(
        strstr(buf_cstr(&text), "\"count\":1,\"rule\":\"label-names\""));
    ck_assert_ptr_null(strstr(buf_cstr(&text), "ana"));
    ck_assert_ptr_null(strstr(buf_cstr(&text), "u/"));
    ledger_done(&l);
    canon_begin(b.canon, b.part);
    assert_ok(walk(b.walker, b.part, STR("{\"labels\":{\"u/ana\":1,\"u/abc\":2}}"),
                   &out, b.canon, &e),
              &e);
    ck_assert_int_eq(canon_end(b.canon, &made, &e), ERR_DATA);
    ck_assert_ptr_nonnull(strstr(e.line, "twice"));
    teardown(&b);
}
END_TEST

/* Names that show alike need not be decided alike: no decision gets lost, whoever of
 * two workers saw which names. */
START_TEST(open_maps_decided_by_key)
{
    BUF_SCOPED one = BUF_INIT, two = BUF_INIT;
    for (int split = 0; split < 2; split++) {
        struct bench b = setup(UNDECIDED_KEEP);
        struct error e = ERROR_INIT;
        struct walk_options o = {.rules = b.rules,
                                 .schema = b.schema,
                                 .key = b.key,
                                 .undecided = UNDECIDED_KEEP};
        struct walker *walkers[] = {b.walker, walker_new(&o)};
        for (int i = 0; i < 5000; i++) {
            char in[200];
            BUF_SCOPED out = BUF_INIT;
            /* The second worker's first other names are passwords. */
            snprintf(in, sizeof in, "{\"map\":{\"%s%d\":\"v\"}}",
                     i % 3 && i > 2500 ? "password_" : "k", i);
            assert_ok(
                walk(walkers[split && i > 2500], b.part, str_of(in), &out, NULL, &e),
                &e);
        }
        struct ledger l;
        struct program_context c = {.key_id = STR("k"), .undecided = STR("keep")};
        assert_ok(ledger_init(&l, walkers, 2, b.rules, &c, &e), &e);
        ck_assert_uint_eq(l.n_lines, 1);
        ck_assert_uint_eq(l.lines[0]->n_candidates, 1);
        ck_assert_uint_eq(l.lines[0]->candidates[0].count, 1666);
        ck_assert_uint_eq(ledger_undecided(l.lines[0]), 5000 - 1666);
        ck_assert_str_eq(l.lines[0]->program, "00000000000000000000000000000000");
        ledger_coverage(&l, split ? &two : &one);
        ledger_write(&l, split ? &two : &one);
        ledger_done(&l);
        walker_free(walkers[1]);
        teardown(&b);
    }
    assert_str_eq("ledger", buf_str(&two), buf_str(&one));
}
END_TEST

/* A condition must not fail to see its sibling among many others. */
START_TEST(siblings_up_to_the_limit)
{
    static const struct {
        size_t n;
        enum err code;
    } sizes[] = {{65, ERR_OK}, {4096, ERR_OK}, {4097, ERR_LIMIT}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct bench b = setup(UNDECIDED_KEEP);
        struct error e = ERROR_INIT;
        BUF_SCOPED in = BUF_INIT;
        BUF_SCOPED out = BUF_INIT;
        buf_add_str(&in, STR("{\"value\":\"raw\""));
        for (size_t k = 2; k < sizes[i].n; k++)
            buf_printf(&in, ",\"m%zu\":0", k);
        buf_add_str(&in, STR(",\"kind\":\"FILE\"}"));
        enum err code = walk(b.walker, b.part, buf_str(&in), &out, NULL, &e);
        ck_assert_int_eq(code, sizes[i].code);
        ck_assert_ptr_null(strstr(buf_cstr(&out), "raw"));
        teardown(&b);
    }
}
END_TEST

START_TEST(names_that_are_data_do_not_show)
{
    struct bench b = setup(UNDECIDED_KEEP);
    struct error e = ERROR_INIT;
    BUF_SCOPED out = BUF_INIT, text = BUF_INIT;
    assert_ok(walk(b.walker, b.part,
                   STR("{\"ana silva\":1,\"ana@acme\":1,\"plain\":1}"), &out, NULL, &e),
              &e);
    struct ledger l;
    struct program_context c = {.key_id = STR("k"), .undecided = STR("keep")};
    struct walker *walkers[] = {b.walker};
    assert_ok(ledger_init(&l, walkers, 1, b.rules, &c, &e), &e);
    ledger_coverage(&l, &text);
    ck_assert_ptr_null(strstr(buf_cstr(&text), "ana"));
    ck_assert_ptr_null(strstr(buf_cstr(&out), "ana@acme"));
    ck_assert_ptr_nonnull(strstr(buf_cstr(&text), "Part:plain"));
    ck_assert_ptr_nonnull(strstr(buf_cstr(&text), "`a.a`"));
    ledger_done(&l);
    teardown(&b);
}
END_TEST

START_TEST(ledger_does_not_depend_on_who_did_what)
{
    static const char *const in[] = {"{\"id\":1,\"a\":{\"b\":1}}",
                                     "{\"id\":2,\"c\":\"x\"}", "{\"a\":{\"d\":null}}",
                                     "{\"description\":\"t\"}"};
    BUF_SCOPED one = BUF_INIT, two = BUF_INIT;
    for (int split = 0; split < 2; split++) {
        struct bench b = setup(UNDECIDED_KEEP), b2 = {0};
        struct error e = ERROR_INIT;
        struct walk_options o = {.rules = b.rules,
                                 .schema = b.schema,
                                 .key = b.key,
                                 .undecided = UNDECIDED_KEEP};
        b2.walker = walker_new(&o);
        for (size_t i = 0; i < 4; i++) {
            BUF_SCOPED out = BUF_INIT;
            struct walker *w = split && i % 2 ? b2.walker : b.walker;
            assert_ok(walk(w, b.part, str_of(in[i]), &out, NULL, &e), &e);
        }
        struct ledger l;
        struct program_context c = {.key_id = STR("k"), .undecided = STR("keep")};
        struct walker *walkers[] = {b.walker, b2.walker};
        assert_ok(ledger_init(&l, walkers, 2, b.rules, &c, &e), &e);
        ledger_coverage(&l, split ? &two : &one);
        ledger_write(&l, split ? &two : &one);
        ledger_done(&l);
        walker_free(b2.walker);
        teardown(&b);
    }
    assert_str_eq("ledger", buf_str(&two), buf_str(&one));
}
END_TEST

static const struct {
    const char *text, *shape;
} shapes[] = {
    {"", ""},
    {"A", "a"},
    {"ana.silva@acme.example", "a{4}.a{8}@a{4}.a{8}"},
    {"PN-001234", "a{4}-9{8}"},
    {"a longer text of several words", "text"},
    {"\xc3\xa9t\xc3\xa9", "a{8}"},
    {"a\tb", "a?a"},
    {"1-2-3-4-5-6-7-8-9-1-2-3-4-5-6-7-8", "9-9-9-9-9-9-9-9-9-9-9-9-9-"},
};

START_TEST(shape_of_a_value)
{
    char out[TREE_SHAPE];
    walk_shape(str_of(shapes[_i].text), out, sizeof out);
    assert_str_eq(shapes[_i].text, str_of(out), str_of(shapes[_i].shape));
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, scrubs, 0, sizeof rows / sizeof *rows);
    tcase_add_loop_test(t, undecided, 0, sizeof modes / sizeof *modes);
    tcase_add_loop_test(t, refuses, 0, sizeof faults / sizeof *faults);
    tcase_add_loop_test(t, shape_of_a_value, 0, sizeof shapes / sizeof *shapes);
    tcase_add_test(t, deep_records_stop_at_the_limit);
    tcase_add_test(t, open_maps);
    tcase_add_test(t, names_by_rule);
    tcase_add_test(t, open_maps_decided_by_key);
    tcase_add_test(t, siblings_up_to_the_limit);
    tcase_add_test(t, names_that_are_data_do_not_show);
    tcase_add_test(t, ledger_does_not_depend_on_who_did_what);
}

TEST_MAIN("walk")
