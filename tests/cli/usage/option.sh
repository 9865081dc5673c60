# Options that are not there, or have no good value.
. "$CLI/lib.sh"
sandcast scrub --ouput x.zip in.ndjson
sandcast scrub --colour never in.ndjson
sandcast scrub --wholly-unlike in.ndjson
sandcast scrub --lvl fast in.ndjson
sandcast scrub -Z in.ndjson
sandcast scrub in.ndjson -o
sandcast scrub in.ndjson --output
sandcast scrub --level slow in.ndjson -o x.zip
sandcast scrub --level= in.ndjson -o x.zip
sandcast scrub -j four in.ndjson -o x.zip
sandcast scrub -j -1 in.ndjson -o x.zip
sandcast scrub -j '' in.ndjson -o x.zip
sandcast scrub -j 99999999999999999999 in.ndjson -o x.zip
sandcast scrub --memory 96Q in.ndjson -o x.zip
sandcast scrub --memory 96MM in.ndjson -o x.zip
sandcast scrub --memory 99999999999T in.ndjson -o x.zip
sandcast scrub --memory 1M in.ndjson -o x.zip
sandcast scrub --memory 47M in.ndjson -o x.zip
sandcast scrub --dry-run=yes in.ndjson
sandcast scrub --progress sometimes in.ndjson -o x.zip
sandcast scrub --undecided maybe in.ndjson -o x.zip
sandcast scrub --duplicates maybe in.ndjson -o x.zip
sandcast scrub --attachments maybe in.ndjson -o x.zip
sandcast scrub --entity Part in.ndjson -o x.zip
sandcast demo -o x --records 0
sandcast demo -o x --records 2147483648
ls -A
