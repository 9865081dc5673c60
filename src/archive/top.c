/* What a reader learns of an entity's index: its top, its pages, its shadow rows. */
#include <stdlib.h>

#include "archive/index.h"
#include "archive/reader_private.h"
#include "base/alloc.h"
#include "deflate/deflate.h"

static enum err bad(const struct reader *r, size_t entity, struct error *e,
                    const char *line)
{
    err_set(e, ERR_DATA, "%.*s: %s", STR_ARG(r->entities[entity].name), line);
    err_in(e, r->name);
    return ERR_DATA;
}

static bool same_digest(const struct top *t, bool steady,
                        const uint8_t want[SHA256_SIZE])
{
    CLEANUP(sha256_freep) struct sha256 *d = sha256_new();
    uint8_t got[SHA256_SIZE];
    digest_begin_entity(d);
    for (size_t i = 0; i < t->n; i++)
        sha256_add(
            d, str_n((const char *)(steady ? t->pages[i].steady : t->pages[i].digest),
                     SHA256_SIZE));
    sha256_end(d, got);
    return memcmp(got, want, SHA256_SIZE) == 0;
}

static enum err check_top(const struct reader *r, size_t entity, const struct top *t,
                          struct error *e)
{
    const struct reader_entity *en = &r->entities[entity];
    uint64_t records = 0;
    for (size_t i = 0; i < t->n; i++)
        records += t->pages[i].records;
    if (t->steady != en->has_steady || t->n != en->pages || records != en->records)
        return bad(r, entity, e, "its top contradicts manifest.json");
    if (!same_digest(t, false, en->digest) ||
        (t->steady && !same_digest(t, true, en->steady)))
        return bad(r, entity, e,
                   "its pages' digests do not make the one in manifest.json");
    return ERR_OK;
}

/* Pages fill their files without gaps. */
static enum err place_pages(const struct reader *r, size_t entity, const struct top *t,
                            uint64_t *offsets, struct error *e)
{
    const struct reader_files *f = &r->files[entity];
    for (size_t i = 0; i < t->n; i++) {
        bool first = i % PAGE_FILE == 0;
        offsets[i] = first ? 0 : offsets[i - 1] + t->pages[i - 1].size;
        bool last = i + 1 == t->n || (i + 1) % PAGE_FILE == 0;
        if (last &&
            offsets[i] + t->pages[i].size != r->members[f->pages[i / PAGE_FILE]].size)
            return bad(r, entity, e, "its pages do not fill their file");
    }
    return ERR_OK;
}

static enum err load_top(const struct reader *r, size_t entity, struct reader_cache *c,
                         struct error *e)
{
    BUF_SCOPED bytes = BUF_INIT;
    TRY(zip_read(&r->zip, &r->zip.members[r->files[entity].top], &bytes, e));
    struct top t;
    if (top_read(buf_str(&bytes), &t, e) != ERR_OK) {
        err_in(e, r->name);
        return ERR_DATA;
    }
    uint64_t *offsets = alloc_zero(t.n, sizeof *offsets);
    enum err code = check_top(r, entity, &t, e);
    if (code == ERR_OK)
        code = place_pages(r, entity, &t, offsets, e);
    if (code != ERR_OK) {
        free(offsets);
        top_free(&t);
        return code;
    }
    c->top = t;
    c->offsets = offsets;
    c->pages = alloc_zero(t.n, sizeof *c->pages);
    for (size_t i = 0; i < t.n; i++)
        c->pages[i] = (struct reader_page){t.pages[i].first, t.pages[i].records,
                                           t.pages[i].digest,
                                           t.steady ? t.pages[i].steady : NULL};
    c->has_top = true;
    return ERR_OK;
}

enum err reader_load_top(const struct reader *r, size_t entity, struct error *e)
{
    struct reader_cache *c = &r->caches[entity];
    pthread_mutex_lock(&c->lock);
    enum err code = c->has_top ? ERR_OK : load_top(r, entity, c, e);
    pthread_mutex_unlock(&c->lock);
    return code;
}

static enum err load_shadow(const struct reader *r, size_t entity,
                            struct reader_cache *c, struct error *e)
{
    size_t at = r->files[entity].shadow;
    BUF_SCOPED rows = BUF_INIT;
    if (at != NO_MEMBER)
        TRY(zip_read(&r->zip, &r->zip.members[at], &rows, e));
    uint64_t losers = 0;
    for (size_t i = 0; i < rows.n; i += SHADOW_ROW) {
        char kind = rows.p[i + SHADOW_ROW - 1];
        if (kind != SHADOW_LOSER && kind != SHADOW_COPY)
            return bad(r, entity, e, "a shadow row is of no known kind");
        /* The kind is no part of the place: two rows of one place are refused, too. */
        if (i && memcmp(rows.p + i - SHADOW_ROW, rows.p + i, SHADOW_ROW - 1) >= 0)
            return bad(r, entity, e, "its shadow rows are out of order");
        losers += kind == SHADOW_LOSER;
    }
    if (losers != r->entities[entity].duplicates)
        return bad(r, entity, e, "its shadow rows contradict manifest.json");
    c->shadow = rows;
    rows = (struct buf)BUF_INIT;
    c->has_shadow = true;
    return ERR_OK;
}

enum err reader_load_shadow(const struct reader *r, size_t entity, struct error *e)
{
    struct reader_cache *c = &r->caches[entity];
    pthread_mutex_lock(&c->lock);
    enum err code = c->has_shadow ? ERR_OK : load_shadow(r, entity, c, e);
    pthread_mutex_unlock(&c->lock);
    return code;
}

enum err reader_read_page(const struct reader *r, size_t entity, size_t page,
                          struct buf *out, struct error *e)
{
    const struct reader_cache *c = &r->caches[entity];
    const struct page_info *info = &c->top.pages[page];
    size_t member = r->files[entity].pages[page / PAGE_FILE];
    buf_clear(out);
    TRY(zip_read_part(&r->zip, &r->zip.members[member], c->offsets[page],
                      (size_t)info->size, out, e));
    if (crc32_of(0, buf_str(out)) != info->crc)
        return bad(r, entity, e, "an index page does not have its CRC");
    return ERR_OK;
}

enum err reader_pages(const struct reader *r, struct str entity,
                      const struct reader_page **out, size_t *out_n, struct error *e)
{
    size_t i;
    TRY(reader_entity_index(r, entity, &i, e));
    TRY(reader_load_top(r, i, e));
    *out = r->caches[i].pages;
    *out_n = r->caches[i].top.n;
    return ERR_OK;
}

static void put_be(char *p, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (char)(v >> (24 - 8 * i));
}

static enum reader_shadow find_row(struct str rows, uint32_t ordinal, uint32_t at)
{
    char place[SHADOW_ROW - 1];
    put_be(place, ordinal);
    put_be(place + 4, at);
    size_t low = 0, high = rows.n / SHADOW_ROW;
    while (low < high) {
        size_t mid = (low + high) / 2;
        const char *row = rows.p + mid * SHADOW_ROW;
        int c = memcmp(row, place, sizeof place);
        if (c == 0)
            return row[SHADOW_ROW - 1] == SHADOW_LOSER ? READER_LOSER : READER_COPY;
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return READER_STANDS;
}

enum err reader_shadow(const struct reader *r, struct str entity, uint32_t ordinal,
                       uint32_t at, enum reader_shadow *out, struct error *e)
{
    size_t i;
    *out = READER_STANDS;
    TRY(reader_entity_index(r, entity, &i, e));
    if (r->files[i].shadow == NO_MEMBER)
        return ERR_OK;
    TRY(reader_load_shadow(r, i, e));
    *out = find_row(buf_str(&r->caches[i].shadow), ordinal, at);
    return ERR_OK;
}

bool reader_is_shadowed(const struct reader *r, struct str entity, uint32_t ordinal,
                        uint32_t at)
{
    enum reader_shadow shadow;
    return reader_shadow(r, entity, ordinal, at, &shadow, NULL) == ERR_OK &&
           shadow == READER_LOSER;
}
