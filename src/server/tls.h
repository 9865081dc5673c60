/*
 * tls: the certificate that https is served with. Private to server/.
 *
 * Made by the process, or kept in a folder (0700) as ca.pem, server.pem, server.key
 * (0600), so that clients which trust the authority need not be told again. Without a
 * folder the authority's certificate lies in a private one of its own until the end.
 * One thread at a time.
 */
#ifndef SERVER_TLS_H
#define SERVER_TLS_H

#include "crypt/cert.h"

/* `names`: subjectAltName. `folder` NULL: in a new one, whose path is added to
 * `out_own`. The path of ca.pem is added to `out_ca_file`. */
enum err tls_certificate(const char *folder, const char *names, struct cert_set *out,
                         struct buf *out_own, struct buf *out_ca_file, struct error *e)
    MUST_CHECK;

/* Removes what was made in a folder of our own. */
void tls_forget(const char *own);

#endif
