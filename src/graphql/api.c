#include "graphql/api.h"

#include "base/table.h"
#include "sdl/sdl.h"

/* What is still to be written, and what has been: one item a name of the API. */
enum item_kind {
    ITEM_WRITTEN,    /* a type of the document */
    ITEM_CONNECTION, /* of an entity, with its edge */
    ITEM_FILTER,
    ITEM_SORT,
    ITEM_COMPARE, /* the filter of a scalar or an enum */
    ITEM_FIXED,   /* a text */
};

struct item {
    enum item_kind kind;
    struct str name;
    const struct type *type;
    const char *text;
    struct str of; /* of a comparison: what its values are */
};

struct api {
    const struct schema *s;
    struct buf *out;
    struct arena arena;
    struct table items; /* in order of discovery, which is the order of the text */
};

static void api_done(struct api *a)
{
    table_done(&a->items);
    arena_done(&a->arena);
}

/* ---- names */

static struct str joined(struct arena *a, struct str first, struct str second)
{
    char *p = arena_get(a, first.n + second.n + 1);
    memcpy(p, first.p, first.n);
    memcpy(p + first.n, second.p, second.n);
    return str_n(p, first.n + second.n);
}

static const struct sdl_value *argument(const struct sdl_directive *list,
                                        const char *directive, const char *name)
{
    return sdl_argument(sdl_directive(list, directive), name);
}

static const struct sdl_value *entity_argument(const struct type *t, const char *name)
{
    const struct sdl_def *d = schema_definition(t);
    return d ? argument(d->directives, "entity", name) : NULL;
}

static const struct sdl_directive *field_directive(const struct field *f,
                                                   const char *name)
{
    return sdl_directive(schema_field_definition(f)->directives, name);
}

static bool says(const struct sdl_value *v, const char *text)
{
    return v && str_eq(v->text, str_of(text));
}

struct str api_plural(const struct type *t, struct arena *a)
{
    const struct sdl_value *v = entity_argument(t, "plural");
    return v ? v->text : schema_plural(t->name, a);
}

struct str api_filter(const struct type *t, struct arena *a)
{
    const struct sdl_value *v = entity_argument(t, "filter");
    return v ? v->text : joined(a, api_plural(t, a), STR("InputFilters"));
}

static char upper(char c)
{
    if (c >= 'a' && c <= 'z')
        return (char)(c - 'a' + 'A');
    return c;
}

struct str api_count(const struct field *f, struct arena *a)
{
    struct str name = joined(a, joined(a, STR("_"), f->name), STR("Count"));
    ((char *)name.p)[1] = upper(name.p[1]);
    return name;
}

struct str api_sort(const struct field *f, struct arena *a)
{
    char *p = arena_get(a, 2 * f->name.n + 1);
    size_t n = 0;
    if (f->name.p[0] >= 'A' && f->name.p[0] <= 'Z')
        p[n++] = '_'; /* LastSessionId: _LAST_SESSION_ID */
    n += schema_snake(f->name, p + n);
    for (size_t i = 0; i < n; i++)
        p[i] = upper(p[i]);
    return str_n(p, n);
}

/* ---- which fields */

bool api_is_leaf(const struct field *f)
{
    return f->type->kind != TYPE_OBJECT && f->type->kind != TYPE_UNION;
}

const struct sdl_value *api_aggregates(const struct type *t)
{
    return entity_argument(t, "aggregates");
}

bool api_is_attribute(const struct type *t)
{
    return str_ends(t->name, STR("Attribute")) && t->is_entity && t->n_key == 2 &&
           str_eq(t->key[1]->name, STR("key"));
}

bool api_takes_filters(const struct field *f)
{
    if (!f->owner->is_entity || !f->type->is_entity || f->is_derived)
        return false;
    return field_directive(f, "many") || f->by || api_is_attribute(f->type);
}

bool api_is_counted(const struct field *f)
{
    return f->owner->is_entity && f->list && !f->connection &&
           f->type->kind == TYPE_OBJECT && f->type->is_entity &&
           !api_is_attribute(f->type) &&
           !says(entity_argument(f->owner, "std"), "false");
}

/* Columns of the common fields that no filter names. */
static bool is_unfiltered_name(struct str column)
{
    return str_eq(column, STR("_etag")) || str_eq(column, STR("last_session_id")) ||
           str_eq(column, STR("pretty_str"));
}

static bool is_attribute_filter(const struct field *f)
{
    static const char *const names[] = {"id", "key", "type", "value"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(f->name, str_of(names[i])))
            return true;
    return f->key_part || str_eq(f->column, STR("_created")) ||
           str_eq(f->column, STR("_updated"));
}

bool api_is_filtered(const struct field *f)
{
    const struct sdl_directive *derived = field_directive(f, "derived");
    if (f->type->kind == TYPE_UNION || is_unfiltered_name(f->column))
        return false;
    if (api_is_attribute(f->owner))
        return is_attribute_filter(f);
    if (api_is_leaf(f))
        return true;
    if (!f->type->is_entity)
        return false;
    return derived ? says(sdl_argument(derived, "filter"), "true")
                   : f->by || field_directive(f, "many");
}

struct str api_filter_field(const struct field *f)
{
    bool common =
        str_eq(f->column, STR("_created")) || str_eq(f->column, STR("_updated"));
    return common ? f->column : f->name;
}

bool api_is_sorted(const struct field *f)
{
    const struct sdl_directive *derived = field_directive(f, "derived");
    if (!api_is_leaf(f) || f->list)
        return false;
    /* As recorded: types that no user changes do not sort by the common fields */
    if (f->name.p[0] == '_' && !schema_field(f->owner, STR("updatedById")) &&
        !str_eq(f->name, STR("_deleted")))
        return false;
    return !derived || says(sdl_argument(derived, "sort"), "true");
}

/* ---- writing */

static void line(struct api *a, const char *text)
{
    buf_add_str(a->out, str_of(text));
}

static struct item *need(struct api *a, enum item_kind kind, struct str name,
                         const struct type *type)
{
    struct item *i = table_get(&a->items, name);
    if (i)
        return i;
    i = ARENA_NEW(&a->arena, struct item);
    *i = (struct item){.kind = kind, .name = name, .type = type};
    table_put(&a->items, name, i);
    return i;
}

static void need_fixed(struct api *a, const char *name, const char *text)
{
    need(a, ITEM_FIXED, str_of(name), NULL)->text = text;
}

static struct str need_filter(struct api *a, const struct type *t)
{
    struct str name = api_filter(t, &a->arena);
    need(a, ITEM_FILTER, name, t);
    return name;
}

static struct str need_sort(struct api *a, const struct type *t)
{
    struct str name = joined(&a->arena, t->name, STR("SortEnum"));
    need(a, ITEM_SORT, name, t);
    return name;
}

static const char page_info[] = "  hasNextPage: Boolean!\n  hasPreviousPage: Boolean!\n"
                                "  startCursor: String\n  endCursor: String\n";

static struct str need_connection(struct api *a, const struct type *t, struct str name)
{
    need(a, ITEM_CONNECTION, name, t);
    return name;
}

/* What a field's type text says, with `name` for its innermost type. */
static void type_text(struct api *a, const struct sdl_type *t, struct str name)
{
    if (t->of) {
        line(a, "[");
        type_text(a, t->of, name);
        line(a, "]");
    } else {
        buf_add_str(a->out, name);
    }
    if (t->required)
        line(a, "!");
}

static void paging(struct api *a, const struct type *t, bool distinct)
{
    struct str filter = need_filter(a, t), sort = need_sort(a, t);
    buf_printf(a->out, "(filters: %.*s, ", STR_ARG(filter));
    if (distinct)
        buf_printf(a->out, "distinctOn: [%.*s], ", STR_ARG(sort));
    buf_printf(a->out,
               "sort: [%.*s], before: String, after: String, first: Int, last: Int)",
               STR_ARG(sort));
}

static void written_arguments(struct api *a, const struct sdl_field *d)
{
    const char *before = "(";
    for (const struct sdl_input *i = d->arguments; i; i = i->next) {
        const struct type *t = schema_type(a->s, i->type->name);
        buf_printf(a->out, "%s%.*s: ", before, STR_ARG(i->name));
        type_text(a, i->type, i->type->name);
        if (t)
            need(a, ITEM_WRITTEN, t->name, t);
        before = ", ";
    }
    if (d->arguments)
        line(a, ")");
}

static void write_field(struct api *a, const struct field *f)
{
    const struct sdl_field *d = schema_field_definition(f);
    buf_printf(a->out, "  %.*s", STR_ARG(f->name));
    struct str name = f->type->name;
    if (f->connection) {
        paging(a, f->type, false);
        name = need_connection(a, f->type, d->type->name);
    } else {
        if (d->arguments)
            written_arguments(a, d);
        else if (api_takes_filters(f))
            buf_printf(a->out, "(filters: %.*s)", STR_ARG(need_filter(a, f->type)));
        need(a, ITEM_WRITTEN, name, f->type);
    }
    line(a, ": ");
    type_text(a, d->type, name);
    line(a, "\n");
}

static void write_counts(struct api *a, const struct type *t)
{
    for (size_t i = 0; i < t->n_fields; i++) {
        if (!api_is_counted(&t->fields[i]))
            continue;
        struct str name = api_count(&t->fields[i], &a->arena);
        bool twice = schema_field(t, name) != NULL;
        for (size_t k = 0; k < i && !twice; k++)
            twice = api_is_counted(&t->fields[k]) &&
                    str_eq(name, api_count(&t->fields[k], &a->arena));
        if (!twice)
            buf_printf(a->out, "  %.*s: Int\n", STR_ARG(name));
    }
}

static void names_of(struct api *a, const struct sdl_name *list, const char *before,
                     const char *between)
{
    for (const struct sdl_name *n = list; n; n = n->next) {
        buf_printf(a->out, "%s%.*s", n == list ? before : between, STR_ARG(n->name));
        const struct type *t = schema_type(a->s, n->name);
        if (t)
            need(a, ITEM_WRITTEN, t->name, t);
    }
}

static void write_inputs(struct api *a, const struct sdl_def *d)
{
    buf_printf(a->out, "input %.*s {\n", STR_ARG(d->name));
    for (const struct sdl_input *i = d->inputs; i; i = i->next) {
        const struct type *t = schema_type(a->s, i->type->name);
        buf_printf(a->out, "  %.*s: ", STR_ARG(i->name));
        type_text(a, i->type, i->type->name);
        line(a, "\n");
        if (t)
            need(a, ITEM_WRITTEN, t->name, t);
    }
    line(a, "}\n\n");
}

static void write_written(struct api *a, const struct type *t)
{
    const struct sdl_def *d = schema_definition(t);
    if (!d) /* Int and the other four */
        return;
    switch (d->kind) {
    case SDL_DEF_SCALAR:
        buf_printf(a->out, "scalar %.*s\n\n", STR_ARG(t->name));
        return;
    case SDL_DEF_ENUM:
        buf_printf(a->out, "enum %.*s {\n", STR_ARG(t->name));
        for (size_t i = 0; i < t->n_values; i++)
            buf_printf(a->out, "  %.*s\n", STR_ARG(t->values[i]));
        line(a, "}\n\n");
        return;
    case SDL_DEF_UNION:
        buf_printf(a->out, "union %.*s", STR_ARG(t->name));
        names_of(a, d->names, " = ", " | ");
        line(a, "\n\n");
        return;
    case SDL_DEF_INPUT: write_inputs(a, d); return;
    case SDL_DEF_TYPE:
    case SDL_DEF_INTERFACE:
    case SDL_DEF_SCHEMA:
    case SDL_DEF_DIRECTIVE:
    case SDL_DEF_OPERATION:
    case SDL_DEF_FRAGMENT: break;
    }
    buf_printf(a->out, "%s %.*s", d->kind == SDL_DEF_TYPE ? "type" : "interface",
               STR_ARG(t->name));
    names_of(a, d->interfaces, " implements ", " & ");
    line(a, " {\n");
    for (size_t i = 0; i < t->n_fields; i++)
        write_field(a, &t->fields[i]);
    write_counts(a, t);
    line(a, "}\n\n");
}

static void write_aggregates(struct api *a, const struct type *t)
{
    const struct sdl_value *v = api_aggregates(t);
    need_fixed(a, "AggregatesField",
               "type AggregatesField {\n  sum: SumField!\n  count: Int!\n}\n\n");
    line(a, "  aggregates: AggregatesField!\n");
    BUF_SCOPED sum = BUF_INIT;
    buf_add_str(&sum, STR("type SumField {\n"));
    for (v = v->items; v; v = v->next)
        buf_printf(&sum, "  %.*s: Float\n", STR_ARG(v->text));
    buf_add_str(&sum, STR("}\n\n"));
    need_fixed(a, "SumField", arena_str(&a->arena, buf_str(&sum)).p);
}

/* Is this the connection that pages without counts, as recorded? One has no filter. */
static bool is_plain_connection(struct str name)
{
    return str_eq(name, STR("APIKeyConnection"));
}

static void write_connection(struct api *a, const struct item *i)
{
    struct str base = str_n(i->name.p, i->name.n - (sizeof "Connection" - 1));
    const struct type *t = i->type;
    bool plain = is_plain_connection(i->name);
    need_fixed(a, plain ? "PageInfo" : "IonPageInfo", NULL);
    buf_printf(a->out, "type %.*sConnection {\n  pageInfo: %s!\n  edges: [%.*sEdge]!\n",
               STR_ARG(base), plain ? "PageInfo" : "IonPageInfo", STR_ARG(base));
    if (api_aggregates(t))
        write_aggregates(a, t);
    buf_printf(a->out, "}\n\ntype %.*sEdge {\n  node: %.*s\n  cursor: String!\n}\n\n",
               STR_ARG(base), STR_ARG(t->name));
    need(a, ITEM_WRITTEN, t->name, t);
}

static struct str need_compare(struct api *a, const struct field *f)
{
    bool number = f->type->kind == TYPE_INT || f->type->kind == TYPE_FLOAT;
    bool id = f->type->kind == TYPE_ID ||
              (f->type->kind == TYPE_INT && str_eq(f->name, STR("id"))) ||
              (number && str_ends(f->name, STR("Id")));
    struct str of = id ? STR("ID") : f->type->name;
    struct str name = joined(&a->arena, of, STR("Filter"));
    struct item *i = need(a, ITEM_COMPARE, name, f->type);
    i->of = of;
    return name;
}

static void write_filter(struct api *a, const struct item *item)
{
    const struct type *t = item->type;
    buf_printf(a->out, "input %.*s {\n  or_: [%.*s]\n  and_: [%.*s]\n",
               STR_ARG(item->name), STR_ARG(item->name), STR_ARG(item->name));
    for (size_t i = 0; i < t->n_fields; i++) {
        const struct field *f = &t->fields[i];
        if (!api_is_filtered(f))
            continue;
        struct str type = api_is_leaf(f) ? need_compare(a, f) : need_filter(a, f->type);
        buf_printf(a->out, "  %.*s: %.*s\n", STR_ARG(api_filter_field(f)),
                   STR_ARG(type));
    }
    line(a, "}\n\n");
}

static void write_sort(struct api *a, const struct item *item)
{
    const struct type *t = item->type;
    buf_printf(a->out, "enum %.*s {\n", STR_ARG(item->name));
    for (size_t i = 0; i < t->n_fields; i++) {
        if (!api_is_sorted(&t->fields[i]))
            continue;
        struct str v = api_sort(&t->fields[i], &a->arena);
        buf_printf(a->out, "  %.*s_ASC\n  %.*s_DESC\n", STR_ARG(v), STR_ARG(v));
    }
    line(a, "}\n\n");
}

static void write_compare(struct api *a, const struct item *item)
{
    static const char *const one[] = {"eq",      "neq",      "like", "ilike",
                                      "notlike", "notilike", "[in]", "gt",
                                      "gte",     "lt",       "lte"};
    struct str of = item->of;
    if (item->type->kind == TYPE_ENUM)
        need(a, ITEM_WRITTEN, of, item->type);
    else if (schema_type(a->s, of))
        need(a, ITEM_WRITTEN, of, schema_type(a->s, of));
    buf_printf(a->out, "input %.*s {\n", STR_ARG(item->name));
    for (size_t i = 0; i < sizeof one / sizeof *one; i++) {
        if (one[i][0] == '[')
            buf_printf(a->out, "  in: [%.*s]\n", STR_ARG(of));
        else
            buf_printf(a->out, "  %s: %.*s\n", one[i], STR_ARG(of));
    }
    line(a, "  isnull: Boolean\n");
    if (str_eq(of, STR("String")) || str_eq(of, STR("ScalarValue"))) {
        struct str fuzzy = joined(&a->arena, of, STR("FuzzyMatchFilter"));
        BUF_SCOPED text = BUF_INIT;
        buf_printf(&text,
                   "input %.*s {\n  value: %.*s\n  similarity: Float = 0.5\n}\n\n",
                   STR_ARG(fuzzy), STR_ARG(of));
        need(a, ITEM_FIXED, fuzzy, NULL)->text = arena_str(&a->arena, buf_str(&text)).p;
        buf_printf(a->out, "  fuzzyMatch: %.*s\n", STR_ARG(fuzzy));
    }
    line(a, "}\n\n");
}

static void write_fixed(struct api *a, const struct item *item)
{
    if (item->text) {
        line(a, item->text);
        return;
    }
    buf_printf(a->out, "type %.*s {\n%s%s}\n\n", STR_ARG(item->name), page_info,
               str_eq(item->name, STR("PageInfo"))
                   ? ""
                   : "  count: Int!\n  totalCount: Int!\n");
}

/* The three root fields that no rule gives: recorded as they are. */
static void write_roots(struct api *a)
{
    const struct type *user = schema_type(a->s, STR("User"));
    const struct type *organization = schema_type(a->s, STR("Organization"));
    const struct type *key = schema_type(a->s, STR("APIKeyObject"));
    if (user && user->is_entity) {
        line(a, "  me: User\n");
        need(a, ITEM_WRITTEN, user->name, user);
    }
    if (organization && organization->is_entity) {
        line(a, "  organization(id: ID!): Organization\n");
        need(a, ITEM_WRITTEN, organization->name, organization);
    }
    if (key && key->is_entity) {
        line(a, "  apiKeys(before: String, after: String, first: Int, last: Int): "
                "APIKeyConnection\n");
        need_connection(a, key, STR("APIKeyConnection"));
    }
}

static void write_query(struct api *a)
{
    const struct type *t;
    line(a, "type Query {\n");
    write_roots(a);
    for (size_t i = 0; (t = schema_type_at(a->s, i)) != NULL; i++) {
        if (!t->is_entity)
            continue;
        if (t->has_single) {
            buf_printf(a->out, "  %.*s(id: ID!): %.*s\n", STR_ARG(t->single),
                       STR_ARG(t->name));
            need(a, ITEM_WRITTEN, t->name, t);
        }
        if (t->has_list) {
            struct str name =
                joined(&a->arena, api_plural(t, &a->arena), STR("Connection"));
            buf_printf(a->out, "  %.*s", STR_ARG(t->list));
            paging(a, t, true);
            buf_printf(a->out, ": %.*s\n", STR_ARG(name));
            need_connection(a, t, name);
        }
    }
    line(a, "}\n\n");
}

static void write_item(struct api *a, const struct item *i)
{
    switch (i->kind) {
    case ITEM_WRITTEN: write_written(a, i->type); break;
    case ITEM_CONNECTION: write_connection(a, i); break;
    case ITEM_FILTER: write_filter(a, i); break;
    case ITEM_SORT: write_sort(a, i); break;
    case ITEM_COMPARE: write_compare(a, i); break;
    case ITEM_FIXED: write_fixed(a, i); break;
    }
}

enum err api_write(const struct schema *s, struct buf *out, struct error *e)
{
    if (schema_type(s, STR("Query"))) {
        buf_add_str(out, schema_text(s));
        return ERR_OK;
    }
    CLEANUP(api_done) struct api a = {.s = s, .out = out};
    write_query(&a);
    for (size_t i = 0; i < a.items.n; i++) { /* the list grows meanwhile */
        const struct item *item = a.items.slots[i].value;
        if (item->kind != ITEM_WRITTEN && schema_type(s, item->name))
            return err_set(e, ERR_DATA,
                           "the schema writes a type that is generated: rename it");
        write_item(&a, item);
    }
    return ERR_OK;
}
