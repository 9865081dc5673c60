# The words that completion and the manual's test are made from.
. "$CLI/lib.sh"
sandcast help --complete
sandcast help --complete verify
