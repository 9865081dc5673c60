/* The index as it stands, for --quick: what it says of itself, not of the records. */
#include <stdio.h>

#include "archive/verify_private.h"
#include "deflate/deflate.h"

static bool is_place(const struct reader *r, size_t entity,
                     const struct index_entry *en)
{
    const struct reader_files *f = &r->files[entity];
    return en->member < f->n_data &&
           (uint64_t)en->at + en->size < r->members[f->data[en->member]].size;
}

static enum err read_page(struct page_reader *p, const struct verify *v, size_t entity,
                          size_t page, struct str bytes, struct error *e)
{
    const struct top *top = &v->r->caches[entity].top;
    const struct page_info *info = &top->pages[page];
    struct index_entry en;
    bool more;
    if (crc32_of(0, bytes) != info->crc)
        return err_set(e, ERR_DATA, "an index page does not have its CRC");
    TRY(page_reader_begin(p, bytes, e));
    for (;;) {
        TRY(page_reader_next(p, info, &en, &more, e));
        if (!more)
            return ERR_OK;
        if (page + 1 < top->n && str_cmp(en.key, top->pages[page + 1].first) >= 0)
            return err_set(e, ERR_DATA, "index pages overlap");
        if (!is_place(v->r, entity, &en))
            return err_set(e, ERR_DATA,
                           "an index entry names a place that is not there");
    }
}

enum err verify_pages(struct verify *v, size_t entity, uint32_t ordinal,
                      struct str bytes, struct error *e)
{
    const struct reader_cache *c = &v->r->caches[entity];
    if (reader_load_top(v->r, entity, NULL) != ERR_OK)
        return ERR_OK; /* which is said of the top */
    struct page_reader p;
    page_reader_init(&p, c->top.steady);
    enum err code = ERR_OK;
    size_t page = (size_t)ordinal * PAGE_FILE, last = page + PAGE_FILE;
    for (; code == ERR_OK && page < last && page < c->top.n; page++)
        code = read_page(
            &p, v, entity, page,
            str_n(bytes.p + c->offsets[page], (size_t)c->top.pages[page].size), e);
    page_reader_done(&p);
    return code;
}

void verify_lines(struct verify *v, size_t entity)
{
    const struct reader_entity *said = &v->r->entities[entity];
    const struct verify_entity *en = &v->entities[entity];
    /* The reader has checked that the sum of the last two does not overflow. */
    uint64_t others = said->duplicates + said->copies;
    if (!en->damaged && (en->lines < others || en->lines - others != said->records))
        verify_find(v, VERIFY_MODIFIED,
                    "%.*s: its lines are not as many as manifest.json says",
                    STR_ARG(said->name));
}
