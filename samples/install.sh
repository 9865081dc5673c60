# shellcheck shell=sh disable=SC2034
# Sourced by samples/quickstart.sh and tests/run.sh: installs the named Debian packages
# that are missing, as root or through sudo, and says so. Safe to run again.

install_missing() {
    missing=
    for package; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "These packages (Debian names) are needed; please install them:$missing" >&2
        return 1
    fi
    as_root=
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "Please install as root: apt-get install$missing" >&2
            return 1
        fi
        as_root=sudo
    fi
    echo "== installing$missing"
    # Word splitting is wanted in $missing. Lists may be old or empty on a fresh machine.
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || {
        $as_root apt-get update -qq &&
            $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    }
}

# What the program is built from; the reasons stand in CONTRIBUTING.md.
BUILD_PACKAGES="gcc libc6-dev meson ninja-build pkg-config python3 libarchive-dev
libdeflate-dev libisal-dev libjansson-dev libmicrohttpd-dev libpcre2-dev libsqlite3-dev
libssl-dev libutf8proc-dev libxxhash-dev libyaml-dev zlib1g-dev"
