#!/bin/sh
# No invalid read or write, nothing lost, in small runs: sh valgrind.sh SANDCAST
# Skipped where valgrind is missing, and with a sanitizer, which does the same.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"

if ! command -v valgrind >/dev/null; then
    skip "valgrind" "it is not installed"
    done_testing
    exit
fi
if nm "$SANDCAST" 2>/dev/null | grep -q '__[at]san_init'; then
    skip "valgrind" "built with a sanitizer"
    done_testing
    exit
fi

# meson's pattern in fresh memory would hide what was never written.
unset MALLOC_PERTURB_

# The code that PCRE2 makes reads whole words around a text, and ignores what is not of it.
cat >jit.supp <<'END_SUPP'
{
    code made while running: branches
    Memcheck:Cond
    obj:???
}
{
    code made while running: values
    Memcheck:Value8
    obj:???
}
END_SUPP
clean() { # ARGUMENT...
    valgrind -q --error-exitcode=99 --suppressions=jit.supp --leak-check=full \
        --show-leak-kinds=definite,indirect,possible \
        --errors-for-leak-kinds=definite,indirect,possible "$SANDCAST" "$@"
}

"$SANDCAST" demo -q -o t.ndjson --records 100
echo '{"__typename":"Part","id":' >bad.ndjson
check "scrub" clean scrub -q -k key -j 2 -f -o t.zip t.ndjson --json=t.json
check "a scrub that fails" status 65 clean scrub -q -k key -j 2 bad.ndjson -o bad.zip
check "verify" clean verify -j 2 t.zip
check "export" clean export t.zip --format data-snapshot -o t.tar
check "get" status 1 clean get t.zip Part 987654321
check "key new" clean key new -q -o another
check "demo" clean demo -q --records 20 -o d.tar --format data-snapshot --truth truth
done_testing
