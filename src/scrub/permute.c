#include "scrub/permute.h"

#include <assert.h>

#include "crypt/ff1.h"
#include "crypt/key.h"
#include "scrub/act_with.h"
#include "scrub/draw.h"
#include "scrub/memo.h"

/* A number of at most FF1_BITS bits, as nearly all are. */
__extension__ typedef unsigned __int128 wide;
#define RADIX_BITS 7 /* of a radix, at most 64 */

/* A longer one. */
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

/* What all values of one shape share. The tweak is of one length whatever the shape's.
 */
struct shared {
    uint8_t tweak[32];
    uint8_t head[FF1_HEAD]; /* for `bits` from FF1_BITS_LEAST to FF1_BITS */
};

static struct str tweak_of(const struct shared *s)
{
    return str_n((const char *)s->tweak, sizeof s->tweak);
}

static void share(struct act_thread *t, struct str space, struct str shape, size_t bits,
                  struct shared *out)
{
    bool is_short = bits >= FF1_BITS_LEAST && bits <= FF1_BITS;
    struct memo_key key;
    bool fits = memo_key(&key, is_short ? (uint8_t)bits : MEMO_SHAPE, space, shape);
    struct str known = fits ? memo_get(t->memo, &key) : str_n(NULL, 0);
    if (known.n == sizeof *out) {
        memcpy(out, known.p, sizeof *out);
        return;
    }
    struct space sub;
    space_sub(space, "shape", &sub);
    mac_value(t->mac, space_str(&sub), shape, out->tweak);
    memset(out->head, 0, sizeof out->head);
    if (is_short)
        ff1_bits_head(t->ff1, tweak_of(out), (unsigned)bits, out->head);
    if (fits)
        memo_put(t->memo, &key, str_n((const char *)out, sizeof *out));
}

static inline uint8_t cut(uint64_t *x, unsigned radix)
{
    uint64_t v = *x;
    *x = v / radix;
    return (uint8_t)(v % radix);
}

/* The last digit of x, which is divided by the radix. Compilers divide by what they
 * know by multiplying. */
static uint8_t last_digit(uint64_t *x, unsigned radix)
{
    switch (radix) {
    case 9: return cut(x, 9);
    case 10: return cut(x, 10);
    case 16: return cut(x, 16);
    case 26: return cut(x, 26);
    case 32: return cut(x, 32);
    case 62: return cut(x, 62);
    default: return cut(x, radix);
    }
}

/* x / divisor for x of more than 64 bits; the remainder. */
static uint64_t divide_wide(wide *x, uint32_t divisor)
{
    uint64_t high = (uint64_t)(*x >> 64), low = (uint64_t)*x;
    uint64_t middle = high % divisor << 32 | low >> 32;
    uint64_t end = middle % divisor << 32 | (uint32_t)low;
    *x = (wide)(high / divisor) << 64 | (middle / divisor << 32 | end / divisor);
    return end % divisor;
}

static void short_digits(wide x, struct digits *d)
{
    size_t i = d->n;
    while (x >> 64) { /* as many digits at once as 32 bits hold */
        uint64_t group = 1;
        size_t from = i;
        while (from > 0 && group * d->radix[from - 1] <= UINT32_MAX)
            group *= d->radix[--from];
        uint64_t rest = divide_wide(&x, (uint32_t)group);
        while (i > from) {
            i--;
            d->digit[i] = last_digit(&rest, d->radix[i]);
        }
    }
    uint64_t v = (uint64_t)x;
    while (i-- > 0)
        d->digit[i] = last_digit(&v, d->radix[i]);
}

/* The number and how many there are; false when that passes 2^121. */
static bool short_number(const struct digits *d, wide *out_x, wide *out_all)
{
    uint64_t word = 0, words = 1;
    size_t i = 0;
    for (; i < d->n && words >> (64 - RADIX_BITS) == 0; i++) {
        assert(d->digit[i] < d->radix[i]);
        words *= d->radix[i];
        word = word * d->radix[i] + d->digit[i];
    }
    wide x = word, all = words;
    for (; i < d->n; i++) {
        assert(d->digit[i] < d->radix[i]);
        if (all >> (FF1_BITS - RADIX_BITS))
            return false;
        all *= d->radix[i];
        x = x * d->radix[i] + d->digit[i];
    }
    *out_x = x;
    *out_all = all;
    return true;
}

static size_t short_bits(wide all)
{
    wide last = all - 1;
    uint64_t high = (uint64_t)(last >> 64), low = (uint64_t)last;
    if (high)
        return 128 - (size_t)__builtin_clzll(high);
    return low ? 64 - (size_t)__builtin_clzll(low) : 0;
}

static void permute_short(struct act_thread *t, struct str space, struct str shape,
                          wide x, wide all, struct digits *d)
{
    struct shared s;
    size_t bits = short_bits(all), low = bits - bits / 2;
    share(t, space, shape, bits, &s);
    if (all < FF1_DOMAIN) {
        draw_digits(t, space, tweak_of(&s), d);
        return;
    }
    const wide mask = ((wide)1 << low) - 1;
    uint64_t half[2] = {(uint64_t)(x >> low), (uint64_t)(x & mask)};
    do {
        ff1_encrypt_bits(t->ff1, s.head, (unsigned)bits, half);
        x = (wide)half[0] << low | half[1];
    } while (x >= all);
    short_digits(x, d);
}

static enum err permute_long(struct act_thread *t, struct str space, struct str shape,
                             struct digits *d, struct error *e)
{
    struct natural x = {.n = 0}, all = {.limb = {1}, .n = 1};
    struct shared s;
    bool fits = true;
    for (size_t i = 0; i < d->n && fits; i++)
        fits = multiply_add(&all, d->radix[i], 0) &&
               multiply_add(&x, d->radix[i], d->digit[i]);
    size_t bits = fits ? bits_below(&all) : 0;
    share(t, space, shape, 0, &s);
    if (!fits || bits > PERMUTE_BITS) {
        draw_digits(t, space, tweak_of(&s), d);
        return ERR_OK;
    }
    uint16_t bit[PERMUTE_BITS];
    to_bits(&x, bit, bits);
    do {
        TRY(ff1_encrypt(t->ff1, 2, tweak_of(&s), bit, bits, e));
        from_bits(bit, bits, &x);
    } while (!is_below(&x, &all));
    for (size_t i = d->n; i-- > 0;)
        d->digit[i] = (uint8_t)divide(&x, d->radix[i]);
    return ERR_OK;
}

enum err permute(struct act_thread *t, struct str space, struct str shape,
                 struct digits *d, struct error *e)
{
    wide x, all;
    if (!d->n)
        return ERR_OK;
    if (!short_number(d, &x, &all))
        return permute_long(t, space, shape, d, e);
    permute_short(t, space, shape, x, all, d);
    return ERR_OK;
}
