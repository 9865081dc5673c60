/* What the references of a record lead to. */
#include "drift/compare_private.h"
#include "drift/pointer.h"

/* The field by the side's own schema. */
static const struct field *field_of(const struct place *at, unsigned side)
{
    if (side == 0)
        return at->field;
    const struct type *t = at->parent ? at->parent->other : NULL;
    return t && at->name.p ? schema_field(t, at->name) : NULL;
}

enum err compare_look(struct compare *c, const struct place *at, const struct sides *v,
                      struct change *change, struct error *e)
{
    enum reference_target t[2];
    if (!c->options.references)
        return ERR_OK;
    for (unsigned side = 0; side < 2; side++) {
        TRY(references_look(c->options.references, side, field_of(at, side),
                            v->canon[side], &t[side], e));
        change->dangles[side] = t[side] == TARGET_LACKING;
    }
    if (change->dangles[0] || change->dangles[1])
        change->reference = REFERENCE_DANGLING;
    else if (t[0] == TARGET_THERE && t[1] == TARGET_THERE)
        change->reference = REFERENCE_REPOINTED;
    return ERR_OK;
}

enum err compare_dangling(struct compare *c, const struct place *at,
                          const struct sides *v, struct error *e)
{
    struct change found = {.reference = REFERENCE_NONE};
    if (!c->options.settings->references || !c->options.references ||
        (!reference_is(at->field) && !reference_is(field_of(at, 1))))
        return ERR_OK;
    struct place_rules rules = settings_at(c->options.settings, at->states);
    if (compare_is_ignored(c, at, &rules))
        return ERR_OK;
    TRY(compare_look(c, at, v, &found, e));
    return found.reference == REFERENCE_DANGLING
               ? compare_tell(c, CHANGE_DANGLING, at, v, e)
               : ERR_OK;
}

/* Goes over one side's values alone. */
static enum err walk(struct compare *c, const struct place *at, const struct sides *v,
                     unsigned side, struct error *e)
{
    const struct value *list = v->canon[side];
    if (list->kind < VALUE_LIST)
        return compare_dangling(c, at, v, e);
    for (size_t i = 0; i < list->n_items; i++) {
        size_t length = c->path.n;
        bool member = list->kind == VALUE_OBJECT;
        struct sides item = {0};
        item.canon[side] = &list->items[i];
        item.stored[side] = member ? value_member(v->stored[side], list->items[i].name)
                                   : value_element(v->stored[side], i);
        struct place p = member ? compare_member_place(c, at, list->items[i].name)
                                : compare_element_place(c, at);
        if (member)
            pointer_name(&c->path, p.name);
        else
            pointer_index(&c->path, i);
        TRY(walk(c, &p, &item, side, e)); /* as deep as the record */
        c->path.n = length;
    }
    return ERR_OK;
}

enum err compare_references(struct compare *c, const struct compare_pair *p,
                            struct change_entity *counts, struct error *e)
{
    struct sides roots = {0};
    unsigned side = p->record[0].n ? 0 : 1;
    if (!c->options.settings->references)
        return ERR_OK;
    arena_clear(&c->arena);
    buf_clear(&c->path);
    c->pair = p;
    c->counts = counts;
    c->differs = c->quiet = false;
    TRY(compare_read(c, p, side, &roots, e));
    const struct place at = compare_record_place(c);
    return walk(c, &at, &roots, side, e);
}
