/* Keys back from their bytes (schema/key.c), as JSON. */
#include "base/alloc.h"
#include "schema/canon.h"
#include "json/escape.h"

#define TAG_INTEGER 1

/* The value of a big-endian magnitude, in decimal. Division by ten in place: keys are
 * short, and CANON_KEY bounds them. */
static void add_magnitude(struct buf *out, const uint8_t *p, size_t n, uint8_t turn)
{
    BUF_SCOPED copy = BUF_INIT;
    BUF_SCOPED digits = BUF_INIT;
    uint8_t *rest = (uint8_t *)buf_room(&copy, n + 1);
    size_t from = 0;
    for (size_t i = 0; i < n; i++)
        rest[i] = p[i] ^ turn;
    do {
        unsigned carry = 0;
        for (size_t i = from; i < n; i++) {
            carry = carry << 8 | rest[i];
            rest[i] = (uint8_t)(carry / 10);
            carry %= 10;
        }
        buf_add_char(&digits, (char)('0' + carry));
        while (from < n && !rest[from])
            from++;
    } while (from < n);
    for (size_t i = digits.n; i-- > 0;)
        buf_add_char(out, digits.p[i]);
}

/* Bytes as key_add_integer() writes them; returns how many. */
static size_t json_integer(struct buf *out, const uint8_t *p, size_t n)
{
    uint8_t turn = p[0] < 0x80 ? 0xff : 0;
    size_t head = 1, size = (p[0] ^ turn) - 0x80u;
    if ((p[0] ^ turn) == 0xff) {
        head = 5;
        if (n < head)
            return n;
        size = 0;
        for (unsigned i = 1; i < head; i++)
            size = size << 8 | (p[i] ^ turn);
    }
    if (size > n - head)
        size = n - head;
    if (turn)
        buf_add_char(out, '-');
    add_magnitude(out, p + head, size, turn);
    return head + size;
}

static size_t json_string(struct buf *out, const char *p, size_t n)
{
    BUF_SCOPED text = BUF_INIT;
    size_t i = 0;
    for (; i + 1 < n && (p[i] || p[i + 1]); i++) {
        buf_add_char(&text, p[i]);
        i += !p[i]; /* 00 FF stands for 00 */
    }
    escape_add_quoted(out, buf_str(&text));
    return i + 2 < n ? i + 2 : n;
}

void key_json(struct buf *out, struct str key)
{
    buf_add_char(out, '[');
    for (size_t i = 0; i + 1 < key.n;) {
        if (i)
            buf_add_char(out, ',');
        bool integer = key.p[i++] == TAG_INTEGER;
        i += integer ? json_integer(out, (const uint8_t *)key.p + i, key.n - i)
                     : json_string(out, key.p + i, key.n - i);
    }
    buf_add_char(out, ']');
}
