/*
 * progress: one line about long work, on standard error, at most ten times a second.
 *
 * progress_line() is pure; progress_tick() draws it when it is time and wanted.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/command.h"

struct progress_state {
    const char *verb;     /* "scrubbing" */
    uint64_t bytes;       /* decoded so far */
    uint64_t records;     /* so far */
    uint64_t done, total; /* of the inputs' size on disk; total 0: unknown */
    double seconds;
};

struct progress {
    struct progress_state state;
    bool on;
    double started, drawn;
};

void progress_begin(struct progress *p, const struct common *c, const char *verb);
void progress_tick(struct progress *p);
void progress_end(struct progress *p); /* wipes the line */

/* Fills out[size] with a line of at most `width` columns; returns its length. */
unsigned progress_line(const struct progress_state *s, unsigned width, char *out,
                       unsigned size);

/* Seconds on a clock that only goes forward. */
double progress_clock(void);

#endif
