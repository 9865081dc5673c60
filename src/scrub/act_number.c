#include <math.h>

#include "doc/doc.h"
#include "scrub/act.h"
#include "scrub/act_with.h"
#include "scrub/decimal.h"
#include "scrub/draw.h"

/* Numbers, and texts that are a JSON number. What is none, or has more digits than
 * DECIMAL_DIGITS, is redacted; null and empty texts stay.
 *   noise: v + v * noise * u, u from -1 to 1 by the HMAC of v, rounded to v's own
 * digits round: to the nearest multiple, halves away from 0 bucket: down to a multiple
 */
struct number {
    struct act_keyed keyed; /* first, see act_namespace() */
    int64_t millionths;     /* noise */
    uint64_t round, bucket;
};

static const char *const params[] = {"noise",     "round", "bucket",
                                     "namespace", "scope", NULL};

static enum err check(const struct doc_node *with, struct arena *a, void **out_params,
                      struct error *e)
{
    struct number *n = ARENA_NEW(a, struct number);
    const struct doc_node *noise = doc_get(with, "noise");
    double share = 0;
    TRY(with_known(with, params, e));
    if (noise && (!doc_double(noise, &share) || !(share >= 0.000001 && share <= 1)))
        return with_refuse(with, "noise", "a share from 0.000001 to 1", e);
    n->millionths = llround(share * 1e6);
    TRY(with_uint(with, "round", DECIMAL_UNIT, &n->round, e));
    TRY(with_uint(with, "bucket", DECIMAL_UNIT, &n->bucket, e));
    TRY(with_keyed(with, "number", a, &n->keyed, e));
    if ((n->millionths != 0) + (n->round != 0) + (n->bucket != 0) != 1)
        return with_refuse(with, "noise", "one of noise, round or bucket", e);
    *out_params = n;
    return ERR_OK;
}

/* mantissa * share * u: 60 + 20 + 33 bits. */
static int64_t noise_of(struct act_thread *t, const struct number *n, struct str text,
                        int64_t mantissa)
{
    struct space space;
    struct draw draw;
    space_of(t, &n->keyed, &space);
    draw_start(&draw, t, space_str(&space), text);
    int64_t u =
        (int64_t)draw_below(&draw, (UINT64_C(1) << 33) + 1) - (INT64_C(1) << 32);
    /* Halves away from 0. By 2^32 first: what is left is mostly a machine word. */
    wide product = (wide)mantissa * n->millionths * u;
    wide size = product < 0 ? -product : product;
    size = (size + ((wide)500000 << 32)) >> 32;
    int64_t result =
        (int64_t)(size >> 63 ? size / 1000000 : (wide)((uint64_t)size / 1000000));
    return product < 0 ? -result : result;
}

/* 12.50 and 12.5 are one number: both get the same noise, and keep their places. */
static void add_noise(struct act_thread *t, const struct number *n, struct decimal *d)
{
    struct buf *text = &t->scratch;
    unsigned places = d->places;
    buf_clear(text);
    while (d->places && d->mantissa % 10 == 0) {
        d->mantissa /= 10;
        d->places--;
    }
    decimal_write(d, text);
    d->mantissa += noise_of(t, n, buf_str(text), d->mantissa);
    for (; d->places < places; d->places++)
        d->mantissa *= 10;
}

static enum err apply(struct act_thread *t, const void *p, const struct act_value *in,
                      struct act_result *out, struct error *e)
{
    const struct number *n = p;
    struct decimal d;
    if (in->kind == ACT_NULL || in->text.n == 0) {
        buf_add_str(out->out, in->text);
        return ERR_OK;
    }
    bool known = in->kind != ACT_BOOL && decimal_read(in->text, &d);
    if (known && n->millionths)
        add_noise(t, n, &d);
    else if (known && n->round)
        known = decimal_round(&d, n->round, DECIMAL_NEAREST);
    else if (known)
        known = decimal_round(&d, n->bucket, DECIMAL_DOWN);
    if (!known)
        return act_redact.apply(t, NULL, in, out, e);
    decimal_write(&d, out->out);
    return ERR_OK;
}

const struct action act_number = {
    .name = "number",
    .summary = "adds noise, rounds, or cuts to buckets",
    .params = params,
    .keyed = true,
    .check = check,
    .apply = apply,
};
