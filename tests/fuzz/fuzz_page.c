/*
 * Index files and the way to them. What reads as a top or a page is written as the same
 * bytes again; entries that are sorted come out in order and none is lost, in memory or
 * spilled; a page made of them reads as them.
 *
 * Byte 0: bit 0 says whether entries have steady fingerprints, bit 1 that losers come
 * first, the rest how often the sorter spills.
 */
#include "fuzz.h"

#include "archive/page.h"
#include "archive/sorter.h"
#include "base/alloc.h"
#include "base/arena.h"

static void as_top(struct str bytes)
{
    struct error e = ERROR_INIT;
    struct top t;
    if (top_read(bytes, &t, &e) != ERR_OK) {
        fuzz_refused(&e);
        return;
    }
    BUF_SCOPED again = BUF_INIT;
    top_add_head(&again, t.steady);
    for (size_t i = 0; i < t.n; i++)
        top_add_page(&again, i ? t.pages[i - 1].first : STR(""), &t.pages[i], t.steady);
    FUZZ_ASSERT(str_eq(buf_str(&again), bytes));
    top_free(&t);
}

/* The first key is taken as the top's. Digests are of no interest here: all entries are
 * read before they are. */
static struct str first_key(struct str bytes, size_t pos)
{
    uint64_t shared, rest;
    if (!str_varint(bytes, &pos, &shared) || !str_varint(bytes, &pos, &rest) ||
        rest >> 1 > bytes.n - pos)
        return STR("");
    return str_n(bytes.p + pos, (size_t)(rest >> 1));
}

static void as_page(struct str bytes, bool steady)
{
    struct error e = ERROR_INIT;
    struct page_reader r;
    struct page_maker m;
    struct page_info info = {0};
    struct index_entry en;
    bool more = true;
    size_t n = 0;
    page_reader_init(&r, steady);
    page_maker_init(&m, steady);
    enum err code = page_reader_begin(&r, bytes, &e);
    if (code == ERR_OK)
        info.first = first_key(bytes, r.pos);
    while (code == ERR_OK && more && r.left) {
        code = page_reader_next(&r, &info, &en, &more, &e);
        n += code == ERR_OK;
        if (code == ERR_OK)
            FUZZ_ASSERT(page_maker_add(&m, &en) ==
                        (page_ends_after(en.key) || n == PAGE_ENTRIES));
    }
    if (code != ERR_OK)
        fuzz_refused(&e);
    else if (r.pos == bytes.n) {
        page_maker_end(&m, &info);
        FUZZ_ASSERT(str_eq(buf_str(&m.bytes), bytes));
    }
    page_reader_done(&r);
    page_maker_done(&m);
}

/* --- entries of any bytes, through the sorter, into pages and back --- */

#define ENTRIES 64

struct list {
    struct entry items[ENTRIES];
    size_t n;
};

static void read_entries(struct str bytes, bool steady, struct list *l)
{
    size_t pos = 0;
    struct entry en;
    while (l->n < ENTRIES && entry_read(bytes, &pos, steady, &en)) {
        BUF_SCOPED written = BUF_INIT;
        size_t at = 0;
        struct entry again;
        entry_add(&written, &en, steady);
        FUZZ_ASSERT(entry_read(buf_str(&written), &at, steady, &again));
        FUZZ_ASSERT(at == written.n && str_eq(en.key, again.key));
        FUZZ_ASSERT(en.member == again.member && en.at == again.at &&
                    en.size == again.size && en.arrival == again.arrival);
        if (en.key.n && en.key.n <= CANON_KEY && en.size)
            l->items[l->n++] = en;
    }
    char key[ENTRY_KEY];
    for (pos = 0; entry_unpack(bytes, &pos, steady, key, &en);)
        FUZZ_ASSERT(en.key.n && pos <= bytes.n);
}

static bool late_first;

static int in_order(const struct entry *a, const struct entry *b)
{
    int c = str_cmp(a->key, b->key), place = entry_place_cmp(a, b);
    return c ? c : late_first ? -place : place;
}

/* The sum of what makes an entry, so that order does not matter. */
static uint64_t sum_of(const struct entry *en)
{
    return hash64(en->key) ^ ((uint64_t)en->member << 32 | en->at) * 31 ^
           en->arrival * 7 ^ en->size;
}

struct pages {
    struct page_maker maker;
    struct page_reader reader;
    struct index_entry made[ENTRIES];
    size_t n;
};

static void end_page(struct pages *p)
{
    struct page_info info;
    struct index_entry en;
    struct error e = ERROR_INIT;
    bool more;
    page_maker_end(&p->maker, &info);
    FUZZ_ASSERT(info.records == p->n && info.size == p->maker.bytes.n);
    FUZZ_ASSERT(page_reader_begin(&p->reader, buf_str(&p->maker.bytes), &e) == ERR_OK);
    for (size_t i = 0; i < p->n; i++) {
        FUZZ_ASSERT(page_reader_next(&p->reader, &info, &en, &more, &e) == ERR_OK);
        FUZZ_ASSERT(more && str_eq(en.key, p->made[i].key));
        FUZZ_ASSERT(en.member == p->made[i].member && en.at == p->made[i].at &&
                    en.size == p->made[i].size && en.count == p->made[i].count);
        FUZZ_ASSERT(en.steady == p->made[i].steady);
    }
    FUZZ_ASSERT(page_reader_next(&p->reader, &info, &en, &more, &e) == ERR_OK && !more);
    p->n = 0;
}

static void add_to_page(struct pages *p, const struct entry *en, struct str key)
{
    struct index_entry ie = {.key = key,
                             .steady = en->steady,
                             .member = en->member,
                             .at = en->at,
                             .size = en->size,
                             .count = 1 + en->arrival % 3};
    memcpy(ie.fingerprint, en->fingerprint, HASH_FINGERPRINT);
    p->made[p->n++] = ie;
    if (page_maker_add(&p->maker, &ie))
        end_page(p);
}

static void drain(struct sorter *s, const struct list *l, bool steady)
{
    struct error e = ERROR_INIT;
    struct entry en, last = {.key = STR("")};
    struct arena keys = ARENA_INIT;
    struct pages *p = NEW(struct pages);
    bool more = true;
    uint64_t sum = 0;
    size_t n = 0;
    page_maker_init(&p->maker, steady);
    page_reader_init(&p->reader, steady);
    for (;; n++) {
        FUZZ_ASSERT(sorter_next(s, &en, &more, &e) == ERR_OK);
        if (!more)
            break;
        sum += sum_of(&en);
        struct str key = arena_str(&keys, en.key);
        FUZZ_ASSERT(n == 0 || in_order(&last, &en) <= 0);
        if (n == 0 || !str_eq(last.key, key))
            add_to_page(p, &en, key);
        last = en;
        last.key = key;
    }
    for (size_t i = 0; i < l->n; i++)
        sum -= sum_of(&l->items[i]);
    FUZZ_ASSERT(n == l->n && sum == 0);
    if (p->n)
        end_page(p);
    page_maker_done(&p->maker);
    page_reader_done(&p->reader);
    arena_done(&keys);
    free(p);
}

static void as_entries(struct str bytes, bool steady, unsigned spill)
{
    struct list l = {.n = 0};
    struct error e = ERROR_INIT;
    read_entries(bytes, steady, &l);
    if (!l.n)
        return;
    CLEANUP(spool_freep) struct spool *spool = spool_new(NULL);
    CLEANUP(sorter_freep) struct sorter *s = sorter_new(steady, late_first, spool);
    for (size_t i = 0; i < l.n; i++) {
        FUZZ_ASSERT(sorter_add(s, &l.items[i], &e) == ERR_OK);
        if (spill && i % spill == spill - 1)
            FUZZ_ASSERT(sorter_spill(s, &e) == ERR_OK);
    }
    FUZZ_ASSERT(sorter_begin(s, 4096, &e) == ERR_OK);
    drain(s, &l, steady);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    bool steady = data[0] & 1;
    struct str bytes = str_n((const char *)data + 1, size - 1);
    late_first = data[0] & 2;
    as_top(bytes);
    as_page(bytes, steady);
    as_entries(bytes, steady, data[0] >> 2);
    return 0;
}
