/*
 * leaf: one leaf of text while it is made, and what in it is sensitive.
 *
 * Bytes are UTF-8 and fit LEAF_MAX: sentences come from words.h and are few, which is
 * asserted. A mark is a span of the text, or of what is encoded in it (nested): then
 * `inner` is the hidden value, kept in `side`. One thread at a time per object.
 */
#ifndef DEMO_LEAF_H
#define DEMO_LEAF_H

#include <assert.h>
#include <stdbool.h>

#include "base/str.h"
#include "demo/census.h"

#define LEAF_MAX   6144
#define LEAF_MARKS 32
#define LEAF_SIDE  1024

/* What a value is, as the truth file calls it. */
#define LEAF_CLASSES(X)           \
    X(NONE, "")                   \
    X(NAME, "name")               \
    X(EMAIL, "email")             \
    X(PHONE, "phone")             \
    X(CARD, "card")               \
    X(IBAN, "iban")               \
    X(SSN, "ssn")                 \
    X(IP, "ip")                   \
    X(SECRET, "secret")           \
    X(ADDRESS, "address")         \
    X(COMPANY, "company")         \
    X(PART_NUMBER, "part-number") \
    X(SERIAL, "serial")           \
    X(LOT, "lot")                 \
    X(IDENT, "ident")             \
    X(FILE, "file")               \
    X(URL, "url")                 \
    X(COST, "cost")               \
    X(GEO, "geo")                 \
    X(ORG, "org")                 \
    X(HASH, "hash")               \
    X(MARKING, "export-control")

enum leaf_class {
#define X(name, text) LEAF_##name,
    LEAF_CLASSES(X)
#undef X
};

struct mark {
    uint32_t at, n; /* bytes of the text; not for nested ones */
    enum leaf_class class;
    struct str inner; /* p is NULL unless nested */
};

struct leaf {
    size_t n, side_n;
    unsigned n_marks;
    struct mark marks[LEAF_MARKS];
    char p[LEAF_MAX];
    char side[LEAF_SIDE];
};

/* Cheap: the arrays are not touched. */
static inline void leaf_clear(struct leaf *t)
{
    t->n = t->side_n = 0;
    t->n_marks = 0;
}

static inline struct str leaf_str(const struct leaf *t)
{
    return str_n(t->p, t->n);
}

static inline void leaf_add(struct leaf *t, struct str s)
{
    assert(s.n <= LEAF_MAX - t->n);
    memcpy(t->p + t->n, s.p, s.n);
    t->n += s.n;
}

static inline void leaf_char(struct leaf *t, char c)
{
    assert(t->n < LEAF_MAX);
    t->p[t->n++] = c;
}

void leaf_lower(struct leaf *t, struct str s);
void leaf_uint(struct leaf *t, uint64_t v,
               unsigned width); /* leading zeros up to width */

/* 1234, 2: "12.34" */
void leaf_decimal(struct leaf *t, int64_t v, unsigned places);

/* The text from byte `at` to its end is of a class. */
void leaf_mark(struct leaf *t, size_t at, enum leaf_class class);

/* `value` is hidden inside; copied. */
void leaf_mark_nested(struct leaf *t, struct str value, enum leaf_class class);

/* A sentence of words.h with its slots filled:
 *   people {P}   part number {N}   serial {S}   lot {L}   company {C}
 *   small number {q}   torque {t}   dimension {d}   pressure {v}
 *   kind of part {B}, {b}   adjective {D}   material {M}
 * and those of plant_slot(). Values are drawn from `state`. */
void leaf_fill(struct leaf *t, const struct census *p, struct str sentence,
               uint64_t *state);

/* `least` to `most` sentences; about one text in twelve gets one of words_plant too,
 * and, where the census says so, one in forty an export-control marking. */
void leaf_prose(struct leaf *t, const struct census *p, enum words_list list,
                uint64_t value, unsigned least, unsigned most);

#endif
