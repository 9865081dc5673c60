#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/table.h"
#include "source/private.h"
#include "json/escape.h"
#include "json/number.h"
#include "json/scan.h"

/* RFC 4180: commas, quotes doubled inside quotes, rows end in LF or CRLF. */

struct column {
    struct str quoted; /* "name": ready to be written */
    const struct field *field;
};

struct cell {
    struct str text; /* between the quotes when quoted */
    bool quoted, doubled;
};

struct csv {
    struct cutter base;
    struct source *s;
    const struct member *m;
    struct arena arena;
    struct column *columns;
    struct cell *cells;
    size_t n_columns, cap_cells, n_cells;
    bool has_header, typed; /* a __typename column */
    uint64_t row;           /* ordinal of the row, from 1 behind the header */
    struct buf text, item;
    struct scan scan;
};

static enum err bad(const struct csv *c, uint64_t offset, const char *what,
                    struct error *e)
{
    err_set(e, ERR_DATA, "%s", what);
    if (e && c->has_header)
        e->record = c->row + 1;
    return err_at(e, offset);
}

enum row { ROW_WHOLE, ROW_CUT, ROW_QUOTE_INSIDE, ROW_TEXT_BEHIND_QUOTE, ROW_WIDE };

static bool at_row_end(struct str s, size_t at)
{
    return s.p[at] == '\n' || (s.p[at] == '\r' && at + 1 < s.n && s.p[at + 1] == '\n');
}

static enum row quoted_cell(struct str s, size_t *at, struct cell *out)
{
    size_t from = *at + 1, i = from;
    *out = (struct cell){.quoted = true};
    for (;;) {
        const char *q = i < s.n ? memchr(s.p + i, '"', s.n - i) : NULL;
        if (!q)
            return ROW_CUT;
        i = (size_t)(q - s.p) + 1;
        if (i == s.n || s.p[i] != '"')
            break;
        out->doubled = true;
        i++;
    }
    out->text = str_n(s.p + from, i - 1 - from);
    *at = i;
    return ROW_WHOLE;
}

static enum row plain_cell(struct str s, size_t *at, struct cell *out)
{
    size_t i = *at;
    while (i < s.n && s.p[i] != ',' && s.p[i] != '\n' && s.p[i] != '"')
        i++;
    if (i < s.n && s.p[i] == '"')
        return ROW_QUOTE_INSIDE;
    size_t end = i;
    if (end > *at && s.p[end - 1] == '\r' && (i == s.n || s.p[i] == '\n'))
        i = --end;
    *out = (struct cell){.text = str_n(s.p + *at, end - *at)};
    *at = i;
    return ROW_WHOLE;
}

/* The cells of the row that `s` begins with; *out_size with its line's end. */
static enum row split_row(struct csv *c, struct str s, bool end, size_t *out_size)
{
    size_t at = 0;
    c->n_cells = 0;
    for (;;) {
        if (c->n_cells == SOURCE_COLUMNS)
            return ROW_WIDE;
        struct cell *cell = &VEC_PUSH(c->cells, c->n_cells, c->cap_cells);
        enum row r = at < s.n && s.p[at] == '"' ? quoted_cell(s, &at, cell)
                                                : plain_cell(s, &at, cell);
        if (r != ROW_WHOLE)
            return r;
        if (at + 1 >= s.n && !end)
            return ROW_CUT; /* a quote, or the LF of a CR, may follow */
        if (at == s.n)
            break;
        if (s.p[at] == ',') {
            at++;
            continue;
        }
        if (s.p[at] == '\r' && at + 1 == s.n) {
            at++;
            break;
        }
        if (!at_row_end(s, at))
            return ROW_TEXT_BEHIND_QUOTE;
        at += s.p[at] == '\r' ? 2 : 1;
        break;
    }
    *out_size = at;
    return ROW_WHOLE;
}

static enum err next_row(struct csv *c, struct text *t, size_t *out_size,
                         struct error *e)
{
    size_t limit = c->s->record_limit;
    for (size_t want = c->s->chunk;;) {
        struct str rest = text_rest(t);
        enum row r = rest.n ? split_row(c, rest, t->end, out_size) : ROW_CUT;
        if (r == ROW_WIDE) {
            err_set(e, ERR_LIMIT, "more than %u columns", SOURCE_COLUMNS);
            return err_at(e, t->offset);
        }
        if (r == ROW_QUOTE_INSIDE)
            return bad(c, t->offset, "a quote in a field that does not begin with one",
                       e);
        if (r == ROW_TEXT_BEHIND_QUOTE)
            return bad(c, t->offset, "text behind a field's closing quote", e);
        if (r == ROW_WHOLE && *out_size <= limit)
            return ERR_OK;
        if (r == ROW_WHOLE || rest.n > limit)
            return record_too_large(c->s, t->offset, e);
        if (t->end && !rest.n) {
            *out_size = 0;
            return ERR_OK;
        }
        if (t->end)
            return bad(c, t->offset, "ends inside quotes", e);
        if (rest.n >= want)
            want = rest.n * 2;
        TRY(text_fill(t, want > limit ? limit + 1 : want, e));
    }
}

/* The cell's text without its doubled quotes; borrowed until the next one. */
static struct str cell_text(struct csv *c, const struct cell *cell)
{
    if (!cell->doubled)
        return cell->text;
    buf_clear(&c->text);
    for (size_t i = 0; i < cell->text.n; i++) {
        buf_add_char(&c->text, cell->text.p[i]);
        if (cell->text.p[i] == '"')
            i++;
    }
    return buf_str(&c->text);
}

static bool is_json(struct csv *c, struct str s)
{
    scan_reset(&c->scan, 0);
    scan_feed(&c->scan, s);
    while (scan_next(&c->scan) > SCAN_MORE)
        continue;
    scan_finish(&c->scan);
    enum scan_event ev;
    while ((ev = scan_next(&c->scan)) > SCAN_MORE)
        continue;
    return ev == SCAN_END;
}

static bool add_boolean(struct buf *out, struct str s)
{
    bool yes = (s.n == 1 && (*s.p == 't' || *s.p == 'T')) ||
               (s.n == 4 && strncasecmp(s.p, "true", 4) == 0);
    bool no = (s.n == 1 && (*s.p == 'f' || *s.p == 'F')) ||
              (s.n == 5 && strncasecmp(s.p, "false", 5) == 0);
    if (yes)
        buf_add_str(out, STR("true"));
    else if (no)
        buf_add_str(out, STR("false"));
    return yes || no;
}

/* One value in the JSON that its type has; what does not fit stays a string, which who
 * checks types will see. */
static void add_value(struct csv *c, struct buf *out, const struct field *f,
                      struct str s)
{
    switch (f ? f->type->kind : TYPE_STRING) {
    case TYPE_INT:
    case TYPE_FLOAT:
        if (number_is(s)) {
            buf_add_str(out, s);
            return;
        }
        break;
    case TYPE_BOOLEAN:
        if (add_boolean(out, s))
            return;
        break;
    case TYPE_ANY:
    case TYPE_OBJECT:
    case TYPE_UNION:
        if (is_json(c, s)) {
            buf_add_str(out, s);
            return;
        }
        break;
    case TYPE_STRING:
    case TYPE_JSON_STRING: /* a string in every other form, too: rules see the same */
    case TYPE_ID:
    case TYPE_DATETIME:
    case TYPE_ENUM: break;
    }
    escape_add_quoted(out, s);
}

/* The next item of a Postgres array {a,"b \"c\"",NULL}; false when there is none. */
static bool array_item(struct str s, size_t *at, struct buf *item, bool *out_quoted)
{
    buf_clear(item);
    *out_quoted = *at < s.n && s.p[*at] == '"';
    if (!*out_quoted) {
        while (*at < s.n && !strchr(",{}\"\\", s.p[*at]))
            buf_add_char(item, s.p[(*at)++]);
        return item->n > 0;
    }
    for (++*at; *at < s.n && s.p[*at] != '"'; ++*at) {
        if (s.p[*at] == '\\' && *at + 1 < s.n)
            ++*at;
        buf_add_char(item, s.p[*at]);
    }
    return (*at)++ < s.n;
}

static bool add_array(struct csv *c, struct buf *out, const struct field *f,
                      struct str s)
{
    size_t keep = out->n;
    if (s.n < 2 || s.p[0] != '{' || s.p[s.n - 1] != '}')
        return false;
    buf_add_char(out, '[');
    for (size_t at = 1; at < s.n - 1;) {
        bool quoted;
        if (at > 1 && s.p[at++] != ',')
            break;
        if (at > 1)
            buf_add_char(out, ',');
        if (!array_item(str_n(s.p, s.n - 1), &at, &c->item, &quoted)) {
            out->n = keep;
            return false;
        }
        if (!quoted && str_eq(buf_str(&c->item), STR("NULL")))
            buf_add_str(out, STR("null"));
        else
            add_value(c, out, f, buf_str(&c->item));
        if (at < s.n - 1 && s.p[at] != ',') {
            out->n = keep;
            return false;
        }
    }
    buf_add_char(out, ']');
    return true;
}

static void add_cell(struct csv *c, struct buf *out, size_t i)
{
    const struct column *column = &c->columns[i];
    const struct cell *cell = &c->cells[i];
    buf_add_str(out, column->quoted);
    if (!cell->text.n && !cell->quoted) {
        buf_add_str(out, STR("null"));
        return;
    }
    struct str s = cell_text(c, cell);
    if (!column->field || !column->field->list) {
        add_value(c, out, column->field, s);
        return;
    }
    if (s.n && s.p[0] == '[' && is_json(c, s))
        buf_add_str(out, s);
    else if (!add_array(c, out, column->field, s))
        escape_add_quoted(out, s);
}

static enum err header(struct csv *c, uint64_t offset, struct error *e)
{
    CLEANUP(table_done) struct table seen = TABLE_INIT;
    const struct type *type = c->m->entity ? c->m->entity->type : NULL;
    c->columns = ARENA_ARRAY(&c->arena, struct column, c->n_cells);
    c->n_columns = c->n_cells;
    for (size_t i = 0; i < c->n_cells; i++) {
        struct column *column = &c->columns[i];
        struct str name = arena_str(&c->arena, cell_text(c, &c->cells[i]));
        if (!name.n)
            return bad(c, offset, "a column without a name in the header row", e);
        c->typed |= str_eq(name, STR("__typename"));
        column->field = type ? schema_field(type, name) : NULL;
        if (column->field)
            name = column->field->name;
        if (table_put(&seen, name, column))
            return bad(c, offset, "two columns of one name in the header row", e);
        BUF_SCOPED quoted = BUF_INIT;
        escape_add_quoted(&quoted, name);
        buf_add_char(&quoted, ':');
        column->quoted = arena_str(&c->arena, buf_str(&quoted));
    }
    if (!c->m->entity && !c->typed)
        return bad(c, offset,
                   "no entity is known for this table "
                   "(say --entity NAME=Entity)",
                   e);
    c->has_header = true;
    return ERR_OK;
}

static void add_row(struct csv *c, struct chunk *out, uint64_t raw)
{
    size_t at = out->data.n;
    for (size_t i = 0; i < c->n_columns; i++) {
        buf_add_char(&out->data, i ? ',' : '{');
        add_cell(c, &out->data, i);
    }
    buf_add_char(&out->data, '}');
    chunk_add(out, at, out->data.n - at, raw, c->m->entity);
}

/* An empty line is no row, unless rows have one column: then it is a null. */
static bool is_blank(const struct csv *c)
{
    return c->n_columns > 1 && c->n_cells == 1 && !c->cells[0].quoted &&
           !c->cells[0].text.n;
}

static enum err rows(struct csv *c, struct text *t, struct chunk *out, struct error *e)
{
    for (size_t size = 0;; text_eat(t, size)) {
        TRY(next_row(c, t, &size, e));
        if (!size)
            return ERR_OK;
        if (!c->has_header) {
            TRY(header(c, t->offset, e));
            continue;
        }
        if (is_blank(c))
            continue;
        if (c->n_cells != c->n_columns)
            return bad(c, t->offset,
                       c->n_cells < c->n_columns
                           ? "fewer fields than the header row has"
                           : "more fields than the header row has",
                       e);
        if (!out->n_records)
            out->offset = t->offset;
        else if (t->offset + size - out->offset > c->s->chunk)
            return ERR_OK;
        add_row(c, out, t->offset);
        c->row++;
    }
}

static enum err csv_next(struct cutter *base, struct text *t, struct chunk *out,
                         struct error *e)
{
    struct csv *c = (struct csv *)base;
    uint64_t from = t->offset;
    TRY(rows(c, t, out, e));
    out->framing = c->m->final || !c->typed ? FRAMING_FINAL : 0;
    out->bytes = t->offset - from;
    return ERR_OK;
}

static void csv_close(struct cutter *base)
{
    struct csv *c = (struct csv *)base;
    arena_done(&c->arena);
    free(c->cells);
    buf_done(&c->text);
    buf_done(&c->item);
    scan_done(&c->scan);
    free(c);
}

struct cutter *cut_csv_new(struct source *s, const struct member *m)
{
    struct csv *c = NEW(struct csv);
    c->base = (struct cutter){csv_next, csv_close};
    c->s = s;
    c->m = m;
    scan_init(&c->scan);
    return &c->base;
}
