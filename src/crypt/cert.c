#include "crypt/cert.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <time.h>

#include "crypt/openssl.h"

#define DAY 86400L

static void free_certificate(X509 **x)
{
    X509_free(*x);
}

static void free_key(EVP_PKEY **k)
{
    EVP_PKEY_free(*k);
}

static void free_bio(BIO **b)
{
    BIO_free_all(*b);
}

static bool add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX c;
    X509V3_set_ctx(&c, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &c, nid, value);
    bool added = extension && X509_add_ext(x, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

/* 16 random bytes: RFC 5280 wants them unique, a new authority each time the more. */
static bool set_serial(X509 *x)
{
    uint8_t bytes[16];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    bytes[0] = (bytes[0] & 0x7f) | 0x40;
    BIGNUM *n = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool set = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;
    BN_free(n);
    return set;
}

static bool set_name(X509 *x, const char *name)
{
    return X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                                      (const uint8_t *)name, -1, -1, 0) == 1;
}

/* All but extensions and signature. The day before: clocks differ. */
static X509 *begin(EVP_PKEY *key, const char *name)
{
    X509 *x = X509_new();
    if (x && X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
        X509_gmtime_adj(X509_getm_notBefore(x), -DAY) &&
        X509_gmtime_adj(X509_getm_notAfter(x), CERT_DAYS * DAY) &&
        X509_set_pubkey(x, key) == 1 && set_name(x, name))
        return x;
    X509_free(x);
    return NULL;
}

static X509 *make_authority(EVP_PKEY *key)
{
    X509 *x = begin(key, "sandcast local authority");
    if (x && X509_set_issuer_name(x, X509_get_subject_name(x)) == 1 &&
        add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
        add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") &&
        add_extension(x, x, NID_subject_key_identifier, "hash") &&
        X509_sign(x, key, crypt_sha256()) > 0)
        return x;
    X509_free(x);
    return NULL;
}

static X509 *make_certificate(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key,
                              const char *names)
{
    X509 *x = begin(key, "sandcast");
    if (x && X509_set_issuer_name(x, X509_get_subject_name(ca)) == 1 &&
        add_extension(x, ca, NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(x, ca, NID_key_usage, "critical,digitalSignature") &&
        add_extension(x, ca, NID_ext_key_usage, "serverAuth") &&
        add_extension(x, ca, NID_subject_key_identifier, "hash") &&
        add_extension(x, ca, NID_authority_key_identifier, "keyid:always") &&
        add_extension(x, ca, NID_subject_alt_name, names) &&
        X509_sign(x, ca_key, crypt_sha256()) > 0)
        return x;
    X509_free(x);
    return NULL;
}

static bool take(BIO *from, struct buf *out)
{
    char *p;
    long n = BIO_get_mem_data(from, &p);
    if (n <= 0)
        return false;
    buf_add(out, p, (size_t)n);
    return true;
}

static bool add_pem(X509 *x, struct buf *out)
{
    CLEANUP(free_bio) BIO *b = BIO_new(BIO_s_mem());
    return b && PEM_write_bio_X509(b, x) == 1 && take(b, out);
}

static bool add_key(EVP_PKEY *key, struct buf *out)
{
    CLEANUP(free_bio) BIO *b = BIO_new(BIO_s_secmem());
    return b && PEM_write_bio_PKCS8PrivateKey(b, key, NULL, NULL, 0, NULL, NULL) == 1 &&
           take(b, out);
}

enum err cert_make(const char *names, struct cert_set *out, struct error *e)
{
    crypt_sha256();
    CLEANUP(free_key) EVP_PKEY *ca_key = EVP_EC_gen("P-256");
    CLEANUP(free_key) EVP_PKEY *key = EVP_EC_gen("P-256");
    CLEANUP(free_certificate) X509 *ca = ca_key ? make_authority(ca_key) : NULL;
    CLEANUP(free_certificate)
    X509 *x = ca && key ? make_certificate(key, ca, ca_key, names) : NULL;
    if (!x || !add_pem(ca, &out->ca) || !add_pem(x, &out->certificate) ||
        !add_key(key, &out->key))
        return err_set(e, ERR_SOFTWARE, "OpenSSL makes no certificate for https");
    return ERR_OK;
}

static bool has_names(X509 *x, const char *names)
{
    CLEANUP(free_certificate) X509 *wanted = X509_new();
    int at = X509_get_ext_by_NID(x, NID_subject_alt_name, -1);
    if (!wanted || at < 0 ||
        !add_extension(wanted, wanted, NID_subject_alt_name, names))
        return false;
    const ASN1_OCTET_STRING *a = X509_EXTENSION_get_data(X509_get_ext(x, at));
    const ASN1_OCTET_STRING *b = X509_EXTENSION_get_data(X509_get_ext(wanted, 0));
    return ASN1_OCTET_STRING_cmp(a, b) == 0;
}

bool cert_is_current(struct str pem, const char *names)
{
    CLEANUP(free_bio) BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
    CLEANUP(free_certificate)
    X509 *x = b ? PEM_read_bio_X509(b, NULL, NULL, NULL) : NULL;
    time_t now = time(NULL), later = now + DAY;
    return x && X509_cmp_time(X509_get0_notBefore(x), &now) < 0 &&
           X509_cmp_time(X509_get0_notAfter(x), &later) > 0 && has_names(x, names);
}

void cert_done(struct cert_set *c)
{
    if (c->key.p)
        explicit_bzero(c->key.p, c->key.cap);
    buf_done(&c->ca);
    buf_done(&c->certificate);
    buf_done(&c->key);
}
