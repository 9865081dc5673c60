#include "match/starts.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define BANK     128u
#define NO_BYTE  256u /* in front of the text, behind it */
#define SELECTED 64u  /* bytes of a place that tells: \w has 63 */

struct mask { /* a bit a pattern of the bank */
    uint64_t w[2];
};

struct bank {
    struct mask before[NO_BYTE + 1];
    struct mask at[PREFIX_BYTES][NO_BYTE + 1];
    struct mask all;
    uint16_t ids[BANK];
};

struct starts {
    struct bank *banks;
    size_t n_banks;
    /* By byte << 8 | byte before: can anything begin with the byte? A byte each: prose
     * uses few of them. */
    uint8_t pairs[65536];
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

static void add_pairs(struct starts *s, const struct bank *b)
{
    for (size_t c = 0; c < 256; c++)
        for (size_t before = 0; before < 256; before++) {
            const struct mask *x = &b->at[0][c], *y = &b->before[before];
            if ((x->w[0] & y->w[0]) | (x->w[1] & y->w[1]))
                s->pairs[c << 8 | before] = 1;
        }
}

struct starts *starts_new(const struct prefix *prefixes, const uint16_t *ids, size_t n)
{
    struct starts *s = NEW(struct starts);
    s->n_banks = (n + BANK - 1) / BANK;
    s->banks = alloc_zero(s->n_banks, sizeof *s->banks);
    for (size_t i = 0; i < n; i++) {
        s->banks[i / BANK].ids[i % BANK] = ids[i];
        add(&s->banks[i / BANK], &prefixes[i], i % BANK);
    }
    for (size_t i = 0; i < s->n_banks; i++)
        add_pairs(s, &s->banks[i]);
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
    if (!s->n_banks || !text.n)
        return;
    try_at(s, text, 0, bits);
    for (size_t i = 1; i < text.n; i++)
        if (s->pairs[p[i] << 8 | p[i - 1]])
            try_at(s, text, i, bits);
}
