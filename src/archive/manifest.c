#include "archive/manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "archive/layout.h"
#include "archive/page.h"
#include "base/alloc.h"
#include "doc/doc.h"
#include "schema/schema.h"

#define COMMENT_HEAD "sandcast1 "

static const char *const duplicates_names[] = {"fail", "first", "last"};

const char *duplicates_name(enum duplicates d)
{
    return duplicates_names[d];
}

void manifest_root(const struct manifest_entity *entities, size_t n,
                   uint8_t out[ROOT_SIZE])
{
    CLEANUP(sha256_freep) struct sha256 *d = sha256_new();
    digest_begin_root(d);
    for (size_t i = 0; i < n; i++)
        digest_add_entity(d, entities[i].name, entities[i].digest);
    sha256_end(d, out);
}

static void add_hex(struct buf *out, const char *name,
                    const uint8_t digest[SHA256_SIZE])
{
    buf_printf(out, ",\"%s\":\"", name);
    hex_add(out, digest, SHA256_SIZE);
    buf_add_char(out, '"');
}

static void add_entity(struct buf *out, const struct manifest_entity *en)
{
    buf_printf(out,
               "{\"name\":\"%.*s\",\"records\":%" PRIu64 ",\"members\":%" PRIu64
               ",\"pages\":%" PRIu64,
               STR_ARG(en->name), en->records, en->members, en->pages);
    if (en->losers)
        buf_printf(out, ",\"duplicates\":%" PRIu64, en->losers);
    if (en->copies)
        buf_printf(out, ",\"copies\":%" PRIu64, en->copies);
    add_hex(out, "digest", en->digest);
    if (en->has_steady)
        add_hex(out, "steady", en->steady);
    buf_add_char(out, '}');
}

/* The members of a JSON object, without its braces. */
static enum err inside(struct str object, struct str *out, struct error *e)
{
    CLEANUP(doc_freep) struct doc *d = NULL;
    TRY(doc_json(object, "the manifest's members", &d, e));
    if (doc_root(d)->kind != DOC_MAP)
        return err_set(e, ERR_DATA, "the manifest's members are no JSON object");
    *out = str_n(NULL, 0);
    if (!doc_root(d)->n_items)
        return ERR_OK;
    const char *begin = memchr(object.p, '{', object.n), *end = object.p + object.n;
    while (end[-1] != '}')
        end--;
    *out = str_n(begin + 1, (size_t)(end - 1 - (begin + 1)));
    return ERR_OK;
}

enum err manifest_make(const struct manifest *m, const char *encoder, struct str caller,
                       bool with_tags, struct buf *out, struct error *e)
{
    struct str more = {0};
    if (caller.n)
        TRY(inside(caller, &more, e));
    BUF_SCOPED text = BUF_INIT;
    buf_printf(&text,
               "{\"format\":\"" MANIFEST_FORMAT "\",\"encoder\":\"%s\","
               "\"duplicates\":\"%s\",\"entities\":[",
               encoder, duplicates_name(m->duplicates));
    for (size_t i = 0; i < m->n_entities; i++) {
        if (i)
            buf_add_char(&text, ',');
        add_entity(&text, &m->entities[i]);
    }
    buf_add_char(&text, ']');
    add_hex(&text, "root", m->root);
    if (with_tags)
        add_hex(&text, "tagmanifest", m->tags);
    if (with_tags && m->has_seal)
        add_hex(&text, "seal", m->seal);
    if (more.n) {
        buf_add_char(&text, ',');
        buf_add_str(&text, more);
    }
    buf_add_char(&text, '}');
    CLEANUP(doc_freep) struct doc *d = NULL;
    TRY(doc_json(buf_str(&text), NAME_MANIFEST, &d, e));
    return doc_canonical(doc_root(d), out, e);
}

static enum err bad(struct error *e, const char *line)
{
    return err_set(e, ERR_DATA, "manifest.json: %s", line);
}

static enum err read_hex(const struct doc_node *n, uint8_t out[SHA256_SIZE],
                         struct error *e)
{
    if (!n || n->kind != DOC_STRING || !hex_read(n->text, out, SHA256_SIZE))
        return bad(e, "a digest is missing or not 64 hex digits");
    return ERR_OK;
}

static bool count_or_zero(const struct doc_node *map, const char *key, uint64_t *out)
{
    const struct doc_node *n = doc_get(map, key);
    *out = 0;
    return !n || (doc_uint(n, out) && *out);
}

static enum err read_entity(const struct doc_node *n, struct manifest_entity *out,
                            struct error *e)
{
    const struct doc_node *name = doc_get(n, "name");
    if (!name || name->kind != DOC_STRING || !layout_is_entity(name->text))
        return bad(e, "an entity has no name, or one that no entity may have");
    out->name = name->text;
    if (!doc_uint(doc_get(n, "records"), &out->records) || !out->records ||
        !doc_uint(doc_get(n, "members"), &out->members) || !out->members ||
        !doc_uint(doc_get(n, "pages"), &out->pages) || !out->pages ||
        out->members >= UINT32_MAX || !count_or_zero(n, "duplicates", &out->losers) ||
        !count_or_zero(n, "copies", &out->copies))
        return bad(e, "an entity's numbers are missing or impossible");
    TRY(read_hex(doc_get(n, "digest"), out->digest, e));
    out->has_steady = doc_get(n, "steady") != NULL;
    return out->has_steady ? read_hex(doc_get(n, "steady"), out->steady, e) : ERR_OK;
}

static int compare_folded(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    size_t n = x->n < y->n ? x->n : y->n;
    int c = strncasecmp(x->p, y->p, n);
    return c ? c : (x->n > y->n) - (x->n < y->n);
}

static bool differ_in_case_only(const struct manifest *m)
{
    struct str *names = alloc_zero(m->n_entities + 1, sizeof *names);
    for (size_t i = 0; i < m->n_entities; i++)
        names[i] = m->entities[i].name;
    qsort(names, m->n_entities, sizeof *names, compare_folded);
    bool found = false;
    for (size_t i = 1; i < m->n_entities; i++)
        found = found || compare_folded(&names[i - 1], &names[i]) == 0;
    free(names);
    return found;
}

static enum err read_entities(struct manifest *m, struct error *e)
{
    const struct doc_node *list = doc_get(doc_root(m->doc), "entities");
    if (!list || list->kind != DOC_LIST)
        return bad(e, "entities are missing");
    if (list->n_items > SCHEMA_ENTITIES)
        return err_set(e, ERR_LIMIT, "manifest.json: more than %d entities",
                       SCHEMA_ENTITIES);
    m->entities = alloc_zero(list->n_items + 1, sizeof *m->entities);
    for (size_t i = 0; i < list->n_items; i++) {
        TRY(read_entity(list->items[i], &m->entities[i], e));
        if (i && str_cmp(m->entities[i - 1].name, m->entities[i].name) >= 0)
            return bad(e, "entities are out of order");
    }
    m->n_entities = list->n_items;
    return differ_in_case_only(m) ? bad(e, "two entities differ in case only") : ERR_OK;
}

static enum err read_version(const struct doc_node *root, struct error *e)
{
    const struct doc_node *format = doc_get(root, "format");
    if (!format || format->kind != DOC_STRING)
        return bad(e, "it names no format; not a snapshot");
    struct str text = format->text, head = STR("sandcast-snapshot ");
    if (!str_starts(text, head))
        return bad(e, "its format is not sandcast-snapshot");
    if (str_starts(str_from(text, head.n), STR("1.")))
        return ERR_OK;
    return bad(e, "its version is not 1.x; a newer sandcast may read it");
}

static enum err read_all(struct str text, struct manifest *m, struct error *e)
{
    TRY(doc_json(text, NAME_MANIFEST, &m->doc, e));
    const struct doc_node *root = doc_root(m->doc);
    TRY(read_version(root, e));
    BUF_SCOPED canonical = BUF_INIT;
    TRY(doc_canonical(root, &canonical, e));
    if (!str_eq(buf_str(&canonical), text))
        return bad(e, "it is not canonical JSON");
    TRY(read_entities(m, e));
    const struct doc_node *duplicates = doc_get(root, "duplicates");
    bool known = false;
    for (unsigned i = 0; duplicates && i < 3; i++)
        if (str_eq(duplicates->text, str_of(duplicates_names[i]))) {
            m->duplicates = (enum duplicates)i;
            known = true;
        }
    if (!known)
        return bad(e, "it does not say how duplicates were decided");
    TRY(read_hex(doc_get(root, "root"), m->root, e));
    TRY(read_hex(doc_get(root, "tagmanifest"), m->tags, e));
    const struct doc_node *seal = doc_get(root, "seal");
    if (seal)
        TRY(read_hex(seal, m->seal, e));
    m->has_seal = seal != NULL;
    uint8_t want[ROOT_SIZE];
    manifest_root(m->entities, m->n_entities, want);
    if (memcmp(want, m->root, ROOT_SIZE) != 0)
        return bad(e, "its root is not the digest of its entities");
    return ERR_OK;
}

enum err manifest_read(struct str text, struct manifest *out, struct error *e)
{
    struct manifest m = {0};
    enum err code = read_all(text, &m, e);
    if (code != ERR_OK)
        manifest_done(&m);
    else
        *out = m;
    return code;
}

void manifest_done(struct manifest *m)
{
    doc_free(m->doc);
    free(m->entities);
    *m = (struct manifest){0};
}

void manifest_comment(uint64_t offset, char out[MANIFEST_COMMENT + 1])
{
    snprintf(out, MANIFEST_COMMENT + 1, COMMENT_HEAD "%016" PRIx64, offset);
}

bool manifest_comment_read(struct str comment, uint64_t *out_offset)
{
    struct str head = STR(COMMENT_HEAD);
    if (comment.n != MANIFEST_COMMENT || !str_starts(comment, head))
        return false;
    uint64_t v = 0;
    for (size_t i = head.n; i < comment.n; i++) {
        char c = comment.p[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        v = v << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *out_offset = v;
    return true;
}
