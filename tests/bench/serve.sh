#!/bin/sh
# Requests per second of the server, beside libmicrohttpd alone on the same machine in the
# same run ("T"); prints Markdown.
#
#   sh tests/bench/serve.sh [RELEASE-BUILD] >figures.md     (default: build/release-serve)
#
# SERVE_RUNS     turns, in each of which all are measured once (default: 5)
# SERVE_SECONDS  of each measurement (default: 3)
# SERVE_JOBS     threads of each server (default: 2)
# SERVE_CLIENTS  connections of wrk (default: 32)
# SERVE_RECORDS  of the demo tenant (default: 55000, some 30 MB)
# SANDCAST_NPM   a folder with node_modules/graphql-http: then node is measured beside
#
# A figure is the median of the turns; the ratio is of requests in the same turn. Clients
# and servers share the machine. CPU is the server's own, in µs a request. Quote the
# ratios: they hold elsewhere.
set -eu
cd "$(dirname "$0")/../.."
command -v wrk >/dev/null || { echo "wrk is needed (Debian package wrk)" >&2; exit 1; }
build=${1:-build/release-serve}
if [ ! -f "$build/build.ninja" ]; then
    meson setup "$build" --buildtype=release -Db_lto=true >&2
fi
ninja -C "$build" src/cli/sandcast tests/bench/bench_serve tests/exec/answer >&2
exec python3 -B tests/bench/serve.py "$build"
