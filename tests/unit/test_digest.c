#include "crypt/digest.h"
#include "test.h"

static const struct {
    const char *name;
    const char *part; /* added `times` times */
    size_t times;
    const char *hex;
} vectors[] = {
    /* FIPS 180-4, examples of NIST. */
    {"no bytes", "", 1,
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "abc", 1,
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"a million times a", "a", 1000000,
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

START_TEST(known_digests)
{
    CLEANUP(sha256_freep) struct sha256 *d = sha256_new();
    uint8_t want[SHA256_SIZE], got[SHA256_SIZE];
    ck_assert(hex_read(str_of(vectors[_i].hex), want, sizeof want));
    for (int round = 0; round < 2; round++) { /* it starts over */
        for (size_t i = 0; i < vectors[_i].times; i++)
            sha256_add(d, str_of(vectors[_i].part));
        sha256_end(d, got);
        ck_assert_msg(memcmp(got, want, sizeof got) == 0, "%s", vectors[_i].name);
    }
    if (vectors[_i].times == 1) {
        sha256_of(str_of(vectors[_i].part), got);
        ck_assert_msg(memcmp(got, want, sizeof got) == 0, "%s", vectors[_i].name);
    }
}
END_TEST

START_TEST(pieces_are_one)
{
    char text[300];
    uint8_t want[SHA256_SIZE], got[SHA256_SIZE];
    CLEANUP(sha256_freep) struct sha256 *d = sha256_new();
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 7);
    sha256_of(str_n(text, sizeof text), want);
    for (size_t cut = 0; cut <= sizeof text; cut++) {
        sha256_add(d, str_n(text, cut));
        sha256_add(d, str_n(NULL, 0));
        sha256_add(d, str_n(text + cut, sizeof text - cut));
        sha256_end(d, got);
        ck_assert_mem_eq(got, want, sizeof got);
    }
    sha256_of(str_n(NULL, 0), got);
    sha256_end(d, want);
    ck_assert_mem_eq(got, want, sizeof got);
    sha256_free(NULL);
}
END_TEST

START_TEST(hex_round_trip)
{
    uint8_t all[256], back[256];
    BUF_SCOPED b = BUF_INIT;
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    hex_add(&b, all, sizeof all);
    ck_assert_uint_eq(b.n, 512);
    assert_str_eq("start", str_n(b.p, 8), STR("00010203"));
    assert_str_eq("end", str_n(b.p + 504, 8), STR("fcfdfeff"));
    ck_assert(hex_read(buf_str(&b), back, sizeof back));
    ck_assert_mem_eq(back, all, sizeof all);
    ck_assert(hex_read(STR("aBCd"), back, 2) && back[0] == 0xab && back[1] == 0xcd);
    ck_assert(hex_read(str_n(NULL, 0), back, 0));
}
END_TEST

static const struct {
    const char *text;
    size_t n;
} not_hex[] = {{"", 1},   {"0", 1},  {"000", 1}, {"0000", 1}, {"0g", 1},
               {"g0", 1}, {" 0", 1}, {"0x", 1},  {"@a", 1},   {"`a", 1},
               {"/0", 1}, {":0", 1}, {"00", 0},  {"0\x10", 1}};

START_TEST(what_is_no_hex)
{
    uint8_t out[4];
    ck_assert_msg(!hex_read(str_of(not_hex[_i].text), out, not_hex[_i].n), "%s",
                  not_hex[_i].text);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, known_digests, 0, sizeof vectors / sizeof *vectors);
    tcase_add_test(t, pieces_are_one);
    tcase_add_test(t, hex_round_trip);
    tcase_add_loop_test(t, what_is_no_hex, 0, sizeof not_hex / sizeof *not_hex);
}

TEST_MAIN("digest")
