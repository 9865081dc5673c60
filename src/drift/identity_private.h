/*
 * identity_private: how a match of identities looks to the files of this room.
 */
#ifndef DRIFT_IDENTITY_PRIVATE_H
#define DRIFT_IDENTITY_PRIVATE_H

#include "base/arena.h"
#include "base/table.h"
#include "drift/identity.h"
#include "drift/value.h"
#include "schema/canon.h"

#define IDENT_COST 160u /* bytes of a record's id with its places in the tables */

struct ident { /* a record, by its id */
    struct str text;
    struct ident *mate; /* on the other side */
    uint64_t hash[2];   /* of what it is matched by, in this round */
    enum identity_how how;
    bool has_hash, ambiguous;
    bool natural; /* the hash is that of a natural key */
};

struct kind { /* an entity */
    struct str name;
    const struct entity *entity[2]; /* NULL: the side has none */
    struct ident **list[2];
    size_t n[2], cap[2];
    struct table ids[2];
};

struct identity {
    struct drift_side sides[2];
    size_t most;
    struct arena arena; /* ids */
    struct kind *kinds; /* in the order of references */
    size_t n_kinds;
    struct table by_name;
    struct identity_counts counts;
    bool last; /* no further round: of records that agree, those of one id are a pair */
    struct canon *canon;
    struct value_reader reader;
    struct arena record; /* of one record */
    struct buf text;
};

/* The member that is a record's own id, or empty: its key is no single member. */
struct str identity_own(const struct entity *entity);

/* The text of an id: a string's content, a number as written; false for others. */
bool identity_text(const struct value *v, struct str *out);

/* The type whose ids this field holds, or NULL. */
const struct type *identity_target(const struct field *f);

/* The id that stands for `id` on both sides: the left one's, or `?` where the record is
 * not matched. An id that the side does not have stays. */
struct str identity_translate(struct identity *m, unsigned side,
                              const struct type *target, struct str id);

/* Calls `each` with the canonical form of every record of one side. */
typedef enum err identity_each(struct identity *m, void *ctx, struct kind *k,
                               unsigned side, const struct value *record,
                               struct error *e);
enum err identity_walk(struct identity *m, struct kind *k, unsigned side,
                       identity_each *each, void *ctx, struct error *e) MUST_CHECK;

/* Adds a canonical value with its ids translated; `f` may be NULL. */
void identity_add(struct identity *m, unsigned side, const struct value *v,
                  const struct field *f, struct buf *out);

/* Matches what the matched records of an entity refer to. */
enum err identity_follow(struct identity *m, struct kind *k, struct error *e)
    MUST_CHECK;

/* Matches what is left of an entity by overlap. */
enum err identity_guess(struct identity *m, struct kind *k, struct error *e) MUST_CHECK;

void identity_pair(struct identity *m, struct ident *left, struct ident *right,
                   enum identity_how how);

#endif
