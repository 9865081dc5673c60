/*
 * tree: what the two readers of doc share; private to this room.
 *
 * A reader makes nodes in the doc's arena, fills a container's items and seals it.
 */
#ifndef DOC_TREE_H
#define DOC_TREE_H

#include "base/arena.h"
#include "doc/doc.h"

struct doc {
    struct arena arena;
    struct doc_node *root;
    const char *name; /* borrowed while reading only */
    size_t n_nodes;
};

/* ERR_DATA or ERR_LIMIT, "name: line N: what"; without a line when it is 0. */
enum err tree_error(const struct doc *d, enum err code, size_t line, const char *what,
                    struct error *e);

/* A new node; ERR_LIMIT past DOC_NODES. */
enum err tree_node(struct doc *d, enum doc_kind kind, size_t line,
                   struct doc_node **out, struct error *e) MUST_CHECK;

/* Copies n items into the container; a map's are sorted, and two of one name refused.
 */
enum err tree_seal(struct doc *d, struct doc_node *node, struct doc_node **items,
                   size_t n, struct error *e) MUST_CHECK;

/* Order of UTF-8 texts by their UTF-16 code units (RFC 8785, 3.2.3). */
int tree_compare(struct str a, struct str b);

/* Is the text an integer as written? Its magnitude and sign. */
bool tree_integer(struct str text, uint64_t *out, bool *out_negative);

#endif
