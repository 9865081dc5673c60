/*
 * base64: RFC 4648, written with the URL's alphabet without padding (§5, as JWS has it)
 * or with the first alphabet and padding (§4); either, padded or not, is read. Any
 * thread.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"
#include "base/str.h"

void base64_add(struct buf *out, const void *p, size_t n); /* URL, no padding */
void base64_add_padded(struct buf *out, const void *p, size_t n);

/* Adds what the text stands for; false, with nothing added, for what is no base64:
 * other characters, a length that cannot be, bits that are not zero behind the last
 * byte. */
bool base64_read(struct str text, struct buf *out);

#endif
