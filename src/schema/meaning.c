#include "schema/load.h"
#include "schema/names.h"

/* What a connection type written out pages: the type of edges.node; else NULL. */
static struct type *paged(const struct type *t)
{
    const struct field *edges = schema_field(t, STR("edges"));
    const struct field *node = edges ? schema_field(edges->type, STR("node")) : NULL;
    return node && node->type->kind == TYPE_OBJECT ? (struct type *)node->type : NULL;
}

static void connections(struct type_info *t)
{
    for (size_t i = 0; i < t->type.n_fields; i++) {
        struct field *f = &t->type.fields[i];
        struct type *page = f->list ? NULL : paged(f->type);
        if (!page)
            continue;
        f->type = page;
        f->kind = (uint8_t)page->kind;
        f->list = f->connection = true;
    }
}

/* Names from the query root of a tenant's own SDL: the first field of either kind. */
static void query_names(struct load *l)
{
    const struct type_info *query = l->directives ? NULL : l->roots[0];
    for (size_t i = 0; query && i < query->type.n_fields; i++) {
        const struct field *f = &query->type.fields[i];
        struct type *page = paged(f->type);
        struct type *t = page ? page : (struct type *)f->type;
        bool list = page || f->list;
        if (!t->is_entity || (list ? t->has_list : t->has_single))
            continue;
        *(list ? &t->list : &t->single) = f->name;
        *(list ? &t->has_list : &t->has_single) = true;
        if (list) {
            char *p = arena_get(&l->s->arena, 2 * f->name.n);
            t->table = str_n(p, schema_snake(f->name, p));
        }
    }
}

void load_query(struct load *l)
{
    query_names(l);
    for (size_t i = 0; i < l->s->by_name.n; i++)
        connections(schema_info(l->s, i));
}

static void means(struct load *l, struct str name, struct type_info *t)
{
    if (!name.n)
        return;
    if (!table_get(&l->s->names, name))
        table_put(&l->s->names, name, t);
    struct str folded = name_fold(&l->s->arena, name);
    if (!table_get(&l->s->folded, folded))
        table_put(&l->s->folded, folded, t);
}

static void plural_means(struct load *l, struct type_info *t)
{
    struct str plural = load_plural(l, t);
    means(l, plural, t);
    means(l, name_join(&l->s->arena, plural, STR("Connection")), t);
}

/* In the order of certainty: what is written before what is made by rule. */
void load_meanings(struct load *l)
{
    for (int pass = 0; pass < 7; pass++)
        for (size_t i = 0; i < l->s->by_name.n; i++) {
            struct type_info *t = schema_info(l->s, i);
            if (!t->type.is_entity)
                continue;
            const struct sdl_directive *d = sdl_directive(t->def->directives, "entity");
            const struct sdl_value *tables = sdl_argument(d, "tables");
            switch (pass) {
            case 0: means(l, t->type.name, t); break;
            case 1:
                if (t->type.has_list)
                    means(l, t->type.list, t);
                break;
            case 2:
                if (t->type.has_single)
                    means(l, t->type.single, t);
                break;
            case 3: means(l, t->type.table, t); break;
            case 4:
                for (const struct sdl_value *v = tables ? tables->items : NULL; v;
                     v = v->next)
                    means(l, v->text, t);
                break;
            case 5:
                means(l, t->type.list, t);
                means(l, t->type.single, t);
                break;
            default: plural_means(l, t); break;
            }
        }
}
