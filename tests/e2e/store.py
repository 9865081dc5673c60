#!/usr/bin/env python3
"""A tenant in SQLite, read by SQLite itself. Prints TAP.

    store.py SANDCAST [RECORDS]

The demo tenant in every form becomes the same database; what SQLite reads in it is what the
export says, value by value; what comes out of it again is what went in; what SQL changes is
the drift. And runs that are killed, disks that are full, files that are locked or no tenant.
"""
import datetime
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

SANDCAST = os.path.realpath(sys.argv[1])
RECORDS = sys.argv[2] if len(sys.argv) > 2 else "4000"
KILLS = 12
results = []


def ok(good, what, said=""):
    results.append(bool(good))
    print(f"{'ok' if good else 'not ok'} {len(results)} - {what}", flush=True)
    if not good and said:
        for line in str(said).split("\n")[:30]:
            print(f"# {line}")


def run(*args, want=None, **more):
    done = subprocess.run([SANDCAST, *args], capture_output=True, text=True, **more)
    if want is not None and done.returncode != want:
        raise SystemExit(f"Bail out! {' '.join(args)}: {done.returncode}, not {want}\n{done.stderr}")
    return done


def root(path):
    return run("ls", "--root", path, want=0).stdout.split()[0]


def sql(path, statement, *values):
    with sqlite3.connect(path) as db:
        rows = db.execute(statement, values).fetchall()
    db.close()
    return rows


def forms():
    """In every form the same tenant: one root of snapshot and database, and no drift."""
    run("key", "new", "-q", "-o", "key", want=0)
    roots = {}
    for form in ("ndjson", "json", "pages", "airbyte", "data-snapshot"):
        run("demo", "-q", "-o", f"t.{form}", "--records", RECORDS, "--format", form, want=0)
        run("load", "-q", "--raw", f"t.{form}", "-o", f"raw-{form}.db", want=0)
        roots[form] = root(f"raw-{form}.db")
    ok(len(set(roots.values())) == 1, "loaded from every form: one root", roots)
    run("scrub", "-q", "-k", "key", "t.ndjson", "-o", "t.zip", want=0)
    run("load", "-q", "t.zip", "-o", "t.db", want=0)
    ok(root("t.zip") == root("t.db"), "a snapshot and its database have one root")
    run("export", "-q", "t.zip", "--format", "sqlite", "-o", "e.db", want=0)
    with open("t.db", "rb") as a, open("e.db", "rb") as b:
        ok(a.read() == b.read(), "export --format sqlite writes what load does")
    for left, right, what in (("t.zip", "t.db", "snapshot and database"),
                              ("t.ndjson", "raw-json.db", "export and raw database"),
                              ("t.db", "raw-json.db", "database of a snapshot and raw one")):
        done = run("diff", "-k", "key", left, right)
        ok(done.returncode == 0 and "no drift" in done.stdout, f"no drift: {what}", done.stdout + done.stderr)
    run("scrub", "-q", "-k", "key", "raw-ndjson.db", "-o", "again.zip", want=0)
    ok(root("again.zip") == root("t.zip"), "a raw database scrubs to the same snapshot")
    run("export", "-q", "t.db", "-o", "back.ndjson", want=0)
    run("load", "-q", "--raw", "back.ndjson", "-o", "back.db", want=0)
    ok(root("back.db") == root("t.db"), "an export of it has the root, too")


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def equal(value, stored):
    """Is what SQLite has what the export says? Moments and JSON by what they mean."""
    if stored == value or (isinstance(value, bool) and stored == int(value)):
        return True
    if not isinstance(stored, str) or value is None:
        return False
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
        return moment(stored) == moment(value)
    try:
        return json.loads(stored) == value
    except ValueError:
        return False


def snake(name):
    out = ""
    for i, c in enumerate(name):
        after_low = i and (name[i - 1].islower() or name[i - 1].isdigit())
        last_of_run = i and name[i - 1].isupper() and i + 1 < len(name) and name[i + 1].islower()
        out += ("_" if c.isupper() and (after_low or last_of_run) else "") + c.lower()
    return out


def values():
    """Python's SQLite against the export: each value is in a column or in _more."""
    tables = {"Part": "parts", "User": "users", "RunStep": "run_steps", "PartInventory": "parts_inventory",
              "PurchaseOrder": "purchase_orders", "Issue": "issues", "Comment": "comments"}
    seen, wrong = 0, []
    db = sqlite3.connect("raw-ndjson.db")
    db.row_factory = sqlite3.Row
    with open("t.ndjson", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            table = tables.get(record.pop("__typename"))
            if not table:
                continue
            row = db.execute(f"SELECT * FROM {table} WHERE id = ?", (record["id"],)).fetchone()
            more = json.loads(row["_more"] or "{}")
            for name, value in record.items():
                seen += 1
                stored = more[name] if name in more else row[snake(name)]
                if not (stored == value if name in more else equal(value, stored)):
                    wrong.append(f"{table}.{name}: {value!r} became {stored!r}")
    ok(seen > 10000 and not wrong, f"{seen} values of {len(tables)} entities as SQLite reads them", "\n".join(wrong))
    ok(db.execute("PRAGMA integrity_check").fetchall()[0][0] == "ok", "SQLite finds no fault in it")
    counts = dict(line.split()[:2] for line in run("ls", "t.db", want=0).stdout.splitlines()[1:])
    total = sum(int(n.replace(",", "")) for n in counts.values())
    rows = sum(sql("t.db", f'SELECT count(*) FROM "{t}"')[0][0] for (t,) in
               sql("t.db", "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
                           "AND name NOT LIKE 'sandcast%'"))
    ok(total == rows, "as many rows as records", f"{total} {rows}")
    ok(sql("raw-ndjson.db", "SELECT max(id) FROM parts") ==
       sql("raw-ndjson.db", "SELECT seq FROM sqlite_sequence WHERE name = 'parts'"), "ids go on behind the largest")
    db.close()


def changes():
    shutil.copy("t.db", "c.db")
    sql("c.db", "UPDATE parts SET description = ?, cost = NULL WHERE id = 3", "Robert'); DROP TABLE parts;--")
    sql("c.db", "DELETE FROM labels WHERE id = 2")
    sql("c.db", "INSERT INTO labels(value) VALUES('by hand')")
    sql("c.db", "UPDATE runs SET _more = json_set(_more, '$.status', 'CANCELED') WHERE id = 1")
    done = run("diff", "t.zip", "c.db", "--format", "ndjson")
    rows = sorted((r["entity"], r["class"], r.get("path", "")) for r in map(json.loads, done.stdout.splitlines()))
    ok(done.returncode == 1 and rows == [
        ("Label", "added", ""), ("Label", "removed", ""), ("Part", "changed", "/cost"),
        ("Part", "changed", "/description"), ("Run", "changed", "/status")],
        "what SQL changed is the drift", rows)
    run("diff", "t.zip", "c.db", "--format", "patch", "-o", "p", want=1)
    run("apply", "t.zip", "p", "-o", "patched.zip", want=0)
    ok(root("patched.zip") == root("c.db"), "a patch of it makes the snapshot the database")


def violations():
    with open("v.ndjson", "w", encoding="utf-8") as f:
        for r in ({"id": 1, "partNumber": "A", "revision": "A", "createdById": 404},
                  {"id": 2, "partNumber": "A", "revision": "A"},
                  {"id": "x", "partNumber": "B"}, {"partNumber": "C"}, {"id": 1, "partNumber": "D"}):
            f.write(json.dumps({"__typename": "Part", **r}) + "\n")
        f.write('{"__typename":"Gadget","id":1}\n')
    told = json.loads(run("load", "-q", "--raw", "--json", "v.ndjson", "-o", "v.db", want=0).stdout)
    part = told["entities"]["Part"]
    ok((told["records"], told["rows"], told["unplaced"], told["dangling"], told["doubled"]) == (6, 2, 4, 1, 2)
       and part["dangling"] == {"createdBy": 1} and sum(part["unplaced"].values()) == 3, "violations are told", told)
    ok(len(sql("v.db", "SELECT * FROM sandcast_unplaced")) == 4, "and their records kept")
    ok(run("diff", "v.ndjson", "v.db").returncode == 0, "and come back")


def killed():
    """SIGKILL at any moment: the output is absent, the old one, or whole."""
    started = time.monotonic()
    run("load", "-q", "t.zip", "-o", "k.db", want=0)
    took, bad, left = time.monotonic() - started, [], []
    with open("k.db", "rb") as f:
        whole = f.read()
    for i in range(KILLS):
        folder = tempfile.mkdtemp(dir=".")
        if i % 2:
            with open(f"{folder}/k.db", "wb") as f:
                f.write(b"precious")
        child = subprocess.Popen([SANDCAST, "load", "-q", "t.zip", "-o", f"{folder}/k.db", *["-f"][:i % 2]])
        time.sleep(random.random() * took)
        child.send_signal(signal.SIGKILL)
        child.wait()
        names = sorted(os.listdir(folder))
        left += [n for n in names if n != "k.db" and not n.startswith(".k.db")]
        now = open(f"{folder}/k.db", "rb").read() if "k.db" in names else None
        if now not in ((b"precious", whole) if i % 2 else (None, whole)):
            bad.append(f"run {i}: {len(now or b'')} bytes")
    ok(not bad and not left, f"{KILLS} runs killed: no half database", bad + left)


def full():
    """No room: a limit on the size of files, at sizes from nothing to almost enough."""
    size, bad = os.path.getsize("t.db"), []
    for part in range(8):
        blocks = 8 + part * size // 512 // 8
        done = subprocess.run(["sh", "-c", f'ulimit -f {blocks}; trap "" XFSZ; exec "$@"', "sh", SANDCAST, "load",
                               "-q", "t.zip", "-o", "full.db"], capture_output=True, text=True)
        if done.returncode != 74 or os.path.exists("full.db") or len(done.stderr.splitlines()) != 1:
            bad.append(f"{blocks}: {done.returncode} {done.stderr}")
    left = [n for n in os.listdir(".") if n.startswith(".full")]
    ok(not bad and not left, "a full disk is 74, and nothing is left", "\n".join(bad + left))


def refused(what, path, status, *words, args=("ls",)):
    done = run(*args, path)
    ok(done.returncode == status and len(done.stderr.splitlines()) == 1 and all(w in done.stderr for w in words),
       f"{what} is refused ({status})", f"{done.returncode} {done.stderr}")


def hostile():
    shutil.copy("t.db", "l.db")
    db = sqlite3.connect("l.db")
    db.execute("BEGIN EXCLUSIVE")
    refused("a locked database", "l.db", 74, "locked by another process")
    refused("the same by diff", "l.db", 74, "locked by another process", args=("diff", "t.zip"))
    db.rollback()
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("UPDATE labels SET value = 'in the log' WHERE id = 1")
    db.commit()
    ok('"in the log"' in run("get", "l.db", "Label", "1").stdout, "what is in a write-ahead log is read")
    db.close()
    for name, statement in (("a view for a table", "DROP TABLE labels; CREATE VIEW labels AS SELECT * FROM users"),
                            ("a trigger", "CREATE TRIGGER t AFTER INSERT ON labels BEGIN DELETE FROM labels; END"),
                            ("a further table", "CREATE TABLE canary(x)"),
                            ("a generated column", "ALTER TABLE labels ADD COLUMN c AS (upper(value))")):
        shutil.copy("t.db", "h.db")
        db = sqlite3.connect("h.db")
        db.executescript(statement)
        db.close()
        refused(name, "h.db", 65, "is no database of this program")
    with sqlite3.connect("other.db") as db:
        db.execute("CREATE TABLE parts(id INTEGER PRIMARY KEY)")
    db.close()
    refused("a database of something else", "other.db", 65, "is no database of this program")
    with open("t.db", "rb") as a, open("cut.db", "wb") as b:
        b.write(a.read()[:-100000])
    refused("a cut one", "cut.db", 65, "damaged")
    shutil.copy("t.db", "b.db")
    sql("b.db", "UPDATE labels SET value = x'ff00' WHERE id = 1")
    refused("a BLOB", "b.db", 65, "BLOB")
    refused("an export without --raw", "t.ndjson", 2, "--raw", args=("load", "-o", "no.db"))
    refused("a raw database without --raw", "raw-json.db", 2, "--raw", args=("load", "-o", "no.db"))
    refused("an existing output", "t.zip", 73, "exists", args=("load", "-o", "t.db"))
    ok(not os.path.exists("no.db"), "nothing was made of them")


def main():
    random.seed(1)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for part in (forms, values, changes, violations, killed, full, hostile):
            part()
        os.chdir("/")
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


sys.exit(main())
