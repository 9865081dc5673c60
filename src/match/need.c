#include "match/need.h"

/*
 * What a part of a pattern needs, so that parts can be put behind each other: `pure`
 * parts match nothing but word bytes, so that runs grow over their borders; of others
 * the runs at both ends are known. All numbers are lower bounds.
 */
struct part {
    unsigned digits, marks;
    unsigned first, run,
        last; /* word bytes at the begin, the longest run, at the end */
    bool pure;
};

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
    if (r->i + ahead >= r->s.n)
        return 0;
    return r->s.p[r->i + ahead];
}

/* Past the next character, if there is one. */
static void pass(struct reader *r)
{
    r->i += r->i < r->s.n;
}

static bool skip(struct reader *r, const char *text)
{
    size_t n = strlen(text);
    if (r->s.n - r->i < n || memcmp(r->s.p + r->i, text, n) != 0)
        return false;
    r->i += n;
    return true;
}

static const struct part nothing = {.pure = true}; /* no byte at all */
static const struct part anything = {0};           /* bytes that tell nothing */
static const struct part a_digit = {
    .digits = 1, .first = 1, .run = 1, .last = 1, .pure = true};
static const struct part a_word = {.first = 1, .run = 1, .last = 1, .pure = true};
static const struct part a_mark = {.marks = 1};

static unsigned capped(unsigned n)
{
    return n < NEED_MOST ? n : NEED_MOST;
}

static unsigned fewer(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned more(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

static struct part then(struct part a, struct part b)
{
    return (struct part){
        .digits = capped(a.digits + b.digits),
        .marks = capped(a.marks + b.marks),
        .first = capped(a.pure ? a.run + b.first : a.first),
        .run = capped(more(more(a.run, b.run), a.last + b.first)),
        .last = capped(b.pure ? a.last + b.run : b.last),
        .pure = a.pure && b.pure,
    };
}

static struct part either(struct part a, struct part b)
{
    return (struct part){
        .digits = fewer(a.digits, b.digits),
        .marks = fewer(a.marks, b.marks),
        .first = fewer(a.first, b.first),
        .run = fewer(a.run, b.run),
        .last = fewer(a.last, b.last),
        .pure = a.pure && b.pure,
    };
}

/* At least n times. Of n repetitions the ends are those of one, unless it is pure. */
static struct part times(struct part a, unsigned n)
{
    if (n == 0)
        return a.pure ? nothing : anything;
    struct part p = a;
    p.digits = capped(a.digits * n);
    p.marks = capped(a.marks * n);
    if (a.pure)
        p.first = p.run = p.last = capped(a.run * n);
    else if (n > 1)
        p.run = capped(more(a.run, a.last + a.first));
    return p;
}

static struct part of_char(char c)
{
    if (is_digit(c))
        return a_digit;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
        return a_word;
    if ((unsigned char)c >= 0x80)
        return nothing; /* a byte of a character that may be optional as a whole */
    return c > ' ' && c < 0x7f ? a_mark : anything;
}

/* What is skipped tells nothing. */
static struct part skip_past(struct reader *r, char end)
{
    while (r->i < r->s.n && r->s.p[r->i] != end)
        r->i++;
    r->lost |= r->i >= r->s.n;
    pass(r);
    return anything;
}

static void skip_quoted(struct reader *r)
{
    r->i++;
    skip_past(r, '\'');
}

/* Behind a backslash. The digits and braces of an escape are a part of it. */
static struct part escape(struct reader *r)
{
    char c = peek(r, 0);
    pass(r);
    if (c == 'd')
        return a_digit;
    if (c == 'w')
        return a_word;
    if (c == 'b' || c == 'B' || c == 'A' || c == 'z' || c == 'Z' || c == 'G' ||
        c == 'K')
        return nothing;
    if (c == 'Q' || c == 'E' || c == 0)
        r->lost = true;
    if (c == 'c')
        pass(r);
    bool named = c == 'g' || c == 'k' || c == 'p' || c == 'P' || c == 'x' || c == 'o' ||
                 c == 'N';
    char open = peek(r, 0);
    if (named && open == '{')
        skip_past(r, '}');
    else if (c == 'p' || c == 'P') /* \pL */
        pass(r);
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
    bool mark = c > ' ' && c < 0x7f && of_char(c).marks;
    return mark ? a_mark : anything;
}

/* The kinds of characters that a class holds. */
struct kinds {
    bool digit, word, mark, other;
};

static void add_kind(struct kinds *k, struct part p)
{
    k->digit |= p.digits > 0;
    k->word |= !p.digits && p.run > 0;
    k->mark |= p.marks > 0;
    k->other |= !p.digits && !p.run && !p.marks;
}

/* A range from `from` to `to`: word bytes only if both ends are of one alphabet. */
static void add_range(struct kinds *k, char from, char to)
{
    bool digits = is_digit(from) && is_digit(to);
    bool lower = from >= 'a' && to <= 'z' && from <= to;
    bool upper = from >= 'A' && to <= 'Z' && from <= to;
    k->digit |= digits;
    k->word |= lower || upper;
    k->other |= !digits && !lower && !upper;
}

static bool posix_class(struct reader *r, struct kinds *k)
{
    if (peek(r, 0) != '[' ||
        (peek(r, 1) != ':' && peek(r, 1) != '.' && peek(r, 1) != '='))
        return false;
    if (skip(r, "[:digit:]")) {
        k->digit = true;
    } else if (skip(r, "[:alpha:]") || skip(r, "[:alnum:]") || skip(r, "[:upper:]") ||
               skip(r, "[:lower:]") || skip(r, "[:word:]") || skip(r, "[:xdigit:]")) {
        k->word = true;
    } else {
        skip_past(r, ']');
        k->other = true;
    }
    return true;
}

/* Behind the [. */
static struct part class(struct reader *r)
{
    struct kinds k = {.other = skip(r, "^")};
    for (bool first = true; r->i < r->s.n; first = false) {
        char c = peek(r, 0);
        if (c == ']' && !first) {
            r->i++;
            if (k.other || (k.mark && (k.digit || k.word)))
                return anything;
            return k.mark ? a_mark : k.word ? a_word : a_digit;
        }
        if (posix_class(r, &k))
            continue;
        r->i++;
        if (c == '\\') {
            add_kind(&k, escape(r));
            if (peek(r, 0) == '-' && peek(r, 1) != ']')
                k.other = true; /* a range from an escape */
        } else if (peek(r, 0) == '-' && peek(r, 1) != ']' && r->i + 1 < r->s.n) {
            char to = peek(r, 1);
            r->i += 2;
            if (to == '\\') {
                k.other = true; /* a range up to an escape */
                escape(r);
            } else {
                add_range(&k, c, to);
            }
        } else {
            add_kind(&k, (unsigned char)c >= 0x80 ? anything : of_char(c));
        }
    }
    r->lost = true;
    return anything;
}

/* What stands in braces at `k`, which moves behind them; false when they are
 * plain text in any case. Versions differ on whether {,m} and spaces make a quantifier
 * or plain text, so that they count as "perhaps none". */
static bool braces(const struct reader *r, size_t *k, unsigned *out)
{
    size_t i = *k + 1, digits = i;
    unsigned n = 0;
    for (; is_digit(peek(r, i)); i++)
        n = n < NEED_MOST ? 10 * n + (unsigned)(peek(r, i) - '0') : n;
    bool plain = i > digits;
    if (peek(r, i) == ',')
        for (i++; is_digit(peek(r, i));)
            i++;
    plain &= peek(r, i) == '}';
    while (is_digit(peek(r, i)) || peek(r, i) == ',' || peek(r, i) == ' ')
        i++;
    if (peek(r, i) != '}' || i == digits)
        return false;
    *out = plain ? n : 0;
    *k = i + 1;
    return true;
}

/* How often at least. A brace that is no quantifier stays where it is: it is a literal.
 */
static unsigned least(struct reader *r)
{
    unsigned n = 1;
    char c = peek(r, 0);
    size_t k = 0;
    if (c == '*' || c == '?' || c == '+') {
        n = c == '+';
        r->i++;
    } else if (c == '{' && braces(r, &k, &n)) {
        r->i += k;
    } else {
        return 1;
    }
    if (peek(r, 0) == '+' || peek(r, 0) == '?')
        r->i++;
    return n;
}

static struct part alternatives(struct reader *r);

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
static struct part group(struct reader *r)
{
    bool counts = true;
    if (peek(r, 0) == '*') {
        r->lost = true;
        return anything;
    }
    if (skip(r, "?")) {
        char c = peek(r, 0), d = peek(r, 1);
        bool look = c == '=' || c == '!' || c == '*' ||
                    (c == '<' && (d == '=' || d == '!' || d == '*'));
        bool call = c == '#' || c == 'R' || c == '&' || c == 'C' || is_digit(c) ||
                    ((c == '+' || c == '-') && is_digit(d)) ||
                    (c == 'P' && (d == '=' || d == '>'));
        if (c == '(' || (c == 'C' && d != ')' && !is_digit(d))) /* callout of text */
            r->lost = true;
        if (call)
            return skip_past(r, ')');
        counts = !look;
        if (look) {
            r->i += c == '<' ? 2 : 1;
        } else if (c == '<' || (c == 'P' && d == '<')) {
            skip_past(r, '>');
        } else if (c == '\'') {
            skip_quoted(r);
        } else if (c == '>' || c == '|' || options(r)) {
            r->i++;
        } else {
            skip_past(r, ')'); /* (?i) */
            return nothing;
        }
    }
    struct part p = alternatives(r);
    r->lost |= !skip(r, ")");
    return counts ? p : nothing;
}

/* One thing with its quantifier. */
static struct part atom(struct reader *r)
{
    char c = peek(r, 0);
    struct part p;
    r->i++;
    if (c == '\\')
        p = escape(r);
    else if (c == '[')
        p = class(r);
    else if (c == '(')
        p = group(r);
    else if (c == '.')
        p = anything;
    else if (c == '^' || c == '$')
        p = nothing;
    else
        p = of_char(c);
    return times(p, least(r));
}

static struct part alternatives(struct reader *r)
{
    struct part all = nothing, one = nothing;
    bool several = false;
    if (++r->depth > DEPTH)
        r->lost = true;
    while (!r->lost && r->i < r->s.n && peek(r, 0) != ')') {
        if (!skip(r, "|")) {
            one = then(one, atom(r));
            continue;
        }
        all = several ? either(all, one) : one;
        several = true;
        one = nothing;
    }
    r->depth--;
    return several ? either(all, one) : one;
}

struct need need_of(struct str pattern)
{
    struct reader r = {.s = pattern};
    struct part p = alternatives(&r);
    if (r.lost || r.i < r.s.n)
        return (struct need){0};
    return (struct need){.digits = p.digits, .marks = p.marks, .run = p.run};
}
