#include "crypt/key.h"

#include <assert.h>
#include <errno.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "crypt/digest.h"
#include "crypt/openssl.h"

#define SECRET 32
#define BLOCK  64 /* of SHA-256, which HMAC pads its key to */

#define FIRST_LINE "sandcast pseudonym key 1\n"

struct key { /* in locked memory */
    uint8_t secret[SECRET];
    char id[KEY_ID + 1];
    uint32_t epoch;
};

/* The text of a key file, in locked memory too. */
struct text {
    char p[KEY_FILE + 1];
    size_t n;
};

static void text_free(struct text *t)
{
    locked_free(t, sizeof *t);
}
DEFINE_CLEANUP(struct text, text_free);

enum err key_random(struct key **out, struct error *e)
{
    CLEANUP(key_freep) struct key *k = locked_new(sizeof *k);
    uint8_t id[KEY_ID / 2];
    if (RAND_priv_bytes(k->secret, SECRET) != 1 || RAND_bytes(id, sizeof id) != 1)
        return err_set(e, ERR_SOFTWARE, "OpenSSL has no random bytes");
    for (size_t i = 0; i < sizeof id; i++)
        snprintf(k->id + 2 * i, 3, "%02x", id[i]);
    *out = k;
    k = NULL;
    return ERR_OK;
}

static enum err read_text(const char *path, struct text *t, struct error *e)
{
    CLEANUP(file_closep)
    int fd = -1;
    TRY(file_open_secret(path, "the key file ", &fd, e));
    while (t->n < sizeof t->p) {
        ssize_t got = read(fd, t->p + t->n, sizeof t->p - t->n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(e, ERR_NOINPUT, errno, "cannot read the key file %s", path);
        if (got == 0)
            return ERR_OK;
        t->n += (size_t)got;
    }
    return err_set(e, ERR_LIMIT, "a key file is at most %d bytes", KEY_FILE);
}

/* Takes "name: value\n" from the front of *s. */
static bool take_line(struct str *s, struct str name, struct str *out)
{
    if (!str_starts(*s, name))
        return false;
    *s = str_from(*s, name.n);
    const char *end = s->n ? memchr(s->p, '\n', s->n) : NULL;
    if (!end)
        return false;
    *out = str_n(s->p, (size_t)(end - s->p));
    *s = str_from(*s, out->n + 1);
    return true;
}

static bool read_epoch(struct str s, uint32_t *out)
{
    uint32_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        v = v * 10 + (uint32_t)(s.p[i] - '0');
    }
    *out = v;
    return s.n >= 1 && s.n <= 9 && (s.p[0] != '0' || s.n == 1);
}

static bool parse(struct str s, struct key *k)
{
    struct str id, epoch, secret;
    uint8_t bytes[KEY_ID / 2];
    if (!str_starts(s, STR(FIRST_LINE)))
        return false;
    s = str_from(s, sizeof FIRST_LINE - 1);
    if (!take_line(&s, STR("id: "), &id) || !take_line(&s, STR("epoch: "), &epoch) ||
        !take_line(&s, STR("secret: "), &secret) || s.n)
        return false;
    if (!hex_read(id, bytes, sizeof bytes) || !read_epoch(epoch, &k->epoch) ||
        !hex_read(secret, k->secret, SECRET))
        return false;
    for (size_t i = 0; i < KEY_ID; i++)
        k->id[i] = (char)(id.p[i] >= 'A' && id.p[i] <= 'F' ? id.p[i] | 0x20 : id.p[i]);
    return true;
}

enum err key_read(const char *path, struct key **out, struct error *e)
{
    CLEANUP(text_freep) struct text *t = locked_new(sizeof *t);
    CLEANUP(key_freep) struct key *k = locked_new(sizeof *k);
    TRY(read_text(path, t, e));
    if (!parse(str_n(t->p, t->n), k))
        return err_set(e, ERR_DATA, "%s is no pseudonym key file", path);
    *out = k;
    k = NULL;
    return ERR_OK;
}

enum err key_write(const struct key *k, const char *path, bool force, struct error *e)
{
    CLEANUP(text_freep) struct text *t = locked_new(sizeof *t);
    int n = snprintf(t->p, sizeof t->p, FIRST_LINE "id: %s\nepoch: %u\nsecret: ", k->id,
                     k->epoch);
    for (size_t i = 0; i < SECRET; i++)
        n += snprintf(t->p + n, sizeof t->p - (size_t)n, "%02x", k->secret[i]);
    t->p[n++] = '\n';
    CLEANUP(file_out_freep) struct file_out *f = NULL;
    /* From the first moment on: who opens the empty file could read it later. */
    mode_t mask = umask(077);
    enum err opened = file_out_open(path, force, &f, e);
    umask(mask);
    TRY(opened);
    if (fchmod(file_out_fd(f), 0600) < 0)
        return err_sys(e, ERR_CANTCREATE, errno, "cannot protect %s", path);
    TRY(file_write_all(file_out_fd(f), t->p, (size_t)n, path, e));
    struct file_out *done = f;
    f = NULL;
    return file_out_commit(done, e);
}

void key_free(struct key *k)
{
    locked_free(k, sizeof *k);
}

const char *key_id(const struct key *k)
{
    return k->id;
}

uint32_t key_epoch(const struct key *k)
{
    return k->epoch;
}

void key_rotate(struct key *k)
{
    assert(k->epoch < KEY_LAST_EPOCH);
    k->epoch++;
}

struct mac {
    EVP_MD_CTX *inner, *outer; /* after the padded key; never changed */
    EVP_MD_CTX *work;
    uint32_t epoch;
};

/* RFC 2104: the key, padded with zeros to a block, xor `pad`. */
static EVP_MD_CTX *keyed(const struct key *k, uint8_t pad)
{
    uint8_t block[BLOCK];
    memset(block, pad, BLOCK);
    for (size_t i = 0; i < SECRET; i++)
        block[i] ^= k->secret[i];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    crypt_must(ctx != NULL);
    crypt_must(EVP_DigestInit_ex2(ctx, crypt_sha256(), NULL));
    crypt_must(EVP_DigestUpdate(ctx, block, BLOCK));
    explicit_bzero(block, BLOCK);
    return ctx;
}

struct mac *mac_new(const struct key *k)
{
    struct mac *m = NEW(struct mac);
    m->inner = keyed(k, 0x36);
    m->outer = keyed(k, 0x5c);
    m->work = EVP_MD_CTX_new();
    crypt_must(m->work != NULL);
    m->epoch = k->epoch;
    return m;
}

void mac_free(struct mac *m)
{
    if (!m)
        return;
    EVP_MD_CTX_free(m->inner); /* which wipes the state */
    EVP_MD_CTX_free(m->outer);
    EVP_MD_CTX_free(m->work);
    free(m);
}

static void put_le32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

/* Short messages are put together first: one call of OpenSSL instead of three. What is
 * longer goes in one piece after another. */
#define MESSAGE 128

static void hash_pieces(EVP_MD_CTX *ctx, const uint8_t head[8], struct str a,
                        struct str b)
{
    uint8_t message[MESSAGE];
    memcpy(message, head, 8);
    size_t n = 8;
    if (a.n <= sizeof message - n) {
        if (a.n)
            memcpy(message + n, a.p, a.n);
        n += a.n;
        a.n = 0;
        if (b.n && b.n <= sizeof message - n) {
            memcpy(message + n, b.p, b.n);
            n += b.n;
            b.n = 0;
        }
    }
    crypt_must(EVP_DigestUpdate(ctx, message, n));
    if (a.n)
        crypt_must(EVP_DigestUpdate(ctx, a.p, a.n));
    if (b.n)
        crypt_must(EVP_DigestUpdate(ctx, b.p, b.n));
}

/* HMAC of le32 epoch ‖ le32 length ‖ a ‖ b. */
static void compute(struct mac *m, uint32_t length, struct str a, struct str b,
                    uint8_t out[32])
{
    uint8_t head[8];
    put_le32(head, m->epoch);
    put_le32(head + 4, length);
    crypt_must(EVP_MD_CTX_copy_ex(m->work, m->inner));
    hash_pieces(m->work, head, a, b);
    crypt_must(EVP_DigestFinal_ex(m->work, out, NULL));
    crypt_must(EVP_MD_CTX_copy_ex(m->work, m->outer));
    crypt_must(EVP_DigestUpdate(m->work, out, 32));
    crypt_must(EVP_DigestFinal_ex(m->work, out, NULL));
}

void mac_value(struct mac *m, struct str namespace, struct str value, uint8_t out[32])
{
    assert(namespace.n < UINT32_MAX);
    compute(m, (uint32_t) namespace.n, namespace, value, out);
}

void mac_derive(struct mac *m, struct str label, uint8_t out[32])
{
    compute(m, UINT32_MAX, label, str_n(NULL, 0), out);
}
