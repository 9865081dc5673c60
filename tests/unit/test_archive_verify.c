/* Verification: what was made passes, whatever the number of threads; what was changed
 * is found, also when the forger made the manifests fit. */
#include "archive/verify.h"

#include "archive_rebuilt.h"

static void run(int fd, unsigned jobs, struct verify_result *out)
{
    struct error e = ERROR_INIT;
    CLEANUP(reader_freep) struct reader *r = NULL;
    CLEANUP(schema_freep) struct schema *schema = NULL;
    assert_ok(reader_open_fd(dup(fd), "it.zip", &r, &e), &e);
    assert_ok(schema_load(STR(made_sdl), "made", &schema, &e), &e);
    assert_ok(verify_run(r, schema, jobs, out, &e), &e);
}

static void run_quick(int fd, unsigned jobs, struct verify_result *out)
{
    struct error e = ERROR_INIT;
    CLEANUP(reader_freep) struct reader *r = NULL;
    assert_ok(reader_open_fd(dup(fd), "it.zip", &r, &e), &e);
    assert_ok(verify_run(r, NULL, jobs, out, &e), &e);
}

START_TEST(sound)
{
    static const enum duplicates rules[] = {DUPLICATES_FIRST, DUPLICATES_LAST};
    struct made s;
    made_begin(&s, (struct writer_options){.duplicates = rules[_i / 3]});
    for (unsigned i = 0; i < 6000; i++) {
        char json[64];
        snprintf(json, sizeof json, "{\"id\":%u,\"name\":\"n%u\"}", i * 7919 % 5000,
                 i % 3);
        made_record(&s, "Part", json);
        snprintf(json, sizeof json, "{\"a\":%u}", i % 100);
        made_record(&s, "Loose", json);
    }
    made_finish(&s, "{\"rules\":{\"b\":1,\"a\":[]}}");
    struct verify_result v;
    run(s.fd, (unsigned[]){1, 2, 7}[_i % 3], &v);
    ck_assert_msg(v.state == VERIFY_UNSIGNED && !v.n_findings, "%s",
                  v.n_findings ? v.findings[0] : "");
    ck_assert_uint_eq(v.records, 12000);
    CLEANUP(reader_freep) struct reader *r = made_open(&s);
    ck_assert_uint_eq(v.members, reader_n_members(r));
    struct verify_result quick;
    run_quick(s.fd, (unsigned[]){1, 2, 7}[_i % 3], &quick);
    ck_assert_msg(quick.state == VERIFY_UNSIGNED, "%s",
                  quick.n_findings ? quick.findings[0] : "");
    ck_assert_uint_eq(quick.records, v.records);
    ck_assert_uint_eq(quick.members, v.members);
    ck_assert_uint_eq(quick.bytes, v.bytes);
    verify_done(&quick);
    verify_done(&v);
    made_done(&s);
}
END_TEST

static void record_value(struct parts *p)
{
    parts_replace(p, "data/Part/000000.ndjson", "{\"id\":5,\"name\":\"n\"}",
                  "{\"id\":5,\"name\":\"m\"}");
}
static void record_key(struct parts *p)
{
    parts_replace(p, "data/Part/000000.ndjson", "{\"id\":5,", "{\"id\":4,");
}
static void record_gone(struct parts *p)
{
    parts_replace(p, "data/Part/000000.ndjson", "{\"id\":5,\"name\":\"n\"}\n", "");
}
static void record_token(struct parts *p)
{
    /* The same record in other tokens: only its place and size differ. */
    parts_replace(p, "data/Part/000000.ndjson", "{\"id\":5,\"name\":\"n\"}",
                  "{\"name\":\"\\u006e\",\"id\":5}");
}
static void record_swap(struct parts *p)
{
    parts_replace(p, "data/Part/000000.ndjson",
                  "{\"id\":5,\"name\":\"n\"}\n{\"id\":6,\"name\":\"n\"}",
                  "{\"id\":6,\"name\":\"n\"}\n{\"id\":5,\"name\":\"n\"}");
}
static void record_broken(struct parts *p)
{
    parts_replace(p, "data/Part/000000.ndjson", "{\"id\":5,", "{\"id\"5,,");
}
static void line_empty(struct parts *p)
{
    parts_replace(p, "data/Part/000000.ndjson", "{\"id\":5,", "\n{\"id\":5,");
}
static void newline_gone(struct parts *p)
{
    parts_get(p, "data/Part/000001.ndjson")->content.n--;
}
static void file_byte(struct parts *p)
{
    parts_set(p, "meta/xa", STR("c"));
}
static void file_more(struct parts *p)
{
    parts_insert(p, 1, "meta/more", "x");
}
static void file_gone(struct parts *p)
{
    parts_remove(p, "meta/xa");
}
static void caller_changed(struct parts *p)
{
    parts_replace(p, "manifest.json", "\"rules\":[]", "\"rules\":[1]");
}
static void shadow_place(struct parts *p)
{
    parts_get(p, "index/Part/shadow")->content.p[7] ^= 1;
}
static void page_byte(struct parts *p)
{
    struct buf *b = &parts_get(p, "index/Part/0000.idx")->content;
    b->p[b->n - 20] ^= 1;
}
static void line_broken(struct parts *p)
{
    parts_get(p, "manifest-sha256.txt")->content.p[64] = '-';
}
static void line_twice(struct parts *p)
{
    struct buf *b = &parts_get(p, "manifest-sha256.txt")->content;
    BUF_SCOPED copy = BUF_INIT;
    buf_add_str(&copy, buf_str(b));
    buf_add_str(b, buf_str(&copy));
}
static void line_elsewhere(struct parts *p)
{
    struct buf *b = &parts_get(p, "manifest-sha256.txt")->content;
    buf_add_str(&parts_get(p, "tagmanifest-sha256.txt")->content, buf_str(b));
    b->n = 0;
}

static const struct {
    const char *name;
    void (*change)(struct parts *p);
    bool seal; /* the manifests are made to fit */
    enum verify_state state;
    const char *line; /* part of one of the findings */
} rows[] = {
    {"a value", record_value, false, VERIFY_MODIFIED, "SHA-256 that its manifest says"},
    {"a value, sealed", record_value, true, VERIFY_MODIFIED,
     "is not that of its records"},
    {"a value, sealed: root", record_value, true, VERIFY_MODIFIED, "nor the root"},
    {"a key, sealed", record_key, true, VERIFY_MODIFIED, "not as many"},
    {"a record gone, sealed", record_gone, true, VERIFY_MODIFIED, "not as many"},
    {"other tokens, sealed", record_token, true, VERIFY_MODIFIED, "says other places"},
    {"records swapped, sealed", record_swap, true, VERIFY_MODIFIED,
     "says other places"},
    {"no JSON, sealed", record_broken, true, VERIFY_DAMAGED, "record 6"},
    {"no JSON: index", record_broken, true, VERIFY_DAMAGED, "index is not compared"},
    {"an empty line, sealed", line_empty, true, VERIFY_DAMAGED, "a line is empty"},
    {"no last newline, sealed", newline_gone, true, VERIFY_DAMAGED, "has no newline"},
    {"a file", file_byte, false, VERIFY_MODIFIED, "SHA-256 that its manifest says"},
    {"a file more", file_more, false, VERIFY_MODIFIED,
     "meta/more: stands in no manifest"},
    {"a file less", file_gone, false, VERIFY_MODIFIED, "names no member"},
    {"the caller's members", caller_changed, false, VERIFY_MODIFIED,
     "does not say what"},
    {"the caller's members, sealed", caller_changed, true, VERIFY_MODIFIED,
     "does not say what"},
    {"a shadow row, sealed", shadow_place, true, VERIFY_MODIFIED, "shadow row 0"},
    {"an index page, sealed", page_byte, true, VERIFY_DAMAGED, "does not have its CRC"},
    {"a manifest's line", line_broken, false, VERIFY_MODIFIED, "line 1 is malformed"},
    {"a line twice", line_twice, false, VERIFY_MODIFIED, "too often"},
    {"a line elsewhere", line_elsewhere, false, VERIFY_MODIFIED, "malformed or names"},
    {"the tag manifest", line_elsewhere, false, VERIFY_MODIFIED,
     "tagmanifest-sha256.txt: does not have the SHA-256"},
};

START_TEST(changed)
{
    CLEANUP(file_closep) int fd = good();
    struct parts p;
    parts_load(&p, fd);
    rows[_i].change(&p);
    if (rows[_i].seal)
        parts_seal(&p);
    CLEANUP(file_closep) int changed_fd = parts_write(&p);
    parts_done(&p);
    struct verify_result v;
    run(changed_fd, 2, &v);
    bool found = false;
    for (size_t i = 0; i < v.n_findings; i++)
        found = found || strstr(v.findings[i], rows[_i].line);
    ck_assert_msg(v.state == rows[_i].state && found, "%s: %s: %s", rows[_i].name,
                  verify_state_name(v.state), v.n_findings ? v.findings[0] : "nothing");
    verify_done(&v);
}
END_TEST

/* Without looking into records: what does not fit its digests is found, and what a
 * forger made fit only where the numbers tell. */
START_TEST(changed_quick)
{
    static const char *const told[] = {
        "a record gone, sealed",   "an empty line, sealed",
        "no last newline, sealed", "the caller's members, sealed",
        "an index page, sealed",
    };
    bool found = !rows[_i].seal;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        found = found || strcmp(told[i], rows[_i].name) == 0;
    CLEANUP(file_closep) int fd = good();
    struct parts p;
    parts_load(&p, fd);
    rows[_i].change(&p);
    if (rows[_i].seal)
        parts_seal(&p);
    CLEANUP(file_closep) int changed_fd = parts_write(&p);
    parts_done(&p);
    struct verify_result v;
    run_quick(changed_fd, 2, &v);
    ck_assert_msg((v.state != VERIFY_UNSIGNED) == found, "%s: %s: %s", rows[_i].name,
                  verify_state_name(v.state), v.n_findings ? v.findings[0] : "nothing");
    verify_done(&v);
}
END_TEST

START_TEST(rebuilt_is_sound)
{
    CLEANUP(file_closep) int fd = good();
    struct parts p;
    parts_load(&p, fd);
    parts_seal(&p);
    CLEANUP(file_closep) int again = parts_write(&p);
    parts_done(&p);
    struct verify_result v;
    run(again, 1, &v);
    ck_assert_msg(v.state == VERIFY_UNSIGNED, "%s", v.n_findings ? v.findings[0] : "");
    verify_done(&v);
}
END_TEST

/* No bit of the file can be turned unnoticed. */
START_TEST(every_byte_counts)
{
    CLEANUP(file_closep) int fd = good();
    CLEANUP(schema_freep) struct schema *schema = NULL;
    struct error e = ERROR_INIT;
    assert_ok(schema_load(STR(made_sdl), "made", &schema, &e), &e);
    struct buf b = made_bytes(fd);
    for (size_t at = 0; at < b.n; at += 37) {
        b.p[at] ^= (char)(1 << at % 8);
        struct reader *r = NULL;
        int bad = made_file(buf_str(&b));
        enum err code = reader_open_fd(bad, "bad", &r, &e);
        if (code == ERR_OK) {
            struct verify_result v;
            assert_ok(verify_run(r, schema, 1, &v, &e), &e);
            ck_assert_msg(v.state != VERIFY_UNSIGNED, "byte %zu", at);
            verify_done(&v);
            assert_ok(verify_run(r, NULL, 1, &v, &e), &e);
            ck_assert_msg(v.state != VERIFY_UNSIGNED, "byte %zu, quick", at);
            verify_done(&v);
        }
        ck_assert(code == ERR_OK || code == ERR_DATA);
        reader_free(r);
        b.p[at] ^= (char)(1 << at % 8);
    }
    buf_done(&b);
}
END_TEST

/* 100 findings are told, the rest is counted. */
START_TEST(many_findings)
{
    CLEANUP(file_closep) int fd = good();
    struct parts p;
    parts_load(&p, fd);
    struct buf *b = &parts_get(&p, "manifest-sha256.txt")->content;
    for (unsigned i = 0; i < 150; i++)
        buf_add_str(b, STR("x\n"));
    CLEANUP(file_closep) int bad = parts_write(&p);
    parts_done(&p);
    struct verify_result v;
    run(bad, 1, &v);
    ck_assert_uint_eq(v.n_findings, VERIFY_FINDINGS);
    ck_assert_uint_ge(v.n_more, 50);
    verify_done(&v);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, sound, 0, 6);
    tcase_add_loop_test(t, changed, 0, sizeof rows / sizeof rows[0]);
    tcase_add_loop_test(t, changed_quick, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(t, rebuilt_is_sound);
    tcase_add_test(t, every_byte_counts);
    tcase_add_test(t, many_findings);
}

TEST_MAIN("archive_verify")
