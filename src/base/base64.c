#include "base/base64.h"

#define LETTERS_AND_DIGITS \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static void add(struct buf *out, const void *p, size_t n, const char *digits)
{
    const uint8_t *from = p;
    char *to = buf_room(out, n / 3 * 4 + 4);
    size_t at = 0;
    for (size_t i = 0; i < n; i += 3) {
        size_t left = n - i;
        uint32_t v = (uint32_t)from[i] << 16;
        if (left > 1)
            v |= (uint32_t)from[i + 1] << 8;
        if (left > 2)
            v |= from[i + 2];
        for (unsigned k = 0; k < (left > 2 ? 4 : left + 1); k++)
            to[at++] = digits[v >> (18 - 6 * k) & 63];
    }
    out->n += at;
}

void base64_add(struct buf *out, const void *p, size_t n)
{
    add(out, p, n, LETTERS_AND_DIGITS "-_");
}

void base64_add_padded(struct buf *out, const void *p, size_t n)
{
    add(out, p, n, LETTERS_AND_DIGITS "+/");
    buf_add(out, "==", (3 - n % 3) % 3);
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '-' || c == '+')
        return 62;
    return c == '_' || c == '/' ? 63 : -1;
}

bool base64_read(struct str text, struct buf *out)
{
    if (text.n % 4 == 0)
        for (int i = 0; i < 2 && text.n && text.p[text.n - 1] == '='; i++)
            text.n--;
    if (text.n % 4 == 1)
        return false;
    char *to = buf_room(out, text.n / 4 * 3 + 3);
    size_t n = 0;
    uint32_t v = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < text.n; i++) {
        int digit = value_of(text.p[i]);
        if (digit < 0)
            return false;
        v = v << 6 | (uint32_t)digit;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            to[n++] = (char)(v >> bits);
            v &= (1u << bits) - 1;
        }
    }
    if (v != 0)
        return false;
    out->n += n;
    return true;
}
