/*
 * serve_ready: what `serve` says once it listens, to a script and to a command of its
 * own.
 */
#ifndef CLI_SERVE_READY_H
#define CLI_SERVE_READY_H

#include "cli/serve_tenant.h"
#include "server/server.h"

struct serve_ready {
    const struct server *server;
    const struct serve_tenant *tenant;
    const char *environment;
};

/* Adds the one line of JSON, newline included. `access_token` is a bearer. */
void serve_ready_line(const struct serve_ready *r, struct str access_token,
                      struct buf *out);

/* Gives an environment as execve() takes it: ours, with ION_BASE_URL and so on for a
 * client of this server, whose bearer is `token`. Freed by serve_environment_free(). */
char **serve_environment(const struct serve_ready *r, const char *token);
void serve_environment_free(char **environment);

#endif
