#include "graphql/suggest.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c;
}

/* Takes the digits at *i as a number; as graphql-js, which stops behind a leading 0. */
static double number(struct str s, size_t *i)
{
    double v = 0;
    do
        v = v * 10 + (s.p[(*i)++] - '0');
    while (*i < s.n && is_digit(s.p[*i]) && v > 0);
    return v;
}

/* Numbers inside names compare by value. */
static int natural(struct str a, struct str b)
{
    size_t i = 0, k = 0;
    while (i < a.n && k < b.n) {
        if (is_digit(a.p[i]) && is_digit(b.p[k])) {
            double x = number(a, &i), y = number(b, &k);
            if (x < y || x > y)
                return x < y ? -1 : 1;
        } else {
            if (a.p[i] != b.p[k])
                return (uint8_t)a.p[i] < (uint8_t)b.p[k] ? -1 : 1;
            i++;
            k++;
        }
    }
    return (a.n > b.n) - (a.n < b.n);
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The distance when it is at most `most`, else most + 1. `a` is not shorter than `b`.
 */
static unsigned distance(struct str a, struct str b, unsigned most)
{
    unsigned rows[3][SUGGEST_LENGTH + 1];
    for (unsigned k = 0; k <= b.n; k++)
        rows[0][k] = k;
    for (unsigned i = 1; i <= a.n; i++) {
        unsigned *row = rows[i % 3], *up = rows[(i - 1) % 3], smallest = row[0] = i;
        for (unsigned k = 1; k <= b.n; k++) {
            char x = lower(a.p[i - 1]), y = lower(b.p[k - 1]);
            unsigned v = least(least(up[k] + 1, row[k - 1] + 1), up[k - 1] + (x != y));
            if (i > 1 && k > 1 && x == lower(b.p[k - 2]) && lower(a.p[i - 2]) == y)
                v = least(v, rows[(i - 2) % 3][k - 2] + 1);
            row[k] = v;
            smallest = least(smallest, v);
        }
        if (smallest > most)
            return most + 1;
    }
    return rows[a.n % 3][b.n];
}

static bool same_letters(struct str a, struct str b)
{
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

static unsigned measure(struct suggest *s, struct str candidate, unsigned most)
{
    struct str a = candidate, b = s->name;
    if (str_eq(a, b))
        return 0;
    if (a.n == b.n && same_letters(a, b))
        return 1;
    if (a.n < b.n) {
        a = s->name;
        b = candidate;
    }
    uint64_t cells = (uint64_t)a.n * b.n;
    if (a.n - b.n > most || *s->cells < cells)
        return most + 1;
    *s->cells -= cells;
    return distance(a, b, most);
}

void suggest_init(struct suggest *s, struct str name,
                  uint64_t *cells) /* NOLINT(readability-non-const-parameter): spent */
{
    *s = (struct suggest){.name = name, .cells = cells};
}

void suggest_offer(struct suggest *s, struct str candidate)
{
    unsigned most = (unsigned)(s->name.n * 2 / 5) + 1;
    if (!s->cells || s->name.n > SUGGEST_LENGTH || candidate.n > SUGGEST_LENGTH)
        return;
    unsigned d = measure(s, candidate, most);
    if (d > most)
        return;
    unsigned at = 0;
    while (at < s->n &&
           (s->best[at].distance < d ||
            (s->best[at].distance == d && natural(s->best[at].name, candidate) < 0)))
        at++;
    if (at == SUGGEST_MOST || (at < s->n && str_eq(s->best[at].name, candidate)))
        return;
    if (s->n < SUGGEST_MOST)
        s->n++;
    for (unsigned i = s->n - 1; i > at; i--)
        s->best[i] = s->best[i - 1];
    s->best[at].name = candidate;
    s->best[at].distance = d;
}

void suggest_names(const struct str *names, unsigned n, const char *what,
                   struct buf *out)
{
    if (!n)
        return;
    buf_printf(out, " Did you mean %s%s", what, *what ? " " : "");
    for (unsigned i = 0; i < n; i++) {
        if (i)
            buf_add_str(out, n == 2       ? STR(" or ")
                             : i + 1 == n ? STR(", or ")
                                          : STR(", "));
        buf_printf(out, "\"%.*s\"", STR_ARG(names[i]));
    }
    buf_add_char(out, '?');
}

void suggest_print(const struct suggest *s, const char *what, struct buf *out)
{
    struct str names[SUGGEST_MOST];
    for (unsigned i = 0; i < s->n; i++)
        names[i] = s->best[i].name;
    suggest_names(names, s->n, what, out);
}

bool suggest_before(struct str a, struct str b)
{
    return natural(a, b) < 0;
}
