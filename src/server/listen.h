/*
 * listen: sockets that clients connect to. Private to server/. One thread at a time.
 */
#ifndef SERVER_LISTEN_H
#define SERVER_LISTEN_H

#include <stdint.h>

#include "base/err.h"

#define LISTEN_BACKLOG 1024 /* a thousand clients that come at once */

/* Listens at a numeric address and port; 0 gives any, and `*port` says which. In use is
 * ERR_IO, what is no address ERR_USAGE. */
enum err listen_port(const char *address, uint16_t *port, int *out, struct error *e)
    MUST_CHECK;

/* Listens at a path, which only the user may open (0600). A socket there that nobody
 * answers is replaced; one that is answered is ERR_IO, anything else ERR_CANTCREATE. */
enum err listen_path(const char *path, int *out, struct error *e) MUST_CHECK;

#endif
