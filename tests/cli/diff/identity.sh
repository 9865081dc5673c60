# Ids that a refresh gave out anew: natural keys that are scrubbed, cycles, what is not to
# be told apart.
. "$CLI/lib.sh"
key_file key
"$SANDCAST" key new -q -o other
cat >tenant.graphql <<'SDL'
directive @entity(table: String!) on OBJECT
type Person @entity(table: "persons", std: false, by: false, naturalKey: ["email"]) {
  id: ID! email: String bossId: ID boss: Person @reference(by: "bossId") city: String }
type Team @entity(table: "teams", std: false, by: false) {
  id: ID! leadId: ID lead: Person @reference(by: "leadId") nextId: ID next: Team @reference(by: "nextId") }
SDL
cat >left.ndjson <<'JSON'
{"__typename":"Person","id":1,"email":"ana@example.org","bossId":2,"city":"A"}
{"__typename":"Person","id":2,"email":"ben@example.org","bossId":1,"city":"B"}
{"__typename":"Person","id":3,"email":"cy@example.org","bossId":3,"city":"C"}
{"__typename":"Person","id":4,"email":"eve@example.org","bossId":9,"city":"E"}
{"__typename":"Team","id":1,"leadId":1,"nextId":2}
{"__typename":"Team","id":2,"leadId":2,"nextId":1}
{"__typename":"Team","id":3,"leadId":3,"nextId":3}
{"__typename":"Team","id":4,"leadId":null}
{"__typename":"Team","id":5,"leadId":null}
JSON
cat >right.ndjson <<'JSON'
{"__typename":"Person","id":12,"email":"ana@example.org","bossId":11,"city":"A"}
{"__typename":"Person","id":11,"email":"ben@example.org","bossId":12,"city":"B2"}
{"__typename":"Person","id":1,"email":"cy@example.org","bossId":1,"city":"C"}
{"__typename":"Person","id":2,"email":"dee@example.org","bossId":11,"city":"D"}
{"__typename":"Team","id":22,"leadId":12,"nextId":21}
{"__typename":"Team","id":21,"leadId":11,"nextId":22}
{"__typename":"Team","id":23,"leadId":11,"nextId":23}
{"__typename":"Team","id":24,"leadId":null}
{"__typename":"Team","id":25,"leadId":null}
JSON
cat >rules.yaml <<'YAML'
pack: tenant
rules:
  - {id: email, at: Person.email, action: pseudonym, with: {kind: email}, because: a test}
  - {id: rest, at: '**', action: keep, because: a test}
YAML
scrub() { "$SANDCAST" scrub -q -s tenant.graphql -r rules.yaml "$@"; }
natural() { sandcast diff "$@" --match natural --format ndjson --unmask --id-map ids.csv; tr -d '\r' <ids.csv; }
natural left.ndjson right.ndjson -s tenant.graphql
natural left.ndjson left.ndjson -s tenant.graphql
echo "# The natural key is scrubbed: with one key it is one, with two it is not."
scrub -k key left.ndjson -o left.zip
scrub -k key right.ndjson -o right.zip
scrub -k other right.ndjson -o other.zip
natural left.zip right.zip | sed 's/"[a-z0-9.]*@[a-z0-9.-]*"/"…@…"/g'
natural left.zip other.zip | sed 's/"[a-z0-9.]*@[a-z0-9.-]*"/"…@…"/g'
echo "# Ids in other spellings are the same ids."
cat >spelled.ndjson <<'JSON'
{"__typename":"Person","id":12.0,"email":"ana@example.org","bossId":"1\u0031","city":"A"}
{"__typename":"Person","id":"11","email":"ben@example.org","bossId":1.2e1,"city":"B"}
{"__typename":"Person","id":"\u0031","email":"cy@example.org","bossId":1,"city":"C"}
JSON
head -n 3 left.ndjson >three.ndjson
natural three.ndjson spelled.ndjson -s tenant.graphql
