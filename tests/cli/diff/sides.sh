# Sides that do not fit: schemas, rules, a damaged index page, kinds, names that are nothing.
. "$CLI/lib.sh"
key_file key
cat >left.ndjson <<'JSON'
{"__typename":"Part","id":1,"partNumber":"Canary A","revision":"A"}
{"__typename":"Part","id":2,"partNumber":"Canary B","revision":"A"}
JSON
cat >tiny.graphql <<'SDL'
directive @entity(table: String!) on OBJECT
type Part @entity(table: "parts", std: false, by: false) { id: Int! partNumber: String }
SDL
cat >keep.yaml <<'YAML'
pack: keep
rules:
  - {id: all, at: '**', action: keep, because: a test}
YAML
"$SANDCAST" scrub -q -k key left.ndjson -o ion.zip
"$SANDCAST" scrub -q -k key -r keep.yaml left.ndjson -o keep.zip
"$SANDCAST" scrub -q -k key -r keep.yaml -s tiny.graphql left.ndjson -o tiny.zip
echo "# Other rules, other schemas: said, and compared."
sandcast diff ion.zip keep.zip --format ndjson
sandcast diff tiny.zip keep.zip
sandcast diff left.ndjson tiny.zip -k key --format ndjson
sandcast diff left.ndjson tiny.zip --as-is
echo "# A byte of an index page is another one. Equal roots are not looked behind."
python3 - <<'PYTHON'
import zipfile
info = zipfile.ZipFile('keep.zip').getinfo('index/Part/0000.idx')
data = bytearray(open('keep.zip', 'rb').read())
data[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 1
open('damaged.zip', 'wb').write(data)
PYTHON
sandcast diff damaged.zip ion.zip -q
sandcast diff left.ndjson damaged.zip -k key -q -o report
sandcast diff damaged.zip keep.zip
sandcast diff damaged.zip keep.zip --spelling
sandcast diff damaged.zip ion.zip --match natural -q
echo "# A member that two of three have."
sandcast diff ion.zip ion.zip --base left.ndjson
sandcast diff ion.zip left.ndjson --base ion.zip
sandcast diff left.ndjson left.ndjson --base ion.zip
sandcast diff left.ndjson left.ndjson --base left.ndjson
sandcast diff ion.zip left.ndjson --match natural
sandcast diff - -
sandcast diff nowhere.zip left.ndjson
sandcast diff left.ndjson nowhere.zip
sandcast diff left.ndjson - </dev/null
echo Canary >canary.zip
sandcast diff left.ndjson canary.zip
ls
