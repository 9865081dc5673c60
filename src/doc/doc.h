/*
 * doc: a small whole document, YAML or JSON, as one tree.
 *
 * For rule packs, manifests and summaries; the data path never comes here. YAML is read
 * by libyaml (core schema scalars: null, booleans true/false, integers, floats;
 * anything quoted is a string; no anchors, no tags, no merge keys: an alias is refused,
 * so that a document cannot grow), JSON by jansson. Duplicate keys are refused. Nodes
 * know their line (YAML only). Everything lives in the doc until doc_free(), and does
 * not borrow the text it was read from. Any number of readers.
 *
 * Errors are ERR_DATA, and ERR_LIMIT past DOC_SIZE, DOC_DEPTH or DOC_NODES; they name
 * the document and the line and never repeat the content.
 */
#ifndef DOC_DOC_H
#define DOC_DOC_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define DOC_SIZE  (64u << 20) /* bytes; a ledger of 65,536 paths has about 20 MiB */
#define DOC_DEPTH 64          /* lists and maps inside each other */
#define DOC_NODES \
    (1u << 21) /* that ledger has a million; a node takes some 100 bytes */

enum doc_kind { DOC_NULL, DOC_BOOL, DOC_NUMBER, DOC_STRING, DOC_LIST, DOC_MAP };

struct doc_node {
    enum doc_kind kind;
    unsigned line;  /* from 1; 0 where unknown */
    struct str key; /* in a map: this member's name */
    struct str
        text; /* DOC_STRING: the text; DOC_BOOL: true or false; DOC_NUMBER: as
               * written (a JSON real: 17 digits, never looking like an integer) */
    struct doc_node **items; /* DOC_LIST, DOC_MAP: members in order */
    size_t n_items;
    struct doc_node **sorted; /* DOC_MAP: the same members, names by UTF-16 code unit */
};

struct doc;

/* `name` is for errors ("rules/pii.yaml"), which read "name: line N: …". An empty YAML
 * document is null. Gives. */
enum err doc_yaml(struct str text, const char *name, struct doc **out, struct error *e)
    MUST_CHECK;
enum err doc_json(struct str text, const char *name, struct doc **out, struct error *e)
    MUST_CHECK;
/* By content: text that begins with { or [ (behind white space) is JSON, else YAML. */
enum err doc_read(struct str text, const char *name, struct doc **out, struct error *e)
    MUST_CHECK;
void doc_free(struct doc *d);
DEFINE_CLEANUP(struct doc, doc_free);

/* Never NULL; borrowed from the doc, as everything below it. */
const struct doc_node *doc_root(const struct doc *d);

/* A member of a map, or NULL (also when `n` is NULL or no map). */
const struct doc_node *doc_get(const struct doc_node *n, const char *key);

/* false unless the node is a number that is an integer in range (YAML's 0x, 0o and a
 * plus sign are understood), a bool, a finite number; NULL is false too. */
bool doc_uint(const struct doc_node *n, uint64_t *out);
bool doc_bool(const struct doc_node *n, bool *out);
bool doc_double(const struct doc_node *n, double *out);

/* Adds the tree as canonical JSON (RFC 8785: members sorted by UTF-16, minimal escapes;
 * numbers must be integers within ±2^53, which is all we write; else ERR_DATA). Only
 * for nodes read by this module. On an error `out` is as it was. */
enum err doc_canonical(const struct doc_node *n, struct buf *out, struct error *e)
    MUST_CHECK;

/* The flat form of a tree, for what the build reads once and the program often: it
 * becomes nodes again without parsing, sorting or copying, lines included. Only what
 * doc_image_add() wrote may be read; it begins at `at`, which moves behind it. Nodes
 * lie in the arena, their texts, each with a NUL behind it, in the image. */
void doc_image_add(const struct doc_node *n, struct buf *out);
struct doc_node *doc_image_read(struct arena *a, struct str image, size_t *at);

#endif
