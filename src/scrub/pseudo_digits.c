/* Kinds whose characters are digits of a number: see scrub/permute. */
#include <assert.h>

#include "scrub/draw.h"
#include "scrub/permute.h"
#include "scrub/pseudo.h"

/* The alphabets, one behind the other: where one begins is a byte. */
static const char alphabets[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    /* Crockford's, https://github.com/ulid/spec: no I, L, O, U */
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    "0123456789abcdefghjkmnpqrstvwxyz"
    "0123456789abcdef";

enum { DIGIT = 0, UPPER = 10, LOWER = 36, BASE62 = 0 };
enum { BASE32 = 62, SMALL_BASE32 = 94, HEX = 0, SMALL_HEX = 126 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}
static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* A value on its way: `text` is a copy of it in which `at` are the variable places; the
 * alphabet of place i is digits.radix[i] characters from from[i] on in `alphabets`. */
struct work {
    struct str in;
    char *text;
    struct digits digits;
    uint16_t *at;
    uint8_t *from;
};

/* The copy lies in out, behind what it holds; the places in the thread's own buffer,
 * because on the stack those of the longest value would be 20 KB for each. */
static void begin(struct work *w, const struct pseudo *p, struct str in,
                  struct buf *out)
{
    assert(in.n <= PERMUTE_DIGITS);
    w->in = in;
    w->text = buf_room(out, in.n);
    memcpy(w->text, in.p, in.n);
    buf_clear(&p->t->places);
    w->at = (uint16_t *)(void *)buf_room(&p->t->places, 5 * in.n);
    w->from = (uint8_t *)(w->at + in.n);
    w->digits = (struct digits){.radix = w->from + in.n, .digit = w->from + 2 * in.n};
}

/* Place `i` is one of `radix` characters from `from` on, now number `digit`. */
static void vary(struct work *w, size_t i, size_t from, size_t radix, size_t digit)
{
    size_t k = w->digits.n++;
    w->at[k] = (uint16_t)i;
    w->from[k] = (uint8_t)from;
    w->digits.radix[k] = (uint8_t)radix;
    w->digits.digit[k] = (uint8_t)digit;
}

static enum err finish(const struct pseudo *p, struct work *w, struct str shape,
                       struct buf *out, struct error *e)
{
    TRY(permute(p->t, p->space, shape, &w->digits, e));
    for (size_t i = 0; i < w->digits.n; i++)
        w->text[w->at[i]] = alphabets[w->from[i] + w->digits.digit[i]];
    out->n += w->in.n;
    return ERR_OK;
}

/* The shape of a text whose every character counts: a name, and the text with the first
 * letter of its alphabet at variable places. */
static struct str shape_of(const struct pseudo *p, const struct work *w,
                           const char *kind)
{
    struct buf *shape = &p->t->scratch;
    buf_clear(shape);
    buf_add(shape, kind, strlen(kind) + 1);
    size_t base = shape->n;
    buf_add(shape, w->text, w->in.n);
    for (size_t i = 0; i < w->digits.n; i++)
        shape->p[base + w->at[i]] = alphabets[w->from[i]];
    return buf_str(shape);
}

/* What a character of a serial number is. A table, because which it is cannot be
 * guessed: D digit, U and L letters, 0 what stays. */
enum { D = 1, U, L };
static const uint8_t class_of[128] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* */
    D, D, D, D, D, D, D, D, D, D, 0, 0, 0, 0, 0, 0, /* 0 to 9 */
    0, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, /* A */
    U, U, U, U, U, U, U, U, U, U, U, 0, 0, 0, 0, 0, /* to Z */
    0, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* a */
    L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, 0, /* to z */
};

static const struct {
    uint8_t from, radix;
    char first;
} classes[] = {{0, 1, 0}, {DIGIT, 10, '0'}, {UPPER, 26, 'A'}, {LOWER, 26, 'a'}};

/* Place i of an ASCII text, if it is variable. */
static void vary_serial(struct work *w, size_t i)
{
    unsigned class = class_of[w->in.p[i] & 127];
    char digit = (char)(w->in.p[i] - classes[class].first);
    vary(w, i, classes[class].from, classes[class].radix, (uint8_t)digit);
    w->digits.n -= class == 0;
}

/* Letters beyond ASCII, or more places than permute takes: every character is drawn. */
static void draw_serial(const struct pseudo *p, struct str in, struct buf *out)
{
    struct draw d;
    draw_start(&d, p->t, p->space, in);
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = (uint8_t)in.p[i];
        if (is_digit(in.p[i]))
            draw_chars(&d, str_n(alphabets + DIGIT, 10), 1, out);
        else if (is_upper(in.p[i]))
            draw_chars(&d, str_n(alphabets + UPPER, 26), 1, out);
        else if (is_lower(in.p[i]) || c >= 0xc0)
            draw_chars(&d, str_n(alphabets + LOWER, 26), 1, out);
        else if (c < 0x80)
            buf_add_char(out, in.p[i]);
    }
}

static bool is_ascii(struct str s)
{
    uint8_t any = 0;
    for (size_t i = 0; i < s.n; i++)
        any |= (uint8_t)s.p[i];
    return any < 0x80;
}

static enum err make_serial(const struct pseudo *p, struct str in, struct buf *out,
                            struct error *e)
{
    if (in.n > PERMUTE_DIGITS || !is_ascii(in)) {
        draw_serial(p, in, out);
        return ERR_OK;
    }
    struct work w;
    begin(&w, p, in, out);
    for (size_t i = 0; i < in.n; i++)
        vary_serial(&w, i);
    return finish(p, &w, shape_of(p, &w, "serial"), out, e);
}

/* More places than permute takes: what varies below is drawn here, so that the result
 * is a number all the same. */
static void draw_number(const struct pseudo *p, struct str in, struct buf *out)
{
    struct draw d;
    bool first = true;
    size_t i = 0;
    draw_start(&d, p->t, p->space, in);
    for (; i < in.n && in.p[i] != 'e' && in.p[i] != 'E'; i++) {
        bool digit = is_digit(in.p[i]);
        if (!digit || (first && in.p[i] == '0'))
            buf_add_char(out, in.p[i]);
        else
            draw_chars(&d,
                       first ? str_n(alphabets + DIGIT + 1, 9)
                             : str_n(alphabets + DIGIT, 10),
                       1, out);
        first &= !digit;
    }
    buf_add_str(out, str_from(in, i));
}

enum err pseudo_number(const struct pseudo *p, struct str in, struct buf *out,
                       struct error *e)
{
    if (in.n > PERMUTE_DIGITS) {
        draw_number(p, in, out);
        return ERR_OK;
    }
    struct work w;
    begin(&w, p, in, out);
    bool first = true;
    for (size_t i = 0; i < in.n && in.p[i] != 'e' && in.p[i] != 'E'; i++) {
        if (!is_digit(in.p[i]))
            continue;
        bool zero = in.p[i] == '0';
        if (!first)
            vary_serial(&w, i);
        else if (!zero) /* a 0 here is the whole integer part */
            vary(&w, i, DIGIT + 1, 9, (size_t)(in.p[i] - '1'));
        first = false;
    }
    return finish(p, &w, shape_of(p, &w, "number"), out, e);
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* The case of the letters: uniform, or lower where mixed (the number is the same). */
static bool has_upper_only(struct str s)
{
    bool upper = false, lower = false;
    for (size_t i = 0; i < s.n; i++) {
        upper |= is_upper(s.p[i]);
        lower |= is_lower(s.p[i]);
    }
    return upper && !lower;
}

/* Text that is hex digits and, if `dashes`, the dashes of a UUID. */
static bool is_uuid(struct str s)
{
    bool dashes = s.n == 36;
    if (!dashes && s.n != 32)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool dash = dashes && (i == 8 || i == 13 || i == 18 || i == 23);
        if (dash ? s.p[i] != '-' : hex_value(s.p[i]) < 0)
            return false;
    }
    return true;
}

/* The nil and the max UUID (RFC 9562, 5.9, 5.10) name nobody. */
static bool is_special(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '-' && hex_value(s.p[i]) != hex_value(s.p[0]))
            return false;
    return hex_value(s.p[0]) == 0 || hex_value(s.p[0]) == 15;
}

/* RFC 9562: four bits of version; the variant is 0, 10, 110 or 111 and stays. */
static void vary_variant(struct work *w, size_t i, size_t alphabet, int value)
{
    unsigned kept = value < 8 ? 1 : value < 12 ? 2 : 3;
    unsigned free = 4 - kept;
    unsigned low = (unsigned)value & ((1u << free) - 1);
    vary(w, i, alphabet + (unsigned)value - low, 1u << free, low);
}

static enum err make_uuid(const struct pseudo *p, struct str in, struct buf *out,
                          struct error *e)
{
    if (!is_uuid(in))
        return make_serial(p, in, out, e);
    if (is_special(in)) {
        buf_add_str(out, in);
        return ERR_OK;
    }
    struct work w;
    size_t alphabet = has_upper_only(in) ? HEX : SMALL_HEX;
    size_t version = in.n == 36 ? 14 : 12, variant = in.n == 36 ? 19 : 16;
    begin(&w, p, in, out);
    for (size_t i = 0; i < in.n; i++) {
        int value = hex_value(in.p[i]);
        if (value < 0)
            continue;
        if (i == version)
            w.text[i] = alphabets[alphabet + (size_t)value];
        else if (i == variant)
            vary_variant(&w, i, alphabet, value);
        else
            vary(&w, i, alphabet, 16, (size_t)value);
    }
    /* Written in either case, with or without dashes, it is the same UUID. */
    int top = hex_value(in.p[variant]);
    char shape[] = {'u',
                    'u',
                    'i',
                    'd',
                    (char)hex_value(in.p[version]),
                    (char)(top < 8    ? 0
                           : top < 12 ? 8
                                      : top & 14)};
    return finish(p, &w, str_n(shape, sizeof shape), out, e);
}

static int ulid_value(char c)
{
    char upper = c;
    if (is_lower(c))
        upper = (char)(c - 32);
    for (int i = 0; i < 32; i++)
        if (alphabets[BASE32 + i] == upper)
            return i;
    return -1;
}

static bool is_ulid(struct str s)
{
    if (s.n != 26 || s.p[0] < '0' || s.p[0] > '7')
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (ulid_value(s.p[i]) < 0)
            return false;
    return true;
}

static enum err make_ulid(const struct pseudo *p, struct str in, struct buf *out,
                          struct error *e)
{
    if (!is_ulid(in))
        return make_serial(p, in, out, e);
    struct work w;
    bool small = false;
    for (size_t i = 0; i < in.n; i++)
        small |= is_lower(in.p[i]);
    begin(&w, p, in, out);
    for (size_t i = 0; i < in.n; i++)
        vary(&w, i, small ? SMALL_BASE32 : BASE32, i ? 32 : 8,
             (size_t)ulid_value(in.p[i]));
    return finish(p, &w, STR("ulid"), out, e);
}

static enum err make_hex(const struct pseudo *p, struct str in, struct buf *out,
                         struct error *e)
{
    struct str prefix = str_starts(in, STR("0x")) || str_starts(in, STR("0X"))
                            ? str_n(in.p, 2)
                            : str_n(in.p, 0);
    struct str digits = str_from(in, prefix.n);
    bool fits = digits.n > 0 && digits.n <= PERMUTE_BITS / 4;
    for (size_t i = 0; i < digits.n && fits; i++)
        fits = hex_value(digits.p[i]) >= 0;
    if (!fits)
        return make_serial(p, in, out, e);
    size_t alphabet = has_upper_only(digits) ? HEX : SMALL_HEX;
    buf_add_str(out, prefix);
    struct work w;
    begin(&w, p, digits, out);
    for (size_t i = 0; i < digits.n; i++)
        vary(&w, i, alphabet, 16, (size_t)hex_value(digits.p[i]));
    char shape[] = {'h', 'e', 'x', (char)(digits.n >> 8), (char)digits.n};
    return finish(p, &w, str_n(shape, sizeof shape), out, e);
}

/* Digits of the country code behind + or 00 (ITU-T E.164, list of assigned codes): 1
 * and 7 have one digit, the listed ones two, the rest three. */
static size_t country_digits(const char *p)
{
    static const char two[] =
        "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 "
        "53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 "
        "93 94 95 98 ";
    if (p[0] == '1' || p[0] == '7')
        return 1;
    for (const char *t = two; *t; t += 3)
        if (t[0] == p[0] && t[1] == p[1])
            return 2;
    return 3;
}

/* Digits, blanks, ( ) - . / + and, for an extension, x, ext, #: a phone number. */
static bool is_phone(struct str s)
{
    size_t digits = 0, letters = 0;
    for (size_t i = 0; i < s.n; i++) {
        digits += is_digit(s.p[i]);
        letters += !is_digit(s.p[i]);
        if (!is_digit(s.p[i]) && (!s.p[i] || !strchr(" ()-./+xXeEtT#", s.p[i])))
            return false;
    }
    return digits > 0 && digits <= 40 && letters <= 40;
}

static enum err make_phone(const struct pseudo *p, struct str in, struct buf *out,
                           struct error *e)
{
    if (!is_phone(in))
        return make_serial(p, in, out, e);
    char digits[48] = {0};
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < in.n; i++)
        if (is_digit(in.p[i]))
            digits[n++] = in.p[i];
    if (memchr(in.p, '+', in.n))
        kept = country_digits(digits);
    else if (str_starts(in, STR("00")))
        kept = 2 + country_digits(digits + 2);
    if (kept > n)
        kept = 0;
    struct work w;
    begin(&w, p, in, out);
    for (size_t i = 0, seen = 0; i < in.n; i++)
        if (is_digit(in.p[i]) && seen++ >= kept)
            vary(&w, i, DIGIT, 10, (size_t)(in.p[i] - '0'));
    /* However it is punctuated, it is the same number. */
    char shape[64];
    static const char kind[] = {'p', 'h', 'o', 'n', 'e'};
    memcpy(shape, kind, sizeof kind);
    shape[5] = (char)n;
    memcpy(shape + 6, digits, kept);
    return finish(p, &w, str_n(shape, 6 + kept), out, e);
}

static enum err make_token(const struct pseudo *p, struct str in, struct buf *out,
                           struct error *e)
{
    size_t length = 0;
    bool plain = in.n <= PERMUTE_BITS / 6;
    for (size_t i = 0; i < in.n; i++) {
        plain &= is_digit(in.p[i]) || is_upper(in.p[i]) || is_lower(in.p[i]);
        length += ((uint8_t)in.p[i] & 0xc0) != 0x80;
    }
    if (!plain) {
        struct draw d;
        draw_start(&d, p->t, p->space, in);
        draw_chars(&d, str_n(alphabets + BASE62, 62), length, out);
        return ERR_OK;
    }
    struct work w;
    begin(&w, p, in, out);
    for (size_t i = 0; i < in.n; i++) {
        unsigned class = class_of[in.p[i] & 127];
        vary(&w, i, BASE62, 62,
             classes[class].from + (size_t)(in.p[i] - classes[class].first));
    }
    char shape[] = {'t', 'o', 'k', 'e', 'n', (char)(in.n >> 8), (char)in.n};
    return finish(p, &w, str_n(shape, sizeof shape), out, e);
}

const struct pseudo_kind pseudo_serial = {
    .name = "serial",
    .summary = "digits stay digits, letters letters, the rest as it is",
    .one_to_one = true,
    .make = make_serial,
};

const struct pseudo_kind pseudo_uuid = {
    .name = "uuid",
    .summary = "version, variant, case and dashes stay",
    .one_to_one = true,
    .make = make_uuid,
};

const struct pseudo_kind pseudo_ulid = {
    .name = "ulid",
    .summary = "another ULID",
    .one_to_one = true,
    .make = make_ulid,
};

const struct pseudo_kind pseudo_hex = {
    .name = "hex",
    .summary = "hex digits of the same number and case",
    .one_to_one = true,
    .make = make_hex,
};

const struct pseudo_kind pseudo_phone = {
    .name = "phone",
    .summary = "country code and punctuation stay",
    .one_to_one = true,
    .make = make_phone,
};

const struct pseudo_kind pseudo_token = {
    .name = "token",
    .summary = "letters and digits, as many as there were characters",
    .one_to_one = true,
    .make = make_token,
};
