#include "schema/load.h"
#include "schema/names.h"

static enum err key_fields(struct load *l, struct type_info *t,
                           const struct sdl_value *list, const struct field **out,
                           size_t *out_n)
{
    for (const struct sdl_value *v = list->items; v; v = v->next) {
        struct field *f = load_field(&t->type, v->text);
        if (!f)
            return load_fail(l, v->place, "a key names a field that is not there");
        if (*out_n == SCHEMA_KEY_PARTS)
            return load_fail(l, v->place, "a key of more than 4 fields");
        out[(*out_n)++] = f;
    }
    return ERR_OK;
}

static void mark_key(struct type *t)
{
    for (size_t i = 0; i < t->n_key; i++) {
        struct field *f = load_field(t, t->key[i]->name);
        f->key_part = (uint8_t)(i + 1);
        f->is_id = true;
    }
}

static enum err entity_directive(struct load *l, struct type_info *t)
{
    const struct sdl_directive *d = sdl_directive(t->def->directives, "entity");
    struct type *type = &t->type;
    type->is_entity = true;
    type->table = load_argument(d, "table");
    type->single = load_argument(d, "single");
    type->list = load_argument(d, "list");
    type->has_single = type->single.n > 0;
    type->has_list = type->list.n > 0;
    const struct sdl_value *key = sdl_argument(d, "key");
    const struct sdl_value *natural = sdl_argument(d, "naturalKey");
    const struct field *id = load_field(type, STR("id"));
    if (key)
        TRY(key_fields(l, t, key, type->key, &type->n_key));
    else if (id)
        type->key[type->n_key++] = id;
    if (natural)
        TRY(key_fields(l, t, natural, type->natural, &type->n_natural));
    return ERR_OK;
}

/* The root type of an operation: what `schema { … }` says, else the usual name. */
static struct type_info *root_type(const struct load *l, const char *operation,
                                   const char *usual)
{
    struct str name = str_of(usual);
    for (const struct sdl_def *d = l->s->document; d; d = d->next)
        for (const struct sdl_field *f = d->fields; d->kind == SDL_DEF_SCHEMA && f;
             f = f->next)
            if (str_eq(f->name, str_of(operation)))
                name = f->type->name;
    return table_get(&l->s->by_name, name);
}

/* Marks what fields name as a type, but for those of mutations: what only a mutation
 * returns is its payload ({id} of a delete). */
void load_named(struct load *l)
{
    l->roots[0] = root_type(l, "query", "Query");
    l->roots[1] = root_type(l, "mutation", "Mutation");
    l->roots[2] = root_type(l, "subscription", "Subscription");
    for (const struct sdl_def *d = l->s->document; d; d = d->next) {
        if (d->kind == SDL_DEF_SCHEMA || (l->roots[1] && d == l->roots[1]->def))
            continue;
        for (const struct sdl_field *f = d->fields; f; f = f->next) {
            struct type_info *t = table_get(&l->s->by_name, f->type->name);
            if (t)
                t->named = true;
        }
    }
    for (size_t i = 0; l->roots[1] && i < l->roots[1]->type.n_fields; i++)
        ((struct type_info *)l->roots[1]->type.fields[i].type)->returned = true;
}

/* A tenant's own SDL says nothing of entities: what has an id and is none of the shapes
 * of an API is one. */
static bool is_entity_by_convention(const struct load *l, const struct type_info *t)
{
    static const char *const ends[] = {"Connection", "Edge", "Payload"};
    if (l->directives || t->def->kind != SDL_DEF_TYPE ||
        !schema_field(&t->type, STR("id")) || t->type.name.p[0] == '_')
        return false;
    for (int i = 0; i < 3; i++)
        if (t == l->roots[i] || str_ends(t->type.name, str_of(ends[i])))
            return false;
    return t->named || !t->returned;
}

enum err load_entity(struct load *l, struct type_info *t)
{
    struct type *type = &t->type;
    struct arena *a = &l->s->arena;
    if (sdl_directive(t->def->directives, "entity")) {
        TRY(entity_directive(l, t));
    } else if (is_entity_by_convention(l, t)) {
        type->is_entity = true; /* by the name that stands there: id, Id, ID */
        type->key[type->n_key++] =
            load_field(type, schema_field(type, STR("id"))->name);
    } else {
        return ERR_OK;
    }
    if (!type->single.n)
        type->single = name_lower_first(a, type->name);
    if (!type->list.n)
        type->list = name_plural(a, name_lower_first(a, type->name));
    if (!type->table.n) {
        char *p = arena_get(a, 2 * type->list.n);
        type->table = str_n(p, schema_snake(type->list, p));
    }
    for (size_t i = 0; i < type->n_fields; i++)
        type->has_volatile |= type->fields[i].is_volatile;
    mark_key(type);
    if (type->name.n > SCHEMA_NAME)
        return load_fail(l, t->def->place,
                         "the name of an entity has more than 64 bytes");
    if (table_get(&l->s->by_entity_folded, name_fold(a, type->name)))
        return load_fail(l, t->def->place,
                         "two entity names differ in upper and lower case only");
    t->entity = entity_add(l->s, type->name, type);
    return t->entity ? ERR_OK : load_fail(l, t->def->place, "more than 1024 entities");
}

/* ---- references */

/* Longer names of fields refer to nothing by convention. */
#define BY_NAME ((size_t)2 * SCHEMA_NAME)

static struct field *by_convention(struct type *t, const struct field *f)
{
    char id[BY_NAME + 2];
    if (f->list || f->type->kind != TYPE_OBJECT || f->name.n > BY_NAME)
        return NULL;
    memcpy(id, f->name.p, f->name.n);
    id[f->name.n] = 'I';
    id[f->name.n + 1] = 'd';
    struct field *by = load_field(t, str_n(id, f->name.n + 2));
    return by && !by->list && by->type->kind != TYPE_OBJECT ? by : NULL;
}

enum err load_references(struct load *l, struct type_info *t)
{
    for (size_t i = 0; i < t->type.n_fields; i++) {
        struct field *f = &t->type.fields[i];
        const struct sdl_directive *own = t->defs[i]->directives;
        const struct sdl_directive *d = sdl_directive(own, "reference");
        struct field *by = NULL;
        if (d) {
            by = load_field(&t->type, load_argument(d, "by"));
            if (!by)
                return load_fail(l, d->place,
                                 "a reference by a field that is not there");
        } else if (!sdl_directive(own, "many")) {
            by = by_convention(&t->type, f);
        }
        if (!by)
            continue;
        f->by = by;
        by->is_id = true;
        /* The target's key is read as an id even where the target is no entity. */
        struct type *target =
            &((struct type_info *)table_get(&l->s->by_name, f->type->name))->type;
        struct field *id = target->n_key ? NULL : load_field(target, STR("id"));
        if (id)
            id->is_id = true;
    }
    return ERR_OK;
}
