# Names of files that are no UTF-8, or hold control characters.
. "$CLI/lib.sh"
key_file key
mkdir in
echo '{"__typename":"Part","id":1}' >"$(printf 'in/a\377\2331m.ndjson')"
echo '{bad' >"$(printf 'in/b\033[31m\342\200\256\303\251.ndjson')"
"$SANDCAST" scrub -q -k key -n in --json 2>&1 | grep -o "error.*records\|sandcast: .*" | sed "s/,.bytes_in.*//"
"$SANDCAST" scrub -q -k key -n in/a* --json=out.json
grep -o '"name":"[^"]*"' out.json
