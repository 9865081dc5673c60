/* Every form of one little tenant gives the same records, at every chunk size. */
#include "source/source.h"

#include "source_kit.h"

#define PART1 \
    "{\"id\":1,\"partNumber\":\"PN-1\",\"revision\":\"A\",\"description\":\"a \\\"b\\\"\\n{c}\",\"cost\":12.50,\"isLatestRevision\":true}"
#define PART2 \
    "{\"id\":2,\"partNumber\":\"PN-2\",\"revision\":\"B\",\"description\":null,\"cost\":null,\"isLatestRevision\":false}"
#define PART3 \
    "{\"id\":3,\"partNumber\":\"\",\"revision\":\"C\",\"description\":\"\xc3\xa9\",\"cost\":3,\"isLatestRevision\":null}"
#define INV1 \
    "{\"id\":7,\"partId\":1,\"quantity\":1.5,\"mergeCandidateIds\":[4,5],\"serialNumber\":\"S[1\"}"
#define INV2 \
    "{\"id\":8,\"partId\":2,\"quantity\":2,\"mergeCandidateIds\":[],\"serialNumber\":null}"

#define PARTS_LINES     PART1 "\n" PART2 "\n" PART3 "\n"
#define INV_LINES       INV1 "\n" INV2 "\n"
#define T(type, record) "{\"__typename\":\"" type "\"," record
#define MIXED                                                                                                                                                        \
    "{\"__typename\":\"Part\",\"id\":1,\"partNumber\":\"PN-1\",\"revision\":\"A\",\"description\":\"a \\\"b\\\"\\n{c}\",\"cost\":12.50,\"isLatestRevision\":true}\n" \
    "{\"id\":2,\"partNumber\":\"PN-2\",\"revision\":\"B\",\"description\":null,\"cost\":null,\"isLatestRevision\":false,\"__typename\" : \"Part\"}\n\n"              \
    "{\"id\":3,\"partNumber\":\"\",\"__type\\u006eame\":\"Part\",\"revision\":\"C\",\"description\":\"\xc3\xa9\",\"cost\":3,\"isLatestRevision\":null}\r\n"          \
    "{\"__typename\":\"PartInventory\",\"id\":7,\"partId\":1,\"quantity\":1.5,\"mergeCandidateIds\":[4,5],\"serialNumber\":\"S[1\"}\n"                               \
    "{\"__typename\":\"PartInventory\",\"id\":8,\"partId\":2,\"quantity\":2,\"mergeCandidateIds\":[],\"serialNumber\":null}"
#define EDGE(r) "{\"cursor\":\"x{\",\"node\":" r "}"
#define PAGE1                                                  \
    "{\"data\":{\"parts\":{\"edges\":[" EDGE(PART1) ", " EDGE( \
        PART2) "],\"pageInfo\":{\"hasNextPage\":true,\"totalCount\":3}}}}"
#define PAGE2                                                                                                                          \
    "{\"data\":{\"parts\":{\"__typename\":\"PartsConnection\",\"pageInfo\":{\"hasNextPage\":false,\"totalCount\":3},\"edges\":[" EDGE( \
        PART3) "]}}}"
#define PAGE3                                                                                       \
    "{\"data\":{\"partInventories\":{\"aggregates\":{\"sum\":[{\"quantity\":1}]},\"edges\":[" EDGE( \
        INV1) "," EDGE(INV2) "]}},\"extensions\":{\"a\":[1,{}]}}"
#define AIR(stream, r)                                                       \
    "{\"type\":\"RECORD\",\"record\":{\"stream\":\"" stream "\",\"data\":" r \
    ",\"emitted_at\":17}}\n"
#define AIRBYTE                                                                        \
    "{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\",\"message\":\"x\"}}\n" AIR("parts", \
                                                                              PART1)   \
        AIR("parts", PART2) "{\"type\":\"STATE\",\"state\":{\"data\":{}}}\n" AIR(      \
            "parts", PART3) AIR("part_inventories", INV1) AIR("partInventories", INV2)
#define DOCUMENT                                                       \
    "{\"exportedAt\":\"2026\",\"parts\":[" PART1 ",\n" PART2 "," PART3 \
    "],\"partInventories\":[" INV1 "," INV2 "],\"runs\":[]}"
#define PRETTY                                                                                                                                                                   \
    "{\n  \"parts\" : [ {\n\"id\" : 1, \"partNumber\":\"PN-1\",\"revision\":\"A\",\n\"description\":\"a \\\"b\\\"\\n{c}\",\"cost\":12.50,\"isLatestRevision\":true }\n,\n" PART2 \
    " , " PART3 "\n]\n,\"parts_inventory\" :\n [ " INV1 "\n, " INV2 " ] }\n"
#define PARTS_CSV                                                     \
    "id,part_number,revision,description,cost,is_latest_revision\r\n" \
    "1,PN-1,A,\"a \"\"b\"\"\n{c}\",12.50,t\r\n2,PN-2,B,,,false\r\n\r\n\"3\",\"\",C,\xc3\xa9,3,\r\n"
#define INV_CSV \
    "id,part_id,quantity,merge_candidate_ids,serial_number\n7,1,1.5,\"{4,5}\",S[1\n8,2,2,{},"
#define BOM "\xef\xbb\xbf"

static struct kit *kit;
static struct buf want, got;

/* What the tenant is: from one file per entity. */
static void begin(void)
{
    struct error e = ERROR_INIT;
    kit = kit_begin();
    want = got = (struct buf)BUF_INIT;
    const char *paths[2] = {
        kit_write(kit, "want/parts.ndjson", STR(PARTS_LINES)),
        kit_write(kit, "want/parts_inventory.ndjson", STR(INV_LINES))};
    assert_ok(kit_read(kit, paths, 2, &want, &e), &e);
    ck_assert_uint_eq(kit->records, 5);
    ck_assert_str_eq(buf_cstr(&kit->formats), "ndjson:3 ndjson:2 ");
    ck_assert_uint_eq(kit->bytes, sizeof PARTS_LINES INV_LINES - 1);
}

static void end(void)
{
    kit_end(kit);
    buf_done(&want);
    buf_done(&got);
}

static void same(const char *row, const char *path)
{
    struct error e;
    assert_ok(kit_read_one(kit, path, &got, &e), &e);
    assert_str_eq(row, buf_str(&got), buf_str(&want));
}

static const struct {
    const char *name;
    struct str bytes;
    const char *formats;
} single[] = {
    {"mixed.ndjson", LIT(MIXED), "ndjson:5 "},
    {"mixed-bom.ndjson", LIT(BOM MIXED), "ndjson:5 "},
    {"pages.json", LIT(PAGE1 PAGE2 PAGE3), "pages:5 "},
    {"pages-lines.json", LIT(PAGE1 "\n" PAGE2 "\n" PAGE3 "\n"), "pages:5 "},
    {"pages-array.json", LIT("[" PAGE1 "," PAGE2 "\n," PAGE3 "]"), "pages:5 "},
    {"both.json",
     LIT(BOM "{\"data\":{\"parts\":[" PART1 "," PART2 "," PART3
             "],\"partInventories\":{\"nodes\":[" INV1 "," INV2 "]}}}"),
     "pages:5 "},
    {"reads.json",
     LIT("{\"data\":{\"part\":" PART1 "}}{\"data\":{\"part\":" PART2
         "}}{\"data\":{\"part\":" PART3 ",\"partInventory\":null}}"
         "{\"data\":{\"partInventory\":" INV1
         "},\"errors\":[]}{\"errors\":null,\"data\":{\"partInventory\":" INV2 "}}"),
     "pages:5 "},
    {"stream.json", LIT(AIRBYTE), "airbyte:5 "},
    {"document.json", LIT(DOCUMENT), "json:5 "},
    {"pretty.json", LIT(PRETTY), "json:5 "},
    {"array.json",
     LIT("[" T(
         "Part",
         "\"id\":1,\"partNumber\":\"PN-1\",\"revision\":\"A\",\"description\":\"a \\\"b\\\"\\n{c}\",\"cost\":12.50,\"isLatestRevision\":true}") ",{\"id\":2,\"__typename\":\"Part\",\"partNumber\":\"PN-2\",\"revision\":\"B\",\"description\":null,\"cost\":null,\"isLatestRevision\":false}\n"
                                                                                                                                                ",{\"id\":3,\"__typename\":\"Part\",\"partNumber\":\"\",\"revision\":\"C\",\"description\":\"\xc3\xa9\",\"cost\":3,\"isLatestRevision\":null}"
                                                                                                                                                ",{\"__typename\":\"PartInventory\",\"id\":7,\"partId\":1,\"quantity\":1.5,\"mergeCandidateIds\":[4,5],\"serialNumber\":\"S[1\"}"
                                                                                                                                                ",{\"__typename\":\"PartInventory\",\"id\":8,\"partId\":2,\"quantity\":2,\"mergeCandidateIds\":[],\"serialNumber\":null}]"),
     "json:5 "},
};

START_TEST(one_file_at_every_size)
{
    begin();
    const char *path = kit_write(kit, single[_i].name, single[_i].bytes);
    same(single[_i].name, path);
    ck_assert_msg(strcmp(buf_cstr(&kit->formats), single[_i].formats) == 0, "%s: %s",
                  single[_i].name, kit->formats.p);
    ck_assert_uint_eq(kit->bytes + (str_starts(single[_i].bytes, STR(BOM)) ? 3 : 0),
                      single[_i].bytes.n);
    for (kit->chunk = 1; kit->chunk < 400; kit->chunk += kit->chunk / 8 + 1)
        same(single[_i].name, path);
    end();
}
END_TEST

START_TEST(compressed)
{
    begin();
    BUF_SCOPED gz = BUF_INIT;
    BUF_SCOPED zst = BUF_INIT;
    BUF_SCOPED bz2 = BUF_INIT;
    BUF_SCOPED xz = BUF_INIT;
    struct str text = single[_i].bytes;
    kit_gzip(text, &gz);
    kit_filter(ARCHIVE_FILTER_ZSTD, text, &zst);
    kit_filter(ARCHIVE_FILTER_BZIP2, text, &bz2);
    kit_filter(ARCHIVE_FILTER_XZ, text, &xz);
    same("gz", kit_write(kit, "a.gz", buf_str(&gz)));
    same("zst", kit_write(kit, "a.zst", buf_str(&zst)));
    same("bz2", kit_write(kit, "a.bz2", buf_str(&bz2)));
    same("xz", kit_write(kit, "a.xz", buf_str(&xz)));
    BUF_SCOPED twice = BUF_INIT;
    kit_gzip(buf_str(&xz), &twice);
    same("xz in gz", kit_write(kit, "b", buf_str(&twice)));
    /* Two members of gzip are one file. */
    gz.n = 0;
    kit_gzip(str_n(text.p, text.n / 2), &gz);
    kit_gzip(str_from(text, text.n / 2), &gz);
    same("gz gz", kit_write(kit, "c", buf_str(&gz)));
    end();
}
END_TEST

START_TEST(tables)
{
    begin();
    struct error e;
    const char *paths[2] = {kit_write(kit, "parts.csv", STR(PARTS_CSV)),
                            kit_write(kit, "parts_inventory.csv", STR(INV_CSV))};
    for (kit->chunk = 1; kit->chunk < 300; kit->chunk += kit->chunk / 8 + 1) {
        assert_ok(kit_read(kit, paths, 2, &got, &e), &e);
        assert_str_eq("csv", buf_str(&got), buf_str(&want));
    }
    ck_assert_str_eq(buf_cstr(&kit->formats), "csv:3 csv:2 ");
    end();
}
END_TEST

static void snapshot(bool zip, bool csv, struct buf *out)
{
    BUF_SCOPED parts = BUF_INIT;
    BUF_SCOPED inventory = BUF_INIT;
    kit_gzip(csv ? STR(PARTS_CSV) : STR(PARTS_LINES), &parts);
    kit_gzip(csv ? STR(INV_CSV) : STR(INV_LINES), &inventory);
    const struct kit_member members[] = {
        {"tables/._parts.jsonl.gz", STR("x"), NULL},
        {"tables/parts.jsonl.gz", buf_str(&parts), NULL},
        {"tables/runs.jsonl", STR(""), NULL},
        {"tables/parts_inventory_part1.jsonl.gz", buf_str(&inventory), NULL},
    };
    kit_archive(zip, members, 4, out);
}

START_TEST(containers)
{
    begin();
    BUF_SCOPED a = BUF_INIT;
    BUF_SCOPED b = BUF_INIT;
    BUF_SCOPED c = BUF_INIT;
    bool csv = _i & 1, zip = _i & 2;
    snapshot(zip, csv, &a);
    same("plain", kit_write(kit, "snapshot_tables.tar", buf_str(&a)));
    ck_assert_str_eq(buf_cstr(&kit->formats), "data-snapshot:5 ");
    ck_assert_uint_eq(kit->findings.n, 0);
    kit_gzip(buf_str(&a), &b);
    same("gz", kit_write(kit, "snapshot.tar.gz", buf_str(&b)));
    same("folder", (kit_write(kit, "f/.hidden", STR("x")),
                    kit_write(kit, "f/g/x", buf_str(&b)), kit_path(kit, "f")));
    const struct kit_member nested[] = {{"in/a.tar.gz", buf_str(&b), NULL}};
    kit_archive(!zip, nested, 1, &c);
    same("nested", kit_write(kit, "nested", buf_str(&c)));
    end();
}
END_TEST

START_TEST(standard_input)
{
    begin();
    BUF_SCOPED a = BUF_INIT;
    snapshot(_i, false, &a);
    const char *path = kit_write(kit, "in", buf_str(&a));
    ck_assert(freopen(path, "r", stdin));
    same("-", "-");
    end();
}
END_TEST

START_TEST(packed)
{
    begin();
    struct error e = ERROR_INIT;
    struct buf bytes[2] = {BUF_INIT, BUF_INIT};
    for (int i = 0; i < 2; i++) {
        FILE *f = tmpfile();
        struct packer *p;
        assert_ok(packer_new(fileno(f), "x", &p, &e), &e);
        assert_ok(packer_member(p, STR("t/parts.jsonl"), STR(PARTS_LINES), &e), &e);
        assert_ok(
            packer_begin(p, STR("t/parts_inventory.jsonl"), sizeof INV_LINES - 1, &e),
            &e);
        assert_ok(packer_add(p, STR(INV1 "\n"), &e), &e);
        assert_ok(packer_add(p, STR(INV2 "\n"), &e), &e);
        assert_ok(packer_end(p, &e), &e);
        assert_ok(packer_finish(p, &e), &e);
        packer_free(p);
        size_t n;
        buf_room(&bytes[i], 1 << 20);
        assert_ok(file_read_at(fileno(f), 0, bytes[i].p, 1 << 20, &n, &e), &e);
        bytes[i].n = n;
        fclose(f);
    }
    assert_str_eq("same bytes", buf_str(&bytes[0]), buf_str(&bytes[1]));
    same("packed", kit_write(kit, "x.tar", buf_str(&bytes[0])));
    buf_done(&bytes[0]);
    buf_done(&bytes[1]);
    end();
}
END_TEST

struct fed {
    size_t next, at;
};

static const struct kit_member fed_members[] = {
    {"data/Part/000000.ndjson", LIT(PARTS_LINES), "Part"},
    {"data/PartInventory/000000.ndjson", LIT(INV_LINES), "PartInventory"},
};

static enum err fed_next(void *ctx, struct str *name, struct str *entity, bool *more,
                         struct error *e)
{
    struct fed *f = ctx;
    (void)e;
    *more = f->next < 2;
    if (*more) {
        *name = str_of(fed_members[f->next].name);
        *entity = str_of(fed_members[f->next].link);
        f->at = 0;
        f->next++;
    }
    return ERR_OK;
}

static enum err fed_read(void *ctx, void *p, size_t n, size_t *out_n, struct error *e)
{
    struct fed *f = ctx;
    (void)e;
    struct str rest = str_from(fed_members[f->next - 1].bytes, f->at);
    *out_n = rest.n < n ? rest.n : n;
    memcpy(p, rest.p, *out_n);
    f->at += *out_n;
    return ERR_OK;
}

START_TEST(fed_by_a_snapshot)
{
    begin();
    struct error e = ERROR_INIT;
    struct fed fed = {0, 0};
    struct source_feed feed = {&fed, fed_next, fed_read};
    struct source *s;
    CLEANUP(chunk_done) struct chunk c = {0};
    assert_ok(source_new(&kit->options, &s, &e), &e);
    source_add_feed(s, "x.zip", &feed);
    got.n = 0;
    for (int i = 0; i < 2; i++) {
        assert_ok(source_next(s, &c, &e), &e);
        ck_assert(c.stored);
        assert_ok(kit_chunk(kit, s, &c, &got, &e), &e);
    }
    assert_ok(source_next(s, &c, &e), &e);
    ck_assert_uint_eq(c.n_records, 0);
    assert_str_eq("fed", buf_str(&got), buf_str(&want));
    assert_str_eq("format", source_input_at(s, 0)->format, STR("snapshot"));
    source_free(s);
    end();
}
END_TEST

/* A chunk's borders follow from the content, not from how it is read: through a pipe
 * that gives a byte at a time, the same chunks come. */
START_TEST(borders_do_not_depend_on_reads)
{
    begin();
    struct error e;
    BUF_SCOPED text = BUF_INIT;
    for (int i = 0; i < 3000; i++)
        buf_printf(&text,
                   "{\"__typename\":\"Part\",\"id\":%d,\"description\":\"%0*d\"}\n", i,
                   i % 97 + 1, 0);
    BUF_SCOPED gz = BUF_INIT;
    kit_gzip(buf_str(&text), &gz);
    kit->chunk = 5000;
    assert_ok(kit_read_one(kit, kit_write(kit, "a", buf_str(&text)), &want, &e), &e);
    size_t chunks = kit->chunks;
    ck_assert_uint_gt(chunks, 50);
    assert_ok(kit_read_one(kit, kit_write(kit, "b", buf_str(&gz)), &got, &e), &e);
    ck_assert_uint_eq(kit->chunks, chunks);
    assert_str_eq("gz", buf_str(&got), buf_str(&want));
    int fd[2];
    ck_assert(pipe(fd) == 0);
    pid_t child = fork();
    if (child == 0) {
        for (size_t i = 0; i < text.n; i += 77)
            if (write(fd[1], text.p + i, text.n - i < 77 ? text.n - i : 77) < 0)
                _exit(1);
        _exit(0);
    }
    close(fd[1]);
    dup2(fd[0], STDIN_FILENO);
    assert_ok(kit_read_one(kit, "-", &got, &e), &e);
    ck_assert_uint_eq(kit->chunks, chunks);
    assert_str_eq("pipe", buf_str(&got), buf_str(&want));
    end();
}
END_TEST

static void cases(TCase *t)
{
    int n = sizeof single / sizeof *single;
    tcase_add_loop_test(t, one_file_at_every_size, 0, n);
    tcase_add_loop_test(t, compressed, 0, n);
    tcase_add_test(t, tables);
    tcase_add_loop_test(t, containers, 0, 4);
    tcase_add_loop_test(t, standard_input, 0, 2);
    tcase_add_test(t, packed);
    tcase_add_test(t, fed_by_a_snapshot);
    tcase_add_test(t, borders_do_not_depend_on_reads);
}

TEST_MAIN("source")
