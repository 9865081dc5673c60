# Key files: made 0600, kept, refused when others could read them or when they are not one.
. "$CLI/lib.sh"
hide() { sed 's/key [0-9a-f]\{32\}/key ID/; s/^[0-9a-f]\{32\} /ID /'; }
printf '{"__typename":"Part","id":1}\n' >in.ndjson
umask 000
sandcast key new -o key | hide
stat -c %a key
sandcast key id key | hide
sandcast key new -o key | hide
sandcast key rotate key | hide
stat -c %a key
sandcast key id key | hide
sandcast key rotate key -o next | hide
sandcast key id next | hide
for mode in 644 640 604 660 700 4600 400; do
    chmod $mode key
    sandcast scrub -q -k key in.ndjson -o $mode.zip
done
head -c 100 next >short && chmod 600 short
: >empty && chmod 600 empty
sed 's/secret: ../secret: zz/' next >hex && chmod 600 hex
{ cat next; echo more; } >long && chmod 600 long
sed 's/1$/9/;q' next >version && sed 1d next >>version && chmod 600 version
head -c 100000 /dev/zero >zero && chmod 600 zero
mkdir folder && chmod 700 folder
for file in short empty hex long zero folder nowhere; do
    sandcast scrub -q -k $file in.ndjson -o refused.zip
    leftovers
done
ls -A
