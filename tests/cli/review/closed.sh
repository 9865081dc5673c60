# Standard descriptors that are closed: nothing lands in a file that took their number.
. "$CLI/lib.sh"
key_file key
echo '{"__typename":"Part","id":1}' >in.ndjson
"$SANDCAST" scrub -k key in.ndjson -o a.zip --json >&- 2>said
echo "=> $?"
tail -n 1 said
"$SANDCAST" scrub -k key in.ndjson -o b.zip <&- >&- 2>&-
echo "=> $?"
cmp a.zip b.zip
"$SANDCAST" verify --quick b.zip | head -n 1
"$SANDCAST" scrub -q -k key in.ndjson -o - >&- 2>/dev/null
echo "=> $?"
"$SANDCAST" scrub -q -k key - -o c.zip <&-
echo "=> $?"
"$SANDCAST" --version >&- 2>/dev/null
echo "=> $?"
ls
