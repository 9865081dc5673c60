/*
 * suggest: "Did you mean …?", as graphql-js works it out.
 *
 * The candidates nearest to a name (optimal string alignment, letters of another case
 * count one), nearest first. The work is bounded by a budget of table cells that a
 * whole request shares: past it nothing is suggested.
 */
#ifndef GRAPHQL_SUGGEST_H
#define GRAPHQL_SUGGEST_H

#include "base/buf.h"
#include "base/str.h"

#define SUGGEST_MOST   5       /* names in one message, as graphql-js */
#define SUGGEST_LENGTH 64      /* bytes of a name; longer ones have no neighbours */
#define SUGGEST_CELLS  2000000 /* some 10 ms */

struct suggest {
    struct str name;
    uint64_t *cells; /* the request's budget; NULL: suggests nothing */
    unsigned n;
    struct {
        struct str name;
        unsigned distance;
    } best[SUGGEST_MOST];
};

void suggest_init(struct suggest *s, struct str name, uint64_t *cells);

/* Offers a candidate, which must live as long as `s`. Equal ones count once. */
void suggest_offer(struct suggest *s, struct str candidate);

/* Adds ` Did you mean "a", "b", or "c"?`, nothing without suggestions. `what`, when not
 * empty, stands behind `mean `. */
void suggest_print(const struct suggest *s, const char *what, struct buf *out);

/* The same for names that are in order already. */
void suggest_names(const struct str *names, unsigned n, const char *what,
                   struct buf *out);

/* Numbers inside names compare by value. */
bool suggest_before(struct str a, struct str b);

#endif
