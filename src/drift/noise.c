#include "drift/noise.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/table.h"

struct noisy { /* a path of an entity, as a pattern */
    struct str path;
    struct noisy *entity; /* its entity's entry, whose `changes` are records */
    uint64_t changes;
    unsigned runs, last; /* comparisons with a change; the last of them */
};

struct noise {
    struct arena arena;
    struct table paths; /* Entity:member.member, and the entities alone */
    unsigned runs;      /* ended */
    struct buf name;
};

struct noise *noise_new(void)
{
    return NEW(struct noise);
}

void noise_free(struct noise *n)
{
    if (!n)
        return;
    table_done(&n->paths);
    arena_done(&n->arena);
    buf_done(&n->name);
    free(n);
}

static struct noisy *entry(struct noise *n, struct str path)
{
    struct noisy *e = table_get(&n->paths, path);
    if (e)
        return e;
    e = ARENA_NEW(&n->arena, struct noisy);
    e->path = arena_str(&n->arena, path);
    table_put(&n->paths, e->path, e);
    return e;
}

static bool is_plain(struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-')
            return false;
    }
    return name.n > 0;
}

/* RFC 6901 to the grammar of patterns: names of other characters between backquotes. */
static bool add_pattern(struct buf *out, struct str entity, struct str path)
{
    buf_clear(out);
    buf_add_str(out, entity);
    char border = ':';
    for (size_t i = 1; i <= path.n;) {
        const char *slash = memchr(path.p + i, '/', path.n - i);
        size_t end = slash ? (size_t)(slash - path.p) : path.n;
        struct str name = str_n(path.p + i, end - i);
        bool plain = is_plain(name);
        if (memchr(name.p, '`', name.n) || memchr(name.p, '~', name.n))
            return false;
        buf_add_char(out, border);
        if (!plain)
            buf_add_char(out, '`');
        buf_add_str(out, name);
        if (!plain)
            buf_add_char(out, '`');
        border = '.';
        i = end + 1;
    }
    return true;
}

static enum err take_change(void *ctx, const struct change *c, struct error *e)
{
    struct noise *n = ctx;
    (void)e;
    if (c->class != CHANGE_CHANGED || !add_pattern(&n->name, c->entity, c->path))
        return ERR_OK;
    struct noisy *at = entry(n, buf_str(&n->name));
    if (!at->entity)
        at->entity = entry(n, c->entity);
    at->changes++;
    if (at->last != n->runs + 1)
        at->runs++;
    at->last = n->runs + 1;
    return ERR_OK;
}

static enum err take_entity(void *ctx, const struct change_entity *en, struct error *e)
{
    (void)e;
    if (en->changed)
        entry(ctx, en->name)->changes += en->changed;
    return ERR_OK;
}

struct change_sink noise_sink(struct noise *n)
{
    return (struct change_sink){n, take_change, take_entity};
}

void noise_end(struct noise *n)
{
    n->runs++;
}

static int by_path(const void *a, const void *b)
{
    const struct noisy *const *x = a, *const *y = b;
    return str_cmp((*x)->path, (*y)->path);
}

void noise_write(const struct noise *n, struct buf *out)
{
    const struct noisy **list = alloc_zero(n->paths.n + 1, sizeof(struct noisy *));
    size_t found = 0;
    for (size_t i = 0; i < n->paths.n; i++) {
        const struct noisy *p = n->paths.slots[i].value;
        if (p->entity && p->runs == n->runs && 2 * p->changes >= p->entity->changes)
            list[found++] = p;
    }
    qsort(list, found, sizeof *list, by_path);
    buf_printf(out,
               "# %zu path%s that changed in each of %u comparisons, in at least half "
               "of the records\n# that changed. Review each; then: --ignore-from "
               "FILE\n",
               found, found == 1 ? "" : "s", n->runs);
    for (size_t i = 0; i < found; i++)
        buf_printf(out, "\n# in %llu of %llu changed records\n%.*s\n",
                   (unsigned long long)list[i]->changes,
                   (unsigned long long)list[i]->entity->changes,
                   STR_ARG(list[i]->path));
    free(list);
}
