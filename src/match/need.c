#include "match/need.h"

#define DEPTH 64 /* groups in groups; more is not understood */

struct reader {
    struct str s;
    size_t i;
    unsigned depth;
    bool lost; /* something was not understood */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The character at i + ahead, 0 past the end. */
static char peek(const struct reader *r, size_t ahead)
{
    return r->i + ahead < r->s.n ? r->s.p[r->i + ahead] : '\0';
}

static bool skip(struct reader *r, const char *text)
{
    size_t n = strlen(text);
    if (r->s.n - r->i < n || memcmp(r->s.p + r->i, text, n) != 0)
        return false;
    r->i += n;
    return true;
}

/* Always 0: what is skipped has no digits that a match needs. */
static unsigned skip_past(struct reader *r, char end)
{
    while (r->i < r->s.n && r->s.p[r->i] != end)
        r->i++;
    r->lost |= r->i >= r->s.n;
    r->i += r->i < r->s.n;
    return 0;
}

static void skip_quoted(struct reader *r)
{
    r->i++;
    skip_past(r, '\'');
}

/* Behind a backslash. \d is a digit; all others are none, and their digits and braces
 * are a part of them. */
static unsigned escape(struct reader *r)
{
    char c = peek(r, 0);
    r->i++;
    if (c == 'd')
        return 1;
    if (c == 'Q' || c == 'E' || c == 0)
        r->lost = true;
    if (c == 'c')
        r->i++;
    bool named = c == 'g' || c == 'k' || c == 'p' || c == 'P' || c == 'x' || c == 'o' ||
                 c == 'N';
    char open = peek(r, 0);
    if (named && open == '{')
        skip_past(r, '}');
    else if ((c == 'g' || c == 'k') && open == '<')
        skip_past(r, '>');
    else if ((c == 'g' || c == 'k') && open == '\'')
        skip_quoted(r);
    else if (c == 'x' || c == 'g' || is_digit(c))
        while (r->i < r->s.n &&
               (is_digit(peek(r, 0)) || peek(r, 0) == '+' || peek(r, 0) == '-' ||
                (c == 'x' && ((peek(r, 0) | 0x20) >= 'a') &&
                 ((peek(r, 0) | 0x20) <= 'f'))))
            r->i++;
    return 0;
}

/* Behind the [. 1 when it can only be a digit. */
static unsigned class(struct reader *r)
{
    bool digits = !skip(r, "^");
    for (bool first = true;; first = false) {
        char c = peek(r, 0);
        if (r->i >= r->s.n) {
            r->lost = true;
            return 0;
        }
        if (c == ']' && !first) {
            r->i++;
            return digits;
        }
        if (c == '[' && (peek(r, 1) == ':' || peek(r, 1) == '.' || peek(r, 1) == '=')) {
            digits &= skip(r, "[:digit:]");
            if (peek(r, 0) == '[')
                skip_past(r, ']');
            continue;
        }
        r->i++;
        if (c == '\\')
            digits &= escape(r) == 1;
        else
            digits &= is_digit(c) ||
                      (c == '-' && is_digit(r->s.p[r->i - 2]) && is_digit(peek(r, 0)));
    }
}

/* How often at least. A brace that is no quantifier stays where it is: it is a literal.
 */
static unsigned least(struct reader *r)
{
    unsigned n = 1;
    char c = peek(r, 0);
    if (c == '*' || c == '?' || c == '+') {
        n = c == '+';
        r->i++;
    } else if (c == '{') {
        size_t k = 1;
        n = 0;
        for (; is_digit(peek(r, k)); k++)
            n = n < NEED_DIGITS ? 10 * n + (unsigned)(peek(r, k) - '0') : n;
        while (is_digit(peek(r, k)) || peek(r, k) == ',' || peek(r, k) == ' ')
            k++;
        if (peek(r, k) != '}' || k == 1)
            return 1;
        r->i += k + 1;
    } else {
        return 1;
    }
    if (peek(r, 0) == '+' || peek(r, 0) == '?')
        r->i++;
    return n;
}

static unsigned alternatives(struct reader *r);

/* Options of (?i) and (?i-s:…): true when a group follows. */
static bool options(struct reader *r)
{
    while (r->i < r->s.n && peek(r, 0) != ')' && peek(r, 0) != ':') {
        r->lost |= peek(r, 0) == 'x';
        r->i++;
    }
    return peek(r, 0) == ':';
}

/* Behind the (; up to and with its ). */
static unsigned group(struct reader *r)
{
    bool counts = true;
    if (peek(r, 0) == '*') {
        r->lost = true;
        return 0;
    }
    if (skip(r, "?")) {
        char c = peek(r, 0), d = peek(r, 1);
        bool look = c == '=' || c == '!' || (c == '<' && (d == '=' || d == '!'));
        bool call = c == '#' || c == 'R' || c == '&' || c == 'C' || is_digit(c) ||
                    ((c == '+' || c == '-') && is_digit(d)) ||
                    (c == 'P' && (d == '=' || d == '>'));
        if (c == '(')
            r->lost = true;
        if (call)
            return skip_past(r, ')');
        counts = !look;
        if (look)
            r->i += c == '<' ? 2 : 1;
        else if (c == '<' || (c == 'P' && d == '<'))
            skip_past(r, '>');
        else if (c == '\'')
            skip_quoted(r);
        else if (c == '>' || c == '|' || options(r))
            r->i++;
        else
            return skip_past(r, ')'); /* (?i) */
    }
    unsigned n = alternatives(r);
    r->lost |= !skip(r, ")");
    return counts ? n : 0;
}

/* One thing with its quantifier. */
static unsigned atom(struct reader *r)
{
    char c = peek(r, 0);
    unsigned n = 0;
    r->i++;
    if (c == '\\')
        n = escape(r);
    else if (c == '[')
        n = class(r);
    else if (c == '(')
        n = group(r);
    else
        n = is_digit(c);
    n *= least(r);
    return n < NEED_DIGITS ? n : NEED_DIGITS;
}

static unsigned alternatives(struct reader *r)
{
    unsigned fewest = NEED_DIGITS, n = 0;
    if (++r->depth > DEPTH)
        r->lost = true;
    while (!r->lost && r->i < r->s.n && peek(r, 0) != ')') {
        if (skip(r, "|")) {
            fewest = n < fewest ? n : fewest;
            n = 0;
            continue;
        }
        n += atom(r);
        n = n < NEED_DIGITS ? n : NEED_DIGITS;
    }
    r->depth--;
    return n < fewest ? n : fewest;
}

unsigned need_digits(struct str pattern)
{
    struct reader r = {.s = pattern};
    unsigned n = alternatives(&r);
    return r.lost || r.i < r.s.n ? 0 : n;
}
