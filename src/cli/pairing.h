/*
 * pairing: the sides of a comparison, opened and made comparable.
 *
 * Two sides, perhaps a base. Where one is raw and another a snapshot, the raw one is
 * scrubbed in passing (cast.h) and `rescrub` says what that did to a value. With
 * `natural` the right side (and the base) gets the ids that the left one has.
 */
#ifndef CLI_PAIRING_H
#define CLI_PAIRING_H

#include "cli/side.h"
#include "drift/drift.h"
#include "drift/rescrub.h"

struct pairing_options {
    const struct setup *setup;
    const struct opt_list *keys;
    const char *names[2]; /* left, right */
    const char *base;     /* or NULL */
    bool as_is;           /* nothing is scrubbed */
    bool natural;
    const char *id_map; /* with natural: where the map goes; or NULL */
};

struct pairing {
    struct side sides[2], base;
    struct rescrub *rescrub; /* or NULL */
};

enum err pairing_open(struct pairing *p, const struct pairing_options *o,
                      const struct common *common, struct error *e) MUST_CHECK;
void pairing_done(struct pairing *p);

bool pairing_has_raw(const struct pairing *p);

/* Sets what drift_run() must know of the sides. */
void pairing_describe(const struct pairing *p, struct drift_options *out);

#endif
