#!/usr/bin/env bash
# The edges of a lock-order graph, pairs of small numbers in a set, on the desktop and in the page.
#
# Package: pyodide 314.0.7 (npm; needs node and a 64-bit CPython)
# Expected: Hashes of numbers and of tuples of numbers are not salted as those of text are: a model without text in its sets runs alike here and there.
# Really: WebAssembly is a 32-bit CPython, where a tuple has another hash: the set comes out in another order, and a run that takes "the first" of it goes another way. Small numbers by themselves agree; from 2**31 - 1 on they differ as well.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
npm --prefix "$box" install --silent --no-audit --no-fund pyodide@314.0.7

cat > "$box/order.py" <<'END'
edges = {(a, b) for a in range(3) for b in range(3) if a != b}
tasks = {40, 3, 17, 8}
lines = [
    "pairs: " + " ".join(f"{a}{b}" for a, b in edges),
    "tasks: " + " ".join(str(task) for task in tasks),
    "hash of 2**40: " + str(hash(2**40)),
]
"\n".join(lines)
END
{ cat "$box/order.py"; echo 'print("\n".join(lines))'; } > "$box/desktop.py"
cat > "$box/page.mjs" <<'END'
import { readFileSync } from "node:fs";
import { loadPyodide } from "./node_modules/pyodide/pyodide.mjs";

const py = await loadPyodide();
console.log(py.runPython(readFileSync(new URL("./order.py", import.meta.url), "utf8")));
END

seen=$(
	echo "desktop"
	python3 "$box/desktop.py" | sed 's/^/  /'
	echo "page"
	node "$box/page.mjs" | sed 's/^/  /'
)
printf '%s\n' "$seen"
[ "$seen" = "desktop
  pairs: 01 12 21 20 02 10
  tasks: 40 17 3 8
  hash of 2**40: 1099511627776
page
  pairs: 10 02 20 12 21 01
  tasks: 40 17 3 8
  hash of 2**40: 512" ] || { echo "This has changed." >&2; exit 1; }
