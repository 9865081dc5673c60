#include "store/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/hash.h"

#define BUCKETS   (2 * SQL_CACHE)
#define LOOK      4000 /* operations between two looks at the clock: some 50 us */
#define VARIABLES 32766

struct sql_stmt {
    sqlite3_stmt *p;
    struct sql *db;
    char *text;
    size_t size;
    uint64_t hash, used;
    struct sql_stmt *next; /* in its bucket */
    int bind;              /* the first code of a bind that failed */
    bool busy;
};

struct sql {
    sqlite3 *p;
    struct sql_stmt *buckets[BUCKETS];
    size_t n;
    uint64_t clock; /* counts prepares: who was used last */
    double deadline;
    atomic_bool cancelled;
};

/* ---- the library */

/* A file without a name is opened through /proc/self/fd. SQLite would look where that
 * link leads, to a name that is not there, and refuse to open a link. */
#define NAMELESS "/proc/self/fd/"

/* SQLite calls a disk that cannot be read damage, and opens for reading what it cannot
 * open for writing: why is kept here, by the thread that then hears of it. */
static _Thread_local int failed_errno;

static int open_link(const char *path, int flags, int mode)
{
    if (str_starts(str_of(path), STR(NAMELESS)))
        flags &= ~O_NOFOLLOW;
    int fd = open(path, flags, mode);
    if (fd < 0)
        failed_errno = errno;
    return fd;
}

static ssize_t read_at(int fd, void *p, size_t n, off_t at)
{
    ssize_t got = pread(fd, p, n, at);
    if (got < 0 && errno != EINTR)
        failed_errno = errno;
    return got;
}

static int name_as_given(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    (void)vfs;
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

static sqlite3_vfs nameless;

static void start_once(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    if (sqlite3_initialize() != SQLITE_OK)
        alloc_fail();
    nameless = *sqlite3_vfs_find(NULL);
    nameless.zName = "nameless";
    nameless.pNext = NULL;
    nameless.xFullPathname = name_as_given;
    nameless.xSetSystemCall(&nameless, "open", (sqlite3_syscall_ptr)open_link);
    nameless.xSetSystemCall(&nameless, "pread", (sqlite3_syscall_ptr)read_at);
    nameless.xSetSystemCall(&nameless, "pread64", (sqlite3_syscall_ptr)read_at);
    sqlite3_vfs_register(&nameless, 0);
}

static void start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_once);
}

/* ---- errors */

static enum err fail(struct sql *s, int rc, struct error *e)
{
    int sys = s->p ? sqlite3_system_errno(s->p) : 0, before = failed_errno;
    failed_errno = 0;
    switch (rc & 0xff) {
    case SQLITE_NOMEM: alloc_fail();
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return err_set(e, ERR_IO, "the database is locked by another process");
    case SQLITE_FULL: return err_sys(e, ERR_IO, ENOSPC, "cannot write the database");
    case SQLITE_IOERR:
        if (rc == SQLITE_IOERR_SHORT_READ || !sys)
            return err_set(e, ERR_IO, "reading or writing the database failed");
        return err_sys(e, ERR_IO, sys, "reading or writing the database failed");
    case SQLITE_CORRUPT:
        if (before)
            return err_sys(e, ERR_IO, before, "reading the database failed");
        return err_set(e, ERR_DATA, "the database is damaged");
    case SQLITE_NOTADB: return err_set(e, ERR_DATA, "is no SQLite database");
    case SQLITE_INTERRUPT:
        return err_set(e, ERR_LIMIT, "a query took too long, or was cancelled");
    case SQLITE_TOOBIG: return err_set(e, ERR_LIMIT, "a value is too large for SQLite");
    case SQLITE_READONLY:
        if (before)
            return err_sys(e, ERR_IO, before, "the database cannot be written");
        return err_set(e, ERR_IO, "the database cannot be written");
    case SQLITE_CANTOPEN:
        return err_sys(e, ERR_NOINPUT, sys ? sys : EACCES, "cannot open the database");
    case SQLITE_CONSTRAINT:
        return err_set(e, ERR_DATA, "a constraint of a table is not met");
    default: break;
    }
    return err_set(e, ERR_SOFTWARE, "SQLite: %s", sqlite3_errstr(rc));
}

/* ---- connections */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int look(void *ctx)
{
    struct sql *s = ctx;
    if (atomic_load_explicit(&s->cancelled, memory_order_relaxed))
        return 1;
    return s->deadline > 0 && now() >= s->deadline;
}

void sql_deadline(struct sql *s, double deadline)
{
    s->deadline = deadline;
    atomic_store(&s->cancelled, false);
}

void sql_cancel(struct sql *s)
{
    atomic_store(&s->cancelled, true);
}

static void distrust(sqlite3 *p, const struct sql_options *o)
{
    static const struct {
        int what, value;
    } settings[] = {
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
    };
    static const struct {
        int what, value;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, SQL_VALUE},
        {SQLITE_LIMIT_SQL_LENGTH, SQL_TEXT},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
        {SQLITE_LIMIT_VARIABLE_NUMBER, VARIABLES},
        {SQLITE_LIMIT_WORKER_THREADS, 2},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        sqlite3_db_config(p, settings[i].what, settings[i].value, NULL);
    sqlite3_db_config(p, SQLITE_DBCONFIG_DEFENSIVE, !o->schema, NULL);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        sqlite3_limit(p, limits[i].what, limits[i].value);
}

/* The first reads tell what the file is. */
static enum err settle(struct sql *s, const struct sql_options *o, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    distrust(s->p, o);
    sqlite3_progress_handler(s->p, LOOK, look, s);
    sqlite3_busy_timeout(s->p, o->busy_ms);
    buf_printf(&text,
               "PRAGMA cell_size_check = ON; PRAGMA case_sensitive_like = ON;"
               "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -%d;"
               "PRAGMA mmap_size = %lld;",
               o->cache_kib ? o->cache_kib : 8192, (long long)o->map_size);
    if (o->alone)
        buf_add_str(&text, STR("PRAGMA locking_mode = EXCLUSIVE;"));
    if (o->ours && !o->write)
        buf_add_str(&text, STR("PRAGMA query_only = ON;"));
    if (o->write)
        buf_printf(&text, "PRAGMA synchronous = %s;", o->fast ? "OFF" : "NORMAL");
    buf_add_str(&text, STR("PRAGMA schema_version;"));
    enum err code = sql_exec(s, buf_cstr(&text), e);
    if (code == ERR_SOFTWARE) /* the statements are right: it is the file */
        return err_set(e, ERR_DATA, "is no SQLite database that can be read");
    return code;
}

static enum err connect(const char *path, int flags, const char *vfs,
                        const struct sql_options *o, struct sql **out, struct error *e)
{
    start();
    CLEANUP(sql_freep) struct sql *s = NEW(struct sql);
    int rc = sqlite3_open_v2(path, &s->p,
                             flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
    if (rc != SQLITE_OK)
        return fail(s, rc, e);
    TRY(settle(s, o, e));
    *out = s;
    s = NULL;
    return ERR_OK;
}

enum err sql_open(const char *path, const struct sql_options *o, struct sql **out,
                  struct error *e)
{
    struct stat st;
    bool there = stat(path, &st) == 0;
    if (!there && !(errno == ENOENT && o->create && *path))
        return err_sys(e, ERR_NOINPUT, errno, "cannot open %s", path);
    if (there && !S_ISREG(st.st_mode))
        return err_set(e, ERR_NOINPUT, "%s is no file", path);
    /* ":memory:" means no file to SQLite. */
    BUF_SCOPED name = BUF_INIT;
    if (*path == ':')
        buf_add_str(&name, STR("./"));
    buf_add_str(&name, str_of(path));
    /* "unix-excl" locks for the process, but not through what is open for reading. */
    int flags = o->write || o->ours ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    if (o->write && o->create)
        flags |= SQLITE_OPEN_CREATE;
    enum err code =
        connect(buf_cstr(&name), flags, o->ours ? "unix-excl" : NULL, o, out, e);
    if (code != ERR_OK)
        err_in(e, path);
    return code;
}

enum err sql_open_fd(int fd, const struct sql_options *o, struct sql **out,
                     struct error *e)
{
    char path[40];
    snprintf(path, sizeof path, NAMELESS "%d", fd);
    CLEANUP(sql_freep) struct sql *s = NULL;
    start();
    TRY(connect(path, SQLITE_OPEN_READWRITE, "nameless", o, &s, e));
    TRY(sql_exec(s, "PRAGMA journal_mode = OFF", e));
    *out = s;
    s = NULL;
    return ERR_OK;
}

static void stmt_free(struct sql_stmt *q)
{
    sqlite3_finalize(q->p);
    free(q->text);
    free(q);
}

void sql_free(struct sql *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct sql_stmt *q = s->buckets[i], *next; q; q = next) {
            next = q->next;
            stmt_free(q);
        }
    sqlite3_close(s->p);
    free(s);
}

enum err sql_exec(struct sql *s, const char *text, struct error *e)
{
    int rc = sqlite3_exec(s->p, text, NULL, NULL, NULL);
    return rc == SQLITE_OK ? ERR_OK : fail(s, rc, e);
}

enum err sql_copy(struct sql *from, struct sql *to, struct error *e)
{
    sqlite3_backup *b = sqlite3_backup_init(to->p, "main", from->p, "main");
    if (!b)
        return fail(to, sqlite3_extended_errcode(to->p), e);
    int rc = sqlite3_backup_step(b, -1);
    int end = sqlite3_backup_finish(b);
    if (rc != SQLITE_DONE)
        return fail(to, rc, e);
    return end == SQLITE_OK ? ERR_OK : fail(to, end, e);
}

/* ---- statements */

/* Makes room for one more: the idle statement that was used longest ago goes. */
static void evict(struct sql *s)
{
    struct sql_stmt **oldest = NULL;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct sql_stmt **q = &s->buckets[i]; *q; q = &(*q)->next)
            if (!(*q)->busy && (!oldest || (*q)->used < (*oldest)->used))
                oldest = q;
    if (!oldest)
        return;
    struct sql_stmt *gone = *oldest;
    *oldest = gone->next;
    s->n--;
    stmt_free(gone);
}

enum err sql_prepare(struct sql *s, struct str text, struct sql_stmt **out,
                     struct error *e)
{
    uint64_t hash = hash64(text);
    struct sql_stmt **bucket = &s->buckets[hash % BUCKETS];
    for (struct sql_stmt *q = *bucket; q; q = q->next)
        if (!q->busy && q->hash == hash && str_eq(str_n(q->text, q->size), text)) {
            q->busy = true;
            q->used = ++s->clock;
            *out = q;
            return ERR_OK;
        }
    if (text.n > SQL_TEXT)
        return err_set(e, ERR_LIMIT, "a statement is too long");
    sqlite3_stmt *p;
    int rc = sqlite3_prepare_v3(s->p, text.p, (int)text.n, SQLITE_PREPARE_PERSISTENT,
                                &p, NULL);
    if (rc != SQLITE_OK)
        return fail(s, rc, e);
    if (s->n >= SQL_CACHE)
        evict(s);
    struct sql_stmt *q = NEW(struct sql_stmt);
    *q = (struct sql_stmt){.p = p,
                           .db = s,
                           .text = alloc_str(text),
                           .size = text.n,
                           .hash = hash,
                           .used = ++s->clock,
                           .next = *bucket,
                           .busy = true};
    *bucket = q;
    s->n++;
    *out = q;
    return ERR_OK;
}

static void bound(struct sql_stmt *q, int rc)
{
    if (__builtin_expect(rc != SQLITE_OK && q->bind == SQLITE_OK, 0))
        q->bind = rc;
}

void sql_bind_int(struct sql_stmt *q, int i, int64_t v)
{
    bound(q, sqlite3_bind_int64(q->p, i, v));
}

void sql_bind_real(struct sql_stmt *q, int i, double v)
{
    bound(q, sqlite3_bind_double(q->p, i, v));
}

void sql_bind_text(struct sql_stmt *q, int i, struct str v)
{
    /* A NULL pointer would be NULL. */
    bound(q, sqlite3_bind_text64(q->p, i, v.p ? v.p : "", v.n, SQLITE_STATIC,
                                 SQLITE_UTF8));
}

void sql_bind_null(struct sql_stmt *q, int i)
{
    bound(q, sqlite3_bind_null(q->p, i));
}

enum err sql_step(struct sql_stmt *q, bool *out_row, struct error *e)
{
    *out_row = false;
    int rc = q->bind != SQLITE_OK ? q->bind : sqlite3_step(q->p);
    if (rc == SQLITE_ROW)
        *out_row = true;
    else if (rc != SQLITE_DONE)
        return fail(q->db, rc, e);
    return ERR_OK;
}

enum err sql_run(struct sql_stmt *q, struct error *e)
{
    bool row;
    TRY(sql_step(q, &row, e));
    int rc = sqlite3_reset(q->p);
    return rc == SQLITE_OK ? ERR_OK : fail(q->db, rc, e);
}

void sql_reset(struct sql_stmt *q)
{
    if (!q)
        return;
    sqlite3_reset(q->p);
    sqlite3_clear_bindings(q->p);
    q->bind = SQLITE_OK;
    q->busy = false;
}

int sql_columns(const struct sql_stmt *q)
{
    return sqlite3_column_count(q->p);
}

static enum sql_type type_of(int type)
{
    switch (type) {
    case SQLITE_INTEGER: return SQL_INT;
    case SQLITE_FLOAT: return SQL_REAL;
    case SQLITE_TEXT: return SQL_TEXT_VALUE;
    case SQLITE_BLOB: return SQL_BLOB;
    default: return SQL_NULL;
    }
}

enum sql_type sql_type(struct sql_stmt *q, int column)
{
    return type_of(sqlite3_column_type(q->p, column));
}

int64_t sql_int(struct sql_stmt *q, int column)
{
    return sqlite3_column_int64(q->p, column);
}

double sql_real(struct sql_stmt *q, int column)
{
    return sqlite3_column_double(q->p, column);
}

struct str sql_text(struct sql_stmt *q, int column)
{
    int type = sqlite3_column_type(q->p, column);
    if (type != SQLITE_TEXT && type != SQLITE_BLOB)
        return STR("");
    /* As text it is UTF-8 whatever the database's encoding is. */
    const char *p = type == SQLITE_TEXT
                        ? (const char *)sqlite3_column_text(q->p, column)
                        : sqlite3_column_blob(q->p, column);
    return str_n(p ? p : "", (size_t)sqlite3_column_bytes(q->p, column));
}

int64_t sql_changes(const struct sql *s)
{
    return sqlite3_changes64(s->p);
}

int64_t sql_last_id(const struct sql *s)
{
    return sqlite3_last_insert_rowid(s->p);
}

/* ---- functions of ours */

struct defined {
    sql_function *f;
    void *ctx;
};

struct sql_call {
    sqlite3_context *context;
    sqlite3_value **values;
    int n;
};

static void called(sqlite3_context *context, int n, sqlite3_value **values)
{
    const struct defined *d = sqlite3_user_data(context);
    struct sql_call c = {context, values, n};
    d->f(&c, d->ctx);
}

enum err sql_define(struct sql *s, const char *name, int arguments, sql_function *f,
                    void *ctx, struct error *e)
{
    struct defined *d = NEW(struct defined);
    *d = (struct defined){f, ctx};
    int rc = sqlite3_create_function_v2(
        s->p, name, arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
        d, called, NULL, NULL, free);
    return rc == SQLITE_OK ? ERR_OK : fail(s, rc, e);
}

int sql_arguments(const struct sql_call *c)
{
    return c->n;
}

enum sql_type sql_argument_type(const struct sql_call *c, int i)
{
    return type_of(sqlite3_value_type(c->values[i]));
}

int64_t sql_argument_int(const struct sql_call *c, int i)
{
    return sqlite3_value_int64(c->values[i]);
}

double sql_argument_real(const struct sql_call *c, int i)
{
    return sqlite3_value_double(c->values[i]);
}

struct str sql_argument_text(const struct sql_call *c, int i)
{
    int type = sqlite3_value_type(c->values[i]);
    if (type != SQLITE_TEXT && type != SQLITE_BLOB)
        return STR("");
    const char *p = type == SQLITE_TEXT ? (const char *)sqlite3_value_text(c->values[i])
                                        : sqlite3_value_blob(c->values[i]);
    return str_n(p ? p : "", (size_t)sqlite3_value_bytes(c->values[i]));
}

void sql_return_int(struct sql_call *c, int64_t v)
{
    sqlite3_result_int64(c->context, v);
}

void sql_return_real(struct sql_call *c, double v)
{
    sqlite3_result_double(c->context, v);
}

void sql_return_text(struct sql_call *c, struct str v)
{
    sqlite3_result_text64(c->context, v.p ? v.p : "", v.n, SQLITE_TRANSIENT,
                          SQLITE_UTF8);
}

/* ---- texts */

static void quote(struct buf *out, struct str text, char mark)
{
    buf_add_char(out, mark);
    for (size_t i = 0; i < text.n; i++) {
        buf_add_char(out, text.p[i]);
        if (text.p[i] == mark)
            buf_add_char(out, mark);
    }
    buf_add_char(out, mark);
}

void sql_add_name(struct buf *out, struct str name)
{
    quote(out, name, '"');
}

void sql_add_literal(struct buf *out, struct str text)
{
    quote(out, text, '\'');
}
