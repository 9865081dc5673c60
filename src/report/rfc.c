/* Records that differ with what makes the right one of the left: as RFC 6902, whose
 * operations have tests before them, or as RFC 7396, which cannot say everything and
 * says so. A line for each record; paths begin at the record. */
#include <stdlib.h>

#include "base/alloc.h"
#include "drift/json_delta.h"
#include "report/forms.h"
#include "json/escape.h"

struct state {
    struct buf key, line; /* of the record whose changes are being gathered */
    struct buf parent;    /* the path of the object that is open in the line */
    struct buf value, missing;
    bool open;
};

static void *begin(struct report *r)
{
    (void)r;
    return NEW(struct state);
}

static void done(void *state)
{
    struct state *s = state;
    buf_done(&s->key);
    buf_done(&s->line);
    buf_done(&s->parent);
    buf_done(&s->value);
    buf_done(&s->missing);
    free(s);
}

static void head(struct emit *j, struct buf *out, const struct change *c)
{
    emit_init(j, out);
    emit_object(j);
    emit_key_string(j, "entity", c->entity);
    form_key(j, c);
}

static void whole(struct report *r, const struct change *c)
{
    struct emit j;
    head(&j, &r->out, c);
    emit_key_string(&j, "class", str_of(change_name(c->class)));
    if (c->count > 1)
        emit_key_uint(&j, "count", c->count);
    emit_key(&j, STR("value"));
    emit_raw(&j, c->class == CHANGE_ADDED ? c->right : c->left);
    emit_object_end(&j);
    buf_add_char(&r->out, '\n');
}

/* Begins the line of a record, unless it is there already. */
static void begin_line(struct state *s, const struct change *c, const char *member)
{
    struct emit j;
    if (s->open)
        return;
    s->open = true;
    buf_clear(&s->key);
    buf_add_str(&s->key, c->key);
    buf_clear(&s->line);
    buf_clear(&s->parent);
    buf_clear(&s->missing);
    head(&j, &s->line, c);
    buf_add_str(&s->line, str_of(member));
}

static bool is_other(const struct state *s, const struct change *c)
{
    return c->class != CHANGE_CHANGED || !str_eq(buf_str(&s->key), c->key);
}

static void end_line(struct report *r, const char *end)
{
    struct state *s = r->state;
    buf_add_str(&s->line, str_of(end));
    buf_add_str(&r->out, buf_str(&s->line));
    s->open = false;
}

/* ---- RFC 6902 */

static void operation(struct buf *out, const char *op, struct str path,
                      struct str value)
{
    struct emit j;
    if (out->p[out->n - 1] != '[')
        buf_add_char(out, ',');
    emit_init(&j, out);
    emit_object(&j);
    emit_key_string(&j, "op", str_of(op));
    emit_key_string(&j, "path", path);
    if (value.p) {
        emit_key(&j, STR("value"));
        emit_raw(&j, value);
    }
    emit_object_end(&j);
}

static void end_6902(struct report *r)
{
    const struct state *s = r->state;
    if (s->open)
        end_line(r, "]}\n");
}

static void change_6902(struct report *r, const struct change *c)
{
    struct state *s = r->state;
    if (is_other(s, c))
        end_6902(r);
    if (c->class != CHANGE_CHANGED) {
        whole(r, c);
        return;
    }
    begin_line(s, c, ",\"patch\":[");
    if (c->left.p)
        operation(&s->line, "test", c->path, c->left);
    if (c->left.p && c->right.p)
        operation(&s->line, "replace", c->path, c->right);
    else if (c->left.p)
        operation(&s->line, "remove", c->path, (struct str){0});
    else
        operation(&s->line, "add", c->path, c->right);
}

static void entity_6902(struct report *r, const struct change_entity *en)
{
    (void)en;
    end_6902(r);
}

const struct report_form report_rfc6902 = {.name = "rfc6902",
                                           .whole = true,
                                           .begin = begin,
                                           .change = change_6902,
                                           .entity = entity_6902,
                                           .done = done};

/* ---- RFC 7396 */

/* Ends the last of the open objects. */
static void close_object(struct state *s)
{
    buf_add_char(&s->line, '}');
    while (s->parent.p[--s->parent.n] != '/')
        continue;
}

/* Names a member: its step of a path, ~1 and ~0 decoded. */
static void add_name(struct buf *out, struct str step)
{
    BUF_SCOPED name = BUF_INIT;
    for (size_t i = 0; i < step.n; i++) {
        char c = step.p[i];
        if (c == '~')
            c = step.p[++i] == '1' ? '/' : '~';
        buf_add_char(&name, c);
    }
    if (out->p[out->n - 1] != '{')
        buf_add_char(out, ',');
    escape_add_quoted(out, buf_str(&name));
    buf_add_char(out, ':');
}

/* Is the open object one of those that the path leads through? */
static bool leads_through(const struct state *s, struct str path)
{
    return str_starts(path, buf_str(&s->parent)) && path.p[s->parent.n] == '/';
}

/* Changes come in the order of their paths, object by object: what is left has no more
 * of them. */
static void add_member(struct state *s, struct str path)
{
    while (!leads_through(s, path))
        close_object(s);
    for (;;) {
        struct str rest = str_from(path, s->parent.n + 1);
        const char *slash = rest.n ? memchr(rest.p, '/', rest.n) : NULL;
        struct str step = str_n(rest.p, slash ? (size_t)(slash - rest.p) : rest.n);
        add_name(&s->line, step);
        if (!slash)
            return;
        buf_add_char(&s->line, '{');
        buf_add_char(&s->parent, '/');
        buf_add_str(&s->parent, step);
    }
}

static void end_7396(struct report *r)
{
    struct state *s = r->state;
    if (!s->open)
        return;
    while (s->parent.n)
        close_object(s);
    buf_add_char(&s->line, '}');
    if (s->missing.n) {
        buf_add_str(&s->line, STR(",\"not_expressible\":["));
        buf_add_str(&s->line, buf_str(&s->missing));
        buf_add_char(&s->line, ']');
    }
    end_line(r, "}\n");
}

static void change_7396(struct report *r, const struct change *c)
{
    struct state *s = r->state;
    if (is_other(s, c))
        end_7396(r);
    if (c->class != CHANGE_CHANGED) {
        whole(r, c);
        return;
    }
    begin_line(s, c, ",\"merge\":{");
    buf_clear(&s->value);
    if (!c->right.p)
        buf_add_str(&s->value, STR("null"));
    else
        report_check(r, json_delta_merge(c->left, c->right, c->path, &s->value,
                                         &s->missing, &r->error));
    if (!s->value.n) /* it cannot be said, and is under not_expressible */
        return;
    add_member(s, c->path);
    buf_add_str(&s->line, buf_str(&s->value));
}

static void entity_7396(struct report *r, const struct change_entity *en)
{
    (void)en;
    end_7396(r);
}

const struct report_form report_rfc7396 = {.name = "rfc7396",
                                           .whole = true,
                                           .begin = begin,
                                           .change = change_7396,
                                           .entity = entity_7396,
                                           .done = done};
