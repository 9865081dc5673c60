# Nothing, and what is no export at all.
. "$CLI/lib.sh"
key_file key; KEY=key
: >empty.ndjson
printf '\n \n' >blank.ndjson
printf '\357\273\277' >bom.ndjson
printf '{}\n' >object.ndjson
printf '[]\n' >array.json
printf 'canary\n' >text.txt
printf '%%PDF-1.4 canary\n' >x.pdf
printf '\377\376{\000}\000' >utf16.json
printf '\177ELF\001\001canary' >x.elf
printf '{"id":1,"email":"canary@acme.example"}\n' >whatever.ndjson
mkdir folder
for file in empty.ndjson blank.ndjson bom.ndjson object.ndjson text.txt x.pdf \
    utf16.json x.elf whatever.ndjson folder; do refused "$file"; done
refused - <empty.ndjson
refused - <text.txt
echo "# An empty list is a tenant without records."
sandcast scrub -k key array.json -o array.zip | sed 's/ in [0-9.]* s, .*/ in …/; s/root .*/root …/'
sandcast ls array.zip
