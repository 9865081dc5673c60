/*
 * serve_tenant: what `serve` puts a server in front of.
 *
 * A snapshot is opened, or nothing (a blank tenant), and a handler made that answers
 * from it. The handler may be called by any number of threads until
 * serve_tenant_close().
 */
#ifndef CLI_SERVE_TENANT_H
#define CLI_SERVE_TENANT_H

#include "base/buf.h"
#include "base/err.h"
#include "server/server.h"

struct serve_tenant_options {
    const char *path; /* of the snapshot; NULL: a blank tenant */
    unsigned workers; /* threads that will call */
};

struct serve_tenant {
    struct server_handler handler;
    struct buf name; /* NUL-terminated */
    struct buf root; /* hex digits of the snapshot's root; empty: blank */
    const char *persistence;
    void *state;
};

enum err serve_tenant_open(const struct serve_tenant_options *o,
                           struct serve_tenant *out, struct error *e) MUST_CHECK;
void serve_tenant_close(struct serve_tenant *t);

#endif
