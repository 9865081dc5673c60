#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "source/private.h"

PRINTF(3, 0)
static void add_finding(struct source *s, struct str where, const char *format,
                        va_list args)
{
    char line[400];
    vsnprintf(line, sizeof line, format, args);
    BUF_SCOPED whole = BUF_INIT;
    if (where.n)
        buf_printf(&whole, "%.*s: ", STR_ARG(where));
    struct finding f = {.bare = whole.n};
    buf_add_str(&whole, str_of(line));
    f.line = alloc_str(buf_str(&whole));
    VEC_PUSH(s->findings, s->n_findings, s->cap_findings) = f;
}

void finding(struct source *s, struct str where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_finding(s, where, format, args);
    va_end(args);
}

enum err incomplete(struct source *s, struct str where, struct error *e,
                    const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (s->allow_partial) {
        add_finding(s, where, format, args);
        va_end(args);
        return ERR_OK;
    }
    char line[300];
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    return err_set(e, ERR_DATA, "%.*s%s%s (--allow-partial takes it as it is)",
                   STR_ARG(where), where.n ? ": " : "", line);
}

enum err complete_list(struct source *s, struct str name, struct list **out,
                       struct error *e)
{
    for (size_t i = 0; i < s->n_lists; i++)
        if (str_eq(s->lists[i]->name, name)) {
            *out = s->lists[i];
            return ERR_OK;
        }
    if (s->n_lists == SOURCE_LISTS)
        return err_set(e, ERR_LIMIT, "more than %u lists of different names",
                       SOURCE_LISTS);
    struct list *l = ARENA_NEW(&s->arena, struct list);
    l->name = arena_str(&s->arena, name);
    VEC_PUSH(s->lists, s->n_lists, s->cap_lists) = l;
    *out = l;
    return ERR_OK;
}

void complete_page(struct list *l, const struct page *p)
{
    if (p->total >= 0) {
        l->has_total = true;
        l->latest = (uint64_t)p->total;
    }
    if (p->has_next == 1)
        l->has_more = true;
    if (p->has_next != 0)
        return;
    l->has_last = true;
    if (p->total >= 0) {
        l->last_has_total = true;
        l->expected += (uint64_t)p->total;
    }
}

/* snapshot_tables_part2_2026-03-31-143022.tar -> "snapshot_tables_", 2, "_2026-…" */
static bool split_part(struct str base, struct part *out)
{
    static const char word[] = "_part";
    const char *p = base.n ? memmem(base.p, base.n, word, sizeof word - 1) : NULL;
    if (!p || !str_starts(base, STR("snapshot_")))
        return false;
    size_t from = (size_t)(p - base.p) + sizeof word - 1, at = from;
    unsigned long n = 0;
    while (at < base.n && at - from < 6 && base.p[at] >= '0' && base.p[at] <= '9')
        n = n * 10 + (unsigned long)(base.p[at++] - '0');
    if (at == from)
        return false;
    *out = (struct part){str_n(base.p, (size_t)(p - base.p)), str_from(base, at), n};
    return true;
}

void complete_part(struct source *s, struct str file)
{
    struct part part;
    if (!split_part(name_base(file), &part))
        return;
    /* Attachments that are left out may be incomplete. */
    if (str_starts(part.prefix, STR("snapshot_attachments")) &&
        s->attach != ATTACH_KEEP)
        return;
    part.prefix = arena_str(&s->arena, part.prefix);
    part.suffix = arena_str(&s->arena, part.suffix);
    VEC_PUSH(s->parts, s->n_parts, s->cap_parts) = part;
}

static int compare_parts(const void *left, const void *right)
{
    const struct part *a = left, *b = right;
    int c = str_cmp(a->prefix, b->prefix);
    if (c)
        return c;
    c = str_cmp(a->suffix, b->suffix);
    return c ? c : (a->number > b->number) - (a->number < b->number);
}

static int compare_numbers(const void *left, const void *right)
{
    const struct part *a = left, *b = right;
    int c = str_cmp(a->prefix, b->prefix);
    return c ? c : (a->number > b->number) - (a->number < b->number);
}

static bool same_set(const struct part *a, const struct part *b, bool with_suffix)
{
    return str_eq(a->prefix, b->prefix) &&
           (!with_suffix || str_eq(a->suffix, b->suffix));
}

/* The first number that parts[0..n), sorted by it, lack; 0 when none. */
static unsigned long gap(const struct part *parts, size_t n)
{
    unsigned long want = parts[0].number == 0 ? 0 : 1;
    for (size_t i = 0; i < n; i++) {
        if (parts[i].number > want)
            return want;
        if (parts[i].number == want)
            want++;
    }
    return 0;
}

static size_t set_size(const struct source *s, size_t i, bool with_suffix)
{
    size_t n = 1;
    while (i + n < s->n_parts && same_set(&s->parts[i], &s->parts[i + n], with_suffix))
        n++;
    return n;
}

/* Is there one file only for each suffix? Then the suffixes are no snapshot's name but
 * each part's own time, and the parts of one prefix belong together. */
static bool all_single(const struct source *s, size_t from, size_t n)
{
    for (size_t i = from; i < from + n; i++)
        if (set_size(s, i, true) > 1)
            return false;
    return true;
}

static enum err check_set(struct source *s, size_t from, size_t n, struct error *e)
{
    unsigned long missing = gap(s->parts + from, n);
    if (!missing)
        return ERR_OK;
    BUF_SCOPED name = BUF_INIT;
    buf_printf(&name, "%.*s_part%lu%.*s", STR_ARG(s->parts[from].prefix), missing,
               STR_ARG(s->parts[from].suffix));
    return incomplete(s, buf_str(&name), e,
                      "part %lu is missing: the export is not complete", missing);
}

static enum err check_parts(struct source *s, struct error *e)
{
    if (!s->n_parts)
        return ERR_OK;
    qsort(s->parts, s->n_parts, sizeof *s->parts, compare_parts);
    for (size_t i = 0; i < s->n_parts;) {
        size_t n = set_size(s, i, false);
        if (all_single(s, i, n)) {
            qsort(s->parts + i, n, sizeof *s->parts, compare_numbers);
            TRY(check_set(s, i, n, e));
        } else {
            for (size_t k = i; k < i + n; k += set_size(s, k, true))
                TRY(check_set(s, k, set_size(s, k, true), e));
        }
        i += n;
    }
    return ERR_OK;
}

static enum err check_list(struct source *s, const struct list *l, struct error *e)
{
    struct str name = name_is_word(l->name) ? l->name : STR("(a list)");
    if (l->has_more && !l->has_last)
        TRY(incomplete(s, STR(""), e,
                       "%.*s: the last page is missing (hasNextPage is true)",
                       STR_ARG(name)));
    uint64_t total = l->last_has_total ? l->expected : l->latest;
    if (l->has_total && l->counted != total && !(l->has_more && !l->has_last))
        TRY(incomplete(s, STR(""), e,
                       "%.*s: %" PRIu64 " records where totalCount says %" PRIu64,
                       STR_ARG(name), l->counted, total));
    if (l->nulls)
        TRY(incomplete(s, STR(""), e, "%.*s: %" PRIu64 " records are null",
                       STR_ARG(name), l->nulls));
    return ERR_OK;
}

enum err complete_check(struct source *s, struct error *e)
{
    TRY(check_parts(s, e));
    for (size_t i = 0; i < s->n_lists; i++)
        TRY(check_list(s, s->lists[i], e));
    if (atomic_load(&s->trouble))
        TRY(incomplete(s, STR(""), e, "the connector reported an error (TRACE)"));
    return ERR_OK;
}
