#include "match/need.h"

#include "match/need_private.h"

#define DEPTH 64 /* groups in groups; more is not understood */

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
    struct prefix prefix;
};

/* What is made of no prefix stays without one. */
static struct prefix begin_with(const struct reader *r, struct prefix p)
{
    return r->begins ? p : (struct prefix){0};
}

static struct part nothing(const struct reader *r) /* no byte at all */
{
    return (struct part){.pure = true, .prefix = begin_with(r, prefix_nothing)};
}

static struct part
anything(const struct reader *r) /* bytes that tell nothing, also none */
{
    return (struct part){.prefix = begin_with(r, prefix_anything)};
}

/* An assertion: no byte, but not true everywhere. */
static struct part asserted(const struct reader *r, struct prefix p)
{
    struct part a = nothing(r);
    a.prefix = begin_with(r, p);
    a.prefix.exact = false;
    return a;
}

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
        .prefix = prefix_then(&a.prefix, &b.prefix),
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
        .prefix = prefix_either(&a.prefix, &b.prefix),
    };
}

/* Of n repetitions the ends are those of one, unless it is pure. */
static struct part times(const struct reader *r, struct part a, unsigned n,
                         unsigned most)
{
    struct part p = n || a.pure ? a : anything(r);
    p.prefix = prefix_times(&a.prefix, n, most);
    p.digits = capped(a.digits * n);
    p.marks = capped(a.marks * n);
    if (a.pure)
        p.first = p.run = p.last = capped(a.run * n);
    else if (n > 1)
        p.run = capped(more(a.run, a.last + a.first));
    return p;
}

/* Visible ASCII but for \w. */
static const struct byteset marks = {
    {UINT64_C(0xfc00fffe00000000), UINT64_C(0x7800000178000001), 0, 0}};

/* One character of the set, as bytes. */
static struct prefix character(const struct reader *r, struct set s)
{
    static const char *const others[] = {"k\xe2\x84\xaa", "s\xc5\xbf"};
    struct prefix p = prefix_of(s.ascii, s.wide);
    for (size_t i = 0; i < 2; i++)
        if (r->caseless && !s.wide && byteset_has(&s.ascii, (uint8_t)others[i][0])) {
            struct prefix other = prefix_of_text(others[i] + 1);
            p = prefix_either(&p, &other);
        }
    return p;
}

static struct part of_set(const struct reader *r, struct set s)
{
    if (r->caseless)
        set_fold(&s);
    struct byteset all = s.wide ? byteset_or(s.ascii, byteset_high) : s.ascii;
    struct part p = {0};
    if (r->begins)
        p.prefix = character(r, s);
    p.prefix.exact &= !(r->caseless && s.wide); /* it may be the Kelvin sign */
    bool digit = byteset_within(all, set_digits);
    if (byteset_empty(&all))
        return p;
    if (digit || byteset_within(all, byteset_or(byteset_words, byteset_high))) {
        p.digits = digit;
        p.first = p.run = p.last = 1;
        p.pure = true;
    }
    p.marks = byteset_within(all, marks);
    return p;
}

static struct part of_char(const struct reader *r, char c)
{
    struct set s = {0};
    set_add(&s, c);
    if ((unsigned char)c < 0x80)
        return of_set(r, s);
    if (r->caseless)
        set_fold(&s);
    /* A byte of a character that may be optional, or repeated, as a whole. */
    struct part p = nothing(r);
    p.prefix = begin_with(r, prefix_of(s.ascii, true));
    p.prefix = prefix_times(&p.prefix, 0, PREFIX_BYTES);
    return p;
}

/* What is skipped tells nothing. */
static struct part skipped(struct reader *r, char end)
{
    need_skip_past(r, end);
    return anything(r);
}

static struct part escaped_atom(struct reader *r)
{
    char c = peek(r, 0);
    struct set s;
    struct prefix edge = prefix_nothing;
    edge.edge = c == 'b';
    if (c == 'b' || c == 'B' || c == 'z' || c == 'Z' || c == 'G' || c == 'K') {
        r->i++;
        return asserted(r, edge);
    }
    if (c == 'A') {
        r->i++;
        edge.before = (struct byteset){{0}};
        return asserted(r, edge);
    }
    return need_escape(r, &s) ? of_set(r, s) : anything(r);
}

/* Behind the [. */
static struct part class(struct reader *r)
{
    struct set s;
    bool loose;
    if (!need_class(r, &s, &loose))
        return anything(r);
    struct part p = of_set(r, s);
    p.prefix.exact &= !loose;
    return p;
}

static unsigned number_at(const struct reader *r, size_t *k)
{
    unsigned n = 0;
    for (; is_digit(peek(r, *k)); ++*k)
        n = n < NEED_MOST ? 10 * n + (unsigned)(peek(r, *k) - '0') : n;
    return n;
}

/* Versions differ on whether {,m} and spaces make a quantifier or plain text. */
static bool is_odd(const struct reader *r)
{
    size_t k = 1;
    while (is_digit(peek(r, k)) || peek(r, k) == ',' || peek(r, k) == ' ')
        k++;
    return peek(r, k) == '}' && k > 1;
}

/* How often: at least *least, at most *most times. A brace that is no quantifier stays
 * where it is: it is a literal. */
static void quantifier(struct reader *r, unsigned *least, unsigned *most)
{
    char c = peek(r, 0);
    *least = *most = 1;
    if (c == '*' || c == '?' || c == '+') {
        *least = c == '+';
        *most = c == '?' ? 1 : NEED_MOST;
        r->i++;
    } else if (c == '{') {
        size_t k = 1;
        *least = number_at(r, &k);
        bool plain = k > 1, range = peek(r, k) == ',';
        k += range;
        size_t from = k;
        *most = range ? number_at(r, &k) : *least;
        if (range && k == from)
            *most = NEED_MOST;
        if (!plain || peek(r, k) != '}') {
            *least = *most = 1;
            r->lost |= is_odd(r);
            return;
        }
        r->i += k + 1;
    } else {
        return;
    }
    if (peek(r, 0) == '+' || peek(r, 0) == '?')
        r->i++;
}

static struct part alternatives(struct reader *r);

/* Options of (?i) and (?i-s:…): true when a group follows. */
static bool options(struct reader *r)
{
    bool on = true;
    while (r->i < r->s.n && peek(r, 0) != ')' && peek(r, 0) != ':') {
        char c = peek(r, 0);
        r->lost |= c == 'x';
        if (c == '-' || c == '^')
            on = false;
        if (c == 'i')
            r->caseless = on;
        if (c == '^')
            r->caseless = false, on = true;
        r->i++;
    }
    return peek(r, 0) == ':';
}

static struct part look(struct reader *r)
{
    bool behind = skip(r, "<"), caseless = r->caseless;
    bool negative = peek(r, 0) == '!';
    r->i++;
    struct part p = alternatives(r);
    r->caseless = caseless;
    return asserted(r, behind ? prefix_behind(&p.prefix, negative) : prefix_nothing);
}

/* Behind (?; *inner: the group's content follows. */
static struct part special_group(struct reader *r, bool *inner)
{
    char c = peek(r, 0), d = peek(r, 1);
    bool call = c == '#' || c == 'R' || c == '&' || c == 'C' || is_digit(c) ||
                ((c == '+' || c == '-') && is_digit(d)) ||
                (c == 'P' && (d == '=' || d == '>'));
    *inner = false;
    if (c == '(' || (c == 'C' && d != ')' && !is_digit(d))) /* a callout of text */
        r->lost = true;
    if (c == '#') {
        need_skip_past(r, ')');
        char next =
            peek(r, 0); /* a quantifier would be of what is before the comment */
        r->lost |= next == '?' || next == '*' || next == '+' || next == '{';
        return nothing(r);
    }
    if (call)
        return skipped(r, ')');
    char kind = d;
    if (c != '<')
        kind = c;
    if (kind == '=' || kind == '!' || kind == '*') {
        struct part p = look(r);
        r->lost |= !skip(r, ")");
        return p;
    }
    if (c == '<' || (c == 'P' && d == '<')) {
        need_skip_past(r, '>');
    } else if (c == '\'') {
        need_skip_quoted(r);
    } else if (c == '>' || c == '|' || options(r)) {
        r->i++;
    } else {
        need_skip_past(r, ')'); /* (?i) */
        return nothing(r);
    }
    *inner = true;
    return nothing(r);
}

/* Behind the (; up to and with its ). Options that are set inside end with it. */
static struct part group(struct reader *r)
{
    bool caseless = r->caseless, inner = true;
    if (peek(r, 0) == '*') {
        r->lost = true;
        return anything(r);
    }
    if (skip(r, "?")) {
        struct part p = special_group(r, &inner);
        if (!inner)
            return p;
    }
    struct part p = alternatives(r);
    r->lost |= !skip(r, ")");
    r->caseless = caseless;
    return p;
}

/* One thing with its quantifier. */
static struct part atom(struct reader *r)
{
    char c = peek(r, 0);
    struct part p;
    unsigned n, most;
    r->i++;
    if (c == '\\') {
        p = escaped_atom(r);
    } else if (c == '[') {
        p = class(r);
    } else if (c == '(') {
        p = group(r);
    } else if (c == '.') {
        p = of_set(r, (struct set){set_ascii, true});
    } else if (c == '^' || c == '$') {
        struct prefix here = prefix_nothing;
        if (c == '^') {
            here.before = (struct byteset){{0}};
            byteset_add(&here.before, '\n'); /* (?m) */
        }
        p = asserted(r, here);
    } else {
        p = of_char(r, c);
    }
    quantifier(r, &n, &most);
    return n == 1 && most == 1 ? p : times(r, p, n, most);
}

static struct part alternatives(struct reader *r)
{
    struct part all = nothing(r), one = nothing(r);
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
        one = nothing(r);
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

struct prefix need_prefix(struct str pattern)
{
    struct reader r = {.s = pattern, .begins = true};
    struct part p = alternatives(&r);
    return r.lost || r.i < r.s.n ? prefix_anything : p.prefix;
}
