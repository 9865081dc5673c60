#!/usr/bin/env python3
"""seeds.py PROGRAM CORPUS SEEDS: files of CORPUS that deserve to be seeds.

PROGRAM is a target linked with libFuzzer. What the files in SEEDS reach is known; of
the others, those are copied there that add most, one after the other, until there are
20 or nothing is added. Only files of at most 4 KiB are taken: seeds are read by people
and replayed in every test run. Names say what a file was found for: new_<number>.
"""

import os
import shutil
import subprocess
import sys
import tempfile

MOST = 20
SIZE = 4096


def features(program, folder):
    """The features that each file of the folder reaches, by its name."""
    with tempfile.TemporaryDirectory() as scratch:
        control = os.path.join(scratch, "control")
        out = os.path.join(scratch, "out")
        os.mkdir(out)
        subprocess.run([program, "-merge=1", "-merge_control_file=" + control, out, folder],
                       stderr=subprocess.DEVNULL, check=True)
        with open(control, encoding="ascii", errors="replace") as lines:
            return read_control(lines)


def read_control(lines):
    """A merge's own notes: the number of files, of those known, their names, then what
    each reached ("FT number feature ...")."""
    count = int(next(lines))
    next(lines)
    names = [next(lines).rstrip("\n") for _ in range(count)]
    reached = {name: set() for name in names}
    for line in lines:
        words = line.split()
        if words[0] == "FT":
            reached[names[int(words[1])]].update(words[2:])
    return reached


def main():
    program, corpus, seeds = sys.argv[1:]
    have = os.listdir(seeds)
    known = set().union(*features(program, seeds).values()) if have else set()
    reached = {path: found for path, found in features(program, corpus).items()
               if os.path.getsize(path) <= SIZE}
    number = 0
    for _ in range(MOST - len(have)):
        path, found = max(reached.items(), key=lambda item: (
            len(item[1] - known), -os.path.getsize(item[0]), item[0]), default=(None, set()))
        added = found - known
        if not added:
            break
        while os.path.exists(os.path.join(seeds, f"new_{number}")):
            number += 1
        shutil.copyfile(path, os.path.join(seeds, f"new_{number}"))
        print(f"{path}: {len(added)} features more")
        known |= added


if __name__ == "__main__":
    main()
