#include "drift/reference.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/table.h"
#include "crypt/digest.h"
#include "schema/canon.h"

struct page_keys { /* the keys of one index page, in their order */
    struct buf bytes;
    uint32_t *ends; /* a page holds at most 4,096 keys of 64 KiB */
    size_t n;
};

struct target {          /* an entity of one side */
    struct target *twin; /* of the other one; NULL: not asked for yet */
    const struct field *key;
    const struct reader_page *pages;
    size_t n_pages;
    struct page_keys **held; /* by page; NULL: not read */
    struct entry_cursor *cursor;
    bool known; /* the index can be asked */
};

struct references {
    struct drift_side sides[2];
    struct table targets[2]; /* by name of the entity */
    size_t memory, used;
    struct buf text, key;
};

struct references *references_new(const struct drift_side sides[2], size_t memory)
{
    struct references *r = NEW(struct references);
    for (unsigned side = 0; side < 2; side++)
        r->sides[side] = sides[side];
    r->memory = memory;
    return r;
}

/* ---- what is kept */

static void drop_pages(struct target *t)
{
    for (size_t i = 0; i < t->n_pages; i++) {
        if (!t->held[i])
            continue;
        buf_done(&t->held[i]->bytes);
        free(t->held[i]->ends);
        free(t->held[i]);
        t->held[i] = NULL;
    }
}

static void drop_all(struct references *r)
{
    for (unsigned side = 0; side < 2; side++)
        for (size_t i = 0; i < r->targets[side].n; i++)
            drop_pages(r->targets[side].slots[i].value);
    r->used = 0;
}

void references_free(struct references *r)
{
    if (!r)
        return;
    drop_all(r);
    for (unsigned side = 0; side < 2; side++) {
        for (size_t i = 0; i < r->targets[side].n; i++) {
            struct target *t = r->targets[side].slots[i].value;
            entry_cursor_free(t->cursor);
            free(t->held);
            free(t);
        }
        table_done(&r->targets[side]);
    }
    buf_done(&r->text);
    buf_done(&r->key);
    free(r);
}

static enum err load_keys(struct target *t, size_t page, struct page_keys *keys,
                          struct error *e)
{
    entry_cursor_seek(t->cursor, page);
    for (uint64_t i = 0; i < t->pages[page].records; i++) {
        struct reader_entry en;
        bool more;
        TRY(entry_cursor_next(t->cursor, &en, &more, e));
        if (!more)
            return err_set(e, ERR_DATA,
                           "an index page has fewer entries than the top "
                           "says");
        buf_add_str(&keys->bytes, en.key);
        keys->ends[keys->n++] = (uint32_t)keys->bytes.n;
    }
    return ERR_OK;
}

/* Most pages of the two sides are equal. */
static const struct page_keys *other_page(const struct target *t, size_t page)
{
    const struct target *o = t->twin;
    size_t k;
    if (!o || !reader_find_page(o->pages, o->n_pages, t->pages[page].first, &k) ||
        !o->held[k] ||
        memcmp(o->pages[k].digest, t->pages[page].digest, SHA256_SIZE) != 0)
        return NULL;
    return o->held[k];
}

static enum err page_of(struct references *r, struct target *t, size_t page,
                        const struct page_keys **out, struct error *e)
{
    *out = t->held[page] ? t->held[page] : other_page(t, page);
    if (*out)
        return ERR_OK;
    if (r->used > r->memory)
        drop_all(r);
    struct page_keys *keys = NEW(struct page_keys);
    keys->ends = alloc_resize(NULL, (size_t)t->pages[page].records, sizeof *keys->ends);
    t->held[page] = keys; /* freed with the others, whatever happens */
    TRY(load_keys(t, page, keys, e));
    r->used += sizeof *keys + keys->bytes.cap + keys->n * sizeof *keys->ends;
    *out = keys;
    return ERR_OK;
}

/* ---- looking up */

static bool has_key(const struct page_keys *keys, struct str key)
{
    size_t low = 0, high = keys->n;
    while (low < high) {
        size_t mid = (low + high) / 2, from = mid ? keys->ends[mid - 1] : 0;
        int c = str_cmp(str_n(keys->bytes.p + from, keys->ends[mid] - from), key);
        if (c == 0)
            return true;
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

/* The type whose key this field holds, or NULL. */
static const struct type *type_of(const struct field *f)
{
    if (!f || !f->is_id)
        return NULL;
    for (size_t i = 0; i < f->owner->n_fields; i++)
        if (f->owner->fields[i].by == f && !f->owner->fields[i].list)
            return f->owner->fields[i].type;
    return NULL;
}

bool reference_is(const struct field *f)
{
    const struct type *t = type_of(f);
    return t && t->is_entity && t->n_key == 1;
}

static enum err open_target(struct references *r, unsigned side, struct target *t,
                            const struct type *type, struct error *e)
{
    const struct drift_side *s = &r->sides[side];
    const struct entity *entity;
    bool here = reader_entity(s->reader, type->name) != NULL;
    if (!here && !reader_entity(r->sides[!side].reader, type->name))
        return ERR_OK;
    TRY(schema_entity(s->schema, type->name, &entity, e));
    t->known = !entity->spec;
    if (!here || !t->known)
        return ERR_OK;
    TRY(reader_pages(s->reader, type->name, &t->pages, &t->n_pages, e));
    t->held = alloc_zero(t->n_pages + 1, sizeof(struct page_keys *));
    TRY(entry_cursor_new(s->reader, type->name, &t->cursor, e));
    entry_cursor_plain(t->cursor);
    return ERR_OK;
}

static enum err target_of(struct references *r, unsigned side, const struct type *type,
                          struct target **out, struct error *e)
{
    *out = table_get(&r->targets[side], type->name);
    if (*out)
        return ERR_OK;
    struct target *t = NEW(struct target);
    t->key = type->key[0];
    table_put(&r->targets[side], type->name, t);
    t->twin = table_get(&r->targets[!side], type->name);
    if (t->twin)
        t->twin->twin = t;
    *out = t;
    return open_target(r, side, t, type, e);
}

enum err references_look(struct references *r, unsigned side, const struct field *f,
                         const struct value *v, enum reference_target *out,
                         struct error *e)
{
    *out = TARGET_UNKNOWN;
    /* Keys are strings in canonical form. */
    if (!v || v->kind != VALUE_STRING || !reference_is(f))
        return ERR_OK;
    struct target *t;
    TRY(target_of(r, side, type_of(f), &t, e));
    if (!t->known)
        return ERR_OK;
    buf_clear(&r->text);
    buf_clear(&r->key);
    TRY(scan_unescape(str_n(v->text.p + 1, v->text.n - 2), &r->text, e));
    key_add(&r->key, t->key, buf_str(&r->text));
    *out = TARGET_LACKING;
    size_t page;
    if (!reader_find_page(t->pages, t->n_pages, buf_str(&r->key), &page))
        return ERR_OK;
    const struct page_keys *keys;
    TRY(page_of(r, t, page, &keys, e));
    if (has_key(keys, buf_str(&r->key)))
        *out = TARGET_THERE;
    return ERR_OK;
}
