#include "graphql/introspect.h"

#include "graphql/coerce_private.h"
#include "graphql/names.h"
#include "graphql/print_value.h"

/* What can be asked of a schema, a type and so on: a name per meaning. */
/* clang-format off */
#define ASKED(X) \
    X(__typename) X(args) X(defaultValue) X(deprecationReason) X(description) \
    X(directives) X(enumValues) X(fields) X(inputFields) X(interfaces) \
    X(isDeprecated) X(isOneOf) X(isRepeatable) X(kind) X(locations) X(mutationType) \
    X(name) X(ofType) X(possibleTypes) X(queryType) X(specifiedByURL) \
    X(subscriptionType) X(type) X(types)
/* clang-format on */
enum asked {
#define X(name) ASK_##name,
    ASKED(X)
#undef X
        ASK_NOTHING
};

struct node {
    const struct sdl_selection *selection;
    struct node *next;
};

/* A response key of a selection set, with all selections of it. */
struct item {
    struct str key;
    enum asked asked;
    bool deprecated; /* includeDeprecated */
    struct node *nodes, **tail;
    struct item *below; /* made when there is a value to select from */
    struct item *next;
};

struct answer {
    const struct coerce *c;
    const struct coerce_vars *vars;
    struct emit *out;
    size_t start;
    unsigned depth;
    enum err err;
};

/* A type with what is still around it. */
struct level {
    const struct gql_type *named; /* a type by itself, when ref is NULL */
    const struct gql_ref *ref;
    bool stripped; /* of its "!" */
};

/* ---- selections */

static enum asked asked(struct str name)
{
    static const char *const names[] = {
#define X(name) #name,
        ASKED(X)
#undef X
    };
    for (enum asked a = 0; a < ASK_NOTHING; a++)
        if (str_eq(name, str_of(names[a])))
            return a;
    return ASK_NOTHING;
}

static bool include_deprecated(struct answer *a, const struct sdl_selection *s)
{
    struct value *args;
    const struct gql_field *f = s->bound;
    if (!f || !s->arguments)
        return false;
    if (!coerce_arguments(a->c, f, s, a->vars, &args)) {
        a->err = ERR_DATA;
        return false;
    }
    const struct value *v = coerce_member(args, STR("includeDeprecated"));
    return v && v->kind == VALUE_BOOL && v->boolean;
}

struct collection {
    struct item *first, **tail;
    struct names names; /* items by key, fragments by their own owner */
};

static void add(struct answer *a, struct collection *to, const struct sdl_selection *s)
{
    void **slot = names_at(&to->names, NULL, s->key);
    struct item *item = *slot;
    if (!item) {
        item = *slot = *to->tail = ARENA_NEW(a->c->arena, struct item);
        to->tail = &item->next;
        item->key = s->key;
        item->asked = asked(s->name);
        item->deprecated = include_deprecated(a, s);
        item->tail = &item->nodes;
    }
    *item->tail = ARENA_NEW(a->c->arena, struct node);
    (*item->tail)->selection = s;
    item->tail = &(*item->tail)->next;
}

struct level_of_list {
    const struct sdl_selection *at;
    struct level_of_list *outer;
};

/* Fields of a selection set, fragments written out: all of them are of the one type
 * that the value has. Without recursion, as fragments can be a long chain. */
static void collect(struct answer *a, struct collection *to,
                    const struct sdl_selection *list)
{
    struct level_of_list *top = ARENA_NEW(a->c->arena, struct level_of_list);
    top->at = list;
    while (top) {
        const struct sdl_selection *s = top->at, *inner = NULL;
        if (!s) {
            top = top->outer;
            continue;
        }
        top->at = s->next;
        if (coerce_skipped(a->c, s->directives, a->vars))
            continue;
        if (s->kind == SDL_SELECT_FIELD) {
            add(a, to, s);
        } else if (s->kind == SDL_SELECT_INLINE) {
            inner = s->selections;
        } else if (s->fragment) {
            void **slot = names_at(&to->names, to, s->name);
            inner = *slot ? NULL : s->fragment->selections;
            *slot = to;
        }
        if (!inner)
            continue;
        struct level_of_list *next = ARENA_NEW(a->c->arena, struct level_of_list);
        *next = (struct level_of_list){inner, top};
        top = next;
    }
}

static struct item *items_below(struct answer *a, struct item *item)
{
    if (item->below)
        return item->below;
    struct collection to = {.tail = &to.first};
    names_init(&to.names, a->c->arena, 16);
    for (const struct node *n = item->nodes; n; n = n->next)
        collect(a, &to, n->selection->selections);
    return item->below = to.first;
}

/* ---- values */

static void text(struct answer *a, struct str s)
{
    if (s.p)
        emit_string(a->out, s);
    else
        emit_null(a->out);
}

/* May another object be begun? Else null stands for it and the answer is none. */
static bool begin(struct answer *a)
{
    const struct buf *b = a->out->out;
    size_t limit = b->limit ? b->limit : SIZE_MAX;
    if (a->err == ERR_OK && (a->depth >= INTROSPECT_DEPTH || b->n > limit ||
                             b->n - a->start > INTROSPECT_SIZE))
        a->err = ERR_LIMIT;
    if (a->err != ERR_OK) {
        emit_null(a->out);
        return false;
    }
    a->depth++;
    emit_object(a->out);
    return true;
}

static void end(struct answer *a)
{
    a->depth--;
    emit_object_end(a->out);
}

static void type_value(struct answer *a, struct item *item, struct level level);

static void named_type(struct answer *a, struct item *item, const struct gql_type *t)
{
    if (t)
        type_value(a, item, (struct level){.named = t});
    else
        emit_null(a->out);
}

static void input_value(struct answer *a, struct item *item, const struct gql_input *in)
{
    BUF_SCOPED printed = BUF_INIT;
    if (!begin(a))
        return;
    for (struct item *i = items_below(a, item); i; i = i->next) {
        emit_key(a->out, i->key);
        switch ((int)i->asked) {
        case ASK_name: emit_string(a->out, in->name); break;
        case ASK_description: text(a, in->description); break;
        case ASK_type: type_value(a, i, (struct level){.ref = in->type}); break;
        case ASK_isDeprecated: emit_bool(a->out, in->deprecated); break;
        case ASK_deprecationReason:
            text(a, in->deprecated ? in->reason : str_n(NULL, 0));
            break;
        case ASK_defaultValue:
            if (in->otherwise)
                print_value(in->type, in->otherwise, &printed);
            text(a, buf_str(&printed));
            break;
        default: emit_string(a->out, STR("__InputValue")); break;
        }
    }
    end(a);
}

static void inputs(struct answer *a, struct item *item, const struct gql_input *list,
                   uint32_t n)
{
    emit_array(a->out);
    for (uint32_t i = 0; i < n; i++)
        if (item->deprecated || !list[i].deprecated)
            input_value(a, item, &list[i]);
    emit_array_end(a->out);
}

static void field_value(struct answer *a, struct item *item, const struct gql_field *f)
{
    if (!begin(a))
        return;
    for (struct item *i = items_below(a, item); i; i = i->next) {
        emit_key(a->out, i->key);
        switch ((int)i->asked) {
        case ASK_name: emit_string(a->out, f->name); break;
        case ASK_description: text(a, f->description); break;
        case ASK_args: inputs(a, i, f->args, f->n_args); break;
        case ASK_type: type_value(a, i, (struct level){.ref = f->type}); break;
        case ASK_isDeprecated: emit_bool(a->out, f->deprecated); break;
        case ASK_deprecationReason:
            text(a, f->deprecated ? f->reason : str_n(NULL, 0));
            break;
        default: emit_string(a->out, STR("__Field")); break;
        }
    }
    end(a);
}

static void enum_value(struct answer *a, struct item *item,
                       const struct gql_enum_value *v)
{
    if (!begin(a))
        return;
    for (struct item *i = items_below(a, item); i; i = i->next) {
        emit_key(a->out, i->key);
        switch ((int)i->asked) {
        case ASK_name: emit_string(a->out, v->name); break;
        case ASK_description: text(a, v->description); break;
        case ASK_isDeprecated: emit_bool(a->out, v->deprecated); break;
        case ASK_deprecationReason:
            text(a, v->deprecated ? v->reason : str_n(NULL, 0));
            break;
        default: emit_string(a->out, STR("__EnumValue")); break;
        }
    }
    end(a);
}

static void locations(struct answer *a, const struct gql_directive *d)
{
    static const char *const names[] = {
#define X(name) #name,
        GQL_LOCATIONS(X)
#undef X
    };
    emit_array(a->out);
    /* as they are written */
    for (const struct sdl_name *n = d->def->names; n; n = n->next)
        for (uint32_t i = 0; i < GQL_N_LOCATIONS; i++)
            if (str_eq(n->name, str_of(names[i])))
                emit_string(a->out, n->name);
    emit_array_end(a->out);
}

static void directive(struct answer *a, struct item *item,
                      const struct gql_directive *d)
{
    if (!begin(a))
        return;
    for (struct item *i = items_below(a, item); i; i = i->next) {
        emit_key(a->out, i->key);
        switch ((int)i->asked) {
        case ASK_name: emit_string(a->out, d->name); break;
        case ASK_description: text(a, d->description); break;
        case ASK_isRepeatable: emit_bool(a->out, d->repeatable); break;
        case ASK_locations: locations(a, d); break;
        case ASK_args: inputs(a, i, d->args, d->n_args); break;
        default: emit_string(a->out, STR("__Directive")); break;
        }
    }
    end(a);
}

/* ---- types */

static void fields(struct answer *a, struct item *item, const struct gql_type *t)
{
    if (!t || (t->kind != GQL_OBJECT && t->kind != GQL_INTERFACE)) {
        emit_null(a->out);
        return;
    }
    emit_array(a->out);
    for (uint32_t i = 0; i < t->n_fields; i++)
        if (item->deprecated || !t->fields[i].deprecated)
            field_value(a, item, &t->fields[i]);
    emit_array_end(a->out);
}

static void enum_values(struct answer *a, struct item *item, const struct gql_type *t)
{
    if (!t || t->kind != GQL_ENUM) {
        emit_null(a->out);
        return;
    }
    emit_array(a->out);
    for (uint32_t i = 0; i < t->n_values; i++)
        if (item->deprecated || !t->values[i].deprecated)
            enum_value(a, item, &t->values[i]);
    emit_array_end(a->out);
}

static void type_list(struct answer *a, struct item *item,
                      const struct gql_type *const *list, uint32_t n, bool has_one)
{
    if (!has_one) {
        emit_null(a->out);
        return;
    }
    emit_array(a->out);
    for (uint32_t i = 0; i < n; i++)
        named_type(a, item, list[i]);
    emit_array_end(a->out);
}

static const char *kind(const struct gql_type *t, bool list)
{
    static const char *const kinds[] = {
        [GQL_SCALAR] = "SCALAR", [GQL_OBJECT] = "OBJECT", [GQL_INTERFACE] = "INTERFACE",
        [GQL_UNION] = "UNION",   [GQL_ENUM] = "ENUM",     [GQL_INPUT] = "INPUT_OBJECT",
    };
    return t ? kinds[t->kind] : list ? "LIST" : "NON_NULL";
}

/* One field of a type; `t` is NULL for a list or a non-null type, whose own field is
 * `inner`. */
static void type_field(struct answer *a, struct item *i, const struct gql_type *t,
                       bool list, struct level inner)
{
    bool has_interfaces = t && (t->kind == GQL_OBJECT || t->kind == GQL_INTERFACE);
    switch ((int)i->asked) {
    case ASK_kind: emit_string(a->out, str_of(kind(t, list))); break;
    case ASK_name: text(a, t ? t->name : str_n(NULL, 0)); break;
    case ASK_description: text(a, t ? t->description : str_n(NULL, 0)); break;
    case ASK_specifiedByURL: text(a, t ? t->specified_by : str_n(NULL, 0)); break;
    case ASK_fields: fields(a, i, t); break;
    case ASK_enumValues: enum_values(a, i, t); break;
    case ASK_interfaces:
        type_list(a, i, t ? t->interfaces : NULL, t ? t->n_interfaces : 0,
                  has_interfaces);
        break;
    case ASK_possibleTypes:
        type_list(a, i, t ? t->possible : NULL, t ? t->n_possible : 0,
                  t && types_is_abstract(t));
        break;
    case ASK_inputFields:
        if (t && t->kind == GQL_INPUT)
            inputs(a, i, t->inputs, t->n_inputs);
        else
            emit_null(a->out);
        break;
    case ASK_isOneOf:
        if (t && t->kind == GQL_INPUT)
            emit_bool(a->out, t->one_of);
        else
            emit_null(a->out);
        break;
    case ASK_ofType:
        if (t)
            emit_null(a->out);
        else
            type_value(a, i, inner);
        break;
    default: emit_string(a->out, STR("__Type")); break;
    }
}

/* Recursion ends where the type does, and at INTROSPECT_DEPTH. */
static void type_value(struct answer *a, struct item *item,
                       struct level level) /* NOLINT(misc-no-recursion) */
{
    const struct gql_ref *r = level.ref;
    struct level inner = {.ref = r, .stripped = true};
    const struct gql_type *t = r ? r->type : level.named;
    bool required = r && r->required && !level.stripped, list = r && !required && r->of;
    if (list)
        inner = (struct level){.ref = r->of};
    if (!begin(a))
        return;
    for (struct item *i = items_below(a, item); i; i = i->next) {
        emit_key(a->out, i->key);
        type_field(a, i, required || list ? NULL : t, list, inner);
    }
    end(a);
}

/* ---- the schema */

static void schema_field(struct answer *a, struct item *i)
{
    const struct types *t = a->c->types;
    switch ((int)i->asked) {
    case ASK_description: text(a, types_description(t)); break;
    case ASK_queryType: named_type(a, i, types_root(t, SDL_QUERY)); break;
    case ASK_mutationType: named_type(a, i, types_root(t, SDL_MUTATION)); break;
    case ASK_subscriptionType: named_type(a, i, types_root(t, SDL_SUBSCRIPTION)); break;
    case ASK_types:
        emit_array(a->out);
        for (uint32_t k = 0; k < types_count(t); k++)
            named_type(a, i, types_at(t, k));
        emit_array_end(a->out);
        break;
    case ASK_directives:
        emit_array(a->out);
        for (uint32_t k = 0; k < types_directive_count(t); k++)
            directive(a, i, types_directive_at(t, k));
        emit_array_end(a->out);
        break;
    default: emit_string(a->out, STR("__Schema")); break;
    }
}

static void schema(struct answer *a, struct item *item)
{
    if (!begin(a))
        return;
    for (struct item *i = items_below(a, item); i; i = i->next) {
        emit_key(a->out, i->key);
        schema_field(a, i);
    }
    end(a);
}

static void one_type(struct answer *a, struct item *item, const struct sdl_selection *s)
{
    struct value *args;
    if (!coerce_arguments(a->c, types_meta(a->c->types, GQL_META_TYPE), s, a->vars,
                          &args)) {
        a->err = ERR_DATA;
        emit_null(a->out);
        return;
    }
    const struct value *name = coerce_member(args, STR("name"));
    named_type(a, item, name ? types_get(a->c->types, name->text) : NULL);
}

enum err introspect_emit(const struct coerce *c,
                         const struct sdl_selection *const *nodes, uint32_t n,
                         const struct coerce_vars *vars, struct emit *out)
{
    struct answer a = {.c = c, .vars = vars, .out = out, .start = out->out->n};
    struct item item = {.tail = &item.nodes};
    for (uint32_t i = 0; i < n; i++) {
        *item.tail = ARENA_NEW(c->arena, struct node);
        (*item.tail)->selection = nodes[i];
        item.tail = &(*item.tail)->next;
    }
    if (str_eq(nodes[0]->name, STR("__type")))
        one_type(&a, &item, nodes[0]);
    else
        schema(&a, &item);
    return a.err;
}
