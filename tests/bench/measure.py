"""Runs commands in turns and keeps what the operating system says of each.

Every command is run once, then all again, so that a machine whose speed drifts is fair
to all, and ratios are taken within a turn. The first turn warms up (caches, the size of
the output) and is not counted.
"""
import dataclasses
import os
import statistics
import subprocess
import sys
import time


def fail(line):
    sys.exit("tests/bench: " + line)


@dataclasses.dataclass
class Row:
    """A command that is measured: one argv, or several that take turns."""
    name: str
    argvs: list
    bytes: int = 0              # of input, decoded
    records: int = 0
    output: str = None          # a file that it writes; "-": what it prints
    told: dict = dataclasses.field(default_factory=dict)
    summary: str = None         # a JSON file that it writes, read into `told`
    cpus: int = 0               # pinned to so many CPUs; 0: all
    environ: dict = dataclasses.field(default_factory=dict)
    runs: list = dataclasses.field(default_factory=list)    # (wall, cpu, peak) by turn
    output_bytes: int = None
    note: str = ""

    def walls(self):
        return [wall for wall, _, _ in self.runs]

    def rates(self):
        return [self.bytes / 1e6 / wall for wall in self.walls()]

    def cpu(self):
        return statistics.median(cpu for _, cpu, _ in self.runs)

    def peak(self):
        return max(peak for _, _, peak in self.runs)


def run(argv, row, out, log):
    """One run: wall seconds, CPU seconds, peak bytes of the process and its children."""
    usable = sorted(os.sched_getaffinity(0))
    pin = {}
    if row.cpus:
        # The last ones: interrupts and whoever started this are more often on the first.
        pin["preexec_fn"] = lambda: os.sched_setaffinity(0, usable[-row.cpus:])
    with open(log, "wb") as errors, open(os.devnull, "rb") as empty:
        start = time.monotonic()
        child = subprocess.Popen(argv, stdin=empty, stdout=out, stderr=errors,
                                 env=dict(os.environ, **row.environ), **pin)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        with open(log, encoding="utf-8", errors="replace") as errors:
            fail(f"{row.name}: exit status {child.returncode}: {errors.read()[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def turns(rows, count, work):
    """All rows `count` times after a warm-up, in turns."""
    log, sink = os.path.join(work, "log"), os.path.join(work, "sink")
    for turn in range(count + 1):
        for row in rows:
            print(f"\r{turn}/{count} {row.name:40.40}", end="", file=sys.stderr, flush=True)
            # What is printed is weighed once; later it costs no room, as with `>/dev/null`.
            with open(sink if turn == 0 and row.output == "-" else os.devnull, "wb") as out:
                result = run(row.argvs[turn % len(row.argvs)], row, out, log)
            if turn:
                row.runs.append(result)
            elif row.output:
                row.output_bytes = os.path.getsize(sink if row.output == "-" else row.output)
    if os.path.exists(sink):
        os.unlink(sink)
    print(f"\r{'':50}\r", end="", file=sys.stderr, flush=True)


def ratios(row, other):
    """Time per byte of `row` over that of `other`, within each turn."""
    return [(a / row.bytes) / (b / other.bytes) for a, b in zip(row.walls(), other.walls())]


def spread(values, form):
    """median (least–most)"""
    return (f"{statistics.median(values):{form}} "
            f"({min(values):{form}}–{max(values):{form}})")


def floor(work):
    """The memory that any child is said to have: this program's own, before it becomes
    the command. Peaks below are not known."""
    row = Row("true", [["true"]])
    with open(os.devnull, "wb") as out:
        return max(run(["true"], row, out, os.path.join(work, "log"))[2] for _ in range(3))
