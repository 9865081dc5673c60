# The help of every command: on standard output, less than 80 columns, exit status 0.
. "$CLI/lib.sh"
sandcast --help
sandcast --version | sed 's/[0-9][0-9.]*$/VERSION/'
for name in $("$SANDCAST" help --complete); do
    sandcast "$name" --help
    "$SANDCAST" "$name" --help 2>/dev/null >long
    "$SANDCAST" help "$name" | cmp -s - long || echo "help $name is another text"
    "$SANDCAST" "$name" -h | cmp -s - long || echo "$name -h is another text"
    awk -v name="$name" 'length > 79 { print name ": a line of " length " columns" }' long
done
