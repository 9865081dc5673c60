#include "match/pattern.h"

#include <pthread.h>

#include "test.h"

static struct pattern *made(const char *source)
{
    struct pattern *p = NULL;
    struct error e = ERROR_INIT;
    assert_ok(pattern_new(str_of(source), &p, &e), &e);
    return p;
}

static const struct {
    const char *source, *text;
    size_t from;
    enum pattern_result result;
    struct pattern_hit hit;
} runs[] = {
    {"b+", "abbc", 0, PATTERN_YES, {1, 3, 1, 3}},
    {"b+", "abbc", 2, PATTERN_YES, {2, 3, 2, 3}},
    {"b+", "abbc", 3, PATTERN_NO, {0}},
    {"b+", "abbc", 4, PATTERN_NO, {0}},
    {"b*", "abbc", 4, PATTERN_YES, {4, 4, 4, 4}},
    {"b*", "abbc", 5, PATTERN_NO, {0}},
    {"^$", "", 0, PATTERN_YES, {0, 0, 0, 0}},
    {"", "", 0, PATTERN_YES, {0, 0, 0, 0}},
    {"key=(?<target>\\w+)", "a key=value", 0, PATTERN_YES, {2, 11, 6, 11}},
    {"a(?<target>x)?b", "ab", 0, PATTERN_YES, {0, 2, 2, 2}},
    {"(?<target>x)?ab", "ab", 0, PATTERN_YES, {0, 2, 2, 2}},
    {"^.$", "\xc3\xa9", 0, PATTERN_YES, {0, 2, 0, 2}},
    {"(?i)\xc3\x89", "\xc3\xa9", 0, PATTERN_YES, {0, 2, 0, 2}},
    {"ab\\Kc", "abc", 0, PATTERN_YES, {2, 3, 2, 3}},
    {"(?<=a)b", "ab", 1, PATTERN_YES, {1, 2, 1, 2}},
    {"^b", "ab", 1, PATTERN_NO, {0}},
};

START_TEST(run)
{
    CLEANUP(pattern_freep) struct pattern *p = made(runs[_i].source);
    CLEANUP(matcher_freep) struct matcher *m = matcher_new();
    struct pattern_hit hit = {0};
    struct str text = str_of(runs[_i].text);
    for (int round = 0; round < 2; round++) {
        ck_assert_msg(pattern_run(p, m, text, runs[_i].from, &hit) == runs[_i].result,
                      "row %d", _i);
        ck_assert_msg(hit.from == runs[_i].hit.from && hit.to == runs[_i].hit.to &&
                          hit.target_from == runs[_i].hit.target_from &&
                          hit.target_to == runs[_i].hit.target_to,
                      "row %d: %zu-%zu, target %zu-%zu", _i, hit.from, hit.to,
                      hit.target_from, hit.target_to);
    }
}
END_TEST

static const struct {
    const char *source, *part;
} refused[] = {
    {"(", "byte 1: missing closing parenthesis"},
    {"a{2,1}", "byte"},
    {"\\C", "byte"},
    {"\xff", "byte 0"},
    {"(?J)(?<target>a)|(?<target>b)", "more than one group"},
};

START_TEST(refuse)
{
    struct pattern *p = NULL;
    struct error e = ERROR_INIT;
    ck_assert_int_eq(pattern_new(str_of(refused[_i].source), &p, &e), ERR_DATA);
    ck_assert_msg(strstr(e.line, refused[_i].part) != NULL, "row %d: %s", _i, e.line);
    ck_assert_ptr_null(p);
}
END_TEST

START_TEST(limits)
{
    BUF_SCOPED b = BUF_INIT;
    struct pattern *p = NULL;
    struct error e = ERROR_INIT;
    for (unsigned i = 0; i < PATTERN_SIZE; i++)
        buf_add_char(&b, 'a');
    assert_ok(pattern_new(buf_str(&b), &p, &e), &e);
    pattern_free(p);
    p = NULL;
    buf_add_char(&b, 'a');
    ck_assert_int_eq(pattern_new(buf_str(&b), &p, &e), ERR_LIMIT);
    buf_clear(&b);
    for (unsigned i = 0; i < PATTERN_GROUPS; i++)
        buf_add_str(&b, STR("(a)"));
    assert_ok(pattern_new(buf_str(&b), &p, &e), &e);
    pattern_free(p);
    p = NULL;
    buf_add_str(&b, STR("(a)"));
    ck_assert_int_eq(pattern_new(buf_str(&b), &p, &e), ERR_LIMIT);
}
END_TEST

START_TEST(runs_away)
{
    CLEANUP(pattern_freep) struct pattern *p = made("^(?:a+)+$");
    CLEANUP(matcher_freep) struct matcher *m = matcher_new();
    BUF_SCOPED text = BUF_INIT, out = BUF_INIT;
    struct pattern_hit hit;
    struct error e = ERROR_INIT;
    for (int i = 0; i < 60; i++)
        buf_add_char(&text, 'a');
    ck_assert_int_eq(pattern_run(p, m, buf_str(&text), 0, &hit), PATTERN_YES);
    buf_add_char(&text, '!');
    ck_assert_int_eq(pattern_run(p, m, buf_str(&text), 1, &hit), PATTERN_NO);
    ck_assert_int_eq(pattern_run(p, m, buf_str(&text), 0, &hit), PATTERN_RUNAWAY);
    ck_assert_uint_eq(hit.target_from, 0);
    ck_assert_uint_eq(hit.target_to, 61);
    ck_assert_int_eq(pattern_substitute(p, m, buf_str(&text), STR("x"), &out),
                     PATTERN_RUNAWAY);
    ck_assert_uint_eq(out.n, 0);
    ck_assert_int_eq(pattern_check(p, m, &e), ERR_DATA);
}
END_TEST

static const char *const honest[] = {
    "^[^@\\s]+@[^@\\s]+$",
    "(?i)key\\s*[:=]\\s*\\S{8,64}",
    ".*x.*",
    "\\d+\\.\\d+",
    "(?<![A-Za-z0-9])gh[opusr]_[A-Za-z0-9]{36}(?![A-Za-z0-9])",
};

START_TEST(check_passes_honest_patterns)
{
    CLEANUP(pattern_freep) struct pattern *p = made(honest[_i]);
    CLEANUP(matcher_freep) struct matcher *m = matcher_new();
    struct error e = ERROR_INIT;
    assert_ok(pattern_check(p, m, &e), &e);
}
END_TEST

/* A repeated group takes the JIT's stack for every round; the interpreter goes on. */
START_TEST(long_values_match)
{
    CLEANUP(pattern_freep) struct pattern *p = made("^(?:(a)|(b)|c)*$");
    CLEANUP(matcher_freep) struct matcher *m = matcher_new();
    BUF_SCOPED text = BUF_INIT;
    struct pattern_hit hit;
    for (int i = 0; i < 10000; i++)
        buf_add_str(&text, STR("abc"));
    ck_assert_int_eq(pattern_run(p, m, buf_str(&text), 0, &hit), PATTERN_YES);
    ck_assert_uint_eq(hit.to, 30000);
}
END_TEST

static const struct {
    const char *source, *text, *replacement, *want;
} substitutions[] = {
    {"\\d+", "a1b22c", "#", "a#b#c"},
    {"\\d+", "abc", "#", "abc"},
    {"(\\d)(\\d)?", "12 3", "$2$1", "21 3"},
    {"(?<n>\\d+)", "a12", "<${n}>$$", "a<12>$"},
    {"x*", "", "-", "-"},
    {"a", "aaaaaaaaaa", "0123456789abcdef",
     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
};

START_TEST(substitute)
{
    CLEANUP(pattern_freep) struct pattern *p = made(substitutions[_i].source);
    CLEANUP(matcher_freep) struct matcher *m = matcher_new();
    BUF_SCOPED out = BUF_INIT;
    struct str with = str_of(substitutions[_i].replacement);
    buf_add_char(&out, '>');
    ck_assert(pattern_replacement(p, with));
    enum pattern_result r =
        pattern_substitute(p, m, str_of(substitutions[_i].text), with, &out);
    bool same = strcmp(substitutions[_i].text, substitutions[_i].want) == 0;
    ck_assert_int_eq(r, same ? PATTERN_NO : PATTERN_YES);
    assert_str_eq("result", str_from(buf_str(&out), 1), str_of(substitutions[_i].want));
}
END_TEST

static const struct {
    const char *replacement;
    bool right;
} replacements[] = {
    {"", true},     {"plain", true}, {"$1", true},      {"$2", true},
    {"$3", false},  {"$", false},    {"$$", true},      {"$$$", false},
    {"${1}", true}, {"${1", false},  {"${n}x", true},   {"$n", true},
    {"$nx", false}, {"${m}", false}, {"$ 1", false},    {"$1$2$0", true},
    {"${}", false}, {"a$12", false}, {"$*MARK", false},
};

/* PCRE2 agrees with the check of replacements, wherever it takes part. */
START_TEST(replacement)
{
    CLEANUP(pattern_freep) struct pattern *p = made("(?<n>a)(b)");
    CLEANUP(matcher_freep) struct matcher *m = matcher_new();
    BUF_SCOPED out = BUF_INIT;
    struct str with = str_of(replacements[_i].replacement);
    ck_assert_msg(pattern_replacement(p, with) == replacements[_i].right, "%s",
                  replacements[_i].replacement);
    if (replacements[_i].right)
        ck_assert_int_eq(pattern_substitute(p, m, STR("ab"), with, &out), PATTERN_YES);
}
END_TEST

static const struct {
    const char *source;
    size_t least;
} facts[] = {
    {"ghp_\\w{4}", 8},
    {"(?i)Key: x", 6},
    {"a*", 0},
    {"foo|bar", 3},
};

START_TEST(fact)
{
    CLEANUP(pattern_freep) struct pattern *p = made(facts[_i].source);
    ck_assert_uint_eq(pattern_facts(p)->min_length, facts[_i].least);
}
END_TEST

static void *run_many(void *shared)
{
    CLEANUP(matcher_freep) struct matcher *m = matcher_new();
    struct pattern_hit hit;
    size_t found = 0;
    for (int i = 0; i < 1000; i++)
        found += pattern_run(shared, m, STR("one two 3"), 0, &hit) == PATTERN_YES &&
                 hit.from == 8;
    return found == 1000 ? shared : NULL;
}

START_TEST(shared_by_threads)
{
    CLEANUP(pattern_freep) struct pattern *p = made("\\d");
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run_many, p), 0);
    for (int i = 0; i < 4; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        ck_assert_ptr_eq(result, p);
    }
}
END_TEST

/* A known pattern compiles when it is first run, once, and matches as a new one does.
 */
START_TEST(known)
{
    static const char source[] = "(?<target>\\d) *$";
    CLEANUP(pattern_freep) struct pattern *fresh = made(source);
    struct pattern *p = pattern_known(STR(source), pattern_facts(fresh));
    ck_assert_uint_eq(pattern_facts(p)->min_length, 1);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run_many, p), 0);
    for (int i = 0; i < 4; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        ck_assert_ptr_eq(result, p);
    }
    CLEANUP(matcher_freep) struct matcher *m = matcher_new();
    struct pattern_hit hit;
    ck_assert_int_eq(pattern_run(p, m, STR("one 2  "), 0, &hit), PATTERN_YES);
    ck_assert_uint_eq(hit.target_from, 4);
    ck_assert_uint_eq(hit.target_to, 5);
    ck_assert_uint_eq(hit.to, 7);
    pattern_free(p);
    char engine[PATTERN_ENGINE];
    pattern_engine(engine);
    ck_assert_msg(engine[0] == '1' && engine[1] == '0', "%s", engine); /* 10.42 … */
    /* One that is never run is never compiled. */
    pattern_free(pattern_known(STR("("), pattern_facts(fresh)));
}
END_TEST

#define LOOP(t, test, table) \
    tcase_add_loop_test(t, test, 0, (int)(sizeof(table) / sizeof *(table)))

static void cases(TCase *t)
{
    LOOP(t, run, runs);
    LOOP(t, refuse, refused);
    tcase_add_test(t, limits);
    tcase_add_test(t, runs_away);
    LOOP(t, check_passes_honest_patterns, honest);
    tcase_add_test(t, long_values_match);
    LOOP(t, substitute, substitutions);
    LOOP(t, replacement, replacements);
    LOOP(t, fact, facts);
    tcase_add_test(t, shared_by_threads);
    tcase_add_test(t, known);
}

TEST_MAIN("pattern")
