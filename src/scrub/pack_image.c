#include "scrub/pack_image.h"

#include <assert.h>

#include "scrub/rule.h"

static struct str engine(char room[PATTERN_ENGINE])
{
    pattern_engine(room);
    return str_of(room);
}

static uint64_t number(struct pack_image *i)
{
    uint64_t v = 0;
    bool whole = str_varint(i->bytes, &i->at, &v);
    assert(whole);
    (void)whole;
    return v;
}

static void copy(struct pack_image *i, void *to, size_t n)
{
    assert(n <= i->bytes.n - i->at);
    memcpy(to, i->bytes.p + i->at, n);
    i->at += n;
}

bool pack_image_open(struct str pack, struct pack_image *out)
{
    char room[PATTERN_ENGINE];
    for (size_t k = 0; k < n_pack_images; k++) {
        if (!str_eq(pack, str_of(pack_images[k].pack)))
            continue;
        struct pack_image i = {
            .bytes = str_n((const char *)pack_images[k].bytes, pack_images[k].size)};
        size_t n = (size_t)number(&i);
        if (!str_eq(str_n(i.bytes.p + i.at, n), engine(room)))
            return false;
        i.at += n;
        i.left = (size_t)number(&i);
        *out = i;
        return true;
    }
    return false;
}

void pack_image_done(struct pack_image *i)
{
    arena_done(&i->arena);
}

const struct doc_node *pack_image_head(struct pack_image *i)
{
    return doc_image_read(&i->arena, i->bytes, &i->at);
}

static void add_facts(const struct pattern_facts *f, struct buf *out)
{
    buf_add_varint(out, f->min_length);
    buf_add_varint(out, f->need.digits);
    buf_add_varint(out, f->need.marks);
    buf_add_varint(out, f->need.run);
}

static void read_facts(struct pack_image *i)
{
    i->facts.min_length = (uint32_t)number(i);
    i->facts.need.digits = (unsigned)number(i);
    i->facts.need.marks = (unsigned)number(i);
    i->facts.need.run = (unsigned)number(i);
}

bool pack_image_next(struct pack_image *i)
{
    if (!i->left)
        return false;
    i->left--;
    arena_clear(&i->arena);
    copy(i, i->digest, SHA256_SIZE);
    i->facts = (struct pattern_facts){0};
    if (number(i))
        read_facts(i);
    i->node = doc_image_read(&i->arena, i->bytes, &i->at);
    return true;
}

/* A copy of a map without one of its members. */
static const struct doc_node *without(struct arena *a, const struct doc_node *map,
                                      const char *name)
{
    struct doc_node *n = ARENA_NEW(a, struct doc_node);
    *n = *map;
    n->items = ARENA_ARRAY(a, struct doc_node *, map->n_items);
    n->sorted = ARENA_ARRAY(a, struct doc_node *, map->n_items);
    size_t items = 0, sorted = 0;
    for (size_t i = 0; i < map->n_items; i++) {
        if (!str_eq(map->items[i]->key, str_of(name)))
            n->items[items++] = map->items[i];
        if (!str_eq(map->sorted[i]->key, str_of(name)))
            n->sorted[sorted++] = map->sorted[i];
    }
    n->n_items = items;
    return n;
}

enum err pack_image_make(struct str text, const char *name, struct buf *out,
                         struct error *e)
{
    CLEANUP(ruleset_freep) struct ruleset *rs = ruleset_new();
    CLEANUP(doc_freep) struct doc *d = NULL;
    TRY(ruleset_add(rs, text, name, false, e));
    TRY(doc_read(text, name, &d, e));
    const struct doc_node *root = doc_root(d), *rules = doc_get(root, "rules");
    if (doc_get(root, "extends") || doc_get(root, "disable"))
        return err_set(e, ERR_DATA,
                       "%s: a shipped pack has neither extends nor disable", name);
    assert(rules && rules->n_items == rs->n_rules);
    char room[PATTERN_ENGINE];
    buf_add_varint(out, engine(room).n);
    buf_add_str(out, engine(room));
    buf_add_varint(out, rs->n_rules);
    struct arena a = ARENA_INIT;
    doc_image_add(without(&a, root, "rules"), out);
    for (size_t i = 0; i < rs->n_rules; i++) {
        const struct rule *r = rs->rules[i];
        buf_add(out, r->digest, SHA256_SIZE);
        buf_add_varint(out, r->value != NULL);
        if (r->value)
            add_facts(pattern_facts(r->value), out);
        doc_image_add(without(&a, rules->items[i], "examples"), out);
    }
    arena_done(&a);
    return ERR_OK;
}
