#include "source/private.h"
#include "json/scan.h"

/* What the first object of a text looks like. */
struct look {
    bool whole; /* it ends in the window */
    uint64_t begin, end;
    bool is_typed; /* a string __typename */
    bool has_id, is_message, is_response;
    bool message_body; /* the member that goes with an Airbyte message's type */
    unsigned scalars, lists, known_scalars;
};

const char *format_name(enum format f)
{
    static const char *const names[] = {
        [FORMAT_NONE] = "unknown", [FORMAT_EMPTY] = "empty",
        [FORMAT_LINES] = "ndjson", [FORMAT_AIRBYTE] = "airbyte",
        [FORMAT_RECORDS] = "json", [FORMAT_LISTS] = "json",
        [FORMAT_PAGES] = "pages",  [FORMAT_CSV] = "csv",
    };
    return names[f];
}

/* Airbyte protocol: the types of a message and the member that each brings. */
static const struct {
    const char *type, *body;
} messages[] = {
    {"RECORD", "record"},   {"STATE", "state"},
    {"LOG", "log"},         {"TRACE", "trace"},
    {"CATALOG", "catalog"}, {"SPEC", "spec"},
    {"CONTROL", "control"}, {"CONNECTION_STATUS", "connectionStatus"},
};

static void look_scalar(struct look *l, const struct member *m, struct str key,
                        enum scan_event ev, struct str token)
{
    if (str_eq(key, STR("__typename"))) {
        l->is_typed |= ev == SCAN_STRING;
        return;
    }
    if (str_eq(key, STR("type")) && ev == SCAN_STRING)
        for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
            l->is_message |= str_eq(token, str_of(messages[i].type));
    if (ev == SCAN_NULL && (str_eq(key, STR("data")) || str_eq(key, STR("errors")))) {
        l->is_response = true;
        return;
    }
    l->has_id |= str_eq(key, STR("id"));
    l->scalars++;
    if (m->entity && m->entity->type && schema_field(m->entity->type, key))
        l->known_scalars++;
}

static void look_container(struct look *l, struct str key)
{
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
        l->message_body |= str_eq(key, str_of(messages[i].body));
    if (str_eq(key, STR("data")) || str_eq(key, STR("errors")))
        l->is_response = true;
    else if (!str_eq(key, STR("extensions")))
        l->lists++;
}

/* Reads members of the object that the scan has just entered. */
static void look_members(struct look *l, const struct member *m, struct scan *scan)
{
    unsigned inside = scan->depth;
    char name[SCHEMA_NAME + 1];
    struct str key = {name, 0};
    for (enum scan_event ev; (ev = scan_next(scan)) > SCAN_MORE;) {
        if (ev == SCAN_OBJECT_END && scan->depth == inside - 1) {
            l->whole = true;
            l->end = scan->offset + 1;
            return;
        }
        bool opens = ev == SCAN_OBJECT || ev == SCAN_ARRAY;
        if (ev == SCAN_KEY && scan->depth == inside) {
            key.n = scan->token.n < sizeof name ? scan->token.n : sizeof name;
            memcpy(name, scan->token.p, key.n);
        } else if (opens && scan->depth == inside + 1) {
            look_container(l, key);
        } else if (!opens && ev != SCAN_OBJECT_END && ev != SCAN_ARRAY_END &&
                   ev != SCAN_KEY && scan->depth == inside) {
            look_scalar(l, m, key, ev, scan->token);
        }
    }
}

static bool only_space(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!strchr(" \t\r\n", s.p[i]) || !s.p[i])
            return false;
    return true;
}

/* Does the object fill one line? */
static bool is_line(const struct look *l, struct str text)
{
    size_t end = l->whole ? l->end : text.n;
    if (memchr(text.p + l->begin, '\n', end - l->begin))
        return false;
    const char *next = end < text.n ? memchr(text.p + end, '\n', text.n - end) : NULL;
    size_t stop = next ? (size_t)(next - text.p) : text.n;
    return only_space(str_n(text.p + end, stop - end));
}

static bool is_record(const struct look *l, const struct member *m)
{
    if (l->is_typed || l->known_scalars)
        return true;
    bool named = m->entity && !m->entity->type;
    return l->scalars && !l->is_response && (l->has_id || named || !l->lists);
}

static enum err bad_json(const struct scan *scan, struct error *e)
{
    if (e)
        *e = scan->error;
    return scan->error.code;
}

static enum err sniff_json(const struct member *m, struct str text, enum format *out,
                           struct error *e)
{
    CLEANUP(scan_done) struct scan scan;
    scan_init(&scan);
    scan.multi = true;
    scan_feed(&scan, text);
    struct look l = {0};
    enum scan_event ev = scan_next(&scan);
    bool array = ev == SCAN_ARRAY;
    if (array)
        ev = scan_next(&scan);
    if (ev == SCAN_OBJECT) {
        l.begin = scan.offset;
        look_members(&l, m, &scan);
    }
    if (scan.error.code != ERR_OK)
        return bad_json(&scan, e);
    bool line = !array && ev == SCAN_OBJECT && is_line(&l, text);
    if (l.is_message && l.message_body && !l.is_typed) {
        if (!line)
            return err_set(e, ERR_DATA, "Airbyte messages must be one a line");
        *out = FORMAT_AIRBYTE;
    } else if (ev != SCAN_OBJECT || is_record(&l, m)) {
        *out = line ? FORMAT_LINES : FORMAT_RECORDS;
    } else {
        *out = l.is_response ? FORMAT_PAGES : FORMAT_LISTS;
    }
    return ERR_OK;
}

/* A header row: fields that are words, with commas between. */
static bool is_header(struct str text)
{
    const char *nl = text.n ? memchr(text.p, '\n', text.n) : NULL;
    size_t n = nl ? (size_t)(nl - text.p) : text.n;
    bool comma = false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < 0x20 && c != '\r' && c != '\t')
            return false;
        comma |= c == ',';
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    (c >= '0' && c <= '9') || strchr("_,\" .-\r", c) || c >= 0x80;
        if (!word)
            return false;
    }
    return comma;
}

/* A table named so may have one column, and strange names. */
static bool is_text_line(struct str text)
{
    for (size_t i = 0; i < text.n && text.p[i] != '\n'; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < 0x20 && c != '\r' && c != '\t')
            return false;
    }
    return true;
}

enum err sniff(const struct member *m, struct str name, struct str text, bool whole,
               enum format *out, struct error *e)
{
    size_t at = 0;
    while (at < text.n && strchr(" \t\r\n", text.p[at]) && text.p[at])
        at++;
    if (at == text.n) {
        /* Nobody writes 64 KiB of spaces before a document. */
        *out = whole ? FORMAT_EMPTY : FORMAT_NONE;
        return ERR_OK;
    }
    if (text.p[at] == '{' || text.p[at] == '[')
        return sniff_json(m, text, out, e);
    bool table = name_is_csv(name) ? is_text_line(text) : is_header(text);
    *out = table ? FORMAT_CSV : FORMAT_NONE;
    return ERR_OK;
}
