"""Other tools on what they can do of the same work.

Packing: the whole file, or a beginning of it for the slow ones. Scrubbing: the two
regular expressions below in all string values (jq, gojq, node), or in whole lines (perl,
sed, DuckDB), nothing packed, nothing checked. All are asked for the same answers: the
numbers of their replacements are compared before anything is measured.
"""
import os
import re
import shutil
import subprocess
import sys

from measure import Row, fail

EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]+"
PHONE = r"\(?[0-9]{3}\)?[ .-][0-9]{3}[.-][0-9]{4}"
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")
DUCKDB = "@duckdb/node-api"
PERL = r"BEGIN { $e = qr/$ENV{EMAIL}/; $p = qr/$ENV{PHONE}/ } s/$e/EMAIL/g; s/$p/PHONE/g"

# Seconds, not minutes, for each: how many MB of the data a slow tool is given.
SAMPLES = {"gzip": 100, "pigz": 200, "jq": 1, "gojq": 4, "node": 50, "sed": 50, "perl": 100,
           "duckdb": 200}


def version(command):
    """The first number in what it says of itself."""
    said = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False).stdout.decode("utf-8", "replace")
    found = re.search(r"[0-9]+\.[0-9]+[0-9.]*", said)
    return found.group() if found else "?"


def install_duckdb(folder):
    """Its folder of modules, or None; said on standard error."""
    modules = os.path.join(folder, "node_modules")
    if os.path.isdir(os.path.join(modules, DUCKDB)):
        return modules
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    print(f"== npm installs {DUCKDB} into {folder}", file=sys.stderr, flush=True)
    os.makedirs(folder, exist_ok=True)
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, DUCKDB],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return modules if done.returncode == 0 else None


class Data:
    """A file of NDJSON and its beginnings."""

    def __init__(self, path, work):
        self.path, self.work = path, work
        self.size = os.path.getsize(path)
        self.samples = {}

    def sample(self, megabytes):
        """(path, bytes, records) of the first lines, at most so many MB."""
        if megabytes not in self.samples:
            path = self.path
            if megabytes * 10**6 < self.size:
                path = os.path.join(self.work, f"sample-{megabytes}.ndjson")
                with open(self.path, "rb") as data, open(path, "wb") as out:
                    left = megabytes * 10**6
                    for line in data:
                        left -= len(line)
                        if left < 0:
                            break
                        out.write(line)
            self.samples[megabytes] = (path, os.path.getsize(path), lines(path))
        return self.samples[megabytes]


def lines(path):
    """How many."""
    with open(path, "rb") as data:
        return sum(block.count(b"\n") for block in iter(lambda: data.read(1 << 20), b""))


def row(data, tool, name, argv, **more):
    """A row on the tool's sample; {} in argv is the file."""
    path, size, records = data.sample(SAMPLES.get(tool, 10**6))
    return Row(name, [[path if a == "{}" else a for a in argv]], size, records, output="-",
               note="" if size == data.size else "sample", **more)


def packers(data, wanted, missing):
    """Rows of the tools that only pack; the names of those that are not there go to
    `missing`."""
    for argv in (["igzip", "-1", "-c", "{}"], ["libdeflate-gzip", "-1", "-c", "{}"],
                 ["gzip", "-6", "-c", "{}"], ["pigz", "-6", "-c", "{}"]):
        tool = argv[0]
        if tool not in wanted:
            continue
        if not shutil.which(tool):
            missing.append(tool)
            continue
        number = version([tool, "-V" if tool == "libdeflate-gzip" else "--version"])
        yield row(data, tool, f"{' '.join(argv[:-1])} ({number})", argv)


def scrubbers(data, modules, missing):
    """Rows of the tools that replace two regular expressions; `modules`: where DuckDB is."""
    jq = ["-c", "--arg", "email", EMAIL, "--arg", "phone", PHONE, "-f",
          os.path.join(HERE, "scrub.jq"), "{}"]
    sed = f"s/{EMAIL}/EMAIL/g; s/{PHONE}/PHONE/g"
    tools = (
        ("perl", "perl -pe", ["perl", "-pe", PERL, "{}"], {"EMAIL": EMAIL, "PHONE": PHONE}),
        ("sed", "sed -E", ["sed", "-E", sed, "{}"], {}),
        ("node", "node", ["node", os.path.join(HERE, "scrub.js"), "{}", EMAIL, PHONE], {}),
        ("duckdb", "DuckDB", ["node", os.path.join(HERE, "duckdb.js"), "{}", EMAIL, PHONE],
         {"NODE_PATH": modules or ""}),
        ("gojq", "gojq walk, gsub", ["gojq"] + jq, {}),
        ("jq", "jq walk, gsub", ["jq"] + jq, {}),
    )
    for tool, name, argv, environ in tools:
        if not shutil.which(argv[0]) or (tool == "duckdb" and not modules):
            missing.append(f"DuckDB ({DUCKDB})" if tool == "duckdb" else tool)
            continue
        if tool == "duckdb":
            number = version(["grep", '"version"', os.path.join(modules, DUCKDB, "package.json")])
        else:
            number = version([tool, "--version"])
        yield row(data, tool, f"{name} ({number})", argv, environ=environ)


def compare(rows, data):
    """All of them replace as much in the same lines, else it is not the same work: ends
    the program. Returns (e-mail addresses, telephone numbers) of each."""
    small, all_counts = data.sample(1)[0], []
    for r in rows:
        argv = [small if a == data.path or os.path.basename(a).startswith("sample-") else a
                for a in r.argvs[0]]
        said = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False,
                              env=dict(os.environ, **r.environ)).stdout
        all_counts.append((said.count(b"EMAIL"), said.count(b"PHONE")))
        if all_counts[-1] != all_counts[0]:
            fail(f"{r.name} makes {all_counts[-1]} replacements, {rows[0].name} {all_counts[0]}")
    return all_counts
