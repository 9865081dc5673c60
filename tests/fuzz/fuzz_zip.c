/*
 * Snapshots and their index files from anywhere. What the strict rules accept, the
 * general ones accept with the same content; what reads as a top or page is written as
 * the same bytes again.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "archive/page.h"
#include "archive/reader.h"
#include "archive/zip_read.h"
#include "base/alloc.h"
#include "base/file.h"
#include "fuzz.h"

#define MEMBERS 64         /* read of one archive */
#define CONTENT (4u << 20) /* bytes of one member that is read: time, not safety */

static void same_members(int fd)
{
    struct error e = ERROR_INIT;
    struct zip ours, any;
    if (zip_open(fd, ZIP_OURS, &ours, &e) != ERR_OK)
        return;
    FUZZ_ASSERT(zip_open(fd, ZIP_ANY, &any, &e) == ERR_OK);
    FUZZ_ASSERT(ours.n == any.n);
    for (size_t i = 0; i < ours.n && i < MEMBERS; i++) {
        if (ours.members[i].size > CONTENT)
            continue;
        BUF_SCOPED a = BUF_INIT;
        BUF_SCOPED b = BUF_INIT;
        if (zip_read(&ours, &ours.members[i], &a, &e) != ERR_OK)
            continue;
        FUZZ_ASSERT(a.n == ours.members[i].size);
        FUZZ_ASSERT(zip_read(&any, &any.members[i], &b, &e) == ERR_OK);
        FUZZ_ASSERT(str_eq(buf_str(&a), buf_str(&b)));
    }
    zip_done(&ours);
    zip_done(&any);
}

static void walk(const struct reader *r, const struct reader_entity *entity)
{
    struct error e = ERROR_INIT;
    CLEANUP(entry_cursor_freep) struct entry_cursor *c = NULL;
    struct reader_entry en;
    bool more;
    BUF_SCOPED last = BUF_INIT;
    if (entry_cursor_new(r, entity->name, &c, &e) != ERR_OK)
        return;
    for (uint64_t n = 0;; n++) {
        if (entry_cursor_next(c, &en, &more, &e) != ERR_OK)
            return;
        if (!more) {
            FUZZ_ASSERT(n == entity->records);
            return;
        }
        FUZZ_ASSERT(str_cmp(buf_str(&last), en.key) < 0);
        buf_clear(&last);
        buf_add_str(&last, en.key);
        BUF_SCOPED record = BUF_INIT;
        bool found;
        if (n < 4 &&
            reader_get(r, entity->name, buf_str(&last), &record, &found, &e) == ERR_OK)
            FUZZ_ASSERT(found && record.n == en.size);
        (void)reader_is_shadowed(r, entity->name, en.member, en.at);
    }
}

static void as_archive(const uint8_t *data, size_t size)
{
    struct error e = ERROR_INIT;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    FUZZ_ASSERT(fd >= 0 && file_write_all(fd, data, size, "fuzz", &e) == ERR_OK);
    same_members(fd);
    struct reader *r = NULL;
    uint8_t root[ROOT_SIZE], peek[ROOT_SIZE];
    bool peeked = reader_peek_root(fd, peek, NULL, &e) == ERR_OK;
    if (reader_open_fd(fd, "fuzz", &r, &e) != ERR_OK)
        return;
    reader_root(r, root);
    FUZZ_ASSERT(peeked && memcmp(root, peek, ROOT_SIZE) == 0);
    for (size_t i = 0; i < reader_n_entities(r); i++)
        walk(r, reader_entity_at(r, i));
    reader_free(r);
}

static void as_top(struct str bytes)
{
    struct error e = ERROR_INIT;
    struct top t;
    if (top_read(bytes, &t, &e) != ERR_OK)
        return;
    BUF_SCOPED again = BUF_INIT;
    top_add_head(&again, t.steady);
    for (size_t i = 0; i < t.n; i++)
        top_add_page(&again, i ? t.pages[i - 1].first : STR(""), &t.pages[i], t.steady);
    FUZZ_ASSERT(str_eq(buf_str(&again), bytes));
    top_free(&t);
}

/* The first byte says whether entries have steady fingerprints; the first key is taken
 * as the top's. Digests are of no interest here: all entries are read before they are.
 */
static void as_page(struct str bytes)
{
    struct error e = ERROR_INIT;
    if (!bytes.n)
        return;
    bool steady = bytes.p[0] & 1, more = true, ended = false;
    bytes = str_from(bytes, 1);
    struct page_reader r;
    struct page_maker m;
    struct page_info info = {0};
    struct index_entry en;
    size_t n = 0;
    page_reader_init(&r, steady);
    page_maker_init(&m, steady);
    enum err code = page_reader_begin(&r, bytes, &e);
    /* shared 0, rest << 1 | counted, the key: one-byte forms only */
    size_t head = r.pos + 2;
    if (code == ERR_OK && bytes.n > head)
        info.first = str_n(bytes.p + head, (uint8_t)bytes.p[head - 1] >> 1);
    if (info.first.n > bytes.n - (bytes.n < head ? bytes.n : head))
        info.first.n = 0;
    while (code == ERR_OK && more && r.left) {
        code = page_reader_next(&r, &info, &en, &more, &e);
        if (code == ERR_OK)
            ended = page_maker_add(&m, &en);
        n += code == ERR_OK;
    }
    if (code == ERR_OK && n == r.n && r.pos == bytes.n) {
        page_maker_end(&m, &info);
        FUZZ_ASSERT(str_eq(buf_str(&m.bytes), bytes));
    }
    (void)ended;
    page_reader_done(&r);
    page_maker_done(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_n((const char *)data, size);
    as_archive(data, size);
    as_top(bytes);
    as_page(bytes);
    return 0;
}
