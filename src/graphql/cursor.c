#include "graphql/cursor.h"

#include "base/base64.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static const char prefix[] = "arrayconnection:";

/* Offsets have at most 15 digits: no list is longer, and sums stay far from overflow.
 */
#define CURSOR_DIGITS 15
#define CURSOR_TEXT   (sizeof prefix - 1 + CURSOR_DIGITS)

void cursor_add(struct buf *out, int64_t n)
{
    char text[sizeof prefix + 24], *end = text + sizeof text, *p = end;
    do {
        *--p = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    p -= sizeof prefix - 1;
    memcpy(p, prefix, sizeof prefix - 1);
    base64_add_padded(out, p, (size_t)(end - p));
}

/* Into `out`, which has room for CURSOR_TEXT bytes and two; 0: no base64, or more. */
static size_t decode(struct str text, char *out)
{
    size_t n = 0;
    uint32_t v = 0, bits = 0;
    while (text.n && text.p[text.n - 1] == '=')
        text.n--;
    for (size_t i = 0; i < text.n; i++) {
        const char *d = text.p[i] ? strchr(digits, text.p[i]) : NULL;
        if (!d || n >= CURSOR_TEXT)
            return 0;
        v = v << 6 | (uint32_t)(d - digits);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[n++] = (char)(v >> bits & 0xff);
        }
    }
    return n;
}

bool cursor_read(struct str text, int64_t *out)
{
    char plain[CURSOR_TEXT + 2];
    size_t n = decode(text, plain), at = sizeof prefix - 1;
    if (n <= at || memcmp(plain, prefix, at) != 0)
        return false;
    int64_t v = 0;
    for (size_t i = at; i < n; i++) {
        if (plain[i] < '0' || plain[i] > '9')
            return false;
        v = v * 10 + (plain[i] - '0');
    }
    *out = v;
    return true;
}

/* A cursor argument; null and "" are none. */
static int64_t cursor_argument(const struct value *args, const char *name,
                               const char *problem, struct window *w)
{
    const struct value *v = coerce_member(args, str_of(name));
    int64_t at = CURSOR_ABSENT;
    bool given = v && v->kind == VALUE_STRING && v->text.n;
    if (given && !cursor_read(v->text, &at) && !w->problem)
        w->problem = problem;
    return at;
}

static int64_t count_argument(const struct value *args, const char *name,
                              const char *problem, struct window *w)
{
    const struct value *v = coerce_member(args, str_of(name));
    if (!v || v->kind != VALUE_INT)
        return CURSOR_ABSENT;
    if (v->integer < 0 && !w->problem)
        w->problem = problem;
    return v->integer;
}

void window_read(const struct value *args, struct window *out)
{
    *out = (struct window){.end = CURSOR_ABSENT};
    out->first = count_argument(
        args, "first", "Argument \"first\" must be a non-negative integer.", out);
    out->last = count_argument(
        args, "last", "Argument \"last\" must be a non-negative integer.", out);
    out->before = cursor_argument(args, "before",
                                  "Argument \"before\" is not a valid cursor.", out);
    int64_t after = cursor_argument(args, "after",
                                    "Argument \"after\" is not a valid cursor.", out);
    out->start = after + 1; /* CURSOR_ABSENT: 0 */
    if (out->before != CURSOR_ABSENT)
        out->end = out->before;
    if (out->first != CURSOR_ABSENT &&
        (out->end == CURSOR_ABSENT || out->start + out->first < out->end))
        out->end = out->start + out->first;
    if (out->end != CURSOR_ABSENT && out->end < out->start)
        out->end = out->start;
}

void window_cut(struct window *w, int64_t total)
{
    if (w->end == CURSOR_ABSENT || w->end > total)
        w->end = total > w->start ? total : w->start;
    if (w->last != CURSOR_ABSENT && w->end - w->last > w->start)
        w->start = w->end - w->last;
}
