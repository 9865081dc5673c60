#!/bin/sh
# Installs what the tests need, builds, and runs them all:
#
#   sh tests/run.sh          everything (about twenty minutes on two cores)
#   sh tests/run.sh quick    one build, its tests
#
# Builds lie in $SANDCAST_BUILD (default: build/ in the project). The public corpora are
# looked for in $SANDCAST_CORPORA (default: ../shared/data); tests that need them say that
# they are skipped where they are absent.
set -eu
cd "$(dirname "$0")/.."
. samples/install.sh
# Word splitting is wanted.
# shellcheck disable=SC2086
install_missing $BUILD_PACKAGES check clang clang-format clang-tidy groff \
    libarchive-tools jq libclang-rt-14-dev man-db python3-yaml shellcheck unzip valgrind zip

# Where python3 is a script that looks up which one is meant, it takes most of a second of
# a processor each time, and the tests start it hundreds of times: looked up once.
PATH="$(python3 -c 'import os, sys; print(os.path.dirname(sys.executable))'):$PATH"
export PATH

builds=${SANDCAST_BUILD:-build}
export SANDCAST_CORPORA="${SANDCAST_CORPORA:-$(pwd)/../shared/data}"
export SANDCAST_DOMAIN="${SANDCAST_DOMAIN:-$(pwd)/../shared/domain}"
[ -d "$SANDCAST_CORPORA" ] || echo "== no corpora at $SANDCAST_CORPORA: their tests are skipped"
passed=0 failed=0 skipped=0

# The JavaScript libraries that tests hold the program against, fetched once, while it is
# built. Where they cannot be had, those tests try by themselves, or say that they are skipped.
npm=
if [ -z "${SANDCAST_NPM:-}" ] && command -v node >/dev/null && command -v npm >/dev/null; then
    npm=$(mkdir -p "$builds/npm" && realpath "$builds/npm")
    # shellcheck disable=SC2046 # a list of packages
    timeout 300 npm install --no-audit --no-fund --fetch-retries 1 --prefix "$npm" \
        $(cat tests/npm.txt) >"$builds/npm.log" 2>&1 &
    npm_job=$!
fi
npm_wait() {
    [ -n "$npm" ] || return 0
    if wait "$npm_job"; then
        export SANDCAST_NPM="$npm"
    else
        echo "== npm cannot get the libraries of tests/npm.txt"
    fi
    npm=
}

# Counts the sub-tests of a meson run from its log.
count() {
    log="$1/meson-logs/testlog.txt"
    p=$(grep -c '^ok ' "$log" || :)
    s=$(grep -c -E '^ok .*# SKIP|^1\.\.0 # SKIP' "$log" || :)
    f=$(grep -c '^not ok ' "$log" || :)
    passed=$((passed + p)) skipped=$((skipped + s)) failed=$((failed + f))
}

# build NAME SETUP-ARGUMENT...: makes $targets, or everything when it is empty
targets=
build() {
    name=$1 dir="$builds/$1"
    shift
    echo "== $name: build"
    if [ ! -f "$dir/build.ninja" ]; then
        meson setup "$dir" "$@" >"$dir.log" 2>&1 || { cat "$dir.log"; exit 1; }
    fi
    # shellcheck disable=SC2086 # names of targets have no spaces
    ninja -C "$dir" $targets >"$dir.log" 2>&1 || { grep -E 'error|warning|FAILED' "$dir.log" | head -50; exit 1; }
}

run_tests() {
    name=$1 dir="$builds/$1"
    shift
    echo "== $name: test"
    if ! meson test -C "$dir" --no-rebuild --print-errorlogs "$@" >"$dir.log" 2>&1; then
        tail -150 "$dir.log"
        failed=$((failed + 1))
    fi
    grep -E '^(Ok|Fail|Skipped|Timeout):' "$dir.log" | tr '\n' ' ' || :
    echo
    count "$dir"
}

mkdir -p "$builds"
if [ "${1:-}" != quick ]; then
    # What a machine has without the optional libraries: the same snapshots must come of it
    # (tests/e2e/determinism.sh), and the code that stands in for them has its own tests.
    plain="archive archive_damage canon deflate emit json_suite kernel number scan source zip zip_suite"
    targets=src/cli/sandcast
    for name in $plain; do targets="$targets tests/unit/test_$name"; done
    build plain -Dwerror=true -Dlibdeflate=disabled -Disal=disabled -Dutf8proc=disabled -Dsimd=disabled
    targets=
    # shellcheck disable=SC2086
    run_tests plain $plain
    SANDCAST_PLAIN=$(realpath "$builds/plain/src/cli/sandcast")
    export SANDCAST_PLAIN
fi

build gcc -Dwerror=true
npm_wait
run_tests gcc

if [ "${1:-}" != quick ]; then
    # The other compiler and the sanitizers in one build. What does not look at the program's
    # memory is left out, and kills are fewer: gcc's build has them. To fork for each unit
    # test, as Check does, took four fifths of their time.
    CC=clang build clang-asan -Dwerror=true -Db_sanitize=address,undefined -Db_lundef=false
    ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
        CK_FORK=no FAULTS_KILLS="${FAULTS_KILLS:-20}" run_tests clang-asan --timeout-multiplier 4 \
        --no-suite bench --no-suite determinism --no-suite house

    targets='src/cli/sandcast tests/unit/test_pool tests/unit/test_serve'
    build tsan -Db_sanitize=thread -Db_lundef=false -Dtests=true
    CK_FORK=no TSAN_OPTIONS=halt_on_error=1 run_tests tsan --timeout-multiplier 4 --suite threads
    targets=

    build release --buildtype=release -Db_lto=true -Dtests=false

    echo "== style"
    git ls-files '*.c' '*.h' >"$builds/sources" 2>/dev/null || find src tests -name '*.[ch]' >"$builds/sources"
    if xargs clang-format --dry-run --Werror <"$builds/sources" >"$builds/format.log" 2>&1; then
        passed=$((passed + 1))
    else
        head -20 "$builds/format.log"; failed=$((failed + 1))
    fi
    if grep '^src/.*\.c$' "$builds/sources" | grep -v kernel_avx2 |
        xargs -P 2 -n 8 clang-tidy -quiet -p "$builds/clang-asan" >"$builds/tidy.log" 2>/dev/null; then
        passed=$((passed + 1))
    else
        grep -E 'error|warning' "$builds/tidy.log" | head -30; failed=$((failed + 1))
    fi
    if shellcheck -x tests/run.sh tests/bench/run.sh tests/bench/drift.sh tests/bench/serve.sh tests/cli/run.sh tests/fuzz/run.sh \
        tests/faults/valgrind.sh tests/serve/clients.sh samples/*.sh .ci/run; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
