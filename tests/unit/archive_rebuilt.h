/*
 * archive_rebuilt: snapshots taken apart, changed and put together again.
 *
 *     struct parts p; parts_load(&p, fd);
 *     parts_set(&p, "manifest.json", text); parts_remove(&p, "bagit.txt"); …
 *     parts_seal(&p);          manifests fit again, as a forger would make them
 *     int fd = parts_write(&p); parts_done(&p);
 */
#ifndef TESTS_UNIT_ARCHIVE_REBUILT_H
#define TESTS_UNIT_ARCHIVE_REBUILT_H

#include "archive/manifest.h"
#include "archive/zip_read.h"
#include "archive/zip_write.h"
#include "archive_made.h"
#include "base/alloc.h"

struct part {
    char *name;
    struct buf content;
    bool stored;
};

struct parts {
    struct part *part;
    size_t n, cap;
};

static inline void parts_load(struct parts *p, int fd)
{
    struct zip z;
    struct error e = ERROR_INIT;
    *p = (struct parts){0};
    assert_ok(zip_open(medium_file(fd), ZIP_OURS, &z, &e), &e);
    for (size_t i = 0; i < z.n; i++) {
        struct part one = {.name = alloc_str(z.members[i].name),
                           .stored = z.members[i].method == ZIP_STORED};
        assert_ok(zip_read(&z, &z.members[i], &one.content, &e), &e);
        VEC_PUSH(p->part, p->n, p->cap) = one;
    }
    zip_done(&z);
}

static inline void parts_done(struct parts *p)
{
    for (size_t i = 0; i < p->n; i++) {
        free(p->part[i].name);
        buf_done(&p->part[i].content);
    }
    free(p->part);
}

static inline size_t parts_at(const struct parts *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->part[i].name, name) == 0)
            return i;
    ck_abort_msg("no part %s", name);
    return 0;
}

static inline struct part *parts_get(struct parts *p, const char *name)
{
    return &p->part[parts_at(p, name)];
}

static inline void parts_set(struct parts *p, const char *name, struct str content)
{
    struct part *one = parts_get(p, name);
    BUF_SCOPED copy = BUF_INIT;
    buf_add_str(&copy, content);
    buf_clear(&one->content);
    buf_add_str(&one->content, buf_str(&copy));
}

/* The first occurrence of `from` becomes `to`. */
static inline void parts_replace(struct parts *p, const char *name, const char *from,
                                 const char *to)
{
    struct part *one = parts_get(p, name);
    char *at = memmem(one->content.p, one->content.n, from, strlen(from));
    ck_assert_msg(at != NULL, "%s: no %s", name, from);
    BUF_SCOPED text = BUF_INIT;
    buf_add(&text, one->content.p, (size_t)(at - one->content.p));
    buf_add_str(&text, str_of(to));
    buf_add_str(&text,
                str_from(buf_str(&one->content), text.n - strlen(to) + strlen(from)));
    parts_set(p, name, buf_str(&text));
}

static inline void parts_rename(struct parts *p, const char *from, const char *to)
{
    struct part *one = parts_get(p, from);
    free(one->name);
    one->name = alloc_str(str_of(to));
}

static inline void parts_remove(struct parts *p, const char *name)
{
    size_t i = parts_at(p, name);
    free(p->part[i].name);
    buf_done(&p->part[i].content);
    memmove(&p->part[i], &p->part[i + 1], (--p->n - i) * sizeof *p->part);
}

static inline void parts_insert(struct parts *p, size_t at, const char *name,
                                const char *content)
{
    struct part one = {.name = alloc_str(str_of(name)), .stored = true};
    buf_add_str(&one.content, str_of(content));
    VEC_PUSH(p->part, p->n, p->cap) = one;
    memmove(&p->part[at + 1], &p->part[at], (p->n - 1 - at) * sizeof *p->part);
    p->part[at] = one;
}

static inline void parts_lines(struct parts *p, const char *name, bool payload)
{
    BUF_SCOPED lines = BUF_INIT;
    for (size_t i = 0; i < p->n; i++) {
        struct str s = str_of(p->part[i].name);
        if (payload != str_starts(s, STR("data/")) || str_eq(s, STR("manifest.json")) ||
            str_eq(s, STR("tagmanifest-sha256.txt")))
            continue;
        uint8_t digest[SHA256_SIZE];
        sha256_of(buf_str(&p->part[i].content), digest);
        hex_add(&lines, digest, SHA256_SIZE);
        buf_printf(&lines, "  %s\n", p->part[i].name);
    }
    parts_set(p, name, buf_str(&lines));
}

static inline void parts_seal(struct parts *p)
{
    parts_lines(p, "manifest-sha256.txt", true);
    parts_lines(p, "tagmanifest-sha256.txt", false);
    uint8_t digest[SHA256_SIZE];
    sha256_of(buf_str(&parts_get(p, "tagmanifest-sha256.txt")->content), digest);
    BUF_SCOPED hex = BUF_INIT;
    hex_add(&hex, digest, SHA256_SIZE);
    struct buf *m = &parts_get(p, "manifest.json")->content;
    char *at = memmem(m->p, m->n, "\"tagmanifest\":\"", 15);
    ck_assert(at != NULL);
    memcpy(at + 15, hex.p, hex.n);
}

static inline int parts_write(const struct parts *p)
{
    struct error e = ERROR_INIT;
    int fd = -1;
    assert_ok(file_temp(NULL, &fd, &e), &e);
    struct spool *spool = spool_new(NULL);
    struct deflater *d = deflater_new(DEFLATE_FAST);
    struct zip_writer z;
    zip_writer_init(&z, medium_file(fd), spool);
    char comment[MANIFEST_COMMENT + 1];
    for (size_t i = 0; i < p->n; i++) {
        struct str content = buf_str(&p->part[i].content);
        BUF_SCOPED packed = BUF_INIT;
        struct zip_header h = {str_of(p->part[i].name), content.n, content.n,
                               crc32_of(0, content), p->part[i].stored};
        if (!h.stored) {
            assert_ok(deflater_block(d, content, &packed, &h.crc, &e), &e);
            h.packed = packed.n;
        }
        manifest_comment(z.offset, comment);
        assert_ok(zip_writer_begin(&z, &h, &e), &e);
        assert_ok(zip_writer_bytes(&z, h.stored ? content : buf_str(&packed), &e), &e);
    }
    assert_ok(zip_writer_end(&z, str_of(comment), &e), &e);
    zip_writer_done(&z);
    deflater_free(d);
    spool_free(spool);
    return fd;
}

/* A small snapshot with every kind of member; data in two members. */
static inline int good(void)
{
    struct made s;
    made_begin(&s, (struct writer_options){.level = DEFLATE_BALANCED,
                                           .duplicates = DUPLICATES_FIRST});
    char json[64];
    for (unsigned i = 0; i < 600; i++) {
        snprintf(json, sizeof json, "{\"id\":%u,\"name\":\"n\"}", i);
        made_record(&s, "Part", json);
        if (i == 300)
            made_cut(&s, "Part");
    }
    made_record(&s, "Part", "{\"id\":7,\"name\":\"other\"}");
    made_record(&s, "Bare", "{\"id\":7}");
    assert_ok(writer_file(s.writer, "meta/xa", STR("a"), &s.e), &s.e);
    assert_ok(writer_file(s.writer, "meta/xb", STR("b"), &s.e), &s.e);
    made_finish(&s, "{\"rules\":[]}");
    int fd = dup(s.fd);
    made_done(&s);
    return fd;
}

/* Opens it and reads every member, every page and every shadow row. */
static inline enum err read_everything(int fd, struct error *e)
{
    CLEANUP(reader_freep) struct reader *r = NULL;
    TRY(reader_open_fd(fd, "bad.zip", &r, e));
    for (size_t i = 0; i < reader_n_members(r); i++) {
        BUF_SCOPED content = BUF_INIT;
        TRY(reader_read(r, reader_member_at(r, i), &content, e));
    }
    for (size_t i = 0; i < reader_n_entities(r); i++) {
        struct str name = reader_entity_at(r, i)->name;
        CLEANUP(entry_cursor_freep) struct entry_cursor *c = NULL;
        enum reader_shadow shadow;
        struct reader_entry en;
        bool more = true;
        TRY(reader_shadow(r, name, 0, 0, &shadow, e));
        TRY(entry_cursor_new(r, name, &c, e));
        while (more)
            TRY(entry_cursor_next(c, &en, &more, e));
    }
    return ERR_OK;
}

static inline void refused(const char *row, int fd, const char *line)
{
    struct error e = ERROR_INIT;
    enum err code = read_everything(fd, &e);
    ck_assert_msg(code == ERR_DATA && strstr(e.line, line),
                  "%s: %d: got '%s', want '%s'", row, code, e.line, line);
}

#endif
