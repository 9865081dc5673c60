#include "drift/settings.h"

#include "drift/change.h"
#include "drift/compare_private.h"
#include "random_json.h"
#include "test.h"
#include "json/number.h"

typedef enum err setter(struct settings *s, const char *text, struct error *e);

static const struct {
    setter *set;
    const char *text;
} refused[] = {
    {settings_ignore, ""},
    {settings_ignore, "a..b"},
    {settings_ignore, "Part.`cost"},
    {settings_ignore, "Part.c[1]"},
    {settings_tolerance, "cost"},
    {settings_tolerance, "=1"},
    {settings_tolerance, "Part.cost="},
    {settings_tolerance, "Part.cost=-1"},
    {settings_tolerance, "Part.cost=1x"},
    {settings_tolerance, "Part.cost=%"},
    {settings_tolerance, "Part.cost=.1"},
    {settings_tolerance, "Part..cost=1"},
    {settings_list, "Part.tags"},
    {settings_list, "Part.tags="},
    {settings_list, "=set"},
    {settings_list, "a..b=set"},
    {settings_fail_on, ""},
    {settings_fail_on, "Part:changed,"},
    {settings_fail_on, "a..b"},
};

START_TEST(wrong_settings_are_refused)
{
    CLEANUP(settings_freep) struct settings *s = settings_new();
    struct error e = ERROR_INIT;
    ck_assert_msg(refused[_i].set(s, refused[_i].text, &e) == ERR_USAGE, "%s",
                  refused[_i].text);
    ck_assert(strncmp(e.line, "--", 2) == 0);
}
END_TEST

/* The states at a path of a Part's record; elements are *. */
static struct path_states at(const struct settings *s, const char *path,
                             struct arena *a)
{
    struct path_states p = path_record(s->paths, STR("Part"), a);
    p = path_typed(s->paths, p, STR("Part"), a);
    for (;;) {
        size_t n = strcspn(path, ".");
        p = *path == '*' ? path_element(s->paths, p, a)
                         : path_member(s->paths, p, str_n(path, n), a);
        path += n;
        if (!*path++)
            return p;
    }
}

static const struct {
    const char *first, *second; /* --tolerance */
    const char *path, *tolerance;
} ranks[] = {
    /* the strongest counts, wherever it stands; of equal ones the last */
    {"**=1", "Part.cost=2", "cost", "2"},
    {"Part.cost=2", "**=1", "cost", "2"},
    {"Part.*=1", "Part.cost=2", "cost", "2"},
    {"Part:cost=3", "Part.cost=2", "cost", "3"},
    {"*.cost=1", "**.other=2", "cost", "1"},
    {"**.cost=1", "**.cost=2", "cost", "2"},
    {"Part.list[*].n=1", "Part.list.n=2", "list.*.n", "1"},
    {"Part.cost=1", "Run.cost=2", "cost", "1"},
    {"Run.cost=1", "Run:cost=2", "cost", ""},
};

START_TEST(the_strongest_counts)
{
    CLEANUP(settings_freep) struct settings *s = settings_new();
    struct arena arena = ARENA_INIT;
    struct error e = ERROR_INIT;
    assert_ok(settings_tolerance(s, ranks[_i].first, &e), &e);
    assert_ok(settings_tolerance(s, ranks[_i].second, &e), &e);
    struct place_rules rules = settings_at(s, at(s, ranks[_i].path, &arena));
    assert_str_eq(ranks[_i].first, rules.tolerance, str_of(ranks[_i].tolerance));
    ck_assert(!rules.ignored && rules.list == LIST_ORDERED && !rules.relative);
    arena_done(&arena);
}
END_TEST

START_TEST(kinds_do_not_mix)
{
    CLEANUP(settings_freep) struct settings *s = settings_new();
    struct arena arena = ARENA_INIT;
    struct error e = ERROR_INIT;
    assert_ok(settings_list(s, "**=multiset", &e), &e);
    assert_ok(settings_list(s, "Part.tags=set", &e), &e);
    assert_ok(settings_list(s, "Part.lines=id", &e), &e);
    assert_ok(settings_ignore(s, "*.note", &e), &e);
    assert_ok(settings_tolerance(s, "Part.note=1.5%", &e), &e);
    ck_assert_int_eq(settings_at(s, at(s, "tags", &arena)).list, LIST_SET);
    ck_assert_int_eq(settings_at(s, at(s, "other", &arena)).list, LIST_MULTISET);
    struct place_rules lines = settings_at(s, at(s, "lines", &arena));
    ck_assert_int_eq(lines.list, LIST_KEYED);
    assert_str_eq("member", lines.key, STR("id"));
    struct place_rules note = settings_at(s, at(s, "note", &arena));
    ck_assert(note.ignored && note.relative);
    assert_str_eq("tolerance", note.tolerance, STR("1.5"));
    ck_assert(settings_at(s, at(s, "deep.note", &arena)).ignored);
    arena_done(&arena);
}
END_TEST

START_TEST(what_fails)
{
    CLEANUP(settings_freep) struct settings *s = settings_new();
    struct arena arena = ARENA_INIT;
    struct error e = ERROR_INIT;
    struct path_states none = {0};
    ck_assert(settings_fails(s, STR("Part"), CHANGE_ADDED, none));
    assert_ok(settings_fail_on(s, "Part:added,*:removed,Part.cost", &e), &e);
    ck_assert(settings_fails(s, STR("Part"), CHANGE_ADDED, none));
    ck_assert(!settings_fails(s, STR("Run"), CHANGE_ADDED, none));
    ck_assert(settings_fails(s, STR("Run"), CHANGE_REMOVED, none));
    ck_assert(!settings_fails(s, STR("Part"), CHANGE_CHANGED, at(s, "n", &arena)));
    ck_assert(settings_fails(s, STR("Part"), CHANGE_CHANGED, at(s, "cost", &arena)));
    arena_done(&arena);
}
END_TEST

static const struct {
    const char *a, *b, *tolerance;
    bool relative, near;
} tolerances[] = {
    /* borders that a double misses */
    {"0.3", "0.2", "0.1", false, true},
    {"0.3", "0.2", "0.09999999999999999999", false, false},
    {"0.30000000000000000001", "0.2", "0.1", false, false},
    {"1.1", "1", "0.1", false, true},
    {"-0.1", "0.1", "0.2", false, true},
    {"9007199254740993", "9007199254740992", "0", false, false},
    {"9007199254740993", "9007199254740992", "1", false, true},
    {"1", "1.0", "0", false, true},
    {"100", "99", "1", true, true},
    {"100", "98.9999", "1", true, false},
    {"99", "100", "1", true, true},
    {"-100", "-99", "1", true, true},
    {"0", "0.0001", "99", true, false},
    {"0", "0.0001", "100", true, true},
    {"1e400", "1e-400", "5", false, false},
    {"1", "2", "", false, false},
    {"\"1\"", "\"1.05\"", "1", false, false},
    {"true", "1", "1", false, false},
};

START_TEST(borders_are_exact)
{
    const struct place_rules rules = {.tolerance = str_of(tolerances[_i].tolerance),
                                      .relative = tolerances[_i].relative};
    struct str a = str_of(tolerances[_i].a), b = str_of(tolerances[_i].b);
    ck_assert_msg(compare_is_near(a, b, &rules) == tolerances[_i].near, "%s %s",
                  tolerances[_i].a, tolerances[_i].b);
    ck_assert(compare_is_near(b, a, &rules) == tolerances[_i].near);
}
END_TEST

/* In hundredths, against integers. */
START_TEST(any_border)
{
    struct dice dice = {1};
    for (int i = 0; i < 20000; i++) {
        long a = (long)roll(&dice, 2000) - 1000, b = a + (long)roll(&dice, 41) - 20;
        long t = (long)roll(&dice, 21), larger = labs(a) > labs(b) ? labs(a) : labs(b);
        char text[3][40];
        snprintf(text[0], sizeof text[0], "%lde-2", a);
        snprintf(text[1], sizeof text[1], "%s%ld.%02ld", b < 0 ? "-" : "",
                 labs(b) / 100, labs(b) % 100);
        snprintf(text[2], sizeof text[2], "%ld.%02ld", t / 100, t % 100);
        struct place_rules rules = {.tolerance = str_of(text[2])};
        ck_assert_msg(compare_is_near(str_of(text[0]), str_of(text[1]), &rules) ==
                          (labs(a - b) <= t),
                      "%s %s %s", text[0], text[1], text[2]);
        rules.relative = true;
        ck_assert_msg(compare_is_near(str_of(text[0]), str_of(text[1]), &rules) ==
                          (labs(a - b) * 10000 <= larger * t),
                      "%s %s %s%%", text[0], text[1], text[2]);
    }
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, wrong_settings_are_refused, 0,
                        sizeof refused / sizeof *refused);
    tcase_add_loop_test(t, the_strongest_counts, 0, sizeof ranks / sizeof *ranks);
    tcase_add_test(t, kinds_do_not_mix);
    tcase_add_test(t, what_fails);
    tcase_add_loop_test(t, borders_are_exact, 0,
                        sizeof tolerances / sizeof *tolerances);
    tcase_add_test(t, any_border);
}

TEST_MAIN("settings")
