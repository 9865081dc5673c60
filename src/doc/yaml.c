/* YAML by libyaml's events: what comes is looked at before anything is built of it. */
#include <stdlib.h>
#include <yaml.h>

#include "base/alloc.h"
#include "doc/tree.h"

struct level {
    struct doc_node *node;
    struct doc_node **items;
    size_t n, cap;
    struct str key;
    bool has_key;
};

struct reader {
    struct doc *doc;
    yaml_parser_t parser;
    struct level levels[DOC_DEPTH];
    size_t depth;
    unsigned documents;
    bool done;
};

static void reader_free(struct reader *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < DOC_DEPTH; i++)
        free(r->levels[i].items);
    yaml_parser_delete(&r->parser);
    free(r);
}
DEFINE_CLEANUP(struct reader, reader_free);

static size_t line_of(const yaml_event_t *event)
{
    return event->start_mark.line + 1;
}

static enum err refuse(const struct reader *r, const yaml_event_t *event,
                       const char *what, struct error *e)
{
    return tree_error(r->doc, ERR_DATA, line_of(event), what, e);
}

static size_t digits(struct str s, size_t from)
{
    size_t i = from;
    while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
        i++;
    return i - from;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_decimal(struct str s)
{
    size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+');
    size_t whole = digits(s, i), part = 0;
    i += whole;
    if (i < s.n && s.p[i] == '.') {
        part = digits(s, i + 1);
        i += 1 + part;
    }
    if (whole + part == 0)
        return false;
    if (i < s.n && (s.p[i] | 0x20) == 'e') {
        i++;
        i += i < s.n && (s.p[i] == '-' || s.p[i] == '+');
        size_t power = digits(s, i);
        if (power == 0)
            return false;
        i += power;
    }
    return i == s.n;
}

static bool is_based(struct str s)
{
    bool hex = str_starts(s, STR("0x"));
    if (s.n < 3 || (!hex && !str_starts(s, STR("0o"))))
        return false;
    for (size_t i = 2; i < s.n; i++)
        if (!s.p[i] || !strchr(hex ? "0123456789abcdefABCDEF" : "01234567", s.p[i]))
            return false;
    return true;
}

static bool is_one_of(struct str s, const char *const *words)
{
    for (; *words; words++)
        if (str_eq(s, str_of(*words)))
            return true;
    return false;
}

/* YAML 1.2.2, 10.3.2: what a plain scalar means. */
static enum doc_kind plain_kind(struct str s)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const bools[] = {"true",  "True",  "TRUE", "false",
                                        "False", "FALSE", NULL};
    static const char *const specials[] = {".inf",  ".Inf",  ".INF",  "+.inf", "+.Inf",
                                           "+.INF", "-.inf", "-.Inf", "-.INF", ".nan",
                                           ".NaN",  ".NAN",  NULL};
    if (is_one_of(s, nulls))
        return DOC_NULL;
    if (is_one_of(s, bools))
        return DOC_BOOL;
    if (is_decimal(s) || is_based(s) || is_one_of(s, specials))
        return DOC_NUMBER;
    return DOC_STRING;
}

/* Puts a finished or just opened node where the document stands. */
static enum err place(struct reader *r, struct doc_node *node,
                      const yaml_event_t *event, struct error *e)
{
    if (r->depth == 0) {
        r->doc->root = node;
        return ERR_OK;
    }
    struct level *l = &r->levels[r->depth - 1];
    if (l->node->kind == DOC_MAP) {
        if (!l->has_key)
            return refuse(r, event, "the name of a member must be a text", e);
        node->key = l->key;
        l->has_key = false;
    }
    VEC_PUSH(l->items, l->n, l->cap) = node;
    return ERR_OK;
}

static enum err scalar(struct reader *r, const yaml_event_t *event, struct error *e)
{
    struct str text =
        str_n((const char *)event->data.scalar.value, event->data.scalar.length);
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (event->data.scalar.anchor)
        return refuse(r, event, "anchors are not accepted", e);
    if (event->data.scalar.tag)
        return refuse(r, event, "tags are not accepted", e);
    struct level *l = r->depth ? &r->levels[r->depth - 1] : NULL;
    if (l && l->node->kind == DOC_MAP && !l->has_key) {
        if (plain && str_eq(text, STR("<<")))
            return refuse(r, event, "merge keys are not accepted", e);
        l->key = arena_str(&r->doc->arena, text);
        l->has_key = true;
        return ERR_OK;
    }
    struct doc_node *node;
    TRY(tree_node(r->doc, plain ? plain_kind(text) : DOC_STRING, line_of(event), &node,
                  e));
    if (node->kind == DOC_BOOL)
        node->text = (text.p[0] | 0x20) == 't' ? STR("true") : STR("false");
    else if (node->kind != DOC_NULL)
        node->text = arena_str(&r->doc->arena, text);
    return place(r, node, event, e);
}

static enum err open_level(struct reader *r, const yaml_event_t *event, struct error *e)
{
    bool map = event->type == YAML_MAPPING_START_EVENT;
    if (map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor)
        return refuse(r, event, "anchors are not accepted", e);
    if (map ? event->data.mapping_start.tag : event->data.sequence_start.tag)
        return refuse(r, event, "tags are not accepted", e);
    if (r->depth == DOC_DEPTH)
        return tree_error(r->doc, ERR_LIMIT, line_of(event), "nested too deeply", e);
    struct doc_node *node;
    TRY(tree_node(r->doc, map ? DOC_MAP : DOC_LIST, line_of(event), &node, e));
    TRY(place(r, node, event, e));
    struct level *l = &r->levels[r->depth++];
    l->node = node;
    l->n = 0;
    l->has_key = false;
    return ERR_OK;
}

static enum err close_level(struct reader *r, struct error *e)
{
    struct level *l = &r->levels[--r->depth];
    return tree_seal(r->doc, l->node, l->items, l->n, e);
}

static enum err take(struct reader *r, const yaml_event_t *event, struct error *e)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (r->documents++)
            return refuse(r, event, "only one document is accepted", e);
        return ERR_OK;
    case YAML_SCALAR_EVENT: return scalar(r, event, e);
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT: return open_level(r, event, e);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT: return close_level(r, e);
    case YAML_ALIAS_EVENT: return refuse(r, event, "aliases are not accepted", e);
    case YAML_STREAM_END_EVENT: r->done = true; return ERR_OK;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT: return ERR_OK;
    }
    return ERR_OK;
}

/* libyaml's `problem` is one of its own fixed sentences; its context could hold none of
 * the content either, but adds nothing. */
static enum err wrong(const struct reader *r, struct error *e)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR)
        alloc_fail();
    return tree_error(r->doc, ERR_DATA,
                      (p->problem_mark.line ? p->problem_mark.line : p->mark.line) + 1,
                      p->problem ? p->problem : "this is no YAML", e);
}

enum err doc_yaml(struct str text, const char *name, struct doc **out, struct error *e)
{
    CLEANUP(doc_freep) struct doc *d = NEW(struct doc);
    d->name = name;
    if (text.n > DOC_SIZE)
        return tree_error(d, ERR_LIMIT, 0, "a document is at most 64 MiB", e);
    CLEANUP(reader_freep) struct reader *r = NEW(struct reader);
    r->doc = d;
    if (!yaml_parser_initialize(&r->parser))
        alloc_fail();
    yaml_parser_set_input_string(&r->parser,
                                 (const unsigned char *)(text.n ? text.p : ""), text.n);
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    while (!r->done) {
        yaml_event_t event;
        if (!yaml_parser_parse(&r->parser, &event))
            return wrong(r, e);
        enum err code = take(r, &event, e);
        yaml_event_delete(&event);
        TRY(code);
    }
    if (!d->root)
        TRY(tree_node(d, DOC_NULL, 1, &d->root, e));
    d->name = NULL;
    *out = d;
    d = NULL;
    return ERR_OK;
}
