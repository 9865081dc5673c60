/*
 * page: index pages and the top that lists them, as they stand in the archive.
 *
 * Pages are cut by content: after an entry whose key hashes to a zero low byte or is
 * longer than PAGE_KEY, and after PAGE_ENTRIES entries at the latest. The layout is
 * that of sandcast-snapshot(5), "Index pages". Decoding refuses (ERR_DATA) whatever
 * encoding would not have made as far as one page can tell. One thread per object.
 */
#ifndef ARCHIVE_PAGE_H
#define ARCHIVE_PAGE_H

#include "archive/entry.h"
#include "base/buf.h"
#include "base/err.h"
#include "crypt/digest.h"
#include "schema/canon.h"

#define PAGE_ENTRIES 4096u /* entries; bounds what one read brings in */
#define PAGE_KEY     4096u /* bytes; a page of longer keys would take too much memory */
#define PAGE_FILE    1024u /* pages of one .idx file */

/* The largest page: keys of the greatest length, nothing shared, numbers at their
 * longest */
#define PAGE_SIZE ((uint64_t)PAGE_ENTRIES * (PAGE_KEY + 96u) + CANON_KEY)

#define TOP_MAGIC "sandcast top 1\n"

struct index_entry {
    struct str key; /* borrowed */
    uint8_t fingerprint[HASH_FINGERPRINT];
    uint64_t steady;
    uint32_t member, at, size;
    uint64_t count; /* equal records, at least 1 */
};

/* Is a page cut behind an entry of this key? */
bool page_ends_after(struct str key);

struct page_info {
    struct str first; /* key of the first entry */
    uint64_t records; /* entries */
    uint64_t size;    /* bytes */
    uint32_t crc;
    uint8_t digest[SHA256_SIZE]; /* over keys, fingerprints and counts */
    uint8_t steady[SHA256_SIZE]; /* the same with steady ones; zero without */
};

/* Makes one page after the other. */
struct page_maker {
    bool steady;
    struct buf entries, first, last_key, bytes;
    size_t n;
    struct index_entry last;
    struct sha256 *content, *without; /* `without` volatile members */
};
void page_maker_init(struct page_maker *p, bool steady);
void page_maker_done(struct page_maker *p);
/* Adds an entry; true when the page ends with it. */
bool page_maker_add(struct page_maker *p, const struct index_entry *en);
/* The page; `info` and p->bytes are borrowed until the next add, which begins another.
 */
void page_maker_end(struct page_maker *p, struct page_info *out);

/* The digest of a whole entity: over its pages' digests. */
void digest_begin_page(struct sha256 *d, bool steady);
void digest_begin_entity(struct sha256 *d);
void digest_begin_root(struct sha256 *d);
void digest_add_entity(struct sha256 *root, struct str name,
                       const uint8_t digest[SHA256_SIZE]);

/* Reads the entries of a page in order. */
struct page_reader {
    struct str bytes;
    size_t pos, left, n;
    bool steady;
    bool plain; /* digests are not looked at */
    struct buf key;
    struct index_entry last;
    struct sha256 *content, *without;
};
void page_reader_init(struct page_reader *p, bool steady);
void page_reader_done(struct page_reader *p);
/* Borrows the bytes until the page is read. */
enum err page_reader_begin(struct page_reader *p, struct str bytes, struct error *e)
    MUST_CHECK;
/* The next entry, its key borrowed until the next call. *out_more false at the end,
 * where the digests are known and compared with `info`. */
enum err page_reader_next(struct page_reader *p, const struct page_info *info,
                          struct index_entry *out, bool *out_more, struct error *e)
    MUST_CHECK;

/* The top: a head, then one row per page. */
void top_add_head(struct buf *out, bool steady);
void top_add_page(struct buf *out, struct str previous_first,
                  const struct page_info *info, bool steady);
/* Reads a whole top; gives an array whose keys and the array itself are freed with
 * top_free(). */
struct top {
    bool steady;
    struct page_info *pages;
    size_t n, cap;
    struct buf keys;
};
enum err top_read(struct str bytes, struct top *out, struct error *e) MUST_CHECK;
void top_free(struct top *t);

#endif
