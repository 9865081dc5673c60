# Rule packs that do not load: file, line and rule, and exit status 65.
. "$CLI/lib.sh"
printf '{"__typename":"User","id":1,"email":"canary@acme.example"}\n' >in.ndjson
pack() { # NAME, the text on standard input
    { echo "pack: mine"; echo "rules:"; cat; } >"$1.yaml"
    echo "# $1"
    "$SANDCAST" scrub -q -r "$1.yaml" in.ndjson -o refused.zip 2>&1
    echo "=> $?"
    leftovers
}
pack unknown-field <<'END'
  - {id: a, at: User.email, class: person, action: keep, colour: red}
END
pack unknown-action <<'END'
  - {id: a, at: User.email, class: person, action: obfuscate}
END
pack unknown-parameter <<'END'
  - {id: a, at: User.email, class: person, action: mask, with: {firts: 2}}
END
pack unknown-kind <<'END'
  - {id: a, at: User.email, class: person, action: pseudonym, with: {kind: emial}}
END
pack unknown-check <<'END'
  - {id: a, at: User.email, class: person, check: lunh, action: keep}
END
pack unknown-class <<'END'
  - {id: a, at: User.email, class: persons, action: keep}
END
pack unknown-type <<'END'
  - {id: a, at: User.email, class: person, type: strings, action: keep}
END
pack no-action <<'END'
  - {id: a, at: User.email, class: person}
END
pack no-id <<'END'
  - {at: User.email, class: person, action: keep}
END
pack bad-id <<'END'
  - {id: A_b, at: User.email, class: person, action: keep}
END
pack nothing-named <<'END'
  - {id: a, class: person, action: keep}
END
pack duplicate-id <<'END'
  - {id: a, at: User.email, class: person, action: keep}
  - {id: b, at: User.name, class: person, action: keep}
  - {id: a, at: User.id, class: person, action: keep}
END
pack bad-path <<'END'
  - {id: a, at: "User..email", class: person, action: keep}
END
pack bad-regex <<'END'
  - id: a
    at: User.email
    class: person
    value: '(unclosed'
    action: keep
END
pack runaway <<'END'
  - id: a
    at: User.email
    class: person
    value: '^(a+)+$'
    action: keep
END
pack bad-example <<'END'
  - id: a
    at: User.email
    class: person
    value: '@acme'
    action: redact
    examples: {match: ["x@acme", "x@other"], keep: ["x"]}
END
pack no-rules </dev/null
printf 'pack: mine\nrules: []\n' >empty.yaml
printf 'pack: mine\nrules: [\n' >cut.yaml
printf 'pack: mine\n\trules: []\n' >tab.yaml
printf 'pack: Mine Own\nrules: [{id: a, at: User.email, class: person, action: keep}]\n' >name.yaml
printf 'rules: [{id: a, at: User.email, class: person, action: keep}]\n' >no-name.yaml
printf 'pack: mine\nruels: []\n' >field.yaml
printf 'pack: mine\nextends: [nowhere]\nrules: [{id: a, at: User.email, class: person, action: keep}]\n' >extends.yaml
printf 'pack: mine\ndisable: [nowhere]\nrules: [{id: a, at: User.email, class: person, action: keep}]\n' >disable.yaml
printf 'a: &a [x, x]\nb: &b [*a, *a]\npack: *b\n' >alias.yaml
: >nothing.yaml
for file in empty cut tab name no-name field extends disable alias nothing; do
    sandcast scrub -q -r $file.yaml in.ndjson -o refused.zip
    leftovers
done
sandcast scrub -q -r nowhere in.ndjson -o refused.zip
sandcast rules test bad-example.yaml
leftovers
