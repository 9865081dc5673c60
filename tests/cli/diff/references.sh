# What references lead to: another record, one that their side lacks; on request also those
# that no change tells of.
. "$CLI/lib.sh"
key_file key
"$SANDCAST" key new -q -o other
cat >tenant.graphql <<'SDL'
directive @entity(table: String!) on OBJECT
type Person @entity(table: "persons", std: false, by: false) { id: ID! name: String }
type Pair @entity(table: "pairs", key: ["a", "b"], std: false, by: false) { a: ID! b: ID! }
type Site @entity(table: "sites", std: false, by: false) { id: ID! }
type Team @entity(table: "teams", std: false, by: false) {
  id: ID! leadId: ID lead: Person @reference(by: "leadId") pairId: ID pair: Pair @reference(by: "pairId")
  siteId: ID site: Site @reference(by: "siteId") deputyId: ID deputy: Person @reference(by: "deputyId") note: String }
SDL
cat >left.ndjson <<'JSON'
{"__typename":"Person","id":1,"name":"Ana"}
{"__typename":"Person","id":2,"name":"Ben"}
{"__typename":"Person","id":"x\u0022y","name":"Cy"}
{"__typename":"Team","id":1,"leadId":1}
{"__typename":"Team","id":2,"leadId":1}
{"__typename":"Team","id":3,"leadId":9}
{"__typename":"Team","id":4,"leadId":1,"deputyId":2,"siteId":7,"pairId":1}
{"__typename":"Team","id":5,"leadId":"x\"y"}
{"__typename":"Team","id":6,"leadId":8}
{"__typename":"Team","id":7,"leadId":2,"note":"a"}
{"__typename":"Team","id":8,"leadId":77}
{"__typename":"Team","id":9,"leadId":1}
{"__typename":"Pair","a":1,"b":2}
JSON
cat >right.ndjson <<'JSON'
{"__typename":"Person","id":1,"name":"Ana"}
{"__typename":"Person","id":"x\"y","name":"Cy"}
{"__typename":"Person","id":30,"name":"Dee"}
{"__typename":"Team","id":1,"leadId":30.0}
{"__typename":"Team","id":2,"leadId":3}
{"__typename":"Team","id":3,"leadId":10}
{"__typename":"Team","id":4,"leadId":null,"deputyId":2,"siteId":8,"pairId":2}
{"__typename":"Team","id":5,"lead":{"id":"x\"y"}}
{"__typename":"Team","id":6,"leadId":null}
{"__typename":"Team","id":7,"leadId":2,"note":"b"}
{"__typename":"Team","id":9,"leadId":1}
{"__typename":"Team","id":10,"leadId":4}
{"__typename":"Pair","a":1,"b":2}
JSON
cat >rules.yaml <<'YAML'
pack: tenant
rules:
  - {id: keys, at: Person.id, action: pseudonym, with: {kind: serial}, because: a test}
  - {id: leads, at: Team.leadId, action: pseudonym, with: {kind: serial}, because: a test}
  - {id: rest, at: '**', action: keep, because: a test}
YAML
teams() { sandcast diff "$@" -s tenant.graphql --unmask; }
teams left.ndjson right.ndjson
teams left.ndjson right.ndjson --references
teams left.ndjson right.ndjson --references --format ndjson
teams left.ndjson right.ndjson --references --format json | sed 's/"read":{[^}]*}/"read":{…}/'
teams left.ndjson right.ndjson --references --format markdown
teams left.ndjson right.ndjson --references --format junit | grep -i dangling
teams left.ndjson right.ndjson --references --format sarif | grep -o '"text":"[^"]*dangling[^"]*"\|"ruleId":"dangling".\{40\}'
teams left.ndjson right.ndjson --references --format html | sed 's/<style>.*//' | grep -o '<small>[a-z]* on the [a-z]*</small>\|<li>.*reference.*</li>\|data-class="dangling"' | sort | uniq -c
echo "# Equal sides: told, and no drift. What is ignored is not told."
teams left.ndjson left.ndjson --references --format ndjson
teams left.ndjson left.ndjson --references --ignore Team.leadId
teams left.ndjson left.ndjson
echo "# Of records matched by other members nothing is known."
teams left.ndjson right.ndjson --key Person=name --references --format ndjson
echo "# Records without a key."
grep Person left.ndjson >some.ndjson
printf '{"__typename":"Team","leadId":5}\n{"__typename":"Team","leadId":1}\n' >>some.ndjson
teams some.ndjson some.ndjson --references
echo "# Ids that were given out anew, and ids that are scrubbed."
teams left.ndjson right.ndjson --match natural --references --format ndjson
scrub() { "$SANDCAST" scrub -q -s tenant.graphql -r rules.yaml "$@"; }
for side in left right; do # texts: of numbers of one place pseudonyms meet
    sed 's/30\.0/30/; s/"Person","id":\([0-9]\{1,\}\)/"Person","id":"P-1000\1"/; s/"leadId":\([0-9]\{1,\}\)/"leadId":"P-1000\1"/' $side.ndjson >$side.texts.ndjson
done
scrub -k key left.texts.ndjson -o left.zip
scrub -k key right.texts.ndjson -o right.zip
scrub -k other right.texts.ndjson -o other.zip
says() { "$SANDCAST" diff "$@" --format ndjson | grep reference | sed 's/"left":.*\|"right":.*/…/' | sort; }
says left.zip right.zip --references
says left.zip other.zip --references | cut -d, -f1,3-
says left.texts.ndjson right.zip -k key -r rules.yaml -s tenant.graphql --references
says left.texts.ndjson left.zip -k key -r rules.yaml -s tenant.graphql --references
echo "# A damaged page of what is referred to."
python3 - <<'PYTHON'
import zipfile
info = zipfile.ZipFile('right.zip').getinfo('index/Person/0000.idx')
data = bytearray(open('right.zip', 'rb').read())
data[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 1
open('damaged.zip', 'wb').write(data)
PYTHON
sandcast diff left.zip damaged.zip --references -q
echo "# Where it says nothing."
teams left.ndjson right.ndjson --references --format patch
teams left.ndjson right.ndjson --references --base left.ndjson
teams left.ndjson right.ndjson --base left.ndjson --format ndjson
