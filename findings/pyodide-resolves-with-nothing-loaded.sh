#!/usr/bin/env bash
# A site serves its own Pyodide; the wheel that a page asks for is missing there.
#
# Package: pyodide 314.0.7 (npm; needs node)
# Expected: The promise of `loadPackage` is rejected, so that `await` throws and the page can say what is missing.
# Really: It resolves, with an empty list; the failure is one line in the console, and the page finds out at `import`. Only a name that the lock file does not know is rejected.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
npm --prefix "$box" install --silent --no-audit --no-fund pyodide@314.0.7

cat > "$box/load.mjs" <<'END'
import { loadPyodide } from "./node_modules/pyodide/pyodide.mjs";

const site = new URL("./wheels/", import.meta.url).pathname;
const py = await loadPyodide({ packageBaseUrl: site });
let complaints = 0;
const quiet = { messageCallback() {}, errorCallback() { complaints++; } };
for (const name of ["numpy", "no-such-name"]) {
  const outcome = await py.loadPackage(name, quiet).then(
    (loaded) => `resolved with ${JSON.stringify(loaded)}`,
    (error) => `rejected: ${error.message}`,
  );
  console.log(`${name}: ${outcome}`);
}
console.log(`complained to the console: ${complaints > 0}, can import numpy: ${
  py.runPython("import importlib.util as u; u.find_spec('numpy') is not None")}`);
END
mkdir "$box/wheels"

seen=$(node "$box/load.mjs")
printf '%s\n' "$seen"
[ "$seen" = "numpy: resolved with []
no-such-name: rejected: No known package with name 'no-such-name'
complained to the console: true, can import numpy: false" ] || { echo "This has changed." >&2; exit 1; }
