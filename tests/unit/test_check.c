#include "match/check.h"

#include "test.h"

static bool passes(const char *spec, struct str text)
{
    double parameter;
    const struct check *c = check_find(str_of(spec), &parameter);
    if (!c) /* an assertion writes to a pipe each time */
        ck_abort_msg("%s", spec);
    return c->run(text, parameter);
}

/* Numbers that their issuers, standards or manuals print as examples, and near misses.
 */
static const struct {
    const char *spec, *text;
    bool right;
} rows[] = {
    {"luhn", "4111111111111111", true},
    {"luhn", "4111-1111 1111.1111", true},
    {"luhn", "4111111111111112", false},
    {"luhn", "811218-9876", true},
    {"luhn", "811218+9876", true},
    {"luhn", "0000000000000000", false},
    {"luhn", "0", false},
    {"luhn", "", false},
    {"luhn", "4111a", false},
    {"mod97", "GB82 WEST 1234 5698 7654 32", true},
    {"mod97", "gb82west12345698765432", true},
    {"mod97", "GB28 WEST 1234 5698 7654 32", false},
    {"mod97", "5493001KJTIIGC8Y1R12", true},
    {"mod97", "5493001KJTIIGC8Y1R21", false},
    {"mod97", "", false},
    {"verhoeff", "2363", true},
    {"verhoeff", "2364", false},
    {"verhoeff", "3123 4567 8909", true},
    {"verhoeff", "", false},
    {"mod23", "12345678Z", true},
    {"mod23", "12345678-z", true},
    {"mod23", "12345678A", false},
    {"mod23", "X9613851N", true},
    {"mod23", "Y8063915-Z", true},
    {"mod23", "A8063915Z", false},
    {"mod23", "1111111-G", true},
    {"mod23", "123456789", false},
    {"aba", "021000021", true},
    {"aba", "121000358", true},
    {"aba", "121000359", false},
    {"aba", "421042111", false},
    {"aba", "000000000", false},
    {"npi", "1234567893", true},
    {"npi", "1234567890", false},
    {"npi", "3234567893", false},
    {"dea", "AB1234563", true},
    {"dea", "F91234563", true},
    {"dea", "AB1234567", false},
    {"dea", "A81234563", false},
    {"dea", "12 345 6789", false},
    {"ssn", "123-45-6789", true},
    {"ssn", "078-05-1120", false},
    {"ssn", "219-09-9999", false},
    {"ssn", "12345678", false},
    {"vin", "1M8GDM9AXKP042788", true},
    {"vin", "1m8gdm9axkp042788", true},
    {"vin", "1M8GDM9A1KP042788", false},
    {"vin", "IM8GDM9AXKP042788", false},
    {"vin", "11111111111111111", false},
    {"vin", "1M8GDM9AXKP04278", false},
    {"imei", "49-015420-323751-8", true},
    {"imei", "490154203237519", false},
    {"imei", "000000000000000", false},
    {"nhs", "943 476 5919", true},
    {"nhs", "9434765910", false},
    {"bsn", "111222333", true},
    {"bsn", "1234.56.782", true},
    {"bsn", "111222334", false},
    {"bsn", "000000000", false},
    {"cpf", "111.444.777-35", true},
    {"cpf", "529.982.247-25", true},
    {"cpf", "111.444.777-36", false},
    {"cpf", "111.111.111-11", false},
    {"cnpj", "11.222.333/0001-81", true},
    {"cnpj", "11.222.333/0001-82", false},
    {"tfn", "123 456 782", true},
    {"tfn", "876543210", true},
    {"tfn", "876543211", false},
    {"abn", "51 824 753 556", true},
    {"abn", "53004085616", true},
    {"abn", "52 824 753 556", false},
    {"abn", "01 824 753 556", false},
    {"pesel", "44051401458", true},
    {"pesel", "44051401459", false},
    {"pesel", "44053201451", false},
    {"ipv4", "192.168.0.1", true},
    {"ipv4", "192.168.0.256", false},
    {"ipv4", "192.168.0", false},
    {"ipv4", "", false},
    {"ipv6", "2001:db8::1", true},
    {"ipv6", "::ffff:192.0.2.1", true},
    {"ipv6", "2001:db8:::1", false},
    {"ipv6", "1:2:3:4:5:6:7:8:9", false},
    {"uuid", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", true},
    {"uuid", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", true},
    {"uuid", "00000000-0000-0000-0000-000000000000", false},
    {"uuid", "ffffffff-ffff-ffff-ffff-ffffffffffff", false},
    {"uuid", "f81d4fae-7dec-11d0-a765-00a0c91e6bf", false},
    {"uuid", "f81d4fae07dec-11d0-a765-00a0c91e6bf6", false},
    {"entropy:2", "abcd", true},
    {"entropy:2.1", "abcd", false},
    {"entropy:0", "aaaa", true},
    {"entropy:0.5", "aaaa", false},
    {"entropy:0", "", false},
    {"jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", true},
    {"jwt", "eyJhbGciOiJub25lIn0.e30.", true},
    {"jwt", "eyJhbGciOiJub25lIn0.e30", false},
    {"jwt", "eyJhbGciOiJub25lIn0.e30.a.b", false},
    {"jwt", "eyJ0eXAiOiJKV1QifQ.e30.c2ln", false},
    {"jwt", "keyboard.layout.file", false},
    {"jwt", "eyJhbGciOiJub25lIn0.e!0.", false},
    {"github-crc32", "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", true},
    {"github-crc32", "ghp_Example7Example7Example7Exampl2UNz20", false},
    {"github-crc32", "ghp_", false},
};

START_TEST(row)
{
    ck_assert_msg(passes(rows[_i].spec, str_of(rows[_i].text)) == rows[_i].right,
                  "%s %s", rows[_i].spec, rows[_i].text);
}
END_TEST

START_TEST(every_check_has_rows_both_ways)
{
    size_t n = 0;
    for (const struct check *c; (c = check_at(n)) != NULL; n++) {
        int right = 0, wrong = 0;
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct str spec = str_of(rows[i].spec);
            if (!str_starts(spec, str_of(c->name)))
                continue;
            right += rows[i].right;
            wrong += !rows[i].right;
        }
        ck_assert_msg(right && wrong, "%s", c->name);
        ck_assert(strlen(c->summary) > 0);
    }
    ck_assert_uint_ge(n, 20);
}
END_TEST

static const char *const bad_specs[] = {
    "",          "luhn:1",        "entropy",     "entropy:", "entropy:x", "entropy:-1",
    "entropy:9", "entropy:1.2.3", "entropy:nan", "lunh",     "luhn ",     "entropy:1e1",
};

START_TEST(spec_is_refused)
{
    double parameter;
    ck_assert_ptr_null(check_find(str_of(bad_specs[_i]), &parameter));
}
END_TEST

/* Every number of three areas, and the borders of all others: a pattern of a well-known
 * tool misses a third of the valid serials. */
START_TEST(ssn_all_serials)
{
    char text[16];
    size_t n = 0;
    static const int areas[] = {1, 123, 899};
    for (size_t a = 0; a < 3; a++)
        for (int rest = 0; rest < 1000000; rest++) {
            snprintf(text, sizeof text, "%03d%06d", areas[a], rest);
            n += passes("ssn", str_n(text, 9));
        }
    ck_assert_uint_eq(n, 3 * 99 * 9999);
    n = 0;
    for (int area = 0; area < 1000; area++) {
        snprintf(text, sizeof text, "%03d-01-0001", area);
        n += passes("ssn", str_of(text));
    }
    ck_assert_uint_eq(n, 898);
}
END_TEST

/* What each kind of check digit promises: valid numbers are one in `share`, and a wrong
 * digit is always caught, but for `misses` in a thousand where two remainders have the
 * same digit. `start` is a right number; others are made by counting. */
static const struct {
    const char *spec, *start;
    int share; /* of numbers that differ in the last six digits before the check */
    bool transposed; /* two neighbours exchanged are caught, too */
    unsigned misses;
} promises[] = {
    {"luhn", "4111111111111111", 10, false}, {"verhoeff", "312345678909", 10, true},
    {"npi", "1234567893", 10, false},        {"imei", "490154203237518", 10, false},
    {"nhs", "9434765919", 11, true},         {"bsn", "111222333", 11, true},
    {"tfn", "123456782", 11, false},         {"abn", "51824753556", 89, false},
    {"cpf", "11144477735", 100, true, 20},   {"cnpj", "11222333000181", 100, true, 20},
    {"aba", "021000021", 10, false},
};

/* How many wrong digits from place 2 on pass; the area before it has rules of its own.
 */
static unsigned wrong_digits(const char *spec, struct str right, unsigned *tried)
{
    char wrong[32];
    unsigned missed = 0;
    for (size_t i = 2; i < right.n; i++)
        for (char c = '0'; c <= '9'; c++) {
            memcpy(wrong, right.p, right.n);
            wrong[i] = c;
            missed += c != right.p[i] && passes(spec, str_n(wrong, right.n));
            *tried += c != right.p[i];
        }
    return missed;
}

static unsigned exchanged(const char *spec, struct str right, unsigned *tried)
{
    char wrong[32];
    unsigned missed = 0;
    for (size_t i = 3; i < right.n; i++) {
        memcpy(wrong, right.p, right.n);
        wrong[i] = right.p[i - 1];
        wrong[i - 1] = right.p[i];
        missed += wrong[i] != right.p[i] && passes(spec, str_n(wrong, right.n));
        (*tried)++;
    }
    return missed;
}

START_TEST(wrong_digit_is_caught)
{
    char text[32];
    struct str start = str_of(promises[_i].start);
    const char *spec = promises[_i].spec;
    unsigned right = 0, total = 20000, tried = 0, missed = 0;
    for (unsigned count = 0; count < total; count++) {
        memcpy(text, start.p, start.n + 1);
        for (size_t i = start.n, v = count * 7; v && i-- > start.n - 6; v /= 10)
            text[i] = (char)('0' + (text[i] - '0' + v) % 10);
        if (!passes(spec, str_of(text)))
            continue;
        right++;
        missed += wrong_digits(spec, str_n(text, start.n), &tried);
        if (promises[_i].transposed)
            missed += exchanged(spec, str_n(text, start.n), &tried);
    }
    ck_assert_msg(missed <= tried / 1000 * promises[_i].misses, "%s: %u of %u", spec,
                  missed, tried);
    unsigned want = total / (unsigned)promises[_i].share;
    ck_assert_msg(right > want * 7 / 10 && right < want * 13 / 10, "%s: %u of %u", spec,
                  right, total);
}
END_TEST

/* MOD 97-10 catches every wrong character and every exchange of neighbours. */
START_TEST(mod97_wrong_character)
{
    static const char all[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char iban[] = "GB82WEST12345698765432";
    for (size_t i = 4; i + 1 < sizeof iban; i++) {
        char was = iban[i];
        for (size_t k = 0; k < 36; k++) {
            iban[i] = all[k];
            /* Letters have two digits: A to Z for 10 to 35 can equal modulo 97 only for
             * the same kind of character. */
            if ((was > '9') == (all[k] > '9'))
                ck_assert_int_eq(passes("mod97", str_of(iban)), all[k] == was);
        }
        iban[i] = was;
    }
}
END_TEST

START_TEST(dni_letters_all)
{
    char text[16];
    size_t n = 0;
    for (int number = 0; number < 2300; number++)
        for (char c = 'A'; c <= 'Z'; c++) {
            snprintf(text, sizeof text, "%08d%c", number * 43478, c);
            n += passes("mod23", str_of(text));
        }
    ck_assert_uint_eq(n, 2300);
}
END_TEST

/* The separators, and lengths at and past the longest number. */
START_TEST(length_limit)
{
    char text[64];
    memset(text, '0', sizeof text);
    text[38] = '1';
    text[39] = '8';
    ck_assert(passes("luhn", str_n(text, 40)));
    memmove(text + 1, text, 40);
    ck_assert(!passes("luhn", str_n(text, 41)));
}
END_TEST

#define LOOP(t, test, table) \
    tcase_add_loop_test(t, test, 0, (int)(sizeof(table) / sizeof *(table)))

static void cases(TCase *t)
{
    LOOP(t, row, rows);
    tcase_add_test(t, every_check_has_rows_both_ways);
    LOOP(t, spec_is_refused, bad_specs);
    tcase_add_test(t, ssn_all_serials);
    LOOP(t, wrong_digit_is_caught, promises);
    tcase_add_test(t, mod97_wrong_character);
    tcase_add_test(t, dni_letters_all);
    tcase_add_test(t, length_limit);
}

TEST_MAIN("check")
