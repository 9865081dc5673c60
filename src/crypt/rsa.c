#include "crypt/rsa.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "crypt/openssl.h"

struct rsa_key {
    EVP_PKEY *pair;
};

static void free_context(EVP_MD_CTX **c)
{
    EVP_MD_CTX_free(*c);
}

static void free_number(BIGNUM **n)
{
    BN_free(*n);
}

enum err rsa_new(struct rsa_key **out, struct error *e)
{
    crypt_sha256(); /* the library is set up as this room wants it */
    EVP_PKEY *pair = EVP_RSA_gen(RSA_BITS);
    if (!pair)
        return err_set(e, ERR_SOFTWARE, "OpenSSL makes no RSA key");
    *out = NEW(struct rsa_key);
    (*out)->pair = pair;
    return ERR_OK;
}

void rsa_free(struct rsa_key *k)
{
    if (!k)
        return;
    EVP_PKEY_free(k->pair);
    free(k);
}

enum err rsa_sign(const struct rsa_key *k, struct str message,
                  uint8_t out[RSA_SIGNATURE], struct error *e)
{
    CLEANUP(free_context) EVP_MD_CTX *c = EVP_MD_CTX_new();
    size_t n = RSA_SIGNATURE;
    if (!c || EVP_DigestSignInit(c, NULL, crypt_sha256(), NULL, k->pair) != 1 ||
        EVP_DigestSign(c, out, &n, (const uint8_t *)message.p, message.n) != 1 ||
        n != RSA_SIGNATURE)
        return err_set(e, ERR_SOFTWARE, "OpenSSL signs nothing");
    return ERR_OK;
}

bool rsa_is_signed(const struct rsa_key *k, struct str message, struct str signature)
{
    CLEANUP(free_context) EVP_MD_CTX *c = EVP_MD_CTX_new();
    return c && signature.n == RSA_SIGNATURE &&
           EVP_DigestVerifyInit(c, NULL, crypt_sha256(), NULL, k->pair) == 1 &&
           EVP_DigestVerify(c, (const uint8_t *)signature.p, signature.n,
                            (const uint8_t *)message.p, message.n) == 1;
}

static void add_number(const struct rsa_key *k, const char *name, struct buf *out)
{
    CLEANUP(free_number) BIGNUM *n = NULL;
    crypt_must(EVP_PKEY_get_bn_param(k->pair, name, &n));
    size_t size = (size_t)BN_num_bytes(n);
    BN_bn2bin(n, (uint8_t *)buf_room(out, size));
    out->n += size;
}

void rsa_public(const struct rsa_key *k, struct buf *modulus, struct buf *exponent)
{
    add_number(k, OSSL_PKEY_PARAM_RSA_N, modulus);
    add_number(k, OSSL_PKEY_PARAM_RSA_E, exponent);
}
