# What the cases share. They source it: . "$CLI/lib.sh"

# sandcast ARGUMENT...: shows the command, what it says on both channels, its exit status.
sandcast() {
    echo "\$ sandcast $*"
    "$SANDCAST" "$@" 2>&1
    echo "=> $?"
}

# refused ARGUMENT...: a scrub that must fail for what is in its input. Canary, the value
# that the cases plant, must not come out; nothing may be left beside the input.
refused() {
    echo "\$ scrub $*"
    "$SANDCAST" scrub -q -k "$KEY" "$@" -o refused.zip >refused.said 2>&1
    echo "=> $?"
    cat refused.said
    ! grep -qi canary refused.said || echo "A VALUE IS IN THE MESSAGE"
    ! grep -q "$(printf '[\001-\010\013-\037\177]')" refused.said || echo "CONTROL CHARACTERS"
    rm -f refused.said
    leftovers
}

# Names what a failed run left: outputs, and hidden files beside them.
leftovers() {
    for left in refused.zip .[!.]*; do
        [ ! -e "$left" ] || echo "LEFT BEHIND: $left"
        rm -f "$left"
    done
}

# Key files must be 0600, which a repository does not keep.
key_file() {
    cp "$CLI/test.key" "$1" && chmod 600 "$1"
}
