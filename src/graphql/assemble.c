#include "graphql/assemble.h"

#include "graphql/leaf.h"
#include "json/escape.h"

/* ---- errors */

static const struct gql_path *kept(struct arena *a, const struct gql_path *path)
{
    const struct gql_path *first = NULL;
    const struct gql_path **tail = &first;
    for (; path; path = path->parent) {
        struct gql_path *copy = ARENA_NEW(a, struct gql_path);
        *copy = *path;
        *tail = copy;
        tail = &copy->parent;
    }
    *tail = NULL;
    return first;
}

struct gql_error *assemble_error(struct run *r, const struct plan_field *f,
                                 const struct gql_path *path, const char *line)
{
    struct gql_error *error = errors_add(r->errors, "%s", line);
    if (!error)
        return NULL;
    for (uint32_t i = 0; i < f->n_nodes; i++)
        errors_place(r->errors, error, f->nodes[i]->place);
    error->path = kept(r->arena, path);
    return error;
}

static void null_error(struct run *r, const struct plan_field *f,
                       const struct gql_path *path)
{
    struct gql_error *error =
        errors_add(r->errors, "Cannot return null for non-nullable field %.*s.%.*s.",
                   STR_ARG(f->parent->name), STR_ARG(f->field->name));
    if (!error)
        return;
    for (uint32_t i = 0; i < f->n_nodes; i++)
        errors_place(r->errors, error, f->nodes[i]->place);
    error->path = kept(r->arena, path);
}

static enum err check_size(const struct run *r, struct error *e)
{
    if (r->objects > RUN_OBJECTS || r->out->n > RUN_BYTES)
        return err_set(e, ERR_LIMIT, "the answer is too large: paginate it");
    return ERR_OK;
}

static void add_null(struct run *r)
{
    buf_add_str(r->out, STR("null"));
}

/* ---- lists and references */

/* The rows of a list field; *out false: an item that may not be null is. */
static enum err add_list(struct run *r, const struct child *c, uint32_t ordinal,
                         const struct gql_path *path, bool *out, struct error *e)
{
    const struct gql_ref *item = c->field->field->type->of;
    struct gql_path here = {.parent = path};
    buf_add_char(r->out, '[');
    for (uint32_t k = 0; k < c->n_alternatives; k++) {
        const struct alternative *a = &c->alternatives[k];
        for (uint32_t i = a->first[ordinal]; i < a->first[ordinal + 1]; i++) {
            if (here.index)
                buf_add_char(r->out, ',');
            TRY(assemble_row(r, a->rows, i, &here, out, e));
            if (!*out && item->required)
                return ERR_OK;
            if (!*out)
                add_null(r);
            here.index++;
        }
    }
    buf_add_char(r->out, ']');
    *out = true;
    return ERR_OK;
}

/* The one row of a reference, or null. */
static enum err add_one(struct run *r, const struct child *c, uint32_t ordinal,
                        const struct gql_path *path, bool *out, struct error *e)
{
    for (uint32_t k = 0; k < c->n_alternatives; k++) {
        const struct alternative *a = &c->alternatives[k];
        if (a->first[ordinal] < a->first[ordinal + 1])
            return assemble_row(r, a->rows, a->first[ordinal], path, out, e);
    }
    if (c->field->field->type->required)
        null_error(r, c->field, path);
    *out = false;
    return ERR_OK;
}

/* A page of one parent's rows. */
static enum err add_nested(struct run *r, const struct child *c, uint32_t ordinal,
                           const struct gql_path *path, bool *out, struct error *e)
{
    struct window w;
    const struct alternative *a = &c->alternatives[0];
    uint32_t first = ordinal == UINT32_MAX ? 0 : a->first[ordinal];
    uint32_t n = ordinal == UINT32_MAX ? 0 : a->first[ordinal + 1] - first;
    window_read(c->args, &w);
    if (w.problem) {
        assemble_error(r, c->field, path, w.problem);
        *out = false;
        return ERR_OK;
    }
    window_cut(&w, n);
    uint32_t start = w.start > n ? n : (uint32_t)w.start;
    struct page page = {.nodes = c->nodes,
                        .alternatives = c->alternatives,
                        .first = first + start,
                        .n = w.end > w.start ? (uint32_t)(w.end - w.start) : 0,
                        .start = w.start,
                        .total = n,
                        .more = w.end < n};
    return assemble_connection(r, c->field->sets[0], &page, path, out, e);
}

static enum err child_value(struct run *r, const struct child *c, uint32_t row,
                            const struct gql_path *path, bool *out, struct error *e)
{
    uint32_t ordinal = c->ordinal ? c->ordinal[row] : UINT32_MAX;
    const struct bound *o = c->field->bound;
    *out = false;
    if (c->problem || c->refused) {
        if (c->problem)
            buf_clear(&r->sql);
        if (c->problem)
            buf_add_str(&r->sql, c->problem->message);
        assemble_error(r, c->field, path, c->refused ? c->refused : buf_cstr(&r->sql));
        return ERR_OK;
    }
    if (o->connection && c->args)
        return add_nested(r, c, ordinal, path, out, e);
    if (ordinal != UINT32_MAX)
        return o->list ? add_list(r, c, ordinal, path, out, e)
                       : add_one(r, c, ordinal, path, out, e);
    if (o->list && !o->connection && o->kind != BOUND_EMBEDDED) {
        buf_add_str(r->out, STR("[]"));
        *out = true;
    } else if (c->field->field->type->required) {
        null_error(r, c->field, path);
    }
    return ERR_OK;
}

/* ---- rows */

/* The faults of a row, in the order of its fields: [*from, *to). */
static void find_faults(const struct rows *rows, uint32_t row, uint32_t *from,
                        uint32_t *to)
{
    uint32_t low = 0, high = rows->n_faults;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (rows->faults[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    *from = *to = low;
    while (*to < rows->n_faults && rows->faults[*to].row == row)
        (*to)++;
}

/* Reports the faults of fields before `field`; false: null goes up. */
static bool report(struct run *r, const struct rows *rows, uint32_t field,
                   uint32_t *from, uint32_t to, const struct gql_path *path)
{
    for (; *from < to && rows->faults[*from].field < field; (*from)++) {
        const struct fault *x = &rows->faults[*from];
        const struct plan_field *f = &rows->set->fields[x->field];
        struct gql_path here = {.parent = path, .key = f->key};
        if (x->problem)
            assemble_error(r, f, &here, x->problem);
        else
            null_error(r, f, &here);
        if (f->field->type->required)
            return false;
    }
    return true;
}

static size_t piece_start(const struct rows *rows, uint32_t row)
{
    return row ? rows->ends[(size_t)row * (rows->set->n_children + 1) - 1] : 0;
}

enum err assemble_row(struct run *r, const struct rows *rows, /* NOLINT: as the plan */
                      uint32_t row, const struct gql_path *path, bool *out,
                      struct error *e)
{
    const struct plan_set *set = rows->set;
    const size_t *ends = rows->ends + (size_t)row * (set->n_children + 1);
    size_t at = piece_start(rows, row), before = r->out->n;
    uint32_t fault = 0, faults = 0, child = 0;
    bool whole = true;
    r->objects++;
    TRY(check_size(r, e));
    if (rows->n_faults)
        find_faults(rows, row, &fault, &faults);
    for (uint32_t i = 0; whole && set->n_children && i < set->n_fields; i++) {
        const struct plan_field *f = &set->fields[i];
        if (!f->child)
            continue;
        whole = report(r, rows, i, &fault, faults, path);
        if (!whole)
            break;
        buf_add(r->out, rows->text.p + at, ends[child] - at);
        at = ends[child];
        struct gql_path here = {.parent = path, .key = f->key};
        size_t start = r->out->n;
        TRY(child_value(r, &rows->children[child], row, &here, &whole, e));
        if (!whole) {
            r->out->n = start;
            add_null(r);
            whole = !f->field->type->required;
        }
        child++;
    }
    if (whole)
        whole = report(r, rows, UINT32_MAX, &fault, faults, path);
    if (whole)
        buf_add(r->out, rows->text.p + at, ends[set->n_children] - at);
    else
        r->out->n = before;
    *out = whole;
    return ERR_OK;
}

/* ---- connections */

static void add_cursor(struct run *r, int64_t offset)
{
    buf_add_char(r->out, '"');
    cursor_add(r->out, offset);
    buf_add_char(r->out, '"');
}

static void add_bool(struct run *r, bool v)
{
    buf_add_str(r->out, v ? STR("true") : STR("false"));
}

/* A field of pageInfo, or of aggregates but its sums. */
static void add_part(struct run *r, const struct plan_field *f, const struct page *page,
                     bool aggregates)
{
    switch ((int)f->bound->kind) {
    case BOUND_TYPENAME: escape_add_quoted(r->out, f->parent->name); break;
    case BOUND_HAS_NEXT: add_bool(r, page->more); break;
    case BOUND_HAS_PREVIOUS: add_bool(r, page->start > 0); break;
    case BOUND_START_CURSOR:
    case BOUND_END_CURSOR:
        if (!page->n)
            add_null(r);
        else
            add_cursor(r, page->start + (f->bound->kind == BOUND_END_CURSOR
                                             ? (int64_t)page->n - 1
                                             : 0));
        break;
    case BOUND_PAGE_COUNT:
        buf_printf(r->out, "%lld", (long long)(aggregates ? page->total : page->n));
        break;
    case BOUND_TOTAL: buf_printf(r->out, "%lld", (long long)page->total); break;
    default: add_null(r);
    }
}

static void add_parts(struct run *r, const struct plan_set *set,
                      const struct page *page, bool aggregates)
{
    buf_add_char(r->out, '{');
    for (uint32_t i = 0; i < set->n_fields; i++) {
        const struct plan_field *f = &set->fields[i];
        buf_add_str(r->out, f->intro);
        if (f->bound->kind != BOUND_SUMS) {
            add_part(r, f, page, aggregates);
            continue;
        }
        buf_add_char(r->out, '{');
        const struct plan_set *sums = f->sets[0];
        for (uint32_t k = 0; k < sums->n_fields; k++) {
            const struct plan_field *sum = &sums->fields[k];
            buf_add_str(r->out, sum->intro);
            uint32_t at = sum->field->index;
            if (sum->bound->kind == BOUND_TYPENAME)
                escape_add_quoted(r->out, sum->parent->name);
            else if (!page->sums || page->sum_nulls[at])
                add_null(r);
            else
                leaf_add_real(r->out, page->sums[at]);
        }
        buf_add_char(r->out, '}');
    }
    buf_add_char(r->out, '}');
}

/* Which alternative holds the rows of a node field. */
static const struct rows *node_rows(const struct page *page, const struct plan_field *f)
{
    uint32_t i = 0;
    while (page->nodes[i] != f)
        i++;
    return page->alternatives[i].rows;
}

static enum err add_edge(struct run *r, const struct plan_set *set,
                         const struct page *page, uint32_t index,
                         const struct gql_path *path, struct error *e)
{
    buf_add_char(r->out, '{');
    for (uint32_t i = 0; i < set->n_fields; i++) {
        const struct plan_field *f = &set->fields[i];
        buf_add_str(r->out, f->intro);
        if (f->bound->kind == BOUND_EDGE_NODE) {
            struct gql_path here = {.parent = path, .key = f->key};
            bool whole;
            TRY(assemble_row(r, node_rows(page, f), page->first + index, &here, &whole,
                             e));
            if (!whole)
                add_null(r); /* Edge.node may be null in every API of ours */
        } else if (f->bound->kind == BOUND_CURSOR) {
            add_cursor(r, page->start + index);
        } else {
            add_part(r, f, page, false);
        }
    }
    buf_add_char(r->out, '}');
    return check_size(r, e);
}

static enum err add_edges(struct run *r, const struct plan_set *set,
                          const struct page *page, const struct gql_path *list,
                          struct error *e)
{
    struct gql_path here = {.parent = list};
    buf_add_char(r->out, '[');
    for (; here.index < page->n; here.index++) {
        if (here.index)
            buf_add_char(r->out, ',');
        TRY(add_edge(r, set, page, here.index, &here, e));
    }
    buf_add_char(r->out, ']');
    return ERR_OK;
}

enum err assemble_connection(struct run *r, const struct plan_set *set,
                             const struct page *page, const struct gql_path *path,
                             bool *out, struct error *e)
{
    buf_add_char(r->out, '{');
    for (uint32_t i = 0; i < set->n_fields; i++) {
        const struct plan_field *f = &set->fields[i];
        struct gql_path list = {.parent = path, .key = f->key};
        buf_add_str(r->out, f->intro);
        switch ((int)f->bound->kind) {
        case BOUND_EDGES: TRY(add_edges(r, f->sets[0], page, &list, e)); break;
        case BOUND_PAGE_INFO: add_parts(r, f->sets[0], page, false); break;
        case BOUND_AGGREGATES: add_parts(r, f->sets[0], page, true); break;
        default: add_part(r, f, page, false);
        }
    }
    buf_add_char(r->out, '}');
    *out = true;
    return ERR_OK;
}
