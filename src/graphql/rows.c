#include "graphql/rows.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "graphql/leaf.h"
#include "json/escape.h"

struct rows *rows_new(struct run *r, const struct plan_set *set)
{
    struct rows *rows = ARENA_NEW(r->arena, struct rows);
    rows->set = set;
    rows->children = ARENA_ARRAY(r->arena, struct child, set->n_children);
    rows->next = r->all;
    r->all = rows;
    return rows;
}

void rows_end(struct run *r)
{
    for (struct rows *rows = r->all; rows; rows = rows->next) {
        buf_done(&rows->text);
        free(rows->ends);
        free(rows->keys);
        free(rows->faults);
    }
    r->all = NULL;
}

/* ---- one row */

static void add_fault(struct rows *rows, uint32_t field, const char *problem)
{
    VEC_PUSH(rows->faults, rows->n_faults, rows->cap_faults) =
        (struct fault){.row = rows->n, .field = field, .problem = problem};
}

static void grow(struct rows *rows)
{
    uint32_t pieces = rows->set->n_children + 1;
    if (rows->n < rows->cap)
        return;
    rows->cap = rows->cap ? rows->cap * 2 : 16;
    rows->ends =
        alloc_resize(rows->ends, (size_t)rows->cap * pieces, sizeof *rows->ends);
    if (rows->set->n_children)
        rows->keys = alloc_resize(rows->keys, (size_t)rows->cap * rows->set->n_children,
                                  sizeof *rows->keys);
}

static struct join_key read_key(struct run *r, struct sql_stmt *q, int i)
{
    struct join_key k = {.type = sql_type(q, i)};
    if (k.type == SQL_INT)
        k.integer = sql_int(q, i);
    else if (k.type == SQL_REAL)
        k = (struct join_key){.type = SQL_INT, .integer = (int64_t)sql_real(q, i)};
    else if (k.type != SQL_NULL)
        k.text = arena_str(r->arena, sql_text(q, i));
    return k;
}

/* Writes a field that has no rows of its own. */
static void add_leaf(struct run *r, struct rows *rows, uint32_t i, struct sql_stmt *q,
                     int base)
{
    const struct plan_field *f = &rows->set->fields[i];
    const char *problem = NULL;
    enum leaf_state state = LEAF_FINE;
    switch ((int)f->bound->kind) {
    case BOUND_COLUMN:
    case BOUND_CARRIED:
    case BOUND_COUNT:
        state = leaf_add(f->bound, q, base + (int)f->column, &rows->text, &problem);
        break;
    case BOUND_TYPENAME: escape_add_quoted(&rows->text, f->parent->name); break;
    case BOUND_EMBEDDED:
        leaf_add_embedded(f, sql_text(q, base + (int)f->column), r->arena, &rows->text);
        break;
    default: buf_add_str(&rows->text, STR("null")); state = LEAF_NULL;
    }
    if (state == LEAF_BAD || (state == LEAF_NULL && f->field->type->required))
        add_fault(rows, i, state == LEAF_BAD ? problem : NULL);
}

enum err rows_add(struct run *r, struct rows *rows, struct sql_stmt *q, int base,
                  struct error *e)
{
    const struct plan_set *set = rows->set;
    grow(rows);
    size_t *ends = rows->ends + (size_t)rows->n * (set->n_children + 1);
    uint32_t child = 0;
    buf_add_char(&rows->text, '{');
    for (uint32_t i = 0; i < set->n_fields; i++) {
        const struct plan_field *f = &set->fields[i];
        buf_add_str(&rows->text, f->intro);
        if (!f->child) {
            add_leaf(r, rows, i, q, base);
            continue;
        }
        rows->keys[(size_t)rows->n * set->n_children + child] =
            read_key(r, q, base + (int)f->column);
        ends[child++] = rows->text.n;
    }
    buf_add_char(&rows->text, '}');
    ends[child] = rows->text.n;
    rows->n++;
    if (++r->objects > RUN_OBJECTS || rows->text.n > RUN_BYTES)
        return err_set(e, ERR_LIMIT, "the request reads too many objects: paginate it");
    return ERR_OK;
}

/* ---- keys of a level */

static uint64_t hash_key(struct join_key k)
{
    uint64_t h = (uint64_t)k.integer;
    for (size_t i = 0; i < k.text.n; i++)
        h = (h ^ (uint8_t)k.text.p[i]) * 0x100000001b3u;
    h *= 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

static bool same_key(struct join_key a, struct join_key b)
{
    return a.type == b.type && a.integer == b.integer && str_eq(a.text, b.text);
}

/* Numbers the different keys of child `c` in the order of the rows, and adds them to
 * `json`. */
static void number_keys(struct run *r, struct rows *rows, uint32_t c, struct buf *json)
{
    struct child *child = &rows->children[c];
    uint32_t size = 8;
    while (size < 2 * rows->n)
        size *= 2;
    uint32_t *slots = ARENA_ARRAY(r->arena, uint32_t, size); /* row + 1 */
    child->ordinal = ARENA_ARRAY(r->arena, uint32_t, rows->n);
    struct emit j;
    emit_init(&j, json);
    emit_array(&j);
    for (uint32_t row = 0; row < rows->n; row++) {
        const struct join_key k = rows->keys[(size_t)row * rows->set->n_children + c];
        child->ordinal[row] = UINT32_MAX;
        if (k.type == SQL_NULL)
            continue;
        uint32_t at = (uint32_t)hash_key(k) & (size - 1);
        while (slots[at] &&
               !same_key(
                   k, rows->keys[(size_t)(slots[at] - 1) * rows->set->n_children + c]))
            at = (at + 1) & (size - 1);
        if (slots[at]) {
            child->ordinal[row] = child->ordinal[slots[at] - 1];
            continue;
        }
        slots[at] = row + 1;
        child->ordinal[row] = child->n_keys++;
        if (k.type == SQL_INT)
            emit_int(&j, k.integer);
        else
            emit_string(&j, k.text);
    }
    emit_array_end(&j);
}

/* ---- one statement a level and relation */

/* FROM of a child: every row of it beside its key k. */
static void add_from(struct where *w, const struct bound *o,
                     const struct layout_table *target, struct str keys)
{
    buf_add_str(w->sql, STR(" FROM json_each("));
    where_text(w, keys);
    switch ((int)o->kind) {
    case BOUND_THROUGH:
        buf_printf(w->sql,
                   ") k CROSS JOIN %.*s j ON j.%.*s = k.value CROSS JOIN %.*s t "
                   "ON t.%.*s = j.%.*s WHERE 1",
                   STR_ARG(o->through->quoted), STR_ARG(o->by->quoted),
                   STR_ARG(target->quoted), STR_ARG(o->key->quoted),
                   STR_ARG(o->to->quoted));
        break;
    case BOUND_EMBEDDED:
        buf_printf(w->sql,
                   ") k CROSS JOIN %.*s p ON p._rowid_ = k.value CROSS JOIN "
                   "json_each('[' || coalesce(trim(p._more -> '$.\"%.*s\"', '[]'), '') "
                   "|| ']') j CROSS JOIN %.*s t ON t.%.*s = j.value ->> '$.%.*s' "
                   "WHERE 1",
                   STR_ARG(o->table->quoted), STR_ARG(o->field->name),
                   STR_ARG(target->quoted), STR_ARG(target->key[0]->quoted),
                   STR_ARG(target->key[0]->field->name));
        break;
    default:
        buf_printf(w->sql, ") k CROSS JOIN %.*s t ON t.%.*s = k.value WHERE 1",
                   STR_ARG(target->quoted), STR_ARG(o->by->quoted));
    }
}

/* Of a union's object that was carried: which type it is, as it says itself, else as
 * allowedIonType beside it does. One that neither says is none: nothing is guessed. */
static void add_union_type(struct where *w, const struct bound *o,
                           const struct gql_type *type)
{
    const struct field *f = schema_field(o->table->type, STR("allowedIonType"));
    int c = f ? layout_column(o->table, f) : -1;
    buf_add_str(w->sql, STR(" AND coalesce(j.value ->> '$.__typename', "));
    if (c >= 0)
        buf_printf(w->sql,
                   "CASE p.%.*s WHEN 'PARTS' THEN 'Part' WHEN 'USERS' THEN 'User' END) "
                   "= ",
                   STR_ARG(o->table->columns[c].quoted));
    else
        buf_add_str(w->sql, STR("'') = "));
    where_text(w, type->name);
}

static const struct gql_type *
argument_type(const struct run *r, const struct plan_field *f, const char *name)
{
    const struct gql_input *i = types_arg(r->coerce.types, f->field, str_of(name));
    return i ? i->type->type : NULL;
}

static bool add_filters(const struct run *r, struct where *w, const struct child *c)
{
    const struct value *v = coerce_member(c->args, STR("filters"));
    return where_filter(w, v, argument_type(r, c->field, "filters"), "t");
}

static void add_order(const struct run *r, struct where *w, const struct child *c,
                      const struct layout_table *target)
{
    if (c->field->bound->kind == BOUND_REFERENCE)
        return; /* one row a key: the keys' own order */
    if (c->field->bound->kind == BOUND_EMBEDDED) {
        buf_add_str(w->sql, STR(" ORDER BY k.key, j.key"));
        return;
    }
    buf_add_str(w->sql, STR(" ORDER BY k.key, "));
    where_sort(w, coerce_member(c->args, STR("sort")),
               argument_type(r, c->field, "sort"), target, "t");
}

/* Steps through and notes where the rows of each key begin. */
static enum err read_level(struct run *r, struct sql_stmt *q, uint32_t n_keys,
                           struct alternative *a, struct error *e)
{
    bool row = false;
    uint32_t at = 0;
    a->first = ARENA_ARRAY(r->arena, uint32_t, n_keys + 1);
    for (;;) {
        TRY(sql_step(q, &row, e));
        uint32_t key = row ? (uint32_t)sql_int(q, 0) : n_keys;
        while (at < key)
            a->first[++at] = a->rows->n;
        if (!row)
            return ERR_OK;
        TRY(rows_add(r, a->rows, q, 1, e));
    }
}

static enum err read_alternative(struct run *r, struct child *c, struct str keys,
                                 struct alternative *a, struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    const struct bound *o = c->field->bound;
    const struct plan_set *set = a->rows->set;
    const struct layout_table *target = o->connection ? o->target : set->table;
    a->first = ARENA_ARRAY(r->arena, uint32_t, c->n_keys + 1);
    if (!target || !target->n_key)
        return ERR_OK;
    struct where w;
    buf_clear(&r->sql);
    where_init(&w, r->arena, &r->sql);
    buf_add_str(&r->sql, STR("SELECT k.key, "));
    buf_add_str(&r->sql, set->select);
    add_from(&w, o, target, keys);
    if (o->kind == BOUND_EMBEDDED && !o->target)
        add_union_type(&w, o, set->type);
    if (!add_filters(r, &w, c)) {
        c->refused = w.problem;
        return ERR_OK;
    }
    add_order(r, &w, c, target);
    TRY(sql_prepare(r->db, buf_str(&r->sql), &q, e));
    where_bind(&w, q);
    return read_level(r, q, c->n_keys, a, e);
}

/* ---- children */

struct value *rows_arguments(struct run *r, const struct plan_field *f,
                             const struct gql_error **problem)
{
    struct errors own;
    struct value *args = NULL;
    errors_init(&own, r->arena, 1);
    struct coerce c = r->coerce;
    c.errors = &own;
    if (coerce_arguments(&c, f->field, f->selection, &r->vars, &args))
        return args;
    *problem = own.first;
    return NULL;
}

const struct plan_set *rows_set_without_fields(struct run *r,
                                               const struct layout_table *t)
{
    struct plan_set *set = ARENA_NEW(r->arena, struct plan_set);
    set->select = STR("1");
    set->table = t;
    return set;
}

/* The sets that the rows of a child are read for. */
static void choose(struct run *r, struct child *c)
{
    const struct plan_field *f = c->field;
    uint32_t n_nodes = 0;
    if (f->bound->connection)
        c->nodes = plan_nodes(f->sets[0], &n_nodes, r->arena);
    c->n_alternatives = f->bound->connection ? n_nodes + !n_nodes : f->n_sets;
    c->alternatives = ARENA_ARRAY(r->arena, struct alternative, c->n_alternatives);
    for (uint32_t i = 0; i < c->n_alternatives; i++)
        c->alternatives[i].rows =
            rows_new(r, !f->bound->connection ? f->sets[i]
                        : n_nodes             ? c->nodes[i]->sets[0]
                                  : rows_set_without_fields(r, f->bound->target));
}

static enum err read_child(struct run *r, struct rows *rows, uint32_t index,
                           const struct plan_field *f, struct error *e)
{
    struct child *c = &rows->children[index];
    BUF_SCOPED keys = BUF_INIT;
    c->field = f;
    number_keys(r, rows, index, &keys);
    if (!c->n_keys)
        return ERR_OK;
    c->args = rows_arguments(r, f, &c->problem);
    if (!c->args)
        return ERR_OK;
    choose(r, c);
    for (uint32_t i = 0; i < c->n_alternatives; i++) {
        TRY(read_alternative(r, c, buf_str(&keys), &c->alternatives[i], e));
        TRY(rows_children(r, c->alternatives[i].rows, e));
    }
    return ERR_OK;
}

enum err rows_children(struct run *r, struct rows *rows, /* NOLINT: as the plan */
                       struct error *e)
{
    const struct plan_set *set = rows->set;
    uint32_t index = 0;
    for (uint32_t i = 0; rows->n && i < set->n_fields; i++)
        if (set->fields[i].child)
            TRY(read_child(r, rows, index++, &set->fields[i], e));
    return ERR_OK;
}
