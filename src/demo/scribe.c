#include "demo/scribe.h"

#include <stdio.h>

#include "demo/cast.h"
#include "json/escape.h"

/* The record has SCRIBE_ROOM bytes reserved, so the small writes need no check each. */
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

void scribe_entity(struct scribe *r, const struct type *type)
{
    r->type = type;
    r->n = 0;
}

static void learn(struct scribe *r, const char *name)
{
    struct scribe_column *c = &r->columns[r->n];
    size_t n = 0;

    assert(r->n < SCRIBE_FIELDS);
    c->name = name;
    c->field = schema_field(r->type, str_of(name));
    assert(c->field && str_eq(c->field->name, str_of(name)));
    if (r->n > 0 || (r->typename && r->dialect == SCRIBE_GRAPHQL))
        c->bytes[n++] = ',';
    if (r->dialect != SCRIBE_CSV) {
        struct str s = r->dialect == SCRIBE_TABLE ? c->field->column : c->field->name;
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
static struct buf *lead(struct scribe *r, const char *name)
{
    struct scribe_column *c = &r->columns[r->next];

    if (__builtin_expect(r->next == r->n, 0))
        learn(r, name);
    assert(c->name == name || strcmp(c->name, name) == 0);
    r->next++;
    put(r->out, c->lead.p, c->lead.n);
    return r->out;
}

void scribe_begin(struct scribe *r, uint64_t id)
{
    r->next = 0;
    leaf_clear(&r->text);
    buf_room(r->out, SCRIBE_ROOM);
    if (r->truth)
        snprintf(r->key, sizeof r->key, "%llu", (unsigned long long)id);
    if (r->dialect == SCRIBE_CSV)
        return;
    put_char(r->out, '{');
    if (r->typename && r->dialect == SCRIBE_GRAPHQL) {
        put(r->out, "\"__typename\":\"", 14);
        put(r->out, r->type->name.p, r->type->name.n);
        put_char(r->out, '"');
    }
}

void scribe_key(struct scribe *r, const char *json)
{
    if (r->truth)
        snprintf(r->key, sizeof r->key, "%s", json);
}

void scribe_end(struct scribe *r)
{
    assert(r->next == r->n);
    if (r->dialect != SCRIBE_CSV)
        put_char(r->out, '}');
}

void scribe_null(struct scribe *r, const char *name)
{
    struct buf *b = lead(r, name);

    if (r->dialect != SCRIBE_CSV)
        put(b, "null", 4);
}

void scribe_uint(struct scribe *r, const char *name, uint64_t v)
{
    put_uint(lead(r, name), v);
}

void scribe_ref(struct scribe *r, const char *name, uint64_t id)
{
    if (id)
        scribe_uint(r, name, id);
    else
        scribe_null(r, name);
}

void scribe_decimal(struct scribe *r, const char *name, int64_t v, unsigned places)
{
    struct leaf t;
    struct buf *b = lead(r, name);

    leaf_clear(&t);
    leaf_decimal(&t, v, places);
    put(b, t.p, t.n);
}

void scribe_bool(struct scribe *r, const char *name, bool v)
{
    struct buf *b = lead(r, name);

    if (r->dialect == SCRIBE_CSV)
        put_char(b, v ? 't' : 'f');
    else if (v)
        put(b, "true", 4);
    else
        put(b, "false", 5);
}

void scribe_word(struct scribe *r, const char *name, struct str ascii)
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

void scribe_time(struct scribe *r, const char *name, uint64_t us)
{
    unsigned year, month, day;
    uint64_t seconds = us / 1000000, fraction = us % 1000000;
    unsigned of_day = (unsigned)(seconds % 86400);
    char p[] = "\"2000-01-01T00:00:00.000000+00:00\"";

    if (us == 0) {
        scribe_null(r, name);
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

void scribe_hex(struct scribe *r, const char *name, uint64_t high, uint64_t low)
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

static void put_text(struct scribe *r, const char *name)
{
    struct buf *b = lead(r, name);

    if (r->dialect == SCRIBE_CSV)
        put_csv(b, leaf_str(&r->text));
    else
        escape_add_quoted(b, leaf_str(&r->text));
}

void scribe_text(struct scribe *r, const char *name)
{
    put_text(r, name);
    scribe_truth_marks(r, name);
    leaf_clear(&r->text);
}

void scribe_secret(struct scribe *r, const char *name, enum leaf_class class)
{
    put_text(r, name);
    scribe_truth_value(r, name, class, "field", leaf_str(&r->text));
    leaf_clear(&r->text);
}

void scribe_secret_decimal(struct scribe *r, const char *name, enum leaf_class class,
                           int64_t v, unsigned places)
{
    size_t from;

    scribe_decimal(r, name, v, places);
    if (!r->truth)
        return;
    from = r->out->n;
    while (from > 0 && (r->out->p[from - 1] == '-' || r->out->p[from - 1] == '.' ||
                        (r->out->p[from - 1] >= '0' && r->out->p[from - 1] <= '9')))
        from--;
    scribe_truth_value(r, name, class, "field",
                       str_n(r->out->p + from, r->out->n - from));
}

struct buf *scribe_json(struct scribe *r, const char *name)
{
    struct buf *b = lead(r, name);

    if (r->dialect != SCRIBE_CSV)
        return b;
    buf_clear(&r->side);
    buf_room(&r->side, SCRIBE_ROOM / 2);
    return &r->side;
}

void scribe_json_end(struct scribe *r)
{
    if (r->dialect == SCRIBE_CSV)
        put_csv(r->out, buf_str(&r->side));
}

static void put_scalar(struct scribe *r, const char *name)
{
    struct buf *b = scribe_json(r, name);

    escape_add_quoted(b, leaf_str(&r->text));
    scribe_json_end(r);
}

void scribe_scalar_text(struct scribe *r, const char *name)
{
    put_scalar(r, name);
    scribe_truth_marks(r, name);
    leaf_clear(&r->text);
}

void scribe_scalar_secret(struct scribe *r, const char *name, enum leaf_class class)
{
    put_scalar(r, name);
    scribe_truth_value(r, name, class, "field", leaf_str(&r->text));
    leaf_clear(&r->text);
}

static struct buf *slate(struct scribe *r)
{
    return r->dialect == SCRIBE_CSV ? &r->side : r->out;
}

void scribe_slate(struct scribe *r, const char *name)
{
    struct buf *b = scribe_json(r, name);

    r->slate_name = name;
    r->slate_n = 0;
    put(b, "{\"children\":[", 13);
}

static struct buf *slate_node(struct scribe *r)
{
    struct buf *b = slate(r);

    if (r->slate_n++ > 0)
        put_char(b, ',');
    return b;
}

void scribe_slate_text(struct scribe *r, bool bold)
{
    static const char open[] = "{\"type\":\"paragraph\",\"children\":[{\"text\":";
    struct buf *b = slate_node(r);
    char path[96];

    put(b, open, sizeof open - 1);
    escape_add_quoted(b, leaf_str(&r->text));
    if (bold)
        put(b, ",\"bold\":true", 12);
    put(b, "}]}", 3);
    if (r->truth) {
        snprintf(path, sizeof path, "%s.children[%u].children[0].text", r->slate_name,
                 r->slate_n - 1);
        scribe_truth_marks(r, path);
    }
    leaf_clear(&r->text);
}

void scribe_slate_image(struct scribe *r, uint64_t file_attachment)
{
    static const char open[] = "{\"type\":\"image\",\"reference\":";
    static const char close[] = ",\"children\":[{\"text\":\"\"}]}";
    struct buf *b = slate_node(r);

    put(b, open, sizeof open - 1);
    put_uint(b, file_attachment);
    put(b, close, sizeof close - 1);
}

void scribe_slate_mention(struct scribe *r, uint64_t user)
{
    static const char open[] = "{\"type\":\"mention\",\"character\":";
    static const char close[] = ",\"children\":[{\"text\":\"\"}]}";
    struct buf *b = slate_node(r);
    char path[96];

    leaf_clear(&r->text);
    cast_person(r->census, user, &r->text);
    put(b, open, sizeof open - 1);
    escape_add_quoted(b, leaf_str(&r->text));
    put(b, close, sizeof close - 1);
    if (r->truth) {
        snprintf(path, sizeof path, "%s.children[%u].character", r->slate_name,
                 r->slate_n - 1);
        scribe_truth_value(r, path, LEAF_NAME, "field", leaf_str(&r->text));
    }
    leaf_clear(&r->text);
}

void scribe_slate_end(struct scribe *r)
{
    put(slate(r), "]}", 2);
    scribe_json_end(r);
}

static const char *const class_names[] = {
#define X(name, text) text,
    LEAF_CLASSES(X)
#undef X
};

/* {"entity":…,"key":…,"path":…,"class":…,"kind":…,"value":… without the end. */
static void truth_open(struct scribe *r, const char *path, enum leaf_class class,
                       const char *kind, struct str value)
{
    struct buf *b = r->truth;

    buf_printf(b,
               "{\"entity\":\"%.*s\",\"key\":%s,\"path\":\"%s\",\"class\":\"%s\","
               "\"kind\":\"%s\",\"value\":",
               STR_ARG(r->type->name), r->key, path, class_names[class], kind);
    escape_add_quoted(b, value);
}

void scribe_truth_value(struct scribe *r, const char *path, enum leaf_class class,
                        const char *kind, struct str value)
{
    if (!r->truth || class == LEAF_NONE)
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

void scribe_truth_marks(struct scribe *r, const char *path)
{
    const struct leaf *t = &r->text;

    if (!r->truth)
        return;
    for (unsigned i = 0; i < t->n_marks; i++) {
        const struct mark *m = &t->marks[i];
        if (m->inner.p) {
            scribe_truth_value(r, path, m->class, "nested", m->inner);
            continue;
        }
        struct str value = str_n(t->p + m->at, m->n);
        size_t start = code_points(str_n(t->p, m->at));
        truth_open(r, path, m->class, "text", value);
        buf_printf(r->truth, ",\"start\":%zu,\"end\":%zu}\n", start,
                   start + code_points(value));
    }
}

void scribe_done(struct scribe *r)
{
    buf_done(&r->side);
}
