"""Killed at any moment: kill.py SANDCAST

A scrub of a few MB is killed at FAULTS_KILLS random moments (default 100), spread over its
duration: with SIGKILL, and at a fifth as many each with SIGINT and SIGTERM. Every second
run replaces an old snapshot. FAULTS_SEED chooses other moments.

After SIGKILL the output is absent, the old one, or the same bytes as of a run that was not
killed (which verify). Beside it lies at most a hidden file of the documented name: where the
file system has files without a name only from the moment of the replacing itself. After the
other two the status is 128 + n, and nothing is left behind.
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import time

from kit import TIMEOUT, Tap, World, contents, parallel

KILLS = int(os.environ.get("FAULTS_KILLS", "100"))
SEED = int(os.environ.get("FAULTS_SEED", "1"))
OLD = b"precious\n"


class Killer:
    def __init__(self, world):
        self.world = world
        data = world.demo("t.ndjson", 6000, "ndjson")
        self.args = [world.program, "scrub", "-q", "-k", world.at("key"), "-j", "2", data,
                     "-o", "s.zip"]
        taken = []
        for _ in range(3):
            room = world.room()
            started = time.monotonic()
            subprocess.run(self.args, cwd=room, env=world.env, check=True)
            taken.append(time.monotonic() - started)
            self.whole = contents(room)["s.zip"]
            if not world.verifies(os.path.join(room, "s.zip")):
                print("Bail out! the snapshot of a whole run does not verify")
                sys.exit(1)
        # Several runs at once take longer than one.
        self.duration = sorted(taken)[1] * 1.2

    def kill(self, number, after, replace):
        """One run that gets a signal. Gives what is there then, and the status."""
        room, temp = self.world.room(), self.world.room()
        if replace:
            with open(os.path.join(room, "s.zip"), "wb") as f:
                f.write(OLD)
        started = subprocess.Popen(
            self.args + ["-f"] * replace, cwd=room, stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE, env={**self.world.env, "TMPDIR": temp},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        time.sleep(after)
        started.send_signal(number)
        try:
            said = started.communicate(timeout=TIMEOUT)[1]
        except subprocess.TimeoutExpired:
            started.kill()
            said = started.communicate()[1] + b"hangs"
        made, left = contents(room), contents(temp)
        shutil.rmtree(room)
        shutil.rmtree(temp)
        return started.returncode, said, made, left

    def judge(self, number, replace, outcome):
        status, said, made, left = outcome
        output = made.pop("s.zip", None)
        if status not in (0, -number):
            return "status %s, says %r" % (status, said[-200:])
        if said:
            return "says %r" % said[-200:]
        if left:
            return "left in the temporary directory: %s" % sorted(left)
        if output is None and (replace or status == 0):
            return "the output is lost"
        if output is not None and output != self.whole and \
                not (replace and output == OLD and status):
            return "the output is neither old nor whole"
        if made and (number != signal.SIGKILL or list(made) != [n for n in made
                                                                if n.startswith(".s.zip.")]):
            return "left behind: %s" % sorted(made)
        if made and unnamed_files(self.world.root) and list(made.values()) != [self.whole]:
            return "left behind before it was whole: %s" % sorted(made)
        return None


def unnamed_files(folder):
    """Does the file system know files without a name?"""
    try:
        os.close(os.open(folder, os.O_TMPFILE | os.O_RDWR))
        return True
    except OSError:
        return False


def main():
    tap, world = Tap(), World(sys.argv[1])
    try:
        killer, chance = Killer(world), random.Random(SEED)
        for number, count in ((signal.SIGKILL, KILLS), (signal.SIGINT, KILLS // 5),
                              (signal.SIGTERM, KILLS // 5)):
            # One in each slice of the duration, anywhere in it.
            moments = [(i + chance.random()) / count * killer.duration for i in range(count)]
            outcomes = parallel([lambda i=i, m=m: killer.kill(number, m, i % 2)
                                 for i, m in enumerate(moments)])
            wrong = [killer.judge(number, i % 2, o) for i, o in enumerate(outcomes)]
            problems = ["after %.3f s: %s" % (m, w) for m, w in zip(moments, wrong) if w]
            ended = sum(o[0] == 0 for o in outcomes)
            if ended > count * 3 // 4:
                problems.append("only %d of %d were still running" % (count - ended, count))
            tap.check("%s at %d moments of %.2f s, %d of them after the end" % (
                signal.Signals(number).name, count, killer.duration, ended), problems)
    finally:
        world.done()
    tap.end()


main()
