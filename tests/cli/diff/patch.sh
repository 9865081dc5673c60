# Patches that do not fit, or are none: nothing is applied, what was there stays, and no
# value comes out: Canary is one in every patch.
. "$CLI/lib.sh"
key_file key
cat >keep.yaml <<'YAML'
pack: keep
rules:
  - {id: all, at: '**', action: keep, because: a test}
YAML
cat >left.ndjson <<'JSON'
{"__typename":"Part","id":1,"partNumber":"A","cost":1.50}
{"__typename":"Part","id":2,"partNumber":"B"}
{"__typename":"Part","id":3,"partNumber":"C"}
{"__typename":"Part","id":123456789012345678901234567890}
{"__typename":"Part","partNumber":"no key"}
JSON
"$SANDCAST" scrub -q -k key -r keep.yaml left.ndjson -o left.zip
head='{"format":"sandcast-patch 1"}'
# patch LINE...: applied to left.zip over an old output; which must be as it was.
patch() {
    printf '%s\n' "$@" >p.ndjson
    echo precious >old.zip
    "$SANDCAST" apply left.zip p.ndjson -f -o old.zip >said 2>&1
    echo "=> $? $(cat said)"
    ! grep -qi canary said || echo "A VALUE IS IN THE MESSAGE"
    [ "$(head -c 8 old.zip)" = precious ] || echo "THE OLD OUTPUT IS GONE"
    rm -f said old.zip
}
update() { printf '{"op":"update","entity":"Part","key":[%s],"changes":[%s]}' "$1" "$2"; }
good=$(update 1 '{"path":"/cost","old":1.5,"value":2}')
echo "# One guard of several fails."
patch "$head" "$good" "$(update 2 '{"path":"/partNumber","old":"Canary","value":"x"}')" "$(update 3 '{"path":"/partNumber","old":"C","value":"x"}')"
patch "$head" "$good" "$(update 2 '{"path":"/cost","old":1,"value":2}')"
patch "$head" "$good" "$(update 2 '{"path":"/partNumber","value":"Canary"}')"
patch "$head" "$good" "$(update 9 '{"path":"/partNumber","old":"Canary","value":"x"}')"
patch "$head" "$good" '{"op":"create","entity":"Part","key":[2],"value":{"id":2,"partNumber":"Canary"}}'
patch "$head" "$good" '{"op":"delete","entity":"Part","key":[2],"old":{"id":2,"partNumber":"Canary"}}'
patch "$head" "$good" '{"op":"delete","entity":"Canaries","key":[2],"old":{"id":2}}'
patch "$head" "$good" '{"op":"delete","entity":"Part","fingerprint":"00112233445566778899aabb","old":{"partNumber":"Canary"}}'
echo "# Other keys than the record's."
patch "$head" "$(update 2 '{"path":"/id","old":2,"value":4}')"
patch "$head" '{"op":"create","entity":"Part","key":[7],"value":{"id":8,"partNumber":"Canary"}}'
echo "# Paths."
patch "$head" "$(update 1 '{"path":"/partNumber/x","old":"Canary","value":1}')"
patch "$head" "$(update 1 '{"path":"cost","old":"Canary","value":1}')"
patch "$head" "$(update 1 '{"path":"","old":"Canary","value":1}')"
patch "$head" "$(update 1 '{"old":"Canary","value":1}')"
patch "$head" "$(update 1 '{"path":7,"value":1}')"
patch "$head" "$(update 1 '{"path":"/Canary\ud800","value":1}')"
patch "$head" "$(update 1 '{"path":"/cost","old":1.5,"value":2},{"path":"/cost","old":1.5,"value":3}')"
patch "$head" "$(update 1 '{"path":"/a","value":{"b":1}},{"path":"/a/b","value":3}')"
echo "# What is no patch."
patch '' "$good"
patch '{"format":"sandcast-patch 2","x":"Canary"}' "$good"
patch '[{"op":"add","path":"/Canary","value":1}]'
patch "$good"
patch "$head" '{"op":"upsert Canary","entity":"Part","key":[1],"value":{}}'
patch "$head" '["Canary"]'
patch "$head" '{"Canary'
patch "$head" '{"op":"update","entity":7,"key":[1],"changes":[]}'
patch "$head" '{"op":"update","entity":"Canary\n","key":[1],"changes":[]}'
patch "$head" '{"op":"create","entity":"no name Canary","key":[1],"value":{"id":1}}'
patch "$head" '{"op":"update","entity":"Part","key":[],"changes":[]}'
patch "$head" '{"op":"update","entity":"Part","key":[1,2,3,4,5],"changes":[]}'
patch "$head" '{"op":"update","entity":"Part","key":"Canary","changes":[]}'
patch "$head" '{"op":"update","entity":"Part","key":[1.0],"changes":[]}'
patch "$head" '{"op":"update","entity":"Part","key":[null],"changes":[]}'
patch "$head" '{"op":"update","entity":"Part","changes":[]}'
patch "$head" '{"op":"update","entity":"Part","key":[1],"changes":{}}'
patch "$head" '{"op":"create","entity":"Part","key":[9],"value":["Canary"]}'
patch "$head" '{"op":"delete","entity":"Part","key":[1]}'
patch "$head" '{"op":"delete","entity":"Part","fingerprint":"Canary","old":{}}'
patch "$head" '{"op":"delete","entity":"Part","fingerprint":"00112233445566778899aabb","count":0,"old":{}}'
patch "$head" '{"op":"delete","entity":"Part","fingerprint":"00112233445566778899aabb","count":-1,"old":{}}'
patch "$head" "$good" "$good"
patch "$head" "$good" '{"op":"delete","entity":"Part","key":[01],"old":{"id":1}}'
: >p.ndjson
sandcast apply left.zip p.ndjson -o new.zip
echo "# A line of 65 MiB; a list of 65,537 changes."
{ echo "$head"; printf '{"op":"create","entity":"Part","key":[9],"value":{"id":9,"partNumber":"'; head -c 68157440 /dev/zero | tr '\0' x; echo '"}}'; } >p.ndjson
sandcast apply left.zip p.ndjson -o new.zip
awk -v head="$head" 'BEGIN { print head; printf "{\"op\":\"update\",\"entity\":\"Part\",\"key\":[1],\"changes\":["
    for (i = 0; i < 65537; i++) printf "%s{\"path\":\"/n%d\",\"value\":%d}", i ? "," : "", i, i; print "]}" }' >p.ndjson
sandcast apply left.zip p.ndjson -o new.zip
echo "# Outputs, and what is well."
printf '%s\n' "$head" "$good" "$(update 123456789012345678901234567890 '{"path":"/partNumber","value":"D"}')" >p.ndjson
sandcast apply left.zip p.ndjson
sandcast apply left.zip p.ndjson -o left.zip
sandcast apply left.zip p.ndjson -o /dev/full -f
sandcast apply left.zip nowhere.ndjson -o new.zip
sandcast apply left.ndjson p.ndjson -o new.zip
sandcast apply left.zip p.ndjson -n
sandcast apply left.zip p.ndjson -o new.zip
sandcast apply left.zip p.ndjson -o new.zip
sandcast diff left.zip new.zip --format ndjson
sandcast apply left.zip p.ndjson --reverse -o back.zip
sandcast apply new.zip - --reverse -o back.zip <p.ndjson
sandcast diff left.zip back.zip
sandcast verify new.zip | sed 's/^root .*/root …/; s/[0-9.]* MB/… MB/'
"$SANDCAST" demo -q -o many.ndjson --records 2000
"$SANDCAST" scrub -q -k key -r keep.yaml many.ndjson -o many.zip
echo "$head" >p.ndjson
(ulimit -f 64; sandcast apply many.zip p.ndjson -f -o new.zip)
sandcast apply many.zip p.ndjson -f -o same.zip
sandcast diff many.zip same.zip
sandcast verify new.zip >/dev/null
# Only what is said about it is shown.
# shellcheck disable=SC2069
"$SANDCAST" apply left.zip p.ndjson -o - 2>&1 >/dev/full; echo "=> $?"
ls -A
