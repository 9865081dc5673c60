#include "server/host.h"

#include <arpa/inet.h>
#include <strings.h>

static bool is_same(struct str a, struct str b)
{
    return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

/* Takes `:port` off the end; false when what is behind the colon is none. */
static bool cut_port(struct str *host)
{
    size_t at = host->n;
    while (at > 0 && host->p[at - 1] >= '0' && host->p[at - 1] <= '9')
        at--;
    if (at == 0 || host->p[at - 1] != ':')
        return at == 0 || !memchr(host->p, ':', host->n) || host->p[host->n - 1] == ']';
    if (host->n == at || host->n - at > 5)
        return false;
    host->n = at - 1;
    return true;
}

/* 127.0.0.0/8 in four decimals, or [::1] in any spelling. */
static bool is_loopback(struct str host)
{
    char text[INET6_ADDRSTRLEN];
    struct in_addr four;
    struct in6_addr six;
    bool brackets = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    if (brackets)
        host = str_n(host.p + 1, host.n - 2);
    if (host.n >= sizeof text)
        return false;
    memcpy(text, host.p, host.n);
    text[host.n] = 0;
    if (brackets)
        return inet_pton(AF_INET6, text, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
    return inet_pton(AF_INET, text, &four) == 1 && ntohl(four.s_addr) >> 24 == 127;
}

bool host_is_allowed(struct str host, const struct server_names *also)
{
    if (host.n == 0 || host.n > HOST_SIZE || !cut_port(&host) || host.n == 0)
        return false;
    if (is_same(host, STR("localhost")) || is_loopback(host))
        return true;
    for (size_t i = 0; i < also->n; i++)
        if (is_same(host, str_of(also->items[i])))
            return true;
    return false;
}

bool origin_is_same(struct str origin, struct str host, bool tls)
{
    struct str scheme = tls ? STR("https://") : STR("http://");
    return str_starts(origin, scheme) && is_same(str_from(origin, scheme.n), host);
}

bool origin_is_allowed(struct str origin, const struct server_names *origins)
{
    for (size_t i = 0; i < origins->n; i++)
        if (strcmp(origins->items[i], "*") == 0 ||
            is_same(origin, str_of(origins->items[i])))
            return true;
    return false;
}
