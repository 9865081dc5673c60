#!/usr/bin/env python3
"""Compares the API made of rules/ion.graphql with the recorded SDL, and demands a reason for each difference.

compare_schema.py SANDCAST [DIRECTORY]: the program that prints the API of a schema, and the directory that holds
ion.graphql of the facts; default $SANDCAST_DOMAIN, else ../shared/domain beside the repository. TAP; skipped where
the file is absent. A difference is one line,
    -Type  +Type  -Type.field  +Type.field  ~Type.field: FACTS | OURS  -Enum=VALUE  +Enum=VALUE
(- only in the facts, + only here, ~ another type or other arguments). differences.txt holds PATTERN, two spaces or more, REASON; the
first pattern that fits a line explains it; * stands for any run without . : and =. Unexplained lines and unused
patterns are failures. A type with an etag is a record: no reason excuses its absence.
"""
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import sdl  # noqa: E402 (after the line above, so that no cache is left in the sources)

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def differences(facts, ours):
    for name in sorted(set(facts) | set(ours)):
        if name not in ours:
            yield '-' + name
        elif name not in facts:
            yield '+' + name
        elif facts[name].kind != ours[name].kind or 'union' == facts[name].kind and facts[name].values != ours[name].values:
            yield '~%s: %s | %s' % (name, facts[name].kind, ours[name].kind)
        else:
            yield from inside(name, facts[name], ours[name])


def signature(definition, field):
    arguments = definition.arguments.get(field, '')
    return (arguments + ' ' if arguments else '') + definition.fields[field][0]


def inside(name, facts, ours):
    for field in sorted(set(facts.fields) | set(ours.fields)):
        if field not in ours.fields:
            yield '-%s.%s' % (name, field)
        elif field not in facts.fields:
            yield '+%s.%s' % (name, field)
        elif signature(facts, field) != signature(ours, field):
            yield '~%s.%s: %s | %s' % (name, field, signature(facts, field), signature(ours, field))
    for value in sorted(set(facts.values) ^ set(ours.values)):
        yield '%s%s=%s' % ('-' if value in facts.values else '+', name, value)


def fits(pattern, line):
    return re.fullmatch('[^.:=]*'.join(map(re.escape, pattern.split('*'))), line)


def read_reasons(path):
    reasons = []
    with open(path, encoding='utf-8') as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip('\n')
            if not line or line.startswith('#'):
                continue
            parts = re.split(r'\s{2,}', line, maxsplit=1)
            if len(parts) != 2:
                sys.exit('%s:%d: PATTERN, two spaces, REASON' % (os.path.basename(path), number))
            reasons.append(parts)
    return reasons


def main():
    folder = sys.argv[2] if len(sys.argv) > 2 else os.environ.get('SANDCAST_DOMAIN')
    folder = folder or os.path.join(os.path.dirname(ROOT), 'shared', 'domain')
    path = os.path.join(folder, 'ion.graphql')
    if not os.path.exists(path):
        print('1..0 # SKIP the recorded SDL is not at hand')
        return 0
    facts = sdl.read(path)
    rules = os.path.join(ROOT, 'rules', 'ion.graphql')
    printed = subprocess.run([sys.argv[1], 'serve', '--print-schema', '-s', rules], check=True, stdout=subprocess.PIPE).stdout.decode('utf-8')
    ours = sdl.read_text(printed)
    written = sdl.complete(sdl.read(rules))
    reasons = read_reasons(os.path.join(HERE, 'differences.txt'))
    used, unexplained, count = set(), [], 0
    for line in differences(facts, ours):
        count += 1
        reason = next((r for r in reasons if fits(r[0], line)), None)
        if reason is None:
            unexplained.append(line)
        else:
            used.add(reason[0])
            print('# %s  (%s)' % (line, reason[1]))
    unused = [r[0] for r in reasons if r[0] not in used]
    records = [t.name for t in facts.values() if t.kind == 'type' and ('_etag' in t.fields or 'Etag' in t.fields)]
    missing = [name for name in records if name not in written]
    print('1..3')
    report(1, not unexplained, 'each of %d differences has a reason' % count, unexplained)
    report(2, not unused, 'each of %d reasons is used' % len(reasons), unused)
    report(3, records and not missing, 'the %d record types of the facts are written' % len(records), missing)
    return 0 if records and not (unexplained or unused or missing) else 1


def report(number, good, what, lines):
    print('%s %d - %s' % ('ok' if good else 'not ok', number, what))
    for line in lines:
        print('#   ' + line)


if __name__ == '__main__':
    sys.exit(main())
