/*
 * Archives from anywhere: what the strict rules accept, the general ones accept with
 * the same content; a snapshot that opens is walked without a step outside of it.
 * fuzz_page and fuzz_snapshot reach what lies behind checksums.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "archive/reader.h"
#include "archive/zip_read.h"
#include "base/file.h"
#include "fuzz.h"

#define MEMBERS 64         /* read of one archive */
#define CONTENT (4u << 20) /* bytes of one member that is read: time, not safety */

static void same_members(int fd)
{
    struct error e = ERROR_INIT;
    struct zip ours, any;
    if (zip_open(medium_file(fd), ZIP_OURS, &ours, &e) != ERR_OK)
        return;
    FUZZ_ASSERT(zip_open(medium_file(fd), ZIP_ANY, &any, &e) == ERR_OK);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    as_archive(data, size);
    return 0;
}
