"""Rows where the clock begins with the process: one record out of a large snapshot, a
small input from start to end, two roots. And what a command reads of a snapshot."""
import json
import os
import re
import shutil
import subprocess
import zipfile

from measure import Row, fail

KEYS = 8    # records that take turns


def key_of(record):
    """Its id as it would be typed."""
    value = json.loads(record).get("id")
    return str(value) if isinstance(value, (int, str)) else None


def some_keys(sandcast, snapshot):
    """(entity, keys spread over it): of the parts, or else of what there is most of."""
    told = json.loads(subprocess.run([sandcast, "ls", "--json", snapshot], check=True,
                                     stdout=subprocess.PIPE).stdout)
    entities = {e["name"]: e["records"] for e in told["entities"]}
    order = sorted(entities, key=lambda name: (name != "Part", -entities[name]))
    for entity in order[:10]:
        step = max(1, entities[entity] // KEYS)
        with subprocess.Popen([sandcast, "cat", snapshot, entity],
                              stdout=subprocess.PIPE) as cat:
            keys = [key_of(line) for i, line in enumerate(cat.stdout) if i % step == step // 2]
        if cat.returncode:
            fail(f"cat of {entity} fails")
        if keys and all(keys) and subprocess.run(
                [sandcast, "get", snapshot, entity, keys[0]], check=False,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
            return entity, keys[:KEYS]
    return fail("no entity of the snapshot has records that `id` finds")


def places(snapshot):
    """(first byte, end, name) of all that stands in a snapshot, in order."""
    with zipfile.ZipFile(snapshot) as z:
        out = []
        for m in z.infolist():
            end = m.header_offset + 30 + len(m.filename.encode()) + m.compress_size
            out.append((m.header_offset, end, m.filename))
        out.sort()
        out.append((z.start_dir, os.path.getsize(snapshot), "directory and end"))
        return out


def reads(argv, snapshots):
    """(bytes read of the snapshots, names of what they are of), or None without strace."""
    if not shutil.which("strace"):
        return None
    done = subprocess.run(["strace", "-f", "-y", "-qq", "-e",
                           "trace=read,pread64,readv,preadv,mmap", *argv],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        return None     # where tracing is not allowed
    total, touched = 0, []
    where = {os.path.realpath(s): places(s) for s in snapshots}
    for line in done.stderr.decode("utf-8", "replace").splitlines():
        call = re.search(r"(\w+)\([^<]*<([^>]*)>", line)
        if not call or call.group(2) not in where:
            continue
        at = re.search(r", (\d+)\) += (\d+)$", line)
        if call.group(1) != "pread64" or not at:
            fail(f"a snapshot is read by {call.group(1)}, which is not counted")
        begin, n = int(at.group(1)), int(at.group(2))
        total += n
        for first, end, name in where[call.group(2)]:
            if begin < end and begin + n > first and name not in touched:
                touched.append(name)
    return total, touched


def rows(sandcast, key, snapshot, work):
    """The rows, by what the targets call them; `snapshot` is the large one."""
    entity, keys = some_keys(sandcast, snapshot)
    small = os.path.join(work, "one-megabyte.ndjson")
    subprocess.run([sandcast, "demo", "-q", "-f", "-o", small, "--records", "1820"], check=True)
    out = os.path.join(work, "one-megabyte.zip")
    scrub = [sandcast, "scrub", "-q", "-f", small, "-k", key, "-o", out]
    found = {
        "true": Row("`true`: the start of any process", [["true"]]),
        "version": Row("`sandcast --version`", [[sandcast, "--version"]]),
        "get": Row(f"get of one of {len(keys)} {entity}",
                   [[sandcast, "get", snapshot, entity, k] for k in keys],
                   bytes=os.path.getsize(snapshot)),
        "small": Row("scrub of 1 MB", [scrub], bytes=os.path.getsize(small), output=out),
    }
    # The same content packed another way.
    other = os.path.join(work, "other.zip")
    subprocess.run(scrub, check=True)
    subprocess.run(scrub[:-1] + [other, "--level", "fast"], check=True)
    found["roots"] = Row("`ls --root` of two snapshots of 1 MB, equal",
                         [[sandcast, "ls", "--root", out, other]], bytes=2 * os.path.getsize(out))
    roots = subprocess.run(found["roots"].argvs[0], check=True, stdout=subprocess.PIPE).stdout
    if len({line.split()[0] for line in roots.splitlines()}) != 1:
        fail("equal content has different roots")
    for name, snapshots in (("get", [snapshot]), ("roots", [out, other])):
        counted = reads(found[name].argvs[0], snapshots)
        if counted:
            found[name].told = {"bytes": counted[0], "members": counted[1]}
    return found
