#!/bin/sh
# The benchmark of `sandcast diff`: prints Markdown, as run.sh does, and draws
# docs/drift.svg.
#
#   sh tests/bench/drift.sh [OPTION...] >figures.md
#
#   --mb N            size of each of two exports of `sandcast demo` (default: 250)
#   --snapshot-mb N   size of the records in each snapshot (default: 200)
#   --runs N          counted runs of each command, after one that is not (default: 3)
#   --peers           other tools too: jq -S and diff, jsondiffpatch (objectHash),
#                     json-diff, sqldiff, DuckDB. What is not installed is named as left
#                     out; those of npm are installed into the build folder, once
#   --svg FILE        the picture: time and bytes read against drift
#   --program FILE, --temp DIR, --json FILE, --install: as in run.sh
#
# The second export is the first one with a text changed in 0.1 % of the records, and the
# same in another order. Snapshots are made by one rule that keeps everything, with a
# text changed in 0 to 10 % of the records: scattered, or all in one place. That `diff`
# finds just these is checked before anything is measured. Bytes read are those that the
# system gave it of the two files (strace). With --peers about five minutes on two cores.
set -eu
SANDCAST_BENCH=drift.py exec sh "$(dirname "$0")/run.sh" "$@"
