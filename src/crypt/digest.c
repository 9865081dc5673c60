#include "crypt/digest.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "crypt/openssl.h"

struct sha256 {
    EVP_MD_CTX *ctx;
};

struct sha256 *sha256_new(void)
{
    struct sha256 *d = NEW(struct sha256);
    d->ctx = EVP_MD_CTX_new();
    crypt_must(d->ctx != NULL);
    crypt_must(EVP_DigestInit_ex2(d->ctx, crypt_sha256(), NULL));
    return d;
}

void sha256_free(struct sha256 *d)
{
    if (!d)
        return;
    EVP_MD_CTX_free(d->ctx);
    free(d);
}

void sha256_add(struct sha256 *d, struct str s)
{
    if (s.n)
        crypt_must(EVP_DigestUpdate(d->ctx, s.p, s.n));
}

void sha256_end(struct sha256 *d, uint8_t out[SHA256_SIZE])
{
    crypt_must(EVP_DigestFinal_ex(d->ctx, out, NULL));
    crypt_must(EVP_DigestInit_ex2(d->ctx, NULL, NULL));
}

void sha256_of(struct str s, uint8_t out[SHA256_SIZE])
{
    crypt_must(EVP_Digest(s.n ? s.p : "", s.n, out, NULL, crypt_sha256(), NULL));
}

void hex_add(struct buf *out, const uint8_t *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char *at = buf_room(out, 2 * n);
    for (size_t i = 0; i < n; i++) {
        at[2 * i] = digits[p[i] >> 4];
        at[2 * i + 1] = digits[p[i] & 15];
    }
    out->n += 2 * n;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool hex_read(struct str s, uint8_t *out, size_t n)
{
    if (s.n % 2 || s.n / 2 != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int high = digit_of(s.p[2 * i]), low = digit_of(s.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
