#include "graphql/where.h"

#include <stdio.h>

#include "schema/value.h"
#include "json/escape.h"

void where_init(struct where *w, struct arena *a, struct buf *sql)
{
    *w = (struct where){.arena = a, .sql = sql};
    w->tail = &w->first;
}

static struct where_value *add_value(struct where *w, enum where_kind kind)
{
    struct where_value *v = ARENA_NEW(w->arena, struct where_value);
    v->kind = kind;
    *w->tail = v;
    w->tail = &v->next;
    buf_add_char(w->sql, '?');
    return v;
}

void where_text(struct where *w, struct str text)
{
    add_value(w, WHERE_TEXT)->text = text;
}

void where_int(struct where *w, int64_t v)
{
    add_value(w, WHERE_INT)->integer = v;
}

static void where_real(struct where *w, double v)
{
    add_value(w, WHERE_REAL)->real = v;
}

void where_bind(const struct where *w, struct sql_stmt *q)
{
    int i = 1;
    for (const struct where_value *v = w->first; v; v = v->next, i++) {
        switch (v->kind) {
        case WHERE_INT: sql_bind_int(q, i, v->integer); break;
        case WHERE_REAL: sql_bind_real(q, i, v->real); break;
        case WHERE_TEXT: sql_bind_text(q, i, v->text); break;
        }
    }
}

static void add(struct where *w, const char *text)
{
    buf_add_str(w->sql, str_of(text));
}

/* ---- leaves */

/* A name of the API beside what SQL does with it. */
struct operator
{
    const char *name, *before, *between, *after;
};

static const struct operator operators[] = {
    {"eq", "", " = ", ""},
    {"neq", "", " <> ", ""},
    {"gt", "", " > ", ""},
    {"gte", "", " >= ", ""},
    {"lt", "", " < ", ""},
    {"lte", "", " <= ", ""},
    {"like", "ion_like(", ", ", ")"},
    {"ilike", "ion_ilike(", ", ", ")"},
    {"notlike", "NOT ion_like(", ", ", ")"},
    {"notilike", "NOT ion_ilike(", ", ", ")"},
};

static enum layout_kind leaf_kind(const struct bound *o)
{
    return o->column ? o->column->kind : LAYOUT_JSON;
}

/* The SQL value of a leaf over the row `alias`. */
static void add_leaf(struct where *w, const struct bound *o, const char *alias)
{
    if (o->list) /* one element: leaf_list() goes through them */
        add(w, "e.value");
    else if (!o->column)
        buf_printf(w->sql, "(%s._more ->> '$.\"%.*s\"')", alias,
                   STR_ARG(o->field->name));
    else if (o->column->kind == LAYOUT_JSON)
        buf_printf(w->sql, "(%s.%.*s ->> '$')", alias, STR_ARG(o->column->quoted));
    else
        buf_printf(w->sql, "%s.%.*s", alias, STR_ARG(o->column->quoted));
}

/* A date and time as columns spell it; what is none stays as it is. */
static struct str datetime(struct where *w, struct str text)
{
    BUF_SCOPED out = BUF_INIT;
    if (!value_datetime(&out, text))
        return text;
    return arena_str(w->arena, str_n(out.p + 1, out.n - 2)); /* without quotes */
}

static struct str json_text(struct where *w, const struct value *v)
{
    BUF_SCOPED out = BUF_INIT;
    struct emit j;
    emit_init(&j, &out);
    coerce_emit(v, &j);
    return arena_str(w->arena, buf_str(&out));
}

static void add_operand(struct where *w, const struct bound *o, const struct value *v)
{
    switch (v->kind) {
    case VALUE_BOOL: where_int(w, v->boolean); break;
    case VALUE_INT: where_int(w, v->integer); break;
    case VALUE_FLOAT: where_real(w, v->number); break;
    case VALUE_STRING:
    case VALUE_ENUM:
        where_text(w, o->field->kind == TYPE_DATETIME ? datetime(w, v->text) : v->text);
        break;
    case VALUE_NULL:
    case VALUE_LIST:
    case VALUE_OBJECT: where_text(w, json_text(w, v)); break;
    }
}

/* As text: numbers are compared by their digits, as a cast does. */
static void add_pattern(struct where *w, const struct value *v)
{
    if (v->kind == VALUE_BOOL)
        where_text(w, v->boolean ? STR("true") : STR("false"));
    else if (v->kind == VALUE_STRING || v->kind == VALUE_ENUM)
        where_text(w, v->text);
    else
        where_text(w, json_text(w, v));
}

/* The list of `in` as one JSON array, so that its length is no part of the statement.
 */
static void add_in(struct where *w, const struct bound *o, const struct value *list,
                   const char *alias)
{
    BUF_SCOPED out = BUF_INIT;
    struct emit j;
    emit_init(&j, &out);
    emit_array(&j);
    for (const struct value *v = list->items; v; v = v->next) {
        if (v->kind == VALUE_STRING && o->field->kind == TYPE_DATETIME)
            emit_string(&j, datetime(w, v->text));
        else if (v->kind != VALUE_NULL)
            coerce_emit(v, &j);
    }
    emit_array_end(&j);
    add_leaf(w, o, alias);
    add(w, " IN (SELECT value FROM json_each(");
    where_text(w, arena_str(w->arena, buf_str(&out)));
    add(w, "))");
}

static void add_fuzzy(struct where *w, const struct bound *o, const struct value *v,
                      const char *alias)
{
    const struct value *text = coerce_member(v, STR("value"));
    const struct value *least = coerce_member(v, STR("similarity"));
    if (!text || text->kind == VALUE_NULL) {
        add(w, "1");
        return;
    }
    add(w, "ion_similarity(");
    add_leaf(w, o, alias);
    add(w, ", ");
    add_pattern(w, text);
    add(w, ") >= ");
    where_real(w, !least || least->kind == VALUE_NULL ? 0.5
                  : least->kind == VALUE_INT          ? (double)least->integer
                                                      : least->number);
}

static void add_operator(struct where *w, const struct bound *o, const struct value *v,
                         const char *alias)
{
    const struct operator* op = NULL;
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (str_eq(v->name, str_of(operators[i].name)))
            op = &operators[i];
    if (str_eq(v->name, STR("isnull"))) {
        add_leaf(w, o, alias);
        add(w, v->boolean ? " IS NULL" : " IS NOT NULL");
    } else if (str_eq(v->name, STR("in"))) {
        add_in(w, o, v, alias);
    } else if (str_eq(v->name, STR("fuzzyMatch"))) {
        add_fuzzy(w, o, v, alias);
    } else if (op) {
        bool pattern = op->before[0] != 0;
        add(w, op->before);
        add_leaf(w, o, alias);
        add(w, op->between);
        if (pattern)
            add_pattern(w, v);
        else
            add_operand(w, o, v);
        add(w, op->after);
    } else {
        add(w, "0");
    }
}

static bool leaf(struct where *w, const struct bound *o, const struct value *filter,
                 const char *alias)
{
    bool any = false;
    for (const struct value *v = filter->items; v; v = v->next) {
        if (v->kind == VALUE_NULL)
            continue;
        if (++w->parts > WHERE_PARTS) {
            w->problem = "The filters have too many conditions.";
            return false;
        }
        add(w, any ? " AND " : "");
        any = true;
        bool null = str_eq(v->name, STR("isnull"));
        bool each = o->list && !null;
        if (each) {
            add(w, "EXISTS (SELECT 1 FROM json_each(");
            if (o->column)
                buf_printf(w->sql, "%s.%.*s", alias, STR_ARG(o->column->quoted));
            else
                buf_printf(w->sql, "%s._more, '$.\"%.*s\"'", alias,
                           STR_ARG(o->field->name));
            add(w, ") e WHERE ");
        }
        if (null && o->list) {
            struct bound whole = *o;
            whole.list = false;
            add_operator(w, &whole, v, alias);
        } else {
            add_operator(w, o, v, alias);
        }
        add(w, each ? ")" : "");
    }
    if (!any)
        add(w, "1");
    return true;
}

/* ---- relations and combinations */

static bool conditions(struct where *w, const struct value *filter,
                       const struct gql_type *type, const char *alias);

/* FROM and WHERE of the rows that a relation leads to, as `to`, from row `from`. */
static void add_join(struct where *w, const struct bound *o, const char *from,
                     const char *to)
{
    switch ((int)o->kind) {
    case BOUND_REFERENCE:
    case BOUND_MANY:
        buf_printf(w->sql, "%.*s %s WHERE %s.%.*s = %s.%.*s",
                   STR_ARG(o->target->quoted), to, to, STR_ARG(o->by->quoted), from,
                   STR_ARG(o->from->quoted));
        break;
    case BOUND_THROUGH:
        buf_printf(w->sql,
                   "%.*s j%s JOIN %.*s %s ON %s.%.*s = j%s.%.*s "
                   "WHERE j%s.%.*s = %s.%.*s",
                   STR_ARG(o->through->quoted), to, STR_ARG(o->target->quoted), to, to,
                   STR_ARG(o->key->quoted), to, STR_ARG(o->to->quoted), to,
                   STR_ARG(o->by->quoted), from, STR_ARG(o->from->quoted));
        break;
    default: /* what an export carried: objects with the key, or one of them */
        buf_printf(
            w->sql,
            "json_each('[' || coalesce(trim(%s._more -> '$.\"%.*s\"', '[]'), '') "
            "|| ']') j%s JOIN %.*s %s ON %s.%.*s = j%s.value ->> '$.%.*s' "
            "WHERE 1",
            from, STR_ARG(o->field->name), to, STR_ARG(o->target->quoted), to, to,
            STR_ARG(o->target->key[0]->quoted), to,
            STR_ARG(o->target->key[0]->field->name));
    }
}

static bool relation(struct where *w, const struct bound *o, const struct value *filter,
                     const struct gql_type *type, const char *alias)
{
    char to[16];
    if (!o->target->n_key) {
        add(w, "0");
        return true;
    }
    snprintf(to, sizeof to, "t%u", ++w->aliases);
    add(w, "EXISTS (SELECT 1 FROM ");
    add_join(w, o, alias, to);
    add(w, " AND ");
    w->depth += WHERE_RELATION;
    if (!conditions(w, filter, type, to))
        return false;
    w->depth -= WHERE_RELATION;
    add(w, ")");
    return true;
}

static bool combination(struct where *w, const struct value *list, /* NOLINT */
                        const struct gql_type *type, const char *alias, bool any_of)
{
    bool any = false;
    add(w, "(");
    w->depth++;
    for (const struct value *v = list->items; v; v = v->next) {
        if (v->kind != VALUE_OBJECT)
            continue;
        add(w, any ? (any_of ? " OR " : " AND ") : "");
        any = true;
        if (!conditions(w, v, type, alias))
            return false;
    }
    w->depth--;
    add(w, any ? ")" : "1)");
    return true;
}

static bool one_field(struct where *w, const struct value *v, /* NOLINT */
                      const struct gql_type *type, const char *alias)
{
    const struct bound_filter *f = bind_filter(v->input, type);
    switch (f ? f->part : FILTER_UNKNOWN) {
    case FILTER_OR: return combination(w, v, type, alias, true);
    case FILTER_AND: return combination(w, v, type, alias, false);
    case FILTER_LEAF: return leaf(w, &f->bound, v, alias);
    case FILTER_RELATION: return relation(w, &f->bound, v, v->input->type->type, alias);
    case FILTER_UNKNOWN: break;
    }
    add(w, "0");
    return true;
}

static bool conditions(struct where *w, const struct value *filter, /* NOLINT */
                       const struct gql_type *type, const char *alias)
{
    bool any = false;
    if (w->depth > WHERE_DEPTH || ++w->parts > WHERE_PARTS) {
        w->problem = w->depth > WHERE_DEPTH ? "The filters nest too deep."
                                            : "The filters have too many conditions.";
        return false;
    }
    for (const struct value *v = filter->items; v; v = v->next) {
        if (v->kind == VALUE_NULL)
            continue;
        add(w, any ? " AND " : "");
        any = true;
        if (!one_field(w, v, type, alias))
            return false;
    }
    if (!any)
        add(w, "1");
    return true;
}

bool where_filter(struct where *w, const struct value *filter,
                  const struct gql_type *type, const char *alias)
{
    if (!filter || filter->kind != VALUE_OBJECT || !filter->items)
        return true;
    add(w, " AND (");
    if (!conditions(w, filter, type, alias))
        return false;
    add(w, ")");
    return true;
}

/* ---- order */

static void add_term(struct where *w, const struct bound_sort *s, const char *alias)
{
    if (leaf_kind(&s->bound) == LAYOUT_JSON && s->bound.column)
        buf_printf(w->sql, "%s.%.*s", alias, STR_ARG(s->bound.column->quoted));
    else
        add_leaf(w, &s->bound, alias);
}

void where_sort(struct where *w, const struct value *sort, const struct gql_type *type,
                const struct layout_table *t, const char *alias)
{
    for (const struct value *v = sort ? sort->items : NULL; v; v = v->next) {
        const struct bound_sort *s =
            v->kind == VALUE_ENUM ? bind_sort(type, v->text) : NULL;
        if (!s || s->bound.kind == BOUND_NONE)
            continue;
        add_term(w, s, alias);
        add(w, s->descending ? " DESC NULLS FIRST, " : " ASC NULLS LAST, ");
    }
    bind_add_key(t, alias, w->sql);
}

bool where_distinct(struct where *w, const struct value *distinct,
                    const struct gql_type *type, const char *alias)
{
    bool any = false;
    for (const struct value *v = distinct ? distinct->items : NULL; v; v = v->next) {
        const struct bound_sort *s =
            v->kind == VALUE_ENUM ? bind_sort(type, v->text) : NULL;
        if (!s || s->bound.kind == BOUND_NONE)
            continue;
        add(w, any ? ", " : "");
        any = true;
        add_term(w, s, alias);
    }
    return any;
}
