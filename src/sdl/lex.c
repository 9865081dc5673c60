#include "sdl/lex.h"

/* What a byte begins, outside of strings and comments. */
enum {
    OTHER, /* no token */
    SPACE, /* and tab and comma */
    LINE,
    COMMENT,
    MARK, /* the first byte of a byte-order mark */
    NAME,
    DIGIT,
    MINUS,
    QUOTE,
    PUNCT,
    DOT,
};

#define LETTER(c) [c] = NAME, [(c) | 0x20] = NAME
static const uint8_t class_of[256] = {
    [' '] = SPACE,   ['\t'] = SPACE, [','] = SPACE, ['\n'] = LINE, ['\r'] = LINE,
    ['#'] = COMMENT, [0xef] = MARK,  ['_'] = NAME,  ['-'] = MINUS, ['"'] = QUOTE,
    ['.'] = DOT,     ['0'] = DIGIT,  ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT,
    ['4'] = DIGIT,   ['5'] = DIGIT,  ['6'] = DIGIT, ['7'] = DIGIT, ['8'] = DIGIT,
    ['9'] = DIGIT,   ['!'] = PUNCT,  ['$'] = PUNCT, ['&'] = PUNCT, ['('] = PUNCT,
    [')'] = PUNCT,   [':'] = PUNCT,  ['='] = PUNCT, ['@'] = PUNCT, ['['] = PUNCT,
    [']'] = PUNCT,   ['{'] = PUNCT,  ['|'] = PUNCT, ['}'] = PUNCT, LETTER('A'),
    LETTER('B'),     LETTER('C'),    LETTER('D'),   LETTER('E'),   LETTER('F'),
    LETTER('G'),     LETTER('H'),    LETTER('I'),   LETTER('J'),   LETTER('K'),
    LETTER('L'),     LETTER('M'),    LETTER('N'),   LETTER('O'),   LETTER('P'),
    LETTER('Q'),     LETTER('R'),    LETTER('S'),   LETTER('T'),   LETTER('U'),
    LETTER('V'),     LETTER('W'),    LETTER('X'),   LETTER('Y'),   LETTER('Z')};
#undef LETTER

static bool is_name_start(char c)
{
    return class_of[(uint8_t)c] == NAME;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The byte `ahead` of the position, 0 past the end: NUL is no source character, so it
 * cannot be taken for one. */
static char at(const struct lex *l, size_t ahead)
{
    size_t i = l->pos + ahead;
    if (i >= l->text.n)
        return 0;
    return l->text.p[i];
}

static struct lex_place here(const struct lex *l)
{
    return (struct lex_place){l->line, (uint32_t)(l->pos - l->line_start + 1),
                              (uint32_t)l->pos};
}

static bool bad(struct lex *l, enum lex_fault fault, const char *problem)
{
    l->problem = problem;
    l->fault = fault;
    l->token.place = here(l);
    return false;
}

/* Bytes of the source character at the position, 0 when it is none (RFC 3629). */
static size_t character(const struct lex *l)
{
    const uint8_t *p = (const uint8_t *)l->text.p + l->pos;
    size_t left = l->text.n - l->pos;
    if (p[0] < 0x80)
        return p[0] >= 0x20 || p[0] == '\t' || p[0] == '\n' || p[0] == '\r';
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || left < n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    bool wrong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
                 (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f);
    return wrong ? 0 : n;
}

/* Moves over a source character, or says that it is none. A line's start moves with
 * what a character has more in bytes than in UTF-16 units, so that columns count those.
 */
static bool take_character(struct lex *l)
{
    size_t n = character(l);
    if (!n)
        return bad(l, LEX_NO_CHARACTER, "not a character");
    l->pos += n;
    l->line_start += n == 1 ? 0 : n == 4 ? 2 : n - 1;
    return true;
}

static void line_end(struct lex *l)
{
    l->pos += at(l, 0) == '\r' && at(l, 1) == '\n' ? 2 : 1;
    l->line++;
    l->line_start = l->pos;
}

static bool comment(struct lex *l)
{
    l->in_string = false;
    while (l->pos < l->text.n && at(l, 0) != '\n' && at(l, 0) != '\r') {
        if (!take_character(l))
            return false;
    }
    return true;
}

static bool ignored(struct lex *l)
{
    for (;;) {
        switch (class_of[(uint8_t)at(l, 0)]) {
        case SPACE: l->pos++; break;
        case LINE: line_end(l); break;
        case COMMENT:
            if (!comment(l))
                return false;
            break;
        case MARK:
            if (at(l, 1) != (char)0xbb || at(l, 2) != (char)0xbf)
                return true;
            l->pos += 3;
            l->line_start += 2;
            break;
        default: return true;
        }
    }
}

static bool hex4(const char *p, uint32_t *out)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        if (is_digit(c))
            v = v << 4 | (uint32_t)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            v = v << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
        else
            return false;
    }
    *out = v;
    return true;
}

/* A \uXXXX escape or a pair of them at p; its length, 0 when it is none. */
static size_t unicode_escape(const char *p, size_t left, uint32_t *out)
{
    if (left < 6 || !hex4(p + 2, out))
        return 0;
    if (*out < 0xd800 || *out > 0xdfff)
        return 6;
    uint32_t low;
    if (*out > 0xdbff || left < 12 || p[6] != '\\' || p[7] != 'u' ||
        !hex4(p + 8, &low) || low < 0xdc00 || low > 0xdfff)
        return 0;
    *out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
    return 12;
}

static bool escape(struct lex *l)
{
    l->token.escaped = true;
    if (at(l, 1) && strchr("\"\\/bfnrt", at(l, 1))) {
        l->pos += 2;
        return true;
    }
    uint32_t c;
    size_t n = at(l, 1) == 'u'
                   ? unicode_escape(l->text.p + l->pos, l->text.n - l->pos, &c)
                   : 0;
    if (!n)
        return bad(l, LEX_NO_ESCAPE, "not an escape sequence");
    l->pos += n;
    return true;
}

static bool quoted(struct lex *l)
{
    l->in_string = true;
    size_t start = ++l->pos;
    while (at(l, 0) != '"') {
        if (l->pos >= l->text.n || at(l, 0) == '\n' || at(l, 0) == '\r')
            return bad(l, LEX_UNTERMINATED, "a string is not ended on its line");
        if (at(l, 0) == '\\') {
            if (!escape(l))
                return false;
            continue;
        }
        if (!take_character(l))
            return false;
    }
    l->token.kind = LEX_STRING;
    l->token.text = str_n(l->text.p + start, l->pos++ - start);
    return true;
}

static bool block(struct lex *l)
{
    l->in_string = true;
    size_t start = l->pos += 3;
    while (at(l, 0) != '"' || at(l, 1) != '"' || at(l, 2) != '"') {
        if (l->pos >= l->text.n)
            return bad(l, LEX_UNTERMINATED, "a block string is not ended");
        char c = at(l, 0);
        if (c == '\n' || c == '\r') {
            line_end(l);
            continue;
        }
        if (c == '\\' && at(l, 1) == '"' && at(l, 2) == '"' && at(l, 3) == '"') {
            l->token.escaped = true;
            l->pos += 4;
            continue;
        }
        if (!take_character(l))
            return false;
    }
    l->token.kind = LEX_BLOCK;
    l->token.text = str_n(l->text.p + start, l->pos - start);
    l->pos += 3;
    return true;
}

static bool digits(struct lex *l)
{
    if (!is_digit(at(l, 0)))
        return bad(l, LEX_NO_DIGIT, "a number lacks a digit");
    while (is_digit(at(l, 0)))
        l->pos++;
    return true;
}

static bool number(struct lex *l)
{
    size_t start = l->pos;
    l->token.kind = LEX_INT;
    if (at(l, 0) == '-')
        l->pos++;
    if (at(l, 0) == '0' && is_digit(at(l, 1)))
        return bad(l, LEX_ZERO, "a number begins with 0");
    if (!digits(l))
        return false;
    if (at(l, 0) == '.') {
        l->token.kind = LEX_FLOAT;
        l->pos++;
        if (!digits(l))
            return false;
    }
    if (at(l, 0) == 'e' || at(l, 0) == 'E') {
        l->token.kind = LEX_FLOAT;
        l->pos += at(l, 1) == '+' || at(l, 1) == '-' ? 2 : 1;
        if (!digits(l))
            return false;
    }
    if (is_name_start(at(l, 0)) || at(l, 0) == '.')
        return bad(l, LEX_NO_DIGIT, "a number runs into what follows it");
    l->token.text = str_n(l->text.p + start, l->pos - start);
    return true;
}

static bool spread(struct lex *l)
{
    if (at(l, 1) != '.' || at(l, 2) != '.')
        return bad(l, LEX_NO_TOKEN, "not a token of GraphQL");
    l->token.kind = LEX_PUNCT;
    l->token.punct = '.';
    l->token.text = str_n(l->text.p + l->pos, 3);
    l->pos += 3;
    return true;
}

static void name(struct lex *l)
{
    const char *start = l->text.p + l->pos, *end = l->text.p + l->text.n,
               *p = start + 1;
    while (p < end && (class_of[(uint8_t)*p] == NAME || class_of[(uint8_t)*p] == DIGIT))
        p++;
    l->token.kind = LEX_NAME;
    l->token.text = str_n(start, (size_t)(p - start));
    l->pos += l->token.text.n;
}

void lex_init(struct lex *l, struct str text)
{
    *l = (struct lex){.text = text, .line = 1};
}

bool lex_next(struct lex *l)
{
    if (l->problem)
        return false;
    if (!ignored(l))
        return false;
    l->token.place = here(l);
    l->token.escaped = false;
    l->token.punct = 0;
    char c = at(l, 0);
    switch (class_of[(uint8_t)c]) {
    case NAME: name(l); return true;
    case PUNCT:
        l->token.kind = LEX_PUNCT;
        l->token.punct = c;
        l->token.text = str_n(l->text.p + l->pos++, 1);
        return true;
    case DOT: return spread(l);
    case DIGIT:
    case MINUS: return number(l);
    case QUOTE: return at(l, 1) == '"' && at(l, 2) == '"' ? block(l) : quoted(l);
    default: break;
    }
    if (l->pos < l->text.n)
        return bad(l, LEX_NO_TOKEN, "not a token of GraphQL");
    l->token.kind = LEX_END;
    l->token.text = str_n(NULL, 0);
    return true;
}

static char *utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3f));
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    }
    return out;
}

static struct str decode(struct str text, struct arena *arena)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char *start = arena_get(arena, text.n), *out = start; /* it never gets longer */
    for (size_t i = 0; i < text.n;) {
        if (text.p[i] != '\\') {
            *out++ = text.p[i++];
        } else if (text.p[i + 1] == 'u') {
            uint32_t c = 0;
            i += unicode_escape(text.p + i, text.n - i, &c);
            out = utf8(out, c);
        } else {
            *out++ = to[strchr(from, text.p[i + 1]) - from];
            i += 2;
        }
    }
    return str_n(start, (size_t)(out - start));
}

/* Takes the next line off `rest`, without its end; false when there is none. */
static bool take_line(struct str *rest, struct str *out)
{
    if (!rest->p)
        return false;
    size_t n = 0;
    while (n < rest->n && rest->p[n] != '\n' && rest->p[n] != '\r')
        n++;
    *out = str_n(rest->p, n);
    if (n == rest->n) {
        *rest = str_n(NULL, 0);
        return true;
    }
    size_t end =
        rest->p[n] == '\r' && n + 1 < rest->n && rest->p[n + 1] == '\n' ? 2 : 1;
    *rest = str_n(rest->p + n + end, rest->n - n - end);
    return true;
}

static size_t indentation(struct str line)
{
    size_t n = 0;
    while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'))
        n++;
    return n;
}

/* BlockStringValue() of section 2.9.4. */
static struct str dedent(struct str text, struct arena *arena)
{
    size_t common = SIZE_MAX, first = SIZE_MAX, last = 0, i = 0;
    struct str rest = text, line;
    for (; take_line(&rest, &line); i++) {
        size_t in = indentation(line);
        if (in == line.n)
            continue;
        if (i > 0 && in < common)
            common = in;
        if (first == SIZE_MAX)
            first = i;
        last = i;
    }
    char *start = arena_get(arena, text.n), *out = start;
    rest = text;
    for (i = 0; take_line(&rest, &line) && i <= last; i++) {
        if (first == SIZE_MAX || i < first)
            continue;
        if (i > first)
            *out++ = '\n';
        struct str body = i > 0 && common != SIZE_MAX ? str_from(line, common) : line;
        for (size_t k = 0; k < body.n; k++) {
            bool quotes = body.p[k] == '\\' && body.n - k >= 4 &&
                          memcmp(body.p + k + 1, "\"\"\"", 3) == 0;
            k += quotes;
            *out++ = body.p[k];
            if (quotes) {
                *out++ = '"';
                *out++ = '"';
                k += 2;
            }
        }
    }
    return str_n(start, (size_t)(out - start));
}

struct str lex_string(const struct lex_token *token, struct arena *arena)
{
    if (token->kind == LEX_BLOCK)
        return token->text.n ? dedent(token->text, arena) : token->text;
    return token->escaped ? decode(token->text, arena) : token->text;
}
