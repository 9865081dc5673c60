# The form `html`, without the style and the script, and their hashes as names.
. "$CLI/lib.sh"
two_tenants
body() { # the blocks begin and end on lines of their own but for their tags
    sed -e "s/'sha256-[A-Za-z0-9+\/]*='/HASH/g; s/[0-9]* of [0-9]* index pages and [0-9]* of [0-9]* data/… data/" -e '/^<style>/,/<\/style>$/d' -e '/^<script>/,/^<\/script>/d'
}
sandcast diff left.ndjson right.ndjson --format html | body
sandcast diff left.ndjson right.ndjson --format html --unmask --max 2 | body
sandcast diff left.ndjson left.ndjson --format html | body
sandcast diff left.ndjson right.ndjson --format html -o page.html
sandcast diff left.ndjson right.ndjson --format html -o page.html
grep -c '<script>' page.html
sandcast diff left.ndjson right.ndjson --format page
