/*
 * kernel: the inner loops of the scanner, one table per instruction set.
 *
 * All kernels give the same answers; a property test compares them at every cut
 * position. kernel_best() looks at the CPU once. Any thread.
 */
#ifndef JSON_KERNEL_H
#define JSON_KERNEL_H

#include <stddef.h>

#include "json/scan.h"

struct scan_kernel {
    const char *name;
    /* First byte at or after p that ends or interrupts a string's plain run: a quote, a
     * backslash, below 0x20, or 0x80 and above; `end` when there is none. */
    const char *(*plain_end)(const char *p, const char *end);
    /* First byte that is no space, tab, CR or LF; `end` when there is none. */
    const char *(*space_end)(const char *p, const char *end);
    /* Length of the valid UTF-8 prefix of [p, end) (RFC 3629), whole sequences only. */
    size_t (*utf8_valid)(const char *p, const char *end);
    /* For skip.h: walks structure without validating. Gives the place behind the
     * bracket that closes the outermost value, or NULL after looking at all of [p,
     * end). A backslash takes the next byte's meaning, in strings and (no JSON)
     * outside. */
    const char *(*structural)(const char *p, const char *end, unsigned *depth,
                              unsigned *in_string, unsigned *escape);
    /* The body of scan_next(): one compiled loop per instruction set, so that nothing
     * inside a token is an indirect call. */
    enum scan_event (*next)(struct scan *s);
};

const struct scan_kernel *kernel_best(void);
const struct scan_kernel *kernel_scalar(void);
const struct scan_kernel *
kernel_avx2(void); /* NULL where built without or no such CPU */

#endif
