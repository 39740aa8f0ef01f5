// What a reader gives to be read: the text in the box, or one file. The last that was given counts,
// and the other is emptied.

const LONG_PASTE = 300_000; // characters (our choice): a box with more of them makes a page slow

// `source.blob()` is what to read and `source.name` its name; `given()` is called when something came
// that can be read at once, `refused(sentence)` when it cannot. `inSite`: the whole page is ours.
function logSource(root, inSite, given, refused) {
  const [box, file] = [root.querySelector("textarea"), root.querySelector("[type='file']")];
  const ends = new AbortController();
  const on = (target, what, hear) => target.addEventListener(what, hear, { signal: ends.signal });
  const theFile = () => file.files[0] ?? null;

  function takeFiles(files) {
    if (files.length > 1) return refused("Give one file at a time.");
    file.files = files; // so its name is shown where a chosen one's would be
    box.value = "";
    given();
  }

  on(file, "change", () => {
    if (!theFile()) return;
    box.value = "";
    given();
  });
  on(box, "input", () => (file.value = ""));
  on(box, "paste", (event) => {
    const { files } = event.clipboardData;
    const text = event.clipboardData.getData("text/plain");
    if (files.length || text.length > LONG_PASTE) {
      event.preventDefault();
      takeFiles(files.length ? files : asFiles(text));
    } else if (text.trim()) {
      setTimeout(given); // when the text is in the box
    }
  });
  on(box, "keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    given();
  });

  // A file that is dropped beside the box would take the reader away from the page.
  const field = inSite ? document : root;
  on(field, "dragover", (event) => {
    if (!isDrop(event)) return;
    event.preventDefault();
    root.dataset.drop = "";
  });
  on(field, "dragleave", (event) => {
    if (!event.relatedTarget) delete root.dataset.drop; // out of the window
  });
  on(field, "drop", (event) => {
    delete root.dataset.drop;
    if (!isDrop(event)) return;
    event.preventDefault();
    const { items, files } = event.dataTransfer;
    const text = event.dataTransfer.getData("text/plain");
    if ([...items].some((item) => item.webkitGetAsEntry?.()?.isDirectory)) {
      refused("That is a folder. Give a file.");
    } else if (files.length) {
      takeFiles(files);
    } else if (text.length > LONG_PASTE) {
      takeFiles(asFiles(text));
    } else if (text.trim()) {
      source.write(text);
      given();
    }
  });

  const isDrop = ({ dataTransfer }) =>
    [...(dataTransfer?.types ?? [])].some((type) => type === "Files" || type === "text/plain");

  function asFiles(text) {
    const list = new DataTransfer();
    list.items.add(new File([text], "pasted text"));
    return list.files;
  }

  const source = {
    get name() {
      return theFile()?.name ?? "the pasted text";
    },
    get text() {
      return theFile() ? null : box.value;
    },
    blob: () => theFile() ?? new Blob([box.value]),
    write(text) {
      box.value = text;
      file.value = "";
    },
    stop: () => ends.abort(),
  };
  return source;
}
