/* Numbers of two lines: what is one, their order and canonical form, against the
 * scanner and against digits written out and compared. */
#include "fuzz.h"

#include "json/number.h"
#include "json/scan.h"

#define FAR 400 /* exponents past this are not written out */

static bool scans(struct str text)
{
    CLEANUP(scan_done) struct scan s;
    scan_init(&s);
    scan_feed(&s, text);
    enum scan_event ev = scan_next(&s);
    if (ev == SCAN_MORE) {
        scan_finish(&s);
        ev = scan_next(&s);
    }
    return ev == SCAN_NUMBER && str_eq(s.token, text);
}

/* A number as text of digits before and behind the point; false: too far out. */
struct plain {
    struct buf whole, fraction;
    bool negative;
};

static bool exponent_of(struct str token, size_t at, int *out)
{
    bool small = at < token.n && token.p[at] == '-';
    at += at < token.n && (token.p[at] == '-' || token.p[at] == '+');
    for (*out = 0; at < token.n; at++) {
        *out = *out * 10 + token.p[at] - '0';
        if (*out > FAR)
            return false;
    }
    *out = small ? -*out : *out;
    return true;
}

static bool write_out(struct str token, struct plain *p)
{
    BUF_SCOPED digits = BUF_INIT;
    size_t i = token.p[0] == '-';
    int exponent = 0, point = -1;
    p->negative = i;
    for (; i < token.n && (token.p[i] | 0x20) != 'e'; i++) {
        if (token.p[i] == '.')
            point = (int)digits.n;
        else
            buf_add_char(&digits, token.p[i]);
    }
    if (i < token.n && !exponent_of(token, i + 1, &exponent))
        return false;
    point = (point < 0 ? (int)digits.n : point) + exponent;
    for (int at = point < 0 ? point : 0; at < (int)digits.n || at < point; at++) {
        char c = '0';
        if (at >= 0 && at < (int)digits.n)
            c = digits.p[at];
        buf_add_char(at < point ? &p->whole : &p->fraction, c);
    }
    return true;
}

static int whole_cmp(struct str a, struct str b)
{
    while (a.n && a.p[0] == '0')
        a = str_from(a, 1);
    while (b.n && b.p[0] == '0')
        b = str_from(b, 1);
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return str_cmp(a, b);
}

static int fraction_cmp(struct str a, struct str b)
{
    while (a.n && a.p[a.n - 1] == '0')
        a.n--;
    while (b.n && b.p[b.n - 1] == '0')
        b.n--;
    return str_cmp(a, b);
}

static bool is_zero(const struct plain *p)
{
    return whole_cmp(buf_str(&p->whole), STR("")) == 0 &&
           fraction_cmp(buf_str(&p->fraction), STR("")) == 0;
}

static int plain_cmp(const struct plain *a, const struct plain *b)
{
    bool less = a->negative && !is_zero(a), other = b->negative && !is_zero(b);
    if (less != other)
        return less ? -1 : 1;
    int c = whole_cmp(buf_str(&a->whole), buf_str(&b->whole));
    if (!c)
        c = fraction_cmp(buf_str(&a->fraction), buf_str(&b->fraction));
    return less ? -c : c;
}

static int sign(int c)
{
    return (c > 0) - (c < 0);
}

static void check_canonical(struct str text)
{
    BUF_SCOPED once = BUF_INIT;
    BUF_SCOPED twice = BUF_INIT;
    struct error e = ERROR_INIT;
    if (number_canonical(text, &once, &e) != ERR_OK) {
        FUZZ_ASSERT(e.code == ERR_LIMIT && once.n == 0);
        fuzz_refused(&e);
        return;
    }
    FUZZ_ASSERT(number_is(buf_str(&once)));
    FUZZ_ASSERT(number_cmp(text, buf_str(&once)) == 0);
    FUZZ_ASSERT(number_canonical(buf_str(&once), &twice, NULL) == ERR_OK);
    FUZZ_ASSERT(str_eq(buf_str(&once), buf_str(&twice)));
}

static void check_pair(struct str a, struct str b)
{
    BUF_SCOPED one = BUF_INIT;
    BUF_SCOPED two = BUF_INIT;
    struct plain p = {.whole = BUF_INIT}, q = {.whole = BUF_INIT};
    int order = number_cmp(a, b);
    FUZZ_ASSERT(number_cmp(b, a) == -order && number_cmp(a, a) == 0);
    if (number_canonical(a, &one, NULL) == ERR_OK &&
        number_canonical(b, &two, NULL) == ERR_OK)
        FUZZ_ASSERT((order == 0) == str_eq(buf_str(&one), buf_str(&two)));
    if (write_out(a, &p) && write_out(b, &q))
        FUZZ_ASSERT(sign(plain_cmp(&p, &q)) == order);
    buf_done(&p.whole);
    buf_done(&p.fraction);
    buf_done(&q.whole);
    buf_done(&q.fraction);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_n((const char *)data, size);
    struct str a = fuzz_line(&rest), b = fuzz_line(&rest);
    FUZZ_ASSERT(number_is(a) == scans(a) && number_is(b) == scans(b));
    if (number_is_integer(a))
        FUZZ_ASSERT(number_is(a));
    if (number_is(a))
        check_canonical(a);
    if (number_is(a) && number_is(b))
        check_pair(a, b);
    return 0;
}
