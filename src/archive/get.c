/* One record by key, and all entries in key order. */
#include <stdlib.h>

#include "archive/reader_private.h"
#include "base/alloc.h"

struct entry_cursor {
    const struct reader *r;
    size_t entity, page; /* page: the one being read, or to be read */
    bool reading;
    struct buf bytes;
    struct page_reader entries;
};

enum err entry_cursor_new(const struct reader *r, struct str entity,
                          struct entry_cursor **out, struct error *e)
{
    size_t i;
    TRY(reader_entity_index(r, entity, &i, e));
    TRY(reader_load_top(r, i, e));
    struct entry_cursor *c = NEW(struct entry_cursor);
    c->r = r;
    c->entity = i;
    page_reader_init(&c->entries, r->entities[i].has_steady);
    *out = c;
    return ERR_OK;
}

void entry_cursor_plain(struct entry_cursor *c)
{
    c->entries.plain = true;
}

void entry_cursor_free(struct entry_cursor *c)
{
    if (!c)
        return;
    buf_done(&c->bytes);
    page_reader_done(&c->entries);
    free(c);
}

static enum err placed(const struct entry_cursor *c, enum err code, struct error *e)
{
    if (code == ERR_OK)
        return ERR_OK;
    err_in(e, c->r->name);
    return code;
}

enum err entry_cursor_next(struct entry_cursor *c, struct reader_entry *out,
                           bool *out_more, struct error *e)
{
    const struct top *top = &c->r->caches[c->entity].top;
    struct index_entry en;
    for (*out_more = false; c->page < top->n; c->page++) {
        if (!c->reading) {
            TRY(reader_read_page(c->r, c->entity, c->page, &c->bytes, e));
            TRY(placed(c, page_reader_begin(&c->entries, buf_str(&c->bytes), e), e));
            c->reading = true;
        }
        TRY(placed(
            c, page_reader_next(&c->entries, &top->pages[c->page], &en, out_more, e),
            e));
        if (*out_more)
            break;
        c->reading = false;
    }
    if (!*out_more)
        return ERR_OK;
    bool beyond =
        c->page + 1 < top->n && str_cmp(en.key, top->pages[c->page + 1].first) >= 0;
    if (beyond || en.member >= c->r->files[c->entity].n_data)
        return placed(c,
                      err_set(e, ERR_DATA, "%s",
                              beyond
                                  ? "index pages overlap"
                                  : "an index entry names a member that is not there"),
                      e);
    *out = (struct reader_entry){.key = en.key,
                                 .steady = en.steady,
                                 .member = en.member,
                                 .at = en.at,
                                 .size = en.size,
                                 .count = en.count};
    memcpy(out->fingerprint, en.fingerprint, HASH_FINGERPRINT);
    return ERR_OK;
}

void entry_cursor_seek(struct entry_cursor *c, size_t page)
{
    c->page = page;
    c->reading = false;
}

size_t entry_cursor_page(const struct entry_cursor *c)
{
    return c->page;
}

bool reader_find_page(const struct reader_page *pages, size_t n, struct str key,
                      size_t *out)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (str_cmp(pages[mid].first, key) <= 0)
            low = mid + 1;
        else
            high = mid;
    }
    *out = low - 1;
    return low > 0;
}

/* The whole page is walked, so that its digest is checked whatever is looked for. */
static enum err find_entry(struct entry_cursor *c, size_t page, struct str key,
                           struct index_entry *out, bool *out_found, struct error *e)
{
    const struct page_info *info = &c->r->caches[c->entity].top.pages[page];
    struct index_entry en;
    bool more;
    TRY(reader_read_page(c->r, c->entity, page, &c->bytes, e));
    TRY(page_reader_begin(&c->entries, buf_str(&c->bytes), e));
    for (;;) {
        TRY(page_reader_next(&c->entries, info, &en, &more, e));
        if (!more)
            break;
        if (!str_eq(en.key, key))
            continue;
        *out = en;
        *out_found = true;
    }
    if (*out_found && out->member >= c->r->files[c->entity].n_data)
        return err_set(e, ERR_DATA, "an index entry names a member that is not there");
    return ERR_OK;
}

static enum err cut_record(const struct reader *r, struct str text,
                           const struct index_entry *en, struct str *out,
                           struct error *e)
{
    uint64_t end = (uint64_t)en->at + en->size;
    if (end >= text.n || text.p[end] != '\n' ||
        (en->at > 0 && text.p[en->at - 1] != '\n')) {
        err_set(e, ERR_DATA, "an index entry does not point to a record");
        err_in(e, r->name);
        return ERR_DATA;
    }
    *out = str_n(text.p + en->at, en->size);
    return ERR_OK;
}

enum err reader_get(const struct reader *r, struct str entity, struct str key,
                    struct buf *out, bool *out_found, struct error *e)
{
    *out_found = false;
    CLEANUP(entry_cursor_freep) struct entry_cursor *c = NULL;
    TRY(entry_cursor_new(r, entity, &c, e));
    size_t page;
    struct index_entry en = {0};
    bool found = false;
    const struct reader_cache *cache = &r->caches[c->entity];
    if (!reader_find_page(cache->pages, cache->top.n, key, &page))
        return ERR_OK;
    TRY(placed(c, find_entry(c, page, key, &en, &found, e), e));
    if (!found)
        return ERR_OK;
    BUF_SCOPED text = BUF_INIT;
    size_t member = r->files[c->entity].data[en.member];
    TRY(zip_read(&r->zip, &r->zip.members[member], &text, e));
    struct str record;
    TRY(cut_record(r, buf_str(&text), &en, &record, e));
    TRY(buf_reserve(out, record.n, e));
    buf_add_str(out, record);
    *out_found = true;
    return ERR_OK;
}
