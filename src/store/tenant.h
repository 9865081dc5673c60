/*
 * tenant: a database that is served, as generations.
 *
 * A generation is a copy of the tenant's image with a pool of connections that read it.
 * A request takes the current one, ends on it, and gives it back; tenant_reset()
 * publishes the next one, which a thread has prepared meanwhile, by one store. The last
 * request of an old generation closes it and removes its file.
 *
 *     tenant_new(&options, &t, e);
 *     … fill tenant_image_fd(t) with loader_*() (store/load.h), unless options.db …
 *     tenant_start(t, e);
 *     g = tenant_acquire(t); db = generation_take(g, &db, e);
 *     generation_give(g, db); tenant_release(t, g);
 *     tenant_reset(t, &number, e);
 *
 * "In memory" is a private folder (0700) under /dev/shm, or `temp` where that is not
 * there: WAL, synchronous=OFF; nothing of it is left after tenant_free(). With `db` the
 * tenant is the user's file: WAL, synchronous=NORMAL, locked against other processes
 * for life; its image is kept beside it as FILE.base, and made of it when there is
 * none; a reset writes the image into it in one transaction, which requests in flight
 * do not see. A file that is no tenant of ours, or is locked, is refused as dump_open()
 * does.
 *
 * Any thread, but new, start and free: no other call may be under way.
 */
#ifndef STORE_TENANT_H
#define STORE_TENANT_H

#include "base/err.h"
#include "schema/schema.h"
#include "store/layout.h"
#include "store/sql.h"

struct tenant;
struct generation;

struct tenant_options {
    const char *db; /* a file of the user's; NULL: a private copy */
    const char
        *from; /* a .db that becomes the image; NULL: it will be loaded, or is db */
    const char *temp; /* where there is no /dev/shm; NULL: $TMPDIR or /tmp */
    /* Called for each new connection (sql_define …), or NULL. */
    enum err (*prepare)(void *ctx, struct sql *db, struct error *e);
    void *ctx;
};

enum err tenant_new(const struct tenant_options *o, struct tenant **out,
                    struct error *e) MUST_CHECK;
/* Waits for the standby's thread, not for requests: there must be none. */
void tenant_free(struct tenant *t);
DEFINE_CLEANUP(struct tenant, tenant_free);

/* The file to fill before tenant_start(), when there was neither `db` nor `from`. */
int tenant_image_fd(const struct tenant *t);

/* The first generation, and the thread that prepares the next. Schema and layout are
 * the database's own. */
enum err tenant_start(struct tenant *t, struct error *e) MUST_CHECK;

/* Borrowed until tenant_free(). */
struct schema *tenant_schema(const struct tenant *t);
const struct layout *tenant_layout(const struct tenant *t);

/* A value of sandcast_meta (format, state, root, manifest), or empty; borrowed until
 * tenant_free(). */
struct str tenant_meta(const struct tenant *t, const char *key);

/* Where a private tenant lies; for the line that is said at start. Borrowed. */
const char *tenant_folder(const struct tenant *t);

/* The current generation, counted; from 1 on each reset adds one to its number. */
struct generation *tenant_acquire(struct tenant *t);
void tenant_release(struct tenant *t, struct generation *g);
uint64_t generation_number(const struct generation *g);

/* A connection that reads, for this thread alone until it is given back. The pool grows
 * to as many as are taken at a time. */
enum err generation_take(struct generation *g, struct sql **out, struct error *e)
    MUST_CHECK;
void generation_give(struct generation *g, struct sql *db);

/* The tenant is as it was loaded. Waits for the standby when it is not ready. */
enum err tenant_reset(struct tenant *t, uint64_t *out_number, struct error *e)
    MUST_CHECK;

#endif
