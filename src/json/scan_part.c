#include "json/scan_state.h"

#include "json/kernel.h"
#include "json/utf8.h"

static const char *const literals[] = {"true", "false", "null"};

static const char *at(const struct scan *s)
{
    return s->window.p + s->pos;
}

static const char *window_end(const struct scan *s)
{
    return s->window.p + s->window.n;
}

static void move_to(struct scan *s, const char *p)
{
    s->pos = (size_t)(p - s->window.p);
}

static uint64_t offset_of(const struct scan *s, const char *p)
{
    return s->base + (uint64_t)(p - s->window.p);
}

static enum scan_event bad(struct scan *s, uint64_t offset, const char *line)
{
    err_set(&s->error, ERR_DATA, "%s", line);
    s->error.offset = offset;
    s->part = PART_BAD;
    return SCAN_BAD;
}

static enum scan_event bad_at(struct scan *s, const char *p, const char *line)
{
    return bad(s, offset_of(s, p), line);
}

enum scan_event scan_too_deep(struct scan *s, const char *p)
{
    err_set(&s->error, ERR_LIMIT, "nesting deeper than %d", SCAN_DEPTH);
    s->error.offset = offset_of(s, p);
    s->part = PART_BAD;
    return SCAN_BAD;
}

enum scan_event scan_unexpected(struct scan *s, const char *p)
{
    static const char *const lines[] = {
        [STATE_FIRST] = "a value is expected here",
        [STATE_VALUE] = "a value is expected here",
        [STATE_ITEM] = "a value or ] is expected here",
        [STATE_NAME] = "a key or } is expected here",
        [STATE_KEY] = "a key is expected here",
        [STATE_COLON] = "a colon is expected here",
        [STATE_AFTER_MEMBER] = "a comma or } is expected here",
        [STATE_AFTER_ITEM] = "a comma or ] is expected here",
    };
    if (s->state == STATE_DONE)
        return bad_at(s, p,
                      s->multi ? "a value is expected here"
                               : "only space may follow the value");
    return bad_at(s, p, lines[s->state]);
}

static bool in_object(const struct scan *s)
{
    unsigned top = s->depth - 1;
    return s->kinds[top / 64] >> top % 64 & 1;
}

enum scan_event scan_used_up(struct scan *s)
{
    s->pos = s->window.n;
    if (!s->finished)
        return SCAN_MORE;
    if (s->depth > 0)
        return bad_at(s, window_end(s),
                      in_object(s) ? "the text ends inside an object"
                                   : "the text ends inside an array");
    if (s->state == STATE_FIRST && !s->multi)
        return bad_at(s, window_end(s), "the text holds no value");
    return SCAN_END;
}

/* Keeps the bytes from the window's place up to p, and goes there; false at the limit.
 */
static bool keep(struct scan *s, const char *p)
{
    size_t n = (size_t)(p - at(s));
    if (buf_reserve(&s->side, n, NULL) != ERR_OK) {
        err_set(&s->error, ERR_LIMIT, "a token longer than %zu bytes", s->limit);
        s->error.offset = s->offset;
        s->part = PART_BAD;
        return false;
    }
    buf_add(&s->side, at(s), n);
    move_to(s, p);
    return true;
}

/* The window ends inside a token. */
static enum scan_event cut(struct scan *s, const char *line)
{
    if (!keep(s, window_end(s)))
        return SCAN_BAD;
    return s->finished ? bad_at(s, window_end(s), line) : SCAN_MORE;
}

/* A number or literal is whole. */
static enum scan_event scalar(struct scan *s, enum scan_event event)
{
    s->state = s->after;
    s->part = s->depth > 0 ? PART_NONE : PART_APART;
    return event;
}

static enum scan_event end_string(struct scan *s, const char *quote)
{
    if (!keep(s, quote))
        return SCAN_BAD;
    move_to(s, quote + 1);
    s->token = s->side.n ? buf_str(&s->side) : STR(""); /* side.p may be NULL */
    s->part = PART_NONE;
    if (s->state == STATE_NAME || s->state == STATE_KEY) {
        s->state = STATE_COLON;
        return SCAN_KEY;
    }
    s->state = s->after;
    return SCAN_STRING;
}

/* What each part does with the byte at *p: moves it; false with the error set. */

static bool plain_byte(struct scan *s, const char **p)
{
    uint8_t c = (uint8_t) * *p;
    if (c == '\\') {
        s->escaped = true;
        s->part = PART_BACKSLASH;
        (*p)++;
        return true;
    }
    if (c < 0x20) {
        bad_at(s, *p, "control character in a string");
        return false;
    }
    s->ascii = false;
    size_t n = utf8_sequence(*p, window_end(s));
    if (n) {
        *p += n;
        return true;
    }
    s->count = (uint8_t)utf8_lead(c, &s->low, &s->high);
    if (!s->count) {
        bad_at(s, *p, "invalid UTF-8");
        return false;
    }
    s->seen = 1;
    s->part = PART_UTF8;
    (*p)++;
    return true;
}

static bool utf8_byte(struct scan *s, const char **p)
{
    uint8_t c = (uint8_t) * *p;
    if (c < s->low || c > s->high) {
        bad(s, offset_of(s, *p) - s->seen, "invalid UTF-8");
        return false;
    }
    s->low = 0x80;
    s->high = 0xbf;
    s->seen++;
    if (--s->count == 0)
        s->part = PART_STRING;
    (*p)++;
    return true;
}

static bool backslash_byte(struct scan *s, const char **p)
{
    char c = **p;
    if (!c || !strchr("\"\\/bfnrtu", c)) {
        bad_at(s, *p, "invalid escape in a string");
        return false;
    }
    s->part = c == 'u' ? PART_HEX : PART_STRING;
    s->count = 4;
    (*p)++;
    return true;
}

static bool hex_byte(struct scan *s, const char **p)
{
    char c = **p;
    if (!c || !strchr("0123456789abcdefABCDEF", c)) {
        bad_at(s, *p, "a hexadecimal digit is expected here");
        return false;
    }
    if (--s->count == 0)
        s->part = PART_STRING;
    (*p)++;
    return true;
}

static enum scan_event string_part(struct scan *s)
{
    const char *p = at(s), *end = window_end(s);
    while (p < end) {
        bool ok;
        switch (s->part) {
        case PART_BACKSLASH: ok = backslash_byte(s, &p); break;
        case PART_HEX: ok = hex_byte(s, &p); break;
        case PART_UTF8: ok = utf8_byte(s, &p); break;
        default:
            p = s->kernel->plain_end(p, end);
            if (p == end)
                continue;
            if (*p == '"')
                return end_string(s, p);
            ok = plain_byte(s, &p);
        }
        if (!ok)
            return SCAN_BAD;
    }
    return cut(s, "the text ends inside a string");
}

static enum scan_event literal_part(struct scan *s)
{
    const char *word = literals[s->part - PART_TRUE];
    const char *p = at(s), *end = window_end(s);
    for (; word[s->count] && p < end; p++, s->count++)
        if (*p != word[s->count])
            return bad_at(s, p, "true, false or null is misspelt here");
    if (word[s->count])
        return cut(s, "the text ends inside a literal");
    move_to(s, p);
    return scalar(s, (enum scan_event)(SCAN_TRUE + (s->part - PART_TRUE)));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The part after c; PART_NONE when c is not of the number (RFC 8259 §6). */
static uint8_t number_next(uint8_t part, char c)
{
    switch (part) {
    case PART_MINUS: return c == '0' ? PART_ZERO : is_digit(c) ? PART_INT : PART_NONE;
    case PART_INT:
        if (is_digit(c))
            return PART_INT;
        __attribute__((fallthrough));
    case PART_ZERO:
        if (c == '.')
            return PART_POINT;
        return c == 'e' || c == 'E' ? PART_E : PART_NONE;
    case PART_POINT: return is_digit(c) ? PART_FRACTION : PART_NONE;
    case PART_FRACTION:
        if (is_digit(c))
            return PART_FRACTION;
        return c == 'e' || c == 'E' ? PART_E : PART_NONE;
    case PART_E:
        if (c == '+' || c == '-')
            return PART_E_SIGN;
        __attribute__((fallthrough));
    default: return is_digit(c) ? PART_EXPONENT : PART_NONE;
    }
}

static bool number_may_end(uint8_t part)
{
    return part == PART_ZERO || part == PART_INT || part == PART_FRACTION ||
           part == PART_EXPONENT;
}

static enum scan_event number_part(struct scan *s)
{
    const char *p = at(s), *end = window_end(s);
    uint8_t part;
    for (; p < end; p++) {
        part = number_next(s->part, *p);
        if (part == PART_NONE)
            break;
        s->part = part;
    }
    bool whole = number_may_end(s->part);
    if (p == end && !(whole && s->finished))
        return cut(s, "the text ends inside a number");
    if (!whole)
        return bad_at(s, p, "a digit is expected here");
    if (!keep(s, p))
        return SCAN_BAD;
    s->token = buf_str(&s->side);
    return scalar(s, SCAN_NUMBER);
}

/* At the very beginning: a byte-order mark, whole or not at all. */
static bool bom_part(struct scan *s, enum scan_event *out)
{
    static const char mark[] = "\xef\xbb\xbf";
    const char *p = at(s), *end = window_end(s);
    while (p < end && s->count < 3 && *p == mark[s->count]) {
        p++;
        s->count++;
    }
    move_to(s, p);
    if (s->count > 0 && s->count < 3 && (p < end || s->finished)) {
        *out = bad(s, s->base + s->pos - s->count, "a value is expected here");
        return true;
    }
    if (p == end && s->count < 3) {
        *out = scan_used_up(s);
        return true;
    }
    s->part = PART_NONE;
    return false;
}

/* Behind a number or literal that is a whole document: "1 2" are two, "12" and "1true"
 * are not. */
static bool apart_part(struct scan *s, enum scan_event *out)
{
    const char *p = at(s);
    if (p == window_end(s)) {
        *out = scan_used_up(s);
        return true;
    }
    if (!s->multi || (*p && strchr(" \t\r\n{[\"", *p))) {
        s->part = PART_NONE;
        return false;
    }
    *out = bad_at(s, p, "space is expected between values");
    return true;
}

bool scan_resume(struct scan *s, enum scan_event *out)
{
    switch (s->part) {
    case PART_NONE: return false;
    case PART_BOM: return bom_part(s, out);
    case PART_APART: return apart_part(s, out);
    case PART_BAD: *out = SCAN_BAD; return true;
    case PART_STRING:
    case PART_BACKSLASH:
    case PART_HEX:
    case PART_UTF8: *out = string_part(s); return true;
    case PART_TRUE:
    case PART_FALSE:
    case PART_NULL: *out = literal_part(s); return true;
    default: *out = number_part(s); return true;
    }
}

enum scan_event scan_part(struct scan *s, const char *p)
{
    s->offset = offset_of(s, p);
    move_to(s, p);
    buf_clear(&s->side);
    s->side.limit = s->limit;
    s->count = 0;
    switch (*p) {
    case '"':
        s->part = PART_STRING;
        s->escaped = false;
        s->ascii = true;
        s->pos++;
        return string_part(s);
    case 't': s->part = PART_TRUE; return literal_part(s);
    case 'f': s->part = PART_FALSE; return literal_part(s);
    case 'n': s->part = PART_NULL; return literal_part(s);
    case '-':
        s->part = PART_MINUS;
        if (!keep(s, p + 1))
            return SCAN_BAD;
        return number_part(s);
    default: s->part = PART_MINUS; return number_part(s);
    }
}
