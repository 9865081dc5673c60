"""Makes archives that no ordinary tool makes: make.py KIND FILE"""
import gzip, io, sys, tarfile, zipfile

LINE = b'{"__typename":"User","id":1,"email":"canary@acme.example"}\n'


def tar(path, names, mode="w"):
    with tarfile.open(path, mode) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(LINE)
            archive.addfile(info, io.BytesIO(LINE))


def zipped(path, names, data=LINE, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), data, method)


def cut(path, keep):
    with open(path, "rb+") as f:
        f.truncate(int(f.seek(0, 2) * keep))


def link(path):
    with tarfile.open(path, "w") as archive:
        info = tarfile.TarInfo("users.ndjson")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)


def many(n=400):
    return b"".join(b'{"__typename":"User","id":%d,"email":"canary%d@acme.example"}\n'
                    % (i, i * 7919) for i in range(n))


def flip(path, at):
    with open(path, "rb+") as f:
        f.seek(at, 2)
        byte = f.read(1)
        f.seek(at, 2)
        f.write(bytes([byte[0] ^ 1]))


kind, path = sys.argv[1:]
if kind == "tar":
    tar(path, ["users.ndjson"])
elif kind == "tar-parent":
    tar(path, ["../users.ndjson"])
elif kind == "tar-inner-parent":
    tar(path, ["a/../../users.ndjson"])
elif kind == "tar-absolute":
    tar(path, ["/users.ndjson"])
elif kind == "tar-link":
    link(path)
elif kind == "tar-cut":
    tar(path, ["users.ndjson", "more.ndjson"])
    with open(path, "rb+") as f:
        f.truncate(512 + 512 + 512 + 20)
elif kind == "tar-empty":
    tar(path, [])
elif kind == "zip-parent":
    zipped(path, ["../users.ndjson"])
elif kind == "zip-absolute":
    zipped(path, ["/users.ndjson"])
elif kind == "zip-backslash":
    zipped(path, ["..\\users.ndjson"])
elif kind == "zip-cut":
    zipped(path, ["users.ndjson"])
    cut(path, 0.6)
elif kind == "zip-crc":
    zipped(path, ["users.ndjson"], method=zipfile.ZIP_STORED)
    data = open(path, "rb").read().replace(b"canary", b"canarx", 1)
    open(path, "wb").write(data)
elif kind == "zip-bomb":
    line = b'{"__typename":"User","id":1,"email":"' + b"a" * 262144 + b'"}\n'
    zipped(path, ["users.ndjson"], line * 400)
elif kind == "zip-nested":
    data = LINE
    for i in range(12):
        inner = io.BytesIO()
        zipped(inner, ["users.ndjson" if i == 0 else "a.zip"], data)
        data = inner.getvalue()
    open(path, "wb").write(data)
elif kind == "gz-bomb":
    line = b'{"__typename":"User","id":1,"email":"' + b"a" * 262144 + b'"}\n'
    open(path, "wb").write(gzip.compress(line * 400, mtime=0))
elif kind == "gz-layers":
    data = LINE
    for i in range(12):
        data = gzip.compress(data, mtime=0)
    open(path, "wb").write(data)
elif kind == "gz-cut":
    open(path, "wb").write(gzip.compress(many(), mtime=0))
    cut(path, 0.5)
elif kind == "gz-crc":
    open(path, "wb").write(gzip.compress(many(), mtime=0))
    flip(path, -6)
elif kind == "gz-tail":
    open(path, "wb").write(gzip.compress(many(), mtime=0) + b"canary")
elif kind == "gz-empty":
    open(path, "wb").write(gzip.compress(b"", mtime=0))
else:
    sys.exit("no such kind")
