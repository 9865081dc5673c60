# Roots alone: the same content packed in two ways, other content, what is no snapshot.
. "$CLI/lib.sh"
key_file key
"$SANDCAST" demo -q -o in.ndjson --records 300
"$SANDCAST" scrub -q -k key in.ndjson -o small.zip --level small
"$SANDCAST" scrub -q -k key in.ndjson -o fast.zip --level fast
head -100 in.ndjson >less.ndjson
"$SANDCAST" scrub -q -k key less.ndjson -o less.zip
"$SANDCAST" ls --root small.zip fast.zip less.zip >roots
cut -d ' ' -f 3 roots
echo "$(cut -d ' ' -f 1 roots | sort -u | grep -c '^[0-9a-f]\{64\}$') different roots"
cmp -s small.zip fast.zip || echo "different files"
"$SANDCAST" verify small.zip | sed -n 2p | cut -d ' ' -f 2 >verified
head -1 roots | grep -c -f verified
sandcast ls --root small.zip in.ndjson
sandcast ls --root absent.zip
sandcast ls --root --members small.zip
sandcast ls --root
