#include "match/multi.h"

#include <limits.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "match/need.h"
#include "match/starts.h"

/*
 * Rules with keywords: one pass over the text finds them. Every keyword is looked for
 * by the two bytes in a row of it that are rarest in prose. Bytes fall into at most
 * CLASSES classes, the two cases of a letter into one; two classes in a row choose a
 * bucket of keywords (8 KiB of table, which stays in the first-level cache), a set of
 * classes says whether any of them goes on with the third, and only then they are
 * compared.
 *
 * Rules without keywords, or with one that is too short to be rare, are also looked for
 * by the way they begin (match/starts).
 */
#define CLASSES   64u
#define RARE      3u /* bytes of a keyword that is rare */
#define SHORT_RUN 3u /* word bytes in a row that nearly every text has */
#define OTHER     0u /* the class of bytes that no keyword is looked for by */

struct bucket {
    uint64_t third;    /* classes; all when a keyword ends with the pair */
    uint32_t from, to; /* keywords */
};

struct keyword {
    struct str text;   /* ASCII letters in lower case; in multi.letters */
    uint32_t from, to; /* in multi.rules */
    uint16_t pair;     /* the classes of its rarest two bytes */
    uint16_t at;       /* where they are */
};

struct multi {
    size_t n_rules;
    struct pattern_facts *least; /* by rule: what a text must have */
    bool is_word[256];           /* as need.h counts runs */
    uint8_t class_of[256];
    uint16_t bucket_of[CLASSES * CLASSES]; /* index; the first is empty */
    struct bucket *buckets;
    size_t n_buckets, cap_buckets;
    struct keyword *keywords; /* of two bytes or more, by pair */
    size_t n_keywords, cap_keywords;
    struct keyword *single; /* of one byte */
    size_t n_single, cap_single;
    uint16_t *rules;
    size_t n_rule_list, cap_rule_list;
    struct starts *starts;
    uint64_t *wordless, *startless; /* a bit per rule: it is not found that way */
    struct arena letters;
};

struct multi_scratch {
    uint64_t *words, *starts; /* a bit per rule: has a keyword, can begin */
    uint16_t *out;
};

static uint8_t fold(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool is_letter(uint8_t c)
{
    return fold(c) >= 'a' && fold(c) <= 'z';
}

/* A keyword of one rule, with its letters folded, as it is before equal ones are
 * joined. */
struct entry {
    struct str text;
    uint32_t rule;
};

static int by_text(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int c = str_cmp(x->text, y->text);
    return c ? c : (x->rule > y->rule) - (x->rule < y->rule);
}

static int by_pair(const void *a, const void *b)
{
    const struct keyword *x = a, *y = b;
    if (x->pair != y->pair)
        return (x->pair > y->pair) - (x->pair < y->pair);
    return str_cmp(x->text, y->text);
}

/* How often a byte occurs in prose, roughly: the order is what counts. */
static unsigned frequency(char c)
{
    static const char order[] = "zqjxkvbpgywmfculdrhsnioate ";
    const char *p = c ? strchr(order, c) : NULL;
    return p ? (unsigned)(p - order) + 4 : c >= '0' && c <= '9' ? 3 : 1;
}

/* Where the rarest two bytes of a keyword are. */
static size_t rarest(struct str text)
{
    size_t best = 0;
    unsigned least = UINT_MAX;
    for (size_t i = 0; i + 1 < text.n; i++) {
        unsigned f = frequency(text.p[i]) * frequency(text.p[i + 1]);
        if (f < least)
            best = i;
        least = f < least ? f : least;
    }
    return best;
}

/* Classes for the bytes that keywords are looked for by; when there are more bytes than
 * classes the last class has the rest. */
static void make_classes(struct multi *m, const struct entry *entries, size_t n)
{
    bool used[256] = {false};
    for (size_t i = 0; i < n; i++) {
        struct str key = str_from(entries[i].text, rarest(entries[i].text));
        for (size_t k = 0; k < key.n && k < 3; k++)
            used[(uint8_t)key.p[k]] = true;
    }
    unsigned next = OTHER + 1;
    for (unsigned c = 0; c < 256; c++) {
        if (!used[c])
            continue;
        m->class_of[c] = (uint8_t)next;
        next += next < CLASSES - 1;
    }
    for (unsigned c = 'A'; c <= 'Z'; c++)
        m->class_of[c] = m->class_of[c | 0x20];
}

static void join_keywords(struct multi *m, const struct entry *entries, size_t n)
{
    for (size_t i = 0; i < n;) {
        struct str text = entries[i].text;
        struct keyword k = {.text = text, .from = (uint32_t)m->n_rule_list};
        for (; i < n && str_eq(entries[i].text, text); i++)
            VEC_PUSH(m->rules, m->n_rule_list, m->cap_rule_list) =
                (uint16_t)entries[i].rule;
        k.to = (uint32_t)m->n_rule_list;
        if (text.n == 1) {
            VEC_PUSH(m->single, m->n_single, m->cap_single) = k;
            continue;
        }
        k.at = (uint16_t)rarest(text);
        k.pair = (uint16_t)(m->class_of[(uint8_t)text.p[k.at]] * CLASSES +
                            m->class_of[(uint8_t)text.p[k.at + 1]]);
        VEC_PUSH(m->keywords, m->n_keywords, m->cap_keywords) = k;
    }
    if (m->n_keywords)
        qsort(m->keywords, m->n_keywords, sizeof *m->keywords, by_pair);
}

static void make_buckets(struct multi *m)
{
    VEC_PUSH(m->buckets, m->n_buckets, m->cap_buckets) = (struct bucket){0};
    for (size_t i = 0; i < m->n_keywords;) {
        struct bucket b = {.from = (uint32_t)i};
        uint16_t pair = m->keywords[i].pair;
        for (; i < m->n_keywords && m->keywords[i].pair == pair; i++) {
            struct str rest = str_from(m->keywords[i].text, m->keywords[i].at);
            b.third |= rest.n == 2 ? UINT64_MAX
                                   : UINT64_C(1) << m->class_of[(uint8_t)rest.p[2]];
        }
        b.to = (uint32_t)i;
        m->bucket_of[pair] = (uint16_t)m->n_buckets;
        VEC_PUSH(m->buckets, m->n_buckets, m->cap_buckets) = b;
    }
}

static struct str folded(struct multi *m, struct str word)
{
    char *copy = ARENA_ARRAY(&m->letters, char, word.n);
    for (size_t i = 0; i < word.n; i++)
        copy[i] = (char)fold((uint8_t)word.p[i]);
    return str_n(copy, word.n);
}

/* Of its keywords, the shortest; 0: it has none. */
static size_t shortest(const struct multi_rule *rule)
{
    size_t n = rule->n_keywords ? rule->keywords[0].n : 0;
    for (size_t i = 1; i < rule->n_keywords; i++)
        n = rule->keywords[i].n < n ? rule->keywords[i].n : n;
    return n;
}

/* How rules are found: by their keywords, by their beginnings. */
struct found_by {
    struct entry *entries;
    size_t n_entries, cap_entries;
    struct prefix *prefixes;
    uint16_t *ids;
    size_t n_ids;
};

static void set_bit(uint64_t *bits, size_t i)
{
    bits[i / 64] |= UINT64_C(1) << i % 64;
}

static void add_rule(struct multi *m, const struct multi_rule *rule, uint16_t id,
                     struct found_by *by)
{
    m->least[id] = rule->facts;
    for (size_t i = 0; i < rule->n_keywords; i++)
        VEC_PUSH(by->entries, by->n_entries, by->cap_entries) =
            (struct entry){folded(m, rule->keywords[i]), id};
    if (!rule->n_keywords)
        set_bit(m->wordless, id);
    by->prefixes[by->n_ids] =
        shortest(rule) < RARE ? need_prefix(rule->pattern) : prefix_anything;
    by->ids[by->n_ids] = id;
    if (starts_tell(&by->prefixes[by->n_ids]))
        by->n_ids++;
    else
        set_bit(m->startless, id);
}

static void set_words(struct multi *m)
{
    struct byteset words = byteset_or(byteset_words, byteset_high);
    for (unsigned c = 0; c < 256; c++)
        m->is_word[c] = byteset_has(&words, (uint8_t)c);
}

enum err multi_new(const struct multi_rule *rules, size_t n, struct multi **out,
                   struct error *e)
{
    if (n > MULTI_RULES)
        return err_set(e, ERR_LIMIT, "more than %u detectors", MULTI_RULES);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < rules[i].n_keywords; k++)
            if (rules[i].keywords[k].n == 0)
                return err_set(e, ERR_DATA, "an empty keyword");
    struct multi *m = NEW(struct multi);
    struct found_by by = {.prefixes = alloc_zero(n, sizeof *by.prefixes),
                          .ids = alloc_zero(n, sizeof *by.ids)};
    m->n_rules = n;
    m->least = alloc_zero(n, sizeof *m->least);
    m->wordless = alloc_zero(n / 64 + 1, sizeof *m->wordless);
    m->startless = alloc_zero(n / 64 + 1, sizeof *m->startless);
    set_words(m);
    for (size_t i = 0; i < n; i++)
        add_rule(m, &rules[i], (uint16_t)i, &by);
    if (by.n_entries)
        qsort(by.entries, by.n_entries, sizeof *by.entries, by_text);
    make_classes(m, by.entries, by.n_entries);
    join_keywords(m, by.entries, by.n_entries);
    make_buckets(m);
    m->starts = starts_new(by.prefixes, by.ids, by.n_ids);
    free(by.entries);
    free(by.prefixes);
    free(by.ids);
    *out = m;
    return ERR_OK;
}

void multi_free(struct multi *m)
{
    if (!m)
        return;
    free(m->least);
    free(m->buckets);
    free(m->keywords);
    free(m->rules);
    free(m->single);
    free(m->wordless);
    free(m->startless);
    starts_free(m->starts);
    arena_done(&m->letters);
    free(m);
}

struct multi_scratch *multi_scratch_new(const struct multi *m)
{
    struct multi_scratch *s = NEW(struct multi_scratch);
    s->words = alloc_zero(m->n_rules / 64 + 1, sizeof *s->words);
    s->starts = alloc_zero(m->n_rules / 64 + 1, sizeof *s->starts);
    s->out = alloc_zero(m->n_rules, sizeof *s->out);
    return s;
}

void multi_scratch_free(struct multi_scratch *s)
{
    if (!s)
        return;
    free(s->words);
    free(s->starts);
    free(s->out);
    free(s);
}

static void set_rules(const struct multi *m, struct multi_scratch *s,
                      const struct keyword *k)
{
    for (uint32_t i = k->from; i < k->to; i++)
        set_bit(s->words, m->rules[i]);
}

static bool starts_folded(const uint8_t *p, size_t n, struct str word)
{
    if (n < word.n)
        return false;
    for (size_t i = 0; i < word.n; i++)
        if (fold(p[i]) != (uint8_t)word.p[i])
            return false;
    return true;
}

/* The pair is at byte i of the text. */
static void try_bucket(const struct multi *m, struct multi_scratch *s,
                       const struct bucket *b, struct str text, size_t i)
{
    for (uint32_t k = b->from; k < b->to; k++) {
        const struct keyword *word = &m->keywords[k];
        if (i < word->at)
            continue;
        struct str rest = str_from(text, i - word->at);
        if (starts_folded((const uint8_t *)rest.p, rest.n, word->text))
            set_rules(m, s, word);
    }
}

/* Sets the rules of all keywords in the text. */
static void find_keywords(const struct multi *m, struct multi_scratch *s,
                          struct str text)
{
    const uint8_t *p = (const uint8_t *)text.p;
    unsigned class = m->class_of[p[0]], next = OTHER;
    uint64_t seen = UINT64_C(1) << class;
    for (size_t i = 0; i + 1 < text.n; i++) {
        next = m->class_of[p[i + 1]];
        seen |= UINT64_C(1) << next;
        const struct bucket *b = &m->buckets[m->bucket_of[class * CLASSES + next]];
        unsigned third = i + 2 < text.n ? m->class_of[p[i + 2]] : OTHER;
        class = next;
        if (b->third >> third & 1)
            try_bucket(m, s, b, text, i);
    }
    for (size_t i = 0; i < m->n_single; i++) {
        uint8_t c = (uint8_t)m->single[i].text.p[0];
        /* The last class has several bytes. */
        if (seen >> m->class_of[c] & 1 &&
            (memchr(p, c, text.n) || (is_letter(c) && memchr(p, c ^ 0x20, text.n))))
            set_rules(m, s, &m->single[i]);
    }
}

/* The text's own digits and marks, as need.h counts them; loops that compilers make
 * vectors of. */
static unsigned digits_of(struct str text)
{
    unsigned n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += (uint8_t)(text.p[i] - '0') < 10;
    return n;
}

static unsigned marks_of(struct str text)
{
    unsigned n = 0;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = (uint8_t)text.p[i];
        bool visible = (uint8_t)(c - '!') <= '~' - '!';
        bool word =
            ((uint8_t)(c - '0') < 10) | ((uint8_t)((c | 0x20) - 'a') < 26) | (c == '_');
        n += visible & !word;
    }
    return n;
}

static unsigned run_of(const struct multi *m, struct str text)
{
    unsigned run = 0, longest = 0;
    for (size_t i = 0; i < text.n; i++) {
        run = m->is_word[(uint8_t)text.p[i]] ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* Of the candidates those whose needs the text has. */
static size_t keep_needed(const struct multi *m, uint16_t *rules, size_t n,
                          struct str text)
{
    struct need has = {.digits = digits_of(text), .marks = marks_of(text)};
    bool run_known = false;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const struct need *need = &m->least[rules[i]].need;
        if (has.digits < need->digits || has.marks < need->marks)
            continue;
        if (need->run > SHORT_RUN && !run_known) {
            has.run = run_of(m, text);
            run_known = true;
        }
        if (need->run <= SHORT_RUN || has.run >= need->run)
            rules[kept++] = rules[i];
    }
    return kept;
}

size_t multi_run(const struct multi *m, struct multi_scratch *s, struct str text,
                 const uint16_t **out_rules)
{
    size_t n = 0, words = m->n_rules / 64 + 1;
    memcpy(s->words, m->wordless, words * sizeof *s->words);
    memcpy(s->starts, m->startless, words * sizeof *s->starts);
    if (text.n)
        find_keywords(m, s, text);
    starts_run(m->starts, text, s->starts);
    for (size_t word = 0; word < words; word++)
        for (uint64_t bits = s->words[word] & s->starts[word]; bits; bits &= bits - 1) {
            size_t rule = word * 64 + (size_t)__builtin_ctzll(bits);
            if (text.n >= m->least[rule].min_length)
                s->out[n++] = (uint16_t)rule;
        }
    *out_rules = s->out;
    return n ? keep_needed(m, s->out, n, text) : 0;
}
