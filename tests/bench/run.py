#!/usr/bin/env python3
"""Measures sandcast and its peers on the same work in one run, as a Markdown table.

    python3 tests/bench/run.py SANDCAST [--mb 500] [--runs 5] [--peers] [--data FILE.ndjson]

Data is made by `sandcast demo` (or --data). Runs take turns (every command once, then all
again), so that a machine whose speed drifts is fair to all. Wall and CPU seconds and peak
memory are the operating system's own of each finished process. MB = 10^6 decoded input
bytes. Quote the ratios: they hold elsewhere, absolute figures do not.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def run(command, out):
    """One run: wall seconds, CPU seconds, peak bytes; exits when it fails."""
    start = time.monotonic()
    with open(out, "wb") as sink, open(os.devnull, "rb") as empty:
        child = subprocess.Popen(command, stdin=empty, stdout=sink, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    if status:
        sys.exit(f"{' '.join(command)}: exit status {os.waitstatus_to_exitcode(status)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def rows(args, data, work):
    """(name, command, its output file or None, its summary file or None)"""
    sc, key = args.sandcast, os.path.join(work, "key")
    subprocess.run([sc, "key", "new", "-q", "-f", "-o", key], check=True)
    for level in ("fast", "balanced", "small"):
        zipped, summary = os.path.join(work, level + ".zip"), os.path.join(work, level + ".json")
        yield (f"scrub --level {level}",
               [sc, "scrub", data, "-k", key, "-q", "-f", "--undecided", args.undecided, "--level",
                level, "-o", zipped, "--json=" + summary], zipped, summary)
    summary = os.path.join(work, "dry.json")
    yield ("scrub --dry-run -j 1",
           [sc, "scrub", data, "-k", key, "-q", "-n", "-j", "1", "--undecided", args.undecided,
            "--json=" + summary], None, summary)
    summary = os.path.join(work, "one.json")
    yield ("scrub -j 1", [sc, "scrub", data, "-k", key, "-q", "-f", "-j", "1", "--undecided",
                          args.undecided, "-o", os.path.join(work, "one.zip"),
                          "--json=" + summary], os.path.join(work, "one.zip"), summary)
    yield ("verify --quick", [sc, "verify", "--quick", os.path.join(work, "balanced.zip")], None, None)
    if not args.peers:
        return
    for name, command in (("igzip -1 -c", ["igzip", "-1", "-c", data]),
                          ("pigz -6 -p2 -c", ["pigz", "-6", "-p2", "-c", data]),
                          ("gzip -6 -c", ["gzip", "-6", "-c", data]),
                          ("libdeflate-gzip -1 -c", ["libdeflate-gzip", "-1", "-c", data]),
                          ("perl, two regexes", ["perl", "-pe",
                           r's/[\w.+-]+@[\w.-]+\.\w+/x\@y/g; s/\+1[- (]*\d{3}[-) ]*\d{3}-\d{4}/PHONE/g',
                           data]),
                          ("sed -E, two regexes", ["sed", "-E",
                           r's/[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+/x@y/g; s/\+1[- (]*[0-9]{3}[-) ]*[0-9]{3}-[0-9]{4}/P/g',
                           data])):
        if shutil.which(command[0]):
            yield name, command, "-", None
        else:
            print(f"{name}: not installed, left out", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sandcast")
    parser.add_argument("--mb", type=int, default=500)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--data")
    parser.add_argument("--undecided", default="fail")
    parser.add_argument("--temp")
    args = parser.parse_args()
    args.sandcast = os.path.abspath(args.sandcast)
    with tempfile.TemporaryDirectory(dir=args.temp) as work:
        data = args.data
        if not data:
            data = os.path.join(work, "demo.ndjson")
            records = args.mb * 1840
            subprocess.run([args.sandcast, "demo", "-q", "-o", data, "--records", str(records)], check=True)
        size = os.path.getsize(data)
        todo = list(rows(args, data, work))
        seen = {name: [] for name, *_ in todo}
        packed = {}
        sink = os.path.join(work, "sink")
        for turn in range(args.runs + 1):
            for name, command, output, _ in todo:
                result = run(command, sink)
                if turn:  # the first turn warms up
                    seen[name].append(result)
                if output:
                    packed[name] = os.path.getsize(sink if output == "-" else output)
        print(f"{size / 1e6:.0f} MB, {os.cpu_count()} CPUs, median of {args.runs} runs (min–max):\n")
        print("| command | MB/s | spread | CPU s | peak MiB | output MB | rules | match density |")
        print("|---|---|---|---|---|---|---|---|")
        for name, _, output, summary in todo:
            wall = sorted(r[0] for r in seen[name])
            rate = [size / 1e6 / w for w in reversed(wall)]
            cpu = statistics.median(r[1] for r in seen[name])
            peak = max(r[2] for r in seen[name])
            told = json.load(open(summary)) if summary else {}
            out = f"{packed[name] / 1e6:.1f}" if name in packed and "regexes" not in name else ""
            print(f"| `{name}` | {statistics.median(rate):.0f} | {rate[0]:.0f}–{rate[-1]:.0f} | {cpu:.2f} "
                  f"| {peak / 2**20:.0f} | {out} | {told.get('rules', '')} | {told.get('match_density', '')} |")


main()
