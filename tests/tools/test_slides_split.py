"""A made-up page as slides: what stands where, and what the speaker is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from tools.slides.__main__ import main
from tools.slides.notes import Margin, Note, margin, notes
from tools.slides.split import PageError, Slide, article, kind_of, lines_of, moves, slides
from tools.slides.write import address

PANEL = (
    '<figure class="oom-box oom-panel" id="fig-x"><figcaption class="oom-title">X</figcaption>'
    '<form class="oom-prediction" data-right="1"></form><div class="oom-compare"><dl>'
    '<div class="oom-right"><dt>It is</dt><dd>✓ The second</dd></div>'
    '<dd class="oom-model">Because.</dd></dl></div><div class="oom-body">'
    '<fieldset class="oom-control oom-radios"><legend>Mask</legend><label>one</label></fieldset>'
    '<div class="oom-control"><label>Free pages</label></div>'
    '<p class="oom-sentence">It fails.</p></div></figure>'
)
TERM = '<a href="glossary.html#term-lock">lock</a>'


def page(*inside: str) -> str:
    body = "".join(inside)
    return (
        '<main><article class="bd-article"><p class="oom-part-name">The knot</p><section id="top">'
        f'<h1>Top<a class="headerlink" href="#top">#</a></h1>{body}</section></article></main>'
    )


def cut(*inside: str) -> list[Slide]:
    return slides(article(page(*inside)))


def words(slide: Slide) -> list[str]:
    return [" ".join(block.get_text().split()) for block in slide.blocks]


def element(html: str) -> Tag:
    found = BeautifulSoup(html, "html.parser").find()
    assert isinstance(found, Tag)
    return found


def test_a_title_has_the_part_the_question_and_the_picture_that_opens_the_chapter() -> None:
    first, second = cut(
        '<p class="oom-question"><em>Why?</em></p>',
        '<div class="cell"><div class="cell_output"><div class="output">'
        '<figure class="oom-lead">picture</figure></div></div></div>',
        "<p>Text.</p>",
    )
    assert (first.kind, words(first)) == ("title", ["The knot", "Top", "Why?", "picture"])
    assert (second.kind, second.ident, words(second)) == ("text", "top-part-2", ["Text."])


def test_a_section_begins_a_slide_and_what_moves_has_one_of_its_own() -> None:
    folded = '<details class="oom-source">code</details>'
    cell = f'<div class="cell"><div class="cell_output">{PANEL}</div>{folded}</div>'
    made = cut(
        '<section id="a"><h2>A</h2><p>One.</p>',
        cell,
        "<p>Two.</p></section>",
        f'<section id="b"><h2>B</h2>{PANEL.replace("fig-x", "fig-y")}<p>Three.</p></section>',
    )
    assert [(one.ident, one.kind) for one in made] == [
        ("top", "title"),
        ("a", "text"),
        ("a-part-2", "panel"),
        ("a-part-3", "text"),
        ("b", "panel"),
        ("b-part-2", "text"),
    ]
    assert words(made[1]) == ["A", "One."] and words(made[4])[0] == "B"
    assert [one.head for one in made] == ["Top", "A", "A", "A", "B", "B"]
    assert "code" not in "".join(words(made[2]))


def test_long_prose_goes_on_to_further_slides_and_no_word_is_lost() -> None:
    text = [f"Sentence {i}, {'and so on ' * 20}." for i in range(8)]
    made = cut(*(f"<p>{one}</p>" for one in text))
    assert len(made) >= 4
    assert " ".join(w for slide in made[1:] for w in words(slide)) == " ".join(text)


def test_a_list_is_cut_between_its_entries_and_counts_on() -> None:
    entries = "".join(f"<li>{'word ' * 40}</li>" for _ in range(8))
    made = cut(f'<ol class="simple">{entries}</ol>')
    lists = [block for slide in made for block in slide.blocks if block.name == "ol"]
    assert len(lists) > 1 and sum(len(one.select("li")) for one in lists) == 8
    assert [int(str(one["start"])) for one in lists] == [
        1 + sum(len(before.select("li")) for before in lists[:i]) for i in range(len(lists))
    ]


def test_what_leads_to_the_next_block_stands_with_it() -> None:
    filling = f"<p>{'word ' * 80}.</p>"
    made = cut(filling, "<p>The lines:</p>", f"<ul>{'<li>entry</li>' * 5}</ul>")
    assert words(made[-1])[0] == "The lines:"
    made = cut("<p>Text.</p>", '<span id="place"></span>', PANEL)
    assert made[-1].blocks[0]["id"] == "place"


def test_an_exercise_shows_its_question_and_folds_its_answer() -> None:
    _, slide = cut(
        '<div class="tip dropdown admonition"><p class="admonition-title">T</p>'
        "<p><em>Why?</em></p><p>So.</p></div>"
    )
    assert slide.kind == "question"
    folded = slide.blocks[0].find("details")
    assert isinstance(folded, Tag) and folded.get_text() == "AnswerSo."
    assert [one.find_parent("details") for one in slide.blocks[0].select("p > em")] == [None]
    assert "dropdown" not in slide.blocks[0]["class"]  # no script has to open it
    _, slide = cut('<div class="note dropdown admonition"><p>T</p><p>A remark.</p></div>')
    assert (slide.kind, slide.blocks[0].find("details")) == ("text", None)


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<p>Text with an <img src='x'>.</p>", "text"),
        ("<p><strong>For a friend:</strong> <em>so</em></p>", "friend"),
        ('<div class="oom-code">C</div>', "code"),
        (f"<pre>{'line' + chr(10)}</pre>", "text"),
        ("<pre>" + "line\n" * 9 + "</pre>", "code"),
        ("<table>" + "<tr><td>x</td></tr>" * 3 + "</table>", "text"),
        ("<div><table>" + "<tr><td>x</td></tr>" * 9 + "</table></div>", "table"),
        ("<figure><svg></svg></figure>", "figure"),
        ('<div class="oom-box oom-bench"></div>', "panel"),
    ],
)
def test_what_a_block_is(html: str, kind: str) -> None:
    assert kind_of(element(html)) == kind


def test_what_is_folded_takes_one_line() -> None:
    assert lines_of(element(f"<details><summary>S</summary>{'long ' * 200}</details>")) < 2
    assert lines_of(element(f"<p>{'long ' * 200}</p>")) > 10


def test_a_page_without_a_title_or_with_a_strange_section_is_refused() -> None:
    with pytest.raises(PageError, match="no text with a title"):
        article("<main></main>")
    with pytest.raises(PageError, match="section top has two headings"):
        cut("<h2>Another</h2>")
    with pytest.raises(PageError, match="the id top-part-2 is taken"):
        cut('<p id="top-part-2">Text.</p>')


def test_pages_on_which_nothing_moves_have_no_deck() -> None:
    assert moves(PANEL) and not moves("<p>a class called oom-panel</p>")


def test_the_speaker_knows_the_answer_the_words_and_what_students_say() -> None:
    known = Margin(
        terms={"term-lock": Note("lock", "A door.")},
        mistakes={"it": [Note("Students say: so", "No.")]},
        classes={"it": [Note("In class", "Draw it.")]},
    )
    deck = cut(f"<p>A {TERM}.</p>", PANEL, f"<p>The {TERM} again.</p>")
    assert notes("it", deck, known) == [
        [Note("In class", "Draw it."), Note("Students say: so", "No.")],
        [Note("lock", "A door.")],
        [
            Note("The answer", "The second Because."),
            Note("It shows at first", "It fails."),
            Note("To move", "Mask, Free pages"),
        ],
        [],  # a word is explained once
    ]
    assert notes("other", deck, known)[0] == []


def test_notes_come_from_the_glossary_and_from_the_page_about_teaching(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "glossary.html").write_text(
        page(
            '<dl class="simple glossary"><dt id="term-a">a<a class="headerlink">#</a></dt>'
            '<dt id="term-b">b</dt><dd><p>Both.</p></dd></dl>'
        )
    )
    link = '<a href="report.html">R</a>'
    row = f"<tr><td>ps0</td><td>It hangs.</td><td>It waits.</td><td>{link}</td></tr>"
    head = ("set", "what students say", "why it is wrong", "show them")
    (tmp_path / "book" / "teaching.html").write_text(
        page(
            f"<table><tr>{''.join(f'<th>{one}</th>' for one in head)}</tr>{row}</table>",
            f"<table><tr><th>week</th></tr>{row}</table>",
            '<section id="what-to-show-in-class"><h2>S</h2><ul>'
            '<li>Use <a href="report.html#x">it</a>.</li></ul></section>',
        )
    )
    found = margin(tmp_path)
    assert found.terms == {"term-a": Note("a", "Both."), "term-b": Note("b", "Both.")}
    assert found.mistakes == {"report": [Note("Students say: It hangs.", "It waits.")]}
    assert found.classes == {"report": [Note("In class", "Use it.")]}


@pytest.mark.parametrize(
    ("target", "leads"),
    [
        ("#place", "#place"),
        ("#code", "../book/it.html#code"),  # the deck has it not
        ("it.html", "#"),
        ("other.html#there", "other.html#there"),
        ("other.html#elsewhere", "../book/other.html#elsewhere"),
        ("other.html?cell=a/b", "other.html?cell=a/b"),
        ("index.html", "front.html"),
        ("glossary.html#term-a", "../book/glossary.html#term-a"),
        ("sets/ps1.html", "../book/sets/ps1.html"),
        ("../genindex.html", "../genindex.html"),
        ("https://example.org/a#b", "https://example.org/a#b"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_a_link_leads_to_a_deck_that_has_its_place_and_else_to_the_page(
    target: str, leads: str
) -> None:
    decks = {"it": {"place"}, "other": {"there"}, "index": set[str]()}
    assert address(target, "it", decks) == leads


def test_without_a_book_one_line_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path} lacks book/index.html: run make book first\n"
    assert list(tmp_path.iterdir()) == []
