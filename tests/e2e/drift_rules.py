#!/usr/bin/env python3
"""diff(x, scrub(x)) has no drift, no leak and nothing without a rule: for every action that a
rule can take, and for the examples of every shipped rule. Prints TAP.

    drift_rules.py SANDCAST PACK.yaml...

Both ways, with the key and without it. The actions are those that `rules list --actions`
names: one that is new and has no case here fails.
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile

SANDCAST = os.path.realpath(sys.argv[1])
PACKS = [os.path.realpath(p) for p in sys.argv[2:]]
results = []

ACTIONS = {
    "keep": ["", "free_text: true"],
    "drop": [""],
    "null": [""],
    "redact": ["", "with: {label: gone}"],
    "constant": ["with: {value: same}", "with: {value: 7}", "with: {value: true}"],
    "mask": ["with: {first: 2}", "with: {last: 3, char: x}", "with: {first: 1, last: 1, keep_length: false}"],
    "pseudonym": [f"with: {{kind: {kind}, accept_reversible: true}}" for kind in (
        "serial", "hex", "uuid", "ulid", "phone", "token", "email", "url", "filename", "word", "person",
        "company", "address")] + ["with: {kind: serial, scope: snapshot, accept_reversible: true}"],
    "hash": ["", "with: {encoding: base32, length: 12}", "with: {encoding: base64url, scope: snapshot}"],
    "date": ["with: {shift_days: 30}", "with: {shift_days: 9, subject: owner}", "with: {truncate: month}",
             "with: {truncate: year}"],
    "number": ["with: {noise: 0.1}", "with: {round: 100}", "with: {bucket: 50}"],
    "generalise": ["with: {kind: zip3}", "with: {kind: range, size: 50}", "with: {kind: geohash, precision: 3}",
                   "with: {kind: tld}"],
    "substitute": ["with: {pattern: '[0-9]+', replacement: '#'}", "with: {pattern: '(a)(.)', replacement: '$2$1'}"],
    "block": [],  # ends the run: there is nothing to compare
}

VALUES = [
    None, True, False, 0, -1, 7, 1234567, 12345678901234567890, 0.5, -0.25, 1e21, "", " ", "a", "ab", "plain text",
    "caf\u00e9 \u2603", "\U0001f600\U0001f600", "line\nbreak\ttab", "quote\"back\\slash", "2024-02-29",
    "2024-02-29T23:59:59.123456Z", "1999-12-31T00:00:00+05:30", "1700000000", 1700000000, "1700000000123",
    "550e8400-e29b-41d4-a716-446655440000", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "0xDEADBEEF", "deadbeef",
    "ana@example.test", "ANA@Example.Test", "https://files.example.test:8443/a/b.pdf?x=1#y", "report final.PDF",
    "+49 (0)171 555-0123", "Ana Example", "Example Works GmbH", "12 Example Road", "94105", "94105-1234",
    "37.7749", "-122.4194", "9q8yyk8ytpxr", "host.sub.example.test", "{\"a\": [1, \"two\"]}", "S/N 000123-A",
]


def ok(good, what, said=""):
    results.append(bool(good))
    print(f"{'ok' if good else 'not ok'} {len(results)} - {what}", flush=True)
    if not good:
        for line in str(said).split("\n")[:12]:
            print(f"# {line}")


def run(*args):
    return subprocess.run([SANDCAST, *args], capture_output=True, text=True)


def records(rnd):
    """Every value at the top, in a list, deep inside, and beside a subject."""
    out = []
    for i, v in enumerate(VALUES):
        out.append({"__typename": "Thing", "id": i + 1, "owner": f"subject {i % 3}", "value": v,
                    "list": [v, rnd.choice(VALUES), v], "deep": {"one": {"two": [{"three": v}, []]}}, "nothing": {}})
    return out


def write(name, lines):
    with open(name, "w", encoding="utf-8") as f:
        for line in lines:
            f.write(json.dumps(line, ensure_ascii=False) + "\n")


def compared(what, rules, *more):
    """Scrubs x.ndjson by `rules` and compares both ways, with the key and without."""
    done = run("scrub", "x.ndjson", "-o", "x.zip", "-f", "-q", "-k", "key", *rules, *more)
    if done.returncode:
        ok(False, f"{what}: scrub", done.stderr)
        return
    bad = []
    for key in ["-k", "key"], []:
        for sides in ["x.ndjson", "x.zip"], ["x.zip", "x.ndjson"]:
            done = run("diff", *sides, *key, *rules, "-q", "--json=sum.json", "-o", "said.txt", "-f")
            try:
                with open("sum.json", encoding="utf-8") as f:
                    told = json.load(f)["scrub"]
            except (OSError, KeyError, ValueError):
                told = {}
            if done.returncode or told.get("drift", 1) + told.get("unscrubbed-leak", 1) + told.get("no-rule", 1):
                bad.append((sides, key, done.returncode, told, done.stderr))
            if os.path.exists("sum.json"):
                os.remove("sum.json")
    ok(not bad, what, bad)


def each_action(rnd):
    known = re.findall(r"^(\w+)", run("rules", "list", "--actions").stdout, re.M)
    ok(known and set(known) == set(ACTIONS), "every action has a case", set(known) ^ set(ACTIONS))
    write("x.ndjson", records(rnd))
    for action, cases in ACTIONS.items():
        for case in cases:
            with open("p.yaml", "w", encoding="utf-8") as f:
                f.write("pack: tried\nrules:\n"
                        "  - {id: stay, at: [Thing:id, Thing:owner], action: keep, because: the key}\n"
                        f"  - {{id: tried, at: 'Thing:**', action: '{action}', {case + ', ' if case else ''}because: a test}}\n")
            compared(f"{action} {case}".strip(), ["-r", "p.yaml"])
    with open("p.yaml", "w", encoding="utf-8") as f:
        f.write("pack: tried\nrules:\n  - {id: stay, at: [Thing:id, Thing:owner], action: keep, because: the key}\n"
                "  - {id: prose, at: 'Thing:**', action: keep, free_text: true, because: a test}\n"
                "  - {id: digits, value: '[0-9]{3,}', action: hash, with: {scope: snapshot}, because: a detector}\n")
    compared("detectors that draw anew for each snapshot", ["-r", "p.yaml"])


def examples():
    """(rule, key segment or None, value) of what shipped rules hit; a block ends a run."""
    for pack in PACKS:
        with open(pack, encoding="utf-8") as f:
            text = f.read()
        for body in re.split(r"^  - id: ", text, flags=re.M)[1:]:
            matches = re.search(r"^      match:\n((?:        - .*\n)+)", body, re.M)
            if not matches or re.search(r"^    action: block", body, re.M):
                continue
            key = re.search(r"^    key: \[?'?([\w ]+)", body, re.M)
            for one in re.findall(r"^        - '((?:[^']|'')*)'$", matches[1], re.M):
                yield body.split("\n")[0], key and key[1], one.replace("''", "'")


def each_rule():
    lines, rules = [], set()
    for i, (rule, key, value) in enumerate(examples()):
        rules.add(rule)
        record = {"__typename": "Thing", "id": i + 1, "description": value, "list": [f"see {value} there"]}
        if key:
            record[re.sub(r" (\w)", lambda m: m[1].upper(), key.strip())] = value
        lines.append(record)
    write("x.ndjson", lines)
    with open("p.yaml", "w", encoding="utf-8") as f:
        f.write("pack: prose\nextends: [pii, secrets]\nrules:\n"
                "  - {id: stay, at: Thing:id, action: keep, because: the key}\n"
                "  - {id: prose, at: [Thing:description, 'Thing:list'], action: keep, free_text: true, because: a test}\n")
    ok(len(rules) > 300, f"examples of {len(rules)} shipped rules, {len(lines)} records")
    compared("what every shipped rule hits", ["-r", "p.yaml"], "--undecided", "redact")


def main():
    rnd = random.Random(5)
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        if run("key", "new", "-q", "-o", "key").returncode:
            raise SystemExit("Bail out! no key")
        each_action(rnd)
        each_rule()
        os.chdir("/")
    print(f"1..{len(results)}")
    sys.exit(0 if all(results) else 1)


main()
