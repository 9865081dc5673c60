/*
 * Operations that make the left side of the right one (drift/patch.h), in the order in
 * which they can be applied: creates and updates of entities in the order of their
 * references, then deletes in the reverse.
 *
 * Changes come by name of entity, so that operations wait in spools.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "crypt/spool.h"
#include "drift/order.h"
#include "report/forms.h"

#define PIECE (256u << 10)

enum { FORWARD, DELETES, KINDS };

struct extent {
    struct str entity;
    uint64_t from[KINDS], to[KINDS];
};

struct state {
    struct spool *spools[KINDS];
    struct extent *extents;
    size_t n, cap;
    struct arena names;
    struct buf key, update; /* of the record whose changes are being gathered */
    bool open;
};

static void *begin(struct report *r)
{
    struct state *s = NEW(struct state);
    for (unsigned i = 0; i < KINDS; i++)
        s->spools[i] = spool_new(r->options.temp);
    return s;
}

static void done(void *state)
{
    struct state *s = state;
    for (unsigned i = 0; i < KINDS; i++)
        spool_free(s->spools[i]);
    arena_done(&s->names);
    buf_done(&s->key);
    buf_done(&s->update);
    free(s->extents);
    free(s);
}

static void put(struct report *r, unsigned kind, struct str line)
{
    const struct state *s = r->state;
    uint64_t at;
    report_check(r, spool_add(s->spools[kind], line, &at, &r->error));
}

static void end_update(struct report *r)
{
    struct state *s = r->state;
    if (!s->open)
        return;
    buf_add_str(&s->update, STR("]}\n"));
    put(r, FORWARD, buf_str(&s->update));
    s->open = false;
}

static void head(struct emit *j, const char *op, const struct change *c)
{
    emit_object(j);
    emit_key_string(j, "op", str_of(op));
    emit_key_string(j, "entity", c->entity);
    form_key(j, c);
}

static void whole(struct report *r, const struct change *c)
{
    bool create = c->class == CHANGE_ADDED;
    BUF_SCOPED line = BUF_INIT;
    struct emit j;
    emit_init(&j, &line);
    head(&j, create ? "create" : "delete", c);
    if (c->count > 1)
        emit_key_uint(&j, "count", c->count);
    emit_key(&j, create ? STR("value") : STR("old"));
    emit_raw(&j, create ? c->right : c->left);
    emit_object_end(&j);
    buf_add_char(&line, '\n');
    put(r, create ? FORWARD : DELETES, buf_str(&line));
}

static void field(struct report *r, const struct change *c)
{
    struct state *s = r->state;
    struct emit j;
    if (!s->open || !str_eq(buf_str(&s->key), c->key)) {
        end_update(r);
        buf_clear(&s->key);
        buf_add_str(&s->key, c->key);
        buf_clear(&s->update);
        emit_init(&j, &s->update);
        head(&j, "update", c);
        buf_add_str(&s->update, STR(",\"changes\":["));
        s->open = true;
    } else {
        buf_add_char(&s->update, ',');
    }
    emit_init(&j, &s->update);
    emit_object(&j);
    emit_key_string(&j, "path", c->path);
    if (c->left.p) {
        emit_key(&j, STR("old"));
        emit_raw(&j, c->left);
    }
    if (c->right.p) {
        emit_key(&j, STR("value"));
        emit_raw(&j, c->right);
    }
    emit_object_end(&j);
}

static void change(struct report *r, const struct change *c)
{
    if (c->class == CHANGE_CHANGED) {
        field(r, c);
        return;
    }
    end_update(r);
    whole(r, c);
}

static void entity(struct report *r, const struct change_entity *en)
{
    struct state *s = r->state;
    struct extent x = {.entity = arena_str(&s->names, en->name)};
    end_update(r);
    for (unsigned i = 0; i < KINDS; i++) {
        x.from[i] = s->n ? s->extents[s->n - 1].to[i] : 0;
        x.to[i] = spool_size(s->spools[i]);
    }
    VEC_PUSH(s->extents, s->n, s->cap) = x;
}

static void copy_out(struct report *r, struct str entity, unsigned kind)
{
    const struct state *s = r->state;
    size_t i = 0;
    while (!str_eq(s->extents[i].entity, entity))
        i++;
    const struct extent *x = &s->extents[i];
    for (uint64_t at = x->from[kind], n; at < x->to[kind]; at += n) {
        n = x->to[kind] - at < PIECE ? x->to[kind] - at : PIECE;
        char *p = buf_room(&r->out, (size_t)n);
        report_check(r, spool_read(s->spools[kind], at, p, (size_t)n, &r->error));
        if (r->failed)
            return;
        r->out.n += (size_t)n;
        report_flush(r);
    }
}

static void add_root(struct emit *j, const char *name, const uint8_t root[ROOT_SIZE])
{
    BUF_SCOPED hex = BUF_INIT;
    hex_add(&hex, root, ROOT_SIZE);
    emit_key_string(j, name, buf_str(&hex));
}

static void end(struct report *r, const struct drift_counts *c)
{
    const struct state *s = r->state;
    struct str *names = alloc_zero(s->n + 1, sizeof *names);
    struct emit j;
    emit_init(&j, &r->out);
    emit_object(&j);
    emit_key_string(&j, "format", STR("sandcast-patch 1"));
    add_root(&j, "left", r->options.roots[0]);
    add_root(&j, "right", r->options.roots[1]);
    emit_key_uint(&j, "added", c->added);
    emit_key_uint(&j, "removed", c->removed);
    emit_key_uint(&j, "changed", c->changed);
    emit_object_end(&j);
    buf_add_char(&r->out, '\n');
    for (size_t i = 0; i < s->n; i++)
        names[i] = s->extents[i].entity;
    order_entities(r->options.schema, names, s->n);
    for (size_t i = 0; i < s->n && !r->failed; i++)
        copy_out(r, names[i], FORWARD);
    for (size_t i = s->n; i-- > 0 && !r->failed;)
        copy_out(r, names[i], DELETES);
    free(names);
}

const struct report_form report_patch = {.name = "patch",
                                         .whole = true,
                                         .begin = begin,
                                         .change = change,
                                         .entity = entity,
                                         .end = end,
                                         .done = done};
