#include "scrub/walk.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "crypt/ff1.h"
#include "crypt/key.h"
#include "match/pattern.h"
#include "schema/canon.h"
#include "scrub/memo.h"
#include "scrub/walk_private.h"
#include "json/scan.h"

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
    w->act.memo = memo_new();
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
    memo_free(w->act.memo);
    buf_done(&w->act.scratch);
    buf_done(&w->act.places);
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

void walker_trim(struct walker *w)
{
    buf_done(&w->decoded);
    buf_done(&w->result);
    buf_done(&w->name);
    buf_done(&w->clean_name);
    buf_done(&w->act.scratch);
    arena_done(&w->sibling_texts);
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
            (r->n_when && !siblings_hold(w, r)))
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
    if (r->action == &act_block && !w->options.tolerant)
        return scalar_blocked(n, r, e);
    if (r->action == &act_drop || r->action == &act_block)
        return ERR_OK;
    TRY(scalar_name(w, n, raw, e));
    if (r->action == &act_null) {
        scalar_literal(w, ACT_NULL, STR("null"));
        return ERR_OK;
    }
    size_t to = (size_t)w->scan.offset + 1;
    struct act_value in = {.kind = ACT_STRING,
                           .text = str_n(w->json.p + from, to - from)};
    struct act_result result = {.out = &w->result, .kind = ACT_STRING};
    buf_clear(&w->result);
    enum stage before = stage_enter(w->clock, STAGE_ACT);
    TRY(r->action->apply(&w->act, r->params, &in, &result, e));
    stage_enter(w->clock, before);
    if (result.kind == ACT_STRING)
        scalar_string(w, buf_str(&w->result));
    else
        scalar_literal(w, result.kind, buf_str(&w->result));
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
        TRY(scalar_name(w, n, raw, e));
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
        return siblings_skim(w, f, (size_t)w->scan.offset, e);
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

static inline __attribute__((always_inline)) enum err
walk_value(struct walker *w, struct node *n, struct str raw, enum scan_event ev,
           struct error *e)
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
    return scalar_walk(w, n, raw, kinds[ev], e);
}

/* `timed` is a constant wherever this is called, so that a record that is not timed
 * does not even ask. */
static inline __attribute__((always_inline)) enum err
walk_events(struct walker *w, struct node *record, bool timed, struct error *e)
{
    struct node *member = NULL; /* the last one of the innermost object */
    struct str raw = STR("");
    for (;;) {
        if (timed)
            stage_move(w->clock, STAGE_SCAN);
        enum scan_event ev = scan_next(&w->scan);
        if (timed)
            stage_move(w->clock, STAGE_DECIDE);
        struct frame *f = w->depth ? &w->frames[w->depth - 1] : NULL;
        if (ev == SCAN_END)
            return ERR_OK;
        if (ev <= SCAN_MORE) {
            *e = w->scan.error;
            return ev == SCAN_BAD ? e->code
                                  : err_set(e, ERR_DATA, "the record ends early");
        }
        assert(f || (ev != SCAN_KEY && ev != SCAN_OBJECT_END && ev != SCAN_ARRAY_END));
        if (ev == SCAN_KEY) {
            TRY(enter_member(w, f, &member, e));
            raw = walk_token(w, &w->scan, true);
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

static __attribute__((noinline, cold)) enum err
walk_timed(struct walker *w, struct node *record, struct error *e)
{
    enum stage before = stage_move(w->clock, STAGE_DECIDE);
    enum err code = walk_events(w, record, true, e);
    stage_move(w->clock, before);
    return code;
}

enum err walk_record(struct walker *w, const struct walk_input *in, struct buf *out,
                     struct canon *canon, struct error *e)
{
    struct error local = ERROR_INIT;
    if (!e)
        e = &local;
    struct node *record = tree_record(&w->tree, in->entity, in->stored);
    if (!record)
        return err_set(e, ERR_LIMIT, "more than %u distinct paths", TREE_PATHS);
    w->json = in->json;
    w->out = out;
    w->canon = canon;
    w->clock = in->clock;
    w->depth = 0;
    w->n_siblings = 0;
    if (w->sibling_texts.bytes)
        arena_clear(&w->sibling_texts);
    scan_reset(&w->scan, 0);
    scan_feed(&w->scan, in->json);
    scan_finish(&w->scan);
    enum err code =
        w->clock ? walk_timed(w, record, e) : walk_events(w, record, false, e);
    if (code != ERR_OK) {
        err_at(e, w->scan.offset);
        return code;
    }
    w->counts.records++;
    record->instance++; /* how many records */
    return ERR_OK;
}
