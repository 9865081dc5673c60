#include "archive/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive/index.h"
#include "archive/layout.h"
#include "archive/reader_private.h"
#include "base/alloc.h"
#include "base/file.h"
#include "doc/doc.h"

static enum err refuse(const struct reader *r, size_t member, struct error *e,
                       const char *line)
{
    err_set(e, ERR_DATA, "%s", line);
    if (e && member != NO_MEMBER) {
        e->offset = r->zip.members[member].header;
        snprintf(e->where, sizeof e->where, "%s: %.*s", r->name,
                 STR_ARG(r->zip.members[member].name));
    }
    return ERR_DATA;
}

static enum err list_members(struct reader *r, struct error *e)
{
    r->members = alloc_zero(r->zip.n + 1, sizeof *r->members);
    for (size_t i = 0; i < r->zip.n; i++) {
        const struct zip_member *m = &r->zip.members[i];
        r->members[i] = (struct reader_member){
            m->name, m->data, m->packed, m->size, m->crc, m->method == ZIP_STORED};
        if (table_put(&r->by_name, m->name, &r->members[i]))
            return refuse(r, i, e, "two members have one name");
    }
    return ERR_OK;
}

static enum err check_last(struct reader *r, uint64_t offset, struct error *e)
{
    if (!r->zip.n)
        return refuse(r, NO_MEMBER, e, "the archive is empty; not a snapshot");
    size_t last = r->zip.n - 1;
    if (!str_eq(r->members[last].name, STR(NAME_MANIFEST)))
        return refuse(r, last, e, "the last member is not manifest.json");
    if (r->zip.members[last].header != offset)
        return refuse(r, last, e,
                      "the comment does not say where manifest.json begins");
    return ERR_OK;
}

static void take_entities(struct reader *r)
{
    size_t n = r->manifest.n_entities;
    r->entities = alloc_zero(n + 1, sizeof *r->entities);
    r->files = alloc_zero(n + 1, sizeof *r->files);
    r->caches = alloc_zero(n + 1, sizeof *r->caches);
    for (size_t i = 0; i < n; i++) {
        const struct manifest_entity *m = &r->manifest.entities[i];
        struct reader_entity *en = &r->entities[i];
        *en = (struct reader_entity){
            .name = m->name,
            .records = m->records,
            .members = m->members,
            .pages = m->pages,
            .duplicates = m->losers,
            .copies = m->copies,
            .has_steady = m->has_steady,
        };
        memcpy(en->digest, m->digest, SHA256_SIZE);
        memcpy(en->steady, m->steady, SHA256_SIZE);
        r->files[i].top = r->files[i].shadow = NO_MEMBER;
        pthread_mutex_init(&r->caches[i].lock, NULL);
    }
}

/* Ordinals stand in order, without gaps. */
static enum err place_next(struct reader *r, size_t member, uint32_t ordinal,
                           uint32_t **list, size_t *n, struct error *e)
{
    if (ordinal != *n)
        return refuse(r, member, e, "members of an entity are missing or out of order");
    if ((*n & (*n - 1)) == 0) /* grows at powers of two */
        *list = alloc_resize(*list, *n ? *n * 2 : 1, sizeof **list);
    (*list)[(*n)++] = (uint32_t)member;
    return ERR_OK;
}

static enum err place_member(struct reader *r, size_t i, struct error *e)
{
    struct layout l = layout_of(r->members[i].name);
    if (l.kind == LAYOUT_NONE)
        return refuse(r, i, e, "a member that belongs to no snapshot");
    if (l.kind == LAYOUT_MANIFEST && i + 1 != r->zip.n)
        return refuse(r, i, e, "manifest.json is not the last member");
    if (!l.entity.n)
        return ERR_OK;
    size_t at;
    if (reader_entity_index(r, l.entity, &at, NULL) != ERR_OK)
        return refuse(r, i, e,
                      "a member of an entity that manifest.json does not know");
    struct reader_files *f = &r->files[at];
    if (l.kind == LAYOUT_DATA)
        return place_next(r, i, l.ordinal, &f->data, &f->n_data, e);
    if (!r->members[i].stored)
        return refuse(r, i, e, "an index file is compressed");
    if (l.kind == LAYOUT_PAGES)
        return place_next(r, i, l.ordinal, &f->pages, &f->n_pages, e);
    *(l.kind == LAYOUT_TOP ? &f->top : &f->shadow) = i;
    return ERR_OK;
}

static enum err check_entity(const struct reader *r, size_t i, struct error *e)
{
    const struct reader_files *f = &r->files[i];
    const struct reader_entity *en = &r->entities[i];
    if (f->n_data != en->members)
        return refuse(
            r, NO_MEMBER, e,
            "an entity does not have the data members that manifest.json says");
    if (f->top == NO_MEMBER || f->n_pages != (en->pages + PAGE_FILE - 1) / PAGE_FILE)
        return refuse(
            r, NO_MEMBER, e,
            "an entity does not have the index files that manifest.json says");
    uint64_t rows;
    if (__builtin_add_overflow(en->duplicates, en->copies, &rows) ||
        (rows == 0) != (f->shadow == NO_MEMBER) ||
        (rows && (r->members[f->shadow].size % SHADOW_ROW ||
                  r->members[f->shadow].size / SHADOW_ROW != rows)))
        return refuse(
            r, NO_MEMBER, e,
            "an entity does not have the shadow rows that manifest.json says");
    return ERR_OK;
}

static enum err check_layout(struct reader *r, struct error *e)
{
    static const char *const needed[] = {NAME_BAGIT, NAME_BAG_INFO, NAME_PAYLOAD,
                                         NAME_TAGS, NAME_IDENTITY};
    for (size_t i = 0; i < r->zip.n; i++)
        TRY(place_member(r, i, e));
    for (size_t i = 0; i < r->manifest.n_entities; i++)
        TRY(check_entity(r, i, e));
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!reader_find(r, str_of(needed[i])))
            return err_set(e, ERR_DATA, "%s is missing", needed[i]);
    return ERR_OK;
}

static enum err open_all(struct reader *r, struct error *e)
{
    char comment[MANIFEST_COMMENT];
    uint64_t offset;
    TRY(zip_read_comment(r->medium, comment, e));
    if (!manifest_comment_read(str_n(comment, sizeof comment), &offset))
        return err_set(e, ERR_DATA, "not a snapshot: the ZIP comment is none of ours");
    TRY(zip_open(r->medium, ZIP_OURS, &r->zip, e));
    TRY(list_members(r, e));
    TRY(check_last(r, offset, e));
    BUF_SCOPED text = BUF_INIT;
    TRY(zip_read(&r->zip, &r->zip.members[r->zip.n - 1], &text, e));
    TRY(manifest_read(buf_str(&text), &r->manifest, e));
    take_entities(r);
    return check_layout(r, e);
}

enum err reader_open_on(struct medium medium, const char *name, struct reader **out,
                        struct error *e)
{
    CLEANUP(reader_freep) struct reader *r = NEW(struct reader);
    r->medium = medium;
    r->zip.medium.fd = -1;
    r->name = alloc_str(str_of(name));
    enum err code = open_all(r, e);
    if (code != ERR_OK) {
        err_in(e, name);
        return code;
    }
    *out = r;
    r = NULL;
    return ERR_OK;
}

enum err reader_open_fd(int fd, const char *name, struct reader **out, struct error *e)
{
    return reader_open_on(medium_file(fd), name, out, e);
}

enum err reader_open(const char *path, struct reader **out, struct error *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_sys(e, ERR_NOINPUT, errno, "cannot open %s", path);
    return reader_open_fd(fd, path, out, e);
}

void reader_free(struct reader *r)
{
    if (!r)
        return;
    for (size_t i = 0; r->files && i < r->manifest.n_entities; i++) {
        free(r->files[i].data);
        free(r->files[i].pages);
        top_free(&r->caches[i].top);
        free(r->caches[i].offsets);
        free(r->caches[i].pages);
        buf_done(&r->caches[i].shadow);
        pthread_mutex_destroy(&r->caches[i].lock);
    }
    free(r->files);
    free(r->caches);
    free(r->entities);
    free(r->members);
    table_done(&r->by_name);
    manifest_done(&r->manifest);
    zip_done(&r->zip);
    if (r->medium.fd >= 0)
        close(r->medium.fd);
    free(r->name);
    free(r);
}

enum err reader_peek_root(int fd, uint8_t out[ROOT_SIZE], struct buf *out_manifest,
                          struct error *e)
{
    char comment[MANIFEST_COMMENT];
    uint64_t offset;
    TRY(zip_read_comment(medium_file(fd), comment, e));
    if (!manifest_comment_read(str_n(comment, sizeof comment), &offset))
        return err_set(e, ERR_DATA, "not a snapshot: the ZIP comment is none of ours");
    BUF_SCOPED text = BUF_INIT;
    TRY(zip_read_last(medium_file(fd), offset, STR(NAME_MANIFEST), &text, e));
    struct manifest m;
    TRY(manifest_read(buf_str(&text), &m, e));
    memcpy(out, m.root, ROOT_SIZE);
    manifest_done(&m);
    if (out_manifest)
        buf_add_str(out_manifest, buf_str(&text));
    return ERR_OK;
}

size_t reader_n_members(const struct reader *r)
{
    return r->zip.n;
}

const struct reader_member *reader_member_at(const struct reader *r, size_t i)
{
    return &r->members[i];
}

const struct reader_member *reader_find(const struct reader *r, struct str name)
{
    return table_get(&r->by_name, name);
}

enum err reader_read(const struct reader *r, const struct reader_member *m,
                     struct buf *out, struct error *e)
{
    return zip_read(&r->zip, &r->zip.members[m - r->members], out, e);
}

enum err reader_check_headers(const struct reader *r, struct error *e)
{
    for (size_t i = 0; i < r->zip.n; i++)
        TRY(zip_check_header(&r->zip, &r->zip.members[i], e));
    return ERR_OK;
}

const struct doc_node *reader_manifest(const struct reader *r)
{
    return doc_root(r->manifest.doc);
}

void reader_root(const struct reader *r, uint8_t out[ROOT_SIZE])
{
    memcpy(out, r->manifest.root, ROOT_SIZE);
}

bool reader_seal(const struct reader *r, uint8_t tags[SHA256_SIZE],
                 uint8_t seal[SHA256_SIZE])
{
    memcpy(tags, r->manifest.tags, SHA256_SIZE);
    memcpy(seal, r->manifest.seal, SHA256_SIZE);
    return r->manifest.has_seal;
}

size_t reader_n_entities(const struct reader *r)
{
    return r->manifest.n_entities;
}

const struct reader_entity *reader_entity_at(const struct reader *r, size_t i)
{
    return &r->entities[i];
}

enum err reader_entity_index(const struct reader *r, struct str name, size_t *out,
                             struct error *e)
{
    size_t low = 0, high = r->manifest.n_entities;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int c = str_cmp(r->entities[mid].name, name);
        if (c == 0) {
            *out = mid;
            return ERR_OK;
        }
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return err_set(e, ERR_DATA, "the snapshot has no such entity");
}

const struct reader_entity *reader_entity(const struct reader *r, struct str name)
{
    size_t i;
    return reader_entity_index(r, name, &i, NULL) == ERR_OK ? &r->entities[i] : NULL;
}

const struct reader_member *reader_data(const struct reader *r, struct str entity,
                                        uint32_t ordinal)
{
    size_t i = 0;
    if (reader_entity_index(r, entity, &i, NULL) != ERR_OK ||
        ordinal >= r->files[i].n_data)
        return NULL;
    return &r->members[r->files[i].data[ordinal]];
}
