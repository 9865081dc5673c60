#include "store/row.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "json/escape.h"
#include "json/number.h"
#include "json/scan.h"

#define EXACT_DIGITS 15  /* decimals of so many digits survive a double (IEEE 754) */
#define EXACT_POWER  22  /* 10^22 is the last power of ten that a double holds */
#define MOST_DIGITS  19  /* of an int64 */
#define GUESSES      256 /* members of a record whose fields are guessed */

/* What is known of a table from its last records. */
struct seen {
    const struct field *guess[GUESSES]; /* member i was this field */
    uint64_t *more;                     /* row_maker_more() */
};

struct row_maker {
    const struct layout *layout;
    struct canon *canon, *again;
    struct row_printer *printer;
    struct seen *seen; /* per table */
    struct buf more, scratch;
    struct scan scan;
    /* Of the record at hand: its canonical text, and where its copy is in rows.text */
    const char *origin;
    size_t base;
    bool doubtful; /* the row must be compared */
};

/* ---- rows */

void rows_begin(struct rows *r, const struct layout_table *t,
                const struct entity *entity, size_t n)
{
    size_t columns = t ? t->n_columns : 0, words = (columns + 63) / 64;
    r->table = t;
    r->entity = entity;
    r->n = 0;
    buf_clear(&r->text);
    if (n > r->cap) {
        r->rows = alloc_resize(r->rows, n, sizeof *r->rows);
        r->cap = n;
    }
    if (n * columns > r->cap_cells) {
        r->cells = alloc_resize(r->cells, n * columns, sizeof *r->cells);
        r->cap_cells = n * columns;
    }
    if (n * words > r->cap_present) {
        r->present = alloc_resize(r->present, n * words, sizeof *r->present);
        r->cap_present = n * words;
    }
}

void rows_done(struct rows *r)
{
    buf_done(&r->text);
    free(r->rows);
    free(r->cells);
    free(r->present);
    *r = (struct rows){0};
}

struct row_maker *row_maker_new(const struct layout *l)
{
    struct row_maker *m = NEW(struct row_maker);
    m->layout = l;
    m->canon = canon_new();
    m->again = canon_new();
    m->printer = row_printer_new();
    m->seen = alloc_zero(layout_n_tables(l) + 1, sizeof *m->seen);
    scan_init(&m->scan);
    return m;
}

void row_maker_free(struct row_maker *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < layout_n_tables(m->layout); i++)
        free(m->seen[i].more);
    free(m->seen);
    canon_free(m->canon);
    canon_free(m->again);
    row_printer_free(m->printer);
    buf_done(&m->more);
    buf_done(&m->scratch);
    scan_done(&m->scan);
    free(m);
}

const uint64_t *row_maker_more(const struct row_maker *m, const struct layout_table *t)
{
    return m->seen[t->index].more;
}

/* ---- canonical text, which is known to be well-formed */

/* Behind the string that begins at `p` (its quote). */
static const char *string_end(const char *p, const char *end, bool *escaped)
{
    const char *q = memchr(p + 1, '"', (size_t)(end - p - 1));
    *escaped = memchr(p + 1, '\\', (size_t)(q - p - 1)) != NULL;
    if (!*escaped)
        return q + 1;
    for (q = p + 1; *q != '"'; q++)
        q += *q == '\\';
    return q + 1;
}

static const char *value_end(const char *p, const char *end, bool *escaped)
{
    unsigned depth = 0;
    bool unused;
    *escaped = false;
    if (*p == '"')
        return string_end(p, end, escaped);
    for (; p < end; p++) {
        if (*p == '"')
            p = string_end(p, end, &unused) - 1;
        else if (*p == '{' || *p == '[')
            depth++;
        else if ((*p == '}' || *p == ']' || *p == ',') && !depth)
            return p;
        else if (*p == '}' || *p == ']')
            depth--;
    }
    return p;
}

/* A canonical number: m digits as an integer, times 10^power; false past MOST_DIGITS.
 */
struct decimal {
    bool negative;
    unsigned digits;
    uint64_t m;
    int64_t power;
};

static bool decimal_read(struct str text, struct decimal *d)
{
    size_t i = text.p[0] == '-';
    *d = (struct decimal){.negative = i > 0};
    for (; i < text.n && text.p[i] != 'e'; i++) {
        if (text.p[i] == '.')
            continue;
        if (d->digits++ == MOST_DIGITS)
            return false;
        d->m = d->m * 10 + (uint64_t)(text.p[i] - '0');
    }
    int64_t exponent = 0;
    bool negative = false;
    for (i++; i < text.n; i++) {
        if (text.p[i] == '-')
            negative = true;
        else
            exponent = exponent * 10 + (text.p[i] - '0');
    }
    d->power = (negative ? -exponent : exponent) - (int64_t)d->digits + 1;
    return true;
}

static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* A number as people write it, where that is not long: 7, 12.5, 0.001, 1.5e30. */
static void add_plain(struct buf *out, struct str canonical)
{
    struct decimal d;
    char text[48];
    if (!decimal_read(canonical, &d) || d.power > 18 || d.power < -25) {
        buf_add_str(out, canonical);
        return;
    }
    unsigned point = d.power < 0 ? (unsigned)-d.power : 0;
    int n =
        snprintf(text, sizeof text, "%0*llu", (int)point + 1, (unsigned long long)d.m);
    if (d.negative)
        buf_add_char(out, '-');
    buf_add(out, text, (size_t)n - point);
    if (point) {
        buf_add_char(out, '.');
        buf_add(out, text + n - point, point);
    }
    for (int64_t i = 0; i < d.power; i++)
        buf_add_char(out, '0');
}

/* A canonical value with its numbers as people write them. */
static void add_json(struct buf *out, struct str value)
{
    const char *p = value.p, *end = p + value.n, *from = p;
    bool escaped;
    while (p < end) {
        if (*p == '"') {
            p = string_end(p, end, &escaped);
        } else if (*p == '-' || (*p >= '0' && *p <= '9')) {
            buf_add(out, from, (size_t)(p - from));
            for (from = p; p < end && strchr("0123456789-.e", *p); p++)
                ;
            add_plain(out, str_n(from, (size_t)(p - from)));
            from = p;
        } else {
            p++;
        }
    }
    buf_add(out, from, (size_t)(p - from));
}

/* ---- values into cells; false: the column cannot hold it exactly */

static bool cell_integer(struct str v, bool is_id, struct cell *out)
{
    uint64_t m = 0;
    bool negative;
    if (*v.p == '"') { /* an id, which is canonical as a string */
        struct str digits = str_n(v.p + 1, v.n - 2);
        if (!is_id || digits.n > MOST_DIGITS + 1 || !number_is_integer(digits))
            return false;
        negative = *digits.p == '-';
        for (size_t i = negative; i < digits.n; i++)
            if (__builtin_mul_overflow(m, (uint64_t)10, &m) ||
                __builtin_add_overflow(m, (uint64_t)(digits.p[i] - '0'), &m))
                return false;
    } else {
        struct decimal d;
        if (is_id || !decimal_read(v, &d) || d.power < 0 || d.power > MOST_DIGITS)
            return false;
        negative = d.negative;
        for (m = d.m; d.power > 0; d.power--)
            if (__builtin_mul_overflow(m, (uint64_t)10, &m))
                return false;
    }
    if (m > (uint64_t)INT64_MAX)
        return false;
    *out = (struct cell){.type = CELL_INT, .i = negative ? -(int64_t)m : (int64_t)m};
    return true;
}

/* Numbers that are not plainly exact: is what comes out the same again? */
static bool comes_back(struct row_maker *m, struct str v, double d)
{
    BUF_SCOPED back = BUF_INIT;
    buf_clear(&m->scratch);
    row_add_real(&m->scratch, d);
    return number_is(buf_str(&m->scratch)) &&
           number_canonical(buf_str(&m->scratch), &back, NULL) == ERR_OK &&
           str_eq(buf_str(&back), v);
}

static bool cell_real(struct row_maker *m, struct str v, bool is_id, struct cell *out)
{
    struct decimal d;
    if (*v.p == '"') {
        if (!cell_integer(v, is_id, out) || v.n - 2 > EXACT_DIGITS)
            return false;
        *out = (struct cell){.type = CELL_REAL, .d = (double)out->i};
        return true;
    }
    if (is_id || !decimal_read(v, &d))
        return false;
    double r = (double)d.m;
    out->type = CELL_REAL;
    if (d.digits <= EXACT_DIGITS && d.power >= -EXACT_POWER && d.power <= EXACT_POWER) {
        r = d.power < 0 ? r / powers[-d.power] : r * powers[d.power];
        out->d = d.negative ? -r : r;
        return true;
    }
    buf_clear(&m->scratch);
    buf_add_str(&m->scratch, v);
    out->d = strtod(buf_cstr(&m->scratch), NULL);
    return comes_back(m, v, out->d);
}

/* The text of a string into rows.text, or where it stands already. */
static bool cell_string(const struct row_maker *m, struct str v, bool escaped,
                        struct rows *out, struct cell *cell)
{
    struct str token = str_n(v.p + 1, v.n - 2);
    *cell = (struct cell){
        .type = CELL_TEXT, .at = m->base + (size_t)(token.p - m->origin), .n = token.n};
    if (!escaped)
        return true;
    cell->at = out->text.n;
    if (scan_unescape(token, &out->text, NULL) != ERR_OK)
        return false;
    cell->n = out->text.n - cell->at;
    /* SQLite takes a NUL in a text, people's tools do not. */
    return cell->n == 0 || !memchr(out->text.p + cell->at, 0, cell->n);
}

static bool cell_json(struct str v, struct rows *out, struct cell *cell)
{
    *cell = (struct cell){.type = CELL_TEXT, .at = out->text.n};
    add_json(&out->text, v);
    cell->n = out->text.n - cell->at;
    return true;
}

/* What a JSONString holds. A canonical string was no JSON, or the JSON of a string: if
 * its text could be taken for JSON, it must have been the latter. */
static bool cell_json_string(struct row_maker *m, struct str v, bool escaped,
                             struct rows *out, struct cell *cell)
{
    if (*v.p == '"') {
        size_t from = m->base + (size_t)(v.p - m->origin);
        bool fits = cell_string(m, v, escaped, out, cell);
        if (!fits || !row_is_json(&m->scan, str_n(out->text.p + cell->at, cell->n)))
            return fits;
        *cell = (struct cell){.type = CELL_TEXT, .at = from, .n = v.n};
        return true;
    }
    return cell_json(v, out, cell);
}

static bool cell_fill(struct row_maker *m, const struct layout_column *c, struct str v,
                      bool escaped, struct rows *out, struct cell *cell)
{
    bool string = *v.p == '"', number = *v.p == '-' || (*v.p >= '0' && *v.p <= '9');
    switch (c->kind) {
    case LAYOUT_INTEGER:
        return (string || number) && cell_integer(v, c->field->is_id, cell);
    case LAYOUT_REAL:
        return (string || number) && cell_real(m, v, c->field->is_id, cell);
    case LAYOUT_BOOLEAN:
        *cell = (struct cell){.type = CELL_INT, .i = *v.p == 't'};
        return *v.p == 't' || *v.p == 'f';
    case LAYOUT_TEXT: return string && cell_string(m, v, escaped, out, cell);
    case LAYOUT_JSON_STRING: return cell_json_string(m, v, escaped, out, cell);
    case LAYOUT_JSON:
        /* Elements that hold JSON are not told from their content. */
        m->doubtful = m->doubtful || c->field->kind == TYPE_JSON_STRING;
        return cell_json(v, out, cell);
    }
    return false;
}

/* ---- records */

static void more_add(struct row_maker *m, struct str name, struct str value,
                     const struct field *f, struct rows *out)
{
    buf_printf(&m->more, "%c\"%.*s\":", m->more.n ? ',' : '{', STR_ARG(name));
    bool object = f && (f->kind == TYPE_OBJECT || f->kind == TYPE_UNION);
    bool holds_json = f && f->kind == TYPE_JSON_STRING && *value.p != 'n';
    m->doubtful = m->doubtful || (object && *value.p != 'n') || (holds_json && f->list);
    if (!holds_json || f->list) {
        add_json(&m->more, value);
        return;
    }
    struct cell text;
    size_t at = out->text.n;
    bool escaped = memchr(value.p, '\\', value.n) != NULL;
    cell_json_string(m, value, escaped, out, &text);
    escape_add_quoted(&m->more, str_n(out->text.p + text.at, text.n));
    out->text.n = at;
}

static void more_count(struct row_maker *m, const struct layout_table *t, size_t what)
{
    uint64_t **counts = &m->seen[t->index].more;
    if (!*counts)
        *counts = alloc_zero(t->type->n_fields + 2, sizeof **counts);
    (*counts)[what]++;
}

static const struct field *member_field(struct seen *seen, const struct type *type,
                                        size_t i, struct str name, bool escaped)
{
    const struct field *f = i < GUESSES ? seen->guess[i] : NULL;
    if (f && str_eq(f->name, name))
        return f;
    f = escaped ? NULL : schema_field(type, name);
    if (!f || !str_eq(f->name, name)) /* canonical names are GraphQL's */
        return NULL;
    if (i < GUESSES)
        seen->guess[i] = f;
    return f;
}

static void take_member(struct row_maker *m, const struct field *f, struct str name,
                        struct str value, bool escaped, struct rows *out)
{
    const struct layout_table *t = out->table;
    struct row *row = &out->rows[out->n];
    int column = f ? layout_column(t, f) : -1;
    if (column >= 0) {
        struct cell *cell = &row->cells[column];
        row->present[column / 64] |= (uint64_t)1 << (column % 64);
        if (*value.p == 'n' ||
            cell_fill(m, &t->columns[column], value, escaped, out, cell))
            return;
        *cell = (struct cell){.type = CELL_NULL};
    }
    more_add(m, name, value, f, out);
    more_count(m, t, f ? f->rank : t->type->n_fields);
}

static void take_members(struct row_maker *m, struct str text, struct rows *out)
{
    struct seen *seen = &m->seen[out->table->index];
    const char *p = text.p + 1, *end = text.p + text.n - 1;
    for (size_t i = 0; p < end; i++) {
        bool escaped;
        const char *q = string_end(p, end, &escaped);
        struct str name = str_n(p + 1, (size_t)(q - p) - 2);
        const struct field *f = member_field(seen, out->table->type, i, name, escaped);
        p = q + 1;
        q = value_end(p, end, &escaped);
        take_member(m, f, name, str_n(p, (size_t)(q - p)), escaped, out);
        p = q + 1; /* behind the comma */
    }
}

static bool has_key(const struct layout_table *t, const struct row *row)
{
    for (size_t i = 0; i < t->n_key; i++)
        if (row->cells[t->key[i] - t->columns].type == CELL_NULL)
            return false;
    return true;
}

/* Does the row say what the record says? */
static bool is_exact(struct row_maker *m, const struct row *row, const struct rows *r,
                     struct str canonical)
{
    const struct layout_table *t = r->table;
    struct row_value *values = alloc_zero(t->n_columns, sizeof *values);
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct cell *c = &row->cells[i];
        values[i].type = c->type;
        if (c->type == CELL_TEXT)
            values[i].text = str_n(r->text.p + c->at, c->n);
        else if (c->type == CELL_INT)
            values[i].i = c->i;
        else if (c->type == CELL_REAL)
            values[i].d = c->d;
    }
    const struct row_source source = {.table = t,
                                      .values = values,
                                      .more = buf_str(&m->more),
                                      .present = row->present};
    struct canon_record back;
    buf_clear(&m->scratch);
    bool same = row_print(m->printer, &source, &m->scratch, NULL) == ERR_OK &&
                canon_record(m->again, r->entity, buf_str(&m->scratch), &back, NULL) ==
                    ERR_OK &&
                str_eq(back.text, canonical);
    free(values);
    return same;
}

static void unplace(struct rows *out, size_t at, enum unplaced why)
{
    out->text.n = at;
    out->rows[out->n++] = (struct row){.reason = why};
}

enum err row_make(struct row_maker *m, struct str record, struct rows *out,
                  struct error *e)
{
    const struct layout_table *t = out->table;
    struct canon_record canonical;
    struct row *row = &out->rows[out->n];
    size_t at = out->text.n;
    TRY(canon_record(m->canon, out->entity, record, &canonical, e));
    if (!t) {
        unplace(out, at, UNPLACED_ENTITY);
        return ERR_OK;
    }
    size_t words = (t->n_columns + 63) / 64;
    *row = (struct row){.cells = out->cells + out->n * t->n_columns,
                        .present = out->present + out->n * words};
    memset(row->cells, 0, t->n_columns * sizeof *row->cells);
    memset(row->present, 0, words * sizeof *row->present);
    m->origin = canonical.text.p;
    m->base = at;
    m->doubtful = false;
    buf_clear(&m->more);
    buf_add_str(&out->text, canonical.text);
    take_members(m, canonical.text, out);
    if (m->more.n) {
        buf_add_char(&m->more, '}');
        row->more = (struct cell){.type = CELL_TEXT, .at = out->text.n, .n = m->more.n};
        buf_add_str(&out->text, buf_str(&m->more));
        more_count(m, t, t->type->n_fields + 1);
    }
    if (!has_key(t, row))
        unplace(out, at, UNPLACED_KEY);
    else if (m->doubtful && !is_exact(m, row, out, canonical.text))
        unplace(out, at, UNPLACED_EXACT);
    else
        out->n++;
    return ERR_OK;
}
