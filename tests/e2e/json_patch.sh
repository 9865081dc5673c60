#!/bin/sh
# json_patch.sh SANDCAST: others apply what diff tells as RFC 6902 (fast-json-patch, from
# npm) and as RFC 7396 (written anew in json_patch.py), and get the right side. Prints TAP.
#
#   SANDCAST_NPM   a folder with node_modules/fast-json-patch; without it, npm installs one
#                  release into a temporary folder, and where it cannot, that part is skipped
#
# Expansion is for the inner shells; lib.sh is found beside this file.
# shellcheck disable=SC1091,SC2016,SC2154
. "$(dirname "$0")/lib.sh"
tool() { python3 "$E2E/json_patch.py" "$@"; }

check "two tenants" tool make a.ndjson b.ndjson
for form in rfc6902 rfc7396; do
    check "$form: there is drift" status 1 \
        "$SANDCAST" diff a.ndjson b.ndjson --format $form -o $form.ndjson
    check "$form: and many records with changes" sh -c \
        "[ \$(grep -c -e '\"patch\":' -e '\"merge\":' $form.ndjson) -gt 100 ]"
    check "$form: --max does not cut it" status 1 \
        "$SANDCAST" diff a.ndjson b.ndjson --format $form --max 1 -o cut.ndjson -f
    check "$form: it is the same" cmp $form.ndjson cut.ndjson
    check "$form: no drift, no line" sh -c \
        "\"\$SANDCAST\" diff a.ndjson a.ndjson --format $form -o none -f && [ ! -s none ]"
    check "$form: nothing else is told" status 2 \
        "$SANDCAST" diff a.ndjson b.ndjson --format $form --show ignored
done

check "rfc7396: applied" sh -c \
    'python3 "$0" merge a.ndjson rfc7396.ndjson >merged.ndjson 2>nulls' "$E2E/json_patch.py"
check "rfc7396: the right side" tool same merged.ndjson b.ndjson
check "rfc7396: which a merge patch alone could not say" sh -c '[ "$(cat nulls)" -gt 0 ]'

# A raw side and a scrubbed one: values may be hidden, so that nothing could be applied.
echo '{"pack":"p","rules":[{"id":"all","at":"**","action":"keep","because":"a test"}]}' >keep.json
check "a snapshot" "$SANDCAST" scrub -q -k key -r keep.json a.ndjson -o a.zip
check "raw and scrubbed: refused" status 2 "$SANDCAST" diff a.ndjson a.zip -k key -r keep.json --format rfc6902

modules=${SANDCAST_NPM:+$SANDCAST_NPM/node_modules}
why=
if [ -z "$modules" ]; then
    if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
        why="no npm"
    elif timeout 60 npm install --no-audit --no-fund --fetch-retries 0 --prefix "$work/npm" \
        "$(grep ^fast-json-patch@ "$E2E/../npm.txt")" >/dev/null 2>&1; then
        modules=$work/npm/node_modules
    else
        why="npm cannot get fast-json-patch"
    fi
fi
if [ -n "$why" ]; then
    skip "rfc6902: applied by fast-json-patch" "$why"
    skip "rfc6902: the right side" "$why"
    skip "rfc6902: a guard refuses another left side" "$why"
else
    check "rfc6902: applied by fast-json-patch" sh -c \
        'node "$0" "$1" a.ndjson rfc6902.ndjson >patched.ndjson 2>count || { cat count; exit 1; }' \
        "$E2E/json_patch.js" "$modules"
    check "rfc6902: the right side" tool same patched.ndjson b.ndjson
    check "rfc6902: a guard refuses another left side" status 1 \
        node "$E2E/json_patch.js" "$modules" b.ndjson rfc6902.ndjson
fi
done_testing
