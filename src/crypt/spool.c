#include "crypt/spool.h"

#include <errno.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "crypt/openssl.h"

#define KEY   32
#define BLOCK 16          /* of AES */
#define STEP  (64u << 10) /* encrypted at a time */

struct spool {
    pthread_mutex_t lock; /* over all below */
    const char *dir;
    int fd;
    uint64_t size;
    EVP_CIPHER_CTX *ctr;
    uint8_t *key; /* locked */
    uint8_t step[STEP];
};

struct spool *spool_new(const char *dir)
{
    struct spool *s = NEW(struct spool);
    pthread_mutex_init(&s->lock, NULL);
    s->dir = dir;
    s->fd = -1;
    return s;
}

void spool_free(struct spool *s)
{
    if (!s)
        return;
    file_closep(&s->fd);
    EVP_CIPHER_CTX_free(s->ctr);
    locked_free(s->key, KEY);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static enum err open_spool(struct spool *s, struct error *e)
{
    if (!s->key) {
        s->key = locked_new(KEY);
        if (RAND_priv_bytes(s->key, KEY) != 1)
            return err_set(e, ERR_SOFTWARE, "OpenSSL has no random bytes");
        s->ctr = EVP_CIPHER_CTX_new();
        crypt_must(s->ctr != NULL);
        crypt_must(EVP_EncryptInit_ex2(s->ctr, EVP_aes_256_ctr(), s->key, NULL, NULL));
    }
    return file_temp(s->dir, &s->fd, e);
}

/* Sets the key stream to `offset`: the counter is the number of the block, big-endian.
 */
static void seek_stream(struct spool *s, uint64_t offset)
{
    uint8_t counter[BLOCK] = {0}, skipped[BLOCK] = {0};
    uint64_t block = offset / BLOCK;
    int n;
    for (int i = 0; i < 8; i++)
        counter[BLOCK - 1 - i] = (uint8_t)(block >> (8 * i));
    crypt_must(EVP_EncryptInit_ex2(s->ctr, NULL, NULL, counter, NULL));
    if (offset % BLOCK)
        crypt_must(
            EVP_EncryptUpdate(s->ctr, skipped, &n, skipped, (int)(offset % BLOCK)));
}

static enum err write_step(struct spool *s, size_t n, struct error *e)
{
    size_t done = 0;
    while (done < n) {
        ssize_t put = pwrite(s->fd, s->step + done, n - done, (off_t)s->size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0) {
            int sys = errno;
            /* What may have reached the disk keeps its part of the key stream. */
            s->size += n - done;
            return err_sys(e, ERR_IO, sys, "cannot write a temporary file in %s",
                           s->dir ? s->dir : "the temporary directory");
        }
        done += (size_t)put;
        s->size += (uint64_t)put;
    }
    return ERR_OK;
}

static enum err add(struct spool *s, struct str bytes, uint64_t *out_offset,
                    struct error *e)
{
    if (s->fd < 0)
        TRY(open_spool(s, e));
    uint64_t begin = s->size;
    seek_stream(s, begin);
    while (bytes.n) {
        int n = bytes.n < STEP ? (int)bytes.n : (int)STEP, got;
        crypt_must(EVP_EncryptUpdate(s->ctr, s->step, &got,
                                     (const unsigned char *)bytes.p, n));
        TRY(write_step(s, (size_t)n, e));
        bytes = str_from(bytes, (size_t)n);
    }
    *out_offset = begin;
    return ERR_OK;
}

enum err spool_add(struct spool *s, struct str bytes, uint64_t *out_offset,
                   struct error *e)
{
    pthread_mutex_lock(&s->lock);
    enum err code = add(s, bytes, out_offset, e);
    pthread_mutex_unlock(&s->lock);
    return code;
}

static enum err read_back(struct spool *s, uint64_t offset, void *p, size_t n,
                          struct error *e)
{
    size_t got;
    if (offset > s->size || n > s->size - offset)
        return err_set(e, ERR_SOFTWARE, "a read beyond the end of a spool");
    if (n == 0)
        return ERR_OK;
    TRY(file_read_at(s->fd, offset, p, n, &got, e));
    if (got != n)
        return err_set(e, ERR_IO, "a temporary file lost its end");
    seek_stream(s, offset);
    for (uint8_t *at = p; n > 0;) {
        int step = n < STEP ? (int)n : (int)STEP, made;
        crypt_must(EVP_EncryptUpdate(s->ctr, at, &made, at, step));
        at += step;
        n -= (size_t)step;
    }
    return ERR_OK;
}

enum err spool_read(struct spool *s, uint64_t offset, void *p, size_t n,
                    struct error *e)
{
    pthread_mutex_lock(&s->lock);
    enum err code = read_back(s, offset, p, n, e);
    pthread_mutex_unlock(&s->lock);
    return code;
}

uint64_t spool_size(const struct spool *s)
{
    return s->size;
}
