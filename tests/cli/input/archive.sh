# Archives and compressed files that are cut, damaged, hostile or bombs.
. "$CLI/lib.sh"
key_file key; KEY=key
for kind in gz-cut gz-crc gz-tail gz-empty gz-layers gz-bomb tar-cut tar-empty tar-parent \
    tar-inner-parent tar-absolute zip-cut zip-crc zip-parent zip-absolute \
    zip-backslash zip-nested zip-bomb; do
    python3 "$CLI/make.py" $kind $kind.${kind%%-*}
    refused $kind.${kind%%-*}
done
echo "# Links are left out, and it is said."
python3 "$CLI/make.py" tar-link link.tar
sandcast scrub -k key link.tar -o link.zip | sed 's/ in [0-9.]* s, .*/ in …/; s/root .*/root …/'
