#!/usr/bin/env python3
"""Does the benchmark work? test.py SANDCAST prints TAP. No figure is asserted, only that
each is there and can be true."""
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import measure
import peers
import single
import targets

HERE = os.path.dirname(os.path.abspath(__file__))
MB = 5  # of data; 1 where a sanitizer makes everything slow
ROWS = ("scrub --level fast", "scrub --level balanced", "scrub --level small",
        "scrub -n -j 1, on one CPU", "scrub -j 1, on one CPU", "scrub -j 2, on two CPUs",
        "verify", "verify --quick")
count = failed = 0


def check(what, good, skip=None):
    global count, failed
    count += 1
    failed += not good
    print(f"{'' if good else 'not '}ok {count} - {what}" + (f" # SKIP {skip}" if skip else ""),
          flush=True)


def table_rows(text, title):
    """The cells of the table behind `**title`, by the first."""
    part = text.split("**" + title, 1)[-1].split("\n\n", 2)
    lines = part[1].splitlines() if len(part) > 1 else []
    lines = [re.split(r" *\| *", line)[1:-1] for line in lines]
    return {line[0].strip("`"): line for line in lines[2:]}


def first(cell):
    """The number that a cell begins with."""
    found = re.match(r"[≤ ]*([0-9][0-9,]*\.?[0-9]*)", cell)
    return float(found.group(1).replace(",", "")) if found else -1


def sanitized(sandcast):
    """Is it?"""
    said = subprocess.run(["nm", sandcast], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=False).stdout
    return b"__asan_init" in said or b"__tsan_init" in said


def whole(sandcast, work):
    """One run of all of it."""
    megabytes = 1 if sanitized(sandcast) else MB
    temp = os.path.join(work, "temp")
    os.mkdir(temp)
    done = subprocess.run(
        [sys.executable, "-B", os.path.join(HERE, "run.py"), "--program", sandcast,
         "--mb", str(megabytes), "--tenant-mb", "1", "--snapshot-mb", str(megabytes),
         "--runs", "1", "--temp", temp, "--scratch", os.path.join(work, "scratch")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    text = done.stdout.decode()
    check("the benchmark runs", done.returncode == 0)
    if done.returncode:
        print("# " + done.stderr.decode("utf-8", "replace")[-1500:].replace("\n", "\n# "))
    check("it leaves nothing behind", not os.listdir(temp))
    rows = table_rows(text, "A tenant of")
    for name in ROWS:
        cells = rows.get(name, [])
        scrub = name.startswith("scrub")
        good = len(cells) == 11 and all(first(cells[i]) > 0 for i in (1, 2, 5, 7, 9))
        if good and scrub:
            good = first(cells[3]) >= 200 and 0 < first(cells[4]) < 1
        if good and scrub and "-n" not in name:
            good = 0 < first(cells[10]) < MB
        check("figures of " + name, good)
    singles = table_rows(text, "One process each")
    check("figures of single processes",
          len(singles) == 5 and all(first(cells[1]) > 0 for cells in singles.values()))
    found = table_rows(text, "Targets")
    check("each target has a verdict", len(found) == 14 and all(
        re.search(r"met \(|missed by [0-9]|^not measured$", cells[-1]) for cells in found.values()))


def drift(sandcast, work):
    """One run of the benchmark of diff, which checks for itself that diff finds what was
    changed."""
    skip = "a sanitizer makes it slow" if sanitized(sandcast) else None
    if skip:
        check("the benchmark of diff", True, skip)
        return
    svg, temp = os.path.join(work, "drift.svg"), os.path.join(work, "drift")
    os.mkdir(temp)
    done = subprocess.run(
        [sys.executable, "-B", os.path.join(HERE, "drift.py"), "--program", sandcast, "--mb", "1",
         "--snapshot-mb", "1", "--runs", "1", "--temp", temp, "--svg", svg, "--scratch", temp],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    text = done.stdout.decode()
    check("the benchmark of diff runs and leaves nothing behind",
          done.returncode == 0 and not os.listdir(temp))
    if done.returncode:
        print("# " + done.stderr.decode("utf-8", "replace")[-1500:].replace("\n", "\n# "))
        return
    exports = table_rows(text, "Two exports")
    check("figures of exports", len(exports) == 3 and all(
        first(cells[i]) > 0 for cells in exports.values() for i in (1, 2, 3, 5, 7)))
    lines = [line for line in text.split("**Two snapshots", 1)[1].splitlines() if " % |" in line]
    check("figures of snapshots", len(lines) == 10 and all(
        first(re.split(r" *\| *", line)[4]) > 0 for line in lines))
    check("each target of diff has a verdict", len(table_rows(text, "Targets")) == 8)
    root = xml.etree.ElementTree.parse(svg).getroot()
    dots = root.findall(".//{http://www.w3.org/2000/svg}circle")
    check("a dot for each figure is drawn", len(dots) in (10, 20))


def runs(work):
    """What is said of commands that are known."""
    sleep = measure.Row("sleep", [["sleep", "0.2"]], bytes=10**6)
    weigh = measure.Row("weigh", [["head", "-c", "1000", "/dev/zero"]], bytes=10**6, output="-")
    pinned = measure.Row("pinned", [["nproc"]], bytes=10**6, output="-", cpus=1)
    measure.turns([sleep, weigh, pinned], 3, work)
    check("as many runs as asked for", len(sleep.runs) == len(weigh.runs) == 3)
    check("wall seconds are those that pass", all(wall >= 0.2 for wall in sleep.walls()))
    check("CPU seconds are not", sleep.cpu() < 0.1)
    check("what is printed is weighed", weigh.output_bytes == 1000)
    check("one CPU is one", pinned.output_bytes == 2)
    one = measure.Row("one", [], bytes=100, runs=[(1, 0, 0), (3, 0, 0), (4, 0, 0)])
    two = measure.Row("two", [], bytes=50, runs=[(1, 0, 0), (1, 0, 0), (8, 0, 0)])
    check("ratios are of time per byte within turns", measure.ratios(one, two) == [0.5, 1.5, 0.25])
    check("spread is median, least, most", measure.spread([3, 1, 2], "d") == "2 (1–3)")
    check("a failure ends it", subprocess.run(
        [sys.executable, "-B", "-c", f"import sys; sys.path.insert(0, {HERE!r}); import measure; "
         f"measure.turns([measure.Row('no', [['false']])], 1, {work!r})"],
        stderr=subprocess.PIPE, check=False).returncode == 1)


def verdicts():
    for goal, stretch, less, value, want in (
            (100, 200, False, 250, "stretch met (+25 %)"), (100, 200, False, 150, "met (+50 %)"),
            (100, 200, False, 75, "**missed by 25 %**"), (1.5, 1.2, True, 1.2, "stretch met (+0 %)"),
            (1.5, 1.2, True, 1.35, "met (-10 %)"), (1.5, None, True, 3, "**missed by 100 %**"),
            (1.5, None, True, None, "not measured")):
        check(f"verdict: {want}", targets.verdict(goal, stretch, less, value) == want)


def others(sandcast, work):
    """Peers on the same lines replace as much; what get reads is found."""
    path = os.path.join(work, "data.ndjson")
    subprocess.run([sandcast, "demo", "-q", "-o", path, "--records", "1500"], check=True)
    data, missing = peers.Data(path, work), []
    rows = list(peers.scrubbers(data, None, missing))
    good, lines = True, subprocess.run(["grep", "-c", "@", path], stdout=subprocess.PIPE, check=False)
    try:
        counts = peers.compare(rows, data)
    except SystemExit as e:
        good, counts = False, []
        print(f"# {e}")
    check("peers do the same work: " + ", ".join(r.name for r in rows),
          good and all(c[0] >= int(lines.stdout) // 2 for c in counts),
          None if len(rows) > 1 else "none to compare")
    snapshot, key = os.path.join(work, "s.zip"), os.path.join(work, "key")
    subprocess.run([sandcast, "key", "new", "-q", "-o", key], check=True)
    subprocess.run([sandcast, "scrub", "-q", path, "-k", key, "-o", snapshot], check=True)
    entity, keys = single.some_keys(sandcast, snapshot)
    read = single.reads([sandcast, "get", snapshot, entity, keys[0]], [snapshot])
    check("what get reads is found", read is None or (
        f"index/{entity}/top" in read[1] and any(m.startswith(f"data/{entity}/") for m in read[1])
        and 1000 < read[0] < os.path.getsize(snapshot)), None if read else "no strace")


def main():
    sandcast = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as work:
        runs(work)
        verdicts()
        others(sandcast, work)
        whole(sandcast, work)
        drift(sandcast, work)
    print(f"1..{count}")
    sys.exit(failed > 0)


main()
