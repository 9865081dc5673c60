/*
 * rule: rule packs read, checked and ranked: a ruleset.
 *
 *     ruleset_new(&rs); ruleset_add(rs, text, "rules/pii.yaml") … ; ruleset_ready(rs)
 *
 * The format of a pack is sandcast-rules(5). A pack does not load with an unknown field
 * or action, a duplicate id, a bad pattern or path, no effective rule, and, unless
 * `trusted` (the shipped packs, whose examples the test suite and `rules test` run), a
 * failing example or a pattern that runs away. Messages name file, line and rule.
 *
 * After ruleset_ready() it is immutable; any number of threads read it.
 *
 * Limits: RULES rules of a set; the pack files by DOC_SIZE.
 */
#ifndef SCRUB_RULE_H
#define SCRUB_RULE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/table.h"
#include "crypt/digest.h"
#include "scrub/act.h"
#include "json/path.h"

#define RULES      16384u /* 82 entities of 20 fields ruled one by one are 1,640 */
#define RULE_LISTS 4096u  /* items of one list in a rule */

struct check;
struct multi;
struct pattern;
struct schema;

enum rule_types { /* bits of JSON types a rule looks at */
                  RULE_STRING = 1 << ACT_STRING,
                  RULE_NUMBER = 1 << ACT_NUMBER,
                  RULE_BOOL = 1 << ACT_BOOL,
                  RULE_NULL = 1 << ACT_NULL,
                  RULE_ALL = 15,
};

struct rule_check {
    const struct check *check;
    double parameter;
};

struct rule_when { /* sibling `name` has one of these texts */
    struct str name;
    struct str *values;
    size_t n_values;
};

struct rule {
    struct str id, pack, class, because;
    struct str file;
    unsigned line;
    uint32_t order; /* in the set: by pack, then by rule */

    struct str *at, *key; /* key: each item is segments joined by one space */
    size_t n_at, n_key;
    struct pattern *value; /* NULL: any value */
    struct str value_text;
    struct str *keywords;
    size_t n_keywords;
    struct rule_check *checks;
    size_t n_checks;
    unsigned types; /* enum rule_types */
    struct rule_when *when;
    size_t n_when;
    bool free_text;
    bool keys; /* about the names of the members it reaches, not about their values */

    const struct action *action;
    void *params;
    bool accept_reversible;
    struct str *match, *keep; /* examples */
    size_t n_match, n_keep;
    uint8_t digest[SHA256_SIZE]; /* of all that can change a result */
};

/* A detector has neither path nor key: it is searched inside values. */
static inline bool rule_is_detector(const struct rule *r)
{
    return !r->n_at && !r->n_key;
}

/* Decides without looking at the value. */
static inline bool rule_is_unconditional(const struct rule *r)
{
    return !r->value && !r->n_checks && !r->n_when && r->types == RULE_ALL;
}

/* By `when`, or for the subject of a date. */
static inline bool rule_looks_at_siblings(const struct rule *r)
{
    return r->n_when || act_subject(r->action, r->params).n;
}

struct ruleset {
    /* Set before the first pack is added: shipped packs are read from their text too,
     * for their examples, which their compiled form (pack_image) has not. */
    bool from_text;

    struct arena arena;
    struct rule **rules;
    size_t n_rules, cap_rules;
    struct table by_id;
    struct table disabled;
    struct str *packs;
    size_t n_packs, cap_packs;

    /* After ruleset_ready() */
    struct path_set *paths;
    path_rank *ranks;     /* per pattern */
    struct rule **owners; /* per pattern */
    size_t n_patterns;
    struct rule **keyed; /* rules with `key`, in order */
    size_t n_keyed;
    struct rule **detectors; /* rule i is bit i of `multi` */
    size_t n_detectors;
    struct multi *multi;
    struct words *words; /* for pseudonyms */
    bool has_when, has_keys;
    uint8_t digest[SHA256_SIZE];          /* of all rules in order */
    uint8_t detector_digest[SHA256_SIZE]; /* of the detectors */
};

struct ruleset *ruleset_new(void);
void ruleset_free(struct ruleset *rs);
DEFINE_CLEANUP(struct ruleset, ruleset_free);

/* Adds a pack's rules. `extends` adds the shipped packs that it names first. */
enum err ruleset_add(struct ruleset *rs, struct str text, const char *name,
                     bool trusted, struct error *e) MUST_CHECK;

/* Adds a shipped pack by name ("ion"), or a file by path; what has a slash or a dot is
 * a path. */
enum err ruleset_add_named(struct ruleset *rs, const char *name, struct error *e)
    MUST_CHECK;

/* The shipped packs, in their order; NULL past the end. */
const char *ruleset_shipped(size_t i);

/* Ranks and compiles. ERR_DATA when no rule is effective. */
enum err ruleset_ready(struct ruleset *rs, struct error *e) MUST_CHECK;

struct pattern_hit;

/* Does the text hold one of the rule's keywords, in any case? True when it has none. */
bool rule_has_keyword(const struct rule *r, struct str text);

/* The first place from byte `from` on where the rule's pattern matches and its checks
 * pass; keywords are the caller's to look for, once per text. A pattern that runs away
 * hits the whole text: fail closed. */
bool rule_find(const struct rule *r, struct matcher *m, struct str text, size_t from,
               struct pattern_hit *out, bool *out_runaway);

/* Do the rules fit the schema? ERR_DATA for a pseudonym of an enum or a Boolean, which
 * anybody reverses by trying all, unless the rule says accept_reversible. Looks at
 * paths of one step (Part.trackingType); a boolean elsewhere is refused when it is met.
 */
enum err ruleset_fits(const struct ruleset *rs, const struct schema *schema,
                      struct error *e) MUST_CHECK;

/* Does the rule hit this whole value, alone (value and checks)? For examples. A
 * detector hits when it finds something in it. */
bool rule_hits(const struct rule *r, struct matcher *m, struct str text);

/* Runs a rule's examples; ERR_DATA names the first that fails by its place in the list.
 */
enum err rule_test(const struct rule *r, struct matcher *m, struct error *e) MUST_CHECK;

#endif
