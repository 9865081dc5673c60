#include "drift/show.h"

#include "archive/entry.h"
#include "crypt/digest.h"
#include "schema/canon.h"
#include "json/escape.h"

/* A canonical number: sign, one digit, point and digits, e, exponent (json/number.h).
 */
static void add_number(struct buf *out, struct str token)
{
    const char *e = memchr(token.p, 'e', token.n);
    long exponent = 0;
    if (e)
        for (const char *p = e + 1 + (e[1] == '-'); p < token.p + token.n; p++)
            exponent = exponent < SHOW_DIGITS ? exponent * 10 + (*p - '0') : exponent;
    if (!e || exponent >= SHOW_DIGITS || token.n >= SHOW_DIGITS) {
        buf_add_str(out, token);
        return;
    }
    if (e[1] == '-')
        exponent = -exponent;
    char digits[SHOW_DIGITS];
    long n = 0;
    for (const char *p = token.p; p < e; p++) {
        if (*p == '-')
            buf_add_char(out, '-');
        else if (*p != '.')
            digits[n++] = *p;
    }
    if (exponent < 0)
        buf_add_str(out, STR("0."));
    for (long i = exponent; i < -1; i++)
        buf_add_char(out, '0');
    for (long i = 0; i < n || i <= exponent; i++) {
        if (i == exponent + 1 && exponent >= 0)
            buf_add_char(out, '.');
        buf_add(out, i < n ? &digits[i] : "0", 1);
    }
}

void show_canonical(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n;) {
        size_t from = i;
        char c = text.p[i++];
        if (c == '"') {
            while (text.p[i++] != '"')
                if (text.p[i - 1] == '\\')
                    i++;
        } else if (c == '-' || (c >= '0' && c <= '9')) {
            while (i < text.n && text.p[i] != ',' && text.p[i] != ']' &&
                   text.p[i] != '}')
                i++;
            add_number(out, str_n(text.p + from, i - from));
            continue;
        }
        buf_add(out, text.p + from, i - from);
    }
}

void show_masked(struct buf *out, struct str class)
{
    buf_add_str(out, STR("{\"masked\":"));
    escape_add_quoted(out, class);
    buf_add_char(out, '}');
}

static void show_item(struct buf *out, const struct value *v, const struct type *type,
                      const struct type *other)
{
    const struct field *f = type ? schema_field(type, v->name) : NULL;
    const struct field *g = other ? schema_field(other, v->name) : NULL;
    struct str class = f && f->sensitive.n ? f->sensitive : g ? g->sensitive : STR("");
    buf_add_char(out, '"');
    buf_add_str(out, v->name);
    buf_add_str(out, STR("\":"));
    if (class.n && v->kind != VALUE_NULL)
        show_masked(out, class);
    else
        show_value(out, v, f ? f->type : NULL, g ? g->type : NULL);
}

void show_value(struct buf *out, const struct value *v, const struct type *type,
                const struct type *other)
{
    if ((!type && !other) || v->kind < VALUE_LIST) {
        buf_add_str(out, v->text);
        return;
    }
    bool object = v->kind == VALUE_OBJECT;
    buf_add_char(out, object ? '{' : '[');
    for (size_t i = 0; i < v->n_items; i++) {
        if (i)
            buf_add_char(out, ',');
        if (object)
            show_item(out, &v->items[i], type, other);
        else
            show_value(out, &v->items[i], type, other);
    }
    buf_add_char(out, object ? '}' : ']');
}

void show_key(struct buf *out, struct str key)
{
    if (!key.n || key.p[0] != ENTRY_TAG_FINGERPRINT) {
        key_json(out, key);
        return;
    }
    buf_add_str(out, STR("[\""));
    hex_add(out, (const uint8_t *)key.p + 1, key.n - 1);
    buf_add_str(out, STR("\"]"));
}
