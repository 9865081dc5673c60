"""What the tests of `serve` share: a server of their own, raw requests, TAP."""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SANITIZED = bool(os.environ.get("ASAN_OPTIONS") or os.environ.get("TSAN_OPTIONS"))
SLOW = 4 if SANITIZED else 1  # what a time limit of these tests is multiplied by

results = []


def ok(good, what, *why):
    results.append(bool(good))
    for line in why if not good else ():
        print(f"# {line}")
    print(f"{'ok' if good else 'not ok'} {len(results)} - {what}", flush=True)
    return good


def skip(what, why):
    results.append(True)
    print(f"ok {len(results)} - {what} # SKIP {why}", flush=True)


def end():
    print(f"1..{len(results)}")
    sys.exit(0 if all(results) and results else 1)


def is_whole(came):
    """Is there a response of a known length?"""
    head, mark, body = came.partition(b"\r\n\r\n")
    length = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(mark and length and len(body) >= int(length[0]))


class Server:
    """A process of `sandcast serve --blank --port 0 ARGUMENT...`, ready."""

    def __init__(self, program, *args, stack=None, what=("--blank",), wait=True):
        command = [program, "serve", *what, "--port", "0", *args]
        if stack:
            command = ["sh", "-c", f'ulimit -s {stack}; exec "$@"', "sh", *command]
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.errors)
        self.ready = json.loads(self.process.stdout.readline() or b"{}") if wait else {}
        self.base = self.ready.get("base_url", "")
        self.port = int(self.base.rsplit(":", 1)[1]) if self.base else 0

    def said(self):
        self.errors.seek(0)
        return self.errors.read().decode("utf-8", "replace")

    def stop(self, number=signal.SIGTERM):
        """Ends it; its status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.rest = self.process.stdout.read()
        self.process.stdout.close()
        return status

    def memory(self):
        """Resident bytes."""
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def ask(self, path, body=None, headers=(), method=None, timeout=20):
        """(status, headers, text); a body that is no bytes goes as JSON."""
        fields = dict(headers)
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            fields.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(self.base + path, body, fields, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=timeout) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers, answer.read().decode()

    def token(self, path="/realms/api-keys/protocol/openid-connect/token", **more):
        fields = {"grant_type": "client_credentials", "client_id": self.ready["client_id"],
                  "client_secret": self.ready["client_secret"], **more}
        return self.ask(path, {k: v for k, v in fields.items() if v is not None})

    def bearer(self):
        return json.loads(self.token()[2])["access_token"]

    def is_up(self):
        """Does it answer within a second?"""
        begin = time.monotonic()
        try:
            status = self.ask("/_sandcast/health", timeout=5 * SLOW)[0]
        except OSError as e:
            return f"health: {e}"
        took = time.monotonic() - begin
        return "" if status == 200 and took < SLOW else f"health: {status} in {took:.2f} s"

    def connect(self, timeout=20):
        s = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        return s

    def raw(self, *pieces, timeout=20, pause=0.0):
        """Sends bytes, reads until the server closes or nothing comes for a while: (status
        of the first response or 0, all that came)."""
        with self.connect(timeout) as s:
            try:
                for piece in pieces:
                    s.sendall(piece)
                    if pause:
                        time.sleep(pause)
            except OSError:
                pass
            came = b""
            try:
                while True:
                    piece = s.recv(65536)
                    if not piece:
                        break
                    came += piece
                    if is_whole(came):
                        s.settimeout(0.2 * SLOW)  # for what should not come
            except (TimeoutError, OSError):
                pass
        head = came.split(b"\r\n", 1)[0].split(b" ")
        return (int(head[1]) if len(head) > 1 and head[1].isdigit() else 0), came
