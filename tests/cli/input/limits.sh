# Sizes that an input decides: at the limit, and one past it.
. "$CLI/lib.sh"
key_file key; KEY=key
nested() { # DEPTH of the record itself included
    python3 - "$1" <<'END'
import sys
n = int(sys.argv[1]) - 1
print('{"__typename":"Part","id":1,"x":' + '[' * n + '"canary"' + ']' * n + '}')
END
}
digits() {
    python3 - "$1" <<'END'
import sys
print('{"__typename":"Part","id":1}')
print('{"__typename":"Part","id":2,"x":' + '7' * int(sys.argv[1]) + '}')
END
}
nested 512 >nested-512.ndjson
nested 513 >nested-513.ndjson
nested 100000 >nested-100000.ndjson
digits 4096 >digits-4096.ndjson
digits 4097 >digits-4097.ndjson
digits 10000 >digits-10000.ndjson
printf '{"__typename":"Part","id":1,"x":1e2147483649}\n' >exponent.ndjson
printf '{"__typename":"Part","id":1,"x":1e2147483648}\n' >exponent-31.ndjson
printf '{"__typename":"Part","id":1,"x":1e99999999999999999999}\n' >exponent-20.ndjson
for file in nested-513 nested-100000 digits-4097 digits-10000 exponent exponent-20; do
    refused --undecided keep "$file.ndjson"
done
for file in nested-512 digits-4096 exponent-31; do
    sandcast scrub -q --undecided keep -k key $file.ndjson -o $file.zip
    leftovers
done
record() { # BYTES with its newline
    python3 - "$1" <<'END'
import sys
head = '{"__typename":"Part","id":2,"x":"canary '
sys.stdout.write('{"__typename":"Part","id":1}\n')
sys.stdout.write(head + 'x' * (int(sys.argv[1]) - len(head) - 3) + '"}\n')
END
}
echo "# A record may take an eighth of the memory: 6 MiB of 48."
record $((6 << 20)) >record.ndjson
sandcast scrub -q --memory 48M --undecided redact -k key record.ndjson -o record.zip
record $(((6 << 20) + 65536)) >larger.ndjson
refused --memory 48M --undecided redact larger.ndjson
