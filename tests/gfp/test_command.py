import json

import pytest

from oomlab.command import BAD_INPUT, main
from oomlab.gfp.killing import OomPath, kill_answers
from oomlab.gfp.predicates import request
from oomlab.gfp.questions import QUESTIONS, answers


def data(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main(["gfp", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def text(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["gfp", *arguments]) == 0
    return capsys.readouterr().out


def test_json_of_the_balloon_mask(capsys: pytest.CaptureFixture[str]) -> None:
    expression = "GFP_HIGHUSER_MOVABLE | __GFP_NOMEMALLOC | __GFP_NORETRY"
    found = data(capsys, expression)
    assert found == {
        "expression": expression,
        "kernel": "4.13",
        "config": [],
        "value": "0x14310ca",
        "order": 0,
        "printed": "GFP_HIGHUSER_MOVABLE|__GFP_NORETRY|__GFP_NOMEMALLOC",
        "flags": [
            "__GFP_HIGHMEM",
            "__GFP_MOVABLE",
            "__GFP_IO",
            "__GFP_FS",
            "__GFP_NORETRY",
            "__GFP_NOMEMALLOC",
            "__GFP_HARDWALL",
            "__GFP_DIRECT_RECLAIM",
            "__GFP_KSWAPD_RECLAIM",
        ],
        "unknown_bits": "0x0",
        "era": {
            "releases": "4.13",
            "found_by": "said",
            "why": "",
            "prints_names": True,
            "rests_on": "include/linux/gfp.h of 4.12.4 and 4.13.4",
            "not_established": "",
            "vendor": None,
            "guess": False,
            "names_beside": None,
        },
        "disagreement": "",
        "readings": [],
        "zone": "ZONE_MOVABLE",
        "reserves": "none",
        **answers(request(expression)),
        "kills": {
            answer.path.value: {
                "may_kill": answer.kills,
                "runs_notifiers": answer.notifies,
                "why": answer.why,
            }
            for answer in kill_answers(request(expression))
        },
        "outcome_oom_lock_free": "one reclaim, fails at 16",
        "outcome_oom_lock_held": "one reclaim, fails at 16",
        "call_sites": ["balloon-inflate"],
        "notes": [],
    }


def test_json_names_every_predicate(capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, "GFP_KERNEL")
    assert all(found[predicate.__name__] in (True, False) for predicate, _ in QUESTIONS)
    assert found["may_kill"] is True
    assert found["outcome_oom_lock_held"] == "polls for ever"


def test_another_kernel(capsys: pytest.CaptureFixture[str]) -> None:
    assert data(capsys, "GFP_KERNEL", "--kernel", "5.8")["value"] == "0xcc0"
    assert data(capsys, "0xcc0", "--kernel", "5.8")["printed"] == "GFP_KERNEL"


def test_unknown_bits_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, "GFP_KERNEL | 0x84000000")
    assert found["unknown_bits"] == "0x84000000"
    assert found["printed"] == "GFP_KERNEL|0x84000000"
    assert "0x84000000  unknown\n" in text(capsys, "GFP_KERNEL | 0x84000000")


def test_a_build_option_gives_a_flag_its_bit(capsys: pytest.CaptureFixture[str]) -> None:
    without = data(capsys, "__GFP_NOLOCKDEP")
    assert without["value"] == "0x0"
    assert without["notes"] == [
        "__GFP_NOLOCKDEP is 0 in a kernel built without CONFIG_LOCKDEP (--config CONFIG_LOCKDEP)"
    ]
    built = data(capsys, "__GFP_NOLOCKDEP", "--config", "CONFIG_LOCKDEP")
    assert built["value"] == "0x2000000"
    assert built["flags"] == ["__GFP_NOLOCKDEP"]
    assert data(capsys, "0x2000000", "--kernel", "4.13")["notes"] == [
        "0x2000000 is __GFP_NOLOCKDEP in a kernel built with CONFIG_LOCKDEP"
    ]


def test_notes_on_flags_that_change_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert "without effect here: __GFP_IO and __GFP_FS (" in text(
        capsys, "GFP_KERNEL & ~__GFP_DIRECT_RECLAIM"
    )
    assert "exclude each other" in text(capsys, "GFP_DMA | GFP_DMA32")


def test_the_comparison_gives_two_answers(capsys: pytest.CaptureFixture[str]) -> None:
    both = ["GFP_KERNEL & ~__GFP_DIRECT_RECLAIM", "--compare", "GFP_NOWAIT"]
    compared = data(capsys, *both)["compared"]
    assert isinstance(compared, dict)
    assert compared["expression"] == "GFP_NOWAIT"
    assert compared["numerically_equal"] is False
    assert compared["behaviourally_equal"] is True
    assert compared["different_answers"] == []
    told = text(capsys, *both)
    assert "Same number: no.\nSame behaviour: yes.\nDifferent numbers, same behaviour: " in told
    assert str(compared["reason"]) in told


def test_the_text_says_what_the_json_says(capsys: pytest.CaptureFixture[str]) -> None:
    told = text(capsys, "GFP_DMA\n| GFP_KERNEL")
    lines = told.splitlines()
    assert lines[0] == "GFP_DMA | GFP_KERNEL, Linux 4.13"
    assert "  yes May it take oom_lock, or poll it?" in lines
    assert "    no  page allocator: nobody is killed for a zone below ZONE_NORMAL" in lines
    assert "    oom_lock free: fails at 4d (" in told
    assert "    oom_lock held: polls for ever (" in told
    assert "This is the mask of virtio-ccw: " in told


def test_a_request_that_may_dig_is_not_said_to_fail_outright(
    capsys: pytest.CaptureFixture[str],
) -> None:
    share = "page from reserves (five eighths of the min watermark), else fails at 11"
    assert data(capsys, "GFP_ATOMIC")["outcome_oom_lock_free"] == share
    assert data(capsys, "GFP_NOWAIT")["outcome_oom_lock_free"] == "fails at 11"
    assert f"    oom_lock free or held: {share} (" in text(capsys, "GFP_ATOMIC")


def test_a_number_alone_is_read_as_the_commonest_of_all_releases(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = data(capsys, "0xcc0")
    assert (found["printed"], found["may_kill"], found["disagreement"]) == ("GFP_KERNEL", True, "")
    era = found["era"]
    assert isinstance(era, dict)
    assert (era["releases"], era["found_by"]) == ("5.1 and newer", "number")
    lines = text(capsys, "0xcc0").splitlines()
    assert lines[0].startswith("0xcc0, Linux 5.1 and newer, read as ")
    assert lines[-1] == "  Note: it is no request's mask on Linux 2.6.24 to 5.0."


def test_a_mask_that_the_kernel_cannot_have_is_said_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = text(capsys, "0xcc0", "--kernel", "4.13").splitlines()[0]
    assert told == (
        "No request of Linux 4.13 has this mask: __GFP_RETRY_MAYFAIL and __GFP_NOFAIL exclude each "
        "other; on Linux 5.1 and newer it is GFP_KERNEL."
    )
    assert (
        "exclude each other" in text(capsys, "__GFP_RETRY_MAYFAIL | __GFP_NOFAIL").splitlines()[0]
    )
    assert text(capsys, "0x80000000").startswith("No known kernel has this mask: 0x80000000 means")


def test_names_that_do_not_fit_the_number_are_said_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = "gfp_mask=0xcc0(GFP_KERNEL|__GFP_ZERO), order=0"
    told = text(capsys, line).splitlines()[0]
    assert told == (
        "Names and number disagree: on Linux 6.10 to 6.14 GFP_KERNEL|__GFP_ZERO is 0xdc0, the "
        "number is 0xcc0; the number lacks __GFP_ZERO (0x100)."
    )
    assert data(capsys, line)["disagreement"] == f"n{told[1:-1]}"


def test_a_line_of_a_log_with_its_order_and_kernel(capsys: pytest.CaptureFixture[str]) -> None:
    log = (
        "alpha: page allocation failure: order:9, mode:0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP)\n"
        "CPU: 1 PID: 7 Comm: alpha Tainted: G        W  O       6.1.0-18-amd64 #1 Debian"
    )
    found = data(capsys, log)
    assert (found["kernel"], found["order"], found["may_kill"]) == ("6.1", 9, False)
    assert data(capsys, log, "--order", "3")["may_kill"] is True
    assert "order 9 is costly (above 3)" in text(capsys, log)
    era = found["era"]
    assert isinstance(era, dict)
    assert (era["found_by"], era["vendor"]) == ("said", "Debian")


def test_both_masks_of_a_line_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    line = "Unexpected gfp: 0x2 (__GFP_HIGHMEM). Fixing up to gfp: 0xcc0 (GFP_KERNEL). Fix it!"
    found = data(capsys, line)
    assert found["printed"] == "__GFP_HIGHMEM"
    assert [mask["printed"] for mask in found["then"]] == ["GFP_KERNEL"]  # type: ignore[attr-defined]


def test_a_printed_mask_can_be_compared(capsys: pytest.CaptureFixture[str]) -> None:
    compared = data(capsys, "0xcc0(GFP_KERNEL)", "--compare", "gfp=0xdc0")["compared"]
    assert isinstance(compared, dict)
    assert (compared["printed"], compared["numerically_equal"]) == ("GFP_KERNEL|__GFP_ZERO", False)
    assert data(capsys, "0xcc0", "--compare", "GFP_KERNEL")["compared"]["numerically_equal"]  # type: ignore[index]


@pytest.mark.parametrize("path", OomPath)
def test_every_path_is_answered(path: OomPath, capsys: pytest.CaptureFixture[str]) -> None:
    told = text(capsys, "0xcc0", "--kernel", "6.1.0-18-amd64")
    starts = f"    yes {path.value}: ", f"    no  {path.value}: "
    assert sum(line.startswith(starts) for line in told.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["GFP_KERNAL"],
        [""],
        ["GFP_KERNEL", "--kernel", "2.4"],
        ["0xcc0(GFP_KERNEL)", "--kernel", "trixie"],
        ["0xcc0(GFP_KERNEL)", "--order", "64"],
        ["0xcc0(GFP_KERNEL)", "--order", "many"],
        ["gfp_mask=0x123456789abcdef0(GFP_KERNEL)"],
        ["mode: 0xcc0(GFP_KERNEL)", "--config", "CONFIG_SMP"],
        ["alpha invoked oom-killer: gfp_mask=, order=0"],
        ["GFP_KERNEL", "--config", "CONFIG_SMP"],
        ["GFP_KERNEL", "--compare", "GFP_KERNEL |"],
        ["__GFP_COLD", "--kernel", "6.8"],
        ["(" * 1000],
        ["~" * 100_000],
        ["\n;"],
        [],
    ],
)
@pytest.mark.parametrize("json_too", [[], ["--json"]])
def test_bad_input_is_one_line_and_status_2(
    arguments: list[str], json_too: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["gfp", *arguments, *json_too])
    told = capsys.readouterr()
    assert status == BAD_INPUT == 2
    assert told.out == ""
    assert told.err.startswith("oomlab") and told.err.count("\n") == 1
