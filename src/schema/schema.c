#include "schema/schema.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "schema/names.h"
#include "schema/types.h"

enum err schema_load(struct str sdl, const char *name, struct schema **out,
                     struct error *e)
{
    CLEANUP(schema_freep) struct schema *s = NEW(struct schema);
    pthread_mutex_init(&s->lock, NULL);
    s->text = arena_str(&s->arena, sdl);
    TRY(sdl_parse(s->text, name, &s->arena, &s->document, e));
    TRY(load_types(s, name, e));
    *out = s;
    s = NULL;
    return ERR_OK;
}

void schema_free(struct schema *s)
{
    if (!s)
        return;
    table_done(&s->by_name);
    table_done(&s->connections);
    table_done(&s->names);
    table_done(&s->folded);
    table_done(&s->by_entity);
    table_done(&s->by_entity_folded);
    arena_done(&s->arena);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

struct str schema_text(const struct schema *s)
{
    return s->text;
}

const struct sdl_def *schema_document(const struct schema *s)
{
    return s->document;
}

const struct sdl_def *schema_definition(const struct type *t)
{
    return ((const struct type_info *)t)->def;
}

const struct sdl_field *schema_field_definition(const struct field *f)
{
    return ((const struct type_info *)f->owner)->defs[f - f->owner->fields];
}

const struct type *schema_type(const struct schema *s, struct str name)
{
    return table_get(&s->by_name, name);
}

const struct type *schema_type_at(const struct schema *s, size_t i)
{
    return i < s->by_name.n ? &schema_info(s, i)->type : NULL;
}

const struct field *schema_field(const struct type *t, struct str name)
{
    const struct type_info *info = (const struct type_info *)t;
    if (!info || !info->slots || !name.n)
        return NULL;
    struct field_word w = field_word(name);
    for (size_t i = field_hash(w) & info->mask;; i = (i + 1) & info->mask) {
        const struct field_slot *s = &info->slots[i];
        if (!s->name.n)
            return NULL;
        if (s->word.first == w.first && s->word.last == w.last && s->word.n == w.n &&
            (w.n <= 16 || memcmp(s->name.p + 8, name.p + 8, w.n - 16) == 0))
            return s->field;
    }
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_entity_name(struct str name)
{
    if (!name.n || name.n > SCHEMA_NAME || !is_letter(name.p[0]))
        return false;
    for (size_t i = 1; i < name.n; i++) {
        char c = name.p[i];
        if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return true;
}

struct entity *entity_add(struct schema *s, struct str name, const struct type *type)
{
    if (s->n_entities == SCHEMA_ENTITIES)
        return NULL;
    struct entity *n = ARENA_NEW(&s->arena, struct entity);
    *n = (struct entity){.name = arena_str(&s->arena, name),
                         .type = type,
                         .index = (unsigned)s->n_entities};
    s->entities[s->n_entities++] = n;
    table_put(&s->by_entity, n->name, n);
    table_put(&s->by_entity_folded, name_fold(&s->arena, name), n);
    return n;
}

static enum err entity_get(struct schema *s, struct str name, const struct entity **out,
                           struct error *e)
{
    struct entity *found = table_get(&s->by_entity, name);
    if (found) {
        *out = found;
        return ERR_OK;
    }
    if (!is_entity_name(name))
        return err_set(e, ERR_DATA,
                       "not an entity name: a letter, then up to %d letters, "
                       "digits and _ are",
                       SCHEMA_NAME - 1);
    char folded[SCHEMA_NAME];
    for (size_t i = 0; i < name.n; i++)
        folded[i] = name_lower(name.p[i]);
    if (table_get(&s->by_entity_folded, str_n(folded, name.n)))
        return err_set(e, ERR_DATA,
                       "two entity names differ in upper and lower case only");
    found = entity_add(s, name, NULL);
    if (!found)
        return err_set(e, ERR_LIMIT, "more than %d entities", SCHEMA_ENTITIES);
    *out = found;
    return ERR_OK;
}

enum err schema_entity(struct schema *s, struct str name, const struct entity **out,
                       struct error *e)
{
    pthread_mutex_lock(&s->lock);
    enum err r = entity_get(s, name, out, e);
    pthread_mutex_unlock(&s->lock);
    return r;
}

const struct entity *schema_lookup(struct schema *s, struct str name)
{
    const struct type_info *found = table_get(&s->names, name);
    /* Longer names than any in the schema need no folding. */
    char folded[2 * SCHEMA_NAME + 64];
    if (!found && name.n <= sizeof folded) {
        for (size_t i = 0; i < name.n; i++)
            folded[i] = name_lower(name.p[i]);
        found = table_get(&s->folded, str_n(folded, name.n));
    }
    return found ? found->entity : NULL;
}
