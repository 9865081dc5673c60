#include "archive/sorter.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"

#define GATHER (64u << 10) /* bytes of one write to the spool */
#define READ_LEAST                                                    \
    (4u << 10) /* bytes read from a run at once, whatever `memory` is \
                */
#define READ_MOST (64u << 10)

/* An entry in memory: the first bytes of its key, so that most comparisons stay here.
 */
struct item {
    uint64_t prefix;
    uint32_t at; /* in entries */
};

struct extent {
    uint64_t offset, size;
};

struct run {
    struct extent *extents;
    size_t n, cap;
};

/* A run being read: from the spool, or the one in memory. */
struct source {
    const struct run *run; /* NULL: memory */
    size_t extent;         /* the next one to read from */
    uint64_t done;         /* bytes of it already read */
    struct buf window;
    size_t pos;
    struct entry head;
};

struct sorter {
    bool steady, late_first;
    struct spool *spool;
    struct buf entries; /* the run in memory */
    struct item *items; /* only once it is out of order */
    size_t n_items, cap_items, n_entries;
    bool disordered;
    struct buf last_key; /* of the newest entry */
    struct entry last;
    bool has_last;
    struct buf end_key; /* of the last run's last entry */
    struct entry end;
    struct run *runs;
    size_t n_runs, cap_runs;
    uint64_t n_sorts;
    struct source **heap; /* while reading */
    size_t n_heap, step;
    struct source *sources;
    size_t n_sources;
    bool started;
};

struct sorter *sorter_new(bool steady, bool late_first, struct spool *spool)
{
    struct sorter *s = NEW(struct sorter);
    s->steady = steady;
    s->late_first = late_first;
    s->spool = spool;
    return s;
}

void sorter_free(struct sorter *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n_runs; i++)
        free(s->runs[i].extents);
    for (size_t i = 0; i < s->n_sources; i++)
        buf_done(&s->sources[i].window);
    buf_done(&s->entries);
    buf_done(&s->last_key);
    buf_done(&s->end_key);
    free(s->items);
    free(s->runs);
    free(s->heap);
    free(s->sources);
    free(s);
}

static int compare(const struct sorter *s, const struct entry *a, const struct entry *b)
{
    int c = str_cmp(a->key, b->key);
    if (c)
        return c;
    c = entry_place_cmp(a, b);
    return s->late_first ? -c : c;
}

static uint64_t prefix_of(struct str key)
{
    uint64_t v = 0;
    size_t n = key.n < 8 ? key.n : 8;
    for (size_t i = 0; i < n; i++)
        v |= (uint64_t)(uint8_t)key.p[i] << (56 - 8 * i);
    return v;
}

/* Until now the run was in order and had no items: make them. */
static void index_entries(struct sorter *s)
{
    struct entry en;
    size_t pos = 0;
    for (size_t at = 0; entry_read(buf_str(&s->entries), &pos, s->steady, &en);
         at = pos)
        VEC_PUSH(s->items, s->n_items, s->cap_items) =
            (struct item){prefix_of(en.key), (uint32_t)at};
    s->disordered = true;
}

enum err sorter_add(struct sorter *s, const struct entry *en, struct error *e)
{
    assert(!s->started);
    if (s->entries.n > SORTER_RUN - (128u << 10))
        return err_set(e, ERR_LIMIT, "a run of index entries is too long");
    if (!s->disordered && s->has_last && compare(s, &s->last, en) > 0) {
        if (s->n_entries)
            index_entries(s);
    }
    if (s->disordered)
        VEC_PUSH(s->items, s->n_items, s->cap_items) =
            (struct item){prefix_of(en->key), (uint32_t)s->entries.n};
    entry_add(&s->entries, en, s->steady);
    s->n_entries++;
    if (!s->disordered) {
        buf_clear(&s->last_key);
        buf_add_str(&s->last_key, en->key);
        s->last = *en;
        s->last.key = buf_str(&s->last_key);
        s->has_last = true;
    }
    return ERR_OK;
}

size_t sorter_memory(const struct sorter *s)
{
    return s->entries.cap + s->cap_items * sizeof *s->items;
}

uint64_t sorter_n_sorts(const struct sorter *s)
{
    return s->n_sorts;
}

static struct entry entry_of(const struct sorter *s, const struct item *it)
{
    struct entry en = {0};
    size_t pos = it->at;
    bool whole = entry_read(buf_str(&s->entries), &pos, s->steady, &en);
    assert(whole);
    (void)whole;
    return en;
}

static int compare_items(const void *a, const void *b, void *ctx)
{
    const struct item *x = a, *y = b;
    if (x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    const struct sorter *s = ctx;
    struct entry ex = entry_of(s, x), ey = entry_of(s, y);
    return compare(s, &ex, &ey);
}

/* In place, so that it needs no memory of its own: American flag sort by one byte of
 * the prefix after the other, small buckets and equal prefixes by qsort_r. */
#define BUCKET 64
static void sort_items(struct sorter *s, struct item *items, size_t n, unsigned shift)
{
    if (n < BUCKET) {
        qsort_r(items, n, sizeof *items, compare_items, s);
        return;
    }
    size_t begin[257] = {0}, next[256];
    for (size_t i = 0; i < n; i++)
        begin[1 + (items[i].prefix >> shift & 0xff)]++;
    for (unsigned b = 0; b < 256; b++) {
        next[b] = begin[b];
        begin[b + 1] += begin[b];
    }
    for (unsigned b = 0; b < 256; b++)
        while (next[b] < begin[b + 1]) {
            struct item it = items[next[b]];
            unsigned to = it.prefix >> shift & 0xff;
            items[next[b]] = items[next[to]];
            items[next[to]++] = it;
        }
    for (unsigned b = 0; b < 256; b++) {
        size_t m = begin[b + 1] - begin[b];
        if (m > 1 && shift)
            sort_items(s, items + begin[b], m, shift - 8);
        else if (m > 1)
            qsort_r(items + begin[b], m, sizeof *items, compare_items, s);
    }
}

static void sort_run(struct sorter *s)
{
    if (!s->disordered)
        return;
    sort_items(s, s->items, s->n_items, 56);
    s->n_sorts++;
}

static struct str bytes_of(const struct sorter *s, const struct item *it)
{
    struct entry en;
    size_t pos = it->at;
    entry_read(buf_str(&s->entries), &pos, s->steady, &en);
    return str_n(s->entries.p + it->at, pos - it->at);
}

static enum err put(struct sorter *s, struct run *r, struct str bytes, struct error *e)
{
    uint64_t at;
    TRY(spool_add(s->spool, bytes, &at, e));
    assert(r->extents || !r->cap);
    struct extent *last = r->n ? &r->extents[r->n - 1] : NULL;
    if (last && last->offset + last->size == at)
        last->size += bytes.n;
    else
        VEC_PUSH(r->extents, r->n, r->cap) = (struct extent){at, bytes.n};
    return ERR_OK;
}

static enum err put_sorted(struct sorter *s, struct run *r, struct error *e)
{
    BUF_SCOPED gather = BUF_INIT;
    for (size_t i = 0; i < s->n_items; i++) {
        buf_add_str(&gather, bytes_of(s, &s->items[i]));
        if (gather.n >= GATHER || i + 1 == s->n_items) {
            TRY(put(s, r, buf_str(&gather), e));
            buf_clear(&gather);
        }
    }
    return ERR_OK;
}

enum err sorter_spill(struct sorter *s, struct error *e)
{
    if (!s->n_entries)
        return ERR_OK;
    sort_run(s);
    struct item begin = {0, 0};
    struct entry first = entry_of(s, s->disordered ? &s->items[0] : &begin);
    struct entry last =
        s->disordered ? entry_of(s, &s->items[s->n_items - 1]) : s->last;
    if (!s->n_runs || compare(s, &s->end, &first) > 0)
        VEC_PUSH(s->runs, s->n_runs, s->cap_runs) = (struct run){0};
    struct run *r = &s->runs[s->n_runs - 1];
    TRY(s->disordered ? put_sorted(s, r, e) : put(s, r, buf_str(&s->entries), e));
    buf_clear(&s->end_key);
    buf_add_str(&s->end_key, last.key);
    s->end = last;
    s->end.key = buf_str(&s->end_key);
    /* The next run begins empty; its first entry has nothing to be compared with. */
    buf_done(&s->entries);
    free(s->items);
    s->items = NULL;
    s->n_items = s->cap_items = s->n_entries = 0;
    s->disordered = s->has_last = false;
    return ERR_OK;
}

enum err sorters_relieve(struct sorter *const *list, size_t n, size_t memory,
                         struct error *e)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += sorter_memory(list[i]);
    if (sum <= memory)
        return ERR_OK;
    while (sum > memory / 4) {
        struct sorter *most = list[0];
        for (size_t i = 1; i < n; i++)
            if (sorter_memory(list[i]) > sorter_memory(most))
                most = list[i];
        sum -= sorter_memory(most);
        TRY(sorter_spill(most, e));
    }
    return ERR_OK;
}

static enum err refill(struct sorter *s, struct source *src, bool *out_any,
                       struct error *e)
{
    *out_any = false;
    if (src->extent == src->run->n)
        return ERR_OK;
    buf_cut(&src->window, src->pos);
    src->pos = 0;
    const struct extent *x = &src->run->extents[src->extent];
    uint64_t left = x->size - src->done;
    size_t n = left < s->step ? (size_t)left : s->step;
    TRY(spool_read(s->spool, x->offset + src->done, buf_room(&src->window, n), n, e));
    src->window.n += n;
    src->done += n;
    if (src->done == x->size) {
        src->extent++;
        src->done = 0;
    }
    *out_any = true;
    return ERR_OK;
}

/* Moves to the next entry; *out_any false at the end. */
static enum err advance(struct sorter *s, struct source *src, bool *out_any,
                        struct error *e)
{
    *out_any = true;
    if (!src->run && s->disordered) {
        *out_any = src->pos < s->n_items;
        if (*out_any)
            src->head = entry_of(s, &s->items[src->pos++]);
        return ERR_OK;
    }
    if (!src->run) {
        *out_any = entry_read(buf_str(&s->entries), &src->pos, s->steady, &src->head);
        return ERR_OK;
    }
    while (!entry_read(buf_str(&src->window), &src->pos, s->steady, &src->head)) {
        TRY(refill(s, src, out_any, e));
        if (!*out_any && src->pos < src->window.n)
            return err_set(e, ERR_SOFTWARE, "the spool gave back half an index entry");
        if (!*out_any)
            return ERR_OK;
    }
    return ERR_OK;
}

static void sift_down(struct sorter *s, size_t i)
{
    for (;;) {
        size_t least = i;
        for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < s->n_heap; k++)
            if (compare(s, &s->heap[k]->head, &s->heap[least]->head) < 0)
                least = k;
        if (least == i)
            return;
        struct source *swap = s->heap[i];
        s->heap[i] = s->heap[least];
        s->heap[least] = swap;
        i = least;
    }
}

enum err sorter_begin(struct sorter *s, size_t memory, struct error *e)
{
    assert(!s->started);
    s->started = true;
    sort_run(s);
    s->n_sources = s->n_runs + (s->n_entries ? 1 : 0);
    s->sources = alloc_zero(s->n_sources + 1, sizeof *s->sources);
    s->heap = alloc_zero(s->n_sources + 1, sizeof(void *));
    s->step = memory / (s->n_sources + 1);
    s->step = s->step < READ_LEAST  ? READ_LEAST
              : s->step > READ_MOST ? READ_MOST
                                    : s->step;
    for (size_t i = 0; i < s->n_sources; i++) {
        struct source *src = &s->sources[i];
        src->run = i < s->n_runs ? &s->runs[i] : NULL;
        bool any;
        TRY(advance(s, src, &any, e));
        if (any)
            s->heap[s->n_heap++] = src;
    }
    for (size_t i = s->n_heap / 2; i-- > 0;)
        sift_down(s, i);
    s->has_last = false; /* from here on: has the top been given out? */
    return ERR_OK;
}

enum err sorter_next(struct sorter *s, struct entry *out, bool *out_more,
                     struct error *e)
{
    assert(s->started);
    if (s->has_last) {
        bool any;
        TRY(advance(s, s->heap[0], &any, e));
        if (!any)
            s->heap[0] = s->heap[--s->n_heap];
        sift_down(s, 0);
        s->has_last = false;
    }
    *out_more = s->n_heap > 0;
    if (!*out_more)
        return ERR_OK;
    *out = s->heap[0]->head;
    s->has_last = true;
    return ERR_OK;
}
