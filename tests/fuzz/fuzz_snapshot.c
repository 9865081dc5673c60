/*
 * Damage and forgery of a snapshot behind its checksums: a good one is taken apart, its
 * members are edited, their checksums (and, if asked, its manifests) are made to fit,
 * and what comes out is opened, walked, verified and read as an input.
 *
 * The text is edits, 5 bytes and what they carry: member, kind (overwrite, insert, cut,
 * set), place (16 bits), length. Byte 0: bit 0 makes the manifests fit, the rest is
 * the chunk. What verifies has as many records as it says; what is read as
 * an input does not depend on chunks or on what read() gives.
 */
#include "fuzz.h"

#define MADE_MUST(condition)          FUZZ_ASSERT(condition)
#define ck_assert(condition)          FUZZ_ASSERT(condition)
#define ck_assert_msg(condition, ...) FUZZ_ASSERT(condition)
#define ck_abort_msg(...)             FUZZ_ASSERT(false)
#define assert_ok(code, e)            FUZZ_ASSERT((code) == ERR_OK)
#include "../unit/archive_rebuilt.h"

#include "archive/verify.h"
#include "cli/feed.h"
#include "cli/records.h"
#include "source_read.h"

#define EDITS 8

static struct parts original;

static void leave(void)
{
    parts_done(&original);
}

/* Every kind of member, two data members, and content that no message may hold. */
static void enter(void)
{
    struct made s;
    char json[96];
    made_begin(&s, (struct writer_options){.level = DEFLATE_FAST,
                                           .duplicates = DUPLICATES_FIRST});
    for (unsigned i = 0; i < 40; i++) {
        snprintf(json, sizeof json, "{\"id\":%u,\"name\":\"" FUZZ_CANARY "\"}", i);
        made_record(&s, "Part", json);
        if (i == 20)
            made_cut(&s, "Part");
    }
    made_record(&s, "Part", "{\"id\":7,\"name\":\"other\"}");
    made_record(&s, "Bare", "{\"id\":7}");
    made_record(&s, "Loose", "{\"a\":" FUZZ_CANARY_DIGITS "}");
    made_record(&s, "Loose", "{\"a\":" FUZZ_CANARY_DIGITS "}");
    made_record(&s, "Line", "{\"order\":1,\"code\":\"x\"}");
    made_finish(&s, "{\"rules\":[]}");
    parts_load(&original, s.fd);
    made_done(&s);
    atexit(leave);
}

static void copy_parts(struct parts *p)
{
    for (size_t i = 0; i < original.n; i++) {
        struct part one = {.name = alloc_str(str_of(original.part[i].name)),
                           .stored = original.part[i].stored};
        buf_add_str(&one.content, buf_str(&original.part[i].content));
        VEC_PUSH(p->part, p->n, p->cap) = one;
    }
}

/* Takes one edit from the front of *s. */
static void edit(struct parts *p, struct str *s)
{
    const uint8_t *b = (const uint8_t *)s->p;
    struct part *part = &p->part[b[0] % p->n];
    struct str old = buf_str(&part->content);
    size_t at = (b[2] | (size_t)b[3] << 8) % (old.n + 1), n = b[4];
    unsigned kind = b[1] % 4;
    *s = str_from(*s, 5);
    struct str bytes = str_n(s->p, n < s->n ? n : s->n);
    if (kind != 2)
        *s = str_from(*s, bytes.n);
    BUF_SCOPED text = BUF_INIT;
    if (kind != 3)
        buf_add(&text, old.p, at);
    if (kind != 2)
        buf_add_str(&text, bytes);
    if (kind == 0)
        buf_add_str(&text, str_from(old, at + bytes.n));
    else if (kind == 1)
        buf_add_str(&text, str_from(old, at));
    else if (kind == 2)
        buf_add_str(&text, str_from(old, at + n));
    buf_clear(&part->content);
    buf_add_str(&part->content, buf_str(&text));
}

/* Manifests that fit; a manifest.json without a place for that is left alone. */
static void seal(struct parts *p)
{
    const struct buf *m = &parts_get(p, "manifest.json")->content;
    if (m->n && memmem(m->p, m->n, "\"tagmanifest\":\"", 15) &&
        (size_t)((char *)memmem(m->p, m->n, "\"tagmanifest\":\"", 15) - m->p) + 15 +
                64 <=
            m->n)
        parts_seal(p);
}

static void walk(const struct reader *r, struct str name, uint64_t records)
{
    struct error e = ERROR_INIT;
    CLEANUP(entry_cursor_freep) struct entry_cursor *c = NULL;
    BUF_SCOPED last = BUF_INIT;
    struct reader_entry en;
    bool more = true, found;
    if (entry_cursor_new(r, name, &c, &e) != ERR_OK) {
        fuzz_refused(&e);
        return;
    }
    for (uint64_t n = 0;; n++) {
        if (entry_cursor_next(c, &en, &more, &e) != ERR_OK) {
            fuzz_refused(&e);
            return;
        }
        if (!more) {
            FUZZ_ASSERT(n == records);
            return;
        }
        FUZZ_ASSERT(str_cmp(buf_str(&last), en.key) < 0);
        buf_clear(&last);
        buf_add_str(&last, en.key);
        BUF_SCOPED record = BUF_INIT;
        if (n > 2)
            continue;
        if (reader_get(r, name, buf_str(&last), &record, &found, &e) == ERR_OK)
            FUZZ_ASSERT(found && record.n == en.size);
        else
            fuzz_refused(&e);
    }
}

static enum err read_fed(int fd, struct source_way way, struct buf *out)
{
    struct feed *feed = NULL;
    struct error e = ERROR_INIT;
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    short_reads(way.dice);
    enum err code = feed_open(path, &feed, &e);
    if (code == ERR_OK) {
        CLEANUP(source_freep) struct source *s = NULL;
        struct source_options o = {.schema = source_schema, .record_limit = RECORD};
        FUZZ_ASSERT(source_new(&o, &s, &e) == ERR_OK);
        source_set_chunk(s, way.chunk);
        source_add_feed(s, "in.zip", feed_source(feed));
        code = source_drain(s, STR(""), out, &e);
    }
    short_reads(NULL);
    if (code != ERR_OK)
        fuzz_refused(&e);
    feed_free(feed);
    return code;
}

static void check_fed(int fd, uint8_t options)
{
    struct fuzz_dice dice = {options};
    struct source_way plain = {.chunk = SOURCE_CHUNK}, cut = {.chunk = options + 1u};
    BUF_SCOPED want = BUF_INIT;
    BUF_SCOPED got = BUF_INIT;
    cut.dice = &dice;
    enum err code = read_fed(fd, plain, &want), again = read_fed(fd, cut, &got);
    FUZZ_ASSERT((code == ERR_OK) == (again == ERR_OK));
    FUZZ_ASSERT(code != ERR_OK || str_eq(buf_str(&want), buf_str(&got)));
}

static void check_verified(const struct reader *r)
{
    struct error e = ERROR_INIT;
    CLEANUP(schema_freep) struct schema *schema = NULL;
    CLEANUP(verify_done) struct verify_result v = {0};
    uint64_t records = 0;
    if (records_schema(r, &schema, &e) != ERR_OK) {
        fuzz_refused(&e);
        return;
    }
    FUZZ_ASSERT(verify_run(r, schema, 1, &v, &e) == ERR_OK);
    for (size_t i = 0; i < v.n_findings; i++)
        FUZZ_ASSERT(!strstr(v.findings[i], FUZZ_CANARY) &&
                    !strstr(v.findings[i], FUZZ_CANARY_DIGITS));
    FUZZ_ASSERT((v.state == VERIFY_UNSIGNED) == (v.n_findings == 0));
    for (size_t i = 0; i < reader_n_entities(r); i++)
        records += reader_entity_at(r, i)->records +
                   reader_entity_at(r, i)->duplicates + reader_entity_at(r, i)->copies;
    FUZZ_ASSERT(v.state != VERIFY_UNSIGNED || v.records == records);
    bool whole = v.state == VERIFY_UNSIGNED;
    verify_done(&v);
    FUZZ_ASSERT(verify_run(r, NULL, 1, &v, &e) == ERR_OK);
    FUZZ_ASSERT(!whole || v.state == VERIFY_UNSIGNED); /* --quick asks for less */
}

static void check_opened(int fd)
{
    struct error e = ERROR_INIT;
    CLEANUP(reader_freep) struct reader *r = NULL;
    uint8_t root[ROOT_SIZE], peek[ROOT_SIZE];
    bool peeked = reader_peek_root(fd, peek, NULL, &e) == ERR_OK;
    if (reader_open_fd(dup(fd), "in.zip", &r, &e) != ERR_OK) {
        fuzz_refused(&e);
        return;
    }
    reader_root(r, root);
    FUZZ_ASSERT(peeked && memcmp(root, peek, ROOT_SIZE) == 0);
    for (size_t i = 0; i < reader_n_entities(r); i++) {
        const struct reader_entity *en = reader_entity_at(r, i);
        walk(r, en->name, en->records);
        (void)reader_is_shadowed(r, en->name, 0, 0);
    }
    check_verified(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    if (!original.n) {
        source_enter();
        enter();
    }
    struct parts p = {0};
    struct str edits = str_n((const char *)data + 1, size - 1);
    copy_parts(&p);
    for (unsigned i = 0; i < EDITS && edits.n >= 5; i++)
        edit(&p, &edits);
    if (data[0] & 1)
        seal(&p);
    int fd = parts_write(&p);
    check_opened(fd);
    check_fed(fd, data[0] >> 1);
    close(fd);
    parts_done(&p);
    return 0;
}
