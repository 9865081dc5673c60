# Inputs that are not there, or cannot be read.
. "$CLI/lib.sh"
key_file key; KEY=key
printf '{"__typename":"Part","id":1}\n' >part.ndjson
refused nowhere.ndjson
refused part.ndjson nowhere/part.ndjson
refused part.ndjson/x
ln -s nowhere dangling.ndjson
refused dangling.ndjson
refused "$(printf 'a\033[31m\342\200\256\n.ndjson')"
for name in verify ls "cat Part" "get Part 1" "export -o x"; do
    set -- $name
    command=$1
    shift
    sandcast "$command" nowhere.zip "$@"
done
sandcast scrub -q part.ndjson -r nowhere.yaml -o x.zip
sandcast scrub -q part.ndjson -s nowhere.graphql -o x.zip
sandcast scrub -q part.ndjson -k nowhere.key -o x.zip
sandcast inspect nowhere.ndjson
sandcast rules test nowhere.yaml
sandcast key id nowhere.key
