#include "scrub/pseudo.h"

#include "act_thread.h"
#include "base/table.h"
#include "scrub/act_with.h"
#include "scrub/memo.h"
#include "scrub/permute.h"

static struct act_thread thread;

static void setup(void)
{
    thread_init(&thread, "5a");
}
static void teardown(void)
{
    thread_done(&thread);
}

static const struct pseudo_kind *kind_of(const char *name)
{
    for (size_t i = 0; pseudo_at(i); i++)
        if (strcmp(pseudo_at(i)->name, name) == 0)
            return pseudo_at(i);
    return NULL;
}

static void make(const char *kind, const char *space, struct str in, struct buf *out)
{
    struct pseudo p = {&thread, str_of(space)};
    struct error e = ERROR_INIT;
    buf_clear(out);
    assert_ok(pseudo_make(kind_of(kind), &p, in, out, &e), &e);
}

/* The shape of a text: digits 9, letters a and A, the rest as it is. */
static void shape(struct str s, char *out)
{
    size_t i = 0;
    for (; i < s.n; i++) {
        char c = s.p[i];
        out[i] = c >= '0' && c <= '9'   ? '9'
                 : c >= 'a' && c <= 'z' ? 'a'
                 : c >= 'A' && c <= 'Z' ? 'A'
                                        : c;
    }
    out[i] = 0;
}

/* `want` is the shape of the result; * stands for any run of letters, lower case first,
 * and digits 2 to 7. NULL: the text itself. */
static const struct {
    const char *kind, *in, *want;
} rows[] = {
    {"serial", "SN-00423/b", "AA-99999/a"},
    {"serial", "PN 1234-5678 rev C", "AA 9999-9999 aaa A"},
    {"serial", "", NULL},
    {"serial", " \t\n", NULL},
    {"serial", "--/--", NULL},
    {"serial", "7", "9"},
    {"serial", "\xc3\xa9t\xc3\xa9-12", "aaa-99"},
    {"serial", "\xe6\x97\xa5\xe6\x9c\xac", "aa"},
    {"phone", "+1 (415) 555-0132", "+9 (999) 999-9999"},
    {"phone", "+49-30-901820 ext. 12", "+99-99-999999 aaa. 99"},
    {"phone", "0049 30 901820", "9999 99 999999"},
    {"phone", "12", "99"},
    {"phone", "ask Ana", "aaa Aaa"},
    {"token", "aZ09-_x.", NULL},
    {"ulid", "7", "9"},
};

START_TEST(shape_is_kept)
{
    BUF_SCOPED out = BUF_INIT;
    char got[256];
    struct str in = str_of(rows[_i].in);
    make(rows[_i].kind, "test", in, &out);
    if (strcmp(rows[_i].kind, "token") == 0) {
        ck_assert_uint_eq(out.n, in.n);
        for (size_t i = 0; i < out.n; i++)
            ck_assert(strchr("-_.", out.p[i]) == NULL);
        return;
    }
    shape(buf_str(&out), got);
    ck_assert_msg(strcmp(got, rows[_i].want ? rows[_i].want : rows[_i].in) == 0,
                  "%s '%s' became '%s'", rows[_i].kind, rows[_i].in, got);
}
END_TEST

START_TEST(country_code_is_kept)
{
    BUF_SCOPED out = BUF_INIT;
    static const char *const codes[] = {"+1 ", "+49 ", "+358 ", "+7 "};
    char text[32];
    for (size_t i = 0; i < 4; i++) {
        snprintf(text, sizeof text, "%s555 012 3456", codes[i]);
        make("phone", "phone", str_of(text), &out);
        ck_assert(str_starts(buf_str(&out), str_of(codes[i])));
        ck_assert(!str_eq(buf_str(&out), str_of(text)));
    }
}
END_TEST

/* However it is punctuated: the same digits have the same pseudonym. */
START_TEST(phone_punctuation_does_not_matter)
{
    BUF_SCOPED a = BUF_INIT, b = BUF_INIT;
    make("phone", "phone", STR("+1 415-555-0132"), &a);
    make("phone", "phone", STR("+14155550132"), &b);
    char digits[32];
    size_t n = 0;
    for (size_t i = 0; i < a.n; i++)
        if (a.p[i] != ' ' && a.p[i] != '-')
            digits[n++] = a.p[i];
    assert_str_eq("digits", str_n(digits, n), buf_str(&b));
}
END_TEST

static const char *const texts[] = {
    "a",
    "Ana Silva",
    "ana.silva@acme.example",
    "ACME Robotics GmbH",
    "+1 (415) 555-0132",
    "1 Main St.\nSpringfield, 12345",
    "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "0xDEADBEEF00112233",
    "SN-00423/b",
    "https://ana:pw@files.acme.example:8443/tenants/42/part.step?sig=abc#x",
    "dir/Bracket v2 (final).tar.gz",
    "glpat-aZ09",
    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
    "\xf0\x9f\x99\x82",
    "@",
    "://",
    "a@b@c",
    "?",
    ".",
    "..",
    "-",
    "+",
    "0x",
    "00",
    "nil",
    "C:\\users\\ana\\x.pdf",
    "mailto:ana@acme.example",
    "www.acme.example",
    "/etc/passwd",
    "a b  c",
    "\x01\x7f",
};

/* Every kind takes every text: the same again is the same, valid UTF-8, not empty;
 * another namespace gives something else where there is room to. */
START_TEST(every_kind_every_text)
{
    BUF_SCOPED one = BUF_INIT, two = BUF_INIT, other = BUF_INIT;
    for (size_t k = 0; pseudo_at(k); k++) {
        const char *kind = pseudo_at(k)->name;
        struct str in = str_of(texts[_i]);
        make(kind, "test", in, &one);
        make("word", "noise", STR("between"), &other);
        make(kind, "test", in, &two);
        assert_str_eq(kind, buf_str(&one), buf_str(&two));
        ck_assert_msg(one.n > 0, "%s of row %d", kind, _i);
        make(kind, "other", in, &other);
        if (in.n >= 9 && (uint8_t)in.p[0] < 0x80)
            ck_assert_msg(!str_eq(buf_str(&one), buf_str(&other)) &&
                              !str_eq(buf_str(&one), in),
                          "%s of row %d", kind, _i);
        for (size_t i = 0; i < one.n; i++)
            ck_assert_msg((uint8_t)one.p[i] < 0x80, "%s of row %d", kind, _i);
    }
}
END_TEST

static void write_value(unsigned shape, unsigned v, char *out, size_t size)
{
    switch (shape) {
    case 0: snprintf(out, size, "u%u@host%u.example", v, v % 7); break;
    case 1: snprintf(out, size, "Name %u", v); break;
    case 2: snprintf(out, size, "SN-%u/%u", v, v % 7); break;
    case 3: snprintf(out, size, "https://h%u.example/a/%u?q", v % 7, v); break;
    case 4: snprintf(out, size, "%u Long Road", v); break;
    default: snprintf(out, size, "+1 555 %04u %u", v, v % 7);
    }
}

/* What is remembered changes no result: against a worker that remembers nothing, more
 * values than there are places, some of them often, in namespaces of several lengths,
 * among them a salted one. */
START_TEST(memory_changes_nothing)
{
    static const char salted[] = "same\0\1\2\3";
    struct str spaces[] = {
        STR("same"), str_n(salted, sizeof salted - 1), STR("s"),
        STR("a-namespace-that-is-as-long-as-one-of-64-bytes-is-allowed-to")};
    struct error e = ERROR_INIT;
    BUF_SCOPED with = BUF_INIT;
    BUF_SCOPED without = BUF_INIT;
    struct memo *memo = thread.memo;
    const struct pseudo_kind *k = pseudo_at((size_t)_i);
    unsigned faults = 0;
    for (unsigned i = 0; i < 3 * MEMO_PLACES; i++) {
        struct pseudo p = {&thread, spaces[i % 4]};
        unsigned v = i % 3 ? i : i % 50;
        char text[100];
        write_value(i / 4 % 6, v, text, sizeof text);
        buf_clear(&with);
        buf_clear(&without);
        thread.memo = memo;
        faults += pseudo_make(k, &p, str_of(text), &with, &e) != ERR_OK;
        thread.memo = NULL;
        faults += pseudo_make(k, &p, str_of(text), &without, &e) != ERR_OK;
        faults += !str_eq(buf_str(&with), buf_str(&without));
    }
    thread.memo = memo;
    ck_assert_msg(faults == 0, "%s: %u", k->name, faults);
}
END_TEST

/* Keys that differ in one thing only, and the limits. */
START_TEST(memory)
{
    CLEANUP(memo_freep) struct memo *m = memo_new();
    struct memo_key a, b, c;
    char longest[MEMO_BYTES + 1] = {0};
    ck_assert(memo_key(&a, MEMO_HOST, STR("ab"), STR("c")));
    ck_assert(memo_key(&b, MEMO_HOST, STR("a"), STR("bc")));
    ck_assert(memo_key(&c, MEMO_SHAPE, STR("ab"), STR("c")));
    ck_assert_ptr_null(memo_get(m, &a).p);
    memo_put(m, &a, STR("one"));
    ck_assert_ptr_null(memo_get(m, &b).p);
    ck_assert_ptr_null(memo_get(m, &c).p);
    memo_put(m, &b, STR(""));
    memo_put(m, &c, STR("three"));
    assert_str_eq("a", memo_get(m, &a), STR("one"));
    ck_assert_ptr_nonnull(memo_get(m, &b).p);
    assert_str_eq("b", memo_get(m, &b), STR(""));
    assert_str_eq("c", memo_get(m, &c), STR("three"));
    /* The same hash is not the same key. */
    b.hash = a.hash;
    memo_put(m, &b, STR("two"));
    assert_str_eq("a", memo_get(m, &a), STR("one"));
    assert_str_eq("b", memo_get(m, &b), STR("two"));
    c.hash = a.hash;
    memo_put(m, &c, STR("last")); /* in the place of a, which was used before b */
    ck_assert_ptr_null(memo_get(m, &a).p);
    assert_str_eq("b", memo_get(m, &b), STR("two"));
    assert_str_eq("c", memo_get(m, &c), STR("last"));
    ck_assert(memo_key(&a, MEMO_HOST, STR(""), str_n(longest, MEMO_BYTES - 2)));
    memo_put(m, &a, STR("x"));
    ck_assert_ptr_null(memo_get(m, &a).p);
    ck_assert(!memo_key(&a, MEMO_HOST, STR(""), str_n(longest, MEMO_BYTES - 1)));
    ck_assert(!memo_key(&a, MEMO_HOST, str_n(longest, sizeof longest), STR("")));
    memo_put(NULL, &b, STR("x"));
    ck_assert_ptr_null(memo_get(NULL, &b).p);
    memo_free(NULL);
}
END_TEST

/* No run of four letters or digits of the original shows in what words are made of. */
START_TEST(nothing_of_the_original_shows)
{
    static const char *const kinds[] = {"email", "person",   "company", "address",
                                        "url",   "filename", "word"};
    BUF_SCOPED out = BUF_INIT;
    struct str in =
        STR("https://jane.doe@hostname.corp/projects/secretname/drawing.pdf");
    make(kinds[_i], "test", in, &out);
    for (size_t i = strlen("https://"); i + 4 <= in.n - strlen(".pdf"); i++)
        ck_assert_msg(memmem(out.p, out.n, in.p + i, 4) == NULL, "%s: byte %zu",
                      kinds[_i], i);
}
END_TEST

static const struct {
    const char *kind, *in, *begin, *end;
} ends[] = {
    {"email", "Ana.Silva@acme.example", "g", ".invalid"},
    {"company", "Acme Robotics GmbH", "C", " GmbH"},
    {"company", "Acme, Inc.", "C", " Inc."},
    {"company", "Pinc", "C", "x"},
    {"url", "https://acme.example", "https://c", ".invalid"},
    {"url", "HTTP://acme.example:80/a.pdf", "HTTP://c", ".pdf"},
    {"url", "http://[2001:db8::1]/", "http://c", ".invalid/"},
    {"url", "zanzibar://acme.example/x", "c", ""},
    {"filename", "part.step", "c", ".step"},
    {"filename", "backup.tar.gz", "c", ".tar.gz"},
    {"filename", "Ana.Silva", "c", ""},
    {"filename", ".pdf", "c", ""},
    {"filename", "/a/b/c.PDF", "/c", ".PDF"},
    {"hex", "0xDEADBEEF", "0x", ""},
};

START_TEST(end_is_kept)
{
    BUF_SCOPED out = BUF_INIT;
    make(ends[_i].kind, "test", str_of(ends[_i].in), &out);
    ck_assert_msg(str_starts(buf_str(&out), str_of(ends[_i].begin)) &&
                      str_ends(buf_str(&out), str_of(ends[_i].end)),
                  "%s '%s' became '%.*s'", ends[_i].kind, ends[_i].in,
                  STR_ARG(buf_str(&out)));
}
END_TEST

START_TEST(equal_hosts_stay_equal)
{
    BUF_SCOPED a = BUF_INIT, b = BUF_INIT, c = BUF_INIT, d = BUF_INIT;
    make("email", "test", STR("ana@acme.example"), &a);
    make("email", "test", STR("bob@ACME.example"), &b);
    make("email", "test", STR("ana@other.example"), &c);
    make("email", "test", STR("Ana@Acme.Example"), &d);
    struct str host_a = str_of(strchr(buf_cstr(&a), '@'));
    struct str host_b = str_of(strchr(buf_cstr(&b), '@'));
    struct str host_c = str_of(strchr(buf_cstr(&c), '@'));
    assert_str_eq("host", host_a, host_b);
    ck_assert(!str_eq(host_a, host_c));
    assert_str_eq("case", buf_str(&a), buf_str(&d));
    make("url", "test", STR("https://acme.example/"), &b);
    ck_assert(memmem(b.p, b.n, host_a.p + 1, host_a.n - 1) != NULL);
}
END_TEST

START_TEST(uuid_keeps_what_is_no_secret)
{
    BUF_SCOPED lower = BUF_INIT, upper = BUF_INIT, plain = BUF_INIT;
    make("uuid", "id", STR("f81d4fae-7dec-41d0-a765-00a0c91e6bf6"), &lower);
    make("uuid", "id", STR("F81D4FAE-7DEC-41D0-A765-00A0C91E6BF6"), &upper);
    make("uuid", "id", STR("f81d4fae7dec41d0a76500a0c91e6bf6"), &plain);
    ck_assert_uint_eq(lower.n, 36);
    ck_assert_uint_eq(plain.n, 32);
    ck_assert_int_eq(lower.p[14], '4');
    ck_assert(strchr("89ab", lower.p[19]) != NULL);
    for (size_t i = 0, k = 0; i < 36; i++) {
        ck_assert_int_eq(lower.p[i] == '-', i == 8 || i == 13 || i == 18 || i == 23);
        ck_assert(upper.p[i] < 'a');
        ck_assert_int_eq(lower.p[i], lower.p[i] > '9' ? upper.p[i] | 0x20 : upper.p[i]);
        if (lower.p[i] != '-')
            ck_assert_int_eq(lower.p[i], plain.p[k++]);
    }
    make("uuid", "id", STR("00000000-0000-0000-0000-000000000000"), &plain);
    assert_str_eq("nil", buf_str(&plain), STR("00000000-0000-0000-0000-000000000000"));
}
END_TEST

/* All values of a shape of 10^6: each result once. */
START_TEST(six_digits_are_one_to_one)
{
    BUF_SCOPED out = BUF_INIT;
    static uint8_t seen[1000000];
    struct pseudo p = {&thread, STR("test")};
    struct error e = ERROR_INIT;
    char text[16];
    size_t same = 0;
    for (int i = 0; i < 1000000; i++) {
        snprintf(text, sizeof text, "%06d", i);
        buf_clear(&out);
        if (pseudo_make(&pseudo_serial, &p, str_n(text, 6), &out, &e) != ERR_OK)
            ck_abort_msg("%s", e.line);
        long v = strtol(buf_cstr(&out), NULL, 10);
        if (v < 0 || v > 999999 || seen[v]++)
            ck_abort_msg("%06d", i);
        same += v == i;
    }
    ck_assert_uint_lt(same, 20); /* one is expected */
}
END_TEST

/* Samples of larger and of mixed shapes, and of those where the first value is not the
 * number zero. */
static const struct {
    const char *kind, *format;
} families[] = {
    {"serial", "A%05d-b"},
    {"serial", "%07d"},
    {"hex", "%08x"},
    {"token", "aX%05d"},
    {"phone", "+1 415 %07d"},
    {"uuid", "f81d4fae-7dec-41d0-a765-00a0%08x"},
    {"ulid", "01ARZ3NDEKTSV4RRFF%08d"},
    {"email", "ana%d@acme.example"},
    {"url", "https://acme.example/%d?x=%1$d"},
    {"filename", "part-%d.step"},
    {"word", "%d"},
};

START_TEST(sample_has_no_collision)
{
    struct table t = TABLE_INIT;
    static char keys[20000][128];
    BUF_SCOPED out = BUF_INIT;
    struct pseudo p = {&thread, STR("test")};
    struct error e = ERROR_INIT;
    char text[80];
    for (int i = 0; i < 20000; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(text, sizeof text, families[_i].format, i);
#pragma GCC diagnostic pop
        buf_clear(&out);
        if (pseudo_make(kind_of(families[_i].kind), &p, str_of(text), &out, &e) !=
            ERR_OK)
            ck_abort_msg("%s", e.line);
        if (out.n >= sizeof keys[0])
            ck_abort_msg("row %d is long", _i);
        memcpy(keys[i], out.p, out.n);
        if (table_put(&t, str_n(keys[i], out.n), keys[i]) != NULL)
            ck_abort_msg("row %d: %s", _i, text);
    }
    table_done(&t);
}
END_TEST

static const struct {
    const char *in, *want; /* the shape */
} numbers[] = {
    {"0", "0"},         {"7", "9"},       {"-12.50", "-99.99"}, {"1000000", "9999999"},
    {"0.125", "0.999"}, {"1e10", "9e10"}, {"1.5E-3", "9.9E-3"},
};

START_TEST(number_stays_a_number)
{
    BUF_SCOPED out = BUF_INIT;
    struct pseudo p = {&thread, STR("test")};
    struct error e = ERROR_INIT;
    struct str in = str_of(numbers[_i].in), want = str_of(numbers[_i].want);
    for (int round = 0; round < 50; round++) {
        char space[16];
        snprintf(space, sizeof space, "s%d", round);
        p.space = str_of(space);
        buf_clear(&out);
        assert_ok(pseudo_number(&p, in, &out, &e), &e);
        ck_assert_uint_eq(out.n, want.n);
        for (size_t i = 0; i < want.n; i++)
            ck_assert(want.p[i] == '9' ? out.p[i] >= '0' && out.p[i] <= '9'
                                       : out.p[i] == want.p[i]);
        bool minus = out.p[0] == '-';
        ck_assert(out.n == 1U + minus || out.p[minus] != '0' ||
                  out.p[minus + 1] == '.');
    }
}
END_TEST

/* At the longest value that is encrypted and one past. */
START_TEST(length_limit)
{
    BUF_SCOPED in = BUF_INIT, out = BUF_INIT, other = BUF_INIT;
    for (size_t i = 0; i < 1233; i++) /* 10^1233 is the last under 2^4096 */
        buf_add_char(&in, '9');
    for (int past = 0; past < 3; past++) {
        make("serial", "test", buf_str(&in), &out);
        ck_assert_uint_eq(out.n, in.n);
        in.p[0] = '8';
        make("serial", "test", buf_str(&in), &other);
        in.p[0] = '9';
        ck_assert(!str_eq(buf_str(&out), buf_str(&other)));
        ck_assert(!str_eq(buf_str(&out), buf_str(&in)));
        size_t more = past ? PERMUTE_DIGITS : 1;
        for (size_t i = 0; i < more; i++)
            buf_add_char(&in, '9');
    }
}
END_TEST

START_TEST(another_key_gives_another_result)
{
    BUF_SCOPED one = BUF_INIT, two = BUF_INIT;
    make("serial", "test", STR("AB-123456"), &one);
    thread_done(&thread);
    thread_init(&thread, "5b");
    make("serial", "test", STR("AB-123456"), &two);
    ck_assert(!str_eq(buf_str(&one), buf_str(&two)));
}
END_TEST

static const struct {
    const char *name, *text, *part;
} bad_words[] = {
    {"no section", "abc\n", "line 1"},
    {"capital", "[given]\nAbc\n", "line 2"},
    {"few", "[given]\nabc\n", "fewer"},
    {"digits", "[given]\nabc\n\n# x\na1 # y\n", "line 5"},
    {"empty", "", "fewer"},
};

START_TEST(words_refused)
{
    struct words *w = NULL;
    struct error e = ERROR_INIT;
    ck_assert_int_eq(words_read(str_of(bad_words[_i].text), &w, &e), ERR_DATA);
    ck_assert_msg(strstr(e.line, bad_words[_i].part) != NULL, "%s: %s",
                  bad_words[_i].name, e.line);
}
END_TEST

START_TEST(words_shipped)
{
    CLEANUP(words_freep) struct words *w = NULL;
    struct error e = ERROR_INIT;
    assert_ok(words_new(&w, &e), &e);
    for (int i = 0; i < WORDS_SECTIONS; i++)
        ck_assert_uint_ge(w->of[i].n, 200);
}
END_TEST

#define LOOP(t, test, table) \
    tcase_add_loop_test(t, test, 0, (int)(sizeof(table) / sizeof *(table)))

static void cases(TCase *t)
{
    tcase_add_checked_fixture(t, setup, teardown);
    LOOP(t, shape_is_kept, rows);
    tcase_add_test(t, country_code_is_kept);
    tcase_add_test(t, phone_punctuation_does_not_matter);
    LOOP(t, every_kind_every_text, texts);
    tcase_add_loop_test(t, memory_changes_nothing, 0, 13);
    tcase_add_test(t, memory);
    tcase_add_loop_test(t, nothing_of_the_original_shows, 0, 7);
    LOOP(t, end_is_kept, ends);
    tcase_add_test(t, equal_hosts_stay_equal);
    tcase_add_test(t, uuid_keeps_what_is_no_secret);
    tcase_add_test(t, six_digits_are_one_to_one);
    LOOP(t, sample_has_no_collision, families);
    LOOP(t, number_stays_a_number, numbers);
    tcase_add_test(t, length_limit);
    tcase_add_test(t, another_key_gives_another_result);
    LOOP(t, words_refused, bad_words);
    tcase_add_test(t, words_shipped);
}

TEST_MAIN("pseudo")
