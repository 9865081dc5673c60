/*
 * pointer: steps added to a JSON pointer (RFC 6901).
 *
 * A step begins with a slash; in a name ~ is written ~0 and / is ~1 (section 3). Cut
 * the buffer back to leave a step. Any thread.
 */
#ifndef DRIFT_POINTER_H
#define DRIFT_POINTER_H

#include <stdio.h>

#include "base/buf.h"
#include "base/str.h"

/* `name` is decoded. */
static inline void pointer_name(struct buf *path, struct str name)
{
    buf_add_char(path, '/');
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '~')
            buf_add_str(path, STR("~0"));
        else if (name.p[i] == '/')
            buf_add_str(path, STR("~1"));
        else
            buf_add_char(path, name.p[i]);
    }
}

static inline void pointer_index(struct buf *path, size_t i)
{
    char step[24];
    int n = snprintf(step, sizeof step, "/%zu", i);
    buf_add(path, step, (size_t)n);
}

#endif
