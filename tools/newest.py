"""`make newest`: the same book and tests with the newest packages that are allowed, in a copy.

Each pin of requirements-*.txt may move up, as far as its comment allows: `# <7: why` at a pin says
below which version it has to stay. Below .build/newest the pins are taken away, the locks resolved
anew, and the targets made as on any machine. So what breaks is known before anybody needs it.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.paths import BUILD, ROOT

COPY = BUILD / "newest"
FILES = tuple(f"requirements{of}.txt" for of in ("", "-book", "-dev", "-otter", "-lite"))
"""Those that share packages: if one of them moves, all must be free to."""
_PIN = re.compile(r"^([\w.-]+(?:\[[\w,]+\])?)==([\w.]+)(?:\s+#\s*(<[\w.]+):)?")


def loosened(text: str) -> str:
    """A requirements file whose pins may move up, but not to what their comments forbid."""
    return "".join(f"{_loose(line)}\n" for line in text.splitlines())


def _loose(line: str) -> str:
    pin = _PIN.match(line)
    # Not below what stands: a resolver left free went back to releases of 2020 to fit the rest.
    return f"{pin[1]}>={pin[2]}{f',{pin[3]}' if pin[3] else ''}" if pin else line


def locked(text: str) -> dict[str, set[str]]:
    """The versions of each package in a lock (several, if they depend on the Python)."""
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        if pin := _PIN.match(line):
            found.setdefault(pin[1], set()).add(pin[2])
    return found


def moved(before: Mapping[str, set[str]], after: Mapping[str, set[str]]) -> list[str]:
    """A line for each package whose versions are others than before."""
    return [
        f"{name}: {', '.join(sorted(before.get(name, {'not there'})))} -> {', '.join(sorted(now))}"
        for name, now in sorted(after.items())
        if now != before.get(name)
    ]


def copy_to(where: Path) -> Path:
    """Makes `where` a copy of this folder: what git has of it, or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    shutil.rmtree(where, ignore_errors=True)
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, where / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return where


def main() -> int:
    """Command line: 0 if the targets were made with the newest packages."""
    parser = argparse.ArgumentParser(description="Try targets with the newest allowed packages.")
    parser.add_argument("--uv", required=True, type=Path, help="the uv that resolves the locks")
    parser.add_argument("targets", nargs="+", help="what to make in the copy")
    options = parser.parse_args()
    before = locked((ROOT / "requirements-lock.txt").read_text(encoding="utf-8"))
    copy = copy_to(COPY)
    for name in FILES:
        file = copy / name
        file.write_text(loosened(file.read_text(encoding="utf-8")), encoding="utf-8")
    resolve = ["sh", "tools/lock.sh", str(options.uv.absolute()), "--upgrade"]
    if subprocess.run(resolve, cwd=copy).returncode:
        print("The newest packages do not go together.", file=sys.stderr)
        return 1
    after = locked((copy / "requirements-lock.txt").read_text(encoding="utf-8"))
    print(
        *(moved(before, after) or ["Every pin is the newest that is allowed."]),
        sep="\n",
        flush=True,
    )
    return subprocess.run(["make", *options.targets], cwd=copy).returncode


if __name__ == "__main__":
    sys.exit(main())
