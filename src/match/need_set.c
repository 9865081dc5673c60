#include "match/need_private.h"

const struct byteset set_digits = {{UINT64_C(0x03ff000000000000), 0, 0, 0}};
const struct byteset set_spaces = {{UINT64_C(0x0000000100003e00), 0, 0, 0}};
const struct byteset set_ascii = {{UINT64_MAX, UINT64_MAX, 0, 0}};

static struct set set_not(struct set s)
{
    return (struct set){byteset_and(set_ascii, byteset_not(s.ascii)), true};
}

void set_add(struct set *s, char c)
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

void set_fold(struct set *s)
{
    if (s->wide) {
        set_add(s, 'k');
        set_add(s, 's');
    }
    for (unsigned c = 'a'; c <= 'z'; c++) {
        bool here = byteset_has(&s->ascii, (uint8_t)c) ||
                    byteset_has(&s->ascii, (uint8_t)(c ^ 0x20));
        if (!here)
            continue;
        byteset_add(&s->ascii, (uint8_t)c);
        byteset_add(&s->ascii, (uint8_t)(c ^ 0x20));
    }
}

void need_skip_past(struct reader *r, char end)
{
    while (r->i < r->s.n && r->s.p[r->i] != end)
        r->i++;
    r->lost |= r->i >= r->s.n;
    pass(r);
}

void need_skip_quoted(struct reader *r)
{
    r->i++;
    need_skip_past(r, '\'');
}

/* The characters that a letter behind a backslash stands for; false: it is none of
 * those. */
static bool escaped_set(char c, struct set *out)
{
    static const char controls[] = "a\ae\33f\fn\nr\rt\t";
    char lower = (char)(c | 0x20);
    for (size_t i = 0; controls[i]; i += 2)
        if (controls[i] == c) {
            set_add(out, controls[i + 1]);
            return true;
        }
    if (c == 'N') {
        set_add(out, '\n');
    } else if (lower == 'd') {
        out->ascii = set_digits;
    } else if (lower == 'w') {
        out->ascii = byteset_words;
    } else if (lower == 's') {
        out->ascii = set_spaces;
    } else if (lower == 'h') {
        set_add(out, ' ');
        set_add(out, '\t');
        out->wide = true;
    } else if (lower == 'v') {
        out->ascii = set_spaces;
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
    if (named && open == '{')
        need_skip_past(r, '}');
    else if ((c == 'g' || c == 'k') && open == '<')
        need_skip_past(r, '>');
    else if ((c == 'g' || c == 'k') && open == '\'')
        need_skip_quoted(r);
    else if (c == 'c' || c == 'p' || c == 'P') /* \cA, \pL */
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

bool need_escape(struct reader *r, struct set *out)
{
    char c = peek(r, 0);
    *out = (struct set){0};
    pass(r);
    if (c == 0 || c == 'Q' || c == 'E')
        r->lost = true;
    else if (!is_letter(c) && !is_digit(c))
        set_add(out, c);
    else if ((c != 'N' || peek(r, 0) != '{') && escaped_set(c, out))
        return true;
    else
        skip_escape(r, c);
    return !byteset_empty(&out->ascii) || out->wide;
}

/* [:^name:] */
static bool skip_named(struct reader *r)
{
    size_t k = 2 + (peek(r, 2) == '^');
    while (is_letter(peek(r, k)))
        k++;
    bool whole = peek(r, 1) == ':' && peek(r, k) == ':' && peek(r, k + 1) == ']';
    r->i += whole ? k + 2 : 0;
    return whole;
}

static bool posix_class(struct reader *r, struct set *out)
{
    if (peek(r, 0) != '[' ||
        (peek(r, 1) != ':' && peek(r, 1) != '.' && peek(r, 1) != '='))
        return false;
    struct set s = {0};
    if (skip(r, "[:digit:]")) {
        s.ascii = set_digits;
    } else if (skip(r, "[:alpha:]") || skip(r, "[:alnum:]") || skip(r, "[:upper:]") ||
               skip(r, "[:lower:]") || skip(r, "[:word:]") || skip(r, "[:xdigit:]")) {
        s.ascii = byteset_words;
        r->loose = true;
    } else if (skip_named(r)) {
        s = set_not(s);
        r->loose = true;
    } else {
        r->lost = true; /* perhaps the characters themselves */
    }
    add_set(out, s);
    return true;
}

/* The one ASCII character of the set. */
static char only(const struct set *s)
{
    char c = 0;
    while (!byteset_has(&s->ascii, (uint8_t)c))
        c++;
    return c;
}

/* The last character of a range, behind its dash; false: it is no single ASCII one. */
static bool range_end(struct reader *r, char *out)
{
    struct set s;
    *out = peek(r, 0);
    r->i++;
    if (*out != '\\')
        return (unsigned char)*out < 0x80;
    if (!need_escape(r, &s) || s.wide || byteset_count(&s.ascii) != 1)
        return false;
    *out = only(&s);
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
        known = need_escape(r, &s);
        single = known && !s.wide && byteset_count(&s.ascii) == 1;
        if (single)
            c = only(&s);
    } else {
        set_add(&s, c);
    }
    if (peek(r, 0) == '-' && peek(r, 1) != ']' && r->i + 1 < r->s.n) {
        r->i++;
        if (range_end(r, &to) && single)
            byteset_add_range(&s.ascii, (uint8_t)c, (uint8_t)to);
        else
            known = false;
    }
    if (!known) {
        s = (struct set){set_ascii, true};
        r->loose = true;
    }
    add_set(all, s);
}

/* What is in the class but not known to be must not be taken out by ^. */
bool need_class(struct reader *r, struct set *out, bool *out_loose)
{
    struct set s = {0};
    bool negative = skip(r, "^");
    r->loose = false;
    for (bool first = true; !r->lost && r->i < r->s.n; first = false) {
        if (peek(r, 0) != ']' || first) {
            if (!posix_class(r, &s))
                class_item(r, &s);
            continue;
        }
        r->i++;
        if (negative && r->caseless)
            set_fold(&s);
        if (negative)
            s = r->loose ? (struct set){set_ascii, true} : set_not(s);
        *out = s;
        *out_loose = r->loose;
        return true;
    }
    r->lost = true;
    return false;
}
