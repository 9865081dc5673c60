#!/usr/bin/env python3
"""Prints the tables of tests/bench/drift.sh, where the options are described."""
import argparse
import json
import multiprocessing
import os
import random
import statistics
import subprocess
import tempfile

import drift_peers
import plot
import single
import targets
from measure import Row, fail, floor, ratios, spread, turns
from run import DEMO_RECORD, counted, machine, make_demo, note, room

RATES = (0.001, 0.01, 0.1, 1, 10)  # percent of the records
EXPORT_RATE = 0.1
SMALL = 20000   # records of the small pair
NEVER = ["--fail-on", "Nothing:removed"]    # exit status 0
RULES = """pack: as-is
rules:
  - id: as-is
    at: '**'
    action: keep
    because: the benchmark compares what is invented
"""


def arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/drift.sh",
                                     description="See the head of tests/bench/drift.sh.")
    parser.add_argument("--program", required=True)
    parser.add_argument("--mb", type=int, default=250)
    parser.add_argument("--snapshot-mb", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--svg")
    parser.add_argument("--temp")
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--json")
    args = parser.parse_args()
    if min(args.runs, args.mb, args.snapshot_mb) < 1:
        parser.error("--runs, --mb and --snapshot-mb are at least 1")
    args.program, args.tenant_mb = os.path.abspath(args.program), 0
    return args


def edited(line):
    """The record with one of its texts changed, or None."""
    record = json.loads(line)
    for name, value in record.items():
        plain = isinstance(value, str) and value and value[0] not in "{["
        if plain and name[0] not in "_L" and not name.lower().endswith(("id", "key")):
            record[name] = value + " (drift)"
            return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    return None


def drifted(lines, percent, clustered):
    """A copy with so many records changed, and how many these are."""
    out, left = list(lines), max(1, round(len(lines) * percent / 100)) if percent else 0
    changed, step = left, 1 if clustered else len(lines) / max(1, left)
    at = len(lines) // 3 if clustered else 0
    rnd = random.Random(percent)
    while left:
        i = int(at) if clustered else min(int(at + rnd.random() * step), len(lines) - 1)
        new = None
        while new is None:      # where the record has no text: the next one
            new = edited(out[i % len(out)]) if out[i % len(out)] is lines[i % len(out)] else None
            i += 1
        out[(i - 1) % len(out)] = new
        at = i if clustered else at + step
        left -= 1
    return out, changed


def make_changed(data, path, percent, clustered, shuffled):
    with open(data, "rb") as f:
        new, changed = drifted(f.readlines(), percent, clustered)
    if shuffled:
        random.Random(1).shuffle(new)
    with open(path, "wb") as out:
        out.writelines(new)
    return changed


def write_changed(*args):
    """In a process of its own: a child is said to have had this one's memory."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(make_changed, args)


def summary(program, argv):
    """What `diff --json` says."""
    with tempfile.TemporaryDirectory() as folder:
        told = os.path.join(folder, "told.json")
        subprocess.run([program, "diff", "-q", *argv, *NEVER, "--max", "1", "--json=" + told],
                       check=True, stdout=subprocess.DEVNULL)
        with open(told, encoding="utf-8") as text:
            return json.load(text)


def row(args, name, left, right, changed, options=()):
    """A row of diff, after a look whether it finds what was changed."""
    told = summary(args.program, [left, right, *options])
    if (told["added"], told["removed"], told["changed"]) != (0, 0, changed):
        fail(f"{name}: {told['changed']} changed records found, not {changed}")
    argv = [args.program, "diff", "-q", left, right, *options, *NEVER, "--max", "1"]
    return Row(name, [argv], os.path.getsize(left) + os.path.getsize(right),
               told["records"]["left"] + told["records"]["right"], told=told)


def exports(args, work):
    """Rows of exports, by what the targets call them."""
    data = os.path.join(work, "left.ndjson")
    make_demo(args, args.mb, data)
    right, mixed, small, few = (os.path.join(work, name + ".ndjson")
                                for name in ("right", "mixed", "small", "small-mixed"))
    subprocess.run([args.program, "demo", "-q", "-o", small, "--records", str(SMALL)], check=True)
    changed = write_changed(data, right, EXPORT_RATE, False, False)
    write_changed(data, mixed, EXPORT_RATE, False, True)
    few_changed = write_changed(small, few, EXPORT_RATE, False, True)
    temp = ["--temp", work]
    found = {
        "ordered": row(args, "diff, in key order", data, right, changed, temp),
        "shuffled": row(args, "diff, shuffled", data, mixed, changed, temp),
        "small": row(args, f"diff, {SMALL:,} records, shuffled", small, few, few_changed, temp),
    }
    return found, (data, right)


def snapshots(args, work):
    """Rows of pairs of snapshots: {(percent, clustered, all is read): row}."""
    data, rules = os.path.join(work, "left.ndjson"), os.path.join(work, "rules.yaml")
    key, left = os.path.join(work, "key"), os.path.join(work, "left.zip")
    with open(rules, "w", encoding="ascii") as out:
        out.write(RULES)

    def pack(export, path, *options):
        subprocess.run([args.program, "scrub", "-q", export, "-k", key, "-r", rules, "--temp", work,
                        "-o", path, *options], check=True)
        return path
    make_demo(args, args.snapshot_mb, data)
    size, changed_data = os.path.getsize(data), os.path.join(work, "changed.ndjson")
    pack(data, left)
    note("snapshots")
    found = {(0, False, False): row(args, "equal roots", left,
                                    pack(data, os.path.join(work, "equal.zip"), "--level", "fast"), 0)}
    for clustered in (False, True):
        for percent in RATES:
            changed = write_changed(data, changed_data, percent, clustered, False)
            right = pack(changed_data, os.path.join(work, f"{percent}-{clustered:d}.zip"))
            for whole in (False, True) if percent in (RATES[0], RATES[-1]) else (False,):
                found[percent, clustered, whole] = row(
                    args, f"{percent:g} %" + (", `--spelling`" if whole else ""), left, right,
                    changed, ["--spelling"] if whole else [])
    os.unlink(data)
    os.unlink(changed_data)
    for r in found.values():
        files = r.argvs[0][3:5]
        # In one thread: the traces of several stand in each other.
        read = single.reads([*r.argvs[0], "-j", "1"], files)
        r.told["file_bytes"] = read[0] if read else None
        r.bytes = 2 * size
    return found, found[0, False, False].records // 2, size


def peak(r, least):
    return f"{r.peak() / 2**20:.0f}" if r.peak() > 1.05 * least else f"≤ {least / 2**20:.0f}"


def export_table(args, rows, least, missing):
    base = rows["ordered"]
    print(f"**Two exports** of `sandcast demo`, {EXPORT_RATE} % of the records changed; "
          f"{counted(args.runs)}, in turns. MB are of both inputs together.\n")
    print("| command | input MB | records | MB/s | time per MB ÷ the first row's | wall s | CPU s "
          "| peak MiB | what it does |\n|---|---|---|---|---|---|---|---|---|")
    for r in rows.values():
        print("|", " | ".join([
            f"`{r.name}`", f"{r.bytes / 1e6:.1f}", f"{r.records:,}", spread(r.rates(), ".2f"),
            f"{statistics.median(ratios(r, base)):.2f}", spread(r.walls(), ".2f"),
            f"{r.cpu():.2f}", peak(r, least), r.note or "records by key, values by meaning"]), "|")
    if missing:
        print(f"\nLeft out, because not installed: {', '.join(missing)}.")
    print()


def mib(n):
    return "" if n is None else f"{n / 2**20:.2f}"


def snapshot_table(args, found, records, size, least):
    print(f"**Two snapshots** of {size / 1e6:.0f} MB, {records:,} records each; "
          f"{counted(4 * args.runs)}, in turns. Files are in memory.\n")
    print("| drift | where | records changed | wall ms | ÷ all read | MiB read of both files "
          "| index pages | members | peak MiB |\n|---|---|---|---|---|---|---|---|---|")
    for (percent, clustered, _), r in found.items():
        told = r.told["read"]
        where = "" if not percent else "clustered" if clustered else "scattered"
        print("|", " | ".join([
            r.name, where, f"{r.told['changed']:,}", spread([1e3 * w for w in r.walls()], ".1f"),
            f"{to_all(found, r):.3f}", mib(r.told["file_bytes"]),
            f"{told['pages']:,} of {told['of_pages']:,}",
            f"{told['members']:,} of {told['of_members']:,}", peak(r, least)]), "|")
    if any(r.told["file_bytes"] is None for r in found.values()):
        print("\nReads were not counted: no strace, or it may not trace.")
    print()


def to_all(found, r):
    """Its time ÷ that of reading everything of the most different pair, scattered."""
    whole = found[RATES[-1], False, True]
    return statistics.median([a / b for a, b in zip(r.walls(), whole.walls())])


def target_rows(rows, found):
    def rate(short):
        return statistics.median(rows[short].rates())

    def wall(r):
        return statistics.median(r.walls())
    equal = found[0, False, False]
    worst = max(to_all(found, r) for (_, _, whole), r in found.items() if not whole)
    start = wall(equal)     # of any process that opens two snapshots
    more, less = (wall(found[percent, False, False]) - start for percent in (0.1, 0.01))
    linear = more / less if less > 0 else None
    return [
        ("two exports in key order, both together", 300, None, "MB/s", False, rate("ordered")),
        ("two exports, shuffled", 120, None, "MB/s", False, rate("shuffled")),
        ("peak memory of both", 256, None, "MiB", True,
         max(rows[s].peak() for s in ("ordered", "shuffled")) / 2**20),
        (f"{SMALL:,} shuffled records: time", 200, None, "ms", True, 1e3 * wall(rows["small"])),
        (f"{SMALL:,} shuffled records: peak memory", 50, None, "MiB", True,
         rows["small"].peak() / 2**20),
        ("two snapshots with equal roots", 20, None, "ms", True, 1e3 * start),
        ("scattered: time at 0.1 % ÷ at 0.01 %, less that of equal roots (linear: 10)", 12, None,
         "×", True, linear),
        ("snapshots, the slowest: time ÷ reading everything", 1.2, None, "×", True, worst),
    ]


def points(found):
    """What is drawn."""
    return [{"drift": percent, "clustered": clustered, "all": whole, "changed": r.told["changed"],
             "ms": 1e3 * statistics.median(r.walls()), "bytes": r.told["file_bytes"]}
            for (percent, clustered, whole), r in found.items()]


def main():
    args = arguments()
    total = 2 * args.mb + 3 * args.snapshot_mb
    folder, where = room(argparse.Namespace(temp=args.temp, mb=total, tenant_mb=0, snapshot_mb=0))
    with tempfile.TemporaryDirectory(prefix="sandcast-bench-", dir=folder) as work:
        subprocess.run([args.program, "key", "new", "-q", "-o", os.path.join(work, "key")], check=True)
        least = floor(work)
        machine(where)
        rows, pair = exports(args, work)
        missing = []
        if args.peers:
            rows.update(drift_peers.rows(pair, args.scratch, work, missing))
        turns(list(rows.values()), args.runs, work)
        export_table(args, rows, least, missing)
        for name in os.listdir(work):
            if name.endswith((".ndjson", ".db", ".json")):
                os.unlink(os.path.join(work, name))
        found, records, size = snapshots(args, work)
        turns(list(found.values()), 4 * args.runs, work)
        snapshot_table(args, found, records, size, least)
        print(targets.table(target_rows(rows, found), "2 × " + f"{args.mb} MB, 2 × {args.snapshot_mb} MB"))
        caption = f"two snapshots of {size / 1e6:.0f} MB, {records:,} records each"
        if args.svg:
            with open(args.svg, "w", encoding="utf-8") as out:
                out.write(plot.picture(points(found), caption))
        if args.json:
            with open(args.json, "w", encoding="utf-8") as out:
                json.dump({"rows": [vars(r) for r in [*rows.values(), *found.values()]],
                           "caption": caption, "points": points(found)}, out, indent=1)


main()
