/*
 * Reading an export of one form: the records, where they stood and what is refused
 * depend neither on the size of chunks nor on what read() gives; an uncompressed record
 * is found at its offset; no message and no finding holds content.
 *
 * Byte 0 chooses the file's name and, by its top bit, --allow-partial; byte 1 the
 * chunk. One program per form (FORM), which differ in names, seeds and dictionary;
 * `any` takes whatever comes, compressed or packed.
 */
#include "source_read.h"

enum form { ANY, LINES, DOCUMENT, CSV };

#ifndef FORM
#    error "say -DFORM="
#endif

static const char *const names[][4] = {
    [ANY] = {"parts.json", "parts.csv", "other", "runs.jsonl.gz"},
    [LINES] = {"parts.jsonl", "runs.ndjson", "other", "parts-2026-01-02.jsonl"},
    [DOCUMENT] = {"parts.json", "pages.json", "other", "runs_page_2.json"},
    [CSV] = {"parts.csv", "runs.csv", "other.csv", "parts.tsv"},
};

/* Not so where bytes were unpacked or made. */
static bool holds_records(struct str file)
{
    static const char first[] = "{[\xef \t\r\n";
    enum form form = FORM;
    return form != CSV && file.n && memchr(first, file.p[0], sizeof first - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    if (!source_schema)
        source_enter();
    struct str bytes = str_n((const char *)data + 2, size - 2);
    struct str slices = holds_records(bytes) ? bytes : STR("");
    struct source_file f;
    struct fuzz_dice dice = {(uint64_t)data[0] << 8 | data[1]};
    struct source_way plain = {.chunk = SOURCE_CHUNK, .allow_partial = data[0] >> 7};
    struct source_way cut = plain;
    cut.chunk = (size_t)data[1] + 1;
    cut.dice = &dice;
    BUF_SCOPED want = BUF_INIT;
    BUF_SCOPED got = BUF_INIT;
    source_file_open(&f, names[FORM][data[0] % 4], bytes);
    enum err code = source_read_all(f.path, plain, slices, &want);
    enum err again = source_read_all(f.path, cut, slices, &got);
    source_file_close(&f);
    FUZZ_ASSERT((code == ERR_OK) == (again == ERR_OK));
    FUZZ_ASSERT(code != ERR_OK || str_eq(buf_str(&want), buf_str(&got)));
    return 0;
}
