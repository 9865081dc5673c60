#include "drift/exported.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "doc/doc.h"

struct exported {
    const struct reader *reader;
    struct doc *ledger;
    const struct doc_node *paths; /* in order; NULL: unknown */
    bool loaded;
};

struct exported *exported_new(const struct reader *r)
{
    struct exported *x = NEW(struct exported);
    x->reader = r;
    return x;
}

void exported_free(struct exported *x)
{
    if (!x)
        return;
    doc_free(x->ledger);
    free(x);
}

static enum err load(struct exported *x, struct error *e)
{
    static const char name[] = "meta/ledger.json";
    const struct reader_member *m = reader_find(x->reader, str_of(name));
    x->loaded = true;
    if (!m)
        return ERR_OK;
    BUF_SCOPED text = BUF_INIT;
    TRY(reader_read(x->reader, m, &text, e));
    TRY(doc_json(buf_str(&text), name, &x->ledger, e));
    x->paths = doc_get(doc_root(x->ledger), "paths");
    if (x->paths && x->paths->kind != DOC_LIST)
        x->paths = NULL;
    return ERR_OK;
}

static struct str path_at(const struct exported *x, size_t i)
{
    const struct doc_node *path = doc_get(x->paths->items[i], "path");
    return path ? path->text : STR("");
}

/* The first line that is not before `path`. */
static size_t lower_bound(const struct exported *x, struct str path)
{
    size_t low = 0, high = x->paths->n_items;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (str_cmp(path_at(x, mid), path) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

enum err exported_has(struct exported *x, struct str path, bool *out, struct error *e)
{
    if (!x->loaded)
        TRY(load(x, e));
    *out = true;
    if (!x->paths)
        return ERR_OK;
    *out = false;
    for (size_t i = lower_bound(x, path); i < x->paths->n_items; i++) {
        struct str p = path_at(x, i);
        if (!str_starts(p, path))
            break;
        /* `Part:cost` begins `Part:costs` as well; what is below it follows later. */
        *out = p.n == path.n || p.p[path.n] == '.' || p.p[path.n] == '[';
        if (*out)
            break;
    }
    return ERR_OK;
}
