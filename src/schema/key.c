#include "schema/canon.h"
#include "json/number.h"

#define TAG_INTEGER 1
#define TAG_STRING  2

/* Bytes of a magnitude: up to SHORT_SIZE the length is one byte, 0x80 + length; beyond
 * it is LONG and the length in four bytes, big-endian. A negative number is its
 * positive form with all bits turned, so that the order turns too. */
#define SHORT_SIZE 0x70
#define LONG       0xff

/* limbs = limbs * factor + add, 32 bits a limb, low first; returns how many are used.
 */
static size_t multiply_add(char *limbs, size_t n, uint32_t factor, uint32_t add)
{
    uint64_t carry = add;
    for (size_t i = 0; i < n; i++) {
        uint32_t limb;
        memcpy(&limb, limbs + 4 * i, 4);
        carry += (uint64_t)limb * factor;
        limb = (uint32_t)carry;
        memcpy(limbs + 4 * i, &limb, 4);
        carry >>= 32;
    }
    if (carry) {
        uint32_t limb = (uint32_t)carry;
        memcpy(limbs + 4 * n++, &limb, 4);
    }
    return n;
}

static uint8_t limb_byte(const char *limbs, size_t i)
{
    uint32_t limb;
    memcpy(&limb, limbs + i / 4 * 4, 4);
    return (uint8_t)(limb >> (8 * (i % 4)));
}

/* The value of the digits as limbs at p, which has room for them. */
static size_t to_limbs(struct str digits, char *p)
{
    size_t n = 0;
    for (size_t i = 0; i < digits.n;) {
        uint32_t chunk = 0, factor = 1;
        for (size_t k = 0; k < 9 && i < digits.n; k++, i++) {
            chunk = chunk * 10 + (uint32_t)(digits.p[i] - '0');
            factor *= 10;
        }
        n = multiply_add(p, n, factor, chunk);
    }
    return n;
}

void key_add_integer(struct buf *out, struct str decimal)
{
    bool negative = decimal.n && decimal.p[0] == '-';
    struct str digits = str_from(decimal, negative);
    while (digits.n && digits.p[0] == '0')
        digits = str_from(digits, 1);
    negative = negative && digits.n;
    /* A digit is 3.33 bits: half a byte each is enough; the limbs stand behind the room
     * for the head, then the bytes are written in front. */
    size_t size = digits.n / 2 + 16;
    char *p = buf_room(out, 2 * size + 8), *limbs = p + size + 6;
    size_t n = 4 * to_limbs(digits, limbs), at = 0;
    while (n && !limb_byte(limbs, n - 1))
        n--;
    p[at++] = TAG_INTEGER;
    if (n <= SHORT_SIZE) {
        p[at++] = (char)(0x80 + n);
    } else {
        p[at++] = (char)LONG;
        for (int i = 3; i >= 0; i--)
            p[at++] = (char)(n >> (8 * i));
    }
    for (size_t i = n; i > 0; i--)
        p[at++] = (char)limb_byte(limbs, i - 1);
    for (size_t i = 1; negative && i < at; i++)
        p[i] = (char)~p[i];
    out->n += at;
}

void key_add_string(struct buf *out, struct str text)
{
    buf_add_char(out, TAG_STRING);
    while (text.n) {
        const char *nul = memchr(text.p, 0, text.n);
        size_t n = nul ? (size_t)(nul - text.p) + 1 : text.n;
        buf_add(out, text.p, n);
        if (nul)
            buf_add_char(out, (char)0xff);
        text = str_from(text, n);
    }
    buf_add(out, "\0", 2);
}

void key_add(struct buf *out, const struct field *field, struct str text)
{
    bool may_be =
        !field || field->type->kind == TYPE_ID || field->type->kind == TYPE_INT;
    if (may_be && text.n <= NUMBER_DIGITS && number_is_integer(text))
        key_add_integer(out, text);
    else
        key_add_string(out, text);
}
