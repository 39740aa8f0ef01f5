// A bench as part of an address, and back: texts, packed as oomlab/workbench/links.py packs them.
// Opening a link only puts them into the boxes. Nothing is done with them before the reader asks.

const BENCH_PLACE = "#bench-"; // what an address with a bench begins with; a browser finds no such id

async function packedBench(texts) {
  const written = new Blob([JSON.stringify(texts)]).stream();
  const packed = await bytesOf(written.pipeThrough(new CompressionStream("deflate")));
  const letters = btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(""));
  return letters.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// The texts behind `link`, or null for anything that is no bench or larger than one can be.
// `limits`: how many bytes all of it may become (`most`), and how many letters a text has (`longest`).
async function unpackedBench(link, { parts, most, longest }) {
  if (link.length > most || !/^[\w-]+$/.test(link)) return null;
  try {
    const letters = atob(link.replaceAll("-", "+").replaceAll("_", "/"));
    const packed = new Blob([Uint8Array.from(letters, (letter) => letter.charCodeAt(0))]).stream();
    const bytes = await bytesOf(packed.pipeThrough(new DecompressionStream("deflate")), most);
    const texts = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const fits = (part) => typeof texts[part] === "string" && [...texts[part]].length <= longest;
    const whole = Object.keys(texts).length === parts.length && parts.every(fits);
    return whole ? Object.fromEntries(parts.map((part) => [part, texts[part]])) : null;
  } catch {
    return null; // cut off, changed, or never one
  }
}

// All bytes of a stream; an error as soon as they are more than `most`.
async function bytesOf(stream, most = Infinity) {
  const source = stream.getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await source.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      source.cancel().catch(() => {});
      throw new RangeError("larger than any bench");
    }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
