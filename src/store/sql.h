/*
 * sql: a connection to an SQLite database, and its statements.
 *
 *     sql_open("tenant.db", &(struct sql_options){0}, &db, e);
 *     sql_prepare(db, STR("SELECT name FROM parts WHERE id = ?1"), &q, e);
 *     sql_bind_int(q, 1, 7);
 *     while (sql_step(q, &row, e) == ERR_OK && row)
 *         sql_text(q, 0);
 *     sql_reset(q);
 *
 * SQL texts are the program's; values are bound, never written into them. A connection
 * trusts nothing in the file: no extensions, no functions with effects in its schema,
 * double quotes are names only, its schema cannot be written, LIKE is case-sensitive.
 * What fails is told by what it was, never with a value: SQLITE_BUSY and LOCKED are
 * ERR_IO ("locked by another process"), a full disk and other I/O ERR_IO, what is no
 * database or is damaged ERR_DATA, a passed limit or deadline ERR_LIMIT, a wrong
 * statement ERR_SOFTWARE.
 *
 * Limits: SQL_VALUE bytes of a value, SQL_TEXT of a statement, SQL_CACHE statements.
 * A connection and its statements belong to one thread at a time; another may call
 * sql_cancel().
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "base/err.h"
#include "base/str.h"

#define SQL_VALUE (1000000000) /* bytes; SQLite's own default */
#define SQL_TEXT  (1 << 20)    /* bytes; those of the widest plans have some 100 KiB */
#define SQL_CACHE 1024         /* prepared statements kept; the oldest idle one goes */

struct sql;      /* a connection */
struct sql_stmt; /* a prepared statement */

enum sql_type { SQL_NULL, SQL_INT, SQL_REAL, SQL_TEXT_VALUE, SQL_BLOB };

struct sql_options {
    bool write;    /* else nothing can be changed, by statements neither */
    bool create;   /* with write: an empty database where there is none */
    bool alone;    /* locked for as long as it is open */
    bool ours;     /* the same for a file of which this process has more
                    * connections, which must all say so */
    bool fast;     /* synchronous=OFF: what is written may go when the system falls */
    bool schema;   /* PRAGMA writable_schema may be used */
    int cache_kib; /* pages of the file kept; 0: 8 MiB */
    int64_t map_size; /* bytes of the file read through a mapping; 0: none */
    int busy_ms;      /* how long a locked file is waited for; 0: not at all */
};

/* ERR_NOINPUT when there is no file. Gives. */
enum err sql_open(const char *path, const struct sql_options *o, struct sql **out,
                  struct error *e) MUST_CHECK;
/* The same for an open regular file that has no name (O_TMPFILE), to be filled: `fd`
 * must stay open, and there is no journal. */
enum err sql_open_fd(int fd, const struct sql_options *o, struct sql **out,
                     struct error *e) MUST_CHECK;
/* Finalizes every statement. NULL is fine. */
void sql_free(struct sql *s);
DEFINE_CLEANUP(struct sql, sql_free);

/* Puts all of `from` in the place of what `to` holds, in one transaction: who reads
 * `to` (in WAL mode) goes on with what was there when it began. */
enum err sql_copy(struct sql *from, struct sql *to, struct error *e) MUST_CHECK;

/* Runs statements without results, separated by semicolons. */
enum err sql_exec(struct sql *s, const char *text, struct error *e) MUST_CHECK;

/* From now on a step that is running at `deadline` (seconds on CLOCK_MONOTONIC; 0:
 * never) is ERR_LIMIT. Looked at every some thousand operations. */
void sql_deadline(struct sql *s, double deadline);
/* What runs now, or next, is ERR_LIMIT; until sql_deadline() is called. Any thread. */
void sql_cancel(struct sql *s);

/* A statement for this text, from the cache, or prepared and kept there under a copy of
 * the text. It is the caller's until sql_reset(); asked for again before that, another
 * one is made, so that statements nest. Borrowed until sql_free(). */
enum err sql_prepare(struct sql *s, struct str text, struct sql_stmt **out,
                     struct error *e) MUST_CHECK;

/* Parameters count from 1 and are NULL after sql_reset(). Text is borrowed until then.
 * What cannot be bound (no such parameter, too large) fails in the next sql_step(). */
void sql_bind_int(struct sql_stmt *q, int i, int64_t v);
void sql_bind_real(struct sql_stmt *q, int i, double v);
void sql_bind_text(struct sql_stmt *q, int i, struct str v);
void sql_bind_null(struct sql_stmt *q, int i);

/* The next row; *out_row false: there is none, and nothing to be read. */
enum err sql_step(struct sql_stmt *q, bool *out_row, struct error *e) MUST_CHECK;
/* Of a statement without result: steps it, and makes it ready to be run again with the
 * parameters as they are. */
enum err sql_run(struct sql_stmt *q, struct error *e) MUST_CHECK;
/* Gives the statement back. NULL is fine. */
void sql_reset(struct sql_stmt *q);
/* For `CLEANUP(sql_resetp) struct sql_stmt *q = NULL;` */
DEFINE_CLEANUP(struct sql_stmt, sql_reset);

/* Of the row; columns count from 0. Slices are borrowed until the next call on the
 * statement; sql_text() of what is no text or BLOB is empty. */
int sql_columns(const struct sql_stmt *q);
enum sql_type sql_type(struct sql_stmt *q, int column);
int64_t sql_int(struct sql_stmt *q, int column);
double sql_real(struct sql_stmt *q, int column);
struct str sql_text(struct sql_stmt *q, int column);

int64_t sql_changes(const struct sql *s); /* rows of the last INSERT, UPDATE, DELETE */
int64_t sql_last_id(const struct sql *s); /* rowid of the last INSERT */

/* ---- functions of ours in SQL */

struct sql_call; /* one call: arguments and result */
typedef void sql_function(struct sql_call *call, void *ctx);

/* `name` with this number of arguments (-1: any); deterministic, never called by what
 * stands in the file's schema. `ctx` must outlive the connection. */
enum err sql_define(struct sql *s, const char *name, int arguments, sql_function *f,
                    void *ctx, struct error *e) MUST_CHECK;

int sql_arguments(const struct sql_call *c);
enum sql_type sql_argument_type(const struct sql_call *c, int i);
int64_t sql_argument_int(const struct sql_call *c, int i);
double sql_argument_real(const struct sql_call *c, int i);
struct str sql_argument_text(const struct sql_call *c, int i);

/* The result is NULL unless one of these is called. Text is copied. */
void sql_return_int(struct sql_call *c, int64_t v);
void sql_return_real(struct sql_call *c, double v);
void sql_return_text(struct sql_call *c, struct str v);

/* ---- for texts of statements */

struct buf;
/* Adds "name" as SQL quotes names; any bytes but NUL. */
void sql_add_name(struct buf *out, struct str name);
/* Adds 'text' as a literal, for what cannot be bound (DDL, PRAGMA); no NUL. */
void sql_add_literal(struct buf *out, struct str text);

#endif
