#include "sdl/parser.h"

enum err parser_description(struct parser *p, struct str *out)
{
    if (p->lex.token.kind != LEX_STRING && p->lex.token.kind != LEX_BLOCK)
        return ERR_OK;
    *out = lex_string(&p->lex.token, p->arena);
    if (!out->p)
        out->p = ""; /* empty is not absent */
    return parser_advance(p);
}

/* InputValueDefinition up to `close`; one at least. */
static enum err inputs(struct parser *p, struct sdl_input **tail, char close)
{
    do {
        struct sdl_input *in = *tail = ARENA_NEW(p->arena, struct sdl_input);
        TRY(parser_description(p, &in->description));
        in->place = p->lex.token.place;
        TRY(parser_name(p, &in->name));
        TRY(parser_expect(p, ':', "expected a colon"));
        TRY(parser_type(p, &in->type));
        bool given;
        TRY(maybe(p, '=', &given));
        if (given)
            TRY(parser_value(p, true, &in->value));
        TRY(parser_directives(p, true, &in->directives));
        tail = &in->next;
    } while (!is_punct(p, close));
    return parser_advance(p);
}

static enum err fields(struct parser *p, struct sdl_field **tail)
{
    do {
        struct sdl_field *f = *tail = ARENA_NEW(p->arena, struct sdl_field);
        TRY(parser_description(p, &f->description));
        f->place = p->lex.token.place;
        TRY(parser_name(p, &f->name));
        bool open;
        TRY(maybe(p, '(', &open));
        if (open)
            TRY(inputs(p, &f->arguments, ')'));
        TRY(parser_expect(p, ':', "expected a colon"));
        TRY(parser_type(p, &f->type));
        TRY(parser_directives(p, true, &f->directives));
        tail = &f->next;
    } while (!is_punct(p, '}'));
    return parser_advance(p);
}

static enum err values(struct parser *p, struct sdl_name **tail)
{
    do {
        struct sdl_name *v = *tail = ARENA_NEW(p->arena, struct sdl_name);
        TRY(parser_description(p, &v->description));
        v->place = p->lex.token.place;
        if (is_word(p, STR("true")) || is_word(p, STR("false")) ||
            is_word(p, STR("null")))
            return parser_refuse(
                p, v->place, "not the name of an enum value",
                "Name \"%\" is reserved and cannot be used for an enum value.",
                p->lex.token.text);
        TRY(parser_name(p, &v->name));
        TRY(parser_directives(p, true, &v->directives));
        tail = &v->next;
    } while (!is_punct(p, '}'));
    return parser_advance(p);
}

/* Names with a separator between them and, optionally, before the first. */
static enum err names(struct parser *p, struct sdl_name **tail, char separator)
{
    bool more;
    TRY(maybe(p, separator, &more));
    do {
        struct sdl_name *n = *tail = ARENA_NEW(p->arena, struct sdl_name);
        n->place = p->lex.token.place;
        TRY(parser_name(p, &n->name));
        tail = &n->next;
        TRY(maybe(p, separator, &more));
    } while (more);
    return ERR_OK;
}

static enum err body(struct parser *p, struct sdl_def *d)
{
    bool open;
    TRY(maybe(p, '{', &open));
    if (!open)
        return ERR_OK;
    if (d->kind == SDL_DEF_INPUT)
        return inputs(p, &d->inputs, '}');
    if (d->kind == SDL_DEF_ENUM)
        return values(p, &d->names);
    return fields(p, &d->fields);
}

static bool is_location(struct str name)
{
    static const char *const all[] = {
        "QUERY",
        "MUTATION",
        "SUBSCRIPTION",
        "FIELD",
        "FRAGMENT_DEFINITION",
        "FRAGMENT_SPREAD",
        "INLINE_FRAGMENT",
        "VARIABLE_DEFINITION",
        "SCHEMA",
        "SCALAR",
        "OBJECT",
        "FIELD_DEFINITION",
        "ARGUMENT_DEFINITION",
        "INTERFACE",
        "UNION",
        "ENUM",
        "ENUM_VALUE",
        "INPUT_OBJECT",
        "INPUT_FIELD_DEFINITION",
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (str_eq(name, str_of(all[i])))
            return true;
    return false;
}

/* Schemas of ours are read without this check: what they need of directives is looked
 * up by name. */
static enum err locations(struct parser *p, struct sdl_name **tail)
{
    if (!p->fault)
        return names(p, tail, '|');
    bool more;
    TRY(maybe(p, '|', &more));
    do {
        struct sdl_name *n = *tail = ARENA_NEW(p->arena, struct sdl_name);
        n->place = p->lex.token.place;
        if (p->lex.token.kind == LEX_NAME && !is_location(p->lex.token.text))
            return parser_unexpected(p, "");
        TRY(parser_name(p, &n->name));
        tail = &n->next;
        TRY(maybe(p, '|', &more));
    } while (more);
    return ERR_OK;
}

static enum err directive_definition(struct parser *p, struct sdl_def *d)
{
    TRY(parser_expect(p, '@', "expected @"));
    d->name_place = p->lex.token.place;
    TRY(parser_name(p, &d->name));
    bool open;
    TRY(maybe(p, '(', &open));
    if (open)
        TRY(inputs(p, &d->inputs, ')'));
    d->repeatable = is_word(p, STR("repeatable"));
    if (d->repeatable)
        TRY(parser_advance(p));
    TRY(parser_word(p, STR("on"), "expected `on`"));
    return locations(p, &d->names);
}

static enum err root_types(struct parser *p, struct sdl_field **tail)
{
    do {
        struct sdl_field *f = *tail = ARENA_NEW(p->arena, struct sdl_field);
        struct sdl_type *t = ARENA_NEW(p->arena, struct sdl_type);
        f->place = p->lex.token.place;
        f->type = t;
        if (p->fault && p->lex.token.kind == LEX_NAME && !is_word(p, STR("query")) &&
            !is_word(p, STR("mutation")) && !is_word(p, STR("subscription")))
            return parser_unexpected(p, "");
        TRY(parser_name(p, &f->name));
        TRY(parser_expect(p, ':', "expected a colon"));
        t->place = p->lex.token.place;
        TRY(parser_name(p, &t->name));
        tail = &f->next;
    } while (!is_punct(p, '}'));
    return parser_advance(p);
}

static enum err schema_definition(struct parser *p, struct sdl_def *d)
{
    TRY(parser_directives(p, true, &d->directives));
    if (d->extension && !is_punct(p, '{'))
        return ERR_OK;
    TRY(parser_expect(p, '{', "expected {"));
    return root_types(p, &d->fields);
}

static bool keyword(const struct parser *p, enum sdl_kind *out)
{
    static const char *const words[] = {
        [SDL_DEF_SCHEMA] = "schema", [SDL_DEF_SCALAR] = "scalar",
        [SDL_DEF_TYPE] = "type",     [SDL_DEF_INTERFACE] = "interface",
        [SDL_DEF_UNION] = "union",   [SDL_DEF_ENUM] = "enum",
        [SDL_DEF_INPUT] = "input",   [SDL_DEF_DIRECTIVE] = "directive",
    };
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(p, str_of(words[i]))) {
            *out = (enum sdl_kind)i;
            return true;
        }
    return false;
}

static enum err named(struct parser *p, struct sdl_def *d)
{
    d->name_place = p->lex.token.place;
    TRY(parser_name(p, &d->name));
    bool may_implement = d->kind == SDL_DEF_TYPE || d->kind == SDL_DEF_INTERFACE;
    if (may_implement && is_word(p, STR("implements"))) {
        TRY(parser_advance(p));
        TRY(names(p, &d->interfaces, '&'));
    }
    TRY(parser_directives(p, true, &d->directives));
    if (d->kind == SDL_DEF_SCALAR)
        return ERR_OK;
    if (d->kind != SDL_DEF_UNION)
        return body(p, d);
    bool given;
    TRY(maybe(p, '=', &given));
    return given ? names(p, &d->names, '|') : ERR_OK;
}

bool parser_is_definition(const struct parser *p)
{
    enum sdl_kind kind;
    return keyword(p, &kind);
}

enum err parser_definition(struct parser *p, struct sdl_def *d)
{
    d->extension = (p->fault || p->extended) && is_word(p, STR("extend"));
    if (d->extension)
        TRY(parser_advance(p));
    if (!keyword(p, &d->kind) || (d->extension && d->kind == SDL_DEF_DIRECTIVE))
        return parser_unexpected(p,
                                 is_word(p, STR("extend"))
                                     ? "extend is not supported: give the whole schema"
                                     : "expected a definition");
    TRY(parser_advance(p));
    if (d->kind == SDL_DEF_DIRECTIVE)
        return directive_definition(p, d);
    if (d->kind == SDL_DEF_SCHEMA)
        TRY(schema_definition(p, d));
    else
        TRY(named(p, d));
    if (d->extension && !d->interfaces && !d->directives && !d->fields && !d->names &&
        !d->inputs)
        return parser_unexpected(p, "an extension of nothing");
    return ERR_OK;
}

static enum err schema(struct parser *p, struct str text, struct sdl_def **out)
{
    struct sdl_def *first = NULL, **tail = &first;
    if (text.n > SDL_SIZE) {
        err_set(p->e, ERR_LIMIT, "a schema of more than %u bytes", SDL_SIZE);
        if (p->name)
            err_in(p->e, p->name);
        return ERR_LIMIT;
    }
    lex_init(&p->lex, text);
    TRY(parser_advance(p));
    while (p->lex.token.kind != LEX_END) {
        struct sdl_def *d = *tail = ARENA_NEW(p->arena, struct sdl_def);
        d->start = p->lex.token.place;
        TRY(parser_description(p, &d->description));
        d->place = p->lex.token.place;
        TRY(parser_definition(p, d));
        tail = &d->next;
    }
    *out = first;
    return ERR_OK;
}

enum err sdl_parse(struct str text, const char *name, struct arena *arena,
                   struct sdl_def **out, struct error *e)
{
    struct parser p = {.arena = arena, .name = name, .e = e, .max_depth = SDL_DEPTH};
    return schema(&p, text, out);
}

enum err sdl_parse_extended(struct str text, const char *name, struct arena *arena,
                            struct sdl_def **out, struct error *e)
{
    struct parser p = {
        .arena = arena, .name = name, .e = e, .max_depth = SDL_DEPTH, .extended = true};
    return schema(&p, text, out);
}
