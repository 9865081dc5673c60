/*
 * apply: one operation of a patch on one record, its guards first.
 *
 * The record is rebuilt in canonical order of its members: what the operation does not
 * name keeps the tokens that the record has. Guards are compared as values, not as
 * texts: 1.0 guards 1. ERR_DATA when one fails. One thread per object.
 */
#ifndef DRIFT_APPLY_H
#define DRIFT_APPLY_H

#include "base/buf.h"
#include "base/err.h"
#include "drift/patch.h"
#include "schema/canon.h"

#define APPLY_CHANGES 65536u /* of one record: there are no more paths */

struct applier;

struct applier *applier_new(void);
void applier_free(struct applier *a);
DEFINE_CLEANUP(struct applier, applier_free);

/* A record of this entity as it will be: what a create brings, an update leaves; adds
 * nothing for a delete. `record` is what is there (empty for a create). */
enum err apply_step(struct applier *a, const struct patch_step *s,
                    const struct entity *entity, struct str record, struct buf *out,
                    struct error *e) MUST_CHECK;

#endif
