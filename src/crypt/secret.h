/*
 * secret: random bytes, and comparing what must not be told apart by time. Any thread.
 */
#ifndef CRYPT_SECRET_H
#define CRYPT_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* n bytes of OpenSSL's private generator; ERR_SOFTWARE when it has none. */
enum err secret_random(uint8_t *out, size_t n, struct error *e) MUST_CHECK;

/* Are n bytes the same? Takes as long whatever they are. */
bool secret_equal(const void *a, const void *b, size_t n);

#endif
