#!/usr/bin/env bash
# A wheel is read with node's `readFile` and handed to Python in Pyodide.
#
# Package: pyodide 314.0.7 (npm; needs node)
# Expected: What readFile gives, a Buffer, is a Uint8Array, and so it is taken wherever Pyodide takes an ArrayBuffer or a view of one.
# Really: Pyodide goes by the name of the constructor: a Buffer, like any subclass of Uint8Array, is an "unknown typed array type" for `unpackArchive` and `to_bytes`, and the message asks to report a problem with Pyodide. A DataView passes, and `FS.writeFile` takes all of them. `new Uint8Array(buffer)` helps.
# Seen: 2026-11-29
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
npm --prefix "$box" install --silent --no-audit --no-fund pyodide@314.0.7
(cd "$box" && echo "a file" > file.txt && python3 -m zipfile -c wheel.zip file.txt)

cat > "$box/hand.mjs" <<'END'
import { readFile } from "node:fs/promises";
import { loadPyodide } from "./node_modules/pyodide/pyodide.mjs";

class Bytes extends Uint8Array {}
const py = await loadPyodide();
const buffer = await readFile(new URL("./wheel.zip", import.meta.url));
console.log(`a Buffer is a Uint8Array: ${buffer instanceof Uint8Array}`);
const plain = new Uint8Array(buffer);
const kinds = { Uint8Array: plain, DataView: new DataView(plain.buffer), Buffer: buffer, "class Bytes": new Bytes(buffer) };
const length = py.runPython("lambda given: len(given.to_bytes())");
const ways = {
  unpackArchive: (given) => py.unpackArchive(given, "zip"),
  to_bytes: (given) => length(given),
  "FS.writeFile": (given) => py.FS.writeFile("copy.zip", given),
};
for (const [kind, given] of Object.entries(kinds)) {
  const outcomes = Object.entries(ways).map(([way, hand]) => {
    try {
      hand(given);
      return `${way} takes it`;
    } catch (error) {
      return `${way}: ${error.message.match(/Unknown typed array type '\w+'/)}`;
    }
  });
  console.log(`${kind}: ${outcomes.join(", ")}`);
}
END
seen=$(node "$box/hand.mjs")
printf '%s\n' "$seen"
[ "$seen" = "a Buffer is a Uint8Array: true
Uint8Array: unpackArchive takes it, to_bytes takes it, FS.writeFile takes it
DataView: unpackArchive takes it, to_bytes takes it, FS.writeFile takes it
Buffer: unpackArchive: Unknown typed array type 'Buffer', to_bytes: Unknown typed array type 'Buffer', FS.writeFile takes it
class Bytes: unpackArchive: Unknown typed array type 'Bytes', to_bytes: Unknown typed array type 'Bytes', FS.writeFile takes it" ] || { echo "This has changed." >&2; exit 1; }
