#include "sdl/parser.h"

/* What stands between the opening bracket, already taken, and the closing one. */
static enum err items(struct parser *p, bool fixed, struct sdl_value *v, char close)
{
    struct sdl_value **tail = &v->items;
    TRY(parser_deeper(p));
    while (!is_punct(p, close)) {
        struct str name = {0};
        struct lex_place place = p->lex.token.place;
        if (v->kind == SDL_OBJECT) {
            TRY(parser_name(p, &name));
            TRY(parser_expect(p, ':', "expected a colon"));
        }
        TRY(parser_value(p, fixed, tail));
        (*tail)->name = name;
        (*tail)->name_place = place;
        tail = &(*tail)->next;
    }
    p->depth--;
    return parser_advance(p);
}

static enum err variable(struct parser *p, bool fixed, struct sdl_value *v)
{
    struct lex_place place = p->lex.token.place;
    if (!p->fault)
        return parser_unexpected(p, "expected a constant value");
    TRY(parser_advance(p));
    if (fixed && p->lex.token.kind == LEX_NAME)
        return parser_refuse(p, place, "",
                             "Unexpected variable \"$%\" in constant value.",
                             p->lex.token.text);
    if (fixed)
        return parser_refuse(p, place, "", "Unexpected \"$\".", STR(""));
    v->kind = SDL_VARIABLE;
    return parser_name(p, &v->text);
}

/* Value[Const], section 2.9. Recursion ends at the parser's depth. */
enum err parser_value(struct parser *p, bool fixed,
                      struct sdl_value **out) /* NOLINT(misc-no-recursion) */
{
    struct sdl_value *v = ARENA_NEW(p->arena, struct sdl_value);
    const struct lex_token *t = &p->lex.token;
    *out = v;
    v->place = t->place;
    v->text = t->text;
    switch (t->kind) {
    case LEX_INT: v->kind = SDL_INT; return parser_advance(p);
    case LEX_FLOAT: v->kind = SDL_FLOAT; return parser_advance(p);
    case LEX_STRING:
    case LEX_BLOCK:
        v->kind = SDL_STRING;
        v->block = t->kind == LEX_BLOCK;
        v->text = lex_string(t, p->arena);
        return parser_advance(p);
    case LEX_NAME:
        v->kind = is_word(p, STR("null"))                               ? SDL_NULL
                  : is_word(p, STR("true")) || is_word(p, STR("false")) ? SDL_BOOL
                                                                        : SDL_ENUM;
        return parser_advance(p);
    case LEX_PUNCT:
        if (t->punct == '$')
            return variable(p, fixed, v);
        if (t->punct != '[' && t->punct != '{')
            break;
        v->kind = t->punct == '[' ? SDL_LIST : SDL_OBJECT;
        TRY(parser_advance(p));
        return items(p, fixed, v, v->kind == SDL_LIST ? ']' : '}');
    case LEX_END: break;
    }
    return parser_unexpected(p, "expected a constant value");
}

enum err parser_arguments(struct parser *p, bool fixed, struct sdl_argument **tail)
{
    do {
        struct sdl_argument *a = *tail = ARENA_NEW(p->arena, struct sdl_argument);
        a->place = p->lex.token.place;
        TRY(parser_name(p, &a->name));
        TRY(parser_expect(p, ':', "expected a colon"));
        TRY(parser_value(p, fixed, &a->value));
        tail = &a->next;
    } while (!is_punct(p, ')'));
    return parser_advance(p);
}

enum err parser_directives(struct parser *p, bool fixed, struct sdl_directive **tail)
{
    while (is_punct(p, '@')) {
        struct sdl_directive *d = *tail = ARENA_NEW(p->arena, struct sdl_directive);
        d->place = p->lex.token.place;
        if (p->limits.directives && ++p->directives > p->limits.directives)
            return parser_limit(p, "contains more than", "directives",
                                p->limits.directives);
        TRY(parser_advance(p));
        TRY(parser_name(p, &d->name));
        bool open;
        TRY(maybe(p, '(', &open));
        if (open)
            TRY(parser_arguments(p, fixed, &d->arguments));
        tail = &d->next;
    }
    return ERR_OK;
}

/* Type, section 2.11: brackets are counted, so that nothing recurses. */
enum err parser_type(struct parser *p, const struct sdl_type **out)
{
    unsigned lists = 0;
    struct lex_place places[SDL_DEPTH];
    while (is_punct(p, '[')) {
        TRY(parser_deeper(p));
        places[lists++] = p->lex.token.place;
        TRY(parser_advance(p));
    }
    struct sdl_type *t = ARENA_NEW(p->arena, struct sdl_type);
    t->place = p->lex.token.place;
    TRY(parser_name(p, &t->name));
    TRY(maybe(p, '!', &t->required));
    for (; lists; lists--, p->depth--) {
        struct sdl_type *list = ARENA_NEW(p->arena, struct sdl_type);
        list->name = t->name;
        list->of = t;
        list->place = places[lists - 1];
        t = list;
        TRY(parser_expect(p, ']', "expected ]"));
        TRY(maybe(p, '!', &t->required));
    }
    *out = t;
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
