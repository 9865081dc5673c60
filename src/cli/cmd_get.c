#include <stdio.h>

#include "archive/reader.h"
#include "base/alloc.h"
#include "cli/command.h"
#include "cli/records.h"
#include "cli/view.h"
#include "doc/doc.h"
#include "schema/canon.h"
#include "json/scan.h"

static const char *by;

static const struct opt options[] = {
    {OPT_TEXT, 0, "by", "FIELD,FIELD",
     "look up by these fields instead of the key (reads "
     "the whole entity)",
     &by},
    {OPT_END},
};

/* The parts of a key as given: one operand each, or one JSON list. */
struct parts {
    struct str text[SCHEMA_KEY_PARTS];
    size_t n;
    struct doc *doc;
};

static enum err read_parts(const struct operands *o, struct parts *out, struct error *e)
{
    const char *first = o->items[2];
    if (*first != '[') {
        for (size_t i = 2; i < o->n; i++) {
            if (out->n == SCHEMA_KEY_PARTS)
                return err_set(e, ERR_USAGE, "a key has at most %d parts",
                               SCHEMA_KEY_PARTS);
            out->text[out->n++] = str_of(o->items[i]);
        }
        return ERR_OK;
    }
    if (doc_json(str_of(first), "KEY", &out->doc, e) != ERR_OK)
        return err_set(e, ERR_USAGE, "a key that begins with [ is a JSON list");
    const struct doc_node *list = doc_root(out->doc);
    if (list->kind != DOC_LIST || !list->n_items || list->n_items > SCHEMA_KEY_PARTS)
        return err_set(e, ERR_USAGE, "a key is a list of one to %d values",
                       SCHEMA_KEY_PARTS);
    for (; out->n < list->n_items; out->n++)
        out->text[out->n] = list->items[out->n]->text;
    return ERR_OK;
}

/* --by: every record is compared. */
struct search {
    const struct field *fields[SCHEMA_KEY_PARTS];
    struct str names[SCHEMA_KEY_PARTS];
    size_t n_fields;
    const struct parts *parts;
    const struct type *type;
    struct scan scan;
    struct buf text;
    bool hit;
};

static bool is_part(const struct search *s, struct str name, size_t *out)
{
    for (*out = 0; *out < s->n_fields; ++*out)
        if (str_eq(name, s->names[*out]))
            return true;
    return false;
}

static enum err match_record(void *ctx, struct str json, struct error *e)
{
    struct search *s = ctx;
    size_t part = 0, matched = 0;
    bool wanted = false;
    scan_reset(&s->scan, 0);
    scan_feed(&s->scan, json);
    scan_finish(&s->scan);
    for (;;) {
        enum scan_event ev = scan_next(&s->scan);
        if (ev <= SCAN_MORE)
            break;
        if (s->scan.depth != 1)
            continue;
        if (ev == SCAN_KEY) {
            wanted = is_part(s, s->scan.token, &part);
            continue;
        }
        if (!wanted || (ev != SCAN_STRING && ev != SCAN_NUMBER))
            continue;
        buf_clear(&s->text);
        if (ev == SCAN_STRING)
            TRY(scan_unescape(s->scan.token, &s->text, e));
        else
            buf_add_str(&s->text, s->scan.token);
        matched += str_eq(buf_str(&s->text), s->parts->text[part]);
    }
    if (matched < s->n_fields)
        return ERR_OK;
    s->hit = true;
    TRY(command_print(json, e));
    return command_print(STR("\n"), e);
}

static enum err search(const struct reader *r, const struct entity *entity,
                       const struct parts *parts, bool *found, struct error *e)
{
    struct search s = {.parts = parts, .type = entity->type};
    for (const char *p = by; *p;) {
        size_t n = strcspn(p, ",");
        if (s.n_fields == SCHEMA_KEY_PARTS)
            return err_set(e, ERR_USAGE, "--by takes at most %d fields",
                           SCHEMA_KEY_PARTS);
        const struct field *f =
            entity->type ? schema_field(entity->type, str_n(p, n)) : NULL;
        s.names[s.n_fields++] = f ? f->name : str_n(p, n);
        p += n + (p[n] == ',');
    }
    if (s.n_fields != parts->n)
        return err_set(e, ERR_USAGE, "--by names %zu fields, but %zu values are given",
                       s.n_fields, parts->n);
    bool there = false;
    scan_init(&s.scan);
    enum err code = records_walk(r, entity->name, match_record, &s, &there, e);
    scan_done(&s.scan);
    buf_done(&s.text);
    *found = s.hit;
    return code;
}

static enum err print_key(const struct reader *r, struct str entity, struct str key,
                          bool *found, struct error *e)
{
    BUF_SCOPED record = BUF_INIT;
    TRY(reader_get(r, entity, key, &record, found, e));
    if (!*found)
        return ERR_OK;
    if (record.n && record.p[record.n - 1] != '\n')
        buf_add_char(&record, '\n');
    return command_print(buf_str(&record), e);
}

static enum err by_key(const struct reader *r, const struct entity *entity,
                       const struct parts *parts, bool *found, struct error *e)
{
    BUF_SCOPED key = BUF_INIT;
    size_t n_key = entity->type ? entity->type->n_key : 1;
    if (parts->n != n_key)
        return err_set(e, ERR_USAGE, "the key has %zu parts, but %zu are given", n_key,
                       parts->n);
    for (size_t i = 0; i < parts->n; i++)
        key_add(&key, entity->type ? entity->type->key[i] : NULL, parts->text[i]);
    return print_key(r, entity->name, buf_str(&key), found, e);
}

/* What the schema says of a key matters only for texts that look like integers and are
 * none. So the key is looked up as if its parts were ids: what is found has just these
 * bytes for its key, whatever their types. To load the schema would take longer than
 * all the rest. */
static enum err without_schema(const struct reader *r, struct str entity,
                               const struct parts *parts, bool *found, struct error *e)
{
    BUF_SCOPED key = BUF_INIT;
    for (size_t i = 0; i < parts->n; i++)
        key_add(&key, NULL, parts->text[i]);
    return print_key(r, entity, buf_str(&key), found, e);
}

static enum err with_schema(const struct reader *r, struct str name,
                            const struct parts *parts, bool *found, struct error *e)
{
    CLEANUP(schema_freep) struct schema *schema = NULL;
    TRY(records_schema(r, &schema, e));
    const struct entity *entity = schema_lookup(schema, name);
    bool there = reader_entity(r, entity ? entity->name : name);
    if (!entity && !there)
        return err_set(e, ERR_NOINPUT, "no entity of this name (see sandcast ls)");
    if (!there)
        return ERR_OK;
    if (!entity)
        TRY(schema_entity(schema, name, &entity, e));
    return by ? search(r, entity, parts, found, e) : by_key(r, entity, parts, found, e);
}

static enum err look_up(const struct reader *r, struct str name,
                        const struct parts *parts, bool *found, struct error *e)
{
    if (!by && reader_entity(r, name))
        TRY(without_schema(r, name, parts, found, e));
    return *found ? ERR_OK : with_schema(r, name, parts, found, e);
}

static enum err run(const struct operands *operands, const struct common *common,
                    struct error *e)
{
    (void)common;
    alloc_large_pages();
    TRY(command_operands(operands, 3, 2 + SCHEMA_KEY_PARTS, &cmd_get, e));
    VIEW_SCOPED view = {0};
    struct parts parts = {0};
    bool found = false;
    TRY(view_open(&view, operands->items[0], NULL, e));
    const struct reader *r = view.reader;
    enum err code = read_parts(operands, &parts, e);
    if (code == ERR_OK)
        code = look_up(r, str_of(operands->items[1]), &parts, &found, e);
    doc_free(parts.doc);
    TRY(code);
    if (!found)
        return err_set(e, ERR_FOUND, "no record under this key");
    return ERR_OK;
}

const struct command cmd_get = {
    .name = "get",
    .synopsis = "SNAPSHOT ENTITY KEY...",
    .summary = "print one record by its key",
    .about =
        "Finds one record through the index: whatever the size of the snapshot, beside\n"
        "its manifest three members are read, one of them in part. A key of several\n"
        "parts is given as operands or as one JSON list. Exit status 1 when there is no\n"
        "such record.",
    .examples = "  sandcast get tenant.zip Part 4711\n"
                "  sandcast get tenant.zip IssueRelation '[12, 40]'\n"
                "  sandcast get tenant.zip Part --by partNumber,revision PN-1 A\n",
    .options = options,
    .run = run,
};
