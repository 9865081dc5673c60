# A date's subject is looked up also where no rule has a condition: everybody has a shift
# of their own.
. "$CLI/lib.sh"
key_file key
cat >p.yaml <<'P'
pack: p
rules:
  - {id: ids, at: ['Visit:id', 'Visit:who'], action: keep}
  - {id: day, at: 'Visit:day', action: date, with: {shift_days: 1000, subject: who, namespace: visit}}
P
for who in ana bob eva; do echo "{\"__typename\":\"Visit\",\"id\":\"$who\",\"who\":\"$who\",\"day\":\"2024-01-01\"}"; done >in.ndjson
echo '{"__typename":"Visit","id":"4","wh\u006f":"\u0061na","day":"2024-01-01"}' >>in.ndjson
"$SANDCAST" scrub -q -k key -r ./p.yaml in.ndjson -o s.zip
"$SANDCAST" cat s.zip Visit >out
grep -o '"day":.*' out | sort -u | wc -l
[ "$(sed -n '1s/.*"day"//p' out)" = "$(sed -n '4s/.*"day"//p' out)" ] && echo "however it is written"
