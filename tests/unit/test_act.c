#include "scrub/act.h"

#include <time.h>

#include "act_thread.h"
#include "base/arena.h"
#include "doc/doc.h"
#include "scrub/decimal.h"
#include "scrub/pseudo.h"

static struct act_thread thread;

static void setup(void)
{
    thread_init(&thread, "5a");
}
static void teardown(void)
{
    thread_done(&thread);
}

/* An action with parameters as YAML, "" for none. */
struct bound {
    const struct action *action;
    struct arena arena;
    void *params;
};

static enum err bind(struct bound *b, const char *name, const char *with,
                     struct error *e)
{
    CLEANUP(doc_freep) struct doc *d = NULL;
    *b = (struct bound){.action = act_find(str_of(name))};
    ck_assert_msg(b->action != NULL, "%s", name);
    if (*with)
        assert_ok(doc_yaml(str_of(with), "with", &d, e), e);
    return b->action->check(d ? doc_root(d) : NULL, &b->arena, &b->params, e);
}

static void unbind(struct bound *b)
{
    if (b->action->done && b->params)
        b->action->done(b->params);
    arena_done(&b->arena);
}

static const enum act_kind kinds_of[] = {
    ['s'] = ACT_STRING, ['n'] = ACT_NUMBER, ['b'] = ACT_BOOL, ['0'] = ACT_NULL};

/* Applies; kinds are written s, n, b, 0. */
static char apply(struct bound *b, char kind, const char *text, const char *subject,
                  struct buf *out)
{
    struct act_value in = {str_of(text), kinds_of[(uint8_t)kind], str_of(subject)};
    struct act_result r = {out, in.kind};
    struct error e = ERROR_INIT;
    buf_clear(out);
    assert_ok(b->action->apply(&thread, b->params, &in, &r, &e), &e);
    return "snb0"[r.kind];
}

static const struct {
    const char *action, *with;
    char kind;
    const char *in;
    char want_kind;
    const char *want;
} rows[] = {
    {"redact", "", 's', "abc", 's', "[REDACTED]"},
    {"redact", "", 's', "", 's', "[REDACTED]"},
    {"redact", "", 'n', "12", 's', "[REDACTED]"},
    {"redact", "", 'b', "true", 's', "[REDACTED]"},
    {"redact", "", '0', "null", '0', "null"},
    {"redact", "{label: aws-key}", 's', "abc", 's', "[REDACTED:aws-key]"},

    {"constant", "{value: x y}", 's', "abc", 's', "x y"},
    {"constant", "{value: ''}", 's', "abc", 's', ""},
    {"constant", "{value: 0.50}", 's', "abc", 'n', "0.50"},
    {"constant", "{value: false}", 'n', "1", 'b', "false"},
    {"constant", "{value: null}", 's', "abc", '0', "null"},
    {"constant", "{value: 1}", '0', "null", 'n', "1"},

    {"mask", "", 's', "abc", 's', "***"},
    {"mask", "", 's', "", 's', ""},
    {"mask", "", 'n', "12.5", 's', "****"},
    {"mask", "{first: 2, last: 1}", 's', "abcdef", 's', "ab***f"},
    {"mask", "{first: 2, last: 1}", 's', "abcd", 's', "ab*d"},
    {"mask", "{first: 2, last: 1}", 's', "abc", 's', "***"},
    {"mask", "{last: 2, char: \"\xe2\x80\xa2\"}", 's', "\xc3\xa9\xc3\xa9\xc3\xa9", 's',
     "\xe2\x80\xa2\xc3\xa9\xc3\xa9"},
    {"mask", "{first: 1, keep_length: false}", 's', "abcdefghij", 's', "a****"},
    {"mask", "", '0', "null", '0', "null"},

    {"pseudonym", "{kind: serial}", 's', "--", 's', "--"},
    {"pseudonym", "{kind: email}", 's', "", 's', ""},
    {"pseudonym", "{kind: email}", '0', "null", '0', "null"},

    {"date", "{truncate: month}", 's', "2024-02-29", 's', "2024-02-01"},
    {"date", "{truncate: year}", 's', "2024-02-29T12:34:56.789+05:30", 's',
     "2024-01-01T00:00:00.000+05:30"},
    {"date", "{truncate: month}", 's', "20240229", 's', "20240201"},
    {"date", "{truncate: year}", 's', "2024-02", 's', "2024-01"},
    {"date", "{truncate: month}", 's', "2024-02-29 12:34Z", 's', "2024-02-01 00:00Z"},
    {"date", "{truncate: month}", 's', "2023-02-29", 's', "[REDACTED]"},
    {"date", "{truncate: month}", 's', "2023-13-01", 's', "[REDACTED]"},
    {"date", "{truncate: month}", 's', "2023-00-01", 's', "[REDACTED]"},
    {"date", "{truncate: month}", 's', "0000-01-01", 's', "[REDACTED]"},
    {"date", "{truncate: month}", 's', "01/02/2023", 's', "[REDACTED]"},
    {"date", "{truncate: month}", 's', "2023-01-01 Ana", 's', "[REDACTED]"},
    {"date", "{truncate: month}", 's', "2023-01-01T", 's', "[REDACTED]"},
    {"date", "{truncate: month}", 's', "2023-1", 's', "[REDACTED]"},
    {"date", "{truncate: month}", 's', "x", 's', "[REDACTED]"},
    {"date", "{truncate: month}", 's', "", 's', ""},
    {"date", "{truncate: month}", 'n', "1709210096", 'n', "1706745600"},
    {"date", "{truncate: year}", 'n', "1709210096789", 'n', "1704067200000"},
    {"date", "{truncate: year}", 'n', "12", 's', "[REDACTED]"},
    {"date", "{truncate: year}", 'n', "1.5e11", 's', "[REDACTED]"},
    {"date", "{shift_days: 3}", 's', "2024-02", 's', "[REDACTED]"},

    {"number", "{round: 100}", 'n', "149", 'n', "100"},
    {"number", "{round: 100}", 'n', "150", 'n', "200"},
    {"number", "{round: 100}", 'n', "-150", 'n', "-200"},
    {"number", "{round: 100}", 'n', "149.99", 'n', "100.00"},
    {"number", "{round: 100}", 's', "150.00", 's', "200.00"},
    {"number", "{round: 1}", 'n', "0.5", 'n', "1.0"},
    {"number", "{round: 10}", 'n', "-0.0", 'n', "0.0"},
    {"number", "{bucket: 50}", 'n', "149", 'n', "100"},
    {"number", "{bucket: 50}", 'n', "-1", 'n', "-50"},
    {"number", "{bucket: 50}", 'n', "-50", 'n', "-50"},
    {"number", "{bucket: 50}", 'n', "1e3", 's', "[REDACTED]"},
    {"number", "{bucket: 50}", 's', "12 EUR", 's', "[REDACTED]"},
    {"number", "{bucket: 50}", 'b', "true", 's', "[REDACTED]"},
    {"number", "{bucket: 50}", 'n', "99999999999999999", 'n', "99999999999999950"},
    {"number", "{bucket: 50}", 'n', "100000000000000000", 's', "[REDACTED]"},
    {"number", "{round: 100}", 'n', "99999999999999999", 's', "[REDACTED]"},
    {"number", "{noise: 0.5}", 'n', "0.00", 'n', "0.00"},

    {"generalise", "{kind: zip3}", 's', "94105", 's', "941"},
    {"generalise", "{kind: zip3}", 's', "94105-1234", 's', "941"},
    {"generalise", "{kind: zip3}", 'n', "94105", 's', "941"},
    {"generalise", "{kind: zip3}", 's', "03601", 's', "000"},
    {"generalise", "{kind: zip3}", 's', "SW1A 1AA", 's', "[REDACTED]"},
    {"generalise", "{kind: zip3}", 's', "9410", 's', "[REDACTED]"},
    {"generalise", "{kind: range, size: 50}", 'n', "99", 's', "50..99"},
    {"generalise", "{kind: range, size: 50}", 'n', "100", 's', "100..149"},
    {"generalise", "{kind: range, size: 50}", 'n', "-0.5", 's', "-50..-1"},
    {"generalise", "{kind: range, size: 10}", 's', "19.99", 's', "10..19"},
    {"generalise", "{kind: range, size: 10}", 's', "many", 's', "[REDACTED]"},
    {"generalise", "{kind: geohash, precision: 3}", 's', "u4pruydqqvj", 's', "u4p"},
    {"generalise", "{kind: geohash, precision: 3}", 's', "u4", 's', "u4"},
    {"generalise", "{kind: geohash, precision: 2}", 'n', "57.64911", 'n', "57.64"},
    {"generalise", "{kind: geohash}", 's', "57.64911, -10.40744", 's', "57.6, -10.4"},
    {"generalise", "{kind: geohash, precision: 0}", 'n', "-10.9", 'n', "-10"},
    {"generalise", "{kind: geohash}", 's', "57.6, here", 's', "[REDACTED]"},
    {"generalise", "{kind: geohash}", 's', "a house", 's', "[REDACTED]"},
    {"generalise", "{kind: tld}", 's', "ana@mail.acme.de", 's', "de"},
    {"generalise", "{kind: tld}", 's', "https://x@acme.co.uk:8443/a.pdf", 's', "uk"},
    {"generalise", "{kind: tld}", 's', "acme.xn--p1ai", 's', "xn--p1ai"},
    {"generalise", "{kind: tld}", 's', "192.168.0.1", 's', "[REDACTED]"},
    {"generalise", "{kind: tld}", 's', "localhost", 's', "[REDACTED]"},
    {"generalise", "{kind: tld}", 's', "", 's', ""},

    {"substitute", "{pattern: '\\d+', replacement: '#'}", 's', "a1b22", 's', "a#b#"},
    {"substitute", "{pattern: '\\d+', replacement: '#'}", 's', "ab", 's', "ab"},
    {"substitute", "{pattern: '\\d+', replacement: '#'}", 'n', "12", 's', "#"},
    {"substitute", "{pattern: 'x', replacement: '#'}", 'n', "12", 'n', "12"},
    {"substitute", "{pattern: '(\\w)@(\\w)', replacement: '$2@$1'}", 's', "a@b", 's',
     "b@a"},
    {"substitute", "{pattern: 'b'}", 's', "abc", 's', "ac"},
    {"substitute", "{pattern: '^(a+)+$'}", 's',
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", 's',
     "[REDACTED]"},
};

START_TEST(row)
{
    BUF_SCOPED out = BUF_INIT;
    struct error e = ERROR_INIT;
    struct bound b;
    assert_ok(bind(&b, rows[_i].action, rows[_i].with, &e), &e);
    char kind = apply(&b, rows[_i].kind, rows[_i].in, "", &out);
    assert_str_eq(rows[_i].in, buf_str(&out), str_of(rows[_i].want));
    ck_assert_int_eq(kind, rows[_i].want_kind);
    unbind(&b);
}
END_TEST

static const struct {
    const char *action, *with, *part;
} refused[] = {
    {"keep", "{x: 1}", "unknown parameter; this action has: none"},
    {"drop", "[]", "must be a map"},
    {"redact", "{labl: x}", "this action has: label"},
    {"redact", "{label: 'a b'}", "label"},
    {"redact", "{label: ''}", "label"},
    {"constant", "{}", "value"},
    {"constant", "", "value"},
    {"constant", "{value: [1]}", "value"},
    {"mask", "{first: -1}", "first"},
    {"mask", "{first: 65}", "up to 64"},
    {"mask", "{char: ab}", "one character"},
    {"mask", "{char: ''}", "one character"},
    {"mask", "{keep_length: 1}", "true or false"},
    {"pseudonym", "", "kind"},
    {"pseudonym", "{kind: mail}", "one of email, person"},
    {"pseudonym", "{kind: email, namespace: 'a b'}", "namespace"},
    {"pseudonym", "{kind: email, namespace: ''}", "namespace"},
    {"pseudonym",
     "{kind: email, namespace: "
     "abcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefghx}",
     "namespace"},
    {"pseudonym", "{kind: email, scope: run}", "one of key, snapshot"},
    {"pseudonym", "{kind: email, accept_reversible: 1}", "accept_reversible"},
    {"hash", "{length: 7}", "from 8"},
    {"hash", "{length: 53, encoding: base32}", "up to 52"},
    {"hash", "{encoding: md5}", "one of hex"},
    {"date", "", "shift_days"},
    {"date", "{shift_days: 0}", "shift_days"},
    {"date", "{shift_days: 36501}", "shift_days"},
    {"date", "{shift_days: 3, truncate: month}", "shift_days"},
    {"date", "{truncate: week}", "one of no, month, year"},
    {"date", "{truncate: year, subject: id}", "subject"},
    {"number", "", "one of noise"},
    {"number", "{noise: 0}", "noise"},
    {"number", "{noise: 1.5}", "noise"},
    {"number", "{noise: 0.1, round: 10}", "one of noise"},
    {"number", "{round: 0}", "one of noise"},
    {"number", "{bucket: 0.5}", "bucket"},
    {"generalise", "", "kind"},
    {"generalise", "{kind: range}", "size"},
    {"generalise", "{kind: zip3, size: 3}", "size"},
    {"generalise", "{kind: zip3, precision: 3}", "precision"},
    {"substitute", "", "pattern"},
    {"substitute", "{pattern: '('}", "byte 1"},
    {"substitute", "{pattern: 'a', replacement: '$1'}", "replacement"},
};

START_TEST(refuse)
{
    struct error e = ERROR_INIT;
    struct bound b;
    ck_assert_msg(bind(&b, refused[_i].action, refused[_i].with, &e) == ERR_DATA,
                  "row %d", _i);
    ck_assert_msg(strstr(e.line, refused[_i].part) != NULL, "row %d: %s", _i, e.line);
    ck_assert_ptr_null(b.params);
    arena_done(&b.arena);
}
END_TEST

START_TEST(registry)
{
    static const char *const whole[] = {"drop", "null", "block", "redact", "constant"};
    static const char *const bare[] = {"keep", "drop", "null", "block"};
    size_t n = 0;
    for (const struct action *a; (a = act_at(n)) != NULL; n++) {
        ck_assert_ptr_eq(act_find(str_of(a->name)), a);
        ck_assert(a->check != NULL && strlen(a->summary) > 0);
        bool is_whole = false, is_bare = false;
        for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
            is_whole |= strcmp(whole[i], a->name) == 0;
        for (size_t i = 0; i < sizeof bare / sizeof *bare; i++)
            is_bare |= strcmp(bare[i], a->name) == 0;
        ck_assert_msg(a->whole == is_whole && (a->apply == NULL) == is_bare, "%s",
                      a->name);
    }
    ck_assert_uint_eq(n, 13);
    ck_assert_ptr_null(act_find(STR("")));
    ck_assert_ptr_null(act_find(STR("keep ")));
}
END_TEST

START_TEST(namespace_and_subject)
{
    struct error e = ERROR_INIT;
    struct bound b;
    assert_ok(bind(&b, "pseudonym", "{kind: email, namespace: person}", &e), &e);
    assert_str_eq("given", act_namespace(b.action, b.params), STR("person"));
    assert_str_eq("none", act_subject(b.action, b.params), STR(""));
    unbind(&b);
    assert_ok(bind(&b, "hash", "", &e), &e);
    assert_str_eq("default", act_namespace(b.action, b.params), STR("hash"));
    unbind(&b);
    assert_ok(bind(&b, "redact", "", &e), &e);
    assert_str_eq("no key", act_namespace(b.action, b.params), STR(""));
    unbind(&b);
    assert_ok(bind(&b, "date", "{shift_days: 9, subject: patientId}", &e), &e);
    assert_str_eq("subject", act_subject(b.action, b.params), STR("patientId"));
    unbind(&b);
}
END_TEST

/* Texts and numbers become what pseudo says; booleans are refused unless accepted. */
START_TEST(pseudonym_kinds)
{
    BUF_SCOPED out = BUF_INIT, again = BUF_INIT;
    struct error e = ERROR_INIT;
    struct bound b;
    assert_ok(bind(&b, "pseudonym", "{kind: serial, namespace: s}", &e), &e);
    ck_assert_int_eq(apply(&b, 's', "1234567", "", &out), 's');
    ck_assert_int_eq(apply(&b, 'n', "1234567", "", &again), 'n');
    ck_assert_uint_eq(again.n, 7);
    ck_assert_int_ne(again.p[0], '0');
    struct act_value in = {STR("true"), ACT_BOOL, STR("")};
    struct act_result r = {&out, ACT_BOOL};
    ck_assert_int_eq(b.action->apply(&thread, b.params, &in, &r, &e), ERR_DATA);
    unbind(&b);
    assert_ok(bind(&b, "pseudonym", "{kind: token, accept_reversible: true}", &e), &e);
    ck_assert_int_eq(apply(&b, 'b', "true", "", &out), 's');
    ck_assert_uint_eq(out.n, 4);
    unbind(&b);
    assert_ok(bind(&b, "pseudonym", "{kind: email}", &e), &e);
    ck_assert_int_eq(apply(&b, 'n', "12", "", &out), 's');
    unbind(&b);
}
END_TEST

/* A snapshot's own salt, and nothing else, changes what scope: snapshot gives. */
START_TEST(scope_snapshot)
{
    static const char *const withs[] = {"{kind: serial}",
                                        "{kind: serial, scope: snapshot}"};
    struct buf out[4] = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT};
    struct error e = ERROR_INIT;
    for (int i = 0; i < 4; i++) {
        struct bound b;
        assert_ok(bind(&b, "pseudonym", withs[i % 2], &e), &e);
        thread.snapshot_salt[15] = (uint8_t)(i / 2);
        apply(&b, 's', "ABC-12345", "", &out[i]);
        unbind(&b);
    }
    assert_str_eq("key", buf_str(&out[0]), buf_str(&out[2]));
    ck_assert(!str_eq(buf_str(&out[1]), buf_str(&out[3])));
    ck_assert(!str_eq(buf_str(&out[0]), buf_str(&out[1])));
    for (int i = 0; i < 4; i++)
        buf_done(&out[i]);
}
END_TEST

static const struct {
    const char *encoding, *alphabet;
    size_t full;
} encodings[] = {
    {"hex", "0123456789abcdef", 64},
    {"base32", "abcdefghijklmnopqrstuvwxyz234567", 52},
    {"base64url", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
     43},
};

START_TEST(hash)
{
    BUF_SCOPED full = BUF_INIT, cut = BUF_INIT;
    struct error e = ERROR_INIT;
    struct bound b;
    char with[80];
    snprintf(with, sizeof with, "{encoding: %s}", encodings[_i].encoding);
    assert_ok(bind(&b, "hash", with, &e), &e);
    ck_assert_int_eq(apply(&b, 'n', "12", "", &full), 's');
    ck_assert_uint_eq(full.n, encodings[_i].full);
    size_t kinds = 0;
    for (const char *c = encodings[_i].alphabet; *c; c++)
        kinds += memchr(full.p, *c, full.n) != NULL;
    ck_assert_uint_ge(kinds, 10);
    for (size_t i = 0; i < full.n; i++)
        ck_assert(strchr(encodings[_i].alphabet, full.p[i]) != NULL);
    unbind(&b);
    snprintf(with, sizeof with, "{encoding: %s, length: 8}", encodings[_i].encoding);
    assert_ok(bind(&b, "hash", with, &e), &e);
    apply(&b, 's', "12", "", &cut);
    assert_str_eq("cut", buf_str(&cut), str_n(full.p, 8));
    unbind(&b);
}
END_TEST

/* The hex form is the HMAC itself. */
START_TEST(hash_is_the_hmac)
{
    BUF_SCOPED out = BUF_INIT;
    struct error e = ERROR_INIT;
    struct bound b;
    uint8_t mac[32];
    char hex[65];
    mac_value(thread.mac, STR("people"), STR("Ana"), mac);
    for (int i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", mac[i]);
    assert_ok(bind(&b, "hash", "{namespace: people, encoding: hex}", &e), &e);
    apply(&b, 's', "Ana", "", &out);
    assert_str_eq("hex", buf_str(&out), str_of(hex));
    unbind(&b);
}
END_TEST

static int64_t day_number(struct bound *b, const char *date, const char *subject)
{
    BUF_SCOPED out = BUF_INIT;
    int y, m, d;
    ck_assert_int_eq(apply(b, 's', date, subject, &out), 's');
    ck_assert_int_eq(sscanf(buf_cstr(&out), "%d-%d-%d", &y, &m, &d), 3);
    struct tm tm = {.tm_year = y - 1900, .tm_mon = m - 1, .tm_mday = d};
    return timegm(&tm) / 86400;
}

/* Same subject, same shift; intervals stay; never more than asked, never none. */
START_TEST(date_shift)
{
    struct error e = ERROR_INIT;
    struct bound b;
    assert_ok(bind(&b, "date", "{shift_days: 30, subject: id}", &e), &e);
    bool seen[61] = {false};
    int different = 0;
    for (int i = 0; i < 2000; i++) {
        char subject[16];
        snprintf(subject, sizeof subject, "p%d", i);
        int64_t shift = day_number(&b, "2024-02-29", subject) - 19782;
        ck_assert_msg(shift >= -30 && shift <= 30 && shift != 0, "%d", (int)shift);
        ck_assert(day_number(&b, "1999-12-31", subject) - 10956 == shift);
        different += !seen[shift + 30];
        seen[shift + 30] = true;
    }
    ck_assert_int_eq(different, 60);
    unbind(&b);
}
END_TEST

/* Every day of 400 years, there and back through the calendar of the C library. */
START_TEST(calendar)
{
    struct error e = ERROR_INIT;
    struct bound b;
    char text[80];
    assert_ok(bind(&b, "date", "{shift_days: 1}", &e), &e);
    int64_t shift = day_number(&b, "2000-01-02", "") - 10958;
    ck_assert(shift == 1 || shift == -1);
    for (int64_t day = -100000; day < 47000; day += 13) {
        time_t t = (time_t)day * 86400;
        struct tm tm;
        gmtime_r(&t, &tm);
        snprintf(text, sizeof text, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1,
                 tm.tm_mday);
        ck_assert_msg(day_number(&b, text, "") == day + shift, "%s", text);
    }
    unbind(&b);
}
END_TEST

START_TEST(date_keeps_time_and_leaves_no_year)
{
    BUF_SCOPED out = BUF_INIT;
    struct error e = ERROR_INIT;
    struct bound b;
    assert_ok(bind(&b, "date", "{shift_days: 36500, subject: s}", &e), &e);
    int redacted = 0;
    for (int i = 0; i < 50; i++) {
        char subject[16];
        snprintf(subject, sizeof subject, "%d", i);
        apply(&b, 's', "2024-02-29T12:34:56.789Z", subject, &out);
        ck_assert_uint_eq(out.n, 24);
        assert_str_eq("time", str_from(buf_str(&out), 10), STR("T12:34:56.789Z"));
        apply(&b, 's', "9999-12-31", subject, &out);
        redacted += str_eq(buf_str(&out), STR("[REDACTED]"));
        ck_assert_int_eq(apply(&b, 'n', "1709210096789", subject, &out), 'n');
        ck_assert_int_eq((strtoll(buf_cstr(&out), NULL, 10) - 1709210096789) % 86400000,
                         0);
    }
    ck_assert_int_gt(redacted, 5);
    ck_assert_int_lt(redacted, 45);
    unbind(&b);
}
END_TEST

/* Noise is bounded, keeps the places, and is the same for the same number. */
START_TEST(number_noise)
{
    BUF_SCOPED out = BUF_INIT, again = BUF_INIT;
    struct error e = ERROR_INIT;
    struct bound b;
    char text[32];
    double low = 1, high = -1;
    assert_ok(bind(&b, "number", "{noise: 0.1}", &e), &e);
    for (int i = 1; i < 2000; i++) {
        snprintf(text, sizeof text, "%s%d.%02d", i % 2 ? "-" : "", i * 977, i % 100);
        ck_assert_int_eq(apply(&b, 'n', text, "", &out), 'n');
        apply(&b, 'n', text, "", &again);
        assert_str_eq(text, buf_str(&out), buf_str(&again));
        double before = strtod(text, NULL), after = strtod(buf_cstr(&out), NULL);
        double share = after / before - 1;
        ck_assert_msg(share > -0.1001 && share < 0.1001, "%s %s", text, out.p);
        ck_assert_int_eq(out.p[out.n - 3], '.');
        low = share < low ? share : low;
        high = share > high ? share : high;
    }
    ck_assert(low < -0.095 && high > 0.095);
    ck_assert_int_eq(apply(&b, 'n', "99999999999999999", "", &out), 'n');
    unbind(&b);
}
END_TEST

static const struct {
    const char *text;
    bool right;
} decimals[] = {
    {"0", true},
    {"-0", true},
    {"0.5", true},
    {"12e-3", true},
    {"1E+5", true},
    {"", false},
    {"-", false},
    {".5", false},
    {"5.", false},
    {"01", false},
    {"1e", false},
    {"1e+", false},
    {"+1", false},
    {"1 ", false},
    {"0x1", false},
    {"1.2.3", false},
    {"1e5x", false},
    {"12345678901234567", true},
    {"123456789012345678", false},
    {"0.00000000000000001", false},
};

START_TEST(decimal)
{
    struct decimal d;
    BUF_SCOPED out = BUF_INIT;
    struct str text = str_of(decimals[_i].text);
    ck_assert_msg(decimal_read(text, &d) == decimals[_i].right, "%s", text.p);
    if (!decimals[_i].right || str_eq(text, STR("-0")))
        return;
    decimal_write(&d, &out);
    assert_str_eq("again", buf_str(&out), text);
}
END_TEST

#define LOOP(t, test, table) \
    tcase_add_loop_test(t, test, 0, (int)(sizeof(table) / sizeof *(table)))

static void cases(TCase *t)
{
    tcase_add_checked_fixture(t, setup, teardown);
    LOOP(t, row, rows);
    LOOP(t, refuse, refused);
    tcase_add_test(t, registry);
    tcase_add_test(t, namespace_and_subject);
    tcase_add_test(t, pseudonym_kinds);
    tcase_add_test(t, scope_snapshot);
    LOOP(t, hash, encodings);
    tcase_add_test(t, hash_is_the_hmac);
    tcase_add_test(t, date_shift);
    tcase_add_test(t, calendar);
    tcase_add_test(t, date_keeps_time_and_leaves_no_year);
    tcase_add_test(t, number_noise);
    LOOP(t, decimal, decimals);
}

TEST_MAIN("act")
