"""Release strings as people have them."""

from __future__ import annotations

import pytest

from oomlab.errors import InputError
from oomlab.gfp.eras import ERAS, kernel_named


@pytest.mark.parametrize(
    ("spelled", "version", "era", "vendor"),
    [
        ("4.13", "4.13", "4.13", None),
        ("v6.1", "6.1", "5.18 to 6.2", None),
        ("6.1", "6.1", "5.18 to 6.2", None),
        ("4.14.79", "4.14", "4.14", None),
        ("5.15.0-91-generic", "5.15", "5.15 to 5.17", "Ubuntu"),
        ("6.8.12-5-pve", "6.8", "6.8", "Proxmox"),
        ("3.10.0-1160.el7", "3.10", "3.8 to 4.0", "Red Hat 7 and its kin"),
        ("3.10.0-1160.el7.x86_64", "3.10", "3.8 to 4.0", "Red Hat 7 and its kin"),
        ("2.6.32-754.el6.x86_64", "2.6.32", "2.6.39 to 3.2", "Red Hat 6 and its kin"),
        ("4.18.0-240.el8", "4.18", "4.18 to 5.0", "Red Hat 8 and its kin"),
        ("5.14.0-427.el9", "5.14", "5.14", "Red Hat 9 and its kin"),
        ("6.12.0-55.9.1.el10_0.x86_64", "6.12", "6.10 to 6.14", "Red Hat 10 and its kin"),
        ("5.4.17-2136.307.3.4.el8uek.x86_64", "5.4", "5.1 to 5.13", "Oracle (UEK)"),
        ("7.3.4+deb13", "7.3", "7.3 and newer", "Debian"),
        ("4.9.0-0.bpo.6-amd64", "4.9", "4.8 to 4.9", "Debian"),
        ("6.1.0-18-amd64", "6.1", "5.18 to 6.2", "Debian"),
        ("5.10.16.3-microsoft-standard-WSL2", "5.10", "5.1 to 5.13", "Microsoft (WSL)"),
        ("6.12.10-amzn", "6.12", "6.10 to 6.14", "Amazon"),
        ("6.1.102-111.182.amzn2023.x86_64", "6.1", "5.18 to 6.2", "Amazon"),
        ("5.3.18-150300.59-default", "5.3", "5.1 to 5.13", "SUSE"),
        ("5.15.41-android13-8-00001-g0000000", "5.15", "5.15 to 5.17", "Android"),
        ("6.6.0-28.0.0.34.oe2403.x86_64", "6.6", "6.4 to 6.7", "openEuler"),
        ("4.10.0-1.fc26.x86_64", "4.10", "4.10 to 4.11", "Fedora"),
        ("6.17.3-arch2-1", "6.17", "6.15 to 7.1", "Arch and its kin"),
        ("6.9.0-rc3", "6.9", "6.9", None),
        ("4.10.0-rc5-next-20170126", "4.10", "4.10 to 4.11", None),
        ("4.6.0-10870-gabcdef012345", "4.6", "4.6 to 4.7", None),
        ("Linux version 6.1.0-18-amd64 (builder@example)", "6.1", "5.18 to 6.2", "Debian"),
        ("linux-5.4", "5.4", "5.1 to 5.13", None),
        ("2.6.26", "2.6.26", "2.6.24 to 2.6.30", None),
        ("7.2.6", "7.2", "7.2", None),
        ("99.9", "99.9", "7.3 and newer", None),
    ],
)
def test_a_release_string_finds_its_era(
    spelled: str, version: str, era: str, vendor: str | None
) -> None:
    kernel = kernel_named(spelled)
    assert (kernel.version, kernel.era.span) == (version, era)
    assert (kernel.vendor.name if kernel.vendor else None) == vendor


def test_newer_than_the_tables_is_a_guess_and_says_so() -> None:
    for newer in ("7.4", "8.0-rc1", "99.99"):
        kernel = kernel_named(newer)
        assert kernel.guess and kernel.era is ERAS[-1] and "a guess" in kernel.notes[0]
    assert not kernel_named("7.3.9").guess


@pytest.mark.parametrize(
    ("spelled", "told"),
    [
        ("3.10.0-1160.el7", "the numbers are those of 3.10"),
        ("5.14.0-427.el9", "not established: names beside the mask count for more"),
        ("5.4.17-2136.el8uek", "not from Red Hat's kernel"),
        ("6.12.48", "whether the printed order of 6.15 came too is not established"),
        ("6.14.0-rc6-next-20250313", "may already print what the next release prints"),
        ("6.6.0-28.oe2403", "0x200 as __GFP_RELIABLE"),
    ],
)
def test_what_is_known_of_a_vendor_is_said(spelled: str, told: str) -> None:
    assert any(told in note for note in kernel_named(spelled).notes)


@pytest.mark.parametrize(
    ("spelled", "told"),
    [
        ("", "is no release of the kernel; valid: e.g. 4.13, v6.1"),
        ("trixie", "is no release of the kernel"),
        ("4", "is no release of the kernel"),
        ("6.", "is no release of the kernel"),
        ("6.1x", "is no release of the kernel"),
        ("6.1\x1b[31m", "is no release of the kernel"),
        ("2.6.9-5.EL", "is older than the tables; valid: 2.6.24 and newer"),
        ("2.4", "is older than the tables; valid: 2.6.24 and newer"),
        ("0.0", "is older than the tables"),
        ("9" * 100_000, "is no release of the kernel"),
    ],
)
def test_what_is_no_release_is_one_line(spelled: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        kernel_named(spelled)
    assert told in str(error.value) and "\n" not in str(error.value)
    assert "\x1b" not in str(error.value) and len(str(error.value)) < 200
