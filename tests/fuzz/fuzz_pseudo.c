/*
 * Pseudonyms of any text by every kind: the same twice, valid UTF-8, of the shape that
 * the kind keeps, and different for different texts of one shape.
 *
 * Byte 0 chooses the kind (past the last one: a number), byte 1 how a second text of
 * the same shape is made; where the kind is one-to-one both must stay apart.
 */
#include "fuzz.h"

#include "crypt/ff1.h"
#include "crypt/key.h"
#include "scrub/pseudo.h"
#include "scrub/words.h"
#include "json/number.h"

static struct act_thread act;

static void leave(void)
{
    mac_free(act.mac);
    ff1_free(act.ff1);
    buf_done(&act.scratch);
    words_free((struct words *)act.words);
}

static void enter(void)
{
    struct error e = ERROR_INIT;
    struct key *key = NULL;
    struct words *words = NULL;
    uint8_t derived[32];
    FUZZ_ASSERT(key_random(&key, &e) == ERR_OK && words_new(&words, &e) == ERR_OK);
    act.mac = mac_new(key);
    mac_derive(act.mac, STR("ff1"), derived);
    act.ff1 = ff1_new(derived, sizeof derived);
    act.words = words;
    key_free(key);
    atexit(leave);
}

static void make(const struct pseudo_kind *k, struct str in, struct buf *out)
{
    struct error e = ERROR_INIT;
    struct pseudo p = {.t = &act, .space = STR("fuzz")};
    /* What `in` borrows must not be what the pseudonym is made in. */
    BUF_SCOPED copy = BUF_INIT;
    buf_add_str(&copy, in);
    buf_add_str(out, STR("before"));
    enum err code = k ? pseudo_make(k, &p, buf_str(&copy), out, &e)
                      : pseudo_number(&p, buf_str(&copy), out, &e);
    FUZZ_ASSERT(code == ERR_OK);
    FUZZ_ASSERT(str_starts(buf_str(out), STR("before")));
    buf_cut(out, strlen("before"));
    BUF_SCOPED valid = BUF_INIT;
    fuzz_utf8(&valid, buf_str(out));
    FUZZ_ASSERT(str_eq(buf_str(&valid), buf_str(out)));
}

enum sort { OTHER, DIGIT, LOWER, UPPER };

static enum sort sort_of(char c)
{
    if (c >= '0' && c <= '9')
        return DIGIT;
    if (c >= 'a' && c <= 'z')
        return LOWER;
    return c >= 'A' && c <= 'Z' ? UPPER : OTHER;
}

static bool is_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((uint8_t)s.p[i] >= 0x80)
            return false;
    return true;
}

static void check_serial(struct str in, struct str out)
{
    if (!is_ascii(in))
        return;
    FUZZ_ASSERT(in.n == out.n);
    for (size_t i = 0; i < in.n; i++) {
        FUZZ_ASSERT(sort_of(in.p[i]) == sort_of(out.p[i]));
        FUZZ_ASSERT(sort_of(in.p[i]) != OTHER || in.p[i] == out.p[i]);
    }
}

static void check_number(struct str in, struct str out)
{
    FUZZ_ASSERT(number_is(out) && in.n == out.n);
    for (size_t i = 0; i < in.n; i++)
        FUZZ_ASSERT(sort_of(in.p[i]) == sort_of(out.p[i]) &&
                    (sort_of(in.p[i]) == DIGIT || in.p[i] == out.p[i]));
}

/* How many values the shape has, up to the domain from which FF1 takes over. */
static bool is_large(struct str in)
{
    double values = 1;
    for (size_t i = 0; i < in.n && values < 4.0 * FF1_DOMAIN; i++)
        values *= sort_of(in.p[i]) == DIGIT ? 10 : sort_of(in.p[i]) != OTHER ? 26 : 1;
    return values >= 4.0 * FF1_DOMAIN;
}

/* Another text of the same shape: one digit or letter is the next one of its kind. */
static bool change(struct buf *text, uint8_t where)
{
    for (size_t k = 0; k < text->n; k++) {
        char *c = &text->p[(where + k) % text->n];
        if (sort_of(*c) == OTHER)
            continue;
        static const char last[] = "9zZ", first[] = "0aA";
        const char *end = strchr(last, *c);
        if (end)
            *c = first[end - last];
        else
            ++*c;
        return true;
    }
    return false;
}

/* Only `serial` tells all the characters that are letters or digits apart; the other
 * kinds read some texts as equal (case, punctuation) or keep a part of them. */
static void check_apart(struct str in, struct str out, uint8_t where)
{
    BUF_SCOPED other = BUF_INIT;
    BUF_SCOPED changed = BUF_INIT;
    buf_add_str(&other, in);
    if (!is_ascii(in) || !is_large(in) || !change(&other, where))
        return;
    make(&pseudo_serial, buf_str(&other), &changed);
    FUZZ_ASSERT(!str_eq(buf_str(&changed), out));
}

/* Decryption gives back what was encrypted. */
static void check_ff1(struct str in, uint8_t radix_at)
{
    static const uint32_t radices[] = {2, 3, 10, 26, 36, 62, 255, 256, 65535, 65536};
    uint32_t radix = radices[radix_at % 10];
    uint16_t numerals[64], before[64];
    struct error e = ERROR_INIT;
    size_t n = in.n / 2 < 64 ? in.n / 2 : 64;
    for (size_t i = 0; i < n; i++)
        numerals[i] =
            (uint16_t)(((uint8_t)in.p[2 * i] << 8 | (uint8_t)in.p[2 * i + 1]) % radix);
    memcpy(before, numerals, sizeof before);
    if (!ff1_domain(radix, n)) {
        FUZZ_ASSERT(ff1_encrypt(act.ff1, radix, in, numerals, n, &e) == ERR_SOFTWARE);
        return;
    }
    FUZZ_ASSERT(ff1_encrypt(act.ff1, radix, in, numerals, n, &e) == ERR_OK);
    for (size_t i = 0; i < n; i++)
        FUZZ_ASSERT(numerals[i] < radix);
    FUZZ_ASSERT(ff1_decrypt(act.ff1, radix, in, numerals, n, &e) == ERR_OK);
    FUZZ_ASSERT(memcmp(before, numerals, n * sizeof *numerals) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    if (!act.mac)
        enter();
    BUF_SCOPED in = BUF_INIT;
    BUF_SCOPED one = BUF_INIT;
    BUF_SCOPED two = BUF_INIT;
    size_t kinds = 0;
    while (pseudo_at(kinds))
        kinds++;
    const struct pseudo_kind *k = pseudo_at(data[0] % (kinds + 1));
    fuzz_utf8(&in, str_n((const char *)data + 2, size - 2));
    if (!k && !number_is(buf_str(&in)))
        return 0;
    make(k, buf_str(&in), &one);
    make(k, buf_str(&in), &two);
    FUZZ_ASSERT(str_eq(buf_str(&one), buf_str(&two)));
    if (!k)
        check_number(buf_str(&in), buf_str(&one));
    if (k == &pseudo_serial) {
        check_serial(buf_str(&in), buf_str(&one));
        check_apart(buf_str(&in), buf_str(&one), data[1]);
    }
    if (k == &pseudo_hex)
        FUZZ_ASSERT(one.n == in.n || !is_ascii(buf_str(&in)));
    check_ff1(buf_str(&in), data[1]);
    return 0;
}
