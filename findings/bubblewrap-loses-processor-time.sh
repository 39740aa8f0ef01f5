#!/usr/bin/env bash
# A grader keeps each notebook in bubblewrap and asks the system how much processor time it took.
#
# Package: bubblewrap 0.8.0-2+deb12u1 (Debian)
# Expected: Who waits for `bwrap` is told the processor time of all that ran in it: the kernel adds the time of a process that was waited for to its parent's, level by level.
# Really: So it is without a process namespace. With `--unshare-pid`, and so with `--unshare-all`, it is nothing: a second of work counts as none, in `getrusage`, in bash's `time` and in `wait4`. The first process in the namespace has waited for the work and tells the outer one through an eventfd, which then leaves without waiting for it. With `--as-pid-1` there is no such one, and it counts.
# Seen: 2026-11-29
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cd "$box"
apt-get -qq -o APT::Sandbox::User=root download bubblewrap=0.8.0-2+deb12u1
dpkg -x bubblewrap_*.deb .
export PATH="$box/usr/bin:$PATH"

cat > "$box/spent.py" <<'END'
import resource
import subprocess
import sys

WORK = [sys.executable, "-c", "import time\nwhile time.process_time() < 1:\n    pass"]
FENCE = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev"]
WAYS = {
    "alone": WORK,
    "bwrap": [*FENCE, *WORK],
    "bwrap --unshare-pid": [*FENCE, "--unshare-pid", *WORK],
    "bwrap --unshare-pid --as-pid-1": [*FENCE, "--unshare-pid", "--as-pid-1", *WORK],
}


def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


for way, command in WAYS.items():
    before = spent()
    subprocess.run(command, check=True)
    seconds = spent() - before
    print(f"{way}: {'a second' if 0.9 < seconds < 2 else 'nothing' if seconds < 0.1 else seconds}")
END

seen=$(python3 "$box/spent.py")
bwrap --version
printf '%s\n' "$seen"
[ "$seen" = "alone: a second
bwrap: a second
bwrap --unshare-pid: nothing
bwrap --unshare-pid --as-pid-1: a second" ] || { echo "This has changed." >&2; exit 1; }
