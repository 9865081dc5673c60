# The form `text`: masked, unmasked, cut by --max, and of two equal sides.
. "$CLI/lib.sh"
two_tenants
sandcast diff left.ndjson right.ndjson --format text
sandcast diff left.ndjson right.ndjson --format text --unmask --ignore Part.cost --show ignored
sandcast diff left.ndjson right.ndjson --format text --max 1
sandcast diff left.ndjson left.ndjson --format text
