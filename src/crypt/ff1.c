/*
 * The names of SP 800-38G, algorithms 7 and 8, are kept where they are short: u, v, b,
 * d, P, Q, R, S, y. Encryption and decryption are one loop: a round makes a number y
 * from one half and adds it to, or takes it from, the other one; then the halves change
 * places. Rounds are ten, so they end where they began.
 */
#include "crypt/ff1.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "crypt/ff1_paths.h"
#include "crypt/openssl.h"

#define BLOCK  16
#define ROUNDS 10
#define HALF   (FF1_NUMERALS / 2)
#define B_MAX  (HALF * 2)  /* bytes of a half: 16 bits a numeral */
#define D_MAX  (B_MAX + 4) /* d = 4 * ceil(b / 4) + 4 */
#define LIMBS  (D_MAX / 4 + 1)
#define Q_MAX  (2 * BLOCK + BLOCK + B_MAX) /* behind the tweak's whole blocks */

/* Numbers below 2^96, so that b <= 12 and d <= 16: one block of S, one wide number y.
 */
#define SHORT_BITS 96
__extension__ typedef unsigned __int128 wide;

struct ff1 {
    EVP_CIPHER_CTX *aes;
    bool only_long;
    /* Of the call: */
    uint32_t radix;
    size_t b, d;
    uint8_t prefix[BLOCK]; /* the CBC-MAC of P and the tweak's whole blocks */
    uint8_t q[Q_MAX];      /* the rest of Q */
    size_t n_q;
    uint8_t s[D_MAX + BLOCK];
    /* Of long strings: */
    uint32_t limbs[LIMBS]; /* least significant first */
    uint16_t y[HALF];
};

struct ff1 *ff1_new(const uint8_t *key, size_t key_size)
{
    assert(key_size == 16 || key_size == 24 || key_size == 32);
    struct ff1 *f = NEW(struct ff1);
    const EVP_CIPHER *cipher = key_size == 16   ? EVP_aes_128_ecb()
                               : key_size == 24 ? EVP_aes_192_ecb()
                                                : EVP_aes_256_ecb();
    f->aes = EVP_CIPHER_CTX_new();
    crypt_must(f->aes != NULL);
    crypt_must(EVP_EncryptInit_ex2(f->aes, cipher, key, NULL, NULL));
    crypt_must(EVP_CIPHER_CTX_set_padding(f->aes, 0));
    return f;
}

void ff1_free(struct ff1 *f)
{
    if (!f)
        return;
    EVP_CIPHER_CTX_free(f->aes);
    explicit_bzero(f, sizeof *f);
    free(f);
}

void ff1_only_long(struct ff1 *f)
{
    f->only_long = true;
}

static void cipher_block(struct ff1 *f, const uint8_t in[BLOCK], uint8_t out[BLOCK])
{
    int n;
    crypt_must(EVP_EncryptUpdate(f->aes, out, &n, in, BLOCK));
}

/* PRF, algorithm 6: CBC-MAC, going on from `state` over n bytes (whole blocks). */
static void chain(struct ff1 *f, uint8_t state[BLOCK], const uint8_t *p, size_t n)
{
    for (; n > 0; p += BLOCK, n -= BLOCK) {
        for (int i = 0; i < BLOCK; i++)
            state[i] ^= p[i];
        cipher_block(f, state, state);
    }
}

static void put_be32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* The CBC-MAC of P (step 5) and of the tweak's whole blocks, which begin Q. */
static void chain_head(struct ff1 *f, uint32_t radix, size_t n, struct str tweak,
                       uint8_t out[BLOCK])
{
    uint8_t p[BLOCK] = {1, 2, 1};
    put_be32(p + 2, radix); /* three bytes; the first of the four is 0 … */
    p[2] = 1;               /* … and belongs to what stands before it */
    p[6] = ROUNDS;
    p[7] = (uint8_t)(n / 2 % 256);
    put_be32(p + 8, (uint32_t)n);
    put_be32(p + 12, (uint32_t)tweak.n);
    memset(out, 0, BLOCK);
    chain(f, out, p, BLOCK);
    chain(f, out, (const uint8_t *)tweak.p, tweak.n / BLOCK * BLOCK);
}

/* Steps 3 to 5 and all of step 6.ii that is the same in every round; b is known. */
static void prepare(struct ff1 *f, size_t n, struct str tweak)
{
    size_t whole = tweak.n / BLOCK * BLOCK, rest = tweak.n - whole;
    chain_head(f, f->radix, n, tweak, f->prefix);
    size_t zeros = (BLOCK - (tweak.n + f->b + 1) % BLOCK) % BLOCK;
    f->n_q = rest + zeros + 1 + f->b;
    f->d = (f->b + 3) / 4 * 4 + 4;
    memset(f->q, 0, f->n_q);
    if (rest)
        memcpy(f->q, tweak.p + whole, rest);
}

/* Steps 6.i to 6.iii: S from the round and the half that stands at the end of q. */
static void expand(struct ff1 *f, uint8_t round)
{
    uint8_t *r = f->s;
    f->q[f->n_q - f->b - 1] = round;
    memcpy(r, f->prefix, BLOCK);
    chain(f, r, f->q, f->n_q);
    for (size_t j = 1; j * BLOCK < f->d; j++) {
        uint8_t in[BLOCK], number[4];
        memcpy(in, r, BLOCK);
        put_be32(number, (uint32_t)j);
        for (int i = 0; i < 4; i++)
            in[BLOCK - 4 + i] ^= number[i];
        cipher_block(f, in, f->s + j * BLOCK);
    }
}

/* radix^n, or 0 when that is 2^96 or more. */
static wide power(uint32_t radix, size_t n)
{
    wide p = 1;
    while (n-- > 0) {
        p *= radix;
        if (p >> SHORT_BITS)
            return 0;
    }
    return p;
}

static wide short_number(const uint16_t *x, size_t n, uint32_t radix)
{
    wide v = 0;
    for (size_t i = 0; i < n; i++)
        v = v * radix + x[i];
    return v;
}

static void short_digits(wide v, uint16_t *x, size_t n, uint32_t radix)
{
    while (n-- > 0) {
        x[n] = (uint16_t)(v % radix);
        v /= radix;
    }
}

/* y mod `modulus`; a division of 64 bits, where that does, is several times faster. */
static wide short_y(const struct ff1 *f, wide modulus)
{
    wide y = 0;
    for (size_t i = 0; i < f->d; i++)
        y = y << 8 | f->s[i];
    return f->d <= 8 ? (uint64_t)y % (uint64_t)modulus : y % modulus;
}

static void run_short(struct ff1 *f, struct str tweak, uint16_t *x, size_t n, bool back)
{
    size_t u = n / 2;
    wide size[2] = {power(f->radix, u), power(f->radix, n - u)};
    wide half[2] = {short_number(x, u, f->radix), short_number(x + u, n - u, f->radix)};
    f->b = 0;
    for (wide top = size[1] - 1; top; top >>= 8)
        f->b++;
    prepare(f, n, tweak);
    for (int k = 0; k < ROUNDS; k++) {
        int round = back ? ROUNDS - 1 - k : k;
        int at = round % 2; /* the half that changes */
        wide from = half[!at];
        for (size_t i = 0; i < f->b; i++, from >>= 8)
            f->q[f->n_q - 1 - i] = (uint8_t)from;
        expand(f, (uint8_t)round);
        wide y = short_y(f, size[at]);
        half[at] += back ? size[at] - y : y;
        if (half[at] >= size[at])
            half[at] -= size[at];
    }
    short_digits(half[0], x, u, f->radix);
    short_digits(half[1], x + u, n - u, f->radix);
}

/* The largest power of the radix, and its exponent, that 32 bits hold: so many numerals
 * are read or made at once. */
static uint32_t group_of(uint32_t radix, size_t *out_n)
{
    uint64_t p = radix;
    *out_n = 1;
    for (; p * radix <= UINT32_MAX; p *= radix)
        ++*out_n;
    return (uint32_t)p;
}

/* NUM_radix(x) into limbs; returns how many. */
static size_t long_number(struct ff1 *f, const uint16_t *x, size_t n)
{
    size_t used = 0, group;
    group_of(f->radix, &group);
    for (size_t i = 0; i < n;) {
        uint64_t factor = 1, carry = 0;
        for (size_t end = i + (n - i) % group + ((n - i) % group ? 0 : group); i < end;
             i++) {
            factor *= f->radix;
            carry = carry * f->radix + x[i];
        }
        for (size_t j = 0; j < used; j++) {
            carry += f->limbs[j] * factor;
            f->limbs[j] = (uint32_t)carry;
            carry >>= 32;
        }
        if (carry)
            f->limbs[used++] = (uint32_t)carry;
    }
    return used;
}

/* The b bytes of [NUM_radix(x)]^b, at the end of q. */
static void long_bytes(struct ff1 *f, const uint16_t *x, size_t n)
{
    size_t used = long_number(f, x, n);
    for (size_t i = 0; i < f->b; i++)
        f->q[f->n_q - 1 - i] =
            i / 4 < used ? (uint8_t)(f->limbs[i / 4] >> (i % 4 * 8)) : 0;
}

/* The last n numerals of y, which are those of y mod radix^n. */
static void long_y(struct ff1 *f, size_t n)
{
    size_t used = f->d / 4, group;
    uint32_t divisor = group_of(f->radix, &group);
    for (size_t i = 0; i < used; i++) {
        const uint8_t *p = f->s + f->d - 4 * (i + 1);
        f->limbs[i] =
            (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    while (n > 0) {
        uint64_t rest = 0;
        for (size_t i = used; i-- > 0;) {
            rest = rest << 32 | f->limbs[i];
            f->limbs[i] = (uint32_t)(rest / divisor);
            rest %= divisor;
        }
        while (used && f->limbs[used - 1] == 0)
            used--;
        for (size_t k = 0; k < group && n > 0; k++, rest /= f->radix)
            f->y[--n] = (uint16_t)(rest % f->radix);
    }
}

/* x = x + y or x - y, mod radix^n, numeral by numeral: the last carry falls off. */
static void long_sum(const struct ff1 *f, uint16_t *x, size_t n, bool back)
{
    uint32_t carry = 0;
    while (n-- > 0) {
        uint32_t v = back ? x[n] + f->radix - f->y[n] - carry : x[n] + f->y[n] + carry;
        bool over = v >= f->radix;
        x[n] = (uint16_t)(over ? v - f->radix : v);
        carry = back ? !over : over;
    }
}

static void run_long(struct ff1 *f, struct str tweak, uint16_t *x, size_t n, bool back)
{
    size_t u = n / 2, size[2] = {u, n - u};
    uint16_t *half[2] = {x, x + u};
    /* b: the bytes of radix^v - 1. */
    for (size_t i = 0; i < size[1]; i++)
        f->y[i] = (uint16_t)(f->radix - 1);
    size_t used = long_number(f, f->y, size[1]);
    f->b = 4 * (used - 1);
    for (uint32_t top = f->limbs[used - 1]; top; top >>= 8)
        f->b++;
    prepare(f, n, tweak);
    for (int k = 0; k < ROUNDS; k++) {
        int round = back ? ROUNDS - 1 - k : k;
        int at = round % 2;
        long_bytes(f, half[!at], size[!at]);
        expand(f, (uint8_t)round);
        long_y(f, size[at]);
        long_sum(f, half[at], size[at], back);
    }
}

static enum err check(uint32_t radix, struct str tweak, const uint16_t *numerals,
                      size_t n, struct error *e)
{
    if (radix < 2 || radix > 65536 || !ff1_domain(radix, n))
        return err_set(e, ERR_SOFTWARE, "FF1 over fewer than %u values", FF1_DOMAIN);
    if (n > FF1_NUMERALS)
        return err_set(e, ERR_LIMIT, "FF1 over more than %d characters", FF1_NUMERALS);
    if (tweak.n > FF1_TWEAK)
        return err_set(e, ERR_LIMIT, "an FF1 tweak of more than %d bytes", FF1_TWEAK);
    for (size_t i = 0; i < n; i++)
        if (numerals[i] >= radix)
            return err_set(e, ERR_SOFTWARE, "an FF1 numeral beyond its radix");
    return ERR_OK;
}

static void run(struct ff1 *f, struct str tweak, uint16_t *numerals, size_t n,
                bool back)
{
    if (!f->only_long && power(f->radix, n - n / 2) != 0)
        run_short(f, tweak, numerals, n, back);
    else
        run_long(f, tweak, numerals, n, back);
}

enum err ff1_encrypt(struct ff1 *f, uint32_t radix, struct str tweak,
                     uint16_t *numerals, size_t n, struct error *e)
{
    TRY(check(radix, tweak, numerals, n, e));
    f->radix = radix;
    run(f, tweak, numerals, n, false);
    return ERR_OK;
}

enum err ff1_decrypt(struct ff1 *f, uint32_t radix, struct str tweak,
                     uint16_t *numerals, size_t n, struct error *e)
{
    TRY(check(radix, tweak, numerals, n, e));
    f->radix = radix;
    run(f, tweak, numerals, n, true);
    return ERR_OK;
}

void ff1_bits_head(struct ff1 *f, struct str tweak, unsigned bits, uint8_t out[BLOCK])
{
    assert(bits >= FF1_BITS_LEAST && bits <= FF1_BITS);
    assert(tweak.n % BLOCK == 0 && tweak.n <= FF1_TWEAK);
    chain_head(f, 2, bits, tweak, out);
}

static uint64_t get_be64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return be64toh(v);
}

/* Written at once: AES reads all of a block, and waits when that comes in parts. */
typedef uint64_t two_words __attribute__((vector_size(BLOCK)));

static void put_block(uint8_t p[BLOCK], uint64_t first, uint64_t second)
{
    two_words v = {htobe64(first), htobe64(second)};
    memcpy(p, &v, sizeof v);
}

/* Behind a tweak of whole blocks Q ends in one block: zeros, the round, b <= 8 bytes of
 * the half; and d <= 12 bytes of S are within R. Modulo a power of two is a mask. */
void ff1_encrypt_bits(struct ff1 *f, const uint8_t head[BLOCK], unsigned bits,
                      uint64_t half[2])
{
    assert(bits >= FF1_BITS_LEAST && bits <= FF1_BITS);
    unsigned u = bits / 2, v = bits - u, b = (v + 7) / 8, d = (b + 3) / 4 * 4 + 4;
    const uint64_t mask[2] = {UINT64_MAX >> (64 - u), UINT64_MAX >> (64 - v)};
    const uint64_t first = get_be64(head), second = get_be64(head + 8);
    uint8_t block[BLOCK];
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned at = round % 2; /* the half that changes */
        uint64_t low = half[!at], high = 0;
        if (b == 8)
            high = round;
        else
            low |= (uint64_t)round << 8 * b;
        put_block(block, first ^ high, second ^ low);
        cipher_block(f, block, block);
        half[at] = (half[at] + get_be64(block + d - 8)) & mask[at];
    }
    explicit_bzero(block, sizeof block);
}

bool ff1_domain(uint32_t radix, size_t n)
{
    uint64_t size = 1;
    while (n-- > 0 && size < FF1_DOMAIN && radix > 1)
        size *= radix;
    return size >= FF1_DOMAIN;
}
