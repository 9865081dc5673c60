# Twice equals once, for any number of workers, also where names are data: by their
# number they show as names, shapes or *.
. "$CLI/lib.sh"
key_file key
cat >p.yaml <<'P'
pack: p
rules:
  - {id: ids, at: 'Part:id', action: keep}
  - {id: map, at: ['Part:map.*', 'Part:map.*.*'], action: hash, with: {namespace: n}}
P
root() { "$SANDCAST" cat "$1" manifest.json | grep -o '"root":"[0-9a-f]*"'; }
for names in 60 300 1500; do
    awk -v names=$names 'BEGIN { for (i = 0; i < 40000; i++)
        printf "{\"__typename\":\"Part\",\"id\":%d,\"map\":{\"mail%d\":\"v%d\",\"x\":{\"k%d-\":\"%0100d\"}}}\n", i, i % names, i, i % names, i }' >in.ndjson
    "$SANDCAST" scrub -q -f -k key -r ./p.yaml in.ndjson -o once.zip
    for jobs in 1 2 3; do
        "$SANDCAST" scrub -q -f -k key -r ./p.yaml -j $jobs once.zip -o twice.zip
        [ "$(root once.zip)" = "$(root twice.zip)" ] && echo "$names names, $jobs jobs: the same"
    done
done
