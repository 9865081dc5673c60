#!/usr/bin/env python3
"""json_patch.py make LEFT RIGHT: two random tenants, one a changed copy of the other.
json_patch.py merge LEFT LINES: applies the RFC 7396 lines of a diff, written anew here, and
then sets the members that the lines say they cannot set; prints the records.
json_patch.py same A B: are these files the same records, in any order?"""
import json
import random
import sys

NAMES = ["a", "b/c", "t~e", "quote\"d", "caf\u00e9", "", "list", "deep"]


def value(rnd, depth=0):
    kind = rnd.randrange(8)
    if kind < 2 and depth < 3:
        return {name: value(rnd, depth + 1) for name in rnd.sample(NAMES, rnd.randrange(4))}
    if kind == 2 and depth < 3:
        return [value(rnd, depth + 1) for _ in range(rnd.randrange(4))]
    return rnd.choice([None, True, False, 0, 1, -7, 12.5, 9007199254740991, "", "x", "caf\u00e9", "line\nbreak", "~/"])


def changed(rnd, v, depth=0):
    if isinstance(v, dict):
        out = {}
        for name, item in v.items():
            if depth == 0 or rnd.randrange(8):
                out[name] = changed(rnd, item, depth + 1) if name != "id" and rnd.randrange(3) == 0 else item
        if depth and rnd.randrange(4) == 0:
            out[rnd.choice(NAMES)] = value(rnd, depth)
        return out
    if isinstance(v, list) and rnd.randrange(3):
        return [changed(rnd, item, depth + 1) if rnd.randrange(3) == 0 else item for item in v if rnd.randrange(6)]
    return value(rnd, depth)


def make(left, right):
    rnd = random.Random(6902)
    # Every member is somewhere on both sides: what one side never has is no drift.
    full = {"id": 0, **{name: {inner: 1 for inner in NAMES} for name in NAMES}}
    a = {0: full, **{key: {"id": key, **{n: value(rnd) for n in rnd.sample(NAMES, 5)}} for key in range(1, 400)}}
    b = {key: changed(rnd, body) if rnd.randrange(3) and key else body for key, body in a.items() if key == 0 or rnd.randrange(9)}
    b.update({key: {"id": key, "a": value(rnd)} for key in range(400, 430)})
    for path, tenant in (left, a), (right, b):
        with open(path, "w", encoding="utf-8") as out:
            for body in tenant.values():
                out.write(json.dumps({"__typename": "Thing", **body}) + "\n")


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def merged(target, patch):
    if not isinstance(patch, dict):
        return patch
    out = dict(target) if isinstance(target, dict) else {}
    for name, item in patch.items():
        if item is None:
            out.pop(name, None)
        else:
            out[name] = merged(out.get(name), item)
    return out


def set_null(body, path):
    *parents, last = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
    for step in parents:
        body = body[step]
    body[last] = None


def merge(left, lines):
    tenant = {body["id"]: body for body in read(left)}
    nulls = 0
    for line in read(lines):
        key = line["key"][0]
        if line.get("class") == "removed":
            del tenant[key]
        elif line.get("class") == "added":
            tenant[key] = {"__typename": line["entity"], **line["value"]}
        else:
            tenant[key] = merged(tenant[key], line["merge"])
            for path in line.get("not_expressible", []):
                set_null(tenant[key], path)
                nulls += 1
    for body in tenant.values():
        print(json.dumps(body))
    print(nulls, file=sys.stderr)


def same(a, b):
    one, two = ({json.dumps(body, sort_keys=True) for body in read(path)} for path in (a, b))
    for text in sorted(one ^ two)[:10]:
        print("only in", a if text in one else b, text)
    sys.exit(one != two or not one)


{"make": make, "merge": merge, "same": same}[sys.argv[1]](*sys.argv[2:])
