# --profile: every stage in the table and in the summary; nothing of it without.
. "$CLI/lib.sh"
key_file key
sandcast demo --records 5000 -o in.ndjson -q
sandcast scrub -k key in.ndjson -o a.zip -j 1 -q --profile --json=a.json
python3 - <<'END'
import json
p = json.load(open("a.json"))["profile"]
assert p["threads"] == 2, p
assert p["sampled_records"] >= 5000 // 61, p
seconds = p["seconds"]
for stage in ("read", "cut", "scan", "decide", "match", "act", "emit", "digest", "compress", "write"):
    assert seconds[stage] >= 0, (stage, p)
for stage in ("scan", "match", "digest", "compress"): # the others can be less than can be told
    assert seconds[stage] > 0, (stage, p)
print(" ".join(seconds))
END
"$SANDCAST" scrub -k key in.ndjson -n -j 1 --profile 2>&1 | sed -n 's/^sandcast: [ ~]*\([a-z]*\) *[0-9.]* *[0-9.]* %$/\1/p'
"$SANDCAST" scrub -k key in.ndjson -n --json 2>&1 | grep -c 'profile'
exit 0
