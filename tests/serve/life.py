#!/usr/bin/env python3
"""A server's life: readiness, ports, TLS, pages, control, a command, the end. Prints TAP.

    life.py SANDCAST [CONNECT.SO]

CONNECT.SO is preloaded: it ends a process that connects to a network.
"""
import concurrent.futures
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from kit import SANITIZED, SLOW, Server, end, ok, skip  # noqa: E402

FIELDS = ["ready", "base_url", "tls_url", "graphql", "token", "issuer", "auth_server", "console", "control",
          "client_id", "client_secret", "access_token", "tenant", "root", "state", "persistence", "environment", "ca_file", "pid", "version"]


def readiness(program):
    server = Server(program)
    r = server.ready
    ok(list(r) == FIELDS, "the line has its fields", list(r))
    ok(r["pid"] == server.process.pid and r["ready"] is True and r["ca_file"] is None, "they are right", r)
    ok(server.ask(r["graphql"][len(server.base):], {"query": "{__typename}"},
                  {"Authorization": server.bearer()})[0] == 200, "its addresses answer")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        taken = subprocess.run([program, "serve", "--blank", "--port", str(s.getsockname()[1])], capture_output=True,
                               text=True, timeout=60, check=False)
        ok(taken.returncode == 74 and taken.stdout == "" and "in use" in taken.stderr, "a port taken: exit 74", taken)
    for args in (["--port", "65536"], ["--jobs", "65"], ["--tls-dir", "x"], ["--environment", ""], ["a", "b"],
                 ["--listen", "localhost"]):
        bad = subprocess.run([program, "serve", "--blank", *args], capture_output=True, text=True, timeout=60,
                             check=False)
        ok(bad.returncode == 2 and bad.stdout == "", f"{' '.join(args)}: exit 2", bad)
    ok(server.stop() == 0 and server.rest == b"", "nothing else is on standard output", server.rest)


def paths(server):
    auth = {"Authorization": server.bearer()}
    for path in ("/graphql", "//graphql", "/graphql/", "///graphql//"):
        ok(server.ask(path, {"query": "{ __typename }"}, auth)[0] == 200, f"{path} answers")
    status, _, text = server.ask("/graphql?query=%7B__typename%7D", headers=auth)
    ok(status == 200 and json.loads(text) == {"data": {"__typename": "Query"}}, "GET asks, too", text)
    ok(server.ask("/graphql", b"", {**auth, "Content-Type": "application/json"})[0] == 400, "an empty body: 400")
    ok(server.ask("/graphql", {"x": 1}, auth)[0] == 400, "no query: 400")
    status, headers, text = server.ask("/nowhere")
    ok(status == 404 and "/graphql" in json.loads(text)["error"]["message"], "404 says where things are", text)
    for method, path, allowed in (("DELETE", "/graphql", "GET, HEAD, POST, OPTIONS"), ("GET", "/oauth/token", "POST"),
                                  ("POST", "/_sandcast/health", "GET")):
        status, headers, _ = server.ask(path, method=method)
        ok(status == 405 and headers["Allow"].startswith(allowed), f"{method} {path}: 405 with Allow", headers)
    status, headers, text = server.ask("/graphql", method="OPTIONS")
    ok(status == 204 and text == "" and "POST" in headers["Allow"], "OPTIONS", status)
    ok("Access-Control-Allow-Origin" not in headers, "no page may call unless told")
    status, headers, text = server.ask("/_sandcast/health", method="HEAD")
    ok(status == 200 and text == "" and int(headers["Content-Length"]) > 0, "HEAD", status, headers)


def control(server):
    health = json.loads(server.ask("/_sandcast/health")[2])
    ok(health["status"] == "ok" and health["environment"] == "sandbox", "health", health)
    described = json.loads(server.ask("/_sandcast/openapi.json")[2])
    answers = {}
    for path, methods in described["paths"].items():
        for method, what in methods.items():
            status, headers, text = server.ask(path, method=method.upper(),
                                               body=b"" if method == "post" else None)
            answers[f"{method} {path}"] = status
            kind = headers["Content-Type"].split(";")[0]
            content = what["responses"].get(str(status), {})
            ok(str(status) in what["responses"] and ("$ref" in content or kind in content["content"]),
               f"{method} {path} answers as it is described", status, kind)
    ok(server.ask("/_sandcast/reset", b"[", {"Content-Type": "application/json"})[0] == 400, "a broken reset: 400")
    ok(server.ask("/_sandcast/reset", {"al": True})[0] == 400, "an unknown member: 400")
    metrics = server.ask("/_sandcast/metrics")[2]
    lines = [line for line in metrics.splitlines() if not line.startswith("#")]
    ok(all(len(line.rsplit(" ", 1)) == 2 and line.rsplit(" ", 1)[1].isdigit() for line in lines) and
       'sandcast_requests_total{status="2xx"}' in metrics, "metrics", metrics)


def pages(program):
    server = Server(program, "--cors-origin", "http://app.example", "--allow-host", "sandbox.test")
    auth = {"Authorization": server.bearer(), "Origin": "http://app.example"}
    status, headers, _ = server.ask("/graphql", {"query": "{__typename}"}, auth)
    ok(status == 200 and headers["Access-Control-Allow-Origin"] == "http://app.example" and headers["Vary"] == "Origin",
       "a page that was named may call", status, headers)
    status, headers, _ = server.ask("/graphql", method="OPTIONS", headers={
        "Origin": "http://app.example", "Access-Control-Request-Method": "POST"})
    ok(status == 204 and "authorization" in headers["Access-Control-Allow-Headers"], "its preflight", status, headers)
    ok(server.ask("/graphql", {"query": "{__typename}"}, {**auth, "Origin": "http://b.example"})[0] == 403,
       "another one may not")
    ok(server.ask("/_sandcast/reset", b"", {"Origin": "http://app.example"})[0] == 403, "control is for no page")
    ok(server.ask("/_sandcast/health", headers={"Host": "sandbox.test:1"})[0] == 200, "--allow-host")
    ok(server.ask("/_sandcast/health", headers={"Host": "sandbox.tes"})[0] == 421, "no other")
    server.stop()


def tls(program):
    with tempfile.TemporaryDirectory() as folder:
        kept = os.path.join(folder, "tls")
        server = Server(program, "--tls", "--tls-port", "0", "--tls-dir", kept)
        r = server.ready
        modes = {n: stat.S_IMODE(os.stat(os.path.join(kept, n)).st_mode) for n in sorted(os.listdir(kept))}
        ok(modes == {"ca.pem": 0o600, "server.key": 0o600, "server.pem": 0o600} and
           stat.S_IMODE(os.stat(kept).st_mode) == 0o700, "what is kept is private", modes)
        code = ("import json,ssl,sys,urllib.request\n"
                "c = ssl.create_default_context(cafile=sys.argv[2])\n"
                "print(json.load(urllib.request.urlopen(sys.argv[1], context=c))['status'])\n")
        port = r["tls_url"].rsplit(":", 1)[1]
        for name in ("localhost", "127.0.0.1"):
            got = subprocess.run([sys.executable, "-c", code, f"https://{name}:{port}/_sandcast/health", r["ca_file"]],
                                 capture_output=True, text=True, timeout=60, check=False)
            ok(got.stdout == "ok\n", f"Python trusts {name} by ca_file", got.stderr)
        got = subprocess.run([sys.executable, "-c", "import sys, requests; print(requests.get(sys.argv[1]).status_code)",
                              f"https://localhost:{port}/_sandcast/health"], capture_output=True, text=True, timeout=60,
                             env={**os.environ, "REQUESTS_CA_BUNDLE": r["ca_file"]}, check=False)
        if "No module named 'requests'" in got.stderr:
            skip("requests trusts it by REQUESTS_CA_BUNDLE", "no requests")
        else:
            ok(got.stdout == "200\n", "requests trusts it by REQUESTS_CA_BUNDLE", got.stderr)
        node = shutil.which("node")
        if node:
            got = subprocess.run([node, "-e", "fetch(process.argv[1]).then(r => console.log(r.status), console.error)",
                                  f"https://localhost:{port}/_sandcast/health"], capture_output=True, text=True,
                                 timeout=60, env={**os.environ, "NODE_EXTRA_CA_CERTS": r["ca_file"]}, check=False)
            ok(got.stdout == "200\n", "node trusts it by NODE_EXTRA_CA_CERTS", got.stdout + got.stderr)
        else:
            skip("node trusts it by NODE_EXTRA_CA_CERTS", "no node")
        with open(r["ca_file"], "rb") as f:
            before = f.read()
        ok(server.stop() == 0, "it ends well", server.said())
        server = Server(program, "--tls", "--tls-port", "0", "--tls-dir", kept)
        with open(server.ready["ca_file"], "rb") as f:
            ok(f.read() == before, "the next run has the same authority")
        server.stop()
        os.chmod(kept, 0o755)
        bad = Server(program, "--tls", "--tls-port", "0", "--tls-dir", kept, wait=False)
        ok(bad.stop(0) == 65, "a folder that others may read: exit 65", bad.said())
    server = Server(program, "--tls", "--tls-port", "0")
    ca = server.ready["ca_file"]
    there = os.path.exists(ca)
    server.stop()
    ok(there and not os.path.exists(os.path.dirname(ca)), "without a folder nothing is left")


def stopping(program):
    body = b'{"query":"{ __typename }"}'
    server = Server(program)
    head = (b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: " +
            server.bearer().encode() + b"\r\nContent-Length: %d\r\n\r\n" % len(body))
    with server.connect() as s, server.connect() as idle:
        s.sendall(head + body[:5])
        time.sleep(0.3 * SLOW)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3 * SLOW)
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
            refused = False
        except OSError:
            refused = True
        s.sendall(body[5:])
        answer = s.recv(65536)
        ok(answer.startswith(b"HTTP/1.1 200") and b"__typename" in answer, "a request that runs is answered", answer)
        ok(refused, "no new one is taken")
        idle.close()
    ok(server.stop(0) == 0, "exit 0 after SIGTERM", server.said())

    server = Server(program)
    with server.connect() as s:
        s.sendall(head + body[:5])
        time.sleep(0.3 * SLOW)
        begin = time.monotonic()
        status = server.stop()
        took = time.monotonic() - begin
        ok(status == 0 and 4 < took < 7 * SLOW, "one that does not go on is cut after 5 seconds", status, took)

    server = Server(program)
    with server.connect() as s:
        s.sendall(head + body[:5])
        time.sleep(0.3 * SLOW)
        begin = time.monotonic()
        server.process.send_signal(signal.SIGINT)
        time.sleep(0.2 * SLOW)
        status = server.stop(signal.SIGTERM)
        ok(status == 143 and time.monotonic() - begin < 2 * SLOW, "a second signal ends at once", status)


def long_request(program):
    """One that would run for minutes keeps nobody waiting, and ends with the server."""
    server = Server(program, "--records", "20000", what=("--demo",))
    fields = " ".join(f"a{i}: parts(first: 1, filters: $f) {{ edges {{ node {{ id }} }} }}" for i in range(500))
    body = {"query": f"query($f: PartsInputFilters) {{ {fields} }}",
            "variables": {"f": {"or_": [{"description": {"ilike": "%" + "a%" * 40 + str(i)}} for i in range(400)]}}}
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(server.ask, "/graphql", body, {"Authorization": server.ready["access_token"]},
                             timeout=60)
        time.sleep(SLOW)
        ok(not answer.done() and not server.is_up(), "a long request keeps nobody waiting", server.is_up())
        begin = time.monotonic()
        ended = server.stop()
        took = time.monotonic() - begin
        ok(ended == 0 and took < 7 * SLOW, "the end does not wait for it", ended, took)
        ok(answer.result()[0] == 503, "and it is told so", answer.result())


def command(program):
    def run(*args, serve=()):
        return subprocess.run([program, "serve", "--blank", "--port", "0", *serve, "--", *args], capture_output=True,
                              text=True, timeout=60, check=False, env=usual)
    usual = {k: v for k, v in os.environ.items() if k not in ("REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")}
    code = ("import os, json, urllib.request as u\n"
            "q = u.Request(os.environ['ION_API_URI'], b'{\"query\":\"{ __typename }\"}',\n"
            "    {'Content-Type': 'application/json', 'Authorization': os.environ['ION_TOKEN']})\n"
            "print(u.urlopen(q).read().decode())\n"
            "t = u.Request(os.environ['ION_BASE_URL'] + '/oauth/token', json.dumps({'grant_type': 'client_credentials',\n"
            "    'client_id': os.environ['ION_CLIENT_ID'], 'client_secret': os.environ['ION_CLIENT_SECRET']}).encode(),\n"
            "    {'Content-Type': 'application/json'})\n"
            "print('access_token' in json.load(u.urlopen(t)), ':' in os.environ['ION_AUTH_SERVER'],\n"
            "      'REQUESTS_CA_BUNDLE' in os.environ)\n")
    got = run(sys.executable, "-c", code)
    ok(got.returncode == 0 and got.stdout == '{"data":{"__typename":"Query"}}\nTrue True False\n',
       "a command has what it needs in its environment", got)
    got = run("sh", "-c", 'test -f "$REQUESTS_CA_BUNDLE" && echo there', serve=("--tls", "--tls-port", "0"))
    ok(got.stdout == "there\n", "with TLS the authority, too", got)
    ok(run("sh", "-c", "exit 42").returncode == 42, "its status is ours")
    ok(run("sh", "-c", "kill -9 $$").returncode == 137, "also when a signal ends it")
    ok(run("/nowhere/at-all").returncode == 66, "what is no command: exit 66")
    ok(run("sh", "-c", "trap 'exit 7' PIPE; kill -PIPE $$; exit 8").returncode == 7, "its signals are as usual")
    p = subprocess.Popen([program, "serve", "--blank", "--port", "0", "--", "sh", "-c", "echo up; exec sleep 60"],
                         stderr=subprocess.DEVNULL, stdout=subprocess.PIPE)
    p.stdout.readline()
    p.send_signal(signal.SIGTERM)
    ok(p.wait(30) == 143, "SIGTERM ends it, too", p.returncode)
    p.stdout.close()


def local_socket(program):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "s")
        server = Server(program, "--socket", path)
        mode = stat.S_IMODE(os.stat(path).st_mode)
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(path)
            s.sendall(b"GET /_sandcast/health HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n")
            s.settimeout(5 * SLOW)
            answer = s.recv(65536)
        ok(answer.startswith(b"HTTP/1.1 200") and mode == 0o600, "a local socket answers its user", oct(mode), answer)
        second = Server(program, "--socket", path, wait=False)
        ok(second.stop(0) == 74, "one in use: exit 74", second.said())
        ok(server.stop() == 0 and not os.path.exists(path), "it is removed at the end", server.said())
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(path)
        third = Server(program, "--socket", path)
        ok(third.stop() == 0, "one that nobody answers is replaced", third.said())


def no_connection(program, preload):
    if not preload or SANITIZED:
        skip("no connection goes out", "sanitizers come first" if preload else "no library to preload")
        return
    os.environ["LD_PRELOAD"] = preload
    try:
        canary = subprocess.run([sys.executable, "-c", "import socket; socket.create_connection(('127.0.0.1', 9))"],
                                capture_output=True, text=True, check=False)
        server = Server(program, "--tls", "--tls-port", "0")
    finally:
        del os.environ["LD_PRELOAD"]
    auth = {"Authorization": server.bearer()}
    server.ask("/graphql", {"query": "{ __typename }"}, auth)
    server.ask("/_sandcast/reset", b"")
    server.ask("/realms/api-keys/.well-known/openid-configuration")
    status = server.stop()
    ok("OUTGOING" in canary.stderr and status == 0 and "OUTGOING" not in server.said(), "no connection goes out",
       canary.stderr, server.said())


def log(program):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log")
        server = Server(program, "--log", path)
        bearer = server.bearer()
        server.ask("/graphql?query=Canary", headers={"Authorization": bearer})
        server.ask("/Canary")
        server.stop()
        with open(path, encoding="utf-8") as f:
            lines = f.read().splitlines()
        # In the order in which they ended: the last byte is sent before that is known.
        ok(sorted(line.split()[:3] for line in lines) == [
            ["GET", "-", "404"], ["GET", "/graphql", "200"],
            ["POST", "/realms/api-keys/protocol/openid-connect/token", "200"]] and "Canary" not in "".join(lines), "a line for each request, without its values", lines)


def main():
    program, preload = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    readiness(program)
    server = Server(program)
    paths(server)
    control(server)
    ok(server.stop() == 0, "it ends well", server.said())
    pages(program)
    tls(program)
    stopping(program)
    long_request(program)
    command(program)
    local_socket(program)
    no_connection(program, preload)
    log(program)
    end()


main()
