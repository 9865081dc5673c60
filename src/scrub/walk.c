#include "scrub/walk.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "crypt/ff1.h"
#include "crypt/key.h"
#include "match/pattern.h"
#include "schema/canon.h"
#include "scrub/find.h"
#include "json/escape.h"
#include "json/scan.h"
#include "json/skip.h"

#define REDACTED      "[REDACTED]"
#define SIBLINGS      4096 /* scalar members of one object that `when` may ask about */
#define NUMBER_SEARCH 7    /* digits from which a number is shown to detectors */

struct sibling {
    struct str name; /* decoded, as the text of a string is */
    struct str text; /* of a string, or the literal */
};

struct frame {
    struct node *node;
    uint64_t instance;
    bool array, first;
    size_t siblings, n_siblings; /* a stretch of walker.siblings */
};

struct walker {
    struct walk_options options;
    struct tree tree;
    struct act_thread act;
    struct finder text;
    struct scan scan, skim;
    struct buf decoded, result, name, clean_name;
    struct sibling *siblings;
    size_t n_siblings, cap_siblings;
    struct arena sibling_texts; /* of those that were escaped; of one record */
    uint64_t instances;
    struct walk_counts counts;
    struct frame frames[SCAN_DEPTH + 1];

    /* The record at hand */
    struct str json;
    struct buf *out;
    struct canon *canon;
    unsigned depth; /* frames in use */
};

static bool name_is_data(void *ctx, struct str name)
{
    struct walker *w = ctx;
    return find_run(&w->text, name) > 0;
}

struct walker *walker_new(const struct walk_options *o)
{
    struct walker *w = NEW(struct walker);
    uint8_t ff1_key[32];
    w->options = *o;
    tree_init(&w->tree, o->rules, o->schema);
    w->tree.previous = o->previous;
    w->tree.previous_ctx = o->previous_ctx;
    w->tree.is_data = name_is_data;
    w->tree.is_data_ctx = w;
    w->act.mac = mac_new(o->key);
    mac_derive(w->act.mac, STR("ff1"), ff1_key);
    w->act.ff1 = ff1_new(ff1_key, sizeof ff1_key);
    explicit_bzero(ff1_key, sizeof ff1_key);
    w->act.matcher = matcher_new();
    w->act.words = o->rules->words;
    memcpy(w->act.snapshot_salt, o->snapshot_salt, sizeof w->act.snapshot_salt);
    find_init(&w->text, o->rules, &w->act);
    w->text.tolerant = o->tolerant;
    scan_init(&w->scan);
    scan_init(&w->skim);
    return w;
}

void walker_free(struct walker *w)
{
    if (!w)
        return;
    tree_done(&w->tree);
    find_done(&w->text);
    mac_free(w->act.mac);
    ff1_free(w->act.ff1);
    matcher_free(w->act.matcher);
    buf_done(&w->act.scratch);
    scan_done(&w->scan);
    scan_done(&w->skim);
    buf_done(&w->decoded);
    buf_done(&w->result);
    buf_done(&w->name);
    buf_done(&w->clean_name);
    arena_done(&w->sibling_texts);
    free(w->siblings);
    free(w);
}

const struct walk_counts *walker_counts(const struct walker *w)
{
    return &w->counts;
}

struct tree *walker_tree(struct walker *w)
{
    return &w->tree;
}

const uint64_t *walker_detections(const struct walker *w)
{
    return w->text.counts;
}

/* Siblings: the scalar members of an object, looked at before its members are decided.
 */

/* A scanner's token, in the record: the scanner's own slice lives only until the next
 * event. A string's offset is that of its quote. */
static struct str token_in(struct str json, const struct scan *s, bool quoted)
{
    return str_n(json.p + s->offset + quoted, s->token.n);
}

/* What skim has just found, without escapes: a condition must not depend on how a
 * sibling is written. */
static enum err plain_token(struct walker *w, bool quoted, struct str *out,
                            struct error *e)
{
    *out = token_in(w->json, &w->skim, quoted);
    if (!quoted || !w->skim.escaped)
        return ERR_OK;
    BUF_SCOPED text = BUF_INIT;
    TRY(scan_unescape(*out, &text, e));
    *out = arena_str(&w->sibling_texts, buf_str(&text));
    return ERR_OK;
}

static enum err add_sibling(struct walker *w, struct frame *f, struct str name,
                            enum scan_event ev, struct error *e)
{
    struct str text;
    if (f->n_siblings == SIBLINGS)
        return err_set(
            e, ERR_LIMIT,
            "an object of more than %d values where a rule looks at siblings",
            SIBLINGS);
    TRY(plain_token(w, ev == SCAN_STRING, &text, e));
    if (ev == SCAN_TRUE)
        text = STR("true");
    else if (ev == SCAN_FALSE)
        text = STR("false");
    else if (ev == SCAN_NULL)
        text = STR("null");
    VEC_PUSH(w->siblings, w->n_siblings, w->cap_siblings) =
        (struct sibling){.name = name, .text = text};
    f->n_siblings++;
    return ERR_OK;
}

static enum err skim_siblings(struct walker *w, struct frame *f, size_t at,
                              struct error *e)
{
    struct str rest = str_from(w->json, at);
    f->siblings = w->n_siblings;
    f->n_siblings = 0;
    scan_reset(&w->skim, at);
    scan_feed(&w->skim, rest);
    struct str name = STR("");
    for (;;) {
        enum scan_event ev = scan_next(&w->skim);
        if (ev == SCAN_BAD || ev <= SCAN_MORE ||
            (ev == SCAN_OBJECT_END && w->skim.depth == 0))
            return ERR_OK; /* what is wrong with it the walk itself will say */
        if (w->skim.depth != 1)
            continue;
        if (ev == SCAN_KEY)
            TRY(plain_token(w, true, &name, e));
        else if (ev >= SCAN_STRING)
            TRY(add_sibling(w, f, name, ev, e));
    }
}

static struct str sibling_text(const struct walker *w, const struct frame *f,
                               const struct type *type, struct str name)
{
    const struct field *want =
        type && type->kind == TYPE_OBJECT ? schema_field(type, name) : NULL;
    for (size_t i = 0; i < f->n_siblings; i++) {
        const struct sibling *s = &w->siblings[f->siblings + i];
        if (str_eq(s->name, name) || (want && schema_field(type, s->name) == want))
            return s->text;
    }
    return (struct str){0};
}

/* The object that `when` speaks of: inside a JSON scalar, the one that holds it. */
static const struct frame *sibling_frame(const struct walker *w)
{
    unsigned i = w->depth;
    while (i > 1 && (w->frames[i - 1].array || w->frames[i - 1].node->in_scalar ||
                     (w->frames[i - 1].node->type &&
                      w->frames[i - 1].node->type->kind != TYPE_OBJECT)))
        i--;
    return &w->frames[i ? i - 1 : 0];
}

static bool when_holds(const struct walker *w, const struct rule *r)
{
    const struct frame *f = sibling_frame(w);
    for (size_t i = 0; i < r->n_when; i++) {
        struct str text = sibling_text(w, f, f->node->type, r->when[i].name);
        bool any = false;
        for (size_t k = 0; k < r->when[i].n_values && text.p; k++)
            any |= str_eq(text, r->when[i].values[k]);
        if (!any)
            return false;
    }
    return true;
}

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

/* The strongest candidate whose conditions hold; v->decided stays NULL when none does.
 */
static enum err decide(struct walker *w, struct leaf *v, struct error *e)
{
    for (size_t i = 0; i < v->node->n_candidates; i++) {
        struct candidate *c = &v->node->candidates[i];
        const struct rule *r = c->rule;
        if (!(r->types & 1u << v->kind) || (r->n_when && !when_holds(w, r)))
            continue;
        v->hit = (struct pattern_hit){0};
        if (r->value || r->n_checks) {
            bool runaway;
            TRY(leaf_text(w, v, e));
            if (!rule_has_keyword(r, v->text) ||
                !rule_find(r, w->act.matcher, v->text, 0, &v->hit, &runaway))
                continue;
        }
        c->count++;
        v->decided = c;
        return ERR_OK;
    }
    return ERR_OK;
}

/* Output: the caller has written comma and name. */

static void put_string(struct walker *w, struct str text)
{
    size_t from = w->out->n + 1;
    escape_add_quoted(w->out, text);
    if (w->canon) {
        struct str token = str_n(w->out->p + from, w->out->n - from - 1);
        canon_string(w->canon, token, memchr(token.p, '\\', token.n) != NULL);
    }
}

static void put_literal(struct walker *w, enum act_kind kind, struct str text)
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

static void put_as_is(struct walker *w, const struct leaf *v)
{
    if (v->kind != ACT_STRING) {
        put_literal(w, v->kind, v->token);
        return;
    }
    char *p = buf_room(w->out, v->token.n + 2);
    p[0] = '"';
    memcpy(p + 1, v->token.p, v->token.n);
    p[v->token.n + 1] = '"';
    w->out->n += v->token.n + 2;
    if (w->canon)
        canon_string(w->canon, v->token, v->escaped);
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

/* A name in which detectors find something is written as a text would be: with what
 * was found replaced. */
static enum err put_clean_name(struct walker *w, struct node *member, struct str name,
                               struct error *e)
{
    buf_clear(&w->clean_name);
    TRY(find_replace(&w->text, name, &w->clean_name, e));
    member->found += w->text.n_hits;
    w->counts.found += w->text.n_hits;
    escape_add_quoted(w->out, buf_str(&w->clean_name));
    buf_add_char(w->out, ':');
    if (w->canon)
        canon_key(w->canon, NULL, buf_str(&w->clean_name));
    return ERR_OK;
}

/* Comma and name, in front of a value that is written. */
static enum err put_name(struct walker *w, struct node *member, struct str raw,
                         struct error *e)
{
    struct frame *f = &w->frames[w->depth - 1];
    if (!f->first)
        buf_add_char(w->out, ',');
    f->first = false;
    if (f->array)
        return ERR_OK;
    if (member->hidden || member->kind == NODE_OPEN) {
        struct str name = member_name(w, member, raw);
        if (!member->already && find_run(&w->text, name))
            return put_clean_name(w, member, name, e);
    }
    if (member->kind == NODE_OPEN) {
        buf_add_char(w->out, '"');
        buf_add_str(w->out, raw);
        buf_add(w->out, "\":", 2);
    } else {
        buf_add_str(w->out, member->quoted);
    }
    if (w->canon)
        canon_key(w->canon, member->field, member_name(w, member, raw));
    return ERR_OK;
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
    if (subject.n) {
        const struct frame *f = sibling_frame(w);
        in.subject = sibling_text(w, f, f->node->type, subject);
    }
    TRY(r->action->apply(&w->act, r->params, &in, result, e));
    if (part)
        buf_add(result->out, v->text.p + h.target_to, v->text.n - h.target_to);
    return ERR_OK;
}

static enum err blocked(const struct leaf *v, const struct rule *r, struct error *e)
{
    BUF_SCOPED path = BUF_INIT;
    node_path(v->node, &path);
    return err_set(e, ERR_FOUND, "rule %.*s blocks this record (at %s)", STR_ARG(r->id),
                   buf_cstr(&path));
}

/* Searches inside a text that stays; writes it with what was found replaced. */
static enum err put_searched(struct walker *w, struct node *member, struct str raw,
                             struct leaf *v, struct error *e)
{
    TRY(leaf_text(w, v, e));
    if (!find_run(&w->text, v->text)) {
        TRY(put_name(w, member, raw, e));
        put_as_is(w, v);
        return ERR_OK;
    }
    v->node->found += w->text.n_hits;
    w->counts.found += w->text.n_hits;
    w->counts.changed++;
    buf_clear(&w->result);
    TRY(find_replace(&w->text, v->text, &w->result, e));
    TRY(put_name(w, member, raw, e));
    put_string(w, buf_str(&w->result));
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
    if (r->free_text && is_searchable(v))
        return put_searched(w, member, raw, v, e);
    if (r->action == &act_block && !w->options.tolerant)
        return blocked(v, r, e);
    if (r->action == &act_drop || r->action == &act_block) {
        w->counts.changed++;
        return ERR_OK;
    }
    if (r->action == &act_null) {
        w->counts.changed += v->kind != ACT_NULL;
        TRY(put_name(w, member, raw, e));
        put_literal(w, ACT_NULL, STR("null"));
        return ERR_OK;
    }
    /* What is not there cannot be disguised: null stays null, but for a constant. */
    if (r->action == &act_keep || (v->kind == ACT_NULL && r->action != &act_constant)) {
        TRY(put_name(w, member, raw, e));
        put_as_is(w, v);
        return ERR_OK;
    }
    TRY(leaf_text(w, v, e));
    buf_clear(&w->result);
    struct act_result result = {.out = &w->result, .kind = v->kind};
    TRY(act_on(w, v, r, &result, e));
    w->counts.changed +=
        result.kind != v->kind || !str_eq(buf_str(&w->result), v->text);
    TRY(put_name(w, member, raw, e));
    if (result.kind == ACT_STRING)
        put_string(w, buf_str(&w->result));
    else
        put_literal(w, result.kind, buf_str(&w->result));
    return ERR_OK;
}

static enum err put_undecided(struct walker *w, struct node *member, struct str raw,
                              struct leaf *v, struct error *e)
{
    if (is_searchable(v)) {
        TRY(leaf_text(w, v, e));
        find_run(&w->text, v->text);
        if (find_covers(&w->text, v->text))
            return put_searched(w, member, raw, v, e);
    }
    v->node->undecided[v->kind]++;
    w->counts.undecided++;
    switch (w->options.undecided) {
    case UNDECIDED_DROP: w->counts.changed++; return ERR_OK;
    case UNDECIDED_KEEP:
        if (is_searchable(v))
            return put_searched(w, member, raw, v, e);
        TRY(put_name(w, member, raw, e));
        put_as_is(w, v);
        return ERR_OK;
    case UNDECIDED_FAIL:
    case UNDECIDED_REDACT:
        TRY(put_name(w, member, raw, e));
        if (v->kind == ACT_NULL) {
            put_as_is(w, v);
            return ERR_OK;
        }
        w->counts.changed++;
        put_string(w, STR(REDACTED));
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
        char kind = digit ? '9' : letter || c >= 0x80 ? 'a' : c < ' ' ? '?' : (char)c;
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
    if (!v->node->shape[0] || strcmp(shape, v->node->shape) < 0)
        memcpy(v->node->shape, shape, sizeof shape);
    return ERR_OK;
}

static enum err walk_leaf(struct walker *w, struct node *node, struct str raw,
                          enum act_kind kind, struct error *e)
{
    static const struct str literal[] = {
        [ACT_NULL] = {"null", 4}, [ACT_BOOL] = {"true", 4}};
    struct leaf v = {.node = node,
                     .kind = kind,
                     .token = w->scan.token,
                     .escaped = kind == ACT_STRING && w->scan.escaped};
    if (kind == ACT_NULL)
        v.token = literal[kind];
    else if (kind == ACT_BOOL)
        v.token = w->json.p[w->scan.offset] == 't' ? literal[kind] : STR("false");
    w->counts.leaves++;
    node->leaves[kind]++;
    if (node->already) {
        node->skipped++;
        w->counts.already++;
        TRY(put_name(w, node, raw, e));
        put_as_is(w, &v);
        return ERR_OK;
    }
    if (w->options.shapes)
        TRY(note_shape(w, &v, e));
    TRY(decide(w, &v, e));
    return v.decided ? put_decided(w, node, raw, &v, e)
                     : put_undecided(w, node, raw, &v, e);
}

/* Leaves the container that was just entered without looking at it. */
static enum err pass_over(struct walker *w, struct error *e)
{
    unsigned depth = w->scan.depth - 1;
    do {
        enum scan_event ev = scan_next(&w->scan);
        if (ev <= SCAN_MORE) {
            *e = w->scan.error;
            return ev == SCAN_BAD ? w->scan.error.code
                                  : err_set(e, ERR_DATA, "the record ends early");
        }
    } while (w->scan.depth > depth);
    return ERR_OK;
}

/* The rule that takes a container as a whole, or NULL. The strongest rule that names
 * the place has the say; one that only reaches it through ** speaks of leaves. */
static struct candidate *whole(struct walker *w, struct node *n)
{
    for (size_t i = 0; i < n->n_candidates; i++) {
        struct candidate *c = &n->candidates[i];
        const struct rule *r = c->rule;
        if (c->deep || r->value || r->n_checks || r->types != RULE_ALL ||
            (r->n_when && !when_holds(w, r)))
            continue;
        return r->action->whole ? c : NULL;
    }
    return NULL;
}

static enum err take_whole(struct walker *w, struct node *n, struct str raw,
                           struct candidate *c, struct error *e)
{
    const struct rule *r = c->rule;
    size_t from = (size_t)w->scan.offset;
    TRY(pass_over(w, e));
    c->count++;
    n->containers++;
    w->counts.changed++;
    w->counts.leaves++;
    struct leaf v = {.node = n, .kind = ACT_STRING};
    if (r->action == &act_block && !w->options.tolerant)
        return blocked(&v, r, e);
    if (r->action == &act_drop || r->action == &act_block)
        return ERR_OK;
    TRY(put_name(w, n, raw, e));
    if (r->action == &act_null) {
        put_literal(w, ACT_NULL, STR("null"));
        return ERR_OK;
    }
    size_t to = (size_t)w->scan.offset + 1;
    struct act_value in = {.kind = ACT_STRING,
                           .text = str_n(w->json.p + from, to - from)};
    struct act_result result = {.out = &w->result, .kind = ACT_STRING};
    buf_clear(&w->result);
    TRY(r->action->apply(&w->act, r->params, &in, &result, e));
    if (result.kind == ACT_STRING)
        put_string(w, buf_str(&w->result));
    else
        put_literal(w, result.kind, buf_str(&w->result));
    return ERR_OK;
}

static enum err open_container(struct walker *w, struct node *n, struct str raw,
                               bool array, struct error *e)
{
    if (w->depth && !n->already) {
        struct candidate *c = n->n_candidates ? whole(w, n) : NULL;
        if (c)
            return take_whole(w, n, raw, c, e);
    }
    if (w->depth)
        TRY(put_name(w, n, raw, e));
    buf_add_char(w->out, array ? '[' : '{');
    if (w->canon && array)
        canon_array(w->canon);
    else if (w->canon)
        canon_object(w->canon);
    struct frame *f = &w->frames[w->depth++];
    *f = (struct frame){.node = n,
                        .array = array,
                        .first = true,
                        .instance = ++w->instances,
                        .siblings = w->n_siblings};
    if (!array && n->siblings && !n->in_scalar)
        return skim_siblings(w, f, (size_t)w->scan.offset, e);
    return ERR_OK;
}

static void close_container(struct walker *w)
{
    struct frame *f = &w->frames[--w->depth];
    buf_add_char(w->out, f->array ? ']' : '}');
    w->n_siblings = f->siblings;
    if (w->canon && f->array)
        canon_array_end(w->canon);
    else if (w->canon)
        canon_object_end(w->canon);
}

/* The member's node: most records are written in the same order, so the one that
 * followed last time is tried before the table. */
static struct node *find_member(struct walker *w, struct frame *f, struct node *last,
                                struct error *e)
{
    struct str raw = w->scan.token;
    struct node *guess = last ? last->after : f->node->first;
    if (guess && guess->raw.n == raw.n && guess->kind == NODE_MEMBER &&
        memcmp(guess->raw.p, raw.p, raw.n) == 0)
        return guess;
    struct node *n = tree_member(&w->tree, f->node, raw, w->scan.escaped, e);
    if (n && last)
        last->after = n;
    return n;
}

static enum err enter_member(struct walker *w, struct frame *f, struct node **last,
                             struct error *e)
{
    struct node *n = find_member(w, f, *last, e);
    if (!n)
        return e->code;
    if (n->kind != NODE_OPEN) {
        if (n->instance == f->instance)
            return err_set(e, ERR_DATA,
                           "a member stands twice in one object, or in both spellings");
        n->instance = f->instance;
    }
    *last = n;
    return ERR_OK;
}

static enum err walk_value(struct walker *w, struct node *n, struct str raw,
                           enum scan_event ev, struct error *e)
{
    static const enum act_kind kinds[] = {[SCAN_STRING] = ACT_STRING,
                                          [SCAN_NUMBER] = ACT_NUMBER,
                                          [SCAN_TRUE] = ACT_BOOL,
                                          [SCAN_FALSE] = ACT_BOOL,
                                          [SCAN_NULL] = ACT_NULL};
    bool container = ev == SCAN_OBJECT || ev == SCAN_ARRAY;
    if (n->envelope)
        return container ? pass_over(w, e) : ERR_OK;
    if (container)
        return open_container(w, n, raw, ev == SCAN_ARRAY, e);
    return walk_leaf(w, n, raw, kinds[ev], e);
}

static enum err walk_events(struct walker *w, struct node *record, struct error *e)
{
    struct node *member = NULL; /* the last one of the innermost object */
    struct str raw = STR("");
    for (;;) {
        enum scan_event ev = scan_next(&w->scan);
        struct frame *f = w->depth ? &w->frames[w->depth - 1] : NULL;
        if (ev == SCAN_END)
            return ERR_OK;
        if (ev <= SCAN_MORE) {
            *e = w->scan.error;
            return ev == SCAN_BAD ? e->code
                                  : err_set(e, ERR_DATA, "the record ends early");
        }
        if (ev == SCAN_KEY) {
            TRY(enter_member(w, f, &member, e));
            raw = token_in(w->json, &w->scan, true);
            continue;
        }
        if (ev == SCAN_OBJECT_END || ev == SCAN_ARRAY_END) {
            member = f->node->kind == NODE_ELEMENT ? NULL : f->node;
            close_container(w);
            continue;
        }
        struct node *n = record;
        if (f && f->array)
            n = tree_element(&w->tree, f->node, e);
        else if (f)
            n = member;
        else if (ev != SCAN_OBJECT)
            return err_set(e, ERR_DATA, "a record is an object");
        if (!n)
            return e->code;
        unsigned before = w->depth;
        TRY(walk_value(w, n, raw, ev, e));
        if (w->depth > before)
            member = NULL;
    }
}

enum err walk_record(struct walker *w, const struct entity *entity, bool stored,
                     struct str json, struct buf *out, struct canon *canon,
                     struct error *e)
{
    struct error local = ERROR_INIT;
    if (!e)
        e = &local;
    struct node *record = tree_record(&w->tree, entity, stored);
    if (!record)
        return err_set(e, ERR_LIMIT, "more than %u distinct paths", TREE_PATHS);
    w->json = json;
    w->out = out;
    w->canon = canon;
    w->depth = 0;
    w->n_siblings = 0;
    if (w->sibling_texts.bytes)
        arena_clear(&w->sibling_texts);
    scan_reset(&w->scan, 0);
    scan_feed(&w->scan, json);
    scan_finish(&w->scan);
    enum err code = walk_events(w, record, e);
    if (code != ERR_OK) {
        err_at(e, w->scan.offset);
        return code;
    }
    w->counts.records++;
    record->instance++; /* how many records */
    return ERR_OK;
}
