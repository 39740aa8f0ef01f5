#!/usr/bin/env bash
# `import jsonschema`, as nbformat, nbclient and Jupyter's servers do at their start, with the package
# beside it that its extra "format-nongpl" brings for one format (of IRIs); no schema is read and no format is checked.
#
# Package: jsonschema 4.26.0, rfc3987-syntax 1.1.0, lark 1.3.1 (PyPI)
# Expected: What checks a format is loaded when that is first asked for.
# Really: The import itself loads a parser generator and compiles a grammar with it: every program that reads a notebook starts about a second later.
# Seen: 2026-11-29
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv "$box/venv"
install="$box/venv/bin/pip install --quiet --disable-pip-version-check"
$install jsonschema==4.26.0
cat > "$box/ask.py" <<'END'
import sys
import time

began = time.process_time()
import jsonschema

took = time.process_time() - began
compiled = "lark" in sys.modules and "rfc3987_syntax" in sys.modules
print(f"{'a grammar is compiled' if compiled else 'no grammar'}; {took:.1f} s of processor time")
END
alone=$("$box/venv/bin/python" "$box/ask.py")
$install rfc3987-syntax==1.1.0 lark==1.3.1
beside=$("$box/venv/bin/python" "$box/ask.py")
printf 'jsonschema alone: %s\nbeside rfc3987-syntax: %s\n' "$alone" "$beside"
[[ $alone = "no grammar;"* && $beside = "a grammar is compiled;"* ]] || { echo "This has changed." >&2; exit 1; }
