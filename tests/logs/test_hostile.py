"""Input that is no log, or means harm: one clear sentence, or what can be read of it."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oomlab.command import BAD_INPUT, main
from oomlab.errors import InputError
from oomlab.logs.as_json import FORMAT, log_data
from oomlab.logs.read import incidents, read_log
from oomlab.logs.sentences import additions, sentence, when
from oomlab.logs.text.blocks import LONGEST_LINE

SAMPLES = Path(__file__).parent / "samples"
OOM = (SAMPLES / "4.13-deadlock.log").read_bytes()

PIECES = (
    "INFO: task ", " blocked for more than ", " seconds",
    " is blocked on a mutex likely owned by ", "a:1", " invoked oom-killer: gfp_mask=",
    "0xcc0(GFP_KERNEL", ")", ", order=", "99999999999", "-1", "oom_score_adj=", "\n", "\n",
    "[    1.000000] ", "[ pid ]   uid  tgid total_vm      rss name\n", "[  12]     0    12",
    "Killed process 1 (", "total-vm:", "kB", "oom-kill:constraint=", ",task=", ",pid=1", ",uid=2",
    "oom_reaper: reaped process 1 (a)", "2 locks held by a/1:", " #0:  (", "){+}",
    ", at: f+0x1/0x2", "-> #1 (", "WARNING: possible circular locking dependency detected", "? ",
    "f+0x1/0x2", "CPU: 0 PID: 1 Comm: a Not tainted 6.1.0 #1", "=3D", "=\n", "#012", "\u001b[31m",
    "\u0000", "Node 0 DMA free:1kB min:2kB", "Mem-Info:", "page allocation failure: order:",
    "mode:0x", "Purging GPU memory, ", "1 pages freed, ", "task:a state:D pid:1 ",
    "stuck for 1s! [", "(", "{", "> ", "<4>", "4,1,2,-;", "Sep  3 10:44:41 box kernel: ",
    "Kernel panic - not syncing: memory",
)  # fmt: skip
"""Of what records are made, to be put together in any order."""


def all_of(text: bytes) -> None:
    """Everything that is made of a log."""
    log = read_log(text)
    assert log.counts.used <= log.counts.read
    json.dumps(log_data(log))
    for one in log.incidents:
        assert when(one) and sentence(one) and all([*additions(one)])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=60))
def test_pieces_of_records_in_any_order_read(pieces: list[str]) -> None:
    all_of("".join(pieces).encode("utf-8", "replace"))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(OOM)))
def test_bytes_in_the_middle_of_a_report_read(junk: bytes, at: int) -> None:
    try:
        all_of(OOM[:at] + junk + OOM[at:])
    except InputError as error:  # the junk came first, and is the mark of a packed file
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    "text",
    [
        b"INFO: task " + b":1" * 30_000 + b" blocked for more than 1 seconds.",
        b"a invoked oom-killer: gfp_mask=0x" + b"0(" * 30_000,
        b"oom-kill:constraint=" + b",cpuset=,task=,pid=1" * 3000,
        b"x invoked oom-killer: gfp_mask=0xcc0, order=0, oom_score_adj=0\n"
        + b" " * 60_000
        + b"f+0x1",
        b"[" * 60_000,
        b"> " * 30_000 + b"INFO: task a:1 blocked for more than 1 seconds.",
        b"2 locks held by a/1:\n #0: " + b"(" * 30_000 + b"{" * 30_000,
        b"page allocation failure" * 2000,
        b"CPU: 1 PID: 1 Comm: " + b"a Tainted: " * 5000 + b"#1",
    ],
    ids=range(9),
)
def test_lines_that_invite_long_searches_are_read_at_once(text: bytes) -> None:
    """They end at all: with a search of square time some would take minutes."""
    all_of((text + b"\n") * 3)


def test_a_line_without_end_is_cut_and_counted() -> None:
    log = read_log(b"x" * (40 * LONGEST_LINE) + b"\n" + OOM)
    assert (log.counts.long, len(log.ooms)) == (1, 1)
    assert log.ooms[0].place.first == 2


def test_nul_bytes_of_a_crash_are_dropped_and_counted() -> None:
    log = read_log(b"\0" * 4096 + OOM)
    assert (log.counts.binary, len(log.ooms)) == (4096, 1)


def test_a_log_packed_with_gzip_is_unpacked() -> None:
    packed = gzip.compress(OOM)
    assert len(read_log(packed).ooms) == 1
    assert len(read_log(packed + packed).ooms) == 2
    assert len(read_log(packed[: len(packed) - 60]).ooms) == 1, "it was cut off"
    with pytest.raises(InputError, match="damaged"):
        read_log(b"\x1f\x8b" + b"junk" * 20)


def test_text_of_two_bytes_a_character_is_read() -> None:
    assert len(read_log(b"\xff\xfe" + OOM.decode().encode("utf-16-le")).ooms) == 1


@pytest.mark.parametrize(
    ("mark", "says"),
    [(b"\xfd7zXZ\0", "xz"), (b"BZh9", "bzip2"), (b"(\xb5/\xfd", "zstd"), (b"PK\x03\x04", "zip"),
     (b"LPKSHHRH", "journalctl")],
)  # fmt: skip
def test_what_is_packed_otherwise_says_how_to_unpack_it(mark: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_log(mark + b"\0" * 100)


class Endless:
    """A log of the same report, over and over."""

    def __init__(self, times: int) -> None:
        self.left = times

    def read(self, _size: int, /) -> bytes:
        """One report."""
        self.left -= 1
        return OOM if self.left >= 0 else b""


def test_records_are_given_out_while_the_log_is_read() -> None:
    """So a log of any length needs the same memory."""
    source = Endless(10_000)
    found = incidents(source)
    for _ in range(20):
        next(found)
    assert source.left > 9_900


def test_of_too_many_records_the_first_and_the_last_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("oomlab.logs.read.MOST_KEPT", 10)
    log = read_log(Endless(40))
    assert len(log.incidents) == 10 and log.counts.dropped == 40 * 5 - 10
    assert log.incidents[0].place.first == 1
    assert log.incidents[-1].place.last > log.counts.read - 5


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.BytesIO]:
    """What stands on standard input."""
    pipe = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(pipe))
    yield pipe


def test_the_command_reads_a_file_and_standard_input(
    piped: io.BytesIO, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(SAMPLES / "4.13-deadlock.log")
    assert main(["log", path]) == 0
    text = capsys.readouterr().out
    piped.write(OOM)
    piped.seek(0)
    assert main(["log"]) == 0
    assert capsys.readouterr().out == text.replace(path, "standard input")
    for words in ("loom:1500 called the OOM killer", "killed: hog:1499", "Who waits for whom"):
        assert words in text


def test_the_command_shows_control_characters(
    piped: io.BytesIO, capsys: pytest.CaptureFixture[str]
) -> None:
    piped.write(OOM.replace(b"(hog)", b"(h\x07\xe2\x80\xaeg)").replace(b"hog", b"h\x07g"))
    piped.seek(0)
    assert main(["log", "-"]) == 0
    text = capsys.readouterr().out
    assert "h\\x07" in text and "\\u202e" in text
    assert all(c.isprintable() or c == "\n" for c in text)


def test_the_json_has_a_format_and_all_records(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "--json", str(SAMPLES / "4.13-deadlock.log")]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["format"] == FORMAT == 1
    oom, hung, *locks = data["incidents"]
    assert (oom["kind"], oom["line"], oom["may_kill"]) == ("oom", 1, True)
    assert oom["mask"]["names"] == ["GFP_HIGHUSER_MOVABLE"]
    assert oom["victims"][0]["reaped"]["done"] is False
    assert hung["task"] == {"comm": "loom", "pid": 1500}
    assert len(locks) == 3
    assert data["story"]["findings"]


def test_the_kernel_that_is_given_counts_where_the_log_says_none(
    piped: io.BytesIO, capsys: pytest.CaptureFixture[str]
) -> None:
    piped.write(b"a invoked oom-killer: gfp_mask=0x6000c0, order=0, oom_score_adj=0\n")
    piped.seek(0)
    assert main(["log", "--json", "--kernel", "4.19"]) == 0
    (oom,) = json.loads(capsys.readouterr().out)["incidents"]
    assert (oom["release"], oom["mask"]["names"]) == ("4.19", ["GFP_KERNEL"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["log", "/"], "folder"),
        (["log", "/no/such/log"], "/no/such/log"),
        (["log", "-", "--kernel", "banana"], "banana"),
    ],
)
def test_a_wrong_call_gets_one_line(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == BAD_INPUT
    told = capsys.readouterr()
    assert says in told.err and told.err.count("\n") == 1 and not told.out


def test_a_log_without_anything_says_so(
    piped: io.BytesIO, capsys: pytest.CaptureFixture[str]
) -> None:
    piped.write(b"Sep  3 10:44:41 box systemd[1]: Started something.\n")
    piped.seek(0)
    assert main(["log"]) == 0
    assert "Nothing in it is about memory" in capsys.readouterr().out
