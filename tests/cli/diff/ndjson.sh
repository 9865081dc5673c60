# The form `ndjson`: masked, unmasked, cut by --max, and of two equal sides.
. "$CLI/lib.sh"
two_tenants
sandcast diff left.ndjson right.ndjson --format ndjson
sandcast diff left.ndjson right.ndjson --format ndjson --unmask --ignore Part.cost --show ignored
sandcast diff left.ndjson right.ndjson --format ndjson --max 1
sandcast diff left.ndjson left.ndjson --format ndjson
