/* Which entity a record is of, which files are no data, what is missing though allowed.
 */
#include "source/source.h"

#include "source/skim.h"
#include "source_kit.h"

static struct kit *kit;
static struct buf got;
static struct error e;

static void begin(void)
{
    kit = kit_begin();
    got = (struct buf)BUF_INIT;
}

static void end(void)
{
    buf_done(&got);
    kit_end(kit);
}

static const struct {
    const char *file;
    struct str bytes;
    const char *override, *as; /* --entity override=as */
    const char *want;          /* entities in order */
} found[] = {
    {"x", LIT("{\"id\":1,\"__typename\":\"Run\"}"), NULL, NULL, "Run "},
    {"parts.ndjson", LIT("{\"id\":1,\"__typename\":\"Run\"}\n{\"id\":2}"), NULL, NULL,
     "Run Part "},
    {"parts.ndjson", LIT("{\"id\":1,\"description\":\"__typename\"}"), NULL, NULL,
     "Part "},
    {"parts.ndjson", LIT("{\"id\":1,\"a\":{\"__typename\":\"User\"}}"), NULL, NULL,
     "Part "},
    {"parts.ndjson", LIT("{\"id\":1,\"__typename\":\"Run\"}"), "parts", "Issue",
     "Issue "},
    {"parts.ndjson", LIT("{\"id\":1}"), "pa*", "Issue", "Issue "},
    {"parts.ndjson", LIT("{\"id\":1}"), "parts.ndjson", "Issue", "Issue "},
    {"parts.ndjson", LIT("{\"id\":1}"), "part", "Issue", "Part "},
    {"x", LIT("{\"id\":1,\"__typename\":\"New_1\"}"), NULL, NULL, "New_1 "},
    {"Part.json", LIT("{\"id\":1}"), NULL, NULL, "Part "},
    {"partInventory.json", LIT("{\"id\":1}"), NULL, NULL, "PartInventory "},
    {"parts_part12.jsonl", LIT("{\"id\":1}"), NULL, NULL, "Part "},
    {"parts-page-3.json", LIT("{\"id\":1}"), NULL, NULL, "Part "},
    {"parts_2026-03-31-143022.json", LIT("{\"id\":1}"), NULL, NULL, "Part "},
    {"parts (2).json", LIT("{\"id\":1}"), NULL, NULL, "Part "},
    {"runs.json", LIT("{\"title\":\"x\",\"parts\":[{\"id\":1}]}"), NULL, NULL, "Run "},
    {"runs.json", LIT("{\"at\":\"x\",\"parts\":[{\"id\":1}]}"), NULL, NULL, "Part "},
    {"x",
     LIT("{\"at\":\"x\",\"parts\":[{\"id\":1},{\"__typename\":\"Run\"}],\"q\":[]}"),
     NULL, NULL, "Part Run "},
    {"x", LIT("{\"p\":[{\"id\":1}],\"runs\":[{}]}"), "p", "Part", "Part Run "},
    {"x", LIT("{\"runs\":[{}],\"p\":[{\"__typename\":\"Run\"}],\"users\":[{}]}"), "p",
     "Part", "Run Part User "},
    {"parts.json", LIT("{\"data\":{\"alias\":{\"edges\":[{\"node\":{\"id\":1}}]}}}"),
     NULL, NULL, "Part "},
    {"x.json", LIT("{\"data\":{\"alias\":{\"edges\":[{\"node\":{\"id\":1}}]}}}"), "x",
     "Part", "Part "},
    {"x.json",
     LIT("{\"data\":{\"alias\":{\"edges\":[{\"node\":{\"__typename\":\"Part\"}}]}}}"),
     NULL, NULL, "Part "},
    {"x.json", LIT("{\"data\":{\"part_inventories\":[{}]}}"), NULL, NULL,
     "PartInventory "},
    {"parts.json", LIT("{\"data\":[{\"id\":1}]}"), NULL, NULL, "Part "},
    {"parts.json", LIT("{\"data\":{\"part\":{\"edges_\":1}}}"), NULL, NULL, "Part "},
    {"x.json", LIT("{\"data\":{\"part\":{\"__typename\":\"Run\",\"edges\":[]}}}"), NULL,
     NULL, "Run "},
    {"parts.json", LIT(" [ ] "), NULL, NULL, ""},
    {"parts.json", LIT("{\"id\":1}{\"id\":2}\n\n{\n\"id\":3}"), NULL, NULL,
     "Part Part Part "},
    {"x",
     LIT("{\"type\":\"RECORD\",\"record\":{\"stream\":\"zz\",\"data\":{\"__typename\":\"Run\"}}}"),
     NULL, NULL, "Run "},
    {"parts",
     LIT("{\"record\":{\"data\":{},\"namespace\":null,\"stream\":\"zz\"},\"type\":\"RECORD\"}"),
     "zz", "User", "User "},
    {"x.csv", LIT("__typename,id\nPart,1\nRun,2\n"), NULL, NULL, "Part Run "},
    {"x.csv", LIT("__typename,id\nPart,1\n"), "x", "Run", "Run "},
    {"x", LIT("part_number,id\nPart,1\n"), "x", "Part", "Part "},
    {"parts", LIT("id,part_number\n1,a\n"), NULL, NULL, "Part "},
};

START_TEST(entities)
{
    begin();
    struct source_override o = {{0}, {0}};
    if (found[_i].override) {
        o = (struct source_override){str_of(found[_i].override), str_of(found[_i].as)};
        kit->options.overrides = &o;
        kit->options.n_overrides = 1;
    }
    const char *path = kit_write(kit, found[_i].file, found[_i].bytes);
    assert_ok(kit_read_one(kit, path, &got, &e), &e);
    BUF_SCOPED names = BUF_INIT;
    for (size_t at = 0; at < got.n;) {
        const char *space = memchr(got.p + at, ' ', got.n - at);
        buf_add(&names, got.p + at, (size_t)(space - got.p) + 1 - at);
        at = (size_t)((char *)memchr(space, '\n', got.n) - got.p) + 1;
    }
    assert_str_eq(found[_i].file, buf_str(&names), str_of(found[_i].want));
    end();
}
END_TEST

/* A cell of CSV and the JSON that it becomes, before it is made canonical. */
static const struct {
    const char *column, *cell, *want;
} cells[] = {
    {"part_number", "7", "\"7\""},
    {"part_number", "", "null"},
    {"part_number", "\"\"", "\"\""},
    {"part_number", "\"a,\"\"b\"\"\n\"", "\"a,\\\"b\\\"\\n\""},
    {"part_number", "null", "\"null\""},
    {"part_number", " a ", "\" a \""},
    {"cost", "1e400", "1e400"},
    {"cost", "12.50", "12.50"},
    {"cost", "\"5\"", "5"},
    {"cost", "05", "\"05\""},
    {"cost", "NaN", "\"NaN\""},
    {"id", "18446744073709551617", "18446744073709551617"},
    {"is_latest_revision", "t", "true"},
    {"is_latest_revision", "FALSE", "false"},
    {"is_latest_revision", "yes", "\"yes\""},
    {"unknown", "5", "\"5\""},
    {"entity", "\"{\"\"id\"\":5}\"", "{\"id\":5}"},
    {"entity", "\"{\"\"id\"\":5\"", "\"{\\\"id\\\":5\""},
    {"revisions", "{}", "[]"},
    {"revisions", "[{}]", "[{}]"},
    {"revisions", "nothing", "\"nothing\""},
    {"merge_candidate_ids", "\"{4,5,NULL}\"", "[4,5,null]"},
    {"merge_candidate_ids", "\"{4,,5}\"", "\"{4,,5}\""},
    {"merge_candidate_ids", "\"{4,{5}}\"", "\"{4,{5}}\""},
    {"merge_candidate_ids", "\"{4\"", "\"{4\""},
    {"merge_candidate_ids", "\"{\"\"a\\\"\"b,\"\",NULL,\"\"NULL\"\"}\"",
     "[\"a\\\"b,\",null,\"NULL\"]"},
};

START_TEST(csv_types)
{
    begin();
    struct source *s;
    CLEANUP(chunk_done) struct chunk c = {0};
    struct source_body body;
    BUF_SCOPED text = BUF_INIT;
    BUF_SCOPED want = BUF_INIT;
    bool inventory = strstr(cells[_i].column, "merge");
    buf_printf(&text, "x,%s\n1,%s\n", cells[_i].column, cells[_i].cell);
    const struct entity *entity =
        schema_lookup(kit->schema, inventory ? STR("PartInventory") : STR("Part"));
    const struct field *f = schema_field(entity->type, str_of(cells[_i].column));
    struct str name = f ? f->name : str_of(cells[_i].column);
    buf_printf(&want, "{\"x\":\"1\",\"%.*s\":%s}", STR_ARG(name), cells[_i].want);
    e = (struct error)ERROR_INIT;
    assert_ok(source_new(&kit->options, &s, &e), &e);
    assert_ok(source_add(s,
                         kit_write(kit, inventory ? "parts_inventory.csv" : "parts.csv",
                                   buf_str(&text)),
                         &e),
              &e);
    assert_ok(source_next(s, &c, &e), &e);
    ck_assert_uint_eq(c.n_records, 1);
    ck_assert_int_eq(source_record(s, &c, 0, &body, &e), SOURCE_RECORD);
    assert_str_eq(cells[_i].cell, body.json, buf_str(&want));
    ck_assert_uint_eq(body.offset, strlen(cells[_i].column) + 3);
    source_free(s);
    end();
}
END_TEST

static void tenant_with_files(bool zip, struct buf *out)
{
    const struct kit_member members[] = {
        {"parts.jsonl", STR("{\"id\":1}\n"), NULL},
        {"runs.jsonl", STR(""), NULL},
        {"photo.png", STR("\x89PNG\0\0\0\0"), NULL},
        {"README.txt", STR("Dear reader, this is not a table\n"), NULL},
        {"link", STR(""), "parts.jsonl"},
        {"__MACOSX/._x", STR("x"), NULL},
    };
    kit_archive(zip, members, 6, out);
}

START_TEST(other_members)
{
    begin();
    BUF_SCOPED x = BUF_INIT;
    tenant_with_files(_i, &x);
    const char *path = kit_write(kit, "a.tar", buf_str(&x));
    assert_ok(kit_read_one(kit, path, &got, &e), &e);
    assert_str_eq("records", buf_str(&got), STR("Part {\"id\":\"1\"}\n"));
    /* In a zip only the directory at its end tells a link from a file. */
    ck_assert(strstr(buf_cstr(&kit->findings),
                     _i ? "a.tar: 3 attachments or other files left out, 52 bytes\n"
                        : "a.tar: 2 attachments or other files left out, 41 bytes\n"));
    ck_assert(_i || strstr(buf_cstr(&kit->findings), "1 links or devices left out\n"));
    kit->options.attachments = "fail";
    ck_assert_int_eq(kit_read_one(kit, path, &got, &e), ERR_DATA);
    ck_assert(strstr(e.where, "photo.png") && strstr(e.line, "--attachments drop"));
    kit->options.attachments = "keep=*.png";
    ck_assert_int_eq(kit_read_one(kit, path, &got, &e), ERR_DATA);
    ck_assert(strstr(e.where, "photo.png") && strstr(e.line, "none of the formats"));
    kit->options.attachments = "lose";
    ck_assert_int_eq(kit_read_one(kit, path, &got, &e), ERR_USAGE);
    end();
}
END_TEST

/* In the tar of attachments even a table is one. */
START_TEST(attachments)
{
    begin();
    BUF_SCOPED x = BUF_INIT;
    const struct kit_member members[] = {{"u/parts.csv", STR("id\n1\n"), NULL},
                                         {"u/b.json", STR("{"), NULL}};
    kit_archive(false, members, 2, &x);
    const char *path = kit_write(kit, "snapshot_attachments_part2_x.tar", buf_str(&x));
    assert_ok(kit_read_one(kit, path, &got, &e), &e);
    ck_assert_uint_eq(kit->records, 0);
    ck_assert(
        strstr(buf_cstr(&kit->findings), "2 attachments or other files left out, 6"));
    kit->options.attachments = "keep=parts.csv";
    ck_assert_int_eq(kit_read_one(kit, path, &got, &e), ERR_DATA);
    ck_assert(strstr(e.line, "snapshot_attachments_part1_x: part 1 is missing"));
    kit->options.allow_partial = true;
    assert_ok(kit_read_one(kit, path, &got, &e), &e);
    assert_str_eq("kept", buf_str(&got), STR("Part {\"id\":\"1\"}\n"));
    end();
}
END_TEST

static const struct {
    const char *files; /* one letter a file: part number; '|' begins a new suffix */
    const char *missing;
} parts[] = {
    {"1", NULL},           {"12", NULL},  {"21", NULL},       {"13", "part2_s0"},
    {"2", "part1_s0"},     {"012", NULL}, {"02", "part1_s0"}, {"12|12", NULL},
    {"12|13", "part2_s1"}, {"1|2", NULL}, {"1|3", "part2"},   {"12|2", "part1_s1"},
};

START_TEST(numbered_parts)
{
    begin();
    const char *paths[8];
    char names[8][200];
    size_t n = 0;
    int suffix = 0;
    for (const char *p = parts[_i].files; *p; p++) {
        char file[64];
        if (*p == '|') {
            suffix++;
            continue;
        }
        snprintf(file, sizeof file, "snapshot_tables_part%c_s%d.tar", *p, suffix);
        BUF_SCOPED x = BUF_INIT;
        const struct kit_member m = {"parts.jsonl", STR("{\"id\":1}\n"), NULL};
        kit_archive(false, &m, 1, &x);
        snprintf(names[n], sizeof names[n], "%s", kit_write(kit, file, buf_str(&x)));
        paths[n] = names[n];
        n++;
    }
    enum err code = kit_read(kit, paths, n, &got, &e);
    ck_assert_int_eq(code, parts[_i].missing ? ERR_DATA : ERR_OK);
    ck_assert_msg(!parts[_i].missing || strstr(e.line, parts[_i].missing), "%s",
                  e.line);
    kit->options.allow_partial = true;
    assert_ok(kit_read(kit, paths, n, &got, &e), &e);
    ck_assert_uint_eq(kit->records, n);
    ck_assert(!parts[_i].missing == !kit->findings.n);
    ck_assert(!parts[_i].missing ||
              strstr(buf_cstr(&kit->findings), parts[_i].missing));
    end();
}
END_TEST

START_TEST(allowed_partial)
{
    begin();
    const char *path = kit_write(
        kit, "x.json",
        STR("{\"data\":{\"parts\":{\"edges\":[{\"node\":{\"id\":1}},null],\"pageInfo\":"
            "{\"hasNextPage\":true,\"totalCount\":9}}},\"errors\":[{},1]}\n"
            "{\"errors\":[{\"message\":\"secret\"}]}"));
    kit->options.allow_partial = true;
    assert_ok(kit_read_one(kit, path, &got, &e), &e);
    ck_assert_uint_eq(kit->records, 1);
    const char *f = buf_cstr(&kit->findings);
    ck_assert(strstr(f, "x.json: a response holds GraphQL errors\n"));
    ck_assert(strstr(f, "parts: the last page is missing"));
    ck_assert(strstr(f, "parts: 1 records are null"));
    ck_assert(!strstr(f, "secret"));
    end();
}
END_TEST

/* Pages of one list may lie in files whose names sort otherwise, or be two queries. */
START_TEST(complete_pages)
{
    begin();
    static const char page[] =
        "{\"data\":{\"parts\":{\"nodes\":[{\"id\":%d}],\"pageInfo\":{"
        "\"hasNextPage\":%s,\"totalCount\":%d}}}}";
    BUF_SCOPED x = BUF_INIT;
    buf_printf(&x, page, 3, "false", 3);
    kit_write(kit, "f/10.json", buf_str(&x));
    x.n = 0;
    buf_printf(&x, page, 1, "true", 3);
    buf_printf(&x, page, 2, "true", 3);
    kit_write(kit, "f/2.json", buf_str(&x));
    x.n = 0;
    buf_printf(&x, page, 1, "false", 1);
    kit_write(kit, "f/other.json", buf_str(&x));
    assert_ok(kit_read_one(kit, kit_path(kit, "f"), &got, &e), &e);
    ck_assert_uint_eq(kit->records, 4);
    unlink(kit_path(kit, "f/2.json"));
    ck_assert_int_eq(kit_read_one(kit, kit_path(kit, "f"), &got, &e), ERR_DATA);
    ck_assert(strstr(e.line, "parts: 2 records where totalCount says 4"));
    end();
}
END_TEST

START_TEST(links_in_folders)
{
    begin();
    const char *real = kit_write(kit, "elsewhere/parts.json", STR("{\"id\":1}"));
    kit_write(kit, "f/runs.json", STR("{\"id\":2}"));
    kit_write(kit, "f/note", STR("no data"));
    ck_assert(symlink(real, kit_path(kit, "f/parts.json")) == 0);
    ck_assert(symlink(kit_path(kit, "f"), kit_path(kit, "g")) == 0);
    assert_ok(kit_read_one(kit, kit_path(kit, "g"), &got, &e), &e);
    assert_str_eq("folder", buf_str(&got), STR("Run {\"id\":\"2\"}\n"));
    ck_assert(strstr(buf_cstr(&kit->findings), "1 links or devices left out"));
    ck_assert(
        strstr(buf_cstr(&kit->findings), "1 attachments or other files left out, 7"));
    assert_ok(kit_read_one(kit, kit_path(kit, "f/parts.json"), &got, &e), &e);
    assert_str_eq("named", buf_str(&got), STR("Part {\"id\":\"1\"}\n"));
    end();
}
END_TEST

static bool is_snapshot(const char *path)
{
    bool is;
    ck_assert_int_eq(source_is_snapshot(path, &is, &e), ERR_OK);
    return is;
}

START_TEST(snapshots_are_told)
{
    begin();
    BUF_SCOPED x = BUF_INIT;
    buf_add_str(&x, STR("PK\5\6"));
    for (int i = 0; i < 16; i++)
        buf_add_char(&x, 0);
    buf_add_str(&x, STR("\x1a\0"));
    ck_assert_uint_eq(x.n, 20 + 2);
    buf_add_str(&x, STR("sandcast1 0000000000000000"));
    const char *path = kit_write(kit, "a.zip", buf_str(&x));
    ck_assert(is_snapshot(path));
    ck_assert_int_eq(kit_read_one(kit, path, &got, &e), ERR_DATA);
    ck_assert(strstr(e.line, "is a sandcast snapshot"));
    x.p[22] = 'x';
    ck_assert(!is_snapshot(kit_write(kit, "b.zip", buf_str(&x))));
    ck_assert(!is_snapshot(kit_write(kit, "c.zip", STR("short"))));
    ck_assert(!is_snapshot(kit->dir));
    ck_assert(!is_snapshot(kit_path(kit, "none")));
    end();
}
END_TEST

/* Offsets lead to the record in the decoded member, whatever is around it. */
START_TEST(offsets)
{
    begin();
    static const struct {
        const char *name;
        struct str bytes;
        const char *want;
    } rows[] = {
        {"parts", LIT("\xef\xbb\xbf{\"id\":1}\n\n {\"id\":2}\n"), "3 14 "},
        {"parts", LIT("\xef\xbb\xbf[{\"id\":1},\n {\"id\":2}]"), "4 15 "},
        {"x",
         LIT("{\"type\":\"RECORD\",\"record\":{\"stream\":\"parts\",\"data\":{}}}"),
         "51 "},
        {"parts.csv", LIT("id,x\n1,\"\n\"\n\n2,b"), "5 12 "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (kit->chunk = 1; kit->chunk < 50; kit->chunk += 7) {
            const char *path = kit_write(kit, rows[i].name, rows[i].bytes);
            assert_ok(kit_read_one(kit, path, &got, &e), &e);
            assert_str_eq(rows[i].name, buf_str(&kit->places), str_of(rows[i].want));
        }
    end();
}
END_TEST

static const struct {
    const char *text, *want; /* "key=value " of each member, then E or B */
} skims[] = {
    {"{}", "E"},
    {" { \"a\" : 1 , \"b\" : [ 2 , \"]\" ] } ", "a=1 b=[ 2 , \"]\" ] E"},
    {"{\"a\":\"\\\\\",\"b\\\"\":\"\\\"}\"}", "a=\"\\\\\" b\\\"=\"\\\"}\" E"},
    {"{\"a\":{\"b\":{}},\"c\":null}", "a={\"b\":{}} c=null E"},
    {"", "B"},
    {"[]", "B"},
    {"{", "B"},
    {"{\"a\"", "B"},
    {"{\"a\":", "B"},
    {"{\"a\":}", "B"},
    {"{\"a\":1", "a=1 B"},
    {"{\"a\":1 2}", "a=1 B"},
    {"{\"a\":[1}", "a=[1} B"},
    {"{\"a\":\"x}", "B"},
    {"{a:1}", "B"},
    {"{,}", "B"},
};

START_TEST(skimming)
{
    BUF_SCOPED out = BUF_INIT;
    struct skim k = skim_of(str_of(skims[_i].text));
    struct skim_member m;
    enum skim_event ev;
    while ((ev = skim_next(&k, &m)) == SKIM_MEMBER)
        buf_printf(&out, "%.*s=%.*s ", STR_ARG(m.key), STR_ARG(m.value));
    buf_add_char(&out, ev == SKIM_END ? 'E' : 'B');
    assert_str_eq(skims[_i].text, buf_str(&out), str_of(skims[_i].want));
}
END_TEST

#define LOOP(t, test, rows) \
    tcase_add_loop_test(t, test, 0, sizeof(rows) / sizeof *(rows))

static void cases(TCase *t)
{
    LOOP(t, entities, found);
    LOOP(t, csv_types, cells);
    tcase_add_loop_test(t, other_members, 0, 2);
    tcase_add_test(t, attachments);
    LOOP(t, numbered_parts, parts);
    tcase_add_test(t, allowed_partial);
    tcase_add_test(t, complete_pages);
    tcase_add_test(t, links_in_folders);
    tcase_add_test(t, snapshots_are_told);
    tcase_add_test(t, offsets);
    LOOP(t, skimming, skims);
}

TEST_MAIN("source_find")
