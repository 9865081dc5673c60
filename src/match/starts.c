#include "match/starts.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/*
 * The places are looked at in two steps. The first one is shift-and over groups: the
 * patterns are eight groups, a bit each, and `moves` gives for a byte the groups that
 * can have it in front (byte 0) or at place k (byte k + 1). What is live moves up by
 * one byte with each byte of the text, and what arrives at the top is, for some group,
 * possible at seven places. Of it the second step looks at all places of each pattern.
 */
#define BANK     128u
#define GROUPS   8u
#define MOVES    8u   /* bytes of a word: what is in front, and seven places */
#define NO_BYTE  256u /* in front of the text, behind it */
#define SELECTED 64u  /* bytes of a place that tells: \w has 63 */

struct mask { /* a bit a pattern of the bank */
    uint64_t w[2];
};

struct bank {
    struct mask before[NO_BYTE + 1];
    struct mask at[PREFIX_BYTES][NO_BYTE + 1];
    uint16_t ids[BANK];
};

struct starts {
    struct bank *banks;
    size_t n_banks;
    uint64_t moves[NO_BYTE + 1];
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

/* May place k of a match have this byte, or, as NO_BYTE, none? */
static bool may_have(const struct prefix *p, unsigned k, unsigned c)
{
    return !prefix_requires(p, k) ||
           (c != NO_BYTE && byteset_has(&p->at[k], (uint8_t)c));
}

static bool may_follow(const struct prefix *p, unsigned c)
{
    return c == NO_BYTE || byteset_has(&p->before, (uint8_t)c);
}

static void add(struct bank *b, const struct prefix *p, size_t bit)
{
    for (unsigned c = 0; c <= NO_BYTE; c++) {
        if (may_follow(p, c))
            set(&b->before[c], bit);
        for (unsigned k = 0; k < PREFIX_BYTES; k++)
            if (may_have(p, k, c))
                set(&b->at[k][c], bit);
    }
}

static void add_moves(struct starts *s, const struct prefix *p, unsigned group)
{
    for (unsigned c = 0; c <= NO_BYTE; c++) {
        s->moves[c] |= (uint64_t)may_follow(p, c) << group;
        for (unsigned k = 1; k < MOVES; k++)
            s->moves[c] |= (uint64_t)may_have(p, k - 1, c) << (8 * k + group);
    }
}

struct entry {
    const struct prefix *prefix;
    uint16_t id;
};

/* Those that begin alike stand together, letters first, and so come into one group. */
static int by_beginning(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    for (unsigned k = 0; k < 4; k++)
        for (int i = 1; i >= 0; i--) {
            uint64_t v = x->prefix->at[k].w[i], w = y->prefix->at[k].w[i];
            if (v != w)
                return v < w ? 1 : -1;
        }
    return (x->id > y->id) - (x->id < y->id);
}

/* What can begin with any letter must not widen what begins otherwise: prose has many
 * letters. Pattern i of n, in order of beginnings. */
static unsigned group_of(const struct prefix *p, size_t i, size_t n)
{
    bool small = byteset_has(&p->at[0], 'e'), letter = small;
    for (unsigned c = 'A'; c <= 'z'; c++)
        letter |= byteset_has(&p->at[0], (uint8_t)c);
    if (small)
        return 0;
    return letter ? 1 + (unsigned)(i * 2 / n) : 3 + (unsigned)(i * (GROUPS - 3) / n);
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
        s->banks[i / BANK].ids[i % BANK] = entries[i].id;
        add(&s->banks[i / BANK], entries[i].prefix, i % BANK);
        add_moves(s, entries[i].prefix, group_of(entries[i].prefix, i, n));
    }
    free(entries);
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
    struct mask m = b->before[i ? p[i - 1] : NO_BYTE];
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
    uint64_t live = s->moves[NO_BYTE] & 0xff;
    if (!s->n_banks || !text.n)
        return;
    for (size_t i = 0; i < text.n; i++) {
        live = (live << 8 | 0xff) & s->moves[p[i]];
        if (live >> 8 * (MOVES - 1))
            try_at(s, text, i - (MOVES - 2), bits);
    }
    for (size_t i = text.n; i < text.n + MOVES - 2; i++) {
        live = live << 8 & s->moves[NO_BYTE];
        if (live >> 8 * (MOVES - 1))
            try_at(s, text, i - (MOVES - 2), bits);
    }
}
