#!/bin/sh
# Memory, outputs that are there, inputs that vanish: sh limits.sh SANDCAST
. "$(dirname "$0")/lib.sh"

# meson fills freed and fresh memory with a pattern, which makes resident what is only
# reserved: not what this measures.
unset MALLOC_PERTURB_

peak() { grep -o '"peak_rss_bytes":[0-9]*' "$1" | sed 's/.*://'; }
mib() { echo $(($1 << 20)); }

# Sanitizers need memory of their own.
if nm "$SANDCAST" 2>/dev/null | grep -q '__[at]san_init'; then sanitized=1; else sanitized=; fi
below() { # SUMMARY MIB
    echo "peak: $(peak "$1")"
    [ -n "$sanitized" ] || test "$(peak "$1")" -lt "$(mib "$2")"
}

# What a run needs does not grow with its input.
"$SANDCAST" demo -q -o big.ndjson --records 110000 || exit 2
check "the input has 60 MB" test "$(wc -c <big.ndjson)" -gt 58000000
check "60 MB scrub" scrub big.zip big.ndjson --json=big.json
check "60 MB need less than 96 MiB" below big.json 96
check "60 MB scrub on 8 threads" scrub 8.zip -j 8 big.ndjson --json=8.json
check "60 MB on 8 threads need less than 96 MiB" below 8.json 96
check "60 MB scrub in 48 MiB" scrub 48.zip --memory 48M big.ndjson --json=48.json
check "the same content" same "$(root big.zip)" "$(root 48.zip)" "$(root 8.zip)"
"$SANDCAST" scrub -q -n big.ndjson --json=dry.json
check "60 MB in a dry run need less than 96 MiB" below dry.json 96

python3 - <<'END'
with open("record.ndjson", "w") as out:
    out.write('{"__typename":"Part","id":1}\n')
    out.write('{"__typename":"Part","id":2,"description":"' + "lorem ipsum 12 " * 699050 + '"}\n')
    out.write('{"__typename":"Part","id":3}\n')
END
check "a record of 10 MB scrubs" scrub record.zip record.ndjson --json=record.json
check "a record of 10 MB needs less than 96 MiB" below record.json 96
check "it verifies" "$SANDCAST" verify record.zip
check "more than an eighth of the memory is refused" status 65 scrub x.zip --memory 48M record.ndjson

# Each entity has a member that is being filled: many of them must not add up.
awk 'BEGIN { for (i = 0; i < 60000; i++)
    printf "{\"__typename\":\"Thing%d\",\"id\":%d,\"name\":\"%060d\"}\n", i % 850, i, i }' >many.ndjson
check "850 unknown entities scrub" scrub many.zip -j 4 --undecided keep many.ndjson --json=many.json
check "850 unknown entities on 4 threads need less than 96 MiB" below many.json 96

head -n 8000 big.ndjson >t.ndjson

# Killed while an old output is there (tests/faults/kill.py has the other cases).
mkdir kill
killed_again() { # with an old one there
    cp old.zip kill/t.zip
    "$SANDCAST" scrub -q -k key t.ndjson -f -o kill/t.zip &
    victim=$!
    sleep "$1"
    kill -9 $victim 2>/dev/null
    wait $victim 2>/dev/null
    "$SANDCAST" verify kill/t.zip
}
scrub old.zip --level small t.ndjson
for after in 0.05 0.15 0.25; do
    check "killed after $after s, an old one there" killed_again $after
done
rm -rf kill

scrub one.zip t.ndjson

# The output is the input: refused, even with --force, and what is there stays.
cp one.zip self.zip
check "a snapshot onto itself is refused" status 2 scrub self.zip self.zip
check "and stays" cmp one.zip self.zip
cp t.ndjson onto.ndjson
check "an export onto itself is refused" status 2 scrub onto.ndjson onto.ndjson
check "and stays" cmp t.ndjson onto.ndjson

# An input that is gone when its turn comes; those that change while they are read are in
# tests/faults/disk.py. The pipe holds the run before the second one.
vanishing() {
    mkfifo pipe
    head -n 400 t.ndjson >late.ndjson
    { exec 3>pipe; sed -n 401,402p t.ndjson >&3; sleep 0.5; rm late.ndjson; } &
    "$SANDCAST" scrub -q -k key --duplicates first pipe late.ndjson -o gone.zip
    got=$?
    wait
    return $got
}
check "an input that vanishes is missing" status 66 vanishing
check "nothing was written" test ! -e gone.zip
check "nothing is left behind" no_leftovers
done_testing
