/*
 * cursor: base64("arrayconnection:N"), as graphql-relay makes them, and the window that
 * first, last, before and after cut out of a list. Any thread.
 */
#ifndef GRAPHQL_CURSOR_H
#define GRAPHQL_CURSOR_H

#include "base/buf.h"
#include "base/str.h"
#include "graphql/coerce.h"

#define CURSOR_ABSENT INT64_C(-1)

/* Adds the cursor of offset n, without quotes. */
void cursor_add(struct buf *out, int64_t n);

/* The offset; false for what is no cursor, and for more than 15 digits. */
bool cursor_read(struct str text, int64_t *out);

struct window {
    int64_t start;       /* offset of the first item wanted */
    int64_t end;         /* behind the last one, or CURSOR_ABSENT: no bound */
    int64_t first, last; /* CURSOR_ABSENT: not given */
    int64_t before;      /* the same */
    const char *problem; /* a line for the client, or NULL */
};

/* What the arguments of a list ask for. `last` needs the total: window_last(). */
void window_read(const struct value *args, struct window *out);

/* Cuts the window to a list of `total` items, with `last`. */
void window_cut(struct window *w, int64_t total);

#endif
