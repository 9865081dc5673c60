"""What the fault tests share: TAP, runs of the program, the world they run in.

Everything happens below one temporary directory, removed at the end. TMPDIR of the runs
is a folder of its own there, so that what is left in it is seen.
"""
import concurrent.futures
import gzip
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

CANARY = "canary"
TIMEOUT = 60  # seconds: a run that takes longer hangs


class Tap:
    def __init__(self):
        self.n = self.bad = 0

    def check(self, name, problems, notes=()):
        """One test: passes when there are no problems."""
        self.n += 1
        print("not ok" if problems else "ok", self.n, "-", name)
        for line in list(problems)[:12] + list(notes):
            print("#", line)
        self.bad += bool(problems)
        sys.stdout.flush()

    def skip(self, name, why):
        self.n += 1
        print("ok", self.n, "-", name, "# SKIP", why)

    def end(self):
        print("1..%d" % self.n)
        sys.exit(self.bad > 0)


class World:
    """The program, a key, inputs with planted values, and room for outputs."""

    def __init__(self, program):
        self.program = os.path.realpath(program)
        # In memory where there is such a place: hundreds of runs sync their outputs.
        shm = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.root = tempfile.mkdtemp(prefix="faults-", dir=shm)
        self.names = itertools.count()
        self.env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "NO_COLOR": "1",
                    "TMPDIR": os.path.join(self.root, "tmp"),
                    "XDG_CACHE_HOME": os.path.join(self.root, "cache")}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        os.mkdir(self.env["TMPDIR"])
        self.must("key", "new", "-q", "-o", self.at("key"))

    def at(self, name):
        return os.path.join(self.root, name)

    def must(self, *args):
        done = subprocess.run([self.program, *args], env=self.env, capture_output=True)
        if done.returncode:
            print("Bail out!", args[0], done.stderr.decode(errors="replace"))
            sys.exit(1)
        return done.stdout

    def lines(self, name, lines):
        with open(self.at(name), "w") as out:
            for line in lines:
                out.write(json.dumps(line, separators=(",", ":")) + "\n")
        return self.at(name)

    def planted(self, name, n, small=0):
        """NDJSON with a planted value in every class of field; small records after it."""
        return self.lines(name, itertools.chain(
            ({"__typename": "User", "id": i, "name": "Canary%d Smith" % i,
              "email": "canary%d@acme.example" % i} if i % 2 else
             {"__typename": "Part", "id": i,
              "description": "ask canary%d@acme.example or +1 555 010 %04d" % (i, i)}
             for i in range(n)),
            ({"__typename": "Part", "id": n + i} for i in range(small))))

    def demo(self, name, records, form, seed=1):
        self.must("demo", "-q", "-f", "-o", self.at(name), "--records", str(records),
                  "--seed", str(seed), "--format", form)
        return self.at(name)

    def gzipped(self, name):
        with open(self.at(name), "rb") as plain, gzip.open(self.at(name + ".gz"), "wb") as out:
            shutil.copyfileobj(plain, out)
        os.unlink(self.at(name))
        return self.at(name + ".gz")

    def room(self):
        """A fresh empty directory."""
        path = self.at("room%d" % next(self.names))
        os.mkdir(path)
        return path

    def verifies(self, path):
        return subprocess.run([self.program, "verify", path], env=self.env,
                              capture_output=True).returncode == 0

    def done(self):
        shutil.rmtree(self.root, ignore_errors=True)


class Result:
    """A finished run. status: as a shell would say it; None when it hung."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err.decode(errors="replace")


def run(world, args, cwd, env=(), program=None, **more):
    started = subprocess.Popen([program or world.program, *args], cwd=cwd,
                               env={**world.env, **dict(env)}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    try:
        out, err = started.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        started.kill()
        return Result(None, *started.communicate())
    code = started.returncode
    return Result(code if code >= 0 else 128 - code, out, err)


def contents(folder):
    """Name -> bytes of every file below a folder, hidden ones too."""
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, folder)] = f.read()
    return found


def parallel(jobs):
    """Calls them all, as many at a time as there are CPUs; results in order."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(lambda job: job(), jobs))


def died(status):
    """What a program's own fault looks like: these signals, or a sanitizer's report."""
    return status in {128 + s for s in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS,
                                        signal.SIGILL, signal.SIGFPE)}
