/* Kinds made of invented words. */
#include "scrub/act_with.h"
#include "scrub/decimal.h"
#include "scrub/draw.h"
#include "scrub/memo.h"
#include "scrub/pseudo.h"

#define EMAIL_BITS \
    10 /* characters of base32: 50 bits and the two words keep them apart */
#define HOST_BITS 6 /* 30 bits and the word */

void pseudo_host(const struct pseudo *p, struct str host, struct buf *out)
{
    struct space sub;
    struct draw d;
    struct memo_key key;
    struct buf *folded = &p->t->scratch;
    size_t from = out->n;
    buf_clear(folded);
    pseudo_fold(host, folded);
    bool fits = memo_key(&key, MEMO_HOST, p->space, buf_str(folded));
    struct str known = fits ? memo_get(p->t->memo, &key) : str_n(NULL, 0);
    if (known.p) {
        buf_add_str(out, known);
        return;
    }
    space_sub(p->space, "host", &sub);
    draw_start(&d, p->t, space_str(&sub), buf_str(folded));
    draw_word(&d, WORDS_COMPANY, false, out);
    buf_add_char(out, '-');
    draw_base32(&d, HOST_BITS, out);
    buf_add_str(out, STR(".invalid"));
    if (fits)
        memo_put(p->t->memo, &key, str_from(buf_str(out), from));
}

static enum err make_email(const struct pseudo *p, struct str in, struct buf *out,
                           struct error *e)
{
    struct draw d;
    struct buf *folded = &p->t->scratch;
    buf_clear(folded);
    pseudo_fold(in, folded);
    draw_start(&d, p->t, p->space, buf_str(folded));
    draw_word(&d, WORDS_GIVEN, false, out);
    buf_add_char(out, '.');
    draw_word(&d, WORDS_FAMILY, false, out);
    buf_add_char(out, '.');
    draw_base32(&d, EMAIL_BITS, out);
    buf_add_char(out, '@');
    const char *at = memrchr(in.p, '@', in.n);
    pseudo_host(p, at ? str_from(in, (size_t)(at + 1 - in.p)) : str_n(in.p, 0), out);
    return ERR_OK;
}

static enum err make_person(const struct pseudo *p, struct str in, struct buf *out,
                            struct error *e)
{
    struct draw d;
    draw_start(&d, p->t, p->space, in);
    draw_word(&d, WORDS_GIVEN, true, out);
    buf_add_char(out, ' ');
    draw_word(&d, WORDS_FAMILY, true, out);
    return ERR_OK;
}

/* The legal form at the end of a company's name, as written; empty when it has none. */
static struct str legal_form(struct str s)
{
    static const char *const forms[] = {
        "inc",     "llc",  "ltd", "limited", "corp",    "corporation", "co",
        "company", "gmbh", "ag",  "kg",      "se",      "sa",          "s.a",
        "sas",     "sarl", "srl", "s.r.l",   "spa",     "s.p.a",       "bv",
        "b.v",     "nv",   "n.v", "ab",      "oy",      "as",          "a/s",
        "aps",     "plc",  "llp", "lp",      "pty ltd", "kk",          "pte ltd",
    };
    size_t n = s.n;
    while (n && (s.p[n - 1] == '.' || s.p[n - 1] == ' '))
        n--;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t size = strlen(forms[i]);
        if (n > size + 1 && strncasecmp(s.p + n - size, forms[i], size) == 0 &&
            (s.p[n - size - 1] == ' ' || s.p[n - size - 1] == ','))
            return str_from(s, n - size);
    }
    return str_n(s.p, 0);
}

static enum err make_company(const struct pseudo *p, struct str in, struct buf *out,
                             struct error *e)
{
    struct draw d;
    draw_start(&d, p->t, p->space, in);
    draw_word(&d, WORDS_COMPANY, true, out);
    buf_add_char(out, ' ');
    draw_word(&d, WORDS_FAMILY, true, out);
    struct str form = legal_form(in);
    if (form.n) {
        buf_add_char(out, ' ');
        buf_add_str(out, form);
    }
    return ERR_OK;
}

static enum err make_address(const struct pseudo *p, struct str in, struct buf *out,
                             struct error *e)
{
    struct draw d;
    struct buf *folded = &p->t->scratch;
    buf_clear(folded);
    pseudo_fold(in, folded);
    draw_start(&d, p->t, p->space, buf_str(folded));
    decimal_digits(1 + draw_below(&d, 9999), 1, out);
    buf_add_char(out, ' ');
    draw_word(&d, WORDS_FAMILY, true, out);
    buf_add_str(out, STR(" Street"));
    return ERR_OK;
}

static enum err make_word(const struct pseudo *p, struct str in, struct buf *out,
                          struct error *e)
{
    struct draw d;
    draw_start(&d, p->t, p->space, in);
    draw_word(&d, WORDS_COMPANY, false, out);
    draw_chars(&d, STR("0123456789"), 10, out);
    return ERR_OK;
}

const struct pseudo_kind pseudo_email = {
    .name = "email",
    .summary = "given.family.code@host.invalid; equal hosts stay equal",
    .make = make_email,
};

const struct pseudo_kind pseudo_person = {
    .name = "person",
    .summary = "two invented names",
    .make = make_person,
};

const struct pseudo_kind pseudo_company = {
    .name = "company",
    .summary = "two invented words and the legal form",
    .make = make_company,
};

const struct pseudo_kind pseudo_address = {
    .name = "address",
    .summary = "a number and an invented street",
    .make = make_address,
};

const struct pseudo_kind pseudo_word = {
    .name = "word",
    .summary = "an invented word and ten digits",
    .make = make_word,
};
