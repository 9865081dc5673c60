/* The way back: a row as a record. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "store/row.h"
#include "json/escape.h"
#include "json/scan.h"

struct more_member {
    struct str name; /* as written, between its quotes */
    struct str value;
    const struct field *field; /* NULL: none of the table's columns */
};

struct row_printer {
    struct scan scan;
    struct buf name;
    struct more_member *members;
    size_t n, cap;
    const struct layout_column **order; /* the table's columns by their fields' ranks */
    size_t n_order, cap_order;
    const struct layout_table *table; /* that `order` is of */
};

struct row_printer *row_printer_new(void)
{
    struct row_printer *p = NEW(struct row_printer);
    scan_init(&p->scan);
    return p;
}

void row_printer_free(struct row_printer *p)
{
    if (!p)
        return;
    scan_done(&p->scan);
    buf_done(&p->name);
    free(p->members);
    free(p->order);
    free(p);
}

void row_add_real(struct buf *out, double d)
{
    char text[40];
    int n = snprintf(text, sizeof text, "%.15g", d);
    if (strtod(text, NULL) != d)
        n = snprintf(text, sizeof text, "%.17g", d);
    buf_add(out, text, (size_t)n);
}

bool row_is_json(struct scan *s, struct str text)
{
    enum scan_event event;
    scan_reset(s, 0);
    scan_feed(s, text);
    while ((event = scan_next(s)) > SCAN_MORE)
        ;
    scan_finish(s); /* a number ends with the text */
    while (event >= SCAN_MORE)
        event = scan_next(s);
    return event == SCAN_END;
}

static void set_table(struct row_printer *p, const struct layout_table *t)
{
    if (p->table == t)
        return;
    p->table = t;
    p->n_order = 0;
    /* Ranks are dense among a type's fields. */
    for (size_t rank = 0; rank < t->type->n_fields; rank++)
        if (t->by_rank[rank] >= 0)
            VEC_PUSH(p->order, p->n_order, p->cap_order) =
                &t->columns[t->by_rank[rank]];
}

/* ---- _more */

static enum err damaged_more(struct error *e)
{
    return err_set(e, ERR_DATA, "a _more column does not hold a JSON object");
}

static const struct field *member_field(struct row_printer *p,
                                        const struct layout_table *t)
{
    struct str name = p->scan.token;
    if (p->scan.escaped) {
        buf_clear(&p->name);
        if (scan_unescape(name, &p->name, NULL) != ERR_OK)
            return NULL;
        name = buf_str(&p->name);
    }
    const struct field *f = schema_field(t->type, name);
    return f && layout_column(t, f) >= 0 ? f : NULL;
}

/* What stands between the name and the byte at `end`: colon, value, comma, space. */
static void close_member(struct row_printer *p, struct str more, size_t end)
{
    static const char around[] = " \t\r\n:,";
    if (!p->n)
        return;
    struct more_member *m = &p->members[p->n - 1];
    size_t from = (size_t)(m->name.p + m->name.n + 1 - more.p);
    while (from < end && strchr(around, more.p[from]))
        from++;
    while (end > from && strchr(around, more.p[end - 1]))
        end--;
    m->value = str_n(more.p + from, end - from);
}

static enum err read_more(struct row_printer *p, const struct layout_table *t,
                          struct str more, struct error *e)
{
    struct scan *s = &p->scan;
    enum scan_event event;
    p->n = 0;
    if (!more.n)
        return ERR_OK;
    scan_reset(s, 0);
    scan_feed(s, more);
    for (bool first = true; (event = scan_next(s)) > SCAN_MORE; first = false) {
        if (first && event != SCAN_OBJECT)
            return damaged_more(e);
        if (event == SCAN_KEY && s->depth == 1) {
            /* The token may be a copy; where it stands says the offset of its quote. */
            size_t quote = (size_t)s->offset;
            close_member(p, more, quote);
            struct more_member *m = &VEC_PUSH(p->members, p->n, p->cap);
            m->name = str_n(more.p + quote + 1, s->token.n);
            m->field = member_field(p, t);
        } else if (event == SCAN_OBJECT_END && s->depth == 0) {
            close_member(p, more, (size_t)s->offset);
        }
    }
    scan_finish(s);
    return event == SCAN_MORE && scan_next(s) == SCAN_END ? ERR_OK : damaged_more(e);
}

static bool is_more(const struct row_printer *p, const struct field *f)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->members[i].field == f)
            return true;
    return false;
}

/* ---- values */

/* One whole value as it is, in one line: a line end can only stand between tokens. */
static void add_json(struct buf *out, struct str json)
{
    size_t at = out->n;
    buf_add_str(out, json);
    for (size_t i = at; i < out->n; i++)
        if (out->p[i] == '\n' || out->p[i] == '\r')
            out->p[i] = ' ';
}

static enum err add_value(struct row_printer *p, const struct layout_column *c,
                          const struct row_value *v, struct buf *out, struct error *e)
{
    switch (v->type) {
    case CELL_NULL: buf_add_str(out, STR("null")); return ERR_OK;
    case CELL_INT:
        if (c->kind == LAYOUT_BOOLEAN && (v->i == 0 || v->i == 1))
            buf_add_str(out, v->i ? STR("true") : STR("false"));
        else
            buf_printf(out, "%lld", (long long)v->i);
        return ERR_OK;
    case CELL_REAL:
        if (!isfinite(v->d))
            return err_set(e, ERR_DATA, "a number that is not finite");
        row_add_real(out, v->d);
        return ERR_OK;
    case CELL_TEXT: break;
    }
    if (c->kind == LAYOUT_JSON && row_is_json(&p->scan, v->text))
        add_json(out, v->text);
    else
        escape_add_quoted(out, v->text);
    return ERR_OK;
}

/* ---- rows */

static bool is_present(const uint64_t *present, size_t column)
{
    return present && (present[column / 64] >> (column % 64) & 1);
}

/* A column says what it holds; one that is NULL what _more holds in its stead, else
 * null, if the record had it. */
static bool has_member(const struct row_printer *p, const struct row_source *row,
                       size_t column)
{
    if (row->values[column].type != CELL_NULL)
        return true;
    return is_present(row->present, column) &&
           !(p->n && is_more(p, row->table->columns[column].field));
}

enum err row_print(struct row_printer *p, const struct row_source *row, struct buf *out,
                   struct error *e)
{
    bool first = true;
    set_table(p, row->table);
    TRY(read_more(p, row->table, row->more, e));
    buf_add_char(out, '{');
    for (size_t i = 0; i < p->n_order; i++) {
        const struct layout_column *c = p->order[i];
        size_t column = (size_t)(c - row->table->columns);
        if (!has_member(p, row, column))
            continue;
        if (!first)
            buf_add_char(out, ',');
        first = false;
        buf_add_str(out, c->field->quoted);
        TRY(add_value(p, c, &row->values[column], out, e));
    }
    for (size_t i = 0; i < p->n; i++) {
        const struct more_member *m = &p->members[i];
        int column = m->field ? layout_column(row->table, m->field) : -1;
        if (column >= 0 && row->values[column].type != CELL_NULL)
            continue;
        buf_printf(out, "%s\"%.*s\":", first ? "" : ",", STR_ARG(m->name));
        first = false;
        add_json(out, m->value);
    }
    buf_add_char(out, '}');
    return ERR_OK;
}
