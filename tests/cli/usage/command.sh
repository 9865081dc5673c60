# No command, or one that is not there.
. "$CLI/lib.sh"
sandcast
sandcast scrib
sandcast Verify
sandcast frobnicate
sandcast help scrib
sandcast ''
sandcast "$(printf 'a\033[31mred\nb\342\200\256x')"
sandcast -x
sandcast --output x
