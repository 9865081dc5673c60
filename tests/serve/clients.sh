#!/bin/sh
# clients.sh SANDCAST: public GraphQL clients (npm) read a demo tenant through the sandbox:
# graphql, graphql-http's audits, graphql-request, Apollo Client, openid-client, the code
# generator, newman. Prints TAP; skipped, and said so, where npm cannot get them.
#
#   SANDCAST_NPM   a folder with node_modules that has them all
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sandcast=$(realpath "$1")

skip() {
    echo "1..0 # SKIP $1"
    exit 0
}

work=$(mktemp -d)
servers=
end() {
    # shellcheck disable=SC2086 # a list of numbers
    [ -z "$servers" ] || kill $servers 2>/dev/null || :
    rm -rf "$work"
}
trap end EXIT
trap 'exit 1' INT TERM

modules=${SANDCAST_NPM:+$SANDCAST_NPM/node_modules}
if [ -z "$modules" ] || [ ! -d "$modules/newman" ]; then
    for tool in node npm; do
        command -v "$tool" >/dev/null || skip "no $tool"
    done
    # shellcheck disable=SC2046 # a list of packages
    timeout 300 npm install --no-audit --no-fund --fetch-retries 0 --prefix "$work/npm" \
        $(cat "$here/../npm.txt") >/dev/null 2>&1 || skip "npm cannot get the clients"
    modules=$work/npm/node_modules
fi

start() { # NAME OPTION...: a server whose readiness line is in NAME.json
    name=$1
    shift
    "$sandcast" serve --demo --records 3000 --port 0 "$@" >"$work/$name.json" 2>"$work/$name.log" &
    servers="$servers $!"
    tries=0
    until [ -s "$work/$name.json" ]; do
        tries=$((tries + 1))
        if [ $tries -gt 300 ]; then
            echo "Bail out! the server does not start"
            sed 's/^/# /' "$work/$name.log"
            exit 1
        fi
        sleep 0.1
    done
}

start ion
start spec --http spec --coercion strict
node "$here/clients.js" "$modules" "$work/ion.json" "$work/spec.json" "$work"
