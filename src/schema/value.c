#include "schema/value.h"

#include <stdio.h>

#include "json/number.h"

#define SHORT 20 /* characters of a number that the fast path takes */

/* Digits without sign, point and exponent, and where the point was. */
static bool short_number(struct str token, char digits[SHORT], size_t *n, size_t *point)
{
    *n = 0;
    *point = SIZE_MAX;
    for (size_t i = token.p[0] == '-'; i < token.n; i++) {
        char c = token.p[i];
        if (c >= '0' && c <= '9')
            digits[(*n)++] = c;
        else if (c == '.')
            *point = *n;
        else
            return false;
    }
    if (*point == SIZE_MAX)
        *point = *n;
    return true;
}

enum err value_number(struct buf *out, struct str token, struct error *e)
{
    char digits[SHORT];
    size_t n, point, first = 0;
    if (token.n > SHORT || !token.n || !short_number(token, digits, &n, &point))
        return number_canonical(token, out, e);
    while (n && digits[n - 1] == '0')
        n--;
    while (first < n && digits[first] == '0')
        first++;
    if (first == n) {
        buf_add_char(out, '0');
        return ERR_OK;
    }
    char *start = buf_room(out, SHORT + 8), *p = start;
    if (token.p[0] == '-')
        *p++ = '-';
    *p++ = digits[first];
    if (n - first > 1) {
        *p++ = '.';
        memcpy(p, digits + first + 1, n - first - 1);
        p += n - first - 1;
    }
    *p++ = 'e';
    int exponent = (int)point - (int)first - 1;
    if (exponent < 0) {
        *p++ = '-';
        exponent = -exponent;
    }
    if (exponent >= 10)
        *p++ = (char)('0' + exponent / 10);
    *p++ = (char)('0' + exponent % 10);
    out->n += (size_t)(p - start);
    return ERR_OK;
}

/* Writes a canonical number that stands from `at` on as a plain integer, if it is one.
 */
static void write_out(struct buf *out, size_t at)
{
    char digits[VALUE_ID_DIGITS];
    size_t n = 0, i = at + (out->p[at] == '-');
    for (; i < out->n && out->p[i] != 'e'; i++) {
        if (out->p[i] == '.')
            continue;
        if (n == VALUE_ID_DIGITS)
            return;
        digits[n++] = out->p[i];
    }
    size_t exponent = 0;
    for (i++; i < out->n; i++) {
        if (out->p[i] == '-' || exponent > VALUE_ID_DIGITS)
            return;
        exponent = exponent * 10 + (size_t)(out->p[i] - '0');
    }
    if (exponent + 1 > VALUE_ID_DIGITS || n > exponent + 1)
        return;
    while (n < exponent + 1)
        digits[n++] = '0';
    out->n = at + (out->p[at] == '-');
    buf_add(out, digits, n);
}

enum err value_id(struct buf *out, struct str token, struct error *e)
{
    bool plain = token.n < SHORT && token.p[0] >= '1' && token.p[0] <= '9';
    for (size_t i = 1; plain && i < token.n; i++)
        plain = token.p[i] >= '0' && token.p[i] <= '9';
    if (plain || number_is_integer(token)) {
        buf_add_str(out, token);
        return ERR_OK;
    }
    size_t at = out->n;
    TRY(value_number(out, token, e));
    if (!str_eq(str_n(out->p + at, out->n - at), STR("0")))
        write_out(out, at);
    return ERR_OK;
}

/* ---- DateTime */

struct moment {
    int year, month, day, hour, minute, second;
    struct str fraction;
    int zone; /* minutes east of UTC */
};

static bool number_at(struct str s, size_t at, size_t n, int *out)
{
    int v = 0;
    for (size_t i = at; i < at + n; i++) {
        if (i >= s.n || s.p[i] < '0' || s.p[i] > '9')
            return false;
        v = v * 10 + (s.p[i] - '0');
    }
    *out = v;
    return true;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static bool zone(struct str s, int *out)
{
    *out = 0;
    if (!s.n || (s.n == 1 && (s.p[0] | 0x20) == 'z'))
        return true;
    int hours, minutes = 0;
    if ((s.p[0] != '+' && s.p[0] != '-') || !number_at(s, 1, 2, &hours))
        return false;
    struct str rest = str_from(s, 3);
    if (rest.n && rest.p[0] == ':')
        rest = str_from(rest, 1);
    else if (s.n == 3)
        rest = STR("00");
    if (rest.n != 2 || !number_at(rest, 0, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *out = (hours * 60 + minutes) * (s.p[0] == '-' ? -1 : 1);
    return true;
}

static bool moment_read(struct str s, struct moment *m)
{
    if (s.n < 19 || s.p[4] != '-' || s.p[7] != '-' || s.p[13] != ':' ||
        s.p[16] != ':' || ((s.p[10] | 0x20) != 't' && s.p[10] != ' '))
        return false;
    if (!number_at(s, 0, 4, &m->year) || !number_at(s, 5, 2, &m->month) ||
        !number_at(s, 8, 2, &m->day) || !number_at(s, 11, 2, &m->hour) ||
        !number_at(s, 14, 2, &m->minute) || !number_at(s, 17, 2, &m->second))
        return false;
    if (m->month < 1 || m->month > 12 || m->day < 1 ||
        m->day > days_in(m->year, m->month) || m->hour > 23 || m->minute > 59 ||
        m->second > 59)
        return false;
    size_t end = 19;
    m->fraction = str_n(NULL, 0);
    if (s.n > 19 && s.p[19] == '.') {
        for (end = 20; end < s.n && s.p[end] >= '0' && s.p[end] <= '9'; end++)
            ;
        if (end == 20)
            return false;
        m->fraction = str_n(s.p + 20, end - 20);
        while (m->fraction.n && m->fraction.p[m->fraction.n - 1] == '0')
            m->fraction.n--;
    }
    return zone(str_from(s, end), &m->zone);
}

/* Takes the zone off; false outside the years 0000 to 9999. */
static bool to_utc(struct moment *m)
{
    int minutes = m->hour * 60 + m->minute - m->zone;
    int days = minutes < 0 ? -1 : minutes >= 1440 ? 1 : 0;
    minutes -= days * 1440;
    m->hour = minutes / 60;
    m->minute = minutes % 60;
    m->day += days;
    if (m->day < 1) {
        m->month--;
        if (m->month < 1) {
            m->month = 12;
            m->year--;
        }
        m->day = days_in(m->year, m->month);
    } else if (m->day > days_in(m->year, m->month)) {
        m->day = 1;
        m->month++;
        if (m->month > 12) {
            m->month = 1;
            m->year++;
        }
    }
    return m->year >= 0 && m->year <= 9999;
}

static char *two(char *p, int v, char after)
{
    *p++ = (char)('0' + v / 10);
    *p++ = (char)('0' + v % 10);
    *p++ = after;
    return p;
}

bool value_datetime(struct buf *out, struct str text)
{
    struct moment m;
    if (!moment_read(text, &m) || (m.zone && !to_utc(&m)))
        return false;
    char *start = buf_room(out, text.n + 8), *p = start;
    *p++ = '"';
    *p++ = (char)('0' + m.year / 1000);
    *p++ = (char)('0' + m.year / 100 % 10);
    p = two(p, m.year % 100, '-');
    p = two(p, m.month, '-');
    p = two(p, m.day, 'T');
    p = two(p, m.hour, ':');
    p = two(p, m.minute, ':');
    p = two(p, m.second, '.');
    if (m.fraction.n) {
        memcpy(p, m.fraction.p, m.fraction.n);
        p += m.fraction.n;
    } else {
        p--;
    }
    *p++ = 'Z';
    *p++ = '"';
    out->n += (size_t)(p - start);
    return true;
}

bool value_boolean(struct str text, bool *out)
{
    static const char *const words[] = {"t", "true", "f", "false"};
    for (size_t i = 0; i < 4; i++) {
        bool same = text.n == strlen(words[i]);
        for (size_t k = 0; same && k < text.n; k++)
            same = (text.p[k] | 0x20) == words[i][k];
        if (same) {
            *out = i < 2;
            return true;
        }
    }
    return false;
}

void value_upper(char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\\')
            i += i + 1 < n && p[i + 1] == 'u' ? 5 : 1;
        else if (p[i] >= 'a' && p[i] <= 'z')
            p[i] = (char)(p[i] & ~0x20);
    }
}
