#include "match/keywords.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"

#define SLOTS_BITS 14u /* 16 KiB of table, half of a first-level cache */
#define SLOTS      (1u << SLOTS_BITS)
#define WINDOW     4u /* bytes looked at: those that are hashed and the next one */
#define HASHED     0xffffffu

/* All keywords whose windows have one hash. */
struct bucket {
    uint32_t from, to;
};

struct word {
    struct str text;   /* folded */
    uint32_t from, to; /* in keywords.owners */
    uint32_t slot;
    uint32_t at; /* where its window is */
};

struct keywords {
    uint8_t next[SLOTS]; /* which classes of bytes can follow */
    uint16_t bucket_of[SLOTS];
    struct bucket *buckets; /* the first is empty */
    size_t n_buckets, cap_buckets;
    struct word *words; /* by slot */
    size_t n_words, cap_words;
    uint16_t *owners;
    size_t n_owners, cap_owners;
    struct arena letters;
};

static uint8_t fold(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* Four bytes in the order of their places; compilers make it one load. Setting bit 5 of
 * each folds letters; that it makes other bytes equal too costs a comparison. */
static inline uint32_t window(const uint8_t *p)
{
    uint32_t w = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
                 (uint32_t)p[3] << 24;
    return w | 0x20202020;
}

/* The same where the text may end before. */
static uint32_t short_window(struct str text)
{
    uint8_t p[WINDOW] = {0};
    memcpy(p, text.p, text.n < WINDOW ? text.n : WINDOW);
    return window(p);
}

static inline uint32_t slot_of(uint32_t window)
{
    return (window & HASHED) * 0x9e3779b1u >> (32 - SLOTS_BITS);
}

/* The class of the byte behind those that are hashed. */
static inline unsigned class_of(uint32_t window)
{
    return window >> 24 & 7;
}

/* How often a byte occurs in prose, roughly: the order is what counts. */
static unsigned frequency(char c)
{
    static const char order[] = "zqjxkvbpgywmfculdrhsnioate ";
    const char *p = c ? strchr(order, c) : NULL;
    return p ? (unsigned)(p - order) + 4 : c >= '0' && c <= '9' ? 3 : 1;
}

/* Where the rarest bytes in a row of a keyword are. */
static uint32_t rarest(struct str text)
{
    size_t n = text.n < WINDOW ? text.n : WINDOW, best = 0;
    unsigned least = UINT32_MAX;
    for (size_t i = 0; i + n <= text.n; i++) {
        unsigned f = 1;
        for (size_t k = 0; k < n; k++)
            f *= frequency(text.p[i + k]);
        if (f < least)
            best = i;
        least = f < least ? f : least;
    }
    return (uint32_t)best;
}

static int by_text(const void *a, const void *b)
{
    const struct keyword *x = a, *y = b;
    int c = str_cmp(x->text, y->text);
    return c ? c : (x->owner > y->owner) - (x->owner < y->owner);
}

static int by_slot(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    if (x->slot != y->slot)
        return (x->slot > y->slot) - (x->slot < y->slot);
    return str_cmp(x->text, y->text);
}

static struct str folded(struct keywords *k, struct str text)
{
    char *copy = ARENA_ARRAY(&k->letters, char, text.n);
    for (size_t i = 0; i < text.n; i++)
        copy[i] = (char)fold((uint8_t)text.p[i]);
    return str_n(copy, text.n);
}

/* Equal keywords become one word with several owners. */
static void join(struct keywords *k, const struct keyword *list, size_t n)
{
    for (size_t i = 0; i < n;) {
        struct word w = {.text = list[i].text, .from = (uint32_t)k->n_owners};
        for (; i < n && str_eq(list[i].text, w.text); i++)
            VEC_PUSH(k->owners, k->n_owners, k->cap_owners) = list[i].owner;
        w.to = (uint32_t)k->n_owners;
        w.at = rarest(w.text);
        struct str seen = str_from(w.text, w.at);
        w.slot = slot_of(short_window(seen));
        VEC_PUSH(k->words, k->n_words, k->cap_words) = w;
    }
    if (k->n_words)
        qsort(k->words, k->n_words, sizeof *k->words, by_slot);
}

static void fill(struct keywords *k)
{
    VEC_PUSH(k->buckets, k->n_buckets, k->cap_buckets) = (struct bucket){0};
    for (size_t i = 0; i < k->n_words;) {
        uint32_t slot = k->words[i].slot;
        struct bucket b = {.from = (uint32_t)i};
        for (; i < k->n_words && k->words[i].slot == slot; i++) {
            struct str seen = str_from(k->words[i].text, k->words[i].at);
            bool follows = seen.n >= WINDOW;
            uint32_t w = short_window(seen);
            k->next[slot] |= follows ? (uint8_t)(1u << class_of(w)) : UINT8_MAX;
        }
        b.to = (uint32_t)i;
        k->bucket_of[slot] = (uint16_t)k->n_buckets;
        VEC_PUSH(k->buckets, k->n_buckets, k->cap_buckets) = b;
    }
}

struct keywords *keywords_new(const struct keyword *list, size_t n)
{
    struct keywords *k = NEW(struct keywords);
    struct keyword *sorted = alloc_zero(n, sizeof *sorted);
    size_t taken = 0;
    for (size_t i = 0; i < n; i++)
        if (list[i].text.n >= KEYWORDS_LEAST)
            sorted[taken++] = (struct keyword){folded(k, list[i].text), list[i].owner};
    if (taken)
        qsort(sorted, taken, sizeof *sorted, by_text);
    join(k, sorted, taken);
    fill(k);
    free(sorted);
    return k;
}

void keywords_free(struct keywords *k)
{
    if (!k)
        return;
    free(k->buckets);
    free(k->words);
    free(k->owners);
    arena_done(&k->letters);
    free(k);
}

static bool starts_folded(struct str text, struct str word)
{
    if (text.n < word.n)
        return false;
    for (size_t i = 0; i < word.n; i++)
        if (fold((uint8_t)text.p[i]) != (uint8_t)word.p[i])
            return false;
    return true;
}

/* The window is at byte i of the text. */
static void compare(const struct keywords *k, const struct bucket *b, struct str text,
                    size_t i, uint64_t *bits)
{
    for (uint32_t w = b->from; w < b->to; w++) {
        const struct word *word = &k->words[w];
        if (i < word->at || !starts_folded(str_from(text, i - word->at), word->text))
            continue;
        for (uint32_t o = word->from; o < word->to; o++)
            bits[k->owners[o] / 64] |= UINT64_C(1) << k->owners[o] % 64;
    }
}

static inline void look(const struct keywords *k, uint32_t w, struct str text, size_t i,
                        uint64_t *bits)
{
    uint32_t slot = slot_of(w);
    if (k->next[slot] >> class_of(w) & 1)
        compare(k, &k->buckets[k->bucket_of[slot]], text, i, bits);
}

void keywords_run(const struct keywords *k, struct str text, uint64_t *bits)
{
    const uint8_t *p = (const uint8_t *)text.p;
    size_t i = 0;
    if (!k->n_words)
        return;
    for (; i + WINDOW <= text.n; i++)
        look(k, window(p + i), text, i, bits);
    for (; i < text.n; i++)
        look(k, short_window(str_from(text, i)), text, i, bits);
}
