"""The part of JSON Schema 2020-12 that docs/rule-pack.schema.json is written in.

faults(schema, value) yields "where: what" for each thing that does not hold. A keyword
that is not understood here is an error, so that a check is never skipped in silence.
"""
import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
WORDS = {"$schema", "$id", "$defs", "title", "description", "format", "then"}


def is_type(value, name):
    if name in ("number", "integer"):
        kinds = (int, float) if name == "number" else (int,)
        return isinstance(value, kinds) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def same(a, b):
    """1 is not true."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def holds(root, schema, value):
    return not list(faults(root, schema, value, ""))


def simple(word, want, value):
    """Keywords that look at one value; None: another kind of value, which they let pass."""
    if word == "type":
        return any(is_type(value, t) for t in ([want] if isinstance(want, str) else want))
    if word == "enum":
        return any(same(value, w) for w in want)
    if word == "const":
        return same(value, want)
    number = value if is_type(value, "number") else None
    size = len(value) if isinstance(value, (str, list, dict)) else None
    tests = {
        "minimum": lambda: number is None or number >= want,
        "maximum": lambda: number is None or number <= want,
        "minLength": lambda: not isinstance(value, str) or size >= want,
        "maxLength": lambda: not isinstance(value, str) or size <= want,
        "minItems": lambda: not isinstance(value, list) or size >= want,
        "maxItems": lambda: not isinstance(value, list) or size <= want,
        "minProperties": lambda: not isinstance(value, dict) or size >= want,
        "maxProperties": lambda: not isinstance(value, dict) or size <= want,
        "pattern": lambda: not isinstance(value, str) or re.search(want, value),
        "required": lambda: not isinstance(value, dict) or all(k in value for k in want),
    }
    return tests[word]()


def inner(root, schema, word, want, value, at):
    """Keywords that hold schemas."""
    if word == "$ref":
        target = root
        for part in want.split("/")[1:]:
            target = target[part]
        yield from faults(root, target, value, at)
    elif word == "allOf":
        for s in want:
            yield from faults(root, s, value, at)
    elif word in ("anyOf", "oneOf"):
        n = sum(holds(root, s, value) for s in want)
        if n == 0 or (word == "oneOf" and n > 1):
            yield f"{at}: {word} fits {n} times"
    elif word == "if":
        if holds(root, want, value):
            yield from faults(root, schema.get("then", {}), value, at)
    elif word == "items" and isinstance(value, list):
        for i, item in enumerate(value):
            yield from faults(root, want, item, f"{at}/{i}")
    elif word == "properties" and isinstance(value, dict):
        for key in want.keys() & value.keys():
            yield from faults(root, want[key], value[key], f"{at}/{key}")
    elif word == "additionalProperties" and isinstance(value, dict):
        for key in value.keys() - schema.get("properties", {}).keys():
            if want is False:
                yield f"{at}/{key}: not known"
            else:
                yield from faults(root, want, value[key], f"{at}/{key}")


SCHEMAS = {"$ref", "allOf", "anyOf", "oneOf", "if", "items", "properties", "additionalProperties"}


def faults(root, schema, value, at=""):
    for word, want in schema.items():
        if word in WORDS:
            continue
        if word in SCHEMAS:
            yield from inner(root, schema, word, want, value, at)
        elif not simple(word, want, value):
            yield f"{at}: {word} {want if word != 'enum' else ''}"
