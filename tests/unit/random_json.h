/*
 * random_json: random values as JSON text, the same ones for the same seed.
 *
 * Strings have escapes, NUL and characters of all lengths, numbers every spelling;
 * names within one object differ. No white space.
 */
#ifndef TESTS_UNIT_RANDOM_JSON_H
#define TESTS_UNIT_RANDOM_JSON_H

#include <stdint.h>

#include "base/buf.h"

struct dice {
    uint64_t state;
};

static inline unsigned roll(struct dice *d, unsigned below)
{
    d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(d->state >> 33) % below;
}

static inline const char *roll_text(struct dice *d, const char *const *list, unsigned n)
{
    return list[roll(d, n)];
}

static inline void random_digits(struct dice *d, struct buf *out, unsigned n)
{
    buf_add_char(out, (char)('1' + roll(d, 9)));
    while (n-- > 1)
        buf_add_char(out, (char)('0' + roll(d, 10)));
}

static inline void random_number(struct dice *d, struct buf *out)
{
    if (roll(d, 2))
        buf_add_char(out, '-');
    if (roll(d, 4))
        random_digits(d, out, 1 + roll(d, 30));
    else
        buf_add_char(out, '0');
    if (roll(d, 2))
        buf_printf(out, ".%0*u", (int)(1 + roll(d, 6)), roll(d, 10));
    if (roll(d, 3) == 0)
        buf_printf(out, "%c%s%u", roll(d, 2) ? 'e' : 'E',
                   roll(d, 3) == 0 ? "+"
                   : roll(d, 2)    ? "-"
                                   : "",
                   roll(d, 60));
}

/* Between quotes. */
static inline void random_text(struct dice *d, struct buf *out)
{
    static const char *const parts[] = {"a",        "B",
                                        "0",        "/",
                                        "~",        "~1",
                                        "\\u0000",  "\\n",
                                        "\\\"",     "\\\\",
                                        "\\u00e9",  "\\ud83d\\ude00",
                                        "\xc3\xa9", "\xe2\x98\x83",
                                        " ",        ".",
                                        "`",        "<>"};
    for (unsigned n = roll(d, 6); n; n--)
        buf_add_str(out, str_of(roll_text(d, parts, sizeof parts / sizeof *parts)));
}

static inline void random_json(struct dice *d, struct buf *out, unsigned depth)
{
    static const char *const words[] = {"true", "false", "null"};
    unsigned kind = roll(d, depth ? 5 : 3), n = roll(d, 5);
    if (kind == 0) {
        random_number(d, out);
    } else if (kind == 1) {
        buf_add_char(out, '"');
        random_text(d, out);
        buf_add_char(out, '"');
    } else if (kind == 2) {
        buf_add_str(out, str_of(words[roll(d, 3)]));
    } else {
        buf_add_char(out, kind == 3 ? '[' : '{');
        for (unsigned i = 0; i < n; i++) {
            if (i)
                buf_add_char(out, ',');
            if (kind == 4) { /* the first characters make it the only one */
                buf_printf(out, "\"%c%u", (char)('a' + roll(d, 26)), i);
                random_text(d, out);
                buf_add_str(out, STR("\":"));
            }
            random_json(d, out, depth - 1);
        }
        buf_add_char(out, kind == 3 ? ']' : '}');
    }
}

#endif
