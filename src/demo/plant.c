#include "demo/plant.h"

#include "base/base64.h"
#include "deflate/deflate.h"
#include "demo/cast.h"

#define DIGITS "0123456789"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER  "abcdefghijklmnopqrstuvwxyz"

const struct str plant_base62 = {DIGITS UPPER LOWER, 62};
const struct str plant_hex = {DIGITS "abcdef", 16};
const struct str plant_base32 = {UPPER "234567", 32};
static const struct str base64_standard = {UPPER LOWER DIGITS "+/", 64};
static const struct str base64_url = {UPPER LOWER DIGITS "-_", 64};

void plant_chars(struct leaf *t, struct str alphabet, unsigned n, uint64_t *state)
{
    for (unsigned i = 0; i < n; i++)
        leaf_char(t, alphabet.p[dice_next_below(state, alphabet.n)]);
}

static void add_base64url(struct leaf *t, struct str s)
{
    BUF_SCOPED text = BUF_INIT;
    base64_add(&text, s.p, s.n);
    leaf_add(t, buf_str(&text));
}

/* The digit that makes a number pass Luhn's check (ISO/IEC 7812-1, annex B). */
static char luhn_digit(const char *digits, unsigned n)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < n; i++) {
        unsigned d = (unsigned)(digits[n - 1 - i] - '0');
        if (i % 2 == 0)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

static void add_card(struct leaf *t, uint64_t *state)
{
    static const char *const ranges[] = {"411111", "424242", "555555", "510510",
                                         "400005"};
    char digits[16];
    uint64_t form = dice_next_below(state, 3);

    memcpy(digits, ranges[dice_next_below(state, 5)], 6);
    for (unsigned i = 6; i < 15; i++)
        digits[i] = (char)('0' + dice_next_below(state, 10));
    digits[15] = luhn_digit(digits, 15);
    for (unsigned i = 0; i < 16; i++) {
        if (i > 0 && i % 4 == 0 && form > 0)
            leaf_char(t, form == 1 ? ' ' : '-');
        leaf_char(t, digits[i]);
    }
}

/* ISO 13616: letters count from 10, the country and 00 go to the end, mod 97. */
static unsigned iban_remainder(struct str s, unsigned r)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned v =
            s.p[i] >= 'A' ? (unsigned)(s.p[i] - 'A') + 10 : (unsigned)(s.p[i] - '0');
        r = (r * (v > 9 ? 100 : 10) + v) % 97;
    }
    return r;
}

static void add_iban(struct leaf *t, uint64_t *state)
{
    static const struct {
        const char *country, *bank;
        unsigned digits;
    } forms[] = {{"DE", "37040044", 10}, {"GB", "NWBK601613", 8}, {"NL", "ABNA", 10}};
    unsigned i = (unsigned)dice_next_below(state, 3);
    char account[24];
    size_t n = strlen(forms[i].bank);

    memcpy(account, forms[i].bank, n);
    for (unsigned k = 0; k < forms[i].digits; k++)
        account[n++] = (char)('0' + dice_next_below(state, 10));
    unsigned r = iban_remainder(str_n(account, n), 0);
    r = iban_remainder(STR("00"), iban_remainder(str_of(forms[i].country), r));
    leaf_add(t, str_of(forms[i].country));
    leaf_uint(t, 98 - r, 2);
    for (size_t k = 0; k < n; k++) {
        if (k % 4 == 0)
            leaf_char(t, ' ');
        leaf_char(t, account[k]);
    }
}

/* Areas that are issued: not 000, 666 or 9xx. */
static void add_ssn(struct leaf *t, uint64_t *state)
{
    uint64_t area = 1 + dice_next_below(state, 898);

    leaf_uint(t, area == 666 ? 667 : area, 3);
    leaf_char(t, '-');
    leaf_uint(t, 1 + dice_next_below(state, 99), 2);
    leaf_char(t, '-');
    leaf_uint(t, 1 + dice_next_below(state, 9999), 4);
}

static void add_ip(struct leaf *t, uint64_t *state)
{
    static const char *const nets[] = {"192.0.2.", "198.51.100.", "203.0.113."};

    leaf_add(t, str_of(nets[dice_next_below(state, 3)]));
    leaf_uint(t, 1 + dice_next_below(state, 254), 0);
}

/* 30 characters and their CRC-32 as six digits of base 62. */
static void add_github(struct leaf *t, uint64_t *state)
{
    char check[6];

    leaf_add(t, STR("ghp_"));
    size_t at = t->n;
    plant_chars(t, plant_base62, 30, state);
    uint32_t crc = crc32_of(0, str_n(t->p + at, 30));
    for (unsigned i = 6; i-- > 0; crc /= 62)
        check[i] = plant_base62.p[crc % 62];
    leaf_add(t, str_n(check, 6));
}

static void add_slack(struct leaf *t, uint64_t *state)
{
    leaf_add(t, STR("xoxb-"));
    leaf_uint(t, 100000000000 + dice_next_below(state, 899999999999), 12);
    leaf_char(t, '-');
    leaf_uint(t, 1000000000000 + dice_next_below(state, 8999999999999), 13);
    leaf_char(t, '-');
    plant_chars(t, plant_base62, 24, state);
}

static void add_jwt(struct leaf *t, uint64_t *state)
{
    char claims[128] = "{\"sub\":\"svc-";
    size_t n = strlen(claims);

    add_base64url(t, STR("{\"alg\":\"RS256\",\"typ\":\"JWT\"}"));
    leaf_char(t, '.');
    for (unsigned i = 0; i < 8; i++)
        claims[n++] = (char)('0' + dice_next_below(state, 10));
    struct str rest = STR("\",\"iss\":\"https://auth.example/realms/api-keys\"}");
    memcpy(claims + n, rest.p, rest.n);
    add_base64url(t, str_n(claims, n + rest.n));
    leaf_char(t, '.');
    plant_chars(t, base64_url, 86, state);
}

static void add_pem(struct leaf *t, uint64_t *state)
{
    leaf_add(t, STR("-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEG"));
    plant_chars(t, base64_standard, 40, state);
    for (unsigned i = 0; i < 2; i++) {
        leaf_char(t, '\n');
        plant_chars(t, base64_standard, i == 0 ? 64 : 56, state);
    }
    leaf_add(t, STR("\n-----END PRIVATE KEY-----"));
}

void plant_presigned(struct leaf *t, const struct census *p, struct str name,
                     uint64_t *state)
{
    leaf_add(t, STR("https://attachments."));
    cast_domain(p, t);
    leaf_char(t, '/');
    leaf_add(t, name);
    leaf_add(t, STR("?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA"));
    plant_chars(t, plant_base32, 16, state);
    leaf_add(t, STR("%2F20250314%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Date="
                    "20250314T1"));
    leaf_uint(t, dice_next_below(state, 100000), 5);
    leaf_add(t, STR("Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature="));
    plant_chars(t, plant_hex, 64, state);
}

static void add_url(struct leaf *t, const struct census *p, uint64_t *state)
{
    struct leaf name;

    leaf_clear(&name);
    leaf_add(&name, word(&p->words, WORDS_document, dice_next(state)));
    leaf_add(&name, STR(".pdf"));
    plant_presigned(t, p, leaf_str(&name), state);
}

/* "Ana Silva <ana.silva@…>" in base64. */
static void add_encoded(struct leaf *t, const struct census *p, uint64_t *state)
{
    struct leaf inner;
    uint64_t who = dice_next(state);

    leaf_clear(&inner);
    cast_stranger(p, who, &inner);
    size_t name = inner.n;
    leaf_add(&inner, STR(" <"));
    size_t mail = inner.n;
    cast_stranger_email(p, who, &inner);
    size_t end = inner.n;
    leaf_char(&inner, '>');
    BUF_SCOPED text = BUF_INIT;
    base64_add_padded(&text, leaf_str(&inner).p, leaf_str(&inner).n);
    leaf_add(t, buf_str(&text));
    leaf_mark_nested(t, str_n(inner.p, name), LEAF_NAME);
    leaf_mark_nested(t, str_n(inner.p + mail, end - mail), LEAF_EMAIL);
}

static void add_nested(struct leaf *t, const char *lead, struct str value,
                       enum leaf_class class)
{
    leaf_add(t, str_of(lead));
    leaf_add(t, value);
    leaf_mark_nested(t, value, class);
}

static void add_json(struct leaf *t, const struct census *p, uint64_t *state)
{
    struct leaf v;
    uint64_t who = dice_next(state);

    leaf_clear(&v);
    cast_stranger(p, who, &v);
    add_nested(t, "{\"requester\":\"", leaf_str(&v), LEAF_NAME);
    leaf_clear(&v);
    cast_stranger_email(p, who, &v);
    add_nested(t, "\",\"replyTo\":\"", leaf_str(&v), LEAF_EMAIL);
    leaf_clear(&v);
    cast_phone(p, dice_next(state), &v);
    add_nested(t, "\",\"callback\":\"", leaf_str(&v), LEAF_PHONE);
    leaf_add(t, STR("\",\"quantity\":"));
    leaf_uint(t, 1 + dice_next_below(state, 40), 0);
    leaf_char(t, '}');
}

static enum leaf_class add_contact(struct leaf *t, const struct census *p, char slot,
                                   uint64_t *state)
{
    uint64_t value = dice_next(state);

    switch (slot) {
    case 'e':
        if (value & 1 && p->n[CENSUS_User])
            cast_email(p, census_any(p, CENSUS_User, value), t);
        else
            cast_stranger_email(p, value, t);
        return LEAF_EMAIL;
    case 'h': cast_phone(p, value, t); return LEAF_PHONE;
    default: cast_address(p, value, t); return LEAF_ADDRESS;
    }
}

static enum leaf_class add_number(struct leaf *t, char slot, uint64_t *state)
{
    switch (slot) {
    case 'k': add_card(t, state); return LEAF_CARD;
    case 'I': add_iban(t, state); return LEAF_IBAN;
    case 's': add_ssn(t, state); return LEAF_SSN;
    default: add_ip(t, state); return LEAF_IP;
    }
}

static void add_secret(struct leaf *t, char slot, uint64_t *state)
{
    switch (slot) {
    case 'a':
        leaf_add(t, STR("AKIA"));
        plant_chars(t, plant_base32, 16, state);
        break;
    case 'G': add_github(t, state); break;
    case 'X': add_slack(t, state); break;
    case 'y':
        leaf_add(t, STR("glpat-"));
        plant_chars(t, plant_base62, 20, state);
        break;
    case 'j': add_jwt(t, state); break;
    default: add_pem(t, state);
    }
}

void plant_slot(struct leaf *t, const struct census *p, char slot, uint64_t *state)
{
    size_t at = t->n;
    enum leaf_class class;

    switch (slot) {
    case 'e':
    case 'h':
    case 'A':
        class = add_contact(t, p, slot, state);
        leaf_mark(t, at, class);
        break;
    case 'k':
    case 'I':
    case 's':
    case 'i':
        class = add_number(t, slot, state);
        leaf_mark(t, at, class);
        break;
    case 'a':
    case 'G':
    case 'X':
    case 'y':
    case 'j':
    case 'm':
        add_secret(t, slot, state);
        leaf_mark(t, at, LEAF_SECRET);
        break;
    case 'u':
        add_url(t, p, state);
        leaf_mark(t, at, LEAF_URL);
        break;
    case 'z': add_encoded(t, p, state); break;
    default: assert(slot == 'J'); add_json(t, p, state);
    }
}
