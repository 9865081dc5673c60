#include <stdlib.h>

#include "base/alloc.h"
#include "source/private.h"
#include "json/scan.h"
#include "json/skip.h"

/*
 * The envelope goes through the scanner piece by piece; each piece ends at a bracket.
 * When the bracket begins a record, skip.h finds its end, and the scanner is given "}"
 * in the record's place: it sees {"parts":[{},{},…]} and checks that. `shift` is how
 * far its offsets are behind the text's.
 */

/* Containers of an envelope, innermost last: edges of a list of a response of an array
 * are 6. */
#define FRAMES 8

/* A window for the first key of an object, by which lists and records are told apart.
 */
#define AHEAD (4u << 10)

enum frame {
    IN_NOTHING,
    IN_ARRAY,    /* an array of records or responses */
    IN_RESPONSE, /* a response, or a document with lists */
    IN_DATA,
    IN_LIST,
    IN_CONNECTION,
    IN_EDGES,
    IN_EDGE,
    IN_PAGE_INFO,
    IN_ERRORS,
};

struct document {
    struct cutter base;
    struct source *s;
    const struct member *m;
    struct scan scan;
    uint64_t shift;

    struct list *list; /* of the innermost frame that is one */
    struct page page;
    const struct entity *entity; /* of its records */
    struct list *borrowed; /* the list that took the file's name for lack of its own */

    uint64_t records; /* that ended */
    size_t seen;      /* bytes of the record that went through skip */
    struct skip skip;

    struct str key;
    size_t n_frames;
    enum frame frames[FRAMES];
    unsigned ignore; /* depth of a container that is passed over, or 0 */
    char key_text[SCHEMA_NAME + 1];

    bool has_lists; /* objects are responses or documents, not records */
    bool in_string, escape, started, finished;
    bool holds;       /* the response had something of its own */
    bool errors_told; /* of GraphQL errors in this member */
    bool final, own_names;
    bool in_record, complete;
};

static enum frame inside(const struct document *d)
{
    return d->n_frames ? d->frames[d->n_frames - 1] : IN_NOTHING;
}

static enum err wrong(const struct document *d, const struct text *t, const char *what,
                      struct error *e)
{
    err_set(e, ERR_DATA, "%s", what);
    if (e && d->in_record)
        e->record = d->records + 1;
    return err_at(e, d->in_record ? t->offset : d->scan.offset + d->shift);
}

static void push(struct document *d, enum frame f)
{
    /* Frames follow each other as the enum says, so that FRAMES cannot be passed. */
    d->frames[d->n_frames++] = f;
    d->key.n = 0;
}

static void ignore(struct document *d)
{
    d->ignore = d->scan.depth;
}

static bool key_is(const struct document *d, const char *name)
{
    return str_eq(d->key, str_of(name));
}

static void begin_record(struct document *d, const struct entity *entity, bool final)
{
    d->in_record = true;
    d->complete = false;
    d->skip = (struct skip)SKIP_INIT;
    d->seen = 0;
    d->entity = entity;
    d->final = final;
}

/* The list of the current key: what its records are. */
static enum err begin_list(struct document *d, const struct text *t, struct error *e)
{
    struct str name = d->key.n ? d->key : d->m->base;
    TRY(complete_list(d->s, name, &d->list, e));
    d->page = (struct page){-1, -1};
    d->holds = true;
    const struct entity *by_override = name_override(d->s, name);
    d->final = by_override || d->m->final;
    d->entity = by_override ? by_override : d->m->final ? d->m->entity : NULL;
    if (d->final)
        return ERR_OK;
    d->entity = name_lookup(d->s->schema, name);
    if (d->entity) {
        d->own_names = true;
        return ERR_OK;
    }
    /* An alias, or a list that the schema does not know. If it is the only one, the
     * file's name says what it is; else __typename must. */
    if (d->borrowed && d->borrowed != d->list)
        return wrong(d, t, "several lists of unknown names (say --entity NAME=Entity)",
                     e);
    if (!d->own_names && d->m->entity) {
        d->borrowed = d->list;
        d->entity = d->m->entity;
    }
    return ERR_OK;
}

enum ahead { AHEAD_RECORD, AHEAD_CONNECTION, AHEAD_MORE };

/* Members with which a connection begins; no record of ION does. */
static bool is_connection_key(struct str key)
{
    static const char *const keys[] = {"edges", "nodes", "pageInfo", "aggregates",
                                       "totalCount"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_eq(key, str_of(keys[i])))
            return true;
    return false;
}

static bool next_string(struct str s, size_t *at, struct str *out)
{
    while (*at < s.n && strchr(" \t\r\n:,", s.p[*at]) && s.p[*at])
        ++*at;
    if (*at >= s.n || s.p[*at] != '"')
        return false;
    const char *end = memchr(s.p + *at + 1, '"', s.n - *at - 1);
    if (!end)
        return false;
    *out = str_n(s.p + *at + 1, (size_t)(end - s.p) - *at - 1);
    *at = (size_t)(end - s.p) + 1;
    return true;
}

/* `s` begins behind an object's bracket. */
static bool is_connection(struct str s)
{
    struct str key = {0}, value = {0};
    size_t at = 0;
    if (!next_string(s, &at, &key))
        return false;
    if (str_eq(key, STR("__typename")))
        return next_string(s, &at, &value) && str_ends(value, STR("Connection"));
    return is_connection_key(key);
}

/* A member of a response's data, or of a document, that is an object. */
static enum err field_object(struct document *d, struct text *t, struct error *e)
{
    TRY(text_fill(t, AHEAD, e));
    TRY(begin_list(d, t, e));
    if (is_connection(str_from(text_rest(t), 1)))
        push(d, IN_CONNECTION);
    else
        begin_record(d, d->entity, d->final);
    return ERR_OK;
}

static enum err open_field(struct document *d, struct text *t, bool object,
                           struct error *e)
{
    if (object)
        return field_object(d, t, e);
    TRY(begin_list(d, t, e));
    push(d, IN_LIST);
    return ERR_OK;
}

static enum err open_response(struct document *d, struct text *t, bool object,
                              struct error *e)
{
    if (key_is(d, "extensions")) {
        ignore(d);
        return ERR_OK;
    }
    if (key_is(d, "errors") && !object) {
        d->holds = true;
        push(d, IN_ERRORS);
        return ERR_OK;
    }
    if (!key_is(d, "data"))
        return open_field(d, t, object, e);
    d->key.n = 0;
    d->holds = true;
    if (!object)
        return open_field(d, t, false, e);
    push(d, IN_DATA);
    return ERR_OK;
}

static void open_connection(struct document *d, bool object)
{
    if (key_is(d, "edges") && !object)
        push(d, IN_EDGES);
    else if (key_is(d, "nodes") && !object)
        push(d, IN_LIST);
    else if (key_is(d, "pageInfo") && object)
        push(d, IN_PAGE_INFO);
    else
        ignore(d);
}

static enum err open_top(struct document *d, const struct text *t, bool object,
                         struct error *e)
{
    if (!object && inside(d) == IN_ARRAY)
        return wrong(d, t, "an array in an array where a record is expected", e);
    if (!object)
        push(d, IN_ARRAY);
    else if (d->has_lists)
        push(d, IN_RESPONSE);
    else
        begin_record(d, d->m->entity, d->m->final);
    d->holds = !object;
    return ERR_OK;
}

static enum err has_errors(struct document *d, const struct text *t, struct error *e)
{
    if (d->errors_told)
        return ERR_OK;
    d->errors_told = true;
    if (incomplete(d->s, d->m->origin.name, e, "a response holds GraphQL errors") ==
        ERR_OK)
        return ERR_OK;
    return wrong(d, t,
                 "a response holds GraphQL errors: it is not complete "
                 "(--allow-partial takes it as it is)",
                 e);
}

static enum err on_open(struct document *d, struct text *t, bool object,
                        struct error *e)
{
    switch (inside(d)) {
    case IN_NOTHING:
    case IN_ARRAY: return open_top(d, t, object, e);
    case IN_RESPONSE: return open_response(d, t, object, e);
    case IN_DATA: return open_field(d, t, object, e);
    case IN_LIST:
        if (!object)
            return wrong(d, t, "an array where a record is expected", e);
        begin_record(d, d->entity, d->final);
        return ERR_OK;
    case IN_CONNECTION: open_connection(d, object); return ERR_OK;
    case IN_EDGES:
        if (!object)
            return wrong(d, t, "an array where an edge is expected", e);
        push(d, IN_EDGE);
        return ERR_OK;
    case IN_EDGE:
        if (key_is(d, "node") && object)
            begin_record(d, d->entity, d->final);
        else
            ignore(d);
        return ERR_OK;
    case IN_ERRORS: ignore(d); return has_errors(d, t, e);
    case IN_PAGE_INFO: break;
    }
    ignore(d);
    return ERR_OK;
}

static enum err on_close(struct document *d, const struct text *t, struct error *e)
{
    enum frame f = inside(d);
    d->n_frames--;
    d->key.n = 0;
    if (f == IN_CONNECTION)
        complete_page(d->list, &d->page);
    if (f == IN_RESPONSE && !d->holds)
        return wrong(d, t, "an object that holds neither a list nor a record", e);
    return ERR_OK;
}

static void page_value(struct document *d, enum scan_event ev)
{
    if (key_is(d, "hasNextPage") && (ev == SCAN_TRUE || ev == SCAN_FALSE))
        d->page.has_next = ev == SCAN_TRUE;
    if (!key_is(d, "totalCount") || ev != SCAN_NUMBER || d->scan.token.n > 15)
        return;
    int64_t n = 0;
    for (size_t i = 0; i < d->scan.token.n; i++) {
        char c = d->scan.token.p[i];
        if (c < '0' || c > '9')
            return;
        n = n * 10 + (c - '0');
    }
    d->page.total = n;
}

static enum err on_scalar(struct document *d, const struct text *t, enum scan_event ev,
                          struct error *e)
{
    bool null = ev == SCAN_NULL;
    switch (inside(d)) {
    case IN_NOTHING:
    case IN_ARRAY: return wrong(d, t, "a value where a record is expected", e);
    case IN_LIST:
    case IN_EDGES:
        if (!null)
            return wrong(d, t, "a value where a record is expected", e);
        d->list->counted++;
        d->list->nulls++;
        return ERR_OK;
    case IN_EDGE:
        if (key_is(d, "node")) {
            if (!null)
                return wrong(d, t, "a value where a record is expected", e);
            d->list->counted++;
            d->list->nulls++;
        }
        return ERR_OK;
    case IN_RESPONSE:
        d->holds |= null && (key_is(d, "data") || key_is(d, "errors"));
        return ERR_OK;
    case IN_CONNECTION:
    case IN_PAGE_INFO: page_value(d, ev); return ERR_OK;
    case IN_ERRORS: return has_errors(d, t, e);
    case IN_DATA: break;
    }
    return ERR_OK;
}

static void on_key(struct document *d)
{
    /* A longer name is no list's; it must stay different from all that are. */
    size_t n = d->scan.token.n;
    d->key.p = d->key_text;
    d->key.n = n < sizeof d->key_text ? n : sizeof d->key_text;
    memcpy(d->key_text, d->scan.token.p, d->key.n);
}

static enum err on_event(struct document *d, struct text *t, enum scan_event ev,
                         struct error *e)
{
    bool ends = ev == SCAN_OBJECT_END || ev == SCAN_ARRAY_END;
    if (d->ignore) {
        if (ends && d->scan.depth < d->ignore)
            d->ignore = 0;
        return ERR_OK;
    }
    if (ends)
        return on_close(d, t, e);
    if (ev == SCAN_OBJECT || ev == SCAN_ARRAY)
        return on_open(d, t, ev == SCAN_OBJECT, e);
    if (ev == SCAN_KEY)
        on_key(d);
    else
        return on_scalar(d, t, ev, e);
    return ERR_OK;
}

static enum err scan_failed(const struct document *d, struct error *e)
{
    if (e) {
        *e = d->scan.error;
        if (e->offset != ERR_NO_OFFSET)
            e->offset += d->shift;
    }
    return d->scan.error.code;
}

/* Length of what goes to the scanner at once: to the next opening bracket. */
static size_t piece(struct document *d, struct str s, bool *out_bracket)
{
    *out_bracket = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (d->escape) {
            d->escape = false;
        } else if (d->in_string) {
            d->escape = c == '\\';
            d->in_string = c != '"';
        } else if (c == '"') {
            d->in_string = true;
        } else if (c == '{' || c == '[') {
            *out_bracket = true;
            return i + 1;
        }
    }
    return s.n;
}

static enum err drain(struct document *d, struct text *t, struct error *e)
{
    enum scan_event ev;
    while ((ev = scan_next(&d->scan)) > SCAN_MORE)
        TRY(on_event(d, t, ev, e));
    return ev == SCAN_BAD ? scan_failed(d, e) : ERR_OK;
}

/* One piece of envelope. A bracket that begins a record stays in the text. */
static enum err envelope(struct document *d, struct text *t, struct error *e)
{
    struct str rest = text_rest(t);
    bool bracket;
    size_t n = piece(d, rest, &bracket);
    size_t before = bracket ? n - 1 : n;
    if (before) {
        scan_feed(&d->scan, str_n(rest.p, before));
        TRY(drain(d, t, e));
        text_eat(t, before);
    }
    if (!bracket)
        return ERR_OK;
    /* on_open may move the text, so the scanner gets a copy of the bracket. */
    char copy = text_rest(t).p[0];
    scan_feed(&d->scan, str_n(&copy, 1));
    TRY(drain(d, t, e));
    if (!d->in_record)
        text_eat(t, 1);
    return ERR_OK;
}

/* Reads until the record is whole; d->seen is its size then. */
static enum err whole_record(struct document *d, struct text *t, struct error *e)
{
    size_t limit = d->s->record_limit;
    while (!d->complete) {
        struct str rest = text_rest(t);
        if (d->seen < rest.n) {
            size_t end = skip_value(&d->skip, str_from(rest, d->seen));
            d->complete = end > 0;
            d->seen = end ? d->seen + end : rest.n;
        } else if (t->end) {
            return wrong(d, t, "ends in the middle of a record", e);
        }
        if (d->seen > limit)
            return record_too_large(d->s, t->offset, e);
        size_t want = rest.n * 2 > d->s->chunk ? rest.n * 2 : d->s->chunk;
        if (!d->complete)
            TRY(text_fill(t, want > limit ? limit + 1 : want, e));
    }
    return ERR_OK;
}

static bool fits(const struct document *d, const struct text *t, const struct chunk *c)
{
    bool final = c->framing & FRAMING_FINAL;
    return !c->n_records ||
           (final == d->final && t->offset + d->seen - c->offset <= d->s->chunk);
}

static enum err end_record(struct document *d, struct text *t, struct chunk *c,
                           struct error *e)
{
    if (!c->n_records) {
        c->offset = t->offset;
        c->framing = d->final ? FRAMING_FINAL : 0;
    }
    size_t at = c->data.n;
    buf_add(&c->data, text_rest(t).p, d->seen);
    chunk_add(c, at, d->seen, t->offset, d->entity);
    if (d->list && d->n_frames)
        d->list->counted++;
    d->in_record = false;
    d->records++;
    text_eat(t, d->seen);
    d->shift += d->seen - 2;
    scan_feed(&d->scan, STR("}"));
    enum scan_event ev = scan_next(&d->scan);
    if (ev == SCAN_BAD || scan_next(&d->scan) != SCAN_MORE)
        return scan_failed(d, e);
    return ERR_OK;
}

static enum err finish(struct document *d, struct text *t, struct error *e)
{
    if (d->finished)
        return ERR_OK;
    d->finished = true;
    scan_finish(&d->scan);
    return drain(d, t, e);
}

static enum err document_next(struct cutter *base, struct text *t, struct chunk *out,
                              struct error *e)
{
    struct document *d = (struct document *)base;
    uint64_t from = t->offset;
    if (!d->started)
        d->shift = t->offset; /* behind a byte-order mark */
    d->started = true;
    for (;;) {
        if (d->in_record) {
            TRY(whole_record(d, t, e));
            if (!fits(d, t, out))
                break;
            TRY(end_record(d, t, out, e));
            continue;
        }
        if (!text_rest(t).n)
            TRY(text_fill(t, d->s->chunk, e));
        if (!text_rest(t).n) {
            TRY(finish(d, t, e));
            break;
        }
        TRY(envelope(d, t, e));
    }
    out->bytes = t->offset - from;
    return ERR_OK;
}

static void document_close(struct cutter *base)
{
    scan_done(&((struct document *)base)->scan);
    free(base);
}

struct cutter *cut_document_new(struct source *s, const struct member *m, bool lists)
{
    struct document *d = NEW(struct document);
    d->base = (struct cutter){document_next, document_close};
    d->s = s;
    d->m = m;
    d->has_lists = lists;
    scan_init(&d->scan);
    d->scan.multi = true;
    d->scan.limit = SOURCE_TOKEN;
    return &d->base;
}
