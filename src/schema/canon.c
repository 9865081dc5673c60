/*
 * The canonical record. Its seven rules (sandcast-snapshot(5)) and where they are:
 *
 * 1. names are the schema's GraphQL names          canon_key
 * 2. members by the bytes of their names,
 *    minimal escapes                               frame.c arrange, string_plain
 * 3. numbers exact                                 value.c value_number
 * 4. values by the schema's type                   canon_string, canon_number, value.c
 * 5. null and absent differ                        canon_null writes it
 * 6. foo: {id: 7} is fooId: 7                      frame.c resolve
 * 7. no envelopes                                  canon_key; frame.c open_connection
 */
#include "schema/canon.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "schema/frame.h"
#include "schema/value.h"
#include "json/escape.h"

/* A record nests SCAN_DEPTH deep, and so does JSON in one of its strings. */
#define FRAMES ((size_t)2 * SCAN_DEPTH)

struct canon *canon_new(void)
{
    struct canon *c = NEW(struct canon);
    c->frames = alloc_zero(FRAMES + 1, sizeof *c->frames);
    c->top = c->frames;
    /* Frames without members have a place in these, too. */
    c->members = frame_grow(NULL, &c->cap_members, 1, sizeof *c->members);
    c->bits = frame_grow(NULL, &c->cap_bits, 1, sizeof *c->bits);
    scan_init(&c->scan);
    scan_init(&c->json);
    c->error = (struct error)ERROR_INIT;
    c->max_members = SIZE_MAX;
    return c;
}

void canon_limit(struct canon *c, size_t members)
{
    c->max_members = members;
}

void canon_trim(struct canon *c)
{
    struct buf *bufs[] = {&c->text, &c->sorted, &c->key,      &c->names,
                          &c->side, &c->name,   &c->json_text};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        buf_done(bufs[i]);
    free(c->members);
    free(c->bits);
    free(c->slots);
    free(c->nodes);
    free(c->order);
    free(c->spare);
    free(c->pieces);
    c->members = NULL;
    c->bits = NULL;
    c->slots = c->order = c->spare = NULL;
    c->nodes = NULL;
    c->pieces = NULL;
    c->cap_members = c->cap_bits = c->cap_slots = c->cap_nodes = 0;
    c->cap_order = c->cap_spare = c->cap_pieces = 0;
}

void canon_free(struct canon *c)
{
    if (!c)
        return;
    canon_trim(c);
    free(c->frames);
    scan_done(&c->scan);
    scan_done(&c->json);
    free(c);
}

void canon_fail(struct canon *c, enum err code, const char *line)
{
    if (c->failed)
        return;
    c->error = (struct error)ERROR_INIT;
    c->failed = err_set(&c->error, code, "%s", line);
    c->off = true;
}

/* What a function that took &c->error returned. */
static void check(struct canon *c, enum err r)
{
    if (r != ERR_OK) {
        c->failed = r;
        c->off = true;
    }
}

void canon_begin(struct canon *c, const struct entity *entity)
{
    buf_clear(&c->text);
    buf_clear(&c->key);
    buf_clear(&c->names);
    c->depth = 0;
    c->top = c->frames;
    c->n_members = c->n_bits = c->n_slots = c->n_nodes = 0;
    c->entity = entity;
    c->steady = 0;
    c->skip = 0;
    c->off = c->done = false;
    if (c->failed)
        c->error = (struct error)ERROR_INIT;
    c->failed = ERR_OK;
}

/* ---- values */

/* While skipping: a scalar that was the value ends it. */
static void skipped(struct canon *c)
{
    if (c->skip == 1) {
        c->skip = 0;
        c->off = c->failed != ERR_OK;
    }
}

/* Before every value; NULL: it is not to be written. */
static inline struct frame *value_begin(struct canon *c)
{
    if (__builtin_expect(c->off, 0))
        return NULL;
    if (__builtin_expect(!c->depth, 0)) {
        canon_fail(c, ERR_DATA, "a record is not an object");
        return NULL;
    }
    struct frame *f = frame_top(c);
    if (!f->object && f->elements++)
        text_add(&c->text, ',');
    return f;
}

static struct frame *push(struct canon *c, bool object)
{
    if (c->depth == FRAMES) {
        canon_fail(c, ERR_LIMIT, "nested too deeply");
        return NULL;
    }
    c->depth++;
    struct frame *f = ++c->top;
    *f = (struct frame){.start = c->text.n,
                        .members = c->n_members,
                        .bits = c->n_bits,
                        .slots = c->n_slots,
                        .names = c->names.n,
                        .nodes = c->n_nodes,
                        .last_rank = -1,
                        .object = object,
                        .sorted = true};
    text_add(&c->text, object ? '{' : '[');
    return f;
}

static void pop(struct canon *c)
{
    const struct frame *f = frame_top(c);
    c->n_members = f->members;
    c->n_bits = f->bits;
    c->n_slots = f->slots;
    c->names.n = f->names;
    c->depth--;
    c->top--;
}

/* What is known of an object that stands in `parent` (NULL: the record). */
static void object_type(struct canon *c, struct frame *f, const struct frame *parent)
{
    const struct field *field = parent ? parent->field : NULL;
    enum type_kind kind = field ? (enum type_kind)field->kind : TYPE_ANY;
    bool known = kind == TYPE_OBJECT || kind == TYPE_UNION;
    f->envelope = !parent || known;
    if (!parent) {
        f->type = c->entity->type;
    } else if (known && parent->role == ROLE_EDGES) {
        f->role = ROLE_EDGE;
        f->paged = field;
    } else if (known && field->list && parent->object && parent->role == ROLE_PLAIN) {
        f->role = ROLE_CONNECTION;
        f->paged = field;
    } else if (kind == TYPE_OBJECT && parent->role != ROLE_CONNECTION) {
        f->type = field->type;
    }
    if (!f->type)
        return;
    size_t words = (f->type->n_fields + 63) / 64;
    c->bits = frame_room(c->bits, &c->cap_bits, c->n_bits + words, sizeof *c->bits);
    c->slots = frame_room(c->slots, &c->cap_slots, c->n_slots + f->type->n_fields,
                          sizeof *c->slots);
    memset(c->bits + c->n_bits, 0, words * sizeof *c->bits);
    c->n_bits += words;
    c->n_slots += f->type->n_fields;
}

void canon_object(struct canon *c)
{
    struct frame *parent = NULL;
    if (c->off) {
        c->skip += c->skip > 0;
        return;
    }
    if (c->depth)
        parent = value_begin(c);
    else if (c->done)
        canon_fail(c, ERR_DATA, "more than one value in a record");
    struct frame *f = c->off ? NULL : push(c, true);
    if (f)
        object_type(c, f, parent);
}

/* Marks that the open member may stand for its `by` (rule 6): its value's key stands
 * between id and the end of the text less `behind` bytes. */
static void mark_id(struct canon *c, size_t id, size_t behind)
{
    struct frame *f = frame_top(c);
    if (!f->object || f->role != ROLE_PLAIN || !f->field || !f->field->by ||
        f->field->list)
        return;
    struct member *m = &frame_members(c, f)[f->n - 1];
    m->id = (uint32_t)id;
    m->id_end = (uint32_t)(c->text.n - behind);
    f->has_id = true;
}

void canon_object_end(struct canon *c)
{
    if (c->off) {
        if (c->skip && --c->skip == 1)
            skipped(c);
        return;
    }
    assert(c->depth && frame_top(c)->object);
    size_t start = frame_top(c)->start;
    const struct field *only;
    frame_finish(c, &only);
    if (c->failed)
        return;
    if (frame_top(c)->role == ROLE_CONNECTION)
        c->n_nodes = frame_top(c)->nodes;
    pop(c);
    if (!c->depth) {
        c->done = true;
        return;
    }
    if (!only)
        return;
    const struct type *t = only->owner;
    size_t value = start + 1 + only->quoted.n;
    bool is_key =
        t->n_key ? t->n_key == 1 && t->key[0] == only : str_eq(only->name, STR("id"));
    if (is_key && c->text.p[value] != '{' && c->text.p[value] != '[')
        mark_id(c, value, 1);
}

void canon_array(struct canon *c)
{
    if (c->off) {
        c->skip += c->skip > 0;
        return;
    }
    struct frame *parent = value_begin(c), *f = parent ? push(c, false) : NULL;
    if (!f || !parent->field)
        return;
    /* A list of lists has one field. Where an edge's node is a list, nothing is known.
     */
    if (parent->role == ROLE_EDGE)
        return;
    f->field = parent->field;
    f->role = parent->role == ROLE_CONNECTION ? ROLE_EDGES : ROLE_PLAIN;
}

void canon_array_end(struct canon *c)
{
    if (c->off) {
        if (c->skip && --c->skip == 1)
            skipped(c);
        return;
    }
    assert(c->depth && !frame_top(c)->object);
    const struct frame *f = frame_top(c);
    bool pure = f->role == ROLE_EDGES && c->n_nodes - f->nodes == f->elements;
    text_add(&c->text, ']');
    pop(c);
    if (pure)
        frame_top(c)->pure = true;
}

/* ---- names */

/* A member that the type does not know; false: it is no part of the record (rule 7). */
static bool other_member(struct canon *c, struct frame *f, struct member *m,
                         struct str name)
{
    if (f->envelope && schema_is_envelope(name)) {
        c->skip = 1;
        c->off = true;
        return false;
    }
    if (f->n) {
        const struct member *last = &frame_members(c, f)[f->n - 1];
        f->sorted =
            f->sorted && f->last_rank == -2 && str_cmp(frame_name(c, last), name) < 0;
    }
    f->last_rank = -2;
    f->n_other++;
    m->name_at = (uint32_t)c->names.n;
    m->name_n = (uint32_t)name.n;
    buf_add_str(&c->names, name);
    return true;
}

static bool known_member(struct canon *c, struct frame *f, const struct field *field)
{
    uint64_t *word = &c->bits[f->bits + field->rank / 64];
    uint64_t bit = (uint64_t)1 << (field->rank % 64);
    if (*word & bit) {
        canon_fail(c, ERR_DATA, "a member is there twice");
        return false;
    }
    *word |= bit;
    c->slots[f->slots + field->rank] = f->n;
    f->sorted = f->sorted && f->last_rank < field->rank && f->last_rank != -2;
    f->last_rank = field->rank;
    return true;
}

static void too_large(struct canon *c)
{
    char line[80] = "a record whose canonical form passes 4 GiB";
    if (c->text.n <= CANON_TEXT)
        snprintf(line, sizeof line, "a record of more than %zu members (see --memory)",
                 c->max_members);
    canon_fail(c, ERR_LIMIT, line);
}

void canon_key(struct canon *c, const struct field *field, struct str name)
{
    if (c->off)
        return;
    struct frame *f = frame_top(c);
    assert(c->depth && f->object);
    /* Rule 1. Who feeds may know a field that stands elsewhere than this walk does;
     * what is canonical must not depend on who feeds. */
    if (!field || field->owner != f->type) {
        if (field)
            name = field->name;
        field = f->type ? schema_field(f->type, name) : NULL;
    }
    size_t end = c->text.n;
    if (c->n_members >= c->max_members || end > CANON_TEXT) {
        too_large(c);
        return;
    }
    c->members =
        frame_room(c->members, &c->cap_members, c->n_members + 1, sizeof *c->members);
    /* Filled where it stands: a copy would read as one what was just written in parts,
     * for which the CPU waits. */
    struct member *m = &c->members[c->n_members];
    *m = (struct member){.field = field};
    if (field ? !known_member(c, f, field) : !other_member(c, f, m, name))
        return;
    if (f->n) {
        frame_members(c, f)[f->n - 1].end = (uint32_t)end;
        text_add(&c->text, ',');
    }
    m->start = (uint32_t)c->text.n;
    if (field) {
        char *p = text_room(&c->text, field->quoted.n + COPY_SLACK);
        copy_loose(p, field->quoted.p, field->quoted.n);
        c->text.n += field->quoted.n;
    } else {
        escape_add_quoted(&c->text, name);
        text_add(&c->text, ':');
    }
    m->value = (uint32_t)c->text.n;
    c->n_members++;
    f->n++;
    f->field = field;
    if (f->role == ROLE_CONNECTION)
        f->field = str_eq(name, STR("edges")) ? f->paged : NULL;
    else if (f->role == ROLE_EDGE)
        f->field = str_eq(name, STR("node")) ? f->paged : NULL;
}

/* ---- scalars */

static void string_plain(struct canon *c, struct str token, bool escaped)
{
    if (!escaped) {
        char *p = text_room(&c->text, token.n + 2);
        p[0] = '"';
        copy_exact(p + 1, token.p, token.n);
        p[token.n + 1] = '"';
        c->text.n += token.n + 2;
        return;
    }
    text_add(&c->text, '"');
    check(c, escape_normal(&c->text, token, true, &c->error));
    text_add(&c->text, '"');
}

/* Hands one event of a scan on. False: it was no event of a value. */
static bool feed(struct canon *c, struct scan *s, enum scan_event event)
{
    switch (event) {
    case SCAN_OBJECT: canon_object(c); return true;
    case SCAN_OBJECT_END: canon_object_end(c); return true;
    case SCAN_ARRAY: canon_array(c); return true;
    case SCAN_ARRAY_END: canon_array_end(c); return true;
    case SCAN_STRING: canon_string(c, s->token, s->escaped); return true;
    case SCAN_NUMBER: canon_number(c, s->token); return true;
    case SCAN_TRUE: canon_bool(c, true); return true;
    case SCAN_FALSE: canon_bool(c, false); return true;
    case SCAN_NULL: canon_null(c); return true;
    case SCAN_KEY:
        if (!s->escaped) {
            canon_key(c, NULL, s->token);
            return true;
        }
        buf_clear(&c->name);
        if (!c->off)
            check(c, scan_unescape(s->token, &c->name, &c->error));
        canon_key(c, NULL, buf_str(&c->name));
        return true;
    case SCAN_BAD:
    case SCAN_END:
    case SCAN_MORE: break;
    }
    return false;
}

/* The events of a whole text; false when it is no JSON or an event failed. */
static bool feed_all(struct canon *c, struct scan *s, struct str text)
{
    enum scan_event event;
    scan_reset(s, 0);
    scan_feed(s, text);
    while (!c->failed) {
        event = scan_next(s);
        if (feed(c, s, event))
            continue;
        if (event != SCAN_MORE)
            return event == SCAN_END;
        scan_finish(s);
    }
    return false;
}

/* A JSONString: its content, where that is JSON within the limits. Where it is not,
 * everything is as it was before. */
static bool string_json(struct canon *c, struct str token, bool escaped)
{
    if (escaped) {
        buf_clear(&c->json_text);
        if (scan_unescape(token, &c->json_text, NULL) != ERR_OK)
            return false;
        token = buf_str(&c->json_text);
    }
    unsigned depth = c->depth;
    struct frame *f = frame_top(c), before = *f;
    size_t text = c->text.n, names = c->names.n, members = c->n_members,
           bits = c->n_bits, slots = c->n_slots, nodes = c->n_nodes;
    f->field = NULL;
    if (!f->object) /* the comma is written */
        f->elements = 0;
    bool good = feed_all(c, &c->json, token);
    if (!good) {
        c->depth = depth;
        c->top = f;
        c->text.n = text;
        c->names.n = names;
        c->n_members = members;
        c->n_bits = bits;
        c->n_slots = slots;
        c->n_nodes = nodes;
        c->failed = ERR_OK;
        c->error = (struct error)ERROR_INIT;
        c->off = false;
        c->skip = 0;
    }
    *f = before;
    return good;
}

/* Rule 4, for strings. */
static bool string_typed(struct canon *c, enum type_kind kind, struct str token,
                         bool escaped)
{
    size_t at = c->text.n;
    bool v;
    if (kind == TYPE_JSON_STRING)
        return string_json(c, token, escaped);
    if (kind == TYPE_ENUM) {
        string_plain(c, token, escaped);
        value_upper(c->text.p + at, c->text.n - at);
        return true;
    }
    if (escaped) {
        buf_clear(&c->side);
        if (scan_unescape(token, &c->side, NULL) != ERR_OK)
            return false;
        token = buf_str(&c->side);
    }
    if (kind == TYPE_DATETIME)
        return value_datetime(&c->text, token);
    if (kind != TYPE_BOOLEAN || !value_boolean(token, &v))
        return false;
    buf_add_str(&c->text, v ? STR("true") : STR("false"));
    return true;
}

void canon_string(struct canon *c, struct str token, bool escaped)
{
    const struct frame *f = value_begin(c);
    if (!f) {
        skipped(c);
        return;
    }
    enum type_kind kind = f->field ? (enum type_kind)f->field->kind : TYPE_ANY;
    bool typed = kind == TYPE_DATETIME || kind == TYPE_BOOLEAN || kind == TYPE_ENUM ||
                 kind == TYPE_JSON_STRING;
    if (!typed || !string_typed(c, kind, token, escaped))
        string_plain(c, token, escaped);
}

void canon_number(struct canon *c, struct str token)
{
    const struct frame *f = value_begin(c);
    if (!f) {
        skipped(c);
        return;
    }
    if (!f->field || !f->field->is_id) {
        check(c, value_number(&c->text, token, &c->error));
        return;
    }
    text_add(&c->text, '"');
    check(c, value_id(&c->text, token, &c->error));
    text_add(&c->text, '"');
}

void canon_bool(struct canon *c, bool v)
{
    if (!value_begin(c))
        skipped(c);
    else
        buf_add_str(&c->text, v ? STR("true") : STR("false"));
}

void canon_null(struct canon *c)
{
    if (!value_begin(c)) {
        skipped(c);
        return;
    }
    buf_add_str(&c->text, STR("null"));
    mark_id(c, c->text.n - 4, 0);
}

enum err canon_end(struct canon *c, struct canon_record *out, struct error *e)
{
    if (!c->done && !c->failed)
        canon_fail(c, ERR_DATA, "a record is not whole");
    if (c->failed) {
        if (e)
            *e = c->error;
        return c->failed;
    }
    out->text = c->out;
    out->key = buf_str(&c->key);
    hash_fingerprint(c->out, out->fingerprint);
    out->steady = c->steady;
    return ERR_OK;
}

enum err canon_record(struct canon *c, const struct entity *entity, struct str record,
                      struct canon_record *out, struct error *e)
{
    canon_begin(c, entity);
    if (!feed_all(c, &c->scan, record) && !c->failed) {
        if (e)
            *e = c->scan.error;
        return c->scan.error.code;
    }
    return canon_end(c, out, e);
}
