/*
 * opt: options as data.
 *
 * A command has a table of options; the same table parses the command line, writes the
 * help, answers the shell's completion and is compared with the manual page by a test.
 * Long options take `--name value` and `--name=value`, short ones `-n value` and
 * `-nvalue`; flags may be joined (-nq); `--` ends options; options and operands may be
 * mixed. A value that is optional (OPT_OPTIONAL) is only taken after `=`.
 */
#ifndef CLI_OPT_H
#define CLI_OPT_H

#include "base/buf.h"
#include "base/err.h"

#define OPT_OPERANDS 4096u /* inputs on one command line; a folder holds more */

enum opt_kind {
    OPT_END,
    OPT_FLAG,     /* bool */
    OPT_TEXT,     /* const char * */
    OPT_LIST,     /* struct opt_list, repeatable */
    OPT_COUNT,    /* uint64_t: a decimal number */
    OPT_SIZE,     /* uint64_t: 96M, 2G, bytes */
    OPT_CHOICE,   /* int: index into `choices` */
    OPT_OPTIONAL, /* const char *: "" without a value */
};

struct opt_list {
    const char **items;
    size_t n, cap;
};

struct opt {
    enum opt_kind kind;
    char letter;       /* 0: none */
    const char *name;  /* without dashes */
    const char *value; /* how the help names the value: FILE, N; "a|b|c" for a choice */
    const char *help;
    void *to; /* given twice, the last one counts: scripts append */
};

struct operands {
    const char **items;
    size_t n, cap;
    size_t before; /* how many stand before `--`; n without it */
};

/* Parses argv[1..]; operands are collected. ERR_USAGE names the option, and the nearest
 * known one when it is unknown. `help` is set by -h and --help. */
enum err opt_parse(const struct opt *const *tables, int argc, char **argv,
                   struct operands *operands, bool *help, struct error *e) MUST_CHECK;

/* The options of a table, aligned, one a line, at most 79 columns. */
void opt_help(const struct opt *table, struct buf *out);

/* All long names, one a line, for completion and tests. */
void opt_names(const struct opt *table, struct buf *out);

/* Edit distance, for "did you mean": what is OPT_NEAR or more apart is not meant. Names
 * of OPT_DISTANCE bytes or more are that far from everything. */
#define OPT_NEAR     4u
#define OPT_DISTANCE 60u
unsigned opt_distance(struct str a, struct str b);

void opt_list_done(struct opt_list *l);
void operands_done(struct operands *o);

#endif
