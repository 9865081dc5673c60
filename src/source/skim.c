#include "source/skim.h"

#include "base/buf.h"
#include "json/scan.h"
#include "json/skip.h"

static void pass_space(struct skim *k)
{
    while (k->at < k->text.n) {
        char c = k->text.p[k->at];
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            break;
        k->at++;
    }
}

static bool take_char(struct skim *k, char c)
{
    pass_space(k);
    if (k->at >= k->text.n || k->text.p[k->at] != c)
        return false;
    k->at++;
    return true;
}

static bool is_escaped(struct str s, size_t quote)
{
    size_t n = 0;
    while (n < quote && s.p[quote - 1 - n] == '\\')
        n++;
    return n & 1;
}

/* With its quotes. */
static bool take_string(struct skim *k, struct str *out)
{
    size_t from = k->at, at = from + 1;
    if (from >= k->text.n || k->text.p[from] != '"')
        return false;
    for (;;) {
        const char *q =
            at < k->text.n ? memchr(k->text.p + at, '"', k->text.n - at) : NULL;
        if (!q)
            return false;
        at = (size_t)(q - k->text.p) + 1;
        struct str inner = str_n(k->text.p + from + 1, at - from - 1);
        if (!is_escaped(inner, inner.n - 1))
            break;
    }
    *out = str_n(k->text.p + from, at - from);
    k->at = at;
    return true;
}

static bool take_value(struct skim *k, struct str *out)
{
    pass_space(k);
    if (k->at >= k->text.n)
        return false;
    size_t from = k->at;
    char c = k->text.p[from];
    if (c == '"')
        return take_string(k, out);
    if (c == '{' || c == '[') {
        struct skip skip = SKIP_INIT;
        size_t n = skip_value(&skip, str_from(k->text, from));
        k->at += n;
        *out = str_n(k->text.p + from, n);
        return n > 0;
    }
    while (k->at < k->text.n && k->text.p[k->at] &&
           !strchr(" \t\r\n,:\"{}[]", k->text.p[k->at]))
        k->at++;
    *out = str_n(k->text.p + from, k->at - from);
    return out->n > 0;
}

enum skim_event skim_next(struct skim *k, struct skim_member *out)
{
    bool first = k->at == 0;
    if (first && !take_char(k, '{'))
        return SKIM_BAD;
    if (take_char(k, '}'))
        return SKIM_END;
    if (!first && !take_char(k, ','))
        return SKIM_BAD;
    pass_space(k);
    struct str key;
    if (!take_string(k, &key) || !take_char(k, ':') || !take_value(k, &out->value))
        return SKIM_BAD;
    out->key = str_n(key.p + 1, key.n - 2);
    return SKIM_MEMBER;
}

bool skim_is(const struct skim_member *m, const char *name)
{
    if (!memchr(m->key.p, '\\', m->key.n))
        return str_eq(m->key, str_of(name));
    BUF_SCOPED text = BUF_INIT;
    return scan_unescape(m->key, &text, NULL) == ERR_OK &&
           str_eq(buf_str(&text), str_of(name));
}

bool skim_plain(struct str value, struct str *out)
{
    if (value.n < 2 || value.p[0] != '"' || memchr(value.p, '\\', value.n))
        return false;
    *out = str_n(value.p + 1, value.n - 2);
    return true;
}
