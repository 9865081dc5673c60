#include "store/tenant.h"

#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/dump.h"
#include "store/sql.h"
#include "store_bench.h"
#include "test.h"

/* ---- connections */

START_TEST(connection)
{
    struct bench b;
    struct error e = ERROR_INIT;
    const struct sql_options write = {.write = true}, read = {.write = false};
    CLEANUP(sql_freep) struct sql *db = NULL;
    CLEANUP(sql_freep) struct sql *other = NULL;
    struct sql_stmt *a, *c;
    bool row;
    begin(&b);
    load_one(&b, "Part", "{\"id\":1}");
    ck_assert_int_eq(sql_open("/nowhere/x.db", &read, &db, &e), ERR_NOINPUT);
    ck_assert_int_eq(sql_open("/tmp", &read, &db, &e), ERR_NOINPUT);
    ck_assert_int_eq(sql_open(":memory:", &read, &db, &e), ERR_NOINPUT);
    assert_ok(sql_open(b.path, &write, &db, &e), &e);
    assert_ok(sql_open(b.path, &read, &other, &e), &e);
    ck_assert_int_eq(sql_exec(other, "DELETE FROM parts", &e), ERR_IO);
    ck_assert_int_eq(sql_exec(db, "SELECT \"text\"", &e), ERR_SOFTWARE);
    ck_assert_int_eq(sql_exec(db, "ATTACH ':memory:' AS x", &e), ERR_SOFTWARE);
    ck_assert_int_eq(sql_exec(db, "SELECT load_extension('x')", &e), ERR_SOFTWARE);
    assert_ok(sql_exec(db, "PRAGMA writable_schema = ON", &e), &e);
    ck_assert_int_ne(sql_exec(db, "DELETE FROM sqlite_schema", &e), ERR_OK);
    /* The same text twice: two statements; given back: the same one again. */
    assert_ok(sql_prepare(db, STR("SELECT ?1, ?2, ?3, ?4"), &a, &e), &e);
    assert_ok(sql_prepare(db, STR("SELECT ?1, ?2, ?3, ?4"), &c, &e), &e);
    ck_assert(a != c);
    sql_reset(c);
    sql_bind_int(a, 1, INT64_MIN);
    sql_bind_real(a, 2, 0.5);
    sql_bind_text(a, 3, str_n(NULL, 0));
    assert_ok(sql_step(a, &row, &e), &e);
    ck_assert(row && sql_columns(a) == 4);
    ck_assert(sql_int(a, 0) == INT64_MIN && sql_type(a, 0) == SQL_INT);
    ck_assert(sql_real(a, 1) == 0.5 && sql_type(a, 1) == SQL_REAL);
    ck_assert(sql_text(a, 2).n == 0 && sql_type(a, 2) == SQL_TEXT_VALUE);
    ck_assert(sql_type(a, 3) == SQL_NULL);
    sql_reset(a);
    sql_bind_int(a, 9, 1);
    ck_assert_int_eq(sql_step(a, &row, &e), ERR_SOFTWARE);
    sql_reset(a);
    /* Locked by another. */
    assert_ok(sql_exec(db, "BEGIN EXCLUSIVE", &e), &e);
    ck_assert_int_eq(read_all(b.path, &e), ERR_IO);
    ck_assert_str_eq(e.line, "the database is locked by another process");
    assert_ok(sql_exec(db, "ROLLBACK", &e), &e);
    end(&b);
}
END_TEST

static const char endless[] = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 "
                              "FROM c) SELECT count(*) FROM c";

static void *cancel(void *ctx)
{
    usleep(50000);
    sql_cancel(ctx);
    return NULL;
}

START_TEST(deadline)
{
    struct bench b;
    struct error e = ERROR_INIT;
    const struct sql_options read = {.write = false};
    CLEANUP(sql_freep) struct sql *db = NULL;
    struct timespec t;
    pthread_t thread;
    begin(&b);
    load_one(&b, "Part", "{\"id\":1}");
    assert_ok(sql_open(b.path, &read, &db, &e), &e);
    clock_gettime(CLOCK_MONOTONIC, &t);
    sql_deadline(db, (double)t.tv_sec + (double)t.tv_nsec / 1e9 + 0.1);
    ck_assert_int_eq(sql_exec(db, endless, &e), ERR_LIMIT);
    sql_deadline(db, 0);
    assert_ok(sql_exec(db, "SELECT count(*) FROM parts", &e), &e);
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel, db), 0);
    ck_assert_int_eq(sql_exec(db, endless, &e), ERR_LIMIT);
    pthread_join(thread, NULL);
    end(&b);
}
END_TEST

START_TEST(many_statements)
{
    struct error e = ERROR_INIT;
    struct bench b;
    const struct sql_options read = {.write = false};
    CLEANUP(sql_freep) struct sql *db = NULL;
    struct sql_stmt *held, *q;
    BUF_SCOPED text = BUF_INIT;
    bool row;
    begin(&b);
    load_one(&b, "Part", "{\"id\":1}");
    assert_ok(sql_open(b.path, &read, &db, &e), &e);
    assert_ok(sql_prepare(db, STR("SELECT 'held'"), &held, &e), &e);
    for (int i = 0; i < SQL_CACHE * 2; i++) {
        buf_clear(&text);
        buf_printf(&text, "SELECT %d", i);
        assert_ok(sql_prepare(db, buf_str(&text), &q, &e), &e);
        assert_ok(sql_step(q, &row, &e), &e);
        ck_assert(row && sql_int(q, 0) == i);
        sql_reset(q);
    }
    assert_ok(sql_step(held, &row, &e), &e);
    assert_str_eq("held", sql_text(held, 0), STR("held"));
    sql_reset(held);
    end(&b);
}
END_TEST

/* ---- tenants */

#define RESETS  20
#define READERS 3

struct served {
    struct tenant *tenant;
    _Atomic bool stop;
    _Atomic unsigned reads, failed;
};

static enum err count_parts(struct generation *g, int64_t *out, struct error *e)
{
    struct sql *db = NULL;
    struct sql_stmt *q;
    bool row;
    TRY(generation_take(g, &db, e));
    enum err code = sql_prepare(db, STR("SELECT count(*) FROM parts"), &q, e);
    if (code == ERR_OK) {
        code = sql_step(q, &row, e);
        *out = code == ERR_OK ? sql_int(q, 0) : -1;
        sql_reset(q);
    }
    generation_give(g, db);
    return code;
}

static void *read_on(void *ctx)
{
    struct served *s = ctx;
    while (!s->stop) {
        struct error e = ERROR_INIT;
        int64_t n = 0;
        struct generation *g = tenant_acquire(s->tenant);
        if (count_parts(g, &n, &e) != ERR_OK || n != 1)
            s->failed++;
        tenant_release(s->tenant, g);
        s->reads++;
    }
    return NULL;
}

static void serve(struct tenant *t)
{
    struct served s = {.tenant = t};
    pthread_t threads[READERS];
    struct error e = ERROR_INIT;
    uint64_t number = 0;
    for (int i = 0; i < READERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, read_on, &s), 0);
    for (uint64_t i = 0; i < RESETS; i++) {
        assert_ok(tenant_reset(t, &number, &e), &e);
        ck_assert_uint_eq(number, i + 2);
        usleep(1000);
    }
    s.stop = true;
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_gt(s.reads, 0);
    ck_assert_uint_eq(s.failed, 0);
}

START_TEST(private_tenant)
{
    struct bench b;
    struct error e = ERROR_INIT;
    struct tenant *t = NULL;
    struct stat st;
    char folder[256];
    begin(&b);
    load_one(&b, "Part", "{\"id\":1}");
    const struct tenant_options o = {.from = b.path};
    assert_ok(tenant_new(&o, &t, &e), &e);
    snprintf(folder, sizeof folder, "%s", tenant_folder(t));
    ck_assert_int_eq(stat(folder, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0700);
    assert_ok(tenant_start(t, &e), &e);
    assert_str_eq("format", tenant_meta(t, "format"), STR(STORE_FORMAT));
    ck_assert_uint_eq(layout_n_tables(tenant_layout(t)), 4);
    serve(t);
    tenant_free(t);
    ck_assert_int_ne(stat(folder, &st), 0);
    end(&b);
}
END_TEST

/* Filled where it is served. */
START_TEST(loaded_tenant)
{
    struct bench b;
    struct error e = ERROR_INIT;
    CLEANUP(tenant_freep) struct tenant *t = NULL;
    const struct tenant_options o = {.db = NULL};
    int64_t n = 0;
    begin(&b);
    assert_ok(tenant_new(&o, &t, &e), &e);
    int fd = b.fd;
    b.fd = tenant_image_fd(t);
    load_one(&b, "Part", "{\"id\":1}");
    b.fd = fd;
    assert_ok(tenant_start(t, &e), &e);
    struct generation *g = tenant_acquire(t);
    ck_assert_uint_eq(generation_number(g), 1);
    assert_ok(count_parts(g, &n, &e), &e);
    ck_assert_int_eq(n, 1);
    tenant_release(t, g);
    end(&b);
}
END_TEST

START_TEST(file_tenant)
{
    struct bench b;
    struct error e = ERROR_INIT;
    struct tenant *t = NULL;
    char base[80];
    begin(&b);
    load_one(&b, "Part", "{\"id\":1}");
    close(b.fd); /* closing it later would take SQLite's locks away */
    b.fd = -1;
    snprintf(base, sizeof base, "%s.base", b.path);
    const struct tenant_options o = {.db = b.path};
    assert_ok(tenant_new(&o, &t, &e), &e);
    assert_ok(tenant_start(t, &e), &e);
    ck_assert_int_eq(access(base, F_OK), 0);
    serve(t);
    tenant_free(t);
    assert_ok(read_all(b.path, &e), &e);
    unlink(base);
    end(&b);
}
END_TEST

START_TEST(no_tenant)
{
    struct bench b;
    struct error e = ERROR_INIT;
    struct tenant *t = NULL;
    begin(&b);
    ck_assert(write(b.fd, "no database, but of some length", 31) == 31);
    const struct tenant_options from = {.from = b.path}, db = {.db = b.path};
    ck_assert_int_eq(tenant_new(&from, &t, &e), ERR_DATA);
    assert_ok(tenant_new(&db, &t, &e), &e);
    ck_assert_int_eq(tenant_start(t, &e), ERR_DATA);
    tenant_free(t);
    end(&b);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_test(t, connection);
    tcase_add_test(t, deadline);
    tcase_add_test(t, many_statements);
    tcase_add_test(t, private_tenant);
    tcase_add_test(t, loaded_tenant);
    tcase_add_test(t, file_tenant);
    tcase_add_test(t, no_tenant);
}

TEST_MAIN("tenant")
