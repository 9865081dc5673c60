/*
 * side: one side of a comparison, as a snapshot with its schema.
 *
 * A snapshot is opened where it lies; anything else is an export and is cast (cast.h).
 */
#ifndef CLI_SIDE_H
#define CLI_SIDE_H

#include "archive/reader.h"
#include "cli/cast.h"

struct side {
    struct setup setup; /* the side's own: inputs, schema, rules */
    struct cast *cast;  /* NULL: a snapshot */
    struct reader *opened;
    const struct reader *reader;
    bool raw; /* an export: nobody says that it was scrubbed */
};

/* `options` are the setup as the command line has it. */
enum err side_open(struct side *s, const struct setup *options, const char *path,
                   const struct common *common, struct error *e) MUST_CHECK;
void side_done(struct side *s);

#endif
