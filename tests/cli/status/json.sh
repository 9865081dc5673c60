# The summary for machines: valid JSON whatever happened, and what it says.
. "$CLI/lib.sh"
key_file key
printf '{"__typename":"Part","id":1,"revision":"A"}\n{"__typename":"User","id":2,"email":"canary@acme.example"}\n' >in.ndjson
printf '{"__typename":"Part","id":1,"shiny":"canary"}\n' >undecided.ndjson
printf '{"__typename":"Part","id":' >bad.ndjson
show() {
    python3 - "$1" <<'END'
import json, sys
s = json.load(open(sys.argv[1]))
for name in ("seconds", "mb_per_s", "peak_rss_bytes", "jobs", "version", "rules"):
    assert s[name] is not None, name
    s[name] = "…"
for name in ("root", "bytes_out"):
    if s.get(name):
        s[name] = "…"
print(json.dumps(s, indent=1, ensure_ascii=False))
END
}
sandcast scrub -q -k key in.ndjson -o a.zip --json=a.json
show a.json
sandcast scrub -q -k key undecided.ndjson -o b.zip --json=b.json
show b.json
sandcast scrub -q -k key bad.ndjson -o c.zip --json=c.json
show c.json
sandcast scrub -q -k key nowhere.ndjson -o d.zip --json=d.json
show d.json
"$SANDCAST" scrub -q -k key in.ndjson -o - --json=e.json >e.zip
echo "=> $?"
show e.json | grep '"status"\|"root"'
"$SANDCAST" scrub -q -k key in.ndjson -n --json >f.json
echo "=> $?"
show f.json | grep '"status"\|"root"\|"records"'
"$SANDCAST" inspect --json in.ndjson | python3 -c 'import json, sys; print(json.load(sys.stdin)["status"])'
"$SANDCAST" verify --json a.zip | python3 -c 'import json, sys; print(json.load(sys.stdin)["state"])'
"$SANDCAST" ls --json a.zip | python3 -c 'import json, sys; print([e["name"] for e in json.load(sys.stdin)["entities"]])'
"$SANDCAST" ls --json --members a.zip | python3 -c 'import json, sys; print([m["name"] for m in json.load(sys.stdin)])'
echo "# To a file: ls and verify, too."
sandcast ls a.zip --json=ls.json
sandcast verify a.zip --json=verify.json | sed 's/^root .*/root …/; s/[0-9.]* MB/… MB/'
grep -o '"state":"[a-z]*"' verify.json
grep -o '"name":"Part"' ls.json
ls -A
