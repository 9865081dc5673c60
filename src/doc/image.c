/* The flat form of a tree: kind, line, name, text and members of each node. */
#include <assert.h>

#include "doc/doc.h"

static void add_text(struct str s, struct buf *out)
{
    buf_add_varint(out, s.n);
    buf_add_str(out, s);
    buf_add_char(out, 0);
}

void doc_image_add(const struct doc_node *n, struct buf *out)
{
    buf_add_varint(out, n->kind);
    buf_add_varint(out, n->line);
    add_text(n->key, out);
    add_text(n->text, out);
    buf_add_varint(out, n->n_items);
    for (size_t i = 0; i < n->n_items; i++)
        doc_image_add(n->items[i], out);
    if (n->kind != DOC_MAP)
        return;
    /* The places of the members in order of their names: sorted once, here. */
    for (size_t i = 0; i < n->n_items; i++) {
        size_t place = 0;
        while (n->items[place] != n->sorted[i])
            place++;
        buf_add_varint(out, place);
    }
}

static size_t number(struct str image, size_t *at)
{
    uint64_t v = 0;
    bool whole = str_varint(image, at, &v);
    assert(whole);
    (void)whole;
    return (size_t)v;
}

static struct str text(struct str image, size_t *at)
{
    size_t n = number(image, at);
    assert(n < image.n - *at);
    struct str s = str_n(image.p + *at, n);
    *at += n + 1;
    return s;
}

struct doc_node *doc_image_read(struct arena *a, struct str image, size_t *at)
{
    struct doc_node *n = ARENA_NEW(a, struct doc_node);
    n->kind = (enum doc_kind)number(image, at);
    n->line = (unsigned)number(image, at);
    n->key = text(image, at);
    n->text = text(image, at);
    n->n_items = number(image, at);
    if (!n->n_items)
        return n;
    n->items = ARENA_ARRAY(a, struct doc_node *, n->n_items);
    for (size_t i = 0; i < n->n_items; i++)
        n->items[i] = doc_image_read(a, image, at);
    if (n->kind != DOC_MAP)
        return n;
    n->sorted = ARENA_ARRAY(a, struct doc_node *, n->n_items);
    for (size_t i = 0; i < n->n_items; i++) {
        size_t place = number(image, at);
        assert(place < n->n_items);
        n->sorted[i] = n->items[place];
    }
    return n;
}
