#include "server/mhd.h"

#include "config.h"

#if HAVE_MICROHTTPD_LATE

#    include <dlfcn.h>
#    include <pthread.h>
#    include <stdbool.h>
#    include <stdio.h>
#    include <string.h>

/* The name of libmicrohttpd's interface since 0.9.34 (2014), 1.0 included. */
#    define SONAME "libmicrohttpd.so.12"

static struct mhd table;
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
    void *library = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
    bool found = library != NULL;
#    define FIND(name) found = found && find(library, #    name, &table.name);
    MHD_CALLS(FIND)
    loaded = found;
    const char *said = found ? NULL : dlerror();
    snprintf(cause, sizeof cause, "%s", said ? said : "no memory");
}

enum err mhd_load(const struct mhd **out, struct error *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (!loaded)
        return err_set(e, ERR_SOFTWARE, "serving needs libmicrohttpd: %s", cause);
    *out = &table;
    return ERR_OK;
}

#else

enum err mhd_load(const struct mhd **out, struct error *e)
{
#    define ADDRESS(name) .name = name,
    static const struct mhd table = {MHD_CALLS(ADDRESS)};
    *out = &table;
    return ERR_OK;
}

#endif
