/*
 * value: a JSON value as a tree of slices, with members in order of their names.
 *
 * Only records that differ become trees, one pair at a time; everything else is told
 * apart by fingerprints. Texts are borrowed from the record, nodes from the arena. One
 * thread per reader.
 */
#ifndef DRIFT_VALUE_H
#define DRIFT_VALUE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "json/scan.h"

enum value_kind {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_LIST,
    VALUE_OBJECT,
};

struct value {
    enum value_kind kind;
    struct str name;     /* of a member, between its quotes as written; else empty */
    struct str text;     /* the whole value as written */
    struct value *items; /* elements in order, or members by name */
    size_t n_items;
};

struct value_reader {
    struct scan scan;
    struct value *open; /* values whose container has not ended */
    size_t n, cap;
};

void value_reader_init(struct value_reader *r);
void value_reader_done(struct value_reader *r);

/* Reads one whole value. ERR_DATA, ERR_LIMIT as the scanner has them. */
enum err value_read(struct value_reader *r, struct str json, struct arena *a,
                    struct value *out, struct error *e) MUST_CHECK;

/* The member of this name (as written), or NULL; also when `v` is NULL or no object. */
const struct value *value_member(const struct value *v, struct str name);

/* Element i, or NULL; also when `v` is NULL or no list. */
const struct value *value_element(const struct value *v, size_t i);

#endif
