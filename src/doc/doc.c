#include "doc/doc.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "doc/tree.h"

#define EXACT (UINT64_C(1) << 53) /* integers that every reader of JSON keeps */

enum err tree_error(const struct doc *d, enum err code, size_t line, const char *what,
                    struct error *e)
{
    if (line)
        err_set(e, code, "line %zu: %s", line, what);
    else
        err_set(e, code, "%s", what);
    return err_in(e, d->name), code;
}

enum err tree_node(struct doc *d, enum doc_kind kind, size_t line,
                   struct doc_node **out, struct error *e)
{
    if (d->n_nodes == DOC_NODES)
        return tree_error(d, ERR_LIMIT, line, "too many values in one document", e);
    d->n_nodes++;
    struct doc_node *node = ARENA_NEW(&d->arena, struct doc_node);
    node->kind = kind;
    node->line = (unsigned)line;
    *out = node;
    return ERR_OK;
}

int tree_compare(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    for (size_t i = 0; i < n; i++) {
        unsigned x = (unsigned char)a.p[i], y = (unsigned char)b.p[i];
        if (x == y)
            continue;
        /* Of UTF-8's order only this differs: U+10000 and above (F0..F4) are
         * surrogates, D800..DFFF, which come before U+E000..U+FFFF (EE, EF). */
        if (x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0))
            return x >= 0xf0 ? -1 : 1;
        return x < y ? -1 : 1;
    }
    return (a.n > b.n) - (a.n < b.n);
}

static int compare_members(const void *a, const void *b)
{
    const struct doc_node *x = *(struct doc_node *const *)a;
    const struct doc_node *y = *(struct doc_node *const *)b;
    return tree_compare(x->key, y->key);
}

enum err tree_seal(struct doc *d, struct doc_node *node, struct doc_node **items,
                   size_t n, struct error *e)
{
    node->n_items = n;
    if (n == 0)
        return ERR_OK;
    node->items = ARENA_ARRAY(&d->arena, struct doc_node *, n);
    memcpy(node->items, items, n * sizeof(struct doc_node *));
    if (node->kind != DOC_MAP)
        return ERR_OK;
    node->sorted = ARENA_ARRAY(&d->arena, struct doc_node *, n);
    memcpy(node->sorted, items, n * sizeof(struct doc_node *));
    qsort(node->sorted, n, sizeof(struct doc_node *), compare_members);
    for (size_t i = 1; i < n; i++) {
        const struct doc_node *a = node->sorted[i - 1], *b = node->sorted[i];
        if (str_eq(a->key, b->key))
            return tree_error(d, ERR_DATA, a->line > b->line ? a->line : b->line,
                              "the same key appears twice in one map", e);
    }
    return ERR_OK;
}

static bool add_digit(unsigned base, char c, uint64_t *value)
{
    unsigned digit = 99;
    if (c >= '0' && c <= '9')
        digit = (unsigned)(c - '0');
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        digit = (unsigned)((c | 0x20) - 'a') + 10;
    return digit < base && !__builtin_mul_overflow(*value, base, value) &&
           !__builtin_add_overflow(*value, digit, value);
}

bool tree_integer(struct str text, uint64_t *out, bool *out_negative)
{
    unsigned base = 10;
    uint64_t value = 0;
    bool negative = str_starts(text, STR("-"));
    if (str_starts(text, STR("0x")) || str_starts(text, STR("0o"))) {
        base = text.p[1] == 'x' ? 16 : 8;
        text = str_from(text, 2);
    } else if (negative || str_starts(text, STR("+"))) {
        text = str_from(text, 1);
    }
    for (size_t i = 0; i < text.n; i++)
        if (!add_digit(base, text.p[i], &value))
            return false;
    *out = value;
    *out_negative = negative && value != 0;
    return text.n > 0;
}

static void add_string(struct buf *out, struct str s)
{
    static const char names[] = "\"\"\\\\\bb\tt\nn\ff\rr";
    buf_add_char(out, '"');
    size_t plain = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(out, s.p + plain, i - plain);
        plain = i + 1;
        const char *name = names;
        while (*name && (unsigned char)*name != c)
            name += 2;
        if (*name)
            buf_printf(out, "\\%c", name[1]);
        else
            buf_printf(out, "\\u%04x", c);
    }
    buf_add(out, s.p + plain, s.n - plain);
    buf_add_char(out, '"');
}

static enum err add_integer(const struct doc_node *n, struct buf *out, struct error *e)
{
    uint64_t value;
    bool negative;
    if (!tree_integer(n->text, &value, &negative) || value > EXACT)
        return err_set(e, ERR_DATA, "a number is no integer within 2^53");
    buf_printf(out, "%s%llu", negative ? "-" : "", (unsigned long long)value);
    return ERR_OK;
}

static enum err add_node(const struct doc_node *n, struct buf *out, struct error *e)
{
    switch (n->kind) {
    case DOC_NULL: buf_add_str(out, STR("null")); return ERR_OK;
    case DOC_BOOL: buf_add_str(out, n->text); return ERR_OK;
    case DOC_NUMBER: return add_integer(n, out, e);
    case DOC_STRING: add_string(out, n->text); return ERR_OK;
    case DOC_LIST:
    case DOC_MAP: break;
    }
    bool map = n->kind == DOC_MAP;
    buf_add_char(out, map ? '{' : '[');
    for (size_t i = 0; i < n->n_items; i++) {
        const struct doc_node *item = map ? n->sorted[i] : n->items[i];
        if (i)
            buf_add_char(out, ',');
        if (map) {
            add_string(out, item->key);
            buf_add_char(out, ':');
        }
        TRY(add_node(item, out, e));
    }
    buf_add_char(out, map ? '}' : ']');
    return ERR_OK;
}

enum err doc_read(struct str text, const char *name, struct doc **out, struct error *e)
{
    size_t i = 0;
    while (i < text.n && strchr(" \t\r\n", text.p[i]) && text.p[i])
        i++;
    bool json = i < text.n && (text.p[i] == '{' || text.p[i] == '[');
    return json ? doc_json(text, name, out, e) : doc_yaml(text, name, out, e);
}

void doc_free(struct doc *d)
{
    if (!d)
        return;
    arena_done(&d->arena);
    free(d);
}

const struct doc_node *doc_root(const struct doc *d)
{
    return d->root;
}

const struct doc_node *doc_get(const struct doc_node *n, const char *key)
{
    if (!n || n->kind != DOC_MAP)
        return NULL;
    struct str want = str_of(key);
    size_t low = 0, high = n->n_items;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = tree_compare(n->sorted[middle]->key, want);
        if (c == 0)
            return n->sorted[middle];
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool doc_uint(const struct doc_node *n, uint64_t *out)
{
    uint64_t value;
    bool negative;
    if (!n || n->kind != DOC_NUMBER || !tree_integer(n->text, &value, &negative) ||
        negative)
        return false;
    *out = value;
    return true;
}

bool doc_bool(const struct doc_node *n, bool *out)
{
    if (!n || n->kind != DOC_BOOL)
        return false;
    *out = str_eq(n->text, STR("true"));
    return true;
}

bool doc_double(const struct doc_node *n, double *out)
{
    uint64_t whole;
    bool negative;
    if (!n || n->kind != DOC_NUMBER)
        return false;
    double value;
    if (tree_integer(n->text, &whole, &negative)) {
        value = negative ? -(double)whole : (double)whole;
    } else {
        /* NUL-terminated by the arena. The program never calls setlocale(), so the
         * decimal point is one. */
        char *end;
        value = strtod(n->text.p, &end);
        if (end != n->text.p + n->text.n)
            return false; /* YAML's .inf and .nan are not strtod's */
    }
    if (!isfinite(value))
        return false;
    *out = value;
    return true;
}

enum err doc_canonical(const struct doc_node *n, struct buf *out, struct error *e)
{
    size_t before = out->n;
    enum err code = add_node(n, out, e);
    if (code != ERR_OK)
        out->n = before;
    return code;
}
