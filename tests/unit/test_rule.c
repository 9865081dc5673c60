#include "scrub/rule.h"

#include "match/pattern.h"
#include "schema/schema.h"
#include "scrub/pack_image.h"
#include "test.h"

#define HEAD "pack: t\nrules:\n"

static const struct {
    const char *name, *pack, *says;
} bad[] = {
    {"unknown field", HEAD "  - {id: a, at: P.x, action: keep, valeu: x}\n",
     "unknown field"},
    {"unknown action", HEAD "  - {id: a, at: P.x, action: kepe}\n", "no action"},
    {"unknown parameter",
     HEAD "  - {id: a, at: P.x, action: redact, with: {lable: x}}\n", "lable"},
    {"no action", HEAD "  - {id: a, at: P.x}\n", "action is missing"},
    {"duplicate id",
     HEAD "  - {id: a, at: P.x, action: keep}\n  - {id: a, at: P.y, action: keep}\n",
     "line 4"},
    {"bad pattern", HEAD "  - {id: a, value: '(', action: redact}\n", "rule a"},
    {"bad path", HEAD "  - {id: a, at: 'P..x', action: keep}\n", "at, item 1"},
    {"hits everything", HEAD "  - {id: a, action: redact}\n", "hit everything"},
    {"failing match",
     HEAD "  - {id: a, value: 'x', action: redact, examples: {match: [y]}}\n",
     "match example 1"},
    {"failing keep",
     HEAD "  - {id: a, value: 'x', action: redact, examples: {keep: [z, x]}}\n",
     "keep example 2"},
    {"failing check",
     HEAD
     "  - {id: a, value: '^\\d+$', check: luhn, action: redact, examples: {match: ['4111111111111112']}}\n",
     "match example 1"},
    {"unknown check", HEAD "  - {id: a, value: 'x', check: loon, action: redact}\n",
     "no check"},
    {"runs away",
     HEAD "  - {id: a, value: '^(a+)+$', action: redact, examples: {match: [a]}}\n",
     ""},
    {"no rules", "pack: t\nrules: []\n", "no rule is effective"},
    {"all disabled",
     "pack: t\ndisable: [a]\nrules:\n  - {id: a, at: P.x, action: keep}\n",
     "no rule is effective"},
    {"disables nothing",
     "pack: t\ndisable: [b]\nrules:\n  - {id: a, at: P.x, action: keep}\n", "disable"},
    {"no pack", "rules: []\n", "pack"},
    {"bad type", HEAD "  - {id: a, at: P.x, action: keep, type: text}\n", "type is"},
    {"bad when", HEAD "  - {id: a, at: P.x, action: keep, when: {parent: {a: b}}}\n",
     "when is"},
    {"free text", HEAD "  - {id: a, at: P.x, action: redact, free_text: true}\n",
     "free_text"},
    {"keys of nothing", HEAD "  - {id: a, value: x, keys: true, action: hash}\n",
     "keys goes with at"},
    {"keys by key", HEAD "  - {id: a, at: P.*, key: x, keys: true, action: hash}\n",
     "keys goes with at"},
    {"keys redacted", HEAD "  - {id: a, at: P.*, keys: true, action: redact}\n",
     "one name"},
    {"keys of another kind", HEAD "  - {id: a, at: P.*, keys: 7, action: hash}\n",
     "true or false"},
    {"detector drops", HEAD "  - {id: a, value: x, action: drop}\n", "detector"},
    {"bad id", HEAD "  - {id: 'A b', at: P.x, action: keep}\n", "id of"},
    {"shipped", "pack: t\nextends: [nope]\nrules: []\n", "no shipped pack"},
};

START_TEST(refused)
{
    struct error e = ERROR_INIT;
    struct ruleset *rs = ruleset_new();
    enum err code = ruleset_add(rs, str_of(bad[_i].pack), "my.yaml", false, &e);
    if (code == ERR_OK)
        code = ruleset_ready(rs, &e);
    ck_assert_msg(code != ERR_OK, "%s: loads", bad[_i].name);
    ck_assert_msg(strstr(e.line, bad[_i].says) != NULL, "%s: %s", bad[_i].name, e.line);
    ruleset_free(rs);
}
END_TEST

START_TEST(shipped_packs_load_and_their_examples_hold)
{
    struct error e = ERROR_INIT;
    struct ruleset *rs = ruleset_new();
    struct matcher *m = matcher_new();
    rs->from_text = true;
    for (size_t i = 0; ruleset_shipped(i); i++)
        assert_ok(ruleset_add_named(rs, ruleset_shipped(i), &e), &e);
    assert_ok(ruleset_ready(rs, &e), &e);
    ck_assert_uint_gt(rs->n_rules, 200);
    for (size_t i = 0; i < rs->n_rules; i++) {
        assert_ok(rule_test(rs->rules[i], m, &e), &e);
        ck_assert_msg(!rule_is_detector(rs->rules[i]) ||
                          (rs->rules[i]->n_match >= 3 && rs->rules[i]->n_keep >= 2),
                      "%s: 3 match and 2 keep examples", rs->rules[i]->id.p);
    }
    matcher_free(m);
    ruleset_free(rs);
}
END_TEST

static void same_texts(const struct rule *r, const struct str *a, size_t n_a,
                       const struct str *b, size_t n_b)
{
    ck_assert_msg(n_a == n_b, "%s: lists", r->id.p);
    for (size_t i = 0; i < n_a; i++)
        assert_str_eq(r->id.p, a[i], b[i]);
}

static void same_conditions(const struct rule *a, const struct rule *b)
{
    same_texts(a, a->at, a->n_at, b->at, b->n_at);
    same_texts(a, a->key, a->n_key, b->key, b->n_key);
    same_texts(a, a->keywords, a->n_keywords, b->keywords, b->n_keywords);
    ck_assert_uint_eq(a->types, b->types);
    ck_assert_uint_eq(a->n_checks, b->n_checks);
    for (size_t i = 0; i < a->n_checks; i++) {
        ck_assert_ptr_eq(a->checks[i].check, b->checks[i].check);
        ck_assert_double_eq(a->checks[i].parameter, b->checks[i].parameter);
    }
    ck_assert_uint_eq(a->n_when, b->n_when);
    for (size_t i = 0; i < a->n_when; i++) {
        assert_str_eq(a->id.p, a->when[i].name, b->when[i].name);
        same_texts(a, a->when[i].values, a->n_when ? a->when[i].n_values : 0,
                   b->when[i].values, b->when[i].n_values);
    }
    ck_assert_int_eq(a->value != NULL, b->value != NULL);
    assert_str_eq(a->id.p, a->value_text, b->value_text);
    if (!a->value)
        return;
    const struct pattern_facts *x = pattern_facts(a->value);
    const struct pattern_facts *y = pattern_facts(b->value);
    ck_assert_uint_eq(x->min_length, y->min_length);
    ck_assert_uint_eq(x->need.digits, y->need.digits);
    ck_assert_uint_eq(x->need.marks, y->need.marks);
    ck_assert_uint_eq(x->need.run, y->need.run);
}

static void same_rule(const struct rule *a, const struct rule *b)
{
    assert_str_eq("id", a->id, b->id);
    assert_str_eq(a->id.p, a->pack, b->pack);
    assert_str_eq(a->id.p, a->class, b->class);
    assert_str_eq(a->id.p, a->because, b->because);
    assert_str_eq(a->id.p, a->file, b->file);
    ck_assert_uint_eq(a->line, b->line);
    ck_assert_uint_eq(a->order, b->order);
    ck_assert_int_eq(a->free_text, b->free_text);
    ck_assert_int_eq(a->keys, b->keys);
    ck_assert_int_eq(a->accept_reversible, b->accept_reversible);
    ck_assert_ptr_eq(a->action, b->action);
    ck_assert_int_eq(a->params != NULL, b->params != NULL);
    assert_str_eq(a->id.p, act_subject(a->action, a->params),
                  act_subject(b->action, b->params));
    ck_assert_mem_eq(a->digest, b->digest, SHA256_SIZE);
    same_conditions(a, b);
}

static struct ruleset *shipped(bool from_text)
{
    struct error e = ERROR_INIT;
    struct ruleset *rs = ruleset_new();
    rs->from_text = from_text;
    for (size_t i = 0; ruleset_shipped(i); i++)
        assert_ok(ruleset_add_named(rs, ruleset_shipped(i), &e), &e);
    assert_ok(ruleset_ready(rs, &e), &e);
    return rs;
}

/* What the build compiled is what the texts say, and does with the examples what they
 * want; and it is what a run gets. */
START_TEST(compiled_packs_are_their_texts)
{
    struct error e = ERROR_INIT;
    struct ruleset *text = shipped(true), *compiled = shipped(false);
    struct matcher *m = matcher_new();
    for (size_t i = 0; ruleset_shipped(i); i++) {
        struct pack_image image;
        ck_assert(pack_image_open(str_of(ruleset_shipped(i)), &image));
        pack_image_done(&image);
    }
    ck_assert_uint_eq(text->n_rules, compiled->n_rules);
    ck_assert_uint_eq(text->n_detectors, compiled->n_detectors);
    ck_assert_mem_eq(text->digest, compiled->digest, SHA256_SIZE);
    ck_assert_mem_eq(text->detector_digest, compiled->detector_digest, SHA256_SIZE);
    for (size_t i = 0; i < text->n_rules; i++) {
        const struct rule *a = text->rules[i], *b = compiled->rules[i];
        same_rule(a, b);
        ck_assert_uint_eq(b->n_match + b->n_keep, 0);
        struct rule with_examples = *b;
        with_examples.match = a->match;
        with_examples.n_match = a->n_match;
        with_examples.keep = a->keep;
        with_examples.n_keep = a->n_keep;
        assert_ok(rule_test(&with_examples, m, &e), &e);
    }
    matcher_free(m);
    ruleset_free(text);
    ruleset_free(compiled);
}
END_TEST

/* A pack that could not be compiled stops the build. */
START_TEST(what_is_not_compiled)
{
    static const char *const packs[] = {
        HEAD "  - {id: a, at: P.x, action: kepe}\n",
        HEAD "  - {id: a, value: '[0-9]{4}', action: redact, examples: "
             "{match: [abcd]}}\n",
        HEAD "  - {id: a, at: P.x, action: keep}\nextends: [ion]\n",
        HEAD "  - {id: a, at: P.x, action: keep}\n  - {id: b, at: P.y, action: keep}\n"
             "disable: [b]\n",
    };
    for (size_t i = 0; i < sizeof packs / sizeof *packs; i++) {
        struct error e = ERROR_INIT;
        BUF_SCOPED out = BUF_INIT;
        ck_assert_int_eq(pack_image_make(str_of(packs[i]), "p.yaml", &out, &e),
                         ERR_DATA);
    }
}
END_TEST

START_TEST(an_extending_pack_comes_first)
{
    struct error e = ERROR_INIT;
    struct ruleset *rs = ruleset_new();
    assert_ok(ruleset_add(rs,
                          STR("pack: mine\nextends: [pii]\ndisable: [email]\nrules:\n"
                              "  - {id: own, at: P.x, action: keep}\n"),
                          "mine.yaml", false, &e),
              &e);
    assert_ok(ruleset_ready(rs, &e), &e);
    ck_assert_str_eq(rs->rules[0]->id.p, "own");
    for (size_t i = 0; i < rs->n_rules; i++)
        ck_assert_str_ne(rs->rules[i]->id.p, "email");
    ruleset_free(rs);
}
END_TEST

START_TEST(digest_tells_what_matters)
{
    static const char *const packs[] = {
        HEAD "  - {id: a, at: P.x, action: redact}\n",
        HEAD "  - {id: a, at: P.x, action: redact, because: y}\n",       /* same */
        HEAD "  - {id: a, at: P.x, action: redact, with: {label: l}}\n", /* other */
        HEAD "  - {id: a, at: P.y, action: redact}\n",                   /* other */
    };
    uint8_t digest[4][SHA256_SIZE];
    for (int i = 0; i < 4; i++) {
        struct error e = ERROR_INIT;
        struct ruleset *rs = ruleset_new();
        assert_ok(ruleset_add(rs, str_of(packs[i]), "p", false, &e), &e);
        assert_ok(ruleset_ready(rs, &e), &e);
        memcpy(digest[i], rs->digest, SHA256_SIZE);
        ruleset_free(rs);
    }
    ck_assert_mem_eq(digest[0], digest[1], SHA256_SIZE);
    ck_assert_mem_ne(digest[0], digest[2], SHA256_SIZE);
    ck_assert_mem_ne(digest[0], digest[3], SHA256_SIZE);
}
END_TEST

static const struct {
    const char *pack;
    bool fits;
} fits[] = {
    {HEAD "  - {id: a, at: Part.name, action: pseudonym, with: {kind: word}}\n", true},
    {HEAD "  - {id: a, at: Part.kind, action: pseudonym, with: {kind: word}}\n", false},
    {HEAD
     "  - {id: a, at: [Part.name, 'Part:made'], action: pseudonym, with: {kind: word}}\n",
     false},
    {HEAD "  - {id: a, at: Part.kind, action: pseudonym, with: {kind: word, "
          "accept_reversible: true}}\n",
     true},
    {HEAD "  - {id: a, at: Part.kind, action: redact}\n", true},
    {HEAD "  - {id: a, at: Other.kind, action: pseudonym, with: {kind: word}}\n", true},
};

START_TEST(pseudonyms_of_small_domains)
{
    struct error e = ERROR_INIT;
    struct schema *schema = NULL;
    struct ruleset *rs = ruleset_new();
    assert_ok(schema_load(STR("enum Kind { A B } type Part { id: ID! name: String "
                              "kind: Kind made: Boolean }"),
                          "s", &schema, &e),
              &e);
    assert_ok(ruleset_add(rs, str_of(fits[_i].pack), "p", false, &e), &e);
    assert_ok(ruleset_ready(rs, &e), &e);
    ck_assert_msg((ruleset_fits(rs, schema, &e) == ERR_OK) == fits[_i].fits, "%s",
                  fits[_i].pack);
    ck_assert(fits[_i].fits || strstr(e.line, "rule a"));
    ruleset_free(rs);
    schema_free(schema);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, refused, 0, sizeof bad / sizeof *bad);
    tcase_add_loop_test(t, pseudonyms_of_small_domains, 0, sizeof fits / sizeof *fits);
    tcase_add_test(t, shipped_packs_load_and_their_examples_hold);
    tcase_add_test(t, compiled_packs_are_their_texts);
    tcase_add_test(t, what_is_not_compiled);
    tcase_add_test(t, an_extending_pack_comes_first);
    tcase_add_test(t, digest_tells_what_matters);
}

TEST_MAIN("rule")
