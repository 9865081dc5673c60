/* Is a database a tenant of ours, and nothing else? */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/table.h"
#include "store/dump.h"

#define META_VALUE (64u << 20) /* bytes; a schema has at most 16 MiB */

enum err store_is_database(const char *path, bool *out, struct error *e)
{
    static const char magic[16] = "SQLite format 3";
    char head[sizeof magic];
    struct stat st;
    size_t n = 0;
    *out = false;
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return ERR_OK; /* who opens it says what is wrong */
    CLEANUP(file_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_sys(e, ERR_NOINPUT, errno, "cannot open %s", path);
    enum err code = file_read_at(fd, 0, head, sizeof head, &n, e);
    if (code != ERR_OK)
        err_in(e, path);
    *out = n == sizeof head && memcmp(head, magic, sizeof magic) == 0;
    return code;
}

enum err store_meta(struct sql *db, const char *key, struct buf *out, struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    bool row;
    TRY(sql_prepare(db, STR("SELECT value FROM sandcast_meta WHERE key = ?1"), &q, e));
    sql_bind_text(q, 1, str_of(key));
    TRY(sql_step(q, &row, e));
    struct str value = row ? sql_text(q, 0) : STR("");
    if (value.n > META_VALUE)
        return err_set(e, ERR_LIMIT, "a value of sandcast_meta is too large");
    buf_add_str(out, value);
    return ERR_OK;
}

static enum err stranger(struct error *e, const char *what)
{
    return err_set(e, ERR_DATA, "is no database of this program: %s", what);
}

/* The table that a statement of sqlite_schema makes must be this one, to the letter: so
 * it is no view and no virtual table, and has no generated column and no CHECK. */
static enum err check_table(struct sql_stmt *q, struct str wanted, struct error *e)
{
    if (str_eq(sql_text(q, 2), wanted))
        return ERR_OK;
    return stranger(e, "a table is not as the schema says");
}

static bool is_own(struct str name, struct str *out_statement)
{
    const char *own;
    for (size_t i = 0; (own = layout_own_table(i)); i++)
        if (str_eq(name, str_of(own))) {
            *out_statement = str_of(layout_own_statement(i));
            return true;
        }
    return false;
}

/* What SQLite makes for itself: ids and statistics. */
static bool is_sqlite(struct str name)
{
    return str_eq(name, STR("sqlite_sequence")) || str_starts(name, STR("sqlite_stat"));
}

static enum err check_object(struct sql_stmt *q, const struct table *tables,
                             size_t *found, struct error *e)
{
    struct str type = sql_text(q, 0), name = sql_text(q, 1), wanted;
    if (str_eq(type, STR("index")))
        return ERR_OK; /* of a table that is there: more of them do no harm */
    if (!str_eq(type, STR("table")))
        return stranger(e, "it has a view or a trigger");
    if (is_sqlite(name))
        return ERR_OK;
    if (is_own(name, &wanted)) {
        *found += 1;
        return check_table(q, wanted, e);
    }
    const struct layout_table *t = table_get(tables, name);
    if (!t)
        return stranger(e, "it has a table that the schema does not have");
    BUF_SCOPED text = BUF_INIT;
    layout_create_table(t, &text);
    *found += 1;
    return check_table(q, buf_str(&text), e);
}

static enum err check_objects(struct sql *db, const struct layout *l, struct error *e)
{
    CLEANUP(table_done) struct table tables = TABLE_INIT;
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    const struct layout_table *t;
    size_t found = 0, own = 0;
    bool row;
    for (size_t i = 0; (t = layout_table_at(l, i)); i++)
        table_put(&tables, t->name, (void *)t);
    while (layout_own_table(own))
        own++;
    TRY(sql_prepare(db, STR("SELECT type, name, sql FROM sqlite_schema"), &q, e));
    for (;;) {
        TRY(sql_step(q, &row, e));
        if (!row)
            break;
        TRY(check_object(q, &tables, &found, e));
    }
    if (found != own + layout_n_tables(l))
        return stranger(e, "a table is missing");
    return ERR_OK;
}

/* Before anything of the file is trusted: sandcast_meta must be that very table. */
static enum err check_meta(struct sql *db, struct error *e)
{
    CLEANUP(sql_resetp) struct sql_stmt *q = NULL;
    bool row;
    TRY(sql_prepare(db,
                    STR("SELECT type, name, sql FROM sqlite_schema "
                        "WHERE name = 'sandcast_meta'"),
                    &q, e));
    TRY(sql_step(q, &row, e));
    if (!row || !str_eq(sql_text(q, 0), STR("table")) ||
        !str_eq(sql_text(q, 2), str_of(layout_own_statement(0))))
        return stranger(e, "it has no sandcast_meta");
    return ERR_OK;
}

enum err store_recognise(struct sql *db, struct schema **out_schema,
                         struct layout **out_layout, struct error *e)
{
    CLEANUP(schema_freep) struct schema *schema = NULL;
    CLEANUP(layout_freep) struct layout *layout = NULL;
    BUF_SCOPED format = BUF_INIT;
    BUF_SCOPED text = BUF_INIT;
    TRY(check_meta(db, e));
    TRY(store_meta(db, "format", &format, e));
    if (!str_eq(buf_str(&format), STR(STORE_FORMAT)))
        return err_set(e, ERR_DATA, "the format of this database is not known here");
    TRY(store_meta(db, "schema", &text, e));
    if (!text.n)
        return stranger(e, "it has no schema");
    TRY(schema_load(buf_str(&text), "sandcast_meta.schema", &schema, e));
    TRY(layout_new(schema, &layout, e));
    TRY(check_objects(db, layout, e));
    *out_schema = schema;
    *out_layout = layout;
    schema = NULL;
    layout = NULL;
    return ERR_OK;
}
