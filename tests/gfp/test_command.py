import json

import pytest

from oomlab.command import BAD_INPUT, main
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
        "zone": "ZONE_MOVABLE",
        "reserves": "none",
        **answers(request(expression)),
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
    assert data(capsys, "0x2000000")["notes"] == [
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
    assert "  no  May it kill?" in lines
    assert "    oom_lock free: fails at 4d (" in told
    assert "    oom_lock held: polls for ever (" in told
    assert "This is the mask of virtio-ccw: " in told


def test_a_request_that_may_dig_is_not_said_to_fail_outright(
    capsys: pytest.CaptureFixture[str],
) -> None:
    share = "page from reserves (five eighths of the min watermark), else fails at 11"
    assert data(capsys, "GFP_ATOMIC")["outcome_oom_lock_free"] == share
    assert data(capsys, "GFP_NOWAIT")["outcome_oom_lock_free"] == "fails at 11"
    assert f"    oom_lock free: {share} (" in text(capsys, "GFP_ATOMIC")


@pytest.mark.parametrize(
    "arguments",
    [
        ["GFP_KERNAL"],
        [""],
        ["GFP_KERNEL", "--kernel", "2.4"],
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
