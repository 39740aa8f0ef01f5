"""The module and the guest's memory disk, made once for a kernel."""

from __future__ import annotations

import hashlib
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from oomlab.evidence.real_kernel.cases import Case
from tests.kernel.real.tree import COMPILER, HOME, TREE, Kernel, Say, get_modules, inside

GUEST = Path(__file__).parent / "guest"
_MODULES = "make -s -C /lib/modules/{release}/build M={place} modules && strip -g {place}/*.ko"
_PROGRAM = "{compiler} -O2 -Wall -Wextra -static -s -o {place}/{name} {place}/{name}.c"

_File = tuple[int, bytes, tuple[int, int]]
"""Mode, contents, device number."""


def sources(ahead: str = "") -> list[Path]:
    """What runs in the guest of a case, and of no other case that does without it."""
    folders = [GUEST, GUEST / ahead] if ahead else [GUEST]
    found = [path for folder in folders for path in folder.iterdir()]
    wanted = (".c", ".h") if ahead else (".c",)
    return sorted(path for path in found if path.suffix in wanted or path.name == "Kbuild")


def fingerprint(ahead: str = "") -> str:
    """Of these sources, wherever this folder lies."""
    told = hashlib.sha256()
    for path in sources(ahead):
        told.update(path.name.encode() + b"\0" + path.read_bytes())
    return told.hexdigest()[:16]


def make_initrd(kernel: Kernel, case: Case, say: Say) -> Path:
    """The memory disk for a case; raises InputError where something cannot be built."""
    apart = f"{case.ahead}-" if case.ahead else ""
    made = HOME / kernel.release / f"initrd-{apart}{fingerprint(case.ahead)}.cpio"
    if made.is_file():
        return made
    say(f"Building {f'{case.ahead} and ' if apart else ''}the module for {kernel.release}")
    place = f"/work/{kernel.release}"
    shutil.rmtree(TREE / place[1:], ignore_errors=True)
    shutil.copytree(GUEST, TREE / place[1:])
    folder = _built(kernel, place, "init", modules=True)
    files = {
        "dev": (stat.S_IFDIR | 0o755, b"", (0, 0)),
        "dev/console": (stat.S_IFCHR | 0o600, b"", (5, 1)),
        "core" if apart else "init": _file(folder / "init", 0o755),
        "oomcheck.ko": _file(folder / "oomcheck.ko"),
    }
    if apart:
        own = (GUEST / case.ahead / "Kbuild").is_file()
        folder = _built(kernel, f"{place}/{case.ahead}", case.ahead, modules=own)
        files["init"] = _file(folder / case.ahead, 0o755)
        loaded = [*get_modules(kernel, case.modules, say), *_contents(folder.glob("*.ko"))]
        files["modules"] = (stat.S_IFDIR | 0o755, b"", (0, 0))
        for number, module in enumerate(loaded):
            files[f"modules/{number}.ko"] = (stat.S_IFREG | 0o644, module, (0, 0))
    partial = made.with_suffix(".partial")
    partial.write_bytes(archive(files))
    partial.rename(made)
    return made


def _built(kernel: Kernel, place: str, program: str, *, modules: bool) -> Path:
    """A folder of the tree, once its program is made, and its modules if it has any."""
    steps = [_MODULES, _PROGRAM] if modules else [_PROGRAM]
    said = {"release": kernel.release, "place": place, "name": program, "compiler": COMPILER}
    inside(
        "sh",
        "-c",
        " && ".join(steps).format(**said),
        failed=f"{program} could not be built for {kernel.release}",
    )
    return TREE / place[1:]


def _file(path: Path, mode: int = 0o644) -> _File:
    return stat.S_IFREG | mode, path.read_bytes(), (0, 0)


def _contents(paths: Iterable[Path]) -> list[bytes]:
    return [path.read_bytes() for path in sorted(paths)]


def archive(files: dict[str, _File]) -> bytes:
    """A cpio archive in the form that kernels unpack ("newc").

    Of each name: mode, contents, device number. It is made here as not everybody may make a device
    node on the host.
    """
    parts = [
        _entry(number, name, mode, data, device)
        for number, (name, (mode, data, device)) in enumerate(files.items(), start=1)
    ]
    return b"".join(parts) + _entry(0, "TRAILER!!!", 0, b"", (0, 0))


def _entry(number: int, name: str, mode: int, data: bytes, device: tuple[int, int]) -> bytes:
    named = name.encode() + b"\0"
    fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(named), 0]
    head = b"070701" + b"".join(b"%08X" % field for field in fields)
    return _padded(head + named) + _padded(data)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
