#include "graphql/print_value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void print_number(struct buf *out, double d)
{
    char digits[40];
    int precision = 1, exponent;
    do
        snprintf(digits, sizeof digits, "%.*e", precision - 1, d);
    while (strtod(digits, NULL) != d && precision++ < 17);
    char *e = strchr(digits, 'e');
    exponent = e ? (int)strtol(e + 1, NULL, 10) : 0;
    if (!isfinite(d))
        buf_add_str(out, d > 0 ? STR("Infinity") : STR("-Infinity"));
    else if (exponent >= 21 || exponent < -6)
        buf_printf(out, "%.*se%+d", (int)(e - digits), digits, exponent);
    else
        buf_printf(out, "%.*f", precision - 1 > exponent ? precision - 1 - exponent : 0,
                   d);
}

static void print_string(struct buf *out, struct str text)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = (uint8_t)text.p[i];
        const char *short_form = c ? strchr(plain, c) : NULL;
        bool high = c == 0xc2 && i + 1 < text.n && (uint8_t)text.p[i + 1] < 0xa0;
        if (short_form)
            buf_printf(out, "\\%c", letters[short_form - plain]);
        else if (c < 0x20 || c == 0x7f)
            buf_printf(out, "\\u%04X", c);
        else if (high) /* U+0080 to U+009F */
            buf_printf(out, "\\u%04X", (uint8_t)text.p[++i]);
        else
            buf_add_char(out, (char)c);
    }
    buf_add_char(out, '"');
}

static bool is_integer(struct str s)
{
    size_t i = s.n && *s.p == '-';
    if (i == s.n || (s.p[i] == '0' && s.n > i + 1))
        return false;
    for (; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return true;
}

static void print_items(const struct gql_ref *type, const struct value *v,
                        struct buf *out) /* NOLINT(misc-no-recursion) */
{
    bool object = v->kind == VALUE_OBJECT;
    const char *between = "";
    buf_add_char(out, object ? '{' : '[');
    for (const struct value *i = v->items; i; i = i->next) {
        buf_add_str(out, str_of(between));
        between = ", ";
        if (object)
            buf_printf(out, "%.*s: ", STR_ARG(i->name));
        print_value(object ? (i->input ? i->input->type : NULL)
                    : type ? type->of
                           : NULL,
                    i, out);
    }
    buf_add_char(out, object ? '}' : ']');
}

void print_value(const struct gql_ref *type, const struct value *v,
                 struct buf *out) /* NOLINT(misc-no-recursion) */
{
    bool id = type && !type->of && type->type->scalar == GQL_ID;
    switch (v->kind) {
    case VALUE_NULL: buf_add_str(out, STR("null")); break;
    case VALUE_BOOL: buf_add_str(out, v->boolean ? STR("true") : STR("false")); break;
    case VALUE_INT: buf_printf(out, "%lld", (long long)v->integer); break;
    case VALUE_FLOAT: print_number(out, v->number); break;
    case VALUE_ENUM: buf_add_str(out, v->text); break;
    case VALUE_STRING:
        if (id && is_integer(v->text))
            buf_add_str(out, v->text);
        else
            print_string(out, v->text);
        break;
    case VALUE_LIST:
    case VALUE_OBJECT: print_items(type, v, out); break;
    }
}
