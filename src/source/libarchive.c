#include "source/libarchive.h"

#include "config.h"

#if HAVE_LIBARCHIVE_LATE

#    include <dlfcn.h>
#    include <errno.h>
#    include <pthread.h>
#    include <stdbool.h>
#    include <stdio.h>
#    include <string.h>

/* The name of libarchive 3's interface, the same since 3.1 (2013). */
#    define SONAME "libarchive.so.13"

static struct libarchive table;
static bool loaded;
static char cause[256]; /* the loader's: which library, and why not */

static bool find(void *library, const char *name, void *out)
{
    void *symbol = dlsym(library, name);
    memcpy(out, &symbol, sizeof symbol); /* POSIX: a function's address fits */
    return symbol != NULL;
}

static void load(void)
{
    errno = 0;
    void *library = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
    int sys = errno;
    bool found = library != NULL;
#    define FIND(name) found = found && find(library, #    name, &table.name);
    LIBARCHIVE(FIND)
    loaded = found;
    /* Its own text does not always say that it had no memory. */
    const char *said = found || sys == ENOMEM ? NULL : dlerror();
    snprintf(cause, sizeof cause, "%s", said ? said : "no memory");
}

enum err libarchive_load(const struct libarchive **out, struct error *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (!loaded)
        return err_set(e, ERR_SOFTWARE,
                       "tar, zip, zstd, bzip2 and xz need libarchive: %s", cause);
    *out = &table;
    return ERR_OK;
}

#else

enum err libarchive_load(const struct libarchive **out, struct error *e)
{
#    define ADDRESS(name) .name = name,
    static const struct libarchive table = {LIBARCHIVE(ADDRESS)};
    *out = &table;
    return ERR_OK;
}

#endif
