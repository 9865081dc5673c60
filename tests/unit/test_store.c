#include "store/load.h"

#include <sys/stat.h>
#include <unistd.h>

#include "random_json.h"
#include "schema/canon.h"
#include "store/dump.h"
#include "store/sql.h"
#include "store_bench.h"
#include "test.h"

static void canonical(struct schema *s, const char *entity, struct str record,
                      struct buf *out)
{
    struct error e = ERROR_INIT;
    struct canon_record r;
    CLEANUP(canon_freep) struct canon *c = canon_new();
    assert_ok(canon_record(c, entity_of(s, entity), record, &r, &e), &e);
    buf_add_str(out, r.text);
}

/* ---- a record, the row it becomes, and the same record again */

static const struct {
    const char *entity, *record;
    const char *query, *want; /* of one value; NULL: unplaced, want is the reason */
} rows[] = {
    {"Part", "{\"id\":7,\"n\":-0}", "SELECT id || '/' || n FROM parts", "7/0"},
    {"Part", "{\"id\":\"7\",\"n\":1.20e2}", "SELECT n FROM parts", "120"},
    {"Part", "{\"id\":1,\"n\":9223372036854775807}", "SELECT n FROM parts",
     "9223372036854775807"},
    {"Part", "{\"id\":1,\"n\":9223372036854775808}", "SELECT _more FROM parts",
     "{\"n\":9223372036854775808}"},
    {"Part", "{\"id\":1,\"n\":-9223372036854775808}", "SELECT n IS NULL FROM parts",
     "1"},
    {"Part", "{\"id\":1,\"n\":1.5}", "SELECT _more FROM parts", "{\"n\":1.5}"},
    {"Part", "{\"id\":1,\"n\":\"7\"}", "SELECT _more FROM parts", "{\"n\":\"7\"}"},
    {"Part", "{\"id\":1,\"n\":true}", "SELECT _more FROM parts", "{\"n\":true}"},
    {"Part", "{\"id\":1,\"n\":[1]}", "SELECT _more FROM parts", "{\"n\":[1]}"},
    {"Part", "{\"id\":1,\"cost\":12.50}", "SELECT cost FROM parts", "12.5"},
    {"Part", "{\"id\":1,\"cost\":7}", "SELECT typeof(cost) FROM parts", "real"},
    {"Part", "{\"id\":1,\"cost\":0.1234567890123456789}", "SELECT _more FROM parts",
     "{\"cost\":0.1234567890123456789}"},
    {"Part", "{\"id\":1,\"cost\":1e999}", "SELECT _more FROM parts",
     "{\"cost\":1e999}"},
    {"Part", "{\"id\":1,\"cost\":4.9e-324}", "SELECT _more FROM parts",
     "{\"cost\":4.9e-324}"},
    {"Part", "{\"id\":1,\"cost\":1.7976931348623157e308}",
     "SELECT cost > 1e308 FROM parts", "1"},
    {"Part", "{\"id\":1,\"weighId\":5}", "SELECT weigh_id FROM parts", "5.0"},
    {"Part", "{\"id\":1,\"weighId\":\"9007199254740993\"}", "SELECT _more FROM parts",
     "{\"weighId\":\"9007199254740993\"}"},
    {"Part", "{\"id\":1,\"ok\":true}", "SELECT ok FROM parts", "1"},
    {"Part", "{\"id\":1,\"ok\":\"f\"}", "SELECT ok FROM parts", "0"},
    {"Part", "{\"id\":1,\"ok\":\"maybe\"}", "SELECT _more FROM parts",
     "{\"ok\":\"maybe\"}"},
    {"Part", "{\"id\":1,\"at\":\"2026-01-01 00:30:00+01:00\"}", "SELECT at FROM parts",
     "2025-12-31T23:30:00Z"},
    {"Part", "{\"id\":1,\"at\":\"soon\"}", "SELECT at FROM parts", "soon"},
    {"Part", "{\"id\":1,\"code\":5}", "SELECT typeof(code) || code FROM parts",
     "text5"},
    {"Part", "{\"id\":1,\"color\":\"red\"}", "SELECT color FROM parts", "RED"},
    {"Part", "{\"id\":1,\"partNumber\":\"\\u0041\\n\\\"'\"}",
     "SELECT part_number FROM parts", "A\n\"'"},
    {"Part", "{\"id\":1,\"partNumber\":\"a\\u0000b\"}", "SELECT _more FROM parts",
     "{\"partNumber\":\"a\\u0000b\"}"},
    {"Part", "{\"id\":1,\"partNumber\":\"\"}",
     "SELECT part_number IS NOT NULL FROM parts", "1"},
    {"Part", "{\"id\":1,\"json\":\"{\\\"b\\\": [1.50], \\\"a\\\":{}}\"}",
     "SELECT json FROM parts", "{\"a\":{},\"b\":[1.5]}"},
    {"Part", "{\"id\":1,\"json\":\"no JSON\"}", "SELECT json FROM parts", "no JSON"},
    {"Part", "{\"id\":1,\"json\":\"\\\"5\\\"\"}", "SELECT json FROM parts", "\"5\""},
    {"Part", "{\"id\":1,\"json\":\"\\\"x\\\"\"}", "SELECT json FROM parts", "x"},
    {"Part", "{\"id\":1,\"json\":\"5\"}", "SELECT json FROM parts", "5"},
    {"Part", "{\"id\":1,\"json\":{\"a\":1}}", "SELECT json FROM parts", "{\"a\":1}"},
    {"Part", "{\"id\":1,\"made\":\"\\\"5\\\"\"}", "SELECT _more FROM parts",
     "{\"made\":\"\\\"5\\\"\"}"},
    {"Part", "{\"id\":1,\"jsons\":[\"{}\"]}", "SELECT jsons FROM parts", "[{}]"},
    {"Part", "{\"id\":1,\"jsons\":[\"\\\"5\\\"\"]}", NULL,
     "a row of the table would not say the same"},
    {"Part", "{\"id\":1,\"inner\":{\"json\":\"\\\"5\\\"\"}}", NULL,
     "a row of the table would not say the same"},
    {"Part", "{\"id\":1,\"inner\":{\"json\":\"[1]\",\"n\":2}}",
     "SELECT _more FROM parts", "{\"inner\":{\"json\":[1],\"n\":2}}"},
    {"Part", "{\"id\":1,\"any\":5}", "SELECT any FROM parts", "5"},
    {"Part", "{\"id\":1,\"any\":\"5\"}", "SELECT any FROM parts", "\"5\""},
    {"Part", "{\"id\":1,\"any\":{\"b\":1e3,\"a\":[-0.001]}}", "SELECT any FROM parts",
     "{\"a\":[-0.001],\"b\":1000}"},
    {"Part", "{\"id\":1,\"tags\":[\"a\",null]}", "SELECT tags FROM parts",
     "[\"a\",null]"},
    {"Part", "{\"id\":1,\"tags\":\"a\"}", "SELECT tags FROM parts", "\"a\""},
    {"Part", "{\"id\":1,\"owner\":{\"id\":5}}", "SELECT owner_id FROM parts", "5"},
    {"Part", "{\"id\":1,\"owner\":{\"id\":5,\"n\":1}}", "SELECT _more FROM parts",
     "{\"owner\":{\"id\":\"5\",\"n\":1}}"},
    {"Part", "{\"id\":1,\"parts\":{\"edges\":[{\"node\":{\"id\":2}}]}}",
     "SELECT _more FROM parts", "{\"parts\":[{\"id\":\"2\"}]}"},
    {"Part", "{\"id\":1,\"computed\":null}", "SELECT _more FROM parts",
     "{\"computed\":null}"},
    {"Part", "{\"id\":1,\"n\":null}", "SELECT members FROM sandcast_shapes",
     "[\"id\",\"n\"]"},
    {"Part", "{\"id\":1,\"a\\\"'b\":{\"x\":[]},\"\":1,\"z\\\\\\u0000\":2}",
     "SELECT count(*) FROM parts, json_each(_more)", "3"},
    {"Part", "{\"id\":1,\"_more\":{\"id\":2},\"_shape\":9}", "SELECT _more FROM parts",
     "{\"_more\":{\"id\":2},\"_shape\":9}"},
    {"Part", "{\"id\":1,\"rowid\":5}", "SELECT rowid FROM parts", "1"},
    {"Part", "{\"id\":\"x\"}", NULL, "the key is missing or of another type"},
    {"Part", "{\"id\":null}", NULL, "the key is missing or of another type"},
    {"Part", "{}", NULL, "the key is missing or of another type"},
    {"Part", "{\"id\":123456789012345678901}", NULL,
     "the key is missing or of another type"},
    {"Part", "{\"id\":-5}", "SELECT id FROM parts", "-5"},
    {"Link", "{\"a\":1,\"b\":\"x\"}", "SELECT b FROM links WHERE a = 1", "x"},
    {"Link", "{\"a\":1}", NULL, "the key is missing or of another type"},
    {"Named", "{\"name\":\"x\"}", "SELECT name FROM named", "x"},
    {"Loose", "{\"x\":1}", "SELECT x FROM loose", "1"},
    {"Loose", "{}", "SELECT x IS NULL FROM loose", "1"},
    {"Other", "{\"id\":1}", NULL, "the schema does not know this entity"},
};

static void first_value(const char *path, const char *query, struct buf *out)
{
    struct error e = ERROR_INIT;
    const struct sql_options o = {.write = false};
    bool row;
    CLEANUP(sql_freep) struct sql *db = NULL;
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    BUF_SCOPED text = BUF_INIT;
    assert_ok(sql_open(path, &o, &db, &e), &e);
    buf_printf(&text, "SELECT CAST((%s) AS TEXT)", query);
    assert_ok(sql_prepare(db, buf_str(&text), &q, &e), &e);
    assert_ok(sql_step(q, &row, &e), &e);
    ck_assert(row);
    buf_add_str(out, sql_text(q, 0));
    sql_reset(q);
    q = NULL;
}

/* The one record that is in the database, in canonical form. */
static void dumped(const char *path, const char *entity, struct buf *out)
{
    struct error e = ERROR_INIT;
    const struct entity *found;
    struct str json;
    bool more;
    CLEANUP(dump_freep) struct dump *d = NULL;
    assert_ok(dump_open(path, &d, &e), &e);
    assert_ok(dump_next_entity(d, &found, &e), &e);
    ck_assert_ptr_nonnull(found);
    assert_str_eq(entity, found->name, str_of(entity));
    assert_ok(dump_next(d, &json, &more, &e), &e);
    ck_assert(more);
    canonical(dump_schema(d), entity, json, out);
    assert_ok(dump_next(d, &json, &more, &e), &e);
    ck_assert(!more);
    assert_ok(dump_next_entity(d, &found, &e), &e);
    ck_assert_ptr_null(found);
}

START_TEST(one_row)
{
    struct bench b;
    BUF_SCOPED got = BUF_INIT;
    BUF_SCOPED before = BUF_INIT;
    BUF_SCOPED after = BUF_INIT;
    const char *record = rows[_i].record;
    begin(&b);
    load_one(&b, rows[_i].entity, record);
    first_value(
        b.path,
        rows[_i].query ? rows[_i].query : "SELECT reason FROM sandcast_unplaced", &got);
    assert_str_eq(record, buf_str(&got), str_of(rows[_i].want));
    canonical(b.schema, rows[_i].entity, str_of(record), &before);
    dumped(b.path, rows[_i].entity, &after);
    assert_str_eq(record, buf_str(&after), buf_str(&before));
    end(&b);
}
END_TEST

/* ---- any record comes back */

static void random_record(struct dice *d, unsigned id, struct buf *out)
{
    static const char *const names[] = {
        "partNumber", "code",  "cost",  "n",     "ok",    "at",    "json",
        "any",        "tags",  "jsons", "color", "owner", "weigh", "computed",
        "made",       "parts", "inner", "x y",   "owner", "_more"};
    static const char *const values[] = {"null",
                                         "true",
                                         "\"t\"",
                                         "7",
                                         "\"7\"",
                                         "12.50",
                                         "1e-7",
                                         "{\"id\":3}",
                                         "[]",
                                         "\"2026-02-03T04:05:06.700Z\"",
                                         "\"{\\\"a\\\":1.50}\"",
                                         "\"\\\"7\\\"\"",
                                         "{\"json\":\"[1,2]\",\"n\":1}",
                                         "\"\\u0000\"",
                                         "\"\\ud83d\\ude00\""};
    buf_printf(out, "{\"id\":%u", id);
    for (unsigned i = 0, at = roll(d, 3); at < 18; at += 1 + roll(d, 5), i++) {
        buf_printf(out, ",\"%s\":", names[at]);
        if (roll(d, 3))
            buf_add_str(out, str_of(values[roll(d, 15)]));
        else
            random_json(d, out, 3);
    }
    buf_add_char(out, '}');
}

#define RANDOM 3000u

START_TEST(random_records)
{
    struct bench b;
    struct error e = ERROR_INIT;
    struct dice d = {.state = 5};
    BUF_SCOPED want = BUF_INIT;
    BUF_SCOPED got = BUF_INIT;
    BUF_SCOPED text = BUF_INIT;
    begin(&b);
    struct loader *l = open_loader(&b);
    const struct entity *part = entity_of(b.schema, "Part"), *found;
    CLEANUP(canon_freep) struct canon *c = canon_new();
    struct canon_record r;
    unsigned kept = 0;
    for (unsigned i = 0; i < RANDOM; i++) {
        buf_clear(&text);
        random_record(&d, i, &text);
        if (canon_record(c, part, buf_str(&text), &r, NULL) != ERR_OK)
            continue; /* numbers past the limits */
        buf_add_str(&want, r.text);
        buf_add_char(&want, '\n');
        kept++;
        assert_ok(loader_record(l, part, buf_str(&text), &e), &e);
    }
    assert_ok(loader_finish(l, &e), &e);
    const struct loader_report *report = loader_report_at(l, 0);
    ck_assert_uint_eq(report->records, kept);
    ck_assert_uint_gt(kept, RANDOM / 2);
    ck_assert_uint_gt(report->rows, kept * 8 / 10);
    ck_assert_uint_eq(report->rows + report->unplaced[UNPLACED_EXACT], kept);
    loader_free(l);
    /* Rows come first, what was not placed behind: as sets they are equal. */
    CLEANUP(dump_freep) struct dump *dump = NULL;
    struct str json;
    bool more = true;
    unsigned n = 0;
    assert_ok(dump_open(b.path, &dump, &e), &e);
    assert_ok(dump_next_entity(dump, &found, &e), &e);
    for (;; n++) {
        assert_ok(dump_next(dump, &json, &more, &e), &e);
        if (!more)
            break;
        assert_ok(canon_record(c, found, json, &r, &e), &e);
        buf_clear(&got);
        buf_add_str(&got, r.text);
        buf_add_char(&got, '\n');
        ck_assert_msg(memmem(want.p, want.n, got.p, got.n), "lost: %.*s",
                      STR_ARG(r.text));
    }
    ck_assert_uint_eq(n, kept);
    end(&b);
}
END_TEST

/* ---- what the report says */

START_TEST(report)
{
    struct bench b;
    struct error e = ERROR_INIT;
    begin(&b);
    struct loader *l = open_loader(&b);
    const struct entity *part = entity_of(b.schema, "Part");
    static const char *const records[] = {
        "{\"id\":1,\"partNumber\":\"a\",\"ownerId\":2}",
        "{\"id\":2,\"partNumber\":\"a\",\"ownerId\":99,\"x\":1}",
        "{\"id\":3,\"partNumber\":null,\"ownerId\":98}",
        "{\"id\":4,\"partNumber\":null,\"n\":\"a\"}",
        "{\"id\":1,\"partNumber\":\"b\"}",
        "{\"n\":1}",
    };
    for (size_t i = 0; i < 6; i++)
        assert_ok(loader_record(l, part, str_of(records[i]), &e), &e);
    assert_ok(loader_record(l, entity_of(b.schema, "Else"), STR("{}"), &e), &e);
    assert_ok(loader_finish(l, &e), &e);
    const struct loader_report *r = loader_report_at(l, 1);
    assert_str_eq("first", loader_report_at(l, 0)->entity, STR("Else"));
    ck_assert_ptr_null(loader_report_at(l, 2));
    ck_assert_uint_eq(r->records, 6);
    ck_assert_uint_eq(r->rows, 4);
    ck_assert_uint_eq(r->unplaced[UNPLACED_TWICE], 1);
    ck_assert_uint_eq(r->unplaced[UNPLACED_KEY], 1);
    ck_assert_uint_eq(r->doubled, 2);
    ck_assert_uint_eq(r->dangling, 2);
    ck_assert_uint_eq(r->n_dangling, 1);
    assert_str_eq("dangling", r->dangling_fields[0], STR("owner"));
    ck_assert_uint_eq(r->more, 2);
    ck_assert_uint_eq(r->n_more, 2);
    loader_free(l);
    /* Ids go on behind the largest. */
    BUF_SCOPED got = BUF_INIT;
    first_value(b.path, "SELECT seq FROM sqlite_sequence WHERE name = 'parts'", &got);
    assert_str_eq("seq", buf_str(&got), STR("4"));
    end(&b);
}
END_TEST

START_TEST(bad_record)
{
    struct bench b;
    struct error e = ERROR_INIT;
    begin(&b);
    struct loader *l = open_loader(&b);
    const struct entity *part = entity_of(b.schema, "Part");
    assert_ok(loader_record(l, part, STR("{\"id\":1}"), &e), &e);
    assert_ok(loader_record(l, part, STR("{\"id\":2,\"canary\":}"), &e), &e);
    ck_assert_int_eq(loader_finish(l, &e), ERR_DATA);
    ck_assert_uint_eq(e.record, 2);
    ck_assert_str_eq(e.where, "Part");
    ck_assert_ptr_null(strstr(e.line, "canary"));
    loader_free(l);
    end(&b);
}
END_TEST

/* ---- what is no tenant */

static const struct {
    const char *change;
    enum err code;
} strangers[] = {
    {"CREATE INDEX mine ON parts(cost)", ERR_OK},
    {"UPDATE parts SET part_number = 'x'; INSERT INTO parts(n) VALUES(1)", ERR_OK},
    {"UPDATE parts SET any = 'no JSON', json = '{'", ERR_OK},
    {"UPDATE parts SET _shape = 99", ERR_OK},
    {"UPDATE parts SET _shape = 'x'", ERR_OK},
    {"CREATE VIEW v AS SELECT 1", ERR_DATA},
    {"CREATE TRIGGER t AFTER INSERT ON parts BEGIN DELETE FROM parts; END", ERR_DATA},
    {"CREATE TABLE other(x)", ERR_DATA},
    {"DROP TABLE links", ERR_DATA},
    {"DROP TABLE links; CREATE VIEW links AS SELECT 1 AS a, 'x' AS b, NULL AS _more, "
     "NULL AS _shape",
     ERR_DATA},
    {"DROP TABLE links; CREATE TABLE links(a, b, _more, _shape)", ERR_DATA},
    {"DROP TABLE sandcast_unplaced", ERR_DATA},
    {"DROP TABLE sandcast_meta", ERR_DATA},
    {"DROP TABLE sandcast_meta; CREATE VIEW sandcast_meta AS SELECT 'format' AS key, "
     "'1' AS value",
     ERR_DATA},
    {"ALTER TABLE parts ADD COLUMN more TEXT", ERR_DATA},
    {"UPDATE sandcast_meta SET value = '2' WHERE key = 'format'", ERR_DATA},
    {"UPDATE sandcast_meta SET value = 'type {' WHERE key = 'schema'", ERR_DATA},
    {"DELETE FROM sandcast_meta", ERR_DATA},
    {"UPDATE parts SET _more = 'x'", ERR_DATA},
    {"UPDATE parts SET _more = '[1]'", ERR_DATA},
    {"UPDATE parts SET _more = '{}x'", ERR_DATA},
    {"UPDATE parts SET _more = 7", ERR_DATA},
    {"UPDATE parts SET cost = x'00'", ERR_DATA},
    {"UPDATE parts SET cost = 1e999", ERR_DATA},
    {"UPDATE sandcast_shapes SET members = '['", ERR_DATA},
    {"INSERT INTO sandcast_unplaced(entity, record) VALUES('Part', '{}')", ERR_OK},
    {"INSERT INTO sandcast_unplaced(entity, record) VALUES('no name', '{}')", ERR_DATA},
};

START_TEST(stranger)
{
    struct bench b;
    struct error e = ERROR_INIT;
    const struct sql_options o = {.write = true};
    struct sql *db = NULL;
    begin(&b);
    load_one(&b, "Part", "{\"id\":1,\"cost\":5,\"n\":null,\"x\":1}");
    assert_ok(sql_open(b.path, &o, &db, &e), &e);
    assert_ok(sql_exec(db, strangers[_i].change, &e), &e);
    sql_free(db);
    enum err code = read_all(b.path, &e);
    ck_assert_msg(code == strangers[_i].code, "%s: %d %s", strangers[_i].change, code,
                  e.line);
    end(&b);
}
END_TEST

/* Each byte of a small database is damaged in turn, and the file cut: whatever is
 * reported, nothing crashes, and the status is one of the content. */
START_TEST(damaged)
{
    struct bench b;
    struct error e = ERROR_INIT;
    struct stat st;
    begin(&b);
    load_one(&b, "Part", "{\"id\":1,\"cost\":5,\"partNumber\":\"abc\",\"x\":[1]}");
    ck_assert_int_eq(fstat(b.fd, &st), 0);
    char *bytes = malloc((size_t)st.st_size);
    ck_assert(pread(b.fd, bytes, (size_t)st.st_size, 0) == st.st_size);
    size_t step = (size_t)st.st_size / 1500 + 1, refused = 0;
    for (size_t at = 0; at < (size_t)st.st_size; at += at < 300 ? 1 : step) {
        char bad = (char)(bytes[at] ^ (1 << at % 8));
        ck_assert(pwrite(b.fd, &bad, 1, (off_t)at) == 1);
        enum err code = read_all(b.path, &e);
        ck_assert_msg(code == ERR_OK || code == ERR_DATA || code == ERR_LIMIT ||
                          code == ERR_IO || code == ERR_NOINPUT,
                      "byte %zu: %d %s", at, code, e.line);
        refused += code != ERR_OK;
        ck_assert(pwrite(b.fd, bytes + at, 1, (off_t)at) == 1);
    }
    ck_assert_uint_gt(refused, 50);
    /* A page and more at the end: SQLite takes the rest of a last page for zeros. */
    for (size_t n = 8192; n < (size_t)st.st_size; n += 12289) {
        ck_assert_int_eq(ftruncate(b.fd, (off_t)((size_t)st.st_size - n)), 0);
        ck_assert_int_eq(read_all(b.path, &e), ERR_DATA);
    }
    free(bytes);
    end(&b);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, one_row, 0, sizeof rows / sizeof *rows);
    tcase_add_test(t, random_records);
    tcase_add_test(t, report);
    tcase_add_test(t, bad_record);
    tcase_add_loop_test(t, stranger, 0, sizeof strangers / sizeof *strangers);
    tcase_add_test(t, damaged);
}

TEST_MAIN("store")
