"""What is said of a log, as HTML: nothing hostile, nothing unbounded, a chapter a finding."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from io import BytesIO
from itertools import cycle, product
from string import ascii_lowercase
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import given, settings
from hypothesis import strategies as st

from oomlab.logs import incidents
from oomlab.logs.incidents import Incident
from oomlab.logs.parts import LogPlace, TaskName
from oomlab.logs.story.telling import story_of
from oomlab.logs.whole_log import Counts, Log
from oomlab.views.log import answer_log
from oomlab.views.log.examples import EXAMPLES, Example
from oomlab.views.log.page import log_html, summary
from oomlab.views.log.records import MOST_ROWS
from tests.logs.story.made_up import DEFLATES, INFLATES, WRITES, oom, reading, seen
from tests.widgets.log_pages import HOSTILE, Seen, dangers

KINDS = [
    kind
    for kind in vars(incidents).values()
    if isinstance(kind, type) and issubclass(kind, Incident) and kind.kind
]


def hostile(value: Any, hint: Any, words: Any) -> Any:
    """`value` with every text in it replaced that is not one of a few, and no number below 0: there
    is no sign in what is read as one."""
    if hint is str:
        return next(words)
    if isinstance(value, int):
        return abs(value)
    if is_dataclass(value) and not isinstance(value, type):
        hints = get_type_hints(type(value))
        return replace(
            value,
            **{
                field.name: hostile(getattr(value, field.name), hints[field.name], words)
                for field in fields(value)
            },
        )
    if isinstance(value, tuple) and get_args(hint):
        inner = get_args(hint)
        return tuple(hostile(one, inner[0], words) for one in value)
    if get_origin(hint) in (Union, UnionType) and value is not None:
        return hostile(value, next(h for h in get_args(hint) if h is not NoneType), words)
    return value


@given(st.data(), st.integers(0, len(HOSTILE)))
@settings(max_examples=40)
def test_no_text_of_a_record_is_markup(data: st.DataObject, first: int) -> None:
    words = cycle(HOSTILE[first:] + HOSTILE[:first])
    drawn = data.draw(st.lists(st.sampled_from(KINDS).flatmap(st.from_type), max_size=4))
    log = hostile(Log("a", tuple(drawn), (), Counts(read=9)), Log, words)
    log = replace(log, incidents=tuple(hostile(one, type(one), words) for one in drawn))
    task = f"{next(words)}:88"
    other = f"{next(words)}:89"
    story = story_of(
        reading(
            seen(task, INFLATES, 28, listed=[next(words), next(words)]),
            seen(other, DEFLATES + WRITES, 57, owner=task),
            ooms=[oom(1, 100, task=task, victim=other, group=next(words))],
        )
    )
    lines = {number: next(words) for number in range(1, 100)}
    html = log_html(log, story, lines, in_site=True)
    assert dangers(html) == []
    assert task.replace("\x1b", "\u241b")[:4] in Seen(html).text


def test_the_check_above_sees_what_it_should() -> None:
    for words in HOSTILE[:4]:
        assert dangers(f"<p title=\"{words}\" lang='{words}'>{words}</p>"), words
    assert dangers("<a href='javascript:x'>y</a><a href='//x'>z</a><a href='a.html#b'>c</a>") == [
        "a href=javascript:x",
        "javascript:x",
        "//x",
    ]


def test_every_finding_leads_to_its_chapter_and_shows_its_lines() -> None:
    story = story_of(
        reading(seen("kworker/0:2:88", INFLATES, 28), seen("writer:90", DEFLATES + WRITES, 57))
    )
    lines = {quote.line: f"text {quote.line}" for one in story.findings for quote in one.quotes}
    html = log_html(Log("a"), story, lines, in_site=True)
    links = [attributes["href"] for name, attributes in Seen(html).tags if name == "a"]
    assert [one.chapter.href for one in story.findings] == [to for to in links if "#" in (to or "")]
    assert links[0] == "report.html#from-when-on-is-it-too-late"
    assert all(text in Seen(html).text for text in lines.values())
    assert "it closes the circle" in html
    assert "oomlab run h1-two-task-cycle --set kernel=4.13" in html
    assert summary(Log("a", counts=Counts(read=1)), story).startswith("Read one line. Tasks wait")
    assert not [
        name for name, _ in Seen(log_html(Log("a"), story, {}, in_site=False)).tags if name == "a"
    ]


def test_many_records_of_one_kind_are_one_row_and_many_kinds_are_bounded() -> None:
    def asked(number: int, comm: str) -> incidents.OomReport:
        return incidents.OomReport(
            place=LogPlace(number, number + 1, number * 1000),
            task=TaskName(comm, number),
            mask_text=f"{0xCC0 + (number % 9 << 20):#x}",
            order=0,
        )

    alike = tuple(asked(number, "demo") for number in range(1, 1242))
    html = log_html(Log("a", alike), story_of(reading()), {}, in_site=True)
    assert "<td>1,241</td>" in html
    assert "demo:1 and 137 more like it" in Seen(html).text
    assert "And 3 more kinds of request." in html
    names = ["".join(letters) for letters in product(ascii_lowercase, repeat=3)]
    kinds = tuple(asked(number, names[number]) for number in range(1, 1242))
    html = log_html(Log("a", kinds), story_of(reading()), {}, in_site=True)
    assert f"And {1241 - MOST_ROWS:,} more records." in html
    assert len(html) < 100_000


def test_a_request_that_cannot_be_is_said_to_be_one() -> None:
    odd = incidents.AllocationFailure(
        place=LogPlace(1, 1), task=TaskName("demo"), mask_text="0xcc0(GFP_NOFS)", order=99
    )
    text = Seen(log_html(Log("a", (odd,)), story_of(reading()), {}, in_site=True)).text
    assert "names and number disagree" in text
    assert "99 is not an order" in text


LINES = [line for example in EXAMPLES.values() for line in example.text.splitlines()]
CHANGES = st.tuples(
    st.sampled_from(["cut", "move", "shorten", "rename"]),
    st.integers(0, 500),
    st.integers(0, 500),
    st.sampled_from(
        (*HOSTILE[:7], "0x0", "-1", str(10**18)),
    ),
    st.sampled_from(
        ["demo", "kworker", "xfs", "balloon", "4.13.0", "0x14", "order:0", "243.", "1"]
    ),
)


@given(st.sampled_from([*EXAMPLES.values()]), st.lists(CHANGES, max_size=8))
@settings(max_examples=80)
def test_a_damaged_or_hostile_log_gets_its_page(
    example: Example, changes: list[tuple[str, int, int, str, str]]
) -> None:
    lines = example.text.splitlines()
    for how, first, second, words, name in changes:
        at, to = first % (len(lines) + 1), second % (len(lines) + 1)
        if how == "cut":
            del lines[at:to]
        elif how == "move":
            lines[at:at] = LINES[to : to + 12]
        elif how == "shorten":
            lines[at : at + 1] = [line[: second % 60] for line in lines[at : at + 1]]
        else:
            lines = [line.replace(name, words) for line in lines]
    data = "\n".join(lines).encode()
    told = answer_log(lambda: BytesIO(data))
    assert "error" not in told
    assert dangers(told["html"]) == []


def test_what_is_no_log_is_one_sentence() -> None:
    assert "xz" in answer_log(lambda: BytesIO(b"\xfd7zXZ\x00" + bytes(99)))["error"]
    assert "<b>" in answer_log(lambda: BytesIO(b"x"), release="<b>")["error"]
    assert "said" in answer_log(lambda: BytesIO(b"x"), release=" 5.15.0-91-generic ")
    empty = answer_log(lambda: BytesIO(b""))
    assert empty["said"].startswith("Read 0 lines. No report")
