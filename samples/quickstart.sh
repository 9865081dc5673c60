#!/bin/sh
# From a fresh checkout to a scrubbed and verified snapshot, in a few minutes:
#
#   sh samples/quickstart.sh
#
# Installs the Debian packages that are missing (nothing when all are there), builds an
# optimised program in $SANDCAST_BUILD or build/quickstart, scrubs the sample tenant,
# proves that what was planted in it is gone, and does the same with a larger made-up
# one. Safe to run again.
set -eu
cd "$(dirname "$0")/.."
. samples/install.sh

say() { printf '\n== %s\n' "$*"; }

# Shows a command as one would type it, then runs it.
run() {
    printf '$ %s\n' "$*"
    "$@"
}

say "packages"
# Word splitting is wanted.
# shellcheck disable=SC2086
install_missing $BUILD_PACKAGES

build=${SANDCAST_BUILD:-build/quickstart}
say "build in $build"
if [ ! -f "$build/build.ninja" ]; then
    rm -rf "$build"
    mkdir -p "$(dirname "$build")"
    meson setup "$build" --buildtype=release -Db_lto=true -Dtests=false >"$build.log" 2>&1 ||
        { cat "$build.log"; exit 1; }
fi
ninja -C "$build" >"$build.log" 2>&1 || { grep -E 'error|FAILED' "$build.log" | head -20; exit 1; }
PATH=$(cd "$build/src/cli" && pwd):$PATH
run sandcast --version

work=$build/quickstart.d
rm -rf "$work"
mkdir -p "$work"

say "a key: with it the same value has the same pseudonym in every snapshot"
run sandcast key new -o "$work/tenant.key"

say "the sample tenant has two columns that no shipped rule decides, so scrub refuses it"
if run sandcast scrub samples/tenant -k "$work/tenant.key" -o "$work/tenant.zip"; then
    echo "it did not refuse" >&2
    exit 1
fi

say "samples/mine.yaml decides them"
run sandcast scrub samples/tenant -r samples/mine.yaml -k "$work/tenant.key" -o "$work/tenant.zip"

say "whole, and what it says it is?"
run sandcast verify "$work/tenant.zip"

say "what is in it"
run sandcast ls "$work/tenant.zip"
run sandcast get "$work/tenant.zip" Part 1
run sandcast cat "$work/tenant.zip" Comment

say "the values of samples/planted.txt: lines of the export, then of the snapshot, that hold one"
before=$(cat samples/tenant/*.ndjson | grep -c -F -f samples/planted.txt || :)
after=$(sandcast cat "$work/tenant.zip" '*/*' '*.*' | grep -a -c -F -f samples/planted.txt || :)
echo "$before before, $after after"
if [ "$before" = 0 ] || [ "$after" != 0 ]; then
    echo "something was left" >&2
    exit 1
fi

say "the tenant a day later, and the drift between the two"
run sandcast scrub samples/tenant-refreshed -r samples/mine.yaml -k "$work/tenant.key" -o "$work/later.zip"
drift=0
run sandcast diff "$work/tenant.zip" "$work/later.zip" || drift=$?
if [ "$drift" != 1 ]; then
    echo "diff ended with $drift, not with 1: there is drift" >&2
    exit 1
fi

say "a made-up tenant of 50,000 records, as the vendor's data snapshots are"
run sandcast demo -o "$work/demo.tar" --format data-snapshot --records 50000 --seed 7
run sandcast scrub "$work/demo.tar" -k "$work/tenant.key" -o "$work/demo.zip"
run sandcast verify "$work/demo.zip"

say "the snapshot as a local ION API, and a client that reads it (samples/read.py)"
run sandcast serve "$work/demo.zip" --port 0 -- python3 samples/read.py

say "done"
cat <<END
The snapshots are $work/tenant.zip and $work/demo.zip: unzip and jq open them too.
Next, an export of your own:

  export PATH="$(cd "$build/src/cli" && pwd):\$PATH"
  sandcast inspect EXPORT                       what is in it, and what is still undecided
  sandcast inspect --suggest EXPORT >mine.yaml  a pack to start from: review every line
  sandcast scrub EXPORT -r mine.yaml -k $work/tenant.key -o snapshot.zip

  sandcast serve snapshot.zip                   ION's API on this machine

The manual: man docs/sandcast.1
END
