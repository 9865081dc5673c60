#!/bin/sh
# Introspection, validation and variables as graphql-js has them, on made-up documents.
# TAP; skipped where there is no node or no graphql-js.
# usage: compare.sh ASK SOURCE
#
#   SANDCAST_NPM            a folder with node_modules/graphql; without it, npm installs one
#   SANDCAST_GRAPHQL_CASES  documents and sets of variables, each (default 2000)
#   SANDCAST_GRAPHQL_SEED   what they are made of (default 1)
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
modules=${SANDCAST_NPM:+$SANDCAST_NPM/node_modules}
why=
if [ -z "$modules" ] || [ ! -d "$modules/graphql" ]; then
    if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
        why="no npm"
    elif timeout 60 npm install --no-audit --no-fund --fetch-retries 0 --prefix "$work/npm" \
        graphql@16.15.0 >/dev/null 2>&1; then
        modules=$work/npm/node_modules
    else
        why="npm cannot get graphql"
    fi
fi
if [ -n "$why" ]; then
    echo "1..0 # SKIP $why"
    exit 0
fi
node "$2/compare.mjs" "$modules" "$1" "$2/schema.graphql" \
    "${SANDCAST_GRAPHQL_CASES:-2000}" "${SANDCAST_GRAPHQL_SEED:-1}"
