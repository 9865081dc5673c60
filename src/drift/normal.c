#include "drift/normal.h"

#include "json/escape.h"
#include "json/scan.h"

static bool is_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

/* The end of the string that begins behind `from`: where its quote stands. */
static size_t string_end(struct str json, size_t from)
{
    while (from < json.n && json.p[from] != '"')
        from += json.p[from] == '\\' ? 2 : 1;
    return from < json.n ? from : json.n;
}

/* An escape may stand for what is not ASCII; canonical texts have none of these. */
static enum err add_string(enum normal form, struct str token, struct buf *text,
                           struct buf *normal, struct buf *out, struct error *e)
{
    bool plain = is_ascii(token) && !memchr(token.p, '\\', token.n);
    if (plain || token.n > NORMAL_STRING) {
        buf_add_char(out, '"');
        buf_add_str(out, token);
        buf_add_char(out, '"');
        return ERR_OK;
    }
    buf_clear(text);
    buf_clear(normal);
    TRY(scan_unescape(token, text, e));
    normal_string(form, buf_str(text), normal);
    escape_add_quoted(out, buf_str(normal));
    return ERR_OK;
}

enum err normal_add(enum normal form, struct str json, struct buf *out, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    BUF_SCOPED normal = BUF_INIT;
    for (size_t i = 0; i < json.n; i++) {
        if (json.p[i] != '"') {
            buf_add_char(out, json.p[i]);
            continue;
        }
        size_t end = string_end(json, i + 1);
        struct str token = str_n(json.p + i + 1, end - i - 1);
        TRY(add_string(form, token, &text, &normal, out, e));
        i = end;
    }
    return ERR_OK;
}
