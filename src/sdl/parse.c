#include "sdl/sdl.h"

struct parser {
    struct lex lex;
    struct arena *arena;
    const char *name;
    struct error *e;
    unsigned depth;
};

static enum err fail(struct parser *p, const char *line)
{
    return sdl_error(p->lex.token.place, p->name, line, p->e);
}

static enum err advance(struct parser *p)
{
    return lex_next(&p->lex) ? ERR_OK : fail(p, p->lex.problem);
}

static bool is_punct(const struct parser *p, char c)
{
    return p->lex.token.kind == LEX_PUNCT && p->lex.token.punct == c;
}

static bool is_word(const struct parser *p, const char *word)
{
    return p->lex.token.kind == LEX_NAME && str_eq(p->lex.token.text, str_of(word));
}

/* Takes the punctuator if it is there. */
static enum err maybe(struct parser *p, char c, bool *out)
{
    *out = is_punct(p, c);
    return *out ? advance(p) : ERR_OK;
}

static enum err expect(struct parser *p, char c, const char *otherwise)
{
    return is_punct(p, c) ? advance(p) : fail(p, otherwise);
}

static enum err take_name(struct parser *p, struct str *out)
{
    if (p->lex.token.kind != LEX_NAME)
        return fail(p, "expected a name");
    *out = p->lex.token.text;
    return advance(p);
}

static enum err deeper(struct parser *p)
{
    if (++p->depth <= SDL_DEPTH)
        return ERR_OK;
    fail(p, "nested too deeply");
    if (p->e)
        p->e->code = ERR_LIMIT;
    return ERR_LIMIT;
}

static enum err value(struct parser *p, struct sdl_value **out);

/* What stands between the opening bracket, already taken, and the closing one. */
static enum err items(struct parser *p, struct sdl_value *v, char close)
{
    struct sdl_value **tail = &v->items;
    TRY(deeper(p));
    while (!is_punct(p, close)) {
        struct str name = {0};
        if (v->kind == SDL_OBJECT) {
            TRY(take_name(p, &name));
            TRY(expect(p, ':', "expected a colon"));
        }
        TRY(value(p, tail));
        (*tail)->name = name;
        tail = &(*tail)->next;
    }
    p->depth--;
    return advance(p);
}

/* Value[Const], section 2.9. Recursion ends at SDL_DEPTH. */
static enum err value(struct parser *p,
                      struct sdl_value **out) /* NOLINT(misc-no-recursion) */
{
    struct sdl_value *v = ARENA_NEW(p->arena, struct sdl_value);
    const struct lex_token *t = &p->lex.token;
    *out = v;
    v->place = t->place;
    v->text = t->text;
    switch (t->kind) {
    case LEX_INT: v->kind = SDL_INT; return advance(p);
    case LEX_FLOAT: v->kind = SDL_FLOAT; return advance(p);
    case LEX_STRING:
    case LEX_BLOCK:
        v->kind = SDL_STRING;
        v->text = lex_string(t, p->arena);
        return advance(p);
    case LEX_NAME:
        v->kind = is_word(p, "null")                          ? SDL_NULL
                  : is_word(p, "true") || is_word(p, "false") ? SDL_BOOL
                                                              : SDL_ENUM;
        return advance(p);
    case LEX_PUNCT:
        if (t->punct != '[' && t->punct != '{')
            break;
        v->kind = t->punct == '[' ? SDL_LIST : SDL_OBJECT;
        TRY(advance(p));
        return items(p, v, v->kind == SDL_LIST ? ']' : '}');
    case LEX_END: break;
    }
    return fail(p, "expected a constant value");
}

static enum err arguments(struct parser *p, struct sdl_argument **tail)
{
    do {
        struct sdl_argument *a = *tail = ARENA_NEW(p->arena, struct sdl_argument);
        TRY(take_name(p, &a->name));
        TRY(expect(p, ':', "expected a colon"));
        TRY(value(p, &a->value));
        tail = &a->next;
    } while (!is_punct(p, ')'));
    return advance(p);
}

static enum err directives(struct parser *p, struct sdl_directive **tail)
{
    while (is_punct(p, '@')) {
        struct sdl_directive *d = *tail = ARENA_NEW(p->arena, struct sdl_directive);
        d->place = p->lex.token.place;
        TRY(advance(p));
        TRY(take_name(p, &d->name));
        bool open;
        TRY(maybe(p, '(', &open));
        if (open)
            TRY(arguments(p, &d->arguments));
        tail = &d->next;
    }
    return ERR_OK;
}

/* Type, section 2.11: brackets are counted, so that nothing recurses. */
static enum err type(struct parser *p, const struct sdl_type **out)
{
    unsigned lists = 0;
    bool found;
    for (;;) {
        TRY(maybe(p, '[', &found));
        if (!found)
            break;
        TRY(deeper(p));
        lists++;
    }
    struct sdl_type *t = ARENA_NEW(p->arena, struct sdl_type);
    TRY(take_name(p, &t->name));
    TRY(maybe(p, '!', &t->required));
    for (; lists; lists--, p->depth--) {
        struct sdl_type *list = ARENA_NEW(p->arena, struct sdl_type);
        list->name = t->name;
        list->of = t;
        t = list;
        TRY(expect(p, ']', "expected ]"));
        TRY(maybe(p, '!', &t->required));
    }
    *out = t;
    return ERR_OK;
}

static enum err description(struct parser *p, struct str *out)
{
    if (p->lex.token.kind != LEX_STRING && p->lex.token.kind != LEX_BLOCK)
        return ERR_OK;
    *out = lex_string(&p->lex.token, p->arena);
    return advance(p);
}

/* InputValueDefinition up to `close`; one at least. */
static enum err inputs(struct parser *p, struct sdl_input **tail, char close)
{
    do {
        struct sdl_input *in = *tail = ARENA_NEW(p->arena, struct sdl_input);
        TRY(description(p, &in->description));
        in->place = p->lex.token.place;
        TRY(take_name(p, &in->name));
        TRY(expect(p, ':', "expected a colon"));
        TRY(type(p, &in->type));
        bool given;
        TRY(maybe(p, '=', &given));
        if (given)
            TRY(value(p, &in->value));
        TRY(directives(p, &in->directives));
        tail = &in->next;
    } while (!is_punct(p, close));
    return advance(p);
}

static enum err fields(struct parser *p, struct sdl_field **tail)
{
    do {
        struct sdl_field *f = *tail = ARENA_NEW(p->arena, struct sdl_field);
        TRY(description(p, &f->description));
        f->place = p->lex.token.place;
        TRY(take_name(p, &f->name));
        bool open;
        TRY(maybe(p, '(', &open));
        if (open)
            TRY(inputs(p, &f->arguments, ')'));
        TRY(expect(p, ':', "expected a colon"));
        TRY(type(p, &f->type));
        TRY(directives(p, &f->directives));
        tail = &f->next;
    } while (!is_punct(p, '}'));
    return advance(p);
}

static enum err values(struct parser *p, struct sdl_name **tail)
{
    do {
        struct sdl_name *v = *tail = ARENA_NEW(p->arena, struct sdl_name);
        TRY(description(p, &v->description));
        v->place = p->lex.token.place;
        if (is_word(p, "true") || is_word(p, "false") || is_word(p, "null"))
            return fail(p, "not the name of an enum value");
        TRY(take_name(p, &v->name));
        TRY(directives(p, &v->directives));
        tail = &v->next;
    } while (!is_punct(p, '}'));
    return advance(p);
}

/* Names with a separator between them and, optionally, before the first. */
static enum err names(struct parser *p, struct sdl_name **tail, char separator)
{
    bool more;
    TRY(maybe(p, separator, &more));
    do {
        struct sdl_name *n = *tail = ARENA_NEW(p->arena, struct sdl_name);
        n->place = p->lex.token.place;
        TRY(take_name(p, &n->name));
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

static enum err directive_definition(struct parser *p, struct sdl_def *d)
{
    TRY(expect(p, '@', "expected @"));
    TRY(take_name(p, &d->name));
    bool open;
    TRY(maybe(p, '(', &open));
    if (open)
        TRY(inputs(p, &d->inputs, ')'));
    d->repeatable = is_word(p, "repeatable");
    if (d->repeatable)
        TRY(advance(p));
    if (!is_word(p, "on"))
        return fail(p, "expected `on`");
    TRY(advance(p));
    return names(p, &d->names, '|');
}

static enum err schema_definition(struct parser *p, struct sdl_def *d)
{
    TRY(directives(p, &d->directives));
    TRY(expect(p, '{', "expected {"));
    struct sdl_field **tail = &d->fields;
    do {
        struct sdl_field *f = *tail = ARENA_NEW(p->arena, struct sdl_field);
        struct sdl_type *t = ARENA_NEW(p->arena, struct sdl_type);
        f->place = p->lex.token.place;
        f->type = t;
        TRY(take_name(p, &f->name));
        TRY(expect(p, ':', "expected a colon"));
        TRY(take_name(p, &t->name));
        tail = &f->next;
    } while (!is_punct(p, '}'));
    return advance(p);
}

static enum err keyword(struct parser *p, enum sdl_kind *out)
{
    static const char *const words[] = {
        [SDL_DEF_SCHEMA] = "schema", [SDL_DEF_SCALAR] = "scalar",
        [SDL_DEF_TYPE] = "type",     [SDL_DEF_INTERFACE] = "interface",
        [SDL_DEF_UNION] = "union",   [SDL_DEF_ENUM] = "enum",
        [SDL_DEF_INPUT] = "input",   [SDL_DEF_DIRECTIVE] = "directive",
    };
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(p, words[i])) {
            *out = (enum sdl_kind)i;
            return advance(p);
        }
    return fail(p, is_word(p, "extend")
                       ? "extend is not supported: give the whole schema"
                       : "expected a definition");
}

static enum err definition(struct parser *p, struct sdl_def *d)
{
    TRY(description(p, &d->description));
    d->place = p->lex.token.place;
    TRY(keyword(p, &d->kind));
    if (d->kind == SDL_DEF_SCHEMA)
        return schema_definition(p, d);
    if (d->kind == SDL_DEF_DIRECTIVE)
        return directive_definition(p, d);
    TRY(take_name(p, &d->name));
    bool may_implement = d->kind == SDL_DEF_TYPE || d->kind == SDL_DEF_INTERFACE;
    if (may_implement && is_word(p, "implements")) {
        TRY(advance(p));
        TRY(names(p, &d->interfaces, '&'));
    }
    TRY(directives(p, &d->directives));
    if (d->kind == SDL_DEF_SCALAR)
        return ERR_OK;
    if (d->kind != SDL_DEF_UNION)
        return body(p, d);
    bool given;
    TRY(maybe(p, '=', &given));
    return given ? names(p, &d->names, '|') : ERR_OK;
}

enum err sdl_error(struct lex_place place, const char *name, const char *line,
                   struct error *e)
{
    err_set(e, ERR_DATA, "%u:%u: %s", place.line, place.column, line);
    err_at(e, place.offset);
    if (name)
        err_in(e, name);
    return ERR_DATA;
}

enum err sdl_parse(struct str text, const char *name, struct arena *arena,
                   struct sdl_def **out, struct error *e)
{
    struct parser p = {.arena = arena, .name = name, .e = e};
    struct sdl_def *first = NULL, **tail = &first;
    if (text.n > SDL_SIZE) {
        err_set(e, ERR_LIMIT, "a schema of more than %u bytes", SDL_SIZE);
        if (name)
            err_in(e, name);
        return ERR_LIMIT;
    }
    lex_init(&p.lex, text);
    TRY(advance(&p));
    while (p.lex.token.kind != LEX_END) {
        *tail = ARENA_NEW(arena, struct sdl_def);
        TRY(definition(&p, *tail));
        tail = &(*tail)->next;
    }
    *out = first;
    return ERR_OK;
}

const struct sdl_directive *sdl_directive(const struct sdl_directive *list,
                                          const char *name)
{
    while (list && !str_eq(list->name, str_of(name)))
        list = list->next;
    return list;
}

const struct sdl_value *sdl_argument(const struct sdl_directive *d, const char *name)
{
    const struct sdl_argument *a = d ? d->arguments : NULL;
    while (a && !str_eq(a->name, str_of(name)))
        a = a->next;
    return a ? a->value : NULL;
}
