#include "json/kernel.h"

#include "json/kernel_tables.h"

/* Eight bytes in a register: what every machine has. */
#define BLOCK      8
#define BLOCK_BITS 8

struct marks {
    uint64_t stop, high;
};

static inline struct marks marks_at(const char *p);

#include "json/scan_loop.inc"

/* The high bit of each byte that is zero; bytes above a zero byte may be marked
 * wrongly. */
INLINE uint64_t zero_bytes(uint64_t v)
{
    return (v - ONES) & ~v & 0x80 * ONES;
}

static inline struct marks marks_at(const char *p)
{
    uint64_t v = load8(p);
    uint64_t control = (v - 0x20 * ONES) & ~v;
    struct marks m = {
        .stop = (control & 0x80 * ONES) | zero_bytes(v ^ '"' * ONES) |
                zero_bytes(v ^ '\\' * ONES),
        .high = v & 0x80 * ONES,
    };
    return m;
}

/* The next byte of a string that may end or escape, wherever non-ASCII stands. */
static const char *string_stop(const char *p, const char *end)
{
    for (; end - p >= BLOCK; p += BLOCK) {
        uint64_t stop = marks_at(p).stop;
        if (stop)
            return p + first_mark(stop);
    }
    return p;
}

const char *kernel_structural_scalar(const char *p, const char *end, unsigned *depth,
                                     unsigned *in_string, unsigned *escape)
{
    unsigned level = *depth, string = *in_string, escaped = *escape;
    const char *found = NULL;
    while (p < end && !found) {
        if (string && !escaped)
            p = string_stop(p, end);
        if (p == end)
            break;
        char c = *p++;
        if (escaped) {
            escaped = 0;
            continue;
        }
        if (c == '\\')
            escaped = 1;
        else if (c == '"')
            string ^= 1;
        else if (string)
            continue;
        else if ((c | 0x20) == '{')
            level++;
        else if ((c | 0x20) == '}' && --level == 0)
            found = p;
    }
    *depth = level;
    *in_string = string;
    *escape = escaped;
    return found;
}

const struct scan_kernel kernel_table_scalar = {
    .name = "scalar",
    .plain_end = loop_plain_end,
    .space_end = loop_space_end,
    .utf8_valid = loop_utf8_valid,
    .structural = kernel_structural_scalar,
    .next = loop_next,
};
