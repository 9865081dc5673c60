# A tenant in SQLite and back: rows, what no column holds, what is no row; what was changed.
. "$CLI/lib.sh"
sql() { python3 "$CLI/load/sql.py" "$@"; }
cat >in.ndjson <<'END'
{"__typename":"Part","id":1,"partNumber":"A'\"; DROP TABLE parts;--","revision":"A","cost":12.50,"leadTime":7,"isLatestRevision":true,"unknown":[1.50,{"a":1e400}],"createdById":5}
{"__typename":"Part","id":2,"partNumber":"B","revision":"A","cost":"twelve","leadTime":7.5,"description":null,"_created":"2026-01-02 03:04:05.600+01:00"}
{"__typename":"Part","id":3,"partNumber":"B","revision":"A","unitOfMeasure":{"id":77},"cost":0.1000000000000000055}
{"__typename":"Part","id":"X4","partNumber":"C","revision":"A"}
{"__typename":"Part","partNumber":"D","revision":"A"}
{"__typename":"Part","id":1,"partNumber":"second","revision":"A"}
{"__typename":"Widget","id":1,"size":7}
{"__typename":"PartAttribute","partId":1,"key":"mass","value":5,"type":"INT"}
{"__typename":"Organization","id":1,"settingsStructured":"{\"a\": 1}","name":"tab\tand \u0000"}
{"__typename":"Organization","id":2,"settingsStructured":"\"7\""}
{"__typename":"Organization","id":3,"settingsStructured":"no JSON"}
END
sandcast load in.ndjson -o t.db
sandcast load --raw in.ndjson -o t.db
sandcast load --raw in.ndjson -o t.db
sandcast load --raw -q -f in.ndjson -o t.db --json
sql t.db "SELECT id, part_number, cost, lead_time, _created, unit_of_measure_id, _more FROM parts"
sql t.db "SELECT entity, reason, record FROM sandcast_unplaced"
sql t.db "SELECT id, settings_structured, name, _more FROM organizations"
sql t.db "SELECT part_id, \"key\", value FROM part_attributes"
sql t.db "SELECT key, value FROM sandcast_meta WHERE key IN ('format', 'state')"
sandcast diff in.ndjson t.db
sandcast export t.db --format sqlite -o again.db
sandcast diff t.db again.db
sql t.db "UPDATE parts SET cost = 13, description = 'it''s new' WHERE id = 2"
sql t.db "DELETE FROM organizations WHERE id = 3"
sql t.db "INSERT INTO parts(part_number, revision) VALUES('by hand', 'A')"
sandcast diff in.ndjson t.db --unmask
sandcast get t.db Part 4
