# Records under one key: equal ones are one, different ones as --duplicates says.
. "$CLI/lib.sh"
key_file key; KEY=key
cat >parts.ndjson <<'END'
{"__typename":"Part","id":1,"revision":"A"}
{"__typename":"Part","id":2,"revision":"A"}
{"__typename":"Part","id":1,"revision":"B"}
{"revision":"A","id":"2","__typename":"Part"}
END
refused parts.ndjson
refused --duplicates fail parts.ndjson
for which in first last; do
    sandcast scrub -q -k key --duplicates $which parts.ndjson -o $which.zip
    sandcast get $which.zip Part 1
    sandcast cat $which.zip Part
    sandcast verify $which.zip | sed 's/^root .*/root …/; s/[0-9.]* MB/… MB/'
    leftovers
done
