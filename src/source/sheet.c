#include "source/sheet.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/table.h"
#include "json/scan.h"
#include "json/skip.h"

struct column {
    struct str name; /* as in the table */
    const struct field *field;
    struct str value; /* of the row at hand, as written; empty: absent */
    enum scan_event kind;
    bool escaped;
};

struct sheet {
    const struct entity *entity;
    struct arena arena;
    struct table by_name; /* JSON name -> column */
    struct column **columns;
    size_t n_columns, cap_columns;
    struct column **order; /* the columns of the row at hand, in its order */
    size_t n_order, cap_order;
    struct scan scan;
    struct buf text;
};

struct sheet *sheet_new(const struct entity *entity)
{
    struct sheet *t = NEW(struct sheet);
    t->entity = entity;
    scan_init(&t->scan);
    return t;
}

void sheet_free(struct sheet *t)
{
    if (!t)
        return;
    table_done(&t->by_name);
    arena_done(&t->arena);
    scan_done(&t->scan);
    buf_done(&t->text);
    free(t->columns);
    free(t->order);
    free(t);
}

void sheet_name(const struct entity *entity, struct buf *out)
{
    if (entity->type && entity->type->table.n) {
        buf_add_str(out, entity->type->table);
        return;
    }
    out->n += schema_snake(entity->name, buf_room(out, 2 * entity->name.n));
}

static enum err column_of(struct sheet *t, struct str name, struct column **out,
                          struct error *e)
{
    *out = table_get(&t->by_name, name);
    if (*out)
        return ERR_OK;
    if (t->n_columns == SHEET_COLUMNS)
        return err_set(e, ERR_LIMIT, "a table has at most %u columns", SHEET_COLUMNS);
    const struct field *f =
        t->entity->type ? schema_field(t->entity->type, name) : NULL;
    struct str own = arena_str(&t->arena, name);
    *out = ARENA_NEW(&t->arena, struct column);
    (*out)->name = f ? f->column : own;
    (*out)->field = f;
    VEC_PUSH(t->columns, t->n_columns, t->cap_columns) = *out;
    table_put(&t->by_name, own, *out);
    return ERR_OK;
}

/* Cuts the record into its members' values. */
static enum err split(struct sheet *t, struct str json, struct error *e)
{
    struct scan *s = &t->scan;
    struct column *c = NULL;
    size_t from = 0;
    t->n_order = 0;
    for (size_t i = 0; i < t->n_columns; i++)
        t->columns[i]->value = (struct str){0};
    scan_reset(s, 0);
    scan_feed(s, json);
    scan_finish(s);
    for (enum scan_event ev; (ev = scan_next(s)) != SCAN_END;) {
        if (ev <= SCAN_MORE) {
            if (e)
                *e = s->error;
            return ERR_DATA;
        }
        if (ev == SCAN_KEY && s->depth == 1) {
            TRY(column_of(t, s->token, &c, e));
            continue;
        }
        bool opens = ev == SCAN_OBJECT || ev == SCAN_ARRAY;
        bool ends = ev == SCAN_OBJECT_END || ev == SCAN_ARRAY_END;
        if (!c || s->depth > 2 || s->depth == 0 || (s->depth == 1 && opens) ||
            (s->depth == 2 && !opens))
            continue; /* inside a value, or the record's own braces */
        if (opens) {
            from = (size_t)s->offset;
            continue;
        }
        if (ends)
            c->value = str_n(json.p + from, (size_t)s->offset + 1 - from);
        else
            /* The scanner's slice lives until the next event only. */
            c->value = str_n(json.p + s->offset + (ev == SCAN_STRING), s->token.n);
        if (ev == SCAN_NULL)
            c->value = STR("null");
        if (ev == SCAN_TRUE || ev == SCAN_FALSE)
            c->value = ev == SCAN_TRUE ? STR("true") : STR("false");
        c->kind = ev;
        c->escaped = ev == SCAN_STRING && s->escaped;
        VEC_PUSH(t->order, t->n_order, t->cap_order) = c;
    }
    return ERR_OK;
}

enum err sheet_see(struct sheet *t, struct str json, struct error *e)
{
    return split(t, json, e);
}

static void add_cell(struct str text, bool always, struct buf *out)
{
    bool quote = always;
    for (size_t i = 0; i < text.n && !quote; i++)
        quote = text.p[i] == '"' || text.p[i] == ',' || text.p[i] == '\n' ||
                text.p[i] == '\r' || text.p[i] == ' ';
    if (!quote) {
        buf_add_str(out, text);
        return;
    }
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, text.p[i]);
    }
    buf_add_char(out, '"');
}

void sheet_header(const struct sheet *t, struct buf *out)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        if (i)
            buf_add_char(out, ',');
        add_cell(t->columns[i]->name, false, out);
    }
    buf_add_char(out, '\n');
}

/* A string in a column that may hold any JSON would be taken for JSON when it looks
 * like it: such a one is written as a JSON string. */
static bool looks_like_json(struct str text)
{
    return text.n && strchr("{[\"-0123456789tfn", text.p[0]) != NULL;
}

static enum err add_value(struct sheet *t, const struct column *c, struct buf *out,
                          struct error *e)
{
    bool any = c->field && (c->field->list || c->field->type == NULL ||
                            c->field->type->kind == TYPE_ANY);
    if (!c->value.p || c->kind == SCAN_NULL)
        return ERR_OK;
    if (c->kind != SCAN_STRING) {
        add_cell(c->value, false, out);
        return ERR_OK;
    }
    buf_clear(&t->text);
    TRY(scan_unescape(c->value, &t->text, e));
    if (any && looks_like_json(buf_str(&t->text))) {
        buf_clear(&t->text);
        buf_add_char(&t->text, '"');
        buf_add_str(&t->text, c->value);
        buf_add_char(&t->text, '"');
    }
    add_cell(buf_str(&t->text), t->text.n == 0, out);
    return ERR_OK;
}

enum err sheet_row(struct sheet *t, struct str json, struct buf *out, struct error *e)
{
    TRY(split(t, json, e));
    for (size_t i = 0; i < t->n_columns; i++) {
        if (i)
            buf_add_char(out, ',');
        TRY(add_value(t, t->columns[i], out, e));
    }
    buf_add_char(out, '\n');
    return ERR_OK;
}

enum err sheet_line(struct sheet *t, struct str json, struct buf *out, struct error *e)
{
    TRY(split(t, json, e));
    buf_add_char(out, '{');
    for (size_t i = 0; i < t->n_order; i++) {
        const struct column *c = t->order[i];
        bool string = c->kind == SCAN_STRING;
        buf_add(out, i ? ",\"" : "\"", i ? 2 : 1);
        buf_add_str(out, c->name);
        buf_add(out, "\":\"", string ? 3 : 2);
        buf_add_str(out, c->value);
        if (string)
            buf_add_char(out, '"');
    }
    buf_add(out, "}\n", 2);
    return ERR_OK;
}
