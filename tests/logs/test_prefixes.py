"""Whatever stands before its lines, a report says the same."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oomlab.logs.as_json import incident_data
from oomlab.logs.incidents import Incident
from oomlab.logs.read import read_log
from oomlab.logs.text.lines import lines_of

SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.log") if path.stem != "mailed")

WHERE = ("line", "last_line", "boot_us", "wall", "caller")
"""What differs with the lines that a report stands in."""


def said(incidents: tuple[Incident, ...]) -> list[str]:
    """What incidents say, without where and when."""

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items() if k not in WHERE}
        return [plain(one) for one in value] if isinstance(value, list) else value

    return [json.dumps(plain(incident_data(one)), sort_keys=True) for one in incidents]


def words(name: str) -> list[str]:
    """The lines of a sample as the kernel said them, without prefixes."""
    raw = (SAMPLES / f"{name}.log").read_bytes()
    return [line.text for part in raw.splitlines() for line in lines_of(1, part)]


FORMS: dict[str, Callable[[int, str], str]] = {
    "nothing": lambda n, text: text,
    "dmesg": lambda n, text: f"[{n:5}.000123] {text}",
    "caller": lambda n, text: f"[{n:5}.000123][ T7549] {text}",
    "processor": lambda n, text: f"[{n:5}.000123][    C1] {text}",
    "level": lambda n, text: f"<4>[{n:5}.000123] {text}",
    "dmesg -T": lambda n, text: f"[Wed Sep 23 10:{n // 60 % 60:02}:{n % 60:02} 2026] {text}",
    "dmesg -T, Russian": lambda n, text: f"[Ср сен 23 10:44:{n % 60:02} 2026] {text}",
    "delta": lambda n, text: f"[  +0.{n:06}] {text}",
    "both": lambda n, text: f"[{n:5}.000123 <    0.{n:06}>] {text}",
    "dmesg -x": lambda n, text: f"kern  :warn  : [{n:5}.000123] {text}",
    "dmesg iso": lambda n, text: f"2026-09-23T10:44:{n % 60:02},000123+02:00 {text}",
    "syslog": lambda n, text: f"Sep  3 10:44:{n % 60:02} box-1 kernel: {text}",
    "syslog with times": lambda n, text: (
        f"Sep 23 10:44:{n % 60:02} box.example kernel: [{n:5}.000123] {text}"
    ),
    "syslog without a host": lambda n, text: f"Sep 23 10:44:{n % 60:02}  kernel: {text}",
    "journal": lambda n, text: f"2026-09-23T10:44:{n % 60:02}.5+0200 box kernel: {text}",
    "journal, full": lambda n, text: f"Wed 2026-09-23 10:44:{n % 60:02} UTC box kernel: {text}",
    "journal, monotonic": lambda n, text: f"[{n:5}.000123] box kernel: {text}",
    "rfc 5424": lambda n, text: f"<4>1 2026-09-23T10:44:{n % 60:02}Z box kernel - - - {text}",
    "no stamp": lambda n, text: f"kernel: {text}",
    "/dev/kmsg": lambda n, text: f"4,{n},{n * 1000000},-;{text}",
    "/dev/kmsg with caller": lambda n, text: f"4,{n},{n * 1000000},-,caller=T12;{text}",
    "Samsung": lambda n, text: f"[{n:5}.000123]  [3:     init:   12] {text}",
    "MediaTek": lambda n, text: f"<6>[{n:5}.000123]  (3)[1234:init]{text}",
    "colour": lambda n, text: f"\x1b[32m[{n:5}.000123] \x1b[0m\x1b[31m{text}\x1b[0m",
    "quoted": lambda n, text: f"> > [{n:5}.000123] {text}",
    "indented": lambda n, text: f"      [{n:5}.000123] {text}",
    "numbered": lambda n, text: f"{n}:[{n:5}.000123] {text}",
    "journal, JSON": lambda n, text: json.dumps(
        {"__MONOTONIC_TIMESTAMP": str(n), "SYSLOG_IDENTIFIER": "kernel", "MESSAGE": text}
    ),
    "carriage return": lambda n, text: f"[{n:5}.000123] {text}\r",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMS)
def test_a_prefix_changes_nothing(name: str, form: str) -> None:
    plain = words(name)
    shown = [FORMS[form](n, text) for n, text in enumerate(plain, start=1)]
    before = read_log("\n".join(plain).encode()).incidents
    found = read_log("\n".join(shown).encode()).incidents
    # The prefix names another caller than the samples that name one.
    if "caller" in form or form in ("Samsung", "MediaTek"):
        assert [one.kind for one in found] == [one.kind for one in before]
    else:
        assert said(found) == said(before)


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_that_was_encoded_reads_the_same(name: str) -> None:
    plain = [f"[{n:5}.000123] {text}" for n, text in enumerate(words(name), start=1)]
    encoded = ["Content-Transfer-Encoding: quoted-printable", ""]
    for line in plain:
        text = line.replace("=", "=3D")
        while len(text) > 75:
            at = 74
            while text[at - 2] == "=" or text[at - 1] == "=":
                at -= 1
            encoded.append(text[:at] + "=")
            text = text[at:]
        encoded.append(text)
    found = read_log("\n".join(encoded).encode()).incidents
    assert said(found) == said(read_log("\n".join(plain).encode()).incidents)


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_report_in_one_line_of_syslog(name: str) -> None:
    plain = words(name)
    one = "Sep 23 10:44:41 box kernel: " + "#012".join(plain)
    log = read_log(one.encode())
    assert log.counts.read == 1
    assert [found.kind for found in log.incidents] == [
        found.kind for found in read_log("\n".join(plain).encode()).incidents
    ]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(NAMES), st.randoms(use_true_random=False))
def test_two_reports_that_are_mixed_are_told_apart_by_their_callers(
    first: str, second: str, chance: random.Random
) -> None:
    """The processors of a machine print at the same time."""
    left = [f"[  100.000001][ T111] {text}" for text in words(first)]
    right = [f"[  100.000001][ T222] {text}" for text in words(second)]
    alone = [*said(read_log("\n".join(left).encode()).incidents)]
    alone += said(read_log("\n".join(right).encode()).incidents)
    mixed = []
    while left or right:
        side = left if left and (not right or chance.random() < 0.5) else right
        mixed.append(side.pop(0))
    found = read_log("\n".join(mixed).encode())
    kinds = sorted(json.loads(text)["kind"] for text in alone)
    assert sorted(one.kind for one in found.incidents) == kinds
    asked = sorted(str(json.loads(text).get("task")) for text in alone)
    assert sorted(str(json.loads(text).get("task")) for text in said(found.incidents)) == asked


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_a_log_that_is_cut_anywhere_still_reads(name: str, data: st.DataObject) -> None:
    raw = (SAMPLES / f"{name}.log").read_bytes()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    log = read_log(raw[start:end])
    assert log.counts.used <= log.counts.read
    said(log.incidents)
