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
    X(patch)         \
    X(rfc6902)       \
    X(rfc7396)

#define X(name) extern const struct report_form report_##name;
FORM_LIST(X)
#undef X

/* A change as one JSON object: the row of every JSON form. */
void form_change(struct buf *out, const struct change *c);

/* The members of a summary: records, added, removed, …, what was read. */
void form_counts(struct emit *j, const struct drift_counts *c);

/* The members of one entity's summary. */
void form_entity(struct emit *j, const struct change_entity *en);

#endif
