/*
 * The changes as an SQLite database, for people with SQL:
 *
 *     change(entity, key, path, class, "left", "right", scrub, side, base, reference)
 *     entity(name, records_left, records_right, added, removed, changed)
 *     summary(json)
 *
 * Keys and values are JSON; NULL is absent. It is made in a private file, without a
 * name, and written out when it is whole.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "report/forms.h"
#include "store/sql.h"

#define STEP (256u << 10) /* bytes of the database in memory when it is written out */

struct state {
    int fd;
    struct sql *db; /* NULL: it could not be made */
};

static const char tables[] =
    "PRAGMA journal_mode = OFF;"
    "CREATE TABLE change (entity TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL,"
    " class TEXT NOT NULL, \"left\" TEXT, \"right\" TEXT, scrub TEXT, side TEXT,"
    " base TEXT, reference TEXT);"
    "CREATE TABLE entity (name TEXT PRIMARY KEY, records_left INTEGER NOT NULL,"
    " records_right INTEGER NOT NULL, added INTEGER NOT NULL,"
    " removed INTEGER NOT NULL, changed INTEGER NOT NULL);"
    "CREATE TABLE summary (json TEXT NOT NULL);"
    "BEGIN";

static enum err open_database(struct state *s, const struct report *r, struct error *e)
{
    /* A file without a name has no journal, which only such a connection allows. */
    const struct sql_options o = {
        .write = true, .alone = true, .fast = true, .schema = true};
    TRY(file_temp(r->options.temp, &s->fd, e));
    TRY(sql_open_fd(s->fd, &o, &s->db, e));
    return sql_exec(s->db, tables, e);
}

static void *begin(struct report *r)
{
    struct state *s = NEW(struct state);
    s->fd = -1;
    report_check(r, open_database(s, r, &r->error));
    return s;
}

/* NULL where there is nothing. */
static void bind(struct sql_stmt *q, int i, struct str text)
{
    if (text.n)
        sql_bind_text(q, i, text);
}

static enum err insert_change(struct state *s, const struct change *c, struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    TRY(sql_prepare(
        s->db,
        STR("INSERT INTO change VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"), &q,
        e));
    sql_bind_text(q, 1, c->entity);
    sql_bind_text(q, 2, c->key);
    sql_bind_text(q, 3, c->path);
    sql_bind_text(q, 4, str_of(change_name(c->class)));
    bind(q, 5, c->left);
    bind(q, 6, c->right);
    bind(q, 7, str_of(scrub_name(c->scrub)));
    bind(q, 8, str_of(side_name(c->side)));
    bind(q, 9, c->base);
    bind(q, 10, str_of(form_reference(c)));
    return sql_run(q, e);
}

static void change(struct report *r, const struct change *c)
{
    struct state *s = r->state;
    if (!r->failed)
        report_check(r, insert_change(s, c, &r->error));
}

static enum err insert_entity(struct state *s, const struct change_entity *en,
                              struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    const uint64_t numbers[] = {en->records[0], en->records[1], en->added, en->removed,
                                en->changed};
    TRY(sql_prepare(s->db, STR("INSERT INTO entity VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
                    &q, e));
    sql_bind_text(q, 1, en->name);
    for (int i = 0; i < 5; i++)
        sql_bind_int(q, i + 2, (int64_t)numbers[i]);
    return sql_run(q, e);
}

static void entity(struct report *r, const struct change_entity *en)
{
    if (!r->failed)
        report_check(r, insert_entity(r->state, en, &r->error));
}

static enum err finish(struct state *s, const struct drift_counts *counts,
                       struct error *e)
{
    BUF_SCOPED json = BUF_INIT;
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    report_summary(counts, &json);
    TRY(sql_prepare(s->db, STR("INSERT INTO summary VALUES (?1)"), &q, e));
    sql_bind_text(q, 1, buf_str(&json));
    TRY(sql_run(q, e));
    return sql_exec(s->db, "COMMIT", e);
}

static enum err copy(struct report *r, int fd, struct error *e)
{
    ssize_t n;
    for (off_t at = 0;; at += n) {
        n = pread(fd, buf_room(&r->out, STEP), STEP, at);
        if (n < 0)
            return err_sys(e, ERR_IO, errno, "the database cannot be read back");
        if (n == 0)
            return ERR_OK;
        r->out.n += (size_t)n;
        report_flush(r);
    }
}

static void end(struct report *r, const struct drift_counts *counts)
{
    struct state *s = r->state;
    if (!r->failed)
        report_check(r, finish(s, counts, &r->error));
    if (!r->failed)
        report_check(r, copy(r, s->fd, &r->error));
}

static void done(void *state)
{
    struct state *s = state;
    sql_free(s->db);
    if (s->fd >= 0)
        close(s->fd);
    free(s);
}

const struct report_form report_sqlite = {.name = "sqlite",
                                          .begin = begin,
                                          .change = change,
                                          .entity = entity,
                                          .end = end,
                                          .done = done};
