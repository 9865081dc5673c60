/* Reads rule packs: a document of doc/ into rules of rule.h. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/shipped.h"
#include "doc/doc.h"
#include "match/check.h"
#include "match/pattern.h"
#include "schema/schema.h"
#include "scrub/pack_image.h"
#include "scrub/rule.h"

#define PACK_SIZE     (16u << 20) /* bytes; the shipped packs together have 0.2 MiB */
#define PACK_EXTENDS  16          /* packs below packs */
#define KEY_SEGMENTS  16
#define KEYWORDS_EACH 64

static const char *const shipped[] = {"ion", "pii", "secrets", "export-control"};

const char *ruleset_shipped(size_t i)
{
    return i < sizeof shipped / sizeof *shipped ? shipped[i] : NULL;
}

struct load {
    struct ruleset *rs;
    const char *name; /* of the file */
    bool trusted;
    struct matcher *matcher; /* NULL when trusted */
    struct pack_image
        *image;            /* NULL: from a text. What the build checked is believed */
    struct str pack, file; /* for the rules */
};

static enum err bad(struct error *e, const struct load *l, const struct doc_node *n,
                    struct str rule, const char *what)
{
    if (rule.n)
        return err_set(e, ERR_DATA, "%s: line %u: rule %.*s: %s", l->name,
                       n ? n->line : 0, STR_ARG(rule), what);
    return err_set(e, ERR_DATA, "%s: line %u: %s", l->name, n ? n->line : 0, what);
}

static bool is_id(struct str s)
{
    if (!s.n || s.n > 64 || s.p[0] == '-')
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
              s.p[i] == '-'))
            return false;
    return true;
}

/* A key as a part of a line: at most 64 bytes of it, whole characters, none of them a
 * line's end. */
static void add_key(struct buf *out, struct str key)
{
    size_t n = key.n < 64 ? key.n : 64;
    while (n && n < key.n && ((uint8_t)key.p[n] & 0xc0) == 0x80)
        n--;
    for (size_t i = 0; i < n; i++)
        if ((uint8_t)key.p[i] < 0x20 || key.p[i] == 0x7f)
            buf_add_char(out, '?');
        else
            buf_add_char(out, key.p[i]);
}

/* Every member of a map must be one that is known: a misspelt condition would widen a
 * rule in silence. */
static enum err only(const struct load *l, const struct doc_node *n, struct str rule,
                     const char *const *known, struct error *e)
{
    for (size_t i = 0; i < n->n_items && !l->image; i++) {
        bool found = false;
        for (size_t k = 0; known[k]; k++)
            found |= str_eq(n->items[i]->key, str_of(known[k]));
        if (!found) {
            BUF_SCOPED line = BUF_INIT;
            buf_add_str(&line, STR("unknown field "));
            add_key(&line, n->items[i]->key);
            buf_add_str(&line, STR("; known are"));
            for (size_t k = 0; known[k]; k++)
                buf_printf(&line, "%s %s", k ? "," : "", known[k]);
            return bad(e, l, n->items[i], rule, buf_cstr(&line));
        }
    }
    return ERR_OK;
}

/* A text that lives as long as the rules: an image's does. */
static struct str lasting(const struct load *l, struct str s)
{
    return l->image ? s : arena_str(&l->rs->arena, s);
}

/* A scalar or a list of scalars, as texts. */
static enum err texts(const struct load *l, const struct doc_node *n, struct str rule,
                      struct str **out, size_t *out_n, struct error *e)
{
    if (!n)
        return ERR_OK;
    bool list = n->kind == DOC_LIST;
    size_t count = list ? n->n_items : 1;
    if (n->kind == DOC_MAP || (list && !count))
        return bad(e, l, n, rule, "a text or a list of texts is expected");
    if (count > RULE_LISTS)
        return bad(e, l, n, rule, "the list has more than 4096 items");
    *out = ARENA_ARRAY(&l->rs->arena, struct str, count);
    for (size_t i = 0; i < count; i++) {
        const struct doc_node *item = list ? n->items[i] : n;
        if (item->kind == DOC_LIST || item->kind == DOC_MAP || item->kind == DOC_NULL)
            return bad(e, l, item, rule, "a text is expected");
        (*out)[i] = lasting(l, item->text);
    }
    *out_n = count;
    return ERR_OK;
}

/* Key names become their segments, joined by one space: "apiKey" -> "api key". */
static void to_segments(struct arena *a, struct str *key)
{
    char lower[SCHEMA_NAME * 4];
    struct str seg[KEY_SEGMENTS];
    struct str in = str_n(key->p, key->n < sizeof lower ? key->n : sizeof lower);
    size_t n = schema_segments(in, lower, seg, KEY_SEGMENTS);
    BUF_SCOPED joined = BUF_INIT;
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_add_char(&joined, ' ');
        buf_add_str(&joined, seg[i]);
    }
    *key = arena_str(a, buf_str(&joined));
}

static enum err read_flag(const struct load *l, const struct doc_node *n,
                          struct str rule, bool *out, struct error *e)
{
    if (n && !doc_bool(n, out))
        return bad(e, l, n, rule, "free_text and keys are true or false");
    return ERR_OK;
}

/* What kind of thing a rule is about, for the evidence. */
static enum err read_class(const struct load *l, const struct doc_node *n,
                           struct rule *r, struct error *e)
{
    static const char *const names[] = {"person", "text",   "commercial", "supplier",
                                        "ident",  "file",   "location",   "secret",
                                        "org",    "export", "structure"};
    r->class = STR("");
    for (size_t i = 0; n && i < sizeof names / sizeof *names; i++)
        if (str_eq(n->text, str_of(names[i])))
            r->class = str_of(names[i]);
    if (n && !r->class.n)
        return bad(
            e, l, n, r->id,
            "class is person, text, commercial, supplier, ident, location, file, "
            "secret, org, export or structure");
    return ERR_OK;
}

static enum err read_types(const struct load *l, const struct doc_node *n,
                           struct rule *r, struct error *e)
{
    static const char *const names[] = {"string", "number", "boolean", "null"};
    r->types = n ? 0 : RULE_ALL;
    struct str *list = NULL;
    size_t count = 0;
    TRY(texts(l, n, r->id, &list, &count, e));
    for (size_t i = 0; i < count; i++) {
        unsigned bit = 0;
        for (unsigned k = 0; k < 4; k++)
            if (str_eq(list[i], str_of(names[k])))
                bit = 1u << k;
        if (!bit)
            return bad(e, l, n, r->id, "type is string, number, boolean or null");
        r->types |= bit;
    }
    return ERR_OK;
}

static enum err read_checks(const struct load *l, const struct doc_node *n,
                            struct rule *r, struct error *e)
{
    struct str *list = NULL;
    TRY(texts(l, n, r->id, &list, &r->n_checks, e));
    r->checks = ARENA_ARRAY(&l->rs->arena, struct rule_check, r->n_checks);
    for (size_t i = 0; list && i < r->n_checks; i++) {
        r->checks[i].check = check_find(list[i], &r->checks[i].parameter);
        if (!r->checks[i].check)
            return bad(e, l, n, r->id,
                       "no check of this name (see rules list --checks)");
    }
    return ERR_OK;
}

static enum err read_when(const struct load *l, const struct doc_node *n,
                          struct rule *r, struct error *e)
{
    static const char *const known[] = {"sibling", NULL};
    if (!n)
        return ERR_OK;
    const struct doc_node *sibling = doc_get(n, "sibling");
    if (n->kind != DOC_MAP || !sibling || sibling->kind != DOC_MAP || !sibling->n_items)
        return bad(e, l, n, r->id, "when is {sibling: {name: value}}");
    TRY(only(l, n, r->id, known, e));
    r->n_when = sibling->n_items;
    r->when = ARENA_ARRAY(&l->rs->arena, struct rule_when, r->n_when);
    for (size_t i = 0; i < r->n_when; i++) {
        r->when[i].name = lasting(l, sibling->items[i]->key);
        TRY(texts(l, sibling->items[i], r->id, &r->when[i].values, &r->when[i].n_values,
                  e));
    }
    return ERR_OK;
}

static enum err read_value(const struct load *l, const struct doc_node *n,
                           struct rule *r, struct error *e)
{
    if (!n)
        return ERR_OK;
    if (n->kind != DOC_STRING)
        return bad(e, l, n, r->id, "value is a regular expression in quotes");
    r->value_text = lasting(l, n->text);
    if (l->image) {
        r->value = pattern_known(r->value_text, &l->image->facts);
        return ERR_OK;
    }
    struct error inner = ERROR_INIT;
    if (pattern_new(r->value_text, &r->value, &inner) != ERR_OK)
        return bad(e, l, n, r->id, inner.line);
    return ERR_OK;
}

static enum err read_action(const struct load *l, const struct doc_node *n,
                            struct rule *r, struct error *e)
{
    const struct doc_node *name = doc_get(n, "action"), *with = doc_get(n, "with");
    if (!name || (name->kind != DOC_STRING && name->kind != DOC_NULL))
        return bad(e, l, n, r->id, "action is missing");
    /* YAML reads a bare null as no value: everybody writes it so. */
    r->action = name->kind == DOC_NULL ? &act_null : act_find(name->text);
    if (!r->action)
        return bad(e, l, name, r->id,
                   "no action of this name (see rules list --actions)");
    struct error inner = ERROR_INIT;
    if (with && with->kind != DOC_MAP)
        return bad(e, l, with, r->id, "with is a map of parameters");
    if (with && !r->action->check)
        return bad(e, l, with, r->id, "this action takes no parameters");
    if (with && r->action->params)
        TRY(only(l, with, r->id, r->action->params, e));
    if (r->action->check &&
        r->action->check(with, &l->rs->arena, &r->params, &inner) != ERR_OK)
        return bad(e, l, with ? with : name, r->id, inner.line);
    doc_bool(doc_get(with, "accept_reversible"), &r->accept_reversible);
    return ERR_OK;
}

/* A text of the rule that two rules share only if they do the same: kinds, lengths and
 * contents of all members but those that explain. */
static void rule_text(const struct doc_node *n, bool top, struct buf *out)
{
    buf_printf(out, "%d:%zu:%zu:", (int)n->kind, n->key.n, n->text.n);
    buf_add_str(out, n->key);
    buf_add_str(out, n->text);
    for (size_t i = 0; i < n->n_items; i++) {
        struct str key = n->items[i]->key;
        if (top && (str_eq(key, STR("because")) || str_eq(key, STR("examples")) ||
                    str_eq(key, STR("class"))))
            continue;
        rule_text(n->items[i], false, out);
    }
    buf_add_char(out, ';');
}

static void read_digest(const struct load *l, const struct doc_node *n, struct rule *r)
{
    if (l->image) {
        memcpy(r->digest, l->image->digest, SHA256_SIZE);
        return;
    }
    BUF_SCOPED text = BUF_INIT;
    rule_text(n, true, &text);
    sha256_of(buf_str(&text), r->digest);
}

static enum err read_examples(const struct load *l, const struct doc_node *n,
                              struct rule *r, struct error *e)
{
    static const char *const known[] = {"match", "keep", NULL};
    if (n && n->kind != DOC_MAP)
        return bad(e, l, n, r->id, "examples is {match: [...], keep: [...]}");
    if (n) {
        TRY(only(l, n, r->id, known, e));
        TRY(texts(l, doc_get(n, "match"), r->id, &r->match, &r->n_match, e));
        TRY(texts(l, doc_get(n, "keep"), r->id, &r->keep, &r->n_keep, e));
    }
    if (l->trusted)
        return ERR_OK;
    return rule_test(r, l->matcher, e);
}

/* Does the action make other names of other names, or leave them? */
static bool renames(const struct action *a)
{
    return a == &act_keep || a == &act_pseudonym || a == &act_hash || a == &act_mask ||
           a == &act_substitute;
}

static enum err check_sense(const struct load *l, const struct doc_node *n,
                            const struct rule *r, struct error *e)
{
    if (rule_is_detector(r) && !r->value)
        return bad(e, l, n, r->id,
                   "at, key or value is needed: it would hit everything");
    if (r->free_text && r->action != &act_keep)
        return bad(e, l, n, r->id, "free_text goes with action: keep");
    if (rule_is_detector(r) && (r->action == &act_drop || r->action == &act_null))
        return bad(e, l, n, r->id,
                   "a detector replaces what it finds; drop and null need at or key");
    if (r->keys && (!r->n_at || r->n_key || r->n_when || r->types != RULE_ALL))
        return bad(e, l, n, r->id,
                   "keys goes with at, without key, when and type: it is about names");
    if (r->keys && !renames(r->action))
        return bad(e, l, n, r->id,
                   "keys goes with keep, pseudonym, hash, mask or substitute: other "
                   "actions would give two members one name");
    if (rule_is_detector(r) && r->n_when)
        return bad(e, l, n, r->id, "when needs at or key");
    return ERR_OK;
}

static enum err read_rule(const struct load *l, const struct doc_node *n,
                          struct error *e)
{
    static const char *const known[] = {
        "id",   "class",     "at",   "key",    "value", "keywords", "check",    "type",
        "when", "free_text", "keys", "action", "with",  "because",  "examples", NULL};
    if (n->kind != DOC_MAP)
        return bad(e, l, n, STR(""), "a rule is a map");
    const struct doc_node *id = doc_get(n, "id");
    if (!id || id->kind == DOC_MAP || id->kind == DOC_LIST || !is_id(id->text))
        return bad(e, l, n, STR(""),
                   "a rule needs an id of a-z, 0-9 and -, at most 64 characters");
    struct rule *r = ARENA_NEW(&l->rs->arena, struct rule);
    r->id = lasting(l, id->text);
    r->pack = l->pack;
    r->file = l->file;
    r->line = n->line;
    TRY(only(l, n, r->id, known, e));
    if (table_get(&l->rs->by_id, r->id))
        return bad(e, l, n, r->id, "this id is already taken by another rule");
    if (l->rs->n_rules == RULES)
        return bad(e, l, n, r->id, "more than 16384 rules");
    VEC_PUSH(l->rs->rules, l->rs->n_rules, l->rs->cap_rules) = r;
    table_put(&l->rs->by_id, r->id, r);

    const struct doc_node *class = doc_get(n, "class"),
                          *because = doc_get(n, "because");
    TRY(read_class(l, class, r, e));
    r->because = lasting(l, because ? because->text : STR(""));
    TRY(read_flag(l, doc_get(n, "free_text"), r->id, &r->free_text, e));
    TRY(read_flag(l, doc_get(n, "keys"), r->id, &r->keys, e));
    TRY(texts(l, doc_get(n, "at"), r->id, &r->at, &r->n_at, e));
    TRY(texts(l, doc_get(n, "key"), r->id, &r->key, &r->n_key, e));
    TRY(texts(l, doc_get(n, "keywords"), r->id, &r->keywords, &r->n_keywords, e));
    for (size_t i = 0; i < r->n_key; i++) {
        to_segments(&l->rs->arena, &r->key[i]);
        if (!r->key[i].n)
            return bad(e, l, n, r->id, "key has no letters or digits");
    }
    for (size_t i = 0; i < r->n_keywords; i++)
        if (r->keywords[i].n > KEYWORDS_EACH)
            return bad(e, l, n, r->id, "a keyword is longer than 64 bytes");
    TRY(read_value(l, doc_get(n, "value"), r, e));
    TRY(read_checks(l, doc_get(n, "check"), r, e));
    TRY(read_types(l, doc_get(n, "type"), r, e));
    TRY(read_when(l, doc_get(n, "when"), r, e));
    TRY(read_action(l, n, r, e));
    TRY(check_sense(l, n, r, e));
    read_digest(l, n, r);
    return read_examples(l, doc_get(n, "examples"), r, e);
}

static bool has_pack(const struct ruleset *rs, struct str name)
{
    for (size_t i = 0; i < rs->n_packs; i++)
        if (str_eq(rs->packs[i], name))
            return true;
    return false;
}

static enum err read_head(struct load *l, const struct doc_node *root, struct error *e)
{
    static const char *const known[] = {"pack",    "about",   "rules",
                                        "extends", "disable", NULL};
    if (!root || root->kind != DOC_MAP)
        return bad(e, l, root, STR(""), "a rule pack is a map with pack and rules");
    TRY(only(l, root, STR(""), known, e));
    const struct doc_node *pack = doc_get(root, "pack"),
                          *rules = doc_get(root, "rules");
    if (!pack || pack->kind != DOC_STRING || !is_id(pack->text))
        return bad(e, l, root, STR(""), "pack: a name of a-z, 0-9 and - is missing");
    if (!l->image && (!rules || rules->kind != DOC_LIST))
        return bad(e, l, root, STR(""), "rules: a list is missing");
    l->pack = lasting(l, pack->text);
    l->file = arena_str(&l->rs->arena, str_of(l->name));
    if (has_pack(l->rs, l->pack))
        return bad(e, l, pack, STR(""), "a pack of this name is already loaded");
    struct str *extends = NULL, *disable = NULL;
    size_t n_extends = 0, n_disable = 0;
    TRY(texts(l, doc_get(root, "extends"), STR(""), &extends, &n_extends, e));
    TRY(texts(l, doc_get(root, "disable"), STR(""), &disable, &n_disable, e));
    if (n_extends > PACK_EXTENDS)
        return bad(e, l, root, STR(""), "extends more than 16 packs");
    /* The extending pack ranks first: a tenant's own decision wins over a shipped one.
     */
    VEC_PUSH(l->rs->packs, l->rs->n_packs, l->rs->cap_packs) = l->pack;
    while (l->image && pack_image_next(l->image))
        TRY(read_rule(l, l->image->node, e));
    for (size_t i = 0; !l->image && i < rules->n_items; i++)
        TRY(read_rule(l, rules->items[i], e));
    for (size_t i = 0; i < n_extends; i++)
        if (!has_pack(l->rs, extends[i]))
            TRY(ruleset_add_named(l->rs, extends[i].p, e));
    for (size_t i = 0; i < n_disable; i++) {
        struct rule *r = table_get(&l->rs->by_id, disable[i]);
        if (!r)
            return bad(e, l, doc_get(root, "disable"), STR(""),
                       "disable names a rule that is not there");
        table_put(&l->rs->disabled, r->id, r);
    }
    return ERR_OK;
}

enum err ruleset_add(struct ruleset *rs, struct str text, const char *name,
                     bool trusted, struct error *e)
{
    CLEANUP(doc_freep) struct doc *d = NULL;
    CLEANUP(matcher_freep) struct matcher *m = trusted ? NULL : matcher_new();
    TRY(doc_read(text, name, &d, e));
    struct load l = {.rs = rs, .name = name, .trusted = trusted, .matcher = m};
    return read_head(&l, doc_root(d), e);
}

static enum err add_image(struct ruleset *rs, struct pack_image *image,
                          const char *name, struct error *e)
{
    struct load l = {.rs = rs, .name = name, .trusted = true, .image = image};
    enum err code = read_head(&l, pack_image_head(image), e);
    pack_image_done(image);
    return code;
}

enum err ruleset_add_named(struct ruleset *rs, const char *name, struct error *e)
{
    BUF_SCOPED text = {.limit = PACK_SIZE};
    if (strpbrk(name, "/.")) {
        TRY(file_read(name, &text, e));
        return ruleset_add(rs, buf_str(&text), name, false, e);
    }
    char file[80];
    snprintf(file, sizeof file, "%.64s.yaml", name);
    struct str pack = shipped_get(str_of(file));
    if (!pack.p) {
        buf_printf(&text, "no shipped pack of this name; there are");
        for (size_t i = 0; ruleset_shipped(i); i++)
            buf_printf(&text, "%s %s", i ? "," : "", ruleset_shipped(i));
        return err_set(e, ERR_NOINPUT, "%s (a file's name has a dot or a slash)",
                       buf_cstr(&text));
    }
    struct pack_image image;
    if (!rs->from_text && pack_image_open(str_of(name), &image))
        return add_image(rs, &image, file, e);
    return ruleset_add(rs, pack, file, true, e);
}
