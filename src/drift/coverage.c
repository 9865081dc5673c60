#include "drift/coverage.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "doc/doc.h"
#include "scrub/act.h"

struct coverage {
    const struct reader *reader;
    struct doc *doc;
    const struct doc_node *paths; /* in order; NULL: unknown */
    bool loaded;
};

struct coverage *coverage_new(const struct reader *r)
{
    struct coverage *c = NEW(struct coverage);
    c->reader = r;
    return c;
}

void coverage_free(struct coverage *c)
{
    if (!c)
        return;
    doc_free(c->doc);
    free(c);
}

static enum err load(struct coverage *c, struct error *e)
{
    static const char name[] = "evidence/coverage.json";
    const struct reader_member *m = reader_find(c->reader, str_of(name));
    if (c->loaded)
        return ERR_OK;
    c->loaded = true;
    if (!m)
        return ERR_OK;
    BUF_SCOPED text = BUF_INIT;
    TRY(reader_read(c->reader, m, &text, e));
    TRY(doc_json(buf_str(&text), name, &c->doc, e));
    c->paths = doc_get(doc_root(c->doc), "paths");
    if (c->paths && c->paths->kind != DOC_LIST)
        c->paths = NULL;
    return ERR_OK;
}

static struct str path_at(const struct coverage *c, size_t i)
{
    const struct doc_node *path = doc_get(c->paths->items[i], "path");
    return path ? path->text : STR("");
}

/* The first line that is not before `path`. */
static size_t lower_bound(const struct coverage *c, struct str path)
{
    size_t low = 0, high = c->paths->n_items;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (str_cmp(path_at(c, mid), path) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

enum err coverage_has(struct coverage *c, struct str path, bool *out, struct error *e)
{
    TRY(load(c, e));
    *out = true;
    if (!c->paths)
        return ERR_OK;
    *out = false;
    for (size_t i = lower_bound(c, path); i < c->paths->n_items; i++) {
        struct str p = path_at(c, i);
        if (!str_starts(p, path))
            break;
        /* `Part:cost` begins `Part:costs` as well; what is below it follows later. */
        *out = p.n == path.n || p.p[path.n] == '.' || p.p[path.n] == '[';
        if (*out)
            break;
    }
    return ERR_OK;
}

static enum coverage_act act_of(const struct doc_node *decision)
{
    const struct doc_node *name = doc_get(decision, "action");
    const struct action *a = name ? act_find(name->text) : NULL;
    if (!a || a == &act_keep)
        return COVERAGE_KEPT;
    return a->keyed ? COVERAGE_KEYED : COVERAGE_CHANGED;
}

enum err coverage_act(struct coverage *c, struct str path, enum coverage_act *out,
                      struct error *e)
{
    TRY(load(c, e));
    *out = COVERAGE_KEPT;
    size_t at = c->paths ? lower_bound(c, path) : 0;
    if (!c->paths || at == c->paths->n_items || !str_eq(path_at(c, at), path))
        return ERR_OK;
    const struct doc_node *line = c->paths->items[at];
    const struct doc_node *decisions = doc_get(line, "decisions");
    if (doc_get(line, "found-inside"))
        *out = COVERAGE_KEYED;
    for (size_t i = 0; decisions && i < decisions->n_items; i++) {
        enum coverage_act one = act_of(decisions->items[i]);
        *out = one > *out ? one : *out;
    }
    return ERR_OK;
}
