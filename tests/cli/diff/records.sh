# Records that are hard to compare. Values of all kinds are in json.sh and others.
. "$CLI/lib.sh"
tenant() { cat >"$1.ndjson"; }
echo "# Keys that are missing, or an integer here and a string there: 1 is 1."
tenant left <<'JSON'
{"__typename":"Part","id":1,"n":1}
{"__typename":"Part","id":"1","n":1}
{"__typename":"Part","id":"2","n":1}
{"__typename":"Part","id":"x","n":1}
{"__typename":"Part","id":1.5,"n":1}
{"__typename":"Part","id":null,"n":3}
{"__typename":"Part","n":1}
{"__typename":"Part","n":1}
JSON
tenant right <<'JSON'
{"__typename":"Part","id":"1","n":1}
{"__typename":"Part","id":2,"n":1}
{"__typename":"Part","id":"x","n":2}
{"__typename":"Part","id":true,"n":1}
{"__typename":"Part","id":null,"n":3}
{"__typename":"Part","n":1}
JSON
sandcast diff left.ndjson right.ndjson
echo "# Numbers of any size, in any spelling."
tenant left <<'JSON'
{"__typename":"Other","id":123456789012345678901234567890,"a":123456789012345678901234567890,"b":1,"c":1e400,"d":-0,"e":1,"f":0.1}
{"__typename":"Other","id":-9007199254740993,"a":1}
JSON
tenant right <<'JSON'
{"__typename":"Other","id":123456789012345678901234567890,"a":123456789012345678901234567891,"b":1.0,"c":10e399,"d":0,"e":1e400,"f":0.10000000000000000000000000001}
{"__typename":"Other","id":-9007199254740992,"a":1}
JSON
sandcast diff left.ndjson right.ndjson --show respelled
sandcast diff left.ndjson right.ndjson --tolerance '**.f=1e-28' --format ndjson
echo "# Lone surrogates, in a value and in a name."
printf '{"__typename":"Part","id":1,"x":"Canary \\ud800"}\n' | tenant surrogate
sandcast diff surrogate.ndjson right.ndjson
sandcast diff right.ndjson surrogate.ndjson
printf '{"__typename":"Part","id":1,"Canary\\udc00":1}\n' | tenant surrogate
sandcast diff surrogate.ndjson right.ndjson
printf '{"__typename":"Part","id":1,"a":"\\ud83d\\ude00"}\n' | tenant left
printf '{"__typename":"Part","id":1,"a":"\360\237\230\200"}\n' | tenant right
sandcast diff left.ndjson right.ndjson
echo "# Records that differ in every field, names that hide something."
tenant left <<'JSON'
{"__typename":"Other","id":1,"a":1,"b":"x","c":[1,2],"d":{"e":null},"f":true,"g":"\u001b[31m\u202e","h/~":1,"":0,"0":1}
JSON
tenant right <<'JSON'
{"__typename":"Other","id":1,"a":"1","b":null,"c":{"0":1},"d":[],"f":0,"g":"\u009b","h/~":2,"":"","0":[1]}
JSON
sandcast diff left.ndjson right.ndjson
sandcast diff left.ndjson right.ndjson --format ndjson
sandcast diff left.ndjson right.ndjson --max 2
echo "# Many different records of one key: the first ones are compared, the others counted."
many() { awk -v v="$1" 'BEGIN { for (i = 0; i < 100000; i++) print "{\"__typename\":\"Part\",\"id\":1,\"x\":\"" v " " i "\"}" }'; }
many a | tenant left
many b | tenant right
sandcast diff left.ndjson right.ndjson --memory 48M
sandcast diff left.ndjson right.ndjson --memory 48M --match natural -q
echo "# Equal records without a key, looked at with --spelling."
printf '{"__typename":"X","a":1}\n{"__typename":"X","a":2}\n' | tenant left
printf '{"__typename":"X","a":2.0}\n{"__typename":"X","a":1}\n' | tenant right
sandcast diff left.ndjson right.ndjson --spelling
