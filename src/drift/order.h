/*
 * order: entities so that what a record refers to comes before it.
 *
 * By the references of the schema (Kahn's algorithm; of several that may come next the
 * first by name, and of a cycle, too). Creates are applied in this order, deletes in
 * its reverse.
 */
#ifndef DRIFT_ORDER_H
#define DRIFT_ORDER_H

#include "schema/schema.h"

/* Orders n distinct names in place; those that the schema does not know refer to
 * nothing. */
void order_entities(const struct schema *s, struct str *names, size_t n);

#endif
