#include "crypt/key.h"
#include "doc/doc.h"
#include "scrub/act.h"
#include "scrub/act_with.h"
#include "scrub/decimal.h"
#include "scrub/draw.h"

/*
 * Dates in ISO 8601 (YYYY-MM-DD or YYYYMMDD, with or without a time behind T or a
 * blank; YYYY-MM for truncation) and Unix times as whole numbers of seconds or
 * milliseconds. Shape and time zone stay. What is no date, or leaves the years 1 to
 * 9999, is redacted. null and empty texts stay.
 *
 * shift_days: by -n to n whole days but 0, from the HMAC of the subject (the value of
 * the sibling that `subject` names) in the namespace; without subject one shift for the
 * namespace: intervals stay. truncate: to the first of the month or year, time 0.
 */
struct date {
    struct act_keyed keyed; /* first, see act_namespace() */
    uint64_t shift_days;
    struct str subject;
    size_t truncate;
};

enum { TRUNCATE_NO, TRUNCATE_MONTH, TRUNCATE_YEAR };

#define SHIFT    36500 /* a century */
#define DAY      86400
#define MAX_TIME 40 /* bytes behind the date: time, fraction and zone */

/* A date as read: what is needed to write it again in the same shape. */
struct moment {
    int year, month, day;
    bool dashes, has_day;
    struct str rest; /* behind the day: time and zone */
};

static const char *const params[] = {"shift_days", "subject", "truncate",
                                     "namespace",  "scope",   NULL};

static enum err check(const struct doc_node *with, struct arena *a, void **out_params,
                      struct error *e)
{
    static const char *const units[] = {"no", "month", "year", NULL};
    struct date *d = ARENA_NEW(a, struct date);
    TRY(with_known(with, params, e));
    TRY(with_uint(with, "shift_days", SHIFT, &d->shift_days, e));
    TRY(with_text(with, "subject", a, &d->subject, e));
    TRY(with_choice(with, "truncate", units, &d->truncate, e));
    TRY(with_keyed(with, "date", a, &d->keyed, e));
    if ((d->shift_days != 0) == (d->truncate != TRUNCATE_NO))
        return with_refuse(with, "shift_days",
                           "either shift_days (from 1 on) or truncate: month or year",
                           e);
    if (d->subject.n && !d->shift_days)
        return with_refuse(with, "subject", "goes with shift_days", e);
    *out_params = d;
    return ERR_OK;
}

static bool number_at(struct str s, size_t from, size_t n, int *out)
{
    int v = 0;
    if (from + n > s.n)
        return false;
    for (size_t i = from; i < from + n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        v = 10 * v + (s.p[i] - '0');
    }
    *out = v;
    return true;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Days since 1970-01-01 in the Gregorian calendar: a year is counted from March on, so
 * that the leap day is its last; 400 years have 146,097 days. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t era = (y >= 0 ? y : y - 399) / 400, in_era = y - era * 400;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + of_year - 719468;
}

static void date_of(int64_t days, struct moment *m)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t in_era = days - era * 146097;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t of_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    m->day = (int)(of_year - (153 * month + 2) / 5 + 1);
    m->month = (int)(month < 10 ? month + 3 : month - 9);
    m->year = (int)(year + era * 400 + (m->month <= 2));
}

/* Digits, and signs that times and zones have. */
static bool is_time(struct str s)
{
    if (s.n == 0)
        return true;
    if (s.n > MAX_TIME || (s.p[0] != 'T' && s.p[0] != 't' && s.p[0] != ' ') || s.n < 3)
        return false;
    for (size_t i = 1; i < s.n; i++)
        if (!s.p[i] || !strchr("0123456789:.,+-Zz ", s.p[i]))
            return false;
    return s.p[1] >= '0' && s.p[1] <= '2' && s.p[2] >= '0' && s.p[2] <= '9';
}

static bool read_date(struct str s, struct moment *m)
{
    m->dashes = s.n >= 7 && s.p[4] == '-';
    m->has_day = true;
    size_t n = m->dashes ? 10 : 8;
    if (!number_at(s, 0, 4, &m->year) || !number_at(s, m->dashes ? 5 : 4, 2, &m->month))
        return false;
    if (m->dashes && s.n == 7) {
        m->has_day = false;
        m->day = 1;
        n = 7;
    } else if (!number_at(s, m->dashes ? 8 : 6, 2, &m->day) ||
               (m->dashes && s.p[7] != '-')) {
        return false;
    }
    m->rest = str_from(s, n);
    return m->year >= 1 && m->month >= 1 && m->month <= 12 && m->day >= 1 &&
           m->day <= days_in(m->year, m->month) && is_time(m->rest);
}

/* Time and zone as they are; a truncated time has 0 for every digit before its zone. */
static void write_date(const struct moment *m, bool truncated, struct buf *out)
{
    decimal_digits((uint64_t)m->year, 4, out);
    if (m->dashes)
        buf_add_char(out, '-');
    decimal_digits((uint64_t)m->month, 2, out);
    if (m->has_day && m->dashes)
        buf_add_char(out, '-');
    if (m->has_day)
        decimal_digits((uint64_t)m->day, 2, out);
    bool zone = false;
    for (size_t i = 0; i < m->rest.n; i++) {
        char c = m->rest.p[i];
        zone |= c == '+' || c == '-';
        bool zero = truncated && !zone && c >= '0' && c <= '9';
        buf_add_char(out, (char)(zero ? '0' : c));
    }
}

static int64_t shift_of(struct act_thread *t, const struct date *d, struct str subject)
{
    struct space space, sub;
    struct draw draw;
    space_of(t, &d->keyed, &space);
    space_sub(space_str(&space), "shift", &sub);
    draw_start(&draw, t, space_str(&sub), d->subject.n ? subject : str_n("", 0));
    int64_t v = (int64_t)draw_below(&draw, 2 * d->shift_days);
    int64_t n = (int64_t)d->shift_days;
    return v < n ? v - n : v - n + 1;
}

static bool change(struct act_thread *t, const struct date *d, struct str subject,
                   struct moment *m)
{
    if (d->truncate) {
        m->day = 1;
        m->month = d->truncate == TRUNCATE_YEAR ? 1 : m->month;
        return true;
    }
    if (!m->has_day)
        return false;
    date_of(days_of(m->year, m->month, m->day) + shift_of(t, d, subject), m);
    return m->year >= 1 && m->year <= 9999;
}

/* Unix times of the years 1973 to 5138: 9 to 11 digits are seconds, 12 to 14
 * milliseconds. */
static bool apply_number(struct act_thread *t, const struct date *d,
                         const struct act_value *in, struct buf *out)
{
    int64_t v = 0;
    if (in->text.n < 9 || in->text.n > 14)
        return false;
    for (size_t i = 0; i < in->text.n; i++) {
        if (in->text.p[i] < '0' || in->text.p[i] > '9')
            return false;
        v = 10 * v + (in->text.p[i] - '0');
    }
    int64_t day = DAY * (int64_t)(in->text.n >= 12 ? 1000 : 1);
    struct moment m = {.has_day = true};
    date_of(v / day, &m);
    if (!change(t, d, in->subject, &m))
        return false;
    int64_t result =
        days_of(m.year, m.month, m.day) * day + (d->truncate ? 0 : v % day);
    if (result < 0)
        buf_add_char(out, '-');
    decimal_digits((uint64_t)(result < 0 ? -result : result), 1, out);
    return true;
}

static enum err apply(struct act_thread *t, const void *p, const struct act_value *in,
                      struct act_result *out, struct error *e)
{
    const struct date *d = p;
    struct moment m;
    if (in->kind == ACT_NULL || in->text.n == 0) {
        buf_add_str(out->out, in->text);
        return ERR_OK;
    }
    if (in->kind == ACT_NUMBER && apply_number(t, d, in, out->out))
        return ERR_OK;
    if (in->kind == ACT_STRING && read_date(in->text, &m) &&
        change(t, d, in->subject, &m)) {
        write_date(&m, d->truncate != TRUNCATE_NO, out->out);
        return ERR_OK;
    }
    return act_redact.apply(t, NULL, in, out, e);
}

struct str act_subject(const struct action *a, const void *p)
{
    return a == &act_date ? ((const struct date *)p)->subject : str_n("", 0);
}

const struct action act_date = {
    .name = "date",
    .summary = "shifts by whole days, or cuts to month or year",
    .params = params,
    .keyed = true,
    .check = check,
    .apply = apply,
};
