/*
 * change: one difference between two tenants, and who takes them.
 *
 * Changes come in the order of entity, key, path. Texts are borrowed until the call
 * returns. Values are JSON as the record writes them; where a sensitive field must not
 * be shown, {"masked":CLASS} stands for it, put there before anybody can see the value.
 */
#ifndef DRIFT_CHANGE_H
#define DRIFT_CHANGE_H

#include "base/err.h"
#include "base/str.h"

/*  id            name            what it says */
#define CHANGE_LIST(X)                                                             \
    X(ADDED, "added", "a record that only the right side has")                     \
    X(REMOVED, "removed", "a record that only the left side has")                  \
    X(CHANGED, "changed", "a value that differs, or that one side lacks")          \
    X(RESPELLED, "respelled", "one value, written in two ways")                    \
    X(IGNORED, "ignored", "a difference that the settings or the schema let pass") \
    X(NOT_EXPORTED, "not-exported", "a member that one side never has")            \
    X(DANGLING, "dangling", "a reference that leads to no record, and no drift")

#define CHANGE_ID_(id, name, text) CHANGE_##id,
enum change_class { CHANGE_LIST(CHANGE_ID_) CHANGES };

/* "added", "removed", … */
const char *change_name(enum change_class c);

/*  id        name                 where one side is scrubbed, what a change says of
 * that */
#define SCRUB_LIST(X)                                                                \
    X(NONE, "", "nothing: both sides are raw, or both are scrubbed")                 \
    X(DRIFT, "drift", "no rule changes this value, and it differs")                  \
    X(EQUAL, "equal-after-scrub", "the raw value is scrubbed to the other one")      \
    X(CHANGED, "scrubbed-changed", "it is not what the rules make of the raw value") \
    X(EPOCH, "scrubbed-changed: epoch", "pseudonyms of two keys, or of two epochs")  \
    X(LEAK, "unscrubbed-leak", "the raw value stands where a scrubbed one should")   \
    X(NO_RULE, "no-rule", "no rule decides this path")

#define SCRUB_ID_(id, name, text) SCRUB_##id,
enum change_scrub { SCRUB_LIST(SCRUB_ID_) SCRUBS };
const char *scrub_name(enum change_scrub s);

/* Does it count as drift? Values that differ because one side is scrubbed do not. */
static inline bool change_is_drift(enum change_class c, enum change_scrub s)
{
    return c <= CHANGE_CHANGED && s != SCRUB_EQUAL && s != SCRUB_EPOCH;
}

/*  id        name          with a common base (three.h): who changed it */
#define SIDE_LIST(X)                                                \
    X(NONE, "", "no base was given")                                \
    X(LEFT, "left-only", "the left side alone")                     \
    X(RIGHT, "right-only", "the right side alone: it has moved on") \
    X(SAME, "both-same", "both, to the same value")                 \
    X(CONFLICT, "conflict", "both, to different values")

#define SIDE_ID_(id, name, text) SIDE_##id,
enum change_side { SIDE_LIST(SIDE_ID_) SIDES_OF_CHANGE };
const char *side_name(enum change_side s);

/*  id        name          where both sides are compared: what a reference that has
 *                          changed names (reference.h) */
#define REFERENCE_LIST(X)                                       \
    X(NONE, "", "no reference, or nothing is known of it")      \
    X(REPOINTED, "repointed", "another record, which is there") \
    X(DANGLING, "dangling", "a record that its side lacks")

#define REFERENCE_ID_(id, name, text) REFERENCE_##id,
enum change_reference { REFERENCE_LIST(REFERENCE_ID_) REFERENCES };
const char *reference_name(enum change_reference r);

struct change {
    enum change_class class;
    enum change_scrub scrub;
    struct str entity;
    struct str key;   /* a JSON list */
    struct str bytes; /* the same as schema/canon.h writes it: it gives the order */
    struct str path;  /* RFC 6901; empty: the whole record */
    struct str left, right; /* JSON; p is NULL: absent */
    enum change_reference reference;
    bool dangles[2]; /* which side lacks what its value names */
    enum change_side side;
    struct str base;      /* with a side; JSON */
    struct str sensitive; /* the schema's class of the field, or empty */
    bool fails;           /* drift that --fail-on means; all drift without it */
    bool keyless;         /* matched by content: the key is a fingerprint */
    uint64_t print[2];    /* of the values left and right, as compared; 0: absent */
    uint64_t count;       /* records without a key: how many equal ones; else 1 */
};

/* What was compared of one entity; told behind its changes. */
struct change_entity {
    struct str name;
    uint64_t records[2];    /* left, right */
    uint64_t duplicates[2]; /* different records under one key: the first was compared
                             */
    uint64_t keyless[2];    /* records without a key, matched by their content */
    uint64_t added, removed, changed; /* records */
    uint64_t failing; /* changes that --fail-on means; all drift without it */
    uint64_t by_side[SIDES_OF_CHANGE];
    uint64_t by_scrub[SCRUBS];
    uint64_t by_class[CHANGES]; /* changes, records as a whole among them */
    uint64_t by_reference[REFERENCES];
    uint64_t normalized; /* of the respelled: equal in a normal form of Unicode alone */
    uint64_t volatile_only; /* records that differ in volatile members alone */
};

struct change_sink {
    void *ctx;
    enum err (*change)(void *ctx, const struct change *c, struct error *e);
    enum err (*entity)(void *ctx, const struct change_entity *en, struct error *e);
};

#endif
