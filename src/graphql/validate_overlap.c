#include "graphql/validate_private.h"

/*
 * Section 5.3.2: fields of one response key must be the same. As graphql-js does it,
 * and with its errors: a selection set's fields are grouped by key, pairs within a
 * group are compared, fragments are compared by pairs that are remembered.
 *
 * Two things keep it linear where requests are made to hurt: of leaves without
 * arguments that are one and the same, a group keeps a few; and what is compared has a
 * budget.
 */
#define PLAIN_MOST 64 /* fields that are compared each with each */
#define SEEN_MOST \
    16              /* of a group, that are looked at for it when they have arguments */
#define SAME_MOST 8 /* of a group: the errors of small documents stay as they were */

struct entry {
    struct sdl_selection *node;
    const struct gql_type *parent;
    const struct gql_ref *type; /* NULL: not known, or a meta field */
    bool simple;                /* neither arguments nor selections */
    struct entry *next;
};

struct group {
    struct str key;
    struct entry *first, **tail;
    uint32_t n;
    struct group *next;
};

struct name {
    struct str name;
    struct name *next;
};

struct set {
    struct group *first, **tail;
    struct name *fragments, **fragments_tail;
    uint32_t n_groups, n_fragments;
};

struct conflict {
    struct str key, reason;
    struct place *left, *right; /* nodes of both sides */
    struct conflict *next;
};

struct place {
    struct lex_place at;
    struct place *next;
};

struct conflicts {
    struct conflict *first, **tail;
    uint32_t n;
};

static void give_up(struct walk *w)
{
    w->aborted = true;
    errors_abort(w->errors);
}

static bool spend(struct walk *w, bool cheap)
{
    uint32_t *budget = cheap ? &w->cheap : &w->comparisons;
    if (is_done(w))
        return false;
    if (*budget) {
        --*budget;
        return true;
    }
    give_up(w);
    return false;
}

/* ---- fields of a selection set, by their keys */

static struct group *group_of(struct walk *w, struct set *set, struct str key)
{
    void **slot = names_at(&w->names, set, key);
    if (*slot)
        return *slot;
    struct group *g = *slot = *set->tail = ARENA_NEW(w->arena, struct group);
    set->tail = &g->next;
    set->n_groups++;
    g->key = key;
    g->tail = &g->first;
    return g;
}

static bool same_value(const struct sdl_value *a,
                       const struct sdl_value *b) /* NOLINT(misc-no-recursion) */
{
    if (a->kind != b->kind || a->block != b->block)
        return false;
    if (a->kind != SDL_LIST && a->kind != SDL_OBJECT)
        return str_eq(a->text, b->text);
    const struct sdl_value *x = a->items, *y = b->items;
    uint32_t n_x = 0, n_y = 0;
    for (; y; y = y->next)
        n_y++;
    for (y = b->items; x; x = x->next, n_x++) {
        const struct sdl_value *other = y;
        if (a->kind == SDL_OBJECT)
            for (other = b->items; other && !str_eq(other->name, x->name);)
                other = other->next;
        if (!other || !same_value(x, other))
            return false;
        y = y ? y->next : NULL;
    }
    return n_x == n_y;
}

static bool same_arguments(const struct sdl_selection *a, const struct sdl_selection *b)
{
    uint32_t n_a = 0, n_b = 0;
    for (const struct sdl_argument *y = b->arguments; y; y = y->next)
        n_b++;
    for (const struct sdl_argument *x = a->arguments; x; x = x->next, n_a++) {
        const struct sdl_argument *y = b->arguments;
        while (y && !str_eq(y->name, x->name))
            y = y->next;
        if (!y || !same_value(x->value, y->value))
            return false;
    }
    return n_a == n_b;
}

/* Is the field one of those that a group has enough of? */
static bool is_one_more(const struct group *g, const struct sdl_selection *s,
                        const struct gql_type *parent)
{
    uint32_t same = 0, seen = 0;
    if (s->selections)
        return false;
    for (const struct entry *e = g->first; e && same < SAME_MOST; e = e->next) {
        if (s->arguments && ++seen > SEEN_MOST)
            break;
        same += !e->node->selections && e->parent == parent &&
                str_eq(e->node->name, s->name) && same_arguments(e->node, s);
    }
    return same == SAME_MOST;
}

static void add_field(struct walk *w, struct set *set, struct sdl_selection *s,
                      const struct gql_type *parent)
{
    struct group *g = group_of(w, set, s->key);
    const struct gql_field *f = walk_field(s, parent);
    if (is_one_more(g, s, parent))
        return;
    struct entry *e = *g->tail = ARENA_NEW(w->arena, struct entry);
    *e = (struct entry){
        .node = s, .parent = parent, .simple = !s->arguments && !s->selections};
    e->type = f && f->owner ? f->type : NULL;
    g->tail = &e->next;
    g->n++;
}

static void add_fragment(struct walk *w, struct set *set, struct str name)
{
    void **slot = names_at(&w->names, &set->fragments, name);
    if (*slot)
        return;
    struct name *n = *slot = *set->fragments_tail = ARENA_NEW(w->arena, struct name);
    n->name = name;
    set->fragments_tail = &n->next;
    set->n_fragments++;
}

static void collect(struct walk *w, struct set *set, struct sdl_selection *list,
                    const struct gql_type *parent) /* NOLINT(misc-no-recursion) */
{
    for (struct sdl_selection *s = list; s; s = s->next)
        switch (s->kind) {
        case SDL_SELECT_FIELD: add_field(w, set, s, parent); break;
        case SDL_SELECT_SPREAD: add_fragment(w, set, s->name); break;
        case SDL_SELECT_INLINE:
            collect(w, set, s->selections, walk_condition(w, s, parent));
            break;
        }
}

/* The set of a selection, made once. */
static struct set *set_of(struct walk *w, struct sdl_selection *list,
                          const struct gql_type *parent)
{
    void **slot = names_at(&w->names, list, STR("*"));
    if (*slot)
        return *slot;
    struct set *set = *slot = ARENA_NEW(w->arena, struct set);
    set->tail = &set->first;
    set->fragments_tail = &set->fragments;
    collect(w, set, list, parent);
    return set;
}

static struct set *set_of_fragment(struct walk *w, struct part *p)
{
    const struct gql_type *type = types_get(w->types, p->def->on);
    return set_of(w, p->def->selections,
                  type && types_is_composite(type) ? type : NULL);
}

/* ---- comparing two fields */

/* A list with a "!" differs from one without at every level. */
static bool types_conflict(const struct gql_ref *a, const struct gql_ref *b)
{
    for (;; a = a->of, b = b->of) {
        if (a->required != b->required || !a->of != !b->of)
            return true;
        if (!a->of)
            break;
    }
    bool leaf = !types_is_composite(a->type) || !types_is_composite(b->type);
    return leaf && a->type != b->type;
}

static struct conflict *conflict(struct walk *w, const struct entry *a,
                                 const struct entry *b, const struct buf *reason)
{
    struct conflict *c = ARENA_NEW(w->arena, struct conflict);
    c->key = a->node->key;
    c->reason = arena_str(w->arena, buf_str(reason));
    c->left = ARENA_NEW(w->arena, struct place);
    c->right = ARENA_NEW(w->arena, struct place);
    c->left->at = a->node->place;
    c->right->at = b->node->place;
    return c;
}

static void between_sets(struct walk *w, struct conflicts *out, bool exclusive,
                         struct set *a, struct set *b);

#define REASON_SIZE                                                                  \
    400                /* of nested conflicts: what follows is cut, as in graphql-js \
                        */
#define PLACES_MOST 64 /* nodes of one side */

static struct place *gather(struct walk *w, const struct sdl_selection *node,
                            const struct conflicts *below, bool left)
{
    struct place *first = ARENA_NEW(w->arena, struct place), **tail = &first->next;
    uint32_t n = 1;
    first->at = node->place;
    for (const struct conflict *c = below->first; c; c = c->next)
        for (const struct place *p = left ? c->left : c->right; p && n < PLACES_MOST;
             p = p->next, n++) {
            *tail = ARENA_NEW(w->arena, struct place);
            (*tail)->at = p->at;
            tail = &(*tail)->next;
        }
    return first;
}

static struct conflict *subfields(struct walk *w, const struct entry *a,
                                  const struct entry *b, const struct conflicts *below)
{
    BUF_SCOPED text = BUF_INIT;
    for (const struct conflict *c = below->first; c && text.n < REASON_SIZE;
         c = c->next)
        buf_printf(&text, "%ssubfields \"%.*s\" conflict because %.*s",
                   text.n ? " and " : "", SHOW(c->key), STR_ARG(c->reason));
    if (text.n > REASON_SIZE)
        text.n = (size_t)errors_cut(buf_str(&text), REASON_SIZE);
    struct conflict *c = conflict(w, a, b, &text);
    c->left = gather(w, a->node, below, true);
    c->right = gather(w, b->node, below, false);
    return c;
}

static struct conflict *
below_fields(struct walk *w, bool exclusive, const struct entry *a,
             const struct entry *b) /* NOLINT(misc-no-recursion) */
{
    struct conflicts below = {.tail = &below.first};
    if (!a->node->selections || !b->node->selections)
        return NULL;
    struct set *x = set_of(w, a->node->selections, a->type ? a->type->type : NULL);
    struct set *y = set_of(w, b->node->selections, b->type ? b->type->type : NULL);
    if (++w->depth > VALIDATE_DEPTH)
        give_up(w);
    else
        between_sets(w, &below, exclusive, x, y);
    w->depth--;
    return below.first ? subfields(w, a, b, &below) : NULL;
}

/* Do two fields of one key differ? NULL: no. */
static struct conflict *compare(struct walk *w, bool exclusive, const struct entry *a,
                                const struct entry *b) /* NOLINT(misc-no-recursion) */
{
    bool same_name = str_eq(a->node->name, b->node->name);
    bool same_type =
        a->type == b->type || (a->type && b->type && !types_conflict(a->type, b->type));
    bool free = a->simple && b->simple && same_name && same_type;
    if (!spend(w, free) || free)
        return NULL;
    BUF_SCOPED reason = BUF_INIT;
    exclusive =
        exclusive || (a->parent != b->parent && a->parent && b->parent &&
                      a->parent->kind == GQL_OBJECT && b->parent->kind == GQL_OBJECT);
    if (!exclusive && !same_name) {
        buf_printf(&reason, "\"%.*s\" and \"%.*s\" are different fields",
                   SHOW(a->node->name), SHOW(b->node->name));
        return conflict(w, a, b, &reason);
    }
    if (!exclusive && !same_arguments(a->node, b->node)) {
        buf_add_str(&reason, STR("they have differing arguments"));
        return conflict(w, a, b, &reason);
    }
    if (a->type && b->type && types_conflict(a->type, b->type)) {
        buf_add_str(&reason, STR("they return conflicting types \""));
        types_ref_print(a->type, &reason);
        buf_add_str(&reason, STR("\" and \""));
        types_ref_print(b->type, &reason);
        buf_add_char(&reason, '"');
        return conflict(w, a, b, &reason);
    }
    return below_fields(w, exclusive, a, b);
}

static void keep(struct conflicts *out, struct conflict *c)
{
    if (!c)
        return;
    *out->tail = c;
    out->tail = &c->next;
    out->n++;
}

static bool is_enough(const struct walk *w, const struct conflicts *out)
{
    return is_done(w) || out->n > w->errors->limit;
}

static void within(struct walk *w, struct conflicts *out, struct set *set)
{
    for (const struct group *g = set->first; g; g = g->next)
        for (const struct entry *a = g->n > 1 ? g->first : NULL; a; a = a->next)
            for (const struct entry *b = a->next; b && !is_enough(w, out); b = b->next)
                keep(out, compare(w, false, a, b));
}

static void between_groups(struct walk *w, struct conflicts *out, bool exclusive,
                           struct set *a, struct set *b) /* NOLINT(misc-no-recursion) */
{
    for (const struct group *g = a->first; g && b->first; g = g->next) {
        const struct group *other = names_get(&w->names, b, g->key);
        if (!spend(w, true))
            return;
        for (const struct entry *x = other ? g->first : NULL; x; x = x->next)
            for (const struct entry *y = other->first; y && !is_enough(w, out);
                 y = y->next)
                keep(out, compare(w, exclusive, x, y));
    }
}

/* ---- fragments */

/* Was the pair compared already? Comparing fields that may meet says more than
 * comparing those that cannot. */
static bool is_known(struct walk *w, const void *a, struct str b, bool exclusive)
{
    static const char weak, strong;
    void **slot = names_at(&w->names, a, b);
    if (*slot == &strong || (*slot == &weak && exclusive))
        return true;
    *slot = (void *)(exclusive ? &weak : &strong);
    return false;
}

static void fields_and_fragment(struct walk *w, struct conflicts *out, bool exclusive,
                                struct set *set,
                                struct str name) /* NOLINT(misc-no-recursion) */
{
    struct part *p = walk_fragment(w, name);
    if (!p || !set->first || !spend(w, false) ||
        is_known(w, &set->n_groups, name, exclusive))
        return;
    struct set *other = set_of_fragment(w, p);
    if (other == set)
        return;
    between_groups(w, out, exclusive, set, other);
    for (const struct name *n = other->fragments; n && !is_enough(w, out); n = n->next)
        fields_and_fragment(w, out, exclusive, set, n->name);
}

static void two_fragments(struct walk *w, struct conflicts *out, bool exclusive,
                          struct str a, struct str b) /* NOLINT(misc-no-recursion) */
{
    struct part *p = walk_fragment(w, a), *q = walk_fragment(w, b);
    if (!p || !q || p == q || !spend(w, false))
        return;
    struct part *low = p < q ? p : q, *high = p < q ? q : p;
    if (is_known(w, &low->on_path, high->def->name, exclusive))
        return;
    struct set *x = set_of_fragment(w, p), *y = set_of_fragment(w, q);
    between_groups(w, out, exclusive, x, y);
    for (const struct name *n = y->fragments; n && !is_enough(w, out); n = n->next)
        two_fragments(w, out, exclusive, a, n->name);
    for (const struct name *n = x->fragments; n && !is_enough(w, out); n = n->next)
        two_fragments(w, out, exclusive, n->name, b);
}

static void between_sets(struct walk *w, struct conflicts *out, bool exclusive,
                         struct set *a, struct set *b) /* NOLINT(misc-no-recursion) */
{
    between_groups(w, out, exclusive, a, b);
    for (const struct name *n = b->fragments; n && !is_enough(w, out); n = n->next)
        fields_and_fragment(w, out, exclusive, a, n->name);
    for (const struct name *n = a->fragments; n && !is_enough(w, out); n = n->next)
        fields_and_fragment(w, out, exclusive, b, n->name);
    for (const struct name *n = a->fragments; n; n = n->next)
        for (const struct name *m = b->fragments; m && !is_enough(w, out); m = m->next)
            two_fragments(w, out, exclusive, n->name, m->name);
}

/* ---- a selection set */

/* Only fields, each with a key of its own: nothing to compare, which is what most
 * selection sets are. A bit per length and first letters tells most of them apart. */
static bool is_plain(const struct sdl_selection *list)
{
    uint64_t seen[4] = {0};
    uint32_t n = 0;
    for (const struct sdl_selection *s = list; s; s = s->next) {
        if (s->kind != SDL_SELECT_FIELD || ++n > PLAIN_MOST)
            return false;
        const uint8_t *key = (const uint8_t *)s->key.p;
        uint8_t mix =
            (uint8_t)(s->key.n * 37 + (size_t)5 * key[0] +
                      (size_t)11 * key[s->key.n - 1] + (size_t)3 * key[s->key.n / 2]);
        uint64_t bit = UINT64_C(1) << mix % 64;
        for (const struct sdl_selection *o = list; seen[mix / 64] & bit && o != s;
             o = o->next)
            if (str_eq(o->key, s->key))
                return false;
        seen[mix / 64] |= bit;
    }
    return true;
}

static void tell(struct walk *w, const struct conflict *c)
{
    struct gql_error *e = errors_add(
        w->errors,
        "Fields \"%.*s\" conflict because %.*s. Use different aliases on the fields to "
        "fetch both if this was intentional.",
        SHOW(c->key), STR_ARG(c->reason));
    for (const struct place *p = c->left; p; p = p->next)
        errors_place(w->errors, e, p->at);
    for (const struct place *p = c->right; p; p = p->next)
        errors_place(w->errors, e, p->at);
}

void walk_overlap(struct walk *w, struct sdl_selection *list,
                  const struct gql_type *parent)
{
    struct conflicts found = {.tail = &found.first};
    if (is_plain(list))
        return;
    struct set *set = set_of(w, list, parent);
    within(w, &found, set);
    bool alone = !set->n_groups && set->n_fragments == 1;
    for (const struct name *n = alone ? NULL : set->fragments; n; n = n->next) {
        fields_and_fragment(w, &found, false, set, n->name);
        for (const struct name *m = n->next; m && !is_enough(w, &found); m = m->next)
            two_fragments(w, &found, false, n->name, m->name);
    }
    for (const struct conflict *c = found.first; c; c = c->next)
        tell(w, c);
}
