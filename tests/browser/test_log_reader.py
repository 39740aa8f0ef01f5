"""The reader of logs in a page: what goes in, how it is told, and that it can be stopped.

The engine is a script that answers at once; tests/browser/test_log_page.py has the real one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from oomlab.views.log.examples import EXAMPLES
from oomlab.widgets import LogReader
from tests.widgets.pages import write_site

# Says how much it was given and for which kernel. A log that begins with "slow" is read for ever.
WORKER = """
onmessage = async ({ data: { id, log, release, stop } }) => {
  if (stop) return;
  const tell = (read, what) => postMessage({ kind: "log", id, read, size: log.size, what });
  tell(0, "reading");
  const text = await log.text();
  tell(log.size / 2, "reading");
  if (text.startsWith("slow")) return;
  const refused = { error: "no release is called " + release };
  const html = `<h2>${log.size} bytes</h2>`;
  const result = release === "x" ? refused : { html, said: `Read ${log.size} bytes.` };
  postMessage({ kind: "answer", id, result });
};
"""
DROP = """([text, name, count]) => {
  const dropped = new DataTransfer();
  for (let i = 0; i < count; i++) dropped.items.add(new File([text], name));
  const event = new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true });
  return !document.querySelector("#after").dispatchEvent(event);
}"""
PASTE = """(box, text) => {
  const pasted = new DataTransfer();
  pasted.setData("text/plain", text);
  box.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: pasted, bubbles: true, cancelable: true }));
}"""


class Reader:
    """A page with a reader."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.get_by_label("Paste a kernel log")
        self.file = page.get_by_label("Choose a file")
        self.kernel = page.get_by_label("Kernel, if the log does not say")
        self.status = page.get_by_role("status")
        self.result = page.locator(".oom-result")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def read(self, text: str) -> None:
        self.box.fill(text)
        self.button("Read it").click()

    def drop(self, text: str, name: str = "kern.log", count: int = 1) -> bool:
        """Drops a file beside the reader; true if the page keeps the browser from opening it."""
        return bool(self.page.evaluate(DROP, [text, name, count]))


@pytest.fixture
def reader(open_page: Callable[..., Page], serve: Callable[[Path], str], tmp_path: Path) -> Reader:
    write_site(tmp_path, [LogReader()], engine={"available": True}, worker=WORKER)
    return Reader(open_page(f"{serve(tmp_path)}index.html"))


def test_an_example_is_shown_at_once_and_from_the_page_alone(reader: Reader) -> None:
    first = reader.result.inner_html()
    for example in (*EXAMPLES.values(), *EXAMPLES.values()):
        reader.button(example.title).click()
        expect(reader.box).to_have_value(example.text)
        expect(reader.page.locator(".oom-log")).to_have_attribute("data-state", "stored")
    reader.button("a guest whose balloon hangs").click()
    assert reader.result.inner_html() == first


def test_what_is_typed_is_read_with_the_release_that_is_given(reader: Reader) -> None:
    reader.read("hello")
    expect(reader.status).to_have_text("Read 5 bytes.")
    expect(reader.result.get_by_role("heading")).to_have_text("5 bytes")
    reader.kernel.fill("x")
    reader.kernel.press("Enter")
    expect(reader.status).to_have_text("No release is called x.")
    expect(reader.result).to_be_empty()
    reader.kernel.fill("")
    reader.box.fill("hello you")
    reader.box.press("Control+Enter")
    expect(reader.status).to_have_text("Read 9 bytes.")


def test_nothing_is_no_log(reader: Reader) -> None:
    reader.read("  \n ")
    expect(reader.status).to_have_text(
        "There is nothing to read yet: paste a log into the box, or choose a file."
    )


def test_a_file_is_read_when_it_comes_and_only_the_last_thing_given_counts(
    reader: Reader,
) -> None:
    reader.read("hello")
    assert reader.drop("1234567")
    expect(reader.status).to_have_text("Read 7 bytes.")
    assert reader.file.evaluate("input => input.files[0].name") == "kern.log"
    expect(reader.box).to_have_value("")
    reader.read("hello")
    expect(reader.status).to_have_text("Read 5 bytes.")
    assert reader.file.evaluate("input => input.files.length") == 0
    assert reader.drop("1234567", count=2)
    expect(reader.status).to_have_text("Give one file at a time.")
    reader.file.set_input_files({"name": "a", "mimeType": "text/plain", "buffer": b"123"})
    expect(reader.status).to_have_text("Read 3 bytes.")


def test_a_long_paste_is_read_as_a_file(reader: Reader) -> None:
    reader.box.evaluate(PASTE, "x" * 300_001)
    expect(reader.status).to_have_text("Read 300001 bytes.")
    expect(reader.box).to_have_value("")
    assert reader.file.evaluate("input => input.files[0].name") == "pasted text"


def test_reading_can_be_stopped_and_begun_again(reader: Reader) -> None:
    reader.read("slow!")
    bar = reader.page.get_by_role("progressbar")
    expect(bar).to_have_attribute("max", "5")
    expect(reader.status).to_have_text("Reading the pasted text …")
    reader.button("Stop").press("Enter")
    expect(reader.status).to_have_text("Stopped. Nothing of it is kept.")
    expect(bar).to_be_hidden()
    expect(reader.button("Read it")).to_be_focused()
    reader.read("hello")
    expect(reader.status).to_have_text("Read 5 bytes.")


def test_a_new_log_takes_the_place_of_one_that_is_being_read(reader: Reader) -> None:
    reader.read("slow!")
    expect(reader.page.get_by_role("progressbar")).to_be_visible()
    reader.read("hello")
    expect(reader.status).to_have_text("Read 5 bytes.")


def test_without_an_engine_the_reason_is_told_and_examples_stay(
    open_page: Callable[..., Page], serve: Callable[[Path], str], tmp_path: Path
) -> None:
    write_site(tmp_path, [LogReader()], engine={"available": False, "why": "None was built."})
    reader = Reader(open_page(f"{serve(tmp_path)}index.html"))
    reader.read("hello")
    expect(reader.status).to_have_text("This log could not be read here. None was built.")
    reader.button("an ordinary kill").click()
    expect(reader.result.get_by_role("heading").first).to_be_visible()


def test_a_copy_without_site_and_kernel_shows_its_examples(
    open_page: Callable[..., Page], serve: Callable[[Path], str], tmp_path: Path
) -> None:
    page = (
        "<!doctype html><title>Copy</title><link rel='icon' href='data:,'>"
        + LogReader().copy_html()
        + "<p id='after'>After</p>"
    )
    write_site(tmp_path, [], index=page)
    reader = Reader(open_page(f"{serve(tmp_path)}index.html"))
    reader.button("an ordinary kill").click()
    expect(reader.result.get_by_role("heading").first).to_contain_text("demo-linker")
    reader.read("hello")
    expect(reader.status).to_have_text(
        "This log could not be read here. Neither a kernel nor an engine is at hand on this page."
    )
    assert not reader.drop("1234567"), "a drop beside it is the notebook's"
