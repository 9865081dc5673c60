/*
 * short_reads: read() and pread() that give less than asked for, and are interrupted.
 *
 * Linked with -Wl,--wrap=read,--wrap=pread64. The contract of both allows any short
 * count and EINTR, so that nothing that is read may depend on them. Off until
 * short_reads() is given a generator; NULL turns it off again.
 */
#ifndef TESTS_FUZZ_SHORT_READS_H
#define TESTS_FUZZ_SHORT_READS_H

#include <sys/types.h>

#include "fuzz.h"

void short_reads(struct fuzz_dice *given);

ssize_t __real_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n);
ssize_t __real_pread64(int fd, void *p, size_t n, off_t at);
ssize_t __wrap_pread64(int fd, void *p, size_t n, off_t at);

#endif
