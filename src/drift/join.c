#include "drift/join.h"

#include <stdlib.h>

#include "base/alloc.h"

struct side {
    struct entry_cursor *cursor; /* NULL: the entity is not there */
    const struct reader_page *pages;
    size_t n_pages;
    size_t page;   /* of the head, or the one that comes */
    uint64_t seen; /* entries of it behind the head */
    struct reader_entry head;
    bool has_head, at_end;
};

struct join {
    struct side sides[2];
    struct join_options options;
    struct join_counts counts;
    unsigned given; /* bits of the sides whose head was given last */
};

static enum err open_side(struct side *s, const struct reader *r, struct str entity,
                          struct error *e)
{
    s->at_end = true;
    if (!reader_entity(r, entity))
        return ERR_OK;
    TRY(reader_pages(r, entity, &s->pages, &s->n_pages, e));
    s->at_end = s->n_pages == 0;
    return entry_cursor_new(r, entity, &s->cursor, e);
}

enum err join_new(const struct reader *left, const struct reader *right,
                  const struct join_options *o, struct join **out, struct error *e)
{
    CLEANUP(join_freep) struct join *j = NEW(struct join);
    j->options = *o;
    TRY(open_side(&j->sides[0], left, o->entity, e));
    TRY(open_side(&j->sides[1], right, o->entity, e));
    j->counts.pages = j->sides[0].n_pages + j->sides[1].n_pages;
    *out = j;
    j = NULL;
    return ERR_OK;
}

void join_free(struct join *j)
{
    if (!j)
        return;
    entry_cursor_free(j->sides[0].cursor);
    entry_cursor_free(j->sides[1].cursor);
    free(j);
}

const struct join_counts *join_counts(const struct join *j)
{
    return &j->counts;
}

/* Is what comes next the first entry of a page? */
static bool at_page(const struct side *s)
{
    return !s->at_end && s->seen == 0;
}

static void pass_over(struct side *s)
{
    s->has_head = false;
    s->page++;
    s->at_end = s->page == s->n_pages;
    entry_cursor_seek(s->cursor, s->page);
}

static bool pages_equal(const struct join *j)
{
    const struct reader_page *a = &j->sides[0].pages[j->sides[0].page];
    const struct reader_page *b = &j->sides[1].pages[j->sides[1].page];
    if (memcmp(a->digest, b->digest, SHA256_SIZE) == 0)
        return true;
    return j->options.steady && a->steady && b->steady &&
           memcmp(a->steady, b->steady, SHA256_SIZE) == 0;
}

static enum err load(struct join *j, struct side *s, struct error *e)
{
    if (s->has_head || s->at_end)
        return ERR_OK;
    j->counts.pages_read += s->seen == 0;
    TRY(entry_cursor_next(s->cursor, &s->head, &s->has_head, e));
    s->at_end = !s->has_head;
    return ERR_OK;
}

/* The head has been given. */
static void step(struct side *s)
{
    s->has_head = false;
    if (++s->seen < s->pages[s->page].records)
        return;
    s->seen = 0;
    s->page++;
    s->at_end = s->page == s->n_pages;
}

static bool is_equal(struct join *j)
{
    const struct reader_entry *a = &j->sides[0].head, *b = &j->sides[1].head;
    if (j->options.all || a->count != b->count)
        return false;
    if (memcmp(a->fingerprint, b->fingerprint, HASH_FINGERPRINT) == 0)
        return true;
    /* A type without volatile members has no steady fingerprint: both are 0. */
    bool steady = j->options.steady && a->steady && a->steady == b->steady;
    j->counts.volatile_only += steady;
    return steady;
}

/* Which of the heads are next: bit 0 left, bit 1 right; 0 at the end. */
static unsigned order(const struct join *j)
{
    const struct side *a = &j->sides[0], *b = &j->sides[1];
    if (!a->has_head || !b->has_head)
        return (a->has_head ? 1u : 0) | (b->has_head ? 2u : 0);
    int c = str_cmp(a->head.key, b->head.key);
    return c < 0 ? 1 : c > 0 ? 2 : 3;
}

enum err join_next(struct join *j, struct pair *out, bool *out_more, struct error *e)
{
    for (;;) {
        for (unsigned i = 0; i < 2; i++)
            if (j->given >> i & 1)
                step(&j->sides[i]);
        j->given = 0;
        while (!j->options.all && at_page(&j->sides[0]) && at_page(&j->sides[1]) &&
               pages_equal(j)) {
            pass_over(&j->sides[0]);
            pass_over(&j->sides[1]);
        }
        TRY(load(j, &j->sides[0], e));
        TRY(load(j, &j->sides[1], e));
        j->given = order(j);
        *out_more = j->given != 0;
        if (j->given == 3 && is_equal(j))
            continue;
        out->left = j->given & 1 ? &j->sides[0].head : NULL;
        out->right = j->given & 2 ? &j->sides[1].head : NULL;
        return ERR_OK;
    }
}
