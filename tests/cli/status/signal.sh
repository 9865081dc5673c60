# Ended by a signal: 128 + n, nothing half-written.
. "$CLI/lib.sh"
key_file key
echo precious >old.zip
# The input is a pipe that never ends: the run is in its middle when the signal comes.
run() { # SIGNAL ARGUMENT...
    signal=$1
    shift
    mkfifo pipe
    # Opening the pipe waits for its reader, which has begun its output before.
    { : >reading; printf '{"__typename":"Part","id":1}\n'; exec sleep 30; } >pipe &
    writer=$!
    # A shell's background commands ignore SIGINT, and those of nohup SIGHUP; sandcast would
    # then, too.
    python3 -c 'import os, signal, sys
for number in signal.SIGHUP, signal.SIGINT:
    signal.signal(number, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' "$SANDCAST" scrub -q -k key pipe "$@" 2>&1 &
    scrub=$!
    n=0
    while [ $n -lt 100 ] && [ ! -e reading ]; do
        n=$((n + 1))
        sleep 0.1
    done
    kill -"$signal" $scrub
    wait $scrub 2>/dev/null
    echo "$signal => $?"
    kill $writer
    wait $writer 2>/dev/null
    rm pipe reading
    ls -A
}
run TERM -o new.zip
run HUP -o new.zip
run INT -o new.zip
run TERM -o old.zip --force
cat old.zip
