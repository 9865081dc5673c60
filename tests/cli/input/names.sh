# One member twice, or under both spellings.
. "$CLI/lib.sh"
key_file key; KEY=key
printf '{"__typename":"Part","id":1}\n{"__typename":"Part","id":2,"description":"canary","description":"canary 2"}\n' >twice.ndjson
printf '{"__typename":"Part","id":1}\n{"__typename":"Part","id":2,"partNumber":"canary","part_number":"canary"}\n' >both.ndjson
printf '{"__typename":"Part","id":1}\n{"__typename":"Part","id":2,"descriptio\\u006e":"canary","description":"canary"}\n' >escaped.ndjson
printf '{"__typename":"Part","id":1,"id":2,"description":"canary"}\n' >key.ndjson
printf '{"__typename":"Part","__typename":"User","id":2,"email":"canary"}\n' >type.ndjson
printf '{"__typename":"Part","id":1,"customFields":{"a":{"x":"canary","x":"canary"}}}\n' >deep.ndjson
for file in *.ndjson; do refused --undecided redact "$file"; done
