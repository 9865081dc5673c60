/* Ids in records: found, translated, rewritten. */
#include "drift/identity_private.h"
#include "schema/value.h"
#include "json/escape.h"
#include "json/number.h"

struct str identity_own(const struct entity *entity)
{
    const struct type *t = entity->type;
    if (!t || !t->n_key)
        return t ? STR("") : STR("id");
    return t->n_key == 1 ? t->key[0]->name : STR("");
}

bool identity_text(const struct value *v, struct str *out)
{
    if (!v || (v->kind != VALUE_STRING && v->kind != VALUE_NUMBER))
        return false;
    *out = v->kind == VALUE_STRING ? str_n(v->text.p + 1, v->text.n - 2) : v->text;
    return true;
}

const struct type *identity_target(const struct field *f)
{
    if (!f || !f->is_id)
        return NULL;
    for (size_t i = 0; i < f->owner->n_fields; i++)
        if (f->owner->fields[i].by == f)
            return f->owner->fields[i].type;
    return f->key_part && f->owner->n_key == 1 ? f->owner : NULL;
}

static struct kind *kind_of(const struct identity *m, const struct type *target)
{
    return target ? table_get(&m->by_name, target->name) : NULL;
}

struct str identity_translate(struct identity *m, unsigned side,
                              const struct type *target, struct str id)
{
    const struct kind *k = kind_of(m, target);
    const struct ident *i = k ? table_get(&k->ids[side], id) : NULL;
    if (!i)
        return id;
    if (!i->mate)
        return STR("?");
    return side ? i->mate->text : i->text;
}

void identity_add(struct identity *m, unsigned side, const struct value *v,
                  const struct field *f, struct buf *out)
{
    const struct type *target = identity_target(f);
    struct str id;
    if (v->kind < VALUE_LIST) {
        bool translated = target && identity_text(v, &id);
        buf_add_str(out,
                    translated ? identity_translate(m, side, target, id) : v->text);
        return;
    }
    const struct type *type = f ? f->type : NULL;
    buf_add_char(out, v->kind == VALUE_OBJECT ? '{' : '[');
    for (size_t i = 0; i < v->n_items; i++) {
        const struct value *item = &v->items[i];
        const struct field *g = f;
        if (v->kind == VALUE_OBJECT) {
            buf_add_str(out, item->name);
            buf_add_char(out, ':');
            g = type ? schema_field(type, item->name) : NULL;
        }
        identity_add(m, side, item, g, out);
        buf_add_char(out, ',');
    }
    buf_add_char(out, v->kind == VALUE_OBJECT ? '}' : ']');
}

/* ---- rewriting */

/* The id as identity_text() gives it of a canonical record: 7.0 is 7. */
static struct str normal_id(struct identity *m, const struct value *v, struct str id)
{
    buf_clear(&m->text);
    enum err code = v->kind == VALUE_NUMBER ? value_id(&m->text, id, NULL)
                                            : escape_normal(&m->text, id, true, NULL);
    return code == ERR_OK ? buf_str(&m->text) : id;
}

/* Of the right side, in a record of the left. */
static void add_id(struct identity *m, const struct kind *k, struct str id,
                   const struct value *v, struct buf *out)
{
    id = normal_id(m, v, id);
    const struct ident *i = k ? table_get(&k->ids[1], id) : NULL;
    struct str written = id;
    m->counts.dangling[1] += k && !i;
    if (i && i->mate)
        written = i->mate->text;
    bool taken = k && !(i && i->mate) && table_get(&k->ids[0], id);
    if (!taken && str_eq(written, id)) {
        buf_add_str(out, v->text);
        return;
    }
    bool number = v->kind == VALUE_NUMBER && !taken && number_is_integer(written);
    if (!number)
        buf_add_str(out, taken ? STR("\"new:") : STR("\""));
    buf_add_str(out, written);
    if (!number)
        buf_add_char(out, '"');
}

static void rewrite(struct identity *m, const struct value *v, const struct type *type,
                    const struct field *f, struct buf *out)
{
    const struct type *target = identity_target(f);
    struct str id;
    if (v->kind < VALUE_LIST) {
        if (target && identity_text(v, &id))
            add_id(m, kind_of(m, target), id, v, out);
        else
            buf_add_str(out, v->text);
        return;
    }
    bool object = v->kind == VALUE_OBJECT;
    buf_add_char(out, object ? '{' : '[');
    for (size_t i = 0; i < v->n_items; i++) {
        const struct value *item = &v->items[i];
        const struct field *g = object && type ? schema_field(type, item->name) : f;
        if (i)
            buf_add_char(out, ',');
        if (object) {
            buf_add_char(out, '"');
            buf_add_str(out, item->name);
            buf_add_str(out, STR("\":"));
        }
        rewrite(m, item, object && g ? g->type : type, object && !type ? NULL : g, out);
    }
    buf_add_char(out, object ? '}' : ']');
}

enum err identity_rewrite(struct identity *m, const struct entity *entity,
                          struct str record, struct buf *out, struct error *e)
{
    struct value v;
    arena_clear(&m->record);
    TRY(value_read(&m->reader, record, &m->record, &v, e));
    buf_clear(out);
    if (entity->type) {
        rewrite(m, &v, entity->type, NULL, out);
        return ERR_OK;
    }
    /* Nothing is known but the record's own id. */
    struct kind *k = table_get(&m->by_name, entity->name);
    buf_add_char(out, '{');
    for (size_t i = 0; i < v.n_items; i++) {
        const struct value *item = &v.items[i];
        struct str id;
        if (i)
            buf_add_char(out, ',');
        buf_add_char(out, '"');
        buf_add_str(out, item->name);
        buf_add_str(out, STR("\":"));
        if (str_eq(item->name, STR("id")) && identity_text(item, &id))
            add_id(m, k, id, item, out);
        else
            buf_add_str(out, item->text);
    }
    buf_add_char(out, '}');
    return ERR_OK;
}
