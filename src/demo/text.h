/*
 * text: one leaf of text while it is made, and what in it is sensitive.
 *
 * Bytes are UTF-8 and fit TEXT_MAX: sentences come from words.h and are few, which is
 * asserted. A mark is a span of the text, or of what is encoded in it (nested): then
 * `inner` is the hidden value, kept in `side`. One thread at a time per object.
 */
#ifndef DEMO_TEXT_H
#define DEMO_TEXT_H

#include <assert.h>
#include <stdbool.h>

#include "base/str.h"
#include "demo/plan.h"

#define TEXT_MAX   6144
#define TEXT_MARKS 32
#define TEXT_SIDE  1024

/* What a value is, as the truth file calls it. */
#define TEXT_CLASSES(X)           \
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

enum text_class {
#define X(name, text) TEXT_##name,
    TEXT_CLASSES(X)
#undef X
};

struct mark {
    uint32_t at, n; /* bytes of the text; not for nested ones */
    enum text_class class;
    struct str inner; /* p is NULL unless nested */
};

struct text {
    size_t n, side_n;
    unsigned n_marks;
    struct mark marks[TEXT_MARKS];
    char p[TEXT_MAX];
    char side[TEXT_SIDE];
};

/* Cheap: the arrays are not touched. */
static inline void text_clear(struct text *t)
{
    t->n = t->side_n = 0;
    t->n_marks = 0;
}

static inline struct str text_str(const struct text *t)
{
    return str_n(t->p, t->n);
}

static inline void text_add(struct text *t, struct str s)
{
    assert(s.n <= TEXT_MAX - t->n);
    memcpy(t->p + t->n, s.p, s.n);
    t->n += s.n;
}

static inline void text_char(struct text *t, char c)
{
    assert(t->n < TEXT_MAX);
    t->p[t->n++] = c;
}

void text_lower(struct text *t, struct str s);
void text_uint(struct text *t, uint64_t v,
               unsigned width); /* leading zeros up to width */

/* 1234, 2: "12.34" */
void text_decimal(struct text *t, int64_t v, unsigned places);

/* The text from byte `at` to its end is of a class. */
void text_mark(struct text *t, size_t at, enum text_class class);

/* `value` is hidden inside; copied. */
void text_mark_nested(struct text *t, struct str value, enum text_class class);

/* A sentence of a list, after a space unless it is the first. Its slots:
 *   people {P}   part number {N}   serial {S}   lot {L}   company {C}
 *   small number {q}   torque {t}   dimension {d}   pressure {v}
 *   kind of part {B}, {b} lower case   adjective {D}   material {M}
 * and those of plant_slot(). Values are drawn from `state`. */
void text_say(struct text *t, const struct plan *p, enum words_list list,
              uint64_t *state);
void text_fill(struct text *t, const struct plan *p, struct str sentence,
               uint64_t *state);

/* `least` to `most` sentences; about one text in twelve gets one of words_plant too,
 * and, where the plan says so, one in forty an export-control marking. */
void text_prose(struct text *t, const struct plan *p, enum words_list list,
                uint64_t value, unsigned least, unsigned most);

#endif
