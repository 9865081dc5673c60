/* Each form over hand-made streams: what it says, what it escapes, what it cuts. */
#include "report/report.h"

#include "report/excerpt.h"
#include "report/heat.h"
#include "test.h"

#define RLO "\xe2\x80\xae" /* U+202E: turns the text around */

struct made {
    struct buf out;
    struct report *report;
    struct change_sink sink;
    struct drift_counts counts;
    size_t largest; /* bytes given at a time */
};

static enum err gather(void *ctx, struct str bytes, struct error *e)
{
    struct made *m = ctx;
    (void)e;
    buf_add_str(&m->out, bytes);
    m->largest = bytes.n > m->largest ? bytes.n : m->largest;
    return ERR_OK;
}

static const struct report_form *form_of(const char *name)
{
    for (size_t i = 0; report_form_at(i); i++)
        if (strcmp(report_form_at(i)->name, name) == 0)
            return report_form_at(i);
    ck_abort_msg("no form %s", name);
    return NULL;
}

static void begin(struct made *m, const char *form, uint64_t max, const char *left)
{
    *m = (struct made){.largest = 0};
    m->report = report_new(
        form_of(form),
        &(struct report_options){.names = {left, "right"},
                                 .max = max,
                                 .shown = {true, true, true, false, true, false, true},
                                 .write = gather,
                                 .ctx = m});
    m->sink = report_sink(m->report);
}

static void tell(struct made *m, struct change c)
{
    struct error e = {0};
    c.count = c.count ? c.count : 1;
    assert_ok(m->sink.change(m->sink.ctx, &c, &e), &e);
    m->counts.by_class[c.class]++;
}

static void tell_entity(struct made *m, const char *name, uint64_t added,
                        uint64_t removed, uint64_t changed)
{
    struct error e = {0};
    struct change_entity en = {.name = str_of(name),
                               .records = {1000, 1000 + added - removed},
                               .added = added,
                               .removed = removed,
                               .changed = changed};
    assert_ok(m->sink.entity(m->sink.ctx, &en, &e), &e);
    m->counts.added += added;
    m->counts.removed += removed;
    m->counts.changed += changed;
    m->counts.records[0] += en.records[0];
    m->counts.records[1] += en.records[1];
}

static void end(struct made *m)
{
    struct error e = {0};
    assert_ok(report_end(m->report, &m->counts, &e), &e);
    report_free(m->report);
    buf_cstr(&m->out);
}

static size_t times(const struct made *m, const char *what)
{
    size_t n = 0;
    for (const char *at = m->out.p; (at = strstr(at, what)); at++)
        n++;
    return n;
}

#define assert_times(m, what, want)                                                   \
    ck_assert_msg(times((m), (what)) == (want), "%s: %zu times, not %zu\n%s", (what), \
                  times((m), (what)), (size_t)(want), (m)->out.p)

static struct change part_cost(void)
{
    return (struct change){.class = CHANGE_CHANGED,
                           .entity = STR("Part"),
                           .key = STR("[4711]"),
                           .path = STR("/cost"),
                           .left = STR("12.50"),
                           .right = STR("13.00"),
                           .count = 1};
}

/* Two changed values of one record, one added, one removed twice, one ignored; and an
 * entity that is equal. */
static void tell_small(struct made *m)
{
    struct change c = part_cost();
    tell(m, c);
    c.path = STR("/name");
    c.left = STR("\"bolt\"");
    c.right = str_n(NULL, 0);
    tell(m, c);
    tell(m, (struct change){.class = CHANGE_ADDED,
                            .entity = STR("Part"),
                            .key = STR("[5000]"),
                            .right = STR("{\"id\":5000}")});
    tell(m, (struct change){.class = CHANGE_REMOVED,
                            .entity = STR("Part"),
                            .key = STR("[6000]"),
                            .left = STR("{\"id\":6000}"),
                            .count = 2});
    c.class = CHANGE_IGNORED;
    c.key = STR("[7000]");
    c.right = STR("\"nut\"");
    tell(m, c);
    c.class = CHANGE_CHANGED;
    c.key = STR("[8000]");
    c.path = STR("/owner");
    c.left = c.right = STR("{\"masked\":\"person\"}");
    tell(m, c);
    tell_entity(m, "Part", 1, 2, 2);
    tell_entity(m, "Run", 0, 0, 0);
}

/* What each form must say of those, and how often. */
static const struct {
    const char *form, *what;
    size_t times;
} says[] = {
    {"text", "Part [4711]", 1},
    {"text", "12.50 → 13.00", 1},
    {"text", "(absent)", 1},
    {"text", "(masked person) → (masked person)", 1},
    {"text", "removed ×2", 1},
    {"text", "ignored", 1 + 1},
    {"text", "1 entity without drift", 1},
    {"ndjson", "\n", 6},
    {"ndjson", "\"count\":2", 1},
    {"json", "\"class\":", 6},
    {"json", "\"not_shown\":0", 1},
    {"html", "<tbody data-class=\"changed\">", 2},
    {"html", "<tbody data-class=\"added\">", 1},
    {"html", "<tbody data-class=\"removed\">", 1},
    {"html", "<tbody data-class=\"ignored\">", 1},
    {"html", "<i>masked person</i>", 2},
    {"markdown", "  - `/owner` *masked* → *masked*\n", 1},
    {"html", "<h1>5 records differ</h1>", 1},
    {"html", "<code>12.50</code>", 1},
    {"html", "<i>absent</i>", 1},
    {"html", "<th scope=\"col\" class=\"up\"><span>cost</span>", 1},
    {"html", "data-find=\"Part: /name\">1</a><small>0.1\u00a0%</small>", 1},
    {"html", "1 entity without drift", 1},
    {"html", "<caption", 1 + 1 + 1 + 1}, /* entities, map, its list, Part */
    {"html", "</script>", 1},
    {"markdown", "### 5 records differ\n", 1},
    {"markdown", "| `Part` | 1,000 | 999 | 1 | 2 | 2 |\n", 1},
    {"markdown", "- `Part` `[4711]`\n  - `/cost` `12.50` → `13.00`\n", 1},
    {"markdown", "  - `/name` `\"bolt\"` → *absent*\n", 1},
    {"markdown", "- `Part` `[6000]` **removed** ×2\n", 1},
    {"markdown", "<summary>6 changes</summary>", 1},
    {"junit",
     "<testsuite name=\"Part\" tests=\"5\" failures=\"4\" errors=\"0\" "
     "skipped=\"1\">",
     1},
    {"junit", "<failure type=\"changed\" message=\"2 values: /cost, /name\">", 1},
    {"junit", "<testcase classname=\"Run\" name=\"no drift\"/>", 1},
    {"junit", "not-shown", 0},
    {"sarif", "\"fullyQualifiedName\":\"Part[4711]/cost\"", 1},
    {"sarif", "\"ruleId\":\"changed\",\"ruleIndex\":2,\"level\":\"warning\"", 3},
    {"sarif", "\"ruleId\":\"ignored\",\"ruleIndex\":4,\"level\":\"note\"", 1},
    {"sarif", "/cost is 12.50 on the left, 13.00 on the right", 1},
    {"sarif", "\"notShown\":0", 1},
};

START_TEST(each_form_says_it)
{
    struct made m;
    begin(&m, says[_i].form, 0, "left");
    tell_small(&m);
    end(&m);
    assert_times(&m, says[_i].what, says[_i].times);
    buf_done(&m.out);
}
END_TEST

/* What a form says of a reference that has changed, and of one that leads nowhere. */
static const struct {
    const char *form, *what;
    size_t times;
} references[] = {
    {"text", "1 → 2  repointed\n", 1},
    {"text", "7 → 7  dangling on both sides\n", 1},
    {"text", "Part [2]\n", 1},
    {"text", "1 reference repointed\n2 references dangling\n", 1},
    {"text", "3 values equal in a normal form of Unicode alone\n", 1},
    {"ndjson", "\"reference\":\"repointed\",\"path\"", 1},
    {"ndjson", "\"reference\":\"dangling\",\"dangles\":\"left\",\"path\"", 1},
    {"ndjson", "\"class\":\"dangling\",\"reference\":\"dangling\",\"dangles\":\"both\"",
     1},
    {"json", "\"references\":{\"repointed\":1,\"dangling\":2}", 1},
    {"json", "\"normalized\":3", 1},
    {"html", "<small>dangling on the left</small>", 1},
    {"html", "<small>repointed</small>", 1},
    {"html", "<tbody data-class=\"dangling\">", 1},
    {"html", " references lead to no record of their side.</li>", 1},
    {"markdown", "`1` → `2` (repointed)", 1},
    {"markdown", "`7` → `7` (dangling on both sides)", 1},
    {"junit", "(dangling on the left)", 1},
    {"sarif", "on the right; repointed", 1},
    {"sarif", "\"ruleId\":\"dangling\",\"ruleIndex\":6,\"level\":\"warning\"", 1},
};

START_TEST(references_are_said)
{
    struct made m;
    struct change c = part_cost();
    begin(&m, references[_i].form, 0, "left");
    c.key = STR("[1]");
    c.left = STR("1");
    c.right = STR("2");
    c.reference = REFERENCE_REPOINTED;
    tell(&m, c);
    c.path = STR("/other");
    c.reference = REFERENCE_DANGLING;
    c.dangles[0] = true;
    tell(&m, c);
    c.class = CHANGE_DANGLING;
    c.key = STR("[2]");
    c.left = c.right = STR("7");
    c.dangles[1] = true;
    tell(&m, c);
    tell_entity(&m, "Part", 0, 0, 1);
    m.counts.by_reference[REFERENCE_REPOINTED] = 1;
    m.counts.by_reference[REFERENCE_DANGLING] = 2;
    m.counts.normalized = 3;
    end(&m);
    assert_times(&m, references[_i].what, references[_i].times);
    buf_done(&m.out);
}
END_TEST

#define HOSTILE \
    "\"</script>]]><b>&amp; `x``y` | " RLO "\x1b[31m\xff \xef\xbf\xbf '\\u202e\""

static const char *const forms[] = {"text",     "ndjson", "json", "html",
                                    "markdown", "junit",  "sarif"};
#define FORMS (sizeof forms / sizeof *forms)

/* Text of a tenant in every place where a form shows one. NDJSON and JSON hold values
 * as they are, which are valid JSON before they come here. */
START_TEST(hostile_text)
{
    const char *form = forms[_i];
    struct made m;
    bool json = strcmp(form, "json") == 0 || strcmp(form, "ndjson") == 0;
    begin(&m, form, 0, "a</script>" RLO "|`.zip");
    struct change c = {.class = CHANGE_CHANGED,
                       .entity = STR("</style><i>|`" RLO),
                       .key = STR("[\"<img onerror=1 src='x'>" RLO "]]>`\"]"),
                       .path = STR("/</table>" RLO "|``"),
                       .left = STR(HOSTILE),
                       .right = STR("1")};
    tell(&m, c);
    c.class = CHANGE_ADDED;
    c.path = str_n(NULL, 0);
    c.left = c.path;
    c.right = STR(HOSTILE);
    tell(&m, c);
    tell_entity(&m, "</style><i>|`" RLO, 1, 0, 1);
    end(&m);
    if (!json) {
        assert_times(&m, RLO, 0);
        assert_times(&m, "\x1b", 0);
        assert_times(&m, "\xff", 0);
    }
    if (strcmp(form, "html") == 0 || strcmp(form, "junit") == 0) {
        assert_times(&m, "<img", 0);
        assert_times(&m, "<i>|", 0);
        assert_times(&m, "</table>" RLO, 0);
        assert_times(&m, "]]>", 0);
        assert_times(&m, "'x'", 0);
        assert_times(&m, "\xef\xbf\xbf", 0);
        assert_times(&m, "</script>", *form == 'h');
        assert_times(&m, "</style>", *form == 'h');
        ck_assert(times(&m, "\\xe2\\x80\\xae") > 4);
    }
    if (strcmp(form, "markdown") == 0) { /* fences longer than what is in them */
        assert_times(&m, "| ``</style><i>\\|`\\xe2\\x80\\xae`` |", 1);
        assert_times(&m, "```/</table>\\xe2\\x80\\xae|`` ```", 0);
        assert_times(&m, "``` /</table>\\xe2\\x80\\xae|`` ```", 1);
    }
    buf_done(&m.out);
}
END_TEST

#define MANY 100000u

/* All are counted, `max` are shown; what is kept and given at a time stays small. */
START_TEST(many_changes)
{
    const char *form = forms[_i];
    static const char *const row[FORMS] = {
        "\n  /cost",     "\n", "\"class\":", "<tr class=\"changed\">",
        "\n  - `/cost`", "[9", "\"ruleId\":"};
    static const char *const rest[FORMS] = {
        "and 99,990 more",         NULL,
        "\"not_shown\":99990",     "The first 10 of 100,000",
        "The first 10 of 100,000", "99990 more records differ",
        "\"notShown\":99990"};
    struct made m;
    begin(&m, form, 10, "left");
    for (unsigned i = 0; i < MANY; i++) {
        char key[32];
        struct change c = part_cost();
        snprintf(key, sizeof key, "[9%06u]", i);
        c.key = str_of(key);
        tell(&m, c);
    }
    tell_entity(&m, "Part", 0, 0, MANY);
    end(&m);
    assert_times(&m, row[_i], 10);
    if (rest[_i])
        assert_times(&m, rest[_i], 1);
    if (strcmp(form, "html") == 0) /* the map knows all */
        assert_times(&m, "\">100,000</a>", 1);
    ck_assert(m.out.n < 40000);
    buf_done(&m.out);
}
END_TEST

START_TEST(all_changes)
{
    struct made m;
    begin(&m, forms[_i], 0, "left");
    for (unsigned i = 0; i < MANY / 10; i++) {
        char key[32];
        struct change c = part_cost();
        snprintf(key, sizeof key, "[9%06u]", i);
        c.key = str_of(key);
        tell(&m, c);
    }
    tell_entity(&m, "Part", 0, 0, MANY / 10);
    end(&m);
    size_t shown = times(&m, "[9009999]") > 0;
    ck_assert_int_eq(shown, strcmp(forms[_i], "markdown") != 0);
    if (!shown) { /* a comment has a largest size, and says what it leaves out */
        ck_assert(m.out.n < 60000);
        assert_times(&m, " of 10,000 changes", 1);
    }
    buf_done(&m.out);
}
END_TEST

START_TEST(nothing)
{
    struct made m;
    begin(&m, forms[_i], 0, "left");
    m.counts.equal_roots = true;
    end(&m);
    static const char *const want[FORMS] = {
        "no drift",          NULL,           "\"changes\":[]",
        "<h1>No drift</h1>", "### No drift", "tests=\"1\" failures=\"0\"",
        "\"results\":[]"};
    if (want[_i])
        assert_times(&m, want[_i], 1);
    else
        ck_assert(m.out.n == 0);
    buf_done(&m.out);
}
END_TEST

/* A failing entity fails even if none of its records is shown. */
START_TEST(nothing_passes_by_max)
{
    struct made m;
    begin(&m, "junit", 1, "left");
    tell(&m, part_cost());
    tell_entity(&m, "Part", 0, 0, 1);
    struct change c = part_cost();
    c.entity = STR("Run");
    tell(&m, c);
    tell_entity(&m, "Run", 0, 0, 1);
    end(&m);
    assert_times(&m, "<testsuite name=\"Run\" tests=\"1\" failures=\"1\"", 1);
    assert_times(&m, "1 more record differs", 1);
    buf_done(&m.out);
}
END_TEST

START_TEST(heat_is_bounded)
{
    struct heat h = HEAT_INIT;
    struct change c = part_cost();
    char path[300];
    for (unsigned i = 0; i < HEAT_CELLS + 7; i++) {
        snprintf(path, sizeof path, "/f%u/x", i);
        c.path = str_of(path);
        heat_count(&h, &c);
        heat_count(&h, &c); /* the same record */
    }
    heat_entity(&h, &(struct change_entity){.name = STR("Part")});
    /* Nothing new finds room; names that are too long are cut between characters. */
    memset(path, 'x', sizeof path);
    path[0] = '/';
    memcpy(path + HEAT_NAME, "\xc3\xa9", 2);
    c.path = str_n(path, sizeof path);
    heat_count(&h, &c);
    heat_entity(&h, &(struct change_entity){.name = STR("Run")});
    heat_arrange(&h);
    ck_assert_uint_eq(h.n_cells, HEAT_CELLS);
    ck_assert_uint_eq(h.not_placed, 2 * 7 + 1);
    ck_assert_uint_eq(h.values, 2 * (HEAT_CELLS + 7) + 1);
    const struct heat_cell *cell = heat_at(&h.rows[0], STR("f42"));
    ck_assert(cell && cell->values == 2 && cell->records == 1);
    ck_assert(!heat_at(&h.rows[1], STR("f42")));
    heat_done(&h);
}
END_TEST

START_TEST(heat_cuts_names)
{
    struct heat h = HEAT_INIT;
    struct change c = part_cost();
    char path[300];
    memset(path, 'x', sizeof path);
    path[0] = '/';
    memcpy(path + HEAT_NAME, "\xc3\xa9", 2); /* its second byte is one too many */
    c.path = str_n(path, sizeof path);
    heat_count(&h, &c);
    path[250] = 'y'; /* another name, which begins alike */
    heat_count(&h, &c);
    c.key = STR("[1]");
    c.path = STR("/b");
    heat_count(&h, &c);
    heat_entity(&h, &(struct change_entity){.name = STR("Part")});
    heat_arrange(&h);
    ck_assert_uint_eq(h.n_fields, 2);
    ck_assert_uint_eq(h.fields[0].field.n, HEAT_NAME - 1);
    ck_assert_uint_eq(h.fields[0].values, 2);
    assert_str_eq("second", h.fields[1].field, STR("b"));
    heat_done(&h);
}
END_TEST

static const struct {
    const char *name, *value, *other;
    size_t bytes;
    const char *before, *differs, *after;
} excerpts[] = {
    {"numbers", "12.50", "13.00", 80, "1", "2.5", "0"},
    {"alone", "\"abc\"", NULL, 80, "", "\"abc\"", ""},
    {"equal", "\"abc\"", "\"abc\"", 80, "\"abc\"", "", ""},
    {"overlap", "aa", "aaaa", 80, "aa", "", ""},
    {"characters stay whole", "\"\u00e9x\"", "\"\u00e8x\"", 80, "\"", "\u00e9", "x\""},
    {"also from behind", "\"\U0001f600\"", "\"\U0001fe00\"", 80, "\"", "\U0001f600",
     "\""},
    {"escapes stay whole", "\"\\u00e9x\"", "\"\\u00e8x\"", 80, "\"", "\\u00e9", "x\""},
    {"short ones", "\"\\nx\"", "\"\\tx\"", 80, "\"", "\\n", "x\""},
    {"a backslash itself", "\"\\\\nx\"", "\"\\\\tx\"", 80, "\"\\\\", "n", "x\""},
    {"a long beginning", "\"0123456789012345678901234567890123456789A\"",
     "\"0123456789012345678901234567890123456789B\"", 20,
     "23456789012345678"
     "9",
     "A", "\""},
    {"a long difference", "abcdefghijklmnopqrstuvwxyz", "0", 8, "", "abcdefgh", ""},
};

START_TEST(excerpt_rows)
{
    const char *name = excerpts[_i].name;
    struct str other = excerpts[_i].other ? str_of(excerpts[_i].other) : str_n(NULL, 0);
    const struct excerpt x =
        excerpt_of(str_of(excerpts[_i].value), other, excerpts[_i].bytes);
    assert_str_eq(name, x.before, str_of(excerpts[_i].before));
    assert_str_eq(name, x.differs, str_of(excerpts[_i].differs));
    assert_str_eq(name, x.after, str_of(excerpts[_i].after));
    ck_assert_int_eq(x.cut_before || x.cut_differs || x.cut_after,
                     strlen(excerpts[_i].value) > excerpts[_i].bytes);
}
END_TEST

/* Whatever the two are, the parts are slices in order and no more than was asked. */
START_TEST(excerpt_fits)
{
    static const char bits[] = "ab\\u\xc3\xa9";
    uint32_t seed = 7;
    for (unsigned round = 0; round < 20000; round++) {
        char text[2][64];
        size_t n[2];
        for (unsigned t = 0; t < 2; t++) {
            n[t] = (seed = seed * 1664525 + 1013904223) >> 26;
            for (size_t i = 0; i < n[t]; i++)
                text[t][i] = bits[((seed = seed * 1664525 + 1013904223) >> 24) % 6];
        }
        size_t bytes = 8 + (seed >> 20) % 24;
        const struct str v = str_n(text[0], n[0]);
        const struct excerpt x = excerpt_of(v, str_n(text[1], n[1]), bytes);
        ck_assert(x.before.n + x.differs.n + x.after.n <= bytes);
        ck_assert(x.before.p + x.before.n == x.differs.p || x.cut_before || !v.n);
        ck_assert(x.cut_before || x.cut_differs || x.cut_after ||
                  x.before.n + x.differs.n + x.after.n == v.n);
        ck_assert(v.n > bytes || !(x.cut_before || x.cut_differs || x.cut_after));
    }
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, each_form_says_it, 0, sizeof says / sizeof *says);
    tcase_add_loop_test(t, references_are_said, 0,
                        (int)(sizeof references / sizeof *references));
    tcase_add_loop_test(t, hostile_text, 0, FORMS);
    tcase_add_loop_test(t, many_changes, 0, FORMS);
    tcase_add_loop_test(t, all_changes, 0, FORMS);
    tcase_add_loop_test(t, nothing, 0, FORMS);
    tcase_add_test(t, nothing_passes_by_max);
    tcase_add_test(t, heat_is_bounded);
    tcase_add_test(t, heat_cuts_names);
    tcase_add_loop_test(t, excerpt_rows, 0, sizeof excerpts / sizeof *excerpts);
    tcase_add_test(t, excerpt_fits);
}
TEST_MAIN("report")
