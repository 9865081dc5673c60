# keys: true: names that are data are pseudonyms in the snapshot, show nowhere else, and
# are taken over as they are when the snapshot is scrubbed again.
. "$CLI/lib.sh"
key_file key
cat >p.yaml <<'P'
pack: p
rules:
  - {id: ids, at: 'Part:id', action: keep}
  - {id: counts, at: 'Part:checkedBy.*', action: keep}
  - id: all
    at: 'Part:checkedBy.*'
    keys: true
    value: '^all$'
    action: keep
    examples: {match: [all], keep: [ana.canary]}
  - id: checkers
    at: 'Part:checkedBy.*'
    keys: true
    action: pseudonym
    with: {kind: word, namespace: login}
    because: logins of people
P
printf '{"__typename":"Part","id":%d,"checkedBy":{"ana.canary":%d,"all":9}}\n' 1 2 3 4 >in.ndjson
sandcast scrub -q -k key -r ./p.yaml in.ndjson -o once.zip
sandcast cat once.zip Part
sandcast cat once.zip evidence/coverage.json
unzip -p once.zip | grep -ci canary
sandcast scrub -q -k key -r ./p.yaml once.zip -o twice.zip
root() { "$SANDCAST" cat "$1" manifest.json | grep -o '"root":"[0-9a-f]*"'; }
[ "$(root once.zip)" = "$(root twice.zip)" ] && echo "the same root"
sandcast rules explain -r ./p.yaml --at 'Part:checkedBy.someone'
echo "# Two names of one object must not become one."
cat >same.yaml <<'P'
pack: same
rules:
  - {id: values, at: '**', action: keep}
  - {id: names, at: 'Part:checkedBy.*', keys: true, action: mask, with: {first: 0}}
P
printf '{"__typename":"Part","id":1,"checkedBy":{"canary1":1,"canary2":2}}\n' >same.ndjson
KEY=key refused -r ./same.yaml same.ndjson
