/*
 * fault: makes one call of one operation fail, once (LD_PRELOAD).
 *
 *     FAULT=OPERATION,N,ERRNO[,LEAST]   the N-th call of it, from 1, fails with ERRNO;
 *                                       0 is no error but half of what was asked for
 *     FAULT_LOG=FILE                    what happened, appended: "hit NAME" when a call
 *                                       failed, and at the end "OPERATION COUNT" of
 * each
 *
 * Only calls of at least LEAST bytes count (memory). Operations are the rows of the
 * table below; "tmpfile" is open with O_TMPFILE, and not an "open". What the C library
 * does inside itself (stdio, mkostemp's open) does not pass here, so mkostemp is a row.
 * Without FAULT everything is only counted. Calls are numbered across threads.
 *
 * The log is written with bare system calls, so that they are not counted. Memory comes
 * from the names that glibc exports for replacements like this one.
 */
#undef _FILE_OFFSET_BITS /* would rename what stands here by name */
#undef _FORTIFY_SOURCE

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define OPERATIONS(X) \
    X(read)           \
    X(pread)          \
    X(write)          \
    X(pwrite)         \
    X(open)           \
    X(tmpfile)        \
    X(mkostemp)       \
    X(close)          \
    X(rename)         \
    X(link)           \
    X(unlink)         \
    X(fsync)          \
    X(ftruncate)      \
    X(seek)           \
    X(stat)           \
    X(mode)           \
    X(dup)            \
    X(dir)            \
    X(random)         \
    X(mmap)           \
    X(thread)         \
    X(memory)

enum operation {
#define X(name) OP_##name,
    OPERATIONS(X)
#undef X
        OP_N
};

static const char *const names[] = {
#define X(name) #name,
    OPERATIONS(X)
#undef X
};

static _Atomic uint64_t counts[OP_N];
static int chosen = -1, failure;
static uint64_t number, least;
static const char *log_path;

/* Of the C library, for replacements of the allocator. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

static void tell(const char *text, size_t n)
{
    if (!log_path)
        return;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_CREAT | O_APPEND,
                          0600);
    if (fd < 0)
        return;
    syscall(SYS_write, fd, text, n);
    syscall(SYS_close, fd);
}

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("FAULT");
    log_path = getenv("FAULT_LOG");
    for (int i = 0; text && i < OP_N; i++) {
        size_t n = strlen(names[i]);
        if (strncmp(text, names[i], n) != 0 || text[n] != ',')
            continue;
        char *end;
        number = strtoull(text + n + 1, &end, 10);
        failure = *end ? (int)strtol(end + 1, &end, 10) : EIO;
        least = *end ? strtoull(end + 1, &end, 10) : 0;
        chosen = i;
    }
    /* What was counted before is the libraries' own beginning. */
    for (int i = 0; i < OP_N; i++)
        atomic_store(&counts[i], 0);
}

__attribute__((destructor)) static void end(void)
{
    for (int i = 0; i < OP_N; i++) {
        char line[64];
        int n = snprintf(line, sizeof line, "%s %llu\n", names[i],
                         (unsigned long long)atomic_load(&counts[i]));
        tell(line, (size_t)n);
    }
}

/* Is this call the one? Sets errno then. */
static bool hit(enum operation op, const char *name)
{
    uint64_t n = atomic_fetch_add(&counts[op], 1) + 1;
    if ((int)op != chosen || n != number)
        return false;
    tell("hit ", 4);
    tell(name, strlen(name));
    tell("\n", 1);
    errno = failure;
    return true;
}

#define NEXT(type, name) ((type)next(&name##_next, #name))

typedef void (*function)(void);

/* The function that this one stands before; found once. */
static function next(function _Atomic *kept, const char *name)
{
    function f = atomic_load(kept);
    if (f)
        return f;
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort();
    memcpy(&f, &found, sizeof f);
    atomic_store(kept, f);
    return f;
}

/* Stands before `name`: failing, it does nothing and returns `failed`. */
#define PLAIN(op, result, name, failed, parameters, arguments) \
    result name parameters;                                    \
    static function _Atomic name##_next;                       \
    result name parameters                                     \
    {                                                          \
        if (hit(OP_##op, #name))                               \
            return failed;                                     \
        return NEXT(result(*) parameters, name) arguments;     \
    }

/* The same for transfers of n bytes, which can be short, too. */
#define TRANSFER(op, name, parameters, arguments)           \
    ssize_t name parameters;                                \
    static function _Atomic name##_next;                    \
    ssize_t name parameters                                 \
    {                                                       \
        if (hit(OP_##op, #name)) {                          \
            if (failure)                                    \
                return -1;                                  \
            n = n > 1 ? n / 2 : n;                          \
        }                                                   \
        return NEXT(ssize_t(*) parameters, name) arguments; \
    }

/* open() in its shapes: `mode` is there only when it can make a file. */
#define OPENING(name, parameters, arguments)                  \
    int name parameters;                                      \
    static function _Atomic name##_next;                      \
    int name parameters                                       \
    {                                                         \
        mode_t mode = 0;                                      \
        if (flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) { \
            va_list more;                                     \
            va_start(more, flags);                            \
            mode = va_arg(more, mode_t);                      \
            va_end(more);                                     \
        }                                                     \
        bool unnamed = (flags & O_TMPFILE) == O_TMPFILE;      \
        if (hit(unnamed ? OP_tmpfile : OP_open, path))        \
            return -1;                                        \
        return NEXT(opening_##name, name) arguments;          \
    }

typedef int (*opening_open)(const char *, int, ...);
typedef opening_open opening_open64;
typedef int (*opening_openat)(int, const char *, int, ...);
typedef opening_openat opening_openat64;

#undef open
#undef openat
#undef read
#undef pread

OPENING(open, (const char *path, int flags, ...), (path, flags, mode))
OPENING(open64, (const char *path, int flags, ...), (path, flags, mode))
OPENING(openat, (int at, const char *path, int flags, ...), (at, path, flags, mode))
OPENING(openat64, (int at, const char *path, int flags, ...), (at, path, flags, mode))
PLAIN(open, int, __open_2, -1, (const char *path, int flags), (path, flags))
PLAIN(open, int, __open64_2, -1, (const char *path, int flags), (path, flags))
PLAIN(mkostemp, int, mkostemp, -1, (char *path, int flags), (path, flags))
PLAIN(mkostemp, int, mkostemp64, -1, (char *path, int flags), (path, flags))

TRANSFER(read, read, (int fd, void *p, size_t n), (fd, p, n))
TRANSFER(read, __read_chk, (int fd, void *p, size_t n, size_t room), (fd, p, n, room))
TRANSFER(pread, pread, (int fd, void *p, size_t n, off_t at), (fd, p, n, at))
TRANSFER(pread, pread64, (int fd, void *p, size_t n, off_t at), (fd, p, n, at))
TRANSFER(pread, __pread_chk, (int fd, void *p, size_t n, off_t at, size_t room),
         (fd, p, n, at, room))
TRANSFER(pread, __pread64_chk, (int fd, void *p, size_t n, off_t at, size_t room),
         (fd, p, n, at, room))
TRANSFER(write, write, (int fd, const void *p, size_t n), (fd, p, n))
TRANSFER(pwrite, pwrite, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at))
TRANSFER(pwrite, pwrite64, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at))
PLAIN(write, ssize_t, writev, -1, (int fd, const struct iovec *v, int n), (fd, v, n))

PLAIN(rename, int, rename, -1, (const char *a, const char *b), (a, b))
PLAIN(rename, int, renameat, -1, (int f, const char *a, int t, const char *b),
      (f, a, t, b))
PLAIN(rename, int, renameat2, -1,
      (int f, const char *a, int t, const char *b, unsigned flags), (f, a, t, b, flags))
PLAIN(link, int, link, -1, (const char *a, const char *b), (a, b))
PLAIN(link, int, linkat, -1, (int f, const char *a, int t, const char *b, int flags),
      (f, a, t, b, flags))
PLAIN(unlink, int, unlink, -1, (const char *path), (path))
PLAIN(fsync, int, fsync, -1, (int fd), (fd))
PLAIN(fsync, int, fdatasync, -1, (int fd), (fd))
PLAIN(ftruncate, int, ftruncate, -1, (int fd, off_t n), (fd, n))
PLAIN(ftruncate, int, ftruncate64, -1, (int fd, off_t n), (fd, n))
PLAIN(seek, off_t, lseek, -1, (int fd, off_t to, int how), (fd, to, how))
PLAIN(seek, off_t, lseek64, -1, (int fd, off_t to, int how), (fd, to, how))
PLAIN(stat, int, stat, -1, (const char *path, struct stat *out), (path, out))
PLAIN(stat, int, stat64, -1, (const char *path, struct stat64 *out), (path, out))
PLAIN(stat, int, lstat, -1, (const char *path, struct stat *out), (path, out))
PLAIN(stat, int, lstat64, -1, (const char *path, struct stat64 *out), (path, out))
PLAIN(stat, int, fstat, -1, (int fd, struct stat *out), (fd, out))
PLAIN(stat, int, fstat64, -1, (int fd, struct stat64 *out), (fd, out))
PLAIN(mode, int, fchmod, -1, (int fd, mode_t mode), (fd, mode))
PLAIN(dup, int, dup, -1, (int fd), (fd))
PLAIN(dir, DIR *, opendir, NULL, (const char *path), (path))
PLAIN(dir, struct dirent *, readdir, NULL, (DIR * d), (d))
PLAIN(dir, struct dirent64 *, readdir64, NULL, (DIR * d), (d))
PLAIN(random, ssize_t, getrandom, -1, (void *p, size_t n, unsigned flags),
      (p, n, flags))
PLAIN(mmap, void *, mmap, MAP_FAILED,
      (void *p, size_t n, int rights, int flags, int fd, off_t at),
      (p, n, rights, flags, fd, at))
PLAIN(mmap, void *, mmap64, MAP_FAILED,
      (void *p, size_t n, int rights, int flags, int fd, off_t at),
      (p, n, rights, flags, fd, at))

/* The descriptor is gone even when close() fails (Linux). */
int close(int fd)
{
    bool failing = hit(OP_close, "close");
    int sys = errno;
    int result = (int)syscall(SYS_close, fd);
    if (!failing)
        return result;
    errno = sys;
    return -1;
}

static function _Atomic pthread_create_next;

int pthread_create(pthread_t *out, const pthread_attr_t *how, void *(*run)(void *),
                   void *arg)
{
    typedef int (*creating)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
                            void *);
    if (hit(OP_thread, "pthread_create"))
        return failure; /* which is how it says so */
    return NEXT(creating, pthread_create)(out, how, run, arg);
}

#ifndef FAULT_NO_MEMORY /* a sanitizer has its own allocator */

/* As hit(), for calls with a size. */
static bool hit_size(enum operation op, const char *name, size_t size)
{
    return size >= least && hit(op, name);
}

void *malloc(size_t n)
{
    return hit_size(OP_memory, "malloc", n) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        bytes = SIZE_MAX;
    return hit_size(OP_memory, "calloc", bytes) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return hit_size(OP_memory, "realloc", n) ? NULL : __libc_realloc(p, n);
}

void *memalign(size_t alignment, size_t n)
{
    return hit_size(OP_memory, "memalign", n) ? NULL : __libc_memalign(alignment, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
    return hit_size(OP_memory, "aligned_alloc", n) ? NULL
                                                   : __libc_memalign(alignment, n);
}

int posix_memalign(void **out, size_t alignment, size_t n)
{
    if (hit_size(OP_memory, "posix_memalign", n))
        return ENOMEM;
    void *p = __libc_memalign(alignment, n);
    if (!p)
        return ENOMEM;
    *out = p;
    return 0;
}

#endif
