/*
 * command: what a subcommand is, and the one list of them.
 *
 * Each lives in cmd_<name>.c as a constant: its words for the help, its option table
 * and run(), which opens things and joins rooms but holds no logic. From the list
 * follow dispatch, help, completion and the test against the manual page.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/err.h"
#include "cli/opt.h"

#define COMMAND_LIST(X) \
    X(scrub)            \
    X(verify)           \
    X(diff)             \
    X(apply)            \
    X(ls)               \
    X(cat)              \
    X(get)              \
    X(export)           \
    X(load)             \
    X(inspect)          \
    X(rules)            \
    X(key)              \
    X(demo)             \
    X(serve)

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What every command understands. */
struct common {
    bool quiet;
    int progress; /* enum color: auto, always, never */
    int color;
};

struct command {
    const char *name;
    const char *synopsis; /* "INPUT... -o SNAPSHOT" */
    const char *summary;  /* one line for the list */
    const char *about;    /* a paragraph for --help */
    const char *examples; /* lines, each an example or its "# comment" */
    const struct opt *options;
    /* Returns ERR_OK, ERR_FOUND or an error told by the caller. */
    enum err (*run)(const struct operands *operands, const struct common *common,
                    struct error *e);
};

#define X(name) extern const struct command cmd_##name;
COMMAND_LIST(X)
#undef X

/* All of them in the order above; NULL past the end. */
const struct command *command_at(size_t i);

/* ERR_USAGE unless there are at least `min` and at most `max` operands. */
enum err command_operands(const struct operands *o, size_t min, size_t max,
                          const struct command *c, struct error *e) MUST_CHECK;

/* Writes a result to standard output; a closed pipe is ERR_SIGNAL. */
enum err command_print(struct str text, struct error *e) MUST_CHECK;

/* Writes lines to standard error. Control and bidirectional characters, which may come
 * from names of files and members, are escaped. */
void command_tell(struct str text);

/* A result to `file`, whole or not at all, or to standard output when it is "". */
enum err command_result(struct str text, const char *file, struct error *e) MUST_CHECK;

/* May colours be written to this descriptor? (--color, NO_COLOR, a terminal) */
bool command_colors(const struct common *c, int fd);

/* Says something about the work on standard error, unless --quiet: "sandcast: …". */
void command_say(const struct common *c, const char *format, ...) PRINTF(2, 3);

#endif
