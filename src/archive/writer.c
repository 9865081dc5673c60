#include "archive/writer.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "archive/blob.h"
#include "archive/index.h"
#include "archive/layout.h"
#include "archive/manifest.h"
#include "archive/writer_private.h"
#include "archive/zip_read.h"
#include "archive/zip_write.h"
#include "base/alloc.h"
#include "config.h"

struct kept { /* what is known of one entity */
    struct writer_entity shown;
    char *name;
    struct sorter *sorter;
    bool steady;
    struct index_result index;
};

struct writer {
    writer_seal *seal;
    void *seal_ctx;
    enum duplicates duplicates;
    enum deflate_level level;
    size_t memory;
    struct spool *spool;
    struct deflater *deflater;
    struct zip_writer zip;
    struct blob payload, tags; /* manifest lines */
    uint64_t payload_bytes, payload_files;
    struct kept **entities; /* by name */
    size_t n_entities, cap_entities;
    struct sorter **sorters; /* the same entities', in order of arrival; borrowed */
    size_t n_sorters, cap_sorters;
    uint64_t n_sorts; /* of entities that are done */
    char **files;     /* names given to writer_file() */
    size_t n_files, cap_files;
    struct writer_place *places;
    size_t n_places, cap_places;
    struct buf name;
    bool finished;
};

enum err writer_new_on(const struct writer_options *o, struct medium medium,
                       struct writer **out, struct error *e)
{
    (void)e;
    struct writer *w = NEW(struct writer);
    w->duplicates = o->duplicates;
    w->level = o->level;
    w->seal = o->seal;
    w->seal_ctx = o->seal_ctx;
    w->memory = o->memory ? o->memory : WRITER_MEMORY;
    if (w->memory > SORTER_RUN / 2) /* a longer run has no offsets */
        w->memory = SORTER_RUN / 2;
    w->spool = spool_new(o->temp);
    w->deflater = deflater_new(o->level);
    zip_writer_init(&w->zip, medium, w->spool);
    blob_init(&w->payload, w->spool);
    blob_init(&w->tags, w->spool);
    *out = w;
    return ERR_OK;
}

enum err writer_new(const struct writer_options *o, int fd, struct writer **out,
                    struct error *e)
{
    return writer_new_on(o, medium_file(fd), out, e);
}

void writer_free(struct writer *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->n_entities; i++) {
        sorter_free(w->entities[i]->sorter);
        free(w->entities[i]->name);
        free(w->entities[i]);
    }
    for (size_t i = 0; i < w->n_files; i++)
        free(w->files[i]);
    free(w->entities);
    free(w->sorters);
    free(w->files);
    free(w->places);
    buf_done(&w->name);
    blob_done(&w->payload);
    blob_done(&w->tags);
    zip_writer_done(&w->zip);
    deflater_free(w->deflater);
    spool_free(w->spool);
    free(w);
}

void writer_limits(struct writer *w, struct zip_limits limits)
{
    w->zip.limits = limits;
}

uint64_t writer_n_sorts(const struct writer *w)
{
    uint64_t n = w->n_sorts;
    for (size_t i = 0; i < w->n_entities; i++)
        n += w->entities[i]->sorter ? sorter_n_sorts(w->entities[i]->sorter) : 0;
    return n;
}

/* The place of the entity in order of names, or where it would be. */
static size_t find_entity(const struct writer *w, struct str name, bool *found)
{
    size_t low = 0, high = w->n_entities;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int c = str_cmp(w->entities[mid]->shown.name, name);
        if (c == 0) {
            *found = true;
            return mid;
        }
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    *found = false;
    return low;
}

static struct kept *entity_of(struct writer *w, const struct entity *entity)
{
    bool found;
    size_t at = find_entity(w, entity->name, &found);
    if (found)
        return w->entities[at];
    struct kept *k = NEW(struct kept);
    k->name = alloc_str(entity->name);
    k->shown.name = str_n(k->name, entity->name.n);
    k->steady = entity_is_steady(entity);
    k->sorter = sorter_new(k->steady, w->duplicates == DUPLICATES_LAST, w->spool);
    VEC_PUSH(w->sorters, w->n_sorters, w->cap_sorters) = k->sorter;
    VEC_PUSH(w->entities, w->n_entities, w->cap_entities) = k;
    memmove(&w->entities[at + 1], &w->entities[at],
            (w->n_entities - 1 - at) * sizeof *w->entities);
    w->entities[at] = k;
    return k;
}

static enum err add_line(struct blob *lines, const uint8_t sha256[SHA256_SIZE],
                         struct str name, struct error *e)
{
    BUF_SCOPED line = BUF_INIT;
    hex_add(&line, sha256, SHA256_SIZE);
    buf_add_str(&line, STR("  "));
    buf_add_str(&line, name);
    buf_add_char(&line, '\n');
    return blob_add(lines, buf_str(&line), e);
}

static enum err take_entries(struct kept *k, const struct member *m, struct error *e)
{
    struct entry en;
    char key[ENTRY_KEY];
    size_t pos = 0;
    uint32_t at = 0;
    while (entry_unpack(buf_str(&m->entries), &pos, k->steady, key, &en)) {
        en.member = (uint32_t)k->shown.members;
        en.at = at;
        en.arrival = ++k->shown.records;
        at += en.size + 1;
        TRY(sorter_add(k->sorter, &en, e));
    }
    assert(at == m->size);
    return ERR_OK;
}

enum err writer_member(struct writer *w, const struct member *m, struct error *e)
{
    assert(!w->finished && m->n_records && m->packed.n);
    struct str entity = m->entity->name;
    if (m->size > ZIP_CONTENT)
        return err_set(e, ERR_LIMIT,
                       "%.*s: a member is larger than 1 GiB: one record is too large",
                       STR_ARG(entity));
    assert(layout_is_entity(entity));
    struct kept *k = entity_of(w, m->entity);
    layout_data(&w->name, entity, (uint32_t)k->shown.members);
    struct zip_header h = {buf_str(&w->name), m->packed.n, m->size, m->crc, m->stored};
    TRY(zip_writer_begin(&w->zip, &h, e));
    TRY(zip_writer_bytes(&w->zip, buf_str(&m->packed), e));
    if (!m->stored)
        TRY(add_line(&w->payload, m->sha256, h.name, e));
    w->payload_bytes += m->size;
    w->payload_files++;
    TRY(take_entries(k, m, e));
    k->shown.members++;
    return sorters_relieve(w->sorters, w->n_sorters, w->memory, e);
}

enum err packed_file_make(struct packed_file *f, struct str bytes, struct deflater *d,
                          struct error *e)
{
    *f = (struct packed_file){.bytes = bytes};
    if (bytes.n)
        TRY(deflater_block(d, bytes, &f->packed, &f->crc, e));
    sha256_of(bytes, f->sha256);
    return ERR_OK;
}

void packed_file_done(struct packed_file *f)
{
    buf_done(&f->packed);
}

/* Compressed unless that makes it larger; `lines` may be NULL. */
static enum err put_packed(struct writer *w, struct str name,
                           const struct packed_file *f, struct blob *lines,
                           struct error *e)
{
    struct zip_header h = {.name = name, .size = f->bytes.n, .crc = f->crc};
    h.stored = f->packed.n >= f->bytes.n;
    h.packed = h.stored ? f->bytes.n : f->packed.n;
    TRY(zip_writer_begin(&w->zip, &h, e));
    TRY(zip_writer_bytes(&w->zip, h.stored ? f->bytes : buf_str(&f->packed), e));
    return lines ? add_line(lines, f->sha256, name, e) : ERR_OK;
}

/* A file from memory. */
static enum err put_file(struct writer *w, struct str name, struct str bytes,
                         struct blob *lines, struct error *e)
{
    struct packed_file f;
    enum err code = packed_file_make(&f, bytes, w->deflater, e);
    if (code == ERR_OK)
        code = put_packed(w, name, &f, lines, e);
    packed_file_done(&f);
    return code;
}

static enum err copy_piece(void *ctx, struct str piece, struct error *e)
{
    return zip_writer_bytes(ctx, piece, e);
}

/* A file from a blob, stored; the blob is empty afterwards. */
static enum err put_blob(struct writer *w, struct str name, struct blob *b,
                         struct blob *lines, uint8_t sha256[SHA256_SIZE],
                         struct error *e)
{
    struct zip_header h = {name, b->size, b->size, b->crc, true};
    TRY(zip_writer_begin(&w->zip, &h, e));
    TRY(blob_copy(b, copy_piece, &w->zip, e));
    blob_sha256(b, sha256);
    if (lines)
        TRY(add_line(lines, sha256, name, e));
    blob_clear(b);
    return ERR_OK;
}

enum err writer_packed_file(struct writer *w, const char *name,
                            const struct packed_file *f, struct error *e)
{
    struct str s = str_of(name);
    bool free_name = !w->finished && zip_name_is_plain(s) && s.p[0] != 'b' &&
                     layout_of(s).kind == LAYOUT_FILE && !str_eq(s, STR(NAME_IDENTITY));
    for (size_t i = 0; i < w->n_files && free_name; i++)
        free_name = strcmp(w->files[i], name) != 0;
    if (!free_name)
        return err_set(e, ERR_SOFTWARE, "a file of this name does not fit a snapshot");
    if (f->bytes.n > ZIP_CONTENT)
        return err_set(e, ERR_LIMIT, "%s is larger than 1 GiB", name);
    VEC_PUSH(w->files, w->n_files, w->cap_files) = alloc_str(s);
    return put_packed(w, s, f, &w->tags, e);
}

enum err writer_file(struct writer *w, const char *name, struct str bytes,
                     struct error *e)
{
    if (bytes.n > ZIP_CONTENT)
        return err_set(e, ERR_LIMIT, "%s is larger than 1 GiB", name);
    struct packed_file f;
    enum err code = packed_file_make(&f, bytes, w->deflater, e);
    if (code == ERR_OK)
        code = writer_packed_file(w, name, &f, e);
    packed_file_done(&f);
    return code;
}

/* Pages and shadow rows of one entity on their way into files. */
struct output {
    struct writer *w;
    struct kept *k;
    struct blob pages, top, shadow;
    struct buf first; /* of the page before */
    uint32_t n_files, n_pages;
};

static enum err end_pages(struct output *o, struct error *e)
{
    if (!o->n_pages)
        return ERR_OK;
    uint8_t unused[SHA256_SIZE];
    layout_pages(&o->w->name, o->k->shown.name, o->n_files++);
    o->n_pages = 0;
    return put_blob(o->w, buf_str(&o->w->name), &o->pages, &o->w->tags, unused, e);
}

static enum err take_page(void *ctx, const struct page_info *info, struct str bytes,
                          struct error *e)
{
    struct output *o = ctx;
    if (o->n_pages == PAGE_FILE)
        TRY(end_pages(o, e));
    o->n_pages++;
    TRY(blob_add(&o->pages, bytes, e));
    BUF_SCOPED row = BUF_INIT;
    top_add_page(&row, buf_str(&o->first), info, o->k->steady);
    buf_clear(&o->first);
    buf_add_str(&o->first, info->first);
    return blob_add(&o->top, buf_str(&row), e);
}

static enum err take_shadow(void *ctx, struct str row, struct error *e)
{
    return blob_add(&((struct output *)ctx)->shadow, row, e);
}

static enum err write_index(struct output *o, struct error *e)
{
    struct writer *w = o->w;
    struct kept *k = o->k;
    BUF_SCOPED head = BUF_INIT;
    top_add_head(&head, k->steady);
    TRY(blob_add(&o->top, buf_str(&head), e));
    struct index_options io = {k->steady, w->duplicates == DUPLICATES_LAST, w->memory,
                               w->spool};
    struct index_sink sink = {o, take_page, take_shadow};
    TRY(index_build(k->sorter, &io, &sink, &k->index, e));
    TRY(end_pages(o, e));
    uint8_t unused[SHA256_SIZE];
    layout_index(&w->name, k->shown.name, "top");
    TRY(put_blob(w, buf_str(&w->name), &o->top, &w->tags, unused, e));
    if (!o->shadow.size)
        return ERR_OK;
    layout_index(&w->name, k->shown.name, "shadow");
    return put_blob(w, buf_str(&w->name), &o->shadow, &w->tags, unused, e);
}

static enum err finish_entity(struct writer *w, struct kept *k, struct error *e)
{
    struct output o = {.w = w, .k = k};
    blob_init(&o.pages, w->spool);
    blob_init(&o.top, w->spool);
    blob_init(&o.shadow, w->spool);
    enum err code = write_index(&o, e);
    blob_done(&o.pages);
    blob_done(&o.top);
    blob_done(&o.shadow);
    buf_done(&o.first);
    w->n_sorts += sorter_n_sorts(k->sorter);
    sorter_free(k->sorter);
    k->sorter = NULL;
    k->shown.records = k->index.records;
    k->shown.duplicates = k->index.losers;
    k->shown.copies = k->index.copies;
    for (size_t i = 0; i < k->index.n_places; i++)
        VEC_PUSH(w->places, w->n_places, w->cap_places) = (struct writer_place){
            k->shown.name, k->index.places[i].member, k->index.places[i].record};
    return code;
}

static enum err refuse_duplicates(const struct kept *k, struct error *e)
{
    BUF_SCOPED places = BUF_INIT;
    for (size_t i = 0; i < k->index.n_places; i++)
        buf_printf(&places, "%s%" PRIu64 " (%" PRIu32 ")", i ? ", " : "",
                   k->index.places[i].record, k->index.places[i].member);
    return err_set(e, ERR_DATA,
                   "%s: %" PRIu64 " records differ from another one with the same key; "
                   "--duplicates first or last decides; records (of members) %s%s",
                   k->name, k->index.losers, buf_cstr(&places),
                   k->index.n_places == INDEX_PLACES ? " and so on" : "");
}

static enum err finish_entities(struct writer *w, struct error *e)
{
    for (size_t i = 0; i < w->n_entities; i++)
        TRY(finish_entity(w, w->entities[i], e));
    if (w->duplicates != DUPLICATES_FAIL)
        return ERR_OK;
    for (size_t i = 0; i < w->n_entities; i++)
        if (w->entities[i]->index.losers)
            return refuse_duplicates(w->entities[i], e);
    return ERR_OK;
}

static void fill_manifest(const struct writer *w, struct manifest *m)
{
    m->duplicates = w->duplicates;
    m->n_entities = w->n_entities;
    for (size_t i = 0; i < w->n_entities; i++) {
        const struct kept *k = w->entities[i];
        struct manifest_entity *en = &m->entities[i];
        *en = (struct manifest_entity){
            .name = k->shown.name,
            .records = k->index.records,
            .members = k->shown.members,
            .pages = k->index.pages,
            .losers = k->index.losers,
            .copies = k->index.copies,
            .has_steady = k->steady,
        };
        memcpy(en->digest, k->index.digest, SHA256_SIZE);
        memcpy(en->steady, k->index.steady, SHA256_SIZE);
    }
    manifest_root(m->entities, m->n_entities, m->root);
}

static enum err write_bag(struct writer *w, struct error *e)
{
    BUF_SCOPED info = BUF_INIT;
    buf_printf(&info,
               "Bag-Software-Agent: sandcast " SANDCAST_VERSION "\n"
               "Payload-Oxum: %" PRIu64 ".%" PRIu64 "\n",
               w->payload_bytes, w->payload_files);
    TRY(put_file(w, STR(NAME_BAGIT),
                 STR("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
                 &w->tags, e));
    return put_file(w, STR(NAME_BAG_INFO), buf_str(&info), &w->tags, e);
}

static enum err write_end(struct writer *w, struct manifest *m, struct str caller,
                          struct error *e)
{
    const char *encoder = deflate_encoder(w->level);
    BUF_SCOPED text = BUF_INIT;
    TRY(manifest_make(m, encoder, caller, false, &text, e));
    TRY(put_file(w, STR(NAME_IDENTITY), buf_str(&text), &w->tags, e));
    TRY(write_bag(w, e));
    uint8_t unused[SHA256_SIZE];
    TRY(put_blob(w, STR(NAME_PAYLOAD), &w->payload, &w->tags, unused, e));
    TRY(put_blob(w, STR(NAME_TAGS), &w->tags, NULL, m->tags, e));
    m->has_seal = w->seal != NULL;
    if (w->seal)
        w->seal(w->seal_ctx, m->tags, m->seal);
    buf_clear(&text);
    TRY(manifest_make(m, encoder, caller, true, &text, e));
    char comment[MANIFEST_COMMENT + 1];
    manifest_comment(w->zip.offset, comment);
    TRY(put_file(w, STR(NAME_MANIFEST), buf_str(&text), NULL, e));
    return zip_writer_end(&w->zip, str_of(comment), e);
}

enum err writer_finish(struct writer *w, struct str manifest, uint8_t root[ROOT_SIZE],
                       struct error *e)
{
    assert(!w->finished);
    w->finished = true;
    TRY(finish_entities(w, e));
    struct manifest m = {.entities = alloc_zero(w->n_entities + 1, sizeof *m.entities)};
    fill_manifest(w, &m);
    enum err code = write_end(w, &m, manifest, e);
    memcpy(root, m.root, ROOT_SIZE);
    manifest_done(&m);
    return code;
}

uint64_t writer_size(const struct writer *w)
{
    return w->zip.offset;
}

size_t writer_n_entities(const struct writer *w)
{
    return w->n_entities;
}

const struct writer_entity *writer_entity_at(const struct writer *w, size_t i)
{
    return &w->entities[i]->shown;
}

const struct writer_place *writer_duplicate_at(const struct writer *w, size_t i)
{
    return i < w->n_places ? &w->places[i] : NULL;
}
