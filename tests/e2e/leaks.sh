#!/bin/sh
# No planted value is left in the unpacked snapshot: sh leaks.sh SANDCAST
. "$(dirname "$0")/lib.sh"

# The searcher itself must find what is there: a snapshot of what was not scrubbed.
cat >keep.yaml <<'END'
pack: keep-all
rules:
  - {id: keep-all, at: "**", class: structure, action: keep}
END
"$SANDCAST" demo -q -o raw.ndjson --records 500 --truth raw.truth || exit 2
check "unscrubbed: packs" scrub raw.zip -r keep.yaml raw.ndjson
check "unscrubbed: the search finds values" status 1 python3 "$E2E/leaks.py" raw.truth raw.zip
check "unscrubbed: all of the fields'" sh -c \
    'python3 "$1" raw.truth raw.zip | awk "/^field/ && \$3 != \$5 { bad = 1; print } END { exit bad }"' - "$E2E/leaks.py"

tenant() { # NAME DEMO-ARGUMENT...
    tenant=$1
    shift
    "$SANDCAST" demo -q -o "$tenant" --truth "$tenant.truth" "$@"
    check "$tenant: scrubs" scrub "$tenant.zip" "$tenant"
    check "$tenant: nothing is left" python3 "$E2E/leaks.py" "$tenant.truth" "$tenant.zip"
    python3 "$E2E/leaks.py" "$tenant.truth" "$tenant.zip" | sed -n 's/ (only counted).*/, only counted/p' | sed "s/^/# /"
}
tenant first.ndjson --records 4000
tenant second.ndjson --records 4000 --seed 2
tenant pages.json --records 2000 --seed 3 --format pages
tenant tables.tar --records 2000 --seed 4 --format data-snapshot --table-format csv

# Nothing comes back on the way out.
check "the export of a snapshot holds what the snapshot holds" sh -c \
    '"$SANDCAST" export first.ndjson.zip -o out.ndjson && ! grep -q "@zephyrline" out.ndjson'
done_testing
