#include "archive/reader.h"

#include "archive/layout.h"
#include "archive_made.h"
#include "doc/doc.h"

static const struct writer_options plain = {.level = DEFLATE_BALANCED};

static void part(struct made *s, unsigned id, const char *etag)
{
    char json[128];
    snprintf(json, sizeof json, "{\"id\":%u,\"name\":\"n%u\",\"_etag\":\"%s\"}", id, id,
             etag);
    made_record(s, "Part", json);
}

/* Entities, members and records of several kinds; `step` permutes the order. */
static void fill(struct made *s, unsigned n, unsigned step)
{
    char json[128];
    for (unsigned k = 0; k < n; k++) {
        unsigned i = (unsigned)((uint64_t)k * step % n);
        part(s, i, "e");
        if (i % 3 == 0) {
            snprintf(json, sizeof json, "{\"order\":%u,\"code\":\"c%u\"}", i / 2, i);
            made_record(s, "Line", json);
        }
        snprintf(json, sizeof json, "{\"a\":%u}", i % 5);
        made_record(s, "Loose", json);
        snprintf(json, sizeof json, "{\"id\":\"x-%u\",\"a\":1}", i);
        made_record(s, "Bare", json);
    }
}

START_TEST(shape)
{
    struct made s;
    made_begin(&s, plain);
    fill(&s, 5000, 1);
    made_finish(&s, "{\"rules\":[1,2],\"key\":null}");
    CLEANUP(reader_freep) struct reader *r = made_open(&s);
    struct error e = ERROR_INIT;
    uint8_t root[ROOT_SIZE], peek[ROOT_SIZE];
    reader_root(r, root);
    ck_assert_mem_eq(root, s.root, ROOT_SIZE);
    assert_ok(reader_peek_root(s.fd, peek, NULL, &e), &e);
    ck_assert_mem_eq(peek, s.root, ROOT_SIZE);
    assert_ok(reader_check_headers(r, &e), &e);
    ck_assert_uint_eq(reader_n_entities(r), 4);
    ck_assert_uint_eq(reader_entity(r, STR("Part"))->records, 5000);
    ck_assert(reader_entity(r, STR("Part"))->has_steady);
    ck_assert(!reader_entity(r, STR("Line"))->has_steady);
    ck_assert_uint_eq(reader_entity(r, STR("Loose"))->records, 5);
    ck_assert_uint_eq(reader_entity(r, STR("Loose"))->copies, 4995);
    ck_assert(reader_entity(r, STR("Nix")) == NULL);
    ck_assert(doc_get(reader_manifest(r), "rules") != NULL);
    for (size_t i = 0; i < reader_n_members(r); i++) {
        BUF_SCOPED content = BUF_INIT;
        const struct reader_member *m = reader_member_at(r, i);
        assert_ok(reader_read(r, m, &content, &e), &e);
        ck_assert_uint_eq(content.n, m->size);
        ck_assert(reader_find(r, m->name) == m);
    }
    ck_assert(reader_data(r, STR("Part"), 0) ==
              reader_find(r, STR("data/Part/000000.ndjson")));
    ck_assert(reader_data(r, STR("Part"), 9999) == NULL);
    ck_assert(reader_find(r, STR("nothing")) == NULL);
    ck_assert_uint_eq(writer_size(s.writer), lseek(s.fd, 0, SEEK_END));
    ck_assert_uint_eq(writer_n_entities(s.writer), 4);
    ck_assert_uint_eq(writer_entity_at(s.writer, 2)->copies, 4995);
    made_done(&s);
}
END_TEST

START_TEST(empty)
{
    struct made s;
    made_begin(&s, plain);
    made_finish(&s, "");
    CLEANUP(reader_freep) struct reader *r = made_open(&s);
    ck_assert_uint_eq(reader_n_entities(r), 0);
    made_done(&s);
}
END_TEST

/* The same records in another order, cut elsewhere, at another level and with memory so
 * small that everything spills: the same root. */
START_TEST(root_is_content)
{
    static const struct {
        struct writer_options o;
        unsigned step;
        bool cut; /* members of one record */
    } row[] = {
        {{.level = DEFLATE_BALANCED}, 1, false},
        {{.level = DEFLATE_SMALL}, 7919, false},
        {{.level = DEFLATE_FAST, .memory = 8192}, 7919, true},
        {{.level = DEFLATE_FAST, .memory = 8192}, 1, true},
        {{.level = DEFLATE_FAST, .duplicates = DUPLICATES_LAST}, 5999, false},
    };
    uint8_t root[ROOT_SIZE];
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct made s;
        made_begin(&s, row[i].o);
        for (unsigned k = 0; k < 100; k++) {
            part(&s, 1000000 + k, "e");
            if (row[i].cut)
                made_cut(&s, "Part");
        }
        fill(&s, 3000, row[i].step);
        made_finish(&s, "");
        if (i == 0)
            memcpy(root, s.root, ROOT_SIZE);
        ck_assert_msg(memcmp(root, s.root, ROOT_SIZE) == 0, "row %zu", i);
        made_done(&s);
    }
}
END_TEST

/* What spills and what does not are the same bytes. */
START_TEST(spilling_changes_nothing)
{
    struct buf got[2];
    for (int i = 0; i < 2; i++) {
        struct made s;
        struct writer_options o = plain;
        o.memory = i ? 4096 : 0;
        made_begin(&s, o);
        fill(&s, 6000, 7919);
        made_finish(&s, "");
        got[i] = made_bytes(s.fd);
        made_done(&s);
    }
    ck_assert(str_eq(buf_str(&got[0]), buf_str(&got[1])));
    buf_done(&got[0]);
    buf_done(&got[1]);
}
END_TEST

START_TEST(ascending_input_is_not_sorted)
{
    for (int i = 0; i < 2; i++) {
        struct made s;
        struct writer_options o = plain;
        o.memory = i ? 64 << 10 : 0;
        made_begin(&s, o);
        for (unsigned k = 0; k < 8000; k++)
            part(&s, k, "e");
        made_finish(&s, "");
        ck_assert_uint_eq(writer_n_sorts(s.writer), 0);
        made_done(&s);
        made_begin(&s, o);
        for (unsigned k = 0; k < 8000; k++)
            part(&s, 8000 - k, "e");
        made_finish(&s, "");
        ck_assert_uint_gt(writer_n_sorts(s.writer), 0);
        made_done(&s);
    }
}
END_TEST

static void get(const struct reader *r, const char *entity, struct str key,
                const char *want)
{
    BUF_SCOPED out = BUF_INIT;
    struct error e = ERROR_INIT;
    bool found;
    assert_ok(reader_get(r, str_of(entity), key, &out, &found, &e), &e);
    ck_assert_msg(found == (want != NULL), "%s: %s", entity, want ? want : "absent");
    if (want)
        assert_str_eq(entity, buf_str(&out), str_of(want));
}

START_TEST(records_by_key)
{
    struct made s;
    made_begin(&s, plain);
    fill(&s, 3000, 7);
    made_finish(&s, "");
    CLEANUP(reader_freep) struct reader *r = made_open(&s);
    BUF_SCOPED key = BUF_INIT;
    char text[64], want[128];
    for (unsigned i = 0; i < 3000; i += 13) {
        buf_clear(&key);
        snprintf(text, sizeof text, "%u", i);
        key_add_integer(&key, str_of(text));
        snprintf(want, sizeof want, "{\"id\":%u,\"name\":\"n%u\",\"_etag\":\"e\"}", i,
                 i);
        get(r, "Part", buf_str(&key), want);
        buf_clear(&key);
        snprintf(text, sizeof text, "x-%u", i);
        key_add_string(&key, str_of(text));
        snprintf(want, sizeof want, "{\"id\":\"x-%u\",\"a\":1}", i);
        get(r, "Bare", buf_str(&key), want);
    }
    buf_clear(&key);
    key_add_integer(&key, STR("6"));
    key_add_string(&key, STR("c12"));
    get(r, "Line", buf_str(&key), "{\"order\":6,\"code\":\"c12\"}");
    static const char *const absent[] = {"-1", "3000", "99999999999999999999"};
    for (size_t i = 0; i < 3; i++) {
        buf_clear(&key);
        key_add_integer(&key, str_of(absent[i]));
        get(r, "Part", buf_str(&key), NULL);
    }
    get(r, "Part", STR(""), NULL);
    get(r, "Part", STR("\xff\xff"), NULL);
    struct error e = ERROR_INIT;
    bool found;
    ck_assert_int_eq(reader_get(r, STR("Nix"), STR("x"), &key, &found, &e), ERR_DATA);
    made_done(&s);
}
END_TEST

START_TEST(entries_in_key_order)
{
    struct made s;
    made_begin(&s, plain);
    fill(&s, 5000, 7919);
    made_finish(&s, "");
    CLEANUP(reader_freep) struct reader *r = made_open(&s);
    struct error e = ERROR_INIT;
    CLEANUP(entry_cursor_freep) struct entry_cursor *c = NULL;
    const struct reader_page *pages;
    size_t n_pages, n = 0, page = 0;
    struct reader_entry en;
    bool more;
    BUF_SCOPED last = BUF_INIT;
    assert_ok(reader_pages(r, STR("Part"), &pages, &n_pages, &e), &e);
    ck_assert_uint_gt(n_pages, 5);
    ck_assert(pages[0].steady != NULL);
    assert_ok(entry_cursor_new(r, STR("Part"), &c, &e), &e);
    for (;; n++) {
        assert_ok(entry_cursor_next(c, &en, &more, &e), &e);
        if (!more)
            break;
        ck_assert_int_lt(str_cmp(buf_str(&last), en.key), 0);
        ck_assert_uint_eq(en.count, 1);
        if (!n || entry_cursor_page(c) != page)
            assert_str_eq("first", en.key, pages[entry_cursor_page(c)].first);
        page = entry_cursor_page(c);
        buf_clear(&last);
        buf_add_str(&last, en.key);
    }
    ck_assert_uint_eq(n, 5000);
    entry_cursor_seek(c, n_pages - 1);
    assert_ok(entry_cursor_next(c, &en, &more, &e), &e);
    ck_assert(more);
    assert_str_eq("seek", en.key, pages[n_pages - 1].first);
    entry_cursor_seek(c, n_pages);
    assert_ok(entry_cursor_next(c, &en, &more, &e), &e);
    ck_assert(!more);
    made_done(&s);
}
END_TEST

/* How many pages of the right one does the left one not have? */
static size_t new_pages(const struct reader *a, const struct reader *b, bool steady)
{
    const struct reader_page *pa, *pb;
    size_t na, nb, n_new = 0;
    struct error e = ERROR_INIT;
    assert_ok(reader_pages(a, STR("Part"), &pa, &na, &e), &e);
    assert_ok(reader_pages(b, STR("Part"), &pb, &nb, &e), &e);
    for (size_t i = 0; i < nb; i++) {
        bool has = false;
        for (size_t k = 0; k < na && !has; k++)
            has = memcmp(steady ? pa[k].steady : pa[k].digest,
                         steady ? pb[i].steady : pb[i].digest, SHA256_SIZE) == 0;
        n_new += !has;
    }
    return n_new;
}

static struct reader *parts(unsigned from, unsigned to, unsigned changed,
                            const char *etag)
{
    struct made s;
    made_begin(&s, plain);
    for (unsigned i = from; i < to; i++)
        part(&s, i == changed ? i + 1000000 : i, etag);
    made_finish(&s, "");
    struct reader *r = made_open(&s);
    made_done(&s);
    return r;
}

START_TEST(changes_stay_in_their_pages)
{
    CLEANUP(reader_freep) struct reader *a = parts(0, 10000, UINT32_MAX, "e");
    CLEANUP(reader_freep) struct reader *moved = parts(0, 10000, 5000, "e");
    CLEANUP(reader_freep) struct reader *more = parts(0, 10001, UINT32_MAX, "e");
    CLEANUP(reader_freep) struct reader *touched = parts(0, 10000, UINT32_MAX, "f");
    /* One record taken away and one put elsewhere: at most two pages each, when a
     * boundary comes or goes. */
    ck_assert_uint_le(new_pages(a, moved, false), 4);
    ck_assert_uint_ge(new_pages(a, moved, false), 1);
    ck_assert_uint_le(new_pages(a, more, false), 2);
    ck_assert_uint_gt(new_pages(a, touched, false), 20);
    ck_assert_uint_eq(new_pages(a, touched, true), 0);
    ck_assert_mem_eq(reader_entity_at(a, 0)->steady,
                     reader_entity_at(touched, 0)->steady, SHA256_SIZE);
}
END_TEST

static const struct {
    const char *name;
    bool ok;
    enum layout_kind kind;
    uint32_t ordinal;
} names[] = {
    {"data/Part/000000.ndjson", true, LAYOUT_DATA, 0},
    {"data/Part/1000000.ndjson", true, LAYOUT_DATA, 1000000},
    {"data/Part/0000000.ndjson", false, LAYOUT_NONE, 0},
    {"data/Part/00000.ndjson", false, LAYOUT_NONE, 0},
    {"data/Part/4294967295.ndjson", false, LAYOUT_NONE, 0},
    {"data/Part/000001.ndjsox", false, LAYOUT_NONE, 0},
    {"data/1art/000001.ndjson", false, LAYOUT_NONE, 0},
    {"data/Part", false, LAYOUT_NONE, 0},
    {"data/Part/x/000001.ndjson", false, LAYOUT_NONE, 0},
    {"index/Part/0012.idx", true, LAYOUT_PAGES, 12},
    {"index/Part/top", true, LAYOUT_TOP, 0},
    {"index/Part/shadow", true, LAYOUT_SHADOW, 0},
    {"index/Part/tops", false, LAYOUT_NONE, 0},
    {"meta/", false, LAYOUT_NONE, 0},
    {"meta/rules/a.yaml", true, LAYOUT_FILE, 0},
    {"evidence/report.html", true, LAYOUT_FILE, 0},
    {"manifest.json", true, LAYOUT_MANIFEST, 0},
    {"signature.minisig", true, LAYOUT_SIGNATURE, 0},
    {"other", false, LAYOUT_NONE, 0},
};

START_TEST(name_kinds)
{
    struct layout l = layout_of(str_of(names[_i].name));
    ck_assert_msg(l.kind == names[_i].kind, "%s", names[_i].name);
    if (names[_i].ok)
        ck_assert_msg(l.ordinal == names[_i].ordinal, "%s", names[_i].name);
}
END_TEST

START_TEST(entity_names)
{
    char name[70] = "A";
    memset(name + 1, 'b', 63);
    ck_assert(layout_is_entity(str_n(name, 64)));
    name[64] = 'b';
    ck_assert(!layout_is_entity(str_n(name, 65)));
    ck_assert(!layout_is_entity(STR("")));
    ck_assert(!layout_is_entity(STR("_a")));
    ck_assert(!layout_is_entity(STR("a-b")));
    ck_assert(layout_is_entity(STR("a_9")));
}
END_TEST

START_TEST(files_that_do_not_fit)
{
    static const char *const bad[] = {
        "meta/../x", "/meta/x", "other",    "meta/x\\y",        "bagit.txt",
        "meta//x",   "meta/x/", "data/A/1", "meta/caf\xc3\xa9", "meta/manifest.json",
        "meta/twice"};
    struct made s;
    made_begin(&s, plain);
    assert_ok(writer_file(s.writer, "meta/twice", STR("1"), &s.e), &s.e);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(writer_file(s.writer, bad[i], STR("x"), &s.e) == ERR_SOFTWARE,
                      "%s", bad[i]);
    assert_ok(writer_file(s.writer, "evidence/none", STR(""), &s.e), &s.e);
    made_finish(&s, "");
    CLEANUP(reader_freep) struct reader *r = made_open(&s);
    ck_assert_uint_eq(reader_find(r, STR("evidence/none"))->size, 0);
    made_done(&s);
}
END_TEST

START_TEST(callers_members)
{
    static const char *const bad[] = {"[]", "{\"root\":1}", "{\"tagmanifest\":\"x\"}",
                                      "{", "{\"a\":1.5}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct made s;
        made_begin(&s, plain);
        part(&s, 1, "e");
        ck_assert_msg(made_try_finish(&s, bad[i]) == ERR_DATA, "%s", bad[i]);
        made_done(&s);
    }
    struct made s;
    made_begin(&s, plain);
    part(&s, 1, "e");
    made_finish(&s, " { } ");
    close(s.fd);
    s.fd = -1;
    made_done(&s);
}
END_TEST

START_TEST(output_that_fails)
{
    struct made s;
    made_begin(&s, plain);
    int full = open("/dev/full", O_WRONLY);
    ck_assert_int_ge(full, 0);
    ck_assert_int_eq(dup2(full, s.fd), s.fd); /* the writer knows the number */
    close(full);
    part(&s, 1, "e");
    ck_assert_int_eq(made_try_finish(&s, ""), ERR_IO);
    made_done(&s);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_test(t, shape);
    tcase_add_test(t, empty);
    tcase_add_test(t, root_is_content);
    tcase_add_test(t, spilling_changes_nothing);
    tcase_add_test(t, ascending_input_is_not_sorted);
    tcase_add_test(t, records_by_key);
    tcase_add_test(t, entries_in_key_order);
    tcase_add_test(t, changes_stay_in_their_pages);
    tcase_add_loop_test(t, name_kinds, 0, sizeof names / sizeof names[0]);
    tcase_add_test(t, entity_names);
    tcase_add_test(t, files_that_do_not_fit);
    tcase_add_test(t, callers_members);
    tcase_add_test(t, output_that_fails);
}

TEST_MAIN("archive")
