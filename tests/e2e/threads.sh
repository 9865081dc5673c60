#!/bin/sh
# Many threads: the same bytes, and nothing for ThreadSanitizer to say.
# sh threads.sh SANDCAST
. "$(dirname "$0")/lib.sh"
"$SANDCAST" demo -q -o t.ndjson --records 12000 || exit 2
check "one thread" scrub 1.zip -j 1 t.ndjson
for j in 2 4 5; do
    check "$j threads" scrub $j.zip -j $j t.ndjson
    check "$j threads: the same bytes" cmp 1.zip $j.zip
done
check "verify on one thread" "$SANDCAST" verify -j 1 1.zip
check "verify on four threads" "$SANDCAST" verify -j 4 4.zip
check "inspect on four threads" "$SANDCAST" inspect -j 4 t.ndjson
check "a snapshot again on four threads" scrub 6.zip -j 4 4.zip
# An error in the middle stops all of them; which error does not depend on who was first.
{ head -n 6000 t.ndjson; echo '{"__typename":"Part","id":'; tail -n +6001 t.ndjson; echo '{'; } >bad.ndjson
said() { "$SANDCAST" scrub -q -k key -j "$1" bad.ndjson -o bad.zip 2>&1; }
check "an error on four threads" status 65 said 4
one=$(said 1)
for i in 1 2 3; do
    check "the first error of the input is told, run $i" same "$one" "$(said 4)"
done
# Both sides of a comparison are opened side by side.
grep -v '"__typename":"Comment","id":1,' t.ndjson >less.ndjson
differs() { "$SANDCAST" diff -j "$1" t.ndjson less.ndjson --format ndjson; }
check "diff of two exports on four threads" status 1 differs 4
check "and the same on one" same "$(differs 1)" "$(differs 4)"
check "diff of two snapshots" "$SANDCAST" diff 1.zip 6.zip
check "diff of an export and a snapshot" "$SANDCAST" diff -j 4 t.ndjson 1.zip -k key
check "nothing is left behind" no_leftovers
done_testing
