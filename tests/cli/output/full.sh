# A full disk, here a limit on the size of files: 74, nothing half-written, the old kept.
. "$CLI/lib.sh"
key_file key
"$SANDCAST" demo -q -o in.ndjson --records 2000
echo precious >old.zip
limited() { (ulimit -f 64; sandcast "$@"); }
limited scrub -q -k key in.ndjson -o new.zip
limited scrub -q -k key in.ndjson -o old.zip --force
cat old.zip
limited scrub -q -k key in.ndjson -o - >piped
tail -n 2 piped
limited demo -q -o new.ndjson --records 2000
limited demo -q -o new.tar --records 2000 --format data-snapshot
"$SANDCAST" scrub -q -k key in.ndjson -o good.zip
limited export good.zip -o new.ndjson
limited export good.zip --format data-snapshot -o new.tar
# Only what is said about it is shown: the result goes nowhere.
# shellcheck disable=SC2069
"$SANDCAST" scrub -q -k key in.ndjson -n --json 2>&1 >/dev/full; echo "=> $?"
# shellcheck disable=SC2069
"$SANDCAST" cat good.zip Part 2>&1 >/dev/full; echo "=> $?"
# shellcheck disable=SC2069
"$SANDCAST" --help 2>&1 >/dev/full; echo "=> $?"
ls -A
