/* For a terminal: the entities as a table, then the changes, record by record. */
#include <stdlib.h>

#include "base/alloc.h"
#include "report/excerpt.h"
#include "report/forms.h"
#include "json/visible.h"

#define SHOWN         200u /* changes that a person reads */
#define NAME_COLUMNS  28u  /* of an entity, at most */
#define PATH_COLUMNS  26u
#define WIDE          120u /* side by side from here on */
#define WIDE_PATH     38u
#define VALUE_COLUMNS 60u /* of each side where the width is not known */

struct row { /* of the table */
    char *name;
    uint64_t n[5]; /* left, right, added, removed, changed */
};

struct state {
    struct buf changes, entity, key; /* of the record shown last */
    struct row *rows;
    size_t n_rows, cap_rows, n_equal; /* entities with and without drift */
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

static bool is_wide(const struct report *r)
{
    return r->options.width >= WIDE;
}

static unsigned path_columns(const struct report *r)
{
    return is_wide(r) ? WIDE_PATH : PATH_COLUMNS;
}

static unsigned value_columns(const struct report *r)
{
    unsigned used = path_columns(r) + 6; /* indent, arrow, and the last column free */
    if (r->options.width < used + 20)
        return VALUE_COLUMNS;
    return (r->options.width - used) / 2;
}

static void piece(struct buf *out, struct str text, bool cut, unsigned *left)
{
    if (text.n && *left)
        *left -= visible_add_cut(out, text, *left);
    if (cut && *left) {
        buf_add_str(out, STR("…"));
        --*left;
    }
}

/* At most `columns` of a value, around what differs from the other one. */
static unsigned value(struct report *r, const char *color, struct str v,
                      struct str other, unsigned columns)
{
    struct buf *out = &((struct state *)r->state)->changes;
    const struct style st = style_of(r);
    unsigned left = columns - 1; /* one for an ellipsis where a piece found no room */
    struct str class;
    if (!v.p || form_is_masked(v, &class)) {
        BUF_SCOPED told = BUF_INIT;
        form_add_excerpt(&told, v, other, columns);
        buf_printf(out, "%s", st.dim);
        unsigned used = visible_add_cut(out, buf_str(&told), columns);
        buf_printf(out, "%s", st.end);
        return used;
    }
    const struct excerpt x = excerpt_of(v, other, columns - 3);
    buf_printf(out, "%s", color);
    piece(out, STR(""), x.cut_before, &left);
    piece(out, x.before, false, &left);
    if (x.alike)
        buf_printf(out, "%s", st.bold);
    piece(out, x.differs, x.cut_differs, &left);
    buf_printf(out, "%s%s", st.end, x.after.n ? color : "");
    bool lost = x.after.n && !left;
    piece(out, x.after, x.cut_after, &left);
    left += !lost;
    buf_add_str(out, lost ? STR("…") : STR(""));
    buf_printf(out, "%s", x.after.n ? st.end : "");
    return columns - left;
}

/* "  /cost        12.50 → 13.00": in columns when there is room */
/* "conflict (was 12.50)" */
static void side_of(struct buf *out, const struct style *st, const struct change *c)
{
    buf_printf(out, "  %s%s", c->side == SIDE_CONFLICT ? st->removed : st->dim,
               side_name(c->side));
    if (c->side == SIDE_CONFLICT || c->side == SIDE_SAME) {
        buf_add_str(out, STR(" (was "));
        visible_add_cut(out, c->base.p ? c->base : STR("absent"), 24);
        buf_add_char(out, ')');
    }
    buf_printf(out, "%s", st->end);
}

static void field(struct report *r, const struct change *c)
{
    struct state *s = r->state;
    struct buf *out = &s->changes;
    const struct style st = style_of(r);
    unsigned columns = value_columns(r);
    buf_add_str(out, STR("  "));
    unsigned used = visible_add_cut(out, c->path, path_columns(r) - 1);
    pad(out, used, path_columns(r));
    used = value(r, st.removed, c->left, c->right, columns);
    if (is_wide(r))
        pad(out, used, columns);
    buf_printf(out, " %s→%s ", st.dim, st.end);
    value(r, st.added, c->right, c->left, columns);
    if (c->class != CHANGE_CHANGED && c->class != CHANGE_DANGLING)
        buf_printf(out, "  %s%s%s", st.dim, change_name(c->class), st.end);
    else if (c->side)
        side_of(out, &st, c);
    else if (c->scrub > SCRUB_DRIFT)
        buf_printf(out, "  %s%s%s", c->scrub == SCRUB_LEAK ? st.removed : st.dim,
                   scrub_name(c->scrub), st.end);
    if (c->reference)
        buf_printf(out, "  %s%s%s",
                   c->reference == REFERENCE_DANGLING ? st.removed : st.dim,
                   form_reference(c), st.end);
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
    if (s->entity.n && !str_eq(buf_str(&s->entity), c->entity))
        buf_add_char(out, '\n');
    if (!same) {
        enum change_class class = whole ? c->class : CHANGE_CHANGED;
        buf_printf(out, "%s%s", st.bold, class_style(&st, class));
        visible_add(out, c->entity, false);
        buf_add_char(out, ' ');
        visible_add(out, c->key, false);
        buf_printf(out, "%s", st.end);
        if (c->class != CHANGE_DANGLING) /* which may be all: its row says it */
            buf_printf(out, " %s%s%s", st.dim, change_name(class), st.end);
        if (c->count > 1)
            buf_printf(out, " ×%llu", (unsigned long long)c->count);
        buf_add_char(out, '\n');
    }
    buf_clear(&s->entity);
    buf_clear(&s->key);
    buf_add_str(&s->entity, c->entity);
    if (whole)
        return;
    buf_add_str(&s->key, c->key);
    field(r, c);
}

static void entity(struct report *r, const struct change_entity *en)
{
    struct state *s = r->state;
    if (!en->added && !en->removed && !en->changed) {
        s->n_equal++;
        return;
    }
    BUF_SCOPED name = BUF_INIT;
    visible_add_cut(&name, en->name, NAME_COLUMNS);
    VEC_PUSH(s->rows, s->n_rows, s->cap_rows) = (struct row){
        alloc_str(buf_str(&name)),
        {en->records[0], en->records[1], en->added, en->removed, en->changed}};
}

static const char *const heads[] = {"left", "right", "added", "removed", "changed"};

#define HEADS (sizeof heads / sizeof *heads)

static unsigned max_of(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

static unsigned digits_of(uint64_t n)
{
    BUF_SCOPED text = BUF_INIT;
    return form_number(&text, n);
}

static unsigned columns_of(const char *text)
{
    BUF_SCOPED shown = BUF_INIT;
    return visible_add_cut(&shown, str_of(text), NAME_COLUMNS);
}

static void table_row(struct buf *out, const struct style *st, const struct row *row,
                      const unsigned *columns)
{
    const char *const colors[HEADS] = {"", "", st->added, st->removed, st->changed};
    buf_printf(out, "%s", row->name);
    pad(out, columns_of(row->name), columns[0]);
    for (unsigned i = 0; i < HEADS; i++) {
        bool colored = *colors[i] && row->n[i];
        pad(out, digits_of(row->n[i]), columns[i + 1]);
        buf_printf(out, "%s", i < 2 ? "" : colored ? colors[i] : st->dim);
        form_number(out, row->n[i]);
        buf_printf(out, "%s", i < 2 ? "" : st->end);
    }
    buf_add_char(out, '\n');
}

static void table(struct report *r, const struct drift_counts *c)
{
    const struct state *s = r->state;
    struct buf *out = &r->out;
    const struct style st = style_of(r);
    unsigned columns[HEADS + 1] = {6};
    char name[] = "all";
    struct row all = {name,
                      {c->records[0], c->records[1], c->added, c->removed, c->changed}};
    for (size_t i = 0; i < s->n_rows; i++)
        columns[0] = max_of(columns[0], columns_of(s->rows[i].name));
    buf_printf(out, "\n%sentity", st.bold);
    pad(out, 6, columns[0]);
    for (unsigned i = 0; i < HEADS; i++) { /* sums are the widest */
        columns[i + 1] = max_of((unsigned)strlen(heads[i]), digits_of(all.n[i])) + 3;
        pad(out, (unsigned)strlen(heads[i]), columns[i + 1]);
        buf_printf(out, "%s", heads[i]);
    }
    buf_printf(out, "%s\n", st.end);
    for (size_t i = 0; i < s->n_rows; i++)
        table_row(out, &st, &s->rows[i], columns);
    if (s->n_rows > 1)
        table_row(out, &st, &all, columns);
}

static void notes(struct buf *out, const struct drift_counts *c, size_t n_equal)
{
    if (n_equal)
        buf_printf(out, "%zu %s without drift\n", n_equal,
                   n_equal == 1 ? "entity" : "entities");
    if (c->volatile_only)
        buf_printf(out, "%llu %s in volatile fields alone\n",
                   (unsigned long long)c->volatile_only,
                   c->volatile_only == 1 ? "record differs" : "records differ");
    static const enum change_class quiet[] = {CHANGE_IGNORED, CHANGE_RESPELLED,
                                              CHANGE_NOT_EXPORTED};
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++)
        if (c->by_class[quiet[i]])
            buf_printf(out, "%llu %s %s\n", (unsigned long long)c->by_class[quiet[i]],
                       c->by_class[quiet[i]] == 1 ? "value" : "values",
                       change_name(quiet[i]));
    if (c->normalized)
        buf_printf(out, "%llu value%s equal in a normal form of Unicode alone\n",
                   (unsigned long long)c->normalized, c->normalized == 1 ? "" : "s");
    for (unsigned i = SIDE_NONE + 1; i < SIDES_OF_CHANGE; i++)
        if (c->by_side[i])
            buf_printf(out, "%llu change%s %s\n", (unsigned long long)c->by_side[i],
                       c->by_side[i] == 1 ? "" : "s", side_name(i));
    for (unsigned i = SCRUB_DRIFT + 1; i < SCRUBS; i++)
        if (c->by_scrub[i])
            buf_printf(out, "%llu value%s %s\n", (unsigned long long)c->by_scrub[i],
                       c->by_scrub[i] == 1 ? "" : "s", scrub_name(i));
    for (unsigned i = REFERENCE_NONE + 1; i < REFERENCES; i++)
        if (c->by_reference[i])
            buf_printf(out, "%llu reference%s %s\n",
                       (unsigned long long)c->by_reference[i],
                       c->by_reference[i] == 1 ? "" : "s", reference_name(i));
    for (unsigned side = 0; side < 2; side++)
        if (c->duplicates[side])
            buf_printf(out, "%llu %s on the %s with a key that another one has\n",
                       (unsigned long long)c->duplicates[side],
                       c->duplicates[side] == 1 ? "record" : "records",
                       side ? "right" : "left");
    for (unsigned side = 0; side < 2; side++)
        if (c->keyless[side])
            buf_printf(out, "%llu %s on the %s without a key, compared by content\n",
                       (unsigned long long)c->keyless[side],
                       c->keyless[side] == 1 ? "record" : "records",
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
    if (s->n_rows)
        table(r, c);
    else
        buf_printf(out, "%sno drift%s\n", st.added, st.end);
    BUF_SCOPED told = BUF_INIT;
    notes(&told, c, s->n_equal);
    if (s->n_rows && told.n)
        buf_add_char(out, '\n');
    buf_add_str(out, buf_str(&told));
    if (s->changes.n)
        buf_add_char(out, '\n');
    buf_add_str(out, buf_str(&s->changes));
    if (form_left_out(r)) {
        buf_printf(out, "%s… and ", st.dim);
        form_number(out, form_left_out(r));
        buf_printf(out, " more changes (--max 0 shows all)%s\n", st.end);
    }
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
    for (size_t i = 0; i < s->n_rows; i++)
        free(s->rows[i].name);
    free(s->rows);
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
