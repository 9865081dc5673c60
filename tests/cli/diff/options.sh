# Options that name nothing or are wrong, and where reports go.
. "$CLI/lib.sh"
two_tenants
diff() { sandcast diff left.ndjson right.ndjson "$@"; }
quiet() { diff "$@" --format ndjson -o out -f; }
echo "# Keys."
for key in Nothing=x 'no name=x' Part Part= =id 'Part=,' Part=a,b,c,d,e Part=a..b Part=/i 'Part=a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a'; do
    quiet --key "$key"
done
diff --key Part=nowhere --max 1
diff --key parts=revision/i --max 1
echo "# Paths."
for path in '' a Part Part. Part.. 'Part.a[1]' 'Part.`a' '**.a..b'; do
    quiet --ignore "$path"
done
quiet --ignore '**' # everything
for tolerance in Part.cost Part.cost= =1 Part.cost=-1 Part.cost=1x Part.cost=% Part.cost=NaN; do
    quiet --tolerance "$tolerance"
done
quiet --tolerance 'Part.cost=0.5' --ignore Part.revision
for list in Part.tags Part.tags= =set 'a..b=set'; do
    quiet --list "$list"
done
echo "# What fails: exit status 1 for that alone."
for what in '' Part:added Site:added '*:removed' Run:changed Part:changed Part.cost '*.title' '*.notes' 'Site:changed,Site:added' 'Part:added,' 'a..b'; do
    quiet --fail-on "$what"
done
echo "# Others."
quiet --show everything
diff --show ignored --format patch
diff --base left.ndjson --format rfc6902
diff --base left.ndjson --fail-on Part:added
diff --id-map x
diff --json
diff --max -1
diff --memory 1M
diff --format pages
sandcast diff left.ndjson
sandcast diff left.ndjson right.ndjson left.ndjson
echo "# Outputs."
echo precious >old
diff -o old
cat old
diff -o .
diff -o nowhere/x
diff -o /dev/full
diff -o /dev/full -f
diff -o old -f --json=nowhere/x
diff --match natural --id-map nowhere/x -q --format ndjson
for form in text ndjson json html markdown junit sarif patch rfc6902 rfc7396; do
    # Only what is said about it is shown.
    # shellcheck disable=SC2069
    "$SANDCAST" diff left.ndjson right.ndjson -q --format $form 2>&1 >/dev/full; echo "$form => $?"
done
"$SANDCAST" demo -q -o many.ndjson --records 2000
echo precious >old
(ulimit -f 64; sandcast diff many.ndjson left.ndjson -q --format ndjson --unmask -o new)
(ulimit -f 64; sandcast diff many.ndjson left.ndjson -q --format patch -o old -f)
cat old
echo "# A closed pipe: without a word."
{ sleep 0.3; "$SANDCAST" diff many.ndjson left.ndjson --format ndjson 2>said; echo "=> $?" >status; } | :
cat said status
ls -A
