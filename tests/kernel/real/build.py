"""The module and the guest's memory disk, made once for a kernel."""

from __future__ import annotations

import hashlib
import shutil
import stat
from pathlib import Path

from tests.kernel.real.tree import COMPILER, HOME, TREE, Kernel, Say, inside

GUEST = Path(__file__).parent / "guest"
SOURCES = sorted(path for path in GUEST.iterdir() if path.suffix == ".c" or path.name == "Kbuild")
_MAKE = (
    "make -s -C /lib/modules/{release}/build M={place} modules"
    " && strip -g {place}/oomcheck.ko"
    " && {compiler} -O2 -Wall -Wextra -static -s -o {place}/init {place}/init.c"
)


def sources() -> str:
    """A fingerprint of what runs in the guest, wherever this folder lies."""
    told = hashlib.sha256()
    for path in SOURCES:
        told.update(path.name.encode() + b"\0" + path.read_bytes())
    return told.hexdigest()[:16]


def make_initrd(kernel: Kernel, say: Say) -> Path:
    """The memory disk for a kernel; raises InputError where the module cannot be built."""
    made = HOME / kernel.release / f"initrd-{sources()}.cpio"
    if made.is_file():
        return made
    say(f"Building the module for {kernel.release}")
    place = f"/work/{kernel.release}"
    folder = TREE / place[1:]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for source in SOURCES:
        shutil.copy(source, folder)
    inside(
        "sh",
        "-c",
        _MAKE.format(release=kernel.release, place=place, compiler=COMPILER),
        failed=f"the module could not be built for {kernel.release}",
    )
    partial = made.with_suffix(".partial")
    partial.write_bytes(
        archive(
            {
                "dev": (stat.S_IFDIR | 0o755, b"", (0, 0)),
                "dev/console": (stat.S_IFCHR | 0o600, b"", (5, 1)),
                "init": (stat.S_IFREG | 0o755, (folder / "init").read_bytes(), (0, 0)),
                "oomcheck.ko": (
                    stat.S_IFREG | 0o644,
                    (folder / "oomcheck.ko").read_bytes(),
                    (0, 0),
                ),
            }
        )
    )
    partial.rename(made)
    return made


def archive(files: dict[str, tuple[int, bytes, tuple[int, int]]]) -> bytes:
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
