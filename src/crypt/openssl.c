#include "crypt/openssl.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "base/err.h"

static EVP_MD *sha256;
static pthread_once_t once = PTHREAD_ONCE_INIT;

void crypt_must(int result)
{
    if (result == 1)
        return;
    fputs("sandcast: OpenSSL is out of memory or lacks SHA-256 or AES\n", stderr);
    exit(err_status(ERR_SOFTWARE));
}

static void fetch(void)
{
    /* Nothing is asked for by the names of OpenSSL 1, whose lists take a millisecond to
     * fill. The machine's configuration is read, as FIPS needs it. */
    crypt_must(OPENSSL_init_crypto(
        OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS, NULL));
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    crypt_must(sha256 != NULL);
}

const EVP_MD *crypt_sha256(void)
{
    pthread_once(&once, fetch);
    return sha256;
}

void *locked_new(size_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        alloc_fail();
    /* Best effort: RLIMIT_MEMLOCK may be 0, and an unlocked key still works. */
    (void)mlock(p, n);
    (void)madvise(p, n, MADV_DONTDUMP);
    return p;
}

void locked_free(void *p, size_t n)
{
    if (!p)
        return;
    explicit_bzero(p, n);
    munmap(p, n);
}
