/*
 * escape: text into a JSON string, and the one spelling of it.
 *
 * Minimal escapes, as RFC 8785 §3.2.2.2 writes them: \" \\ \b \f \n \r \t and \u00xx
 * (lower case) for other bytes below 0x20; everything else as it is. Any thread.
 */
#ifndef JSON_ESCAPE_H
#define JSON_ESCAPE_H

#include "base/buf.h"
#include "base/str.h"

/* Adds the text (valid UTF-8) with escapes, without quotes. */
void escape_add(struct buf *out, struct str text);

/* The same with quotes. */
void escape_add_quoted(struct buf *out, struct str text);

/* Reads what stands behind a backslash: *p is behind it and moves behind the sequence,
 * for a pair of surrogates behind both. False for what is no escape sequence, with *out
 * UINT32_MAX, and for a lone surrogate, with *out its value. */
bool escape_decode(const char **p, const char *end, uint32_t *out);

/* Adds a code point, no surrogate, as UTF-8. */
void escape_add_utf8(struct buf *out, uint32_t point);

/* Adds a string token (between its quotes): plain bytes as they are, what an escape
 * stands for by `add`. ERR_DATA for lone surrogates; then nothing is added. */
enum err escape_expand(struct buf *out, struct str token,
                       void (*add)(struct buf *out, uint32_t point), struct error *e)
    MUST_CHECK;

/* Adds a string token as written (between its quotes) in its minimal spelling; a token
 * without backslash is copied. ERR_DATA for lone surrogates. */
enum err escape_normal(struct buf *out, struct str token, bool escaped, struct error *e)
    MUST_CHECK;

#endif
