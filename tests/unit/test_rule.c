#include "scrub/rule.h"

#include "match/pattern.h"
#include "schema/schema.h"
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
    tcase_add_test(t, an_extending_pack_comes_first);
    tcase_add_test(t, digest_tells_what_matters);
}

TEST_MAIN("rule")
