# No output replaces what the run reads, however it is spelled.
. "$CLI/lib.sh"
key_file key
echo '{"__typename":"Part","id":1}' >in.ndjson
echo 'pack: p
rules: [{id: a, at: Part.id, action: keep}]' >p.yaml
cp in.ndjson in.before && cp key key.before && cp p.yaml p.before
ln -s in.ndjson link
sandcast scrub -q -k key in.ndjson -o s.zip --json=./s.zip
sandcast scrub -q -k key in.ndjson -o s.zip --json=./in.ndjson
sandcast scrub -q -k key in.ndjson -o s.zip --json=link
sandcast scrub -q -k key in.ndjson -o s.zip --json=../here/key
sandcast scrub -q -k key -r ./p.yaml in.ndjson -o s.zip --json=p.yaml
sandcast scrub -q -k key in.ndjson --force -o ./in.ndjson
sandcast scrub -q -k key in.ndjson --force -o ./key
sandcast inspect in.ndjson --json=./in.ndjson
sandcast demo -q --records 10 -o d.ndjson --truth ./d.ndjson
ln -s nothing dangling
sandcast scrub -q -k key in.ndjson -o dangling
cmp in.ndjson in.before && cmp key key.before && cmp p.yaml p.before
ls
