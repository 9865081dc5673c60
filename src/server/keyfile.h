/*
 * keyfile: files that hold a secret.
 *
 * Regular, not readable by others (mode 0600 or 0400), at most KEYFILE_SIZE bytes; what
 * is made has mode 0600 from the first moment on and appears whole or not at all.
 * Errors name the file and never its content. One thread at a time.
 */
#ifndef SERVER_KEYFILE_H
#define SERVER_KEYFILE_H

#include "base/buf.h"
#include "base/err.h"

#define KEYFILE_SIZE 16384 /* bytes of a file with a key or token */

/* Reads it into an empty buf. Missing: ERR_NOINPUT with sys = ENOENT. */
enum err keyfile_read(const char *path, struct buf *out, struct error *e) MUST_CHECK;

enum err keyfile_write(const char *path, struct str text, struct error *e) MUST_CHECK;

/* The one line of a file, which must be visible ASCII without spaces. */
enum err keyfile_token(const char *path, struct buf *out, struct error *e) MUST_CHECK;

#endif
