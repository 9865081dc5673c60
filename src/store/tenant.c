#include "store/tenant.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "store/dump.h"

#define COPY (1u << 20) /* bytes copied at a time where the kernel does not */
/* A reader's own page cache; what it does not hold it reads through the mapping. */
#define READER_CACHE_KIB 2048
#define READER_MAP       ((int64_t)1 << 30)
#define BUSY_MS          5000 /* a writer's checkpoint takes less */

struct slot {
    struct sql *db;
    struct slot *next;
};

struct generation {
    const struct tenant *tenant;
    char path[PATH_MAX];
    _Atomic uint64_t number;
    size_t uses; /* requests, and one for being the current one; under tenant.lock */
    pthread_mutex_t lock; /* over `idle` */
    struct slot *idle;
    struct sql *owner; /* open for life: keeps the file locked and its WAL index */
};

struct tenant {
    struct tenant_options o;
    char folder[PATH_MAX]; /* private; empty: `db` is served */
    char image[PATH_MAX];
    int image_fd;
    struct schema *schema;
    struct layout *layout;
    struct buf meta[4]; /* of meta_keys */

    pthread_mutex_t lock; /* over all below */
    pthread_cond_t changed;
    struct generation *current, *standby;
    uint64_t made;   /* standbys, ever */
    enum err failed; /* why there is no standby */
    struct error error;
    pthread_t maker;
    bool has_maker, stop, want;
};

static const char *const meta_keys[] = {"format", "state", "root", "manifest"};

/* ---- files */

static enum err join(char out[PATH_MAX], const char *a, const char *b, struct error *e)
{
    int n = snprintf(out, PATH_MAX, "%s%s", a, b);
    return n < PATH_MAX ? ERR_OK : err_set(e, ERR_USAGE, "a path is too long");
}

static void remove_database(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    char name[PATH_MAX];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (join(name, path, ends[i], NULL) == ERR_OK)
            unlink(name);
}

static enum err copy_bytes(int from, int to, struct error *e)
{
    for (;;) {
        ssize_t n = copy_file_range(from, NULL, to, NULL, COPY, 0);
        if (n == 0)
            return ERR_OK;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
    }
    BUF_SCOPED b = BUF_INIT;
    buf_room(&b, COPY);
    off_t at = lseek(to, 0, SEEK_CUR);
    for (;; at += (off_t)b.n) {
        b.n = 0;
        TRY(file_read_at(from, (uint64_t)at, b.p, COPY, &b.n, e));
        if (!b.n)
            return ERR_OK;
        TRY(file_write_all(to, b.p, b.n, "a copy of the tenant", e));
    }
}

static enum err copy_file(const char *from, const char *to, struct error *e)
{
    CLEANUP(file_closep) int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return err_sys(e, ERR_NOINPUT, errno, "cannot open the tenant's image");
    CLEANUP(file_closep)
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0)
        return err_sys(e, ERR_CANTCREATE, errno, "cannot copy the tenant");
    return copy_bytes(in, out, e);
}

/* Through SQLite, which knows of a write-ahead log and of locks. */
static enum err copy_database(const char *from, const char *to, struct error *e)
{
    const struct sql_options read = {.write = false};
    const struct sql_options write = {.write = true, .create = true, .alone = true};
    CLEANUP(sql_freep) struct sql *a = NULL;
    CLEANUP(sql_freep) struct sql *b = NULL;
    TRY(sql_open(from, &read, &a, e));
    TRY(sql_open(to, &write, &b, e));
    return sql_copy(a, b, e);
}

/* ---- generations */

static enum err open_reader(const struct generation *g, struct sql **out,
                            struct error *e)
{
    const struct tenant *t = g->tenant;
    const struct sql_options o = {.ours = true,
                                  .cache_kib = READER_CACHE_KIB,
                                  .map_size = READER_MAP,
                                  .busy_ms = BUSY_MS};
    CLEANUP(sql_freep) struct sql *db = NULL;
    TRY(sql_open(g->path, &o, &db, e));
    if (t->o.prepare)
        TRY(t->o.prepare(t->o.ctx, db, e));
    *out = db;
    db = NULL;
    return ERR_OK;
}

static enum err open_owner(struct generation *g, struct error *e)
{
    const struct sql_options o = {
        .ours = true, .write = true, .fast = *g->tenant->folder, .busy_ms = BUSY_MS};
    TRY(sql_open(g->path, &o, &g->owner, e));
    TRY(sql_exec(g->owner, "PRAGMA journal_mode = WAL", e));
    /* The lock is taken with the first transaction, and kept. */
    return sql_exec(g->owner, "BEGIN IMMEDIATE; COMMIT", e);
}

static void generation_free(struct generation *g)
{
    if (!g)
        return;
    for (struct slot *s = g->idle, *next; s; s = next) {
        next = s->next;
        sql_free(s->db);
        free(s);
    }
    sql_free(g->owner);
    if (*g->tenant->folder)
        remove_database(g->path);
    pthread_mutex_destroy(&g->lock);
    free(g);
}
DEFINE_CLEANUP(struct generation, generation_free);

/* One that nobody knows yet. */
static enum err generation_new(const struct tenant *t, uint64_t number,
                               struct generation **out, struct error *e)
{
    CLEANUP(generation_freep) struct generation *g = NEW(struct generation);
    char name[40];
    g->tenant = t;
    g->number = number;
    g->uses = 1;
    pthread_mutex_init(&g->lock, NULL);
    if (*t->folder) {
        snprintf(name, sizeof name, "/%llu.db", (unsigned long long)number);
        TRY(join(g->path, t->folder, name, e));
        TRY(copy_file(t->image, g->path, e));
    } else {
        TRY(join(g->path, t->o.db, "", e));
    }
    TRY(open_owner(g, e));
    struct slot *first = NEW(struct slot);
    g->idle = first;
    TRY(open_reader(g, &first->db, e));
    *out = g;
    g = NULL;
    return ERR_OK;
}

uint64_t generation_number(const struct generation *g)
{
    return g->number;
}

enum err generation_take(struct generation *g, struct sql **out, struct error *e)
{
    pthread_mutex_lock(&g->lock);
    struct slot *s = g->idle;
    if (s)
        g->idle = s->next;
    pthread_mutex_unlock(&g->lock);
    if (!s)
        return open_reader(g, out, e);
    *out = s->db;
    free(s);
    return ERR_OK;
}

void generation_give(struct generation *g, struct sql *db)
{
    struct slot *s = NEW(struct slot);
    s->db = db;
    pthread_mutex_lock(&g->lock);
    s->next = g->idle;
    g->idle = s;
    pthread_mutex_unlock(&g->lock);
}

struct generation *tenant_acquire(struct tenant *t)
{
    pthread_mutex_lock(&t->lock);
    struct generation *g = t->current;
    g->uses++;
    pthread_mutex_unlock(&t->lock);
    return g;
}

void tenant_release(struct tenant *t, struct generation *g)
{
    pthread_mutex_lock(&t->lock);
    bool last = --g->uses == 0;
    pthread_mutex_unlock(&t->lock);
    if (last)
        generation_free(g);
}

/* ---- the standby */

static void *make_standbys(void *ctx)
{
    struct tenant *t = ctx;
    pthread_mutex_lock(&t->lock);
    for (;;) {
        while (!t->stop && !t->want)
            pthread_cond_wait(&t->changed, &t->lock);
        if (t->stop)
            break;
        uint64_t number = ++t->made;
        pthread_mutex_unlock(&t->lock);
        struct generation *g = NULL;
        struct error error = ERROR_INIT;
        enum err code = generation_new(t, number, &g, &error);
        pthread_mutex_lock(&t->lock);
        t->want = false;
        t->standby = g;
        t->failed = code;
        t->error = error;
        pthread_cond_broadcast(&t->changed);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

static enum err take_standby(struct tenant *t, struct generation **out, struct error *e)
{
    while (t->want)
        pthread_cond_wait(&t->changed, &t->lock);
    *out = t->standby;
    t->standby = NULL;
    t->want = true; /* the next one; where this one failed, another try */
    pthread_cond_broadcast(&t->changed);
    if (!*out && e)
        *e = t->error;
    return *out ? ERR_OK : t->failed;
}

static enum err reset_private(struct tenant *t, uint64_t *out_number, struct error *e)
{
    struct generation *next, *old;
    pthread_mutex_lock(&t->lock);
    enum err code = take_standby(t, &next, e);
    if (code == ERR_OK) {
        old = t->current;
        /* Standbys that failed left gaps: generations count without them. */
        next->number = old->number + 1;
        t->current = next;
        *out_number = next->number;
    }
    pthread_mutex_unlock(&t->lock);
    if (code == ERR_OK)
        tenant_release(t, old);
    return code;
}

/* The user's file stays where it is and gets the image's pages in one transaction. */
static enum err reset_file(struct tenant *t, uint64_t *out_number, struct error *e)
{
    const struct sql_options o = {.write = false};
    CLEANUP(sql_freep) struct sql *image = NULL;
    TRY(sql_open(t->image, &o, &image, e));
    pthread_mutex_lock(&t->lock);
    enum err code = sql_copy(image, t->current->owner, e);
    if (code == ERR_OK)
        *out_number = ++t->current->number;
    pthread_mutex_unlock(&t->lock);
    return code;
}

enum err tenant_reset(struct tenant *t, uint64_t *out_number, struct error *e)
{
    return *t->folder ? reset_private(t, out_number, e) : reset_file(t, out_number, e);
}

/* ---- begin and end */

static enum err make_folder(struct tenant *t, struct error *e)
{
    const char *tmp = getenv("TMPDIR");
    const char *places[] = {"/dev/shm", t->o.temp ? t->o.temp : tmp ? tmp : "/tmp"};
    for (size_t i = 0; i < 2; i++) {
        char path[PATH_MAX];
        TRY(join(path, places[i], "/sandcast-XXXXXX", e));
        if (mkdtemp(path)) /* 0700 */
            return join(t->folder, path, "", e);
    }
    return err_sys(e, ERR_CANTCREATE, errno, "cannot make a folder in %s", places[1]);
}

static enum err begin_private(struct tenant *t, struct error *e)
{
    TRY(make_folder(t, e));
    TRY(join(t->image, t->folder, "/image.db", e));
    if (t->o.from)
        return copy_database(t->o.from, t->image, e);
    t->image_fd = open(t->image, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (t->image_fd < 0)
        return err_sys(e, ERR_CANTCREATE, errno, "cannot write in %s", t->folder);
    return ERR_OK;
}

enum err tenant_new(const struct tenant_options *o, struct tenant **out,
                    struct error *e)
{
    CLEANUP(tenant_freep) struct tenant *t = NEW(struct tenant);
    t->o = *o;
    t->image_fd = -1;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->changed, NULL);
    if (o->db)
        TRY(join(t->image, o->db, ".base", e));
    else
        TRY(begin_private(t, e));
    *out = t;
    t = NULL;
    return ERR_OK;
}

int tenant_image_fd(const struct tenant *t)
{
    return t->image_fd;
}

const char *tenant_folder(const struct tenant *t)
{
    return t->folder;
}

/* FILE.base appears whole, or not at all. */
static enum err make_base(struct tenant *t, struct error *e)
{
    char part[PATH_MAX];
    if (access(t->image, F_OK) == 0)
        return ERR_OK;
    TRY(join(part, t->image, ".part", e));
    remove_database(part);
    const struct sql_options write = {.write = true, .create = true, .alone = true};
    CLEANUP(sql_freep) struct sql *to = NULL;
    TRY(sql_open(part, &write, &to, e));
    enum err code = sql_copy(t->current->owner, to, e);
    if (code == ERR_OK && rename(part, t->image) < 0)
        code = err_sys(e, ERR_CANTCREATE, errno, "cannot write %s", t->image);
    if (code != ERR_OK)
        remove_database(part);
    return code;
}

static enum err recognise(struct tenant *t, struct error *e)
{
    struct sql *db = t->current->owner;
    TRY(store_recognise(db, &t->schema, &t->layout, e));
    for (size_t i = 0; i < sizeof meta_keys / sizeof *meta_keys; i++)
        TRY(store_meta(db, meta_keys[i], &t->meta[i], e));
    return ERR_OK;
}

static enum err start(struct tenant *t, struct error *e)
{
    if (t->image_fd >= 0)
        close(t->image_fd);
    t->image_fd = -1;
    TRY(generation_new(t, ++t->made, &t->current, e));
    TRY(recognise(t, e));
    if (!*t->folder)
        return make_base(t, e);
    t->want = true;
    int rc = pthread_create(&t->maker, NULL, make_standbys, t);
    if (rc)
        return err_sys(e, ERR_SOFTWARE, rc, "cannot start a thread");
    t->has_maker = true;
    return ERR_OK;
}

enum err tenant_start(struct tenant *t, struct error *e)
{
    enum err code = start(t, e);
    const char *name = t->o.db ? t->o.db : t->o.from;
    if (code != ERR_OK && name)
        err_in(e, name);
    return code;
}

void tenant_free(struct tenant *t)
{
    if (!t)
        return;
    if (t->has_maker) {
        pthread_mutex_lock(&t->lock);
        t->stop = true;
        pthread_cond_broadcast(&t->changed);
        pthread_mutex_unlock(&t->lock);
        pthread_join(t->maker, NULL);
    }
    generation_free(t->standby);
    generation_free(t->current);
    if (t->image_fd >= 0)
        close(t->image_fd);
    if (*t->folder) {
        remove_database(t->image);
        rmdir(t->folder);
    }
    for (size_t i = 0; i < sizeof meta_keys / sizeof *meta_keys; i++)
        buf_done(&t->meta[i]);
    layout_free(t->layout);
    schema_free(t->schema);
    pthread_cond_destroy(&t->changed);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

struct schema *tenant_schema(const struct tenant *t)
{
    return t->schema;
}

const struct layout *tenant_layout(const struct tenant *t)
{
    return t->layout;
}

struct str tenant_meta(const struct tenant *t, const char *key)
{
    for (size_t i = 0; i < sizeof meta_keys / sizeof *meta_keys; i++)
        if (strcmp(key, meta_keys[i]) == 0)
            return buf_str(&t->meta[i]);
    return STR("");
}
