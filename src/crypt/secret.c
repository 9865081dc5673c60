#include "crypt/secret.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

enum err secret_random(uint8_t *out, size_t n, struct error *e)
{
    if (n > INT_MAX || RAND_priv_bytes(out, (int)n) != 1)
        return err_set(e, ERR_SOFTWARE, "OpenSSL has no random bytes");
    return ERR_OK;
}

bool secret_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}
