#include "archive/page.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "deflate/deflate.h"

/* What the digests begin with, so that none reads as another. */
#define LABEL_PAGE   STR("sandcast page 1\n")
#define LABEL_STEADY STR("sandcast steady page 1\n")
#define LABEL_ENTITY STR("sandcast entity 1\n")
#define LABEL_ROOT   STR("sandcast root 1\n")

#define BOUNDARY_MASK 0xffu /* 256 entries a page on average: about 5 KiB, one read */

bool page_ends_after(struct str key)
{
    return key.n > PAGE_KEY || (hash64(key) & BOUNDARY_MASK) == 0;
}

void digest_begin_page(struct sha256 *d, bool steady)
{
    sha256_add(d, steady ? LABEL_STEADY : LABEL_PAGE);
}

void digest_begin_entity(struct sha256 *d)
{
    sha256_add(d, LABEL_ENTITY);
}

void digest_begin_root(struct sha256 *d)
{
    sha256_add(d, LABEL_ROOT);
}

static size_t put_le(uint8_t *p, uint64_t v, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        p[i] = (uint8_t)(v >> 8 * i);
    return n;
}

static struct str bytes_str(const uint8_t *p, size_t n)
{
    return str_n((const char *)p, n);
}

void digest_add_entity(struct sha256 *root, struct str name,
                       const uint8_t digest[SHA256_SIZE])
{
    uint8_t head[4];
    put_le(head, name.n, 4);
    sha256_add(root, bytes_str(head, 4));
    sha256_add(root, name);
    sha256_add(root, bytes_str(digest, SHA256_SIZE));
}

/* Length of the key (4 bytes), key, fingerprint, count (8 bytes). Small keys go in one
 * piece: a call of the digest costs more than the copy. */
static void digest_entry(struct sha256 *d, struct str key, const uint8_t *print,
                         size_t print_n, uint64_t count)
{
    uint8_t small[256];
    size_t n = put_le(small, key.n, 4);
    if (key.n <= 128) {
        memcpy(small + n, key.p, key.n);
        n += key.n;
    } else {
        sha256_add(d, bytes_str(small, n));
        sha256_add(d, key);
        n = 0;
    }
    memcpy(small + n, print, print_n);
    n += print_n;
    n += put_le(small + n, count, 8);
    sha256_add(d, bytes_str(small, n));
}

static void digest_both(struct sha256 *content, struct sha256 *without,
                        const struct index_entry *en)
{
    /* Equal records under a key are one record, however often it came; without a key
     * they are as many as they are. */
    bool counts = en->key.n && en->key.p[0] == ENTRY_TAG_FINGERPRINT;
    uint64_t count = counts ? en->count : 1;
    digest_entry(content, en->key, en->fingerprint, HASH_FINGERPRINT, count);
    if (!without)
        return;
    uint8_t steady[8];
    put_le(steady, en->steady, 8);
    digest_entry(without, en->key, steady, 8, count);
}

static uint64_t zigzag(int64_t v)
{
    return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t v)
{
    return (int64_t)(v >> 1 ^ (v & 1 ? UINT64_MAX : 0));
}

static size_t shared_prefix(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n, i = 0;
    while (i < n && a.p[i] == b.p[i])
        i++;
    return i;
}

/* Where the record would stand if it followed the previous entry's. */
static uint64_t expected_at(const struct index_entry *last, uint32_t member)
{
    return last->size && last->member == member ? (uint64_t)last->at + last->size + 1
                                                : 0;
}

void page_maker_init(struct page_maker *p, bool steady)
{
    *p = (struct page_maker){.steady = steady, .content = sha256_new()};
    if (steady)
        p->without = sha256_new();
}

void page_maker_done(struct page_maker *p)
{
    buf_done(&p->entries);
    buf_done(&p->first);
    buf_done(&p->last_key);
    buf_done(&p->bytes);
    sha256_free(p->content);
    sha256_free(p->without);
    *p = (struct page_maker){0};
}

static void page_begin(struct page_maker *p, struct str first)
{
    buf_clear(&p->entries);
    buf_clear(&p->last_key);
    buf_clear(&p->first);
    buf_add_str(&p->first, first);
    p->last = (struct index_entry){0};
    digest_begin_page(p->content, false);
    if (p->steady)
        digest_begin_page(p->without, true);
}

bool page_maker_add(struct page_maker *p, const struct index_entry *en)
{
    if (!p->n)
        page_begin(p, en->key);
    struct buf *out = &p->entries;
    size_t shared = shared_prefix(buf_str(&p->last_key), en->key);
    buf_add_varint(out, shared);
    buf_add_varint(out, (en->key.n - shared) << 1 | (en->count > 1));
    buf_add_str(out, str_from(en->key, shared));
    buf_add(out, en->fingerprint, HASH_FINGERPRINT);
    if (p->steady)
        buf_add_u64(out, en->steady);
    buf_add_varint(out, zigzag((int64_t)en->member - (int64_t)p->last.member));
    buf_add_varint(
        out, zigzag((int64_t)en->at - (int64_t)expected_at(&p->last, en->member)));
    buf_add_varint(out, en->size);
    if (en->count > 1)
        buf_add_varint(out, en->count - 1);
    digest_both(p->content, p->steady ? p->without : NULL, en);
    p->last = *en;
    p->last_key.n = shared;
    buf_add_str(&p->last_key, str_from(en->key, shared));
    p->n++;
    return p->n == PAGE_ENTRIES || page_ends_after(en->key);
}

void page_maker_end(struct page_maker *p, struct page_info *out)
{
    assert(p->n);
    buf_clear(&p->bytes);
    buf_add_varint(&p->bytes, p->n);
    buf_add_str(&p->bytes, buf_str(&p->entries));
    *out = (struct page_info){
        .first = buf_str(&p->first),
        .records = p->n,
        .size = p->bytes.n,
        .crc = crc32_of(0, buf_str(&p->bytes)),
    };
    sha256_end(p->content, out->digest);
    if (p->steady)
        sha256_end(p->without, out->steady);
    p->n = 0;
}

void page_reader_init(struct page_reader *p, bool steady)
{
    *p = (struct page_reader){.steady = steady, .content = sha256_new()};
    if (steady)
        p->without = sha256_new();
}

void page_reader_done(struct page_reader *p)
{
    buf_done(&p->key);
    sha256_free(p->content);
    sha256_free(p->without);
    *p = (struct page_reader){0};
}

static enum err bad(struct error *e, const char *line)
{
    return err_set(e, ERR_DATA, "%s", line);
}

enum err page_reader_begin(struct page_reader *p, struct str bytes, struct error *e)
{
    uint64_t n;
    uint8_t unused[SHA256_SIZE];
    p->bytes = bytes;
    p->pos = 0;
    p->last = (struct index_entry){0};
    buf_clear(&p->key);
    if (!str_varint(bytes, &p->pos, &n) || n == 0 || n > PAGE_ENTRIES)
        return bad(e, "an index page has no or too many entries");
    p->n = p->left = (size_t)n;
    sha256_end(p->content, unused); /* what an abandoned page left behind */
    digest_begin_page(p->content, false);
    if (p->steady) {
        sha256_end(p->without, unused);
        digest_begin_page(p->without, true);
    }
    return ERR_OK;
}

static enum err read_key(struct page_reader *p, bool *counted, struct error *e)
{
    uint64_t shared, rest;
    if (!str_varint(p->bytes, &p->pos, &shared) ||
        !str_varint(p->bytes, &p->pos, &rest))
        return bad(e, "an index page is cut off");
    *counted = rest & 1;
    rest >>= 1;
    if (shared > p->key.n || rest > p->bytes.n - p->pos || shared + rest > CANON_KEY)
        return bad(e, "an index entry has an impossible key");
    struct str tail = str_n(p->bytes.p + p->pos, (size_t)rest);
    struct str old = str_from(buf_str(&p->key), (size_t)shared);
    bool first = p->left == p->n;
    if (first ? !rest : str_cmp(tail, old) <= 0)
        return bad(e, "the entries of an index page are out of order");
    if (old.n && tail.n && old.p[0] == tail.p[0])
        return bad(e, "an index entry is not packed as it should be");
    p->key.n = (size_t)shared;
    buf_add_str(&p->key, tail);
    p->pos += (size_t)rest;
    return ERR_OK;
}

static enum err read_entry(struct page_reader *p, struct index_entry *out,
                           struct error *e)
{
    bool counted = false;
    TRY(read_key(p, &counted, e));
    out->key = buf_str(&p->key);
    size_t prints = HASH_FINGERPRINT + (p->steady ? 8u : 0);
    uint64_t member, at, size, more = 0;
    if (p->bytes.n - p->pos < prints)
        return bad(e, "an index page is cut off");
    memcpy(out->fingerprint, p->bytes.p + p->pos, HASH_FINGERPRINT);
    out->steady = 0;
    for (unsigned i = 0; p->steady && i < 8; i++)
        out->steady |= (uint64_t)(uint8_t)p->bytes.p[p->pos + HASH_FINGERPRINT + i]
                       << 8 * i;
    p->pos += prints;
    if (!str_varint(p->bytes, &p->pos, &member) ||
        !str_varint(p->bytes, &p->pos, &at) || !str_varint(p->bytes, &p->pos, &size) ||
        (counted && !str_varint(p->bytes, &p->pos, &more)))
        return bad(e, "an index page is cut off");
    int64_t m, a;
    if (__builtin_add_overflow((int64_t)p->last.member, unzigzag(member), &m) ||
        m < 0 || m > UINT32_MAX || size == 0 || size > UINT32_MAX ||
        (counted && more == 0) || more == UINT64_MAX)
        return bad(e, "an index entry has an impossible place");
    uint64_t expected = expected_at(&p->last, (uint32_t)m);
    if (__builtin_add_overflow((int64_t)expected, unzigzag(at), &a) || a < 0 ||
        a > UINT32_MAX)
        return bad(e, "an index entry has an impossible place");
    out->member = (uint32_t)m;
    out->at = (uint32_t)a;
    out->size = (uint32_t)size;
    out->count = more + 1;
    return ERR_OK;
}

static enum err end_page(struct page_reader *p, const struct page_info *info,
                         struct error *e)
{
    uint8_t digest[SHA256_SIZE], steady[SHA256_SIZE] = {0};
    sha256_end(p->content, digest);
    if (p->steady)
        sha256_end(p->without, steady);
    if (p->pos != p->bytes.n)
        return bad(e, "bytes behind the last entry of an index page");
    if (p->n != info->records)
        return bad(e, "an index page does not have as many entries as the top says");
    if (!p->plain && (memcmp(digest, info->digest, SHA256_SIZE) != 0 ||
                      memcmp(steady, info->steady, SHA256_SIZE) != 0))
        return bad(e, "an index page does not have the digest that the top says");
    return ERR_OK;
}

enum err page_reader_next(struct page_reader *p, const struct page_info *info,
                          struct index_entry *out, bool *out_more, struct error *e)
{
    *out_more = p->left > 0;
    if (!p->left)
        return end_page(p, info, e);
    TRY(read_entry(p, out, e));
    if (p->left == p->n && !str_eq(out->key, info->first))
        return bad(e, "an index page does not begin with the key that the top says");
    if (p->left > 1 && page_ends_after(out->key))
        return bad(e, "an index page goes on behind its boundary");
    if (!p->plain)
        digest_both(p->content, p->steady ? p->without : NULL, out);
    p->last = *out;
    p->left--;
    return ERR_OK;
}

void top_add_head(struct buf *out, bool steady)
{
    buf_add_str(out, STR(TOP_MAGIC));
    buf_add_char(out, steady ? 1 : 0);
}

void top_add_page(struct buf *out, struct str previous_first,
                  const struct page_info *info, bool steady)
{
    size_t shared = shared_prefix(previous_first, info->first);
    buf_add_varint(out, shared);
    buf_add_varint(out, info->first.n - shared);
    buf_add_str(out, str_from(info->first, shared));
    buf_add_varint(out, info->records);
    buf_add_varint(out, info->size);
    buf_add_u32(out, info->crc);
    buf_add(out, info->digest, SHA256_SIZE);
    if (steady)
        buf_add(out, info->steady, SHA256_SIZE);
}

/* A row; its key goes behind the others in t->keys, first.p is set when all are there.
 */
static enum err top_row(struct str s, size_t *pos, struct str previous, struct top *t,
                        struct error *e)
{
    struct page_info row = {0}, *info = &row;
    uint64_t shared, rest;
    if (!str_varint(s, pos, &shared) || !str_varint(s, pos, &rest) ||
        shared > previous.n || rest > s.n - *pos || shared + rest > CANON_KEY)
        return bad(e, "a top has an impossible key");
    struct str tail = str_n(s.p + *pos, (size_t)rest);
    struct str old = str_from(previous, (size_t)shared);
    if (t->n ? str_cmp(tail, old) <= 0 : !rest)
        return bad(e, "the pages of a top are out of order");
    if (old.n && tail.n && old.p[0] == tail.p[0])
        return bad(e, "a top is not packed as it should be");
    size_t offset = (size_t)(previous.p - t->keys.p);
    buf_room(&t->keys, (size_t)(shared + rest));
    buf_add(&t->keys, t->keys.p + offset, (size_t)shared);
    buf_add_str(&t->keys, tail);
    info->first.n = (size_t)(shared + rest);
    *pos += (size_t)rest;
    if (!str_varint(s, pos, &info->records) || !str_varint(s, pos, &info->size))
        return bad(e, "a top is cut off");
    size_t fixed = 4 + SHA256_SIZE + (t->steady ? (size_t)SHA256_SIZE : 0);
    if (s.n - *pos < fixed)
        return bad(e, "a top is cut off");
    if (info->records == 0 || info->records > PAGE_ENTRIES || info->size == 0 ||
        info->size > PAGE_SIZE)
        return bad(e, "a top has a page of an impossible size");
    const uint8_t *p = (const uint8_t *)s.p + *pos;
    info->crc =
        p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    memcpy(info->digest, p + 4, SHA256_SIZE);
    if (t->steady)
        memcpy(info->steady, p + 4 + SHA256_SIZE, SHA256_SIZE);
    *pos += fixed;
    VEC_PUSH(t->pages, t->n, t->cap) = row;
    return ERR_OK;
}

static enum err top_rows(struct str bytes, struct top *t, struct error *e)
{
    size_t pos = sizeof TOP_MAGIC - 1;
    if (!str_starts(bytes, STR(TOP_MAGIC)) || bytes.n <= pos)
        return bad(e, "a top does not begin as it should");
    if ((uint8_t)bytes.p[pos] > 1)
        return bad(e, "a top has flags that this version does not know");
    t->steady = bytes.p[pos++] != 0;
    size_t previous = 0, previous_n = 0;
    buf_room(&t->keys, 1);
    while (pos < bytes.n) {
        size_t at = t->keys.n;
        TRY(top_row(bytes, &pos, str_n(t->keys.p + previous, previous_n), t, e));
        previous = at;
        previous_n = t->keys.n - at;
    }
    if (!t->n)
        return bad(e, "a top has no pages");
    size_t at = 0;
    for (size_t i = 0; i < t->n; at += t->pages[i++].first.n)
        t->pages[i].first.p = t->keys.p + at;
    return ERR_OK;
}

enum err top_read(struct str bytes, struct top *out, struct error *e)
{
    struct top t = {0};
    enum err code = top_rows(bytes, &t, e);
    if (code != ERR_OK)
        top_free(&t);
    else
        *out = t;
    return code;
}

void top_free(struct top *t)
{
    buf_done(&t->keys);
    free(t->pages);
    *t = (struct top){0};
}
