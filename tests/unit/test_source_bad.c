/* What is not an export, or not all of one, ends with an error that says so and where.
 */
#include "source/source.h"

#include "source_kit.h"

#define ANY ERR_NO_OFFSET
#define P   "{\"id\":1,\"partNumber\":\"PN-1\"}"

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

static void fails(const char *row, const char *path, enum err code, const char *line)
{
    enum err c = kit_read_one(kit, path, &got, &e);
    ck_assert_msg(c == code && e.code == code, "%s: status %d: %s", row, c, e.line);
    ck_assert_msg(strstr(e.line, line), "%s: '%s' does not say '%s'", row, e.line,
                  line);
}

static void names(const char *row, const char *where)
{
    ck_assert_msg(strstr(e.where, where), "%s: at '%s', not '%s'", row, e.where, where);
}

static const struct {
    const char *name;
    struct str bytes;
    const char *line;
    enum err code;
    uint64_t offset, record;
} bad[] = {
    {"empty.json", LIT(""), "is empty", ERR_DATA, ANY, ANY},
    {"spaces.json", LIT(" \r\n\t"), "is empty", ERR_DATA, ANY, ANY},
    {"zero.gz", LIT(""), "is empty where compressed", ERR_DATA, ANY, ANY},
    {"text.json", LIT("hello"), "none of the formats", ERR_DATA, 0, ANY},
    {"string.json", LIT("\"abc\""), "none of the formats", ERR_DATA, 0, ANY},
    {"image", LIT("\x89PNG\r\n"), "none of the formats", ERR_DATA, 0, ANY},
    {"seven", LIT("7z\xbc\xaf\x27\x1c"), "none of the formats", ERR_DATA, ANY, ANY},
    {"utf16.json", LIT("\xff\xfe{\0"), "UTF-16", ERR_DATA, ANY, ANY},
    {"a.json", LIT("{\"x\" 1}"), "", ERR_DATA, 5, ANY},
    {"bom.json", LIT("\xef\xbb\xbf{\"x\" 1}"), "", ERR_DATA, 8, ANY},
    {"parts.json", LIT("[1]"), "a value where a record", ERR_DATA, 1, ANY},
    {"parts.json", LIT("[[" P "]]"), "an array in an array", ERR_DATA, 1, ANY},
    {"parts.json", LIT("[" P "," P), "", ERR_DATA, 58, ANY},
    {"parts.json", LIT("[" P " " P "]"), "", ERR_DATA, 30, ANY},
    {"parts.json", LIT("[" P ",\n {\"id\":2,\"a\":\"}"), "in the middle of a record",
     ERR_DATA, 32, 2},
    {"doc.json", LIT("{\"parts\":[" P "],\"runs\":[1]}"), "a value where a record",
     ERR_DATA, 48, ANY},
    {"doc.json", LIT("{\"parts\":[" P "],\"runs\":[[]]}"), "an array where a record",
     ERR_DATA, 48, ANY},
    {"doc.json", LIT("{\"parts\":[" P "],\"runs\":{\"edges\":[{\"node\":5}]}}"),
     "a value where a record", ERR_DATA, 65, ANY},
    {"doc.json", LIT("{\"parts\":[" P "]} x"), "", ERR_DATA, 41, ANY},
    {"none.json", LIT("{}"), "neither a list nor a record", ERR_DATA, 1, ANY},
    {"two.json", LIT("{\"data\":{\"a\":[" P "],\"b\":[]}}"), "--entity", ERR_DATA, ANY,
     ANY},
    {"alias.json", LIT("{\"data\":{\"a\":[" P "]}}"), "--entity NAME=Entity", ERR_DATA,
     14, 1},
    {"lines", LIT("{\"__typename\":\"Part\",\"id\":1}\n{\"id\":2}\n"), "--entity",
     ERR_DATA, 29, 2},
    {"lines", LIT("{\"__typename\":\"Part\",\"id\":1}\n\n5\n"), "no JSON object",
     ERR_DATA, 30, 2},
    {"lines", LIT("{\"__typename\":\"Part\",\"id\":1}\n{\"id\":2,,}\n"), "", ERR_DATA,
     37, 2},
    {"lines", LIT("{\"__typename\":5,\"id\":1}\n"), "no plain string", ERR_DATA, 14, 1},
    {"lines", LIT("{\"id\":1,\"__typename\":\"a b\"}\n"), "not an entity name",
     ERR_DATA, 0, 1},
    {"errors.json",
     LIT("{\"data\":{\"parts\":[" P "]},\"errors\":[{\"message\":\"x\"}]}"),
     "GraphQL errors", ERR_DATA, ANY, ANY},
    {"errors.json", LIT("{\"data\":null,\"errors\":[\"x\"]}"), "GraphQL errors",
     ERR_DATA, ANY, ANY},
    {"airbyte", LIT("{\"type\":\"RECORD\",\"record\":{}}\n"), "without data", ERR_DATA,
     26, 1},
    {"airbyte", LIT("{\"type\":\"RECORD\",\"record\":{\"data\":{}}}\n"),
     "without a stream", ERR_DATA, 26, 1},
    {"airbyte",
     LIT("{\"type\":\"RECORD\",\"record\":{\"stream\":\"zz\",\"data\":{}}}\n"),
     "--entity", ERR_DATA, ANY, 1},
    {"airbyte", LIT("{\"type\":\"STATE\",\"state\":{}}\n{\"type\":\"X\"}\n"),
     "type that", ERR_DATA, 36, 2},
    {"airbyte", LIT("{\"type\":\"STATE\",\"state\":{}}\n{\"type\":\"STATE\"}}\n"),
     "not valid JSON", ERR_DATA, 44, 2},
    {"airbyte", LIT("{\"type\":\"LOG\",\"log\":{\n}}\n"), "one a line", ERR_DATA, ANY,
     ANY},
    {"trace", LIT("{\"type\":\"TRACE\",\"trace\":{\"type\":\"ERROR\",\"error\":{}}}\n"),
     "reported an error", ERR_DATA, ANY, ANY},
    {"parts.csv", LIT("id,,x\n1,2,3\n"), "without a name", ERR_DATA, 0, ANY},
    {"parts.csv", LIT("id,part_number,partNumber\n"), "two columns of one name",
     ERR_DATA, 0, ANY},
    {"parts.csv", LIT("id,part_number\n1,a\n2\n"), "fewer fields", ERR_DATA, 19, 2},
    {"parts.csv", LIT("id,part_number\n1,a\n2,b,\n"), "more fields", ERR_DATA, 19, 2},
    {"parts.csv", LIT("id,part_number\n1,a\n2,\"b\n"), "ends inside quotes", ERR_DATA,
     19, 2},
    {"parts.csv", LIT("id,part_number\n1,\"a\"x\n"), "behind a field's closing",
     ERR_DATA, 15, 1},
    {"parts.csv", LIT("id,part_number\n1,a\"x\n"), "a quote in a field", ERR_DATA, 15,
     1},
    {"zz.csv", LIT("id,part_number\n1,a\n"), "--entity", ERR_DATA, 0, ANY},
    {"parts.csv", LIT("id\0part\n"), "none of the formats", ERR_DATA, 0, ANY},
    {"more.json",
     LIT("{\"data\":{\"parts\":{\"edges\":[{\"node\":" P
         "}],\"pageInfo\":{\"hasNextPage\":true}}}}"),
     "parts: the last page is missing", ERR_DATA, ANY, ANY},
    {"total.json",
     LIT("{\"data\":{\"parts\":{\"edges\":[{\"node\":" P
         "}],\"pageInfo\":{\"totalCount\":2}}}}"),
     "parts: 1 records where totalCount says 2", ERR_DATA, ANY, ANY},
    {"total.json",
     LIT("{\"data\":{\"parts\":{\"totalCount\":0,\"nodes\":[" P
         "],\"pageInfo\":{\"hasNextPage\":false}}}}"),
     "parts: 1 records where totalCount says 0", ERR_DATA, ANY, ANY},
    {"null.json", LIT("{\"data\":{\"parts\":[" P ",null]}}"),
     "parts: 1 records are null", ERR_DATA, ANY, ANY},
    {"null.json", LIT("{\"data\":{\"parts\":{\"edges\":[null,{\"node\":null}]}}}"),
     "parts: 2 records are null", ERR_DATA, ANY, ANY},
};

START_TEST(bad_content)
{
    begin();
    fails(bad[_i].line, kit_write(kit, bad[_i].name, bad[_i].bytes), bad[_i].code,
          bad[_i].line);
    ck_assert_msg(bad[_i].offset == ANY || e.offset == bad[_i].offset,
                  "%s '%s': offset %llu", bad[_i].name, e.line,
                  (unsigned long long)e.offset);
    ck_assert_msg(bad[_i].record == ANY || e.record == bad[_i].record,
                  "%s '%s': record %llu", bad[_i].name, e.line,
                  (unsigned long long)e.record);
    if (e.offset != ANY)
        names(bad[_i].name, bad[_i].name);
    end();
}
END_TEST

static void long_lines(struct buf *out, int n)
{
    unsigned seed = 1;
    for (int i = 0; i < n; i++) {
        buf_printf(out, "{\"__typename\":\"Part\",\"id\":%d,\"description\":\"", i);
        for (int k = 0; k < 60; k++)
            buf_add_char(out,
                         (char)('a' + (seed = seed * 1103515245 + 12345) / 65536 % 26));
        buf_add_str(out, STR("\"}\n"));
    }
}

/* Cut anywhere, a compressed file or container is an error and never a shorter one. */
START_TEST(cut_short)
{
    begin();
    BUF_SCOPED lines = BUF_INIT;
    BUF_SCOPED full = BUF_INIT;
    long_lines(&lines, 40);
    const struct kit_member members[] = {{"a/parts.jsonl", buf_str(&lines), NULL},
                                         {"a/runs.jsonl", STR("{\"id\":1}\n"), NULL}};
    switch (_i) {
    case 0: kit_gzip(buf_str(&lines), &full); break;
    case 1: kit_filter(ARCHIVE_FILTER_ZSTD, buf_str(&lines), &full); break;
    case 2: kit_filter(ARCHIVE_FILTER_BZIP2, buf_str(&lines), &full); break;
    case 3: kit_filter(ARCHIVE_FILTER_XZ, buf_str(&lines), &full); break;
    case 4: kit_archive(false, members, 2, &full); break;
    default: kit_archive(true, members, 2, &full); break;
    }
    const char *path = kit_write(kit, "x", buf_str(&full));
    assert_ok(kit_read_one(kit, path, &got, &e), &e);
    /* A tar may lack padding behind its first block of zeros. */
    size_t last = _i == 4 ? full.n - 512 * 2 : full.n - 1;
    while (_i == 4 && full.p[last - 1] == 0)
        last--;
    for (size_t n = 1; n <= last; n += n < 20 || n > last - 20 ? 1 : 53) {
        ck_assert(truncate(path, 0) == 0);
        path = kit_write(kit, "x", str_n(full.p, n));
        enum err code = kit_read_one(kit, path, &got, &e);
        ck_assert_msg(code == ERR_DATA, "%d: %zu of %zu bytes: %d", _i, n, full.n,
                      code);
        names("cut", "/x");
    }
    end();
}
END_TEST

/* So is one with a changed byte, in what carries data. */
START_TEST(changed_byte)
{
    begin();
    BUF_SCOPED lines = BUF_INIT;
    BUF_SCOPED full = BUF_INIT;
    BUF_SCOPED want = BUF_INIT;
    long_lines(&lines, 40);
    const struct kit_member members[] = {{"parts.jsonl", buf_str(&lines), NULL}};
    switch (_i) {
    case 0: kit_gzip(buf_str(&lines), &full); break;
    case 1: kit_filter(ARCHIVE_FILTER_BZIP2, buf_str(&lines), &full); break;
    case 2: kit_filter(ARCHIVE_FILTER_XZ, buf_str(&lines), &full); break;
    default: kit_archive(true, members, 1, &full); break;
    }
    assert_ok(kit_read_one(kit, kit_write(kit, "x", buf_str(&full)), &want, &e), &e);
    size_t from = full.n / 4, to = full.n / 4 * 3;
    for (size_t i = from; i < to; i += 41) {
        full.p[i] ^= 0x10;
        enum err code =
            kit_read_one(kit, kit_write(kit, "x", buf_str(&full)), &got, &e);
        ck_assert_msg(code == ERR_DATA, "%d: byte %zu of %zu", _i, i, full.n);
        full.p[i] ^= 0x10;
    }
    end();
}
END_TEST

START_TEST(bytes_behind)
{
    begin();
    BUF_SCOPED x = BUF_INIT;
    const struct kit_member members[] = {{"parts.jsonl", STR(P "\n"), NULL}};
    switch (_i) {
    case 0: kit_gzip(STR(P), &x); break;
    case 1: kit_filter(ARCHIVE_FILTER_ZSTD, STR(P), &x); break;
    case 2: kit_filter(ARCHIVE_FILTER_BZIP2, STR(P), &x); break;
    case 3: kit_filter(ARCHIVE_FILTER_XZ, STR(P), &x); break;
    case 4: kit_archive(false, members, 1, &x); break;
    default: kit_archive(true, members, 1, &x); break;
    }
    for (int i = 0; i < 1000; i++)
        buf_add_str(&x, STR("garbage "));
    fails("garbage", kit_write(kit, "parts", buf_str(&x)), ERR_DATA, "");
    end();
}
END_TEST

static const struct {
    const char *member;
    struct str bytes;
    const char *line;
} bad_members[] = {
    {"../parts.jsonl", LIT(P "\n"), "leads out of the archive"},
    {"a/../../parts.jsonl", LIT(P "\n"), "leads out of the archive"},
    {"/parts.jsonl", LIT(P "\n"), "leads out of the archive"},
    {"a\\..\\parts.jsonl", LIT(P "\n"), "leads out of the archive"},
    {"parts.jsonl.gz", LIT(""), "is empty where compressed"},
    {"parts.jsonl.gz", LIT("\x1f\x8b\x08garbage"), ""},
    {"parts.jsonl", LIT("garbage"), "none of the formats"},
    {"zz.jsonl", LIT("{\"id\":1}\n"), "--entity"},
};

START_TEST(bad_member)
{
    begin();
    BUF_SCOPED x = BUF_INIT;
    const struct kit_member m = {bad_members[_i].member, bad_members[_i].bytes, NULL};
    /* A zip's writer takes the leading slash away. */
    for (int zip = 0; zip < (m.name[0] == '/' ? 1 : 2); zip++) {
        x.n = 0;
        kit_archive(zip, &m, 1, &x);
        fails(m.name, kit_write(kit, "x.tar", buf_str(&x)), ERR_DATA,
              bad_members[_i].line);
        names(m.name, strstr(e.line, "leads") ? "x.tar" : m.name);
    }
    end();
}
END_TEST

START_TEST(bombs)
{
    begin();
    BUF_SCOPED big = BUF_INIT;
    BUF_SCOPED x = BUF_INIT;
    const char *line =
        "{\"__typename\":\"Part\",\"id\":1}                                      \n";
    while (big.n < 80u << 20)
        buf_add(&big, line, strlen(line));
    const struct kit_member m = {"parts.jsonl", buf_str(&big), NULL};
    if (_i == 0)
        kit_gzip(buf_str(&big), &x);
    else if (_i == 1)
        kit_filter(ARCHIVE_FILTER_ZSTD, buf_str(&big), &x);
    else
        kit_archive(true, &m, 1, &x);
    bool small = (uint64_t)x.n * SOURCE_RATIO < big.n;
    enum err code = kit_read_one(kit, kit_write(kit, "x", buf_str(&x)), &got, &e);
    ck_assert_msg(code == (small ? ERR_LIMIT : ERR_OK), "%d: %zu bytes: %s", _i, x.n,
                  e.line);
    end();
}
END_TEST

/* What a ratio may be, exactly. */
START_TEST(ratio_limit)
{
    struct ratio r = {200000, 200000ull * SOURCE_RATIO + SOURCE_RATIO - 1};
    ck_assert_int_eq(ratio_check(&r, NULL), ERR_OK);
    r.out++;
    ck_assert_int_eq(ratio_check(&r, NULL), ERR_LIMIT);
    r = (struct ratio){1, 64u << 20};
    ck_assert_int_eq(ratio_check(&r, NULL), ERR_OK);
    r.out++;
    ck_assert_int_eq(ratio_check(&r, NULL), ERR_LIMIT);
}
END_TEST

static const struct {
    const char *name, *before, *after;
    size_t overhead; /* bytes of the record beside the filler */
} shapes[] = {
    {"lines", "{\"__typename\":\"Part\",\"a\":\"", "\"}\n", 28},
    {"array", "[{\"__typename\":\"Part\",\"a\":\"", "\"}]", 28},
    {"document", "{\"parts\":[{\"a\":\"", "\"}]}", 8},
    {"parts.csv", "a\n", "\n", 1},
};

/* A record as large as it may be, and one byte more; chunks smaller and larger than it.
 */
START_TEST(record_limit)
{
    begin();
    kit->options.record_limit = 1000;
    for (size_t size = 999; size <= 1002; size++) {
        BUF_SCOPED text = BUF_INIT;
        buf_printf(&text, "%s%0*d%s", shapes[_i].before,
                   (int)(size - shapes[_i].overhead), 0, shapes[_i].after);
        const char *path = kit_write(kit, shapes[_i].name, buf_str(&text));
        for (kit->chunk = 100; kit->chunk <= 10000; kit->chunk *= 10) {
            enum err code = kit_read_one(kit, path, &got, &e);
            ck_assert_msg(code == (size <= 1000 ? ERR_OK : ERR_LIMIT), "%s %zu %zu: %s",
                          shapes[_i].name, size, kit->chunk, e.line);
            ck_assert(code == ERR_OK || strstr(e.line, "larger than 1000 bytes"));
        }
    }
    end();
}
END_TEST

START_TEST(nesting)
{
    begin();
    BUF_SCOPED x = BUF_INIT;
    BUF_SCOPED y = BUF_INIT;
    buf_add_str(&x, STR(P "\n"));
    for (unsigned i = 0; i <= SOURCE_NESTING; i++) {
        const struct kit_member m = {i ? "x.tar" : "parts.jsonl", buf_str(&x), NULL};
        y.n = 0;
        kit_archive(i & 1, &m, 1, &y);
        x.n = 0;
        buf_add_str(&x, buf_str(&y));
        const char *path = kit_write(kit, "x", buf_str(&x));
        if (i < SOURCE_NESTING)
            assert_ok(kit_read_one(kit, path, &got, &e), &e);
        else
            fails("nesting", path, ERR_LIMIT, "nest more than");
    }
    x.n = 0;
    buf_add_str(&x, STR(P "\n"));
    for (unsigned i = 1; i <= SOURCE_LAYERS + 1; i++) {
        y.n = 0;
        kit_gzip(buf_str(&x), &y);
        x.n = 0;
        buf_add_str(&x, buf_str(&y));
        const char *path = kit_write(kit, "parts", buf_str(&x));
        if (i <= SOURCE_LAYERS)
            assert_ok(kit_read_one(kit, path, &got, &e), &e);
        else
            fails("layers", path, ERR_LIMIT, "compressed more than");
    }
    end();
}
END_TEST

START_TEST(columns)
{
    begin();
    BUF_SCOPED x = BUF_INIT;
    for (unsigned i = 0; i < SOURCE_COLUMNS; i++)
        buf_printf(&x, "%sc%u", i ? "," : "", i);
    assert_ok(kit_read_one(kit, kit_write(kit, "parts.csv", buf_str(&x)), &got, &e),
              &e);
    buf_add_str(&x, STR(",d"));
    fails("columns", kit_write(kit, "parts.csv", buf_str(&x)), ERR_LIMIT, "columns");
    end();
}
END_TEST

static void lists(struct buf *x, unsigned n)
{
    x->n = 0;
    for (unsigned i = 0; i < n; i++)
        buf_printf(x, "%s\"l%u\":{\"edges\":[]}", i ? "," : "{", i);
    buf_add_char(x, '}');
}

START_TEST(many_lists)
{
    begin();
    BUF_SCOPED x = BUF_INIT;
    lists(&x, SOURCE_LISTS);
    assert_ok(kit_read_one(kit, kit_write(kit, "a.json", buf_str(&x)), &got, &e), &e);
    lists(&x, SOURCE_LISTS + 1);
    fails("lists", kit_write(kit, "a.json", buf_str(&x)), ERR_LIMIT, "lists");
    end();
}
END_TEST

START_TEST(folders)
{
    begin();
    BUF_SCOPED path = BUF_INIT;
    buf_add_str(&path, STR("f"));
    for (unsigned i = 0; i + 1 < SOURCE_FOLDERS; i++)
        buf_add_str(&path, STR("/f"));
    size_t n = path.n;
    buf_add_str(&path, STR("/parts.json"));
    kit_write(kit, buf_cstr(&path), STR(P));
    assert_ok(kit_read_one(kit, kit_path(kit, "f"), &got, &e), &e);
    path.n = n;
    buf_add_str(&path, STR("/f/parts.json"));
    kit_write(kit, buf_cstr(&path), STR(P));
    fails("folders", kit_path(kit, "f"), ERR_LIMIT, "nest more than");
    mkdir(kit_path(kit, "g"), 0700);
    fails("nothing", kit_path(kit, "g"), ERR_DATA, "holds no files");
    fails("missing", kit_path(kit, "h"), ERR_NOINPUT, "cannot open");
    end();
}
END_TEST

/* Grown, shrunk or removed between being named and being read. */
START_TEST(changing)
{
    begin();
    BUF_SCOPED x = BUF_INIT;
    long_lines(&x, 2000);
    const char *path = kit_write(kit, "x", buf_str(&x));
    struct source *s;
    struct chunk c = {0};
    e = (struct error)ERROR_INIT;
    assert_ok(source_new(&kit->options, &s, &e), &e);
    source_set_chunk(s, 100000);
    assert_ok(source_add(s, path, &e), &e);
    ck_assert_uint_eq(source_total(s), x.n);
    assert_ok(_i == 2 ? ERR_OK : source_next(s, &c, &e), &e);
    if (_i == 0) {
        FILE *f = fopen(path, "a");
        fputs("{}\n", f);
        fclose(f);
    } else if (_i == 1) {
        ck_assert(truncate(path, 150000) == 0);
    } else {
        unlink(path);
    }
    enum err code = ERR_OK;
    do
        code = source_next(s, &c, &e);
    while (code == ERR_OK && c.n_records);
    ck_assert_int_eq(code, _i == 2 ? ERR_NOINPUT : ERR_DATA);
    ck_assert(_i == 2 || strstr(e.line, "changed while it was read"));
    names("changing", "/x");
    source_free(s);
    chunk_done(&c);
    end();
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, bad_content, 0, sizeof bad / sizeof *bad);
    tcase_add_loop_test(t, cut_short, 0, 6);
    tcase_add_loop_test(t, changed_byte, 0, 4);
    tcase_add_loop_test(t, bytes_behind, 0, 6);
    tcase_add_loop_test(t, bad_member, 0, sizeof bad_members / sizeof *bad_members);
    tcase_add_loop_test(t, bombs, 0, 3);
    tcase_add_test(t, ratio_limit);
    tcase_add_loop_test(t, record_limit, 0, 4);
    tcase_add_test(t, nesting);
    tcase_add_test(t, columns);
    tcase_add_test(t, many_lists);
    tcase_add_test(t, folders);
    tcase_add_loop_test(t, changing, 0, 3);
}

TEST_MAIN("source_bad")
