// The address of the page holds how things stand, so that a reload, or somebody else, finds them
// again: of the panel that was moved last its values and its cursor, and of a game its moves.
//
//     ?v=pages:30,remedy:offload&at=7#fig-does-free-memory-help

// What the address says of `name`, still in the form in which it is written there; null: nothing.
function inAddress(name) {
  const part = location.search.slice(1).split("&").find((one) => one.startsWith(`${name}=`));
  return part === undefined ? null : part.slice(name.length + 1);
}

// The address with `changes` ({name: text, or null for none}) and `hash` ("#place").
function addressWith(changes, hash) {
  const other = (part) => part && !(part.split("=")[0] in changes);
  const parts = location.search.slice(1).split("&").filter(other);
  for (const [name, text] of Object.entries(changes)) if (text !== null) parts.push(`${name}=${text}`);
  return `${location.pathname}${parts.length ? "?" : ""}${parts.join("&")}${hash}`;
}

function writeAddress(changes, hash = location.hash) {
  try {
    history.replaceState(history.state, "", addressWith(changes, hash));
  } catch {
    // In a file or a frame without an origin an address may not change, and elsewhere not often.
  }
}

// A reload is by the address that the page had when it began. What is written later, when the page goes, is kept
// for the page that comes, in this tab.
const LEFT = "oomlab.left";

function leaveAddress(changes, hash) {
  writeAddress(changes, hash);
  try {
    sessionStorage.setItem(LEFT, addressWith(changes, hash));
  } catch {
    // Where nothing may be kept, a reload shows what stood there a moment before.
  }
}

function findAddress() {
  try {
    const left = sessionStorage.getItem(LEFT);
    sessionStorage.removeItem(LEFT);
    const [{ type } = {}] = performance.getEntriesByType("navigation");
    const here = left !== null && new URL(left, location.href).pathname === location.pathname;
    if (here && type === "reload") history.replaceState(history.state, "", left);
  } catch {
    // As above.
  }
}

// The values of a panel as a text for the address, and back. What is not understood (an old link, or a
// made-up one) is left out of `values` and named in `strange`.
//
// The pages' own script writes every address anew, with all its marks encoded and those of a value no
// longer twice (so do some programs that links are sent with). Then a comma may belong to a value, and
// parts are told apart by the names that begin them.
const asAddress = (controls, values) =>
  controls.map((one, i) => `${one.name}:${encodeURIComponent(String(values[i]))}`).join(",");

function valuesIn(controls, text) {
  const values = new Map();
  const strange = [];
  const names = controls.map((one) => one.name).join("|");
  const whole = !text.includes(":");
  const parts = whole ? decoded(text).split(new RegExp(`,(?=(?:${names}):)`)) : text.split(",");
  for (const part of parts.filter(Boolean).slice(0, 50)) {
    const [name, ...rest] = part.split(":");
    const one = controls.find((control) => control.name === name);
    const value = one?.parse(whole ? rest.join(":") : decoded(rest.join(":")));
    if (value === undefined) strange.push(decoded(part).slice(0, 40));
    else values.set(one.name, value);
  }
  return { values, strange };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign that begins nothing
  }
}
