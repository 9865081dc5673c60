# The form `sarif`: masked, unmasked, cut by --max, and of two equal sides.
. "$CLI/lib.sh"
two_tenants
read_hidden() { # how much was read is not the form's business
    sed 's/"read":{[^}]*}/"read":{…}/'
}
sandcast diff left.ndjson right.ndjson --format sarif | read_hidden
sandcast diff left.ndjson right.ndjson --format sarif --unmask --ignore Part.cost --show ignored | read_hidden
sandcast diff left.ndjson right.ndjson --format sarif --max 1 | read_hidden
sandcast diff left.ndjson left.ndjson --format sarif | read_hidden
