#include "schema/load.h"

#include <stdlib.h>

#include "schema/names.h"

static struct str quoted(struct arena *a, struct str name)
{
    char *p = arena_get(a, name.n + 3 + FIELD_SLACK);
    p[0] = '"';
    memcpy(p + 1, name.p, name.n);
    p[name.n + 1] = '"';
    p[name.n + 2] = ':';
    return str_n(p, name.n + 3);
}

/* `attribute` is the type that stands for Attribute, or empty. */
static enum err field_fill(struct load *l, struct field *f, const struct type *owner,
                           const struct sdl_field *def, struct str attribute)
{
    bool stands = attribute.n && str_eq(def->type->name, STR("Attribute"));
    struct type_info *type =
        table_get(&l->s->by_name, stands ? attribute : def->type->name);
    bool connection = !type;
    if (!type)
        type = table_get(&l->s->connections, def->type->name);
    if (!type)
        return load_fail(l, def->place, "a field of a type that is not there");
    const struct sdl_directive *sensitive = sdl_directive(def->directives, "sensitive");
    const struct sdl_value *class = sdl_argument(sensitive, "class");
    *f = (struct field){
        .name = def->name,
        .quoted = quoted(&l->s->arena, def->name),
        .owner = owner,
        .type = &type->type,
        .list = connection || def->type->of,
        .connection = connection,
        .required = def->type->required,
        .kind = (uint8_t)type->type.kind,
        .is_id = type->type.kind == TYPE_ID,
        .is_volatile = sdl_directive(def->directives, "volatile") != NULL,
        .is_derived = sdl_directive(def->directives, "derived") != NULL,
        .sensitive = class ? class->text : str_n(NULL, 0),
    };
    return ERR_OK;
}

/* One source of a type's fields: its own, or those of Std, By, Attributes. */
struct source_fields {
    const struct sdl_field *first;
    struct str attribute;
};

static bool is_own(const struct source_fields *own, const struct source_fields *from,
                   struct str name)
{
    if (own == from)
        return false;
    const struct sdl_field *f = own->first;
    while (f && !str_eq(f->name, name))
        f = f->next;
    return f != NULL;
}

static bool entity_flag(const struct sdl_def *d, const char *name, bool otherwise)
{
    const struct sdl_value *v =
        sdl_argument(sdl_directive(d->directives, "entity"), name);
    return v ? str_eq(v->text, STR("true")) : otherwise;
}

static const struct sdl_field *common(const struct load *l, const char *name)
{
    const struct type_info *t = table_get(&l->s->by_name, str_of(name));
    return t && t->def && t->def->kind == SDL_DEF_INTERFACE ? t->def->fields : NULL;
}

static size_t field_sources(const struct load *l, const struct sdl_def *d,
                            struct source_fields out[4])
{
    size_t n = 0;
    out[n++].first = d->fields;
    const struct sdl_directive *entity = sdl_directive(d->directives, "entity");
    if (!entity)
        return n;
    if (entity_flag(d, "std", true))
        out[n++].first = common(l, "Std");
    if (entity_flag(d, "by", true))
        out[n++].first = common(l, "By");
    const struct sdl_value *attributes = sdl_argument(entity, "attributes");
    if (attributes) {
        out[n].attribute = attributes->text;
        out[n++].first = common(l, "Attributes");
    }
    return n;
}

/* Fields of an input object are as those of a type, for whoever reads inputs. */
static const struct sdl_field *as_fields(struct arena *a, const struct sdl_input *in)
{
    struct sdl_field *first = NULL, **tail = &first;
    for (; in; in = in->next) {
        struct sdl_field *f = *tail = ARENA_NEW(a, struct sdl_field);
        *f = (struct sdl_field){.name = in->name,
                                .type = in->type,
                                .directives = in->directives,
                                .place = in->place};
        tail = &f->next;
    }
    return first;
}

static enum err add_fields(struct load *l, struct type_info *t)
{
    struct source_fields from[4] = {0};
    size_t n_from = field_sources(l, t->def, from), n = 0;
    if (t->def->kind == SDL_DEF_INPUT)
        from[0].first = as_fields(&l->s->arena, t->def->inputs);
    for (size_t i = 0; i < n_from; i++)
        for (const struct sdl_field *f = from[i].first; f; f = f->next)
            n++;
    if (n > SCHEMA_FIELDS)
        return load_fail(l, t->def->place, "a type of more than 4096 fields");
    t->type.fields = ARENA_ARRAY(&l->s->arena, struct field, n);
    t->defs = ARENA_ARRAY(&l->s->arena, const struct sdl_field *, n);
    for (size_t i = 0; i < n_from; i++)
        for (const struct sdl_field *f = from[i].first; f; f = f->next) {
            if (is_own(&from[0], &from[i], f->name))
                continue;
            TRY(field_fill(l, &t->type.fields[t->type.n_fields], &t->type, f,
                           from[i].attribute));
            t->defs[t->type.n_fields++] = f;
        }
    return ERR_OK;
}

/* ---- names of fields: columns, ranks, the table behind schema_field() */

static bool slot_add(struct type_info *t, struct str name, const struct field *f)
{
    struct field_word w = field_word(name);
    size_t i = field_hash(w) & t->mask;
    for (; t->slots[i].name.n; i = (i + 1) & t->mask)
        if (str_eq(t->slots[i].name, name))
            return false;
    t->slots[i] = (struct field_slot){w, name, f};
    return true;
}

/* GraphQL names first, so that they win; then columns, of which a later one that is
 * taken keeps its field's exact name. */
static enum err field_names(struct load *l, struct type_info *t)
{
    size_t n = 4;
    while (n < 4 * t->type.n_fields)
        n *= 2;
    t->slots = ARENA_ARRAY(&l->s->arena, struct field_slot, n);
    t->mask = n - 1;
    for (size_t i = 0; i < t->type.n_fields; i++)
        if (!slot_add(t, t->type.fields[i].name, &t->type.fields[i]))
            return load_fail(l, t->defs[i]->place, "a field is there twice");
    for (size_t i = 0; i < t->type.n_fields; i++) {
        struct field *f = &t->type.fields[i];
        const struct sdl_directive *d = sdl_directive(t->defs[i]->directives, "column");
        const struct sdl_value *given = sdl_argument(d, "name");
        if (given) {
            f->column = given->text;
        } else {
            char *p = arena_get(&l->s->arena, 2 * f->name.n);
            f->column = str_n(p, schema_snake(f->name, p));
        }
        if (str_eq(f->column, f->name) || slot_add(t, f->column, f))
            continue;
        if (given)
            return load_fail(l, t->defs[i]->place, "another field has this column");
        f->column = f->name;
    }
    return ERR_OK;
}

static int by_name(const void *a, const void *b)
{
    const struct field *const *x = a, *const *y = b;
    return str_cmp((*x)->name, (*y)->name);
}

static void ranks(struct load *l, struct type *t)
{
    struct field **order = ARENA_ARRAY(&l->s->arena, struct field *, t->n_fields);
    for (size_t i = 0; i < t->n_fields; i++)
        order[i] = &t->fields[i];
    if (t->n_fields)
        qsort(order, t->n_fields, sizeof *order, by_name);
    for (size_t i = 0; i < t->n_fields; i++)
        order[i]->rank = (uint16_t)i;
}

struct field *load_field(struct type *t, struct str name)
{
    for (size_t i = 0; i < t->n_fields; i++)
        if (str_eq(t->fields[i].name, name))
            return &t->fields[i];
    return NULL;
}

enum err load_fields(struct load *l, struct type_info *t)
{
    TRY(add_fields(l, t));
    TRY(field_names(l, t));
    ranks(l, &t->type);
    return ERR_OK;
}
