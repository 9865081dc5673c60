/* Tolerances, on exact decimals. */
#include <math.h>
#include <stdlib.h>

#include "drift/compare_private.h"
#include "json/number.h"

/* Wide enough for two prices and their difference. */
__extension__ typedef __int128 wide;

/* A canonical or plain decimal as an integer times a power of ten, where it fits. */
struct decimal {
    wide digits;
    long exponent;
};

#define DIGITS_MAX 34 /* and four for scaling: below 2^127 */
#define SCALE_MAX  4
/* Far beyond what a canonical number has; sums of some of them fit. */
#define EXPONENT_MAX (1L << 40)

static bool read_decimal(struct str text, struct decimal *out)
{
    bool negative = text.n && text.p[0] == '-', point = false;
    long n = 0;
    *out = (struct decimal){0};
    size_t i = negative;
    for (; i < text.n && text.p[i] != 'e' && text.p[i] != 'E'; i++) {
        if (text.p[i] == '.') {
            point = true;
            continue;
        }
        if (++n > DIGITS_MAX)
            return false;
        out->digits = out->digits * 10 + (text.p[i] - '0');
        out->exponent -= point;
    }
    if (i < text.n) {
        char exponent[24];
        struct str rest = str_from(text, i + 1);
        if (rest.n >= sizeof exponent)
            return false;
        memcpy(exponent, rest.p, rest.n);
        exponent[rest.n] = 0;
        long written = strtol(exponent, NULL, 10);
        if (written > EXPONENT_MAX || written < -EXPONENT_MAX)
            return false;
        out->exponent += written;
    }
    if (negative)
        out->digits = -out->digits;
    return true;
}

static bool scale(struct decimal *d, long exponent)
{
    if (d->digits == 0)
        d->exponent = exponent;
    if (d->exponent - exponent > SCALE_MAX)
        return false;
    for (; d->exponent > exponent; d->exponent--)
        d->digits *= 10;
    return true;
}

static wide magnitude(wide v)
{
    return v < 0 ? -v : v;
}

static bool near_exactly(struct decimal a, struct decimal b, struct decimal t,
                         bool relative, bool *out)
{
    if (relative)
        t.exponent -= 2;
    long least = a.exponent < b.exponent ? a.exponent : b.exponent;
    if (!relative && t.exponent < least)
        least = t.exponent;
    if (!scale(&a, least) || !scale(&b, least) || (!relative && !scale(&t, least)))
        return false;
    wide apart;
    if (__builtin_sub_overflow(a.digits, b.digits, &apart))
        return false;
    apart = magnitude(apart);
    if (!relative) {
        *out = apart <= t.digits;
        return true;
    }
    wide larger = magnitude(a.digits), other = magnitude(b.digits), share;
    if (other > larger)
        larger = other;
    if (__builtin_mul_overflow(larger, t.digits, &share))
        return false;
    for (; apart && t.exponent < 0; t.exponent++)
        if (__builtin_mul_overflow(apart, (wide)10, &apart))
            return false;
    *out = apart <= share;
    return true;
}

/* What is too long for that: to 18 digits, which no tolerance resolves. What no long
 * double holds is near to nothing. */
static bool near_roughly(struct str a, struct str b, const struct place_rules *rules)
{
    char text[3][65]; /* 63 characters and a sign */
    const struct str in[3] = {a, b, rules->tolerance};
    long double v[3];
    for (unsigned i = 0; i < 3; i++) {
        if (in[i].n - (in[i].p[0] == '-') >= sizeof text[i] - 1)
            return false;
        memcpy(text[i], in[i].p, in[i].n);
        text[i][in[i].n] = 0;
        v[i] = strtold(text[i], NULL);
    }
    long double larger = fabsl(v[0]) > fabsl(v[1]) ? fabsl(v[0]) : fabsl(v[1]);
    return isfinite(larger) &&
           fabsl(v[0] - v[1]) <= (rules->relative ? larger * v[2] / 100 : v[2]);
}

bool compare_is_near(struct str a, struct str b, const struct place_rules *rules)
{
    struct decimal x, y, t;
    bool near;
    if (!rules->tolerance.n || !number_is(a) || !number_is(b))
        return false;
    if (read_decimal(a, &x) && read_decimal(b, &y) &&
        read_decimal(rules->tolerance, &t) &&
        near_exactly(x, y, t, rules->relative, &near))
        return near;
    return near_roughly(a, b, rules);
}
