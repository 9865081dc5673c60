/*
 * openssl: what the files of this room share about libcrypto; private to it.
 *
 * Algorithms are fetched once per process: a fetch costs more than a hash of a value.
 */
#ifndef CRYPT_OPENSSL_H
#define CRYPT_OPENSSL_H

#include <openssl/evp.h>
#include <stddef.h>

/* Ends the process unless `result` is 1. For calls that fail only when the installation
 * lacks an algorithm that everything here stands on: without memory nothing returns. */
void crypt_must(int result);

const EVP_MD *crypt_sha256(void);

/* n bytes (whole pages are taken) that are zeroed, locked into memory as far as the
 * process may, and left out of core dumps. Gives; freed by locked_free() of the same n,
 * which wipes them. */
void *locked_new(size_t n);
void locked_free(void *p, size_t n);

#endif
