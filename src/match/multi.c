#include "match/multi.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "match/need.h"
#include "match/pattern.h"

/*
 * One pass over the text finds the keywords. Bytes fall into at most CLASSES classes,
 * the two cases of a letter into one; two classes in a row choose a bucket of keywords
 * that begin so (8 KiB of table, which stays in the first-level cache), a set of
 * classes says whether any of them goes on with the third, and only then they are
 * compared.
 *
 * Rules without keywords are asked for what PCRE2 knows of their pattern: a byte that
 * can begin a match and one that every match holds must occur.
 */
#define CLASSES 64u
#define OTHER   0u /* the class of bytes that no keyword has among its first three */

struct bucket {
    uint64_t third;    /* classes; all when a keyword has only two bytes */
    uint32_t from, to; /* keywords */
};

struct keyword {
    struct str text;   /* ASCII letters in lower case; in multi.letters */
    uint32_t from, to; /* in multi.rules */
    uint16_t pair;     /* the classes of its first two bytes */
};

enum { KIND_DIGIT = 1, KIND_MARK = 2, KIND_WORD = 4 };

struct bare {          /* a rule without keywords */
    uint8_t first[32]; /* bytes that can begin a match */
    uint16_t rule;
    bool any_first;
    int last; /* see pattern_last_byte() */
};

struct multi {
    size_t n_rules;
    struct least {
        uint32_t bytes;
        struct need need;
    } * least;            /* by rule */
    uint8_t kind_of[256]; /* KIND_… */
    uint8_t class_of[256];
    uint16_t bucket_of[CLASSES * CLASSES]; /* index + 1 */
    struct bucket *buckets;
    size_t n_buckets, cap_buckets;
    struct keyword *keywords; /* of two bytes or more, by pair */
    size_t n_keywords, cap_keywords;
    struct keyword *single; /* of one byte */
    size_t n_single, cap_single;
    struct bare *bare;
    size_t n_bare, cap_bare;
    uint16_t *rules;
    size_t n_rule_list, cap_rule_list;
    struct buf letters;
};

struct multi_scratch {
    uint64_t *hit; /* a bit per rule */
    uint16_t *out;
};

static uint8_t fold(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
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

/* Classes for the bytes that begin keywords, most special first in order of the bytes;
 * when there are more bytes than classes the last class has the rest. */
static void make_classes(struct multi *m, const struct entry *entries, size_t n)
{
    bool used[256] = {false};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < entries[i].text.n && k < 3; k++)
            used[(uint8_t)entries[i].text.p[k]] = true;
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
        k.pair = (uint16_t)(m->class_of[(uint8_t)text.p[0]] * CLASSES +
                            m->class_of[(uint8_t)text.p[1]]);
        VEC_PUSH(m->keywords, m->n_keywords, m->cap_keywords) = k;
    }
    if (m->n_keywords)
        qsort(m->keywords, m->n_keywords, sizeof *m->keywords, by_pair);
}

static void make_buckets(struct multi *m)
{
    for (size_t i = 0; i < m->n_keywords;) {
        struct bucket b = {.from = (uint32_t)i};
        uint16_t pair = m->keywords[i].pair;
        for (; i < m->n_keywords && m->keywords[i].pair == pair; i++) {
            struct str text = m->keywords[i].text;
            b.third |= text.n == 2 ? UINT64_MAX
                                   : UINT64_C(1) << m->class_of[(uint8_t)text.p[2]];
        }
        b.to = (uint32_t)i;
        VEC_PUSH(m->buckets, m->n_buckets, m->cap_buckets) = b;
        m->bucket_of[pair] = (uint16_t)m->n_buckets;
    }
}

static enum err add_bare(struct multi *m, const struct multi_rule *rule, size_t i,
                         struct error *e)
{
    CLEANUP(pattern_freep) struct pattern *p = NULL;
    TRY(pattern_new(rule->pattern, &p, e));
    struct bare b = {.rule = (uint16_t)i, .last = pattern_last_byte(p)};
    b.any_first = !pattern_first_bytes(p, b.first);
    VEC_PUSH(m->bare, m->n_bare, m->cap_bare) = b;
    return ERR_OK;
}

/* Folded copies of all keywords; entries point into m->letters, which grows no more. */
static struct entry *collect(struct multi *m, const struct multi_rule *rules, size_t n,
                             size_t *out_n)
{
    size_t size = 0, count = 0;
    for (size_t i = 0; i < n; i++) {
        count += rules[i].n_keywords;
        for (size_t k = 0; k < rules[i].n_keywords; k++)
            size += rules[i].keywords[k].n;
    }
    buf_room(&m->letters, size);
    struct entry *entries = alloc_zero(count, sizeof *entries);
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < rules[i].n_keywords; k++) {
            struct str word = rules[i].keywords[k];
            char *copy = m->letters.p + m->letters.n;
            for (size_t c = 0; c < word.n; c++)
                copy[c] = (char)fold((uint8_t)word.p[c]);
            m->letters.n += word.n;
            entries[at++] = (struct entry){str_n(copy, word.n), (uint32_t)i};
        }
    if (count)
        qsort(entries, count, sizeof *entries, by_text);
    *out_n = count;
    return entries;
}

static void set_kinds(struct multi *m)
{
    for (int c = 0; c < 256; c++) {
        bool digit = c >= '0' && c <= '9';
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        bool word = digit || letter || c >= 0x80;
        bool mark = !word && c > ' ' && c < 0x7f;
        m->kind_of[c] = (uint8_t)((digit ? KIND_DIGIT : 0) | (mark ? KIND_MARK : 0) |
                                  (word ? KIND_WORD : 0));
    }
}

enum err multi_new(const struct multi_rule *rules, size_t n, struct multi **out,
                   struct error *e)
{
    if (n > MULTI_RULES)
        return err_set(e, ERR_LIMIT, "more than %u detectors", MULTI_RULES);
    CLEANUP(multi_freep) struct multi *m = NEW(struct multi);
    m->n_rules = n;
    set_kinds(m);
    m->least = alloc_zero(n, sizeof *m->least);
    for (size_t i = 0; i < n; i++) {
        m->least[i] =
            (struct least){(uint32_t)rules[i].min_length, need_of(rules[i].pattern)};
        for (size_t k = 0; k < rules[i].n_keywords; k++)
            if (rules[i].keywords[k].n == 0)
                return err_set(e, ERR_DATA, "an empty keyword");
        if (!rules[i].n_keywords)
            TRY(add_bare(m, &rules[i], i, e));
    }
    size_t n_entries;
    struct entry *entries = collect(m, rules, n, &n_entries);
    make_classes(m, entries, n_entries);
    join_keywords(m, entries, n_entries);
    make_buckets(m);
    free(entries);
    *out = m;
    m = NULL;
    return ERR_OK;
}

void multi_free(struct multi *m)
{
    if (!m)
        return;
    free(m->least);
    free(m->buckets);
    free(m->keywords);
    free(m->single);
    free(m->bare);
    free(m->rules);
    buf_done(&m->letters);
    free(m);
}

struct multi_scratch *multi_scratch_new(const struct multi *m)
{
    struct multi_scratch *s = NEW(struct multi_scratch);
    s->hit = alloc_zero(m->n_rules / 64 + 1, sizeof *s->hit);
    s->out = alloc_zero(m->n_rules, sizeof *s->out);
    return s;
}

void multi_scratch_free(struct multi_scratch *s)
{
    if (!s)
        return;
    free(s->hit);
    free(s->out);
    free(s);
}

static void set_rules(const struct multi *m, struct multi_scratch *s,
                      const struct keyword *k)
{
    for (uint32_t i = k->from; i < k->to; i++)
        s->hit[m->rules[i] / 64] |= UINT64_C(1) << m->rules[i] % 64;
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

static void try_bucket(const struct multi *m, struct multi_scratch *s,
                       const struct bucket *b, struct str rest)
{
    for (uint32_t k = b->from; k < b->to; k++)
        if (starts_folded((const uint8_t *)rest.p, rest.n, m->keywords[k].text))
            set_rules(m, s, &m->keywords[k]);
}

/* Sets the rules of all keywords in the text; *seen are the bytes that it has. */
static void find_keywords(const struct multi *m, struct multi_scratch *s,
                          struct str text, bool seen[256])
{
    const uint8_t *p = (const uint8_t *)text.p;
    unsigned class = m->class_of[p[0]];
    for (size_t i = 0; i + 1 < text.n; i++) {
        unsigned next = m->class_of[p[i + 1]];
        unsigned bucket = m->bucket_of[class * CLASSES + next];
        seen[p[i]] = true;
        class = next;
        if (!bucket)
            continue;
        const struct bucket *b = &m->buckets[bucket - 1];
        unsigned third = i + 2 < text.n ? m->class_of[p[i + 2]] : OTHER;
        if (b->third >> third & 1)
            try_bucket(m, s, b, str_from(text, i));
    }
    seen[p[text.n - 1]] = true;
}

/* In either case of a letter. */
static bool has_byte(const bool seen[256], uint8_t c)
{
    uint8_t lower = c | 0x20;
    bool letter = lower >= 'a' && lower <= 'z';
    return seen[c] || (letter && seen[c ^ 0x20]);
}

static bool can_match(const struct bare *b, const bool seen[256],
                      const uint8_t present[32])
{
    if (b->last >= 0 && !has_byte(seen, (uint8_t)b->last))
        return false;
    if (b->any_first)
        return true;
    uint64_t bits[4], of[4], both = 0;
    memcpy(bits, b->first, 32);
    memcpy(of, present, 32);
    for (int i = 0; i < 4; i++)
        both |= bits[i] & of[i];
    return both != 0;
}

static bool has_need(struct need text, struct need need)
{
    return text.digits >= need.digits && text.marks >= need.marks &&
           text.run >= need.run;
}

static void find_bare(const struct multi *m, struct multi_scratch *s, struct need of,
                      const bool seen[256])
{
    uint8_t present[32];
    for (unsigned i = 0; i < 32; i++) {
        /* Bit 0 of byte k is multiplied to bit 56 + k: by 2^(56 - 7k). */
        uint64_t eight;
        memcpy(&eight, seen + (size_t)8 * i, 8);
        present[i] = (uint8_t)(eight * UINT64_C(0x0102040810204080) >> 56);
    }
    for (size_t i = 0; i < m->n_bare; i++)
        if (has_need(of, m->least[m->bare[i].rule].need) &&
            can_match(&m->bare[i], seen, present))
            s->hit[m->bare[i].rule / 64] |= UINT64_C(1) << m->bare[i].rule % 64;
}

/* The text's own digits, marks and longest run, as need.h counts them. */
static struct need text_has(const struct multi *m, struct str text)
{
    struct need has = {0};
    unsigned run = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned kind = m->kind_of[(uint8_t)text.p[i]];
        has.digits += kind & KIND_DIGIT;
        has.marks += kind / KIND_MARK & 1;
        run = kind & KIND_WORD ? run + 1 : 0;
        has.run = run > has.run ? run : has.run;
    }
    return has;
}

size_t multi_run(const struct multi *m, struct multi_scratch *s, struct str text,
                 const uint16_t **out_rules)
{
    bool seen[256] = {false};
    size_t n = 0;
    memset(s->hit, 0, (m->n_rules / 64 + 1) * sizeof *s->hit);
    if (text.n)
        find_keywords(m, s, text, seen);
    for (size_t i = 0; i < m->n_single; i++)
        if (has_byte(seen, (uint8_t)m->single[i].text.p[0]))
            set_rules(m, s, &m->single[i]);
    struct need has = text_has(m, text);
    find_bare(m, s, has, seen);
    for (size_t word = 0; word <= m->n_rules / 64; word++)
        for (uint64_t bits = s->hit[word]; bits; bits &= bits - 1) {
            size_t rule = word * 64 + (size_t)__builtin_ctzll(bits);
            if (text.n >= m->least[rule].bytes && has_need(has, m->least[rule].need))
                s->out[n++] = (uint16_t)rule;
        }
    *out_rules = s->out;
    return n;
}
