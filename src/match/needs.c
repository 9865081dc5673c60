#include "match/needs.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define BLOCK  224u /* bytes counted at a time: their number fits a byte */
#define VECTOR 16u  /* loops go on to a multiple of it, over zeros */

/* Sets per dimension; the last one has all patterns. Shipped ones need up to 20 digits;
 * of lengths those count that short values do not reach. */
#define DIGITS 24u
#define MARKS  8u
#define LENGTH 48u
#define RUNS   5u /* up to 3, 7, 15, 31, and more */
#define SETS   (DIGITS + MARKS + LENGTH + RUNS)

struct needs {
    size_t words; /* of a set */
    uint64_t *sets;
};

static bool is_digit(uint8_t c)
{
    return (uint8_t)(c - '0') < 10;
}

/* As need.h counts runs: letters, digits, _ and bytes of 0x80 and above. */
static bool is_word(uint8_t c)
{
    return is_digit(c) | ((uint8_t)((c | 0x20) - 'a') < 26) | (c == '_') | (c >= 0x80);
}

static bool is_visible(uint8_t c)
{
    return (uint8_t)(c - '!') <= '~' - '!';
}

static size_t rounded(size_t n)
{
    return (n + VECTOR - 1) / VECTOR * VECTOR;
}

static void count_block(const uint8_t *p, size_t n, struct needs_had *had)
{
    uint8_t digits = 0, marks = 0;
    for (size_t i = 0; i < rounded(n); i++) {
        digits = (uint8_t)(digits + is_digit(p[i]));
        marks =
            (uint8_t)(marks + ((unsigned)is_visible(p[i]) & (unsigned)!is_word(p[i])));
    }
    had->digits += digits;
    had->marks += marks;
}

/* No run is longer than what is returned. word[i] says whether byte i is of a word,
 * then whether two of them are from there on, then four. Behind p[n - 1] are zeros. */
static unsigned longest(const uint8_t *p, size_t n)
{
    uint8_t word[BLOCK + 2 * NEEDS_RUN];
    size_t end = rounded(n);
    for (size_t i = 0; i < end; i++)
        word[i] = is_word(p[i]);
    memset(word + end, 0, NEEDS_RUN);
    for (unsigned run = 1; run < NEEDS_RUN; run *= 2) {
        uint8_t any = 0;
        for (size_t i = 0; i < end; i++) {
            word[i] &= word[i + run];
            any |= word[i];
        }
        if (!any)
            return 2 * run - 1;
    }
    return UINT_MAX;
}

struct needs_had needs_count(struct str text)
{
    struct needs_had had = {.length = text.n};
    for (size_t at = 0; at < text.n; at += BLOCK) {
        /* A run that begins in a block may end in the next one. */
        size_t left = text.n - at, n = left < BLOCK ? left : BLOCK;
        size_t seen = left < BLOCK + NEEDS_RUN ? left : BLOCK + NEEDS_RUN;
        uint8_t copy[BLOCK + NEEDS_RUN];
        memcpy(copy, text.p + at, seen);
        memset(copy + seen, 0, rounded(seen) - seen);
        count_block(copy, n, &had);
        unsigned run = longest(copy, seen);
        had.run = run > had.run ? run : had.run;
    }
    return had;
}

unsigned needs_run(struct str text)
{
    unsigned run = 0, most = 0;
    for (size_t i = 0; i < text.n; i++) {
        run = is_word((uint8_t)text.p[i]) ? run + 1 : 0;
        most = run > most ? run : most;
    }
    return most;
}

/* The smallest of the sets of runs for what needs, or has, so many. */
static size_t run_set(unsigned run)
{
    size_t set = 0;
    for (unsigned most = 3; set < RUNS - 1 && run > most; most = 2 * most + 1)
        set++;
    return set;
}

static size_t fewer(size_t a, size_t b)
{
    return a < b ? a : b;
}

static uint64_t *set_at(const struct needs *s, size_t set)
{
    return s->sets + set * s->words;
}

/* Adds pattern i to the sets from `least` on, of `n` that begin at `first`. */
static void add(struct needs *s, size_t i, size_t first, size_t n, size_t least)
{
    for (size_t k = fewer(least, n - 1); k < n; k++)
        set_at(s, first + k)[i / 64] |= UINT64_C(1) << i % 64;
}

struct needs *needs_new(const struct pattern_facts *facts, size_t n)
{
    struct needs *s = NEW(struct needs);
    s->words = n / 64 + 1;
    s->sets = alloc_zero(SETS * s->words, sizeof *s->sets);
    for (size_t i = 0; i < n; i++) {
        add(s, i, 0, DIGITS, facts[i].need.digits);
        add(s, i, DIGITS, MARKS, facts[i].need.marks);
        add(s, i, DIGITS + MARKS, LENGTH, facts[i].min_length);
        add(s, i, DIGITS + MARKS + LENGTH, RUNS, run_set(facts[i].need.run));
    }
    return s;
}

void needs_free(struct needs *s)
{
    if (!s)
        return;
    free(s->sets);
    free(s);
}

bool needs_met(const struct needs *s, const struct needs_had *had, uint64_t *bits)
{
    const uint64_t *digits = set_at(s, fewer(had->digits, DIGITS - 1));
    const uint64_t *marks = set_at(s, DIGITS + fewer(had->marks, MARKS - 1));
    const uint64_t *length = set_at(s, DIGITS + MARKS + fewer(had->length, LENGTH - 1));
    const uint64_t *run = set_at(s, DIGITS + MARKS + LENGTH + run_set(had->run));
    uint64_t any = 0;
    for (size_t i = 0; i < s->words; i++) {
        bits[i] = digits[i] & marks[i] & length[i] & run[i];
        any |= bits[i];
    }
    return any != 0;
}
