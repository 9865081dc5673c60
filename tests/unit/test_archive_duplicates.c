/* Records under one key: counted, refused, or one of them stands. */
#include "archive_made.h"

/* Each letter is a record of one key; the same letter is the same content. */
static const struct {
    const char *in;
    enum duplicates rule;
    const char *stands; /* the letter, or NULL: refused */
    unsigned count, losers, copies;
    const char *shadow; /* per record: . stands, l loser, c copy */
} rows[] = {
    {"a", DUPLICATES_FAIL, "a", 1, 0, 0, "."},
    {"aa", DUPLICATES_FAIL, "a", 2, 0, 1, ".c"},
    {"aaa", DUPLICATES_LAST, "a", 3, 0, 2, "cc."},
    {"ab", DUPLICATES_FAIL, NULL, 0, 1, 0, ""},
    {"ab", DUPLICATES_FIRST, "a", 1, 1, 0, ".l"},
    {"ab", DUPLICATES_LAST, "b", 1, 1, 0, "l."},
    {"aba", DUPLICATES_FIRST, "a", 2, 1, 1, ".lc"},
    {"aba", DUPLICATES_LAST, "a", 2, 1, 1, "cl."},
    {"abb", DUPLICATES_FIRST, "a", 1, 2, 0, ".ll"},
    {"abb", DUPLICATES_LAST, "b", 2, 1, 1, "lc."},
    {"abc", DUPLICATES_LAST, "c", 1, 2, 0, "ll."},
};

static void check_shadow(const struct reader *r, const char *want, bool cut)
{
    struct error e = ERROR_INIT;
    for (unsigned i = 0; want[i]; i++) {
        /* `{"id":1,"a":0}` and a newline, or one such per member */
        uint32_t member = cut ? i : 0, at = cut ? 0 : i * 15;
        enum reader_shadow got;
        assert_ok(reader_shadow(r, STR("Bare"), member, at, &got, &e), &e);
        ck_assert_msg(got == (want[i] == '.'   ? READER_STANDS
                              : want[i] == 'l' ? READER_LOSER
                                               : READER_COPY),
                      "%s at %u: %d", want, i, got);
        ck_assert(reader_is_shadowed(r, STR("Bare"), member, at) == (want[i] == 'l'));
    }
}

static void check_row(int i, size_t memory, bool cut)
{
    struct made s;
    made_begin(&s,
               (struct writer_options){.duplicates = rows[i].rule, .memory = memory});
    for (const char *p = rows[i].in; *p; p++) {
        char json[64];
        snprintf(json, sizeof json, "{\"id\":1,\"a\":%d}", *p - 'a');
        made_record(&s, "Bare", json);
        if (cut)
            made_cut(&s, "Bare");
    }
    if (!rows[i].stands) {
        ck_assert_int_eq(made_try_finish(&s, ""), ERR_DATA);
        ck_assert(writer_duplicate_at(s.writer, 0) != NULL);
        made_done(&s);
        return;
    }
    made_finish(&s, "");
    CLEANUP(reader_freep) struct reader *r = made_open(&s);
    const struct reader_entity *en = reader_entity(r, STR("Bare"));
    ck_assert_uint_eq(en->records, 1);
    ck_assert_uint_eq(en->duplicates, rows[i].losers);
    ck_assert_uint_eq(en->copies, rows[i].copies);
    struct error e = ERROR_INIT;
    BUF_SCOPED key = BUF_INIT;
    BUF_SCOPED out = BUF_INIT;
    bool found, more;
    key_add_integer(&key, STR("1"));
    assert_ok(reader_get(r, STR("Bare"), buf_str(&key), &out, &found, &e), &e);
    ck_assert(found);
    char want[64];
    snprintf(want, sizeof want, "{\"id\":1,\"a\":%d}", *rows[i].stands - 'a');
    assert_str_eq(rows[i].in, buf_str(&out), str_of(want));
    CLEANUP(entry_cursor_freep) struct entry_cursor *c = NULL;
    struct reader_entry entry;
    assert_ok(entry_cursor_new(r, STR("Bare"), &c, &e), &e);
    assert_ok(entry_cursor_next(c, &entry, &more, &e), &e);
    ck_assert_uint_eq(entry.count, rows[i].count);
    check_shadow(r, rows[i].shadow, cut);
    made_done(&s);
}

START_TEST(one_key)
{
    check_row(_i, 0, false);
    check_row(_i, 0, true);
    check_row(_i, 1, true); /* every member spills */
}
END_TEST

START_TEST(places_without_keys)
{
    struct made s;
    made_begin(&s, (struct writer_options){0});
    made_record(&s, "Part", "{\"id\":1}");
    for (unsigned i = 0; i < 20; i++) {
        char json[64];
        snprintf(json, sizeof json, "{\"id\":\"secret-key\",\"a\":%u}", i);
        made_record(&s, "Bare", json);
        made_cut(&s, "Bare");
    }
    ck_assert_int_eq(made_try_finish(&s, ""), ERR_DATA);
    ck_assert_msg(
        strcmp(s.e.line,
               "Bare: 19 records differ from another one with the same key; "
               "--duplicates first or last decides; records (of members) 1 (0), "
               "2 (1), 3 (2), 4 (3), 5 (4), 6 (5), 7 (6), 8 (7), 9 (8), 10 (9) "
               "and so on") == 0,
        "%s", s.e.line);
    const struct writer_place *place = writer_duplicate_at(s.writer, 9);
    ck_assert(place && place->member == 9 && place->record == 10);
    assert_str_eq("entity", place->entity, STR("Bare"));
    ck_assert(writer_duplicate_at(s.writer, 10) == NULL);
    made_done(&s);
}
END_TEST

/* Records of a type without a key are found by their fingerprint, and counted. */
START_TEST(multiplicity)
{
    uint8_t roots[3][ROOT_SIZE];
    static const char *const in[] = {"aab", "baa", "ab"};
    for (int i = 0; i < 3; i++) {
        struct made s;
        made_begin(&s, (struct writer_options){0});
        for (const char *p = in[i]; *p; p++)
            made_record(&s, "Loose", *p == 'a' ? "{\"a\":1}" : "{\"a\":2}");
        made_finish(&s, "");
        memcpy(roots[i], s.root, ROOT_SIZE);
        CLEANUP(reader_freep) struct reader *r = made_open(&s);
        CLEANUP(entry_cursor_freep) struct entry_cursor *c = NULL;
        struct error e = ERROR_INIT;
        struct reader_entry en;
        bool more;
        uint64_t sum = 0;
        assert_ok(entry_cursor_new(r, STR("Loose"), &c, &e), &e);
        for (;;) {
            assert_ok(entry_cursor_next(c, &en, &more, &e), &e);
            if (!more)
                break;
            sum += en.count;
            ck_assert_uint_eq(en.key.n, 1 + HASH_FINGERPRINT);
            ck_assert_int_eq(en.key.p[0], 3);
            ck_assert_mem_eq(en.key.p + 1, en.fingerprint, HASH_FINGERPRINT);
            BUF_SCOPED out = BUF_INIT;
            bool found;
            assert_ok(reader_get(r, STR("Loose"), en.key, &out, &found, &e), &e);
            ck_assert(found);
        }
        ck_assert_uint_eq(sum, strlen(in[i]));
        made_done(&s);
    }
    ck_assert_mem_eq(roots[0], roots[1], ROOT_SIZE);
    ck_assert_mem_ne(roots[0], roots[2], ROOT_SIZE);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, one_key, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(t, places_without_keys);
    tcase_add_test(t, multiplicity);
}

TEST_MAIN("archive_duplicates")
