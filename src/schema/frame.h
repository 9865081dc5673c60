/*
 * frame: the open containers of a canonical record and the order of their members.
 * Private to schema/canon*.c.
 *
 * Values are written to `text` as they come. A frame knows where each of its members
 * stands; when an object ends whose members are not in order, they are written to
 * `sorted` in order and copied back (the record's own object stays there). Stacks grow
 * and are cut, never freed, so that nothing is allocated after warm-up. Members that
 * the type knows are kept by rank in a bit set: their order costs nothing to find and
 * twice the same is seen at once.
 */
#ifndef SCHEMA_FRAME_H
#define SCHEMA_FRAME_H

#include "base/buf.h"
#include "schema/canon.h"

enum role {
    ROLE_PLAIN,
    ROLE_CONNECTION, /* an object where the type has a list: {edges: […]} perhaps */
    ROLE_EDGES,      /* its array */
    ROLE_EDGE,       /* one of it: {node: …} perhaps */
};

#define CANON_TEXT ((size_t)UINT32_MAX) /* bytes of a canonical record: see member */

/* A large record may have a great many: places are 32 bits, as in all of a record
 * (CANON_TEXT). */
struct member {
    uint32_t start, value, end; /* in text: the name's quote, the value, behind it */
    uint32_t id, id_end;        /* the key in `foo: {id: 7}`, or null; 0: none */
    uint32_t name_at, name_n;   /* in names, where field is NULL */
    const struct field *field;
};

struct frame {
    size_t start;              /* of the bracket, in text */
    const struct type *type;   /* NULL: nothing is known of its members */
    const struct field *field; /* an array's elements; an object's open member */
    const struct field *paged; /* of a connection: the list */
    size_t members, bits, slots, names, nodes; /* where its part of the stacks begins */
    uint32_t n, n_other; /* members; those that the type does not know */
    uint32_t elements;
    int32_t last_rank; /* -1: none; -2: the last one is not known */
    uint8_t role;
    bool object, envelope;     /* envelope: __typename and the like are left out */
    bool sorted, gaps, has_id; /* has_id: a member may stand for its `by` */
    bool pure;                 /* a connection with nothing but edges of nodes */
};

struct node {
    size_t start, end;
};

struct canon {
    struct buf text, sorted, key, names, side, name, json_text;
    struct str out;             /* the finished record: text or sorted */
    struct frame *frames, *top; /* the first one is no container's */
    unsigned depth;             /* of top */
    struct member *members;
    size_t n_members, cap_members, max_members;
    uint64_t *bits;
    size_t n_bits, cap_bits;
    uint32_t *slots;
    size_t n_slots, cap_slots;
    struct node *nodes;
    size_t n_nodes, cap_nodes;
    uint32_t *order, *spare; /* members of the frame that ends, in order */
    size_t cap_order, cap_spare;
    struct str *pieces;
    size_t cap_pieces;
    const struct entity *entity;
    uint64_t steady;
    unsigned skip; /* 0; 1: the next value is left out; more: containers open in it */
    bool off;      /* failed or skipping */
    bool done;
    enum err failed;
    struct error error;
    struct scan scan, json;
};

/* As buf_room, without a call while there is room. */
static inline char *text_room(struct buf *b, size_t n)
{
    return __builtin_expect(b->cap - b->n >= n, 1) ? b->p + b->n : buf_room(b, n);
}

static inline void text_add(struct buf *b, char v)
{
    *text_room(b, 1) = v;
    b->n++;
}

/* Copies n bytes and up to COPY_SLACK - 1 more, which must be there on both sides. */
#define COPY_SLACK 32
static inline void copy_loose(char *to, const char *from, size_t n)
{
    for (size_t i = 0; i < n; i += COPY_SLACK)
        memcpy(to + i, from + i, COPY_SLACK);
}

/* The same for whole members: most fit into the first block, so that the loop's end is
 * foreseen. */
#define MEMBER_SLACK 64
static inline void copy_member(char *to, const char *from, size_t n)
{
    memcpy(to, from, MEMBER_SLACK);
    for (size_t i = MEMBER_SLACK; i < n; i += MEMBER_SLACK)
        memcpy(to + i, from + i, MEMBER_SLACK);
}

/* Copies n bytes, without a call where they are few. */
static inline void copy_exact(char *to, const char *from, size_t n)
{
    if (n > 32) {
        memcpy(to, from, n);
    } else if (n >= 16) {
        memcpy(to, from, 16);
        memcpy(to + n - 16, from + n - 16, 16);
    } else if (n >= 8) {
        memcpy(to, from, 8);
        memcpy(to + n - 8, from + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, from, 4);
        memcpy(to + n - 4, from + n - 4, 4);
    } else {
        for (size_t i = 0; i < n; i++)
            to[i] = from[i];
    }
}

static inline struct frame *frame_top(struct canon *c)
{
    return c->top;
}

static inline struct member *frame_members(struct canon *c, const struct frame *f)
{
    return c->members + f->members;
}

static inline struct str frame_name(const struct canon *c, const struct member *m)
{
    if (m->field)
        return m->field->name;
    return m->name_n ? str_n(c->names.p + m->name_at, m->name_n) : STR("");
}

/* Keeps the first error; the events that follow are ignored. */
void canon_fail(struct canon *c, enum err code, const char *line);

/* Room for n items of `size`, in a stack that holds *cap. */
void *frame_grow(void *p, size_t *cap, size_t n, size_t size);
static inline void *frame_room(void *p, size_t *cap, size_t n, size_t size)
{
    return __builtin_expect(n <= *cap, 1) ? p : frame_grow(p, cap, n, size);
}

/* Ends the top object: resolves references (rule 6), orders (rule 2), opens
 * connections. For the record's own object also the key and the steady fingerprint.
 * Where one member that the type knows is left, *out_only is its field. */
void frame_finish(struct canon *c, const struct field **out_only);

#endif
