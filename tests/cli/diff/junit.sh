# The form `junit`: masked, unmasked, cut by --max, and of two equal sides.
. "$CLI/lib.sh"
two_tenants
sandcast diff left.ndjson right.ndjson --format junit
sandcast diff left.ndjson right.ndjson --format junit --unmask --ignore Part.cost --show ignored
sandcast diff left.ndjson right.ndjson --format junit --max 1
sandcast diff left.ndjson left.ndjson --format junit
