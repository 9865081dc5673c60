#include "scrub/permute.h"

#include <assert.h>

#include "crypt/ff1.h"
#include "crypt/key.h"
#include "scrub/act_with.h"
#include "scrub/draw.h"

#define LIMBS (PERMUTE_BITS / 32 + 2)

/* A natural number, least limb first; limbs at and past n are not there. */
struct natural {
    uint32_t limb[LIMBS];
    size_t n;
};

/* x = x * factor + plus; false when it does not fit. */
static bool multiply_add(struct natural *x, uint32_t factor, uint32_t plus)
{
    uint64_t carry = plus;
    for (size_t i = 0; i < x->n; i++) {
        carry += (uint64_t)x->limb[i] * factor;
        x->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (!carry)
        return true;
    if (x->n == LIMBS)
        return false;
    x->limb[x->n++] = (uint32_t)carry;
    return true;
}

/* x = x / divisor; the remainder. */
static uint32_t divide(struct natural *x, uint32_t divisor)
{
    uint64_t rest = 0;
    for (size_t i = x->n; i-- > 0;) {
        rest = rest << 32 | x->limb[i];
        x->limb[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    while (x->n && x->limb[x->n - 1] == 0)
        x->n--;
    return (uint32_t)rest;
}

static bool is_below(const struct natural *x, const struct natural *y)
{
    if (x->n != y->n)
        return x->n < y->n;
    for (size_t i = x->n; i-- > 0;)
        if (x->limb[i] != y->limb[i])
            return x->limb[i] < y->limb[i];
    return false;
}

static size_t bits_of(const struct natural *x)
{
    return x->n ? 32 * x->n - (size_t)__builtin_clz(x->limb[x->n - 1]) : 0;
}

/* The bits that number all values below N: the length of N - 1. */
static size_t bits_below(const struct natural *n)
{
    size_t bits = bits_of(n);
    bool power = true;
    for (size_t i = 0; i + 1 < n->n; i++)
        power &= n->limb[i] == 0;
    power &= n->n && (n->limb[n->n - 1] & (n->limb[n->n - 1] - 1)) == 0;
    return power ? bits - 1 : bits;
}

static void to_bits(const struct natural *x, uint16_t *bit, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = n - 1 - i;
        bit[i] = k / 32 < x->n ? x->limb[k / 32] >> k % 32 & 1 : 0;
    }
}

static void from_bits(const uint16_t *bit, size_t n, struct natural *x)
{
    memset(x, 0, sizeof *x);
    for (size_t i = 0; i < n; i++) {
        size_t k = n - 1 - i;
        x->limb[k / 32] |= (uint32_t)bit[i] << k % 32;
        if (bit[i] && x->n <= k / 32)
            x->n = k / 32 + 1;
    }
}

static void draw_digits(struct act_thread *t, struct str space, struct str tweak,
                        struct digits *d)
{
    struct draw draw;
    struct space sub;
    space_sub(space, "digits", &sub);
    buf_clear(&t->scratch);
    buf_add_str(&t->scratch, tweak);
    buf_add(&t->scratch, d->digit, d->n);
    draw_start(&draw, t, space_str(&sub), buf_str(&t->scratch));
    for (size_t i = 0; i < d->n; i++)
        d->digit[i] = (uint8_t)draw_below(&draw, d->radix[i]);
}

enum err permute(struct act_thread *t, struct str space, struct str shape,
                 struct digits *d, struct error *e)
{
    struct natural x = {.n = 0}, all = {.limb = {1}, .n = 1};
    bool fits = true;
    for (size_t i = 0; i < d->n && fits; i++) {
        assert(d->digit[i] < d->radix[i]);
        fits = multiply_add(&all, d->radix[i], 0) &&
               multiply_add(&x, d->radix[i], d->digit[i]);
    }
    /* The tweak is of one length whatever the shape's. */
    struct space sub;
    uint8_t bytes[32];
    struct str tweak = str_n((const char *)bytes, sizeof bytes);
    space_sub(space, "shape", &sub);
    mac_value(t->mac, space_str(&sub), shape, bytes);
    size_t bits = fits ? bits_below(&all) : 0;
    if (!fits || bits > PERMUTE_BITS || (all.n == 1 && all.limb[0] < FF1_DOMAIN)) {
        draw_digits(t, space, tweak, d);
        return ERR_OK;
    }
    uint16_t bit[PERMUTE_BITS];
    to_bits(&x, bit, bits);
    do {
        TRY(ff1_encrypt(t->ff1, 2, tweak, bit, bits, e));
        from_bits(bit, bits, &x);
    } while (!is_below(&x, &all));
    for (size_t i = d->n; i-- > 0;)
        d->digit[i] = (uint8_t)divide(&x, d->radix[i]);
    return ERR_OK;
}
