#!/usr/bin/env python3
"""enrich.py RECORDS OUT: a demo export with what demo exports lack: values of computed fields, data grids, links.

What is added is a function of the record's id: carried scalars, lists and enums, missing and null members, data-grid
columns and rows, join records of several relations, custom attributes. Some records lose a required member, some hold
an enum value that there is none of, so that null has to travel upward.
"""
import json
import sys


def changed(record, number):
    kind = record['__typename']
    if kind == 'Part':
        record['latestRevision'] = 'ABC'[number % 3]
        record['isLatestRevision'] = number % 2 == 0
        if number % 4:
            record['quantity'] = number * 7 % 50
        if number % 11 == 0:
            del record['description']
        if number % 7 == 0:
            record['partType'] = 'SPOON'
    elif kind == 'PartInventory':
        record['status'] = ['AVAILABLE', 'KITTED', 'ON_ORDER'][number % 3] if number % 5 else None
        record['quantityAvailable'] = number % 17 / 4
        record['mergeCandidateIds'] = list(range(number % 4))
        if number % 13 == 0:
            record['kitted'] = True
    elif kind == 'Run':
        record['percentComplete'] = number % 101
        if number % 6 == 0:
            del record['title']
    elif kind == 'RunStep':
        record['upstreamStepIds'] = [number - 1] if number % 3 else []
    return record


def added(by_type):
    def first(kind, count):
        return [r['id'] for r in by_type.get(kind, [])][:count]

    for n, step in enumerate(first('Step', 6) + first('RunStep', 6)):
        owner = 'stepId' if n < 6 else 'runStepId'
        for at in range(n % 4):
            yield {'__typename': 'DatagridColumn', 'id': 1000 + n * 10 + at, 'index': at, 'header': 'H%d' % at,
                   'type': 'NUMBER', 'options': ['a', 'b'][:at], owner: step}
            yield {'__typename': 'DatagridRow', 'id': 2000 + n * 10 + at, 'index': 3 - at, 'required': at % 2 == 0,
                   'allowNotApplicable': False, owner: step}
            yield {'__typename': 'DatagridValue', 'rowId': 2000 + n * 10 + at, 'columnId': 1000 + n * 10 + at,
                   'notApplicable': False, 'value': [at, 'x', True, None][at]}
    subtypes = first('PartSubtype', 3)
    for part in first('Part', 20):
        for subtype in subtypes[:part % 3]:
            yield {'__typename': 'PartPartSubtype', 'partId': part, 'partSubtypeId': subtype}
        for at in range(part % 3):
            yield {'__typename': 'PartAttribute', 'partId': part, 'key': 'key%d' % at, 'type': 'STRING',
                   'value': 'value %d' % at, 'Etag': '%032x' % (part * 10 + at)}
    for number, run in enumerate(first('Run', 10)):
        for label in first('Label', 1 + number % 3):
            entity = by_type['Run'][number]['entityId']
            yield {'__typename': 'EntityLabel', 'entityId': entity, 'labelId': label}


def main():
    by_type, there = {}, set()
    with open(sys.argv[1], encoding='utf-8') as source, open(sys.argv[2], 'w', encoding='utf-8') as out:
        for line in source:
            record = json.loads(line)
            kept = changed(record, record['id']) if isinstance(record.get('id'), int) else record
            by_type.setdefault(record['__typename'], []).append(kept)
            out.write(json.dumps(kept, ensure_ascii=False) + '\n')
        for kind, records in by_type.items():
            there.update((kind, json.dumps(r.get('id'))) for r in records)
            there.update((kind, r.get('rowId'), r.get('columnId')) for r in records if kind == 'DatagridValue')
            there.update((kind, r.get('partId'), r.get('partSubtypeId'), r.get('key'), r.get('entityId'),
                          r.get('labelId')) for r in records)
        for record in added(by_type):
            ids = (record['__typename'], record.get('partId'), record.get('partSubtypeId'), record.get('key'),
                   record.get('entityId'), record.get('labelId'))
            if 'id' not in record and 'rowId' not in record and ids in there:
                continue
            out.write(json.dumps(record) + '\n')


if __name__ == '__main__':
    main()
