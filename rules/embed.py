"""Writes files as byte arrays into one C file (src/base/shipped.h declares them).

usage: embed.py OUTPUT FILE...
"""
import os
import sys


def rows(data):
    for at in range(0, len(data), 24):
        yield ",".join(str(byte) for byte in data[at:at + 24])


def main():
    output, paths = sys.argv[1], sys.argv[2:]
    with open(output, "w", encoding="ascii") as c:
        c.write('#include "base/shipped.h"\n')
        for number, path in enumerate(paths):
            with open(path, "rb") as file:
                data = file.read()
            body = ",\n".join(rows(data)) or "0"
            c.write(f"static const unsigned char file_{number}[] = {{\n{body}}};\n")
        c.write("const struct shipped shipped_files[] = {\n")
        for number, path in enumerate(paths):
            size = os.path.getsize(path)
            c.write(f'{{"{os.path.basename(path)}", file_{number}, {size}}},\n')
        c.write(f"}};\nconst size_t n_shipped_files = {len(paths)};\n")


main()
