/*
 * walk_private: a walker from inside, for the three files that make it up.
 *
 * walk.c moves through the record's containers, siblings.c looks around for `when`,
 * scalar.c decides and writes one value.
 */
#ifndef SCRUB_WALK_PRIVATE_H
#define SCRUB_WALK_PRIVATE_H

#include "scrub/find.h"
#include "scrub/walk.h"
#include "json/scan.h"

struct sibling {
    struct str name; /* decoded, as the text of a string is */
    struct str text; /* of a string, or the literal */
};

struct frame {
    struct node *node;
    uint64_t instance;
    bool array, first;
    size_t siblings, n_siblings; /* a stretch of walker.siblings */
};

struct walker {
    struct walk_options options;
    struct tree tree;
    struct act_thread act;
    struct finder text;
    struct scan scan, skim;
    struct buf decoded, result, name, clean_name;
    struct sibling *siblings;
    size_t n_siblings, cap_siblings;
    struct arena sibling_texts; /* of those that were escaped; of one record */
    uint64_t instances;
    struct walk_counts counts;
    struct frame frames[SCAN_DEPTH + 1];

    /* The record at hand */
    struct str json;
    struct buf *out;
    struct canon *canon;
    struct stage_clock *clock; /* NULL: not timed */
    unsigned depth;            /* frames in use */
};

/* A scanner's token, in the record: the scanner's own slice lives only until the next
 * event. A string's offset is that of its quote. */
static inline struct str walk_token(const struct walker *w, const struct scan *s,
                                    bool quoted)
{
    return str_n(w->json.p + s->offset + quoted, s->token.n);
}

/* siblings.c: the scalar members of the object that begins at byte `at` become those of
 * the frame. Invalid JSON is left to the walk itself. */
enum err siblings_skim(struct walker *w, struct frame *f, size_t at, struct error *e)
    MUST_CHECK;

/* The text of a sibling of the leaf at hand, by either spelling; p is NULL when there
 * is none. */
struct str siblings_text(const struct walker *w, struct str name);

/* Do the rule's conditions on siblings hold? */
bool siblings_hold(const struct walker *w, const struct rule *r);

/* scalar.c: the scalar that the scanner stands at, with its name. */
enum err scalar_walk(struct walker *w, struct node *node, struct str raw,
                     enum act_kind kind, struct error *e) MUST_CHECK;

/* Writes comma and name in front of a value; then the value. */
enum err scalar_name(struct walker *w, struct node *member, struct str raw,
                     struct error *e) MUST_CHECK;
void scalar_string(struct walker *w, struct str text);
void scalar_literal(struct walker *w, enum act_kind kind, struct str text);

/* ERR_FOUND: rule r blocks the record here. */
enum err scalar_blocked(const struct node *node, const struct rule *r, struct error *e);

#endif
