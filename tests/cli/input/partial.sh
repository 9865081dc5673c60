# An export that says itself that something is missing.
. "$CLI/lib.sh"
key_file key; KEY=key
page() { printf '{"data":{"parts":{"edges":[{"node":{"id":1,"description":"canary"}}],"pageInfo":{"hasNextPage":%s}%s}}%s}\n' "$1" "$2" "$3"; }
page true '' '' >more.json
page false ',"totalCount":2' '' >count.json
page false '' ',"errors":[{"message":"canary"}]' >errors.json
page false ',"totalCount":1' '' >whole.json
for file in more count errors; do
    refused $file.json
    sandcast scrub -k key --allow-partial $file.json -o $file.zip | sed 's/in [0-9.]* s, [0-9]* MB.s; [0-9.]* MB/in …/; s/root .*/root …/'
    "$SANDCAST" cat $file.zip manifest.json | grep -o '"completeness":[^]]*]'
done
sandcast scrub -q -k key whole.json -o whole.zip
