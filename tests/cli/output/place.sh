# Outputs that are there already, or cannot be made: 73, and what was there stays.
. "$CLI/lib.sh"
key_file key
printf '{"__typename":"Part","id":1}\n' >in.ndjson
echo precious >old
mkdir folder
sandcast scrub -q -k key in.ndjson -o old
cat old
sandcast scrub -q -k key in.ndjson -o folder
sandcast scrub -q -k key in.ndjson -o folder --force
sandcast scrub -q -k key in.ndjson -o nowhere/x.zip
sandcast scrub -q -k key in.ndjson -o in.ndjson/x.zip
sandcast scrub -q -k key in.ndjson -o ''
sandcast scrub -q -k key in.ndjson -o x/
sandcast scrub -q -k key in.ndjson -o - --temp nowhere
sandcast demo -q -o old --records 10
sandcast demo -q -o nowhere/x --records 10
sandcast demo -q -o same --truth same --records 10
sandcast key new -o old
cat old
sandcast scrub -q -k key in.ndjson -o old --force
sandcast ls old
sandcast export old -o in.ndjson
sandcast export old -o folder
sandcast export old -o nowhere/x
sandcast export old --format csv -o in.ndjson
sandcast export old --format csv -o nowhere/x
sandcast export old --format csv -o tables
sandcast export old --format csv -o tables
sandcast export old --format csv -o -
cat in.ndjson tables/*
echo "# A failing run keeps what it would have replaced."
echo precious >old
printf '{"__typename":"Part","id":1}\n{"__typename":' >bad.ndjson
sandcast scrub -q -k key bad.ndjson -o old --force
cat old
sandcast scrub -q -k key in.ndjson -o x.zip --json=nowhere/x.json
ls -A
