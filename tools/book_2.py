"""`make book-2`: what jupyter-book 2 makes of the same files, and what it does not.

`_toc.yml` and the chapters stay the one source: a folder beside them, .build/book2, gets a myst.yml
made from them and copies of the chapters in which two things are translated that jupyter-book 2
writes otherwise (entries of a glossary, and `eval-rst`). It runs all cells itself. The pages are
drawn by a template that it fetches from its own server; where that cannot be reached, all up to the
drawing is done and told.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import yaml

from tools.build_book import pages
from tools.paths import BUILD, ROOT
from tools.settings import settings

WHERE = BUILD / "book2"
PIN = ROOT / "tools" / "requirements-book2.txt"
_SCRIPT = Path("jupyter_book", "dist", "jupyter-book.cjs")
_GLOSSARY = re.compile(r"(```\{glossary\}\n)(.*?)(\n```)", re.DOTALL)
_TWO_TERMS = re.compile(r"^(\S[^\n]*)\n(\S[^\n]*)\n((?:  [^\n]*\n?)+)", re.MULTILINE)
_ENTRY = re.compile(r"^(\S[^\n]*)\n  (?=\S)", re.MULTILINE)
_PANEL = re.compile(r'class="[^"]*\boom-panel[" ]')
_RST = re.compile(r"```\{eval-rst\}\n.*?\n```", re.DOTALL)
_LATER = ":::{note}\nWhat stands here is made by Sphinx from the docstrings of the package.\n:::"
_COMPLAINTS = ("\N{NO ENTRY}", "\N{WARNING SIGN}")
_NO_TEMPLATE = "Querying template metadata"


def settings_of_myst() -> dict[str, object]:
    """What myst.yml says, made from _toc.yml and _config.yml."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    told = settings(os.environ)
    parts = [
        {
            "title": part["caption"],
            "children": [{"file": f"{one['file']}.md"} for one in part["chapters"]],
        }
        for part in toc["parts"]
    ]
    project = {
        "title": told["title"],
        "github": told["repository"]["url"],
        "toc": [{"file": f"{toc['root']}.md"}, *parts],
    }
    return {"version": 1, "project": project, "site": {"template": "book-theme"}}


def translated(text: str) -> str:
    """A chapter as jupyter-book 2 reads it."""
    text = _GLOSSARY.sub(_definitions, text)
    return _RST.sub(_LATER, text)


def _definitions(glossary: re.Match[str]) -> str:
    """Entries as definitions; of two terms with one text each gets it, as only one is allowed."""
    entries = _TWO_TERMS.sub(r"\1\n\3\n\n\2\n\3", glossary[2])
    return glossary[1] + _ENTRY.sub(r"\1\n: ", entries) + glossary[3]


def prepare() -> None:
    """Makes the folder that is built from."""
    shutil.rmtree(WHERE, ignore_errors=True)
    for name in pages():
        source, target = ROOT / f"{name}.md", WHERE / f"{name}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(translated(source.read_text(encoding="utf-8")), encoding="utf-8")
    made = yaml.safe_dump(settings_of_myst(), sort_keys=False, allow_unicode=True)
    (WHERE / "myst.yml").write_text(made, encoding="utf-8")
    for name in ("_toc.yml", "_config.yml"):  # the front page lists the chapters from them
        shutil.copy(ROOT / name, WHERE)


def program() -> Path:
    """The script of the pinned jupyter-book 2, fetched if it is not there yet."""
    kept = BUILD / "jupyter-book-2"
    if not (kept / _SCRIPT).is_file():
        with tempfile.TemporaryDirectory(dir=BUILD) as scratch:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            command += ["--require-hashes", "--dest", scratch, "--requirement", str(PIN)]
            subprocess.run(command, check=True)
            (wheel,) = Path(scratch).glob("*.whl")
            zipfile.ZipFile(wheel).extractall(kept)
    return kept / _SCRIPT


def run() -> str:
    """Has the pages read, and their cells run. Result: what was said."""
    paths = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    told = {**os.environ, "PATH": paths, "OOMLAB_BOOK_BUILD": "1", "PYTHONHASHSEED": "0"}
    with kernels(told) as where:
        done = subprocess.run(
            ["node", str(program()), "build", "--site", "--execute", "--ci"],
            cwd=WHERE,
            env={**told, **where},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    (BUILD / "book2.log").write_text(done.stdout, encoding="utf-8")
    return done.stdout


@contextmanager
def kernels(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """A Jupyter server of this environment; gives what jupyter-book 2 is told about it.

    Left to start one itself, it waits only a few seconds, goes on without, and runs no cell.
    """
    token = secrets.token_hex(16)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    command += [f"--port={url.rpartition(':')[2]}", f"--IdentityProvider.token={token}"]
    with (BUILD / "book2-server.log").open("w") as log:
        started = subprocess.Popen(command, cwd=WHERE, env=environment, stdout=log, stderr=log)
        try:
            for _ in range(600):
                try:
                    urlopen(f"{url}/api", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.2)
            yield {"JUPYTER_BASE_URL": url, "JUPYTER_TOKEN": token}
        finally:
            started.terminate()
            started.wait(60)


def _html(output: Mapping[str, str]) -> str:
    """The HTML that a cell has put out; what is long lies in a file of its own."""
    if "path" in output:
        kept = WHERE / "_build" / "site" / "public" / output["path"].lstrip("/")
        return kept.read_text(encoding="utf-8") if kept.is_file() else ""
    return output.get("content", "")


def found(name: str) -> Counter[str]:
    """What the data of a page hold that jupyter-book 2 has made: cells with output, panels."""
    file = WHERE / "_build" / "site" / "content" / f"{Path(name).name}.json"
    count: Counter[str] = Counter()
    if not file.is_file():
        return count
    count["page"] = 1

    def walk(node: object) -> None:
        if isinstance(node, dict):
            outputs = node.get("jupyter_data") or {}
            html = _html(outputs.get("data", {}).get("text/html") or {})
            count["outputs"] += bool(outputs)
            count["errors"] += outputs.get("output_type") == "error"
            count["panels"] += len(_PANEL.findall(html))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(json.loads(file.read_text(encoding="utf-8")))
    return count


def main() -> int:
    """Command line: 0 if all pages were read and run, 1 if one is missing or a cell failed."""
    if shutil.which("node") is None:
        print("jupyter-book 2 needs Node (18, 20, 22 or later) on the PATH", file=sys.stderr)
        return 1
    prepare()
    said = run()
    counts = {name: found(name) for name in pages()}
    total = sum(counts.values(), Counter())
    missing = [name for name, count in counts.items() if not count["page"]]
    wrong = [
        line for line in said.splitlines() if line.startswith(("\N{NO ENTRY}", "\N{WARNING SIGN}"))
    ]
    print(*wrong, sep="\n")
    print(
        f"{total['page']} of {len(counts)} pages read, {total['outputs']} outputs,"
        f" {total['panels']} panels, {total['errors']} errors of cells, {len(wrong)} complaints"
    )
    if _NO_TEMPLATE in said and not (WHERE / "_build" / "html").is_dir():
        print("No page was drawn: the template could not be fetched from its server.")
    if not total["outputs"]:
        print("No cell was run: .build/book2.log says why.", file=sys.stderr)
    return 1 if missing or total["errors"] or not total["outputs"] else 0


if __name__ == "__main__":
    sys.exit(main())
