#include "sdl/parser.h"

#include <stdio.h>

#include "base/buf.h"

/* Quoted text is cut here, so that messages stay as small as what they are about. */
#define QUOTED 80

static struct str quotable(struct str s)
{
    if (s.n <= QUOTED)
        return s;
    size_t n = QUOTED;
    while (n > 0 && ((uint8_t)s.p[n] & 0xc0) == 0x80)
        n--;
    return str_n(s.p, n);
}

static enum err tell(struct parser *p, struct lex_place place, const struct buf *said)
{
    p->fault->message = arena_str(p->arena, buf_str(said));
    p->fault->place = place;
    return ERR_DATA;
}

static uint32_t decoded(struct str s)
{
    const uint8_t *b = (const uint8_t *)s.p;
    if (s.n >= 2 && b[0] >= 0xc2 && b[0] < 0xe0 && (b[1] & 0xc0) == 0x80)
        return (uint32_t)(b[0] & 0x1f) << 6 | (b[1] & 0x3f);
    if (s.n >= 3 && (b[0] & 0xf0) == 0xe0 && (b[1] & 0xc0) == 0x80 &&
        (b[2] & 0xc0) == 0x80)
        return (uint32_t)(b[0] & 0xf) << 12 | (uint32_t)(b[1] & 0x3f) << 6 |
               (b[2] & 0x3f);
    if (s.n >= 4 && b[0] >= 0xf0 && b[0] < 0xf5 && (b[1] & 0xc0) == 0x80 &&
        (b[2] & 0xc0) == 0x80 && (b[3] & 0xc0) == 0x80)
        return (uint32_t)(b[0] & 7) << 18 | (uint32_t)(b[1] & 0x3f) << 12 |
               (uint32_t)(b[2] & 0x3f) << 6 | (b[3] & 0x3f);
    return 0xfffd; /* what decoders make of bytes that are no text */
}

/* How many bytes so many UTF-16 units take, whole characters only. */
static size_t units(struct str s, unsigned wanted)
{
    size_t i = 0;
    while (i < s.n && wanted) {
        uint8_t c = (uint8_t)s.p[i];
        size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        unsigned takes = n == 4 ? 2 : 1;
        if (takes > wanted || n > s.n - i ||
            (c >= 0x80 && decoded(str_from(s, i)) == 0xfffd))
            break;
        wanted -= takes;
        i += n;
    }
    return i;
}

/* A character as graphql-js shows it. */
static void add_character(struct buf *b, struct str s)
{
    if (!s.n)
        buf_add_str(b, STR("<EOF>"));
    else if (*s.p == '"')
        buf_add_str(b, STR("'\"'"));
    else if (*s.p >= 0x20 && *s.p < 0x7f)
        buf_printf(b, "\"%c\"", *s.p);
    else
        buf_printf(b, "U+%04X", (uint8_t)*s.p < 0x80 ? (unsigned)*s.p : decoded(s));
}

static enum err lexical(struct parser *p)
{
    struct lex *l = &p->lex;
    struct lex_place place = l->token.place;
    struct str rest = str_from(l->text, place.offset);
    BUF_SCOPED b = BUF_INIT;
    buf_add_str(&b, STR("Syntax Error: "));
    switch (l->fault) {
    case LEX_FINE:
    case LEX_NO_TOKEN:
        if (rest.n && *rest.p == '\'') {
            buf_add_str(&b,
                        STR("Unexpected single quote character ('), did you mean to "
                            "use a double quote (\")?"));
            return tell(p, place, &b);
        }
        buf_add_str(&b, STR("Unexpected character: "));
        break;
    case LEX_NO_CHARACTER:
        buf_add_str(&b, l->in_string ? STR("Invalid character within String: ")
                                     : STR("Invalid character: "));
        break;
    case LEX_UNTERMINATED:
        buf_add_str(&b, STR("Unterminated string."));
        return tell(p, place, &b);
    case LEX_NO_ESCAPE: {
        bool unicode = rest.n > 1 && rest.p[1] == 'u';
        size_t n = units(rest, unicode ? 6 : 2);
        buf_printf(&b, "Invalid %s escape sequence: \"%.*s\".",
                   unicode ? "Unicode" : "character", (int)n, rest.p);
        return tell(p, place, &b);
    }
    case LEX_ZERO:
        place.column++;
        place.offset++;
        rest = str_from(rest, 1);
        buf_add_str(&b, STR("Invalid number, unexpected digit after 0: "));
        break;
    case LEX_NO_DIGIT:
        buf_add_str(&b, STR("Invalid number, expected digit but got: "));
        break;
    }
    add_character(&b, rest);
    buf_add_char(&b, '.');
    return tell(p, place, &b);
}

static void add_token(struct parser *p, struct buf *b)
{
    static const char *const kinds[] = {
        [LEX_NAME] = "Name",     [LEX_INT] = "Int",           [LEX_FLOAT] = "Float",
        [LEX_STRING] = "String", [LEX_BLOCK] = "BlockString",
    };
    const struct lex_token *t = &p->lex.token;
    if (t->kind == LEX_END) {
        buf_add_str(b, STR("<EOF>"));
        return;
    }
    struct str text = t->kind == LEX_STRING || t->kind == LEX_BLOCK
                          ? lex_string(t, p->arena)
                          : t->text;
    if (t->kind != LEX_PUNCT)
        buf_printf(b, "%s ", kinds[t->kind]);
    text = quotable(text);
    buf_printf(b, "\"%.*s\"", STR_ARG(text));
}

static enum err constant(struct parser *p, const char *line)
{
    return sdl_error(p->lex.token.place, p->name, line, p->e);
}

enum err parser_expected(struct parser *p, const char *wanted, const char *line)
{
    if (!p->fault)
        return constant(p, line);
    BUF_SCOPED b = BUF_INIT;
    buf_printf(&b, "Syntax Error: Expected %s, found ", wanted);
    add_token(p, &b);
    buf_add_char(&b, '.');
    return tell(p, p->lex.token.place, &b);
}

enum err parser_unexpected(struct parser *p, const char *line)
{
    if (!p->fault)
        return constant(p, line);
    BUF_SCOPED b = BUF_INIT;
    buf_add_str(&b, STR("Syntax Error: Unexpected "));
    add_token(p, &b);
    buf_add_char(&b, '.');
    return tell(p, p->lex.token.place, &b);
}

enum err parser_refuse(struct parser *p, struct lex_place place, const char *line,
                       const char *said, struct str slice)
{
    if (!p->fault)
        return sdl_error(place, p->name, line, p->e);
    BUF_SCOPED b = BUF_INIT;
    const char *at = strchr(said, '%');
    slice = quotable(slice);
    buf_add_str(&b, STR("Syntax Error: "));
    if (at) {
        buf_add(&b, said, (size_t)(at - said));
        buf_add_str(&b, slice);
        said = at + 1;
    }
    buf_add_str(&b, str_of(said));
    return tell(p, place, &b);
}

enum err parser_limit(struct parser *p, const char *line, const char *what,
                      uint32_t limit)
{
    if (!p->fault) {
        constant(p, line);
        if (p->e)
            p->e->code = ERR_LIMIT;
        return ERR_LIMIT;
    }
    BUF_SCOPED b = BUF_INIT;
    buf_printf(&b, "Syntax Error: Document %s %u %s. Parsing aborted.", line, limit,
               what);
    tell(p, p->lex.token.place, &b);
    return ERR_LIMIT;
}

enum err parser_advance(struct parser *p)
{
    if (!lex_next(&p->lex))
        return p->fault ? lexical(p) : constant(p, p->lex.problem);
    p->tokens++;
    if (p->tokens > p->limits.tokens && p->limits.tokens &&
        p->lex.token.kind != LEX_END)
        return parser_limit(p, "contains more that", "tokens", p->limits.tokens);
    return ERR_OK;
}

enum err parser_expect(struct parser *p, char c, const char *otherwise)
{
    if (is_punct(p, c))
        return parser_advance(p);
    char wanted[] = {'"', c, '"', 0};
    return parser_expected(p, c == '.' ? "\"...\"" : wanted, otherwise);
}

enum err parser_name(struct parser *p, struct str *out)
{
    if (p->lex.token.kind != LEX_NAME)
        return parser_expected(p, "Name", "expected a name");
    *out = p->lex.token.text;
    return parser_advance(p);
}

enum err parser_word(struct parser *p, struct str word, const char *otherwise)
{
    if (is_word(p, word))
        return parser_advance(p);
    char wanted[32];
    snprintf(wanted, sizeof wanted, "\"%.*s\"", STR_ARG(word));
    return parser_expected(p, wanted, otherwise);
}

enum err parser_deeper(struct parser *p)
{
    if (++p->depth <= p->max_depth)
        return ERR_OK;
    return parser_limit(p, p->fault ? "is nested deeper than" : "nested too deeply",
                        "levels", p->max_depth);
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
