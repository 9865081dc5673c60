# JSON that is not JSON: each with file, byte and record, none with a value.
. "$CLI/lib.sh"
key_file key; KEY=key
good='{"__typename":"User","id":1,"email":"canary@acme.example"}'
printf '%s\n{"__typename":"User","id":2,"email":"canary@ac' "$good" >cut-string.ndjson
printf '%s\n{"__typename":"User","id":2,"na' "$good" >cut-name.ndjson
printf '%s\n{"__typename":"User","id":2' "$good" >cut-object.ndjson
printf '[%s,{"__typename":"User","id":2},' "$good" >cut-array.json
printf '{"users":[%s' '{"id":1,"email":"canary@acme.example"}' >cut-document.json
printf '%s\n{"__typename":"User","id":2,"email":canary}\n' "$good" >literal.ndjson
printf '%s\n{"__typename":"User","id":2,"email":"canary",}\n' "$good" >comma.ndjson
printf '%s\n{"__typename":"User" "id":2,"email":"canary"}\n' "$good" >no-comma.ndjson
printf "%s\n{'__typename':'User','email':'canary'}\n" "$good" >quotes.ndjson
printf '%s\n{"__typename":"User","id":007,"email":"canary"}\n' "$good" >zeros.ndjson
printf '%s\n{"__typename":"User","id":2,"email":"canary\tx"}\n' "$good" >tab.ndjson
printf '%s\n{"__typename":"User","id":2,"email":"canary\\qx"}\n' "$good" >escape.ndjson
printf '%s\n{"__typename":"User","id":2,"email":"canary"]\n' "$good" >bracket.ndjson
printf '%s\n}\n' "$good" >extra.ndjson
printf '%s\n"canary"\n' "$good" >string.ndjson
printf '%s\n\001canary\n' "$good" >binary.ndjson
for file in *.json *.ndjson; do refused "$file"; done
