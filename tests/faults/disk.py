"""Where outputs go and inputs come from, at their worst: disk.py SANDCAST

Pipes that close, full disks, targets that cannot be written to, inputs that change while
they are read, two runs at once into one output. A full disk is a small tmpfs where this
may mount one, else a limit on the size of files; a target that cannot be written to is
one mounted read-only, else a folder without write permission.
"""
import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import time

from kit import CANARY, TIMEOUT, Tap, World, contents, run

SIZES = 10    # how full the disk is, from empty to almost enough
ROUNDS = 6    # of two runs at once
OLD = b"precious\n"


class Disk:
    """A small file system of its own at `path`, or what comes nearest."""

    def __init__(self, world, size=None, read_only=False):
        self.path, self.limit = world.room(), None
        options = "size=%d" % size if size else "ro"
        self.mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "none", self.path],
            capture_output=True).returncode == 0
        self.possible = self.mounted or os.geteuid() != 0 or bool(size)
        if not self.mounted and size:
            self.limit = size
        elif not self.mounted and read_only:
            os.chmod(self.path, 0o555)

    def limited(self):
        if self.limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.limit, self.limit))

    def done(self):
        if self.mounted:
            subprocess.run(["umount", self.path], check=True)
        os.rmdir(self.path) if not os.listdir(self.path) else shutil.rmtree(self.path)


def clear(result, status, *causes):
    """Is this failure told as it should be? What is wrong, or None."""
    said = result.err.strip().splitlines()
    if result.status != status:
        return "status %s, says %r" % (result.status, result.err[-200:])
    if CANARY in result.err.lower():
        return "a value is in the message"
    if len(said) != 1 or not any(c in said[0] for c in causes):
        return "says %r" % result.err[-200:]
    return None


class Tests:
    def __init__(self, tap, world):
        self.tap, self.world = tap, world
        self.key = world.at("key")
        self.planted = world.planted("planted.ndjson", 2000)
        self.snapshot = world.at("planted.zip")
        self.scrub = ["scrub", "-q", "-k", self.key, self.planted, "-o"]
        world.must(*self.scrub, self.snapshot)
        with open(self.snapshot, "rb") as f:
            self.whole = f.read()

    def pipes(self):
        for name, args in (
                ("cat", ["cat", self.snapshot, "User"]),
                ("export", ["export", self.snapshot, "-o", "-"]),
                ("export to data-snapshot", ["export", self.snapshot, "--format",
                                             "data-snapshot", "-o", "-"]),
                ("scrub", [*self.scrub, "-"]),
                ("demo", ["demo", "-q", "-o", "-", "--records", "3000"])):
            for taken in (0, 1000):
                reader, writer = os.pipe()
                room = self.world.room()
                started = subprocess.Popen([self.world.program, *args], cwd=room,
                                           env=self.world.env, stdout=writer,
                                           stderr=subprocess.PIPE)
                os.close(writer)
                while taken > 0:
                    taken -= len(os.read(reader, taken)) or taken
                os.close(reader)
                said = started.communicate(timeout=TIMEOUT)[1]
                problems = []
                # What fits into the pipe may have been written before it closed.
                if started.returncode != 141 and not (taken == 0 and started.returncode == 0):
                    problems.append("status %d" % started.returncode)
                if said:
                    problems.append("says %r" % said[-200:])
                if contents(room) or contents(self.world.env["TMPDIR"]):
                    problems.append("something is left behind")
                self.tap.check("%s into a pipe that closes" % name, problems)

    def full_disk(self, name, args, size, old):
        problems, ways = [], set()
        for i in range(SIZES):
            room = 4096 + (size - 8192) * i // SIZES
            disk = Disk(self.world, size=room // 4096 * 4096)
            ways.add("a tmpfs" if disk.mounted else "a limit on files")
            try:
                if old:
                    with open(os.path.join(disk.path, "out"), "wb") as f:
                        f.write(OLD)
                result = run(self.world, [*args, "out"] + ["-f"] * old, disk.path,
                             preexec_fn=disk.limited)
                wrong = clear(result, 74, os.strerror(errno.ENOSPC), os.strerror(errno.EFBIG))
                if not wrong and contents(disk.path) != ({"out": OLD} if old else {}):
                    wrong = "there is %s" % sorted(contents(disk.path))
                if wrong:
                    problems.append("%d bytes: %s" % (room, wrong))
            finally:
                disk.done()
        self.tap.check("%s onto a full disk%s, %d sizes of %s" % (
            name, ", an old output there" if old else "", SIZES, " or ".join(ways)), problems)

    def full_disks(self):
        for old in (False, True):
            self.full_disk("scrub", self.scrub, len(self.whole), old)
        self.full_disk("export", ["export", self.snapshot, "-o"], 128 << 10, False)
        self.full_disk("demo", ["demo", "-q", "--records", "2000", "-o"], 512 << 10, True)

    def full_temp(self):
        """The place of temporary files is full, the one of the output is not."""
        disk = Disk(self.world, size=8192)
        try:
            room = self.world.room()
            for name, args in (
                    ("scrub to standard output", [*self.scrub, "-"]),
                    ("export to data-snapshot", ["export", self.snapshot, "--format",
                                                 "data-snapshot", "-o", "out"])):
                result = run(self.world, args, room, {"TMPDIR": disk.path},
                             preexec_fn=disk.limited)
                wrong = clear(result, 74, os.strerror(errno.ENOSPC), os.strerror(errno.EFBIG))
                if not wrong and (contents(room) or contents(disk.path) or result.out):
                    wrong = "something is left behind"
                self.tap.check("%s, no room for temporary files" % name, [wrong] if wrong else [])
        finally:
            disk.done()

    def read_only(self):
        disk = Disk(self.world, read_only=True)
        try:
            for name, args in (("scrub", self.scrub), ("export", ["export", self.snapshot, "-o"]),
                               ("demo", ["demo", "-q", "-o"]), ("key new", ["key", "new", "-o"])):
                if not disk.possible:
                    self.tap.skip("%s to a read-only target" % name, "root, but no mount")
                    continue
                result = run(self.world, [*args, "out"], disk.path)
                wrong = clear(result, 73, os.strerror(errno.EROFS), os.strerror(errno.EACCES))
                self.tap.check("%s to a read-only target" % name, [wrong] if wrong else [])
        finally:
            disk.done()

    def change(self, name, act, works):
        """Stops a run that has read a part of its input, changes the input, goes on."""
        data, room = self.world.at("changing.ndjson"), self.world.room()
        shutil.copyfile(self.large, data)
        args = [self.world.program, "scrub", "-q", "-k", self.key, "-j", "1", "--memory", "48M",
                "-o", "out", data]
        started = subprocess.Popen(args, cwd=room, env=self.world.env, stderr=subprocess.PIPE)
        part = wait_for_reading(started, data)
        started.send_signal(signal.SIGSTOP)
        act(data)
        started.send_signal(signal.SIGCONT)
        said = started.communicate(timeout=TIMEOUT)[1].decode()
        made = contents(room)
        if works:
            wrong = started.returncode and "status %d, says %s" % (started.returncode, said)
            if not wrong and made.get("out") != self.large_whole:
                wrong = "is not what was there when it was opened"
        else:
            wrong = started.returncode != 65 and "status %d, says %s" % (started.returncode, said)
            if not wrong and ("changed while it was read" not in said or made):
                wrong = "says %s, made %s" % (said, sorted(made))
        self.tap.check("an input that %s" % name, [wrong] if wrong else [],
                       [] if part else ["(its reading could not be seen: a guess)"])

    def changing(self):
        self.large = self.world.demo("large.ndjson", 22000, "ndjson")
        out = self.world.at("large.zip")
        self.world.must("scrub", "-q", "-k", self.key, self.large, "-o", out)
        with open(out, "rb") as f:
            self.large_whole = f.read()
        size = os.path.getsize(self.large)

        def replace(path):
            shutil.copyfile(self.planted, path + ".new")
            os.rename(path + ".new", path)

        def append(path):
            with open(path, "ab") as f:
                f.write(b'{"__typename":"Part","id":99999999}\n')

        def rewrite(path): # the same size, and bytes that are not read again
            with open(path, "r+b") as f:
                f.write(b'{"__')

        self.change("shrinks", lambda p: os.truncate(p, size - 1000), False)
        self.change("is emptied", lambda p: os.truncate(p, 0), False)
        self.change("grows", append, False)
        self.change("is written to at its beginning", rewrite, False)
        self.change("is deleted", os.unlink, True)
        self.change("is replaced by another file", replace, True)

    def two_runs(self):
        other = self.world.at("other.zip")
        data = self.world.planted("other.ndjson", 1500)
        self.world.must("scrub", "-q", "-k", self.key, data, "-o", other)
        with open(other, "rb") as f:
            wholes = [self.whole, f.read()]
        for force in (False, True):
            problems, won = [], [0, 0]
            for _ in range(ROUNDS):
                room = self.world.room()
                runs = [subprocess.Popen(
                    [self.world.program, "scrub", "-q", "-k", self.key, d, "-o", "out"] +
                    ["-f"] * force, cwd=room, env=self.world.env, stderr=subprocess.PIPE)
                    for d in (self.planted, data)]
                for r in runs:
                    r.communicate(timeout=TIMEOUT)
                status, made = [r.returncode for r in runs], contents(room)
                if sorted(status) != ([0, 0] if force else [0, 73]):
                    problems.append("status %s" % status)
                elif list(made) != ["out"] or made["out"] not in wholes:
                    problems.append("there is %s" % sorted(made))
                elif not force and made["out"] != wholes[status.index(0)]:
                    problems.append("the output is of the run that failed")
                else:
                    won[wholes.index(made["out"])] += 1
            self.tap.check("two runs into one output%s, %d times: %d and %d won" % (
                " with --force" if force else "", ROUNDS, *won), problems)


def wait_for_reading(process, path):
    """Returns when the process has read a part of the file: True if that was seen."""
    until = time.monotonic() + 10
    size = os.path.getsize(path)
    folder = "/proc/%d" % process.pid
    while time.monotonic() < until and process.poll() is None:
        try:
            for fd in os.listdir(folder + "/fd"):
                if os.path.realpath(folder + "/fd/" + fd) != os.path.realpath(path):
                    continue
                with open(folder + "/fdinfo/" + fd) as f:
                    if 0 < int(f.readline().split()[1]) < size:
                        return True
        except PermissionError:
            time.sleep(0.1) # not ours to look into: a guess
            return False
        except OSError:
            pass
        time.sleep(0.001)
    return False


def main():
    tap, world = Tap(), World(sys.argv[1])
    try:
        tests = Tests(tap, world)
        tests.pipes()
        tests.full_disks()
        tests.full_temp()
        tests.read_only()
        tests.changing()
        tests.two_runs()
    finally:
        world.done()
    tap.end()


main()
