#include "match/multi.h"

#include "base/arena.h"
#include "base/shipped.h"
#include "doc/doc.h"
#include "match/need.h"
#include "match/pattern.h"
#include "match/starts.h"
#include "test.h"

static const struct {
    const char *pattern;
    unsigned digits;
} needs[] = {
    {"", 0},
    {"abc", 0},
    {"\\d", 1},
    {"1a2", 2},
    {"\\d{3}-\\d{2}-\\d{4}", 9},
    {"\\d{3,5}", 3},
    {"\\d{3,}x", 3},
    {"\\d+\\d*\\d?", 1},
    {"\\d{2}+\\d{2}?", 4},
    {"\\d{,5}", 0},
    {"\\d{a}", 1},
    {"a{2}3", 1},
    {"(?:\\d\\d|\\d)", 1},
    {"(?:\\d\\d|a|)1", 1},
    {"(?:\\d(?:\\d|\\d\\d)){3}", 6},
    {"(?<target>\\d{4})", 4},
    {"(?'n'\\d)(?P<m>\\d)", 2},
    {"(?=\\d{9})\\d", 1},
    {"(?!\\d{9})a", 0},
    {"(?<=\\d)(?<!\\d)1", 1},
    {"(?i)\\d(?i:\\d)(?s-m:\\d)", 3},
    {"(?x) 1 # 2\n", 0},
    {"(?i-x:1)", 0},
    {"(?>\\d)(?|\\d|\\d\\d)", 2},
    {"[0-9]", 1},
    {"[0-35]", 1},
    {"[\\d]", 1},
    {"[[:digit:]]", 1},
    {"[[:alpha:]]", 0},
    {"[0-9a]", 0},
    {"[^0-9]", 0},
    {"[]0]1", 1},
    {"[^]0]1", 1},
    {"[0-:]", 0},
    {"[\\]1]2", 1},
    {"[0\\-9]", 0},
    {"[1-]", 0},
    {"[-1]", 0},
    {"\\x31\\x{32}\\0611\\1(a)", 0},
    {"(a)\\g{1}\\g1\\k{n}", 0},
    {"\\p{Nd}\\P{L2}", 0},
    {"\\Q12\\E", 0},
    {"\\c12", 1},
    {"(?#123)4", 1},
    {"(\\d)(?1)(?R)?", 1},
    {"(?(1)22|33)", 0},
    {"(*UCP)12", 0},
    {"a|1", 0},
    {"11|1|111", 1},
    {"\\d{999}\\d{999}", NEED_MOST},
    {"\\d{99999999999}", NEED_MOST},
    {"(", 0},
    {"[", 0},
    {"1\\", 0},
    {"[[:$;]^|5]", 0},
    {"(1)(?#a)?", 0},
    {"1(?#a)2", 2},
    {"\xc3\xa9\\d", 1},
    {"a{3 }1", 0}, /* plain text up to PCRE2 10.42 */
    {"1{2,2,}", 0},
    {"1{2,3}", 2},
    {"1{}", 1},
    {"x(?*1)1", 1},
    {"1(?<*a>0|1)", 1},
    {"(?C'a)(1)'", 0},
    {"(?C7)1", 1},
    {"(1\\", 0},
    {"[1-\\", 0},
};

START_TEST(need)
{
    struct need got = need_of(str_of(needs[_i].pattern));
    ck_assert_msg(got.digits == needs[_i].digits, "%s: %u", needs[_i].pattern,
                  got.digits);
}
END_TEST

static const struct {
    const char *pattern;
    unsigned run, marks;
} shapes[] = {
    {"abc", 3, 0},
    {"ab-cd", 2, 1},
    {"[a-z]{3}\\d{4}", 7, 0},
    {"[a-z]{3}-?\\d{4}", 4, 0}, /* a mark may break the run */
    {"[a-z]{3}[A-Z]?\\d{4}", 7, 0},
    {"\\b(?<!x)\\w{5}(?!y)\\b", 5, 0},
    {"(?:ab|cde)f", 3, 0},
    {"(?:ab|c-d)f", 2, 0},
    {"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}", 2, 5},
    {"(?:a-b){3}", 2, 3},
    {"\\d{1,3}(?:\\.\\d{1,3}){3}", 1, 3},
    {"a.b", 1, 0},
    {"a\\sb", 1, 0},
    {"[a-z0-9-]{9}", 0, 0},
    {"[^a]{9}", 0, 0},
    {"a{2,}b+c*", 3, 0},
    {"[A-z]{3}", 0, 0}, /* the range holds marks */
    {"[\\w]{4}", 4, 0},
    {"[[:alnum:]]{4}", 4, 0},
    {"x\\x41y", 1, 0},
    {"x(?i)y", 2, 0},
    {"(?#a)b", 1, 0},
    {"\\d\\d?\\d", 2, 0},
    {"(a)\\1b", 1, 0},
    {"é?ab", 2, 0},
    {"^ab$", 2, 0},
    {"@[a-z]+\\.com", 3, 2},
    {"[a\\-z]", 0, 0},
    {"[+-]?1", 1, 0},
    {"\\pP", 0, 0},
    {"\\PL{2}a", 1, 0},
    {"[\\pP]", 0, 0},
    {"\\p{Lu}a", 1, 0},
};

START_TEST(shape)
{
    struct need got = need_of(str_of(shapes[_i].pattern));
    ck_assert_msg(got.run == shapes[_i].run && got.marks == shapes[_i].marks,
                  "%s: run %u, marks %u", shapes[_i].pattern, got.run, got.marks);
}
END_TEST

/* The bytes that a match can begin with: before it, at its first places. What is listed
 * as `no` must be told apart, what is a match must not. */
static const struct {
    const char *pattern, *yes, *no;
} begins[] = {
    {"\\d{3}-\\d{2}", "123-45", "123 45"},
    {"\\d{3}[ -]?\\d{2}", "12345", "12-345"},
    {"(?<![\\w.])\\d\\d\\d", "a 123", "a123"},
    {"(?<!a|b)\\d\\d\\d", "c123", "a123"},
    {"(?<=a)\\d\\d\\d", "a123", "b123"},
    {"(?<!\\bb)\\d\\d\\d", "ab123", "ab12"},
    {"(?<!(?=x)a)\\d\\d", "a12", "a1"},
    {"\\b[A-Z]{2}\\d", "-AB1", "XAB1"},
    {"\\b(?=A)[A-Z]{2}\\d", "-AB1", "XAB1"},
    {"\\b-\\d", "x-1", " -1"},
    {"\\b(?i)k[0-9]",
     "x\xe2\x84\xaa"
     "1",
     "xk-"},
    {"(?i)[a-c]{3}-", "AbC-", "ABD-"},
    {"(?i:[a-c])[a-c]{2}-", "Abc-", "ABC-"},
    {"(?:(?i)a|b)1", "B1", "c1"},
    {"(?i)(?-i:a)1B", "a1b", "A1b"},
    {"(?i)(?=(?-i)a)[a]1", "a1", "b1"},
    {"[^a-z]{2}\\d",
     "\xc3\xa9"
     "A1",
     "aA1"},
    {"[[:^alpha:]a]1", "-1", "b2"},
    {"[^[:alpha:]]1", "-1", "-2"},
    {"[\\x41]1", "A1", "A2"},
    {"[]a]1", "]1", "b1"},
    {"[a\\-c]1", "-1", "b1"},
    {"[+--]1", ",1", "/1"},
    {"\xc3\xa9?1", "1", "2"},
    {"\xc3\xa9{2}1",
     "\xc3\xa9\xc3\xa9"
     "1",
     "2"},
    {"^12", "12", "x12"},
    {"(?m)^12", "x\n12", "x12"},
    {"\\A12", "12", "x12"},
    {"(?:ab){0}12", "12", "ab"},
    {"(?:a|bc|)12", "bc12", "bd1"},
    {"(?:\\d{1,2}\\.){2}5", "1.22.5", "1-22.5"},
    {"a{20}1", "aaaaaaaaaaaaaaaaaaaa1", "aaaaaaaaaaaaaaa1"},
    {"(a)\\g{1}1", "aa1", "ba"},
    {"x\\R1", "x\r\n1", "y\n1"},
    {"\\h\\S1", " a1", "aa1"},
    {"\\t\\e\\N1", "\t\033z1", "\t zz1"},
    {"(?|a|b)(?>1)", "b1", "c1"},
    {"(?i)\xc5\xbf"
     "1",
     "S1", "t-"},
    {"(?i)[\xe2\x84\xaa]1", "k1", "t-"},
    {"(?i)(?<![\xc5\xbf])12", "k12", "k1"},
};

START_TEST(beginning)
{
    struct start start = {
        .prefix = need_prefix(str_of(begins[_i].pattern)), .id = 3, .rare = _i % 2};
    struct pattern *p = NULL;
    struct pattern_hit hit;
    struct error e = ERROR_INIT;
    struct starts *s = starts_new(&start, 1);
    CLEANUP(matcher_freep) struct matcher *m = matcher_new();
    uint64_t yes = 0, no = 0, all = UINT64_MAX;
    assert_ok(pattern_new(str_of(begins[_i].pattern), &p, &e), &e);
    ck_assert_int_eq(pattern_run(p, m, str_of(begins[_i].yes), 0, &hit), PATTERN_YES);
    ck_assert_int_eq(pattern_run(p, m, str_of(begins[_i].no), 0, &hit), PATTERN_NO);
    starts_run(s, str_of(begins[_i].yes), &all, &yes);
    starts_run(s, str_of(begins[_i].no), &all, &no);
    ck_assert_msg(yes == 8, "%s can begin", begins[_i].pattern);
    ck_assert_msg(no == 0, "%s cannot begin", begins[_i].pattern);
    starts_free(s);
    pattern_free(p);
}
END_TEST

static uint32_t state = 1;

static unsigned dice(unsigned n)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % n;
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool contains(struct str text, struct str word)
{
    for (size_t i = 0; i + word.n <= text.n; i++) {
        size_t k = 0;
        while (k < word.n && fold(text.p[i + k]) == fold(word.p[k]))
            k++;
        if (k == word.n)
            return true;
    }
    return false;
}

static bool finds(const uint16_t *rules, size_t n, size_t rule)
{
    for (size_t i = 0; i < n; i++)
        if (rules[i] == rule)
            return true;
    return false;
}

/* Random keywords in random texts over few letters, against the plain search. */
START_TEST(keywords_as_plain_search)
{
    /* More letters than there are classes, in the last rounds. */
    unsigned letters = _i < 20 ? 4 : 200;
    static char pool[300][6];
    static struct str words[300];
    struct multi_rule rules[100];
    for (unsigned i = 0; i < 300; i++) {
        size_t n = 1 + dice(letters == 4 ? 6 : 3);
        for (size_t k = 0; k < n; k++)
            pool[i][k] = (char)((letters == 4 ? 'A' + (dice(2) ? 32 : 0) : 32) +
                                (int)dice(letters));
        words[i] = str_n(pool[i], n);
    }
    for (unsigned i = 0; i < 100; i++)
        rules[i] = (struct multi_rule){.pattern = STR(""),
                                       .keywords = words + (size_t)3 * i,
                                       .n_keywords = 1 + dice(3),
                                       .facts.min_length = dice(8)};
    CLEANUP(multi_freep) struct multi *m = NULL;
    struct error e = ERROR_INIT;
    assert_ok(multi_new(rules, 100, &m, &e), &e);
    CLEANUP(multi_scratch_freep) struct multi_scratch *s = multi_scratch_new(m);
    for (int round = 0; round < 200; round++) {
        char text[40];
        const uint16_t *got;
        size_t n = dice(sizeof text);
        for (size_t k = 0; k < n; k++)
            text[k] = (char)((letters == 4 ? 'A' + (dice(2) ? 32 : 0) : 32) +
                             (int)dice(letters));
        size_t found = multi_run(m, s, str_n(text, n), &got);
        for (size_t i = 0; i < 100; i++) {
            bool want = false;
            for (size_t k = 0; k < rules[i].n_keywords; k++)
                want |= contains(str_n(text, n), rules[i].keywords[k]);
            want = want && n >= rules[i].facts.min_length;
            if (finds(got, found, i) != want)
                ck_abort_msg("round %d, rule %zu", round, i);
        }
        for (size_t i = 1; i < found; i++)
            if (got[i - 1] >= got[i])
                ck_abort_msg("not ascending");
    }
}
END_TEST

/* Without keywords: every rule that matches is among the results. */
static const char *const bare[] = {
    "\\d{3}-\\d{2}", "^$",        "",        "[A-C]x", "(?i)key", "(?i)[k]",
    "a|b\\d",        "\\bfoo\\b", "(?<=a)b", "@",      "z+",      "(?i)\xc3\x89",
    "[^a]",          ".",         "\\p{Lu}",
};

static const char *const bare_texts[] = {
    "",
    "a",
    "b1",
    "123-45",
    "12-45",
    "Ax",
    "KEY",
    ("\xe2\x84\xaa"
     "EY"),
    "foo",
    "ab",
    "zz",
    "\xc3\xa9",
    "\xc3\x89",
    "x@y",
    "  ",
};

START_TEST(no_match_is_missed)
{
    enum { N = sizeof bare / sizeof *bare };
    struct multi_rule rules[N];
    struct pattern *patterns[N];
    struct error e = ERROR_INIT;
    for (size_t i = 0; i < N; i++) {
        assert_ok(pattern_new(str_of(bare[i]), &patterns[i], &e), &e);
        rules[i] = (struct multi_rule){.pattern = str_of(bare[i]),
                                       .facts = *pattern_facts(patterns[i])};
    }
    CLEANUP(multi_freep) struct multi *m = NULL;
    assert_ok(multi_new(rules, N, &m, &e), &e);
    CLEANUP(multi_scratch_freep) struct multi_scratch *s = multi_scratch_new(m);
    CLEANUP(matcher_freep) struct matcher *matcher = matcher_new();
    size_t spared = 0;
    for (size_t t = 0; t < sizeof bare_texts / sizeof *bare_texts; t++) {
        const uint16_t *got;
        struct pattern_hit hit;
        struct str text = str_of(bare_texts[t]);
        size_t n = multi_run(m, s, text, &got);
        spared += N - n;
        for (size_t i = 0; i < N; i++)
            ck_assert_msg(pattern_run(patterns[i], matcher, text, 0, &hit) ==
                                  PATTERN_NO ||
                              finds(got, n, i),
                          "%s in '%s'", bare[i], bare_texts[t]);
    }
    ck_assert_uint_gt(spared, 60);
    for (size_t i = 0; i < N; i++)
        pattern_free(patterns[i]);
}
END_TEST

START_TEST(none_and_refused)
{
    struct multi *m = NULL;
    struct multi_scratch *s;
    const uint16_t *got;
    struct error e = ERROR_INIT;
    assert_ok(multi_new(NULL, 0, &m, &e), &e);
    s = multi_scratch_new(m);
    ck_assert_uint_eq(multi_run(m, s, STR("text"), &got), 0);
    ck_assert_uint_eq(multi_run(m, s, STR(""), &got), 0);
    multi_scratch_free(s);
    multi_free(m);
    m = NULL;
    struct str empty = STR("");
    struct multi_rule rule = {.pattern = STR("a"), .keywords = &empty, .n_keywords = 1};
    ck_assert_int_eq(multi_new(&rule, 1, &m, &e), ERR_DATA);
    ck_assert_int_eq(multi_new(&rule, MULTI_RULES + 1, &m, &e), ERR_LIMIT);
    ck_assert_ptr_null(m);
}
END_TEST

/* The rules of a shipped pack that are detectors, and their match examples. */
static size_t read_pack(const char *name, struct arena *a, struct multi_rule *rules,
                        const struct doc_node **examples, struct doc **out)
{
    struct error e = ERROR_INIT;
    struct str text = shipped_get(str_of(name));
    size_t n = 0;
    ck_assert_msg(text.p != NULL, "%s", name);
    assert_ok(doc_yaml(text, name, out, &e), &e);
    const struct doc_node *list = doc_get(doc_root(*out), "rules");
    for (size_t i = 0; i < list->n_items; i++) {
        const struct doc_node *r = list->items[i], *words = doc_get(r, "keywords");
        if (doc_get(r, "at") || doc_get(r, "key"))
            continue;
        struct str *copy = ARENA_ARRAY(a, struct str, words ? words->n_items + 1 : 1);
        size_t n_words = 0;
        for (size_t k = 0; words && k < words->n_items; k++)
            copy[n_words++] = words->items[k]->text;
        if (words && words->kind == DOC_STRING)
            copy[n_words++] = words->text;
        struct pattern *p = NULL;
        assert_ok(pattern_new(doc_get(r, "value")->text, &p, &e), &e);
        rules[n] = (struct multi_rule){.pattern = doc_get(r, "value")->text,
                                       .keywords = copy,
                                       .n_keywords = n_words,
                                       .facts = *pattern_facts(p)};
        pattern_free(p);
        examples[n++] = doc_get(doc_get(r, "examples"), "match");
    }
    return n;
}

static const char *const packs[] = {"pii.yaml", "secrets.yaml", "export-control.yaml"};

/* Every example that a shipped detector matches is found, and has the digits it needs.
 */
START_TEST(shipped_examples_are_found)
{
    static struct multi_rule rules[4096];
    static const struct doc_node *examples[4096];
    struct arena a = ARENA_INIT;
    CLEANUP(doc_freep) struct doc *d = NULL;
    struct error e = ERROR_INIT;
    size_t n = read_pack(packs[_i], &a, rules, examples, &d), seen = 0, results = 0;
    CLEANUP(multi_freep) struct multi *m = NULL;
    assert_ok(multi_new(rules, n, &m, &e), &e);
    CLEANUP(multi_scratch_freep) struct multi_scratch *s = multi_scratch_new(m);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; examples[i] && k < examples[i]->n_items; k++) {
            const uint16_t *got;
            struct str text = examples[i]->items[k]->text;
            size_t found = multi_run(m, s, text, &got);
            if (!finds(got, found, i))
                ck_abort_msg("%s: detector %zu, example %zu", packs[_i], i, k);
            seen++;
            results += found;
        }
    ck_assert_uint_gt(seen, n);
    ck_assert_uint_lt(results, seen * 40);
    arena_done(&a);
}
END_TEST

#define LOOP(t, test, table) \
    tcase_add_loop_test(t, test, 0, (int)(sizeof(table) / sizeof *(table)))

static void cases(TCase *t)
{
    LOOP(t, need, needs);
    LOOP(t, shape, shapes);
    LOOP(t, beginning, begins);
    tcase_add_loop_test(t, keywords_as_plain_search, 0, 40);
    tcase_add_test(t, no_match_is_missed);
    tcase_add_test(t, none_and_refused);
    LOOP(t, shipped_examples_are_found, packs);
}

TEST_MAIN("multi")
