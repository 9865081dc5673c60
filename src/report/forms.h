/*
 * forms: the forms of this room, and what they share.
 */
#ifndef REPORT_FORMS_H
#define REPORT_FORMS_H

#include "report/report.h"
#include "json/emit.h"

#define FORM_LIST(X) \
    X(text)          \
    X(ndjson)        \
    X(json)          \
    X(html)          \
    X(markdown)      \
    X(junit)         \
    X(sarif)         \
    X(patch)         \
    X(rfc6902)       \
    X(rfc7396)       \
    X(sqlite)

#define X(name) extern const struct report_form report_##name;
FORM_LIST(X)
#undef X

/* How many changes `max` has cut off. */
uint64_t form_left_out(const struct report *r);

/* Adds 1,234,567; returns its columns. */
unsigned form_number(struct buf *out, uint64_t v);

/* Is it about a record as a whole, which only one side has? */
bool form_is_whole(const struct change *c);

/* "key", or "fingerprint" of a record without one: what a patch addresses. */
void form_key(struct emit *j, const struct change *c);

/* What a changed value is beyond changed: who changed it, what scrubbing has to do with
 * it, or its class; empty for plain drift. */
const char *form_label(const struct change *c);

/* "left", "right" or "both": who lacks the record that the value names. */
const char *form_dangles(const struct change *c);

/* "repointed", "dangling on the left", …; empty: nothing is known of a reference. */
const char *form_reference(const struct change *c);

/* Adds both labels, with a comma between. */
void form_labels(struct buf *out, const struct change *c);

/* Adds text that is safe in the content and the quoted attributes of HTML and XML 1.0:
 * <, >, &, " and ' as references; what a terminal should not show (json/visible.h) and
 * what XML cannot hold as \xHH. */
void form_add_markup(struct buf *out, struct str text);

/* Is the value one that must not be shown, {"masked":CLASS}? */
bool form_is_masked(struct str value, struct str *out_class);

/* Adds an excerpt (excerpt.h) of a value, visible, with … for what is cut; "(absent)"
 * for none, "(masked CLASS)". `other` as in excerpt_of(). */
void form_add_excerpt(struct buf *out, struct str value, struct str other,
                      size_t bytes);

/* A change as one JSON object: the row of every JSON form. */
void form_change(struct buf *out, const struct change *c);

/* The name of a side as a JSON string: a file name need not be UTF-8. */
void form_name(struct emit *j, const char *name);

/* The members of a summary: records, added, removed, …, what was read. */
void form_counts(struct emit *j, const struct drift_counts *c);

/* The members of one entity's summary. */
void form_entity(struct emit *j, const struct change_entity *en);

#endif
