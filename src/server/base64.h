/*
 * base64: RFC 4648, the URL's alphabet without padding (§5, as JWS has it) written, and
 * either alphabet, padded or not, read. Any thread.
 */
#ifndef SERVER_BASE64_H
#define SERVER_BASE64_H

#include "base/buf.h"
#include "base/str.h"

void base64_add(struct buf *out, const void *p, size_t n);

/* Adds what the text stands for; false, with nothing added, for what is no base64:
 * other characters, a length that cannot be, bits that are not zero behind the last
 * byte. */
bool base64_read(struct str text, struct buf *out);

#endif
