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

/* Some patterns of a group: a bit each in a word of bits. */
struct members {
    uint64_t ids;
    uint32_t word;
    uint32_t group;
};

struct starts {
    struct bank *banks;
    size_t n_banks;
    uint64_t moves[NO_BYTE + 1];
    struct members *members;
    size_t n_members, cap_members;
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

/* How often prose has a byte of a kind: only the order of magnitude counts. */
#define KINDS 5
static const struct {
    const char *bytes;
    double share; /* of each */
} kinds[KINDS] = {
    {" ", 0.16},
    {"etaoinshrdl", 0.055},
    {"ucmfywgpbvk.,-", 0.014},
    {"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0.002},
    {"!\"#$%&'()*+/:;<=>?@[\\]^_`jqxz{|}~", 0.0004},
};

/* The bytes of each kind. */
struct prose {
    struct byteset kind[KINDS];
};

static struct prose prose_new(void)
{
    struct prose p = {0};
    for (unsigned k = 0; k < KINDS; k++)
        for (const char *c = kinds[k].bytes; *c; c++)
            byteset_add(&p.kind[k], (uint8_t)*c);
    return p;
}

/* What some patterns can begin with, as the first step sees it. */
struct group {
    struct byteset at[MOVES]; /* in front, then place by place */
    bool asked;               /* of most texts: one of them is not rare */
};

#define SELDOM 0.1 /* of texts have what rare patterns need */

/* How many of the places in prose the group lets pass, roughly. */
static double passed(const struct group *g, const struct prose *prose)
{
    double part = g->asked ? 1 : SELDOM;
    for (unsigned k = 0; k < MOVES; k++) {
        double sum = 0;
        for (unsigned i = 0; i < KINDS; i++) {
            struct byteset both = byteset_and(g->at[k], prose->kind[i]);
            sum += byteset_count(&both) * kinds[i].share;
        }
        part *= sum;
    }
    return part;
}

static struct group joined(const struct group *a, const struct group *b)
{
    struct group g = {.asked = a->asked || b->asked};
    for (unsigned k = 0; k < MOVES; k++)
        g.at[k] = byteset_or(a->at[k], b->at[k]);
    return g;
}

/* A pattern with what it lets pass when it is alone. */
struct entry {
    const struct start *start;
    struct group group;
    double passed;
};

static struct entry entry_of(const struct start *start, const struct prose *prose)
{
    struct entry e = {.start = start, .group = {.asked = !start->rare}};
    e.group.at[0] = start->prefix.before;
    for (unsigned k = 1; k < MOVES; k++)
        e.group.at[k] = prefix_requires(&start->prefix, k - 1) ? start->prefix.at[k - 1]
                                                               : BYTESET_ALL;
    e.passed = passed(&e.group, prose);
    return e;
}

/* The loosest first: each of them widens whatever it is joined with. */
static int by_looseness(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->passed != y->passed)
        return x->passed < y->passed ? 1 : -1;
    return (x->start->id > y->start->id) - (x->start->id < y->start->id);
}

/* The group that lets the least more pass with the pattern than without; it joins. */
static unsigned join(struct group groups[GROUPS], const struct entry *entry,
                     const struct prose *prose)
{
    unsigned best = 0;
    double least = 0;
    for (unsigned i = 0; i < GROUPS; i++) {
        struct group with = joined(&groups[i], &entry->group);
        double more = passed(&with, prose) - passed(&groups[i], prose);
        if (i == 0 || more < least) {
            best = i;
            least = more;
        }
    }
    groups[best] = joined(&groups[best], &entry->group);
    return best;
}

static void add_member(struct starts *s, uint16_t id, unsigned group)
{
    uint64_t bit = UINT64_C(1) << id % 64;
    for (size_t i = 0; i < s->n_members; i++)
        if (s->members[i].word == id / 64 && s->members[i].group == group) {
            s->members[i].ids |= bit;
            return;
        }
    VEC_PUSH(s->members, s->n_members, s->cap_members) =
        (struct members){.ids = bit, .word = id / 64, .group = group};
}

struct starts *starts_new(const struct start *list, size_t n)
{
    struct starts *s = NEW(struct starts);
    struct entry *entries = alloc_zero(n, sizeof *entries);
    struct group groups[GROUPS] = {0};
    struct prose prose = prose_new();
    for (size_t i = 0; i < n; i++)
        entries[i] = entry_of(&list[i], &prose);
    if (n)
        qsort(entries, n, sizeof *entries, by_looseness);
    s->n_banks = (n + BANK - 1) / BANK;
    s->banks = alloc_zero(s->n_banks, sizeof *s->banks);
    for (size_t i = 0; i < n; i++) {
        const struct start *start = entries[i].start;
        unsigned group = join(groups, &entries[i], &prose);
        s->banks[i / BANK].ids[i % BANK] = start->id;
        add(&s->banks[i / BANK], &start->prefix, i % BANK);
        add_moves(s, &start->prefix, group);
        add_member(s, start->id, group);
    }
    free(entries);
    return s;
}

void starts_free(struct starts *s)
{
    if (!s)
        return;
    free(s->banks);
    free(s->members);
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

void starts_run(const struct starts *s, struct str text, const uint64_t *possible,
                uint64_t *bits)
{
    const uint8_t *p = (const uint8_t *)text.p;
    uint64_t live = s->moves[NO_BYTE] & 0xff, asked = 0;
    for (size_t i = 0; i < s->n_members; i++)
        if (possible[s->members[i].word] & s->members[i].ids)
            asked |= UINT64_C(1) << (8 * (MOVES - 1) + s->members[i].group);
    if (!asked)
        return;
    for (size_t i = 0; i < text.n; i++) {
        live = (live << 8 | 0xff) & s->moves[p[i]];
        if (live & asked)
            try_at(s, text, i - (MOVES - 2), bits);
    }
    for (size_t i = text.n; i < text.n + MOVES - 2; i++) {
        live = live << 8 & s->moves[NO_BYTE];
        if (live & asked)
            try_at(s, text, i - (MOVES - 2), bits);
    }
}
