#include "store/layout.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/table.h"
#include "sdl/sdl.h"
#include "store/sql.h"

/* Past so many of one name there is something wrong with the schema. */
#define SAME_NAMES 10000u

struct layout {
    struct arena arena;
    struct layout_table *tables;
    size_t n;
    struct table by_type; /* by the type's name */
    struct table names;   /* of tables and indexes, in lower case */
};

/* ---- names */

static struct str fold(struct arena *a, struct str name)
{
    char *p = arena_get(a, name.n + 1);
    assert(name.p || !name.n);
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        p[i] = c;
    }
    return str_n(p, name.n);
}

static bool is_reserved(struct str folded, bool column)
{
    static const char *const columns[] = {"_more", "_shape", "rowid", "oid", "_rowid_"};
    if (!folded.n)
        return true;
    for (size_t i = 0; column && i < sizeof columns / sizeof *columns; i++)
        if (str_eq(folded, str_of(columns[i])))
            return true;
    return !column &&
           (str_starts(folded, STR("sqlite_")) || str_starts(folded, STR("sandcast_")));
}

/* The name, or the first of NAME_2, NAME_3 … that nobody has; of what is reserved,
 * x_NAME_2 …, so that a prefix is reserved no more. */
static enum err name_take(struct layout *l, struct table *names, struct str wanted,
                          bool column, struct str *out, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    if (memchr(wanted.p ? wanted.p : "", 0, wanted.n))
        return err_set(e, ERR_DATA, "a table or column with a NUL in its name");
    struct str folded = fold(&l->arena, wanted);
    bool reserved = is_reserved(folded, column);
    *out = wanted;
    for (unsigned i = 2; reserved || table_get(names, folded); i++) {
        if (i > SAME_NAMES)
            return err_set(e, ERR_LIMIT, "too many tables or columns of one name");
        buf_clear(&text);
        buf_printf(&text, "%s%.*s_%u", !column && reserved ? "x_" : "", STR_ARG(wanted),
                   i);
        *out = arena_str(&l->arena, buf_str(&text));
        folded = fold(&l->arena, *out);
        if (!table_get(names, folded))
            break;
    }
    table_put(names, folded, l);
    return ERR_OK;
}

static struct str quoted(struct arena *a, struct str name)
{
    BUF_SCOPED text = BUF_INIT;
    sql_add_name(&text, name);
    return arena_str(a, buf_str(&text));
}

/* ---- columns */

static bool is_stored(const struct field *f)
{
    if (f->kind == TYPE_OBJECT || f->kind == TYPE_UNION)
        return false;
    if (!f->is_derived)
        return true;
    const struct sdl_field *def = schema_field_definition(f);
    const struct sdl_value *v =
        sdl_argument(sdl_directive(def->directives, "derived"), "stored");
    return v && str_eq(v->text, STR("true"));
}

static enum layout_kind kind_of(const struct field *f)
{
    if (f->list)
        return LAYOUT_JSON;
    switch ((enum type_kind)f->kind) {
    case TYPE_INT: return LAYOUT_INTEGER;
    case TYPE_FLOAT: return LAYOUT_REAL;
    case TYPE_BOOLEAN: return LAYOUT_BOOLEAN;
    case TYPE_STRING:
    case TYPE_ID:
    case TYPE_DATETIME:
    case TYPE_ENUM: return LAYOUT_TEXT;
    case TYPE_JSON_STRING: return LAYOUT_JSON_STRING;
    case TYPE_ANY:
    case TYPE_OBJECT:
    case TYPE_UNION: break;
    }
    return LAYOUT_JSON;
}

static enum err columns(struct layout *l, struct layout_table *t, struct error *e)
{
    CLEANUP(table_done) struct table names = TABLE_INIT;
    const struct type *type = t->type;
    t->columns = ARENA_ARRAY(&l->arena, struct layout_column, type->n_fields);
    t->by_rank = ARENA_ARRAY(&l->arena, int16_t, type->n_fields);
    for (size_t i = 0; i < type->n_fields; i++) {
        const struct field *f = &type->fields[i];
        t->by_rank[f->rank] = -1;
        if (!is_stored(f) || t->n_columns == LAYOUT_COLUMNS)
            continue;
        struct layout_column *c = &t->columns[t->n_columns];
        *c = (struct layout_column){.field = f, .kind = kind_of(f)};
        TRY(name_take(l, &names, f->column, true, &c->name, e));
        c->quoted = quoted(&l->arena, c->name);
        t->by_rank[f->rank] = (int16_t)t->n_columns++;
    }
    return ERR_OK;
}

static struct layout_column *column_of(struct layout_table *t, const struct field *f)
{
    int i = layout_column(t, f);
    return i < 0 ? NULL : &t->columns[i];
}

/* A key with a field that is no column is none. */
static void key(struct layout_table *t)
{
    for (size_t i = 0; i < t->type->n_key; i++) {
        struct layout_column *c = column_of(t, t->type->key[i]);
        if (!c) {
            t->n_key = 0;
            break;
        }
        t->key[t->n_key++] = c;
    }
    for (size_t i = 0; i < t->n_key; i++)
        t->columns[t->key[i] - t->columns].key_part = (uint8_t)(i + 1);
    t->is_rowid = t->n_key == 1 && t->key[0]->kind == LAYOUT_INTEGER;
}

/* ---- indexes */

/* Marks of the columns that want one. */
struct wants {
    struct layout *l;
    bool **marks; /* per table, per column */
};

static void want(struct wants *w, const struct field *f)
{
    const struct layout_table *t = f ? layout_table(w->l, f->owner) : NULL;
    int i = t ? layout_column(t, f) : -1;
    if (i >= 0)
        w->marks[t->index][i] = true;
}

/* @many(by: "partId", through: "PartProcedure"): the field stands in the type that the
 * field is of, or in `through`; entityId and familyId are met by this row's own. */
static void want_many(struct wants *w, const struct schema *s, const struct field *f)
{
    const struct sdl_field *def = schema_field_definition(f);
    const struct sdl_directive *d = sdl_directive(def->directives, "many");
    const struct sdl_value *by = sdl_argument(d, "by");
    const struct sdl_value *through = sdl_argument(d, "through");
    if (!by)
        return;
    const struct type *other = through ? schema_type(s, through->text) : f->type;
    if (other && other->is_entity)
        want(w, schema_field(other, by->text));
    if (str_eq(by->text, STR("entityId")) || str_eq(by->text, STR("familyId")))
        want(w, schema_field(f->owner, by->text));
}

static enum err index_add(struct layout *l, struct layout_table *t,
                          const struct layout_column *const *c, size_t n,
                          struct error *e)
{
    BUF_SCOPED name = BUF_INIT;
    struct layout_index *x = &t->indexes[t->n_indexes++];
    buf_add_str(&name, t->name);
    for (size_t i = 0; i < n; i++) {
        x->columns[i] = c[i];
        buf_add_char(&name, '_');
        buf_add_str(&name, c[i]->name);
    }
    x->n_columns = n;
    return name_take(l, &l->names, arena_str(&l->arena, buf_str(&name)), false,
                     &x->name, e);
}

static enum err indexes(struct layout *l, struct layout_table *t, const bool *marks,
                        struct error *e)
{
    const struct layout_column *natural[SCHEMA_KEY_PARTS];
    size_t n = 0;
    for (; n < t->type->n_natural; n++)
        if (!(natural[n] = column_of(t, t->type->natural[n])))
            break;
    bool whole = n && n == t->type->n_natural;
    t->indexes = ARENA_ARRAY(&l->arena, struct layout_index, t->n_columns + 1);
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct layout_column *c = &t->columns[i];
        assert(c);
        /* The key's own index begins with its first column. */
        if (marks[i] && c->key_part != 1)
            TRY(index_add(l, t, &c, 1, e));
    }
    bool is_there =
        n == 1 && (marks[natural[0] - t->columns] || t->key[0] == natural[0]);
    return whole && !is_there ? index_add(l, t, natural, n, e) : ERR_OK;
}

static enum err all_indexes(struct layout *l, const struct schema *s, struct error *e)
{
    struct wants w = {.l = l, .marks = ARENA_ARRAY(&l->arena, bool *, l->n + 1)};
    for (size_t i = 0; i < l->n; i++)
        w.marks[i] = ARENA_ARRAY(&l->arena, bool, l->tables[i].n_columns + 1);
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < l->tables[i].type->n_fields; k++) {
            const struct field *f = &l->tables[i].type->fields[k];
            /* What each touch changes would be an index that each touch changes. */
            if (!f->by || !f->by->is_volatile)
                want(&w, f->by);
            want_many(&w, s, f);
        }
    for (size_t i = 0; i < l->n; i++)
        TRY(indexes(l, &l->tables[i], w.marks[i], e));
    return ERR_OK;
}

/* ---- all of it */

static enum err table_fill(struct layout *l, struct layout_table *t,
                           const struct type *type, struct schema *s, struct error *e)
{
    *t = (struct layout_table){.type = type, .index = l->n};
    TRY(schema_entity(s, type->name, &t->entity, e));
    TRY(name_take(l, &l->names, type->table, false, &t->name, e));
    t->quoted = quoted(&l->arena, t->name);
    TRY(columns(l, t, e));
    key(t);
    table_put(&l->by_type, type->name, t);
    l->n++;
    return ERR_OK;
}

enum err layout_new(struct schema *schema, struct layout **out, struct error *e)
{
    CLEANUP(layout_freep) struct layout *l = NEW(struct layout);
    const struct type *type;
    size_t n = 0;
    for (size_t i = 0; (type = schema_type_at(schema, i)); i++)
        n += type->is_entity;
    l->tables = ARENA_ARRAY(&l->arena, struct layout_table, n + 1);
    for (size_t i = 0; (type = schema_type_at(schema, i)); i++)
        if (type->is_entity)
            TRY(table_fill(l, &l->tables[l->n], type, schema, e));
    TRY(all_indexes(l, schema, e));
    *out = l;
    l = NULL;
    return ERR_OK;
}

void layout_free(struct layout *l)
{
    if (!l)
        return;
    table_done(&l->by_type);
    table_done(&l->names);
    arena_done(&l->arena);
    free(l);
}

size_t layout_n_tables(const struct layout *l)
{
    return l->n;
}

const struct layout_table *layout_table_at(const struct layout *l, size_t i)
{
    return i < l->n ? &l->tables[i] : NULL;
}

const struct layout_table *layout_table(const struct layout *l, const struct type *t)
{
    const struct layout_table *found = t ? table_get(&l->by_type, t->name) : NULL;
    return found && found->type == t ? found : NULL;
}

/* ---- statements */

static const char *declared(enum layout_kind kind)
{
    switch (kind) {
    case LAYOUT_INTEGER: return "INTEGER";
    case LAYOUT_REAL: return "REAL";
    case LAYOUT_BOOLEAN: return "BOOLEAN";
    case LAYOUT_TEXT:
    case LAYOUT_JSON_STRING:
    case LAYOUT_JSON: break;
    }
    return "TEXT";
}

static void create(const struct layout_table *t, const char *key, struct buf *out)
{
    buf_printf(out, "CREATE TABLE %.*s(\n", STR_ARG(t->quoted));
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct layout_column *c = &t->columns[i];
        buf_printf(out, "  %.*s %s%s,\n", STR_ARG(c->quoted), declared(c->kind),
                   t->is_rowid && c->key_part ? key : "");
    }
    buf_add_str(out, STR("  \"_more\" TEXT,\n  \"_shape\" INTEGER"));
    for (size_t i = 0; !t->is_rowid && i < t->n_key; i++)
        buf_printf(out, "%s%.*s", i ? ", " : ",\n  PRIMARY KEY(",
                   STR_ARG(t->key[i]->quoted));
    buf_add_str(out, !t->is_rowid && t->n_key ? STR(")\n)") : STR("\n)"));
}

void layout_create_table(const struct layout_table *t, struct buf *out)
{
    create(t, " PRIMARY KEY AUTOINCREMENT", out);
}

void layout_create_plain(const struct layout_table *t, struct buf *out)
{
    create(t, " PRIMARY KEY", out);
}

void layout_create_index(const struct layout_table *t, size_t i, struct buf *out)
{
    const struct layout_index *x = &t->indexes[i];
    buf_add_str(out, STR("CREATE INDEX "));
    sql_add_name(out, x->name);
    buf_printf(out, " ON %.*s(", STR_ARG(t->quoted));
    for (size_t k = 0; k < x->n_columns; k++)
        buf_printf(out, "%s%.*s", k ? ", " : "", STR_ARG(x->columns[k]->quoted));
    buf_add_char(out, ')');
}

static const struct {
    const char *name, *statement;
} own[] = {
    {"sandcast_meta", "CREATE TABLE sandcast_meta(\n"
                      "  key TEXT PRIMARY KEY,\n"
                      "  value TEXT\n"
                      ") WITHOUT ROWID"},
    {"sandcast_shapes", "CREATE TABLE sandcast_shapes(\n"
                        "  id INTEGER PRIMARY KEY,\n"
                        "  entity TEXT,\n"
                        "  members TEXT\n"
                        ")"},
    {"sandcast_unplaced", "CREATE TABLE sandcast_unplaced(\n"
                          "  id INTEGER PRIMARY KEY,\n"
                          "  entity TEXT,\n"
                          "  record TEXT,\n"
                          "  reason TEXT\n"
                          ")"},
};

const char *layout_own_table(size_t i)
{
    return i < sizeof own / sizeof *own ? own[i].name : NULL;
}

const char *layout_own_statement(size_t i)
{
    return i < sizeof own / sizeof *own ? own[i].statement : NULL;
}
