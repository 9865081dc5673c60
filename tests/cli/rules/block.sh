# A rule that blocks ends the run.
. "$CLI/lib.sh"
printf '{"__typename":"Part","id":1}\n{"__typename":"Part","id":2,"description":"CUI//SP-EXPT canary"}\n' >in.ndjson
key_file key
KEY=key refused in.ndjson
cat >mine.yaml <<'END'
pack: mine
rules:
  - {id: no-descriptions, at: Part.description, class: export, action: block}
  - {id: rest, at: "**", class: structure, action: keep}
END
KEY=key refused -r mine.yaml in.ndjson
sandcast scrub -q -r mine.yaml in.ndjson -n
