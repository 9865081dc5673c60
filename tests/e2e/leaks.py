"""Looks for planted values in an unpacked snapshot: leaks.py TRUTH SNAPSHOT

TRUTH is what `demo --truth` wrote. Prints what is left, by kind and class; exits with 1
when it is something that must not be: a value planted in a field, anywhere; a value of a
class that detectors know, in free text. Names, places and numbers of parts in free text,
and values inside nested encodings, are only counted.

Values of fewer than 6 characters, and numbers, are compared with the value at their own
path: elsewhere they would be found by chance.
"""
import collections
import json
import re
import sys
import zipfile

# Noise around a number is sometimes none: what is left must be rare.
NOISY = {"cost"}
DETECTED = {"email", "phone", "card", "iban", "ssn", "ip", "secret", "url"}


def steps(path):
    """a.b[2].c -> a, b, 2, c"""
    return [int(s[1:-1]) if s[0] == "[" else s
            for s in re.findall(r"\[\d+\]|[^.\[\]]+", path)]


def at(value, path):
    """The value at a path; texts that hold JSON are looked into. None: nothing there."""
    for step in path:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                return None
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def without(value, path, texts):
    """The same, with texts taken out of the leaf at a path."""
    if isinstance(value, str) and path:
        try:
            return json.dumps(without(json.loads(value), path, texts), ensure_ascii=False)
        except ValueError:
            path = []
    if not path:
        if not isinstance(value, str):
            return value
        for text in sorted(texts, key=len, reverse=True):
            value = value.replace(text, "")
        return value
    copy = dict(value) if isinstance(value, dict) else list(value)
    try:
        copy[path[0]] = without(copy[path[0]], path[1:], texts)
    except (KeyError, IndexError, TypeError):
        pass
    return copy


def is_short(value):
    return len(value) < 6 or re.fullmatch(r"[-+]?[\d.]+", value) is not None


def spellings(value):
    """A text as it stands, and as JSON may write it, once or twice."""
    found = {value}
    for ascii_only in (False, True):
        once = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        found |= {once, once.replace("/", "\\/"), json.dumps(once, ensure_ascii=ascii_only)[1:-1]}
    return found


def keys(schema):
    """Entity -> the fields of its key, from the schema in the snapshot."""
    found = {}
    for name, directive in re.findall(r"^type (\w+) @entity\((.*?)\)", schema, re.M | re.S):
        key = re.search(r'\bkey: \[(.*?)\]', directive)
        found[name] = re.findall(r'"(\w+)"', key.group(1)) if key else ["id"]
    return found


def name_of(key):
    """A key of TRUTH, or the values of a record's key fields, as text."""
    return "/".join(str(k) for k in key) if isinstance(key, list) else str(key)


def read(path):
    records, other = {}, []
    with zipfile.ZipFile(path) as archive:
        fields = keys(archive.read("meta/schema.graphql").decode("utf-8"))
        for name in archive.namelist():
            data = archive.read(name)
            if not name.startswith("data/"):
                if not name.startswith("meta/rules") and name != "meta/schema.graphql":
                    other.append(data.decode("utf-8", "replace"))
                continue
            entity = name.split("/")[1]
            for line in data.decode("utf-8").splitlines():
                record = json.loads(line, parse_float=str, parse_int=str)
                key = name_of([record.get(k) for k in fields[entity]])
                records[entity, key] = record
    return records, "\n".join(other)


def main():
    truth = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
    records, other = read(sys.argv[2])
    if not truth or not records:
        sys.exit("nothing to look for, or nowhere to look")

    # What may still stand in free text, by leaf; everything else is searched without it.
    tolerated = collections.defaultdict(lambda: collections.defaultdict(set))
    for t in truth:
        if t["kind"] == "nested" or (t["kind"] == "text" and t["class"] not in DETECTED):
            tolerated[t["entity"], name_of(t["key"])][t["path"]].add(t["value"])
    texts = [other]
    for key, record in records.items():
        for path, values in tolerated[key].items():
            record = without(record, steps(path), values)
        texts.append(json.dumps(record, ensure_ascii=False))
    everything = "\n".join(texts)

    left, lost = collections.Counter(), 0
    total = collections.Counter()
    shown = collections.defaultdict(list)
    seen = {}
    for t in truth:
        kind = (t["kind"], t["class"])
        value = str(t["value"])
        record = records.get((t["entity"], name_of(t["key"])))
        total[kind] += 1
        lost += record is None
        if record is None:
            continue
        leaf = at(record, steps(t["path"]))
        if is_short(value) or kind[0] == "nested" or (kind[0] == "text" and kind[1] not in DETECTED):
            text = leaf if isinstance(leaf, str) else json.dumps(leaf, ensure_ascii=False)
            hit = text == value if kind[0] == "field" else value in text
        else:
            if value not in seen:
                seen[value] = any(s in everything for s in spellings(value))
            hit = seen[value]
        if hit:
            left[kind] += 1
            shown[kind].append("%s %s" % (t["entity"], t["path"]))

    failing = 0
    for kind in sorted(total):
        must = kind[0] == "field" or (kind[0] == "text" and kind[1] in DETECTED)
        chance = total[kind] // 20 if kind[1] in NOISY else 0
        failing += left[kind] > chance if must else 0
        where = collections.Counter(shown[kind]).most_common(4)
        print("%s %s: %d planted, %d left%s%s" % (
            *kind, total[kind], left[kind], "" if must else " (only counted)",
            "".join(", %s (%d)" % w for w in where)))
    if lost:
        print("%d planted values belong to records that are not there" % lost)
    sys.exit(1 if failing or lost else 0)


main()
