#include "drift/three.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "drift/tape.h"

struct lane { /* the changes from the base to one side */
    struct tape tape;
    struct change next;
    struct arena arena; /* of `next` */
    bool has_next;
    struct change *items; /* of the record that is looked at */
    bool *told;
    size_t n, cap, cap_told;
};

struct three {
    struct lane lanes[2];
    struct arena arena; /* of that record's changes */
    const struct change_sink *sink;
    struct drift_counts *counts;
    struct change_entity now;
    unsigned fields; /* told of the record */
};

static enum err no_entity(void *ctx, const struct change_entity *en, struct error *e)
{
    (void)ctx;
    (void)en;
    (void)e;
    return ERR_OK;
}

/* ---- reading two tapes side by side */

static enum err advance(struct lane *l, struct error *e)
{
    arena_clear(&l->arena);
    return tape_next(&l->tape, &l->arena, &l->next, &l->has_next, e);
}

static int compare_records_of(const struct change *a, const struct change *b)
{
    int c = str_cmp(a->entity, b->entity);
    return c ? c : str_cmp(a->bytes, b->bytes);
}

static struct change copy(struct three *t, const struct change *c)
{
    struct change out = *c;
    struct str *texts[] = {&out.entity, &out.key,   &out.bytes,    &out.path,
                           &out.left,   &out.right, &out.sensitive};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i]->p)
            *texts[i] = arena_str(&t->arena, *texts[i]);
    return out;
}

/* All changes of the record `first` from a lane whose next ones they are. */
static enum err gather(struct three *t, struct lane *l, const struct change *first,
                       struct error *e)
{
    l->n = 0;
    while (l->has_next && compare_records_of(&l->next, first) == 0) {
        VEC_PUSH(l->items, l->n, l->cap) = copy(t, &l->next);
        TRY(advance(l, e));
    }
    if (l->cap_told < l->n) {
        l->cap_told = l->cap;
        l->told = alloc_resize(l->told, l->cap_told, sizeof *l->told);
    }
    if (l->n)
        memset(l->told, 0, l->n * sizeof *l->told);
    return ERR_OK;
}

/* ---- one record */

/* Is one path the other, or above it? */
static bool overlap(struct str a, struct str b)
{
    struct str shorter = a.n < b.n ? a : b, longer = a.n < b.n ? b : a;
    return str_starts(longer, shorter) &&
           (longer.n == shorter.n || longer.p[shorter.n] == '/');
}

/* `left` or `right` is NULL: that side still has the base's value, unless it has
 * changed something above or below (`overlaps`): then its value here is not told. */
static enum err tell(struct three *t, enum change_side side, const struct change *left,
                     const struct change *right, struct error *e)
{
    const struct change *one = left ? left : right;
    struct change c = *one;
    bool overlaps = side == SIDE_CONFLICT && (!left || !right);
    struct str other = overlaps ? str_n(NULL, 0) : one->left;
    c.side = side;
    c.base = one->left;
    c.left = left ? left->right : other;
    c.right = right ? right->right : other;
    c.class = CHANGE_CHANGED;
    if (!c.path.n && !overlaps && (!c.left.p || !c.right.p))
        c.class = c.left.p || !c.right.p ? CHANGE_REMOVED : CHANGE_ADDED;
    t->now.by_class[c.class]++;
    t->now.by_side[side]++;
    if (side != SIDE_SAME) { /* both have it: no drift between them */
        t->now.added += c.class == CHANGE_ADDED;
        t->now.removed += c.class == CHANGE_REMOVED;
        t->fields += c.class == CHANGE_CHANGED;
        c.fails = (left && left->fails) || (right && right->fails);
        t->now.failing += c.fails;
    }
    return t->sink->change(t->sink->ctx, &c, e);
}

static bool same_change(const struct change *a, const struct change *b)
{
    return a->class == b->class && a->count == b->count && a->print[1] == b->print[1];
}

static enum err tell_left(struct three *t, size_t i, struct error *e)
{
    struct lane *l = &t->lanes[0], *r = &t->lanes[1];
    bool conflict = false;
    for (size_t k = 0; k < r->n; k++) {
        if (!overlap(l->items[i].path, r->items[k].path))
            continue;
        if (l->items[i].path.n == r->items[k].path.n) {
            bool same = same_change(&l->items[i], &r->items[k]);
            r->told[k] = true;
            return tell(t, same ? SIDE_SAME : SIDE_CONFLICT, &l->items[i], &r->items[k],
                        e);
        }
        conflict = true;
    }
    return tell(t, conflict ? SIDE_CONFLICT : SIDE_LEFT, &l->items[i], NULL, e);
}

static enum err tell_right(struct three *t, size_t k, struct error *e)
{
    const struct lane *l = &t->lanes[0], *r = &t->lanes[1];
    bool conflict = false;
    for (size_t i = 0; i < l->n; i++)
        conflict = conflict || overlap(l->items[i].path, r->items[k].path);
    return tell(t, conflict ? SIDE_CONFLICT : SIDE_RIGHT, NULL, &r->items[k], e);
}

/* Left changes in their order, then what only the right side has. */
static enum err tell_record(struct three *t, struct error *e)
{
    t->fields = 0;
    for (size_t i = 0; i < t->lanes[0].n; i++)
        TRY(tell_left(t, i, e));
    for (size_t k = 0; k < t->lanes[1].n; k++)
        if (!t->lanes[1].told[k])
            TRY(tell_right(t, k, e));
    t->now.changed += t->fields > 0;
    return ERR_OK;
}

/* ---- all of it */

static enum err end_entity(struct three *t, struct error *e)
{
    if (!t->now.name.n)
        return ERR_OK;
    struct drift_counts *c = t->counts;
    c->added += t->now.added;
    c->removed += t->now.removed;
    c->changed += t->now.changed;
    c->failing += t->now.failing;
    for (unsigned i = 0; i < CHANGES; i++)
        c->by_class[i] += t->now.by_class[i];
    for (unsigned i = 0; i < SIDES_OF_CHANGE; i++)
        c->by_side[i] += t->now.by_side[i];
    return t->sink->entity(t->sink->ctx, &t->now, e);
}

static enum err merge(struct three *t, const struct drift_options *o, struct error *e)
{
    BUF_SCOPED name = BUF_INIT;
    struct lane *l = &t->lanes[0], *r = &t->lanes[1];
    TRY(advance(l, e));
    TRY(advance(r, e));
    while (l->has_next || r->has_next) {
        int order = !l->has_next   ? 1
                    : !r->has_next ? -1
                                   : compare_records_of(&l->next, &r->next);
        arena_clear(&t->arena);
        struct change first = copy(t, order <= 0 ? &l->next : &r->next);
        if (!str_eq(first.entity, t->now.name)) {
            TRY(end_entity(t, e));
            buf_clear(&name);
            buf_add_str(&name, first.entity);
            t->now = (struct change_entity){.name = buf_str(&name)};
            for (unsigned side = 0; side < 2; side++) {
                const struct reader_entity *en =
                    reader_entity(o->sides[side].reader, first.entity);
                t->now.records[side] = en ? en->records : 0;
            }
        }
        TRY(gather(t, l, &first, e));
        TRY(gather(t, r, &first, e));
        TRY(tell_record(t, e));
    }
    return end_entity(t, e);
}

static void count_records(const struct drift_options *o, struct drift_counts *out)
{
    for (unsigned side = 0; side < 2; side++) {
        const struct reader *r = o->sides[side].reader;
        for (size_t i = 0; i < reader_n_entities(r); i++)
            out->records[side] += reader_entity_at(r, i)->records;
    }
}

static enum err run(struct three *t, const struct drift_options *o,
                    const struct drift_side *base, struct error *e)
{
    for (unsigned side = 0; side < 2; side++) {
        struct drift_options one = *o;
        struct drift_counts c;
        one.sides[0] = *base;
        one.sides[1] = o->sides[side];
        const struct change_sink sink = {&t->lanes[side].tape, tape_take, no_entity};
        TRY(drift_run(&one, &sink, &c, e));
        t->counts->pages += c.pages;
        t->counts->pages_read += c.pages_read;
        t->counts->members += c.members;
        t->counts->members_read += c.members_read;
        t->counts->bytes_read += c.bytes_read;
    }
    count_records(o, t->counts);
    return merge(t, o, e);
}

enum err three_run(const struct drift_options *o, const struct drift_side *base,
                   const char *temp, const struct change_sink *sink,
                   struct drift_counts *out, struct error *e)
{
    struct three t = {.sink = sink, .counts = out};
    *out = (struct drift_counts){0};
    for (unsigned side = 0; side < 2; side++) {
        tape_init(&t.lanes[side].tape, temp);
    }
    enum err code = run(&t, o, base, e);
    for (unsigned side = 0; side < 2; side++) {
        tape_done(&t.lanes[side].tape);
        arena_done(&t.lanes[side].arena);
        free(t.lanes[side].items);
        free(t.lanes[side].told);
    }
    arena_done(&t.arena);
    return code;
}
