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

# Two small exports that differ in each way: left.ndjson, right.ndjson. Demo values; what
# the forms must escape is in them.
two_tenants() {
    cat >left.ndjson <<'END'
{"__typename":"Part","id":1,"revision":"A","cost":12.50,"description":"An M4 bolt of steel","_etag":"a"}
{"__typename":"Part","id":2,"revision":"A","cost":1.0,"_etag":"a"}
{"__typename":"Part","id":3,"revision":"A","cost":7,"_etag":"a"}
{"__typename":"Part","id":4,"revision":"C","cost":8,"_etag":"a"}
{"__typename":"Run","id":1,"title":"Run </script>]]>`|` one","batchQuantity":1}
{"__typename":"Run","id":2,"title":"Run two","batchQuantity":2}
{"__typename":"Site","id":1,"name":"Hall 1"}
END
    cat >right.ndjson <<'END'
{"__typename":"Part","id":1,"revision":"B","cost":13.00,"description":"An M4 bolt of brass","_etag":"b"}
{"__typename":"Part","id":2,"revision":"A","cost":1,"_etag":"b"}
{"__typename":"Part","id":4,"revision":"C","cost":8,"_etag":"b"}
{"__typename":"Part","id":5,"revision":"A","cost":9,"_etag":"b"}
{"__typename":"Run","id":1,"title":"Run </script>]]>`|` won","batchQuantity":1}
{"__typename":"Run","id":2,"title":"Run two","batchQuantity":null}
{"__typename":"Site","id":1,"name":"Hall 1"}
END
}
