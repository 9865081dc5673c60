#!/bin/sh
# differential.sh SANDCAST ANSWER RULES: the reading API and graphql-js over the same
# records give the same answers. Prints TAP.
#
#   SANDCAST_NPM      a folder with node_modules/graphql (16); without it, npm installs one release
#                     into a temporary folder, and where it cannot, the test is skipped
#   SANDCAST_QUERIES  how many queries for each of the two tenants (default 1500)
#   SANDCAST_SEED     which (default 1)
#
# shellcheck disable=SC1091,SC2154
answer=$(realpath "$2") rules=$3
. "$(dirname "$0")/../e2e/lib.sh"
here=$E2E
queries=${SANDCAST_QUERIES:-1500} seed=${SANDCAST_SEED:-1}

modules=${SANDCAST_NPM:+$SANDCAST_NPM/node_modules}
why=
if [ -z "$modules" ]; then
    if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
        why="no npm"
    elif timeout 60 npm install --no-audit --no-fund --fetch-retries 0 --prefix "$work/npm" \
        "$(grep ^graphql@ "$E2E/../npm.txt")" >/dev/null 2>&1; then
        modules=$work/npm/node_modules
    else
        why="npm cannot get graphql"
    fi
fi
for tenant in 1 2; do
    if [ -n "$why" ]; then
        skip "tenant $tenant: graphql-js gives the same answers" "$why"
        continue
    fi
    check "tenant $tenant" "$SANDCAST" demo -q -f --records 3000 --seed "$tenant" -o demo.ndjson
    check "tenant $tenant: carried values" python3 "$here/enrich.py" demo.ndjson records.ndjson
    check "tenant $tenant: loaded" "$SANDCAST" load -q -f --raw records.ndjson -o tenant.db
    check "tenant $tenant: its API" sh -c "\"$SANDCAST\" serve --print-schema -s \"$rules\" >api.graphql"
    check "tenant $tenant: graphql-js gives the same answers" env NODE_PATH="$modules" \
        node "$here/differential.js" api.graphql "$rules" records.ndjson "$answer" tenant.db \
        "$queries" $((seed * 1000 + tenant))
done
done_testing
