# Values that no rule decides stop the run; each path once, with a rule to start from.
. "$CLI/lib.sh"
key_file key
cat >in.ndjson <<'END'
{"__typename":"Part","id":1,"shinyNew":"canary","deep":{"inner":[1,2,"canary"]}}
{"__typename":"Part","id":2,"shinyNew":null,"canary@acme.example":"x"}
END
sandcast scrub -k key in.ndjson -o refused.zip
leftovers
for what in drop redact keep; do
    sandcast scrub -q -k key --undecided $what in.ndjson -o $what.zip
    sandcast cat $what.zip Part
done
sandcast scrub -q -k key --dry-run --json in.ndjson | grep -o '"status":"[a-z]*"\|"undecided":\[[^]]*\]\|=>.*'
sandcast inspect --suggest in.ndjson
sandcast inspect in.ndjson
