# Names of inputs stay with production: where a file lay and what it was called changes
# no byte of the snapshot.
. "$CLI/lib.sh"
key_file key
for name in canary-one canary-two; do
    mkdir $name
    echo '{"__typename":"Part","id":1}' >$name/parts.ndjson
    echo "a drawing" >$name/$name.pdf
    "$SANDCAST" scrub -k key $name -o $name.zip 2>&1 | head -n 1
    "$SANDCAST" cat $name.zip manifest.json | grep -o '"completeness":[^]]*]'
done
cmp canary-one.zip canary-two.zip
! grep -ac canary canary-one.zip
