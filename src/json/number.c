#include "json/number.h"

#include <assert.h>

/* A number taken apart: sign, the written digits from the first that counts to the
 * last, possibly with a point among them, and the exponent as written. */
struct parts {
    bool negative;
    const char *first, *last; /* first..last holds the digits; first == last: zero */
    size_t digits;            /* digits in there */
    int64_t shift;            /* value = d.ddd * 10^(shift + exponent) */
    bool small;               /* the exponent is negative */
    struct str exponent;      /* its digits without leading zeros; may be empty */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_at(struct str s, size_t i)
{
    size_t n = 0;
    while (i + n < s.n && is_digit(s.p[i + n]))
        n++;
    return n;
}

bool number_is_integer(struct str text)
{
    size_t i = text.n > 0 && text.p[0] == '-';
    size_t n = digits_at(text, i);
    if (n == 0 || i + n != text.n)
        return false;
    return text.p[i] != '0' || text.n == 1;
}

bool number_is(struct str text)
{
    size_t i = text.n > 0 && text.p[0] == '-';
    size_t n = digits_at(text, i);
    if (n == 0 || (text.p[i] == '0' && n > 1))
        return false;
    i += n;
    if (i < text.n && text.p[i] == '.') {
        n = digits_at(text, ++i);
        if (n == 0)
            return false;
        i += n;
    }
    if (i < text.n && (text.p[i] | 0x20) == 'e') {
        i++;
        i += i < text.n && (text.p[i] == '+' || text.p[i] == '-');
        n = digits_at(text, i);
        if (n == 0)
            return false;
        i += n;
    }
    return i == text.n;
}

static struct str read_exponent(const char *p, const char *end, bool *negative)
{
    *negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    while (p < end && *p == '0')
        p++;
    return str_n(p, (size_t)(end - p));
}

static struct parts take_apart(struct str token)
{
    assert(number_is(token));
    const char *p = token.p, *end = token.p + token.n;
    struct parts n = {.negative = *p == '-'};
    p += n.negative;
    const char *whole = p;
    while (p < end && is_digit(*p))
        p++;
    const char *point = p; /* where it stands or would */
    if (p < end && *p == '.')
        p++;
    while (p < end && is_digit(*p))
        p++;
    const char *mantissa = p;
    n.exponent = str_n(end, 0);
    if (p < end)
        n.exponent = read_exponent(p + 1, end, &n.small);

    const char *first = whole, *last = mantissa;
    while (first < last && (*first == '0' || *first == '.'))
        first++;
    while (last > first && (last[-1] == '0' || last[-1] == '.'))
        last--;
    n.first = first;
    n.last = last;
    n.digits = (size_t)(last - first);
    if (first < point && point < last)
        n.digits--;
    n.shift = first < point ? point - first - 1 : point - first;
    return n;
}

/* Exponents past this cannot come back into the limits by any shift of NUMBER_DIGITS or
 * of a token that fits in memory. */
#define EXPONENT_FAR ((int64_t)1 << 60)

static int64_t exponent_value(const struct parts *n)
{
    int64_t v = 0;
    for (size_t i = 0; i < n->exponent.n && v < EXPONENT_FAR / 10; i++)
        v = v * 10 + (n->exponent.p[i] - '0');
    return n->small ? -v : v;
}

static void add_exponent(struct buf *out, int64_t exponent)
{
    char text[24];
    size_t n = sizeof text;
    uint64_t rest = exponent < 0 ? -(uint64_t)exponent : (uint64_t)exponent;
    do
        text[--n] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (exponent < 0)
        text[--n] = '-';
    text[--n] = 'e';
    buf_add(out, text + n, sizeof text - n);
}

enum err number_canonical(struct str token, struct buf *out, struct error *e)
{
    struct parts n = take_apart(token);
    if (n.digits == 0) {
        buf_add_char(out, '0');
        return ERR_OK;
    }
    if (n.digits > NUMBER_DIGITS)
        return err_set(e, ERR_LIMIT, "a number of more than %d digits", NUMBER_DIGITS);
    int64_t exponent = exponent_value(&n) + n.shift;
    if (exponent > NUMBER_EXPONENT || exponent < -NUMBER_EXPONENT)
        return err_set(e, ERR_LIMIT, "a number with an exponent beyond 2^31");
    char *to = buf_room(out, n.digits + 2), *p = to;
    if (n.negative)
        *p++ = '-';
    const char *from = n.first;
    *p++ = *from++;
    if (n.digits > 1)
        *p++ = '.';
    for (; from < n.last; from++)
        if (*from != '.')
            *p++ = *from;
    out->n += (size_t)(p - to);
    add_exponent(out, exponent);
    return ERR_OK;
}

/* exponent of a less that of b, exact up to EXPONENT_FAR and a value of the right sign
 * past it: digit by digit from the front, where nothing that follows can turn a
 * difference that large. */
static int64_t exponent_difference(const struct parts *a, const struct parts *b)
{
    size_t width = a->exponent.n > b->exponent.n ? a->exponent.n : b->exponent.n;
    int64_t difference = 0;
    for (size_t i = width; i > 0; i--) {
        int da = i <= a->exponent.n ? a->exponent.p[a->exponent.n - i] - '0' : 0;
        int db = i <= b->exponent.n ? b->exponent.p[b->exponent.n - i] - '0' : 0;
        difference = difference * 10 + (a->small ? -da : da) - (b->small ? -db : db);
        if (difference > EXPONENT_FAR / 20 || difference < -(EXPONENT_FAR / 20))
            return difference > 0 ? EXPONENT_FAR : -EXPONENT_FAR;
    }
    return difference;
}

static int digits_cmp(const struct parts *a, const struct parts *b)
{
    const char *p = a->first, *q = b->first;
    for (;;) {
        p += p < a->last && *p == '.';
        q += q < b->last && *q == '.';
        if (p == a->last || q == b->last)
            return (p < a->last) - (q < b->last); /* what is left ends in no zero */
        if (*p != *q)
            return *p < *q ? -1 : 1;
        p++;
        q++;
    }
}

int number_cmp(struct str a, struct str b)
{
    struct parts x = take_apart(a), y = take_apart(b);
    int sign_x = x.digits == 0 ? 0 : x.negative ? -1 : 1;
    int sign_y = y.digits == 0 ? 0 : y.negative ? -1 : 1;
    if (sign_x != sign_y || sign_x == 0)
        return (sign_x > sign_y) - (sign_x < sign_y);
    int64_t difference = exponent_difference(&x, &y) + x.shift - y.shift;
    int order = difference ? (difference > 0) - (difference < 0) : digits_cmp(&x, &y);
    return sign_x * order;
}
