"""What determinism.sh needs: python3 determinism.py make|drip|busy ARGUMENT

make FILE      records whose names are spelled in many ways, open maps, many entities,
               records out of order: what could depend on who saw it first
drip FILE      the file to standard output in odd pieces with pauses
busy SECONDS   loads two CPUs
"""
import multiprocessing
import random
import sys
import time


def make(path):
    rnd = random.Random(7)
    spelled = ["abc", "\\u0061bc", "a\\u0062c", "ab\\u0063"]
    with open(path, "w", encoding="ascii") as out:
        for i in rnd.sample(range(36000), 36000):
            name = rnd.choice(spelled)
            out.write('{"__typename":"Thing%d","id":"%d","%s":"v%d",' % (i % 2, i, name, i))
            # An open map of objects whose own names are data; one that is not open.
            out.write('"map":{"k%d":{"%s":1,"x%d":"%s"}},'
                      % (i // 2 % 4000, name, i % 977, "y" * 40))
            out.write('"some":{"n%d":{"q%d":[1,{"%s":null}]}}}\n' % (i % 60, i % 90, name))


def drip(path):
    rnd = random.Random(len(path))
    out = sys.stdout.buffer
    with open(path, "rb") as f:
        while piece := f.read(rnd.choice([1, 7, 4095, 65537, 262143])):
            out.write(piece)
            out.flush()
            if rnd.random() < 0.2:
                time.sleep(rnd.random() * 0.01)


def spin(until):
    while time.monotonic() < until:
        pass


def busy(seconds):
    until = time.monotonic() + float(seconds)
    for _ in range(2):
        multiprocessing.Process(target=spin, args=(until,)).start()


if __name__ == "__main__":
    {"make": make, "drip": drip, "busy": busy}[sys.argv[1]](sys.argv[2])
