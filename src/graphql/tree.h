/*
 * tree: a JSON text as a tree, for what is small and looked at by name.
 *
 * Strings are decoded. Of an object with a name twice the last one counts. Lives in the
 * arena and borrows the text. Nesting SCAN_DEPTH. One thread at a time.
 */
#ifndef GRAPHQL_TREE_H
#define GRAPHQL_TREE_H

#include "base/arena.h"
#include "base/err.h"
#include "json/scan.h"

struct tree {
    enum scan_event kind; /* SCAN_OBJECT, SCAN_ARRAY, SCAN_STRING … SCAN_NULL */
    struct str name;      /* in an object */
    struct str text;      /* of strings and numbers */
    struct str raw;       /* the whole value as written */
    struct tree *items, *next;
    uint32_t n;
};

/* ERR_DATA: no JSON. */
enum err tree_read(struct str json, struct arena *a, struct tree **out, struct error *e)
    MUST_CHECK;

/* A member of an object, or NULL. */
const struct tree *tree_get(const struct tree *object, struct str name);

#endif
