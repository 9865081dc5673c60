/*
 * view: a snapshot to be read, also one that a tenant's database is written out as.
 *
 *     VIEW_SCOPED v = {0};
 *     view_open(&v, path, temp, e);
 *     … v.reader …
 *
 * A database goes through an encrypted temporary file (tables.h): all of it is read.
 */
#ifndef CLI_VIEW_H
#define CLI_VIEW_H

#include "archive/reader.h"
#include "base/err.h"

struct spool;

struct view {
    struct reader *reader;
    struct spool *spool; /* of a database */
    bool raw;            /* a database that nobody scrubbed */
};

/* `temp`: where the temporary file goes, or NULL. */
enum err view_open(struct view *v, const char *path, const char *temp, struct error *e)
    MUST_CHECK;
void view_close(struct view *v);

#define VIEW_SCOPED CLEANUP(view_close) struct view

#endif
