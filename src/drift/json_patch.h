/*
 * json_patch: RFC 6902 and RFC 7396 applied to one JSON document, text in, text out.
 *
 * All or nothing: when an operation fails, nothing is added to `out`. What no operation
 * touches keeps its tokens. Numbers are compared by value, exactly; a member that
 * stands twice in one object, of the document or the patch, is refused; places in lists
 * are written without leading zeros (RFC 6901 §4). Removing the whole document is
 * refused: nothing would be left.
 *
 * ERR_DATA for what is no JSON, no patch, or does not apply, with the number of the
 * operation; ERR_LIMIT past JSON_PATCH_OPERATIONS and the limits of json_tree.h. Any
 * thread.
 */
#ifndef DRIFT_JSON_PATCH_H
#define DRIFT_JSON_PATCH_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Of one document: as many as paths of a record. */
#define JSON_PATCH_OPERATIONS 65536u

/* RFC 6902: adds what the list of operations makes of the document. */
enum err json_patch(struct str document, struct str patch, struct buf *out,
                    struct error *e) MUST_CHECK;

/* RFC 7396: adds what the merge patch, any JSON, makes of the document. */
enum err json_merge(struct str document, struct str patch, struct buf *out,
                    struct error *e) MUST_CHECK;

#endif
