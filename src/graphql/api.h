/*
 * api: the GraphQL API of a schema, as SDL text.
 *
 * What rules/ion.graphql writes is taken as it is, with the common fields; what it does
 * not write is generated: Query, connections, edges, page information, aggregates,
 * filter inputs, sort enums and a `_FooCount` beside each to-many field. Only what
 * Query reaches is there, so that tables which the API shows through relations alone
 * stay out of it. Directives of ours never show.
 *
 * A document that writes its own Query (a tenant's own SDL) is its own API: its text is
 * given as it stands.
 *
 * The functions behind api_write() say how the generated parts are named and which
 * fields they have; graphql/bind.h attaches tables by them. Results are in the arena.
 * Any thread.
 */
#ifndef GRAPHQL_API_H
#define GRAPHQL_API_H

#include "base/arena.h"
#include "base/buf.h"
#include "schema/schema.h"

/* Adds the SDL. ERR_DATA when a generated name is also written. */
enum err api_write(const struct schema *s, struct buf *out, struct error *e) MUST_CHECK;

/* Parts, RunsSteps: @entity(plural:), else the plural of the type's name. */
struct str api_plural(const struct type *t, struct arena *a);

/* PartsInputFilters, StepsFilters: @entity(filter:), else <Plural>InputFilters. */
struct str api_filter(const struct type *t, struct arena *a);

/* _PartKitItemsCount */
struct str api_count(const struct field *f, struct arena *a);

/* PART_NUMBER, without _ASC and _DESC */
struct str api_sort(const struct field *f, struct arena *a);

/* The field of a filter input for it: _created where a column of this name is spelled
 * otherwise (Created of the attributes), else the field's own name. */
struct str api_filter_field(const struct field *f);

/* Leaves are scalars and enums. */
bool api_is_leaf(const struct field *f);

/* Does the field take `filters`, has it a count, is it in the filter input and in the
 * sort enum of its owner? */
bool api_takes_filters(const struct field *f);
bool api_is_counted(const struct field *f);
bool api_is_filtered(const struct field *f);
bool api_is_sorted(const struct field *f);

/* The names in @entity(aggregates:), of which the connection gives sums; or NULL. */
const struct sdl_value *api_aggregates(const struct type *t);

/* Is the type one of custom attributes, with the shorter filter of those? */
bool api_is_attribute(const struct type *t);

#endif
