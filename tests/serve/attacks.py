#!/usr/bin/env python3
"""What HTTP may be attacked with: sizes, framing, slowness, foreign names. Prints TAP.

    attacks.py SANDCAST [STACK]

Each attack is answered as the table says, within a second where it is whole; the server
answers others meanwhile, and its memory stays bounded. STACK: kilobytes of `ulimit -s`.
SERVE_CONNECTIONS says how many slow clients there are (default: 1000).
"""
import concurrent.futures
import os
import resource
import socket
import sys
import time

sys.dont_write_bytecode = True
from kit import SANITIZED, SLOW, Server, end, ok  # noqa: E402

MB = 1 << 20
HOST = b"Host: localhost\r\n"
JSON = b"Content-Type: application/json\r\n"


def post(*headers, body=b"", target=b"/graphql", host=HOST):
    return b"POST " + target + b" HTTP/1.1\r\n" + host + b"".join(h + b"\r\n" for h in headers) + b"\r\n" + body


def sized(body, *headers):
    return post(b"Content-Length: %d" % len(body), b"Content-Type: application/json", *headers, body=body)


def whole(server, auth):
    """(name, expected statuses, pieces): requests that are there in full."""
    query = b'{"query":"{ __typename }"}'
    escaped = b'{"query":"{ __typename }","x":"'
    return [
        ("A16 a string of 10 MB", {413}, [sized(escaped + b"a" * (10 * MB) + b'"}', auth)]),
        ("A17 10 MB of commas", {413}, [sized(b'{"query":"' + b"," * (10 * MB) + b'"}', auth)]),
        ("A18 a comment of 5 MB", {200, 400}, [sized(b'{"query":"#' + b"c" * (5 * MB) + b'"}', auth)]),
        ("A19 64 MB", {413}, [post(b"Content-Length: %d" % (64 * MB), b"Content-Type: application/json", auth),
                              *[b" " * MB] * 64]),
        ("A19 64 MB in chunks", {413}, [post(b"Transfer-Encoding: chunked", b"Content-Type: application/json", auth),
                                       *[b"100000\r\n" + b" " * MB + b"\r\n"] * 64, b"0\r\n\r\n"]),
        ("A20 invalid UTF-8", {400, 200}, [sized(b'{"query":"\xff\xfe"}', auth)]),
        ("A20 NUL in the body", {400, 200}, [sized(b'{"query":"\x00"}', auth)]),
        ("A21 a byte-order mark", {400, 200}, [sized(b"\xef\xbb\xbf" + query, auth)]),
        ("A27 a form", {415}, [post(b"Content-Length: 7", b"Content-Type: application/x-www-form-urlencoded", auth,
                                    body=b"query=1")]),
        ("A28 text", {415}, [post(b"Content-Length: %d" % len(query), b"Content-Type: text/plain", auth, body=query)]),
        ("A28 no type", {415}, [post(b"Content-Length: %d" % len(query), auth, body=query)]),
        ("another charset", {415}, [post(b"Content-Length: %d" % len(query),
                                         b"Content-Type: application/json; charset=utf-16", auth, body=query)]),
        ("A29 Content-Length and Transfer-Encoding", {400},
         [post(b"Content-Length: 5", b"Transfer-Encoding: chunked", b"Content-Type: application/json", auth,
               body=b"0\r\n\r\nGET /_sandcast/health HTTP/1.1\r\n" + HOST + b"\r\n")]),
        ("A29 the other way round", {400},
         [post(b"Transfer-Encoding: chunked", b"Content-Length: 5", b"Content-Type: application/json", auth,
               body=b"0\r\n\r\nGET /_sandcast/health HTTP/1.1\r\n" + HOST + b"\r\n")]),
        ("A29 another transfer encoding", {400, 501},
         [post(b"Transfer-Encoding: gzip, chunked", b"Content-Type: application/json", auth, body=b"0\r\n\r\n")]),
        ("A29 two transfer encodings", {400},
         [post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", b"Content-Type: application/json",
               auth, body=b"0\r\n\r\n")]),
        ("A30 two lengths", {400}, [post(b"Content-Length: 2", b"Content-Length: 26", b"Content-Type: application/json",
                                         auth, body=query)]),
        ("A31 a negative length", {400}, [post(b"Content-Length: -1", auth, body=query)]),
        ("A31 a length with a sign", {400}, [post(b"Content-Length: +26", auth, body=query)]),
        ("A31 a length of no digits", {400}, [post(b"Content-Length: 0x1a", auth, body=query)]),
        ("A31 a length past 64 bits", {400, 413}, [post(b"Content-Length: 99999999999999999999999", auth, body=query)]),
        ("a forged length of 4 GB", {413}, [post(b"Content-Length: 4294967296", b"Content-Type: application/json",
                                               auth, body=query)]),
        ("A33 a chunk past 64 bits", {0, 400, 413},
         [post(b"Transfer-Encoding: chunked", b"Content-Type: application/json", auth,
               body=b"FFFFFFFFFFFFFFFFF\r\n" + query)]),
        ("A33 a chunk of 2^64-1", {0, 400, 413},
         [post(b"Transfer-Encoding: chunked", b"Content-Type: application/json", auth,
               body=b"FFFFFFFFFFFFFFFF\r\n" + query)]),
        ("A33 a chunk size that is none", {0, 400},
         [post(b"Transfer-Encoding: chunked", b"Content-Type: application/json", auth, body=b"xyz\r\n" + query)]),
        ("A34 a header of 1 MB", {400, 431}, [b"GET /_sandcast/health HTTP/1.1\r\n" + HOST + b"X: " + b"a" * MB +
                                            b"\r\n\r\n"]),
        ("A34 a request line of 1 MB", {400, 414, 431}, [b"GET /" + b"a" * MB + b" HTTP/1.1\r\n" + HOST + b"\r\n"]),
        ("A34 100,000 headers", {400, 431}, [b"GET /_sandcast/health HTTP/1.1\r\n" + HOST + b"a: b\r\n" * 100000 +
                                           b"\r\n"]),
        ("A36 no Host", {400}, [b"GET /_sandcast/health HTTP/1.1\r\n\r\n"]),
        ("A36 two Hosts", {400}, [b"GET /_sandcast/health HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n"]),
        ("A37 gzip", {415}, [sized(query, auth, b"Content-Encoding: gzip")]),
        ("not HTTP", {0, 400, 405, 505}, [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64 + b"\r\n\r\n"]),
        ("a body with GET", {200}, [b"GET /_sandcast/health HTTP/1.1\r\n" + HOST +
                                    b"Content-Length: 5\r\nConnection: close\r\n\r\nabcde"]),
        ("DELETE", {405}, [b"DELETE /graphql HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"]),
        ("a method of 8 KB", {400, 405, 431, 501}, [b"A" * 8192 + b" /graphql HTTP/1.1\r\n" + HOST +
                                               b"Connection: close\r\n\r\n"]),
    ]


def names(server):
    """Host and Origin."""
    def health(host, *more):
        return server.raw(b"GET /_sandcast/health HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n" +
                          b"".join(m + b"\r\n" for m in more) + b"\r\n", timeout=5 * SLOW)[0]
    for host in (b"localhost", b"LOCALHOST:1", b"127.0.0.1:80", b"127.9.9.9", b"[::1]:4000", b"[::1]"):
        ok(health(host) == 200, f"Host {host.decode()} is answered")
    for host in (b"evil.example", b"evil.example:4000", b"localhost.evil.example", b"127.0.0.1.evil.example",
                 b"10.0.0.1", b"[::2]", b"localhost:evil", b"localhost:", b"0x7f.1", b"2130706433", b"a" * 300,
                 b"localhost@evil.example", b"evil.example#localhost", b"user:localhost"):
        status = health(host)
        ok(status in (421, 400), f"A38 Host {host[:40].decode()} is not", status)
    own = b"http://127.0.0.1:%d" % server.port
    ok(health(b"127.0.0.1:%d" % server.port, b"Origin: " + own) == 200, "our own page may ask")
    for origin in (b"http://evil.example", b"null", b"http://localhost:1", b"https://127.0.0.1:%d" % server.port,
                   own + b".evil.example", own + b"0"):
        status = health(b"127.0.0.1:%d" % server.port, b"Origin: " + origin)
        ok(status == 403, f"A38 Origin {origin.decode()} may not", status)


def attack_whole(server):
    auth = b"Authorization: " + server.bearer().encode()
    base = server.memory()
    for name, expected, pieces in whole(server, auth):
        begin = time.monotonic()
        status, came = server.raw(*pieces, timeout=1.5 * SLOW)
        took = time.monotonic() - begin
        trouble = server.is_up()
        # A connection that stays open is read until the time is up.
        prompt = took < 3 * SLOW
        ok(status in expected and prompt and not trouble, name, f"{status} in {took:.2f} s; {trouble}", came[:200])
        ok(b"200 OK" not in came.split(b"\r\n\r\n", 1)[-1], f"{name}: nothing is smuggled")
    grown = server.memory() - base
    ok(SANITIZED or grown < 64 * MB, "memory is bounded", f"{grown / MB:.1f} MB more")


def held(server, first, piece, limit):
    """A connection that goes on too slowly: after how many seconds it is closed."""
    with server.connect(limit * 3 * SLOW) as s:
        s.sendall(first)
        begin = time.monotonic()
        s.settimeout(0.5)
        closed = None
        while time.monotonic() - begin < limit * 2 * SLOW + 2:
            try:
                if piece:
                    s.sendall(piece)
                if not s.recv(4096):
                    closed = time.monotonic() - begin
                    break
            except TimeoutError:
                continue
            except OSError:
                closed = time.monotonic() - begin
                break
    return closed


def slow(server):
    body = post(b"Content-Length: 1000000", JSON.strip(), b"Authorization: " + server.bearer().encode())
    rows = [("A35 a header a byte at a time", b"GET /_sandcast/health HTTP/1.1\r\n" + HOST, b"X", 5),
            ("A35 nothing at all", b"", b"", 5),
            ("A32 a length, and no body", body, b"", 10)]
    with concurrent.futures.ThreadPoolExecutor(len(rows)) as pool:
        closed = list(pool.map(lambda row: held(server, *row[1:]), rows))
    for (what, _, _, limit), seconds in zip(rows, closed):
        ok(seconds is not None and limit - 1 <= seconds <= limit * SLOW + 2, f"{what} ends after {limit} seconds",
           f"after {seconds}")


def many(server):
    count = int(os.environ.get("SERVE_CONNECTIONS", "1000"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 100
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
        count = min(count, hard - 100) if hard != resource.RLIM_INFINITY else count
    base = server.memory()
    open_ones, worst, trouble = [], 0.0, ""
    for i in range(count):
        try:
            s = socket.create_connection(("127.0.0.1", server.port), timeout=5)
            s.sendall(b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            open_ones.append(s)
        except OSError:
            pass
        if i % 100 == 99:
            begin = time.monotonic()
            trouble = trouble or server.is_up()
            worst = max(worst, time.monotonic() - begin)
    grown = server.memory() - base
    ok(len(open_ones) >= count * 9 // 10 and not trouble, f"{count} slow clients keep nobody out",
       f"{len(open_ones)} connected, health took up to {worst:.2f} s; {trouble}")
    ok(SANITIZED or grown < 64 * MB, "their memory is bounded", f"{grown / MB:.1f} MB more")
    for s in open_ones:
        s.close()


def main():
    program, stack = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    server = Server(program, stack=stack)
    ok(server.ready.get("ready"), "it is ready" + (f" with a stack of {stack} KB" if stack else ""), server.said())
    attack_whole(server)
    names(server)
    if not stack:
        many(server)
        slow(server)
    ok(not server.is_up(), "it still answers", server.is_up())
    status = server.stop()
    ok(status == 0, "and ends well", f"status {status}", server.said())
    end()


main()
