#include "json/escape.h"

#include "json/kernel.h"

static const char hex_digits[] = "0123456789abcdef";

/* The letter of a two-character escape, or 0. */
static char short_escape(uint32_t c)
{
    switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
    }
}

static void add_escaped(struct buf *out, uint8_t c)
{
    char letter = short_escape(c);
    if (letter) {
        buf_add(out, (char[]){'\\', letter}, 2);
        return;
    }
    char sequence[] = {'\\', 'u', '0', '0', hex_digits[c >> 4], hex_digits[c & 15]};
    buf_add(out, sequence, sizeof sequence);
}

void escape_add(struct buf *out, struct str text)
{
    const struct scan_kernel *kernel = kernel_best();
    if (!text.n) /* text.p may be NULL */
        return;
    const char *p = text.p, *end = text.p + text.n;
    while (p < end) {
        const char *from = p;
        p = kernel->plain_end(p, end);
        while (p < end && (uint8_t)*p >= 0x80)
            p++;
        buf_add(out, from, (size_t)(p - from));
        if (p < end && (*p == '"' || *p == '\\' || (uint8_t)*p < 0x20))
            add_escaped(out, (uint8_t)*p++);
    }
}

void escape_add_quoted(struct buf *out, struct str text)
{
    buf_room(out, text.n + 2);
    buf_add_char(out, '"');
    escape_add(out, text);
    buf_add_char(out, '"');
}

/* Four digits of \uXXXX at *p, or UINT32_MAX. */
static uint32_t hex4(const char **p, const char *end)
{
    if (end - *p < 4)
        return UINT32_MAX;
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        char c = (*p)[i], lower = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            v = v << 4 | (uint32_t)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            v = v << 4 | (uint32_t)(lower - 'a' + 10);
        else
            return UINT32_MAX;
    }
    *p += 4;
    return v;
}

static bool decode_unicode(const char **p, const char *end, uint32_t *out)
{
    uint32_t unit = hex4(p, end);
    *out = unit;
    if (unit == UINT32_MAX || (unit >= 0xdc00 && unit <= 0xdfff))
        return false;
    if (unit < 0xd800 || unit > 0xdbff)
        return true;
    if (end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u')
        return false;
    const char *q = *p + 2;
    uint32_t second = hex4(&q, end);
    if (second < 0xdc00 || second > 0xdfff)
        return false;
    *p = q;
    *out = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
    return true;
}

bool escape_decode(const char **p, const char *end, uint32_t *out)
{
    *out = UINT32_MAX;
    if (*p == end)
        return false;
    switch (*(*p)++) {
    case '"': *out = '"'; return true;
    case '\\': *out = '\\'; return true;
    case '/': *out = '/'; return true;
    case 'b': *out = '\b'; return true;
    case 'f': *out = '\f'; return true;
    case 'n': *out = '\n'; return true;
    case 'r': *out = '\r'; return true;
    case 't': *out = '\t'; return true;
    case 'u': return decode_unicode(p, end, out);
    default: return false;
    }
}

void escape_add_utf8(struct buf *out, uint32_t point)
{
    char *p = buf_room(out, 4);
    if (point < 0x80) {
        p[0] = (char)point;
        out->n += 1;
    } else if (point < 0x800) {
        p[0] = (char)(0xc0 | point >> 6);
        p[1] = (char)(0x80 | (point & 0x3f));
        out->n += 2;
    } else if (point < 0x10000) {
        p[0] = (char)(0xe0 | point >> 12);
        p[1] = (char)(0x80 | (point >> 6 & 0x3f));
        p[2] = (char)(0x80 | (point & 0x3f));
        out->n += 3;
    } else {
        p[0] = (char)(0xf0 | point >> 18);
        p[1] = (char)(0x80 | (point >> 12 & 0x3f));
        p[2] = (char)(0x80 | (point >> 6 & 0x3f));
        p[3] = (char)(0x80 | (point & 0x3f));
        out->n += 4;
    }
}

enum err escape_expand(struct buf *out, struct str token,
                       void (*add)(struct buf *out, uint32_t point), struct error *e)
{
    size_t before = out->n;
    const char *p = token.p, *end = token.n ? token.p + token.n : p; /* p may be NULL */
    while (p < end) {
        const char *backslash = memchr(p, '\\', (size_t)(end - p));
        if (!backslash)
            backslash = end;
        buf_add(out, p, (size_t)(backslash - p));
        if (backslash == end)
            break;
        p = backslash + 1;
        uint32_t point;
        if (!escape_decode(&p, end, &point)) {
            out->n = before;
            return err_set(e, ERR_DATA, "%s",
                           point == UINT32_MAX ? "invalid escape in a string"
                                               : "lone surrogate");
        }
        add(out, point);
    }
    return ERR_OK;
}

static void add_minimal(struct buf *out, uint32_t point)
{
    if (point < 0x20 || point == '"' || point == '\\')
        add_escaped(out, (uint8_t)point);
    else
        escape_add_utf8(out, point);
}

enum err escape_normal(struct buf *out, struct str token, bool escaped, struct error *e)
{
    if (escaped)
        return escape_expand(out, token, add_minimal, e);
    buf_add_str(out, token);
    return ERR_OK;
}
