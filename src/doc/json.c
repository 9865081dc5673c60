/* JSON by jansson. It builds its own tree first, so a look ahead bounds it. */
#include <jansson.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "doc/tree.h"

/* Without memory jansson says that the text is not valid. */
__attribute__((constructor)) static void use_our_memory(void)
{
    json_set_alloc_funcs(alloc_bytes, free);
}

static void release(json_t **j)
{
    json_decref(*j);
}

static void release_items(struct doc_node ***items)
{
    free(*items);
}

static size_t skip_string(struct str s, size_t i)
{
    for (i++; i < s.n && s.p[i] != '"'; i++)
        if (s.p[i] == '\\')
            i++;
    return i;
}

/* Counts containers and commas, which bound the values, before anything is allocated;
 * what is no JSON is jansson's to say. */
static enum err check_limits(const struct doc *d, struct str s, struct error *e)
{
    size_t depth = 0, values = 1;
    for (size_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '"': i = skip_string(s, i); break;
        case '{':
        case '[':
            if (++depth > DOC_DEPTH)
                return tree_error(d, ERR_LIMIT, 0, "nested too deeply", e);
            values++;
            break;
        case '}':
        case ']': depth -= depth > 0; break;
        case ',': values++; break;
        default: break;
        }
    }
    /* An empty container counts one too many: its first value is not there. */
    if (values / 2 > DOC_NODES)
        return tree_error(d, ERR_LIMIT, 0, "too many values in one document", e);
    return ERR_OK;
}

static const char *reason(const json_error_t *error)
{
    /* error->text is never shown: it quotes what it found. */
    int code = json_error_code(error);
    if (code == json_error_duplicate_key)
        return "the same key appears twice in one map";
    if (code == json_error_invalid_utf8)
        return "the text is not UTF-8";
    if (code == json_error_premature_end_of_input)
        return "the document ends early";
    if (code == json_error_end_of_input_expected)
        return "something follows the document";
    if (code == json_error_numeric_overflow)
        return "a number is too large";
    if (code == json_error_null_byte_in_key)
        return "a key holds a NUL";
    return "this is no JSON";
}

static struct str number_text(struct doc *d, const json_t *j)
{
    char text[40];
    int n;
    if (json_is_integer(j)) {
        n = snprintf(text, sizeof text, "%lld", (long long)json_integer_value(j));
    } else {
        n = snprintf(text, sizeof text, "%.17g", json_real_value(j));
        if (!strpbrk(text, ".e"))
            n += snprintf(text + n, sizeof text - (size_t)n, ".0");
    }
    return arena_str(&d->arena, str_n(text, (size_t)n));
}

static enum err convert(struct doc *d, const json_t *j, struct doc_node **out,
                        struct error *e);

static enum err convert_items(struct doc *d, json_t *j, struct doc_node *node,
                              struct error *e)
{
    size_t n = node->kind == DOC_MAP ? json_object_size(j) : json_array_size(j);
    CLEANUP(release_items)
    struct doc_node **items = alloc_zero(n + 1, sizeof(struct doc_node *));
    if (node->kind == DOC_LIST) {
        for (size_t i = 0; i < n; i++)
            TRY(convert(d, json_array_get(j, i), &items[i], e));
        return tree_seal(d, node, items, n, e);
    }
    size_t i = 0;
    for (void *at = json_object_iter(j); at; at = json_object_iter_next(j, at), i++) {
        TRY(convert(d, json_object_iter_value(at), &items[i], e));
        items[i]->key = arena_str(&d->arena, str_of(json_object_iter_key(at)));
    }
    return tree_seal(d, node, items, i, e);
}

/* Recursion: at most DOC_DEPTH, which check_limits() has seen to. */
static enum err convert(struct doc *d, const json_t *j, struct doc_node **out,
                        struct error *e)
{
    static const enum doc_kind kinds[] = {
        [JSON_OBJECT] = DOC_MAP,    [JSON_ARRAY] = DOC_LIST,
        [JSON_STRING] = DOC_STRING, [JSON_INTEGER] = DOC_NUMBER,
        [JSON_REAL] = DOC_NUMBER,   [JSON_TRUE] = DOC_BOOL,
        [JSON_FALSE] = DOC_BOOL,    [JSON_NULL] = DOC_NULL,
    };
    struct doc_node *node;
    TRY(tree_node(d, kinds[json_typeof(j)], 0, &node, e));
    *out = node;
    switch (node->kind) {
    case DOC_NULL: break;
    case DOC_BOOL: node->text = json_is_true(j) ? STR("true") : STR("false"); break;
    case DOC_NUMBER: node->text = number_text(d, j); break;
    case DOC_STRING:
        node->text =
            arena_str(&d->arena, str_n(json_string_value(j), json_string_length(j)));
        break;
    case DOC_LIST:
    case DOC_MAP: return convert_items(d, (json_t *)j, node, e);
    }
    return ERR_OK;
}

enum err doc_json(struct str text, const char *name, struct doc **out, struct error *e)
{
    CLEANUP(doc_freep) struct doc *d = NEW(struct doc);
    d->name = name;
    if (text.n > DOC_SIZE)
        return tree_error(d, ERR_LIMIT, 0, "a document is at most 64 MiB", e);
    TRY(check_limits(d, text, e));
    json_error_t error;
    CLEANUP(release)
    json_t *j =
        json_loadb(text.n ? text.p : "", text.n,
                   JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (!j)
        return tree_error(d, ERR_DATA, error.line > 0 ? (size_t)error.line : 0,
                          reason(&error), e);
    TRY(convert(d, j, &d->root, e));
    d->name = NULL;
    *out = d;
    d = NULL;
    return ERR_OK;
}
