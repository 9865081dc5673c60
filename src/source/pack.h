/*
 * pack: writes a tar of named members, the same bytes for the same content.
 *
 *     packer_new(fd, "out.tar", &p)
 *     packer_member(p, name, bytes) …   or   packer_begin(size), packer_add() …,
 * packer_end packer_finish(p)
 *
 * POSIX ustar, pax records only for what does not fit; owner 0, mode 0644, time 0.
 * Names are relative and use '/'. An error stays: later calls return it. One thread at
 * a time.
 */
#ifndef SOURCE_PACK_H
#define SOURCE_PACK_H

#include "base/err.h"
#include "base/str.h"

struct packer;

/* Borrows fd until packer_free; `what` names it in errors and is copied. Gives. */
enum err packer_new(int fd, const char *what, struct packer **out, struct error *e)
    MUST_CHECK;

/* A whole member. */
enum err packer_member(struct packer *p, struct str name, struct str content,
                       struct error *e) MUST_CHECK;

/* A member piece by piece; the pieces must come to exactly `size` bytes, else
 * packer_end() is ERR_SOFTWARE. */
enum err packer_begin(struct packer *p, struct str name, uint64_t size, struct error *e)
    MUST_CHECK;
enum err packer_add(struct packer *p, struct str piece, struct error *e) MUST_CHECK;
enum err packer_end(struct packer *p, struct error *e) MUST_CHECK;

/* Writes the end mark; nothing may follow but packer_free(). */
enum err packer_finish(struct packer *p, struct error *e) MUST_CHECK;

void packer_free(struct packer *p);
DEFINE_CLEANUP(struct packer, packer_free);

#endif
