/*
 * utf8: one sequence of RFC 3629, for the kernels and the cut tokens.
 *
 * No overlong forms, no surrogates, nothing above U+10FFFF: the ranges are the table
 * UTF8-octets of RFC 3629 §4. Any thread.
 */
#ifndef JSON_UTF8_H
#define JSON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many bytes follow the lead byte `c` (0x80 or above), and the range of the first
 * of them; 0 when no sequence begins so. */
static inline unsigned utf8_lead(uint8_t c, uint8_t *low, uint8_t *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (c < 0xc2 || c > 0xf4)
        return 0;
    if (c < 0xe0)
        return 1;
    if (c < 0xf0) {
        if (c == 0xe0)
            *low = 0xa0;
        if (c == 0xed)
            *high = 0x9f;
        return 2;
    }
    if (c == 0xf0)
        *low = 0x90;
    if (c == 0xf4)
        *high = 0x8f;
    return 3;
}

static inline bool utf8_follows(char c)
{
    return ((uint8_t)c & 0xc0) == 0x80;
}

/* Length of the sequence at p, whose first byte is 0x80 or above; 0 when it is invalid
 * or cut by `end`. */
static inline size_t utf8_sequence(const char *p, const char *end)
{
    uint8_t low, high;
    size_t n = utf8_lead((uint8_t)*p, &low, &high);
    if (n == 0 || (size_t)(end - p) <= n)
        return 0;
    if ((uint8_t)p[1] < low || (uint8_t)p[1] > high)
        return 0;
    if (n > 1 && !utf8_follows(p[2]))
        return 0;
    if (n > 2 && !utf8_follows(p[3]))
        return 0;
    return n + 1;
}

#endif
