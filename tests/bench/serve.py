"""See serve.sh."""
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import urllib.request

BUILD = sys.argv[1]
RUNS = int(os.environ.get("SERVE_RUNS", "5"))
SECONDS = os.environ.get("SERVE_SECONDS", "3")
JOBS = os.environ.get("SERVE_JOBS", "2")
CLIENTS = os.environ.get("SERVE_CLIENTS", "32")
BENCH = os.path.join(BUILD, "tests/bench/bench_serve")
SANDCAST = os.path.join(BUILD, "src/cli/sandcast")

POST = """wrk.method = "POST"
wrk.body = '{"query":"{ __typename }"}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "%s"
"""


def bench(mode):
    p = subprocess.Popen([BENCH, mode, JOBS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port, token = p.stdout.readline().split()
    return p, f"http://127.0.0.1:{port}/graphql", "Bearer " + token


def program():
    p = subprocess.Popen([SANDCAST, "serve", "--blank", "--port", "0", "--jobs", JOBS, "-q"], stdout=subprocess.PIPE,
                         text=True)
    ready = json.loads(p.stdout.readline())
    body = json.dumps({"grant_type": "client_credentials", "client_id": ready["client_id"],
                       "client_secret": ready["client_secret"]}).encode()
    request = urllib.request.Request(ready["token"], body, {"Content-Type": "application/json"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        token = json.load(answer)["access_token"]
    return p, ready["graphql"], "Bearer " + token


def cpu(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(start, script, path=None):
    """(requests per second, µs of the server's CPU a request)"""
    process, url, token = start()
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as f:
        if script:
            f.write(script % token)
            f.flush()
        if path:
            url = url.rsplit("/graphql", 1)[0] + path
        command = ["wrk", "-t1", "-c", CLIENTS, "-d", SECONDS + "s", *(["-s", f.name] if script else []), url]
        before = cpu(process.pid)
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        used = cpu(process.pid) - before
    process.send_signal(signal.SIGTERM)
    process.wait()
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"not all were answered: {said}")
    requests = int(re.search(r"(\d+) requests in", said)[1])
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", said)[1]), used / requests * 1e6


ROWS = [("T: libmicrohttpd alone, 31 bytes", lambda: bench("bare"), POST, None),
        ("the server, a handler of 31 bytes", lambda: bench("server"), POST, None),
        ("`/_sandcast/health`", program, None, "/_sandcast/health"),
        ("`{ __typename }`", program, POST, None)]


def main():
    turns = [[measure(*row[1:]) for row in ROWS] for _ in range(RUNS)]
    print(f"{os.cpu_count()} CPUs, {JOBS} threads, {CLIENTS} connections, {RUNS} turns of {SECONDS} s\n")
    print("| what | requests/s | of T | CPU µs a request |\n|---|---|---|---|")
    for i, row in enumerate(ROWS):
        rates = [turn[i][0] for turn in turns]
        ratios = [turn[i][0] / turn[0][0] for turn in turns]
        print(f"| {row[0]} | {statistics.median(rates):,.0f} | {statistics.median(ratios):.2f} "
              f"({min(ratios):.2f}–{max(ratios):.2f}) | {statistics.median(turn[i][1] for turn in turns):.1f} |")


main()
