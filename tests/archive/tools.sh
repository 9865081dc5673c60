#!/bin/sh
# Ordinary tools read a snapshot. TAP; a tool that is absent is skipped by name.
# usage: tools.sh MADE, the program that writes one
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
"$1" "$dir/made.zip" && "$1" "$dir/zip64.zip" zip64 ||
    { echo "Bail out! no snapshot"; exit 1; }
mkdir "$dir/unpacked" && cd "$dir" || exit 1

n=0
result() { # status name
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
check() { # tool name command...
    tool=$1 name=$2
    shift 2
    if ! command -v "$tool" >/dev/null 2>&1; then
        n=$((n + 1))
        echo "ok $n - $name # SKIP $tool is not installed"
        return
    fi
    "$@" >"$dir/out" 2>&1
    status=$?
    [ $status -eq 0 ] || sed 's/^/# /' "$dir/out" | head -20
    result $status "$name"
}

unpack() {
    unzip -q made.zip -d unpacked 2>/dev/null ||
        python3 -m zipfile -e made.zip unpacked 2>/dev/null ||
        bsdtar -xf made.zip -C unpacked
}

lines() { [ "$(unzip -p made.zip 'data/Part/*' | wc -l)" -eq 6000 ]; }

sums() { (cd unpacked && sha256sum --strict -c --quiet "$1"); }

# Every file but the tag manifest and manifest.json stands in exactly one manifest.
listed() {
    (cd unpacked && find . -type f | sed 's,^\./,,' |
        grep -vx -e tagmanifest-sha256.txt -e manifest.json | sort) >present
    (cd unpacked && cut -c67- manifest-sha256.txt tagmanifest-sha256.txt | sort) >named
    cmp present named
}

# manifest.json holds the SHA-256 of the tag manifest.
tagged() {
    sum=$(sha256sum unpacked/tagmanifest-sha256.txt | cut -c1-64)
    grep -q "\"tagmanifest\":\"$sum\"" unpacked/manifest.json
}

check unzip "unzip -tq" unzip -tq made.zip
check zip "zip -T" zip -T made.zip
check python3 "python3 -m zipfile -t" python3 -m zipfile -t made.zip
check bsdtar "bsdtar -t" bsdtar -tf made.zip
check 7z "7z t" 7z t made.zip
check unzip "ZIP64: unzip -tq" unzip -tq zip64.zip
check python3 "ZIP64: python3 -m zipfile -t" python3 -m zipfile -t zip64.zip
check bsdtar "ZIP64: bsdtar -t" bsdtar -tf zip64.zip
check 7z "ZIP64: 7z t" 7z t zip64.zip
check unzip "unzip -p reads the records" lines
check sha256sum "unpacks" unpack
check sha256sum "sha256sum -c manifest-sha256.txt" sums manifest-sha256.txt
check sha256sum "sha256sum -c tagmanifest-sha256.txt" sums tagmanifest-sha256.txt
check cmp "every member in one manifest" listed
check grep "manifest.json names the tag manifest" tagged
echo "1..$n"
