#include "scrub/rule.h"

#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "match/check.h"
#include "match/multi.h"
#include "match/pattern.h"
#include "schema/schema.h"
#include "scrub/words.h"

/* Does the target of a hit pass every check of the rule? */
static bool passes(const struct rule *r, struct str target)
{
    for (size_t i = 0; i < r->n_checks; i++)
        if (!r->checks[i].check->run(target, r->checks[i].parameter))
            return false;
    return true;
}

static bool holds(struct str text, struct str word)
{
    for (size_t at = 0; at + word.n <= text.n; at++)
        if (strncasecmp(text.p + at, word.p, word.n) == 0)
            return true;
    return false;
}

bool rule_has_keyword(const struct rule *r, struct str text)
{
    for (size_t i = 0; i < r->n_keywords; i++)
        if (holds(text, r->keywords[i]))
            return true;
    return !r->n_keywords;
}

bool rule_find(const struct rule *r, struct matcher *m, struct str text, size_t from,
               struct pattern_hit *hit, bool *runaway)
{
    *runaway = false;
    if (!r->value) {
        *hit = (struct pattern_hit){.to = text.n, .target_to = text.n};
        return from == 0 && passes(r, text);
    }
    while (from <= text.n) {
        enum pattern_result found = pattern_run(r->value, m, text, from, hit);
        if (found == PATTERN_RUNAWAY) {
            *runaway = true;
            *hit = (struct pattern_hit){.to = text.n, .target_to = text.n};
            return true;
        }
        if (found == PATTERN_NO)
            return false;
        if (passes(r,
                   str_n(text.p + hit->target_from, hit->target_to - hit->target_from)))
            return true;
        /* Checks failed: look on behind the first character of this hit, so that a
         * false start does not hide a true one inside it. */
        from = hit->from + 1;
        while (from < text.n && ((uint8_t)text.p[from] & 0xc0) == 0x80)
            from++;
    }
    return false;
}

bool rule_hits(const struct rule *r, struct matcher *m, struct str text)
{
    struct pattern_hit hit;
    bool runaway;
    return rule_has_keyword(r, text) && rule_find(r, m, text, 0, &hit, &runaway);
}

enum err rule_test(const struct rule *r, struct matcher *m, struct error *e)
{
    struct error inner = ERROR_INIT;
    if (r->value && pattern_check(r->value, m, &inner) != ERR_OK)
        return err_set(e, ERR_DATA, "%.*s: line %u: rule %.*s: %s", STR_ARG(r->file),
                       r->line, STR_ARG(r->id), inner.line);
    for (size_t i = 0; i < r->n_match; i++)
        if (!rule_hits(r, m, r->match[i]))
            return err_set(e, ERR_DATA,
                           "%.*s: line %u: rule %.*s: match example %zu is "
                           "not matched",
                           STR_ARG(r->file), r->line, STR_ARG(r->id), i + 1);
    for (size_t i = 0; i < r->n_keep; i++)
        if (rule_hits(r, m, r->keep[i]))
            return err_set(e, ERR_DATA,
                           "%.*s: line %u: rule %.*s: keep example %zu is "
                           "matched",
                           STR_ARG(r->file), r->line, STR_ARG(r->id), i + 1);
    return ERR_OK;
}

static void rule_done(struct rule *r)
{
    pattern_free(r->value);
    r->value = NULL;
    if (r->action && r->action->done && r->params)
        r->action->done(r->params);
    r->params = NULL;
}

struct ruleset *ruleset_new(void)
{
    return NEW(struct ruleset);
}

void ruleset_free(struct ruleset *rs)
{
    if (!rs)
        return;
    for (size_t i = 0; i < rs->n_rules; i++)
        rule_done(rs->rules[i]);
    path_set_free(rs->paths);
    multi_free(rs->multi);
    words_free(rs->words);
    table_done(&rs->by_id);
    table_done(&rs->disabled);
    free(rs->rules);
    free(rs->packs);
    free(rs->ranks);
    free(rs->owners);
    free(rs->keyed);
    free(rs->detectors);
    arena_done(&rs->arena);
    free(rs);
}

static enum err add_paths(struct ruleset *rs, struct rule *r, size_t *cap,
                          struct error *e)
{
    for (size_t i = 0; i < r->n_at; i++) {
        path_rank rank;
        if (path_set_add(rs->paths, r->at[i], (uint32_t)rs->n_patterns, &rank, e) !=
            ERR_OK) {
            struct error inner = e ? *e : (struct error)ERROR_INIT;
            return err_set(e, inner.code, "%.*s: line %u: rule %.*s: at, item %zu: %s",
                           STR_ARG(r->file), r->line, STR_ARG(r->id), i + 1,
                           inner.line);
        }
        if (rs->n_patterns == *cap) {
            *cap = *cap ? *cap * 2 : 256;
            rs->ranks = alloc_resize(rs->ranks, *cap, sizeof *rs->ranks);
            rs->owners = alloc_resize(rs->owners, *cap, sizeof *rs->owners);
        }
        rs->ranks[rs->n_patterns] = rank;
        rs->owners[rs->n_patterns++] = r;
    }
    return ERR_OK;
}

static enum err make_multi(struct ruleset *rs, struct error *e)
{
    struct multi_rule *list = alloc_zero(rs->n_detectors, sizeof *list);
    for (size_t i = 0; i < rs->n_detectors; i++) {
        const struct rule *r = rs->detectors[i];
        list[i] = (struct multi_rule){.pattern = r->value_text,
                                      .keywords = r->keywords,
                                      .n_keywords = r->n_keywords,
                                      .facts = *pattern_facts(r->value)};
    }
    enum err code = multi_new(list, rs->n_detectors, &rs->multi, e);
    free(list);
    return code;
}

static void digest_rules(struct rule *const *rules, size_t n, uint8_t out[SHA256_SIZE])
{
    CLEANUP(sha256_freep) struct sha256 *d = sha256_new();
    for (size_t i = 0; i < n; i++)
        sha256_add(d, str_n((const char *)rules[i]->digest, SHA256_SIZE));
    sha256_end(d, out);
}

enum err ruleset_ready(struct ruleset *rs, struct error *e)
{
    size_t n = 0, cap_patterns = 0, cap_keyed = 0, cap_detectors = 0;
    rs->paths = path_set_new();
    for (size_t i = 0; i < rs->n_rules; i++) {
        struct rule *r = rs->rules[i];
        if (table_get(&rs->disabled, r->id)) {
            rule_done(r);
            continue;
        }
        r->order = (uint32_t)n;
        rs->rules[n++] = r;
        TRY(add_paths(rs, r, &cap_patterns, e));
        if (r->n_key)
            VEC_PUSH(rs->keyed, rs->n_keyed, cap_keyed) = r;
        if (rule_is_detector(r))
            VEC_PUSH(rs->detectors, rs->n_detectors, cap_detectors) = r;
        rs->has_when |= rule_looks_at_siblings(r);
        rs->has_keys |= r->keys;
    }
    rs->n_rules = n;
    if (!n)
        return err_set(e, ERR_DATA, "no rule is effective: nothing would be scrubbed");
    digest_rules(rs->rules, rs->n_rules, rs->digest);
    digest_rules(rs->detectors, rs->n_detectors, rs->detector_digest);
    TRY(words_new(&rs->words, e));
    return make_multi(rs, e);
}

/* The field that a pattern of one step names, or NULL. */
static const struct field *named_field(const struct schema *schema, struct str at)
{
    size_t n = 0;
    while (n < at.n && at.p[n] != '.' && at.p[n] != ':')
        n++;
    const struct type *type = schema_type(schema, str_n(at.p, n));
    if (!type || type->kind != TYPE_OBJECT || n == at.n)
        return NULL;
    return schema_field(type, str_from(at, n + 1));
}

enum err ruleset_fits(const struct ruleset *rs, const struct schema *schema,
                      struct error *e)
{
    for (size_t i = 0; i < rs->n_rules; i++) {
        const struct rule *r = rs->rules[i];
        if (r->action != &act_pseudonym || r->accept_reversible)
            continue;
        for (size_t k = 0; k < r->n_at; k++) {
            const struct field *f = named_field(schema, r->at[k]);
            if (f && (f->type->kind == TYPE_ENUM || f->type->kind == TYPE_BOOLEAN))
                return err_set(
                    e, ERR_DATA,
                    "%.*s: line %u: rule %.*s: at, item %zu: a pseudonym of an "
                    "enum or Boolean is reversed by trying all: redact it, or "
                    "say accept_reversible: true",
                    STR_ARG(r->file), r->line, STR_ARG(r->id), k + 1);
        }
    }
    return ERR_OK;
}
