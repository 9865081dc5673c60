/* Small documents, YAML and JSON: a tree is whole, its canonical text reads as itself
 * by both readers, and the same text reads the same twice. Byte 0: 0 YAML, 1 JSON, else
 * by content. */
#include "fuzz.h"

#include "doc/doc.h"

static enum err read_text(unsigned how, struct str text, struct doc **out,
                          struct error *e)
{
    if (how == 0)
        return doc_yaml(text, "fuzz", out, e);
    return how == 1 ? doc_json(text, "fuzz", out, e) : doc_read(text, "fuzz", out, e);
}

static void check_text(struct str s)
{
    BUF_SCOPED valid = BUF_INIT;
    fuzz_utf8(&valid, s);
    FUZZ_ASSERT(str_eq(buf_str(&valid), s));
}

static void check_scalar(const struct doc_node *n)
{
    uint64_t u;
    bool b;
    double d;
    if (doc_uint(n, &u))
        FUZZ_ASSERT(n->kind == DOC_NUMBER && n->text.n);
    if (doc_bool(n, &b))
        FUZZ_ASSERT(n->kind == DOC_BOOL &&
                    str_eq(n->text, b ? STR("true") : STR("false")));
    if (doc_double(n, &d))
        FUZZ_ASSERT(n->kind == DOC_NUMBER && d - d == 0);
    check_text(n->text);
}

static void check_node(const struct doc_node *n, size_t lines, unsigned depth)
{
    FUZZ_ASSERT(depth <= DOC_DEPTH && n->line <= lines);
    check_scalar(n);
    FUZZ_ASSERT(!n->n_items || n->kind == DOC_LIST || n->kind == DOC_MAP);
    for (size_t i = 0; i < n->n_items; i++) {
        const struct doc_node *item = n->items[i];
        check_node(item, lines, depth + 1);
        if (n->kind != DOC_MAP)
            continue;
        check_text(item->key);
        if (!memchr(item->key.p, 0, item->key.n)) {
            BUF_SCOPED key = BUF_INIT;
            buf_add_str(&key, item->key);
            FUZZ_ASSERT(doc_get(n, buf_cstr(&key)) == item);
        }
    }
}

/* What YAML 1.1 takes for line ends, in JSON ordinary characters: it folds them. */
static bool has_breaks(struct str s)
{
    return memmem(s.p, s.n, "\xc2\x85", 2) || memmem(s.p, s.n, "\xe2\x80\xa8", 3) ||
           memmem(s.p, s.n, "\xe2\x80\xa9", 3);
}

static void same_by(unsigned how, struct str canonical)
{
    CLEANUP(doc_freep) struct doc *d = NULL;
    BUF_SCOPED again = BUF_INIT;
    struct error e = ERROR_INIT;
    enum err code = read_text(how, canonical, &d, &e);
    /* YAML has fewer characters than JSON, and shorter keys; jansson takes no NUL in a
     * key. */
    bool may_fail = how == 0 || memmem(canonical.p, canonical.n, "\\u0000", 6);
    FUZZ_ASSERT(code == ERR_OK || may_fail);
    if (code != ERR_OK || (how == 0 && has_breaks(canonical)))
        return;
    FUZZ_ASSERT(doc_canonical(doc_root(d), &again, &e) == ERR_OK);
    FUZZ_ASSERT(str_eq(buf_str(&again), canonical));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct str text = str_n((const char *)data + 1, size - 1);
    CLEANUP(doc_freep) struct doc *d = NULL;
    CLEANUP(doc_freep) struct doc *twin = NULL;
    BUF_SCOPED one = BUF_INIT;
    BUF_SCOPED two = BUF_INIT;
    struct error e = ERROR_INIT, f = ERROR_INIT;
    unsigned how = data[0] % 3;
    enum err code = read_text(how, text, &d, &e);
    FUZZ_ASSERT(read_text(how, text, &twin, &f) == code);
    if (code != ERR_OK) {
        fuzz_refused(&e);
        FUZZ_ASSERT(strcmp(e.line, f.line) == 0);
        return 0;
    }
    size_t lines = 2;
    for (size_t i = 0; i < text.n; i++)
        lines += text.p[i] == '\n' || text.p[i] == '\r' || (uint8_t)text.p[i] >= 0x80;
    check_node(doc_root(d), lines, 0);
    buf_add_str(&one, STR("before"));
    buf_add_str(&two, STR("before"));
    code = doc_canonical(doc_root(d), &one, &e);
    FUZZ_ASSERT(doc_canonical(doc_root(twin), &two, &f) == code);
    FUZZ_ASSERT(str_eq(buf_str(&one), buf_str(&two)));
    if (code != ERR_OK) {
        fuzz_refused(&e);
        FUZZ_ASSERT(one.n == strlen("before"));
        return 0;
    }
    struct str canonical = str_from(buf_str(&one), strlen("before"));
    /* A single value is a JSON text too, but doc_read takes that for YAML. */
    same_by(0, canonical);
    same_by(1, canonical);
    return 0;
}
