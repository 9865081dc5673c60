#!/bin/sh
# What must hold whatever the input: sh properties.sh SANDCAST
. "$(dirname "$0")/lib.sh"

# A folder per entity: no rule changes anything, so what is exported is what was read.
cat >keep.yaml <<'END'
pack: keep-all
rules:
  - {id: keep-all, at: "**", class: structure, action: keep}
END

"$SANDCAST" demo -q -o t.ndjson --records 3000 || exit 2
check "a scrub of the demo tenant succeeds" scrub t.zip t.ndjson
check "and verifies" "$SANDCAST" verify t.zip
want=$(root t.zip)

is() { # NAME ARGUMENT...: scrubbed, the root is the same
    title=$1
    shift
    check "$title: scrubs" scrub x.zip "$@"
    check "$title: the same root" same "$want" "$(root x.zip)"
}

# Form: the same tenant however it is written and wrapped.
for form in json pages airbyte; do
    "$SANDCAST" demo -q -o "t.$form" --records 3000 --format "$form"
    is "as $form" "t.$form"
done
for table in jsonl csv; do
    "$SANDCAST" demo -q -o "t-$table.tar" --records 3000 --format data-snapshot --table-format "$table"
    is "as data snapshot of $table" "t-$table.tar"
done
gzip -k t.ndjson && is "gzip" t.ndjson.gz && rm t.ndjson.gz
for tool in zstd xz bzip2; do
    if command -v $tool >/dev/null; then
        $tool -q -k t.ndjson && is "$tool" t.ndjson.*
        rm -f t.ndjson.*
    else
        skip "$tool" "no $tool here"
    fi
done
is "standard input" - <t.ndjson
sed 's/$/\r/' t.ndjson >crlf.ndjson && { printf '\357\273\277'; cat crlf.ndjson; } >bom.ndjson
is "BOM and CRLF" bom.ndjson
mkdir parts && split -l 700 --additional-suffix=.ndjson t.ndjson parts/p
is "several files" parts/*.ndjson
# shellcheck disable=SC2046
is "several files in another order" $(ls -r parts/*.ndjson)
is "a folder" parts
tar -cf parts.tar parts && is "a tar" parts.tar
tar -czf parts.tar.gz parts && is "a compressed tar" parts.tar.gz
python3 -c 'import shutil; shutil.make_archive("parts", "zip", ".", "parts")' && is "a zip" parts.zip
for file in parts/*; do gzip -c "$file"; done >members.ndjson.gz && is "gzip of several members" members.ndjson.gz
shuf --random-source=t.zip t.ndjson >shuffled.ndjson && is "records in another order" shuffled.ndjson
cat t.ndjson parts/*ab.ndjson >twice.ndjson && is "equal records twice" twice.ndjson
python3 - <<'END' && is "members in another order, spaces, escapes" spaced.ndjson
import json
with open("spaced.ndjson", "w") as out:
    for line in open("t.ndjson", encoding="utf-8"):
        r = json.loads(line, object_pairs_hook=lambda p: dict(reversed(p)))
        out.write(" " + json.dumps(r, ensure_ascii=True, separators=(" ,\t", " : ")) + " \n")
END

# Options that must not matter.
for level in fast small; do is "--level $level" --level $level t.ndjson; done
is "--memory 48M" --memory 48M t.ndjson
export TZ=Asia/Kolkata LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8
check "locale and time zone: scrubs" scrub y.zip t.ndjson
export LC_ALL=C
unset TZ LANG
check "locale and time zone: the same bytes" cmp t.zip y.zip
mkdir elsewhere && cp t.ndjson elsewhere/other-name.ndjson
check "another name and place: scrubs" scrub y.zip elsewhere/other-name.ndjson
check "another name and place: the same bytes" cmp t.zip y.zip
check "-o - scrubs" sh -c '"$SANDCAST" scrub -q -k key t.ndjson -o - >y.zip'
check "-o -: the same bytes" cmp t.zip y.zip

# Twice equals once.
counts() { grep -o "\"$2\":[0-9]*" "$1" | head -1 | sed 's/.*://'; }
check "a snapshot scrubbed again: scrubs" scrub y.zip t.zip --json=again.json
check "the same root" same "$want" "$(root y.zip)"
check "already scrubbed, and counted so" test "$(counts again.json already_scrubbed)" -gt 1000
check "nothing changed" test "$(counts again.json changed)" = 0
check "a third time: scrubs" scrub z.zip y.zip
check "a third time: the same root" same "$want" "$(root z.zip)"
"$SANDCAST" key new -q -o other
check "again with another key: scrubs" "$SANDCAST" scrub -q -k other t.zip -o z.zip -f
check "again with another key: another root" differ "$want" "$(root z.zip)"
check "raw with another key: another root" sh -c '"$SANDCAST" scrub -q -k other t.ndjson -o z.zip -f'
check "which differs" differ "$want" "$(root z.zip)"
check "without a key file: scrubs" sh -c '"$SANDCAST" scrub -q t.ndjson -o a.zip && "$SANDCAST" scrub -q t.ndjson -o b.zip'
check "without a key file: never twice the same" differ "$(root a.zip)" "$(root b.zip)"

# Export, read back.
check "keep-everything: scrubs" scrub k.zip -r keep.yaml t.ndjson
kept=$(root k.zip)
for form in ndjson "data-snapshot --table-format jsonl" "data-snapshot --table-format csv"; do
    rm -f back
    check "export $form" "$SANDCAST" export k.zip -o back --format $form
    check "export $form: read back" scrub x.zip -r keep.yaml back
    check "export $form: the same root" same "$kept" "$(root x.zip)"
done
check "export csv" "$SANDCAST" export k.zip -o tables --format csv
check "export csv: read back" scrub x.zip -r keep.yaml tables
check "export csv: the same root" same "$kept" "$(root x.zip)"
check "export to standard output is the file" sh -c '"$SANDCAST" export k.zip -o - | cmp - "$0"' \
    "$("$SANDCAST" export k.zip -o e.ndjson && echo e.ndjson)"

# A dry run says the same and writes nothing.
"$SANDCAST" scrub -q -k key t.ndjson -o full.zip --json=full.json
"$SANDCAST" scrub -q -k key t.ndjson -n --json=dry.json
for count in records leaves changed already_scrubbed; do
    check "dry run: the same $count" same "$(counts full.json $count)" "$(counts dry.json $count)"
done
check "dry run: no root" sh -c '! grep -q "\"root\"" dry.json'
check "nothing is left behind" no_leftovers
done_testing
