"""Every call fails once: inject.py SANDCAST FAULT.SO [--sanitized] [WORD...]

For each command below, a run without faults counts its calls (see fault.c). Then, for
each operation and way of failing, one run for each call in which exactly that call fails.
Where there are more than FAULTS_MOST calls of a kind (default 12, which takes half a minute
on two cores, 4 with --sanitized; 60 before a release), that many of them are taken, evenly
spread, and the line says so; a third as many where nothing may change. Checked after each
run:

- it ended by itself, with an exit status of the manual that fits the operation;
- a failure is told in one line that names the cause, without any planted value;
- the outputs are absent, or what they were before (--force), and nothing lies beside
  them or in the temporary directory;
- a run that reports success has made the same bytes as the run without a fault;
- where a failure must not matter (a short transfer, EINTR), it did not.

Three exceptions. The loader of libraries may end the process. When the directory cannot be
synced after the rename, the new output is there already, whole; the run says so and fails.
And of several outputs (a snapshot and its summary, the tables of an export) those that were
made before the failure stay. WORD: only the commands of that name.
"""
import errno
import json
import os
import shutil
import sys

from kit import CANARY, Tap, World, contents, died, parallel, run

MOST = int(os.environ.get("FAULTS_MOST", "4" if "--sanitized" in sys.argv else "12"))
SPILL = 260000  # small records
LARGE = 4096  # bytes: what a size of the input can ask for

READ, WRITE = {66, 74}, {74}
MAKE = {73, 74}
OUT_OF_MEMORY = {70}
# dlopen() ends the process itself where it has no memory for its own error.
LOADER = 127, "out of memory\n"

# operation, errno (0: short), least size, statuses (empty: must succeed)
FAILURES = [
    ("read", errno.EIO, 0, READ),
    ("read", errno.EINTR, 0, ()),
    ("read", 0, 0, ()),
    ("pread", errno.EIO, 0, READ),
    ("pread", errno.EINTR, 0, ()),
    ("pread", 0, 0, ()),
    ("write", errno.ENOSPC, 0, WRITE),
    ("write", errno.EIO, 0, WRITE),
    ("write", errno.EINTR, 0, ()),
    ("write", 0, 0, ()),
    ("pwrite", errno.ENOSPC, 0, WRITE),
    ("pwrite", errno.EINTR, 0, ()),
    ("pwrite", 0, 0, ()),
    ("open", errno.EMFILE, 0, {66, 73, 74}),
    ("open", errno.EACCES, 0, {66, 73, 74}),
    ("tmpfile", errno.EACCES, 0, MAKE),
    ("tmpfile", errno.ENOSPC, 0, MAKE),
    ("tmpfile", errno.EOPNOTSUPP, 0, ()),  # another way is taken
    ("mkostemp", errno.EROFS, 0, MAKE),
    ("close", errno.EIO, 0, {66, 73, 74}),
    ("rename", errno.EIO, 0, MAKE),
    ("link", errno.EIO, 0, MAKE),
    ("unlink", errno.EIO, 0, MAKE),
    ("fsync", errno.EIO, 0, WRITE),
    ("ftruncate", errno.EIO, 0, WRITE),
    ("seek", errno.EIO, 0, {66, 74}),
    ("stat", errno.EIO, 0, {66, 73, 74}),
    ("mode", errno.EPERM, 0, MAKE),
    ("dup", errno.EMFILE, 0, {66, 74}),
    ("dir", errno.EIO, 0, READ),
    ("random", errno.ENOSYS, 0, OUT_OF_MEMORY),
    ("thread", errno.EAGAIN, 0, OUT_OF_MEMORY),
    ("mmap", errno.ENOMEM, 0, OUT_OF_MEMORY),
    ("memory", errno.ENOMEM, 0, OUT_OF_MEMORY),
    ("memory", errno.ENOMEM, LARGE, OUT_OF_MEMORY),
]


OUTPUT = {"write", "tmpfile", "mkostemp", "rename", "link", "unlink", "fsync", "mode"}


class Case:
    """A command: its arguments, the outputs it makes, what was there before."""

    def __init__(self, name, args, before=(), volatile=(), random=False, only=None,
                 most=MOST):
        self.name, self.args, self.before = name, args, dict(before)
        self.only, self.most = only, most  # operations (None: all), runs of a kind
        self.volatile = set(volatile)  # outputs that name times: compared by status only
        self.random = random           # outputs differ from run to run


class Faults:
    def __init__(self, world, shim, tap):
        self.world, self.shim, self.tap = world, shim, tap
        self.preload = {"LD_PRELOAD": shim}
        if "--sanitized" in sys.argv: # the sanitizer wants to be first, and is not
            self.preload["ASAN_OPTIONS"] = \
                world.env.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"

    def attempt(self, case, fault):
        """Runs it with a fault. Gives the result, the outputs, leftovers, and the log."""
        room, log = self.world.room(), self.world.at("log%d" % next(self.world.names))
        temp = self.world.room()
        for name, content in case.before.items():
            with open(os.path.join(room, name), "wb") as f:
                f.write(content)
            os.chmod(os.path.join(room, name), 0o600)
        result = run(self.world, case.args, room,
                     {**self.preload, "FAULT": fault, "FAULT_LOG": log, "TMPDIR": temp})
        made, left = contents(room), contents(temp)
        shutil.rmtree(room)
        shutil.rmtree(temp)
        lines = []
        if os.path.exists(log):
            with open(log) as f:
                lines = f.read().splitlines()
            os.unlink(log)
        return result, made, left, lines

    def counts(self, case, least):
        result, made, _, lines = self.attempt(case, "memory,0,0,%d" % least)
        if result.status:
            print("Bail out!", case.name, result.err)
            sys.exit(1)
        return result, made, {k: int(v) for k, v in (x.split() for x in lines)}

    def same(self, case, made, reference):
        for name in set(made) | set(reference):
            if name not in made:
                return "%s was not made" % name
            if name not in reference:
                return "%s lies there" % name
            if name in case.volatile:
                if json.loads(made[name]).get("status") != "done":
                    return "%s does not say done" % name
            elif not case.random and made[name] != reference[name]:
                return "%s differs from the one made without a fault" % name
        return None

    def judge(self, case, failure, index, tried):
        """What is wrong with this run, or None."""
        operation, number, _, statuses = failure
        result, made, left, lines = tried
        hit = [x[4:] for x in lines if x.startswith("hit ")]
        place = "call %d (%s)" % (index, ", ".join(hit))
        if result.status is None:
            return place + ": hangs"
        # libarchive says why it ends the process, and then we do.
        said = [x for x in result.err.strip().splitlines()
                if not x.startswith("Fatal Internal Error in libarchive: ")]
        if left:
            return "%s: left in the temporary directory: %s" % (place, sorted(left))
        if CANARY in result.err.lower():
            return place + ": a value is in the message"
        if result.status == 0:
            wrong = self.same(case, made, self.reference)
            if not wrong and not case.random and result.out != self.said:
                wrong = "standard output differs from the run without a fault"
            return wrong and "%s: succeeds, but %s" % (place, wrong)
        if operation == "memory" and (result.status, result.err) == LOADER:
            return self.outputs_wrong(case, made, result.err, place)
        what = "%s: status %s, says %r" % (place, result.status, result.err[-300:])
        if died(result.status) or "Sanitizer" in result.err:
            return what
        if result.status not in statuses:
            return what + ", not " + str(sorted(statuses) or [0])
        if len(said) != 1 or not said[0].startswith("sandcast: "):
            return what + ": not one line of ours"
        cause = os.strerror(number) if operation not in ("memory", "mmap") else "memory"
        if cause not in said[0]:
            return what + ": does not name the cause"
        return self.outputs_wrong(case, made, said[0], what)

    def outputs_wrong(self, case, made, said, what):
        """After a failure: as before, or whole where only the directory's sync failed."""
        for name, content in made.items():
            if name in case.volatile: # the summary of a run that failed
                if CANARY in content.decode().lower() or \
                        json.loads(content).get("status") == "done" and "is there" not in said:
                    return "%s: %s is wrong" % (what, name)
            elif name not in case.before and name not in self.reference:
                return "%s: left behind: %s" % (what, name)
            elif case.before.get(name) == content:
                continue
            elif "is there" in said and (case.random or content == self.reference[name]):
                continue
            # Of several outputs each is whole or absent.
            elif content == self.reference[name] and (
                    case.name.endswith("csv") or
                    any(n in said for n in self.reference if n != name)):
                continue
            else:
                return "%s: %s is neither as before nor absent" % (what, name)
        gone = [n for n in case.before if n not in made]
        return "%s: lost: %s" % (what, gone) if gone else None

    def fail_each(self, case, failure, total):
        operation, number, least, _ = failure
        # One loop stands behind all of those that may not matter: fewer are enough.
        most = case.most if failure[3] else case.most // 3
        indices = range(1, total + 1)
        if total > most:
            indices = sorted({1 + i * (total - 1) // (most - 1) for i in range(most)}) if most > 1 else [total // 2]
        tried = parallel([lambda i=i: self.attempt(
            case, "%s,%d,%d,%d" % (operation, i, number, least)) for i in indices])
        problems, missed, survived = [], 0, 0
        for index, one in zip(indices, tried):
            missed += not any(x.startswith("hit ") for x in one[3])
            survived += one[0].status == 0
            wrong = self.judge(case, failure, index, one)
            if wrong:
                problems.append(wrong)
        if missed == len(indices):
            problems.append("no call failed")
        how = errno.errorcode[number] if number else "short"
        kind = operation + (" of %d bytes or more" % least if least else "")
        self.tap.check("%s: %s, %s: %d of %d calls, %d of them do not matter%s" % (
            case.name, kind, how, len(indices), total, survived - missed,
            ", %d not reached" % missed if missed else ""), problems)

    def test(self, case, with_memory):
        least_counts = {}
        for failure in FAILURES:
            operation, _, least, _ = failure
            if case.only and operation not in case.only:
                continue
            if operation == "memory" and not with_memory:
                self.tap.skip("%s: memory" % case.name, "a sanitizer has its own allocator")
                continue
            if least not in least_counts:
                result, self.reference, least_counts[least] = self.counts(case, least)
                self.said = result.out
            total = least_counts[least].get(operation, 0)
            if total:
                self.fail_each(case, failure, total)


def cases(world):
    planted = world.planted("planted.ndjson", 300, small=16000)
    world.demo("tables.tar", 100, "data-snapshot")
    tables = world.gzipped("tables.tar")
    os.mkdir(world.at("folder"))
    world.demo("folder/pages.json", 60, "pages", seed=2)
    first = world.at("first.zip")
    key = world.at("key")
    world.must("scrub", "-q", "-k", key, "-o", first, world.demo("d.ndjson", 80, "ndjson", 3))
    rules = world.at("mine.yaml")
    with open(rules, "w") as f:
        f.write("pack: mine\nextends: [ion, pii, secrets, export-control]\nrules:\n"
                "  - id: part-description\n    at: 'Part.description'\n    action: redact\n")
    scrub = ["scrub", "-q", "-k", key, "-r", rules, "--memory", "48M", "-j", "2",
             "--duplicates", "first", planted, tables, world.at("folder"), first, "-o"]
    small = world.at("small.zip")
    world.must("scrub", "-q", "-k", key, "-o", small, world.planted("few.ndjson", 300))
    tables = world.at("small.db")
    world.must("load", "-q", "-o", tables, small)
    # Index entries for more than a sixth of the memory: they are spilled.
    many = world.planted("many.ndjson", 0, small=SPILL)
    old = {"s.zip": b"precious\n"}
    return [
        Case("scrub", [*scrub, "s.zip", "--json=s.json"], volatile=["s.json"]),
        Case("scrub --force", [*scrub, "s.zip", "--force"], before=old, only=OUTPUT),
        Case("scrub to standard output", [*scrub, "-"], only=OUTPUT | {"pread", "dup"}),
        Case("scrub that spills", ["scrub", "-q", "-k", key, "--memory", "48M", "-j", "2",
                                   "--temp", ".", many, "-o", "s.zip"],
             only={"pwrite", "tmpfile", "ftruncate"}, most=6),
        Case("verify", ["verify", "-j", "2", small]),
        Case("verify, summary to a file", ["verify", "-j", "2", small, "--json=v.json"], only=OUTPUT),
        Case("cat", ["cat", small, "User"]),
        Case("get", ["get", small, "Part", "4"]),
        Case("get --by", ["get", small, "Part", "--by", "id", "4"], only={"pread", "write"}),
        Case("inspect", ["inspect", "-j", "2", planted],
             only={"read", "open", "stat", "write", "thread"}),
        Case("export to ndjson", ["export", small, "-o", "e.ndjson"]),
        Case("export to data-snapshot", ["export", small, "--format", "data-snapshot", "-f",
                                         "-o", "s.zip"], before=old),
        Case("export to csv", ["export", small, "--format", "csv", "-o", "csv"]),
        Case("load", ["load", "-q", small, "-o", "t.db"]),
        Case("load --force", ["load", "-q", small, "-o", "t.db", "-f", "--json=l.json"],
             before={"t.db": b"precious"}, only=OUTPUT),
        Case("diff with a database", ["diff", small, tables], only={"pread", "open", "read", "stat"}),
        Case("key new", ["key", "new", "-q", "-o", "k"], random=True),
        Case("key rotate", ["key", "rotate", "-q", "k"], random=True,
             before={"k": open(key, "rb").read()}),
        Case("demo", ["demo", "-q", "--records", "200", "--format", "data-snapshot",
                      "-o", "d.tar", "--truth", "t.ndjson"]),
    ]


def main():
    program, shim = sys.argv[1:3]
    words = [a for a in sys.argv[3:] if not a.startswith("--")]
    tap, world = Tap(), World(program)
    try:
        faults = Faults(world, os.path.realpath(shim), tap)
        for case in cases(world):
            if not words or case.name in words:
                faults.test(case, "--sanitized" not in sys.argv)
    finally:
        world.done()
    tap.end()


main()
