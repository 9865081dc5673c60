/*
 * visible: text from outside, fit for a terminal.
 *
 * Control characters (C0, DEL, C1), characters that reorder what is shown
 * (bidirectional marks, embeddings, overrides, isolates) and bytes that are no UTF-8
 * are written as \xHH. Any thread.
 */
#ifndef JSON_VISIBLE_H
#define JSON_VISIBLE_H

#include "base/buf.h"
#include "base/str.h"

/* Adds the text; newlines stay if `lines`. */
void visible_add(struct buf *out, struct str text, bool lines);

/* Adds at most `columns` characters of it, an ellipsis for what is cut; returns how
 * many characters were added. Wide and combining characters count as one. */
unsigned visible_add_cut(struct buf *out, struct str text, unsigned columns);

#endif
