#include <stdlib.h>

#include "base/alloc.h"
#include "source/private.h"

struct lines {
    struct cutter base;
    const struct source *s;
    const struct member *m;
    bool airbyte;
};

/* How much of the text goes into a chunk: up to the last line's end in it, or one line
 * that is larger. */
static enum err find_cut(const struct lines *c, struct text *t, size_t *out,
                         struct error *e)
{
    size_t size = c->s->chunk, limit = c->s->record_limit;
    TRY(text_fill(t, size, e));
    struct str rest = text_rest(t);
    if (t->end && rest.n <= size) {
        *out = rest.n;
        return ERR_OK;
    }
    const char *nl = memrchr(rest.p, '\n', size);
    for (size_t seen = size; !nl; seen = rest.n) {
        if (seen == rest.n) {
            TRY(text_fill(t, rest.n * 2 < limit + 1 ? rest.n * 2 : limit + 1, e));
            rest = text_rest(t);
        }
        nl = rest.n > seen ? memchr(rest.p + seen, '\n', rest.n - seen) : NULL;
        if (!nl && rest.n > limit)
            return record_too_large(c->s, t->offset, e);
        if (!nl && t->end) {
            *out = rest.n;
            return ERR_OK;
        }
    }
    *out = (size_t)(nl - rest.p) + 1;
    return ERR_OK;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static enum err add_lines(const struct lines *c, struct chunk *out, struct error *e)
{
    const char *p = out->data.p;
    for (size_t at = 0; at < out->data.n;) {
        const char *nl = memchr(p + at, '\n', out->data.n - at);
        size_t end = nl ? (size_t)(nl - p) : out->data.n, next = nl ? end + 1 : end;
        while (at < end && is_space(p[at]))
            at++;
        while (end > at && is_space(p[end - 1]))
            end--;
        if (end - at > c->s->record_limit)
            return record_too_large(c->s, out->offset + at, e);
        if (end > at)
            chunk_add(out, at, end - at, out->offset + at, c->m->entity);
        at = next;
    }
    return ERR_OK;
}

static enum err lines_next(struct cutter *base, struct text *t, struct chunk *out,
                           struct error *e)
{
    const struct lines *c = (const struct lines *)base;
    out->framing = FRAMING_LINES;
    if (c->airbyte)
        out->framing |= FRAMING_AIRBYTE;
    if (c->m->final)
        out->framing |= FRAMING_FINAL;
    uint64_t from = t->offset;
    do {
        size_t n = 0;
        TRY(find_cut(c, t, &n, e));
        if (!n)
            break;
        out->offset = t->offset;
        text_take(t, n, &out->data);
        TRY(add_lines(c, out, e));
    } while (!out->n_records);
    out->bytes = t->offset - from;
    return ERR_OK;
}

static void lines_close(struct cutter *c)
{
    free(c);
}

struct cutter *cut_lines_new(struct source *s, const struct member *m, bool airbyte)
{
    struct lines *c = NEW(struct lines);
    c->base = (struct cutter){lines_next, lines_close};
    c->s = s;
    c->m = m;
    c->airbyte = airbyte;
    return &c->base;
}
