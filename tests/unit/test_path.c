#include "json/path.h"

#include "test.h"

/* A place in a record, as a walk comes there: "E" record, "<T" typed, ".n" member,
 * "[" element. */
static const struct {
    const char *pattern, *walk;
    bool hit;
} rows[] = {
    {"Part:cost", "EPart .cost", true},
    {"Part:cost", "EPart .cost .x", false},
    {"Part:cost", "ERun .cost", false},
    {"Part:cost", "ERun <Part .cost", false},
    {"Part.cost", "EPart <Part .cost", true},
    {"Part.cost", "ERun .part <Part .cost", true},
    {"Part.cost", "ERun .part .cost", false},
    {"Run:steps[*].notes", "ERun .steps [ .notes", true},
    {"Run:steps[*].notes", "ERun .steps .notes", false},
    {"Run:steps", "ERun .steps [", true}, /* a list's elements are addressed too */
    {"Run:steps", "ERun .steps [ .notes", false},
    {"Run:*.id", "ERun .part .id", true},
    {"Run:*.id", "ERun .id", false},
    {"Run:*.id", "ERun .steps [ .id", false}, /* * is a named step */
    {"**.ssn", "ERun .ssn", true},
    {"**.ssn", "ERun .a [ .b .ssn", true},
    {"**.ssn", "ERun .a .ssn .x", false},
    {"Run:a.**.z", "ERun .a .z", true},
    {"Run:a.**.z", "ERun .a .b [ [ .c .z", true},
    {"SlateContent.**", "EIssue .d <SlateContent", true}, /* also no step */
    {"SlateContent.**", "EIssue .d <SlateContent .children [ .text", true},
    {"SlateContent.**.text", "EIssue .d <SlateContent .children [ .text", true},
    {"SlateContent.**.text", "EIssue .d .children [ .text", false},
    {"**", "EAny .x", true},
    {"Run:`a.b`.c", "ERun .a.b .c", true},
    {"Run:matrix[*][*]", "ERun .matrix [ [", true},
    {"Run:matrix[*][*]", "ERun .matrix [", false},
    {"*:name", "EPart .name", true},
};

static void count(void *ctx, uint32_t id)
{
    (void)id;
    ++*(int *)ctx;
}

/* The member names of the rows hold no spaces, so a walk is words. */
static struct path_states go(const struct path_set *s, const char *walk,
                             struct arena *a)
{
    struct path_states at = {0};
    while (*walk) {
        size_t n = strcspn(walk, " ");
        struct str name = str_n(walk + 1, n - 1);
        if (*walk == 'E')
            at = path_record(s, name, a);
        else if (*walk == '<')
            at = path_typed(s, at, name, a);
        else if (*walk == '.')
            at = path_member(s, at, name, a);
        else
            at = path_element(s, at, a);
        walk += n + (walk[n] == ' ');
    }
    return at;
}

START_TEST(walks)
{
    struct arena a = ARENA_INIT;
    struct error e = ERROR_INIT;
    path_rank rank;
    int hits = 0;
    struct path_set *s = path_set_new();
    /* Another pattern in the set must not change the answer. */
    assert_ok(path_set_add(s, str_of(rows[_i].pattern), 0, &rank, &e), &e);
    path_ends(s, go(s, rows[_i].walk, &a), count, &hits);
    ck_assert_msg((hits == 1) == rows[_i].hit && hits <= 1, "%s at %s: %d hits",
                  rows[_i].pattern, rows[_i].walk, hits);
    path_set_free(s);
    arena_done(&a);
}
END_TEST

static void remember(void *ctx, uint32_t id)
{
    ((bool *)ctx)[id] = true;
}

START_TEST(one_automaton_gives_what_each_pattern_gives_alone)
{
    struct arena a = ARENA_INIT;
    struct error e = ERROR_INIT;
    path_rank rank;
    struct path_set *all = path_set_new();
    const size_t n = sizeof rows / sizeof *rows;
    for (size_t i = 0; i < n; i++)
        assert_ok(path_set_add(all, str_of(rows[i].pattern), (uint32_t)i, &rank, &e),
                  &e);
    for (size_t w = 0; w < n; w++) {
        bool together[sizeof rows / sizeof *rows] = {0};
        path_ends(all, go(all, rows[w].walk, &a), remember, together);
        for (size_t i = 0; i < n; i++) {
            struct path_set *one = path_set_new();
            int hits = 0;
            assert_ok(path_set_add(one, str_of(rows[i].pattern), 0, &rank, &e), &e);
            path_ends(one, go(one, rows[w].walk, &a), count, &hits);
            ck_assert_msg(together[i] == (hits == 1), "%s at %s", rows[i].pattern,
                          rows[w].walk);
            path_set_free(one);
        }
    }
    path_set_free(all);
    arena_done(&a);
}
END_TEST

static const struct {
    const char *stronger, *weaker;
} ranks[] = {
    {"Part:cost", "Part.cost"}, /* anchored before typed */
    {"Part.cost", "**.cost"},   /* typed before any */
    {"Run:a.b", "Run:a"},       /* longer literal path first */
    {"Run:a.b", "Run:a.*"},
    {"Run:a.*.c", "Run:a.*.*.c"}, /* fewer wildcards first */
    {"Run:*", "Part.a.b.c"},      /* anchoring counts most */
};

START_TEST(strength)
{
    struct error e = ERROR_INIT;
    path_rank strong, weak;
    struct path_set *s = path_set_new();
    assert_ok(path_set_add(s, str_of(ranks[_i].stronger), 0, &strong, &e), &e);
    assert_ok(path_set_add(s, str_of(ranks[_i].weaker), 1, &weak, &e), &e);
    ck_assert_msg(strong > weak, "%s over %s", ranks[_i].stronger, ranks[_i].weaker);
    path_set_free(s);
}
END_TEST

static const char *const bad[] = {
    "",          "cost",      "Part",     "Part.",   ".cost",   "Part:",  "Part:a b",
    "Part:a[0]", "Part:a..b", "Part:[*]", "Part:`a", "Part:``", "Part:a]"};

START_TEST(refused)
{
    struct error e = ERROR_INIT;
    path_rank rank;
    struct path_set *s = path_set_new();
    ck_assert_msg(path_set_add(s, str_of(bad[_i]), 0, &rank, &e) == ERR_DATA, "%s",
                  bad[_i]);
    assert_ok(path_set_add(s, STR("Part:a"), 0, &rank, &e), &e); /* still usable */
    path_set_free(s);
}
END_TEST

START_TEST(steps_at_the_limit)
{
    struct error e = ERROR_INIT;
    path_rank rank;
    struct path_set *s = path_set_new();
    BUF_SCOPED p = BUF_INIT;
    buf_add_str(&p, STR("Part:a"));
    for (int i = 1; i < PATH_STEPS; i++)
        buf_add_str(&p, STR(".a"));
    assert_ok(path_set_add(s, buf_str(&p), 0, &rank, &e), &e);
    buf_add_str(&p, STR(".a"));
    ck_assert_int_eq(path_set_add(s, buf_str(&p), 1, &rank, &e), ERR_LIMIT);
    path_set_free(s);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, walks, 0, sizeof rows / sizeof *rows);
    tcase_add_test(t, one_automaton_gives_what_each_pattern_gives_alone);
    tcase_add_loop_test(t, strength, 0, sizeof ranks / sizeof *ranks);
    tcase_add_loop_test(t, refused, 0, sizeof bad / sizeof *bad);
    tcase_add_test(t, steps_at_the_limit);
}

TEST_MAIN("path")
