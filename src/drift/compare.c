#include "drift/compare.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "drift/compare_private.h"
#include "drift/pointer.h"
#include "drift/show.h"
#include "json/escape.h"

struct compare *compare_new(const struct compare_options *o)
{
    struct compare *c = NEW(struct compare);
    c->options = *o;
    value_reader_init(&c->reader);
    c->raw = canon_new();
    for (unsigned side = 0; side < 2; side++)
        c->canon[side] = canon_new();
    return c;
}

void compare_free(struct compare *c)
{
    if (!c)
        return;
    value_reader_done(&c->reader);
    for (unsigned side = 0; side < 2; side++) {
        canon_free(c->canon[side]);
        buf_done(&c->shown[side]);
    }
    arena_done(&c->arena);
    buf_done(&c->path);
    buf_done(&c->name);
    buf_done(&c->scrubbed);
    canon_free(c->raw);
    free(c);
}

/* ---- telling */

/* The names from the record down to the place, for the tree of paths. */
static size_t steps_of(const struct place *at, struct str *steps)
{
    size_t n = at->parent ? steps_of(at->parent, steps) : 0;
    if (at->parent && n < SCAN_DEPTH)
        steps[n++] = at->name;
    return n;
}

/* The place as the ledger writes it: Run:steps[*].notes */
static void ledger_path(const struct place *at, struct str entity, struct buf *out)
{
    if (!at->parent) {
        buf_add_str(out, entity);
        return;
    }
    ledger_path(at->parent, entity, out); /* as deep as the record */
    if (!at->name.p) {
        buf_add_str(out, STR("[*]"));
        return;
    }
    buf_add_char(out, at->parent->parent ? '.' : ':');
    buf_add_str(out, at->name);
}

/* What the rules have done here so far, where one side is raw. */
static struct rescrub_place done_at(struct compare *c, const struct place *at)
{
    struct str steps[SCAN_DEPTH];
    if (!c->options.rescrub)
        return (struct rescrub_place){0};
    return rescrub_place(c->options.rescrub, c->pair->entity[c->options.raw_side],
                         steps, steps_of(at, steps));
}

static enum change_scrub verdict_raw(struct compare *c, const struct sides *v,
                                     struct rescrub_place done)
{
    unsigned side = c->options.raw_side;
    const struct rescrub_values values = {
        .raw = v->raw,
        .scrubbed = v->canon[side],
        .other = v->canon[!side],
        .entity = c->pair->entity[side]->name,
        .path = buf_str(&c->path),
        .place = done,
    };
    return rescrub_verdict(c->options.rescrub, &values);
}

/* Both sides are scrubbed: what was done at this path? */
static enum err verdict_scrubbed(struct compare *c, const struct place *at,
                                 const struct sides *v, enum change_scrub *out,
                                 struct error *e)
{
    enum coverage_act act[2];
    BUF_SCOPED path = BUF_INIT;
    ledger_path(at, c->pair->entity[0]->name, &path);
    for (unsigned side = 0; side < 2; side++)
        TRY(coverage_act(c->options.coverage[side], buf_str(&path), &act[side], e));
    bool alike = v->canon[0] && v->canon[1] && v->canon[0]->kind == v->canon[1]->kind;
    *out = act[0] || act[1] ? SCRUB_CHANGED : SCRUB_DRIFT;
    if (c->options.other_key && alike && act[0] == COVERAGE_KEYED &&
        act[1] == COVERAGE_KEYED)
        *out = SCRUB_EPOCH;
    return ERR_OK;
}

/* May this side's value be shown? That of a raw side is what the rules made of it; the
 * other one may be what should not be there. */
static bool is_masked(const struct compare *c, const struct place *at, unsigned side,
                      struct rescrub_place done, enum change_scrub scrub)
{
    if (!c->options.settings->masked)
        return false;
    if (!c->options.rescrub)
        return at->sensitive.n > 0;
    if (side == c->options.raw_side)
        return false;
    return at->sensitive.n || done.changes || done.undecided || scrub > SCRUB_DRIFT;
}

static struct str show(struct compare *c, const struct place *at, const struct sides *v,
                       unsigned side, bool masked)
{
    struct buf *out = &c->shown[side];
    if (!v->canon[side])
        return str_n(NULL, 0);
    buf_clear(out);
    if (masked)
        show_masked(out, at->sensitive.n ? at->sensitive : STR("scrubbed"));
    else if (v->stored[side] && c->options.settings->masked &&
             !(c->options.rescrub && side == c->options.raw_side))
        show_value(out, v->stored[side], at->type, at->other);
    else if (v->stored[side])
        buf_add_str(out, v->stored[side]->text);
    else
        show_canonical(out, v->canon[side]->text);
    return buf_str(out);
}

enum err compare_tell(struct compare *c, enum change_class class,
                      const struct place *at, const struct sides *v, struct error *e)
{
    struct change change = {.class = class,
                            .entity = c->pair->entity[0]->name,
                            .key = c->pair->key,
                            .bytes = c->pair->bytes,
                            .path = buf_str(&c->path),
                            .sensitive = at->sensitive,
                            .count = 1};
    const struct rescrub_place done = done_at(c, at);
    if (class == CHANGE_CHANGED && c->options.rescrub)
        change.scrub = verdict_raw(c, v, done);
    else if (class == CHANGE_CHANGED && c->options.scrubbed)
        TRY(verdict_scrubbed(c, at, v, &change.scrub, e));
    bool drift = change_is_drift(class, change.scrub);
    c->differs = c->differs || drift;
    if (c->quiet)
        return ERR_OK;
    if (drift || class == CHANGE_DANGLING)
        TRY(compare_look(c, at, v, &change, e));
    c->counts->by_scrub[change.scrub]++;
    c->counts->by_reference[change.reference]++;
    change.fails =
        drift && settings_fails(c->options.settings, change.entity, class, at->states);
    c->counts->failing += change.fails;
    c->counts->by_class[class] += drift || class != CHANGE_CHANGED;
    for (unsigned side = 0; side < 2; side++)
        change.print[side] = v->canon[side] ? hash64(v->canon[side]->text) : 0;
    change.left = show(c, at, v, 0, is_masked(c, at, 0, done, change.scrub));
    change.right = show(c, at, v, 1, is_masked(c, at, 1, done, change.scrub));
    return c->options.sink->change(c->options.sink->ctx, &change, e);
}

/* ---- places */

/* A name as written, decoded. */
static struct str decoded(struct compare *c, struct str name)
{
    if (!memchr(name.p, '\\', name.n))
        return name;
    buf_clear(&c->name);
    if (scan_unescape(name, &c->name, NULL) != ERR_OK)
        return name;
    return arena_str(&c->arena, buf_str(&c->name));
}

static struct path_states typed(struct compare *c, struct path_states states,
                                const struct type *type)
{
    if (!type || !c->options.settings->n)
        return states;
    return path_typed(c->options.settings->paths, states, type->name, &c->arena);
}

struct place compare_member_place(struct compare *c, const struct place *at,
                                  struct str name)
{
    name = decoded(c, name);
    struct place p = {.parent = at, .name = name, .sensitive = at->sensitive};
    p.field = at->type ? schema_field(at->type, name) : NULL;
    const struct field *other = at->other ? schema_field(at->other, name) : NULL;
    p.type = p.field ? p.field->type : NULL;
    p.other = other ? other->type : NULL;
    if (other && other->sensitive.n)
        p.sensitive = other->sensitive;
    if (p.field && p.field->sensitive.n)
        p.sensitive = p.field->sensitive;
    if (c->options.settings->n)
        p.states = path_member(c->options.settings->paths, at->states, name, &c->arena);
    p.states = typed(c, p.states, p.type);
    return p;
}

struct place compare_element_place(struct compare *c, const struct place *at)
{
    struct place p = {
        .parent = at, .type = at->type, .other = at->other, .sensitive = at->sensitive};
    if (c->options.settings->n)
        p.states = path_element(c->options.settings->paths, at->states, &c->arena);
    p.states = typed(c, p.states, p.type);
    return p;
}

/* ---- members that one side lacks */

/* Has this side the member, and the other one never? */
static enum err is_unknown_to(struct compare *c, const struct place *at, unsigned side,
                              bool *out, struct error *e)
{
    bool here, there;
    BUF_SCOPED path = BUF_INIT;
    ledger_path(at, c->pair->entity[0]->name, &path);
    TRY(coverage_has(c->options.coverage[!side], buf_str(&path), &there, e));
    *out = false;
    if (there)
        return ERR_OK;
    TRY(coverage_has(c->options.coverage[side], buf_str(&path), &here, e));
    *out = here;
    return ERR_OK;
}

static enum err one_sided(struct compare *c, const struct place *at,
                          const struct sides *v, struct error *e)
{
    bool unknown;
    TRY(is_unknown_to(c, at, v->canon[0] ? 0 : 1, &unknown, e));
    return compare_tell(c, unknown ? CHANGE_NOT_EXPORTED : CHANGE_CHANGED, at, v, e);
}

/* ---- values */

bool compare_is_ignored(const struct compare *c, const struct place *at,
                        const struct place_rules *rules)
{
    bool is_volatile = at->field && at->field->is_volatile;
    return rules->ignored || (is_volatile && !c->options.settings->volatile_counts);
}

static enum err leaf(struct compare *c, const struct place *at,
                     const struct place_rules *rules, const struct sides *v,
                     struct error *e)
{
    bool one;
    TRY(compare_is_one(c, v->canon[0], v->canon[1], &one, e));
    if (one) {
        c->counts->normalized += !c->quiet;
        return compare_tell(c, CHANGE_RESPELLED, at, v, e);
    }
    bool near = compare_is_near(v->canon[0]->text, v->canon[1]->text, rules);
    return compare_tell(c, near ? CHANGE_IGNORED : CHANGE_CHANGED, at, v, e);
}

/* The raw value was scrubbed to the one on the other side. */
static enum err tell_equal(struct compare *c, const struct place *at,
                           const struct sides *v, struct error *e)
{
    if (c->quiet)
        return ERR_OK;
    c->counts->by_scrub[SCRUB_EQUAL]++;
    const struct change change = {.class = CHANGE_CHANGED,
                                  .scrub = SCRUB_EQUAL,
                                  .entity = c->pair->entity[0]->name,
                                  .key = c->pair->key,
                                  .bytes = c->pair->bytes,
                                  .path = buf_str(&c->path),
                                  .left = v->canon[0]->text,
                                  .right = v->canon[1]->text,
                                  .sensitive = at->sensitive,
                                  .count = 1};
    return c->options.sink->change(c->options.sink->ctx, &change, e);
}

/* Equal values: is one of them scrubbed, are they written alike? */
static enum err spelling(struct compare *c, const struct place *at,
                         const struct sides *v, struct error *e)
{
    if (v->raw && !str_eq(v->raw->text, v->canon[0]->text))
        return tell_equal(c, at, v, e);
    const struct value *a = v->stored[0], *b = v->stored[1];
    if (!a || !b || str_eq(a->text, b->text))
        return ERR_OK;
    if (a->kind < VALUE_LIST || b->kind < VALUE_LIST)
        return compare_tell(c, CHANGE_RESPELLED, at, v, e);
    return ERR_OK;
}

static enum err members(struct compare *c, const struct place *at,
                        const struct sides *v, struct error *e)
{
    const struct value *a = v->canon[0], *b = v->canon[1];
    for (size_t i = 0, k = 0; i < a->n_items || k < b->n_items;) {
        int order = i == a->n_items   ? 1
                    : k == b->n_items ? -1
                                      : str_cmp(a->items[i].name, b->items[k].name);
        struct str name = order <= 0 ? a->items[i].name : b->items[k].name;
        struct sides item = {0};
        if (order <= 0)
            item.canon[0] = &a->items[i++];
        if (order >= 0)
            item.canon[1] = &b->items[k++];
        for (unsigned side = 0; side < 2; side++)
            if (item.canon[side])
                item.stored[side] = value_member(v->stored[side], name);
        item.raw = value_member(v->raw, name);
        size_t length = c->path.n;
        struct place p = compare_member_place(c, at, name);
        pointer_name(&c->path, p.name);
        TRY(compare_value(c, &p, &item, e));
        c->path.n = length;
    }
    return ERR_OK;
}

static enum err container(struct compare *c, const struct place *at,
                          const struct place_rules *rules, const struct sides *v,
                          struct error *e)
{
    if (v->canon[0]->kind == VALUE_OBJECT)
        return members(c, at, v, e);
    return compare_lists(c, at, rules, v, e);
}

/* Is the value told as a whole, for who cannot address what is in it? A list's places
 * move, and what stands in a string has none. */
static bool is_whole(const struct compare *c, const struct place *at,
                     const struct sides *v)
{
    bool text = at->field && at->field->kind == TYPE_JSON_STRING;
    return c->options.settings->whole && !c->quiet &&
           (v->canon[0]->kind == VALUE_LIST || text);
}

static enum err whole(struct compare *c, const struct place *at,
                      const struct place_rules *rules, const struct sides *v,
                      struct error *e)
{
    bool before = c->differs;
    c->quiet = true;
    c->differs = false;
    TRY(container(c, at, rules, v, e));
    bool differs = c->differs;
    c->quiet = false;
    c->differs = before;
    return differs ? compare_tell(c, CHANGE_CHANGED, at, v, e) : ERR_OK;
}

static enum err compare_both(struct compare *c, const struct place *at,
                             const struct sides *v, struct error *e)
{
    const struct value *a = v->canon[0], *b = v->canon[1];
    bool both = a && b;
    bool equal = both && str_eq(a->text, b->text);
    bool containers = both && a->kind == b->kind && a->kind >= VALUE_LIST;
    if (equal && !containers)
        return spelling(c, at, v, e);
    struct place_rules rules = settings_at(c->options.settings, at->states);
    if (compare_is_ignored(c, at, &rules))
        return equal ? ERR_OK : compare_tell(c, CHANGE_IGNORED, at, v, e);
    if (!both)
        return one_sided(c, at, v, e);
    if (!containers)
        return leaf(c, at, &rules, v, e);
    return is_whole(c, at, v) ? whole(c, at, &rules, v, e)
                              : container(c, at, &rules, v, e);
}

enum err compare_value(struct compare *c, const struct place *at, const struct sides *v,
                       struct error *e)
{
    uint64_t told = c->counts->by_class[CHANGE_CHANGED];
    TRY(compare_both(c, at, v, e));
    /* A change has told of the reference already. */
    if (c->quiet || told != c->counts->by_class[CHANGE_CHANGED])
        return ERR_OK;
    return compare_dangling(c, at, v, e);
}

/* ---- records */

enum err compare_read(struct compare *c, const struct compare_pair *p, unsigned side,
                      struct sides *roots, struct error *e)
{
    struct canon_record canonical;
    struct value *v = ARENA_ARRAY(&c->arena, struct value, 3);
    struct str record = p->record[side];
    bool raw = c->options.rescrub && side == c->options.raw_side;
    if (raw) {
        TRY(canon_record(c->raw, p->entity[side], record, &canonical, e));
        TRY(value_read(&c->reader, canonical.text, &c->arena, &v[2], e));
        roots->raw = &v[2];
        TRY(rescrub_record(c->options.rescrub, p->entity[side], record, &c->scrubbed,
                           e));
        record = buf_str(&c->scrubbed);
    }
    TRY(canon_record(c->canon[side], p->entity[side], record, &canonical, e));
    TRY(value_read(&c->reader, canonical.text, &c->arena, &v[0], e));
    TRY(value_read(&c->reader, record, &c->arena, &v[1], e));
    roots->canon[side] = &v[0];
    roots->stored[side] = &v[1];
    return ERR_OK;
}

struct place compare_record_place(struct compare *c)
{
    const struct compare_pair *p = c->pair;
    struct place at = {.type = p->entity[0]->type, .other = p->entity[1]->type};
    if (!at.type)
        at.type = p->entity[1]->type;
    if (c->options.settings->n)
        at.states =
            path_record(c->options.settings->paths, p->entity[0]->name, &c->arena);
    at.states = typed(c, at.states, at.type);
    return at;
}

enum err compare_records(struct compare *c, const struct compare_pair *p,
                         struct change_entity *counts, bool *out_differs,
                         struct error *e)
{
    struct sides roots = {0};
    arena_clear(&c->arena);
    buf_clear(&c->path);
    c->pair = p;
    c->counts = counts;
    c->differs = c->quiet = false;
    for (unsigned side = 0; side < 2; side++)
        TRY(compare_read(c, p, side, &roots, e));
    const struct place at = compare_record_place(c);
    TRY(compare_value(c, &at, &roots, e));
    *out_differs = c->differs;
    return ERR_OK;
}

enum err compare_whole(struct compare *c, unsigned side, const struct entity *entity,
                       struct str record, struct str *out, struct error *e)
{
    *out = record;
    if (c->options.rescrub && side == c->options.raw_side) {
        TRY(rescrub_record(c->options.rescrub, entity, record, &c->scrubbed, e));
        *out = buf_str(&c->scrubbed);
        return ERR_OK;
    }
    if (!c->options.settings->masked || !entity->type)
        return ERR_OK;
    struct value v;
    arena_clear(&c->arena);
    TRY(value_read(&c->reader, record, &c->arena, &v, e));
    buf_clear(&c->shown[0]);
    show_value(&c->shown[0], &v, entity->type, NULL);
    *out = buf_str(&c->shown[0]);
    return ERR_OK;
}

enum err compare_print(struct compare *c, unsigned side, const struct entity *entity,
                       struct str record, uint64_t *out, struct error *e)
{
    struct canon_record canonical;
    TRY(canon_record(c->canon[side], entity, record, &canonical, e));
    *out = hash64(canonical.text);
    return ERR_OK;
}
