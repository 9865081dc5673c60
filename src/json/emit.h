/*
 * emit: writes JSON, compact, into a buf.
 *
 * The open containers are kept and asserted: a key only in an object, a value after its
 * key, every container closed by its own end. Commas and colons are its business.
 * emit_raw() lets bytes of a whole value pass verbatim. At depth 0 any number of values
 * may follow each other; what stands between them (a newline) is the caller's. Text is
 * valid UTF-8. Nesting SCAN_DEPTH. One thread at a time.
 */
#ifndef JSON_EMIT_H
#define JSON_EMIT_H

#include "base/buf.h"
#include "base/str.h"
#include "json/scan.h"

struct emit {
    struct buf *out; /* borrowed */
    unsigned depth;
    bool first, after_key;
    uint64_t kinds[SCAN_DEPTH / 64];
};

void emit_init(struct emit *j, struct buf *out);
void emit_object(struct emit *j);
void emit_object_end(struct emit *j);
void emit_array(struct emit *j);
void emit_array_end(struct emit *j);
void emit_key(struct emit *j, struct str text);    /* escapes */
void emit_string(struct emit *j, struct str text); /* escapes */
void emit_raw(struct emit *j, struct str value);   /* one whole value, verbatim */
void emit_int(struct emit *j, int64_t v);
void emit_uint(struct emit *j, uint64_t v);
void emit_bool(struct emit *j, bool v);
void emit_null(struct emit *j);

/* key and value in one call */
void emit_key_string(struct emit *j, const char *key, struct str text);
void emit_key_uint(struct emit *j, const char *key, uint64_t v);

#endif
