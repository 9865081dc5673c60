#!/usr/bin/env python3
"""Makes docs/ion-coverage.md out of rules/ion.graphql: what the local API has, and where each fact comes from.

ion_coverage.py          checks that the file is what the schema says (TAP)
ion_coverage.py --write  writes it
"""
import os
import sys

sys.dont_write_bytecode = True
import sdl  # noqa: E402 (after the line above, so that no cache is left in the sources)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(ROOT, 'docs', 'ion-coverage.md')
SCALARS = ('Int', 'Float', 'String', 'Boolean', 'ID')

HEAD = """# What the local ION API has

Made from `rules/ion.graphql` by `tests/rules/ion_coverage.py --write`; a test fails when it is not up to date.

Where a fact comes from (`@basis` in the schema): **S** the vendor's 2023 SDL, **D2** current public documents, **D1**
older ones, **M** the manual, **A** an assumption of ours. Reading only: the API has no mutations yet.

Behaviour that is assumed, whatever the entity:

- `distinctOn` keeps the first row of each group in the order of `sort`.
- An operator, filter or list that is null says nothing; `or_: []` says nothing; `in: []` matches nothing.
- An operator on a list (`pages`, `options`) is true when it is true for one element.
- `totalCount` counts what the filters and `distinctOn` leave; `hasPreviousPage` and `hasNextPage` look at the whole list.
- A sum of no rows is null.
- A row that is not there: null and an error with the code `NOT_FOUND`.
- Texts are ordered by their bytes.
- A computed field gives what the export carried, else null. A relation that the export carried as objects leads to the
  rows with these keys; what has no row is left out.
- A reference with `filters` that its row does not meet is null.

"""


def leaf(types, text):
    base = text.strip('[]!')
    return base in SCALARS or base in types and types[base].kind in ('enum', 'scalar')


def columns(types, definition):
    """How many fields are stored, relations, carried."""
    stored = relations = carried = 0
    for text, directives in definition.fields.values():
        derived = directives.get('derived')
        if leaf(types, text):
            if derived is None or derived.get('stored') == 'true':
                stored += 1
            else:
                carried += 1
        elif 'many' in directives or 'reference' in directives or text.strip('[]!').endswith('Attribute'):
            relations += 1
        else:
            carried += 1
    return stored, relations, carried


def other_basis(definition):
    found = ['%s (%s)' % (name, directives['basis']['of']) for name, (_, directives) in definition.fields.items()
             if 'basis' in directives]
    return ', '.join('`%s` %s' % tuple(text.split(' ')) for text in found)


def page():
    types = sdl.complete(sdl.read(os.path.join(ROOT, 'rules', 'ion.graphql')))
    lines = [HEAD, '| Entity | Table | Single | List | Basis | Stored | Relations | Carried | Fields of another basis |\n',
             '|---|---|---|---|---|---:|---:|---:|---|\n']
    number = 0
    for definition in sorted(types.values(), key=lambda d: d.name):
        entity = definition.directives.get('entity')
        if definition.kind != 'type' or entity is None:
            continue
        number += 1
        basis = definition.directives.get('basis', {}).get('of', 'S')
        single, several = entity.get('single'), entity.get('list')
        cells = [definition.name, '`%s`' % entity['table'], '`%s`' % single if single else '',
                 '`%s`' % several if several else '', basis] + [str(n) for n in columns(types, definition)]
        lines.append('| %s | %s |\n' % (' | '.join(cells), other_basis(definition)))
    lines.append('\n%d entities. Root fields beside these: `me`, `organization(id)`, `apiKeys`.\n' % number)
    return ''.join(lines), number


def main():
    text, number = page()
    if sys.argv[1:] == ['--write']:
        with open(PAGE, 'w', encoding='utf-8') as file:
            file.write(text)
        return 0
    try:
        with open(PAGE, encoding='utf-8') as file:
            there = file.read()
    except OSError:
        there = ''
    print('1..2')
    print('%s 1 - docs/ion-coverage.md is what the schema says' % ('ok' if there == text else 'not ok'))
    print('%s 2 - %d entities' % ('ok' if number > 100 else 'not ok', number))
    return 0 if there == text and number > 100 else 1


if __name__ == '__main__':
    sys.exit(main())
