# A closed pipe: 141, without a word. Only the reader has seen enough.
. "$CLI/lib.sh"
key_file key
"$SANDCAST" demo -q -o in.ndjson --records 2000
"$SANDCAST" scrub -q -k key in.ndjson -o s.zip
closed_late() { { sleep 0.3; "$SANDCAST" "$@" 2>said; echo "=> $?" >status; } | :; cat said status; }
closed_late cat s.zip Entity
closed_late scrub -q -k key in.ndjson -o -
closed_late export s.zip -o -
closed_late demo -q -o - --records 100
closed_late --help
closed_late ls s.zip
closed_late rules list
