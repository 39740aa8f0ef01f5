#!/bin/sh
# Print a Python that can build the book: 3.11, 3.12 or 3.13, with venv and pip.
# Set PYTHON to choose one yourself. Each candidate is run, not only looked up:
# version managers leave commands on PATH that exist and do not start.
# Of several with one name the quickest is taken: what a version manager has compiled without
# profile-guided optimisation takes up to 1.5 times as long as what the system brings.
tried=""
if [ -n "${PYTHON:-}" ]; then
    set -- "$PYTHON"
else
    set -- python3.13 python3.12 python3.11 python3 python
fi

# Every program of that name, in the order of PATH; a path is itself. /bin may be another name of
# /usr/bin: each folder is looked at once.
programs() {
    case $1 in */*) echo "$1"; return ;; esac
    old=$IFS
    seen=:
    IFS=:
    for folder in $PATH; do
        real=$(cd -P -- "$folder" 2>/dev/null && pwd) || continue
        case $seen in *":$real:"*) continue ;; esac
        seen=$seen$real:
        [ -f "$folder/$1" ] && [ -x "$folder/$1" ] && echo "$folder/$1"
    done
    IFS=$old
}

# "ok PROGRAM", or "version VERSION", or "venv VERSION".
asked() {
    "$1" -c '
import sys
version = "%d.%d.%d" % sys.version_info[:3]
try:
    import ensurepip, venv
    fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
    print(*(["ok", sys.executable] if fits else ["version", version]))
except ImportError:
    print("venv", version)
' 2>/dev/null
}

# The quickest of several, asked by the first of them. A loop of generators and dictionaries is what
# the model is made of. They take turns: a machine that others use is slow now and then, for all of
# them. Two that differ by less are the same: the first on PATH is what people expect.
quickest() {
    "$1" -c '
import subprocess, sys
LOOP = """
import time
def tasks():
    for i in range(60000):
        yield i, {"held": i}
def loop():
    start, seen = time.process_time(), {}
    for i, what in tasks():
        seen[i % 97, what["held"] % 89] = seen.get((i % 89, 3), 0) + 1
    return time.process_time() - start
print(min(loop() for _ in range(3)))
"""
first = sys.argv[1]
took = dict.fromkeys(sys.argv[1:], 1e9)
for turn in range(6):
    for program in took:
        said = subprocess.run([program, "-c", LOOP], stdout=subprocess.PIPE).stdout
        took[program] = min(took[program], float(said or 1e9))
best = min(took, key=took.get)
print(best if took[best] < 0.85 * took[first] else first)
' "$@"
}

for name in "$@"; do
    usable=""
    found=$(programs "$name")
    while read -r candidate; do
        [ -n "$candidate" ] || continue
        answer=$(asked "$candidate") || continue
        state=${answer%% *}
        rest=${answer#* }
        case $state in
            ok) usable="$usable$rest
" ;;
            venv) tried="$tried
  $name is ${rest%% *} but has no venv module (on Debian and Ubuntu: apt install python3-venv)" ;;
            *) tried="$tried
  $name is ${rest%% *}" ;;
        esac
    done <<END
$found
END
    if [ -n "$usable" ]; then
        old=$IFS
        IFS='
'
        # shellcheck disable=SC2086 # a line each
        set -- $usable
        IFS=$old
        if [ $# -eq 1 ]; then echo "$1"; else quickest "$@"; fi
        exit
    fi
done
echo "oomlab needs Python 3.11, 3.12 or 3.13, and found none that can be used.${tried:+ Looked at:}$tried
Install one of them, or name it: make book PYTHON=/path/to/python3.12" >&2
exit 1
