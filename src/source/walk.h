/*
 * walk: the files of a folder, sorted by name, folder by folder.
 *
 * Hidden files are left out; links, pipes and devices are not followed or opened but
 * reported. One thread at a time.
 */
#ifndef SOURCE_WALK_H
#define SOURCE_WALK_H

#include <stdint.h>

#include "base/err.h"

struct walk_sink {
    void *ctx;
    /* `path` is borrowed for the call. */
    enum err (*file)(void *ctx, const char *path, uint64_t size, struct error *e);
    void (*other)(void *ctx);
};

/* Folders in folders at most SOURCE_FOLDERS. */
enum err walk(const char *path, const struct walk_sink *sink, struct error *e)
    MUST_CHECK;

#endif
