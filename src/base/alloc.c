#include "base/alloc.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"

_Noreturn void alloc_end(const char *line)
{
    file_abandon_all();
    if (write(STDERR_FILENO, line, strlen(line)) < 0)
        _exit(err_status(ERR_SOFTWARE));
    _exit(err_status(ERR_SOFTWARE));
}

_Noreturn void alloc_fail(void)
{
    alloc_end("sandcast: out of memory\n");
}

void *alloc_bytes(size_t n)
{
    void *p = malloc(n ? n : 1);
    if (!p)
        alloc_fail();
    return p;
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
