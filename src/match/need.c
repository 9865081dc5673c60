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
    struct prefix prefix;
};

#define DEPTH 64 /* groups in groups; more is not understood */

struct reader {
    struct str s;
    size_t i;
    unsigned depth;
    bool lost;     /* something was not understood */
    bool begins;   /* prefixes are asked for */
    bool caseless; /* here */
    bool loose;    /* the class being read has more than is in it */
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

/* \d, \w, \s and marks, all without UCP; bytes of characters beyond ASCII. */
static const struct byteset digits = {{UINT64_C(0x03ff000000000000), 0, 0, 0}};
static const struct byteset words = {
    {UINT64_C(0x03ff000000000000), UINT64_C(0x07fffffe87fffffe), 0, 0}};
static const struct byteset spaces = {{UINT64_C(0x0000000100003e00), 0, 0, 0}};
static const struct byteset marks = {
    {UINT64_C(0xfc00fffe00000000), UINT64_C(0x7800000178000001), 0, 0}};
static const struct byteset ascii = {{UINT64_MAX, UINT64_MAX, 0, 0}};
static const struct byteset high = {{0, 0, UINT64_MAX, UINT64_MAX}};

/* One character: an ASCII one of the set or, if `wide`, one beyond. */
struct set {
    struct byteset ascii;
    bool wide;
};

static struct set set_not(struct set s)
{
    return (struct set){byteset_and(ascii, byteset_not(s.ascii)), true};
}

static void add_char(struct set *s, char c)
{
    if ((unsigned char)c < 0x80)
        byteset_add(&s->ascii, (uint8_t)c);
    else
        s->wide = true;
}

static void add_set(struct set *s, struct set more)
{
    s->ascii = byteset_or(s->ascii, more.ascii);
    s->wide |= more.wide;
}

/* The other cases of ASCII letters. */
static void fold(struct set *s)
{
    for (unsigned c = 'a'; c <= 'z'; c++) {
        bool here = byteset_has(&s->ascii, (uint8_t)c) ||
                    byteset_has(&s->ascii, (uint8_t)(c ^ 0x20));
        if (!here)
            continue;
        byteset_add(&s->ascii, (uint8_t)c);
        byteset_add(&s->ascii, (uint8_t)(c ^ 0x20));
    }
}

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
        fold(&s);
    struct byteset all = s.wide ? byteset_or(s.ascii, high) : s.ascii;
    struct part p = {0};
    if (r->begins)
        p.prefix = character(r, s);
    bool digit = byteset_within(all, digits);
    if (byteset_empty(&all))
        return p;
    if (digit || byteset_within(all, byteset_or(words, high))) {
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
    add_char(&s, c);
    if ((unsigned char)c < 0x80)
        return of_set(r, s);
    /* A byte of a character that may be optional, or repeated, as a whole. */
    struct part p = nothing(r);
    p.prefix = begin_with(r, prefix_of(s.ascii, true));
    p.prefix = prefix_times(&p.prefix, 0, PREFIX_BYTES);
    return p;
}

/* What is skipped tells nothing. */
static struct part skip_past(struct reader *r, char end)
{
    while (r->i < r->s.n && r->s.p[r->i] != end)
        r->i++;
    r->lost |= r->i >= r->s.n;
    pass(r);
    return anything(r);
}

static void skip_quoted(struct reader *r)
{
    r->i++;
    skip_past(r, '\'');
}

/* The characters that a letter behind a backslash stands for; false: it is none of
 * those. */
static bool escaped_set(char c, struct set *out)
{
    static const char controls[] = "a\ae\33f\fn\nr\rt\t";
    char lower = (char)(c | 0x20);
    for (size_t i = 0; controls[i]; i += 2)
        if (controls[i] == c) {
            add_char(out, controls[i + 1]);
            return true;
        }
    if (c == 'N') {
        add_char(out, '\n');
    } else if (lower == 'd') {
        out->ascii = digits;
    } else if (lower == 'w') {
        out->ascii = words;
    } else if (lower == 's') {
        out->ascii = spaces;
    } else if (lower == 'h') {
        add_char(out, ' ');
        add_char(out, '\t');
        out->wide = true;
    } else if (lower == 'v') {
        out->ascii = spaces;
        out->wide = true;
    } else {
        return false;
    }
    if (c < 'a')
        *out = set_not(*out);
    return true;
}

/* The rest of an escape that is more than a letter: its digits and braces. */
static void skip_escape(struct reader *r, char c)
{
    bool named = c == 'g' || c == 'k' || c == 'p' || c == 'P' || c == 'x' || c == 'o' ||
                 c == 'N';
    char open = peek(r, 0);
    if (c == 'c')
        pass(r);
    else if (named && open == '{')
        skip_past(r, '}');
    else if ((c == 'g' || c == 'k') && open == '<')
        skip_past(r, '>');
    else if ((c == 'g' || c == 'k') && open == '\'')
        skip_quoted(r);
    else if (c == 'p' || c == 'P') /* \pL */
        pass(r);
    else if (c == 'x' || c == 'g' || is_digit(c))
        while (r->i < r->s.n &&
               (is_digit(peek(r, 0)) || peek(r, 0) == '+' || peek(r, 0) == '-' ||
                (c == 'x' && ((peek(r, 0) | 0x20) >= 'a') &&
                 ((peek(r, 0) | 0x20) <= 'f'))))
            r->i++;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Behind a backslash: a set of characters; false: something else was skipped. */
static bool escape(struct reader *r, struct set *out)
{
    char c = peek(r, 0);
    *out = (struct set){0};
    pass(r);
    if (c == 0 || c == 'Q' || c == 'E')
        r->lost = true;
    else if (!is_letter(c) && !is_digit(c))
        add_char(out, c);
    else if ((c != 'N' || peek(r, 0) != '{') && escaped_set(c, out))
        return true;
    else
        skip_escape(r, c);
    return !byteset_empty(&out->ascii) || out->wide;
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
    return escape(r, &s) ? of_set(r, s) : anything(r);
}

static bool posix_class(struct reader *r, struct set *out)
{
    if (peek(r, 0) != '[' ||
        (peek(r, 1) != ':' && peek(r, 1) != '.' && peek(r, 1) != '='))
        return false;
    struct set s = {0};
    if (skip(r, "[:digit:]")) {
        s.ascii = digits;
    } else if (skip(r, "[:alpha:]") || skip(r, "[:alnum:]") || skip(r, "[:upper:]") ||
               skip(r, "[:lower:]") || skip(r, "[:word:]") || skip(r, "[:xdigit:]")) {
        s.ascii = words;
        r->loose = true;
    } else {
        skip_past(r, ']');
        s = set_not(s);
        r->loose = true;
    }
    add_set(out, s);
    return true;
}

/* The last character of a range, behind its dash; false: it is no single ASCII one. */
static bool range_end(struct reader *r, char *out)
{
    struct set s;
    *out = peek(r, 0);
    r->i++;
    if (*out != '\\')
        return (unsigned char)*out < 0x80;
    if (!escape(r, &s) || s.wide || byteset_count(&s.ascii) != 1)
        return false;
    for (unsigned c = 0; c < 0x80; c++)
        if (byteset_has(&s.ascii, (uint8_t)c))
            *out = (char)c;
    return true;
}

/* One member of a class: a character, a range, an escape. */
static void class_item(struct reader *r, struct set *all)
{
    struct set s = {0};
    char c = peek(r, 0), to;
    bool single = (unsigned char)c < 0x80, known = true;
    r->i++;
    if (c == '\\') {
        known = escape(r, &s);
        single = known && !s.wide && byteset_count(&s.ascii) == 1;
        for (unsigned k = 0; single && k < 0x80; k++)
            c = byteset_has(&s.ascii, (uint8_t)k) ? (char)k : c;
    } else {
        add_char(&s, c);
    }
    if (peek(r, 0) == '-' && peek(r, 1) != ']' && r->i + 1 < r->s.n) {
        r->i++;
        if (range_end(r, &to) && single)
            byteset_add_range(&s.ascii, (uint8_t)c, (uint8_t)to);
        else
            known = false;
    }
    if (!known) {
        s = (struct set){ascii, true};
        r->loose = true;
    }
    add_set(all, s);
}

/* Behind the [. What is in the class but not known to be must not be taken out by ^. */
static struct part class(struct reader *r)
{
    struct set s = {0};
    bool negative = skip(r, "^"), before = r->loose;
    r->loose = false;
    for (bool first = true; r->i < r->s.n; first = false) {
        if (peek(r, 0) != ']' || first) {
            if (!posix_class(r, &s))
                class_item(r, &s);
            continue;
        }
        r->i++;
        bool loose = r->loose;
        r->loose = before;
        if (negative && r->caseless)
            fold(&s);
        if (negative)
            s = loose ? (struct set){ascii, true} : set_not(s);
        struct part p = of_set(r, s);
        p.prefix.exact &= !loose;
        return p;
    }
    r->lost = true;
    return anything(r);
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
        skip_past(r, ')');
        return nothing(r);
    }
    if (call)
        return skip_past(r, ')');
    char kind = c == '<' ? d : c;
    if (kind == '=' || kind == '!' || kind == '*') {
        struct part p = look(r);
        r->lost |= !skip(r, ")");
        return p;
    }
    if (c == '<' || (c == 'P' && d == '<')) {
        skip_past(r, '>');
    } else if (c == '\'') {
        skip_quoted(r);
    } else if (c == '>' || c == '|' || options(r)) {
        r->i++;
    } else {
        skip_past(r, ')'); /* (?i) */
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
        p = of_set(r, (struct set){ascii, true});
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
