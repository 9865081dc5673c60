#!/bin/sh
# Golden tests of the command line.
#
#   tests/cli/run.sh SANDCAST [CASE...]
#
# A case is a folder's script NAME.sh, run in an empty directory with $SANDCAST, $CLI (this
# folder) and $SAMPLES set; its output, errors and exit status are compared with NAME.out,
# NAME.err and NAME.exit (absent: empty, empty, 0). ACCEPT=1 writes them instead: read what
# it wrote. A case that needs what the build lacks prints `# SKIP why` first. Prints TAP.
SANDCAST=$(realpath "$1") || exit 2
shift
CLI=$(cd "$(dirname "$0")" && pwd)
SAMPLES=$(cd "$CLI/../../samples" && pwd)
export SANDCAST CLI SAMPLES
export LC_ALL=C NO_COLOR=1 TMPDIR="${TMPDIR:-/tmp}"
unset CDPATH XDG_CACHE_HOME
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
# A cache of its own: the tests neither use nor change the user's.
export XDG_CACHE_HOME="$work/cache"
[ $# -gt 0 ] || set -- "$CLI"/*/*.sh
echo "1..$#"
n=0 bad=0
for script; do
    n=$((n + 1))
    script=$(realpath "$script")
    base=${script%.sh}
    name=${script#"$CLI"/}
    rm -rf "$work/here" && mkdir "$work/here"
    (cd "$work/here" && sh "$script") >"$work/out" 2>"$work/err" </dev/null
    echo $? >"$work/exit"
    [ "$(cat "$work/exit")" != 0 ] || : >"$work/exit"
    ok=ok
    if head -n 1 "$work/out" | grep -q '^# SKIP '; then # what this build lacks
        echo "ok $n - $name $(head -n 1 "$work/out")"
        continue
    fi
    for part in out err exit; do
        if [ "${ACCEPT:-0}" = 1 ]; then
            if [ -s "$work/$part" ]; then cp "$work/$part" "$base.$part"; else rm -f "$base.$part"; fi
        elif [ -f "$base.$part" ]; then
            diff -u "$base.$part" "$work/$part" | sed 's/^/# /' >"$work/diff"
            [ ! -s "$work/diff" ] || { ok='not ok'; cat "$work/diff"; }
        elif [ -s "$work/$part" ]; then
            ok='not ok'
            sed "s/^/# unexpected $part: /" "$work/$part"
        fi
    done
    [ "$ok" = ok ] || bad=$((bad + 1))
    echo "$ok $n - $name"
done
[ "$bad" = 0 ]
