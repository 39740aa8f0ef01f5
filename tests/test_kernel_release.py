"""Releases of the kernel: in the order of time, read leniently, written as they always were."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomlab import Experiment, replay, run
from oomlab.command import main
from oomlab.engine.trace.store import from_json, to_json
from oomlab.errors import InputError
from oomlab.gfp.tables import VERSIONS, table
from oomlab.kernel.releases import KERNEL_4_14, KERNEL_5_17, KERNELS
from oomlab.kernel_release import KernelRelease
from oomlab.scenarios.parameters import Parameter, json_settings

H1 = "h1-two-task-cycle"
RELEASES = st.builds(KernelRelease, st.integers(0, 99), st.integers(0, 99))


@pytest.mark.parametrize(
    ("spelled", "major", "minor"),
    [
        ("4.13", 4, 13),
        ("v6.1", 6, 1),
        ("5.15.0-91-generic", 5, 15),
        ("4.19-rc3", 4, 19),
        ("6.10", 6, 10),
        (4.13, 4, 13),
        (7.0, 7, 0),
    ],
)
def test_a_release_is_read_as_it_is_usually_spelled(
    spelled: object, major: int, minor: int
) -> None:
    assert KernelRelease.of(spelled) == KernelRelease(major, minor)


@pytest.mark.parametrize(
    "wrong",
    ["", "4", 4, "4.", "four.13", "4.13x", "-4.13", None, True, float("nan"), 1e300, [4, 13]],
)
def test_what_is_no_release_is_said_in_one_line(wrong: object) -> None:
    with pytest.raises(InputError, match=r"^.* is no release of the kernel; valid: e\.g\. 4\.13$"):
        KernelRelease.of(wrong)
    assert KernelRelease.meant(wrong) is None


def test_4_9_is_before_4_13() -> None:
    assert KernelRelease.of("4.9") < KernelRelease.of("4.13") < KernelRelease.of("5.2")
    assert list(KERNELS) == sorted(KERNELS)
    releases = [KernelRelease.of(version) for version in VERSIONS]
    assert releases == sorted(releases)


@given(RELEASES, RELEASES)
def test_the_order_is_that_of_the_numbers(one: KernelRelease, other: KernelRelease) -> None:
    assert (one < other) == ((one.major, one.minor) < (other.major, other.minor))
    assert (one == other) == (str(one) == str(other))


@given(RELEASES)
def test_what_is_written_is_read_again(release: KernelRelease) -> None:
    assert KernelRelease.of(str(release)) == release
    assert KernelRelease.of(json.loads(json.dumps(release.plain))) == release
    assert repr(release) == str(release)


def test_old_files_have_numbers_and_new_releases_need_texts() -> None:
    assert KERNEL_4_14.plain == 4.14 and KernelRelease(4, 10).plain == "4.10"
    future = Parameter("kernel", "a release", KernelRelease(4, 10), only=(KernelRelease(4, 10),))
    assert future.check("4.10") == KernelRelease(4, 10) and future.valid() == "4.10"
    assert json_settings({"kernel": KernelRelease(4, 10), "hz": 250}) == {
        "kernel": "4.10",
        "hz": 250,
    }
    with pytest.raises(InputError, match=r"kernel cannot be 4\.1; valid: 4\.10"):
        future.check(4.10)


@pytest.mark.parametrize("spelled", ["4.14", 4.14, "v4.14", "4.14.200", KERNEL_4_14])
def test_every_spelling_of_a_setting_is_the_same_run(spelled: object) -> None:
    trace = run(H1, "offload", {"kernel": spelled, "fault_tasks": 1}, 3)
    assert trace == run(H1, "offload", {"kernel": 4.14, "fault_tasks": 1}, 3)
    assert trace.parameters["kernel"] == 4.14
    assert from_json(to_json(trace)) == trace


def test_a_replay_line_keeps_its_spelling() -> None:
    experiment = Experiment.of(H1, given={"kernel": "5.17"}, engine="explorer")
    assert experiment.settings["kernel"] == KERNEL_5_17
    found = experiment.explore()
    assert "/kernel=5.17/" in found.replay and found.settings["kernel"] == 5.17
    assert replay(found.replay).parameters["kernel"] == 5.17


def test_the_command_line_reads_and_prints_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", H1, "--set", "kernel=4.14", "--json"]) == 0
    assert '"kernel": 4.14,' in capsys.readouterr().out
    assert main(["run", H1, "--set", "kernel=4.15"]) == 2
    assert "kernel cannot be '4.15'; valid: 4.13, 4.14, 4.19, 5.17" in capsys.readouterr().err
    assert main(["gfp", "GFP_KERNEL", "--kernel", "v4.19.0-6-amd64"]) == 0
    assert "Linux 4.19" in capsys.readouterr().out
    assert table("4.19.1") is table("4.19")
