#include "match/multi.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "match/keywords.h"
#include "match/needs.h"
#include "match/starts.h"

/*
 * What costs least is asked first: what the text has of what patterns need
 * (match/needs), then how it can begin of those patterns that are left and have no
 * keyword, or one that is too short to be rare (match/starts), then keywords. Keywords
 * of one byte or two stand in every text: they are only looked for when a rule with
 * such a one is left.
 */
#define RARE KEYWORDS_LEAST /* bytes of a keyword that is rare */

/* Few texts have so much: it is more than the words and dates of prose. */
#define RARE_DIGITS 9u
#define RARE_RUN    16u

struct brief { /* a keyword of one byte or two */
    uint8_t n, byte[2];
    uint8_t fold[2]; /* bits that do not count: the case of letters */
    uint16_t owner;
};

struct multi {
    size_t n_rules;
    struct needs *needs;
    unsigned *run;          /* by rule: the run that it needs */
    struct keywords *words; /* RARE bytes and more */
    struct brief *briefs;   /* by rule */
    size_t n_briefs, cap_briefs;
    struct starts *starts;
    /* A bit per rule: it is not found by its keywords, or not by its beginning, or has
     * a brief keyword. */
    uint64_t *wordless, *startless, *brief;
};

struct multi_scratch {
    /* A bit per rule: what it needs is there; it has a keyword; it can begin. */
    uint64_t *possible, *words, *starts;
    uint16_t *out;
};

static void set_bit(uint64_t *bits, size_t i)
{
    bits[i / 64] |= UINT64_C(1) << i % 64;
}

static bool is_letter(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
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
    struct keyword *words;
    size_t n_words, cap_words;
    struct start *starts;
    size_t n_starts;
};

static void add_keyword(struct multi *m, struct str text, uint16_t id,
                        struct found_by *by)
{
    if (text.n >= RARE) {
        VEC_PUSH(by->words, by->n_words, by->cap_words) =
            (struct keyword){.text = text, .owner = id};
        return;
    }
    struct brief b = {.n = (uint8_t)text.n, .owner = id};
    for (size_t i = 0; i < text.n; i++) {
        b.fold[i] = is_letter((uint8_t)text.p[i]) ? 0x20 : 0;
        b.byte[i] = (uint8_t)text.p[i] | b.fold[i];
    }
    set_bit(m->brief, id);
    VEC_PUSH(m->briefs, m->n_briefs, m->cap_briefs) = b;
}

static void add_start(struct multi *m, const struct multi_rule *rule, uint16_t id,
                      struct found_by *by)
{
    struct start *start = &by->starts[by->n_starts];
    const struct need *need = &rule->facts.need;
    *start = (struct start){
        .prefix = shortest(rule) < RARE ? need_prefix(rule->pattern) : prefix_anything,
        .id = id,
        .rare = need->digits >= RARE_DIGITS || need->run >= RARE_RUN,
    };
    if (starts_tell(&start->prefix))
        by->n_starts++;
    else
        set_bit(m->startless, id);
}

static void add_rule(struct multi *m, const struct multi_rule *rule, uint16_t id,
                     struct found_by *by)
{
    m->run[id] = rule->facts.need.run;
    for (size_t i = 0; i < rule->n_keywords; i++)
        add_keyword(m, rule->keywords[i], id, by);
    if (!rule->n_keywords)
        set_bit(m->wordless, id);
    add_start(m, rule, id, by);
}

static struct needs *needs_of(const struct multi_rule *rules, size_t n)
{
    struct pattern_facts *facts = alloc_zero(n, sizeof *facts);
    for (size_t i = 0; i < n; i++)
        facts[i] = rules[i].facts;
    struct needs *needs = needs_new(facts, n);
    free(facts);
    return needs;
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
    struct found_by by = {.starts = alloc_zero(n, sizeof *by.starts)};
    size_t words = n / 64 + 1;
    m->n_rules = n;
    m->run = alloc_zero(n, sizeof *m->run);
    m->wordless = alloc_zero(words, sizeof *m->wordless);
    m->startless = alloc_zero(words, sizeof *m->startless);
    m->brief = alloc_zero(words, sizeof *m->brief);
    for (size_t i = 0; i < n; i++)
        add_rule(m, &rules[i], (uint16_t)i, &by);
    m->needs = needs_of(rules, n);
    m->words = keywords_new(by.words, by.n_words);
    m->starts = starts_new(by.starts, by.n_starts);
    free(by.words);
    free(by.starts);
    *out = m;
    return ERR_OK;
}

void multi_free(struct multi *m)
{
    if (!m)
        return;
    needs_free(m->needs);
    keywords_free(m->words);
    starts_free(m->starts);
    free(m->run);
    free(m->briefs);
    free(m->wordless);
    free(m->startless);
    free(m->brief);
    free(m);
}

struct multi_scratch *multi_scratch_new(const struct multi *m)
{
    size_t words = m->n_rules / 64 + 1;
    struct multi_scratch *s = NEW(struct multi_scratch);
    s->possible = alloc_zero(words, sizeof *s->possible);
    s->words = alloc_zero(words, sizeof *s->words);
    s->starts = alloc_zero(words, sizeof *s->starts);
    s->out = alloc_zero(m->n_rules, sizeof *s->out);
    return s;
}

void multi_scratch_free(struct multi_scratch *s)
{
    if (!s)
        return;
    free(s->possible);
    free(s->words);
    free(s->starts);
    free(s->out);
    free(s);
}

/* A loop that compilers make a vector of. */
static bool has_pair(struct str text, const struct brief *b)
{
    const uint8_t *p = (const uint8_t *)text.p;
    uint8_t first = b->byte[0], second = b->byte[1], any = 0;
    uint8_t fold1 = b->fold[0], fold2 = b->fold[1];
    for (size_t i = 0; i + 1 < text.n; i++)
        any |= ((p[i] | fold1) == first) & ((p[i + 1] | fold2) == second);
    return any;
}

static bool has_single(struct str text, const struct brief *b)
{
    return memchr(text.p, b->byte[0], text.n) ||
           (b->fold[0] && memchr(text.p, b->byte[0] ^ b->fold[0], text.n));
}

/* Looks for the brief keywords of the rules that are left but for a keyword. */
static void find_brief(const struct multi *m, struct multi_scratch *s, struct str text)
{
    uint64_t any = 0;
    for (size_t i = 0; i < m->n_rules / 64 + 1; i++)
        any |= s->possible[i] & s->starts[i] & ~s->words[i] & m->brief[i];
    for (size_t i = 0; any && i < m->n_briefs; i++) {
        const struct brief *b = &m->briefs[i];
        size_t word = b->owner / 64;
        uint64_t left = s->possible[word] & s->starts[word] & ~s->words[word];
        if (left >> b->owner % 64 & 1 &&
            (b->n == 1 ? has_single(text, b) : has_pair(text, b)))
            set_bit(s->words, b->owner);
    }
}

/* The bounds of a text's longest run are wide; where they let a rule pass that needs a
 * long one, it is measured. */
static size_t keep_needed(const struct multi *m, uint16_t *rules, size_t n,
                          const struct needs_had *had, struct str text)
{
    unsigned run = had->run, sure = run == UINT_MAX ? NEEDS_RUN : run / 2;
    bool measured = false;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned least = m->run[rules[i]];
        if (!measured && least > sure) {
            run = needs_run(text);
            measured = true;
        }
        if (run >= least)
            rules[kept++] = rules[i];
    }
    return kept;
}

size_t multi_run(const struct multi *m, struct multi_scratch *s, struct str text,
                 const uint16_t **out_rules)
{
    size_t n = 0, words = m->n_rules / 64 + 1;
    struct needs_had had = needs_count(text);
    *out_rules = s->out;
    if (!needs_met(m->needs, &had, s->possible))
        return 0;
    memcpy(s->words, m->wordless, words * sizeof *s->words);
    memcpy(s->starts, m->startless, words * sizeof *s->starts);
    if (text.n) {
        starts_run(m->starts, text, s->possible, s->starts);
        keywords_run(m->words, text, s->words);
        find_brief(m, s, text);
    }
    for (size_t word = 0; word < words; word++) {
        uint64_t bits = s->possible[word] & s->words[word] & s->starts[word];
        for (; bits; bits &= bits - 1)
            s->out[n++] = (uint16_t)(word * 64 + (size_t)__builtin_ctzll(bits));
    }
    return n ? keep_needed(m, s->out, n, &had, text) : 0;
}
