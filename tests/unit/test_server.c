/* Of the server what needs no socket: names, types, tokens, keys. */
#include "server/token.c"

#include "base/base64.h"
#include "server/auth.h"
#include "server/core.h"
#include "server/host.h"
#include "server/throttle.h"
#include "test.h"

static const char *const also[] = {"sandbox.test"};
static const struct server_names names = {also, 1};

static const struct {
    const char *host;
    bool allowed;
} hosts[] = {
    {"localhost", true},
    {"LocalHost:4000", true},
    {"127.0.0.1", true},
    {"127.255.0.1:1", true},
    {"[::1]", true},
    {"[0:0:0:0:0:0:0:1]:65535", true},
    {"sandbox.test", true},
    {"SANDBOX.test:4000", true},
    {"", false},
    {":", false},
    {":80", false},
    {"localhost:", false},
    {"localhost:123456", false},
    {"localhost:8a", false},
    {"localhost.", false},
    {"localhost.evil.example", false},
    {"evil.example", false},
    {"128.0.0.1", false},
    {"127.1", false},
    {"127.0.0.1.evil.example", false},
    {"0x7f.0.0.1", false},
    {"2130706433", false},
    {"::1", false},
    {"[::2]", false},
    {"[::1", false},
    {"[::1]x", false},
    {"[::ffff:127.0.0.1]", false},
    {"[]", false},
    {"a@localhost", false},
    {"localhost@evil.example", false},
    {"sandbox.tes", false},
};

START_TEST(host_names)
{
    bool allowed = host_is_allowed(str_of(hosts[_i].host), &names);
    ck_assert_msg(allowed == hosts[_i].allowed, "%s", hosts[_i].host);
}
END_TEST

START_TEST(long_host_names)
{
    char text[4096];
    memset(text, 'a', sizeof text);
    ck_assert(!host_is_allowed(str_n(text, sizeof text), &names));
    memset(text, '1', sizeof text);
    ck_assert(!host_is_allowed(str_n(text, sizeof text), &names));
    ck_assert(!host_is_allowed(str_n(NULL, 0), &names));
}
END_TEST

START_TEST(origins)
{
    static const char *const pages[] = {"http://app.example"};
    static const char *const any[] = {"*"};
    const struct server_names one = {pages, 1}, all = {any, 1}, none = {NULL, 0};
    struct str host = STR("localhost:4000");
    ck_assert(origin_is_same(STR("http://localhost:4000"), host, false));
    ck_assert(!origin_is_same(STR("http://localhost:4000"), host, true));
    ck_assert(origin_is_same(STR("https://localhost:4000"), host, true));
    ck_assert(!origin_is_same(STR("http://localhost:40000"), host, false));
    ck_assert(!origin_is_same(STR("http://localhost"), host, false));
    ck_assert(!origin_is_same(STR("null"), host, false));
    ck_assert(!origin_is_same(STR(""), host, false));
    ck_assert(origin_is_allowed(STR("http://app.example"), &one));
    ck_assert(!origin_is_allowed(STR("https://app.example"), &one));
    ck_assert(!origin_is_allowed(STR("http://app.example.b"), &one));
    ck_assert(origin_is_allowed(STR("null"), &all));
    ck_assert(!origin_is_allowed(STR("http://app.example"), &none));
}
END_TEST

static const struct {
    const char *accept;
    bool own;
} accepts[] = {
    {"", false},
    {"*/*", false},
    {"application/json", false},
    {"application/graphql-response+json", true},
    {"application/graphql-response+json, application/json", true},
    {"application/graphql-response+json; charset=utf-8, application/json;q=0.9", true},
    {"application/json, application/graphql-response+json", true},
    {"application/json, application/graphql-response+json;q=0.9", false},
    {"application/graphql-response+json;q=0.500, application/json ; q=0.4", true},
    {"application/graphql-response+json;q=0", false},
    {"application/graphql-response+json;q=, */*;q=0.1", false},
    {"application/graphql-response+jsonx", false},
    {";,;,,q=1", false},
    {"application/graphql-response+json;q=0.99999999999999999999", true},
};

START_TEST(accepted_types)
{
    bool own = status_accepts_own(str_of(accepts[_i].accept));
    ck_assert_msg(own == accepts[_i].own, "%s", accepts[_i].accept);
}
END_TEST

START_TEST(statuses)
{
    ck_assert_uint_eq(status_of(SERVER_ION, ANSWER_INVALID, true).status, 200);
    ck_assert_uint_eq(status_of(SERVER_SPEC, ANSWER_INVALID, true).status, 400);
    ck_assert_uint_eq(status_of(SERVER_SPEC, ANSWER_INVALID, false).status, 200);
    ck_assert_uint_eq(status_of(SERVER_ION, ANSWER_MALFORMED, false).status, 400);
    ck_assert_uint_eq(status_of(SERVER_ION, ANSWER_BY_POST, false).status, 405);
    ck_assert_uint_eq(status_of(SERVER_SPEC, ANSWER_OVERRUN, true).status, 502);
    ck_assert(!status_of(SERVER_ION, ANSWER_EXECUTED, true).own_type);
    ck_assert(status_of(SERVER_SPEC, ANSWER_EXECUTED, true).own_type);
}
END_TEST

/* RFC 4648 §10, and what is none. */
static const struct {
    const char *text, *bytes; /* NULL: refused */
} base64[] = {
    {"", ""},
    {"Zg", "f"},
    {"Zg==", "f"},
    {"Zm8", "fo"},
    {"Zm8=", "fo"},
    {"Zm9v", "foo"},
    {"Zm9vYg", "foob"},
    {"Zm9vYmE=", "fooba"},
    {"Zm9vYmFy", "foobar"},
    {"_-8", "\xff\xef"},
    {"/+8=", "\xff\xef"},
    {"Z", NULL},
    {"Zh", NULL},
    {"Zm9", NULL},
    {"Zg=", NULL},
    {"Zg===", NULL},
    {"====", NULL},
    {"Z g=", NULL},
    {"Zm9v\n", NULL},
    {"Zm9v.", NULL},
};

START_TEST(base64_texts)
{
    BUF_SCOPED out = BUF_INIT, again = BUF_INIT;
    bool read = base64_read(str_of(base64[_i].text), &out);
    ck_assert_msg(read == (base64[_i].bytes != NULL), "%s", base64[_i].text);
    if (!read) {
        ck_assert_uint_eq(out.n, 0);
        return;
    }
    assert_str_eq(base64[_i].text, buf_str(&out), str_of(base64[_i].bytes));
    base64_add(&again, out.p, out.n);
    out.n = 0;
    ck_assert(base64_read(buf_str(&again), &out));
    assert_str_eq(base64[_i].text, buf_str(&out), str_of(base64[_i].bytes));
}
END_TEST

static struct claims some(int64_t now)
{
    return (struct claims){.issuer = STR("http://localhost/x"),
                           .client = STR("client \"1\""),
                           .user = STR("7"),
                           .tenant = STR("demo"),
                           .role = ROLE_MEMBER,
                           .issued = now,
                           .expires = now + TOKEN_SECONDS};
}

START_TEST(tokens)
{
    CLEANUP(signer_freep) struct signer *here = NULL, *there = NULL;
    BUF_SCOPED token = BUF_INIT, work = BUF_INIT;
    const struct claims c = some(1000);
    struct claims seen;
    ck_assert_int_eq(signer_new("a", &here, NULL), ERR_OK);
    ck_assert_int_eq(signer_new("a", &there, NULL), ERR_OK);
    ck_assert_int_eq(token_add(here, &c, &token, NULL), ERR_OK);
    struct str t = buf_str(&token);
    ck_assert_uint_lt(t.n, TOKEN_SIZE / 2);
    ck_assert_int_eq(token_check(here, t, 1000, &work, &seen), TOKEN_GOOD);
    assert_str_eq("", seen.client, c.client);
    assert_str_eq("", seen.user, c.user);
    assert_str_eq("", seen.tenant, c.tenant);
    assert_str_eq("", seen.issuer, c.issuer);
    ck_assert_int_eq(seen.role, ROLE_MEMBER);
    ck_assert_int_eq(token_check(here, t, 4599, &work, &seen), TOKEN_GOOD);
    ck_assert_int_eq(token_check(here, t, 4600, &work, &seen), TOKEN_EXPIRED);
    ck_assert_int_eq(token_check(there, t, 1000, &work, &seen), TOKEN_FOREIGN);
    for (size_t n = 0; n < t.n; n++)
        ck_assert_int_eq(token_check(here, str_n(t.p, n), 1000, &work, &seen),
                         TOKEN_FOREIGN);
    for (size_t i = 0; i < t.n; i++) {
        token.p[i] ^= 1;
        ck_assert_int_eq(token_check(here, t, 1000, &work, &seen), TOKEN_FOREIGN);
        token.p[i] ^= 1;
    }
}
END_TEST

/* The same key, as after a restart under another name. */
START_TEST(another_environment)
{
    CLEANUP(signer_freep) struct signer *here = NULL;
    BUF_SCOPED token = BUF_INIT, work = BUF_INIT;
    const struct claims c = some(1000);
    struct claims seen;
    ck_assert_int_eq(signer_new("a", &here, NULL), ERR_OK);
    ck_assert_int_eq(token_add(here, &c, &token, NULL), ERR_OK);
    here->environment[0] = 'b';
    ck_assert_int_eq(token_check(here, buf_str(&token), 1000, &work, &seen),
                     TOKEN_ELSEWHERE);
}
END_TEST

START_TEST(throttles)
{
    struct throttle t;
    throttle_init(&t);
    for (uint32_t i = 1; i <= 30; i++)
        ck_assert_uint_eq(throttle_add(&t, 5, 100), i);
    ck_assert_uint_eq(throttle_count(&t, 5, 159), 30);
    ck_assert_uint_eq(throttle_count(&t, 6, 159), 0);
    ck_assert_uint_eq(throttle_count(&t, 5, 160), 0);
    ck_assert_uint_eq(throttle_add(&t, 5, 160), 1);
    ck_assert_uint_eq(throttle_add(&t, 5, 10), 1); /* set back */
    throttle_done(&t);
}
END_TEST

static void header_is(struct auth *a, const char *header, enum auth_verdict verdict)
{
    struct auth_memory m = {.expires = 0};
    ck_assert_msg(auth_header(a, str_of(header), 1, 1000, &m) == verdict, "%s", header);
    auth_forget(&m);
}

START_TEST(headers)
{
    const struct server_config config = {
        .environment = "a", .tenant = "t", .user = "7", .role = ROLE_READ_ONLY};
    CLEANUP(auth_freep) struct auth *a = NULL;
    struct auth_memory m = {.expires = 0};
    BUF_SCOPED token = BUF_INIT;
    buf_printf(&token, "Bearer ");
    ck_assert_int_eq(auth_new(&config, &a, NULL), ERR_OK);
    ck_assert_int_eq(auth_ready(a, NULL), ERR_OK);
    ck_assert_int_eq(auth_token(a, STR("i"), 1000, &token, NULL), ERR_OK);
    struct str t = buf_str(&token);
    for (int i = 0; i < 3; i++) { /* the second time it is remembered */
        ck_assert_int_eq(auth_header(a, t, 1, 1000, &m), AUTH_GOOD);
        ck_assert_int_eq(m.actor.role, ROLE_READ_ONLY);
        assert_str_eq("", m.actor.user, STR("7"));
    }
    ck_assert_int_eq(auth_header(a, t, 1, 4600, &m), AUTH_OLD); /* and expires, too */
    ck_assert_int_eq(auth_header(a, str_from(t, 7), 1, 1000, &m), AUTH_GOOD);
    ck_assert_int_eq(auth_header(a, str_n(NULL, 0), 1, 1000, &m), AUTH_NONE);
    auth_forget(&m);
    header_is(a, "Bearer ", AUTH_NONE);
    header_is(a, "  ", AUTH_NONE);
    for (unsigned i = 0; i < AUTH_FAILURES; i++)
        header_is(a, "Bearer x", AUTH_BAD);
    header_is(a, "Bearer x", AUTH_SLOW);
    ck_assert_uint_eq(auth_refused(a), AUTH_FAILURES + 1);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, host_names, 0, sizeof hosts / sizeof *hosts);
    tcase_add_test(t, long_host_names);
    tcase_add_test(t, origins);
    tcase_add_loop_test(t, accepted_types, 0, sizeof accepts / sizeof *accepts);
    tcase_add_test(t, statuses);
    tcase_add_loop_test(t, base64_texts, 0, sizeof base64 / sizeof *base64);
    tcase_add_test(t, tokens);
    tcase_add_test(t, another_environment);
    tcase_add_test(t, throttles);
    tcase_add_test(t, headers);
}

TEST_MAIN("server")
