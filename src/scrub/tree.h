/*
 * tree: the distinct paths of the data, each with its decision, made when first seen.
 *
 * A node stands for one path of one entity (list indices are one step). Making it asks
 * the path automaton, the key rules and the schema once; every later value there costs
 * a comparison of its name. So the tree is the automaton's deterministic form, built
 * lazily, and the ledger of paths at the same time: nodes count what went through them.
 *
 * Each worker has its own tree; ledger.h joins them. Limits: TREE_PATHS nodes;
 * an object with more than TREE_NAMES names that neither schema nor a rule names is an
 * open map, whose members share the path step `*`, as those do whose names are data by
 * a rule with `keys`.
 */
#ifndef SCRUB_TREE_H
#define SCRUB_TREE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/table.h"
#include "schema/schema.h"
#include "scrub/rule.h"
#include "json/path.h"

#define TREE_PATHS \
    65536u /* a ledger of as many lines can still be reviewed by people */
#define TREE_NAMES                                                     \
    1000u /* no type has so many fields: names of an open map are data \
           */

#define TREE_NAME                                                 \
    256u /* bytes; a longer name that nobody knows is data: it is \
          * a member of an open map, and takes no memory */

#define TREE_SHAPE 32u /* bytes of an example shape with its NUL */

enum node_kind { NODE_RECORD, NODE_MEMBER, NODE_ELEMENT, NODE_OPEN };

struct tree;

struct candidate {
    const struct rule *rule;
    path_rank rank;
    bool deep;      /* reached by a pattern that ends in ** */
    uint64_t count; /* leaves and containers it decided here */
};

struct node {
    enum node_kind kind;
    struct node *parent, *first, *last, *next; /* children in order of discovery */
    struct node *after;   /* the sibling that came next last time: the first guess */
    struct node *element; /* the child that stands for a list's elements */
    struct str raw;       /* the name as it is mostly written, between its quotes */
    struct str name;      /* the schema's name, or the decoded one */
    struct str quoted;    /* ready to be written: "name": */
    const struct entity *entity; /* NODE_RECORD */
    const struct type *type;     /* of a value here; NULL: unknown */
    const struct field *field;
    const struct type *via; /* inside a connection's edges: the type of its nodes */
    struct path_states states;
    struct candidate *candidates; /* strongest first */
    struct candidate *names;      /* rules about the name, strongest first: NODE_OPEN */
    struct candidate *kept; /* the strongest one, when it keeps every leaf unseen */
    uint32_t n_candidates, n_names;
    uint32_t n_unknown; /* children of whose name neither schema nor a rule knows */
    bool open;          /* children without a name of their own share a node */
    bool in_scalar;     /* below a value that the schema types as a JSON scalar */
    bool envelope;      /* no part of a record: left out */
    bool siblings;      /* a rule below looks at siblings */
    bool already;       /* scrubbed before by the same program; of a record: stored */
    bool hidden;        /* the name is data */
    bool unnamed;       /* neither the schema nor a rule knows the name */
    struct table
        children; /* by name, decoded, in either dialect; open ones by program */

    uint64_t instance;     /* the last object that had this member: finds duplicates */
    uint64_t leaves[4];    /* by enum act_kind */
    uint64_t containers;   /* replaced or dropped as a whole */
    uint64_t undecided[4]; /* of `leaves` */
    uint64_t found;        /* replacements by detectors */
    uint64_t skipped;      /* already scrubbed */
    char *shape;           /* TREE_SHAPE bytes, of a value here; NULL: not asked for */
};

/* What a snapshot's ledger says of a path: was it decided by this program? May be NULL.
 */
typedef bool tree_previous(void *ctx, const struct node *n);

/* Does a detector hit this name, so that it must not be printed? */
typedef bool tree_is_data(void *ctx, struct str name);

struct tree {
    const struct ruleset *rules; /* borrowed */
    struct schema *schema;       /* borrowed */
    struct arena arena, scratch;
    struct node **records; /* by entity index */
    struct node **stored;  /* the same for records out of a snapshot */
    size_t cap_records;
    size_t n_nodes, limit; /* limit: bytes; 0: none */
    tree_previous *previous;
    void *previous_ctx;
    tree_is_data *is_data;
    void *is_data_ctx;
};

void tree_init(struct tree *t, const struct ruleset *rules, struct schema *schema);
void tree_done(struct tree *t);

/* Frees what a root that was taken out of its tree, its siblings and what is below them
 * hold outside of the arenas. */
void node_done(struct node *n);

/* About the memory that it takes. */
size_t tree_bytes(const struct tree *t);

/* The root of an entity's records; `stored`: they come out of a snapshot. */
struct node *tree_record(struct tree *t, const struct entity *entity, bool stored);

/* The member whose name is written so (between its quotes); `escaped` as scan says it.
 * A new node is made when needed; NULL and ERR_LIMIT or ERR_DATA in `e` when that
 * fails. */
struct node *tree_member(struct tree *t, struct node *parent, struct str raw,
                         bool escaped, struct error *e);

struct node *tree_element(struct tree *t, struct node *parent, struct error *e);

/* What decides here: digests of candidates and of rules about the name in order,
 * detectors where they can be asked, key id and epoch where a result depends on them,
 * `undecided` where no candidate is sure. Two nodes with equal programs treat equal
 * values alike. */
struct program_context {
    struct str key_id;
    uint32_t epoch;
    struct str undecided; /* the choice of --undecided */
};
void node_program(const struct node *n, const struct ruleset *rules,
                  const struct program_context *c, uint8_t out[16]);

/* Adds the node's path as a pattern: Run:steps[*].notes; steps that are data show their
 * shape instead: those that the schema does not know and that are no identifiers, are
 * hit by a detector, or stand beside more than 64 of their kind. */
void node_path(const struct node *n, struct buf *out);

/* A step that is data shows as its name, its shape or `*`, by how many stand beside it,
 * which a tree that is still growing does not know. These are all forms of the path:
 * form 0 to node_forms() - 1; none when there are more than NODE_FORMS. */
#define NODE_FORMS 81 /* four steps of three forms */
unsigned node_forms(const struct node *n);
void node_path_form(const struct node *n, unsigned form, struct buf *out);

#endif
