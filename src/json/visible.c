#include "json/visible.h"

#include "json/utf8.h"

/* U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069: they reorder what a
 * terminal shows. Returns the bytes of the one that `s` begins with, or 0. */
static size_t bidi_at(struct str s)
{
    const uint8_t *p = (const uint8_t *)s.p;
    if (s.n >= 2 && p[0] == 0xd8 && p[1] == 0x9c)
        return 2;
    if (s.n < 3 || p[0] != 0xe2)
        return 0;
    if (p[1] == 0x80 &&
        (p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xaa && p[2] <= 0xae)))
        return 3;
    return p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9 ? 3 : 0;
}

/* C0, DEL, and C1, which is C2 80 to C2 9F. */
static size_t control_at(struct str s)
{
    const uint8_t *p = (const uint8_t *)s.p;
    if (p[0] == 0x7f || p[0] < 0x20)
        return 1;
    return s.n >= 2 && p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f ? 2 : 0;
}

void visible_add(struct buf *out, struct str text, bool lines)
{
    for (size_t i = 0; i < text.n;) {
        size_t n = control_at(str_from(text, i));
        if (!n)
            n = bidi_at(str_from(text, i));
        if (text.p[i] == '\n' && lines)
            n = 0;
        bool plain = !n && (uint8_t)text.p[i] < 0x80;
        size_t whole = n || plain ? plain : utf8_sequence(text.p + i, text.p + text.n);
        if (!n && !whole) /* no UTF-8: a terminal may take it for a control character */
            n = 1;
        buf_add(out, text.p + i, whole);
        i += whole;
        for (; n; n--)
            buf_printf(out, "\\x%02x", (uint8_t)text.p[i++]);
    }
}

unsigned visible_add_cut(struct buf *out, struct str text, unsigned columns)
{
    size_t from = out->n, keep = from;
    unsigned n = 0;
    visible_add(out, text, false);
    for (size_t i = from; i < out->n; i++) {
        if (utf8_follows(out->p[i]))
            continue;
        if (n + 1 == columns)
            keep = i;
        if (n++ == columns) { /* one too many: the last that fits is the ellipsis */
            out->n = keep;
            buf_add_str(out, STR("…"));
            return columns;
        }
    }
    return n;
}
