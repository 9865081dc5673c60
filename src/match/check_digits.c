/* Check digits. Each function names where its weights come from. */
#include "match/check_parts.h"

#define SEPARATORS " .-/"

size_t check_digits(struct str s, const char *separators, uint8_t out[CHECK_DIGITS])
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c && strchr(separators, c))
            continue;
        if (c < '0' || c > '9' || n == CHECK_DIGITS)
            return 0;
        out[n++] = (uint8_t)(c - '0');
    }
    return n;
}

size_t check_letters(struct str s, const char *separators, uint8_t out[CHECK_DIGITS])
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i], lower = (char)(c | 0x20);
        if (c && strchr(separators, c))
            continue;
        bool digit = c >= '0' && c <= '9';
        if ((!digit && (lower < 'a' || lower > 'z')) || n == CHECK_DIGITS)
            return 0;
        out[n++] = (uint8_t)(digit ? c - '0' : lower - 'a' + 10);
    }
    return n;
}

/* The sum of digit times weight, `n` of them. */
static unsigned weigh(const uint8_t *d, const uint8_t *weight, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (unsigned)d[i] * weight[i];
    return sum;
}

static bool all_equal(const uint8_t *d, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (d[i] != d[0])
            return false;
    return true;
}

/* ISO/IEC 7812-1, annex B: every second digit from the right is doubled. */
static bool luhn(const uint8_t *d, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned v = d[n - 1 - i];
        v = i % 2 ? 2 * v : v;
        sum += v > 9 ? v - 9 : v;
    }
    return sum % 10 == 0;
}

/* Nothing but zeros passes the sum and is nobody's number. A Swedish number writes a
 * plus for people of 100 years. */
bool check_luhn(struct str s, double parameter_)
{
    uint8_t d[CHECK_DIGITS];
    size_t n = check_digits(s, SEPARATORS "+", d);
    return n >= 2 && luhn(d, n) && !(d[0] == 0 && all_equal(d, n));
}

/* ISO 7064 MOD 97-10. An IBAN (ISO 13616: two letters, two digits) has its first four
 * characters read last; a LEI (ISO 17442: 20 characters, two digits last) does not. */
bool check_mod97(struct str s, double parameter_)
{
    uint8_t d[CHECK_DIGITS];
    size_t n = check_letters(s, " -", d);
    if (n < 5)
        return false;
    bool iban = d[0] > 9 && d[1] > 9 && d[2] <= 9 && d[3] <= 9;
    if (!iban && n != 20)
        return false;
    unsigned rest = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned v = d[iban ? (i + 4) % n : i];
        rest = (rest * (v > 9 ? 100 : 10) + v) % 97;
    }
    return rest == 1;
}

/* J. Verhoeff, Error Detecting Decimal Codes (1969): the dihedral group D5 and powers
 * of one permutation. The group's table is computed: 0-4 are rotations, 5-9
 * reflections. */
bool check_verhoeff(struct str s, double parameter_)
{
    static const uint8_t p[8][10] = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
        {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
        {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
        {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8},
    };
    uint8_t d[CHECK_DIGITS];
    size_t n = check_digits(s, SEPARATORS, d);
    unsigned c = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned x = c, y = p[i % 8][d[n - 1 - i]];
        unsigned turn = x < 5 ? (x + y % 5) % 5 : (x - 5 + 5 - y % 5) % 5;
        c = turn + ((x < 5) == (y < 5) ? 0 : 5);
    }
    return n >= 2 && c == 0;
}

/* Letter of the number modulo 23 (Real Decreto 1553/2005, Orden INT/2058/2008); an NIE
 * begins with X, Y or Z for 0, 1 or 2. */
bool check_mod23(struct str s, double parameter_)
{
    static const char letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";
    uint8_t d[CHECK_DIGITS];
    size_t n = check_letters(s, SEPARATORS, d);
    if (n < 7 || n > 9 || d[n - 1] < 10)
        return false;
    unsigned number = 0;
    for (size_t i = 0; i < n - 1; i++) {
        bool first_letter = i == 0 && n == 9 && d[0] >= 'X' - 'A' + 10;
        if (d[i] > 9 && !first_letter)
            return false;
        number = 10 * number + (first_letter ? d[i] - ('X' - 'A' + 10u) : d[i]);
    }
    return letters[number % 23] == 'A' + d[n - 1] - 10;
}

/* American Bankers Association: 3 7 1, and a Federal Reserve prefix 00-12, 21-32, 61-72
 * or 80. */
bool check_aba(struct str s, double parameter_)
{
    static const uint8_t weight[] = {3, 7, 1, 3, 7, 1, 3, 7, 1};
    uint8_t d[CHECK_DIGITS];
    if (check_digits(s, SEPARATORS, d) != 9)
        return false;
    unsigned prefix = 10u * d[0] + d[1];
    bool known = prefix <= 12 || (prefix >= 21 && prefix <= 32) ||
                 (prefix >= 61 && prefix <= 72) || prefix == 80;
    return known && !all_equal(d, 9) && weigh(d, weight, 9) % 10 == 0;
}

/* 45 CFR 162.406; Luhn with 80840 before the number. */
bool check_npi(struct str s, double parameter_)
{
    uint8_t d[CHECK_DIGITS] = {8, 0, 8, 4, 0}, number[CHECK_DIGITS];
    if (check_digits(s, SEPARATORS, number) != 10 || number[0] < 1 || number[0] > 2)
        return false;
    memcpy(d + 5, number, 10);
    return luhn(d, 15);
}

/* Two letters (the second may be 9), six digits; the last is that of d1+d3+d5 +
 * 2 (d2+d4+d6), 21 CFR 1301.36 practice. */
bool check_dea(struct str s, double parameter_)
{
    static const uint8_t weight[] = {1, 2, 1, 2, 1, 2};
    uint8_t d[CHECK_DIGITS];
    if (check_letters(s, SEPARATORS, d) != 9 || d[0] < 10 || (d[1] < 10 && d[1] != 9))
        return false;
    for (size_t i = 2; i < 9; i++)
        if (d[i] > 9)
            return false;
    return weigh(d + 2, weight, 6) % 10 == d[8];
}

/* SSA, POMS RM 10201.035: no area 000, 666 or 900-999, no group 00, no serial 0000. The
 * two numbers were printed in advertisements and are nobody's. */
bool check_ssn(struct str s, double parameter_)
{
    uint8_t d[CHECK_DIGITS];
    if (check_digits(s, SEPARATORS, d) != 9)
        return false;
    unsigned n = 0;
    for (size_t i = 0; i < 9; i++)
        n = 10 * n + d[i];
    unsigned area = n / 1000000, group = n / 10000 % 100, serial = n % 10000;
    return area != 0 && area != 666 && area < 900 && group != 0 && serial != 0 &&
           n != 78051120 && n != 219099999;
}

/* ISO 3779, 49 CFR 565.15: letters have values, the ninth character is the sum modulo
 * 11 (X for 10); no I, O, Q. */
bool check_vin(struct str s, double parameter_)
{
    static const uint8_t weight[17] = {8, 7, 6, 5, 4, 3, 2, 10, 0,
                                       9, 8, 7, 6, 5, 4, 3, 2};
    /* a b c d e f g h i j k l m n o p q r s t u v w x y z; 0: not used */
    static const uint8_t value[26] = {1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4,
                                      5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9};
    uint8_t d[CHECK_DIGITS];
    if (s.n != 17 || check_letters(s, "", d) != 17)
        return false;
    unsigned check = d[8] == 'X' - 'A' + 10 ? 10 : d[8];
    for (size_t i = 0; i < 17; i++) {
        if (d[i] > 9 && !value[d[i] - 10])
            return false;
        d[i] = d[i] > 9 ? value[d[i] - 10] : d[i];
    }
    return check <= 10 && weigh(d, weight, 17) % 11 == check && !all_equal(d, 17);
}

/* 3GPP TS 23.003, 6.2: 15 digits with Luhn. */
bool check_imei(struct str s, double parameter_)
{
    uint8_t d[CHECK_DIGITS];
    return check_digits(s, SEPARATORS, d) == 15 && luhn(d, 15) && !all_equal(d, 15);
}

/* NHS Data Dictionary: weights 10 to 2, 11 minus the sum modulo 11; 10 is not used. */
bool check_nhs(struct str s, double parameter_)
{
    static const uint8_t weight[] = {10, 9, 8, 7, 6, 5, 4, 3, 2};
    uint8_t d[CHECK_DIGITS];
    if (check_digits(s, SEPARATORS, d) != 10 || all_equal(d, 10))
        return false;
    return (11 - weigh(d, weight, 9) % 11) % 11 == d[9];
}

/* The eleven test (elfproef): weights 9 to 2 and -1. */
bool check_bsn(struct str s, double parameter_)
{
    static const uint8_t weight[] = {9, 8, 7, 6, 5, 4, 3, 2, 10}; /* -1 modulo 11 */
    uint8_t d[CHECK_DIGITS];
    return check_digits(s, SEPARATORS, d) == 9 && !all_equal(d, 9) &&
           weigh(d, weight, 9) % 11 == 0;
}

/* A digit modulo 11 over the n digits before it, 10 and 11 becoming 0. */
static bool brazil(const uint8_t *d, const uint8_t *weight, size_t n)
{
    unsigned rest = weigh(d, weight, n) % 11;
    return d[n] == (rest < 2 ? 0 : 11 - rest);
}

/* Receita Federal: two digits, weights 10 to 2 and 11 to 2. */
bool check_cpf(struct str s, double parameter_)
{
    static const uint8_t weight[] = {11, 10, 9, 8, 7, 6, 5, 4, 3, 2};
    uint8_t d[CHECK_DIGITS];
    return check_digits(s, SEPARATORS, d) == 11 && !all_equal(d, 11) &&
           brazil(d, weight + 1, 9) && brazil(d, weight, 10);
}

/* Receita Federal: two digits, weights 2 to 9 from the right, again and again. */
bool check_cnpj(struct str s, double parameter_)
{
    static const uint8_t weight[] = {6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2};
    uint8_t d[CHECK_DIGITS];
    return check_digits(s, SEPARATORS, d) == 14 && !all_equal(d, 14) &&
           brazil(d, weight + 1, 12) && brazil(d, weight, 13);
}

/* Australian Taxation Office: nine digits, or eight of older companies. */
bool check_tfn(struct str s, double parameter_)
{
    static const uint8_t nine[] = {1, 4, 3, 7, 5, 8, 6, 9, 10};
    static const uint8_t eight[] = {10, 7, 8, 4, 6, 3, 5, 1};
    uint8_t d[CHECK_DIGITS];
    size_t n = check_digits(s, SEPARATORS, d);
    if ((n != 8 && n != 9) || all_equal(d, n))
        return false;
    return weigh(d, n == 9 ? nine : eight, n) % 11 == 0;
}

/* Australian Business Register: 1 is taken from the first digit, the sum is a multiple
 * of 89. */
bool check_abn(struct str s, double parameter_)
{
    static const uint8_t weight[] = {10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19};
    uint8_t d[CHECK_DIGITS];
    if (check_digits(s, SEPARATORS, d) != 11 || d[0] == 0)
        return false;
    d[0]--;
    return weigh(d, weight, 11) % 89 == 0;
}

/* Polish act on population records, 2010: weights 1 3 7 9, and a date of birth whose
 * month has the century (+80: 18xx, +20: 20xx, +40: 21xx, +60: 22xx). */
bool check_pesel(struct str s, double parameter_)
{
    static const uint8_t weight[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1};
    static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint8_t d[CHECK_DIGITS];
    if (check_digits(s, SEPARATORS, d) != 11 || weigh(d, weight, 11) % 10 != 0)
        return false;
    unsigned month = (10u * d[2] + d[3]) % 20, day = 10u * d[4] + d[5];
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}
