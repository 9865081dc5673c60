#include "crypt/openssl.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"

static EVP_MD *sha256;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *get(size_t n, const char *file, int line)
{
    (void)file, (void)line;
    return alloc_bytes(n);
}

static void *resize(void *p, size_t n, const char *file, int line)
{
    (void)file, (void)line;
    return alloc_resize(p, n, 1);
}

static void give_back(void *p, const char *file, int line)
{
    (void)file, (void)line;
    free(p);
}

/* Before anything else asks OpenSSL for memory, which it takes only then: without
 * memory it would say that it has no random numbers, or no SHA-256. Nor does it clean
 * up at the end of the process, for which it asks for memory when all is written. The
 * texts of its errors, which nobody reads here, are not loaded: a tenth of the time
 * that reading one record takes. */
__attribute__((constructor)) static void use_our_memory(void)
{
    CRYPTO_set_mem_functions(get, resize, give_back);
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS,
                        NULL);
}

void crypt_must(int result)
{
    if (result == 1)
        return;
    alloc_end("sandcast: OpenSSL fails, or lacks SHA-256 or AES\n");
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
