"""The ledger as the book shows it."""

from __future__ import annotations

import re

import pytest

from oomlab.errors import InputError
from oomlab.evidence.ledger import book_pages
from oomlab.evidence.ledger.claims import CLAIMS, WORDS
from oomlab.evidence.ledger.findings import FINDINGS, RFC
from oomlab.evidence.ledger.findings_report import review
from oomlab.figures.messages import Message, draw_messages
from oomlab.views.ledger import claims
from tests.figures.drawings import check_sound, parsed

TITLES = {"report": "A lock & its <holder>"}


def test_each_claim_stands_under_its_word_once() -> None:
    shown = [
        int(number)
        for word in WORDS
        for number in re.findall(r'id="claim-(\d+)"', book_pages.claims_html(word, TITLES))
    ]
    assert sorted(shown) == list(CLAIMS)


def test_a_claim_shows_its_figures_and_links_to_chapters_that_exist() -> None:
    text = book_pages.claims_html("qualified", TITLES)
    first, *_ = CLAIMS[29].measure()
    assert f"First kill, three tasks: <strong>{first.text}</strong>" in text
    assert '<a href="report.html">A lock &amp; its &lt;holder&gt;</a>' in text
    assert set(re.findall(r'href="([^"]*)"', text)) == {"report.html"}


def test_text_is_escaped_and_code_is_code() -> None:
    assert book_pages.in_html("a < b and `c < d`") == "a &lt; b and <code>c &lt; d</code>"


def test_the_table_says_what_is_declared() -> None:
    rows = re.findall(r"<tr>(.*?)</tr>", book_pages.offloads_table())[1:]
    assert len(rows) == sum(finding.is_defect for finding in FINDINGS.values())
    (stale,) = [row for row in rows if ">R2<" in row]
    assert re.findall(r"<td>(.*?)</td>", stale) == [
        "<strong>has&nbsp;it</strong>",
        "<strong>has&nbsp;it</strong>",
        "free",
    ]
    assert sum("cannot be shown" in row for row in rows) == 1


def test_a_finding_tells_its_schedule_in_words_and_as_a_string() -> None:
    text = book_pages.findings_html(review([FINDINGS["R2"]], [RFC]))
    assert 'id="R2"' in text
    assert "<summary>After 38 steps of <code>h5-host-never-answers</code>" in text
    assert '<li value="13">fs_task has waited long enough' in text
    assert "<code>oomlab replay 'h5-host-never-answers/offload/" in text
    assert "ghosts=" not in text.partition("oomlab replay")[0]


def test_a_measured_finding_tells_its_figures_and_one_without_a_show_its_reason() -> None:
    text = book_pages.findings_html(review([FINDINGS["R9"], FINDINGS["R19"]], [RFC]))
    assert "Pages that the listener behind gives back: <strong>0</strong>" in text
    assert "<strong>Not shown:</strong> In the model each step" in text


def test_the_picture_marks_the_claims_of_one_word() -> None:
    for word in WORDS:
        view = claims(word)
        numbers = [n for n, claim in CLAIMS.items() if claim.word == word]
        assert view.sentence.startswith(f"{len(numbers)} claim")
        assert f"{word}: {', '.join(map(str, numbers))}. " in view.sentence
        assert view.picture.count('fill-opacity="0.18"') == 2 * (
            len(numbers) + 1
        )  # with the key, in both layouts
    assert len({claims(word).picture for word in WORDS}) == len(WORDS)


def test_another_word_is_refused() -> None:
    with pytest.raises(InputError, match="unknown word 'true'; valid: confirmed, qualified"):
        claims("true")


def test_the_picture_is_sound_and_says_who_and_when() -> None:
    rows = [Message("A & B, 1 May", tuple(range(1, 12))), Message("C", (12,))]
    figure = draw_messages(rows, frozenset({2, 12}), "so")
    check_sound(figure)
    assert "A & B, 1 May: claims 1 to 11; so: 2." in figure.twin
    bold = [n.text for n in parsed(figure).iter() if n.attrib.get("class") == "oom-name"]
    assert bold == ["2", "12"]
