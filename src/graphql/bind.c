#include "graphql/bind.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/table.h"
#include "graphql/api.h"
#include "sdl/sdl.h"

struct bind {
    struct schema *schema;
    const struct layout *layout;
    struct types *types;
    struct arena arena;
    struct table connections, edges; /* the generated types' names -> struct type */
    struct bound none, typename, introspect; /* of no type's fields */
};

/* What stands behind `bound` of a type. */
struct bound_type {
    const struct layout_table *table; /* of an object type */
    struct bound_filter *filters;     /* of a filter input, by index */
    struct bound_sort *sorts;         /* of a sort enum, by index */
};

static struct str join_names(struct arena *a, struct str first, struct str second)
{
    char *p = arena_get(a, first.n + second.n + 1);
    memcpy(p, first.p, first.n);
    memcpy(p + first.n, second.p, second.n);
    return str_n(p, first.n + second.n);
}

static const struct layout_column *column_of(const struct layout_table *t,
                                             const struct field *f)
{
    int i = t && f ? layout_column(t, f) : -1;
    return i < 0 ? NULL : &t->columns[i];
}

static const struct layout_column *column_named(const struct layout_table *t,
                                                struct str name)
{
    return t ? column_of(t, schema_field(t->type, name)) : NULL;
}

static const struct layout_column *first_key(const struct layout_table *t)
{
    return t && t->n_key ? t->key[0] : NULL;
}

/* ---- fields of records */

/* The column of this row that a relation by `by` starts from: entityId and familyId
 * meet the same, everything else meets the key. */
static const struct layout_column *many_from(const struct layout_table *t,
                                             struct str by)
{
    if (str_eq(by, STR("entityId")) || str_eq(by, STR("familyId"))) {
        const struct layout_column *c = column_named(t, by);
        if (c)
            return c;
    }
    return first_key(t);
}

static struct str text_argument(const struct sdl_directive *d, const char *name)
{
    const struct sdl_value *v = sdl_argument(d, name);
    return v ? v->text : str_n(NULL, 0);
}

static void bind_many(const struct bind *b, const struct sdl_directive *many,
                      struct bound *out)
{
    struct str by = text_argument(many, "by"), through = text_argument(many, "through");
    const struct layout_table *across = out->target;
    if (through.n) {
        const struct type *type = schema_type(b->schema, through);
        across = type ? layout_table(b->layout, type) : NULL;
        out->through = across;
        out->to = column_named(across, text_argument(many, "to"));
        out->key = first_key(out->target);
    }
    out->from = many_from(out->table, by);
    out->by = column_named(across, by);
    bool whole = out->from && out->by && (!through.n || (out->to && out->key));
    out->kind = !whole ? BOUND_NONE : through.n ? BOUND_THROUGH : BOUND_MANY;
}

static void bind_relation(const struct bind *b, const struct field *f,
                          struct bound *out)
{
    const struct sdl_directive *many =
        sdl_directive(schema_field_definition(f)->directives, "many");
    out->target = f->type->is_entity ? layout_table(b->layout, f->type) : NULL;
    out->kind = BOUND_EMBEDDED;
    if (!out->target)
        return;
    if (f->by && column_of(out->table, f->by) && out->target->n_key == 1) {
        out->from = column_of(out->table, f->by);
        out->by = first_key(out->target);
        out->kind = BOUND_REFERENCE;
    } else if (many) {
        bind_many(b, many, out);
    } else if (api_is_attribute(f->type) && f->list) {
        out->from = first_key(out->table);
        out->by = first_key(out->target);
        out->kind = out->from && out->by ? BOUND_MANY : BOUND_NONE;
    }
}

static void bind_one(const struct bind *b, const struct field *f, struct bound *out)
{
    const struct layout_table *t = layout_table(b->layout, f->owner);
    *out = (struct bound){
        .field = f, .table = t, .list = f->list, .connection = f->connection};
    if (!api_is_leaf(f)) {
        bind_relation(b, f, out);
        return;
    }
    out->column = column_of(t, f);
    out->leaf = types_get(b->types, f->type->name);
    out->scalar = out->leaf ? out->leaf->scalar : GQL_CUSTOM;
    out->kind = out->column ? BOUND_COLUMN : BOUND_CARRIED;
}

static struct bound *new_bound(struct bind *b)
{
    return ARENA_NEW(&b->arena, struct bound);
}

/* _PartKitItemsCount: of the field that has this count. */
static void bind_count(struct bind *b, const struct type *type,
                       const struct gql_field *g, struct bound *out)
{
    for (size_t i = 0; i < type->n_fields; i++) {
        const struct field *f = &type->fields[i];
        if (!api_is_counted(f) || !str_eq(api_count(f, &b->arena), g->name))
            continue;
        struct bound *of = new_bound(b);
        bind_one(b, f, of);
        out->kind = of->kind == BOUND_NONE ? BOUND_NONE : BOUND_COUNT;
        out->of = of;
        out->scalar = GQL_INT;
        return;
    }
}

static void bind_record(struct bind *b, struct gql_type *g, const struct type *type)
{
    for (uint32_t i = 0; i < g->n_fields; i++) {
        struct gql_field *gf = &g->fields[i];
        struct bound *out = new_bound(b);
        const struct field *f = schema_field(type, gf->name);
        out->table = layout_table(b->layout, type);
        if (f && str_eq(f->name, gf->name))
            bind_one(b, f, out);
        else
            bind_count(b, type, gf, out);
        gf->bound = out;
    }
}

/* ---- generated types */

struct part {
    const char *name;
    enum bound_kind kind;
};

static const struct part parts[] = {
    {"edges", BOUND_EDGES},
    {"pageInfo", BOUND_PAGE_INFO},
    {"aggregates", BOUND_AGGREGATES},
    {"node", BOUND_EDGE_NODE},
    {"cursor", BOUND_CURSOR},
    {"hasNextPage", BOUND_HAS_NEXT},
    {"hasPreviousPage", BOUND_HAS_PREVIOUS},
    {"startCursor", BOUND_START_CURSOR},
    {"endCursor", BOUND_END_CURSOR},
    {"count", BOUND_PAGE_COUNT},
    {"totalCount", BOUND_TOTAL},
    {"sum", BOUND_SUMS},
};

static void bind_parts(struct bind *b, struct gql_type *g,
                       const struct layout_table *target)
{
    for (uint32_t i = 0; i < g->n_fields; i++) {
        struct bound *out = new_bound(b);
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
            if (str_eq(g->fields[i].name, str_of(parts[k].name)))
                out->kind = parts[k].kind;
        out->target = target;
        g->fields[i].bound = out;
    }
}

/* SumField: columns of the one type that has aggregates. */
static void bind_sums(struct bind *b, struct gql_type *g)
{
    const struct type *type, *of = NULL;
    for (size_t i = 0; (type = schema_type_at(b->schema, i)) != NULL; i++)
        if (type->is_entity && api_aggregates(type))
            of = type;
    for (uint32_t i = 0; of && i < g->n_fields; i++) {
        struct bound *out = new_bound(b);
        const struct field *f = schema_field(of, g->fields[i].name);
        if (f) {
            bind_one(b, f, out);
            out->of = ARENA_NEW(&b->arena, struct bound);
            *(struct bound *)out->of = *out;
            out->kind = BOUND_SUM;
        }
        g->fields[i].bound = out;
    }
}

static void bind_filters(struct bind *b, struct gql_type *g, const struct type *type,
                         struct bound_type *out)
{
    out->table = layout_table(b->layout, type);
    out->filters = ARENA_ARRAY(&b->arena, struct bound_filter, g->n_inputs + 1);
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        struct bound_filter *p = &out->filters[i];
        struct str name = g->inputs[i].name;
        p->part = str_eq(name, STR("or_"))    ? FILTER_OR
                  : str_eq(name, STR("and_")) ? FILTER_AND
                                              : FILTER_UNKNOWN;
        if (p->part != FILTER_UNKNOWN)
            continue;
        const struct field *f = schema_field(type, name);
        if (!f)
            continue;
        bind_one(b, f, &p->bound);
        bool leaf = p->bound.kind == BOUND_COLUMN || p->bound.kind == BOUND_CARRIED;
        p->part = leaf                                              ? FILTER_LEAF
                  : p->bound.kind == BOUND_NONE || !p->bound.target ? FILTER_UNKNOWN
                                                                    : FILTER_RELATION;
    }
}

static void bind_sorts(struct bind *b, struct gql_type *g, const struct type *type,
                       struct bound_type *out)
{
    out->sorts = ARENA_ARRAY(&b->arena, struct bound_sort, g->n_values + 1);
    for (size_t i = 0; i < type->n_fields; i++) {
        const struct field *f = &type->fields[i];
        if (!api_is_sorted(f))
            continue;
        struct str name = api_sort(f, &b->arena);
        for (int desc = 0; desc < 2; desc++) {
            const struct gql_enum_value *v = types_value(
                g, join_names(&b->arena, name, desc ? STR("_DESC") : STR("_ASC")));
            if (!v)
                continue;
            bind_one(b, f, &out->sorts[v->index].bound);
            out->sorts[v->index].descending = desc == 1;
        }
    }
}

/* ---- roots */

static void bind_root(struct bind *b, struct gql_field *g, const struct type *type,
                      enum bound_kind kind)
{
    struct bound *out = g->bound;
    out->kind = kind;
    out->target = layout_table(b->layout, type);
    out->by = first_key(out->target);
    if (kind == BOUND_LIST)
        out->connection = out->list = true;
    else if (!out->target || out->target->n_key != 1)
        out->kind = BOUND_NONE;
}

static const struct type *connection_type(const struct bind *b,
                                          const struct gql_field *g)
{
    return table_get(&b->connections, g->type->type->name);
}

static void bind_query(struct bind *b, struct gql_type *g)
{
    for (uint32_t i = 0; i < g->n_fields; i++) {
        struct gql_field *f = &g->fields[i];
        f->bound = new_bound(b);
        const struct type *list = connection_type(b, f);
        const struct type *one = schema_type(b->schema, f->type->type->name);
        if (list)
            bind_root(b, f, list, BOUND_LIST);
        else if (one && one->is_entity)
            bind_root(b, f, one, f->n_args ? BOUND_NODE : BOUND_ME);
    }
}

/* ---- all types */

static void name_connections(struct bind *b)
{
    const struct type *t;
    for (size_t i = 0; (t = schema_type_at(b->schema, i)) != NULL; i++) {
        if (!t->is_entity)
            continue;
        struct str plural = str_eq(t->name, STR("APIKeyObject"))
                                ? STR("APIKey")
                                : api_plural(t, &b->arena);
        table_put(&b->connections, join_names(&b->arena, plural, STR("Connection")),
                  (void *)t);
        table_put(&b->edges, join_names(&b->arena, plural, STR("Edge")), (void *)t);
    }
}

/* The entity of a generated type: the one whose rule gives this name. */
static const struct type *named_by(struct bind *b, struct str name, bool filter)
{
    const struct type *t;
    for (size_t i = 0; (t = schema_type_at(b->schema, i)) != NULL; i++) {
        struct str own = !t->is_entity ? str_n(NULL, 0)
                         : filter      ? api_filter(t, &b->arena)
                                  : join_names(&b->arena, t->name, STR("SortEnum"));
        if (own.n && str_eq(own, name))
            return t;
    }
    return NULL;
}

static void bind_object(struct bind *b, struct gql_type *g, struct bound_type *own)
{
    static const char *const shared[] = {"IonPageInfo", "PageInfo", "AggregatesField"};
    const struct type *type = schema_type(b->schema, g->name);
    const struct type *list = table_get(&b->connections, g->name);
    const struct type *edge = table_get(&b->edges, g->name);
    if (g == types_root(b->types, SDL_QUERY)) {
        bind_query(b, g);
    } else if (list || (edge && !(type && types_field(g, STR("id"))))) {
        bind_parts(b, g, layout_table(b->layout, list ? list : edge));
    } else if (str_eq(g->name, STR("SumField"))) {
        bind_sums(b, g);
    } else if (type) {
        own->table = type->is_entity ? layout_table(b->layout, type) : NULL;
        bind_record(b, g, type);
    } else {
        for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
            if (str_eq(g->name, str_of(shared[i])))
                bind_parts(b, g, NULL);
    }
}

static void bind_type(struct bind *b, struct gql_type *g)
{
    struct bound_type *own = ARENA_NEW(&b->arena, struct bound_type);
    const struct type *type;
    g->bound = own;
    switch (g->kind) {
    case GQL_OBJECT:
    case GQL_INTERFACE:
        if (!g->introspection)
            bind_object(b, g, own);
        break;
    case GQL_INPUT:
        type = named_by(b, g->name, true);
        if (type)
            bind_filters(b, g, type, own);
        break;
    case GQL_ENUM:
        type = str_ends(g->name, STR("SortEnum")) ? named_by(b, g->name, false) : NULL;
        if (type)
            bind_sorts(b, g, type, own);
        break;
    case GQL_SCALAR:
    case GQL_UNION: break;
    }
}

enum err bind_new(struct schema *s, const struct layout *l, struct types *t,
                  struct bind **out, struct error *e)
{
    if (!types_root(t, SDL_QUERY))
        return err_set(e, ERR_DATA, "the API has no query type");
    struct bind *b = NEW(struct bind);
    *b = (struct bind){.schema = s,
                       .layout = l,
                       .types = t,
                       .typename = {.kind = BOUND_TYPENAME},
                       .introspect = {.kind = BOUND_INTROSPECT}};
    name_connections(b);
    for (uint32_t i = 0; i < types_count(t); i++)
        bind_type(b, types_edit(t, i));
    *out = b;
    return ERR_OK;
}

void bind_free(struct bind *b)
{
    if (!b)
        return;
    table_done(&b->connections);
    table_done(&b->edges);
    arena_done(&b->arena);
    free(b);
}

const struct bound *bind_field(const struct bind *b, const struct gql_field *f)
{
    if (f->owner)
        return f->bound ? f->bound : &b->none;
    return f == types_meta(b->types, GQL_META_TYPENAME) ? &b->typename : &b->introspect;
}

const struct layout_table *bind_table(const struct gql_type *t)
{
    const struct bound_type *own = t->bound;
    return own ? own->table : NULL;
}

const struct bound_filter *bind_filter(const struct gql_input *i,
                                       const struct gql_type *owner)
{
    const struct bound_type *own = owner->bound;
    return own && own->filters ? &own->filters[i->index] : NULL;
}

const struct bound_sort *bind_sort(const struct gql_type *t, struct str value)
{
    const struct bound_type *own = t->bound;
    const struct gql_enum_value *v = types_value(t, value);
    return own && own->sorts && v ? &own->sorts[v->index] : NULL;
}

void bind_add_key(const struct layout_table *t, const char *alias, struct buf *out)
{
    for (size_t i = 0; i < t->n_key; i++)
        buf_printf(out, "%s%s.%.*s", i ? ", " : "", alias, STR_ARG(t->key[i]->quoted));
    if (!t->n_key)
        buf_printf(out, "%s._rowid_", alias);
}
