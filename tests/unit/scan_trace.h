/*
 * scan_trace: the events of a text, written down, for the tests that compare runs.
 *
 * One line an event: name, offset, depth, flags and token; an error by its offset, code
 * and line. Two scans agree when their traces are equal.
 */
#ifndef TESTS_UNIT_SCAN_TRACE_H
#define TESTS_UNIT_SCAN_TRACE_H

#include <inttypes.h>
#include <stdlib.h>

#include "base/buf.h"
#include "json/kernel.h"
#include "json/scan.h"

static inline void trace_event(struct scan *s, enum scan_event event, struct buf *out)
{
    static const char *const names[] = {"bad",  "end",   "more", "{",      "}",
                                        "[",    "]",     "key",  "string", "number",
                                        "true", "false", "null"};
    buf_printf(out, "%s %" PRIu64 " %u ", names[event], s->offset, s->depth);
    if (event == SCAN_KEY || event == SCAN_STRING)
        buf_printf(out, "%c%c ", s->escaped ? 'e' : '-', s->ascii ? 'a' : '-');
    if (event == SCAN_BAD)
        buf_printf(out, "%" PRIu64 " %d %s", s->error.offset, (int)s->error.code,
                   s->error.line);
    buf_add_str(out, s->token);
    buf_add_char(out, '\n');
}

/* Traces until the window is used up; true at the end or an error. */
static inline bool trace_window(struct scan *s, struct buf *out)
{
    for (;;) {
        enum scan_event event = scan_next(s);
        if (event == SCAN_MORE)
            return false;
        trace_event(s, event, out);
        if (event == SCAN_BAD || event == SCAN_END)
            return true;
    }
}

struct trace_options {
    const struct scan_kernel *kernel;
    bool multi;
    size_t first; /* size of the first window */
    size_t step;  /* of the others */
};

/* Every window is a block of its own, so that ASan sees a read past its end. */
static inline void trace(struct str text, struct trace_options o, struct buf *out)
{
    struct scan s;
    scan_init(&s);
    s.kernel = o.kernel;
    s.multi = o.multi;
    bool over = false;
    size_t at = 0, size = o.first;
    while (!over && at < text.n) {
        size_t n = text.n - at < size ? text.n - at : size;
        char *window = malloc(n ? n : 1);
        if (!window)
            abort();
        memcpy(window, text.p + at, n);
        scan_feed(&s, str_n(window, n));
        over = trace_window(&s, out);
        free(window);
        at += n;
        size = o.step;
    }
    if (!over) {
        scan_finish(&s);
        trace_window(&s, out);
    }
    scan_done(&s);
}

#endif
