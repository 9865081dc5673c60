#!/usr/bin/env python3
"""Speaks as ION's public clients do: the same addresses, bodies, headers and loops. Prints TAP.

    ion_clients.py SANDCAST

They hard-wire https and the token endpoint's path, and differ in all else: form or JSON, an
`audience` or none, the token bare or behind Bearer or Token, `after: ""` on the first page,
arrays of requests, `variables: ""`, a base address with or without a slash at its end.
"""
import json
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request

sys.dont_write_bytecode = True
from kit import Server, end, ok  # noqa: E402

PAGE = """query Parts($first: Int, $after: String) {
  parts(first: $first, after: $after, sort: [{id: {ascending: true}}]) {
    edges { node { id partNumber revision } cursor }
    pageInfo { hasNextPage endCursor totalCount }
  }
}"""
# Without a sort: the order of the key.
PLAIN = PAGE.replace(", sort: [{id: {ascending: true}}]", "")


class Client:
    """What all of them have: an environment, and nothing else of us."""

    def __init__(self, environment):
        self.environment = environment
        context = ssl.create_default_context(cafile=environment["REQUESTS_CA_BUNDLE"])
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                                  urllib.request.HTTPSHandler(context=context))

    def post(self, url, body, headers):
        request = urllib.request.Request(url, body, headers)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, json.load(answer)

    def form_token(self, path, **more):
        fields = {"grant_type": "client_credentials", "client_id": self.environment["ION_CLIENT_ID"],
                  "client_secret": self.environment["ION_CLIENT_SECRET"], **more}
        return self.post(f"https://{self.environment['ION_AUTH_SERVER']}{path}/protocol/openid-connect/token",
                         urllib.parse.urlencode(fields).encode(),
                         {"Content-Type": "application/x-www-form-urlencoded"})

    def json_token(self):
        body = {"client_id": self.environment["ION_CLIENT_ID"],
                "client_secret": self.environment["ION_CLIENT_SECRET"],
                "audience": self.environment["BASE"], "grant_type": "client_credentials"}
        return self.post(f"https://{self.environment['ION_AUTH_SERVER']}/oauth/token", json.dumps(body).encode(),
                         {"Content-Type": "application/json"})

    def graphql(self, authorization, body, base=None):
        url = urllib.parse.urljoin(base or self.environment["BASE"], "graphql")
        return self.post(url, json.dumps(body).encode(),
                         {"Content-Type": "application/json", "Authorization": authorization})


def examples(client):
    """A script: a form with `audience`, the token bare, the first page after ""."""
    status, body = client.form_token("/realms/api-keys", audience=client.environment["BASE"])
    ok(status == 200, "a script gets a token", status, body)
    token, seen, after = body["access_token"], [], ""
    for _ in range(1000):
        status, body = client.graphql(token, {"query": PLAIN, "variables": {"first": 100, "after": after}})
        if status != 200 or body.get("errors"):
            ok(False, "it reads a page", status, body)
            return []
        page = body["data"]["parts"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    ok(len(seen) == len(set(seen)) == page["pageInfo"]["totalCount"] > 0, "it reads all parts, each once",
       len(seen), len(set(seen)), page["pageInfo"])
    return seen


def importer(client):
    """The old importers: JSON, an array of requests, variables that are ""."""
    status, body = client.json_token()
    ok(status == 200, "an importer gets a token", status, body)
    token = body["access_token"]
    queries = [{"query": PLAIN, "variables": {"first": n}} for n in (1, 2, 3)]
    status, body = client.graphql(token, queries)
    ok(status == 200 and isinstance(body, list) and [len(b["data"]["parts"]["edges"]) for b in body] == [1, 2, 3],
       "an array of requests is answered in its order", status, body)
    broken = [queries[0], {"query": "{ nothing }"}, queries[1]]
    status, body = client.graphql(token, broken)
    ok(status == 200 and "data" in body[0] and "errors" in body[1] and "data" in body[2],
       "one that fails leaves the others", status, body)
    for variables in ("", None, {}):
        status, body = client.graphql(token, {"query": "{ suppliers(first: 2) { edges { node { id } } } }",
                                              "variables": variables})
        ok(status == 200 and "errors" not in body and len(body["data"]["suppliers"]["edges"]) == 2,
           f"variables: {json.dumps(variables)}", status, body)


def connector(client, expected):
    """A connector: the older path, Bearer, totals compared with what came."""
    status, body = client.form_token("/auth/realms/api-keys")
    ok(status == 200, "a connector gets a token", status, body)
    bearer = "Bearer " + body["access_token"]
    status, body = client.graphql(bearer, {"query": PLAIN, "operationName": "Parts", "variables": {"first": 1000000}})
    seen = [edge["node"]["id"] for edge in body["data"]["parts"]["edges"]]
    ok(status == 200 and seen == expected, "it reads at once what others read by pages", len(seen), len(expected))
    for header in (bearer.replace("Bearer", "Token"), bearer[7:]):
        ok(client.graphql(header, {"query": "{ __typename }"})[1] == {"data": {"__typename": "Query"}},
           f"'{header.split(' ')[0][:6]}' is taken")
    for base in (client.environment["BASE"].rstrip("/"), client.environment["BASE"].rstrip("/") + "/",
                 client.environment["BASE"].rstrip("/") + "//"):
        ok(client.graphql(bearer, {"query": "{ __typename }"}, base)[0] == 200, f"{base.split(':')[-1]} as a base")


def others(client):
    """What each of them sees when something is wrong."""
    status, body = client.form_token("/realms/api-keys", client_secret="x")
    ok(status == 401 and body["error"] == "invalid_client", "a wrong secret", status, body)
    status, body = client.graphql("Bearer x", {"query": "{ __typename }"})
    ok(status == 401 and body["errors"], "a wrong token", status, body)
    token = client.form_token("/realms/api-keys")[1]["access_token"]
    status, body = client.graphql(token, {"query": "{ parts { edges { node { nosuch } } } }"})
    ok(status == 200 and body["errors"][0]["message"] and not body.get("data"), "an unknown field: 200 and errors",
       status, body)
    status, body = client.graphql(token, {"query": "query { me { id } }"})
    ok(status == 200 and "errors" not in body and "me" in body["data"], "who am I", status, body)


def main():
    server = Server(sys.argv[1], "--records", "3000", "--tls", "--tls-port", "0", what=("--demo",))
    ok(server.ready.get("ready"), "a demo tenant is served", server.said())
    r = server.ready
    client = Client({"ION_AUTH_SERVER": r["auth_server"], "ION_CLIENT_ID": r["client_id"],
                     "ION_CLIENT_SECRET": r["client_secret"], "REQUESTS_CA_BUNDLE": r["ca_file"],
                     "BASE": r["tls_url"]})
    parts = examples(client)
    importer(client)
    connector(client, parts)
    others(client)
    ok(server.stop() == 0, "it ends well", server.said())
    end()


main()
