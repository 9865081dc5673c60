#!/usr/bin/env python3
"""Includes run downward only, and each library's header stays in one room.

The floors are those of CONTRIBUTING.md, "Rooms". A file includes its own room or one of a
lower floor; rooms of one floor never meet. Prints TAP.
"""
import os
import re
import sys
import tempfile

FLOOR = {"base": 0,
         "json": 1, "crypt": 1, "doc": 1, "deflate": 1, "sdl": 1,
         "schema": 2, "match": 2,
         "source": 3, "scrub": 3, "archive": 3, "store": 3,
         "demo": 4, "drift": 4, "graphql": 4,
         "report": 5, "server": 5,
         "cli": 6}
OWNER = {"xxhash.h": "base", "openssl/": "crypt", "jansson.h": "doc", "yaml.h": "doc",
         "zlib.h": "deflate", "libdeflate.h": "deflate", "isa-l": "deflate", "igzip": "deflate",
         "pcre2.h": "match", "sqlite3.h": "store", "microhttpd.h": "server",
         "utf8proc.h": "drift", "archive.h": "source",
         "archive_entry.h": "source", "immintrin.h": "json", "x86intrin.h": "json"}
LOCAL = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
SYSTEM = re.compile(r'^\s*#\s*include\s+<([^>]+)>')


def faults(src):
    for folder, _, names in sorted(os.walk(src)):
        for name in sorted(n for n in names if n.endswith((".c", ".h"))):
            path = os.path.join(folder, name)
            room = os.path.relpath(path, src).split(os.sep)[0]
            if room not in FLOOR:
                yield f"{path}: room {room} has no floor"
                continue
            for number, line in enumerate(open(path, encoding="utf-8"), 1):
                local, system = LOCAL.match(line), SYSTEM.match(line)
                if local and "/" in local[1]:
                    other = local[1].split("/")[0]
                    if other not in FLOOR:
                        yield f"{path}:{number}: unknown room {other}"
                    elif other != room and FLOOR[other] >= FLOOR[room]:
                        yield f"{path}:{number}: {room} includes {other}, which is not below"
                elif local and local[1] != "config.h":
                    yield f"{path}:{number}: say the room: {local[1]}"
                for header, owner in OWNER.items():
                    if system and system[1].startswith(header) and room != owner:
                        yield f"{path}:{number}: {header} belongs to {owner}"


def can_fail():
    """An upward include, a sideways one and a stray library are made up and must be found."""
    with tempfile.TemporaryDirectory() as src:
        os.mkdir(os.path.join(src, "json"))
        with open(os.path.join(src, "json", "x.c"), "w", encoding="utf-8") as f:
            f.write('#include "cli/opt.h"\n#include "crypt/key.h"\n#include <zlib.h>\n'
                    '#include "base/str.h"\n#include <stdio.h>\n')
        return len(list(faults(src))) == 3


def main():
    found = list(faults(sys.argv[1]))
    works = can_fail()
    print("1..2")
    print(f"{'ok' if works else 'not ok'} 1 - what the check is for is found")
    for line in found:
        print(f"# {line}")
    print(f"{'not ok' if found else 'ok'} 2 - includes run downward, libraries stay in their rooms")
    return 1 if found or not works else 0


sys.exit(main())
