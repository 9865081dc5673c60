"""Inputs that are large in one way each, as streams: every function yields bytes.

Nothing is held but a block of some hundred KiB, so that what is measured is the program
that reads. Values hold the word "canary", which no message may repeat.
"""

BLOCK = 1 << 18


def joined(pieces, size=BLOCK):
    """The same bytes in pieces of about `size`."""
    held, n = [], 0
    for piece in pieces:
        held.append(piece)
        n += len(piece)
        if n >= size:
            yield b"".join(held)
            held, n = [], 0
    yield b"".join(held)


def numbered(line, count, first=0):
    """`line` % number, `count` times: blocks of a thousand lines in which only the
    thousands change, because formatting each line would be slower than the reader."""
    block = b"".join(line % (b"@@@@@@@%03d" % i) for i in range(1000))
    for k in range(first // 1000, (first + count) // 1000):
        yield block.replace(b"@@@@@@@", b"%07d" % k)
    yield b"".join(line % (b"%010d" % (first + count - i))
                   for i in range(count % 1000, 0, -1))


def one_line(size):
    """One JSON document without a newline, its records 300 bytes."""
    record = (b'{"id":"%s","partNumber":"canary-0042","revision":"A","description":"'
              + b"canary and more of it, " * 9 + b'"},')
    count = size // (len(record) + 8)
    yield b'{"parts":['
    for block in numbered(record, count):
        yield block
    yield b'{"id":"last"}]}'


def small_records(count):
    """30 bytes each with the newline, keys in order."""
    return numbered(b'{"id":"%s","n":12345}\n', count)


def scattered(count, key=16):
    """Keys in no order, of `key` bytes."""
    pad = b"k" * max(0, key - 16)
    at = 1
    def lines():
        nonlocal at
        for _ in range(count):
            at = (at * 6364136223846793005 + 1442695040888963407) % (1 << 64)
            yield b'{"__typename":"Thing","id":"%016x%s"}\n' % (at, pad)
    return joined(lines())


def large_record(size, n=1, small=3):
    """`n` records of `size` bytes, small ones between."""
    for i in range(n):
        for k in range(small):
            yield b'{"__typename":"Part","id":"s%d-%d"}\n' % (i, k)
        head = b'{"__typename":"Part","id":"l%d","description":"' % i
        text = b"canary canary canary a b c d e f "
        left = size - len(head) - 3
        yield head
        block = text * (BLOCK // len(text))
        while left > len(block):
            yield block
            left -= len(block)
        yield (block[:left]) + b'"}\n'


def endless_string(size):
    yield b'{"__typename":"Part","id":"a","description":"'
    block = b"canary " * (BLOCK // 7)
    for _ in range(size // len(block)):
        yield block
    yield b'"}\n'


def endless_cursor(size):
    """A string outside of records."""
    yield b'{"data":{"parts":{"pageInfo":{"endCursor":"'
    block = b"canary " * (BLOCK // 7)
    for _ in range(size // len(block)):
        yield block
    yield b'"},"edges":[]}}}'


def paths(count, names=900):
    """So many distinct paths: objects of fewer names than make an open map."""
    def lines():
        left, k = count, 0
        while left > 0:
            n = min(left - 1, names)
            yield (b'{"__typename":"Thing","id":"%d","o%d":{' % (k, k)
                   + b",".join(b'"n%d_%d":1' % (k, i) for i in range(n)) + b"}}\n")
            left -= n + 1
            k += 1
    return joined(lines())


def wide_object(count):
    """One record with an object of so many names."""
    yield b'{"__typename":"Thing","id":"1","map":{'
    for block in numbered(b'"k%s":1,', count - 1):
        yield block
    yield b'"last":1}}\n'


def wide_list(count):
    yield b'{"__typename":"Thing","id":"1","list":['
    block = b"1," * BLOCK
    for _ in range(count // BLOCK):
        yield block
    yield b"1]}\n"


def many_maps(count, names):
    """`names` new ones in each of so many records, in one map."""
    def lines():
        for i in range(count):
            yield (b'{"__typename":"Thing","id":"%d","map":{' % i
                   + b",".join(b'"k%d_%d":{"a":1,"b":"canary"}' % (i, k)
                               for k in range(names)) + b"}}\n")
    return joined(lines())


def several_maps(maps, names, rounds):
    """Maps side by side whose names all differ, in `rounds` records each."""
    def lines():
        for r in range(rounds):
            for m in range(maps):
                yield (b'{"__typename":"Thing","id":"%d-%d","m%d":{' % (r, m, m)
                       + b",".join(b'"k%d_%d":1' % (r, i) for i in range(names))
                       + b"}}\n")
    return joined(lines())


def long_names(count, size):
    """Member names of `size` bytes, each another one."""
    pad = b"n" * (size - 10)
    def lines():
        for i in range(count):
            yield b'{"__typename":"Thing","id":"%d","%010d%s":1}\n' % (i, i, pad)
    return joined(lines())


def spellings(count):
    """One name in as many spellings: each letter plain or escaped, in either case."""
    forms = [(b"%c" % c, b"\\u%04x" % c, b"\\u%04X" % c) for c in b"jklmnojklmno"]
    def lines():
        for i in range(count):
            name, k = b"", i
            for form in forms:
                k, which = divmod(k, 3)
                name += form[which]
            yield b'{"__typename":"Thing","id":"%d","%s":1}\n' % (i, name)
    return joined(lines())


def record_keys(sizes):
    for i, size in enumerate(sizes):
        yield b'{"__typename":"Thing","id":"%d' % i
        yield b"k" * (size - len(b"%d" % i)) + b'"}\n'


def entities(count):
    return joined(b'{"__typename":"Thing%d","id":"%d"}\n' % (i, i)
                  for i in range(count))


def nested(depth):
    yield (b'{"__typename":"Part","id":"1","x":' + b"[" * (depth - 1) + b'"canary"'
           + b"]" * (depth - 1) + b"}\n")


def duplicates(count):
    """Pairs of different records under one key."""
    def lines():
        for i in range(count):
            yield b'{"__typename":"Thing","id":"%d","v":"canary"}\n' % (i // 2)
            if i % 2:
                yield b'{"__typename":"Thing","id":"%d","v":2}\n' % (i // 2)
    return joined(lines())


def lists(names, rounds):
    """A document with lists of so many names, again and again."""
    for _ in range(rounds):
        yield b'{"data":{' + b",".join(b'"things%d":[{"__typename":"Part","id":"%d"}]'
                                       % (i, i) for i in range(names)) + b"}}"
