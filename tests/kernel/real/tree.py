"""A Debian tree below `.build/kernel-check`, with the compilers and headers of the kernels.

debootstrap and apt verify the archive's signatures. What runs in the tree has mounts and process
numbers of its own, so that nothing of it is left on the host, whichever way it ends.
"""

from __future__ import annotations

import lzma
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from oomlab.errors import InputError, shown
from tools import debian
from tools.paths import BUILD

HOME = BUILD / "kernel-check"
TREE = HOME / "debian"
ARCHIVE = "http://deb.debian.org"
KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SUITE = "trixie"
SOURCES = "".join(
    f"deb {ARCHIVE}/{place} main\n"
    for place in (
        f"debian {SUITE}",
        f"debian {SUITE}-updates",
        f"debian {SUITE}-backports",
        f"debian-security {SUITE}-security",
        "debian bookworm",
        "debian-security bookworm-security",
    )
)
"""Two releases of Debian and the newer one's backports: kernels from 6.1 on."""
META = "linux-image-cloud-amd64"
_PARTS = ("linux-binary-", "linux-modules-", "linux-base-")
"""What the image's package only names, from 7.x on."""
COMPILER = "gcc-14"  # for init; the headers bring what their kernel was built with
_NEEDED = {
    "qemu-system-x86_64": "qemu-system-x86",
    "debootstrap": "debootstrap",
    "unshare": "util-linux",
    "dpkg-deb": "dpkg",
}
GOES_ON = "what is finished is kept, and the same call goes on"
_INSIDE = 'mount -t proc proc "$1/proc" && exec chroot "$@"'

Say = Callable[[str], None]


@dataclass(frozen=True)
class Kernel:
    """An image in the archive: its release as `uname -r` tells it, and the package's version."""

    release: str
    version: str


def need_root() -> None:
    """Raises InputError for anybody else."""
    if os.geteuid() != 0:
        raise InputError(
            "kernel-check makes a Debian tree, for which it must be root: run it with sudo"
        )


def need_tools() -> None:
    """Installs what is missing on this machine. Raises InputError where it cannot."""
    if absent := [name for name in _NEEDED if shutil.which(name) is None]:
        packages = sorted({_NEEDED[name] for name in absent})
        debian.install("what kernel-check needs", *packages)
        if absent := [name for name in _NEEDED if shutil.which(name) is None]:
            raise InputError(
                f"kernel-check needs {', '.join(absent)}: install {' '.join(packages)}"
            )
    if not KEYS.is_file():
        raise InputError(f"kernel-check needs {KEYS}: install debian-archive-keyring and try again")


def make_tree(say: Say) -> None:
    """Makes the tree unless it is there. Raises InputError if debootstrap fails."""
    if TREE.exists():
        return
    say("Making a Debian tree for the compilers (about a minute)")
    HOME.mkdir(parents=True, exist_ok=True)
    partial = HOME / "debian.partial"
    shutil.rmtree(partial, ignore_errors=True)
    _run(
        "debootstrap",
        "--variant=minbase",
        "--force-check-gpg",
        f"--keyring={KEYS}",
        f"--include=make,{COMPILER},libc6-dev",
        SUITE,
        str(partial),
        f"{ARCHIVE}/debian",
        failed="the Debian tree could not be made",
    )
    (partial / "etc/apt/sources.list").write_text(SOURCES, encoding="utf-8")
    never = partial / "usr/sbin/policy-rc.d"  # no package starts a service
    never.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    never.chmod(0o755)
    partial.rename(TREE)


def inside(*command: str, failed: str) -> str:
    """Runs a command in the tree; what it printed. Raises InputError that begins with `failed`."""
    ask = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", _INSIDE, "sh")
    return _run(*ask, str(TREE), "env", "DEBIAN_FRONTEND=noninteractive", *command, failed=failed)


def find_kernels(wanted: list[str], say: Say) -> list[Kernel]:
    """The newest kernel of the archive for each beginning of a version ("6.1"), in that order.

    Raises InputError, naming those that there are, if one is not there.
    """
    say("Reading the archive's lists")
    for name in ("hosts", "resolv.conf"):
        if (host := Path("/etc") / name).is_file():
            shutil.copyfile(host, TREE / "etc" / name)
    inside("apt-get", "-qq", "update", failed="the lists of the archive could not be read")
    table = inside("apt-cache", "madison", META, failed="the lists of the archive are no good")
    versions = [line.split("|")[1].strip() for line in table.splitlines() if line.count("|") == 2]
    if not versions:  # apt-get says nothing of an archive that it does not reach
        raise InputError(
            f"the archive's lists have no {META}: see that {ARCHIVE} can be reached, "
            "and make the same call again"
        )
    return [_find(each, versions) for each in wanted]


def _find(wanted: str, versions: list[str]) -> Kernel:
    for version in versions:  # the newest come first
        if version.startswith(f"{wanted}.") or version.split("-")[0] == wanted:
            told = inside(
                "apt-cache", "depends", f"{META}={version}", failed=f"no {META} {version}"
            )
            if found := re.search(r"Depends: linux-image-(\d.*-cloud-amd64)", told):
                return Kernel(found[1], version)
    known = sorted({".".join(version.split(".")[:2]) for version in versions})
    raise InputError(f"no kernel {shown(wanted)} in the archive; valid: {', '.join(known)}")


def get_kernel(kernel: Kernel, say: Say) -> Path:
    """Unpacks an image beside the tree and its headers in it; the file to boot."""
    folder = HOME / kernel.release
    headers = f"linux-headers-{kernel.release}"
    if not _image(folder):
        say(f"Getting Linux {kernel.release}")
        with _whole(folder):
            _unpack(_image_packages(kernel), folder)
    build = TREE / "lib/modules" / kernel.release / "build"
    if not os.path.lexists(build):
        say(f"Installing the compiler and the headers of {kernel.release}")
        # Without the image that they ask for: it would want an initial ramdisk made.
        parts = [
            name for name in _needs(headers) if not name.startswith(("linux-image", "linux-base"))
        ]
        command = ("apt-get", "-qq", "install", "--yes", "--no-install-recommends", *parts)
        inside(*command, failed=f"what {headers} needs could not be installed")
        with _whole(build):
            _unpack([headers], TREE)
    if found := _image(folder):
        return found
    raise InputError(
        f"no kernel in the packages of {kernel.release}: remove {folder} and try again"
    )


def get_modules(kernel: Kernel, names: Sequence[str], say: Say) -> list[bytes]:
    """The kernel's own modules of these names, with what they need, in the order to load them;
    without those that are built in. Raises InputError if one is not there."""
    folder = HOME / kernel.release
    if names and not any(folder.rglob("modules.builtin")):  # an older call took the image alone
        say(f"Getting the modules of Linux {kernel.release}")
        _unpack(_image_packages(kernel), folder)
    there = {_module_name(path): path for path in folder.rglob("*.ko*")}
    built_in = {
        _module_name(Path(line))
        for table in folder.rglob("modules.builtin")
        for line in table.read_text(encoding="utf-8").splitlines()
    }
    loaded: dict[str, bytes] = {}

    def load(name: str) -> None:
        if name in loaded or name in built_in:
            return
        if name not in there:
            raise InputError(
                f"no module {name} in the packages of {kernel.release}: "
                f"remove {folder} and try again"
            )
        path = there[name]
        data = path.read_bytes()
        data = lzma.decompress(data) if path.suffix == ".xz" else data
        told = re.search(rb"\0depends=([^\0]*)\0", data)
        for other in told[1].decode().split(",") if told and told[1] else []:
            load(other)
        loaded[name] = data

    for name in names:
        load(name)
    return list(loaded.values())


def _module_name(path: Path) -> str:
    return path.name.split(".")[0].replace("-", "_")


def _needs(package: str) -> list[str]:
    told = inside("apt-cache", "depends", package, failed=f"no package {package} in the archive")
    return re.findall(r"Depends: ([a-z]\S+)", told)


def _unpack(packages: list[str], folder: Path) -> None:
    names = " ".join(packages)
    fetch = f"mkdir -p /debs && cd /debs && rm -f -- *.deb && apt-get -qq download {names}"
    inside("sh", "-c", fetch, failed=f"{names} could not be fetched")
    for package in sorted((TREE / "debs").glob("*.deb")):
        # Through tar, as dpkg-deb would put a folder in the place of the link that /lib is.
        command = 'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"'
        folder.mkdir(parents=True, exist_ok=True)
        _run(
            "sh",
            "-c",
            command,
            "sh",
            str(package),
            str(folder),
            failed=f"{package.name} is no good",
        )
        package.unlink()


@contextmanager
def _whole(sign: Path) -> Iterator[None]:
    """Takes away the sign that something is unpacked if not all of it was, so that the next call
    does not take the half for the whole."""
    try:
        yield
    except BaseException:
        if sign.is_dir() and not sign.is_symlink():
            shutil.rmtree(sign)
        else:
            sign.unlink(missing_ok=True)
        raise


def _image_packages(kernel: Kernel) -> list[str]:
    image = f"linux-image-{kernel.release}"
    return [image, *(name for name in _needs(image) if name.startswith(_PARTS))]


def _image(folder: Path) -> Path | None:
    return next(iter(sorted(folder.rglob("vmlinuz*"))), None)


def _run(*command: str, failed: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        # What make says last is that something failed; a compiler says what, and first.
        told = [line for line in said if " error: " in line][:1] or said[-1:]
        reason = told[0].strip() if told else f"status {done.returncode}"
        raise InputError(f"{failed}: {reason}; {GOES_ON}")
    return done.stdout
