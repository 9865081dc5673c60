#include "report/excerpt.h"

#include <assert.h>

#include "json/utf8.h"

#define ALIKE 4u /* bytes in common that say nothing */

/* Is `at` between two characters of a value, and not inside \n or é? */
static bool is_border(struct str s, size_t at)
{
    if (at == 0 || at >= s.n)
        return true;
    assert(s.p);
    if (utf8_follows(s.p[at]))
        return false;
    for (size_t back = 1; back <= 5 && back <= at; back++) {
        size_t i = at - back, slashes = 0;
        while (slashes <= i && s.p[i - slashes] == '\\')
            slashes++;
        if (slashes % 2) /* an escape begins at i */
            return back >= (i + 1 < s.n && s.p[i + 1] == 'u' ? 6u : 2u);
    }
    return true;
}

static size_t border_down(struct str s, size_t at)
{
    while (!is_border(s, at))
        at--;
    return at;
}

static size_t border_up(struct str s, size_t at)
{
    while (!is_border(s, at))
        at++;
    return at;
}

static void cut_end(struct str *s, size_t bytes, bool *out_cut)
{
    *out_cut = s->n > bytes;
    if (*out_cut)
        s->n = border_down(*s, bytes);
}

/* How many bytes both begin with, and, of the rest, end with. */
static void common(struct str a, struct str b, size_t *out_front, size_t *out_back)
{
    size_t n = a.n < b.n ? a.n : b.n, front = 0, back = 0;
    while (front < n && a.p[front] == b.p[front])
        front++;
    while (!is_border(a, front) || !is_border(b, front))
        front--;
    while (back < n - front && a.p[a.n - 1 - back] == b.p[b.n - 1 - back])
        back++;
    while (!is_border(a, a.n - back) || !is_border(b, b.n - back))
        back--;
    *out_front = front;
    *out_back = back;
}

struct excerpt excerpt_of(struct str value, struct str other, size_t bytes)
{
    struct excerpt x = {.differs = value};
    size_t front = 0, back = 0;
    if (value.p && other.p)
        common(value, other, &front, &back);
    x.before = str_n(value.p, front);
    x.differs = str_n(value.p ? value.p + front : NULL, value.n - front - back);
    x.after = str_n(value.p ? value.p + value.n - back : NULL, back);
    x.alike = front + back > ALIKE && x.differs.n;
    if (value.n <= bytes)
        return x;
    size_t room = x.differs.n < bytes / 2 ? bytes - x.differs.n : bytes / 2;
    size_t ahead = room - (x.after.n < room / 2 ? x.after.n : room / 2);
    x.cut_before = x.before.n > ahead;
    if (x.cut_before)
        x.before = str_from(x.before, border_up(value, x.before.n - ahead));
    size_t rest = bytes - x.before.n;
    cut_end(&x.differs, rest, &x.cut_differs);
    cut_end(&x.after, rest - x.differs.n, &x.cut_after);
    return x;
}
