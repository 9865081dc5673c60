#!/usr/bin/env python3
"""What `sandcast diff` writes for other programs is what they expect. Prints TAP.

    reports.py SANDCAST SOURCE-ROOT

JSON against docs/drift.schema.json, SARIF against what OASIS' specification requires,
JUnit's XML against the shape that CI servers share, and the HTML page against its own
promises: policy, tables, contrast. Each check is also shown broken copies, which it must
refuse.
"""
import base64
import contextlib
import copy
import hashlib
import html.parser
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

sys.dont_write_bytecode = True
import schema as json_schema  # noqa: E402 (after the line above: no cache in the sources)

SANDCAST, ROOT = (os.path.abspath(path) for path in sys.argv[1:3])
HOSTILE = "</script>]]><b>`|&\u202e\x1b[0m\x7f\ufffe'"
LEFT = [{"__typename": "Part", "id": 1, "revision": "A", "cost": 1.5, "description": "x"},
        {"__typename": "Part", "id": 2, "revision": "A", "cost": 1.0},
        {"__typename": "Part", "id": 3, "revision": HOSTILE},
        {"__typename": "User", "id": 1, "email": "canary-one@example.com"},
        {"__typename": "PartInventory", "id": 1, "partId": 1}, {"__typename": "PartInventory", "id": 2, "partId": 1},
        {"__typename": "PartInventory", "id": 3, "partId": 9},
        {"__typename": "Run", "id": 1, "title": "same"}]
RIGHT = [{"__typename": "Part", "id": 1, "revision": "B", "cost": 2.5, "description": HOSTILE},
         {"__typename": "Part", "id": 2, "revision": "A", "cost": 1},
         {"__typename": "Part", "id": 4, "revision": HOSTILE},
         {"__typename": "User", "id": 1, "email": "canary-two@example.com"},
         {"__typename": "PartInventory", "id": 1, "partId": 2}, {"__typename": "PartInventory", "id": 2, "partId": 99},
         {"__typename": "PartInventory", "id": 3, "partId": 9},
         {"__typename": "Run", "id": 1, "title": "same"}]
count = 0
bad = 0


def ok(faults, what):
    global count, bad
    faults = list(faults)
    for line in faults[:20]:
        print(f"# {line}")
    count += 1
    bad += bool(faults)
    print(f"{'not ok' if faults else 'ok'} {count} - {what}", flush=True)


def refuses(check, broken):
    """Faults of a check: broken documents that it finds nothing wrong with."""
    return [f"accepted without {what}" for what, document in broken if not list(check(document))]


def diff(form, *options):
    said = subprocess.run([SANDCAST, "diff", "l.ndjson", "r.ndjson", "--format", form, *options],
                          capture_output=True, check=False)
    if said.returncode != 1:
        print(f"# {said.stderr.decode()}")
        raise SystemExit(f"diff --format {form} ended with {said.returncode}")
    return said.stdout.decode("utf-8", "surrogateescape")


def without(document, *path):
    """A copy that lacks the member at this path."""
    clone = copy.deepcopy(document)
    at = clone
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return ".".join(map(str, path)), clone


# JSON


def closed(schema):
    """The published schema lets members be added; what is written today is all in it."""
    if isinstance(schema, dict):
        inner = {k: closed(v) for k, v in schema.items()}
        if schema.get("type") == "object" and "properties" in schema:
            inner["additionalProperties"] = False
        return inner
    return [closed(s) for s in schema] if isinstance(schema, list) else schema


def check_json(schema):
    def fits(document):
        return json_schema.faults(schema, schema, document)

    def row_fits(row):
        return json_schema.faults(schema, schema["$defs"]["change"], row)

    show = ["--show", "ignored", "--show", "respelled", "--spelling", "--references", "--ignore", "Part.description"]
    document = json.loads(diff("json", *show))
    rows = [json.loads(line) for line in diff("ndjson", *show).splitlines()]
    ok(fits(document), "JSON fits its schema")
    ok((f for row in rows for f in row_fits(row)), "rows of NDJSON fit the schema of a change")
    ok([] if rows == document["changes"] else ["they differ"], "both tell the same changes")
    changed = next(r for r in rows if r["class"] == "changed")
    classes = {row["class"] for row in rows}
    ok({"added", "removed", "changed", "ignored", "respelled", "dangling"} - classes, "all classes were among them")
    told = [(row["class"], row["reference"], row.get("dangles")) for row in rows if "reference" in row]
    want = [("changed", "repointed", None), ("changed", "dangling", "right"), ("dangling", "dangling", "both")]
    ok([] if told == want else [told], "and all that is said of references")
    dangling = next(r for r in rows if r["class"] == "dangling")
    ok(refuses(fits, [without(document, k) for k in document] +
               [("a known class", {**document, "changes": [{**rows[0], "class": "other"}]}),
                ("known members only", {**document, "more": 1})]) +
       refuses(row_fits, [without(changed, k) for k in ("entity", "key", "class", "path")] +
               [without(dangling, "dangles"), without(dangling, "reference"), ("a reference", {**changed, "dangles": "left"})] +
               [("one side", {**next(r for r in rows if r["class"] == "added"), "left": 1}),
                ("any side", {k: v for k, v in changed.items() if k not in ("left", "right")})]),
       "the schema refuses what is broken")


# SARIF


def text_faults(message, at):
    if not isinstance(message, dict) or not isinstance(message.get("text"), str) or not message["text"]:
        yield f"{at}: no text (3.11)"
    elif re.search("[\x00-\x1f\x7f\u202a-\u202e]", message["text"]):
        yield f"{at}: control characters"


def result_faults(result, rules, at):
    if result.get("level") not in ("none", "note", "warning", "error"):
        yield f"{at}: level (3.27.10)"
    index = result.get("ruleIndex")
    if not isinstance(index, int) or not 0 <= index < len(rules) or rules[index].get("id") != result.get("ruleId"):
        yield f"{at}: ruleId is not that of ruleIndex (3.27.6)"
    yield from text_faults(result.get("message"), f"{at}.message")
    places = [p for place in result.get("locations", []) for p in place.get("logicalLocations", [])]
    if not places or not all(isinstance(p.get("fullyQualifiedName"), str) for p in places):
        yield f"{at}: no logical location (3.33)"
    prints = result.get("partialFingerprints")
    if not isinstance(prints, dict) or not all(isinstance(v, str) for v in prints.values()) or not prints:
        yield f"{at}: partialFingerprints (3.27.17)"


def sarif_faults(log):
    if log.get("version") != "2.1.0":
        yield "version (3.13.2)"
    if not isinstance(log.get("runs"), list) or not log["runs"]:
        yield "runs (3.13.4)"
        return
    for run in log["runs"]:
        driver = run.get("tool", {}).get("driver", {})
        if not isinstance(driver.get("name"), str):
            yield "tool.driver.name (3.19.8)"
        rules = driver.get("rules", [])
        if len({r.get("id") for r in rules}) != len(rules) or not all(isinstance(r.get("id"), str) for r in rules):
            yield "rules have ids of their own (3.49.3)"
        for rule in rules:
            yield from text_faults(rule.get("shortDescription"), "shortDescription")
        if not isinstance(run.get("results"), list):
            yield "results (3.14.23)"
        for i, result in enumerate(run.get("results") or []):
            yield from result_faults(result, rules, f"results[{i}]")


def check_sarif():
    log = json.loads(diff("sarif", "--unmask"))
    names = {r["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for r in log["runs"][0]["results"]}
    ok(sarif_faults(log), "SARIF has what the specification requires")
    ok({"Part[1]/cost", "Part[3]", "Part[4]", "User[1]/email"} - names, "places are named")
    first = ["runs", 0, "results", 0]
    ok(refuses(sarif_faults, [without(log, "version"), without(log, "runs"), without(log, "runs", 0, "tool"),
                              without(log, "runs", 0, "results"), without(log, *first, "message"),
                              without(log, *first, "locations"), without(log, *first, "ruleId"),
                              without(log, *first, "level"), without(log, *first, "partialFingerprints")]),
       "a log that lacks one of them is found")


# JUnit

CHILDREN = {"testsuites": {"testsuite"}, "testsuite": {"testcase"}, "testcase": {"failure", "skipped"},
            "failure": set(), "skipped": set()}
NEEDS = {"testsuites": {"name"}, "testsuite": {"name", "tests", "failures", "errors", "skipped"},
         "testcase": {"classname", "name"}, "failure": {"type", "message"}, "skipped": {"message"}}


def shape_faults(element):
    if set(element.attrib) != NEEDS.get(element.tag, set()):
        yield f"{element.tag}: attributes {sorted(element.attrib)}"
    for child in element:
        if child.tag not in CHILDREN.get(element.tag, ()):
            yield f"{child.tag} in {element.tag}"
        yield from shape_faults(child)


def junit_faults(text):
    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        yield str(error)
        return
    if root.tag != "testsuites":
        yield f"the root is {root.tag}"
    yield from shape_faults(root)
    for suite in root:
        sums = {"tests": len(suite), "failures": len(suite.findall("*/failure")), "errors": 0,
                "skipped": len(suite.findall("*/skipped"))}
        for name, want in sums.items():
            if suite.get(name) != str(want):
                yield f"{suite.get('name')}: {name} is {suite.get(name)}, not {want}"
    if re.search("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text):
        yield "characters that XML 1.0 has not (2.2)"


def check_junit():
    text = diff("junit", "--unmask", "--show", "respelled", "--spelling")
    root = ET.fromstring(text)
    ok(junit_faults(text), "JUnit's XML has its shape, and its sums are right")
    outcomes = {(c.get("classname"), c.get("name")): [k.tag for k in c] for c in root.iter("testcase")}
    want = {("Part", "[1]"): ["failure"], ("Part", "[2]"): ["skipped"], ("Part", "[3]"): ["failure"],
            ("Run", "no drift"): []}
    ok([f"{k}: {outcomes.get(k)}" for k, v in want.items() if outcomes.get(k) != v], "records fail, equal entities pass")
    ok(refuses(junit_faults, [("an end", text[:-3]), ("the right sum", text.replace('failures="3"', 'failures="2"')),
                              ("known elements", text.replace("failure ", "fault ").replace("/failure", "/fault")),
                              ("messages", re.sub(r' message="[^"]*"', "", text)),
                              ("XML's characters", text.replace("Part", "P\ufffe", 1))]),
       "broken XML is found")


# HTML


class Page(html.parser.HTMLParser):
    """Faults of the page, its blocks of style and script, its policy."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.found, self.blocks, self.policy, self.ids, self.links = [], {}, "", set(), set()
        self.tables = self.captions = 0
        self.tag = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tag = tag
        have = dict(attrs)
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.found.append(f"{tag} has {name}=")
            if name in ("src", "srcset", "action", "data", "poster") or (name == "href" and not value.startswith("#")):
                self.found.append(f"{tag} asks for {value}")
        if have.get("id") in self.ids:
            self.found.append(f"two ids {have['id']}")
        self.ids |= {have["id"]} if "id" in have else set()
        self.links |= {have["href"][1:]} if tag == "a" else set()
        if tag == "th" and have.get("scope") not in ("col", "row", "rowgroup"):
            self.found.append("a th without scope")
        self.tables += tag == "table"
        self.captions += tag == "caption"
        if tag in ("img", "iframe", "link", "object"):
            self.found.append(f"an element {tag}")
        if have.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = have["content"]

    def handle_endtag(self, tag):
        self.tag = ""

    def handle_data(self, data):
        if self.tag in ("style", "script"):
            self.blocks[self.tag] = self.blocks.get(self.tag, "") + data


def page_faults(text):
    page = Page(text)
    yield from page.found
    for tag in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.blocks.get(tag, "").encode()).digest()).decode()
        if f"{tag}-src 'sha256-{digest}';" not in page.policy:
            yield f"the policy does not have the hash of the {tag}"
    if not page.policy.startswith("default-src 'none';") or "unsafe" in page.policy:
        yield f"the policy is {page.policy}"
    if page.tables != page.captions or not page.tables:
        yield f"{page.tables} tables, {page.captions} captions"
    yield from (f"a link to {link}, which is nowhere" for link in sorted(page.links - page.ids))
    if re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", text.replace("\n", "")):
        yield "control characters"


def luminance(color):
    digits = color[1:] if len(color) == 7 else "".join(2 * c for c in color[1:])
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast_faults(style):
    """WCAG 2.2, 1.4.3: 4.5 for text."""
    light, dark = (dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]+)", block))
                   for block in re.findall(r":root \{(.*?)\}", style, flags=re.S)[:2])
    pairs = [(f, b) for f in ("ink", "quiet", "link", "added", "removed", "changed") for b in ("page", "card", "head")]
    pairs += [("added", "added-bg"), ("removed", "removed-bg"), ("changed", "changed-bg"), ("removed", "mark-left"),
              ("added", "mark-right"), ("on-high", "h5"), ("on-high", "h6")]
    pairs += [("on-low", f"h{i}") for i in range(1, 5)]
    for name, scheme in (("light", light), ("dark", {**light, **dark})):
        for front, back in pairs:
            a, b = sorted((luminance(scheme[front]), luminance(scheme[back])), reverse=True)
            if (a + 0.05) / (b + 0.05) < 4.5:
                yield f"{name}: {front} on {back} is {(a + 0.05) / (b + 0.05):.2f}"


def check_html():
    text = diff("html", "--unmask")
    style = Page(text).blocks["style"]
    ok(page_faults(text), "the page keeps its policy, names its tables, asks for nothing")
    ok(contrast_faults(style), "text of both colour schemes can be read")
    ok(refuses(page_faults, [("the script's hash", text.replace('"use strict"', '"use  strict"')),
                             ("the style's hash", text.replace("margin: 0", "margin: 1px", 1)),
                             ("a strict policy", text.replace("default-src 'none'", "default-src 'self'")),
                             ("captions", re.sub("<caption.*?</caption>", "", text)),
                             ("scopes", text.replace(' scope="row"', "")),
                             ("its lists", text.replace('id="e0"', "")),
                             ("escapes", text.replace("&lt;b&gt;", "<b onclick='x'>"))]) +
       refuses(contrast_faults, [("contrast", style.replace("--quiet: #56606b", "--quiet: #9aa0a6"))]),
       "a broken page is found")


def check_sqlite():
    def rows_of(*options):
        with open("drift.db", "wb") as file:
            file.write(diff("sqlite", *options).encode("utf-8", "surrogateescape"))
        with contextlib.closing(sqlite3.connect("drift.db")) as db:
            return (list(db.execute('SELECT entity, key, path, class, "left", "right" FROM change ORDER BY rowid')),
                    list(db.execute("SELECT name, added, removed, changed FROM entity")),
                    json.loads(db.execute("SELECT json FROM summary").fetchone()[0]))

    rows, entities, summary = rows_of()
    lines = [json.loads(line) for line in diff("ndjson").splitlines()]
    value = lambda text: None if text is None else json.loads(text)
    ok([] if [(e, json.loads(k), p, c, value(l), value(r)) for e, k, p, c, l, r in rows] ==
       [(x["entity"], x["key"], x.get("path", ""), x["class"], x.get("left"), x.get("right")) for x in lines] else ["differs"],
       "rows of the database are the lines of NDJSON")
    ok([] if [sum(e[i] for e in entities) for i in (1, 2, 3)] == [summary[c] for c in ("added", "removed", "changed")]
       else [entities, summary], "its entities add up to its summary")


def main():
    with open(os.path.join(ROOT, "docs", "drift.schema.json"), encoding="utf-8") as file:
        schema = closed(json.load(file))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, records in (("l.ndjson", LEFT), ("r.ndjson", RIGHT)):
            with open(name, "w", encoding="utf-8") as file:
                file.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in records)
        print("1..18")
        check_json(schema)
        check_sarif()
        check_junit()
        check_html()
        check_sqlite()
        forms = ("text", "ndjson", "json", "html", "markdown", "junit", "sarif", "sqlite")
        ok([f for f in forms if "canary" in diff(f)] + [f"{f} --unmask" for f in forms if "canary" not in diff(f, "--unmask")],
           "values of sensitive fields are in none of the forms, unless asked for")
        os.chdir("/")
    return 1 if bad else 0


sys.exit(main())
