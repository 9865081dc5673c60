/* Options: what parses to what, what is refused, and how the help looks. */
#include "cli/opt.h"

#include "test.h"

static struct {
    bool flag, other;
    const char *text, *optional;
    struct opt_list list;
    uint64_t count, size;
    int choice;
} got;

static const struct opt table[] = {
    {OPT_FLAG, 'n', "dry-run", NULL, "a flag", &got.flag},
    {OPT_TEXT, 'o', "output", "FILE", "a text", &got.text},
    {OPT_LIST, 'r', "rules", "FILE", "a list", &got.list},
    {OPT_COUNT, 'j', "jobs", "N", "a number", &got.count},
    {OPT_SIZE, 0, "memory", "SIZE", "a size", &got.size},
    {OPT_CHOICE, 0, "level", "fast|balanced|small", "a choice", &got.choice},
    {OPT_OPTIONAL, 0, "json", "FILE", "an optional value", &got.optional},
    {OPT_END},
};
static const struct opt common[] = {
    {OPT_FLAG, 'q', "quiet", NULL, "another flag", &got.other},
    {OPT_FLAG, 'h', "help", NULL, "help", &(bool){false}},
    {OPT_END},
};
static const struct opt *const tables[] = {table, common, NULL};

/* Words separated by one space; `_` is an empty word. */
static enum err parse(const char *line, struct operands *operands, bool *help,
                      struct error *e)
{
    static char text[512];
    static char *words[64];
    int n = 0;
    memset(&got, 0, sizeof got);
    got.count = got.size = 7;
    words[n++] = (char[]){"program"};
    snprintf(text, sizeof text, "%s", line);
    for (char *p = strtok(text, " "); p; p = strtok(NULL, " "))
        words[n++] = strcmp(p, "_") == 0 ? p + 1 : p;
    return opt_parse(tables, n, words, operands, help, e);
}

/* All that was set, as text. */
static void show(const struct operands *o, bool help, struct buf *out)
{
    if (got.flag)
        buf_printf(out, "flag ");
    if (got.other)
        buf_printf(out, "other ");
    if (got.text)
        buf_printf(out, "text=%s ", got.text);
    for (size_t i = 0; i < got.list.n; i++)
        buf_printf(out, "list=%s ", got.list.items[i]);
    if (got.count != 7)
        buf_printf(out, "count=%llu ", (unsigned long long)got.count);
    if (got.size != 7)
        buf_printf(out, "size=%llu ", (unsigned long long)got.size);
    if (got.choice)
        buf_printf(out, "choice=%d ", got.choice);
    if (got.optional)
        buf_printf(out, "optional=%s ", got.optional);
    if (help)
        buf_printf(out, "help ");
    for (size_t i = 0; i < o->n; i++)
        buf_printf(out, "[%s]", o->items[i]);
}

static const struct {
    const char *line, *want; /* what is set, or "!" and the message */
} rows[] = {
    {"", ""},
    {"a b", "[a][b]"},
    {"-n a", "flag [a]"},
    {"a -n b", "flag [a][b]"},
    {"-nq", "flag other "},
    {"--dry-run --quiet", "flag other "},
    {"--dry-run=yes", "!--dry-run takes no value"},
    {"-o x", "text=x "},
    {"-ox", "text=x "},
    {"-o=x", "text==x "},
    {"-nox", "flag text=x "},
    {"--output x", "text=x "},
    {"--output=x=y", "text=x=y "},
    {"--output=", "text= "},
    {"-o -", "text=- "},
    {"-o -n", "text=-n "},
    {"-o x -o y", "text=y "},
    {"-o", "!-o needs a value: FILE"},
    {"--output", "!--output needs a value: FILE"},
    {"-r a --rules b -rc", "list=a list=b list=c "},
    {"-j 4", "count=4 "},
    {"-j4", "count=4 "},
    {"-j 0", "count=0 "},
    {"-j 18446744073709551615", "count=18446744073709551615 "},
    {"-j 18446744073709551616", "!--jobs takes a whole number"},
    {"-j -1", "!--jobs takes a whole number"},
    {"-j +1", "!--jobs takes a whole number"},
    {"-j 0x10", "!--jobs takes a whole number"},
    {"-j 1K", "!--jobs takes a whole number"},
    {"-j _", "!--jobs takes a whole number"},
    {"--memory 100", "size=100 "},
    {"--memory 96M", "size=100663296 "},
    {"--memory 96m", "size=100663296 "},
    {"--memory 96MB", "size=100663296 "},
    {"--memory 96MiB", "size=100663296 "},
    {"--memory 1T", "size=1099511627776 "},
    {"--memory 16777215T", "size=18446742974197923840 "},
    {"--memory 16777216T", "!--memory takes a size such as 96M"},
    {"--memory 1P", "!--memory takes a size such as 96M"},
    {"--memory 1.5G", "!--memory takes a size such as 96M"},
    {"--memory M", "!--memory takes a size such as 96M"},
    {"--level fast", ""},
    {"--level small", "choice=2 "},
    {"--level=balanced", "choice=1 "},
    {"--level smal", "!--level is one of fast|balanced|small"},
    {"--level smaller", "!--level is one of fast|balanced|small"},
    {"--level fast|balanced", "!--level is one of fast|balanced|small"},
    {"--level=", "!--level is one of fast|balanced|small"},
    {"--json", "optional= "},
    {"--json x", "optional= [x]"},
    {"--json=x", "optional=x "},
    {"-- -n --output", "[-n][--output]"},
    {"-n -- -- -", "flag [--][-]"},
    {"-", "[-]"},
    {"_", "[]"},
    {"-h", "help "},
    {"-nh", "flag help "},
    {"--help", "help "},
    {"--ouput x", "!unknown option --ouput (did you mean --output?)"},
    {"--quite", "!unknown option --quite (did you mean --quiet?)"},
    {"--nothing-like-it", "!unknown option --nothing-like-it (see --help)"},
    {"--out x", "!unknown option --out (did you mean --output?)"},
    {"-nx", "!unknown option -x (see --help)"},
};

START_TEST(row)
{
    CLEANUP(operands_done) struct operands operands = {0};
    BUF_SCOPED text = BUF_INIT;
    struct error e = ERROR_INIT;
    bool help = false;
    if (parse(rows[_i].line, &operands, &help, &e) != ERR_OK) {
        ck_assert_int_eq(e.code, ERR_USAGE);
        buf_printf(&text, "!%s", e.line);
    } else {
        show(&operands, help, &text);
    }
    assert_str_eq(rows[_i].line, buf_str(&text), str_of(rows[_i].want));
    opt_list_done(&got.list);
}
END_TEST

START_TEST(operands_limit)
{
    static char *words[OPT_OPERANDS + 2];
    char word[] = "x";
    struct error e = ERROR_INIT;
    bool help;
    for (size_t i = 0; i < OPT_OPERANDS + 2; i++)
        words[i] = word;
    for (int over = 0; over < 2; over++) {
        CLEANUP(operands_done) struct operands o = {0};
        enum err code =
            opt_parse(tables, (int)OPT_OPERANDS + 1 + over, words, &o, &help, &e);
        ck_assert_int_eq(code, over ? ERR_USAGE : ERR_OK);
    }
}
END_TEST

START_TEST(distances)
{
    static const struct {
        const char *a, *b;
        unsigned d;
    } pairs[] = {{"", "", 0},           {"a", "", 1},          {"", "abc", 3},
                 {"scrub", "scrub", 0}, {"scrib", "scrub", 1}, {"kitten", "sitting", 3},
                 {"ab", "ba", 2},       {"verify", "very", 2}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        ck_assert_uint_eq(opt_distance(str_of(pairs[i].a), str_of(pairs[i].b)),
                          pairs[i].d);
        ck_assert_uint_eq(opt_distance(str_of(pairs[i].b), str_of(pairs[i].a)),
                          pairs[i].d);
    }
    char word[OPT_DISTANCE + 1];
    memset(word, 'a', sizeof word);
    struct str most = str_n(word, OPT_DISTANCE - 1), more = str_n(word, OPT_DISTANCE);
    ck_assert_uint_eq(opt_distance(most, most), 0);
    ck_assert_uint_eq(opt_distance(more, more), OPT_DISTANCE);
}
END_TEST

static const struct opt wide[] = {
    {OPT_TEXT, 'o', "output", "FILE", "short", &got.text},
    {OPT_CHOICE, 0, "undecided", "fail|drop|redact|keep",
     "a help text that is a good deal longer than what fits into one line of a terminal, so "
     "that it is wrapped between words",
     &got.choice},
    {OPT_FLAG, 0, "a-name-that-leaves-no-room", NULL,
     "awordthatislongerthanalinehasroomforandthereforehastobecutinsideoftheword",
     &got.flag},
    {OPT_OPTIONAL, 0, "json", "FILE", "optional", &got.optional},
    {OPT_END},
};

START_TEST(help_text)
{
    BUF_SCOPED out = BUF_INIT;
    opt_help(wide, &out);
    assert_str_eq(
        "help", buf_str(&out),
        STR("  -o, --output FILE         short\n"
            "      --undecided fail|drop|redact|keep\n"
            "                            a help text that is a good deal longer than what\n"
            "                            fits into one line of a terminal, so that it is\n"
            "                            wrapped between words\n"
            "      --a-name-that-leaves-no-room\n"
            "                            awordthatislongerthanalinehasroomforandthereforehas\n"
            "                            tobecutinsideoftheword\n"
            "      --json[=FILE]         optional\n"));
    buf_clear(&out);
    opt_names(wide, &out);
    assert_str_eq("names", buf_str(&out),
                  STR("--output\n--undecided\n--a-name-that-leaves-no-room\n--json\n"));
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, row, 0, sizeof rows / sizeof *rows);
    tcase_add_test(t, operands_limit);
    tcase_add_test(t, distances);
    tcase_add_test(t, help_text);
}

TEST_MAIN("opt")
