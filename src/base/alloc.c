#include "base/alloc.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"

_Noreturn void alloc_fail(void)
{
    static const char line[] = "sandcast: out of memory\n";
    if (write(STDERR_FILENO, line, sizeof line - 1) < 0)
        _exit(err_status(ERR_SOFTWARE));
    _exit(err_status(ERR_SOFTWARE));
}

void *alloc_zero(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p)
        alloc_fail();
    return p;
}

void *alloc_resize(void *p, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        alloc_fail();
    void *q = realloc(p, bytes ? bytes : 1);
    if (!q)
        alloc_fail();
    return q;
}

char *alloc_str(struct str s)
{
    char *p = alloc_zero(s.n + 1, 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    return p;
}
