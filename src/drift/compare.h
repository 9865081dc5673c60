/*
 * compare: two records of one key, value by value.
 *
 * What is equal is decided on the canonical forms (schema/canon.h): one value in two
 * spellings, names in two dialects, a reference written as object or as key are no
 * differences. What is told are the values as the records write them. One thread per
 * object.
 */
#ifndef DRIFT_COMPARE_H
#define DRIFT_COMPARE_H

#include "base/err.h"
#include "drift/change.h"
#include "drift/coverage.h"
#include "drift/reference.h"
#include "drift/rescrub.h"
#include "drift/settings.h"
#include "schema/schema.h"

struct compare;

/* Which of the sides' members are known never to be there; see coverage.h. */
struct compare_options {
    const struct settings *settings; /* borrowed */
    struct coverage *coverage[2];    /* borrowed */
    struct rescrub *rescrub;         /* NULL, or for the raw side */
    unsigned raw_side;
    bool scrubbed, other_key;       /* both sides are; with two keys */
    struct references *references;  /* NULL: not looked up */
    const struct change_sink *sink; /* borrowed */
};

struct compare *compare_new(const struct compare_options *o);
void compare_free(struct compare *c);
DEFINE_CLEANUP(struct compare, compare_free);

struct compare_pair {
    const struct entity *entity[2]; /* left, right: each by its side's schema */
    struct str record[2];           /* as stored */
    struct str key;                 /* a JSON list */
    struct str bytes;               /* the key as it orders */
};

/* Tells the changes of one pair, in order of their paths, and counts them by class.
 * *out_differs: one of them is drift. */
enum err compare_records(struct compare *c, const struct compare_pair *p,
                         struct change_entity *counts, bool *out_differs,
                         struct error *e) MUST_CHECK;

/* Tells the references of a record that one side alone has (the other of `record` has
 * no bytes) and that lead nowhere, where the settings ask for them. */
enum err compare_references(struct compare *c, const struct compare_pair *p,
                            struct change_entity *counts, struct error *e) MUST_CHECK;

/* A whole record of one side as a change shows it: scrubbed, masked where the settings
 * say so. Borrowed until the next call. */
enum err compare_whole(struct compare *c, unsigned side, const struct entity *entity,
                       struct str record, struct str *out, struct error *e) MUST_CHECK;

/* What tells a record's value apart from another one's: change.print of a whole record.
 */
enum err compare_print(struct compare *c, unsigned side, const struct entity *entity,
                       struct str record, uint64_t *out, struct error *e) MUST_CHECK;

#endif
