#!/usr/bin/env python3
"""Checks rules/ion.yaml against rules/ion.graphql: each leaf field of each type has exactly one decision without
conditions, each path names a field that exists, and no field whose class is a secret, a person, a supplier, the
organisation, a file or a place is kept as it is. TAP.

Reads of YAML only what this pack is written in: a list of rules, and paths in one line or one bracket.
"""
import os
import re
import sys

sys.dont_write_bytecode = True
import sdl  # noqa: E402 (after the line above, so that no cache is left in the sources)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONDITIONS = ('value', 'check', 'type', 'when')
NEVER_KEPT = ('secret', 'person', 'supplier', 'org', 'file', 'location')


def read_rules(path):
    with open(path, encoding='utf-8') as file:
        text = re.sub(r'^ *#.*$', '', file.read(), flags=re.M)
    rules = []
    for chunk in re.split(r'^  - ', text, flags=re.M)[1:]:
        rule = dict(re.findall(r'^(?:    )?(\w+): (\[\n[^\]]*?(?:\[\*\][^\]]*?)*\n    \]|.*)$', chunk, flags=re.M))
        rule['at'] = re.findall(r'"[^"]*"|[^\s,\[\]"]+', rule['at'].replace('[*]', '<*>'))
        rule['at'] = [path.strip('"').replace('<*>', '[*]') for path in rule['at']]
        rules.append(rule)
    return rules


def leaves(types):
    """(path of a leaf field, its scalar or enum, its directives); objects and lists of objects have no leaf."""
    for definition in types.values():
        if definition.kind != 'type':
            continue
        for name, (text, directives) in definition.fields.items():
            base = text.strip('[]!')
            known = types.get(base)
            if base.endswith('Connection') or (known and known.kind == 'type'):
                continue
            yield definition.name, name, base, text.startswith('['), directives


def names_for(owner, name, base, is_list):
    """The paths by which a rule without conditions decides this field."""
    if base == 'IonType':
        return {'%s.%s.**' % (owner, name)}
    names = {'%s.%s' % (owner, name), '**.' + name, base + '.**'}
    return names | {'%s.%s[*]' % (owner, name)} if is_list else names


def main():
    types = sdl.complete(sdl.read(os.path.join(ROOT, 'rules', 'ion.graphql')))
    rules = read_rules(os.path.join(ROOT, 'rules', 'ion.yaml'))
    decides, known, wrong, kept = {}, set(), [], []
    for rule in rules:
        if not any(condition in rule for condition in CONDITIONS):
            for path in rule['at']:
                decides.setdefault(path, []).append(rule)
    count = 0
    for owner, name, base, is_list, directives in leaves(types):
        count += 1
        names = names_for(owner, name, base, is_list)
        known |= names
        found = [rule for path in names for rule in decides.get(path, ())]
        ids = {rule['id'] for rule in found}
        if len(ids) != 1 or (is_list and base != 'IonType' and len(found) != 2):
            wrong.append('%s.%s: %s' % (owner, name, ', '.join(sorted(ids)) or 'no decision'))
        elif directives.get('sensitive', {}).get('class') in NEVER_KEPT and found[0]['action'] == 'keep':
            kept.append('%s.%s: %s' % (owner, name, found[0]['id']))
    heads = {definition.name for definition in types.values() if definition.kind == 'scalar'}
    strange = [path for rule in rules for path in rule['at']
               if path not in known and path.split('.')[0] not in heads
               and not re.fullmatch(r'\w+\.ionValue\.id', path)]
    print('1..3')
    report(1, count > 900 and not wrong, '%d leaf fields, one decision each' % count, wrong)
    report(2, not strange, 'the paths of %d rules exist' % len(rules), strange)
    report(3, not kept, 'nothing that must not be seen is kept', kept)
    return 0 if count > 900 and not (wrong or strange or kept) else 1


def report(number, good, what, lines):
    print('%s %d - %s' % ('ok' if good else 'not ok', number, what))
    for line in lines:
        print('#   ' + line)


if __name__ == '__main__':
    sys.exit(main())
