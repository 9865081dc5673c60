# Inputs that may not be read. Root may read everything, so root runs this as nobody.
. "$CLI/lib.sh"
key_file key
printf '{"__typename":"Part","id":1,"description":"canary"}\n' >part.ndjson
cp part.ndjson closed.ndjson
cp "$SANDCAST" ./sandcast
mkdir folder closed
cp part.ndjson folder/a.ndjson
cp part.ndjson folder/closed.ndjson
cp part.ndjson closed
printf 'pack: p\nrules:\n  - {id: a, at: "**", action: keep}\n' >closed.yaml
if [ "$(id -u)" = 0 ]; then
    chown -R 65534:65534 .
    AS="setpriv --reuid=65534 --regid=65534 --clear-groups"
fi
$AS chmod 000 closed.ndjson folder/closed.ndjson closed closed.yaml
SANDCAST=./sandcast
nobody() {
    echo "\$ sandcast $*"
    $AS ./sandcast "$@" 2>&1
    echo "=> $?"
    leftovers
}
nobody scrub -q -k key closed.ndjson -o refused.zip
nobody scrub -q -k key part.ndjson closed.ndjson -o refused.zip
nobody scrub -q -k key folder -o refused.zip
nobody scrub -q -k key closed -o refused.zip
nobody scrub -q -k key -r closed.yaml part.ndjson -o refused.zip
nobody scrub -q -k closed.yaml part.ndjson -o refused.zip
nobody inspect closed.ndjson
nobody verify closed.ndjson
nobody scrub -q -k key part.ndjson -o closed/refused.zip
$AS chmod 700 closed
