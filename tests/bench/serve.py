"""See serve.sh."""
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

BUILD = os.path.realpath(sys.argv[1])
RUNS = int(os.environ.get("SERVE_RUNS", "5"))
SECONDS = os.environ.get("SERVE_SECONDS", "3")
JOBS = os.environ.get("SERVE_JOBS", "2")
CLIENTS = os.environ.get("SERVE_CLIENTS", "32")
BENCH = os.path.join(BUILD, "tests/bench/bench_serve")
ANSWER = os.path.join(BUILD, "tests/exec/answer")
SANDCAST = os.path.join(BUILD, "src/cli/sandcast")
NODE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "peers", "serve.js")
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

POST = """wrk.method = "POST"
wrk.body = %s
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = %s
"""
# Every document is another one, by an alias.
UNIQUE = POST + """
local n = 0
request = function()
  n = n + 1
  return wrk.format(nil, nil, nil, (wrk.body:gsub("ALIAS", "a" .. n)))
end
"""

TYPENAME = json.dumps({"query": "{ __typename }"})
POINT = json.dumps({"query": "query ($id: ID!) { part(id: $id) { id partNumber revision description _etag } }",
                    "variables": {"id": 7}})
PAGE = json.dumps({"query": "{ parts(first: 20) { edges { cursor node { id partNumber revision description } } "
                            "pageInfo { hasNextPage hasPreviousPage startCursor endCursor count } } }"})
LARGE = json.dumps({"query": "{ runSteps(first: 1220) { edges { node { id title status } } } }"})
ALIASED = json.dumps({"query": "query ($id: ID!) { ALIAS: part(id: $id) { id partNumber revision description _etag } }",
                      "variables": {"id": 7}})


def bench(mode):
    p = subprocess.Popen([BENCH, mode, JOBS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port, token = p.stdout.readline().split()
    return p, f"http://127.0.0.1:{port}/graphql", "Bearer " + token


def program(*what):
    p = subprocess.Popen([SANDCAST, "serve", *what, "--port", "0", "--jobs", JOBS, "-q"], stdout=subprocess.PIPE, text=True)
    ready = json.loads(p.stdout.readline())
    return p, ready["graphql"], "Bearer " + ready["access_token"]


def node():
    p = subprocess.Popen(["node", NODE, os.environ["SANDCAST_NPM"]], stdout=subprocess.PIPE, text=True)
    return p, f"http://127.0.0.1:{p.stdout.readline().strip()}/graphql", "none"


def ask(url, token, body):
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json", "Authorization": token})
    with OPENER.open(request) as answer:
        return answer.read()


def cpu(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def end(process):
    process.send_signal(signal.SIGTERM)
    process.wait()


def measure(start, script, body, path=None):
    """(requests per second, µs of the server's CPU a request, bytes of an answer)"""
    process, url, token = start()
    size = len(ask(url, token, body.replace("ALIAS", "a"))) if body else 0
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as f:
        if script:
            f.write(script % ("[[" + body + "]]", '"' + token + '"'))
            f.flush()
        if path:
            url = url.rsplit("/graphql", 1)[0] + path
        command = ["wrk", "-t1", "-c", CLIENTS, "-d", SECONDS + "s", *(["-s", f.name] if script else []), url]
        before = cpu(process.pid)
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        used = cpu(process.pid) - before
    end(process)
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"not all were answered: {said}")
    requests = int(re.search(r"(\d+) requests in", said)[1])
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", said)[1]), used / requests * 1e6, size


def in_process(database, body):
    """H: µs of CPU a request in a loop without HTTP, the start taken off."""
    times = []
    for n in 20, 2020:
        before = os.times()
        subprocess.run([ANSWER, database], input=(body + "\n") * n, text=True, stdout=subprocess.DEVNULL, check=True)
        after = os.times()
        times.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return (times[1] - times[0]) / 2000 * 1e6


def seconds(command):
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def to_ready(*what):
    begin = time.perf_counter()
    process, url, token = program(*what)
    took = time.perf_counter() - begin
    end(process)
    return took


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return int(re.search(r"VmRSS:\s+(\d+) kB", f.read())[1]) / 1024


def blank(introspection):
    process, url, token = program("--blank")
    ask(url, token, json.dumps({"query": introspection}))
    size = resident(process.pid)
    end(process)
    return size


def resets(database, pause):
    """(ms of 100 resets, sorted; requests that failed) while two clients read"""
    process, url, token = program(database)
    stop, failed, asked = [], [], []

    def read():
        while not stop:
            try:
                ask(url, token, PAGE)
                asked.append(1)
            except OSError:
                failed.append(1)

    clients = [threading.Thread(target=read) for _ in range(2)]
    for c in clients:
        c.start()
    control = url.rsplit("/graphql", 1)[0] + "/_sandcast/reset"
    took = []
    for _ in range(100):
        took.append(json.loads(ask(control, token, "{}"))["ms"])
        time.sleep(pause)
    stop.append(1)
    for c in clients:
        c.join()
    end(process)
    return sorted(took), len(failed), len(asked)


def requests_table(database):
    tenant = lambda: program(database)
    rows = [("T: libmicrohttpd alone, 31 bytes", lambda: bench("bare"), POST, TYPENAME, None),
            ("the server, a handler of 31 bytes", lambda: bench("server"), POST, TYPENAME, None),
            ("`/_sandcast/health`", tenant, None, None, "/_sandcast/health"),
            ("`{ __typename }`", tenant, POST, TYPENAME, None),
            ("point read, plan cached", tenant, POST, POINT, None),
            ("the same, every document unique", tenant, UNIQUE, ALIASED, None),
            ("page of 20 with pageInfo", tenant, POST, PAGE, None),
            ("page of 1,220 objects", tenant, POST, LARGE, None)]
    if os.environ.get("SANDCAST_NPM"):
        rows.append(("node, graphql-http: `{ __typename }`", node, POST, TYPENAME, None))
    turns = [[measure(*row[1:]) for row in rows] for _ in range(RUNS)]
    print(f"{os.cpu_count()} CPUs, shared by {JOBS} threads of the server and wrk with {CLIENTS} connections; "
          f"{RUNS} turns of {SECONDS} s, medians (least–most)\n")
    print("| what | answer | requests/s | of T | CPU µs a request | of that in process (H) |\n|---|---|---|---|---|---|")
    for i, row in enumerate(rows):
        rates = [turn[i][0] for turn in turns]
        ratios = [turn[i][0] / turn[0][0] for turn in turns]
        used = statistics.median(turn[i][1] for turn in turns)
        loop = in_process(database, row[3]) if row[1] is tenant and row[2] is POST else 0
        print(f"| {row[0]} | {turns[0][i][2]:,} B | {statistics.median(rates):,.0f} | {statistics.median(ratios):.2f} "
              f"({min(ratios):.2f}–{max(ratios):.2f}) | {used:.1f} | {f'{loop:.1f} ({loop / used:.2f})' if loop else ''} |")


def single_figures(export, snapshot, database, records):
    load = statistics.median(seconds([SANDCAST, "load", "-q", "-f", snapshot, "-o", database]) for _ in range(RUNS))
    blank_query = "{ __schema { types { name fields(includeDeprecated: true) { name args { name type { name } } type { name } } } } }"
    print("\n| what | measured |\n|---|---|")
    print(f"| load of {records:,} records, {os.path.getsize(export) / 1e6:.0f} MB | {load * 1e3:,.0f} ms, "
          f"{records / load:,.0f} records/s |")
    print(f"| start to ready: the snapshot | {statistics.median(to_ready(snapshot) for _ in range(RUNS)) * 1e3:,.0f} ms |")
    print(f"| start to ready: the database | {statistics.median(to_ready(database) for _ in range(RUNS)) * 1e3:,.0f} ms |")
    print(f"| start to ready: blank | {statistics.median(to_ready('--blank') for _ in range(RUNS)) * 1e3:,.0f} ms |")
    for what, pause in ("standby ready", 0.2), ("back to back", 0):
        took, failed, asked = resets(database, pause)
        print(f"| 100 resets under load, {what} | p50 {took[50]:.1f} ms, p95 {took[95]:.1f} ms; "
              f"{failed} of {asked:,} requests failed |")
    print(f"| blank tenant after an introspection | {statistics.median(blank(blank_query) for _ in range(3)):.0f} MiB resident |")


def main():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as work:
        path = lambda name: os.path.join(work, name)
        export, snapshot, database = path("demo.ndjson"), path("demo.zip"), path("demo.db")
        records = int(os.environ.get("SERVE_RECORDS", "55000"))
        subprocess.run([SANDCAST, "key", "new", "-q", "-o", path("key")], check=True)
        subprocess.run([SANDCAST, "demo", "-q", "--records", str(records), "-o", export], check=True)
        subprocess.run([SANDCAST, "scrub", "-q", "-k", path("key"), export, "-o", snapshot], check=True)
        subprocess.run([SANDCAST, "load", "-q", snapshot, "-o", database], check=True)
        requests_table(database)
        single_figures(export, snapshot, database, records)


main()
