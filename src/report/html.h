/*
 * html: what the parts of the HTML page share.
 *
 * Everything that comes from a tenant or a command line passes form_add_markup(). No
 * style or script stands in attributes: the page's policy allows its own two blocks
 * only, by their hashes. One thread.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "base/buf.h"
#include "report/heat.h"

/* Adds a value in <code>, about `bytes` of it, with what differs from `other` marked
 * where the two have something in common; other.p is NULL: nothing to compare with. */
void html_add_value(struct buf *out, struct str value, struct str other, size_t bytes);

/* Adds 1,234,567. */
void html_add_number(struct buf *out, uint64_t n);

/* Adds a share in percent: 0, <0.1, 0.4, 12, >99.9, 100. */
void html_add_share(struct buf *out, uint64_t part, uint64_t whole);

/* Adds the table of entities with drift, and names the others. Rows up to `listed` have
 * a list of changes, under the id e0, e1, …. */
void html_add_entities(struct buf *out, const struct heat *h, size_t listed);

/* Adds the heat map, and all its cells as a list. */
void html_add_map(struct buf *out, const struct heat *h, size_t listed);

#endif
