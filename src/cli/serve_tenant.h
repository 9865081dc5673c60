/*
 * serve_tenant: what `serve` puts a server in front of.
 *
 * A snapshot, an export, a database, an invented tenant or an empty one becomes the
 * image of a tenant (store/tenant.h), and a handler is made that answers from it. The
 * handler may be called by any number of threads until serve_tenant_close().
 */
#ifndef CLI_SERVE_TENANT_H
#define CLI_SERVE_TENANT_H

#include "base/buf.h"
#include "base/err.h"
#include "cli/command.h"
#include "cli/setup.h"
#include "server/server.h"

/* A request that takes longer is begun anew where it may take its time, so that it
 * stops no other. */
#define SERVE_SHORT 100000 /* µs */

struct serve_tenant_options {
    struct setup *setup; /* for an export: schema, entities, memory, temp */
    const char *path;    /* a snapshot, an export or a database; NULL: none of them */
    const char *db;      /* a database of the user's that is served and kept, or NULL */
    bool demo;           /* an invented tenant instead; else an empty one */
    uint64_t records;    /* of the invented one */
    bool raw;            /* what nobody scrubbed is let in */
    bool strict;         /* coercion by the book */
    const char
        *user; /* whom the key acts as: id or e-mail address; NULL: the first user */
};

struct serve_tenant {
    struct server_handler handler;
    struct buf name;   /* NUL-terminated */
    struct buf root;   /* hex digits of the snapshot's root; empty: there was none */
    const char *state; /* "scrubbed", "raw", "demo" or "blank" */
    const char *persistence; /* "memory" or "file" */
    struct serve_state *of;
};

enum err serve_tenant_open(const struct serve_tenant_options *o,
                           const struct common *common, struct serve_tenant *out,
                           struct error *e) MUST_CHECK;
void serve_tenant_close(struct serve_tenant *t);

/* The API of the schema in `setup` (loaded) as SDL. */
enum err serve_print_schema(struct setup *setup, bool json, struct error *e) MUST_CHECK;

#endif
