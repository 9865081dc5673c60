#include "match/starts.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/*
 * The places are looked at in two steps. The first one is shift-and over groups: the
 * patterns of a bank are eight groups, a bit each, and `pairs` gives for two bytes in a
 * row the groups that can have them at places k - 1 and k, for k = 0 to 7, in byte k. A
 * byte moves up by one place with each byte of the text, and what arrives at the top
 * is, for some group, possible at eight places. Of it the second step looks at all
 * places of each pattern.
 */
#define BANK     128u
#define GROUPS   8u
#define PLACES   8u   /* of the first step */
#define NO_BYTE  256u /* in front of the text, behind it */
#define SELECTED 64u  /* bytes of a place that tells: \w has 63 */
#define CLASSES  64u  /* of bytes that no pattern tells apart; the first is NO_BYTE */

struct mask { /* a bit a pattern of the bank */
    uint64_t w[2];
};

struct bank {
    struct mask before[NO_BYTE + 1];
    struct mask at[PREFIX_BYTES][NO_BYTE + 1];
    struct mask all;
    uint16_t ids[BANK];
    uint8_t group[BANK];
};

struct starts {
    struct bank *banks;
    size_t n_banks;
    uint8_t class_of[256];
    uint64_t pairs[CLASSES * CLASSES]; /* by class before, class */
};

bool starts_tell(const struct prefix *p)
{
    for (unsigned i = 0; i < PREFIX_BYTES && prefix_requires(p, i); i++)
        if (byteset_count(&p->at[i]) < SELECTED)
            return true;
    return false;
}

static void set(struct mask *m, size_t bit)
{
    m->w[bit / 64] |= UINT64_C(1) << bit % 64;
}

static void add(struct bank *b, const struct prefix *p, size_t bit)
{
    set(&b->all, bit);
    set(&b->before[NO_BYTE], bit);
    for (unsigned c = 0; c < 256; c++)
        if (byteset_has(&p->before, (uint8_t)c))
            set(&b->before[c], bit);
    for (unsigned i = 0; i < PREFIX_BYTES; i++) {
        bool over = !prefix_requires(p, i); /* the match may have ended before */
        for (unsigned c = 0; c < 256; c++)
            if (over || byteset_has(&p->at[i], (uint8_t)c))
                set(&b->at[i][c], bit);
        if (over)
            set(&b->at[i][NO_BYTE], bit);
    }
}

/* Can no pattern tell the two bytes apart at the places of the first step? */
static bool are_alike(const struct starts *s, unsigned a, unsigned b)
{
    for (size_t i = 0; i < s->n_banks; i++) {
        const struct bank *k = &s->banks[i];
        bool same = memcmp(&k->before[a], &k->before[b], sizeof(struct mask)) == 0;
        for (unsigned at = 0; same && at < PLACES; at++)
            same = memcmp(&k->at[at][a], &k->at[at][b], sizeof(struct mask)) == 0;
        if (!same)
            return false;
    }
    return true;
}

/* One byte of each class; when there are more the last class has the rest. */
static unsigned make_classes(struct starts *s, unsigned first[CLASSES])
{
    unsigned n = 1;
    first[0] = NO_BYTE;
    for (unsigned c = 0; c < 256; c++) {
        unsigned k = 1;
        while (k < n && !are_alike(s, first[k], c))
            k++;
        if (k == n && n < CLASSES)
            first[n++] = c;
        s->class_of[c] = (uint8_t)(k < CLASSES ? k : CLASSES - 1);
    }
    return n;
}

static uint64_t groups(const struct bank *b, struct mask m)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < 2; i++)
        for (uint64_t w = m.w[i]; w; w &= w - 1)
            bits |= UINT64_C(1) << b->group[i * 64 + (size_t)__builtin_ctzll(w)];
    return bits;
}

static void add_pair(struct starts *s, unsigned before, unsigned c)
{
    unsigned x = before == NO_BYTE ? 0 : s->class_of[before];
    unsigned y = c == NO_BYTE ? 0 : s->class_of[c];
    for (size_t i = 0; i < s->n_banks; i++) {
        const struct bank *b = &s->banks[i];
        for (unsigned k = 0; k < PLACES; k++) {
            const struct mask *m = k ? &b->at[k - 1][before] : &b->before[before];
            struct mask both = {
                {m->w[0] & b->at[k][c].w[0], m->w[1] & b->at[k][c].w[1]}};
            s->pairs[x * CLASSES + y] |= groups(b, both) << 8 * k;
        }
    }
}

static void make_pairs(struct starts *s)
{
    unsigned first[CLASSES];
    unsigned n = make_classes(s, first);
    bool full = n == CLASSES; /* the last class may have unlike bytes */
    for (unsigned x = 0; x < n - full; x++)
        for (unsigned y = 0; y < n - full; y++)
            add_pair(s, first[x], first[y]);
    for (unsigned c = 0; full && c < 256; c++)
        for (unsigned other = 0; other <= NO_BYTE; other++)
            if (s->class_of[c] == CLASSES - 1) {
                add_pair(s, c, other);
                add_pair(s, other, c);
            }
}

struct entry {
    const struct prefix *prefix;
    uint16_t id;
};

/* Those that begin alike stand together, and so come into one group. */
static int by_beginning(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int c = memcmp(&x->prefix->at[0], &y->prefix->at[0], sizeof(struct byteset));
    return c ? c : (x->id > y->id) - (x->id < y->id);
}

struct starts *starts_new(const struct prefix *prefixes, const uint16_t *ids, size_t n)
{
    struct starts *s = NEW(struct starts);
    struct entry *entries = alloc_zero(n, sizeof *entries);
    for (size_t i = 0; i < n; i++)
        entries[i] = (struct entry){&prefixes[i], ids[i]};
    if (n)
        qsort(entries, n, sizeof *entries, by_beginning);
    s->n_banks = (n + BANK - 1) / BANK;
    s->banks = alloc_zero(s->n_banks, sizeof *s->banks);
    for (size_t i = 0; i < n; i++) {
        struct bank *b = &s->banks[i / BANK];
        size_t of = n - i / BANK * BANK < BANK ? n - i / BANK * BANK : BANK;
        b->ids[i % BANK] = entries[i].id;
        b->group[i % BANK] = (uint8_t)(i % BANK * GROUPS / of);
        add(b, entries[i].prefix, i % BANK);
    }
    free(entries);
    if (n)
        make_pairs(s);
    return s;
}

void starts_free(struct starts *s)
{
    if (!s)
        return;
    free(s->banks);
    free(s);
}

/* The patterns of the bank that can begin at byte i. */
static inline struct mask begin(const struct bank *b, struct str text, size_t i)
{
    const uint8_t *p = (const uint8_t *)text.p;
    const struct mask *before = &b->before[i ? p[i - 1] : NO_BYTE];
    struct mask m = {{before->w[0] & b->all.w[0], before->w[1] & b->all.w[1]}};
    for (size_t k = 0; k < PREFIX_BYTES && (m.w[0] | m.w[1]); k++) {
        const struct mask *at = &b->at[k][i + k < text.n ? p[i + k] : NO_BYTE];
        m.w[0] &= at->w[0];
        m.w[1] &= at->w[1];
    }
    return m;
}

static void hit(const struct bank *b, struct mask m, uint64_t *bits)
{
    for (size_t i = 0; i < 2; i++)
        for (uint64_t w = m.w[i]; w; w &= w - 1) {
            uint16_t id = b->ids[i * 64 + (size_t)__builtin_ctzll(w)];
            bits[id / 64] |= UINT64_C(1) << id % 64;
        }
}

static void try_at(const struct starts *s, struct str text, size_t i, uint64_t *bits)
{
    for (size_t k = 0; k < s->n_banks; k++) {
        struct mask m = begin(&s->banks[k], text, i);
        if (m.w[0] | m.w[1])
            hit(&s->banks[k], m, bits);
    }
}

void starts_run(const struct starts *s, struct str text, uint64_t *bits)
{
    const uint8_t *p = (const uint8_t *)text.p;
    uint64_t live = 0;
    size_t before = 0;
    if (!s->n_banks || !text.n)
        return;
    for (size_t i = 0; i < text.n; i++) {
        size_t c = s->class_of[p[i]];
        live = (live << 8 | 0xff) & s->pairs[before * CLASSES + c];
        before = c;
        if (live >> 8 * (PLACES - 1))
            try_at(s, text, i - (PLACES - 1), bits);
    }
    for (size_t i = text.n; i < text.n + PLACES - 1; i++) {
        live = (live << 8 | 0xff) & s->pairs[before * CLASSES];
        before = 0;
        if (live >> 8 * (PLACES - 1))
            try_at(s, text, i - (PLACES - 1), bits);
    }
}
