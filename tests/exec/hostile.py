#!/usr/bin/env python3
"""hostile.py SANDCAST ANSWER: requests that mean harm, over a demo tenant. TAP.

Each must be answered in time, with one JSON value and never with a fault of the server (status 5); the tenant must be
what it was before. Seeded: the same requests each time.
"""
import base64
import json
import os
import random
import subprocess
import sys
import tempfile

DONE, REFUSED, MALFORMED, TOO_MUCH, FAULT = 0, 1, 2, 4, 5
TEXTS = ['', "'", "''", '"', '\\', '%', '_', '?', '?1', ':x', '@x', '$x', "' OR 1=1 --", '"; DROP TABLE parts; --',
         "') UNION SELECT 1 --", '\x00', '\ufeff', '\u202e', '𐏿', 'a' * 70000, '%' * 20000, '%_' * 20000,
         '/* */', '; ATTACH DATABASE', "x' AND load_extension('y') --", '[', '{"a":1}', '$.id', '\x7f']


def cursor(text):
    return base64.b64encode(text.encode()).decode()


def body(query, **variables):
    return {'query': query, 'variables': variables}


def nested(rng, depth):
    """A filter on Part with `depth` steps."""
    text, close, kind = '', '', 'part'
    for _ in range(depth):
        step = rng.choice(['or_', 'and_', 'relation'])
        if step != 'relation':
            text, close = text + step + ': [{', '}]' + close
        else:
            text, close = text + ('runs: {' if kind == 'part' else 'part: {'), '}' + close
            kind = 'run' if kind == 'part' else 'part'
    return body('{parts(filters: {%s id: {gt: 0} %s}, first: 1) {edges {node {id}}}}' % (text, close))


def requests():
    rng = random.Random(1)
    one = '{parts(%s) {edges {node {id}}}}'
    for text in TEXTS:
        yield body('query($s: String) {parts(filters: {partNumber: {eq: $s}}) {edges {node {id}}}}', s=text)
        yield body('query($s: String) {parts(filters: {partNumber: {like: $s, notilike: $s}}) {edges {node {id}}}}', s=text)
        yield body('query($s: String) {parts(filters: {description: {fuzzyMatch: {value: $s, similarity: 0}}}, first: 1)'
                   ' {edges {node {id}}}}', s=text)
        yield body('query($s: [String]) {parts(filters: {partNumber: {in: $s}}) {edges {node {id}}}}', s=[text, 'x'])
        yield body('query($s: ID!) {part(id: $s) {id}}', s=text)
        yield body('query($s: DateTime) {parts(filters: {_created: {lt: $s}}) {pageInfo {totalCount}}}', s=text)
        yield body('query($s: String) {parts(after: $s) {edges {node {id}}}}', s=text)
        yield body(one % ('filters: {partNumber: {eq: %s}}' % json.dumps(text)))
        yield body('{%s}' % text)
        yield {'query': '{__typename}', 'operationName': text}
    for value in [None, True, 1.5, -1, 2**31, 2**63, 10**30, [], [1], {}, {'a': 1}, '1e5', '0x1', ' 1', '٣']:
        yield body('query($i: ID!) {part(id: $i) {id}}', i=value)
        yield body('query($i: [ID]) {parts(filters: {id: {in: $i}}) {edges {node {id}}}}', i=[value])
        yield body('query($i: Int) {parts(first: $i) {edges {node {id}}}}', i=value)
        yield {'query': value, 'variables': value, 'operationName': value}
    for text in ['arrayconnection:', 'arrayconnection:-1', 'arrayconnection:1.5', 'arrayconnection:' + '9' * 15,
                 'arrayconnection:' + '9' * 30, 'arrayconnection:1 OR 1', 'array:1', ':', 'arrayconnection:\x00']:
        for name in ('after', 'before'):
            yield body(one % ('%s: "%s", first: 2' % (name, cursor(text))))
            yield body(one % ('%s: "%s", last: 2' % (name, cursor(text))))
    for depth in list(range(1, 30)) * 4:
        yield nested(rng, depth)
    for count in (10, 1000, 5000):
        yield body('query($f: PartsInputFilters) {parts(filters: $f, first: 1) {edges {node {id}}}}',
                   f={'or_': [{'id': {'eq': n}} for n in range(count)]})
    yield body('query($i: [ID]) {parts(filters: {id: {in: $i}}) {pageInfo {totalCount}}}', i=list(range(300000)))
    yield body('{%s}' % ' '.join('a%d: parts {edges {node {id partsInventory {id part {id}}}}}' % n for n in range(900)))
    yield body('{parts {edges {node %s}}}' % ('{part: partsInventory {part ' * 12 + '{id}' + '}}' * 12))
    yield body('{part(id: 1) {...F0}}' + ''.join(
        ' fragment F%d on Part {a: revisedFrom {...F%d} b: revisedFrom {...F%d}}' % (n, n + 1, n + 1) for n in range(60)) +
        ' fragment F60 on Part {id}')
    yield body('{a: parts(first: 2147483647) {edges {node {id}}} b: parts(last: 2147483647) {edges {node {id}}}}')
    yield [{'query': '{__typename}'}] * 500
    yield [{'query': '{__typename}'}] * 501
    yield [[[]]]


def state(database):
    return subprocess.run(['cksum', database], stdout=subprocess.PIPE, check=True).stdout


def main():
    sandcast, answer = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        export, database = os.path.join(folder, 'demo.ndjson'), os.path.join(folder, 'demo.db')
        subprocess.run([sandcast, 'demo', '-q', '--records', '3000', '-o', export], check=True)
        subprocess.run([sandcast, 'load', '-q', '--raw', export, '-o', database], check=True)
        before = state(database)
        bodies = list(requests())
        text = ''.join(json.dumps(b) + '\n' for b in bodies)
        ran = subprocess.run([answer, '--status', database], input=text.encode(), stdout=subprocess.PIPE, timeout=240,
                             check=False)
        lines = ran.stdout.decode('utf-8').splitlines()
        got = [line.split('\t', 1) for line in lines]
        faults = [n for n, (status, _) in enumerate(got) if int(status) == FAULT]
        broken = [n for n, (_, answered) in enumerate(got) if not isinstance(json.loads(answered), (dict, list))]
        kinds = {int(status) for status, _ in got}
        after = state(database)
    checks = [('it ends well', ran.returncode == 0), ('%d requests, each with one answer' % len(bodies), len(got) == len(bodies)),
              ('no fault of the server', not faults), ('every answer is an object or a list', not broken),
              ('answered, refused, malformed and too much are all there', kinds >= {DONE, REFUSED, MALFORMED, TOO_MUCH}),
              ('the tenant is what it was', before == after)]
    print('1..%d' % len(checks))
    for number, (what, good) in enumerate(checks, 1):
        print('%s %d - %s' % ('ok' if good else 'not ok', number, what))
    for n in faults[:3]:
        print('# %s' % json.dumps(bodies[n])[:500])
    print('# %s' % sorted(kinds))
    return 0 if all(good for _, good in checks) else 1


if __name__ == '__main__':
    sys.exit(main())
