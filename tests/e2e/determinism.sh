#!/bin/sh
# The bytes of a snapshot depend on input, rules, key and options only:
# sh determinism.sh SANDCAST
. "$(dirname "$0")/lib.sh"

help() { python3 "$E2E/determinism.py" "$@"; }
help make t.ndjson || exit 2

is() { # NAME COMMAND...: makes x.zip, with the bytes of one.zip
    title=$1
    shift
    rm -f x.zip
    check "$title: scrubs" "$@"
    check "$title: the same bytes" cmp one.zip x.zip
}
keep() { # OUTPUT ARGUMENT...
    scrub "$@" --undecided keep
}

check "on one thread" keep one.zip -j 1 t.ndjson
check "it verifies" "$SANDCAST" verify one.zip
want=$(root one.zip)

# Who does what, and when it comes.
for jobs in 2 3 8; do is "-j $jobs" keep x.zip -j $jobs t.ndjson; done
dripped() { help drip t.ndjson | keep x.zip -j 3 -; }
is "in odd pieces with pauses" dripped
fifo() { rm -f pipe && mkfifo pipe && { cat t.ndjson >pipe & } && keep x.zip -j 2 pipe; }
is "through a named pipe" fifo
help busy 4
is "on a busy machine" keep x.zip -j 3 t.ndjson
for memory in 48M 61M 512M; do is "--memory $memory" keep x.zip -j 8 --memory $memory t.ndjson; done
# 48M has room for fewer paths in the trees of eight workers: one goes on alone.
python3 - <<"END2"
with open("paths.ndjson", "w") as out:
    for i in range(40000):
        out.write('{"__typename":"Thing","id":"%d","o%d":{%s}}\n' % (
            i, i % 50, ",".join('"n%d_%d":"some text"' % (i % 50, (i + k * 7) % 160) for k in range(8))))
END2
check "many paths on one thread" keep paths.zip -j 1 --memory 48M paths.ndjson
paths() { keep x.zip -j 8 "$@" paths.ndjson && cmp paths.zip x.zip; }
check "many paths on 8 threads in 48M: the same bytes" paths --memory 48M
check "many paths on 8 threads in 512M: the same bytes" paths --memory 512M

# Where and when: nothing of host, time or place is in the archive.
in_locale() { LC_ALL=$1 LANG=$1 keep x.zip t.ndjson; }
for locale in C.UTF-8 de_DE.UTF-8 tr_TR.UTF-8; do
    plain=$(echo "$locale" | tr -d - | tr '[:upper:]' '[:lower:]')
    if locale -a 2>/dev/null | tr -d - | tr '[:upper:]' '[:lower:]' | grep -qx "$plain"; then
        is "LC_ALL=$locale" in_locale $locale
    else
        skip "LC_ALL=$locale" "not installed"
    fi
done
in_zone() { TZ=$1 keep x.zip t.ndjson; }
for zone in UTC Asia/Kolkata America/St_Johns; do is "TZ=$zone" in_zone $zone; done
crowded() { env "FILLER=$(head -c 100000 /dev/zero | tr '\0' x)" HOME=/nonexistent \
    LANGUAGE=tr SOURCE_DATE_EPOCH=1 "$SANDCAST" scrub -q -k key --undecided keep -o x.zip t.ndjson; }
is "a large environment" crowded
masked() { (umask 077 && keep x.zip t.ndjson); }
is "another umask" masked
mkdir temp elsewhere
is "another temporary folder" keep x.zip --temp temp t.ndjson
aside() { (cd elsewhere && "$SANDCAST" scrub -q -k ../key --undecided keep -o ../x.zip \
    ".././elsewhere/..//$1"); }
is "another current directory and spelling of the path" aside t.ndjson
mkdir in && cp t.ndjson in/renamed.ndjson && touch -d 2001-02-03 in/renamed.ndjson
is "another name and date of the file" keep x.zip in
nothing_of_here() {
    # shellcheck disable=SC2154
    for word in "$(hostname)" "$(id -un)@" "$work" t.ndjson "$(date +%Y-%m-%d)"; do
        [ ${#word} -gt 5 ] || continue # shorter ones stand in any text
        if python3 -c 'import sys, zipfile
z = zipfile.ZipFile("one.zip")
word = sys.argv[1].encode()
sys.exit(any(word in z.read(i) or word in i.filename.encode() for i in z.infolist()))' "$word"; then
            continue
        fi
        echo "in the archive: $word"
        return 1
    done
}
check "nothing of host, place or day in the archive" nothing_of_here
dates() { python3 -c 'import zipfile
print(len({i.date_time for i in zipfile.ZipFile("one.zip").infolist()}))'; }
check "one date in all headers" same 1 "$(dates)"

# The encoder's choice is in the bytes, not in what they hold.
for level in fast balanced small; do
    check "--level $level: scrubs" keep x.zip --level $level t.ndjson
    check "--level $level: the same root" same "$want" "$(root x.zip)"
done
# A build without libdeflate, ISA-L and AVX2, when its program is given.
if [ -n "${SANDCAST_PLAIN:-}" ] && [ -x "$SANDCAST_PLAIN" ]; then
    plain() { "$SANDCAST_PLAIN" scrub -q -k key --undecided keep -f -o x.zip "$@"; }
    "$SANDCAST" demo -q -o demo.ndjson --records 3000
    check "the demo tenant" scrub demo.zip demo.ndjson
    for level in fast small; do
        check "zlib alone, no AVX2, --level $level: scrubs" plain --level $level t.ndjson
        check "zlib alone, no AVX2, --level $level: the same root" same "$want" "$(root x.zip)"
        check "and verifies" "$SANDCAST" verify x.zip
        check "the demo tenant: scrubs" plain --level $level demo.ndjson
        check "the demo tenant: the same root" same "$(root demo.zip)" "$(root x.zip)"
    done
else
    skip "a build without libdeflate, ISA-L and AVX2" "SANDCAST_PLAIN names none"
fi
check "nothing is left behind" no_leftovers
done_testing
