#!/bin/sh
# The benchmark: builds the program for release, measures it and other tools in one run,
# prints Markdown (the README's figures are this output).
#
#   sh tests/bench/run.sh [OPTION...] >figures.md
#
#   --mb N            size of the tenant made by `sandcast demo` (default: 500)
#   --tenant-mb N     size of the data of make-tenant.py (default: as --mb, at most 200),
#                     which is looked for in $SANDCAST_PEERS (default: ../shared/peers);
#                     it has fields that no shipped rule decides: --undecided redact
#   --snapshot-mb N   size of the records in the snapshot that `get` looks into (default:
#                     1000)
#   --runs N          counted runs of each command, after one that is not (default: 5);
#                     those that take milliseconds run four times as often
#   --peers           other tools too: libdeflate-gzip, pigz, gzip; perl, sed, node, DuckDB,
#                     gojq, jq. What is not installed is named as left out. DuckDB
#                     (@duckdb/node-api) is installed by npm into the build folder, once
#   --data FILE       measure on this NDJSON instead; repeatable
#   --undecided WHAT  for --data: fail (default), drop, redact, keep
#   --program FILE    measure this program instead of building one
#   --temp DIR        where the files go (default: /dev/shm if there is room for them, so
#                     that no disk is measured; else $TMPDIR or /tmp)
#   --json FILE       every single run, too
#   --install         install what is missing (Debian packages) before
#
# Runs take turns: each command once, then all again. A figure is the median, with the
# least and the most in brackets; ratios are taken within a turn. Wall and CPU seconds and
# peak memory are the operating system's own of the finished process. MB are 10^6 bytes
# of decoded input. Slow tools are given the beginning of the data, as the row says.
# Quote the ratios: they hold elsewhere, absolute figures do not. Leave the machine alone
# meanwhile: with the defaults and --peers about ten minutes on two cores.
#
# Builds lie in $SANDCAST_BUILD (default: build/ in the project).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
builds=${SANDCAST_BUILD:-$root/build}

install='' program='' scratch=$builds/bench
for option; do
    shift
    case $option in
    --install) install=1 ;;
    --program=*) program=${option#*=} ;;
    --program) program=next ;;
    *)
        if [ "$program" = next ]; then
            program=$option
        else
            set -- "$@" "$option"
        fi
        ;;
    esac
done
if [ "$program" = next ]; then
    echo "run.sh: --program needs a file" >&2
    exit 64
fi

if [ -n "$install" ]; then
    # shellcheck source=samples/install.sh
    . "$root/samples/install.sh"
    # Words are split on purpose. What it says is no part of the figures.
    # shellcheck disable=SC2086
    install_missing $BUILD_PACKAGES gojq gzip isal jq libdeflate-tools nodejs perl pigz sed \
        strace >&2
    command -v npm >/dev/null || install_missing npm >&2
fi

if [ -z "$program" ]; then
    mkdir -p "$builds"
    if [ ! -f "$builds/release/build.ninja" ]; then
        meson setup "$builds/release" "$root" --buildtype=release -Db_lto=true -Dtests=false \
            >"$builds/release.log" 2>&1 || { cat "$builds/release.log" >&2; exit 1; }
    fi
    ninja -C "$builds/release" >"$builds/release.log" 2>&1 ||
        { grep -E 'error|FAILED' "$builds/release.log" | head -20 >&2; exit 1; }
    program=$builds/release/src/cli/sandcast
fi
# drift.sh is the same with other measurements.
exec python3 -B "$root/tests/bench/${SANDCAST_BENCH:-run.py}" --program "$program" --scratch "$scratch" "$@"
