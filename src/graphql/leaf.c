#include "graphql/leaf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "graphql/tree.h"
#include "json/escape.h"

static const char not_int[] =
    "Int cannot represent a value that is no 32-bit signed integer";
static const char not_float[] = "Float cannot represent a value that is no number";
static const char not_boolean[] = "Boolean cannot represent a value that is no boolean";
static const char not_enum[] = "Enum cannot represent a value that it does not have";

static enum leaf_state null(struct buf *out)
{
    buf_add_str(out, STR("null"));
    return LEAF_NULL;
}

static enum leaf_state bad(struct buf *out, const char *why, const char **problem)
{
    null(out);
    *problem = why;
    return LEAF_BAD;
}

static void add_int(struct buf *out, int64_t v)
{
    char text[24], *p = text + sizeof text;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        *--p = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    if (v < 0)
        *--p = '-';
    buf_add(out, p, (size_t)(text + sizeof text - p));
}

void leaf_add_real(struct buf *out, double v)
{
    char text[40];
    if (!isfinite(v)) {
        null(out);
        return;
    }
    if (v == floor(v) && fabs(v) < 1e15) {
        add_int(out, (int64_t)v);
        return;
    }
    int n = 0;
    for (int precision = 15; precision <= 17; precision++) {
        n = snprintf(text, sizeof text, "%.*g", precision, v);
        if (strtod(text, NULL) == v)
            break;
    }
    buf_add(out, text, (size_t)n);
}

static enum leaf_state add_text(const struct bound *o, struct str text, struct buf *out,
                                const char **problem)
{
    if (o->leaf && o->leaf->kind == GQL_ENUM && !types_value(o->leaf, text))
        return bad(out, not_enum, problem);
    escape_add_quoted(out, text);
    return LEAF_FINE;
}

static enum leaf_state add_number(const struct bound *o, struct sql_stmt *q, int i,
                                  struct buf *out)
{
    bool quoted = o->scalar == GQL_ID || o->scalar == GQL_STRING;
    if (quoted)
        buf_add_char(out, '"');
    if (sql_type(q, i) == SQL_INT)
        add_int(out, sql_int(q, i));
    else
        leaf_add_real(out, sql_real(q, i));
    if (quoted)
        buf_add_char(out, '"');
    return LEAF_FINE;
}

enum leaf_state leaf_add(const struct bound *o, struct sql_stmt *q, int i,
                         struct buf *out, const char **problem)
{
    enum sql_type type = sql_type(q, i);
    if (type == SQL_NULL)
        return null(out);
    if (o->kind == BOUND_CARRIED)
        return leaf_add_json(o, sql_text(q, i), out, problem);
    if (o->column && o->column->kind == LAYOUT_JSON) {
        buf_add_str(out, sql_text(q, i));
        return LEAF_FINE;
    }
    bool number = type == SQL_INT || type == SQL_REAL;
    switch (o->scalar) {
    case GQL_INT:
        if (type != SQL_INT || sql_int(q, i) != (int32_t)sql_int(q, i))
            return bad(out, not_int, problem);
        break;
    case GQL_FLOAT:
        if (!number)
            return bad(out, not_float, problem);
        break;
    case GQL_BOOLEAN:
        if (type != SQL_INT)
            return bad(out, not_boolean, problem);
        buf_add_str(out, sql_int(q, i) ? STR("true") : STR("false"));
        return LEAF_FINE;
    case GQL_STRING:
    case GQL_ID:
    case GQL_CUSTOM: break;
    }
    return number ? add_number(o, q, i, out)
                  : add_text(o, sql_text(q, i), out, problem);
}

/* ---- values that were carried */

static bool is_int32(struct str text)
{
    char copy[16];
    if (text.n >= sizeof copy || !text.n)
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    char *end;
    long long v = strtoll(copy, &end, 10);
    return *end == 0 && v == (int32_t)v;
}

enum leaf_state leaf_add_json(const struct bound *o, struct str json, struct buf *out,
                              const char **problem)
{
    const char c = *(json.n ? json.p : "n");
    bool number = c == '-' || (c >= '0' && c <= '9');
    bool string = c == '"', boolean = c == 't' || c == 'f';
    if (c == 'n')
        return null(out);
    if (o->list)
        string = false;
    else if (o->scalar == GQL_INT && !(number && is_int32(json)))
        return bad(out, not_int, problem);
    else if (o->scalar == GQL_FLOAT && !number)
        return bad(out, not_float, problem);
    else if (o->scalar == GQL_BOOLEAN && !boolean)
        return bad(out, not_boolean, problem);
    if ((o->scalar == GQL_STRING || o->scalar == GQL_ID) && !o->list && !string) {
        escape_add_quoted(out, json);
        return LEAF_FINE;
    }
    if (o->leaf && o->leaf->kind == GQL_ENUM && !o->list &&
        (!string || !types_value(o->leaf, str_n(json.p + 1, json.n - 2))))
        return bad(out, not_enum, problem);
    buf_add_str(out, json);
    return LEAF_FINE;
}

static void add_object(const struct plan_field *f, const struct tree *t,
                       struct buf *out);

static void add_member(const struct plan_field *f, const struct tree *object,
                       struct buf *out)
{
    const char *problem;
    buf_add_str(out, f->intro);
    const struct tree *t = tree_get(object, f->field->name);
    bool leaf = f->bound->kind == BOUND_COLUMN || f->bound->kind == BOUND_CARRIED;
    if (f->bound->kind == BOUND_TYPENAME)
        escape_add_quoted(out, f->parent->name);
    else if (t && f->n_sets)
        add_object(f, t, out);
    else if (t && leaf)
        leaf_add_json(f->bound, t->raw, out, &problem);
    else
        null(out);
}

static void add_object(const struct plan_field *f, /* NOLINT: as deep as the request */
                       const struct tree *t, struct buf *out)
{
    if (t->kind == SCAN_ARRAY) {
        buf_add_char(out, '[');
        for (const struct tree *i = t->items; i; i = i->next) {
            if (i != t->items)
                buf_add_char(out, ',');
            if (i->kind == SCAN_ARRAY)
                null(out); /* no type has lists of lists of objects */
            else
                add_object(f, i, out);
        }
        buf_add_char(out, ']');
    } else if (t->kind == SCAN_OBJECT) {
        const struct plan_set *set = f->sets[0];
        buf_add_char(out, '{');
        for (uint32_t i = 0; i < set->n_fields; i++)
            add_member(&set->fields[i], t, out);
        buf_add_char(out, '}');
    } else {
        null(out);
    }
}

void leaf_add_embedded(const struct plan_field *f, struct str json, struct arena *a,
                       struct buf *out)
{
    struct tree *t = NULL;
    if (!json.n || tree_read(json, a, &t, NULL) != ERR_OK)
        null(out);
    else
        add_object(f, t, out);
}
