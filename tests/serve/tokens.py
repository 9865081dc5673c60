#!/usr/bin/env python3
"""Who gets a token, what a token is good for, and what every other one gets. Prints TAP.

    tokens.py SANDCAST
"""
import base64
import hashlib
import hmac
import json
import os
import stat
import sys
import tempfile
import urllib.parse

sys.dont_write_bytecode = True
from kit import Server, end, ok  # noqa: E402

PATHS = ("/realms/api-keys/protocol/openid-connect/token",
         "/auth/realms/api-keys/protocol/openid-connect/token",
         "/oauth/token")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def typename(server, authorization):
    headers = {"Authorization": authorization} if authorization is not None else {}
    return server.ask("/graphql", {"query": "{ __typename }"}, headers)


def given(server):
    r = server.ready
    good = {"grant_type": "client_credentials", "client_id": r["client_id"], "client_secret": r["client_secret"]}
    basic = "Basic " + base64.b64encode(f"{r['client_id']}:{r['client_secret']}".encode()).decode()
    form = urllib.parse.urlencode({**good, "audience": "https://example.com"}).encode()
    alone = urllib.parse.urlencode({"grant_type": "client_credentials"}).encode()
    for path in PATHS:
        for what, answer in (
                ("a form", server.ask(path, form, FORM)),
                ("JSON", server.ask(path, {**good, "audience": "x", "scope": "openid"})),
                ("Basic", server.ask(path, alone, {**FORM, "Authorization": basic})),
                ("Basic and JSON", server.ask(path, {"grant_type": "client_credentials"}, {"Authorization": basic}))):
            status, headers, text = answer
            body = json.loads(text)
            rest = {k: v for k, v in body.items() if k != "access_token"}
            ok(status == 200 and headers["Content-Type"].startswith("application/json") and
               headers["Cache-Control"] == "no-store" and
               rest == {"expires_in": 3600, "refresh_expires_in": 0, "token_type": "Bearer", "not-before-policy": 0,
                        "scope": "profile email"}, f"{path} gives a token for {what}", status, text)
            ok(typename(server, "Bearer " + body.get("access_token", ""))[0] == 200, f"{path}: {what}: it is good")


def refused(server):
    r = server.ready
    path = PATHS[0]
    good = {"grant_type": "client_credentials", "client_id": r["client_id"], "client_secret": r["client_secret"]}
    rows = [
        ("another secret", {**good, "client_secret": "x"}, 401, "invalid_client"),
        ("no secret", {k: good[k] for k in ("grant_type", "client_id")}, 401, "invalid_client"),
        ("an empty secret", {**good, "client_secret": ""}, 401, "invalid_client"),
        ("another client", {**good, "client_id": "x"}, 401, "invalid_client"),
        ("another grant", {**good, "grant_type": "password"}, 400, "unsupported_grant_type"),
        ("no grant", {k: good[k] for k in ("client_id", "client_secret")}, 400, "invalid_request"),
        ("a secret that is no text", {**good, "client_secret": 1}, 401, "invalid_client"),
    ]
    for what, body, status, code in rows:
        got = server.ask(path, body)
        ok(got[0] == status and json.loads(got[2])["error"] == code, f"{what}: {status} {code}", *got)
        ok(r["client_secret"] not in got[2], f"{what}: no secret in the answer")
    for what, body, headers, status in (
            ("no JSON", b"{", {"Content-Type": "application/json"}, 400),
            ("an array", b"[]", {"Content-Type": "application/json"}, 400),
            ("half a percent", b"grant_type=%4", FORM, 400),
            ("nothing", b"", FORM, 400),
            ("text", b"grant_type=client_credentials", {"Content-Type": "text/plain"}, 415),
            ("Basic of nothing", b"grant_type=client_credentials", {**FORM, "Authorization": "Basic !!"}, 400),
            ("Basic without a colon", b"grant_type=client_credentials", {**FORM, "Authorization": "Basic YWJj"}, 400)):
        got = server.ask(path, body, headers)
        ok(got[0] == status, f"{what}: {status}", *got)
    ok(server.ask(path)[0] == 405, "GET is refused")


def forged(server, other):
    token = server.bearer()
    head, claims, signature = token.split(".")
    claims_read = json.loads(decode(claims))
    ok(claims_read["iss"] == server.ready["issuer"] and claims_read["exp"] - claims_read["iat"] == 3600 and
       claims_read["environment"] == "sandbox", "a token says who gave it, and where it is good", claims_read)
    for scheme in ("Bearer ", "bearer ", "Token ", "", "Bearer   "):
        ok(typename(server, scheme + token)[0] == 200, f"'{scheme}' in front of a token is taken")

    jwks = json.loads(server.ask("/realms/api-keys/protocol/openid-connect/certs")[2])["keys"]
    kid = json.loads(decode(head))["kid"]
    ok([k["kid"] for k in jwks] == [kid] and jwks[0]["alg"] == "RS256" and jwks[0]["use"] == "sig" and
       "d" not in jwks[0], "the key set has the public key", jwks)

    def remade(header, key=None, body=None):
        text = encode(json.dumps(header).encode()) + "." + (body or claims)
        return text + "." + (encode(hmac.new(key, text.encode(), hashlib.sha256).digest()) if key is not None else "")

    modulus = decode(jwks[0]["n"])
    longer = encode(json.dumps({**claims_read, "exp": 9999999999}).encode())
    rows = [
        ("nothing", None), ("an empty one", ""), ("Bearer alone", "Bearer "), ("garbage", "Bearer x"),
        ("points", ".."), ("many points", "." * 1000), ("base64 of nothing", "Bearer e30.e30.e30"),
        ("alg none", remade({"alg": "none", "typ": "JWT"})),
        ("alg None with our kid", remade({"alg": "None", "typ": "JWT", "kid": kid})),
        ("HS256 with the modulus", remade({"alg": "HS256", "typ": "JWT", "kid": kid}, modulus)),
        ("HS256 with the key set", remade({"alg": "HS256", "typ": "JWT", "kid": kid}, json.dumps(jwks[0]).encode())),
        ("another kid", remade({"alg": "RS256", "typ": "JWT", "kid": "x"}) + signature),
        ("a jku", remade({"alg": "RS256", "typ": "JWT", "kid": kid, "jku": server.base + "/x"}) + signature),
        ("no signature", f"{head}.{claims}."), ("a short signature", token[:-10]),
        ("a longer signature", token + "AAAA"), ("no third part", f"{head}.{claims}"),
        ("other claims", f"{head}.{longer}.{signature}"),
        ("one bit of the signature", f"{head}.{claims}." + ("B" if signature[0] == "A" else "A") + signature[1:]),
        ("a cut token", token[:len(token) // 2]), ("one with a part more", token + ".x"),
        ("64 KB", "Bearer " + "a" * 30000), ("another sandbox's", "Bearer " + other.bearer()),
        ("Basic", "Basic " + base64.b64encode(b"a:b").decode()), ("two tokens", f"Bearer {token} {token}"),
        ("the client's secret", server.ready["client_secret"]),
    ]
    for what, value in rows:
        # A server of 20 failures a minute says 429 from then on: 401 to each first one.
        status, headers, text = typename(server, value)
        ok(status in (401, 429) and (value is None or len(value) < 8 or value[-30:] not in text), f"{what} is refused",
           status, text)
        if status == 401:
            error = json.loads(text)["errors"][0]
            ok(headers["WWW-Authenticate"] == "Bearer" and error["extensions"] == {
                "code": "UNAUTHENTICATED", "environment": "sandbox"} and "sandbox" in error["message"] and
               PATHS[0] in error["message"], f"{what}: the refusal says where, and how to get one", text)
        else:
            ok(headers["Retry-After"] == "60", f"{what}: told to wait", headers)
    ok(typename(server, token)[0] == 200, "a good token is taken all the while")


def throttled(program):
    server = Server(program)
    codes = [server.token(client_secret="x")[0] for _ in range(22)]
    ok(codes == [401] * 20 + [429] * 2, "20 wrong secrets in a minute, then 429", codes)
    status, headers, _ = server.token(client_secret="x")
    ok(status == 429 and headers["Retry-After"] == "60", "with Retry-After", status)
    ok(server.token()[0] == 429, "the right one waits, too: else guesses would go on")
    ok(server.token(client_id="other")[0] == 401, "another client does not")
    server.stop()


def files(program):
    with tempfile.TemporaryDirectory() as folder:
        key, fixed, admin = (os.path.join(folder, n) for n in ("key.json", "token", "admin"))
        for path, text in ((fixed, "a-fixed-token\n"), (admin, "an-admin-token\n")):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as f:
                f.write(text)
        demo = ("--demo", "--records", "300")
        server = Server(program, what=demo)
        users = json.loads(server.ask("/graphql", {"query": "{ users(first: 2) { edges { node { id } } } }"}, {
            "Authorization": server.ready["access_token"]})[2])
        user = str(users["data"]["users"]["edges"][0]["node"]["id"])
        server.stop()
        args = ("--api-key-file", key, "--token-file", fixed, "--admin-token-file", admin, "--environment", "b",
                "--as", user, "--role", "read-only")
        first = Server(program, *args, what=demo)
        ok(stat.S_IMODE(os.stat(key).st_mode) == 0o600, "the key file is made with mode 0600")
        ok(typename(first, "a-fixed-token")[0] == 200 and typename(first, "Bearer a-fixed-token")[0] == 200 and
           typename(first, "a-fixed-toke")[0] == 401, "a fixed token is taken, nothing shorter")
        claims = json.loads(decode(first.bearer().split(".")[1]))
        ok((claims["user"], claims["role"], claims["environment"]) == (user, "read-only", "b"), "claims", claims)
        health = [first.ask("/_sandcast/health", headers=h)[0] for h in (
            {}, {"Authorization": "Bearer a-fixed-token"}, {"Authorization": "Bearer an-admin-token"})]
        ok(health == [401, 401, 200], "the admin token guards control", health)
        first.stop()
        second = Server(program, *args, what=demo)
        ok(second.ready["client_secret"] == first.ready["client_secret"], "the key file is read the next time")
        second.stop()
        for what, mode, text in (("others may read", 0o644, None), ("no key is in", 0o600, "{}"),
                                 ("no JSON is in", 0o600, "x"), ("is too long", 0o600, " " * 20000)):
            os.chmod(key, mode)
            if text is not None:
                with open(key, "w", encoding="ascii") as f:
                    f.write(text)
            bad = Server(program, "--api-key-file", key, wait=False)
            status = bad.stop(0)
            ok(status == 65 and first.ready["client_secret"] not in bad.said(), f"a key file that {what}: exit 65",
               status, bad.said())
        gone = Server(program, "--token-file", os.path.join(folder, "none"), wait=False)
        ok(gone.stop(0) == 66, "a token file that is not there: exit 66", gone.said())


def main():
    program = sys.argv[1]
    server, other = Server(program), Server(program)
    given(server)
    refused(server)
    server.stop()
    server = Server(program)  # whose failures are not counted yet
    forged(server, other)
    for path in ("/realms/api-keys", "/auth/realms/api-keys"):
        found = json.loads(server.ask(path + "/.well-known/openid-configuration")[2])
        issuer = server.base + path
        ok(found["issuer"] == issuer and found["jwks_uri"] == issuer + "/protocol/openid-connect/certs" and
           found["token_endpoint"] == issuer + "/protocol/openid-connect/token", f"discovery of {path}", found)
        token = json.loads(server.token(path + "/protocol/openid-connect/token")[2])["access_token"]
        ok(json.loads(decode(token.split(".")[1]))["iss"] == issuer, f"the issuer of {path} is that", token)
    said = server.said() + other.said()
    ok(server.ready["client_secret"] not in said, "no secret on standard error")
    for s in (server, other):
        ok(s.stop() == 0, "it ends well", s.said())
    throttled(program)
    files(program)
    end()


main()
