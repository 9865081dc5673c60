#include "demo/row.h"

#include <stdio.h>

#include "demo/cast.h"
#include "json/escape.h"

/* The record has ROW_ROOM bytes reserved, so the small writes need no check each. */
static void put(struct buf *b, const char *p, size_t n)
{
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

static void put_char(struct buf *b, char c)
{
    b->p[b->n++] = c;
}

static void put_uint(struct buf *b, uint64_t v)
{
    char digits[20];
    unsigned i = sizeof digits;

    do
        digits[--i] = (char)('0' + v % 10);
    while ((v /= 10) > 0);
    put(b, digits + i, sizeof digits - i);
}

static void put_pair(char *p, unsigned v)
{
    p[0] = (char)('0' + v / 10);
    p[1] = (char)('0' + v % 10);
}

void row_entity(struct row *r, const struct type *type)
{
    r->type = type;
    r->n = 0;
}

static void learn(struct row *r, const char *name)
{
    struct row_column *c = &r->columns[r->n];
    size_t n = 0;

    assert(r->n < ROW_FIELDS);
    c->name = name;
    c->field = schema_field(r->type, str_of(name));
    assert(c->field && str_eq(c->field->name, str_of(name)));
    if (r->n > 0 || (r->typename && r->dialect == ROW_GRAPHQL))
        c->bytes[n++] = ',';
    if (r->dialect != ROW_CSV) {
        struct str s = r->dialect == ROW_TABLE ? c->field->column : c->field->name;
        assert(s.n + 4 <= sizeof c->bytes);
        c->bytes[n++] = '"';
        memcpy(c->bytes + n, s.p, s.n);
        n += s.n;
        c->bytes[n++] = '"';
        c->bytes[n++] = ':';
    }
    c->lead = str_n(c->bytes, n);
    r->n++;
}

/* What stands before the next value. */
static struct buf *lead(struct row *r, const char *name)
{
    struct row_column *c = &r->columns[r->next];

    if (__builtin_expect(r->next == r->n, 0))
        learn(r, name);
    assert(c->name == name || strcmp(c->name, name) == 0);
    r->next++;
    put(r->out, c->lead.p, c->lead.n);
    return r->out;
}

void row_begin(struct row *r, uint64_t id)
{
    r->next = 0;
    text_clear(&r->text);
    buf_room(r->out, ROW_ROOM);
    if (r->truth)
        snprintf(r->key, sizeof r->key, "%llu", (unsigned long long)id);
    if (r->dialect == ROW_CSV)
        return;
    put_char(r->out, '{');
    if (r->typename && r->dialect == ROW_GRAPHQL) {
        put(r->out, "\"__typename\":\"", 14);
        put(r->out, r->type->name.p, r->type->name.n);
        put_char(r->out, '"');
    }
}

void row_key(struct row *r, const char *json)
{
    if (r->truth)
        snprintf(r->key, sizeof r->key, "%s", json);
}

void row_end(struct row *r)
{
    assert(r->next == r->n);
    if (r->dialect != ROW_CSV)
        put_char(r->out, '}');
}

void row_null(struct row *r, const char *name)
{
    struct buf *b = lead(r, name);

    if (r->dialect != ROW_CSV)
        put(b, "null", 4);
}

void row_uint(struct row *r, const char *name, uint64_t v)
{
    put_uint(lead(r, name), v);
}

void row_ref(struct row *r, const char *name, uint64_t id)
{
    if (id)
        row_uint(r, name, id);
    else
        row_null(r, name);
}

void row_decimal(struct row *r, const char *name, int64_t v, unsigned places)
{
    struct text t;
    struct buf *b = lead(r, name);

    text_clear(&t);
    text_decimal(&t, v, places);
    put(b, t.p, t.n);
}

void row_bool(struct row *r, const char *name, bool v)
{
    struct buf *b = lead(r, name);

    if (r->dialect == ROW_CSV)
        put_char(b, v ? 't' : 'f');
    else if (v)
        put(b, "true", 4);
    else
        put(b, "false", 5);
}

void row_word(struct row *r, const char *name, struct str ascii)
{
    struct buf *b = lead(r, name);

    put_char(b, '"');
    put(b, ascii.p, ascii.n);
    put_char(b, '"');
}

/* Days since 1970 to year, month, day in the proleptic Gregorian calendar. */
static void civil(uint64_t days, unsigned *year, unsigned *month, unsigned *day)
{
    uint64_t z = days + 719468, era = z / 146097, doe = z % 146097;
    uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    uint64_t mp = (5 * doy + 2) / 153;

    *day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
    *month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
    *year = (unsigned)(yoe + era * 400 + (*month <= 2));
}

void row_time(struct row *r, const char *name, uint64_t us)
{
    unsigned year, month, day;
    uint64_t seconds = us / 1000000, fraction = us % 1000000;
    unsigned of_day = (unsigned)(seconds % 86400);
    char p[] = "\"2000-01-01T00:00:00.000000+00:00\"";

    if (us == 0) {
        row_null(r, name);
        return;
    }
    civil(seconds / 86400, &year, &month, &day);
    put_pair(p + 1, year / 100);
    put_pair(p + 3, year % 100);
    put_pair(p + 6, month);
    put_pair(p + 9, day);
    put_pair(p + 12, of_day / 3600);
    put_pair(p + 15, of_day / 60 % 60);
    put_pair(p + 18, of_day % 60);
    put_pair(p + 21, (unsigned)(fraction / 10000));
    put_pair(p + 23, (unsigned)(fraction / 100 % 100));
    put_pair(p + 25, (unsigned)(fraction % 100));
    put(lead(r, name), p, sizeof p - 1);
}

void row_hex(struct row *r, const char *name, uint64_t high, uint64_t low)
{
    static const char digits[] = "0123456789abcdef";
    char p[34];

    p[0] = p[33] = '"';
    for (unsigned i = 0; i < 16; i++) {
        p[1 + i] = digits[high >> (60 - 4 * i) & 15];
        p[17 + i] = digits[low >> (60 - 4 * i) & 15];
    }
    put(lead(r, name), p, sizeof p);
}

static void put_csv(struct buf *b, struct str s)
{
    put_char(b, '"');
    while (s.n > 0) {
        const char *quote = memchr(s.p, '"', s.n);
        size_t n = quote ? (size_t)(quote - s.p) + 1 : s.n;
        put(b, s.p, n);
        if (quote)
            put_char(b, '"');
        s = str_from(s, n);
    }
    put_char(b, '"');
}

static void put_text(struct row *r, const char *name)
{
    struct buf *b = lead(r, name);

    if (r->dialect == ROW_CSV)
        put_csv(b, text_str(&r->text));
    else
        escape_add_quoted(b, text_str(&r->text));
}

void row_text(struct row *r, const char *name)
{
    put_text(r, name);
    row_truth_marks(r, name);
    text_clear(&r->text);
}

void row_secret(struct row *r, const char *name, enum text_class class)
{
    put_text(r, name);
    row_truth_value(r, name, class, "field", text_str(&r->text));
    text_clear(&r->text);
}

void row_secret_decimal(struct row *r, const char *name, enum text_class class,
                        int64_t v, unsigned places)
{
    size_t from;

    row_decimal(r, name, v, places);
    if (!r->truth)
        return;
    from = r->out->n;
    while (from > 0 && (r->out->p[from - 1] == '-' || r->out->p[from - 1] == '.' ||
                        (r->out->p[from - 1] >= '0' && r->out->p[from - 1] <= '9')))
        from--;
    row_truth_value(r, name, class, "field", str_n(r->out->p + from, r->out->n - from));
}

struct buf *row_json(struct row *r, const char *name)
{
    struct buf *b = lead(r, name);

    if (r->dialect != ROW_CSV)
        return b;
    buf_clear(&r->side);
    buf_room(&r->side, ROW_ROOM / 2);
    return &r->side;
}

void row_json_end(struct row *r)
{
    if (r->dialect == ROW_CSV)
        put_csv(r->out, buf_str(&r->side));
}

static void put_scalar(struct row *r, const char *name)
{
    struct buf *b = row_json(r, name);

    escape_add_quoted(b, text_str(&r->text));
    row_json_end(r);
}

void row_scalar_text(struct row *r, const char *name)
{
    put_scalar(r, name);
    row_truth_marks(r, name);
    text_clear(&r->text);
}

void row_scalar_secret(struct row *r, const char *name, enum text_class class)
{
    put_scalar(r, name);
    row_truth_value(r, name, class, "field", text_str(&r->text));
    text_clear(&r->text);
}

static struct buf *slate(struct row *r)
{
    return r->dialect == ROW_CSV ? &r->side : r->out;
}

void row_slate(struct row *r, const char *name)
{
    struct buf *b = row_json(r, name);

    r->slate_name = name;
    r->slate_n = 0;
    put(b, "{\"children\":[", 13);
}

static struct buf *slate_node(struct row *r)
{
    struct buf *b = slate(r);

    if (r->slate_n++ > 0)
        put_char(b, ',');
    return b;
}

void row_slate_text(struct row *r, bool bold)
{
    static const char open[] = "{\"type\":\"paragraph\",\"children\":[{\"text\":";
    struct buf *b = slate_node(r);
    char path[96];

    put(b, open, sizeof open - 1);
    escape_add_quoted(b, text_str(&r->text));
    if (bold)
        put(b, ",\"bold\":true", 12);
    put(b, "}]}", 3);
    if (r->truth) {
        snprintf(path, sizeof path, "%s.children[%u].children[0].text", r->slate_name,
                 r->slate_n - 1);
        row_truth_marks(r, path);
    }
    text_clear(&r->text);
}

void row_slate_image(struct row *r, uint64_t file_attachment)
{
    static const char open[] = "{\"type\":\"image\",\"reference\":";
    static const char close[] = ",\"children\":[{\"text\":\"\"}]}";
    struct buf *b = slate_node(r);

    put(b, open, sizeof open - 1);
    put_uint(b, file_attachment);
    put(b, close, sizeof close - 1);
}

void row_slate_mention(struct row *r, uint64_t user)
{
    static const char open[] = "{\"type\":\"mention\",\"character\":";
    static const char close[] = ",\"children\":[{\"text\":\"\"}]}";
    struct buf *b = slate_node(r);
    char path[96];

    text_clear(&r->text);
    cast_person(r->plan, user, &r->text);
    put(b, open, sizeof open - 1);
    escape_add_quoted(b, text_str(&r->text));
    put(b, close, sizeof close - 1);
    if (r->truth) {
        snprintf(path, sizeof path, "%s.children[%u].character", r->slate_name,
                 r->slate_n - 1);
        row_truth_value(r, path, TEXT_NAME, "field", text_str(&r->text));
    }
    text_clear(&r->text);
}

void row_slate_end(struct row *r)
{
    put(slate(r), "]}", 2);
    row_json_end(r);
}

static const char *const class_names[] = {
#define X(name, text) text,
    TEXT_CLASSES(X)
#undef X
};

/* {"entity":…,"key":…,"path":…,"class":…,"kind":…,"value":… without the end. */
static void truth_open(struct row *r, const char *path, enum text_class class,
                       const char *kind, struct str value)
{
    struct buf *b = r->truth;

    buf_printf(b,
               "{\"entity\":\"%.*s\",\"key\":%s,\"path\":\"%s\",\"class\":\"%s\","
               "\"kind\":\"%s\",\"value\":",
               STR_ARG(r->type->name), r->key, path, class_names[class], kind);
    escape_add_quoted(b, value);
}

void row_truth_value(struct row *r, const char *path, enum text_class class,
                     const char *kind, struct str value)
{
    if (!r->truth || class == TEXT_NONE)
        return;
    truth_open(r, path, class, kind, value);
    buf_add(r->truth, "}\n", 2);
}

static size_t code_points(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((uint8_t)s.p[i] & 0xc0) != 0x80;
    return n;
}

void row_truth_marks(struct row *r, const char *path)
{
    const struct text *t = &r->text;

    if (!r->truth)
        return;
    for (unsigned i = 0; i < t->n_marks; i++) {
        const struct mark *m = &t->marks[i];
        if (m->inner.p) {
            row_truth_value(r, path, m->class, "nested", m->inner);
            continue;
        }
        struct str value = str_n(t->p + m->at, m->n);
        size_t start = code_points(str_n(t->p, m->at));
        truth_open(r, path, m->class, "text", value);
        buf_printf(r->truth, ",\"start\":%zu,\"end\":%zu}\n", start,
                   start + code_points(value));
    }
}

void row_done(struct row *r)
{
    buf_done(&r->side);
}
