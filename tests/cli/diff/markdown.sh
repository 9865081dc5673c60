# The form `markdown`: masked, unmasked, cut by --max, and of two equal sides.
. "$CLI/lib.sh"
two_tenants
sandcast diff left.ndjson right.ndjson --format markdown
sandcast diff left.ndjson right.ndjson --format markdown --unmask --ignore Part.cost --show ignored
sandcast diff left.ndjson right.ndjson --format markdown --max 1
sandcast diff left.ndjson left.ndjson --format markdown
