/*
 * doc: a small whole document, YAML or JSON, as one tree.
 *
 * For rule packs, manifests and summaries; the data path never comes here. YAML is read
 * by libyaml (core schema scalars: null, booleans true/false, integers, floats; anything
 * quoted is a string; no anchors, no tags, no merge keys: an alias is refused, so that a
 * document cannot grow), JSON by jansson. Duplicate keys are refused. Nodes know their
 * line. Everything lives in the doc until doc_free(). Limits: DOC_SIZE, DOC_DEPTH.
 * Any number of readers.
 */
#ifndef DOC_DOC_H
#define DOC_DOC_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define DOC_SIZE  (64u << 20) /* bytes; a ledger of 65,536 paths has about 20 MiB */
#define DOC_DEPTH 64

enum doc_kind { DOC_NULL, DOC_BOOL, DOC_NUMBER, DOC_STRING, DOC_LIST, DOC_MAP };

struct doc_node {
    enum doc_kind kind;
    unsigned line;   /* from 1; 0 where unknown */
    struct str key;  /* in a map: this member's name */
    struct str text; /* DOC_STRING: the text; DOC_NUMBER: as written; DOC_BOOL: true/false */
    struct doc_node **items; /* DOC_LIST, DOC_MAP: members in order */
    size_t n_items;
};

struct doc;

/* `name` is for errors ("rules/pii.yaml"), which read "name: line N: …" and never repeat
 * the content. Gives. */
enum err doc_yaml(struct str text, const char *name, struct doc **out,
                  struct error *e) MUST_CHECK;
enum err doc_json(struct str text, const char *name, struct doc **out,
                  struct error *e) MUST_CHECK;
/* By content: text that begins with { or [ is JSON, else YAML. */
enum err doc_read(struct str text, const char *name, struct doc **out,
                  struct error *e) MUST_CHECK;
void doc_free(struct doc *d);
DEFINE_CLEANUP(struct doc, doc_free);

const struct doc_node *doc_root(const struct doc *d);

/* A member of a map, or NULL (also when `n` is NULL or no map). */
const struct doc_node *doc_get(const struct doc_node *n, const char *key);

/* false unless the node is a number that is an integer in range, a bool … */
bool doc_uint(const struct doc_node *n, uint64_t *out);
bool doc_bool(const struct doc_node *n, bool *out);
bool doc_double(const struct doc_node *n, double *out);

/* Adds the tree as canonical JSON (RFC 8785: members sorted by UTF-16, minimal escapes;
 * numbers must be integers within ±2^53, which is all we write; else ERR_DATA). */
enum err doc_canonical(const struct doc_node *n, struct buf *out,
                       struct error *e) MUST_CHECK;

#endif
