#!/usr/bin/env python3
"""Checks rules/ion.graphql by itself: what its directives name exists, and names do not collide. TAP."""
import collections
import os
import re
import sys

sys.dont_write_bytecode = True
import sdl  # noqa: E402 (after the line above, so that no cache is left in the sources)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCALARS = ('Int', 'Float', 'String', 'Boolean', 'ID')
CLASSES = ('person', 'person-ref', 'text', 'commercial', 'supplier', 'ident', 'location', 'file', 'secret', 'org',
           'export')
BASES = ('S', 'D2', 'D1', 'M', 'A')


def snake(name):
    return re.sub(r'(?<=[a-z0-9])([A-Z])', r'_\1', name).lower()


def plural(name):
    return name[:-1] + 'ies' if name.endswith('y') else name + 's'


def unknown_types(types, connections):
    for definition in types.values():
        for name, (text, _) in definition.fields.items():
            base = text.strip('[]!')
            if base not in types and base not in SCALARS and base not in connections:
                yield '%s.%s: %s' % (definition.name, name, base)


def unknown_fields(types, connections):
    for definition in types.values():
        entity = definition.directives.get('entity', {})
        for name in entity.get('key', []) + entity.get('naturalKey', []):
            if name not in definition.fields:
                yield '%s: key %s' % (definition.name, name)
        for name, (text, directives) in definition.fields.items():
            base = text.strip('[]!')
            base = connections.get(base, base)
            if 'reference' in directives and directives['reference']['by'] not in definition.fields:
                yield '%s.%s: @reference' % (definition.name, name)
            many = directives.get('many')
            if many:
                across = types.get(many.get('through', base))
                wanted = [many['by']] + ([many['to']] if 'through' in many else [])
                if across is None or any(field not in across.fields for field in wanted):
                    yield '%s.%s: @many' % (definition.name, name)


def unknown_words(types):
    for definition in types.values():
        entity = definition.directives.get('entity', {})
        for argument, enum in (('entityType', 'Entitytypeenum'), ('resource', 'ResourceEnum')):
            if argument in entity and entity[argument] not in types[enum].values:
                yield '%s: %s' % (definition.name, argument)
        if 'entityType' in entity and 'entityId' not in definition.fields:
            yield '%s: entityType without entityId' % definition.name
        if 'attributes' in entity and entity['attributes'] not in types:
            yield '%s: attributes' % definition.name
        places = [(definition.name, definition.directives)]
        places += [('%s.%s' % (definition.name, name), field[1]) for name, field in definition.fields.items()]
        for place, directives in places:
            if directives.get('basis', {}).get('of', 'S') not in BASES:
                yield '%s: @basis' % place
            if directives.get('sensitive', {}).get('class', 'text') not in CLASSES:
                yield '%s: @sensitive' % place


def collisions(types):
    """Columns within a type; names by which an export can mean an entity, over all of them."""
    means = collections.defaultdict(set)
    for definition in types.values():
        if definition.kind != 'type':
            continue
        columns = collections.Counter(field[1].get('column', {}).get('name', snake(name))
                                      for name, field in definition.fields.items())
        yield from ('%s: column %s' % (definition.name, name) for name, count in columns.items() if count > 1)
        entity = definition.directives.get('entity')
        if entity:
            names = [definition.name, entity['table'], entity.get('single'), entity.get('list')]
            for name in names + entity.get('tables', []):
                means[name].add(definition.name)
    yield from ('%s: %s' % (name, ' '.join(sorted(owners))) for name, owners in means.items()
                if name and len(owners) > 1)


def main():
    types = sdl.complete(sdl.read(os.path.join(ROOT, 'rules', 'ion.graphql')))
    entities = [t for t in types.values() if 'entity' in t.directives]
    connections = {t.directives['entity'].get('plural', plural(t.name)) + 'Connection': t.name for t in entities}
    checks = (
        ('each type that a field has is defined', list(unknown_types(types, connections))),
        ('each field that a key, @reference or @many names exists', list(unknown_fields(types, connections))),
        ('entity types, resources, classes and bases are known words', list(unknown_words(types))),
        ('no two columns and no two entities share a name', list(collisions(types))),
        ('%d entities are there' % len(entities), [] if len(entities) >= 100 else ['fewer than 100']),
    )
    print('1..%d' % len(checks))
    for number, (what, wrong) in enumerate(checks, 1):
        print('%s %d - %s' % ('not ok' if wrong else 'ok', number, what))
        for line in wrong:
            print('#   ' + line)
    return 1 if any(wrong for _, wrong in checks) else 0


if __name__ == '__main__':
    sys.exit(main())
