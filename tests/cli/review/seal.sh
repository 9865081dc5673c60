# Only a snapshot that was sealed with this run's key is believed when it says that its
# values are scrubbed: anybody can put raw records behind such a ledger.
. "$CLI/lib.sh"
key_file key
"$SANDCAST" key new -q -o other
printf '{"__typename":"User","id":1,"name":"Ana Silva","email":"ana@acme.example"}\n' >in.ndjson
already() { "$SANDCAST" scrub -q -f "$@" -o again.zip --json | grep -o '"already_scrubbed":[0-9]*'; }
seal() { "$SANDCAST" cat "$1" manifest.json | grep -c '"seal":"[0-9a-f]\{64\}"'; }

"$SANDCAST" scrub -q -k key in.ndjson -o sealed.zip
echo "sealed: $(seal sealed.zip)"
"$SANDCAST" verify sealed.zip | head -n 1
already -k key sealed.zip
already -k other sealed.zip
already sealed.zip

"$SANDCAST" scrub -q in.ndjson -o unsealed.zip
echo "not sealed: $(seal unsealed.zip)"
already -k key unsealed.zip
sandcast scrub -k key unsealed.zip -f -o again.zip 2>&1 | grep sealed

# A sealed snapshot that was changed afterwards is refused, not scrubbed.
python3 - <<'P'
data = bytearray(open("sealed.zip", "rb").read())
at = data.index(b"data/User/")
at += data[at:].index(b".ndjson") + 12  # into the member's packed bytes
data[at] ^= 1
open("changed.zip", "wb").write(data)
P
sandcast scrub -q -k key changed.zip -f -o again.zip
