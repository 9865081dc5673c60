/* Entries recomputed from the records, through the sorter and pages that the writer
 * uses, against what the index holds: page by page, byte by byte. */
#include <inttypes.h>

#include "archive/index.h"
#include "archive/verify_private.h"

struct compare {
    struct verify *v;
    size_t entity;
    size_t page, row; /* the next ones */
    struct buf stored;
};

static struct str name_of(const struct compare *c)
{
    return c->v->r->entities[c->entity].name;
}

static enum err compare_page(void *ctx, const struct page_info *info, struct str bytes,
                             struct error *e)
{
    struct compare *c = ctx;
    const struct top *top = &c->v->r->caches[c->entity].top;
    size_t i = c->page++;
    if (i >= top->n)
        return ERR_OK; /* the numbers of pages differ, which is said once */
    const struct page_info *said = &top->pages[i];
    if (!str_eq(info->first, said->first) || info->records != said->records ||
        memcmp(info->digest, said->digest, SHA256_SIZE) != 0 ||
        memcmp(info->steady, said->steady, SHA256_SIZE) != 0) {
        verify_find(c->v, VERIFY_MODIFIED,
                    "%.*s: index page %zu is not that of its records",
                    STR_ARG(name_of(c)), i);
        return ERR_OK;
    }
    enum err code = reader_read_page(c->v->r, c->entity, i, &c->stored, e);
    if (code != ERR_OK)
        return verify_or_find(c->v, code, e);
    if (!str_eq(buf_str(&c->stored), bytes))
        verify_find(c->v, VERIFY_MODIFIED,
                    "%.*s: index page %zu says other places than its records have",
                    STR_ARG(name_of(c)), i);
    return ERR_OK;
}

static enum err compare_row(void *ctx, struct str row, struct error *e)
{
    (void)e;
    struct compare *c = ctx;
    struct str rows = buf_str(&c->v->r->caches[c->entity].shadow);
    size_t at = c->row++ * SHADOW_ROW;
    if (at < rows.n && memcmp(rows.p + at, row.p, SHADOW_ROW) != 0)
        verify_find(c->v, VERIFY_MODIFIED,
                    "%.*s: shadow row %zu is not that of its records",
                    STR_ARG(name_of(c)), c->row - 1);
    return ERR_OK;
}

static void compare_numbers(const struct compare *c, const struct index_result *got)
{
    const struct reader_entity *said = &c->v->r->entities[c->entity];
    if (got->records != said->records || got->pages != said->pages ||
        got->losers != said->duplicates || got->copies != said->copies)
        verify_find(c->v, VERIFY_MODIFIED,
                    "%.*s: its records, pages or duplicates are not as many as "
                    "manifest.json says",
                    STR_ARG(said->name));
    if (memcmp(got->digest, said->digest, SHA256_SIZE) != 0 ||
        memcmp(got->steady, said->steady, SHA256_SIZE) != 0)
        verify_find(
            c->v, VERIFY_MODIFIED,
            "%.*s: its records do not make the digest in manifest.json, nor the root",
            STR_ARG(said->name));
    if (got->losers && c->v->r->manifest.duplicates == DUPLICATES_FAIL)
        verify_find(
            c->v, VERIFY_MODIFIED,
            "%.*s: different records under one key, which manifest.json rules out",
            STR_ARG(said->name));
}

static enum err compare_all(struct compare *c, struct error *e)
{
    struct verify *v = c->v;
    struct verify_entity *en = &v->entities[c->entity];
    enum err code = reader_load_top(v->r, c->entity, e);
    if (code == ERR_OK)
        code = reader_load_shadow(v->r, c->entity, e);
    if (code != ERR_OK)
        return verify_or_find(v, code, e);
    bool last = v->r->manifest.duplicates == DUPLICATES_LAST;
    struct index_options o = {en->steady, last, WRITER_MEMORY / v->jobs, v->spool};
    struct index_sink sink = {c, compare_page, compare_row};
    struct index_result got;
    TRY(index_build(en->sorter, &o, &sink, &got, e));
    compare_numbers(c, &got);
    return ERR_OK;
}

enum err verify_index(struct verify *v, size_t entity, struct error *e)
{
    struct verify_entity *en = &v->entities[entity];
    struct str name = v->r->entities[entity].name;
    if (en->damaged) {
        verify_find(
            v, VERIFY_DAMAGED,
            "%.*s: the index is not compared, because records of it do not read",
            STR_ARG(name));
        return ERR_OK;
    }
    if (en->steady != v->r->entities[entity].has_steady) {
        verify_find(v, VERIFY_MODIFIED,
                    "%.*s: the schema and the index disagree on volatile fields",
                    STR_ARG(name));
        return ERR_OK;
    }
    struct compare c = {.v = v, .entity = entity};
    enum err code = compare_all(&c, e);
    buf_done(&c.stored);
    return code;
}
