#include "schema/frame.h"

#include "base/alloc.h"
#include "schema/key_spec.h"
#include "schema/value.h"
#include "json/escape.h"

void *frame_grow(void *p, size_t *cap, size_t n, size_t size)
{
    size_t want = *cap ? *cap : 64;
    while (want < n)
        want *= 2;
    *cap = want;
    return alloc_resize(p, want, size);
}

static size_t n_words(const struct frame *f)
{
    return f->type ? (f->type->n_fields + 63) / 64 : 0;
}

static bool has(const struct canon *c, const struct frame *f, unsigned rank)
{
    return c->bits[f->bits + rank / 64] >> (rank % 64) & 1;
}

static struct member *by_rank(struct canon *c, const struct frame *f, unsigned rank)
{
    return frame_members(c, f) + c->slots[f->slots + rank];
}

/* Rule 6. The key in `foo: {id: 7}` becomes fooId, unless fooId is there with another
 * value: then both stay. In the order of names, so that the order of events is none. */
static void resolve(struct canon *c, struct frame *f)
{
    for (size_t word = 0; word < n_words(f); word++)
        for (uint64_t left = c->bits[f->bits + word]; left; left &= left - 1) {
            unsigned rank = (unsigned)(word * 64) + (unsigned)__builtin_ctzll(left);
            struct member m = *by_rank(c, f, rank);
            if (!m.id)
                continue;
            const struct field *by = m.field->by;
            struct str id = str_n(c->text.p + m.id, m.id_end - m.id);
            if (has(c, f, by->rank)) {
                const struct member *there = by_rank(c, f, by->rank);
                if (!str_eq(id,
                            str_n(c->text.p + there->value, there->end - there->value)))
                    continue;
            } else {
                struct member new = {.start = (uint32_t)c->text.n, .field = by};
                buf_room(&c->text, by->quoted.n + id.n); /* `id` may move */
                buf_add_str(&c->text, by->quoted);
                new.value = (uint32_t)c->text.n;
                buf_add(&c->text, c->text.p + m.id, id.n);
                new.end = (uint32_t)c->text.n;
                c->members = frame_room(c->members, &c->cap_members, c->n_members + 1,
                                        sizeof *c->members);
                c->members[c->n_members++] = new;
                c->bits[f->bits + by->rank / 64] |= (uint64_t)1 << (by->rank % 64);
                c->slots[f->slots + by->rank] = f->n++;
            }
            c->bits[f->bits + word] &= ~((uint64_t)1 << (rank % 64));
            f->gaps = true;
        }
}

/* ---- order */

static int compare(const struct canon *c, const struct member *base, uint32_t a,
                   uint32_t b)
{
    return str_cmp(frame_name(c, &base[a]), frame_name(c, &base[b]));
}

static void merge(const struct canon *c, const struct member *base,
                  const uint32_t *from, uint32_t *to, const size_t border[3])
{
    size_t a = border[0], b = border[1], at = border[0];
    while (a < border[1] && b < border[2])
        to[at++] = compare(c, base, from[a], from[b]) <= 0 ? from[a++] : from[b++];
    while (a < border[1])
        to[at++] = from[a++];
    while (b < border[2])
        to[at++] = from[b++];
}

/* Merge sort from runs of 8 on: an input decides how many members there are. */
static uint32_t *sort(const struct canon *c, const struct member *base, uint32_t *items,
                      uint32_t *spare, size_t n)
{
    enum { RUN = 8 };
    for (size_t run = 0; run < n; run += RUN)
        for (size_t i = run + 1; i < n && i < run + RUN; i++) {
            uint32_t v = items[i];
            size_t k = i;
            for (; k > run && compare(c, base, items[k - 1], v) > 0; k--)
                items[k] = items[k - 1];
            items[k] = v;
        }
    for (size_t size = RUN; size < n; size *= 2) {
        for (size_t at = 0; at < n; at += 2 * size) {
            size_t middle = at + size < n ? at + size : n;
            size_t end = middle + size < n ? middle + size : n;
            merge(c, base, items, spare, (size_t[]){at, middle, end});
        }
        uint32_t *swap = items;
        items = spare;
        spare = swap;
    }
    return items;
}

/* The members that the type does not know, in order; false when a name is there twice.
 */
static bool others(struct canon *c, const struct frame *f, uint32_t **out)
{
    const struct member *base = frame_members(c, f);
    uint32_t *items = c->spare, n = 0;
    for (uint32_t i = 0; n < f->n_other; i++)
        if (!base[i].field)
            items[n++] = i;
    *out = sort(c, base, items, items + n, n);
    for (uint32_t i = 1; i < n; i++)
        if (compare(c, base, (*out)[i - 1], (*out)[i]) == 0)
            return false;
    return true;
}

/* Fills c->order; returns how many members are left. */
static size_t arrange(struct canon *c, struct frame *f)
{
    size_t n = 0, k = 0;
    uint32_t *other = NULL;
    c->order = frame_room(c->order, &c->cap_order, f->n, sizeof *c->order);
    c->spare =
        frame_room(c->spare, &c->cap_spare, 2 * (size_t)f->n_other, sizeof *c->spare);
    if (f->n_other && !others(c, f, &other)) {
        canon_fail(c, ERR_DATA, "a member is there twice");
        return 0;
    }
    const struct member *base = frame_members(c, f);
    for (size_t word = 0; word < n_words(f); word++)
        for (uint64_t left = c->bits[f->bits + word]; left; left &= left - 1) {
            unsigned rank = (unsigned)(word * 64) + (unsigned)__builtin_ctzll(left);
            uint32_t i = c->slots[f->slots + rank];
            while (k < f->n_other && compare(c, base, other[k], i) < 0)
                c->order[n++] = other[k++];
            c->order[n++] = i;
        }
    while (k < f->n_other)
        c->order[n++] = other[k++];
    return n;
}

static void write_ordered(struct canon *c, const struct frame *f, size_t n)
{
    const struct member *base = frame_members(c, f);
    struct buf *out = &c->sorted;
    buf_clear(out);
    text_room(&c->text, MEMBER_SLACK);
    char *p = text_room(out, c->text.n - f->start + 2 + MEMBER_SLACK);
    *p++ = '{';
    for (size_t i = 0; i < n; i++) {
        const struct member *m = &base[c->order[i]];
        if (i)
            *p++ = ',';
        copy_member(p, c->text.p + m->start, m->end - m->start);
        p += m->end - m->start;
    }
    *p++ = '}';
    out->n = (size_t)(p - out->p);
}

/* ---- the record's own object */

/* Adds the value of a key part; false when it is null or no scalar. */
static bool key_part(struct canon *c, const struct field *field, const struct member *m)
{
    struct str v = str_n(c->text.p + m->value, m->end - m->value);
    if (v.p[0] == '{' || v.p[0] == '[' || v.p[0] == 'n')
        return false;
    if (v.p[0] == '"') {
        v = str_n(v.p + 1, v.n - 2);
        if (memchr(v.p, '\\', v.n)) {
            buf_clear(&c->side);
            if (scan_unescape(v, &c->side, NULL) != ERR_OK)
                return false;
            v = buf_str(&c->side);
        }
    } else if (v.p[0] == '-' || (v.p[0] >= '0' && v.p[0] <= '9')) {
        buf_clear(&c->side); /* an id that no type makes a string */
        if (value_id(&c->side, v, NULL) != ERR_OK)
            return false;
        v = buf_str(&c->side);
    }
    if (v.n > CANON_KEY || c->key.n + v.n > CANON_KEY) {
        canon_fail(c, ERR_LIMIT, "a key of more than 65536 bytes");
        return false;
    }
    key_add(&c->key, field, v);
    return true;
}

static void make_key(struct canon *c, struct frame *f)
{
    const struct type *t = f->type;
    bool whole = true;
    for (size_t i = 0; t && whole && i < t->n_key; i++)
        whole = has(c, f, t->key[i]->rank) &&
                key_part(c, t->key[i], by_rank(c, f, t->key[i]->rank));
    const struct member *m = frame_members(c, f);
    for (uint32_t i = 0; (!t || !t->n_key) && i < f->n; i++)
        if (!m[i].field && str_eq(frame_name(c, &m[i]), STR("id")))
            whole = key_part(c, NULL, &m[i]);
    if (!whole)
        buf_clear(&c->key);
    else if (c->key.n > CANON_KEY)
        canon_fail(c, ERR_LIMIT, "a key of more than 65536 bytes");
}

static void key_from_spec(struct canon *c)
{
    struct error e = ERROR_INIT;
    if (key_spec_make(c->entity->spec, c->out, &c->key, &e) != ERR_OK)
        canon_fail(c, e.code, e.line);
}

/* XXH3-64 of the record as if the volatile members were not there. */
static void make_steady(struct canon *c, const struct frame *f, struct str record,
                        size_t n, bool ordered)
{
    const struct member *base = frame_members(c, f);
    c->pieces = frame_room(c->pieces, &c->cap_pieces, n + 2, sizeof *c->pieces);
    size_t n_pieces = 0, at = 1;
    bool open = false;
    c->pieces[n_pieces++] = STR("{");
    for (size_t i = 0; i < n; i++) {
        const struct member *m = &base[ordered ? c->order[i] : i];
        size_t size = m->end - m->start;
        bool keep = !m->field || !m->field->is_volatile;
        size_t comma = n_pieces > 1; /* the one before it, but for the first */
        if (keep && open)
            c->pieces[n_pieces - 1].n += 1 + size;
        else if (keep)
            c->pieces[n_pieces++] = str_n(record.p + at - comma, size + comma);
        open = keep;
        at += size + 1;
    }
    c->pieces[n_pieces++] = STR("}");
    c->steady = hash64_pieces(c->pieces, n_pieces);
}

/* {"edges":[{"node":X},{"node":Y}]} is [X,Y]: the nodes move up to the front. */
static void open_connection(struct canon *c, struct frame *f)
{
    char *base = c->text.p, *p = base + f->start;
    *p++ = '[';
    for (size_t i = f->nodes; i < c->n_nodes; i++) {
        struct node *n = &c->nodes[i];
        if (i > f->nodes)
            *p++ = ',';
        memmove(p, base + n->start, n->end - n->start);
        p += n->end - n->start;
    }
    *p++ = ']';
    c->text.n = (size_t)(p - base);
}

void frame_finish(struct canon *c, const struct field **out_only)
{
    struct frame *f = frame_top(c);
    struct member *m = frame_members(c, f);
    *out_only = NULL;
    if (c->text.n > CANON_TEXT) {
        canon_fail(c, ERR_LIMIT, "a record whose canonical form passes 4 GiB");
        return;
    }
    if (f->n)
        m[f->n - 1].end = (uint32_t)c->text.n;
    if (f->has_id)
        resolve(c, f);
    m = frame_members(c, f);
    if (f->role == ROLE_EDGE && f->n == 1 && f->field) {
        c->nodes =
            frame_room(c->nodes, &c->cap_nodes, c->n_nodes + 1, sizeof *c->nodes);
        c->nodes[c->n_nodes++] = (struct node){m->value, m->end};
    }
    if (f->role == ROLE_CONNECTION && f->pure && f->n == 1) {
        open_connection(c, f);
        return;
    }
    bool root = c->depth == 1, ordered = !f->sorted || f->gaps;
    size_t n = ordered ? arrange(c, f) : f->n;
    if (c->failed)
        return;
    if (ordered)
        write_ordered(c, f, n);
    else
        text_add(&c->text, '}');
    if (root) {
        c->out = ordered ? buf_str(&c->sorted) : buf_str(&c->text);
        if (c->entity->spec)
            key_from_spec(c);
        else
            make_key(c, f);
        if (f->type && f->type->has_volatile)
            make_steady(c, f, c->out, n, ordered);
        return;
    }
    if (ordered) {
        c->text.n = f->start;
        buf_add_str(&c->text, buf_str(&c->sorted));
    }
    if (n == 1)
        *out_only = m[ordered ? c->order[0] : 0].field;
}
