#include "scrub/ledger.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "crypt/digest.h"
#include "doc/doc.h"
#include "json/emit.h"

static const char *const kind_names[] = {"string", "number", "boolean", "null"};

/* Joining trees: the second's counts go into the first; paths that only the second has
 * move over. */

static bool same_candidates(const struct node *a, const struct node *b)
{
    if (a->n_candidates != b->n_candidates)
        return false;
    for (size_t i = 0; i < a->n_candidates; i++)
        if (a->candidates[i].rule != b->candidates[i].rule)
            return false;
    return true;
}

static struct node *same_child(struct node *parent, const struct node *child)
{
    for (struct node *n = parent->first; n; n = n->next)
        if (n->kind == child->kind && n->field == child->field &&
            str_eq(n->name, child->name) && n->states.n == child->states.n &&
            (!n->states.n || memcmp(n->states.items, child->states.items,
                                    n->states.n * sizeof *n->states.items) == 0) &&
            same_candidates(n, child)) /* key rules part members of an open map */
            return n;
    return NULL;
}

static void less_shape(char *to, const char *from)
{
    if (from[0] && (!to[0] || strcmp(from, to) < 0))
        memcpy(to, from, TREE_SHAPE);
}

static void add_counts(struct node *to, const struct node *from)
{
    for (int i = 0; i < 4; i++) {
        to->leaves[i] += from->leaves[i];
        to->undecided[i] += from->undecided[i];
    }
    if (to->kind == NODE_RECORD)
        to->instance += from->instance;
    to->containers += from->containers;
    to->found += from->found;
    to->skipped += from->skipped;
    to->open |= from->open;
    if (!to->shape)
        to->shape = from->shape;
    else if (from->shape)
        less_shape(to->shape, from->shape);
    to->hidden |= from->hidden;
    for (size_t i = 0; i < to->n_candidates + to->n_names; i++)
        for (size_t k = 0; k < from->n_candidates + from->n_names; k++)
            if (to->candidates[i].rule == from->candidates[k].rule)
                to->candidates[i].count += from->candidates[k].count;
}

static void join(struct node *to, struct node *from);

static void adopt(struct node *parent, struct node *child)
{
    child->parent = parent;
    child->next = NULL;
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->n_unknown += child->unnamed;
}

static struct node *take_children(struct node *n)
{
    struct node *first = n->first;
    n->first = n->last = NULL;
    return first;
}

static void join_children(struct node *to, struct node *from)
{
    for (struct node *n = take_children(from), *next; n; n = next) {
        next = n->next;
        struct node *same = same_child(to, n);
        if (same)
            join(same, n);
        else
            adopt(to, n);
    }
}

static void join(struct node *to, struct node *from)
{
    add_counts(to, from);
    join_children(to, from);
    table_done(&from->children);
}

/* Which names of an open map have nodes of their own depends on who saw them first;
 * that it is one depends on the input only. So they all become one: what stands below
 * them is then joined, and may turn out to be an open map too. */
static void collapse(struct node *n)
{
    if (!n)
        return;
    n->open |= n->n_unknown > TREE_NAMES;
    if (n->open)
        for (struct node *c = take_children(n), *next; c; c = next) {
            next = c->next;
            if (c->unnamed) {
                c->kind = NODE_OPEN;
                c->name = STR("*");
                c->unnamed = false;
            }
            struct node *same = c->kind == NODE_OPEN ? same_child(n, c) : NULL;
            if (same)
                join(same, c);
            else
                adopt(n, c);
        }
    for (struct node *c = n->first; c; c = c->next)
        collapse(c); /* as deep as SCAN_DEPTH */
}

static size_t count_nodes(const struct node *n)
{
    size_t sum = 0;
    for (; n; n = n->next)
        sum += 1 + count_nodes(n->first);
    return sum;
}

/* Lines */

static struct ledger_line *line_at(struct ledger *l, struct str path,
                                   const struct node *n)
{
    struct ledger_line *line = table_get(&l->by_path, path);
    if (line)
        return line;
    line = ARENA_NEW(&l->arena, struct ledger_line);
    line->path = arena_str(&l->arena, path);
    line->node = n;
    line->n_candidates = n->n_candidates + n->n_names;
    line->candidates = ARENA_ARRAY(&l->arena, struct candidate, line->n_candidates);
    for (size_t i = 0; i < line->n_candidates; i++) {
        line->candidates[i] = n->candidates[i];
        line->candidates[i].count = 0;
    }
    VEC_PUSH(l->lines, l->n_lines, l->cap_lines) = line;
    table_put(&l->by_path, line->path, line);
    return line;
}

static bool has_been_used(const struct node *n)
{
    return n->leaves[0] | n->leaves[1] | n->leaves[2] | n->leaves[3] | n->containers;
}

/* Names that show alike (members of an open map, shapes) share a line, but key rules
 * may decide them differently: such a line has all their rules, and a program that is
 * nobody's, so that a snapshot's values there are decided again. */
#define MIXED '0'

static bool is_mixed(const struct ledger_line *line)
{
    for (int i = 0; i < 32; i++)
        if (line->program[i] != MIXED)
            return false;
    return true;
}

static void count_candidate(struct ledger *l, struct ledger_line *line,
                            const struct candidate *c)
{
    for (size_t i = 0; i < line->n_candidates; i++)
        if (line->candidates[i].rule == c->rule) {
            line->candidates[i].count += c->count;
            return;
        }
    struct candidate *more =
        ARENA_ARRAY(&l->arena, struct candidate, line->n_candidates + 1);
    if (line->n_candidates)
        memcpy(more, line->candidates, line->n_candidates * sizeof *more);
    more[line->n_candidates++] = *c;
    line->candidates = more;
}

static int by_order(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return (x->rule->order > y->rule->order) - (x->rule->order < y->rule->order);
}

static void add_line(struct ledger *l, const struct node *n,
                     const struct program_context *context)
{
    BUF_SCOPED path = BUF_INIT;
    node_path(n, &path);
    struct ledger_line *line = line_at(l, buf_str(&path), n);
    for (int i = 0; i < 4; i++) {
        line->leaves[i] += n->leaves[i];
        line->undecided[i] += n->undecided[i];
    }
    line->containers += n->containers;
    line->found += n->found;
    line->skipped += n->skipped;
    if (n->shape)
        less_shape(line->shape, n->shape);
    for (size_t i = 0; i < n->n_candidates + n->n_names; i++)
        count_candidate(l, line, &n->candidates[i]);
    uint8_t program[16];
    node_program(n, l->rules, context, program);
    BUF_SCOPED hex = BUF_INIT;
    hex_add(&hex, program, sizeof program);
    if (!line->program[0])
        memcpy(line->program, hex.p, 32);
    else if (memcmp(line->program, hex.p, 32) != 0)
        memset(line->program, MIXED, 32);
}

static void add_lines(struct ledger *l, const struct node *n,
                      const struct program_context *context)
{
    for (; n; n = n->next) {
        if (has_been_used(n))
            add_line(l, n, context);
        add_lines(l, n->first, context); /* as deep as SCAN_DEPTH */
    }
}

static int by_path(const void *a, const void *b)
{
    const struct ledger_line *const *x = a, *const *y = b;
    return str_cmp((*x)->path, (*y)->path);
}

static int by_name(const void *a, const void *b)
{
    const struct ledger_entity *x = a, *y = b;
    return str_cmp(x->name, y->name);
}

static void add_entity(struct ledger *l, const struct node *raw,
                       const struct node *stored)
{
    uint64_t records = (raw ? raw->instance : 0) + (stored ? stored->instance : 0);
    if (records)
        VEC_PUSH(l->entities, l->n_entities, l->cap_entities) = (struct ledger_entity){
            .name = raw ? raw->name : stored->name, .records = records};
}

static void sum_counts(struct ledger *l, const struct walker *w)
{
    const struct walk_counts *c = walker_counts(w);
    l->counts.records += c->records;
    l->counts.leaves += c->leaves;
    l->counts.changed += c->changed;
    l->counts.undecided += c->undecided;
    l->counts.already += c->already;
    l->counts.found += c->found;
    for (size_t i = 0; i < l->rules->n_detectors; i++)
        l->detections[i] += walker_detections(w)[i];
}

/* Takes the root out of its tree. */
static void take_root(struct node **to, struct node **from)
{
    struct node *n = *from;
    *from = NULL;
    if (*to && n)
        join(*to, n);
    else if (n)
        *to = n;
}

static void take_trees(struct ledger *l, struct walker *const *walkers, size_t n)
{
    l->n_roots = walker_tree(walkers[0])->cap_records;
    l->raw = alloc_zero(l->n_roots, sizeof(struct node *));
    l->stored = alloc_zero(l->n_roots, sizeof(struct node *));
    for (size_t i = 0; i < n; i++) {
        struct tree *t = walker_tree(walkers[i]);
        sum_counts(l, walkers[i]);
        for (size_t k = 0; k < l->n_roots; k++) {
            take_root(&l->raw[k], &t->records[k]);
            take_root(&l->stored[k], &t->stored[k]);
        }
    }
    for (size_t k = 0; k < l->n_roots; k++) {
        collapse(l->raw[k]);
        collapse(l->stored[k]);
    }
}

enum err ledger_init(struct ledger *l, struct walker *const *walkers, size_t n,
                     const struct ruleset *rules, const struct program_context *context,
                     struct error *e)
{
    *l = (struct ledger){.rules = rules};
    l->detections = alloc_zero(rules->n_detectors, sizeof *l->detections);
    l->decisions = alloc_zero(rules->n_rules, sizeof *l->decisions);
    take_trees(l, walkers, n);
    size_t total = 0;
    for (size_t k = 0; k < l->n_roots; k++)
        total += count_nodes(l->raw[k]) + count_nodes(l->stored[k]);
    if (total > TREE_PATHS)
        return err_set(e, ERR_LIMIT, "more than %u distinct paths", TREE_PATHS);
    for (size_t k = 0; k < l->n_roots; k++) {
        add_lines(l, l->raw[k], context);
        add_lines(l, l->stored[k], context);
        add_entity(l, l->raw[k], l->stored[k]);
    }
    for (size_t i = 0; i < l->n_lines; i++)
        if (is_mixed(l->lines[i]))
            qsort(l->lines[i]->candidates, l->lines[i]->n_candidates,
                  sizeof(struct candidate), by_order);
    for (size_t i = 0; i < l->n_lines; i++)
        for (size_t k = 0; k < l->lines[i]->n_candidates; k++)
            l->decisions[l->lines[i]->candidates[k].rule->order] +=
                l->lines[i]->candidates[k].count;
    if (l->n_lines)
        qsort(l->lines, l->n_lines, sizeof *l->lines, by_path);
    if (l->n_entities)
        qsort(l->entities, l->n_entities, sizeof *l->entities, by_name);
    return ERR_OK;
}

void ledger_done(struct ledger *l)
{
    for (size_t k = 0; k < l->n_roots; k++) {
        node_done(l->raw[k]);
        node_done(l->stored[k]);
    }
    free(l->raw);
    free(l->stored);
    table_done(&l->by_path);
    free(l->lines);
    free(l->detections);
    free(l->decisions);
    free(l->entities);
    arena_done(&l->arena);
}

uint64_t ledger_undecided(const struct ledger_line *line)
{
    return line->undecided[0] + line->undecided[1] + line->undecided[2] +
           line->undecided[3];
}

static void emit_types(struct emit *j, const char *key, const uint64_t counts[4])
{
    static const int order[] = {ACT_BOOL, ACT_NULL, ACT_NUMBER, ACT_STRING};
    emit_key(j, str_of(key));
    emit_object(j);
    for (int i = 0; i < 4; i++)
        if (counts[order[i]])
            emit_key_uint(j, kind_names[order[i]], counts[order[i]]);
    emit_object_end(j);
}

/* The rules that can decide here, in order: those about values up to the first that
 * always does, and all about names. */
static void emit_rules(struct emit *j, const struct ledger_line *line)
{
    bool sure = false;
    emit_key(j, STR("rules"));
    emit_array(j);
    for (size_t k = 0; k < line->n_candidates; k++) {
        const struct rule *r = line->candidates[k].rule;
        if (sure && !r->keys)
            continue;
        sure = !is_mixed(line) && rule_is_unconditional(r);
        struct str namespace = act_namespace(r->action, r->params);
        emit_object(j);
        emit_key_string(j, "action", str_of(r->action->name));
        if (namespace.n)
            emit_key_string(j, "namespace", namespace);
        emit_key_string(j, "rule", r->id);
        emit_object_end(j);
    }
    emit_array_end(j);
}

void ledger_write(const struct ledger *l, struct buf *out)
{
    struct emit j;
    emit_init(&j, out);
    emit_object(&j);
    emit_key_string(&j, "format", STR("sandcast-ledger 1.0"));
    emit_key(&j, STR("paths"));
    emit_array(&j);
    for (size_t i = 0; i < l->n_lines; i++) {
        const struct ledger_line *line = l->lines[i];
        emit_object(&j);
        emit_key_string(&j, "path", line->path);
        emit_key_string(&j, "program", str_of(line->program));
        emit_rules(&j, line);
        emit_object_end(&j);
    }
    emit_array_end(&j);
    emit_object_end(&j);
    buf_add_char(out, '\n');
}

static void emit_decisions(struct emit *j, const struct ledger_line *line)
{
    emit_key(j, STR("decisions"));
    emit_array(j);
    for (size_t k = 0; k < line->n_candidates; k++) {
        const struct candidate *c = &line->candidates[k];
        if (!c->count)
            continue;
        emit_object(j);
        emit_key_string(j, "action", str_of(c->rule->action->name));
        emit_key_uint(j, "count", c->count);
        emit_key_string(j, "rule", c->rule->id);
        emit_object_end(j);
    }
    emit_array_end(j);
}

void ledger_coverage(const struct ledger *l, struct buf *out)
{
    struct emit j;
    emit_init(&j, out);
    emit_object(&j);
    emit_key_string(&j, "format", STR("sandcast-coverage 1.0"));
    emit_key_uint(&j, "leaves", l->counts.leaves);
    emit_key(&j, STR("paths"));
    emit_array(&j);
    for (size_t i = 0; i < l->n_lines; i++) {
        const struct ledger_line *line = l->lines[i];
        emit_object(&j);
        if (line->skipped)
            emit_key_uint(&j, "already-scrubbed", line->skipped);
        if (line->containers)
            emit_key_uint(&j, "containers", line->containers);
        emit_decisions(&j, line);
        if (line->found)
            emit_key_uint(&j, "found-inside", line->found);
        emit_key_string(&j, "path", line->path);
        emit_types(&j, "types", line->leaves);
        if (ledger_undecided(line))
            emit_types(&j, "undecided", line->undecided);
        emit_object_end(&j);
    }
    emit_array_end(&j);
    emit_key_uint(&j, "records", l->counts.records);
    emit_key_uint(&j, "undecided", l->counts.undecided);
    emit_object_end(&j);
    buf_add_char(out, '\n');
}

#define RULE_ID 60 /* bytes of a suggested id; ids have at most 64 */

/* A path as a pattern: a step that is only known by its shape (between backquotes)
 * becomes a wildcard, which is what hits it. */
static void add_pattern(struct str path, struct buf *out)
{
    for (size_t i = 0; i < path.n; i++) {
        if (path.p[i] != '`') {
            buf_add_char(out, path.p[i]);
            continue;
        }
        buf_add_char(out, '*');
        while (++i < path.n && path.p[i] != '`')
            ;
    }
}

void ledger_suggest(const struct ledger_line *line, struct buf *out)
{
    static const struct {
        const char *word, *action;
    } hints[] = {
        {"email", "pseudonym\n    with: {kind: email, namespace: person-email}"},
        {"name", "pseudonym\n    with: {kind: person, namespace: person-name}"},
        {"phone", "pseudonym\n    with: {kind: phone, namespace: person-phone}"},
        {"serial", "pseudonym\n    with: {kind: serial, namespace: serial-number}"},
        {"description", "keep\n    free_text: true"},
        {"notes", "keep\n    free_text: true"},
        {"text", "keep\n    free_text: true"},
        {"id", "keep"},
    };
    const char *action = line->undecided[ACT_STRING] ? "redact" : "keep";
    char lower[SCHEMA_NAME * 4];
    struct str seg[32], name = line->node->name;
    if (name.n > sizeof lower)
        name.n = sizeof lower;
    size_t n = schema_segments(name, lower, seg, 32);
    for (size_t i = 0; n && i < sizeof hints / sizeof *hints; i++)
        if (str_eq(seg[n - 1], str_of(hints[i].word))) {
            action = hints[i].action;
            break;
        }
    buf_add_str(out, STR("  - id: "));
    for (size_t i = 0, from = out->n; i < line->path.n && out->n - from < RULE_ID;
         i++) {
        char c = line->path.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c | 0x20);
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain)
            buf_add_char(out, c);
        else if (out->p[out->n - 1] != '-' && i + 1 < line->path.n)
            buf_add_char(out, '-');
    }
    while (out->p[out->n - 1] == '-')
        out->n--;
    buf_add_str(out, STR("\n    at: \""));
    add_pattern(line->path, out);
    buf_printf(out, "\"\n    action: %s\n", action);
}

/* The ledger of a snapshot */

struct ledger_past {
    struct doc *doc;
    struct table programs; /* path -> text of the program */
};

enum err ledger_read(struct str json, struct ledger_past **out, struct error *e)
{
    CLEANUP(ledger_past_freep) struct ledger_past *p = NEW(struct ledger_past);
    TRY(doc_json(json, "meta/ledger.json", &p->doc, e));
    const struct doc_node *paths = doc_get(doc_root(p->doc), "paths");
    if (!paths || paths->kind != DOC_LIST)
        return err_set(e, ERR_DATA, "meta/ledger.json: paths is missing");
    for (size_t i = 0; i < paths->n_items; i++) {
        const struct doc_node *path = doc_get(paths->items[i], "path");
        const struct doc_node *program = doc_get(paths->items[i], "program");
        if (!path || !program || program->text.n != 32)
            return err_set(e, ERR_DATA, "meta/ledger.json: line %zu is not whole",
                           i + 1);
        table_put(&p->programs, path->text, (void *)program);
    }
    *out = p;
    p = NULL;
    return ERR_OK;
}

void ledger_past_free(struct ledger_past *p)
{
    if (!p)
        return;
    table_done(&p->programs);
    doc_free(p->doc);
    free(p);
}

/* Asked when the node is new: the answer must not depend on what the tree has seen. */
bool ledger_was_decided(void *ctx, const struct node *n)
{
    const struct ledger_compare *c = ctx;
    uint8_t program[16];
    BUF_SCOPED path = BUF_INIT;
    BUF_SCOPED hex = BUF_INIT;
    node_program(n, c->rules, &c->context, program);
    hex_add(&hex, program, sizeof program);
    for (unsigned form = 0; form < node_forms(n); form++) {
        buf_clear(&path);
        node_path_form(n, form, &path);
        const struct doc_node *past = table_get(&c->past->programs, buf_str(&path));
        if (past && str_eq(buf_str(&hex), past->text))
            return true;
    }
    return false;
}
