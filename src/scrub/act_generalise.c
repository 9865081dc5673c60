#include <stdio.h>

#include "doc/doc.h"
#include "scrub/act.h"
#include "scrub/act_with.h"
#include "scrub/decimal.h"

/*
 * zip3: the first three digits of a US ZIP code; 000 where fewer than 20,000 people
 * live (45 CFR 164.514(b)(2)(i)(B)). range: "50..99", the bucket of `size` that a
 * number lies in; a fraction is dropped. geohash: the first `precision` characters of a
 * geohash; of a coordinate, or of two with a comma between, as many decimals, the rest
 * cut off. tld: the last label of a host name, in an e-mail address or URL or alone.
 * What is none of that is redacted. null and empty texts stay.
 */
struct generalise {
    size_t kind;
    uint64_t precision, size;
};

enum { ZIP3, RANGE, GEOHASH, TLD };

static const char *const params[] = {"kind", "precision", "size", NULL};

static enum err check(const struct doc_node *with, struct arena *a, void **out_params,
                      struct error *e)
{
    static const char *const kinds[] = {"zip3", "range", "geohash", "tld", NULL};
    struct generalise *g = ARENA_NEW(a, struct generalise);
    g->kind = sizeof kinds;
    g->precision = 1;
    TRY(with_known(with, params, e));
    TRY(with_choice(with, "kind", kinds, &g->kind, e));
    if (g->kind == sizeof kinds)
        return with_refuse(with, "kind", "one of zip3, range, geohash, tld", e);
    TRY(with_uint(with, "precision", 12, &g->precision, e));
    TRY(with_uint(with, "size", DECIMAL_UNIT, &g->size, e));
    if ((g->kind == RANGE) != (g->size > 0))
        return with_refuse(with, "size", "a number from 1 on, with kind range", e);
    if (doc_get(with, "precision") && g->kind != GEOHASH)
        return with_refuse(with, "precision", "goes with kind geohash", e);
    *out_params = g;
    return ERR_OK;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 12345, 12345-6789 or 123456789. */
static bool zip3(struct str s, struct buf *out)
{
    /* ZIP code areas of 20,000 people or fewer by the census of 2000, as listed in the
     * guidance of HHS on de-identification (2012). */
    static const char few[] =
        "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 "
        "890 893 ";
    bool dash = s.n == 10 && s.p[5] == '-';
    if (s.n != 5 && s.n != 9 && !dash)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]) && !(dash && i == 5))
            return false;
    for (const char *t = few; *t; t += 4)
        if (memcmp(t, s.p, 3) == 0) {
            buf_add_str(out, STR("000"));
            return true;
        }
    buf_add(out, s.p, 3);
    return true;
}

static bool range(struct str s, uint64_t size, struct buf *out)
{
    struct decimal d;
    if (!decimal_read(s, &d) || !decimal_round(&d, size, DECIMAL_DOWN))
        return false;
    for (unsigned i = 0; i < d.places; i++)
        d.mantissa /= 10;
    d.places = 0;
    decimal_write(&d, out);
    d.mantissa += (int64_t)size - 1;
    buf_add_str(out, STR(".."));
    decimal_write(&d, out);
    return true;
}

static bool coordinate(struct str s, unsigned places, struct buf *out)
{
    struct decimal d;
    if (!decimal_read(s, &d) || d.exponent.n)
        return false;
    for (; d.places > places; d.places--)
        d.mantissa /= 10;
    decimal_write(&d, out);
    return true;
}

static bool is_geohash(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!s.p[i] || !strchr("0123456789bcdefghjkmnpqrstuvwxyz", s.p[i] | 0x20))
            return false;
    return s.n > 0 && s.n <= 12;
}

static bool geohash(struct str s, unsigned precision, struct buf *out)
{
    const char *comma = memchr(s.p, ',', s.n);
    size_t start = out->n;
    if (!comma) {
        if (coordinate(s, precision, out))
            return true;
        if (is_geohash(s))
            buf_add(out, s.p, s.n < precision ? s.n : precision);
        return is_geohash(s);
    }
    size_t at = (size_t)(comma - s.p), next = at + 1;
    while (next < s.n && s.p[next] == ' ')
        next++;
    bool fits = coordinate(str_n(s.p, at), precision, out);
    buf_add(out, s.p + at, next - at);
    fits = fits && coordinate(str_from(s, next), precision, out);
    if (!fits)
        out->n = start;
    return fits;
}

/* The host's last label: letters, or xn--…; a number would be a part of an address. */
static bool tld(struct str s, struct buf *out)
{
    const char *slashes = memmem(s.p, s.n, "://", 3);
    if (slashes)
        s = str_from(s, (size_t)(slashes + 3 - s.p));
    size_t end = 0;
    while (end < s.n && s.p[end] && !strchr("/?#", s.p[end]))
        end++;
    const char *at = memrchr(s.p, '@', end);
    struct str host =
        at ? str_n(at + 1, (size_t)(s.p + end - at - 1)) : str_n(s.p, end);
    const char *port = host.n ? memrchr(host.p, ':', host.n) : NULL;
    if (port)
        host.n = (size_t)(port - host.p);
    const char *dot = host.n ? memrchr(host.p, '.', host.n) : NULL;
    if (!dot)
        return false;
    struct str label = str_from(host, (size_t)(dot + 1 - host.p));
    bool letters = label.n >= 2 && label.n <= 63;
    for (size_t i = 0; i < label.n; i++) {
        char c = (char)(label.p[i] | 0x20);
        bool encoded = i >= 2 && str_starts(label, STR("xn--")) &&
                       (is_digit(label.p[i]) || label.p[i] == '-');
        letters &= (c >= 'a' && c <= 'z') || encoded;
    }
    if (letters)
        buf_add_str(out, label);
    return letters;
}

static enum err apply(struct act_thread *t, const void *p, const struct act_value *in,
                      struct act_result *out, struct error *e)
{
    const struct generalise *g = p;
    bool done = false;
    if (in->kind == ACT_NULL || in->text.n == 0) {
        buf_add_str(out->out, in->text);
        return ERR_OK;
    }
    if (in->kind != ACT_BOOL) {
        switch (g->kind) {
        case ZIP3: done = zip3(in->text, out->out); break;
        case RANGE: done = range(in->text, g->size, out->out); break;
        case GEOHASH: done = geohash(in->text, (unsigned)g->precision, out->out); break;
        default: done = tld(in->text, out->out); break;
        }
    }
    if (!done)
        return act_redact.apply(t, NULL, in, out, e);
    /* A coordinate stays the number that it was. */
    out->kind = g->kind == GEOHASH ? in->kind : ACT_STRING;
    return ERR_OK;
}

const struct action act_generalise = {
    .name = "generalise",
    .summary = "writes a coarser value instead",
    .params = params,
    .check = check,
    .apply = apply,
};
