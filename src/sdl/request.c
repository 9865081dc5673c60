#include "sdl/request.h"

#include "sdl/parser.h"

static enum err selection_set(struct parser *p, struct sdl_selection **tail);

/* Field, section 2.5. */
static enum err field(struct parser *p, struct sdl_selection *s)
{
    s->name_place = s->place;
    TRY(parser_name(p, &s->name));
    s->key = s->name;
    if (is_punct(p, ':')) {
        if (p->limits.aliases && ++p->aliases > p->limits.aliases)
            return parser_limit(p, "contains more than", "aliases", p->limits.aliases);
        TRY(parser_advance(p));
        s->aliased = true;
        s->name_place = p->lex.token.place;
        TRY(parser_name(p, &s->name));
    }
    bool open;
    TRY(maybe(p, '(', &open));
    if (open)
        TRY(parser_arguments(p, false, &s->arguments));
    TRY(parser_directives(p, false, &s->directives));
    s->brace = p->lex.token.place;
    return is_punct(p, '{') ? selection_set(p, &s->selections) : ERR_OK;
}

/* FragmentSpread and InlineFragment, section 2.8. */
static enum err spread(struct parser *p, struct sdl_selection *s)
{
    TRY(parser_advance(p));
    s->kind = SDL_SELECT_INLINE;
    s->name_place = p->lex.token.place;
    if (is_word(p, STR("on"))) {
        TRY(parser_advance(p));
        s->name_place = p->lex.token.place;
        TRY(parser_name(p, &s->name));
    } else if (p->lex.token.kind == LEX_NAME) {
        s->kind = SDL_SELECT_SPREAD;
        TRY(parser_name(p, &s->name));
        return parser_directives(p, false, &s->directives);
    }
    TRY(parser_directives(p, false, &s->directives));
    return selection_set(p, &s->selections);
}

/* SelectionSet, section 2.4. Recursion ends at the parser's depth. */
static enum err
selection_set(struct parser *p,
              struct sdl_selection **tail) /* NOLINT(misc-no-recursion) */
{
    TRY(parser_expect(p, '{', ""));
    TRY(parser_deeper(p));
    do {
        struct sdl_selection *s = *tail = ARENA_NEW(p->arena, struct sdl_selection);
        s->place = p->lex.token.place;
        p->selections++;
        TRY(is_punct(p, '.') ? spread(p, s) : field(p, s));
        tail = &s->next;
    } while (!is_punct(p, '}'));
    p->depth--;
    return parser_advance(p);
}

static enum err variables(struct parser *p, struct sdl_variable **tail)
{
    bool given;
    do {
        struct sdl_variable *v = *tail = ARENA_NEW(p->arena, struct sdl_variable);
        v->place = p->lex.token.place;
        TRY(parser_expect(p, '$', ""));
        v->name_place = p->lex.token.place;
        TRY(parser_name(p, &v->name));
        TRY(parser_expect(p, ':', ""));
        TRY(parser_type(p, &v->type));
        TRY(maybe(p, '=', &given));
        if (given)
            TRY(parser_value(p, true, &v->value));
        TRY(parser_directives(p, true, &v->directives));
        tail = &v->next;
    } while (!is_punct(p, ')'));
    return parser_advance(p);
}

/* OperationDefinition, section 2.3, from its keyword on. */
static enum err operation(struct parser *p, struct sdl_def *d)
{
    d->kind = SDL_DEF_OPERATION;
    if (is_punct(p, '{'))
        return selection_set(p, &d->selections);
    TRY(parser_advance(p));
    d->name_place = p->lex.token.place;
    if (p->lex.token.kind == LEX_NAME)
        TRY(parser_name(p, &d->name));
    bool open;
    TRY(maybe(p, '(', &open));
    if (open)
        TRY(variables(p, &d->variables));
    TRY(parser_directives(p, false, &d->directives));
    return selection_set(p, &d->selections);
}

static enum err fragment(struct parser *p, struct sdl_def *d)
{
    d->kind = SDL_DEF_FRAGMENT;
    TRY(parser_advance(p));
    if (is_word(p, STR("on")))
        return parser_unexpected(p, "");
    d->name_place = p->lex.token.place;
    TRY(parser_name(p, &d->name));
    TRY(parser_word(p, STR("on"), ""));
    d->on_place = p->lex.token.place;
    TRY(parser_name(p, &d->on));
    TRY(parser_directives(p, false, &d->directives));
    return selection_set(p, &d->selections);
}

static enum err definition(struct parser *p, struct sdl_def *d, struct sdl_request *out)
{
    d->start = d->place = p->lex.token.place;
    bool is_query = is_punct(p, '{') || is_word(p, STR("query"));
    bool is_mutation = is_word(p, STR("mutation"));
    if (is_query || is_mutation || is_word(p, STR("subscription"))) {
        out->operations++;
        d->operation = is_query      ? SDL_QUERY
                       : is_mutation ? SDL_MUTATION
                                     : SDL_SUBSCRIPTION;
        return operation(p, d);
    }
    if (is_word(p, STR("fragment"))) {
        if (++out->fragments > p->limits.fragments && p->limits.fragments)
            return parser_limit(p, "contains more than", "fragments",
                                p->limits.fragments);
        return fragment(p, d);
    }
    TRY(parser_description(p, &d->description));
    d->place = p->lex.token.place;
    if (d->description.p && p->lex.token.kind == LEX_NAME && !parser_is_definition(p))
        return parser_refuse(p, d->start, "",
                             "Unexpected description, descriptions are supported only "
                             "on type definitions.",
                             STR(""));
    return parser_definition(p, d);
}

enum err sdl_request(struct str text, const struct sdl_limits *limits,
                     struct arena *arena, struct sdl_request *out,
                     struct sdl_fault *fault)
{
    struct parser p = {.arena = arena, .fault = fault, .limits = *limits};
    struct sdl_request r = {0};
    struct sdl_def **tail = &r.first;
    p.max_depth =
        limits->depth && limits->depth < SDL_DEPTH ? limits->depth : SDL_DEPTH;
    lex_init(&p.lex, text);
    if ((limits->bytes && text.n > limits->bytes) || text.n > LEX_SIZE) {
        p.lex.token.place = (struct lex_place){1, 1, 0};
        return parser_limit(&p, "has more than", "bytes",
                            (uint32_t)(limits->bytes ? limits->bytes : LEX_SIZE));
    }
    TRY(parser_advance(&p));
    do {
        struct sdl_def *d = *tail = ARENA_NEW(arena, struct sdl_def);
        TRY(definition(&p, d, &r));
        tail = &d->next;
    } while (p.lex.token.kind != LEX_END);
    r.tokens = p.tokens - 1; /* the end is none */
    r.selections = p.selections;
    *out = r;
    return ERR_OK;
}
