/* What the two BagIt manifests and manifest.json say of the members. */
#include "archive/layout.h"
#include "archive/verify_private.h"
#include "doc/doc.h"

static enum err read_member(struct verify *v, const char *name, struct buf *out,
                            bool *out_read, struct error *e)
{
    enum err code = reader_read(v->r, reader_find(v->r, str_of(name)), out, e);
    *out_read = code == ERR_OK;
    return verify_or_find(v, code, e);
}

/* A line: 64 hex digits, two spaces, a name. */
static bool take_line(struct verify *v, struct str line, bool payload)
{
    uint8_t digest[SHA256_SIZE];
    size_t head = (size_t)2 * SHA256_SIZE;
    if (line.n < head + 3 || !hex_read(str_n(line.p, head), digest, SHA256_SIZE) ||
        line.p[head] != ' ' || line.p[head + 1] != ' ')
        return false;
    struct str name = str_from(line, head + 2);
    const struct reader_member *m = reader_find(v->r, name);
    if (!m || payload != str_starts(name, STR("data/")))
        return false;
    size_t i = (size_t)(m - v->r->members);
    memcpy(v->digests[i], digest, SHA256_SIZE);
    v->n_listed[i] += v->n_listed[i] < 2;
    return true;
}

static void take_lines(struct verify *v, const char *name, struct str text,
                       bool payload)
{
    size_t line = 0;
    for (size_t at = 0; at < text.n; line++) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        size_t n = end ? (size_t)(end - (text.p + at)) : text.n - at;
        if (!end || !take_line(v, str_n(text.p + at, n), payload))
            verify_find(v, VERIFY_MODIFIED,
                        "%s: line %zu is malformed or names no member that it may",
                        name, line + 1);
        at += n + 1;
    }
}

static void check_listed(struct verify *v)
{
    for (size_t i = 0; i < v->r->zip.n; i++) {
        struct str name = v->r->members[i].name;
        enum layout_kind kind = layout_of(name).kind;
        bool free =
            kind == LAYOUT_TAGS || kind == LAYOUT_MANIFEST || kind == LAYOUT_SIGNATURE;
        if (!free && v->n_listed[i] == 0)
            verify_find(v, VERIFY_MODIFIED, "%.*s: stands in no manifest",
                        STR_ARG(name));
        if (v->n_listed[i] > (free ? 0 : 1))
            verify_find(v, VERIFY_MODIFIED, "%.*s: stands in a manifest too often",
                        STR_ARG(name));
    }
}

/* manifest.json without the tag manifest's digest and the seal over it is what stands
 * in meta/manifest.json, where the tag manifest covers it. */
static enum err check_identity(struct verify *v, struct error *e)
{
    BUF_SCOPED inner = BUF_INIT;
    BUF_SCOPED want = BUF_INIT;
    bool read;
    TRY(read_member(v, NAME_IDENTITY, &inner, &read, e));
    if (!read)
        return ERR_OK;
    const struct doc_node *root = reader_manifest(v->r);
    struct doc_node *rest[64];
    struct doc_node copy = *root;
    copy.items = copy.sorted = rest;
    copy.n_items = 0;
    for (size_t i = 0; i < root->n_items; i++)
        if (!str_eq(root->sorted[i]->key, STR("tagmanifest")) &&
            !str_eq(root->sorted[i]->key, STR("seal")) && copy.n_items < 64)
            rest[copy.n_items++] = root->sorted[i];
    TRY(verify_or_find(v, doc_canonical(&copy, &want, e), e));
    if (!str_eq(buf_str(&inner), buf_str(&want)))
        verify_find(v, VERIFY_MODIFIED,
                    "manifest.json: does not say what " NAME_IDENTITY " says");
    return ERR_OK;
}

enum err verify_lists(struct verify *v, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    bool read;
    TRY(read_member(v, NAME_TAGS, &text, &read, e));
    uint8_t digest[SHA256_SIZE];
    sha256_of(buf_str(&text), digest);
    if (read && memcmp(digest, v->r->manifest.tags, SHA256_SIZE) != 0)
        verify_find(v, VERIFY_MODIFIED,
                    NAME_TAGS ": does not have the SHA-256 that manifest.json says");
    take_lines(v, NAME_TAGS, buf_str(&text), false);
    buf_clear(&text);
    TRY(read_member(v, NAME_PAYLOAD, &text, &read, e));
    take_lines(v, NAME_PAYLOAD, buf_str(&text), true);
    check_listed(v);
    return check_identity(v, e);
}
