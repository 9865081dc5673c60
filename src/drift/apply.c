#include "drift/apply.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "drift/show.h"
#include "json/escape.h"

struct op {            /* of an update */
    struct str *steps; /* of the path, each as names are written */
    size_t n_steps;
    const struct value *values[2]; /* old, new; NULL: absent */
};

struct applier {
    struct value_reader reader;
    struct arena arena;
    struct canon *canon[2];
    struct buf line, guard;
};

struct applier *applier_new(void)
{
    struct applier *a = NEW(struct applier);
    value_reader_init(&a->reader);
    a->canon[0] = canon_new();
    a->canon[1] = canon_new();
    return a;
}

void applier_free(struct applier *a)
{
    if (!a)
        return;
    value_reader_done(&a->reader);
    arena_done(&a->arena);
    canon_free(a->canon[0]);
    canon_free(a->canon[1]);
    buf_done(&a->line);
    buf_done(&a->guard);
    free(a);
}

/* ---- paths */

static enum err refuse(struct error *e, const char *line)
{
    return err_set(e, ERR_DATA, "%s", line);
}

/* One step of RFC 6901 as JSON writes the name: ~1 is /, ~0 is ~. */
static struct str read_step(struct arena *a, struct str step)
{
    BUF_SCOPED text = BUF_INIT;
    BUF_SCOPED escaped = BUF_INIT;
    for (size_t i = 0; i < step.n; i++) {
        char c = step.p[i];
        if (c == '~' && i + 1 < step.n)
            c = step.p[++i] == '1' ? '/' : '~';
        buf_add_char(&text, c);
    }
    escape_add(&escaped, buf_str(&text));
    return arena_str(a, buf_str(&escaped));
}

static enum err read_path(struct arena *a, const struct value *path, struct op *out,
                          struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    if (!path || path->kind != VALUE_STRING)
        return refuse(e, "a change has no \"path\"");
    TRY(scan_unescape(str_n(path->text.p + 1, path->text.n - 2), &text, e));
    if (!text.n || text.p[0] != '/')
        return refuse(e, "a path does not begin with /");
    for (size_t i = 0; i < text.n; i++)
        out->n_steps += text.p[i] == '/';
    if (out->n_steps > SCAN_DEPTH)
        return err_set(e, ERR_LIMIT, "a path of more than %d steps", SCAN_DEPTH);
    out->steps = ARENA_ARRAY(a, struct str, out->n_steps);
    const char *p = text.p + 1, *end = text.p + text.n;
    for (size_t i = 0; i < out->n_steps; i++) {
        const char *slash = p < end ? memchr(p, '/', (size_t)(end - p)) : NULL;
        size_t n = (size_t)((slash ? slash : end) - p);
        out->steps[i] = read_step(a, str_n(p, n));
        p += n + 1;
    }
    return ERR_OK;
}

static int compare_ops(const void *a, const void *b)
{
    const struct op *x = a, *y = b;
    for (size_t i = 0; i < x->n_steps && i < y->n_steps; i++) {
        int c = str_cmp(x->steps[i], y->steps[i]);
        if (c)
            return c;
    }
    return (x->n_steps > y->n_steps) - (x->n_steps < y->n_steps);
}

static enum err read_ops(struct applier *a, const struct value *changes, bool reverse,
                         struct op **out, size_t *out_n, struct error *e)
{
    if (changes->n_items > APPLY_CHANGES)
        return err_set(e, ERR_LIMIT, "more than %u changes of one record",
                       APPLY_CHANGES);
    struct op *ops = ARENA_ARRAY(&a->arena, struct op, changes->n_items + 1);
    for (size_t i = 0; i < changes->n_items; i++) {
        const struct value *c = &changes->items[i];
        TRY(read_path(&a->arena, value_member(c, STR("path")), &ops[i], e));
        ops[i].values[reverse] = value_member(c, STR("old"));
        ops[i].values[!reverse] = value_member(c, STR("value"));
    }
    qsort(ops, changes->n_items, sizeof *ops, compare_ops);
    *out = ops;
    *out_n = changes->n_items;
    return ERR_OK;
}

/* ---- building */

struct build { /* a record with the operations' values of one kind */
    const struct op *ops;
    unsigned which; /* 0: old, 1: new */
    struct buf *out;
};

static void add_name(struct buf *out, struct str name)
{
    if (out->p[out->n - 1] != '{')
        buf_add_char(out, ',');
    buf_add_char(out, '"');
    buf_add_str(out, name);
    buf_add_str(out, STR("\":"));
}

struct range { /* operations that agree in their first `depth` steps */
    size_t from, to, depth;
};

static enum err build_object(const struct build *b, struct range r,
                             const struct value *canon, const struct value *stored,
                             struct error *e);

/* A member that the operations are about; `canon` is NULL where it is not. */
static enum err build_member(const struct build *b, struct range r,
                             const struct value *canon, const struct value *stored,
                             struct error *e)
{
    const struct op *first = &b->ops[r.from];
    struct str name = first->steps[r.depth];
    if (first->n_steps > r.depth + 1) {
        if (!canon || canon->kind != VALUE_OBJECT)
            return refuse(e, "guard failed: a path leads into what is no object");
        add_name(b->out, name);
        r.depth++;
        return build_object(b, r, canon, stored, e);
    }
    if (r.to - r.from > 1)
        return refuse(e, "two changes of one path");
    const struct value *v = first->values[b->which];
    if (!v)
        return ERR_OK;
    add_name(b->out, name);
    buf_add_str(b->out, v->text);
    return ERR_OK;
}

static void keep_member(const struct build *b, const struct value *canon,
                        const struct value *stored)
{
    add_name(b->out, canon->name);
    if (stored)
        buf_add_str(b->out, stored->text);
    else
        show_canonical(b->out, canon->text);
}

/* The operations about the member that the first of the range names. */
static struct range group(const struct build *b, struct range r)
{
    struct str name = b->ops[r.from].steps[r.depth];
    struct range out = {r.from, r.from + 1, r.depth};
    while (out.to < r.to && str_eq(b->ops[out.to].steps[r.depth], name))
        out.to++;
    return out;
}

/* Members and operations are in one order: by the bytes of the names. */
static enum err build_object(const struct build *b, struct range r,
                             const struct value *canon, const struct value *stored,
                             struct error *e)
{
    size_t i = 0;
    buf_add_char(b->out, '{');
    while (r.from < r.to) {
        struct range about = group(b, r);
        struct str name = b->ops[r.from].steps[r.depth];
        for (; i < canon->n_items && str_cmp(canon->items[i].name, name) < 0; i++)
            keep_member(b, &canon->items[i],
                        value_member(stored, canon->items[i].name));
        bool there = i < canon->n_items && str_eq(canon->items[i].name, name);
        TRY(build_member(b, about, there ? &canon->items[i] : NULL,
                         value_member(stored, name), e));
        i += there;
        r.from = about.to;
    }
    for (; i < canon->n_items; i++)
        keep_member(b, &canon->items[i], value_member(stored, canon->items[i].name));
    buf_add_char(b->out, '}');
    return ERR_OK;
}

/* ---- steps */

/* Are these two records of the entity the same? */
static enum err guard(struct applier *a, const struct entity *entity, struct str record,
                      struct str expected, struct error *e)
{
    struct canon_record there, wanted;
    TRY(canon_record(a->canon[0], entity, record, &there, e));
    if (canon_record(a->canon[1], entity, expected, &wanted, NULL) == ERR_OK &&
        str_eq(there.text, wanted.text))
        return ERR_OK;
    return refuse(e, "guard failed: the record is not what the patch was made for");
}

struct subject {
    const struct entity *entity;
    struct str record;
};

static enum err update(struct applier *a, const struct value *changes, bool reverse,
                       const struct subject *on, struct buf *out, struct error *e)
{
    struct op *ops = NULL;
    size_t n = 0;
    struct canon_record canonical;
    struct value canon, stored;
    TRY(read_ops(a, changes, reverse, &ops, &n, e));
    TRY(canon_record(a->canon[0], on->entity, on->record, &canonical, e));
    struct str text = arena_str(&a->arena, canonical.text);
    TRY(value_read(&a->reader, text, &a->arena, &canon, e));
    TRY(value_read(&a->reader, on->record, &a->arena, &stored, e));
    buf_clear(&a->guard);
    const struct range all = {0, n, 0};
    struct build b = {.ops = ops, .which = 0, .out = &a->guard};
    TRY(build_object(&b, all, &canon, &stored, e));
    TRY(guard(a, on->entity, on->record, buf_str(&a->guard), e));
    b.which = 1;
    b.out = out;
    return build_object(&b, all, &canon, &stored, e);
}

enum err apply_step(struct applier *a, const struct patch_step *s,
                    const struct entity *entity, struct str record, struct buf *out,
                    struct error *e)
{
    struct patch_body body;
    arena_clear(&a->arena);
    enum err code = patch_body(s, &a->reader, &a->arena, &a->line, &body, e);
    if (code == ERR_OK && s->op == PATCH_CREATE)
        buf_add_str(out, body.value->text);
    else if (code == ERR_OK && s->op == PATCH_DELETE)
        code = guard(a, entity, record, body.old->text, e);
    else if (code == ERR_OK) {
        const struct subject subject = {entity, record};
        code = update(a, body.changes, patch_is_reversed(s->patch), &subject, out, e);
    }
    return code == ERR_OK ? ERR_OK : patch_at(s->patch, s, e);
}
