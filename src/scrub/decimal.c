#include "scrub/decimal.h"

#include <assert.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits from i on go into d; the index behind them. */
static size_t digits(struct str s, size_t i, struct decimal *d)
{
    for (; i < s.n && is_digit(s.p[i]); i++)
        d->mantissa = 10 * d->mantissa + (s.p[i] - '0');
    return i;
}

bool decimal_read(struct str s, struct decimal *out)
{
    struct decimal d = {.mantissa = 0};
    bool minus = s.n && s.p[0] == '-';
    size_t from = minus, i = from;
    if (s.n >
        DECIMAL_DIGITS + 8) /* sign, point, e-1234; more digits are counted below */
        return false;
    size_t count = 0;
    for (size_t k = from; k < s.n && (is_digit(s.p[k]) || s.p[k] == '.'); k++)
        count += is_digit(s.p[k]);
    if (count > DECIMAL_DIGITS)
        return false;
    i = digits(s, i, &d);
    if (i == from || (s.p[from] == '0' && i > from + 1))
        return false;
    if (i < s.n && s.p[i] == '.') {
        size_t end = digits(s, i + 1, &d);
        d.places = (unsigned)(end - i - 1);
        if (!d.places)
            return false;
        i = end;
    }
    d.exponent = str_from(s, i);
    if (i < s.n) {
        if (s.p[i] != 'e' && s.p[i] != 'E')
            return false;
        i++;
        i += i < s.n && (s.p[i] == '+' || s.p[i] == '-');
        size_t begin = i;
        while (i < s.n && is_digit(s.p[i]))
            i++;
        if (i == begin || i < s.n)
            return false;
    }
    d.mantissa = minus ? -d.mantissa : d.mantissa;
    *out = d;
    return true;
}

bool decimal_round(struct decimal *d, uint64_t unit, enum decimal_mode mode)
{
    wide step = unit, v = d->mantissa, limit = 1;
    if (d->exponent.n)
        return false;
    for (unsigned i = 0; i < d->places; i++)
        step *= 10;
    for (unsigned i = 0; i < DECIMAL_DIGITS; i++)
        limit *= 10;
    wide rest = v % step;
    v -= rest;
    if (mode == DECIMAL_DOWN)
        v -= rest < 0 ? step : 0;
    else if (2 * (rest < 0 ? -rest : rest) >= step)
        v += rest < 0 ? -step : step;
    if (v >= limit || v <= -limit)
        return false;
    d->mantissa = (int64_t)v;
    return true;
}

void decimal_digits(uint64_t v, unsigned least, struct buf *out)
{
    char text[DECIMAL_LEAST + 20], *end = text + sizeof text, *p = end;
    assert(least <= DECIMAL_LEAST);
    do {
        *--p = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    while ((size_t)(end - p) < least)
        *--p = '0';
    buf_add(out, p, (size_t)(end - p));
}

void decimal_write(const struct decimal *d, struct buf *out)
{
    uint64_t v = d->mantissa < 0 ? -(uint64_t)d->mantissa : (uint64_t)d->mantissa;
    if (d->mantissa < 0)
        buf_add_char(out, '-');
    decimal_digits(v, d->places + 1, out);
    if (d->places) { /* the last digits move up for the point */
        buf_add_char(out, '.');
        char *point = out->p + out->n - 1 - d->places;
        memmove(point + 1, point, d->places);
        *point = '.';
    }
    buf_add_str(out, d->exponent);
}
