#!/usr/bin/env python3
"""Inputs that are large in one way each: python3 bounds.py SANDCAST

For each: does a scrub end as documented, in the memory that --memory names, with a
message that says what was too large and repeats no value. Inputs go through a pipe as
they are made; the peak is what the kernel counted (wait4). TAP on standard output, with
a table of all runs at the end.

SANDCAST_BOUNDS=full runs the full sizes: 10 GB on one line, 10^7 records, 10^5 files
(about half an hour and 12 GB of temporary space).
"""
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import io
import time

import data

FULL = os.environ.get("SANDCAST_BOUNDS") == "full"
SANDCAST = os.path.realpath(sys.argv[1])
MIB = 1 << 20
DEFAULT = 96

# What Python had in memory when it made the child counts as the child's.
FLOOR = 64 * MIB


def is_sanitized():
    with open(SANDCAST, "rb") as f:
        return re.search(rb"__[at]san_init", f.read()) is not None


SANITIZED = is_sanitized()


def size(quick, full):
    """A sanitizer's build takes five times as long and proves other things."""
    if FULL:
        return full
    return quick // 10 if SANITIZED else quick


class Tap:
    def __init__(self):
        self.n = self.bad = 0
        self.rows = []

    def check(self, name, good, *notes):
        self.n += 1
        self.bad += not good
        print(f"{'ok' if good else 'not ok'} {self.n} - {name}")
        if not good:
            for note in notes:
                print(f"# {note}")
        sys.stdout.flush()

    def skip(self, name, why):
        self.n += 1
        print(f"ok {self.n} - {name} # SKIP {why}")

    def end(self):
        print(f"# {'case':44} {'memory':>6} {'status':>6} {'MiB':>5} {'s':>7} {'MB':>8} {'MB/s':>6}")
        for row in self.rows:
            print(f"# {row[0]:44} {row[1]:>6} {row[2]:6} {row[3]:5} {row[4]:7.1f} "
                  f"{row[5]:8.1f} {row[5] / row[4]:6.0f}")
        print(f"1..{self.n}")
        return self.bad > 0


tap = Tap()


class Run:
    """One scrub; what it said, its exit status and its peak."""

    def __init__(self, pieces, args, memory):
        env = {k: v for k, v in os.environ.items() if k != "MALLOC_PERTURB_"}
        for left in ("out.zip", "said"):
            if os.path.exists(left):
                os.unlink(left)
        command = [SANDCAST, "scrub", "-q", "-k", "key", "--undecided", "keep",
                   "--memory", f"{memory}M", "-o", "out.zip", *args]
        began = time.monotonic()
        self.bytes = 0
        with open("said", "wb") as said:
            child = subprocess.Popen(command, stderr=said, env=env,
                                     stdin=subprocess.PIPE if pieces else subprocess.DEVNULL)
            self.feed(child, pieces)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = 0
        self.seconds = time.monotonic() - began
        self.status = os.waitstatus_to_exitcode(status)
        self.peak = usage.ru_maxrss * 1024
        with open("said", errors="replace") as said:
            self.said = said.read()

    def feed(self, child, pieces):
        if not pieces:
            return
        try:
            for piece in pieces:
                child.stdin.write(piece)
                self.bytes += len(piece)
            child.stdin.close()
        except BrokenPipeError:
            pass  # it has seen enough


def case(name, pieces, *args, status=0, says=None, memory=DEFAULT, verify=False):
    """`says`: a pattern of what a refusal must say."""
    args = list(args)
    if pieces is not None and "-" not in args:
        args.append("-")
    run = Run(pieces, args, memory)
    tap.rows.append((name, f"{memory}M", run.status, run.peak // MIB, run.seconds,
                     run.bytes / 1e6))
    tap.check(f"{name}: exit status {status}", run.status == status,
              f"it is {run.status}", run.said[:500])
    if says:
        tap.check(f"{name}: the message", re.search(says, run.said) is not None,
                  run.said[:500])
    tap.check(f"{name}: no value in the message",
              "canary" not in run.said and len(run.said) < 2000, run.said[:500])
    tap.check(f"{name}: an output or none", os.path.exists("out.zip") == (status == 0))
    if not SANITIZED:
        limit = max(memory * MIB, FLOOR if memory < 64 else 0)
        tap.check(f"{name}: within {memory} MiB", run.peak <= limit,
                  f"{run.peak / MIB:.1f} MiB")
    if verify and run.status == 0:
        done = subprocess.run([SANDCAST, "verify", "out.zip"], capture_output=True,
                              check=False)
        tap.check(f"{name}: verifies", done.returncode == 0, done.stderr[:300])
    return run


def documents():
    case("one document on one line", data.one_line(size(200, 10000) * 10**6))
    case("records of 30 bytes", data.small_records(size(10**6, 10**7)), "--entity",
         "-=Thing", verify=True)
    case("keys in no order", data.scattered(size(200000, 2 * 10**6), 40), verify=True)
    case("keys in no order, 48M", data.scattered(size(200000, 2 * 10**6), 40),
         memory=48)
    case("different records under one key", data.duplicates(size(100000, 10**6)),
         status=65, says=r"Thing: \d+ records differ .*--duplicates")


def large_values():
    says = r"byte \d+: a record is larger than 12582912 bytes \(see --memory\)"
    case("a record of 100 MB", data.large_record(100 * MIB), status=65, says=says)
    if not SANITIZED:
        mb = size(25, 100)
        case(f"a record of {mb} MB, {10 * mb}M", data.large_record(mb * MIB),
             memory=10 * mb)
    case("records of 11 MiB", data.large_record(11 * MIB, n=4))
    case("records of 11 MiB on 8 threads", data.large_record(11 * MIB, n=4), "-j", "8")
    case("a string of 1 GB", data.endless_string(10**9), status=65, says=says)
    case("a string of 1 GB, 1G", data.endless_string(10**9), memory=1024, status=65,
         says=r"a record is larger than 134217728 bytes \(see --memory\)")
    case("a string of 1 GB outside of records", data.endless_cursor(10**9), status=65,
         says=r"byte \d+: a token longer than 65536 bytes")


def names():
    says = r"byte \d+: record \d+: more than 65536 distinct paths"
    case("distinct paths", data.paths(65000))
    case("distinct paths on 8 threads",
         (piece for _ in range(8) for piece in data.paths(60000)), "-j", "8",
         "--duplicates", "first")
    case("10^6 distinct paths", data.paths(10**6), status=65, says=says)
    case("10^6 distinct paths on 8 threads", data.paths(10**6), "-j", "8", status=65,
         says=says)
    case("an object of 200,000 names", data.wide_object(200000), verify=True)
    case("an object of 700,000 names", data.wide_object(700000), status=65,
         says=r"record 1: a record of more than 262144 members \(see --memory\)")
    if not SANITIZED:
        case("an object of 10^6 names, 512M", data.wide_object(10**6), memory=512)
        case("an object of 10^7 names, 512M", data.wide_object(10**7), memory=512,
             status=65, says=r"\(see --memory\)")
    case("a list of 4 million values", data.wide_list(4 * 10**6))
    case("new names in every record", data.many_maps(size(2000, 100000), 100),
         verify=True)
    case("a name in many spellings", data.spellings(size(50000, 500000)))
    case("names of 64 KiB", data.long_names(size(500, 5000), 65536))
    # A member's name is bounded by its record only, and costs nothing once it is read.
    case("names of a MiB", data.long_names(size(20, 200), MIB))
    case("more entities than there may be", data.entities(2000), status=65,
         says=r"record \d+: more than 1024 entities")
    case("lists of many names", data.lists(4000, size(10, 100)), "--duplicates",
         "first")


def keys_and_nesting():
    # Encoded, which takes three bytes more than the text.
    case("keys of 64 KiB", data.record_keys([65533, 65532, 65531]))
    case("keys of 64 KiB and one byte", data.record_keys([65533, 65534]), status=65,
         says=r"record 2: a key of more than 65536 bytes")
    case("long keys in no order", data.scattered(size(800, 20000), 60000))
    case("nested 512 deep", data.nested(512))
    case("nested 513 deep", data.nested(513), status=65,
         says=r"nesting deeper than 512")
    case("nested 10^6 deep", data.nested(10**6), status=65,
         says=r"nesting deeper than 512")


def files():
    count = size(10000, 100000)
    os.mkdir("files")
    for i in range(count):
        folder = f"files/{i // 1000}"
        if i % 1000 == 0:
            os.mkdir(folder)
        with open(f"{folder}/parts-{i}.json", "w", encoding="ascii") as f:
            f.write('{"id":"%d"}\n' % i)
    case("a folder of many files", None, "files")
    operands = [f"files/{i // 1000}/parts-{i}.json" for i in range(min(count, 4097))]
    case("as many operands as may be", None, *operands[:4096])
    if len(operands) == 4097:
        case("one more", None, *operands, status=2,
             says="more than 4096 operands; name a folder")
    shutil.rmtree("files")
    with tarfile.open("files.tar", "w") as tar:
        for i in range(count):
            text = b'{"id":"%d"}\n' % i
            info = tarfile.TarInfo(f"export/parts-{i}.json")
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
            tar.members = []
    case("a tar of many files", None, "files.tar")
    os.unlink("files.tar")


def memory_moves():
    """The same input under three limits: the peak follows, the root does not."""
    if SANITIZED:
        tap.skip("--memory moves the peak", "sanitizers need memory of their own")
        return
    peaks, roots = [], []
    for memory in (48, 96, 512):
        run = case(f"a hundred thousand keys, {memory}M, -j 16",
                   data.scattered(120000, 120), "-j", "16", memory=memory)
        peaks.append(run.peak)
        roots.append(subprocess.run([SANDCAST, "ls", "--json", "out.zip"],
                                    capture_output=True, check=False).stdout)
    tap.check("--memory moves the peak", peaks[0] < peaks[1] < peaks[2], str(peaks))
    tap.check("and not the content", len(set(roots)) == 1 and roots[0])


def main():
    work = tempfile.mkdtemp()
    os.chdir(work)
    try:
        subprocess.run([SANDCAST, "key", "new", "-q", "-o", "key"], check=True)
        for part in (documents, large_values, names, keys_and_nesting, files,
                     memory_moves):
            part()
        return tap.end()
    finally:
        os.chdir("/")
        shutil.rmtree(work)


if __name__ == "__main__":
    sys.exit(main())
