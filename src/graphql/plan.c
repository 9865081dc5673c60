#include "graphql/plan.h"

#include "base/table.h"

/* One place where a response key is selected; `next` in the order of the document. */
struct occurrence {
    const struct sdl_selection *selection;
    struct occurrence *next;
};

struct group {
    struct str key;
    struct occurrence *first, **tail;
    struct group *next;
};

struct groups {
    struct table by_key;
    struct table fragments; /* spread already */
    struct group *first, **tail;
    uint32_t n;
};

struct builder {
    struct plan_options *o;
    struct arena *a;
    uint32_t depth, fields; /* of the plan, so far */
    bool failed;
};

static bool too_much(struct builder *b, const struct sdl_selection *s)
{
    if (b->failed)
        return true;
    if (b->depth < PLAN_DEPTH && b->fields < PLAN_FIELDS)
        return false;
    b->failed = true;
    errors_at(b->o->coerce->errors, s->place, "%s",
              b->depth < PLAN_DEPTH ? "The operation selects too many fields."
                                    : "The operation selects too deep.");
    return true;
}

static void groups_done(struct groups *g)
{
    table_done(&g->by_key);
    table_done(&g->fragments);
}

static bool is_skipped(struct builder *b, const struct sdl_directive *directives)
{
    if (!directives)
        return false;
    b->o->varies = true;
    return coerce_skipped(b->o->coerce, directives, b->o->vars);
}

static void add_field(struct builder *b, const struct sdl_selection *s,
                      struct groups *g)
{
    struct group *there = table_get(&g->by_key, s->key);
    if (!there) {
        there = ARENA_NEW(b->a, struct group);
        there->key = s->key;
        there->tail = &there->first;
        *g->tail = there;
        g->tail = &there->next;
        g->n++;
        table_put(&g->by_key, s->key, there);
    }
    struct occurrence *o = ARENA_NEW(b->a, struct occurrence);
    o->selection = s;
    *there->tail = o;
    there->tail = &o->next;
}

static bool applies(const struct gql_type *condition, const struct gql_type *object)
{
    return !condition || condition == object || types_is_possible(condition, object);
}

/* CollectFields of section 6.3.2. Nesting is the document's, which has a limit; cycles
 * of fragments are invalid and have been refused. */
static void collect(struct builder *b, const struct gql_type *object, /* NOLINT */
                    const struct sdl_selection *list, struct groups *g)
{
    for (const struct sdl_selection *s = list; s; s = s->next) {
        if (is_skipped(b, s->directives) || too_much(b, s))
            continue;
        b->depth++;
        if (s->kind == SDL_SELECT_FIELD) {
            add_field(b, s, g);
        } else if (s->kind == SDL_SELECT_INLINE) {
            if (applies(s->bound, object))
                collect(b, object, s->selections, g);
        } else if (s->fragment && !table_get(&g->fragments, s->name)) {
            table_put(&g->fragments, s->name, s->fragment);
            if (applies(s->fragment->bound, object))
                collect(b, object, s->fragment->selections, g);
        }
        b->depth--;
    }
}

/* The selection that stands for all of a group: the first, or a copy of it that holds
 * what all of them select. */
static const struct sdl_selection *merged(struct builder *b, const struct group *g)
{
    const struct sdl_selection *one = g->first->selection;
    if (!g->first->next || !one->selections)
        return one;
    struct sdl_selection *all = ARENA_NEW(b->a, struct sdl_selection);
    *all = *one;
    struct sdl_selection **tail = &all->selections;
    for (const struct occurrence *o = g->first; o; o = o->next)
        for (const struct sdl_selection *s = o->selection->selections; s; s = s->next) {
            struct sdl_selection *copy = ARENA_NEW(b->a, struct sdl_selection);
            *copy = *s;
            *tail = copy;
            tail = &copy->next;
        }
    *tail = NULL;
    return all;
}

/* ---- SELECT */

static bool is_record_child(const struct bound *o)
{
    switch ((int)o->kind) {
    case BOUND_REFERENCE:
    case BOUND_MANY:
    case BOUND_THROUGH: return true;
    case BOUND_EMBEDDED: return o->target || o->field->type->kind == TYPE_UNION;
    default: return false;
    }
}

static void add_count(const struct bound *of, struct buf *out)
{
    struct str name = of->field->name;
    switch ((int)of->kind) {
    case BOUND_MANY:
        buf_printf(out, "(SELECT count(*) FROM %.*s c WHERE c.%.*s = t.%.*s)",
                   STR_ARG(of->target->quoted), STR_ARG(of->by->quoted),
                   STR_ARG(of->from->quoted));
        break;
    case BOUND_THROUGH:
        buf_printf(out,
                   "(SELECT count(*) FROM %.*s j CROSS JOIN %.*s c ON c.%.*s = j.%.*s "
                   "WHERE j.%.*s = t.%.*s)",
                   STR_ARG(of->through->quoted), STR_ARG(of->target->quoted),
                   STR_ARG(of->key->quoted), STR_ARG(of->to->quoted),
                   STR_ARG(of->by->quoted), STR_ARG(of->from->quoted));
        break;
    default: buf_printf(out, "json_array_length(t._more, '$.\"%.*s\"')", STR_ARG(name));
    }
}

/* Adds what the field needs of its row; false: nothing. */
static bool add_expression(const struct plan_field *f, struct buf *out)
{
    const struct bound *o = f->bound;
    switch ((int)o->kind) {
    case BOUND_COLUMN: buf_printf(out, "t.%.*s", STR_ARG(o->column->quoted)); break;
    case BOUND_CARRIED:
        buf_printf(out, "t._more -> '$.\"%.*s\"'", STR_ARG(o->field->name));
        break;
    case BOUND_COUNT: add_count(o->of, out); break;
    case BOUND_REFERENCE:
    case BOUND_MANY:
    case BOUND_THROUGH: buf_printf(out, "t.%.*s", STR_ARG(o->from->quoted)); break;
    case BOUND_EMBEDDED:
        if (f->child)
            buf_printf(out,
                       "CASE WHEN t._more ->> '$.\"%.*s\"' IS NOT NULL "
                       "THEN t._rowid_ END",
                       STR_ARG(o->field->name));
        else
            buf_printf(out, "t._more -> '$.\"%.*s\"'", STR_ARG(o->field->name));
        break;
    default: return false;
    }
    return true;
}

static void make_select(struct builder *b, struct plan_set *set)
{
    BUF_SCOPED text = BUF_INIT;
    for (uint32_t i = 0; i < set->n_fields; i++) {
        struct plan_field *f = &set->fields[i];
        f->child = is_record_child(f->bound);
        set->n_children += f->child;
        f->column = set->n_columns;
        size_t before = text.n;
        if (before)
            buf_add_str(&text, STR(", "));
        if (add_expression(f, &text))
            set->n_columns++;
        else
            text.n = before;
    }
    if (!set->n_columns)
        buf_add_str(&text, STR("1"));
    set->select = arena_str(b->a, buf_str(&text));
}

/* ---- sets */

static struct plan_set *build_set(struct builder *b, const struct gql_type *object,
                                  const struct sdl_selection *list);

static void build_field(struct builder *b, const struct gql_type *object,
                        const struct group *g, bool first, struct plan_field *out)
{
    out->key = g->key;
    BUF_SCOPED intro = BUF_INIT;
    buf_printf(&intro, "%s\"%.*s\":", first ? "" : ",", STR_ARG(g->key));
    out->intro = arena_str(b->a, buf_str(&intro));
    out->selection = merged(b, g);
    for (const struct occurrence *o = g->first; o; o = o->next)
        out->n_nodes++;
    out->nodes = ARENA_ARRAY(b->a, const struct sdl_selection *, out->n_nodes);
    uint32_t n = 0;
    for (const struct occurrence *o = g->first; o; o = o->next)
        out->nodes[n++] = o->selection;
    out->field = out->selection->bound;
    out->bound = bind_field(b->o->bind, out->field);
    out->parent = object;
    const struct gql_type *type = out->field->type->type;
    b->fields++;
    if (!types_is_composite(type) || out->bound->kind == BOUND_INTROSPECT ||
        too_much(b, out->selection))
        return;
    b->depth++;
    out->n_sets = type->n_possible;
    out->sets = ARENA_ARRAY(b->a, struct plan_set *, type->n_possible);
    for (uint32_t i = 0; i < type->n_possible; i++)
        out->sets[i] = build_set(b, type->possible[i], out->selection->selections);
    b->depth--;
}

static struct plan_set *build_set(struct builder *b, /* NOLINT: as deep as the text */
                                  const struct gql_type *object,
                                  const struct sdl_selection *list)
{
    CLEANUP(groups_done) struct groups g = {0};
    g.tail = &g.first;
    collect(b, object, list, &g);
    struct plan_set *set = ARENA_NEW(b->a, struct plan_set);
    set->type = object;
    set->table = bind_table(object);
    set->fields = ARENA_ARRAY(b->a, struct plan_field, g.n);
    for (const struct group *one = g.first; one; one = one->next) {
        build_field(b, object, one, set->n_fields == 0, &set->fields[set->n_fields]);
        set->n_fields++;
    }
    make_select(b, set);
    return set;
}

struct plan_set *plan_build(struct plan_options *o, const struct sdl_def *operation,
                            struct arena *a)
{
    struct builder b = {.o = o, .a = a};
    uint32_t before = o->coerce->errors->n;
    struct plan_set *set = build_set(&b, operation->bound, operation->selections);
    return o->coerce->errors->n == before ? set : NULL;
}

const struct plan_field **plan_nodes(const struct plan_set *connection, uint32_t *n,
                                     struct arena *a)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < connection->n_fields; i++)
        if (connection->fields[i].bound->kind == BOUND_EDGES)
            most += connection->fields[i].sets[0]->n_fields;
    const struct plan_field **out = ARENA_ARRAY(a, const struct plan_field *, most);
    *n = 0;
    for (uint32_t i = 0; i < connection->n_fields; i++) {
        const struct plan_field *edges = &connection->fields[i];
        if (edges->bound->kind != BOUND_EDGES)
            continue;
        const struct plan_set *edge = edges->sets[0];
        for (uint32_t k = 0; k < edge->n_fields; k++)
            if (edge->fields[k].bound->kind == BOUND_EDGE_NODE)
                out[(*n)++] = &edge->fields[k];
    }
    return out;
}
