/*
 * target: where a new snapshot is written until it is whole.
 *
 * A file appears under its name when target_publish() has read back what was written,
 * or not at all. To standard output (-) it goes through a private temporary file.
 */
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include "base/err.h"
#include "base/file.h"

struct target {
    struct file_out *file; /* NULL: to standard output, through `fd` */
    int fd;
};

#define TARGET_INIT \
    {               \
        .fd = -1    \
    }

/* An existing file is ERR_CANTCREATE unless `force`. */
enum err target_open(struct target *t, const char *output, bool force, const char *temp,
                     struct error *e) MUST_CHECK;
int target_fd(const struct target *t);

/* Reads directory and headers again before the name appears (format, rule 10). */
enum err target_publish(struct target *t, struct error *e) MUST_CHECK;

/* Without publish nothing is left. */
void target_close(struct target *t);

#endif
