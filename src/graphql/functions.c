#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "graphql/where.h"

/* ---- characters */

/* The code point at *p, which moves behind it; bytes that are no UTF-8 stand for
 * themselves. */
static uint32_t next_point(const char **p, const char *end)
{
    const uint8_t *b = (const uint8_t *)*p;
    size_t left = (size_t)(end - *p);
    size_t n = b[0] < 0xc2   ? 1
               : b[0] < 0xe0 ? 2
               : b[0] < 0xf0 ? 3
               : b[0] < 0xf5 ? 4
                             : 1;
    if (n > left)
        n = 1;
    uint32_t c = n == 1 ? b[0] : b[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (b[i] & 0x3f);
    *p += n;
    return c;
}

/* Lower case of Latin, Greek and Cyrillic letters that have one code point for it. */
static uint32_t fold_point(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    if (c >= 0xc0 && c <= 0xde)
        return c == 0xd7 ? c : c + 32;
    bool even = (c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177);
    bool odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);
    if (c == 0x130 || c == 0x131 || c == 0x138 || c == 0x149)
        return c;
    if (c == 0x178)
        return 0xff;
    if (even)
        return c | 1;
    if (odd)
        return c & 1 ? c + 1 : c;
    if (c >= 0x391 && c <= 0x3a9)
        return c == 0x3a2 ? c : c + 32;
    if (c >= 0x410 && c <= 0x42f)
        return c + 32;
    if (c >= 0x400 && c <= 0x40f)
        return c + 80;
    return c;
}

static uint32_t next_as(const char **p, const char *end, bool fold)
{
    uint32_t c = next_point(p, end);
    return fold ? fold_point(c) : c;
}

/* ---- LIKE */

/* One character of the pattern at *p: *any for an unescaped _. */
static uint32_t pattern_point(const char **p, const char *end, bool fold, bool *any)
{
    *any = **p == '_';
    if (**p == '\\' && end - *p > 1)
        (*p)++;
    return next_as(p, end, fold);
}

/* Goes back to the last % only, so that no pattern takes more than the product of both
 * lengths. */
bool where_like(struct str text, struct str pattern, bool fold)
{
    const char *t = text.n ? text.p : "", *t_end = t + text.n;
    const char *p = pattern.n ? pattern.p : "", *p_end = p + pattern.n;
    const char *after_star = NULL, *retry = NULL;
    while (t < t_end) {
        if (p < p_end && *p == '%') {
            after_star = ++p;
            retry = t;
            continue;
        }
        const char *p_next = p, *t_next = t;
        bool any = false;
        uint32_t wanted = p < p_end ? pattern_point(&p_next, p_end, fold, &any) : 0;
        uint32_t c = next_as(&t_next, t_end, fold);
        if (p < p_end && (any || c == wanted)) {
            p = p_next;
            t = t_next;
        } else if (after_star) {
            next_point(&retry, t_end);
            t = retry;
            p = after_star;
        } else {
            return false;
        }
    }
    while (p < p_end && *p == '%')
        p++;
    return p == p_end;
}

/* ---- trigrams */

#define TRIGRAM_TEXT 4096 /* bytes looked at; names and titles have under 300 */

static bool is_word_point(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 0xaa && c != 0xd7);
}

static int compare_trigrams(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

#define TRIGRAM_MASK ((UINT64_C(1) << 63) - 1)

static uint64_t shift_in(uint64_t window, uint32_t c)
{
    return (window << 21 | c) & TRIGRAM_MASK;
}

/* The set of trigrams of the words, each with two spaces before and one behind. */
static size_t trigrams(struct str text, uint64_t *out)
{
    size_t n = 0;
    const char *p = text.n ? text.p : "";
    const char *end = p + (text.n < TRIGRAM_TEXT ? text.n : TRIGRAM_TEXT);
    const uint64_t blank = shift_in(shift_in(0, ' '), ' ');
    uint64_t window = blank;
    bool word = false;
    while (p < end) {
        uint32_t c = next_as(&p, end, true);
        if (is_word_point(c)) {
            out[n++] = window = shift_in(window, c);
            word = true;
        } else if (word) {
            out[n++] = shift_in(window, ' ');
            window = blank;
            word = false;
        }
    }
    if (word)
        out[n++] = shift_in(window, ' ');
    qsort(out, n, sizeof *out, compare_trigrams);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!kept || out[kept - 1] != out[i])
            out[kept++] = out[i];
    return kept;
}

double where_similarity(struct str a, struct str b)
{
    uint64_t *x = alloc_zero((size_t)2 * (TRIGRAM_TEXT + 1), sizeof *x);
    uint64_t *y = x + TRIGRAM_TEXT + 1;
    size_t n = trigrams(a, x), m = trigrams(b, y), both = 0;
    for (size_t i = 0, k = 0; i < n && k < m;) {
        both += x[i] == y[k];
        if (x[i] == y[k])
            i++, k++;
        else if (x[i] < y[k])
            i++;
        else
            k++;
    }
    free(x);
    return n + m == both ? 0.0 : (double)both / (double)(n + m - both);
}

/* ---- in SQL */

/* An argument as text; `digits` has room for a number. False: NULL. */
static bool as_text(const struct sql_call *c, int i, char digits[32], struct str *out)
{
    switch (sql_argument_type(c, i)) {
    case SQL_NULL: return false;
    case SQL_INT:
        *out = str_n(digits, (size_t)snprintf(digits, 32, "%lld",
                                              (long long)sql_argument_int(c, i)));
        return true;
    case SQL_REAL:
        *out = str_n(digits,
                     (size_t)snprintf(digits, 32, "%.15g", sql_argument_real(c, i)));
        return true;
    case SQL_TEXT_VALUE:
    case SQL_BLOB: break;
    }
    *out = sql_argument_text(c, i);
    return true;
}

static void like_call(struct sql_call *c, bool fold)
{
    char one[32], two[32];
    struct str text, pattern;
    if (as_text(c, 0, one, &text) && as_text(c, 1, two, &pattern))
        sql_return_int(c, where_like(text, pattern, fold));
}

static void call_like(struct sql_call *c, void *ctx)
{
    (void)ctx;
    like_call(c, false);
}

static void call_ilike(struct sql_call *c, void *ctx)
{
    (void)ctx;
    like_call(c, true);
}

static void call_similarity(struct sql_call *c, void *ctx)
{
    (void)ctx;
    char one[32], two[32];
    struct str a, b;
    if (as_text(c, 0, one, &a) && as_text(c, 1, two, &b))
        sql_return_real(c, where_similarity(a, b));
}

enum err where_functions(void *ctx, struct sql *db, struct error *e)
{
    (void)ctx;
    TRY(sql_define(db, "ion_like", 2, call_like, NULL, e));
    TRY(sql_define(db, "ion_ilike", 2, call_ilike, NULL, e));
    return sql_define(db, "ion_similarity", 2, call_similarity, NULL, e);
}
