#!/usr/bin/env python3
"""The manual says what the program has, and nothing else. Prints TAP.

    check.py SANDCAST SOURCE-ROOT

Commands and options come from `sandcast help --complete`, actions and checks from `rules
list`, the fields of a pack from the JSON Schema, which is compared with what the program
accepts.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import schema as json_schema  # noqa: E402 (after the line above: no cache in the sources)

SANDCAST, ROOT = sys.argv[1], sys.argv[2]
DOCS = os.path.join(ROOT, "docs")
results = []


def ok(faults, what):
    faults = list(faults)
    for line in faults[:40]:
        print(f"# {line}")
    results.append(not faults)
    print(f"{'not ok' if faults else 'ok'} {len(results)} - {what}", flush=True)


def skip(what, why):
    results.append(True)
    print(f"ok {len(results)} - {what} # SKIP {why}", flush=True)


def ask(*args):
    return subprocess.run([SANDCAST, *args], capture_output=True, text=True, check=True).stdout.split("\n")[:-1]


def read(name):
    with open(os.path.join(DOCS, name), encoding="utf-8") as file:
        return file.read()


def sections(page):
    """Name of a .Sh -> its text."""
    parts = re.split(r"^\.Sh (.*)$", page, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def flags(text):
    """The long options that a text speaks of: .Fl -name, also several in one line."""
    found = set()
    for line in re.findall(r"^\.(?:It )?.*\bFl .*$", text, flags=re.M):
        for part in line.split(" Fl ")[1:] if not line.startswith(".Fl ") else re.split(r"\bFl ", line)[1:]:
            found |= set(re.findall(r"(?:^|, )-([a-z][a-z-]*[a-z])", part))
    return found


def items(text):
    """Words of the .It lines: .It Cm a , b"""
    found = set()
    for line in re.findall(r"^\.It (?:Cm|Fl) (.*)$", text, flags=re.M):
        found |= set(re.findall(r"[a-z][a-z0-9_-]*", line))
    return found


def tagged(text):
    """Options that have an entry of their own: .It Fl o , Fl -output"""
    found = set()
    for line in re.findall(r"^\.It (Fl .*)$", text, flags=re.M):
        found |= set(re.findall(r"Fl -([a-z][a-z-]*[a-z])", line))
    return found


def option_faults(page, commands, common):
    parts = sections(page)
    missing = common - tagged(parts.get("COMMON OPTIONS", ""))
    for name in sorted(missing):
        yield f"COMMON OPTIONS lacks --{name}"
    for command, options in commands.items():
        text = parts.get(command.upper())
        if text is None:
            yield f"sandcast.1 has no section {command.upper()}"
            continue
        for name in sorted(options - common - tagged(text) - flags(text)):
            yield f"{command.upper()} lacks --{name}"
        for name in sorted((tagged(text) | flags(text)) - options):
            yield f"{command.upper()} speaks of --{name}, which {command} has not"
    known = common.union(*commands.values()) | {"complete", "version"}
    for name in sorted(flags(page) - known):
        yield f"sandcast.1 speaks of --{name}, which no command has"


def synopsis_faults(page, commands):
    text = sections(page)["SYNOPSIS"]
    named = set(re.findall(r"^\.Cm ([a-z]+)$", text, flags=re.M))
    yield from (f"SYNOPSIS lacks {c}" for c in sorted(set(commands) - named))
    yield from (f"SYNOPSIS has {c}, which is no command" for c in sorted(named - set(commands) - {"help"}))


def listed(flag):
    return {line.split()[0] for line in ask("rules", "list", flag)}


def word_faults(page, section, words):
    have = items(sections(page).get(section, ""))
    return (f"{section} lacks {word}" for word in sorted(words - have))


def parameters():
    """Action -> its parameters, from `rules list --actions`."""
    found = {}
    for line in ask("rules", "list", "--actions"):
        with_ = re.search(r"\(with: (.*)\)$", line)
        found[line.split()[0]] = set(with_[1].split(", ")) if with_ else set()
    return found


def schema_parameters(schema):
    found = {}
    for rule in schema["$defs"]["rule"]["allOf"]:
        action = rule["if"]["properties"].get("action", {}).get("const")
        if action:
            found[action] = set(rule["then"]["properties"]["with"].get("properties", {}))
    return found


def known_fields(pack):
    """The fields that the program says it knows when it meets an unknown one."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.write(pack)
        file.flush()
        said = subprocess.run([SANDCAST, "rules", "test", file.name], capture_output=True, text=True, check=False)
    return set(re.search(r"known are (.*)$", said.stderr, flags=re.M)[1].split(", "))


def schema_faults(schema, pack_fields, rule_fields):
    have = {"pack": (set(schema["properties"]), pack_fields),
            "rule": (set(schema["$defs"]["rule"]["properties"]), rule_fields),
            "action": ({a or "null" for a in schema["$defs"]["rule"]["properties"]["action"]["enum"]}, set(parameters()))}
    for what, (mine, theirs) in have.items():
        yield from (f"the schema's {what} lacks {name}" for name in sorted(theirs - mine))
        yield from (f"the schema's {what} has {name}, which the program refuses" for name in sorted(mine - theirs))
    mine = schema_parameters(schema)
    for action, names in parameters().items():
        if mine.get(action, set()) != names:
            yield f"the schema's {action} takes {sorted(mine.get(action, set()))}, the program {sorted(names)}"


WRONG = [
    {}, [], {"pack": "p"}, {"pack": "P", "rules": []}, {"pack": "p", "rules": [], "extra": 1},
    *({"pack": "p", "rules": [r]} for r in (
        {"id": "a", "action": "keep"}, {"id": "a", "at": "X.y"}, {"id": "A", "at": "X.y", "action": "keep"},
        {"id": "a", "at": [], "action": "keep"}, {"id": "a", "at": "X.y", "action": "hide"},
        {"id": "a", "at": "X.y", "action": "redact", "free_text": True},
        {"id": "a", "at": "X.y", "action": "keep", "with": {"label": "x"}},
        {"id": "a", "at": "X.y", "action": "pseudonym"},
        {"id": "a", "at": "X.y", "action": "date", "with": {"shift_days": 1, "truncate": "year"}},
        {"id": "a", "at": "X.y", "action": "mask", "with": {"first": True}},
        {"id": "a", "at": "X.y", "action": "keep", "when": {"sibling": {}}}))]


def pack_faults(schema):
    import yaml
    folders = [os.path.join(ROOT, "rules"), os.path.join(ROOT, "samples")]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted(os.path.join(f, n) for f in folders for n in os.listdir(f) if n.endswith(".yaml")):
        with open(path, encoding="utf-8") as file:
            for fault in json_schema.faults(schema, schema, yaml.load(file, loader)):
                yield f"{os.path.relpath(path, ROOT)}{fault}"


def lint_faults(page):
    said = subprocess.run(["groff", "-mdoc", "-Tutf8", "-ww", "-z", os.path.join(DOCS, page)],
                          capture_output=True, text=True, check=False)
    yield from said.stderr.splitlines()
    if shutil.which("mandoc"):
        said = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", os.path.join(DOCS, page)],
                              capture_output=True, text=True, check=False)
        yield from (line for line in said.stdout.splitlines() if "outdated mandoc.db" not in line)


def can_fail(page, commands, common):
    """A lost option, an invented one and a lost command must be seen."""
    broken = page.replace("-allow-partial", "-invented").replace(".Sh GET", ".Sh GOT")
    said = " ".join(option_faults(broken, commands, common))
    for want in ("SCRUB lacks --allow-partial", "--invented, which scrub", "no section GET"):
        if want not in said:
            yield f"not seen: {want}"


def main():
    pages = ["sandcast.1", "sandcast-rules.5", "sandcast-snapshot.5"]
    page, rules = read("sandcast.1"), read("sandcast-rules.5")
    schema = json.loads(read("rule-pack.schema.json"))
    commands = {c: {o.lstrip("-") for o in ask("help", "--complete", c)} for c in ask("help", "--complete")}
    common = set.intersection(*commands.values())
    pack_fields = known_fields("pack: p\nunknown: 1\nrules: []\n")
    rule_fields = known_fields("pack: p\nrules:\n  - {id: a, unknown: 1}\n")
    print("1..13")
    ok(can_fail(page, commands, common), "what the check is for is found")
    ok(synopsis_faults(page, commands), "every command stands in the synopsis")
    ok(option_faults(page, commands, common), "options of program and manual are the same")
    ok(word_faults(rules, "ACTIONS", listed("--actions")), "every action is described")
    ok(word_faults(rules, "ACTIONS", set()) or
       (f"ACTIONS does not speak of {p}" for ps in parameters().values() for p in sorted(ps)
        if not re.search(rf"\b{p}\b", sections(rules)["ACTIONS"])), "every parameter is described")
    ok(word_faults(rules, "CHECKS", listed("--checks")), "every check is described")
    ok(word_faults(rules, "PACK", pack_fields), "every field of a pack is described")
    ok(word_faults(rules, "RULE", rule_fields), "every field of a rule is described")
    ok(schema_faults(schema, pack_fields, rule_fields), "the JSON schema knows what the program knows")
    ok((f"accepted: {w}" for w in WRONG if json_schema.holds(schema, schema, w)), "the JSON schema refuses wrong packs")
    try:
        import yaml  # noqa: F401
        ok(pack_faults(schema), "the JSON schema accepts shipped and sample packs")
    except ImportError:
        skip("the JSON schema accepts shipped and sample packs", "PyYAML is not installed")
    if shutil.which("groff"):
        ok((f for p in pages for f in lint_faults(p)), "the pages are clean for groff and mandoc")
    else:
        skip("the pages are clean for groff and mandoc", "groff is not installed")
    summary = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"^\.It Cm (.*)$", sections(page)["SUMMARY"], flags=re.M))))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "parts.ndjson")
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"id":1,"part_number":"PN-1"}\n')
        members = set(json.loads("".join(ask("scrub", "-n", "-q", "--json", "--profile", path))))
    ok([f"SUMMARY lacks {m}" for m in sorted(members - summary)] +
       [f"SUMMARY has {m}, which no summary has" for m in sorted(summary - members - {"error", "root"})],
       "every member of the summary is described")
    return 0 if all(results) else 1


sys.exit(main())
