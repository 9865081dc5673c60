#include "server/core.h"

#define REALM "/realms/api-keys"
#define OIDC  "/protocol/openid-connect"

static const struct route routes[] = {
    {"/graphql", FORM_GRAPHQL, ROUTE_GET | ROUTE_POST, "GET, HEAD, POST, OPTIONS", true,
     true, NULL},
    {REALM OIDC "/token", FORM_TOKEN, ROUTE_POST, "POST, OPTIONS", false, true,
     oidc_token},
    {"/auth" REALM OIDC "/token", FORM_TOKEN, ROUTE_POST, "POST, OPTIONS", false, true,
     oidc_token},
    {"/oauth/token", FORM_TOKEN, ROUTE_POST, "POST, OPTIONS", false, true, oidc_token},
    {REALM "/.well-known/openid-configuration", FORM_PLAIN, ROUTE_GET,
     "GET, HEAD, OPTIONS", false, true, oidc_discovery},
    {"/auth" REALM "/.well-known/openid-configuration", FORM_PLAIN, ROUTE_GET,
     "GET, HEAD, OPTIONS", false, true, oidc_discovery},
    {REALM OIDC "/certs", FORM_PLAIN, ROUTE_GET, "GET, HEAD, OPTIONS", false, true,
     oidc_keys},
    {"/auth" REALM OIDC "/certs", FORM_PLAIN, ROUTE_GET, "GET, HEAD, OPTIONS", false,
     true, oidc_keys},
    {"/_sandcast/health", FORM_CONTROL, ROUTE_GET, "GET, HEAD, OPTIONS", true, false,
     control_health},
    {"/_sandcast/reset", FORM_CONTROL, ROUTE_POST, "POST, OPTIONS", true, false,
     control_reset},
    {"/_sandcast/metrics", FORM_CONTROL, ROUTE_GET, "GET, HEAD, OPTIONS", true, false,
     control_metrics},
    {"/_sandcast/openapi.json", FORM_CONTROL, ROUTE_GET, "GET, HEAD, OPTIONS", true,
     false, control_describe},
};

/* Clients that join a base ending in a slash with a path send //graphql. */
const struct route *route_find(const char *url)
{
    struct str path = str_of(url);
    while (path.n > 1 && path.p[0] == '/' && path.p[1] == '/')
        path = str_from(path, 1);
    while (path.n > 1 && path.p[path.n - 1] == '/')
        path.n--;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (str_eq(path, str_of(routes[i].path)))
            return &routes[i];
    return NULL;
}
