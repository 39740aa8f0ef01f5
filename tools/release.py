"""`make release-files`: all that a release carries, in _build/release, with the built site.

    oomlab-VERSION-site.zip       the book, to be unpacked and opened, with or without a server
    oomlab-VERSION-*.whl, .tar.gz the package and the source distribution
    oomlab-VERSION.cdx.json       what the site and the package are made of (CycloneDX)
    SHA256SUMS                    for `sha256sum --check`

Equal trees give equal files, but for the times in the source distribution.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tools import npm
from tools.check_site import problems
from tools.newest import copy_to
from tools.paths import BUILD, ROOT, SITE, files_below
from tools.ways import NAME, spelled, ways
from tools.wheels import EPOCH

OUTPUT = ROOT / "_build" / "release"
NOTES = BUILD / "release-notes.md"
_ZIP_TIME = (2024, 1, 1, 0, 0, 0)  # that of EPOCH
_IN_SITE = ("pyodide", "mathjax", "reveal.js")


class ReleaseError(Exception):
    """Why there is no release; one line for whoever makes it."""


def version() -> str:
    """The version that pyproject.toml states."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def notes(changelog: str, number: str) -> str:
    """The chapter of CHANGELOG.md about a version, without its heading.

    Raises ReleaseError if there is none, or nothing in it.
    """
    chapter = re.search(
        rf"^## {re.escape(number)}(?![\w.])[^\n]*\n(.*?)(?=^## |\Z)",
        changelog,
        re.MULTILINE | re.DOTALL,
    )
    if chapter is None or not chapter[1].strip():
        raise ReleaseError(f"CHANGELOG.md has nothing about {number}: write '## {number} (date)'")
    return f"{chapter[1].strip()}\n"


def check_tag(tag: str, number: str) -> None:
    """Raises ReleaseError unless `tag` is that of the version; an empty one is not asked about."""
    if tag and tag != f"v{number}":
        raise ReleaseError(f"the tag {tag} is not v{number}, the version in pyproject.toml")


def zip_site(site: Path, target: Path, folder: str) -> Path:
    """Packs the built site as one folder. Equal sites give equal archives."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in files_below(site):
            name = file.relative_to(site)
            # Of cells that failed in an earlier build; and what cannot run from a folder.
            if name.parts[0] in ("reports", "lite"):
                continue
            entry = zipfile.ZipInfo(f"{folder}/{name.as_posix()}", _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            content = file.read_bytes()
            if name.as_posix() == NAME:
                content = spelled({"slides": ways(site).get("slides", {})}).encode()
            archive.writestr(entry, content)
    return target


def packages(where: Path, python: Path) -> list[Path]:
    """Builds wheel and source distribution into `where`, and lets twine judge them."""
    tree = copy_to(BUILD / "release-tree")  # setuptools would leave a build/ folder here
    built = ["-m", "build", "--no-isolation", "--outdir", str(where), str(tree)]
    _run([str(python), *built], {"SOURCE_DATE_EPOCH": EPOCH})
    shutil.rmtree(tree)
    made = sorted([*where.glob("*.whl"), *where.glob("*.tar.gz")])
    _run([str(python), "-m", "twine", "check", "--strict", *map(str, made)])
    return made


def bill_of_materials(target: Path, python: Path) -> Path:
    """Writes what the site and the package are made of: Python packages, and the site's scripts."""
    lock = str(ROOT / "requirements-book-lock.txt")
    command = [str(python), "-m", "cyclonedx_py", "requirements", "--output-reproducible"]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), "--output-file", str(target), lock]
    _run(command)
    bill = json.loads(target.read_text(encoding="utf-8"))
    pins = npm.pins()
    bill["components"] += [_component(pins[name]) for name in _IN_SITE]
    target.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    return target


def _component(pin: npm.Pin) -> Mapping[str, object]:
    digest = base64.b64decode(pin.integrity.removeprefix("sha512-")).hex()
    address = f"pkg:npm/{pin.name}@{pin.version}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": pin.name,
        "version": pin.version,
        "purl": address,
        "licenses": [{"license": {"id": pin.licence}}],
        "description": "part of the site's _static folder",
        "hashes": [{"alg": "SHA-512", "content": digest}],
    }


def sums(files: list[Path], target: Path) -> Path:
    """Writes the hash of each file as sha256sum does."""
    lines = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}\n" for f in sorted(files)]
    target.write_text("".join(lines), encoding="utf-8")
    return target


def _run(command: list[str], also: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **(also or {})}
    )
    if done.returncode:
        last = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()][-8:]
        raise ReleaseError("\n".join([f"{' '.join(command[1:4])} failed:", *last]))


def main() -> int:
    """Command line: 0 when _build/release holds all; 1 when something is wrong, in one line."""
    parser = argparse.ArgumentParser(description="Make the files of a release.")
    parser.add_argument("--tools", required=True, type=Path, help="a Python with build and twine")
    python = parser.parse_args().tools.absolute()
    number = version()
    try:
        check_tag(os.environ.get("TAG", ""), number)
        told = notes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), number)
        if wrong := problems(SITE):
            raise ReleaseError("\n".join(["the site is not complete:", *wrong]))
        shutil.rmtree(OUTPUT, ignore_errors=True)
        OUTPUT.mkdir(parents=True)
        name = f"oomlab-{number}"
        files = packages(OUTPUT, python)
        files.append(zip_site(SITE, OUTPUT / f"{name}-site.zip", name))
        files.append(bill_of_materials(OUTPUT / f"{name}.cdx.json", python))
    except ReleaseError as problem:
        print(f"No release: {problem}", file=sys.stderr)
        return 1
    NOTES.write_text(told, encoding="utf-8")
    for file in [*files, sums(files, OUTPUT / "SHA256SUMS")]:
        print(f"{file.relative_to(ROOT)}  {file.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
