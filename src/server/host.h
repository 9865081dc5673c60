/*
 * host: by which names the server may be called, and by whose pages.
 *
 * A web page can make a browser ask any address, this machine's too, under a name that
 * the page's owner lets point here. Such a request names that host: only localhost,
 * loopback addresses and what the user allowed are answered. A page of another origin
 * is told apart by the Origin header that browsers add. Pure; any thread.
 */
#ifndef SERVER_HOST_H
#define SERVER_HOST_H

#include "base/str.h"
#include "server/server.h"

#define HOST_SIZE 255u /* bytes: RFC 1035's longest name is shorter */

/* May the value of a Host header be answered? Name and port, of which any goes. */
bool host_is_allowed(struct str host, const struct server_names *also);

/* Is the Origin header that of a page of ours (scheme://HOST, as the Host header has
 * it)? `tls`: the connection is. */
bool origin_is_same(struct str origin, struct str host, bool tls);

/* Is it among those that the user named, or did the user name "*"? */
bool origin_is_allowed(struct str origin, const struct server_names *origins);

#endif
