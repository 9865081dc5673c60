#include "scrub/walk_private.h"

#include <stdio.h>

#include "match/pattern.h"
#include "schema/canon.h"
#include "json/escape.h"

#define REDACTED      "[REDACTED]"
#define NUMBER_SEARCH 7 /* digits from which a number is shown to detectors */

/* One leaf, as the rules see it. */
struct leaf {
    struct node *node;
    enum act_kind kind;
    struct str token; /* as written: between the quotes of a string */
    bool escaped, decoded_yet;
    struct str text; /* decoded */
    struct candidate *decided;
    struct pattern_hit hit;
};

static enum err leaf_text(struct walker *w, struct leaf *v, struct error *e)
{
    if (v->decoded_yet)
        return ERR_OK;
    v->decoded_yet = true;
    v->text = v->token;
    if (v->kind != ACT_STRING || !v->escaped)
        return ERR_OK;
    buf_clear(&w->decoded);
    TRY(scan_unescape(v->token, &w->decoded, e));
    v->text = buf_str(&w->decoded);
    return ERR_OK;
}

/* Lets the detectors look at a text. */
static void search(struct walker *w, struct str text)
{
    enum stage before = stage_enter(w->clock, STAGE_MATCH);
    find_run(&w->text, text);
    stage_enter(w->clock, before);
}

static bool matches(struct walker *w, const struct rule *r, struct leaf *v)
{
    bool runaway;
    enum stage before = stage_enter(w->clock, STAGE_MATCH);
    bool good = rule_has_keyword(r, v->text) &&
                rule_find(r, w->act.matcher, v->text, 0, &v->hit, &runaway);
    stage_enter(w->clock, before);
    return good;
}

/* The strongest candidate whose conditions hold; v->decided stays NULL when none does.
 */
static enum err decide(struct walker *w, struct candidate *list, size_t n,
                       struct leaf *v, struct error *e)
{
    for (size_t i = 0; i < n; i++) {
        struct candidate *c = &list[i];
        const struct rule *r = c->rule;
        if (!(r->types & 1u << v->kind) || (r->n_when && !siblings_hold(w, r)))
            continue;
        v->hit = (struct pattern_hit){0};
        if (r->value || r->n_checks) {
            TRY(leaf_text(w, v, e));
            if (!matches(w, r, v))
                continue;
        }
        c->count++;
        v->decided = c;
        return ERR_OK;
    }
    return ERR_OK;
}

/* Output: the caller has written comma and name. */

void scalar_string(struct walker *w, struct str text)
{
    size_t from = w->out->n + 1;
    escape_add_quoted(w->out, text);
    if (w->canon) {
        struct str token = str_n(w->out->p + from, w->out->n - from - 1);
        canon_string(w->canon, token, memchr(token.p, '\\', token.n) != NULL);
    }
}

void scalar_literal(struct walker *w, enum act_kind kind, struct str text)
{
    buf_add_str(w->out, text);
    if (!w->canon)
        return;
    if (kind == ACT_NUMBER)
        canon_number(w->canon, text);
    else if (kind == ACT_BOOL)
        canon_bool(w->canon, text.p[0] == 't');
    else
        canon_null(w->canon);
}

static void put_token(struct walker *w, enum act_kind kind, struct str token,
                      bool escaped)
{
    if (kind != ACT_STRING) {
        scalar_literal(w, kind, token);
        return;
    }
    char *p = buf_room(w->out, token.n + 2);
    p[0] = '"';
    memcpy(p + 1, token.p, token.n);
    p[token.n + 1] = '"';
    w->out->n += token.n + 2;
    if (w->canon)
        canon_string(w->canon, token, escaped);
}

static void put_as_is(struct walker *w, const struct leaf *v)
{
    put_token(w, v->kind, v->token, v->escaped);
}

/* The decoded name; an open map's node has none of its own. */
static struct str member_name(struct walker *w, const struct node *member,
                              struct str raw)
{
    if (member->kind != NODE_OPEN)
        return member->name;
    if (!memchr(raw.p, '\\', raw.n))
        return raw;
    buf_clear(&w->name);
    /* tree_member() has decoded it before, so it cannot fail. */
    return scan_unescape(raw, &w->name, NULL) == ERR_OK ? buf_str(&w->name) : raw;
}

/* The outcome of an action on part of a text: what stands around it stays. */
static enum err act_on(struct walker *w, struct leaf *v, const struct rule *r,
                       struct act_result *result, struct error *e)
{
    struct pattern_hit h = v->hit;
    bool part = v->kind == ACT_STRING && r->value &&
                (h.target_from > h.from || h.target_to < h.to);
    struct act_value in = {.kind = v->kind, .text = v->text};
    if (part) {
        buf_add(result->out, v->text.p, h.target_from);
        in.text = str_n(v->text.p + h.target_from, h.target_to - h.target_from);
    }
    struct str subject = act_subject(r->action, r->params);
    if (subject.n)
        in.subject = siblings_text(w, subject);
    enum stage before = stage_enter(w->clock, STAGE_ACT);
    TRY(r->action->apply(&w->act, r->params, &in, result, e));
    stage_enter(w->clock, before);
    if (part)
        buf_add(result->out, v->text.p + h.target_to, v->text.n - h.target_to);
    return ERR_OK;
}

/* A name that is data, as w->clean_name: by the strongest rule about it, else with what
 * detectors find in it replaced; false when it stays as it is. */
static enum err clean_name(struct walker *w, struct node *member, struct str name,
                           bool *out_changed, struct error *e)
{
    struct leaf v = {
        .node = member, .kind = ACT_STRING, .text = name, .decoded_yet = true};
    *out_changed = false;
    TRY(decide(w, member->names, member->n_names, &v, e));
    if (v.decided && v.decided->rule->action == &act_keep)
        return ERR_OK;
    if (!v.decided && !find_run(&w->text, name))
        return ERR_OK;
    *out_changed = true;
    buf_clear(&w->clean_name);
    if (v.decided) {
        struct act_result result = {.out = &w->clean_name, .kind = ACT_STRING};
        return act_on(w, &v, v.decided->rule, &result, e);
    }
    member->found += w->text.n_hits;
    w->counts.found += w->text.n_hits;
    return find_replace(&w->text, name, &w->clean_name, e);
}

static enum err put_data_name(struct walker *w, struct node *member, struct str raw,
                              struct error *e)
{
    struct str name = member_name(w, member, raw);
    bool changed = false;
    if (!member->already)
        TRY(clean_name(w, member, name, &changed, e));
    if (changed)
        name = buf_str(&w->clean_name);
    escape_add_quoted(w->out, name); /* in its one spelling, as tree.c writes names */
    buf_add_char(w->out, ':');
    if (w->canon)
        canon_key(w->canon, NULL, name);
    return ERR_OK;
}

/* Comma and name, in front of a value that is written. */
enum err scalar_name(struct walker *w, struct node *member, struct str raw,
                     struct error *e)
{
    struct frame *f = &w->frames[w->depth - 1];
    stage_enter(w->clock, STAGE_EMIT); /* until the next event */
    if (!f->first)
        buf_add_char(w->out, ',');
    f->first = false;
    if (f->array)
        return ERR_OK;
    if (member->hidden || member->kind == NODE_OPEN)
        return put_data_name(w, member, raw, e);
    buf_add_str(w->out, member->quoted);
    if (w->canon)
        canon_key(w->canon, member->field, member->name);
    return ERR_OK;
}

enum err scalar_blocked(const struct node *node, const struct rule *r, struct error *e)
{
    BUF_SCOPED path = BUF_INIT;
    node_path(node, &path);
    return err_set(e, ERR_FOUND, "rule %.*s blocks this record (at %s)", STR_ARG(r->id),
                   buf_cstr(&path));
}

/* Writes a text that stays, with what the last search found in it replaced. */
static enum err put_found(struct walker *w, struct node *member, struct str raw,
                          struct leaf *v, struct error *e)
{
    if (!w->text.n_hits) {
        TRY(scalar_name(w, member, raw, e));
        put_as_is(w, v);
        return ERR_OK;
    }
    v->node->found += w->text.n_hits;
    w->counts.found += w->text.n_hits;
    w->counts.changed++;
    buf_clear(&w->result);
    enum stage before = stage_enter(w->clock, STAGE_ACT);
    TRY(find_replace(&w->text, v->text, &w->result, e));
    stage_enter(w->clock, before);
    TRY(scalar_name(w, member, raw, e));
    scalar_string(w, buf_str(&w->result));
    return ERR_OK;
}

static bool is_searchable(const struct leaf *v)
{
    return v->kind == ACT_STRING ||
           (v->kind == ACT_NUMBER && v->token.n >= NUMBER_SEARCH);
}

static enum err put_decided(struct walker *w, struct node *member, struct str raw,
                            struct leaf *v, struct error *e)
{
    const struct rule *r = v->decided->rule;
    if (r->free_text && is_searchable(v)) {
        TRY(leaf_text(w, v, e));
        search(w, v->text);
        return put_found(w, member, raw, v, e);
    }
    if (r->action == &act_block && !w->options.tolerant)
        return scalar_blocked(v->node, r, e);
    if (r->action == &act_drop || r->action == &act_block) {
        w->counts.changed++;
        return ERR_OK;
    }
    if (r->action == &act_null) {
        w->counts.changed += v->kind != ACT_NULL;
        TRY(scalar_name(w, member, raw, e));
        scalar_literal(w, ACT_NULL, STR("null"));
        return ERR_OK;
    }
    /* What is not there cannot be disguised: null stays null, but for a constant. */
    if (r->action == &act_keep || (v->kind == ACT_NULL && r->action != &act_constant)) {
        TRY(scalar_name(w, member, raw, e));
        put_as_is(w, v);
        return ERR_OK;
    }
    TRY(leaf_text(w, v, e));
    buf_clear(&w->result);
    struct act_result result = {.out = &w->result, .kind = v->kind};
    TRY(act_on(w, v, r, &result, e));
    w->counts.changed +=
        result.kind != v->kind || !str_eq(buf_str(&w->result), v->text);
    TRY(scalar_name(w, member, raw, e));
    if (result.kind == ACT_STRING)
        scalar_string(w, buf_str(&w->result));
    else
        scalar_literal(w, result.kind, buf_str(&w->result));
    return ERR_OK;
}

static enum err put_undecided(struct walker *w, struct node *member, struct str raw,
                              struct leaf *v, struct error *e)
{
    if (is_searchable(v)) {
        TRY(leaf_text(w, v, e));
        search(w, v->text);
        if (find_covers(&w->text, v->text))
            return put_found(w, member, raw, v, e);
    }
    v->node->undecided[v->kind]++;
    w->counts.undecided++;
    switch (w->options.undecided) {
    case UNDECIDED_DROP: w->counts.changed++; return ERR_OK;
    case UNDECIDED_KEEP:
        if (is_searchable(v))
            return put_found(w, member, raw, v, e);
        TRY(scalar_name(w, member, raw, e));
        put_as_is(w, v);
        return ERR_OK;
    case UNDECIDED_FAIL: /* as redacted: what is counted must not be seen either */
    case UNDECIDED_REDACT:
        TRY(scalar_name(w, member, raw, e));
        if (v->kind == ACT_NULL) {
            put_as_is(w, v);
            return ERR_OK;
        }
        w->counts.changed += w->options.undecided == UNDECIDED_REDACT;
        scalar_string(w, STR(REDACTED));
        return ERR_OK;
    }
    return ERR_OK;
}

void walk_shape(struct str text, char *out, size_t size)
{
    size_t n = 0, words = 0;
    for (size_t i = 0; i < text.n; i++)
        words += text.p[i] == ' ';
    if (words > 3 || text.n > 80) {
        snprintf(out, size, "text");
        return;
    }
    for (size_t i = 0, run; i < text.n && n + 6 < size; i += run) {
        unsigned char c = (unsigned char)text.p[i];
        bool digit = c >= '0' && c <= '9';
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        char kind = (char)c;
        if (digit)
            kind = '9';
        else if (letter || c >= 0x80)
            kind = 'a';
        else if (c < ' ' || c == 0x7f)
            kind = '?';
        for (run = 1; (digit || kind == 'a') && i + run < text.n; run++) {
            unsigned char d = (unsigned char)text.p[i + run];
            bool same = digit ? d >= '0' && d <= '9'
                              : d >= 0x80 || ((d | 0x20) >= 'a' && (d | 0x20) <= 'z');
            if (!same)
                break;
        }
        const char *often = run == 1 ? "" : run <= 4 ? "{4}" : run <= 8 ? "{8}" : "+";
        n += (size_t)snprintf(out + n, size - n, "%c%s", kind, often);
    }
    out[n] = 0;
}

/* The least of the shapes seen: the same whoever sees them in whatever order. */
static enum err note_shape(struct walker *w, struct leaf *v, struct error *e)
{
    char shape[TREE_SHAPE] = "";
    if (v->kind != ACT_STRING && v->kind != ACT_NUMBER)
        return ERR_OK;
    TRY(leaf_text(w, v, e));
    walk_shape(v->text, shape, sizeof shape);
    if (!v->node->shape)
        v->node->shape = arena_get(&w->tree.arena, TREE_SHAPE);
    if (!v->node->shape[0] || strcmp(shape, v->node->shape) < 0)
        memcpy(v->node->shape, shape, sizeof shape);
    return ERR_OK;
}

enum err scalar_walk(struct walker *w, struct node *node, struct str raw,
                     enum act_kind kind, struct error *e)
{
    static const struct str literal[] = {
        [ACT_NULL] = {"null", 4}, [ACT_BOOL] = {"true", 4}};
    bool escaped = kind == ACT_STRING && w->scan.escaped;
    struct str token = w->scan.token;
    if (kind == ACT_NULL)
        token = literal[kind];
    else if (kind == ACT_BOOL)
        token = w->json.p[w->scan.offset] == 't' ? literal[kind] : STR("false");
    w->counts.leaves++;
    node->leaves[kind]++;
    /* Most values are kept by their path alone. */
    if (node->already || (node->kept && !w->options.shapes)) {
        if (node->already) {
            node->skipped++;
            w->counts.already++;
        } else {
            node->kept->count++;
        }
        TRY(scalar_name(w, node, raw, e));
        put_token(w, kind, token, escaped);
        return ERR_OK;
    }
    struct leaf v = {.node = node, .kind = kind, .token = token, .escaped = escaped};
    if (w->options.shapes)
        TRY(note_shape(w, &v, e));
    TRY(decide(w, node->candidates, node->n_candidates, &v, e));
    return v.decided ? put_decided(w, node, raw, &v, e)
                     : put_undecided(w, node, raw, &v, e);
}
