/*
 * cert: a certificate authority made for one certificate, and that certificate.
 *
 * For https on this machine: clients are told to trust the authority (ca.pem). Its
 * private key signs once and is forgotten, so that nobody can make a second certificate
 * that those clients would trust. ECDSA P-256, X.509 v3 (RFC 5280), CERT_DAYS days.
 * One thread at a time.
 */
#ifndef CRYPT_CERT_H
#define CRYPT_CERT_H

#include "base/buf.h"
#include "base/err.h"

#define CERT_DAYS 825 /* the longest that all platforms accept for a server */

struct cert_set {
    struct buf ca;          /* PEM */
    struct buf certificate; /* PEM */
    struct buf key;         /* PEM, PKCS #8: wiped by cert_done() */
};

/* For the names of subjectAltName, "DNS:localhost,IP:127.0.0.1". Adds to empty bufs. */
enum err cert_make(const char *names, struct cert_set *out, struct error *e) MUST_CHECK;

/* Is the PEM text a certificate that is valid now and a day longer, for these names? */
bool cert_is_current(struct str pem, const char *names);

void cert_done(struct cert_set *c);

#endif
