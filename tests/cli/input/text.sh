# Strings that are no text: invalid UTF-8, lone surrogates.
. "$CLI/lib.sh"
key_file key; KEY=key
line() { printf '{"__typename":"User","id":1,"email":"a@acme.example"}\n{"__typename":"User","id":2,"name":"canary %b"}\n' "$1"; }
line '\0200' >continuation.ndjson
line '\0300\0257' >overlong.ndjson
line '\0355\0240\0200' >surrogate-bytes.ndjson
line '\0364\0220\0200\0200' >past-unicode.ndjson
line '\0342\0202' >cut-character.ndjson
line '\0377\0376' >never.ndjson
line '\\ud800' >high-alone.ndjson
line '\\udc00x' >low-alone.ndjson
line '\\ud800\\ud800' >high-twice.ndjson
line '\\u12g4' >no-hex.ndjson
printf '{"__typename":"User","id":1,"na\377me":"canary"}\n' >name.ndjson
for file in *.ndjson; do refused "$file"; done
echo "# An escaped pair is text, as is U+0000."
line '\\ud83d\\ude00 \\u0000' >pair.ndjson
sandcast scrub -q -k key pair.ndjson -o pair.zip
