#include "base/alloc.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __GLIBC__
#    include <malloc.h>
#endif

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

#ifdef __GLIBC__
void alloc_large_pages(void)
{
    /* A page that is touched for the first time costs up to 15 us under a hypervisor,
     * and a run of 1 MB touched 2,200 of them: half of its time. */
    const uintptr_t large = (uintptr_t)2 << 20, before = 264 << 10, some = 256 << 10;
    /* One heap for all threads: after warming up they allocate next to nothing. */
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TOP_PAD, ALLOC_HEAP);
    mallopt(M_MMAP_THRESHOLD, ALLOC_HEAP / 4);
    mallopt(M_TRIM_THRESHOLD, 2 * ALLOC_HEAP);
    /* The heap goes on just before a border, so that malloc's own notes, which come
     * before the advice, touch none of the large pages. */
    uintptr_t end = (uintptr_t)sbrk(0);
    if ((intptr_t)sbrk((intptr_t)(-(end + before) & (large - 1))) == -1)
        return;
    char *begin = (char *)sbrk(0) + before;
    void *volatile grows = malloc(some);
    free(grows);
    char *now = sbrk(0);
    if (now > begin)
        (void)madvise(begin, (size_t)(now - begin), MADV_HUGEPAGE);
    mallopt(M_TOP_PAD, ALLOC_HEAP / 16);
}
#else
void alloc_large_pages(void) {}
#endif
