/* For a terminal: the entities as a table, then the changes, record by record. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "report/forms.h"
#include "json/visible.h"

#define SHOWN         200u /* changes that a person reads */
#define PATH_COLUMNS  28u
#define VALUE_COLUMNS 60u /* of each side where the width is not known */
#define WIDE          100u

struct state {
    struct buf changes, rows, entity, key; /* of the record shown last */
    size_t n_equal;                        /* entities */
};

struct style {
    const char *bold, *added, *removed, *changed, *dim, *end;
};

static struct style style_of(const struct report *r)
{
    static const struct style none = {"", "", "", "", "", ""};
    static const struct style color = {"\033[1m",  "\033[32m", "\033[31m",
                                       "\033[33m", "\033[2m",  "\033[0m"};
    return r->options.color ? color : none;
}

static void *begin(struct report *r)
{
    (void)r;
    return NEW(struct state);
}

static const char *class_style(const struct style *s, enum change_class c)
{
    return c == CHANGE_ADDED     ? s->added
           : c == CHANGE_REMOVED ? s->removed
           : c == CHANGE_CHANGED ? s->changed
                                 : s->dim;
}

static void pad(struct buf *out, unsigned used, unsigned columns)
{
    for (; used < columns; used++)
        buf_add_char(out, ' ');
}

static unsigned value_columns(const struct report *r)
{
    unsigned width = r->options.width;
    if (width < PATH_COLUMNS + 30)
        return VALUE_COLUMNS;
    return (width - PATH_COLUMNS - 7) / 2;
}

static unsigned value(struct buf *out, struct str v, unsigned columns)
{
    return visible_add_cut(out, v.p ? v : STR("(absent)"), columns);
}

/* "  /cost        12.50 → 13.00": in columns when there is room */
static void field(struct report *r, const struct change *c)
{
    struct state *s = r->state;
    struct buf *out = &s->changes;
    const struct style st = style_of(r);
    unsigned columns = value_columns(r);
    buf_add_str(out, STR("  "));
    unsigned used = visible_add_cut(out, c->path, PATH_COLUMNS - 1);
    pad(out, used, PATH_COLUMNS);
    buf_printf(out, "%s", st.removed);
    used = value(out, c->left, columns);
    buf_printf(out, "%s", st.end);
    if (r->options.width >= WIDE)
        pad(out, used, columns);
    buf_printf(out, " → %s", st.added);
    value(out, c->right, columns);
    buf_printf(out, "%s", st.end);
    if (c->class != CHANGE_CHANGED)
        buf_printf(out, "  %s%s%s", st.dim, change_name(c->class), st.end);
    buf_add_char(out, '\n');
}

static void change(struct report *r, const struct change *c)
{
    struct state *s = r->state;
    struct buf *out = &s->changes;
    const struct style st = style_of(r);
    bool whole = c->class == CHANGE_ADDED || c->class == CHANGE_REMOVED;
    bool same = !whole && str_eq(buf_str(&s->entity), c->entity) &&
                str_eq(buf_str(&s->key), c->key);
    if (!same) {
        enum change_class class = whole ? c->class : CHANGE_CHANGED;
        buf_printf(out, "%s%s", st.bold, class_style(&st, class));
        buf_add_str(out, c->entity);
        buf_add_char(out, ' ');
        visible_add(out, c->key, false);
        buf_printf(out, "%s %s", st.end, change_name(class));
        if (c->count > 1)
            buf_printf(out, " ×%llu", (unsigned long long)c->count);
        buf_add_char(out, '\n');
    }
    buf_clear(&s->entity);
    buf_clear(&s->key);
    if (whole)
        return;
    buf_add_str(&s->entity, c->entity);
    buf_add_str(&s->key, c->key);
    field(r, c);
}

/* 1234567 -> 1,234,567 */
static void number(struct buf *out, uint64_t v, unsigned columns)
{
    char digits[32], text[48];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)v), k = 0;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            text[k++] = ',';
        text[k++] = digits[i];
    }
    pad(out, (unsigned)k, columns);
    buf_add(out, text, (size_t)k);
}

#define COLUMN 11u

static void count(struct buf *out, uint64_t v, const char *color, const char *end)
{
    if (v)
        buf_printf(out, "%s", color);
    number(out, v, COLUMN);
    if (v)
        buf_printf(out, "%s", end);
}

static void row(struct buf *out, const struct style *st, struct str name,
                const uint64_t records[2], const uint64_t whole[3])
{
    unsigned used = visible_add_cut(out, name, PATH_COLUMNS - 1);
    pad(out, used, PATH_COLUMNS);
    number(out, records[0], COLUMN);
    number(out, records[1], COLUMN);
    count(out, whole[0], st->added, st->end);
    count(out, whole[1], st->removed, st->end);
    count(out, whole[2], st->changed, st->end);
    buf_add_char(out, '\n');
}

static void entity(struct report *r, const struct change_entity *en)
{
    struct state *s = r->state;
    const struct style st = style_of(r);
    if (!en->added && !en->removed && !en->changed) {
        s->n_equal++;
        return;
    }
    row(&s->rows, &st, en->name, en->records,
        (uint64_t[]){en->added, en->removed, en->changed});
}

static void notes(struct buf *out, const struct drift_counts *c, size_t n_equal)
{
    if (n_equal)
        buf_printf(out, "%zu entities without drift\n", n_equal);
    if (c->volatile_only)
        buf_printf(out, "%llu records differ in volatile fields alone\n",
                   (unsigned long long)c->volatile_only);
    static const enum change_class quiet[] = {CHANGE_IGNORED, CHANGE_RESPELLED,
                                              CHANGE_NOT_EXPORTED};
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++)
        if (c->by_class[quiet[i]])
            buf_printf(out, "%llu values %s\n",
                       (unsigned long long)c->by_class[quiet[i]],
                       change_name(quiet[i]));
    for (unsigned side = 0; side < 2; side++)
        if (c->duplicates[side])
            buf_printf(out, "%llu records on the %s have a key that another one has\n",
                       (unsigned long long)c->duplicates[side],
                       side ? "right" : "left");
}

static void end(struct report *r, const struct drift_counts *c)
{
    struct state *s = r->state;
    struct buf *out = &r->out;
    const struct style st = style_of(r);
    for (unsigned side = 0; side < 2; side++) {
        buf_printf(out, "%s%-6s%s ", st.dim, side ? "right" : "left", st.end);
        visible_add(out, str_of(r->options.names[side]), false);
        buf_add_char(out, '\n');
    }
    if (s->rows.n) {
        buf_printf(out, "\n%s%-28s%11s%11s%11s%11s%11s%s\n", st.bold, "entity", "left",
                   "right", "added", "removed", "changed", st.end);
        buf_add_str(out, buf_str(&s->rows));
        row(out, &st, STR("all"), c->records,
            (uint64_t[]){c->added, c->removed, c->changed});
    } else {
        buf_printf(out, "%sno drift%s\n", st.added, st.end);
    }
    notes(out, c, s->n_equal);
    if (s->changes.n)
        buf_add_char(out, '\n');
    buf_add_str(out, buf_str(&s->changes));
    if (r->options.max && r->n > r->options.max)
        buf_printf(out, "%s… and %llu more changes (--max 0 shows all)%s\n", st.dim,
                   (unsigned long long)(r->n - r->options.max), st.end);
    if (r->options.stats)
        buf_printf(out,
                   "read %llu of %llu index pages, %llu of %llu members, %.1f MB of "
                   "records\n",
                   (unsigned long long)c->pages_read, (unsigned long long)c->pages,
                   (unsigned long long)c->members_read, (unsigned long long)c->members,
                   (double)c->bytes_read / 1e6);
}

static void done(void *state)
{
    struct state *s = state;
    buf_done(&s->changes);
    buf_done(&s->rows);
    buf_done(&s->entity);
    buf_done(&s->key);
    free(s);
}

const struct report_form report_text = {.name = "text",
                                        .max = SHOWN,
                                        .begin = begin,
                                        .change = change,
                                        .entity = entity,
                                        .end = end,
                                        .done = done};
