"""Other tools on what they can do of a comparison of two exports.

All get the beginning of the same two files, in the same order. None of them knows which
member of which entity is the key: where a tool takes one, it is told `__typename` and
`id`. What each tool compares stands in its row.
"""
import json
import os
import shutil
import sqlite3
import subprocess
import sys

from measure import Row
from peers import DUCKDB, version

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")

# Seconds, not minutes, for each: how many records of each file a tool is given.
SAMPLES = {"jq": 5000, "jsondiffpatch": 10000, "json-diff": 300, "sqldiff": 100000,
           "duckdb": 50000}


def install(package, folder):
    """Its folder of modules, or None; said on standard error."""
    modules = os.path.join(folder, "node_modules")
    if os.path.isdir(os.path.join(modules, package)):
        return modules
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    print(f"== npm installs {package} into {folder}", file=sys.stderr, flush=True)
    os.makedirs(folder, exist_ok=True)
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, package],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return modules if done.returncode == 0 else None


def beginnings(pair, tool, work):
    """The first lines of both files."""
    out = []
    for side, path in zip(("left", "right"), pair):
        out.append(os.path.join(work, f"{tool}-{side}.ndjson"))
        with open(path, "rb") as data, open(out[-1], "wb") as sample:
            for _, line in zip(range(SAMPLES[tool]), data):
                sample.write(line)
    return out


def as_array(path):
    """The same as one JSON array."""
    out = path.replace(".ndjson", ".json")
    with open(path, "rb") as data, open(out, "wb") as array:
        array.write(b"[" + b",".join(data.read().splitlines()) + b"]")
    return out


def as_database(path):
    """The same as a table of texts by type and id."""
    out = path.replace(".ndjson", ".db")
    db = sqlite3.connect(out)
    db.execute("CREATE TABLE record (type TEXT, id TEXT, body TEXT, PRIMARY KEY (type, id))"
               " WITHOUT ROWID")
    with open(path, encoding="utf-8") as data:
        for n, line in enumerate(data):
            record = json.loads(line)
            db.execute("INSERT INTO record VALUES (?, ?, ?)",
                       (record["__typename"], str(record.get("id", n)), line))
    db.commit()
    db.close()
    return out


def commands(tool, files, scratch, work):
    """(name, argv, environment, what it does), or None where it is not there."""
    def shell(script, *args):
        # Differences are no failure.
        return ["sh", "-c", script + "; [ $? -le 1 ]", tool, *args]
    if tool == "jq":
        if shutil.which("jq"):
            return (f"jq -S, diff ({version(['jq', '--version'])})",
                    shell('jq -cS . "$1" >"$3/l.jq"; jq -cS . "$2" >"$3/r.jq"; diff "$3/l.jq" "$3/r.jq"',
                          *files, work), {}, "lines, in the same order only")
        return None
    if tool == "sqldiff":
        if shutil.which("sqldiff"):
            return ("sqldiff", ["sqldiff", *map(as_database, files)], {},
                    "lines by key, of databases made before (not counted)")
        return None
    package = DUCKDB if tool == "duckdb" else tool
    modules = install(package, scratch)
    if not modules:
        return None
    number = version(["grep", '"version"', os.path.join(modules, package, "package.json")])
    if tool == "duckdb":
        return (f"DuckDB EXCEPT, FULL JOIN ({number})",
                ["node", os.path.join(HERE, "duckdb-diff.js"), *files], {"NODE_PATH": modules},
                "lines by key; counts alone")
    if tool == "jsondiffpatch":
        return (f"jsondiffpatch, objectHash ({number})",
                ["node", os.path.join(HERE, "jsondiffpatch.mjs"), modules, *files], {},
                "records by key, numbers as doubles")
    return (f"json-diff ({number})",
            shell('"$1/.bin/json-diff" "$2" "$3"', modules, *map(as_array, files)), {},
            "arrays by likeness, numbers as doubles")


def rows(pair, scratch, work, missing):
    """The rows by name; the names of tools that are not there go to `missing`."""
    found = {}
    for tool, records in SAMPLES.items():
        files = beginnings(pair, tool, work)
        made = commands(tool, files, scratch, work)
        if not made:
            missing.append(tool)
            continue
        name, argv, environ, note = made
        found[tool] = Row(name, [argv], sum(map(os.path.getsize, files)), 2 * records,
                          output="-", environ=environ, note=note)
    return found
