# Operands that are missing, or too many.
. "$CLI/lib.sh"
for name in $("$SANDCAST" help --complete); do
    sandcast "$name"
done
sandcast verify a b
sandcast ls a b
sandcast cat a
sandcast get a Part
sandcast export a
sandcast demo x -o y
sandcast scrub in.ndjson
sandcast scrub in.ndjson -o - --json
sandcast scrub in.ndjson -o same --json=same
sandcast rules frobnicate
sandcast rules explain
sandcast key new
sandcast key new -o x y
sandcast key id
sandcast key rotate
sandcast inspect in.ndjson --json --suggest
ls -A
