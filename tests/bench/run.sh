#!/bin/sh
# The README's table: builds for release, makes a demo tenant, measures.
#
#   sh tests/bench/run.sh [--mb 500] [--runs 5] [--peers] …    see run.py
set -eu
cd "$(dirname "$0")/../.."
. samples/install.sh
# Word splitting is wanted.
# shellcheck disable=SC2086
install_missing $BUILD_PACKAGES
builds=${SANDCAST_BUILD:-build}
mkdir -p "$builds"
[ -f "$builds/release/build.ninja" ] ||
    meson setup "$builds/release" --buildtype=release -Db_lto=true -Dtests=false >/dev/null
ninja -C "$builds/release" >/dev/null
python3 tests/bench/run.py "$builds/release/src/cli/sandcast" "$@"
