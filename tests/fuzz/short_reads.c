#include "short_reads.h"

#include <errno.h>

static struct fuzz_dice *dice;

void short_reads(struct fuzz_dice *given)
{
    dice = given;
}

/* How much of n bytes comes at once; 0: interrupted. Small buffers fill quickly, so
 * that a long text does not come byte by byte. */
static size_t share(size_t n)
{
    switch (fuzz_roll(dice, 6)) {
    case 0: return 0;
    case 1: return 1;
    case 2: return n;
    default: return 1 + fuzz_roll(dice, n < 4096 ? (uint32_t)n : 4096);
    }
}

ssize_t __wrap_read(int fd, void *p, size_t n)
{
    size_t some = dice && n ? share(n) : n;
    if (some == 0 && n) {
        errno = EINTR;
        return -1;
    }
    return __real_read(fd, p, some);
}

ssize_t __wrap_pread64(int fd, void *p, size_t n, off_t at)
{
    size_t some = dice && n ? share(n) : n;
    if (some == 0 && n) {
        errno = EINTR;
        return -1;
    }
    return __real_pread64(fd, p, some, at);
}
