# Archives and compressed files that are cut, damaged, hostile or bombs.
. "$CLI/lib.sh"
key_file key; KEY=key
for kind in gz-cut gz-crc gz-tail gz-empty gz-layers gz-bomb tar-cut tar-empty tar-parent \
    tar-inner-parent tar-absolute tar-link zip-cut zip-crc zip-parent zip-absolute \
    zip-backslash zip-nested zip-bomb; do
    python3 "$CLI/make.py" $kind $kind.${kind%%-*}
    refused $kind.${kind%%-*}
done
