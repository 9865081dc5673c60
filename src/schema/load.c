#include "schema/load.h"

#include "schema/names.h"

enum err load_fail(const struct load *l, struct lex_place place, const char *line)
{
    return sdl_error(place, l->name, line, l->e);
}

static enum type_kind scalar_kind(struct str name)
{
    static const struct {
        const char *name;
        enum type_kind kind;
    } known[] = {
        {"Int", TYPE_INT},           {"Float", TYPE_FLOAT},
        {"Decimal", TYPE_FLOAT},     {"String", TYPE_STRING},
        {"Boolean", TYPE_BOOLEAN},   {"ID", TYPE_ID},
        {"DateTime", TYPE_DATETIME}, {"JSONString", TYPE_JSON_STRING},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(name, str_of(known[i].name)))
            return known[i].kind;
    return TYPE_ANY;
}

static struct type_info *declare(struct load *l, struct str name, enum type_kind kind)
{
    struct type_info *t = ARENA_NEW(&l->s->arena, struct type_info);
    t->type.name = name;
    t->type.kind = kind;
    table_put(&l->s->by_name, name, t);
    return t;
}

static void enum_values(struct load *l, struct type *t, const struct sdl_def *d)
{
    size_t n = 0;
    for (const struct sdl_name *v = d->names; v; v = v->next)
        n++;
    t->values = ARENA_ARRAY(&l->s->arena, struct str, n);
    for (const struct sdl_name *v = d->names; v; v = v->next)
        t->values[t->n_values++] = v->name;
}

struct str load_argument(const struct sdl_directive *d, const char *name)
{
    const struct sdl_value *v = sdl_argument(d, name);
    return v && v->kind == SDL_STRING ? v->text : str_n(NULL, 0);
}

struct str load_plural(struct load *l, const struct type_info *t)
{
    const struct sdl_directive *d = sdl_directive(t->def->directives, "entity");
    struct str plural = load_argument(d, "plural");
    return plural.n ? plural : name_plural(&l->s->arena, t->type.name);
}

static enum err declare_all(struct load *l)
{
    static const char *const builtin[] = {"Int", "Float", "String", "Boolean", "ID"};
    for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
        declare(l, str_of(builtin[i]), scalar_kind(str_of(builtin[i])));
    for (const struct sdl_def *d = l->s->document; d; d = d->next) {
        if (d->kind == SDL_DEF_DIRECTIVE || d->kind == SDL_DEF_SCHEMA)
            continue;
        const struct type_info *there = table_get(&l->s->by_name, d->name);
        if (there && !there->def && d->kind == SDL_DEF_SCALAR)
            continue; /* `scalar ID` written out */
        if (there)
            return load_fail(l, d->place, "a type of this name is there already");
        bool record = d->kind == SDL_DEF_TYPE || d->kind == SDL_DEF_INPUT;
        struct type_info *t = declare(l, d->name,
                                      d->kind == SDL_DEF_SCALAR ? scalar_kind(d->name)
                                      : d->kind == SDL_DEF_ENUM ? TYPE_ENUM
                                      : record                  ? TYPE_OBJECT
                                                                : TYPE_UNION);
        t->def = d;
        if (d->kind == SDL_DEF_ENUM)
            enum_values(l, &t->type, d);
        if (!sdl_directive(d->directives, "entity"))
            continue;
        l->directives = true;
        table_put(&l->s->connections,
                  name_join(&l->s->arena, load_plural(l, t), STR("Connection")), t);
    }
    return ERR_OK;
}

enum err load_types(struct schema *s, const char *name, struct error *e)
{
    struct load l = {.s = s, .name = name, .e = e};
    TRY(declare_all(&l));
    for (size_t i = 0; i < s->by_name.n; i++)
        if (schema_info(s, i)->def)
            TRY(load_fields(&l, schema_info(s, i)));
    load_named(&l);
    for (size_t i = 0; i < s->by_name.n; i++)
        if (schema_info(s, i)->def)
            TRY(load_entity(&l, schema_info(s, i)));
    load_query(&l);
    for (size_t i = 0; i < s->by_name.n; i++)
        if (schema_info(s, i)->def && schema_info(s, i)->type.n_fields)
            TRY(load_references(&l, schema_info(s, i)));
    load_meanings(&l);
    return ERR_OK;
}
