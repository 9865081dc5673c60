/*
 * excerpt: the part of a value that is worth showing beside another one.
 *
 * Two long texts that differ in their last word are told apart by that word, not by
 * their beginnings. A value falls into what it has in common with the other one before
 * the difference, what differs, and what is common behind; each part is cut so that
 * the whole has about `bytes`. Never inside a character or an escape of JSON. Slices of
 * the value; any thread.
 */
#ifndef REPORT_EXCERPT_H
#define REPORT_EXCERPT_H

#include "base/str.h"

struct excerpt {
    struct str before, differs, after;
    bool alike; /* enough is common that what differs is worth a mark: more than a
                 * quote or a digit */
    bool cut_before, cut_differs, cut_after; /* something is left out: at the front of
                                              * before, at the end of the others */
};

/* `other`: p is NULL where there is none; then all differs. */
struct excerpt excerpt_of(struct str value, struct str other, size_t bytes);

#endif
