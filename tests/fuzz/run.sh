#!/bin/sh
# run.sh [SECONDS] [TARGET...]: fuzzes the targets (default: all), one after another, for
# that many seconds of processor time each (default 60), and prints a table. Fails on any
# finding, whose input is then in FUZZ_WORK/TARGET/found; after the bug is fixed the
# input belongs into corpus/TARGET, which every test run replays.
#
#   FUZZ_BUILD   build folder (default ./build-fuzz): clang, libFuzzer, ASan, UBSan
#   FUZZ_WORK    where corpora grow from run to run (default FUZZ_BUILD/work)
#   FUZZ_NICE    niceness (default 10)
#
# A machine with other work gives less processor time per second of waiting: the run then
# takes longer, but no less is tried.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
build=${FUZZ_BUILD:-build-fuzz}
work=${FUZZ_WORK:-$build/work}

seconds=60
case ${1:-} in
'' | *[!0-9]*) ;;
*)
    seconds=$1
    shift
    ;;
esac
if [ $# -eq 0 ]; then
    # shellcheck disable=SC2046 # names of targets have no spaces
    set -- $(sed -n "/^fuzz_targets/,/^]/s/^  '\(.*\)',\$/\1/p" "$here/meson.build")
fi

if [ ! -f "$build/build.ninja" ]; then
    CC=${CC:-clang} meson setup "$build" "$source" -Dfuzz=libfuzzer -Dtests=true \
        -Db_sanitize=address,undefined -Db_lundef=false >&2
fi
programs=
for target; do
    programs="$programs tests/fuzz/fuzz_$target"
done
# shellcheck disable=SC2086
ninja -C "$build" $programs >&2
mkdir -p "$work"

# What is undefined is a finding.
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}"
export ASAN_OPTIONS="detect_stack_use_after_return=0:allocator_may_return_null=0"

# Processor seconds of all children so far; `times` must not run in a subshell.
spent() {
    times >"$work/times"
    cpu=$(sed -n '2s/[ms]/ /gp' "$work/times" | awk '{print int($1 * 60 + $2 + $3 * 60 + $4)}')
}

last() {
    sed -n "s/^#[0-9]*.*[[:space:]]$1: \([0-9/A-Za-z]*\).*/\1/p" "$2" | tail -n 1
}

failed=0
printf '| %-15s | %6s | %10s | %6s | %8s | %12s | %s\n' \
    target 'CPU s' executions edges features corpus 'result |'
echo '|---|---|---|---|---|---|---|'
for target; do
    dir=$work/$target
    mkdir -p "$dir/corpus" "$dir/found"
    rm -f "$dir"/found/*
    dict=
    [ ! -f "$here/dict/$target.dict" ] || dict=-dict=$here/dict/$target.dict
    spent
    begin=$cpu
    left=$seconds
    executed=0
    result='ok'
    while [ "$left" -gt 0 ]; do
        # Single allocations and all memory have bounds: a small input asks for little.
        # shellcheck disable=SC2086
        nice -n "${FUZZ_NICE:-10}" "$build/tests/fuzz/fuzz_$target" \
            -max_total_time="$left" -timeout=60 -rss_limit_mb=1024 \
            -malloc_limit_mb=256 -print_final_stats=1 $dict \
            -artifact_prefix="$dir/found/" "$dir/corpus" "$here/corpus/$target" \
            >"$dir/log" 2>&1 || result='FOUND'
        n=$(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/log")
        executed=$((executed + ${n:-0}))
        [ "$result" = ok ] || break
        spent
        left=$((seconds - (cpu - begin)))
    done
    spent
    if [ "$result" != ok ]; then
        failed=1
        grep -hE 'fuzz_[a-z]*\.c:[0-9]+: |[a-z_]+\.h:[0-9]+: |runtime error|SUMMARY' \
            "$dir/log" | head -n 5 >&2
    fi
    printf '| %-15s | %6s | %10s | %6s | %8s | %12s | %s |\n' "$target" \
        $((cpu - begin)) "$executed" "$(last cov "$dir/log")" "$(last ft "$dir/log")" \
        "$(last corp "$dir/log")" "$result"
done
exit $failed
