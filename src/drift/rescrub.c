#include "drift/rescrub.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "base/hash.h"

/* Raw values that are remembered with what stands for them; 16 MiB. Beyond it only
 * those that are known are held to it. */
#define PAIRS (UINT64_C(1) << 20)

/* With another key a short value may come out as it was, by chance. */
#define TELLING 8u /* bytes of a canonical value: "abcdef", 1.2345e1 */

struct seen {
    uint64_t raw, other; /* hashes; raw 0: empty */
};

struct rescrub {
    struct walker *walker;
    bool other_key;
    bool salted; /* some detector draws anew for each snapshot */
    struct seen *seen;
    size_t n_seen;
};

struct rescrub *rescrub_new(const struct rescrub_options *o)
{
    struct rescrub *r = NEW(struct rescrub);
    const struct walk_options walk = {.rules = o->rules,
                                      .schema = o->schema,
                                      .key = o->key,
                                      .undecided = UNDECIDED_REDACT,
                                      .tolerant = true};
    r->walker = walker_new(&walk);
    r->other_key = o->other_key;
    for (size_t i = 0; i < o->rules->n_detectors; i++) {
        const struct rule *d = o->rules->detectors[i];
        r->salted = r->salted || act_is_salted(d->action, d->params);
    }
    return r;
}

void rescrub_free(struct rescrub *r)
{
    if (!r)
        return;
    walker_free(r->walker);
    free(r->seen);
    free(r);
}

enum err rescrub_record(struct rescrub *r, const struct entity *entity,
                        struct str record, struct buf *out, struct error *e)
{
    const struct walk_input in = {.entity = entity, .json = record};
    buf_clear(out);
    return walk_record(r->walker, &in, out, NULL, e);
}

static bool equal(const struct value *a, const struct value *b)
{
    return a && b && str_eq(a->text, b->text);
}

/* Does the other value stand for this raw one wherever it has been seen at the path? */
static bool is_consistent(struct rescrub *r, const struct rescrub_values *v)
{
    const struct str place[] = {v->entity, v->path, v->raw->text};
    struct seen s = {hash64_pieces(place, 3) | 1, hash64(v->other->text)};
    if (!r->seen)
        r->seen = alloc_zero(PAIRS, sizeof *r->seen);
    size_t at = s.raw & (PAIRS - 1);
    while (r->seen[at].raw && r->seen[at].raw != s.raw)
        at = (at + 1) & (PAIRS - 1);
    if (r->seen[at].raw)
        return r->seen[at].other == s.other;
    if (r->n_seen < PAIRS / 4 * 3) {
        r->seen[at] = s;
        r->n_seen++;
    }
    return true;
}

enum change_scrub rescrub_verdict(struct rescrub *r, const struct rescrub_values *v)
{
    if (v->place.undecided)
        return SCRUB_NO_RULE;
    /* With another key a value may have come out as it was, by chance. */
    bool blind = r->other_key || v->place.salted;
    bool kept = equal(v->raw, v->scrubbed) && !(blind && v->place.keyed);
    if (!v->raw || kept)
        return v->place.changes ? SCRUB_CHANGED : SCRUB_DRIFT;
    bool same = equal(v->raw, v->other);
    if (same && (!blind || v->raw->text.n >= TELLING))
        return SCRUB_LEAK;
    if (blind && v->other && v->scrubbed && v->other->kind == v->scrubbed->kind &&
        (v->place.by_sibling || is_consistent(r, v)))
        return SCRUB_EQUAL;
    return SCRUB_CHANGED;
}

struct rescrub_place rescrub_place(struct rescrub *r, const struct entity *entity,
                                   const struct str *steps, size_t n)
{
    struct rescrub_place out = {0};
    struct tree *t = walker_tree(r->walker);
    struct node *at = tree_record(t, entity, false);
    for (size_t i = 0; i < n && at; i++)
        at = steps[i].p ? tree_member(t, at, steps[i], false, NULL)
                        : tree_element(t, at, NULL);
    for (unsigned i = 0; at && i < 4; i++)
        out.undecided = out.undecided || at->undecided[i];
    out.changes = at && at->found;
    out.salted = at && at->found && r->salted;
    for (uint32_t i = 0; at && i < at->n_candidates; i++) {
        const struct candidate *c = &at->candidates[i];
        out.keyed = out.keyed || (c->count && c->rule->action->keyed);
        out.salted =
            out.salted || (c->count && act_is_salted(c->rule->action, c->rule->params));
        out.by_sibling =
            out.by_sibling || (c->count && rule_looks_at_siblings(c->rule));
        out.changes = out.changes || (c->count && c->rule->action != &act_keep);
    }
    return out;
}
