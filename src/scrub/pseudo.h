/*
 * pseudo: pseudonyms by kind: keyed, deterministic, of the original's shape.
 *
 * A kind turns any UTF-8 text into its pseudonym in a namespace; the result depends on
 * nothing but key, namespace (with its salt) and text. Empty and blank texts stay as
 * they are: they say nothing, and what tests for them goes on working.
 *
 * One-to-one by FF1 (scrub/permute) where the shape has 10^6 values or more: serial,
 * hex, uuid, ulid, phone, and token for ASCII letters and digits. A text that a kind
 * cannot read (no UUID, no phone number) is treated as `serial`; a `serial` with
 * letters beyond ASCII is drawn from the HMAC, those letters becoming a-z. The other
 * kinds are drawn; email, url, filename and word carry 40 to 60 bits that keep values
 * apart, person, company and address coincide as real ones do.
 *
 * One thread at a time per act_thread.
 */
#ifndef SCRUB_PSEUDO_H
#define SCRUB_PSEUDO_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "scrub/act.h"

struct pseudo {
    struct act_thread *t;
    struct str space; /* borrowed */
};

struct pseudo_kind {
    const char *name;
    const char *summary;
    bool one_to_one; /* for shapes of 10^6 values or more */
    enum err (*make)(const struct pseudo *p, struct str in, struct buf *out,
                     struct error *e);
};

#define PSEUDO_LIST(X) \
    X(email)           \
    X(person)          \
    X(company)         \
    X(phone)           \
    X(address)         \
    X(uuid)            \
    X(ulid)            \
    X(hex)             \
    X(serial)          \
    X(url)             \
    X(filename)        \
    X(token)           \
    X(word)

#define X(name) extern const struct pseudo_kind pseudo_##name;
PSEUDO_LIST(X)
#undef X

const struct pseudo_kind *pseudo_at(size_t i); /* in the order above; NULL past */

/* The pseudonym of `in`, added to out. */
enum err pseudo_make(const struct pseudo_kind *k, const struct pseudo *p, struct str in,
                     struct buf *out, struct error *e) MUST_CHECK;

/* A JSON number as a number of the same shape: sign, length, point and exponent stay,
 * the first digit of the integer part stays other than 0. */
enum err pseudo_number(const struct pseudo *p, struct str in, struct buf *out,
                       struct error *e) MUST_CHECK;

/* The pseudonym of a host name: "word-base32.invalid" (RFC 2606), the same in every
 * kind of one namespace. */
void pseudo_host(const struct pseudo *p, struct str host, struct buf *out);

/* A path: every step between / and \ becomes a word and 50 bits, steps that are empty,
 * . and .. stay, the last one keeps its extension if that is a well-known one. */
void pseudo_path(const struct pseudo *p, struct str path, struct buf *out);

/* ASCII letters of s in lower case, added to out. */
void pseudo_fold(struct str s, struct buf *out);

#endif
