/*
 * compare_private: how a comparison looks to the files of this room.
 */
#ifndef DRIFT_COMPARE_PRIVATE_H
#define DRIFT_COMPARE_PRIVATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "drift/compare.h"
#include "drift/value.h"
#include "schema/canon.h"

/* One value on both sides: in canonical form, and as the record writes it (NULL: not
 * there; stored also where the canonical form has no counterpart). */
struct sides {
    const struct value *canon[2], *stored[2];
    const struct value *raw; /* what was scrubbed to that of the raw side; canonical */
};

struct place {                  /* where in a record the comparison is */
    const struct place *parent; /* NULL: the record */
    struct str name;            /* decoded; p is NULL: an element */
    const struct field *field;
    const struct type *type, *other; /* by the left schema, by the right */
    struct path_states states;
    struct str sensitive; /* of the field or one above */
};

struct compare {
    struct compare_options options;
    struct value_reader reader;
    struct canon *canon[2], *raw;
    struct arena arena; /* of one pair */
    struct buf path, name, shown[2], scrubbed;
    const struct compare_pair *pair;
    struct change_entity *counts;
    bool differs;
    bool quiet; /* nothing is told: only whether there is drift */
};

enum err compare_value(struct compare *c, const struct place *at, const struct sides *v,
                       struct error *e) MUST_CHECK;
/* What a place's values name: sets what the change says of it. */
enum err compare_look(struct compare *c, const struct place *at, const struct sides *v,
                      struct change *change, struct error *e) MUST_CHECK;

/* References that lead nowhere, as changes of their own. */
enum err compare_dangling(struct compare *c, const struct place *at,
                          const struct sides *v, struct error *e) MUST_CHECK;

/* The record as a place. */
struct place compare_record_place(struct compare *c);
struct place compare_member_place(struct compare *c, const struct place *at,
                                  struct str name);

enum err compare_read(struct compare *c, const struct compare_pair *p, unsigned side,
                      struct sides *roots, struct error *e) MUST_CHECK;

/* The text of a canonical value in the normal form that was asked for; else as it is.
 * Lives as long as the pair. */
enum err compare_form(struct compare *c, struct str text, struct str *out,
                      struct error *e) MUST_CHECK;

/* Are two values that differ one string in that form? */
enum err compare_is_one(struct compare *c, const struct value *a, const struct value *b,
                        bool *out, struct error *e) MUST_CHECK;

/* Do differences at this place not count? */
bool compare_is_ignored(const struct compare *c, const struct place *at,
                        const struct place_rules *rules);

enum err compare_tell(struct compare *c, enum change_class class,
                      const struct place *at, const struct sides *v, struct error *e)
    MUST_CHECK;
struct place compare_element_place(struct compare *c, const struct place *at);

/* Two lists, by the mode that holds here. */
enum err compare_lists(struct compare *c, const struct place *at,
                       const struct place_rules *rules, const struct sides *v,
                       struct error *e) MUST_CHECK;

/* Are two canonical scalars numbers within the tolerance that holds here? */
bool compare_is_near(struct str a, struct str b, const struct place_rules *rules);

#endif
