/*
 * words: the vocabulary of a made-up manufacturer.
 *
 * Names of people are ordinary ones on purpose: a demonstration tenant stands for
 * production data, and what hides real names has to hide these. Companies, streets and
 * products are invented. In sentences {P} and the like are slots: see leaf.h.
 * Constant after words_init(); the slices are of static storage. Any thread.
 */
#ifndef DEMO_WORDS_H
#define DEMO_WORDS_H

#include "base/str.h"

#define WORDS_MAX 256 /* of one list */

#define WORDS_LISTS(X)                                                            \
    X(first) /* people */                                                         \
    X(last)                                                                       \
    X(company) /* Halvorsen */                                                    \
    X(trade)   /* Precision */                                                    \
    X(legal)   /* GmbH */                                                         \
    X(street)                                                                     \
    X(city) /* "Torrance, CA 905" and a ZIP's last two digits */                  \
    X(area) /* telephone area codes */                                            \
    X(role)                                                                       \
    X(team)                                                                       \
    X(subtype)   /* "bracket=BRKT": kind of part and the prefix of its numbers */ \
    X(adjective) /* of parts */                                                   \
    X(material)                                                                   \
    X(unit) /* of measurement */                                                  \
    X(label_area)                                                                 \
    X(label)                                                                      \
    X(place) /* workcenters and the like */                                       \
    X(place_kind)                                                                 \
    X(currency)                                                                   \
    X(disposition)                                                                \
    X(procedure) /* titles of procedures: "{B}" is a part's kind */               \
    X(step)      /* titles of steps */                                            \
    X(field)     /* "Torque=NUMBER=N·m" */                                       \
    X(option)    /* "Pass|Fail|Rework" */                                         \
    X(help)                                                                       \
    X(instruction) /* sentences of steps */                                       \
    X(remark)      /* sentences of comments */                                    \
    X(trouble)     /* titles of issues */                                         \
    X(cause)                                                                      \
    X(expectation)                                                                \
    X(remedy)                                                                     \
    X(purchase) /* sentences of purchase orders */                                \
    X(about_part)                                                                 \
    X(about_supplier)                                                             \
    X(note)      /* string values of run step fields */                           \
    X(document)  /* file names */                                                 \
    X(plant)     /* sentences that hold something sensitive */                    \
    X(marking)   /* export-control markings */                                    \
    X(attribute) /* "color=STRING", sorted */

enum words_list {
#define X(name) WORDS_##name,
    WORDS_LISTS(X)
#undef X
        WORDS_N
};

struct bank {
    struct str items[WORDS_MAX];
    size_t n;
};

struct words {
    struct bank list[WORDS_N];
};

void words_init(struct words *w);

/* Item i, counted round and round. */
static inline struct str word(const struct words *w, enum words_list list, uint64_t i)
{
    const struct bank *b = &w->list[list];

    return b->items[i % b->n];
}

/* Parts of "a=b=c": the i-th between the signs, empty past the last. */
struct str word_part(struct str item, unsigned i);

#endif
