# Looked and found: 1. Not ours at all: 65.
. "$CLI/lib.sh"
key_file key
printf '{"__typename":"Part","id":1,"revision":"A"}\n{"__typename":"Part","id":2,"revision":"B"}\n' >in.ndjson
"$SANDCAST" scrub -q -k key in.ndjson -o good.zip
hide() { sed 's/^root .*/root …/; s/[0-9.]* MB/… MB/'; }
sandcast verify good.zip | hide
sandcast get good.zip Part 2
sandcast get good.zip Part 3
sandcast get good.zip Part canary
sandcast get good.zip Part 1 2
sandcast get good.zip Part '["2"]'
sandcast get good.zip Part '[2'
sandcast get good.zip Part --by revision B
sandcast get good.zip Part --by revision C
sandcast get good.zip Part --by revision,id B
sandcast get good.zip Run 1
sandcast get good.zip Nowhere 1
sandcast cat good.zip Nowhere
sandcast cat good.zip nowhere/x
damage() { # a byte in the middle of the first data member
    python3 - "$1" <<'END'
import sys, zipfile
info = next(i for i in zipfile.ZipFile('good.zip').infolist() if i.filename.startswith('data/'))
data = bytearray(open('good.zip', 'rb').read())
data[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 1
open(sys.argv[1], 'wb').write(data)
END
}
damage damaged.zip
sandcast verify damaged.zip | hide
sandcast verify --json damaged.zip | grep -o '"state":"[a-z]*"\|=>.*'
sandcast cat damaged.zip Part
sandcast get damaged.zip Part 1
for n in 1 2 10 100 1000; do
    head -c -$n good.zip >cut.zip
    sandcast verify cut.zip
done
{ cat good.zip; echo x; } >more.zip
sandcast verify more.zip
echo canary >other.zip
: >empty.zip
for file in other.zip empty.zip in.ndjson . /dev/null; do
    sandcast verify $file
    sandcast ls $file
done
