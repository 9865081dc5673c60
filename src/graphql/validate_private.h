/*
 * validate_private: one walk over a document that checks all rules; private to the
 * room.
 *
 * Rules speak where graphql-js's visitor would let them: on entering a node in the
 * order of its list of rules, then what is below, then on leaving. What an operation's
 * variables are used for is known only after its fragments were walked, so these rules
 * run at the end and their errors are put where the operation's walk ended.
 */
#ifndef GRAPHQL_VALIDATE_PRIVATE_H
#define GRAPHQL_VALIDATE_PRIVATE_H

#include "graphql/coerce_private.h"
#include "graphql/names.h"
#include "graphql/suggest.h"
#include "graphql/validate.h"

/* A variable where it stands. */
struct usage {
    const struct sdl_value *node;
    const struct gql_ref *type;    /* of the place; NULL: not known */
    bool has_default;              /* the place has one */
    const struct gql_type *one_of; /* the place is a field of this input object */
    struct usage *next;
};

struct spread {
    const struct sdl_selection *node;
    struct spread *next;
};

/* What is known of a definition. */
struct part {
    struct sdl_def *def;
    struct usage *usages, **usages_tail;
    struct spread *spreads; /* in the order in which graphql-js finds them */
    struct gql_error **end; /* where its errors end */
    uint32_t index;         /* among the definitions */
    uint32_t on_path;       /* cycles: its place in the path, from 1 */
    uint32_t reached;       /* by operation number reached - 1 */
    uint8_t depth;          /* introspection: lists above it that were looked at, + 1 */
    bool visited, used;
};

struct walk {
    const struct validate *v;
    uint64_t rules;
    const struct types *types;
    struct arena *arena;
    struct errors *errors;
    struct sdl_request *request;
    struct part *parts;
    uint32_t n_parts;
    struct part *part; /* the one being walked */
    struct names names;
    const struct types *given; /* of a schema that is extended; NULL: none is */
    bool defines;              /* the document has definitions of the type system */
    struct part **stack;       /* of walk_reached(), and what it found */
    uint64_t cells;            /* budget of suggestions */
    uint32_t
        comparisons; /* budget of overlaps, and of pairs that cost next to nothing */
    uint32_t cheap;
    unsigned depth; /* of selection sets that are being compared */
    bool aborted;
};

#define ON(w, rule) ((w)->rules >> VALIDATE_##rule & 1)

/* Nothing more is said once the list is full. */
static inline bool is_done(const struct walk *w)
{
    return w->errors->full || w->aborted;
}

/* The fragment of this name, the last of several, or NULL. */
struct part *walk_fragment(const struct walk *w, struct str name);

/* A selection set below an object of type `parent` (NULL: not known), the operation's
 * or fragment's own one or one of a field (not of an inline fragment). */
void walk_selections(struct walk *w, struct sdl_selection *list,
                     const struct gql_type *parent);

/* The definition of a field, looked up once. */
const struct gql_field *walk_field(struct sdl_selection *s,
                                   const struct gql_type *parent);

/* The type that an inline fragment's selections are of; NULL: not known. */
const struct gql_type *walk_condition(const struct walk *w, struct sdl_selection *s,
                                      const struct gql_type *parent);

/* `at` is what they stand at; what must be unique is so among those of one `owner`. */
void walk_directives_of(struct walk *w, const struct sdl_directive *list,
                        enum gql_location at, const void *owner);
static inline void walk_directives(struct walk *w, const struct sdl_directive *list,
                                   enum gql_location at)
{
    if (list)
        walk_directives_of(w, list, at, list);
}

/* A directive's definition, the document's own before the schema's. */
const struct gql_directive *walk_directive(const struct walk *w, struct str name);

struct walk_place {
    const struct gql_ref *type; /* NULL: not known */
    bool has_default;
    const struct gql_type *one_of;
    bool check; /* ValuesOfCorrectType still speaks */
};
void walk_value(struct walk *w, const struct sdl_value *v, struct walk_place at);

/* Arguments of a field: unknown and repeated ones, and their values. */
void walk_arguments(struct walk *w, const struct sdl_selection *s,
                    const struct gql_field *field, const struct gql_type *parent);
void walk_required(struct walk *w, const struct sdl_selection *s,
                   const struct gql_field *field);

/* A name of a type; in definitions of the type system (`sdl`) standard types need no
 * definition. */
void walk_type_name(struct walk *w, struct str name, struct lex_place place, bool sdl);

/* Definitions of the type system: their names, before the walk, and each of them. */
void walk_define(struct walk *w);
void walk_definition(struct walk *w, const struct sdl_def *d);

/* Whole-document rules about fragments. */
void walk_find_spreads(struct walk *w, struct part *p);
void walk_cycles(struct walk *w, struct part *from);
void walk_unused_fragments(struct walk *w);
bool walk_too_deep(struct walk *w, const struct sdl_selection *root);
void walk_subscription(struct walk *w, const struct sdl_def *d);

/* Calls `each` for an operation and all fragments that it reaches, in graphql-js's
 * order; `mark` is not 0 and differs from call to call. */
void walk_reached(struct walk *w, struct part *operation, uint32_t mark,
                  void (*each)(struct walk *w, struct part *p, void *data), void *data);

/* Variables of an operation, once everything was walked. */
void walk_variables(struct walk *w, struct part *operation, uint32_t mark);

/* Overlapping fields of one selection set, and of what is below them. */
void walk_overlap(struct walk *w, struct sdl_selection *list,
                  const struct gql_type *parent);

#endif
