#!/bin/sh
# Print a Python that can build the book: 3.11, 3.12 or 3.13, with venv and pip.
# Set PYTHON to choose one yourself. Each candidate is run, not only looked up:
# version managers leave commands on PATH that exist and do not start.
tried=""
if [ -n "${PYTHON:-}" ]; then
    set -- "$PYTHON"
else
    set -- python3.13 python3.12 python3.11 python3 python
fi
for candidate in "$@"; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    answer=$("$candidate" -c '
import sys
try:
    import ensurepip, venv
    state = "ok" if (3, 11) <= sys.version_info[:2] <= (3, 13) else "version"
except ImportError:
    state = "venv"
print(state, "%d.%d.%d" % sys.version_info[:3], sys.executable)
' 2>/dev/null) || continue
    state=${answer%% *}
    rest=${answer#* }
    case $state in
        ok) echo "${rest#* }"; exit 0 ;;
        venv) tried="$tried
  $candidate is ${rest%% *} but has no venv module (on Debian and Ubuntu: apt install python3-venv)" ;;
        *) tried="$tried
  $candidate is ${rest%% *}" ;;
    esac
done
echo "oomlab needs Python 3.11, 3.12 or 3.13, and found none that can be used.${tried:+ Looked at:}$tried
Install one of them, or name it: make book PYTHON=/path/to/python3.12" >&2
exit 1
