"""The parts of the pages for instructors and for students that come from the sets themselves.

`python -m tools.teaching_tables` writes them between the marks in `book/teaching.md` and
`book/problem-sets.md`; a test holds the pages against them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from tools.assignments import ProblemSet, page_title, sets
from tools.paths import ROOT

PAGE = ROOT / "book" / "teaching.md"
FOR_STUDENTS = ROOT / "book" / "problem-sets.md"

_MARKED = re.compile(
    r"(<!-- (\w+): made by tools/teaching_tables.py -->\n).*?(<!-- end -->)", re.DOTALL
)


def chapter(page: str) -> str:
    """A link to a page of the book, by its title."""
    return f"[{page_title(page)}]({page}.md)"


def linked(one: ProblemSet) -> str:
    """A link to the page of a set, by its title."""
    return f"[{one.head['title']}](sets/{one.name}.ipynb)"


def plan(all_sets: list[ProblemSet]) -> Iterator[str]:
    """The ten weeks; the warm-up belongs to the first."""
    yield "| week | set | read before | minutes | points |"
    yield "|---|---|---|---|---|"
    for number, one in enumerate(all_sets):
        read = ", ".join(chapter(page) for page in one.head["chapters"])
        week = max(number, 1)
        points = f"{one.by_machine} + {one.points - one.by_machine}"
        link = f"{one.name.partition('-')[0]} {linked(one)}"
        yield f"| {week} | {link} | {read} | {one.head['minutes']} | {points} |"


def goals(all_sets: list[ProblemSet]) -> Iterator[str]:
    """What a student can do after each set."""
    for one in all_sets:
        title = one.head["title"]
        stop = "" if title.endswith("?") else "."
        yield f"**`{one.name.partition('-')[0]}` {title}{stop}** After it a student can"
        yield ""
        yield from (
            f"- {goal}{';' if goal != one.head['goals'][-1] else '.'}" for goal in one.head["goals"]
        )
        yield ""


def mistakes(all_sets: list[ProblemSet]) -> Iterator[str]:
    """What students get wrong, and the page that cures it."""
    yield "| set | what students say | why it is wrong | show them |"
    yield "|---|---|---|---|"
    for one in all_sets:
        for each in one.head["mistakes"]:
            number = one.name.partition("-")[0]
            yield f"| {number} | {each['says']} | {each['because']} | {chapter(each['page'])} |"


def students(all_sets: list[ProblemSet]) -> Iterator[str]:
    """Links to the sets."""
    yield "| | set | minutes |"
    yield "|---|---|---|"
    for number, one in enumerate(all_sets):
        yield f"| {number} | {linked(one)} | {one.head['minutes']} |"


PARTS = {"students": students, "plan": plan, "goals": goals, "mistakes": mistakes}


def written_page(text: str) -> str:
    """The page with its parts as they should be."""
    all_sets = sets()

    def made(match: re.Match[str]) -> str:
        body = "\n".join(PARTS[match[2]](all_sets)).rstrip()
        return f"{match[1]}\n{body}\n\n{match[3]}"

    return _MARKED.sub(made, text)


def main() -> int:
    """Write the parts into the pages."""
    for page in (PAGE, FOR_STUDENTS):
        text = page.read_text(encoding="utf-8")
        page.write_text(written_page(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
