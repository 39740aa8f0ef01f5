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

# "ok TIME PROGRAM", or "version VERSION", or "venv VERSION". A loop of generators and
# dictionaries is what the model is made of.
asked() {
    "$1" -c '
import sys, time
def tasks():
    for i in range(60000):
        yield i, {"held": i}
def loop():
    start, seen = time.process_time(), {}
    for i, what in tasks():
        seen[i % 97, what["held"] % 89] = seen.get((i % 89, 3), 0) + 1
    return time.process_time() - start
version = "%d.%d.%d" % sys.version_info[:3]
try:
    import ensurepip, venv
    fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
    if fits:
        print("ok", round(10000 * min(loop() for _ in range(3))), sys.executable)
    else:
        print("version", version)
except ImportError:
    print("venv", version)
' 2>/dev/null
}

for name in "$@"; do
    best=""
    least=0
    found=$(programs "$name")
    while read -r candidate; do
        [ -n "$candidate" ] || continue
        answer=$(asked "$candidate") || continue
        state=${answer%% *}
        rest=${answer#* }
        case $state in
            ok)
                took=${rest%% *}
                # Two that differ by less are the same: the first on PATH is what people expect.
                if [ -z "$best" ] || [ $((took * 100)) -lt $((least * 85)) ]; then
                    best=${rest#* }
                    least=$took
                fi ;;
            venv) tried="$tried
  $name is ${rest%% *} but has no venv module (on Debian and Ubuntu: apt install python3-venv)" ;;
            *) tried="$tried
  $name is ${rest%% *}" ;;
        esac
    done <<END
$found
END
    [ -z "$best" ] || { echo "$best"; exit 0; }
done
echo "oomlab needs Python 3.11, 3.12 or 3.13, and found none that can be used.${tried:+ Looked at:}$tried
Install one of them, or name it: make book PYTHON=/path/to/python3.12" >&2
exit 1
