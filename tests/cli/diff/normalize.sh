# Strings that are one in a normal form of Unicode: respelled, not changed.
. "$CLI/lib.sh"
python3 - <<'PYTHON'
import json
E = "e\u0301"  # a combining accent; \u00e9 is one character
left = [{"a": "caf" + E}, {"a": "\ufb01ne \uff21"},
        {"a": ["x", E, "y"], "b": {"c": [{"k": E, "v": 1}]}},
        {"a": "n\u0303 \\\n" + E + "\"", "n": 1}, {"a": E}, {"a": "\uff02\uff3c"}, {"set": [E, "b"]},
        {"text": json.dumps({"deep": [E]}, ensure_ascii=False)}, {"a": "\u212b"}]
right = [{"a": "caf\u00e9"}, {"a": "fine A"},
         {"a": ["new", "x", "\u00e9", "y"], "b": {"c": [{"k": "\u00e9", "v": 2}]}},
         {"a": "\u00f1 \\\n\u00e9\"", "n": 2}, {"a": "e"}, {"a": "\"\\"}, {"set": ["b", "\u00e9"]},
         {"text": json.dumps({"deep": ["\u00e9"]}, ensure_ascii=True)}, {"a": "\u00c5"}]
for name, records in ("left", left), ("right", right):
    with open(name + ".ndjson", "w", encoding="utf-8") as f:
        for i, r in enumerate(records):
            f.write(json.dumps({"__typename": "Thing", "id": i + 1, **r}, ensure_ascii=i == 3) + "\n")
PYTHON
if "$SANDCAST" diff left.ndjson left.ndjson --normalize nfc 2>&1 | grep -q libutf8proc; then
    echo "# SKIP this build has no libutf8proc"
    exit 0
fi
sandcast diff left.ndjson right.ndjson --normalize nfd
for form in off nfc nfkc; do
    sandcast diff left.ndjson right.ndjson --normalize $form --show respelled --format ndjson --unmask --list Thing:set=set
done
sandcast diff left.ndjson right.ndjson --normalize nfkc --list Thing:set=set
sandcast diff left.ndjson right.ndjson --normalize nfkc --list Thing:b.c=k --list Thing:set=set --format json |
    sed 's/.*"summary"//; s/"read":{[^}]*}/"read":{…}/' | tail -n 2
sandcast diff left.ndjson right.ndjson --normalize nfkc --format html | grep -o '<li>[0-9]* of these.*</li>'
sandcast diff left.ndjson right.ndjson --normalize nfc --base left.ndjson --format ndjson --unmask
