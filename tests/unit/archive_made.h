/*
 * archive_made: snapshots for the tests of archive/.
 *
 *     struct made s; made_begin(&s, options);
 *     made_record(&s, "Part", "{\"id\":1}"); … made_cut(&s, "Part");
 *     made_finish(&s, "");              s.fd holds the archive, s.root its root
 *     made_done(&s);
 */
#ifndef TESTS_UNIT_ARCHIVE_MADE_H
#define TESTS_UNIT_ARCHIVE_MADE_H

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/reader.h"
#include "archive/writer.h"
#include "archive/writer_private.h"
#include "base/file.h"

/* A program that is no test says itself what shall happen. */
#ifndef MADE_MUST
#    include "test.h"
#    define MADE_MUST(condition) ck_assert(condition)
#endif

/* A test of references has a schema of its own: MADE_SDL. */
#ifdef MADE_SDL
static const char made_sdl[] = MADE_SDL;
#else
static const char made_sdl[] =
    "directive @entity(table: String!) on OBJECT scalar DateTime\n"
    "interface Std { _etag: String @volatile _updated: DateTime @volatile }\n"
    "type Part @entity(table: \"parts\", by: false) { id: Int! name: String a: Int }\n"
    "type Line @entity(table: \"lines\", key: [\"order\", \"code\"], std: false,\n"
    "  by: false) { order: Int! code: String! a: Int }\n"
    "type Loose @entity(table: \"loose\", key: [], std: false, by: false) { a: Int }\n"
    "type Bare @entity(table: \"bares\", std: false, by: false) { id: ID a: Int }\n";
#endif

#define MADE_ENTITIES 8

struct made {
    int fd;
    uint8_t root[ROOT_SIZE];
    struct writer *writer;
    struct schema *schema;
    struct canon *canon;
    struct deflater *deflater;
    struct member members[MADE_ENTITIES];
    size_t n_members;
    struct error e;
};

static inline void made_begin(struct made *s, struct writer_options o)
{
    *s = (struct made){.e = ERROR_INIT};
    MADE_MUST(schema_load(STR(made_sdl), "made", &s->schema, &s->e) == ERR_OK);
    s->canon = canon_new();
    s->deflater = deflater_new(o.level);
    MADE_MUST(file_temp(NULL, &s->fd, &s->e) == ERR_OK);
    MADE_MUST(writer_new(&o, s->fd, &s->writer, &s->e) == ERR_OK);
}

static inline struct member *made_member(struct made *s, const char *entity)
{
    const struct entity *en = NULL;
    MADE_MUST(schema_entity(s->schema, str_of(entity), &en, &s->e) == ERR_OK);
    for (size_t i = 0; i < s->n_members; i++)
        if (s->members[i].entity == en)
            return &s->members[i];
    MADE_MUST(s->n_members < MADE_ENTITIES);
    member_init(&s->members[s->n_members], en);
    return &s->members[s->n_members++];
}

static inline void made_pack(struct made *s, struct member *m)
{
    if (!m->n_records)
        return;
    MADE_MUST(member_pack(m, s->deflater, &s->e) == ERR_OK);
    MADE_MUST(writer_member(s->writer, m, &s->e) == ERR_OK);
    member_clear(m);
}

/* Ends the entity's member here. */
static inline void made_cut(struct made *s, const char *entity)
{
    made_pack(s, made_member(s, entity));
}

static inline void made_record(struct made *s, const char *entity, const char *json)
{
    struct member *m = made_member(s, entity);
    struct canon_record r;
    MADE_MUST(canon_record(s->canon, m->entity, str_of(json), &r, &s->e) == ERR_OK);
    member_add(m, str_of(json), &r);
    if (member_is_full(m))
        made_pack(s, m);
}

static inline enum err made_try_finish(struct made *s, const char *manifest)
{
    for (size_t i = 0; i < s->n_members; i++)
        made_pack(s, &s->members[i]);
    return writer_finish(s->writer, str_of(manifest), s->root, &s->e);
}

static inline void made_finish(struct made *s, const char *manifest)
{
    MADE_MUST(writer_file(s->writer, "meta/schema.graphql", STR(made_sdl), &s->e) ==
              ERR_OK);
    MADE_MUST(made_try_finish(s, manifest) == ERR_OK);
}

static inline void made_done(struct made *s)
{
    for (size_t i = 0; i < s->n_members; i++)
        member_done(&s->members[i]);
    writer_free(s->writer);
    deflater_free(s->deflater);
    canon_free(s->canon);
    schema_free(s->schema);
    if (s->fd >= 0)
        close(s->fd);
}

static inline struct reader *made_open(const struct made *s)
{
    struct error e = ERROR_INIT;
    struct reader *r = NULL;
    MADE_MUST(reader_open_fd(dup(s->fd), "made.zip", &r, &e) == ERR_OK);
    return r;
}

/* The whole archive; freed by the caller. */
static inline struct buf made_bytes(int fd)
{
    struct buf b = BUF_INIT;
    struct error e = ERROR_INIT;
    struct stat st;
    MADE_MUST(fstat(fd, &st) == 0);
    size_t n, size = (size_t)st.st_size;
    MADE_MUST(file_read_at(fd, 0, buf_room(&b, size + 1), size, &n, &e) == ERR_OK);
    MADE_MUST(n == size);
    b.n = n;
    return b;
}

/* A private file of these bytes. */
static inline int made_file(struct str bytes)
{
    struct error e = ERROR_INIT;
    int fd = -1;
    MADE_MUST(file_temp(NULL, &fd, &e) == ERR_OK);
    MADE_MUST(file_write_all(fd, bytes.p, bytes.n, "a test's file", &e) == ERR_OK);
    return fd;
}

#endif
