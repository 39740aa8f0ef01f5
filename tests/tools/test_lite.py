"""The JupyterLite page before Jupyter comes in: which notebooks, which packages, which words."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from tools import assignments, releases
from tools.build_book import pages, pages_below
from tools.check_site import CHECKS, html_files
from tools.lite import packages, write
from tools.lite.__main__ import main
from tools.lite.notebooks import (
    GO_ON,
    Listed,
    NotebookError,
    chapter,
    listed,
    plain,
    write_notebooks,
)
from tools.lite.words import front_page, not_here, note
from tools.lite.write import LiteError
from tools.npm import FetchError
from tools.offline import listing
from tools.paths import ROOT
from tools.release import zip_site
from tools.site_links import Page

NO_HISTORY = Config({"HistoryManager": {"enabled": False}})
HERE = {"chapters/report.ipynb", "sets/ps1-two-tasks.ipynb"}
HEAD = (
    '<html><head><meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'
    '<script src="../_static/early.js?v=1"></script>'
    '<link rel="stylesheet" href="../_static/book.css?v=2"><link rel="icon" href="../x.svg"></head>'
)


def test_all_chapters_in_which_something_is_run_and_all_sets_are_listed() -> None:
    every = [one.path for one in listed()]
    run = [p for p in pages() if "{code-cell}" in (ROOT / f"{p}.md").read_text(encoding="utf-8")]
    chapters = [f"chapters/{Path(page).name}.ipynb" for page in run if page != "book/reference"]
    sets = [f"sets/{Path(page).name}.ipynb" for page in pages_below()]
    assert len(chapters) > 20 and every == [*chapters, *sets]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    write_notebooks(folder, lambda one: f"About {one.title}")
    return folder


def test_a_chapter_is_its_cells_with_the_code_folded_that_the_book_folds(written: Path) -> None:
    for one in listed():
        if one.path.startswith("sets/"):
            continue
        text = (ROOT / "book" / f"{Path(one.path).stem}.md").read_text(encoding="utf-8")
        cells = json.loads((written / one.path).read_text(encoding="utf-8"))["cells"]
        assert "".join(cells[0]["source"]) == f"About {one.title}"
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        if one.draws:
            assert "".join(code.pop(0)["source"]) == GO_ON
        folded = [cell for cell in code if cell["metadata"].get("jupyter", {}).get("source_hidden")]
        tagged = len(re.findall(r"^:?tags: \[.*(?:hide-input|remove-\w+)", text, re.MULTILINE))
        assert (len(code), len(folded)) == (text.count("```{code-cell}"), tagged)
        prose = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        assert not re.search(r"\{\w+\}`|^:::", prose, re.MULTILINE)


def test_a_set_is_what_students_get_byte_by_byte(written: Path) -> None:
    for one in assignments.sets():
        given = (written / "sets" / f"{one.name}.ipynb").read_bytes()
        assert given == releases.released(one.name).read_bytes()


@pytest.mark.parametrize(
    ("myst", "markdown"),
    [
        ("a {term}`page`, {term}`locks <lock>`", "a page, locks"),
        ("[it](report.md#place)", "[it](../chapters/report.ipynb)"),
        ("[it](sets/ps1-two-tasks.ipynb)", "[it](../sets/ps1-two-tasks.ipynb)"),
        ("[it](glossary.md), [there](#place)", "it, there"),
        ("[it](https://a.example/b#c)", "[it](https://a.example/b#c)"),
        ("(place)=\n## Head", "## Head"),
        (
            ":::{admonition} Why?\n:class: tip dropdown\n\n*Asked.*\n\nSaid.\n:::",
            "<details><summary><strong>Why?</strong></summary>\n\n*Asked.*\n\nSaid.\n\n</details>",
        ),
    ],
)
def test_myst_becomes_what_jupyter_shows(myst: str, markdown: str) -> None:
    assert plain(myst, HERE) == markdown


@pytest.mark.parametrize("left", [":::{note}\nx\n:::", "{ref}`a<b`", "```{figure} x.png\n```"])
def test_what_jupyter_would_show_as_it_is_written_is_refused_in_one_line(left: str) -> None:
    with pytest.raises(NotebookError, match=r"^Jupyter would show this as it is written: [^\n]+$"):
        chapter(f"# Title\n\n{left}\n", "", HERE)


def test_what_is_missing_is_what_no_pure_wheel_is_pinned_of() -> None:
    assert packages.missing() == ["numpy", "matplotlib"]


def test_a_network_and_what_is_missing_are_told_in_words() -> None:
    every = [
        Listed("chapters/a.ipynb", "A < B", "One", draws=True),
        Listed("sets/b.ipynb", "B", "Two"),
    ]
    text = front_page(HEAD, every, ["numpy", "matplotlib"], 27)
    assert "at most 27 MB until the first cell runs" in text
    assert "numpy and matplotlib have to come from another host" in text
    assert "Pictures in <em>A &lt; B</em> that need them say so" in text
    assert '<h2>One</h2><ul><li><a href="notebooks/index.html?path=chapters/a.ipynb">A &lt;' in text
    assert "Not here" not in front_page(HEAD, every, [], 27)
    assert "matplotlib has to come from another host" in not_here(["matplotlib"])
    assert "no network is needed" in note(every[1], ["numpy"])
    assert "numpy" in note(every[0], ["numpy"]) and "numpy" not in note(every[1], ["numpy"])


def test_the_front_page_has_the_policy_of_the_book_and_what_jupyter_reads_there() -> None:
    text = front_page(HEAD, listed(), ["numpy"], 27)
    assert '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">' in text
    assert re.search(r'<script id="jupyter-config-data" type="application/json"[^>]*>{}</scr', text)
    with pytest.raises(ValueError, match="not the head of a page of this book"):
        front_page("<html></html>", listed(), [], 27)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Of a site with a JupyterLite page, what the page's Python consists of."""
    live = tmp_path / "site" / "_static" / "live"
    kernel = tmp_path / "site" / "lite" / "extensions" / packages.EXTENSION / "static" / "pypi"
    for folder in (live / "wheels", live / "pyodide", kernel):
        folder.mkdir(parents=True)
    (live / "wheels" / "index.json").write_text('["oomlab-0.1.0-0x12-py3-none-any.whl"]')
    (live / "wheels" / "oomlab-0.1.0-0x12-py3-none-any.whl").write_text("oomlab")
    of_pyodide = {"info": {"python": "3.14.2"}, "packages": {"numpy": {}}}
    (live / "pyodide" / "pyodide-lock.json").write_text(json.dumps(of_pyodide))
    for name in ("ipykernel", "piplite", "pyodide_kernel"):
        (kernel / f"{name}-1-py3-none-any.whl").write_text(name)
    return tmp_path / "site"


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One wheel in place of those that the lock pins."""
    wheel = tmp_path / "pure_eval-0.2-py3-none-any.whl"
    wheel.write_text("pure_eval")
    monkeypatch.setattr(packages, "page_wheels", lambda: [wheel])


def test_the_list_names_what_the_site_has_and_nothing_else(site: Path, wheels: None) -> None:
    lite = site / "lite"
    names = packages.write_python(site, lite)
    assert names == ["ipykernel", "oomlab", "piplite", "pure-eval", "pyodide-kernel"]
    (listed_in,) = lite.glob("python/packages-*.json")
    told: dict[str, Any] = json.loads(listed_in.read_text())
    assert told["info"] == {"python": "3.14.2"} and sorted(told["packages"]) == names
    files = dict(packages.listed_files(lite))
    assert len(files) == 5 and all(file.is_file() for file in files)
    script = (lite / "python" / "pyodide.js").read_text()
    assert listed_in.name in script and "LOCK" not in script and "http" not in script
    assert list(CHECKS["notebooks"](site)) == []


def test_a_page_of_another_book_is_told_before_it_is_published(site: Path, wheels: None) -> None:
    packages.write_python(site, site / "lite")
    wheel = site / "_static" / "live" / "wheels" / "oomlab-0.1.0-0x12-py3-none-any.whl"
    wheel.write_text("another")
    (said,) = CHECKS["notebooks"](site)
    assert said.endswith("any.whl is not what the JupyterLite page was made with")
    wheel.unlink()
    (said,) = CHECKS["notebooks"](site)
    assert said.endswith("any.whl is missing: the JupyterLite page is that of another book")
    for found in site.glob("lite/python/packages-*.json"):
        found.unlink()
    assert list(CHECKS["notebooks"](site)) == ["lite has no list of the packages of its Python"]


def test_a_kernel_without_its_wheels_is_told(site: Path, wheels: None) -> None:
    for wheel in site.glob("lite/extensions/*/*/static/pypi/p*.whl"):
        wheel.unlink()
    with pytest.raises(FetchError, match="has no wheel of piplite, pyodide-kernel"):
        packages.write_python(site, site / "lite")


def test_a_kept_copy_and_a_release_are_without_it(site: Path, tmp_path: Path) -> None:
    for name in ("index.html", "lite/index.html", "lite/notebooks/index.html"):
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_text("<p>x</p>")
    kept: Any = listing(site)["files"]
    assert not [file["url"] for file in kept if file["url"].startswith("lite/")]
    with zipfile.ZipFile(zip_site(site, tmp_path / "x.zip", "x")) as archive:
        assert not [name for name in archive.namelist() if name.startswith("x/lite/")]
    # Ours to be judged as pages of the book are is only the list of notebooks.
    pages_of_ours = [page.relative_to(site).as_posix() for page in html_files(site)]
    assert pages_of_ours == ["index.html", "lite/index.html"]


def test_jupyters_pages_get_a_policy_that_shuts_other_hosts_out(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!DOCTYPE html>\n<html>\n<HEAD>\n<title>x</title></head>")
    write._give_policy(tmp_path)
    text = (tmp_path / "index.html").read_text()
    assert text.index("Content-Security-Policy") < text.index("<title>")
    assert '<html lang="en">' in text and Page(tmp_path / "index.html").fetched == []
    sources = re.findall(r"[\w-]+-src ([^;]+)", write.POLICY)
    assert len(sources) > 8 and not re.search(r"https?:|\*|//", " ".join(sources))


def built(site: Path, available: bool = True) -> Path:
    for name in pages():
        (site / f"{name}.html").parent.mkdir(parents=True, exist_ok=True)
        (site / f"{name}.html").write_text(HEAD)
    live = site / "_static" / "live"
    live.mkdir(parents=True)
    told = {"available": available, "why": "No npm.", "files": {}}
    (live / "engine.json").write_text(json.dumps(told))
    return site


def test_without_a_book_or_jupyterlite_one_line_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = tmp_path / "bin" / "python"
    assert main(["--python", str(python), str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path} lacks {pages()[0]}.html: run make book first\n"
    site = built(tmp_path / "site")
    assert main(["--python", str(python), str(site)]) == 2
    assert capsys.readouterr().err == f"{python} has no JupyterLite: run make lite\n"


def program(folder: Path, script: str) -> Path:
    made = folder / "jupyter-lite"
    made.write_text(f"#!/bin/sh\n{script}\n")
    made.chmod(0o755)
    return made


def test_what_cannot_be_made_leaves_the_older_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = program(tmp_path, "echo Looking; echo 'it broke' >&2; exit 3").with_name("python")
    site = built(tmp_path / "site")
    (site / "lite").mkdir()
    (site / "lite" / "index.html").write_text("older")
    assert main(["--python", str(python), str(site)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("The JupyterLite page was not made: jupyter lite build failed:\n")
    assert said.endswith("it broke\n")
    assert [path.name for path in (site / "lite").iterdir()] == ["index.html"]
    with pytest.raises(LiteError, match=r"no engine that could run notebooks: No npm\.$"):
        write.write_lite(built(tmp_path / "other", available=False), tmp_path / "jupyter-lite")


def test_where_a_package_is_missing_a_cell_says_so_and_is_no_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shell = InteractiveShell.instance(config=NO_HISTORY)
    try:
        shell.run_cell(GO_ON)
        shell.run_cell(
            "from oomlab.errors import needed\nwith needed('plots'):\n    import no_such"
        )
    finally:
        InteractiveShell.clear_instance()
    needs = 'which this needs; get it with: pip install "oomlab[plots]"'
    assert capsys.readouterr() == (f"no_such is not installed, {needs}\n", "")
