#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypt/digest.h"
#include "crypt/key.h"
#include "test.h"

#define ID     "00112233445566778899aabbccddeeff"
#define SECRET "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define GOOD   "sandcast pseudonym key 1\nid: " ID "\nepoch: 7\nsecret: " SECRET "\n"

static const char template[] = "/tmp/sandcast-key-XXXXXX";
static char directory[sizeof template];
static char path[64];

static void make_directory(void)
{
    memcpy(directory, template, sizeof template);
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/key", directory);
}

static void remove_directory(void)
{
    unlink(path);
    rmdir(directory);
}

static void put(struct str text, mode_t mode)
{
    struct error e = ERROR_INIT;
    unlink(path);
    int fd = open(path, O_CREAT | O_WRONLY | O_EXCL, 0600);
    ck_assert_int_ge(fd, 0);
    assert_ok(file_write_all(fd, text.p, text.n, "key", &e), &e);
    ck_assert_int_eq(fchmod(fd, mode), 0);
    close(fd);
}

static struct key *good_key(void)
{
    struct key *k = NULL;
    struct error e = ERROR_INIT;
    put(STR(GOOD), 0600);
    assert_ok(key_read(path, &k, &e), &e);
    return k;
}

static const struct {
    const char *name;
    const char *namespace, *value;
    size_t n_namespace, n_value; /* so many times the first character; 0: the text */
    const char *hex;
} values[] = {
    /* By Python's hmac, over struct.pack('<II', 7, length) + namespace + value. */
    {"short", "person", "ana", 0, 0,
     "e8b6fb5039ce93a16ba28c9af0fbe5f44651e4b498b7bfe314a41921506de03d"},
    {"empty", "", "", 0, 0,
     "c12bec9a4b2ffc90c774a757a8b86383eb547b29798bdcf7489fb620531db5d0"},
    {"long", "n", "v", 56, 1000,
     "2e0625f81643c09f8ccf771ed5439c281ac0ff46a5a723b86f53ba82ab79f0cc"},
    {"longer namespace", "n", "", 57, 0,
     "7323525658f0f57b0c1a8f50890ce68f04361700cf1549f2debac6f666ff764e"},
};

static struct str repeated(struct buf *b, const char *text, size_t times)
{
    if (!times)
        return str_of(text);
    for (size_t i = 0; i < times; i++)
        buf_add_char(b, *text);
    return buf_str(b);
}

START_TEST(known_values)
{
    CLEANUP(key_freep) struct key *k = good_key();
    CLEANUP(mac_freep) struct mac *m = mac_new(k);
    BUF_SCOPED a = BUF_INIT;
    BUF_SCOPED b = BUF_INIT;
    uint8_t want[32], got[32];
    ck_assert(hex_read(str_of(values[_i].hex), want, sizeof want));
    struct str namespace = repeated(&a, values[_i].namespace, values[_i].n_namespace);
    struct str value = repeated(&b, values[_i].value, values[_i].n_value);
    for (int round = 0; round < 2; round++) {
        mac_value(m, namespace, value, got);
        ck_assert_msg(memcmp(got, want, sizeof got) == 0, "%s", values[_i].name);
    }
}
END_TEST

START_TEST(epochs_and_labels_differ)
{
    CLEANUP(key_freep) struct key *k = good_key();
    CLEANUP(mac_freep) struct mac *m = mac_new(k);
    uint8_t want[32], got[32], other[32];
    ck_assert_str_eq(key_id(k), ID);
    ck_assert_uint_eq(key_epoch(k), 7);
    key_rotate(k);
    ck_assert_uint_eq(key_epoch(k), 8);
    ck_assert_str_eq(key_id(k), ID);
    CLEANUP(mac_freep) struct mac *next = mac_new(k);
    ck_assert(hex_read(
        STR("91c90bd5a7fc0145fa5f271c5e83423415dcaf93a48e0f98cea0d6a3e3d664a0"), want,
        sizeof want));
    mac_value(next, STR("person"), STR("ana"), got);
    ck_assert_mem_eq(got, want, sizeof got);
    /* The first one keeps its epoch. */
    ck_assert(hex_read(
        STR("f3a6f381d0936728e8695bfe4336f154cb52c616117d8c27a050df90eab76a63"), want,
        sizeof want));
    mac_derive(m, STR("ff1"), got);
    ck_assert_mem_eq(got, want, sizeof got);
    mac_value(m, STR("ff1"), STR(""), other);
    ck_assert_mem_ne(other, got, sizeof got);
    /* No pair reads as another one. */
    mac_value(m, STR("ab"), STR("c"), got);
    mac_value(m, STR("a"), STR("bc"), other);
    ck_assert_mem_ne(other, got, sizeof got);
}
END_TEST

START_TEST(random_keys_are_written_and_read)
{
    struct error e = ERROR_INIT;
    CLEANUP(key_freep) struct key *k = NULL;
    CLEANUP(key_freep) struct key *other = NULL;
    CLEANUP(key_freep) struct key *back = NULL;
    assert_ok(key_random(&k, &e), &e);
    assert_ok(key_random(&other, &e), &e);
    ck_assert_uint_eq(strlen(key_id(k)), KEY_ID);
    ck_assert_uint_eq(strspn(key_id(k), "0123456789abcdef"), KEY_ID);
    ck_assert_str_ne(key_id(k), key_id(other));
    ck_assert_uint_eq(key_epoch(k), 0);
    key_rotate(k);
    assert_ok(key_write(k, path, false, &e), &e);
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0600);
    ck_assert_int_eq(key_write(other, path, false, &e), ERR_CANTCREATE);
    assert_ok(key_read(path, &back, &e), &e);
    ck_assert_str_eq(key_id(back), key_id(k));
    ck_assert_uint_eq(key_epoch(back), 1);
    CLEANUP(mac_freep) struct mac *m1 = mac_new(k);
    CLEANUP(mac_freep) struct mac *m2 = mac_new(back);
    CLEANUP(mac_freep) struct mac *m3 = mac_new(other);
    uint8_t a[32], b[32], c[32];
    mac_value(m1, STR("n"), STR("v"), a);
    mac_value(m2, STR("n"), STR("v"), b);
    mac_value(m3, STR("n"), STR("v"), c);
    ck_assert_mem_eq(a, b, 32);
    ck_assert_mem_ne(a, c, 32);
    assert_ok(key_write(other, path, true, &e), &e);
    CLEANUP(key_freep) struct key *replaced = NULL;
    assert_ok(key_read(path, &replaced, &e), &e);
    ck_assert_str_eq(key_id(replaced), key_id(other));
}
END_TEST

START_TEST(modes)
{
    static const struct {
        mode_t mode;
        enum err code;
    } rows[] = {{0600, ERR_OK},   {0400, ERR_OK},   {0640, ERR_DATA},
                {0604, ERR_DATA}, {0644, ERR_DATA}, {0602, ERR_DATA},
                {0700, ERR_DATA}, {0610, ERR_DATA}, {04600, ERR_DATA}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error e = ERROR_INIT;
        CLEANUP(key_freep) struct key *k = NULL;
        put(STR(GOOD), rows[i].mode);
        enum err code = key_read(path, &k, &e);
        ck_assert_msg(code == rows[i].code, "%o: %s", rows[i].mode, e.line);
        ck_assert_msg((k != NULL) == (code == ERR_OK), "%o", rows[i].mode);
    }
}
END_TEST

static const struct {
    const char *name, *text;
} refused[] = {
    {"empty", ""},
    {"short", "sandcast pseudonym key 1\n"},
    {"other version",
     "sandcast pseudonym key 2\nid: " ID "\nepoch: 7\nsecret: " SECRET "\n"},
    {"signing key",
     "sandcast signing key 1\nid: " ID "\nepoch: 7\nsecret: " SECRET "\n"},
    {"short id", "sandcast pseudonym key 1\nid: 00\nepoch: 7\nsecret: " SECRET "\n"},
    {"id no hex",
     "sandcast pseudonym key 1\nid: z0112233445566778899aabbccddeeff\nepoch: 7\n"
     "secret: " SECRET "\n"},
    {"no epoch", "sandcast pseudonym key 1\nid: " ID "\nepoch: \nsecret: " SECRET "\n"},
    {"signed epoch",
     "sandcast pseudonym key 1\nid: " ID "\nepoch: -1\nsecret: " SECRET "\n"},
    {"long epoch",
     "sandcast pseudonym key 1\nid: " ID "\nepoch: 1000000000\nsecret: " SECRET "\n"},
    {"padded epoch",
     "sandcast pseudonym key 1\nid: " ID "\nepoch: 07\nsecret: " SECRET "\n"},
    {"short secret", "sandcast pseudonym key 1\nid: " ID "\nepoch: 7\nsecret: 0001\n"},
    {"no last newline",
     "sandcast pseudonym key 1\nid: " ID "\nepoch: 7\nsecret: " SECRET},
    {"more", GOOD "\n"},
    {"CRLF",
     "sandcast pseudonym key 1\r\nid: " ID "\r\nepoch: 7\r\nsecret: " SECRET "\r\n"},
};

START_TEST(wrong_files_are_refused)
{
    struct error e = ERROR_INIT;
    struct key *k = NULL;
    put(str_of(refused[_i].text), 0600);
    ck_assert_msg(key_read(path, &k, &e) == ERR_DATA, "%s", refused[_i].name);
    ck_assert_ptr_null(k);
    ck_assert_ptr_null(strstr(e.line, "0001"));
}
END_TEST

START_TEST(size_limit)
{
    BUF_SCOPED b = BUF_INIT;
    for (size_t n = KEY_FILE; n <= KEY_FILE + 1; n++) {
        struct error e = ERROR_INIT;
        struct key *k = NULL;
        buf_clear(&b);
        memset(buf_room(&b, n), 'x', n);
        put(str_n(b.p, n), 0600);
        ck_assert_int_eq(key_read(path, &k, &e), n > KEY_FILE ? ERR_LIMIT : ERR_DATA);
    }
}
END_TEST

START_TEST(what_is_not_there)
{
    struct error e = ERROR_INIT;
    struct key *k = NULL;
    unlink(path);
    ck_assert_int_eq(key_read(path, &k, &e), ERR_NOINPUT);
    ck_assert_int_eq(key_read(directory, &k, &e), ERR_DATA);
    ck_assert_int_eq(mkfifo(path, 0600), 0); /* and nobody waits for a writer */
    ck_assert_int_eq(key_read(path, &k, &e), ERR_DATA);
    key_free(NULL);
    mac_free(NULL);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_checked_fixture(t, make_directory, remove_directory);
    tcase_add_loop_test(t, known_values, 0, sizeof values / sizeof *values);
    tcase_add_test(t, epochs_and_labels_differ);
    tcase_add_test(t, random_keys_are_written_and_read);
    tcase_add_test(t, modes);
    tcase_add_loop_test(t, wrong_files_are_refused, 0,
                        sizeof refused / sizeof *refused);
    tcase_add_test(t, size_limit);
    tcase_add_test(t, what_is_not_there);
}

TEST_MAIN("key")
