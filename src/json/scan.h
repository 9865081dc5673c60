/*
 * scan: JSON as a stream of events, without I/O, recursion or allocation per value.
 *
 *     scan_init(&s);
 *     while (have input) {
 *         scan_feed(&s, window);
 *         while ((ev = scan_next(&s)) > SCAN_MORE) …
 *     }
 *     scan_finish(&s); then scan_next() until SCAN_END or SCAN_BAD
 *
 * Accepts what RFC 8259 accepts, nothing else, and only valid UTF-8 (RFC 3629), in keys
 * too. A byte-order mark at offset 0 is skipped. It can be cut at any byte: SCAN_MORE
 * asks for the next window, and a token that began in the last one is completed in
 * `side`, so that a token is always one slice. Duplicate names are not looked for here.
 * Of several values (`multi`) a number or literal needs space, a bracket or a quote
 * behind it.
 *
 * Events of the same text are the same however it is cut and whichever kernel runs, and
 * so are the error and its offset, `limit` apart. Fastest when windows hold whole
 * tokens, 32 bytes at least.
 *
 * Limits: nesting SCAN_DEPTH (RFC 8259 §9 lets an implementation set one; deeper
 * documents are not data), a token `limit` bytes when it crosses windows; both are
 * ERR_LIMIT, all else ERR_DATA. One thread at a time.
 */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define SCAN_DEPTH 512

enum scan_event {
    SCAN_BAD,  /* s->error says what and at which offset; it stays so */
    SCAN_END,  /* one whole value was read and scan_finish() called; nothing but space
                  followed */
    SCAN_MORE, /* the window is used up */
    SCAN_OBJECT,
    SCAN_OBJECT_END,
    SCAN_ARRAY,
    SCAN_ARRAY_END,
    SCAN_KEY,
    SCAN_STRING,
    SCAN_NUMBER,
    SCAN_TRUE,
    SCAN_FALSE,
    SCAN_NULL,
};

struct scan_kernel; /* json/kernel.h */

struct scan {
    /* After SCAN_KEY, SCAN_STRING: the bytes between the quotes, as written.
     * SCAN_NUMBER: the number as written. Else empty; its p is never NULL. Borrowed
     * until the next call. */
    struct str token;
    bool escaped;    /* the string or key holds a backslash */
    bool ascii;      /* the string or key holds only bytes below 0x80 */
    uint64_t offset; /* of the token's (or bracket's) first byte in the whole input */
    unsigned depth;  /* containers open after the event */
    bool multi;   /* set before feeding: any number of values may follow each other */
    size_t limit; /* of a token that crosses windows; 0: none */
    struct error error;

    /* Private part, but `kernel` may be set to another between init and feed */
    const struct scan_kernel *kernel;
    struct str window;
    size_t pos;
    uint64_t base; /* offset of window.p[0] */
    struct buf side;
    uint8_t state; /* what the grammar allows next: scan_state.h */
    uint8_t after; /* the state after a value at this depth */
    uint8_t part;  /* where inside a token the last window ended; 0: between tokens */
    uint8_t count, seen, low, high; /* of that part */
    bool finished;
    uint64_t kinds[SCAN_DEPTH / 64]; /* a bit per level: 1 object */
};

/* Ready for one document (or many, if `multi` is set after). Takes the best kernel of
 * this CPU. */
void scan_init(struct scan *s);

/* Starts over at offset `base` and keeps storage: for the next record of a chunk. */
void scan_reset(struct scan *s, uint64_t base);

/* Gives the next window; the last one must be used up (SCAN_MORE). Borrows until then.
 */
void scan_feed(struct scan *s, struct str window);

/* No window follows. */
void scan_finish(struct scan *s);

enum scan_event scan_next(struct scan *s);

void scan_done(struct scan *s);

/* Decodes the escapes of a string token behind what `out` holds. Lone surrogates (legal
 * in JSON's grammar, no Unicode text) are ERR_DATA: "lone surrogate". */
enum err scan_unescape(struct str token, struct buf *out, struct error *e) MUST_CHECK;

#endif
