/*
 * three: did the left side change, or did the right one move on?
 *
 * Two comparisons with a common base, taken together record by record: what only one
 * side has changed, what both have changed alike, and conflicts: one path changed in
 * two ways, or a path and one below it, or a record that one side removed and the other
 * changed. A list that differs is one change. Whether both
 * sides have one value is told by its canonical form: tolerances and list modes do not
 * count there. With the base on the left it is the plain
 * comparison. Memory: the changes of one record.
 */
#ifndef DRIFT_THREE_H
#define DRIFT_THREE_H

#include "drift/drift.h"

/* `o` as for drift_run(), its settings with `whole`; `base` in the common form of both.
 */
enum err three_run(const struct drift_options *o, const struct drift_side *base,
                   const char *temp, const struct change_sink *sink,
                   struct drift_counts *out, struct error *e) MUST_CHECK;

#endif
