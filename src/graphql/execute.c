#include "graphql/execute.h"

#include "graphql/assemble.h"
#include "graphql/introspect.h"
#include "graphql/leaf.h"
#include "json/escape.h"

/* A root list under way. */
struct list {
    const struct plan_field *field;
    const struct layout_table *table;
    const struct value *args;
    struct window window;
    struct page page;
};

static const struct gql_type *
argument_type(const struct run *r, const struct plan_field *f, const char *name)
{
    const struct gql_input *i = types_arg(r->coerce.types, f->field, str_of(name));
    return i ? i->type->type : NULL;
}

/* ---- what a connection is asked for */

static bool asks(const struct plan_set *set, enum bound_kind kind)
{
    for (uint32_t i = 0; i < set->n_fields; i++)
        if (set->fields[i].bound->kind == kind)
            return true;
    return false;
}

static const struct plan_field *next_of(const struct plan_set *set,
                                        enum bound_kind kind, uint32_t *i)
{
    while (*i < set->n_fields)
        if (set->fields[(*i)++].bound->kind == kind)
            return &set->fields[*i - 1];
    return NULL;
}

static bool asks_total(const struct plan_set *set)
{
    const struct plan_field *f;
    for (uint32_t i = 0; (f = next_of(set, BOUND_PAGE_INFO, &i)) != NULL;)
        if (asks(f->sets[0], BOUND_TOTAL))
            return true;
    return false;
}

/* Rows are read unless only totals and names are asked for. */
static bool asks_rows(const struct plan_set *set)
{
    static const enum bound_kind of_rows[] = {BOUND_HAS_NEXT, BOUND_START_CURSOR,
                                              BOUND_END_CURSOR, BOUND_PAGE_COUNT};
    const struct plan_field *f;
    if (asks(set, BOUND_EDGES))
        return true;
    for (uint32_t i = 0; (f = next_of(set, BOUND_PAGE_INFO, &i)) != NULL;)
        for (size_t k = 0; k < sizeof of_rows / sizeof *of_rows; k++)
            if (asks(f->sets[0], of_rows[k]))
                return true;
    return false;
}

/* ---- statements of a list */

static bool add_where(struct run *r, struct list *l, struct where *w)
{
    const struct value *filters = coerce_member(l->args, STR("filters"));
    const struct value *distinct = coerce_member(l->args, STR("distinctOn"));
    const struct gql_type *filter_type = argument_type(r, l->field, "filters");
    const struct gql_type *sort_type = argument_type(r, l->field, "distinctOn");
    buf_printf(w->sql, " FROM %.*s t WHERE 1", STR_ARG(l->table->quoted));
    if (!distinct || distinct->kind != VALUE_LIST || !distinct->items)
        return where_filter(w, filters, filter_type, "t");
    buf_add_str(w->sql, STR(" AND t._rowid_ IN (SELECT i FROM (SELECT t._rowid_ AS i, "
                            "row_number() OVER (PARTITION BY "));
    if (!where_distinct(w, distinct, sort_type, "t"))
        buf_add_str(w->sql, STR("t._rowid_"));
    buf_add_str(w->sql, STR(" ORDER BY "));
    where_sort(w, coerce_member(l->args, STR("sort")), sort_type, l->table, "t");
    buf_printf(w->sql, ") AS n FROM %.*s t WHERE 1", STR_ARG(l->table->quoted));
    if (!where_filter(w, filters, filter_type, "t"))
        return false;
    buf_add_str(w->sql, STR(") WHERE n = 1)"));
    return true;
}

static enum err count_all(struct run *r, struct list *l, struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    struct where w;
    bool row = false;
    buf_clear(&r->sql);
    where_init(&w, r->arena, &r->sql);
    buf_add_str(&r->sql, STR("SELECT count(*)"));
    if (!add_where(r, l, &w)) {
        l->window.problem = w.problem;
        return ERR_OK;
    }
    TRY(sql_prepare(r->db, buf_str(&r->sql), &q, e));
    where_bind(&w, q);
    TRY(sql_step(q, &row, e));
    l->page.total = row ? sql_int(q, 0) : 0;
    return ERR_OK;
}

static void add_sum(struct buf *out, const struct bound *o)
{
    if (o->kind != BOUND_SUM)
        buf_add_str(out, STR(", NULL"));
    else if (o->of->kind == BOUND_COLUMN)
        buf_printf(out, ", sum(t.%.*s)", STR_ARG(o->column->quoted));
    else
        buf_printf(out, ", sum(t._more ->> '$.\"%.*s\"')", STR_ARG(o->field->name));
}

/* Every sum of the type, by index of its field, and the count. */
static enum err sum_all(struct run *r, struct list *l, const struct gql_type *type,
                        struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    double *sums = ARENA_ARRAY(r->arena, double, type->n_fields);
    bool *nulls = ARENA_ARRAY(r->arena, bool, type->n_fields), row = false;
    struct where w;
    buf_clear(&r->sql);
    where_init(&w, r->arena, &r->sql);
    buf_add_str(&r->sql, STR("SELECT count(*)"));
    for (uint32_t i = 0; i < type->n_fields; i++)
        add_sum(&r->sql, bind_field(r->bind, &type->fields[i]));
    if (!add_where(r, l, &w)) {
        l->window.problem = w.problem;
        return ERR_OK;
    }
    TRY(sql_prepare(r->db, buf_str(&r->sql), &q, e));
    where_bind(&w, q);
    TRY(sql_step(q, &row, e));
    l->page.total = sql_int(q, 0);
    for (uint32_t i = 0; i < type->n_fields; i++) {
        nulls[i] = sql_type(q, (int)i + 1) == SQL_NULL;
        sums[i] = sql_real(q, (int)i + 1);
    }
    l->page.sums = sums;
    l->page.sum_nulls = nulls;
    return ERR_OK;
}

/* Rows of the window and one more. */
static enum err read_rows(struct run *r, struct list *l, struct rows *rows,
                          struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    struct where w;
    bool row = false;
    int64_t most = l->window.end == CURSOR_ABSENT ? RUN_OBJECTS + 1
                                                  : l->window.end - l->window.start;
    buf_clear(&r->sql);
    where_init(&w, r->arena, &r->sql);
    buf_add_str(&r->sql, STR("SELECT "));
    buf_add_str(&r->sql, rows->set->select);
    if (!add_where(r, l, &w)) {
        l->window.problem = w.problem;
        return ERR_OK;
    }
    buf_add_str(&r->sql, STR(" ORDER BY "));
    where_sort(&w, coerce_member(l->args, STR("sort")),
               argument_type(r, l->field, "sort"), l->table, "t");
    buf_add_str(&r->sql, STR(" LIMIT "));
    where_int(&w, most + 1);
    buf_add_str(&r->sql, STR(" OFFSET "));
    where_int(&w, l->window.start);
    TRY(sql_prepare(r->db, buf_str(&r->sql), &q, e));
    where_bind(&w, q);
    for (l->page.more = false; rows->n <= most;) {
        TRY(sql_step(q, &row, e));
        if (!row)
            break;
        l->page.more = rows->n == most;
        if (l->page.more)
            break;
        TRY(rows_add(r, rows, q, 0, e));
    }
    l->page.n = rows->n;
    return ERR_OK;
}

static enum err read_pages(struct run *r, struct list *l, struct error *e)
{
    const struct plan_set *set = l->field->sets[0];
    uint32_t n;
    l->page.nodes = plan_nodes(set, &n, r->arena);
    uint32_t reads = n ? n : 1;
    struct alternative *a = ARENA_ARRAY(r->arena, struct alternative, reads);
    l->page.alternatives = a;
    for (uint32_t i = 0; i < reads; i++) {
        a[i].rows = rows_new(r, n ? l->page.nodes[i]->sets[0]
                                  : rows_set_without_fields(r, l->table));
        TRY(read_rows(r, l, a[i].rows, e));
        if (l->window.problem)
            return ERR_OK;
        TRY(rows_children(r, a[i].rows, e));
    }
    return ERR_OK;
}

static enum err read_list(struct run *r, struct list *l, struct error *e)
{
    const struct plan_set *set = l->field->sets[0];
    const struct plan_field *f;
    window_read(l->args, &l->window);
    if (l->window.problem)
        return ERR_OK;
    if (asks_total(set) || l->window.last != CURSOR_ABSENT)
        TRY(count_all(r, l, e));
    for (uint32_t i = 0; (f = next_of(set, BOUND_AGGREGATES, &i)) != NULL;) {
        const struct gql_field *sum = types_field(f->field->type->type, STR("sum"));
        if (sum && !l->page.sums)
            TRY(sum_all(r, l, sum->type->type, e));
    }
    if (l->window.last != CURSOR_ABSENT && !l->window.problem)
        window_cut(&l->window, l->page.total);
    l->page.start = l->window.start;
    return l->window.problem || !asks_rows(set) ? ERR_OK : read_pages(r, l, e);
}

/* ---- root fields */

static void argument_error(struct run *r, const struct plan_field *f,
                           const struct gql_path *path, const struct gql_error *problem)
{
    buf_clear(&r->sql);
    if (problem)
        buf_add_str(&r->sql, problem->message);
    struct gql_error *error = assemble_error(r, f, path, buf_cstr(&r->sql));
    if (error && problem && problem->places)
        error->places = problem->places;
}

static enum err add_connection(struct run *r, const struct plan_field *f,
                               const struct value *args, const struct gql_path *path,
                               bool *out, struct error *e)
{
    struct list l = {.field = f, .table = f->bound->target, .args = args};
    l.page.total = CURSOR_ABSENT;
    TRY(read_list(r, &l, e));
    if (l.window.problem) {
        assemble_error(r, f, path, l.window.problem);
        return ERR_OK;
    }
    return assemble_connection(r, f->sets[0], &l.page, path, out, e);
}

static const char *const missing_code = "{\"code\":\"NOT_FOUND\"}";

static void missing(struct run *r, const struct plan_field *f,
                    const struct gql_path *path)
{
    buf_clear(&r->sql);
    buf_printf(&r->sql, "%.*s not found.", STR_ARG(f->field->type->type->name));
    struct gql_error *error = assemble_error(r, f, path, buf_cstr(&r->sql));
    if (error)
        error->extensions = str_of(missing_code);
}

/* The row whose key is this value, or an error. */
static enum err add_node(struct run *r, const struct plan_field *f,
                         const struct value *id, const struct gql_path *path, bool *out,
                         struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    struct rows *rows = rows_new(r, f->sets[0]);
    bool row = false;
    buf_clear(&r->sql);
    buf_printf(&r->sql, "SELECT %.*s FROM %.*s t WHERE t.%.*s = ?",
               STR_ARG(rows->set->select), STR_ARG(f->bound->target->quoted),
               STR_ARG(f->bound->by->quoted));
    TRY(sql_prepare(r->db, buf_str(&r->sql), &q, e));
    if (id->kind == VALUE_INT)
        sql_bind_int(q, 1, id->integer);
    else
        sql_bind_text(q, 1, id->text);
    TRY(sql_step(q, &row, e));
    if (row)
        TRY(rows_add(r, rows, q, 0, e));
    if (!row) {
        if (f->bound->kind == BOUND_NODE)
            missing(r, f, path);
        return ERR_OK;
    }
    TRY(rows_children(r, rows, e));
    return assemble_row(r, rows, 0, path, out, e);
}

static enum err add_introspection(struct run *r, const struct plan_field *f,
                                  const struct gql_path *path, bool *out,
                                  struct error *e)
{
    struct emit j;
    struct errors own;
    struct coerce c = r->coerce;
    errors_init(&own, r->arena, 1);
    c.errors = &own;
    emit_init(&j, r->out);
    enum err code = introspect_emit(&c, f->nodes, f->n_nodes, &r->vars, &j);
    if (code == ERR_LIMIT)
        return err_set(e, ERR_LIMIT, "the answer is too large");
    *out = code == ERR_OK;
    if (!*out)
        argument_error(r, f, path, own.first);
    return ERR_OK;
}

/* *out false: nothing was added, the field is null. */
static enum err add_root(struct run *r, const struct plan_field *f,
                         const struct gql_path *path, bool *out, struct error *e)
{
    const struct gql_error *problem = NULL;
    const struct bound *o = f->bound;
    *out = true;
    if (o->kind == BOUND_TYPENAME) {
        escape_add_quoted(r->out, f->parent->name);
        return ERR_OK;
    }
    if (o->kind == BOUND_INTROSPECT) {
        return add_introspection(r, f, path, out, e);
    }
    *out = false;
    const struct value *args = rows_arguments(r, f, &problem);
    if (!args) {
        argument_error(r, f, path, problem);
        return ERR_OK;
    }
    if (o->kind == BOUND_LIST)
        return add_connection(r, f, args, path, out, e);
    if (o->kind == BOUND_ME && r->user) {
        const struct value id = {.kind = VALUE_INT, .integer = r->user};
        return add_node(r, f, &id, path, out, e);
    }
    const struct value *id = coerce_member(args, STR("id"));
    if (o->kind == BOUND_NODE && id)
        return add_node(r, f, id, path, out, e);
    return ERR_OK;
}

static enum err add_roots(struct run *r, const struct plan_set *root, struct error *e)
{
    size_t before = r->out->n;
    buf_add_char(r->out, '{');
    for (uint32_t i = 0; i < root->n_fields; i++) {
        const struct plan_field *f = &root->fields[i];
        struct gql_path path = {.key = f->key};
        buf_add_str(r->out, f->intro);
        size_t start = r->out->n;
        bool whole = false;
        TRY(add_root(r, f, &path, &whole, e));
        if (whole)
            continue;
        r->out->n = start;
        if (f->field->type->required) {
            r->out->n = before;
            buf_add_str(r->out, STR("null"));
            return ERR_OK;
        }
        buf_add_str(r->out, STR("null"));
    }
    buf_add_char(r->out, '}');
    return ERR_OK;
}

static enum err statement(struct run *r, const char *text, struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    TRY(sql_prepare(r->db, str_of(text), &q, e));
    return sql_run(q, e);
}

/* One statement is one state by itself: a point read has no more. */
static bool is_single(const struct plan_set *root)
{
    const struct plan_field *f = root->n_fields == 1 ? &root->fields[0] : NULL;
    return f &&
           (f->bound->kind == BOUND_NODE || f->bound->kind == BOUND_INTROSPECT ||
            f->bound->kind == BOUND_TYPENAME) &&
           (!f->n_sets || !f->sets[0]->n_children);
}

enum err execute_query(struct run *r, const struct plan_set *root, struct error *e)
{
    if (is_single(root))
        return add_roots(r, root, e);
    TRY(statement(r, "BEGIN", e));
    enum err code = add_roots(r, root, e);
    enum err end = statement(r, "COMMIT", code == ERR_OK ? e : NULL);
    return code != ERR_OK ? code : end;
}
