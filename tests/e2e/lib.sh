# What the end-to-end scripts share: SCRIPT SANDCAST, TAP on standard output.
#
#     . "$(dirname "$0")/lib.sh"
#     check "name" command argument...    the command must succeed
#     done_testing
#
# A script runs in an empty directory of its own, removed at the end. What a failing check
# said is shown as diagnostics.
set -u
SANDCAST=$(realpath "$1") || exit 2
# shellcheck disable=SC2034
E2E=$(cd "$(dirname "$0")" && pwd)
export SANDCAST LC_ALL=C NO_COLOR=1
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME="$work/cache"
mkdir "$work/here"
cd "$work/here" || exit 2
n=0 bad=0

check() {
    n=$((n + 1))
    check_name=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        echo "ok $n - $check_name"
    else
        echo "not ok $n - $check_name"
        head -30 "$work/said" | sed 's/^/# /'
        bad=$((bad + 1))
    fi
}

skip() {
    n=$((n + 1))
    echo "ok $n - $1 # SKIP $2"
}

done_testing() {
    echo "1..$n"
    [ "$bad" = 0 ]
}

# Puts the root of a snapshot, or of a summary, on standard output.
root() {
    "$SANDCAST" ls --json "$1" | grep -o '"root":"[0-9a-f]*"'
}

# scrub OUTPUT ARGUMENT...: quietly, with the key file that every script has.
scrub() {
    out=$1
    shift
    "$SANDCAST" scrub -q -k key -f -o "$out" "$@"
}

same() { # TEXT TEXT...: all equal, and something
    first=$1
    [ -n "$first" ] || { echo "nothing to compare"; return 1; }
    for text; do
        [ "$text" = "$first" ] || { printf 'differ:\n%s\n%s\n' "$first" "$text"; return 1; }
    done
}

differ() {
    [ "$1" != "$2" ] || { echo "both: $1"; return 1; }
}

# status WANT COMMAND...: exits with it.
status() {
    want=$1
    shift
    "$@"
    got=$?
    [ "$got" = "$want" ] || { echo "exit status $got, not $want"; return 1; }
}

no_leftovers() { # hidden files beside outputs
    for left in .[!.]*; do
        [ ! -e "$left" ] || { echo "left behind: $left"; return 1; }
    done
}

"$SANDCAST" key new -q -o key || exit 2
