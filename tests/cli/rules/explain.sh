# Which rules decide at a path.
. "$CLI/lib.sh"
cat >mine.yaml <<'END'
pack: mine
rules:
  - {id: everything, at: "**", class: structure, action: keep}
  - id: part-notes
    at: Part.description
    class: text
    value: secret
    action: redact
    because: "notes name programmes"
  - {id: any-description, key: description, class: text, action: keep, free_text: true}
  - {id: anchored, at: "Run:part.description", class: text, action: drop}
END
sandcast rules explain -r mine.yaml --at Part.description
sandcast rules explain -r mine.yaml --at Run.part.description
sandcast rules explain -r mine.yaml --at Nowhere.x
sandcast rules explain -r mine.yaml --at Part.
sandcast rules list -r mine.yaml
sandcast rules init
"$SANDCAST" rules init >own.yaml
sandcast rules test own.yaml | sed 's/[0-9][0-9]* \(rules\|examples\)/N \1/g'
sandcast rules list --actions
