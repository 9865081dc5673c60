#include "scrub/tree.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "json/escape.h"
#include "json/scan.h"

#define STEP_NAMES \
    64 /* siblings up to which an unknown name is printed (architecture) */
#define KEY_SEGS 32

void tree_init(struct tree *t, const struct ruleset *rules, struct schema *schema)
{
    *t = (struct tree){.rules = rules, .schema = schema};
    t->cap_records = SCHEMA_ENTITIES;
    t->records = alloc_zero(t->cap_records, sizeof(struct node *));
    t->stored = alloc_zero(t->cap_records, sizeof(struct node *));
}

void node_done(struct node *n)
{
    for (; n; n = n->next) {
        table_done(&n->children);
        node_done(n->first); /* as deep as SCAN_DEPTH */
    }
}

void tree_done(struct tree *t)
{
    for (size_t i = 0; i < t->cap_records; i++) {
        node_done(t->records[i]);
        node_done(t->stored[i]);
    }
    free(t->records);
    free(t->stored);
    arena_done(&t->arena);
    arena_done(&t->scratch);
}

/* Candidates: the rules whose paths end here, then those whose key names match. */

struct collect {
    struct tree *tree;
    struct candidate *list;
    size_t n, cap;
};

static void add_candidate(struct collect *c, const struct rule *r, path_rank rank,
                          bool deep)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->list[i].rule != r)
            continue;
        if (rank > c->list[i].rank)
            c->list[i].rank = rank;
        c->list[i].deep &= deep;
        return;
    }
    VEC_PUSH(c->list, c->n, c->cap) =
        (struct candidate){.rule = r, .rank = rank, .deep = deep};
}

static void hit_pattern(void *ctx, uint32_t id)
{
    struct collect *c = ctx;
    const struct ruleset *rs = c->tree->rules;
    add_candidate(c, rs->owners[id], rs->ranks[id] + 1, path_is_deep(rs->paths, id));
}

/* Do the segments of `key` stand in a row among those of the name? Both are joined by
 * single spaces, so it is a search for whole words. */
static bool has_segments(struct str joined, struct str key)
{
    for (size_t at = 0; key.n && at + key.n <= joined.n; at++)
        if ((at == 0 || joined.p[at - 1] == ' ') &&
            (at + key.n == joined.n || joined.p[at + key.n] == ' ') &&
            str_eq(str_n(joined.p + at, key.n), key))
            return true;
    return false;
}

static void add_keyed(struct collect *c, struct str name)
{
    const struct ruleset *rs = c->tree->rules;
    if (!rs->n_keyed)
        return;
    char lower[SCHEMA_NAME * 4];
    struct str seg[KEY_SEGS];
    if (name.n > sizeof lower)
        name.n = sizeof lower;
    size_t n = schema_segments(name, lower, seg, KEY_SEGS);
    BUF_SCOPED joined = BUF_INIT;
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_add_char(&joined, ' ');
        buf_add_str(&joined, seg[i]);
    }
    for (size_t i = 0; i < rs->n_keyed; i++)
        for (size_t k = 0; k < rs->keyed[i]->n_key; k++)
            if (has_segments(buf_str(&joined), rs->keyed[i]->key[k])) {
                add_candidate(c, rs->keyed[i], 0, false);
                break;
            }
}

/* Rules about values, then those about names. */
static int by_strength(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->rule->keys != y->rule->keys)
        return x->rule->keys ? 1 : -1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? 1 : -1;
    return (x->rule->order > y->rule->order) - (x->rule->order < y->rule->order);
}

/* The name that key rules look at: a list's elements go by the list's name. */
static struct str key_name(const struct node *n)
{
    while (n && n->kind == NODE_ELEMENT)
        n = n->parent;
    return n && n->kind == NODE_MEMBER ? n->name : STR("");
}

static bool keeps_all(const struct rule *r)
{
    return rule_is_unconditional(r) && r->action == &act_keep && !r->free_text;
}

static void decide(struct tree *t, struct node *n, struct str name)
{
    struct collect c = {.tree = t};
    path_ends(t->rules->paths, n->states, hit_pattern, &c);
    add_keyed(&c, name);
    if (c.n)
        qsort(c.list, c.n, sizeof *c.list, by_strength);
    while (n->n_candidates < c.n && !c.list[n->n_candidates].rule->keys)
        n->n_candidates++;
    n->n_names = n->kind == NODE_OPEN ? (uint32_t)c.n - n->n_candidates : 0;
    n->candidates = ARENA_ARRAY(&t->arena, struct candidate, c.n);
    n->names = n->candidates + n->n_candidates;
    if (c.n)
        memcpy(n->candidates, c.list, c.n * sizeof *c.list);
    if (n->n_candidates && keeps_all(n->candidates->rule))
        n->kept = n->candidates;
    free(c.list);
}

static void hit_when(void *ctx, uint32_t id)
{
    struct collect *c = ctx;
    c->n += rule_looks_at_siblings(c->tree->rules->owners[id]);
}

/* Can a rule that looks at siblings decide something below this object? */
static bool looks_at_siblings(struct tree *t, const struct node *n)
{
    if (!t->rules->has_when)
        return false;
    for (size_t i = 0; i < t->rules->n_keyed; i++)
        if (rule_looks_at_siblings(t->rules->keyed[i]))
            return true;
    struct collect c = {.tree = t};
    path_open(t->rules->paths, n->states, hit_when, &c);
    /* A member that the schema types as a scalar brings that scalar's own patterns. */
    for (size_t i = 0; !c.n && n->type && i < n->type->n_fields; i++) {
        const struct type *of = n->type->fields[i].type;
        if (!of || of->kind == TYPE_OBJECT)
            continue;
        struct arena scratch = ARENA_INIT;
        struct path_states s =
            path_typed(t->rules->paths, (struct path_states){0}, of->name, &scratch);
        path_open(t->rules->paths, s, hit_when, &c);
        path_ends(t->rules->paths, s, hit_when, &c);
        arena_done(&scratch);
    }
    return c.n > 0;
}

static bool is_scalar_json(const struct type *type)
{
    return type && (type->kind == TYPE_ANY || type->kind == TYPE_JSON_STRING);
}

/* Of a node in its parent's table, which may be half empty. */
#define TABLE_COST (2 * (sizeof(struct table_slot) + sizeof(uint32_t)))

size_t tree_bytes(const struct tree *t)
{
    return t->arena.bytes + t->n_nodes * TABLE_COST;
}

static struct node *add(struct tree *t, struct node *parent, enum node_kind kind,
                        struct error *e)
{
    if (t->n_nodes >= TREE_PATHS) {
        err_set(e, ERR_LIMIT, "more than %u distinct paths", TREE_PATHS);
        return NULL;
    }
    if (t->limit && tree_bytes(t) > t->limit) {
        err_set(e, ERR_LIMIT,
                "%zu distinct paths take more than %zu bytes (see --memory)",
                t->n_nodes, t->limit);
        return NULL;
    }
    t->n_nodes++;
    struct node *n = ARENA_NEW(&t->arena, struct node);
    n->kind = kind;
    n->parent = parent;
    n->in_scalar = parent && (parent->in_scalar || is_scalar_json(parent->type));
    if (parent && parent->last)
        parent->last->next = n;
    else if (parent)
        parent->first = n;
    if (parent)
        parent->last = n;
    return n;
}

static void mark_already(struct tree *t, struct node *n)
{
    for (const struct node *up = n; up; up = up->parent)
        if (up->kind == NODE_RECORD && up->already && t->previous)
            n->already = t->previous(t->previous_ctx, n);
}

/* Out of the scratch arena, whose arrays have room to grow. */
static struct path_states copy_states(struct tree *t, struct path_states from)
{
    uint32_t *items = ARENA_ARRAY(&t->arena, uint32_t, from.n);
    if (from.n)
        memcpy(items, from.items, from.n * sizeof *items);
    return (struct path_states){.items = items, .n = from.n};
}

/* `states` lie in the scratch arena. */
static void settle(struct tree *t, struct node *n, struct path_states states)
{
    if (n->type)
        states = path_typed(t->rules->paths, states, n->type->name, &t->scratch);
    n->states = copy_states(t, states);
    decide(t, n, key_name(n));
    n->siblings = looks_at_siblings(t, n);
    mark_already(t, n);
}

struct node *tree_record(struct tree *t, const struct entity *entity, bool stored)
{
    struct node **at = &(stored ? t->stored : t->records)[entity->index];
    if (*at)
        return *at;
    struct node *n = add(t, NULL, NODE_RECORD, NULL);
    if (!n)
        return NULL;
    n->entity = entity;
    n->name = entity->name;
    n->type = entity->type;
    arena_clear(&t->scratch);
    settle(t, n, path_record(t->rules->paths, entity->name, &t->scratch));
    n->already = stored;
    return *at = n;
}

/* In the one spelling of a name, so that it does not matter whose spelling came first.
 */
static void set_quoted(struct tree *t, struct node *n, struct str name)
{
    if (n->field) {
        n->raw = arena_str(&t->arena, name);
        n->name = n->field->name;
        n->quoted = n->field->quoted;
        return;
    }
    BUF_SCOPED b = BUF_INIT;
    escape_add_quoted(&b, name);
    buf_add_char(&b, ':');
    n->quoted = arena_str(&t->arena, buf_str(&b));
    n->raw = str_n(n->quoted.p + 1, n->quoted.n - 3);
    n->name = str_eq(n->raw, name) ? n->raw : arena_str(&t->arena, name);
}

static void hit_keys(void *ctx, uint32_t id)
{
    struct collect *c = ctx;
    c->n += c->tree->rules->owners[id]->keys;
}

/* Is the name itself data, by a rule with `keys`? */
static bool name_is_ruled(struct tree *t, const struct node *parent, struct str name)
{
    struct collect c = {.tree = t};
    if (!t->rules->has_keys)
        return false;
    arena_clear(&t->scratch);
    path_ends(t->rules->paths,
              path_member(t->rules->paths, parent->states, name, &t->scratch), hit_keys,
              &c);
    return c.n > 0;
}

/* What an open map's member is found by: the states and the key rules that decide it,
 * behind a byte with which no name begins. */
static void open_key(struct path_states states, const struct collect *keyed,
                     struct buf *out)
{
    buf_add_char(out, '\xff');
    for (size_t i = 0; i < states.n; i++)
        buf_add_u32(out, states.items[i]);
    buf_add_char(out, '\xff');
    for (size_t i = 0; i < keyed->n; i++)
        buf_add_u32(out, (uint32_t)keyed->list[i].rule->order);
}

/* Members of an open map that are treated alike share one node. */
static struct node *open_member(struct tree *t, struct node *parent, struct str name,
                                struct error *e)
{
    arena_clear(&t->scratch);
    struct path_states states =
        path_member(t->rules->paths, parent->states, name, &t->scratch);
    struct collect c = {.tree = t};
    BUF_SCOPED key = BUF_INIT;
    add_keyed(&c, name);
    open_key(states, &c, &key);
    free(c.list);
    struct node *n = table_get(&parent->children, buf_str(&key));
    if (n)
        return n;
    n = add(t, parent, NODE_OPEN, e);
    if (!n)
        return NULL;
    n->name = STR("*");
    n->states = copy_states(t, states);
    decide(t, n, name);
    n->siblings = looks_at_siblings(t, n);
    mark_already(t, n);
    table_put(&parent->children, arena_str(&t->arena, buf_str(&key)), n);
    return n;
}

/* A connection inside a record (edges, node) is seen through: its nodes are typed. */
static void see_through(struct node *n, const struct node *parent)
{
    if (parent->via && str_eq(n->name, STR("node"))) {
        n->type = parent->via;
        n->via = NULL;
    } else if (parent->kind == NODE_MEMBER && parent->field && parent->type &&
               parent->type->kind == TYPE_OBJECT && str_eq(n->name, STR("edges"))) {
        n->via = parent->type;
    }
}

static struct node *new_member(struct tree *t, struct node *parent, struct str name,
                               struct error *e)
{
    const struct type *type = parent->type;
    bool typed = type && type->kind == TYPE_OBJECT && !parent->via;
    const struct field *field = typed ? schema_field(type, name) : NULL;
    bool envelope = !field && !parent->in_scalar && schema_is_envelope(name);
    if (!field && !envelope && name_is_ruled(t, parent, name))
        return open_member(t, parent, name, e);
    struct node *n = field ? table_get(&parent->children, field->name) : NULL;
    if (n) {
        /* The other dialect. */
        table_put(&parent->children, arena_str(&t->arena, name), n);
        return n;
    }
    bool named = field || path_names(t->rules->paths, parent->states, name);
    if (!named && name.n > TREE_NAME)
        return open_member(t, parent, name, e);
    if (!named && (parent->open || parent->n_unknown >= TREE_NAMES)) {
        parent->open = true;
        return open_member(t, parent, name, e);
    }
    n = add(t, parent, NODE_MEMBER, e);
    if (!n)
        return NULL;
    n->unnamed = !named;
    parent->n_unknown += !named;
    n->field = field;
    n->type = field ? field->type : NULL;
    n->envelope = envelope;
    set_quoted(t, n, name);
    n->hidden = !named && t->is_data && t->is_data(t->is_data_ctx, n->name);
    see_through(n, parent);
    arena_clear(&t->scratch);
    settle(t, n, path_member(t->rules->paths, parent->states, n->name, &t->scratch));
    table_put(&parent->children, n->name, n);
    if (field && !str_eq(name, field->name))
        table_put(&parent->children, n->raw, n);
    return n;
}

struct node *tree_member(struct tree *t, struct node *parent, struct str raw,
                         bool escaped, struct error *e)
{
    struct str name = raw;
    BUF_SCOPED text = BUF_INIT;
    if (escaped) {
        if (scan_unescape(raw, &text, e) != ERR_OK)
            return NULL;
        name = buf_str(&text);
    }
    struct node *n = table_get(&parent->children, name);
    return n ? n : new_member(t, parent, name, e);
}

struct node *tree_element(struct tree *t, struct node *parent, struct error *e)
{
    if (parent->element)
        return parent->element;
    struct node *n = add(t, parent, NODE_ELEMENT, e);
    if (!n)
        return NULL;
    n->name = STR("[*]");
    n->field = NULL;
    n->type = parent->type;
    n->via = parent->via;
    arena_clear(&t->scratch);
    settle(t, n, path_element(t->rules->paths, parent->states, &t->scratch));
    return parent->element = n;
}

void node_program(const struct node *n, const struct ruleset *rules,
                  const struct program_context *c, uint8_t out[16])
{
    CLEANUP(sha256_freep) struct sha256 *d = sha256_new();
    bool sure = false, detectors = false, keyed = false;
    for (size_t i = 0; i < n->n_candidates && !sure; i++) {
        const struct rule *r = n->candidates[i].rule;
        sha256_add(d, str_n((const char *)r->digest, SHA256_SIZE));
        sure = rule_is_unconditional(r);
        detectors |= r->free_text;
        keyed |= r->action->keyed;
    }
    if (!sure || detectors) {
        sha256_add(d, str_n((const char *)rules->detector_digest, SHA256_SIZE));
        for (size_t i = 0; i < rules->n_detectors; i++)
            keyed |= rules->detectors[i]->action->keyed;
    }
    if (!sure)
        sha256_add(d, c->undecided);
    for (size_t i = 0; i < n->n_names; i++) {
        sha256_add(d, str_n((const char *)n->names[i].rule->digest, SHA256_SIZE));
        keyed |= n->names[i].rule->action->keyed;
    }
    if (keyed) {
        uint8_t epoch[4] = {(uint8_t)c->epoch, (uint8_t)(c->epoch >> 8),
                            (uint8_t)(c->epoch >> 16), (uint8_t)(c->epoch >> 24)};
        sha256_add(d, c->key_id);
        sha256_add(d, str_n((const char *)epoch, sizeof epoch));
    }
    uint8_t whole[SHA256_SIZE];
    sha256_end(d, whole);
    memcpy(out, whole, 16);
}

static bool is_identifier(struct str s)
{
    if (!s.n || s.n > SCHEMA_NAME)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i > 0 && ((c >= '0' && c <= '9') || c == '-')))
            return false;
    }
    return true;
}

/* A name that may be data shows as the classes of its characters: `a9-a`. */
static void add_shape(struct str s, struct buf *out)
{
    char last = 0;
    buf_add_char(out, '`');
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i], k = '.';
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (uint8_t)c >= 0x80)
            k = 'a';
        else if (c >= '0' && c <= '9')
            k = '9';
        if (k != last)
            buf_add_char(out, k);
        last = k;
    }
    buf_add_char(out, '`');
}

static void add_name(const struct node *n, struct buf *out)
{
    bool shown = !n->unnamed || (!n->hidden && n->parent->n_unknown <= STEP_NAMES);
    if (n->field || n->kind == NODE_OPEN || (shown && is_identifier(n->name)))
        buf_add_str(out, n->name);
    else if (n->parent->n_unknown > TREE_NAMES || n->parent->open)
        buf_add_char(out, '*');
    else
        add_shape(n->name, out);
}

/* May the step show in another form when more of its siblings are known? */
static bool is_variable(const struct node *n)
{
    return n->kind == NODE_MEMBER && !n->field &&
           (n->unnamed || !is_identifier(n->name));
}

static void add_form(const struct node *n, unsigned form, struct buf *out)
{
    if (form == 0 && !n->hidden && is_identifier(n->name))
        buf_add_str(out, n->name);
    else if (form < 2)
        add_shape(n->name, out);
    else
        buf_add_char(out, '*');
}

unsigned node_forms(const struct node *n)
{
    unsigned forms = 1;
    for (; n; n = n->parent)
        if (is_variable(n) && forms <= NODE_FORMS)
            forms *= 3;
    return forms <= NODE_FORMS ? forms : 0;
}

void node_path_form(const struct node *n, unsigned form, struct buf *out)
{
    bool variable = is_variable(n);
    if (n->kind == NODE_RECORD) {
        buf_add_str(out, n->name);
        return;
    }
    node_path_form(n->parent, variable ? form / 3 : form, out); /* SCAN_DEPTH deep */
    if (n->kind != NODE_ELEMENT)
        buf_add_char(out, n->parent->kind == NODE_RECORD ? ':' : '.');
    if (variable)
        add_form(n, form % 3, out);
    else
        buf_add_str(out, n->name);
}

void node_path(const struct node *n, struct buf *out)
{
    if (n->kind == NODE_RECORD) {
        buf_add_str(out, n->name);
        return;
    }
    node_path(n->parent, out); /* as deep as SCAN_DEPTH */
    if (n->kind == NODE_ELEMENT) {
        buf_add_str(out, n->name);
        return;
    }
    buf_add_char(out, n->parent->kind == NODE_RECORD ? ':' : '.');
    add_name(n, out);
}
