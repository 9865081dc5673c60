/*
 * check: validators of structured values, by name.
 *
 * A validator looks at the text of a candidate (separators space, dot, dash and slash
 * are ignored where the format has them) and says whether its check digits or structure
 * hold. Pure; any thread. Sources stand beside each in check_*.c.
 */
#ifndef MATCH_CHECK_H
#define MATCH_CHECK_H

#include "base/err.h"
#include "base/str.h"

struct check {
    const char *name;
    const char *summary;
    bool (*run)(struct str text, double parameter);
    bool takes_parameter; /* "entropy:3.5" */
};

/* By "name" or "name:number"; NULL when there is none or the parameter is wrong. */
const struct check *check_find(struct str spec, double *out_parameter);

/* All of them, for help and tests; NULL past the end. */
const struct check *check_at(size_t i);

#endif
