#include "graphql/validate_private.h"

/* A stack of selection sets, so that depth costs no stack of ours. */
struct todo {
    const struct sdl_selection *list;
    unsigned depth;
    struct todo *next;
};

static void push(struct walk *w, struct todo **top, const struct sdl_selection *list,
                 unsigned depth)
{
    struct todo *t = ARENA_NEW(w->arena, struct todo);
    *t = (struct todo){list, depth, *top};
    *top = t;
}

static struct todo pop(struct todo **top)
{
    struct todo t = **top;
    *top = t.next;
    return t;
}

void walk_find_spreads(struct walk *w, struct part *p)
{
    struct todo *top = NULL;
    struct spread **tail = &p->spreads;
    if (!p->def->selections)
        return;
    push(w, &top, p->def->selections, 0);
    while (top) {
        for (const struct sdl_selection *s = pop(&top).list; s; s = s->next) {
            if (s->kind == SDL_SELECT_SPREAD) {
                *tail = ARENA_NEW(w->arena, struct spread);
                (*tail)->node = s;
                tail = &(*tail)->next;
            } else if (s->selections) {
                push(w, &top, s->selections, 0);
            }
        }
    }
}

void walk_reached(struct walk *w, struct part *operation, uint32_t mark,
                  void (*each)(struct walk *w, struct part *p, void *data), void *data)
{
    uint32_t n = 0, n_found = 0;
    each(w, operation, data);
    if (!operation->spreads)
        return;
    if (!w->stack)
        w->stack = ARENA_ARRAY(w->arena, struct part *, 2 * ((size_t)w->n_parts + 1));
    struct part **stack = w->stack, **found = stack + w->n_parts + 1;
    stack[n++] = operation;
    while (n) {
        const struct part *p = stack[--n];
        for (const struct spread *s = p->spreads; s; s = s->next) {
            struct part *to = walk_fragment(w, s->node->name);
            if (!to || to->reached == mark)
                continue;
            to->reached = mark;
            stack[n++] = found[n_found++] = to;
        }
    }
    for (uint32_t i = 0; i < n_found; i++)
        each(w, found[i], data);
}

static void mark_used(struct walk *w, struct part *p, void *data)
{
    p->used = true;
}

void walk_unused_fragments(struct walk *w)
{
    if (!w->request->fragments)
        return;
    /* One mark for all operations: what one of them reached is used. */
    for (uint32_t i = 0; i < w->n_parts; i++)
        if (w->parts[i].def->kind == SDL_DEF_OPERATION)
            walk_reached(w, &w->parts[i], UINT32_MAX, mark_used, NULL);
    for (uint32_t i = 0; i < w->n_parts; i++) {
        const struct sdl_def *d = w->parts[i].def;
        const struct part *last =
            d->kind == SDL_DEF_FRAGMENT ? walk_fragment(w, d->name) : NULL;
        if (last && !last->used)
            errors_at(w->errors, d->start, "Fragment \"%.*s\" is never used.",
                      SHOW(d->name));
    }
}

/* ---- cycles */

struct step {
    struct part *mark;       /* what is known of fragments of this name */
    const struct spread *at; /* the next one to follow */
};

static void cycle(struct walk *w, const struct step *path, uint32_t from, uint32_t to)
{
    BUF_SCOPED b = BUF_INIT;
    const char *between = " via ";
    for (uint32_t i = from; i < to && b.n < 512; i++) {
        buf_printf(&b, "%s\"%.*s\"", between, SHOW(path[i].at->node->name));
        between = ", ";
    }
    struct gql_error *e =
        errors_add(w->errors, "Cannot spread fragment \"%.*s\" within itself%.*s.",
                   SHOW(path[to].at->node->name), (int)b.n, b.p ? b.p : "");
    for (uint32_t i = from; i <= to; i++)
        errors_place(w->errors, e, path[i].at->node->place);
}

static bool enter(struct walk *w, struct step *path, uint32_t *n, struct part *p)
{
    struct part *mark = walk_fragment(w, p->def->name);
    if (mark->visited)
        return false;
    mark->visited = true;
    mark->on_path = *n + 1;
    path[(*n)++] = (struct step){mark, p->spreads};
    return true;
}

/* Depth first along the spreads; every name is entered once. */
void walk_cycles(struct walk *w, struct part *from)
{
    struct step *path = ARENA_ARRAY(w->arena, struct step, w->n_parts + 1);
    uint32_t n = 0;
    enter(w, path, &n, from);
    while (n && !is_done(w)) {
        struct step *top = &path[n - 1];
        if (!top->at) {
            top->mark->on_path = 0;
            if (--n)
                path[n - 1].at = path[n - 1].at->next;
            continue;
        }
        struct part *to = walk_fragment(w, top->at->node->name);
        if (to && to->on_path)
            cycle(w, path, to->on_path - 1, n - 1);
        if (!to || to->on_path || !enter(w, path, &n, to))
            top->at = top->at->next;
    }
}

/* ---- introspection */

#define MAX_LISTS 3 /* inside each other: what any client needs, as graphql-js */

static bool is_list(struct str name)
{
    return str_eq(name, STR("fields")) || str_eq(name, STR("interfaces")) ||
           str_eq(name, STR("possibleTypes")) || str_eq(name, STR("inputFields"));
}

/* Looks at one selection set; false when a list is too deep. */
static bool look(struct walk *w, struct todo t, struct todo **top)
{
    for (const struct sdl_selection *s = t.list; s; s = s->next) {
        unsigned depth = t.depth;
        if (s->kind == SDL_SELECT_SPREAD) {
            struct part *p = walk_fragment(w, s->name);
            if (!p || p->depth > depth)
                continue;
            p->depth = (uint8_t)(depth + 1);
            push(w, top, p->def->selections, depth);
            continue;
        }
        if (s->kind == SDL_SELECT_FIELD && is_list(s->name) && ++depth >= MAX_LISTS)
            return false;
        if (s->selections)
            push(w, top, s->selections, depth);
    }
    return true;
}

bool walk_too_deep(struct walk *w, const struct sdl_selection *root)
{
    struct todo *top = NULL;
    bool ok = true;
    if (root->selections)
        push(w, &top, root->selections, 0);
    while (top && ok) {
        struct todo t = pop(&top);
        ok = look(w, t, &top);
    }
    /* Of what was looked at on the way nothing is known then. */
    for (uint32_t i = 0; !ok && i < w->n_parts; i++)
        w->parts[i].depth = 0;
    return !ok;
}

/* ---- subscriptions */

struct root_field {
    const struct sdl_selection *node;
    struct root_field *same, *next; /* of the same response key; the next key */
};

static bool is_left_out(const struct sdl_directive *list)
{
    const struct sdl_value *skip = sdl_argument(sdl_directive(list, "skip"), "if");
    const struct sdl_value *include =
        sdl_argument(sdl_directive(list, "include"), "if");
    return (skip && skip->kind == SDL_BOOL && skip->text.n == 4) ||
           (include && include->kind == SDL_BOOL && include->text.n == 5);
}

static void add_root(struct walk *w, const struct sdl_selection *s,
                     struct root_field **list)
{
    while (*list && !str_eq((*list)->node->key, s->key))
        list = &(*list)->next;
    while (*list)
        list = &(*list)->same;
    *list = ARENA_NEW(w->arena, struct root_field);
    (*list)->node = s;
}

static bool matches(const struct walk *w, struct str name, const struct gql_type *root)
{
    const struct gql_type *t = types_get(w->types, name);
    return !name.p || t == root ||
           (t && types_is_abstract(t) && types_is_possible(t, root));
}

/* The fields of the root; recursion ends at the document's depth, fragments are entered
 * once. */
static void collect(struct walk *w, const struct sdl_selection *s,
                    const struct gql_type *root,
                    struct root_field **list) /* NOLINT(misc-no-recursion) */
{
    for (; s; s = s->next) {
        if (is_left_out(s->directives))
            continue;
        if (s->kind == SDL_SELECT_FIELD) {
            add_root(w, s, list);
        } else if (s->kind == SDL_SELECT_INLINE) {
            if (matches(w, s->name, root))
                collect(w, s->selections, root, list);
        } else {
            struct part *p = walk_fragment(w, s->name);
            if (!p || p->reached == w->part->index + (1u << 30))
                continue;
            p->reached = w->part->index + (1u << 30);
            if (matches(w, p->def->on, root))
                collect(w, p->def->selections, root, list);
        }
    }
}

static struct gql_error *about(struct walk *w, const struct sdl_def *d,
                               const char *what)
{
    if (d->name.p)
        return errors_add(w->errors, "Subscription \"%.*s\" must %s", SHOW(d->name),
                          what);
    return errors_add(w->errors, "Anonymous Subscription must %s", what);
}

void walk_subscription(struct walk *w, const struct sdl_def *d)
{
    struct root_field *list = NULL;
    collect(w, d->selections, d->bound, &list);
    if (list && list->next) {
        struct gql_error *e = about(w, d, "select only one top level field.");
        for (const struct root_field *k = list->next; k; k = k->next)
            for (const struct root_field *f = k; f; f = f->same)
                errors_place(w->errors, e, f->node->place);
    }
    for (const struct root_field *k = list; k; k = k->next) {
        if (!str_starts(k->node->name, STR("__")))
            continue;
        struct gql_error *e =
            about(w, d, "not select an introspection top level field.");
        for (const struct root_field *f = k; f; f = f->same)
            errors_place(w->errors, e, f->node->place);
    }
}
