/*
 * Errors: one code, one line, one place.
 *
 * A function that can fail returns `enum err` and takes `struct error *e` last.
 * The error is set once, where it happens, with err_set(); everything above passes
 * it up with TRY() and adds nothing but, at most, a place (err_at, err_in). Expected
 * outcomes (end, need more, not found) are values of a module's own enum instead.
 *
 * A message names what and where and says what to do; it never holds a value from
 * the data, which is what this program exists to hide.
 *
 * The list carries the exit status of each code, so that cli/ holds no mapping.
 * Exit statuses are those of product documentation; 64..78 follow sysexits(3).
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stdint.h>

/*  name            exit  what it says of itself */
#define ERR_LIST(X)                                      \
    X(ERR_OK, 0, "ok")                                   \
    X(ERR_FOUND, 1, "something was found")               \
    X(ERR_USAGE, 2, "wrong command line")                \
    X(ERR_DATA, 65, "the content is not valid")          \
    X(ERR_LIMIT, 65, "a limit is passed")                \
    X(ERR_NOINPUT, 66, "an input cannot be read")        \
    X(ERR_UNAVAILABLE, 69, "a server cannot be reached") \
    X(ERR_SOFTWARE, 70, "a fault of this program")       \
    X(ERR_CANTCREATE, 73, "the output cannot be made")   \
    X(ERR_IO, 74, "reading or writing failed")           \
    X(ERR_SIGNAL, 128, "ended by a signal")

enum err {
#define X(name, status, text) name,
    ERR_LIST(X)
#undef X
};

#define ERR_NO_OFFSET UINT64_MAX
#define ERR_NO_RECORD UINT64_MAX

struct error {
    enum err code;
    int sys;         /* errno where a system call failed, else 0; a signal's number */
    uint64_t offset; /* byte offset in `where`, or ERR_NO_OFFSET */
    uint64_t record; /* ordinal of the record, from 1, or ERR_NO_RECORD */
    char where[256]; /* file, member, rule: a name given by the user; may be empty */
    char line[400];  /* one line, no newline, no value from the data */
};

#define ERROR_INIT                                                       \
    {                                                                    \
        .code = ERR_OK, .offset = ERR_NO_OFFSET, .record = ERR_NO_RECORD \
    }

#define MUST_CHECK   __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define CLEANUP(f)   __attribute__((cleanup(f)))

/* For `CLEANUP(noun_freep) struct noun *n = NULL;` from a `noun_free` that takes NULL.
 */
#define DEFINE_CLEANUP(type, free_function)       \
    static inline void free_function##p(type **p) \
    {                                             \
        free_function(*p);                        \
    }                                             \
    struct swallow_semicolon

/* Leaves the calling function with the code when it is not ERR_OK. Every local owner
 * has a CLEANUP attribute, which is what makes the hidden return right. */
#define TRY(expr)                                     \
    do {                                              \
        enum err try_code_ = (expr);                  \
        if (__builtin_expect(try_code_ != ERR_OK, 0)) \
            return try_code_;                         \
    } while (0)

/* Set code and line; return the code. `e` may be NULL: then only the code is known. */
enum err err_set(struct error *e, enum err code, const char *format, ...) PRINTF(3, 4);

/* The same for a failed system call: takes errno `sys`; its text is added to the line.
 * ENOSPC, EDQUOT and EFBIG are always ERR_IO and ENOMEM ERR_SOFTWARE, whatever `code`
 * says. */
enum err err_sys(struct error *e, enum err code, int sys, const char *format, ...)
    PRINTF(4, 5);

/* Say where, unless an inner one already has. Return e->code; `e` may be NULL. */
enum err err_at(struct error *e, uint64_t offset);
enum err err_in(struct error *e, const char *where);

/* The exit status of a code. ERR_SIGNAL: the caller adds the signal's number. */
int err_status(enum err code);

/* The one line shown to people: "where: offset 12, record 3: line". Always ends in NUL;
 * cut to `size`. */
void err_text(const struct error *e, char *out, unsigned size);

#endif
