#!/usr/bin/env python3
"""Prints the tables of tests/bench/run.sh, where the options are described."""
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

import peers
import single
import targets
from measure import Row, fail, floor, ratios, spread, turns

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), *[".."] * 3, "shared", "peers")
TENANT = "make-tenant.py"
DEMO_RECORD = 550       # bytes of a record of `sandcast demo`, about
TENANT_RECORD = 915     # of make-tenant.py


def note(line):
    print("== " + line, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/run.sh",
                                     description="See the head of tests/bench/run.sh.")
    parser.add_argument("--program", required=True)
    parser.add_argument("--mb", type=int, default=500)
    parser.add_argument("--tenant-mb", type=int)
    parser.add_argument("--snapshot-mb", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--data", action="append")
    parser.add_argument("--undecided", default="fail")
    parser.add_argument("--temp")
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--json")
    args = parser.parse_args()
    if args.runs < 1 or args.mb < 1 or args.snapshot_mb < 1:
        parser.error("--runs, --mb and --snapshot-mb are at least 1")
    if args.tenant_mb is None:
        args.tenant_mb = min(args.mb, 200)
    args.program = os.path.abspath(args.program)
    return args


def room(args):
    """Where the files go: memory, so that a disk is not measured, where there is enough."""
    if args.temp:
        return args.temp, f"files in {args.temp}"
    need = 2.5 * max(args.mb, args.tenant_mb) * 10**6 + 1.5 * args.snapshot_mb * 10**6
    try:
        with open("/proc/meminfo", encoding="ascii") as info:
            available = next(int(line.split()[1]) * 1024 for line in info
                             if line.startswith("MemAvailable"))
        if min(shutil.disk_usage("/dev/shm").free, available) > 1.5 * need + 10**9:
            return "/dev/shm", "files in /dev/shm (no disk: `fdatasync` costs nothing)"
    except (OSError, StopIteration):
        pass
    return None, f"files in {tempfile.gettempdir()} (times include `fdatasync` of the output)"


class Set:
    """A file of data with what is said of it, and its rows by what the targets call
    them."""

    def __init__(self, args, key, path, caption, undecided, work):
        self.args, self.key, self.path, self.caption = args, key, path, caption
        self.undecided, self.work = undecided, work
        self.data = peers.Data(path, work)
        self.records = peers.lines(path)
        self.rows = {}
        self.missing = []

    def scrub(self, name, short, options, cpus=0, dry=False):
        """A row of scrub."""
        base = os.path.join(self.work, short)
        argv = [self.args.program, "scrub", "-q", self.path, "-k", self.key, "--undecided",
                self.undecided, "--temp", self.work, "--json=" + base + ".json"]
        argv += ["-n"] if dry else ["-f", "-o", base + ".zip"]
        self.rows[short] = Row(name, [argv + options], self.data.size, self.records,
                               output=None if dry else base + ".zip",
                               summary=base + ".json", cpus=cpus)

    def prepare(self):
        for level in ("fast", "balanced", "small"):
            self.scrub(f"scrub --level {level}", level, ["--level", level])
        self.scrub("scrub -n -j 1, on one CPU", "dry", ["-j", "1"], cpus=1, dry=True)
        self.scrub("scrub -j 1, on one CPU", "one", ["-j", "1"], cpus=1)
        self.scrub("scrub -j 2, on two CPUs", "two", ["-j", "2"], cpus=2)
        zipped = os.path.join(self.work, "balanced.zip")
        for name, short in (("verify", "verify"), ("verify --quick", "quick")):
            summary = os.path.join(self.work, short + ".json")
            self.rows[short] = Row(name, [[self.args.program, *name.split(), zipped,
                                           "--json=" + summary]],
                                   self.data.size, self.records, summary=summary)
        wanted = {"igzip"}
        if self.args.peers:
            wanted = {"igzip", "libdeflate-gzip", "gzip", "pigz"}
        for r in peers.packers(self.data, wanted, self.missing):
            self.rows[r.argvs[0][0]] = r
        if self.args.peers:
            modules = peers.install_duckdb(self.args.scratch)
            scrubbers = list(peers.scrubbers(self.data, modules, self.missing))
            peers.compare(scrubbers, self.data)
            for r in scrubbers:
                self.rows[r.name] = r

    def measure(self):
        self.prepare()
        turns(list(self.rows.values()), self.args.runs, self.work)
        for r in self.rows.values():
            if r.summary:
                with open(r.summary, encoding="utf-8") as told:
                    r.told = json.load(told)
        for short in ("verify", "quick"):   # of the content, all members
            self.rows[short].bytes = self.rows[short].told["bytes"]
            self.rows[short].records = self.rows[short].told["records"]
        note("gzip -6 of the scrubbed lines, for the sizes")
        gzipped = packed_lines(self.args.program, os.path.join(self.work, "balanced.zip"))
        for short in ("fast", "balanced", "small"):
            self.rows[short].told["to_gzip"] = self.rows[short].output_bytes / gzipped

    def table(self, least):
        """The rows as Markdown; what peaks at about `least` bytes may need less."""
        print(f"**{self.caption}**: {self.data.size / 1e6:.0f} MB, {self.records:,} records; "
              f"{counted(self.args.runs)}, in turns.\n")
        print("| command | input MB | records | rules | match density | MB/s | ÷ `igzip -1` "
              "| wall s | CPU s | peak MiB | output MB |")
        print("|---|---|---|---|---|---|---|---|---|---|---|")
        packer = self.rows.get("igzip")
        for r in self.rows.values():
            told = r.told
            size = f"{r.bytes / 1e6:.0f}" + (" (sample)" if r.note else "")
            peak = f"{max(r.peak(), least) / 2**20:.0f}"
            peak = peak if r.peak() > 1.05 * least else "≤ " + peak
            print("|", " | ".join([
                r.name if r.name[0] == "`" else f"`{r.name}`", size, f"{r.records:,}",
                str(told.get("rules", "")), density(told), spread(r.rates(), ".1f"),
                f"{statistics.median(ratios(r, packer)):.2f}" if packer else "",
                spread(r.walls(), ".2f"), f"{r.cpu():.2f}", peak,
                f"{r.output_bytes / 1e6:.1f}" if r.output_bytes is not None else ""]), "|")
        if self.missing:
            print(f"\nLeft out, because not installed: {', '.join(self.missing)}.")
        print()


def counted(runs):
    return f"median of {runs} runs (least–most)" if runs > 1 else "one run"


def density(told):
    return f"{told['match_density']:.3f}" if "match_density" in told else ""


def packed_lines(program, snapshot):
    """Bytes of `gzip -6` of a snapshot's records as one file of NDJSON."""
    with subprocess.Popen([program, "export", "-q", snapshot, "-o", "-"],
                          stdout=subprocess.PIPE) as export:
        with subprocess.Popen(["gzip", "-6", "-c"], stdin=export.stdout,
                              stdout=subprocess.PIPE) as gzip:
            export.stdout.close()
            n = sum(len(block) for block in iter(lambda: gzip.stdout.read(1 << 20), b""))
    if export.returncode or gzip.returncode:
        fail("the scrubbed lines could not be packed")
    return n


def make_demo(args, megabytes, path):
    note(f"sandcast demo: {megabytes} MB")
    records = max(100, megabytes * 10**6 // DEMO_RECORD)
    subprocess.run([args.program, "demo", "-q", "-f", "-o", path, "--records", str(records)],
                   check=True)


def data_sets(args, work):
    """(path, caption, undecided); each is gone before the next is made."""
    for path in args.data or []:
        yield path, f"{os.path.basename(path)}, --undecided {args.undecided}", args.undecided
    if args.data:
        return
    path = os.path.join(work, "data.ndjson")
    make_demo(args, args.mb, path)
    yield path, "A tenant of `sandcast demo`", "fail"
    os.unlink(path)
    maker = os.path.join(os.environ.get("SANDCAST_PEERS", PEERS), TENANT)
    if not os.path.exists(maker):
        note(f"{TENANT} is not in {os.path.dirname(maker)}: its data is left out")
        return
    note(f"{TENANT}: {args.tenant_mb} MB")
    with open(path, "wb") as out:
        subprocess.run([sys.executable, maker, str(args.tenant_mb * 10**6 // TENANT_RECORD)],
                       stdout=out, check=True)
    yield path, (f"Records of `{TENANT}`, with fields that no shipped rule decides: "
                 "`--undecided redact`"), "redact"


def singles(args, key, work):
    """The rows of one process each, measured more often."""
    data, snapshot = os.path.join(work, "large.ndjson"), os.path.join(work, "large.zip")
    make_demo(args, args.snapshot_mb, data)
    size = os.path.getsize(data)
    subprocess.run([args.program, "scrub", "-q", "-f", data, "-k", key, "--temp", work, "-o",
                    snapshot], check=True)
    os.unlink(data)
    found = single.rows(args.program, key, snapshot, work)
    runs = 4 * args.runs
    turns(list(found.values()), runs, work)
    print(f"**One process each**: a snapshot of {size / 1e6:.0f} MB of records in "
          f"{os.path.getsize(snapshot) / 1e6:.0f} MB; files are in memory; {counted(runs)}.\n")
    print("| command | wall ms | CPU ms | reads of the snapshot |\n|---|---|---|---|")
    for r in found.values():
        read = ""
        if "members" in r.told:
            read = f"{r.told['bytes'] / 1024:.0f} KiB: " + ", ".join(
                f"`{m}`" if "." in m or "/" in m else m for m in r.told["members"])
        print(f"| {r.name} | {spread([1e3 * w for w in r.walls()], '.1f')} | "
              f"{1e3 * r.cpu():.1f} | {read} |")
    if "members" not in found["get"].told:
        print("\nReads were not counted: no strace, or it may not trace.")
    print()
    return found


def machine(where):
    cpu = platform.machine()
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    usable, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    print(f"{cpu}, {usable} CPUs, Linux {platform.release()}; {where}; load {load:.1f} at the "
          "start" + (" (not quiet: quote ratios only)" if load > 0.5 else "") +
          ". MB are 10^6 decoded input bytes.\n")


def main():
    args = arguments()
    folder, where = room(args)
    with tempfile.TemporaryDirectory(prefix="sandcast-bench-", dir=folder) as work:
        key = os.path.join(work, "key")
        subprocess.run([args.program, "key", "new", "-q", "-o", key], check=True)
        least = floor(work)
        machine(where)
        sets = []
        for path, caption, undecided in data_sets(args, work):
            with tempfile.TemporaryDirectory(dir=work) as own:
                s = Set(args, key, path, caption, undecided, own)
                s.measure()
                s.table(least)
                sets.append(s)
        found = singles(args, key, work)
        rows = targets.rows(sets[0], found)
        print(targets.table(rows, sets[0].caption))
        if args.json:
            with open(args.json, "w", encoding="utf-8") as out:
                json.dump([vars(r) for s in sets for r in s.rows.values()] +
                          [vars(r) for r in found.values()], out, indent=1)


if __name__ == "__main__":
    main()
