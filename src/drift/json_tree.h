/*
 * json_tree: JSON documents as trees that can be changed, each token as it was written.
 *
 *     json_tree_init(&t); json_tree_read(&t, text, &root, e); … json_tree_print(root,
 * …)
 *
 * What is not edited is printed as it was read, space included. Names are compared
 * decoded, and a member that stands twice in one object is refused: what it means is
 * nobody's to say. Numbers are compared by value, of any size. A node has one place in
 * one tree: json_tree_copy() for a second one.
 *
 * Texts are borrowed, nodes live until json_tree_done(). Limits, each ERR_LIMIT:
 * nesting SCAN_DEPTH, and those below. One thread per tree.
 */
#ifndef DRIFT_JSON_TREE_H
#define DRIFT_JSON_TREE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "drift/value.h"

/* Bytes of a text read or printed: a patch's line. */
#define JSON_TREE_SIZE (64u << 20)
/* Of all documents and copies: 100 bytes each. */
#define JSON_TREE_VALUES (1u << 20)
/* Places moved, values and bytes compared: a small patch must not keep a machine busy
 * for minutes. */
#define JSON_TREE_WORK (UINT64_C(1) << 31)

struct json_node {
    enum value_kind kind;
    bool edited;                /* `text` is what it was; the items are what it is */
    struct str name, spelled;   /* of a member: decoded, and between its quotes */
    struct str text;            /* as written */
    struct json_node **items;   /* elements, or members in the order of the document */
    struct json_node **by_name; /* members again */
    size_t n, cap;
};

struct json_tree {
    struct scan scan;
    struct arena arena;
    struct json_node **open; /* nodes whose container has not ended */
    size_t n, cap;
    size_t values;
    uint64_t work;
};

void json_tree_init(struct json_tree *t);
void json_tree_done(struct json_tree *t);

/* Reads one whole document. ERR_DATA for what is no JSON, for a member that stands
 * twice, for names with lone surrogates. */
enum err json_tree_read(struct json_tree *t, struct str json, struct json_node **out,
                        struct error *e) MUST_CHECK;

/* A new {}, and a copy of what stands below a node. */
enum err json_tree_object(struct json_tree *t, struct json_node **out, struct error *e)
    MUST_CHECK;
enum err json_tree_copy(struct json_tree *t, const struct json_node *v,
                        struct json_node **out, struct error *e) MUST_CHECK;

/* The member of this (decoded) name, or NULL; also when `v` is NULL or no object. */
struct json_node *json_tree_member(const struct json_node *v, struct str name);

/* The text of a string, decoded. ERR_DATA for lone surrogates. */
enum err json_tree_text(struct json_tree *t, const struct json_node *v, struct str *out,
                        struct error *e) MUST_CHECK;

/* The containers in each other, this one among them; 0 for a scalar. */
enum err json_tree_height(struct json_tree *t, const struct json_node *v, unsigned *out,
                          struct error *e) MUST_CHECK;

/* RFC 6902 §4.6: numbers by value, objects without order, lists with it. */
enum err json_tree_equal(struct json_tree *t, const struct json_node *a,
                         const struct json_node *b, bool *out, struct error *e)
    MUST_CHECK;

/* Sets a member; one that is there keeps its place and spelling. */
enum err json_tree_put(struct json_tree *t, struct json_node *object, struct str name,
                       struct json_node *v, struct error *e) MUST_CHECK;
/* Takes a member (a node of this object) out. */
enum err json_tree_drop(struct json_tree *t, struct json_node *object,
                        const struct json_node *member, struct error *e) MUST_CHECK;
/* Puts an element before element i <= n; takes element i < n out. */
enum err json_tree_insert(struct json_tree *t, struct json_node *list, size_t i,
                          struct json_node *v, struct error *e) MUST_CHECK;
enum err json_tree_remove(struct json_tree *t, struct json_node *list, size_t i,
                          struct error *e) MUST_CHECK;

/* Adds the document; nothing on an error. */
enum err json_tree_print(const struct json_node *v, struct buf *out, struct error *e)
    MUST_CHECK;

#endif
