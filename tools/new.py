"""Write the file that a new scenario, listener, remedy, view or chapter begins with.

`make new scenario my-case` writes `oomlab/scenarios/my_case.py`, with FILL IN wherever somebody has
to, and says which line to add where. What is there already is never overwritten.
"""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from oomlab.errors import InputError, find, shown
from oomlab.registry import Registry
from tools.paths import ROOT

TEMPLATES = Path(__file__).with_name("templates")

MARK = "FILL IN"
"""Stands wherever a template cannot know what to say; no file of the project keeps it."""

LONGEST = 40
"""Characters of a name (our choice)."""

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Line:
    """A line to be added to `file`, anywhere before the one that begins as `before` does."""

    file: str
    before: str
    text: str


@dataclass(frozen=True)
class Kind:
    """What can be begun: where its file goes (`folder`, `ending`), the `lines` that make it known,
    and what to do `then`. $name, $constant and so on are put in as in the templates."""

    name: str
    folder: str
    ending: str
    lines: tuple[Line, ...]
    then: str


KINDS: Registry[str, Kind] = Registry(
    "kind of thing",
    (
        Kind(
            "scenario",
            "oomlab/scenarios",
            "py",
            (
                Line(
                    "oomlab/scenarios/__init__.py",
                    "from oomlab.scenarios.nap_under_lock",
                    "from oomlab.scenarios.$constant import $CONSTANT",
                ),
                Line(
                    "oomlab/scenarios/__init__.py",
                    "GROUPS",
                    "STUDIES.add($CONSTANT)",
                ),
            ),
            "`oomlab run $name` shows what comes of it, and tests/scenarios/test_expected.py holds "
            "it to the verdicts it states. A hazard goes into SCENARIOS instead of STUDIES",
        ),
        Kind(
            "listener",
            "oomlab/listeners",
            "py",
            (),
            "a scenario that has it calls `$Class.register(machine, pages=256)` in its `build`; "
            "`make new scenario` begins one",
        ),
        Kind(
            "remedy",
            "oomlab/remedies",
            "py",
            (
                Line(
                    "oomlab/remedies/__init__.py",
                    "__all__",
                    "from oomlab.remedies.$constant import $CONSTANT",
                ),
                Line(
                    "oomlab/remedies/__init__.py",
                    "__all__",
                    "REMEDIES[$CONSTANT.name] = $CONSTANT",
                ),
            ),
            "`oomlab run h1-two-task-cycle --remedy $name` shows what comes of it, "
            "`oomlab matrix` what each scenario does",
        ),
        Kind(
            "view",
            "oomlab/views",
            "py",
            (),
            'a chapter shows it with `Panel("oomlab.views.$constant:$constant", ...)`; views are '
            "found by themselves",
        ),
        Kind(
            "chapter",
            "book",
            "md",
            (
                Line("_toc.yml", "  - caption: Appendix", "      - file: book/$name"),
                Line("_config.yml", "        book/listeners: ", "        book/$name: FILL IN"),
            ),
            "`make book` runs it and adds it to the site",
        ),
    ),
)
"""What there is a template for."""


def words_of(name: str) -> dict[str, str]:
    """The name as a template needs it. Raises InputError unless it can be that of a module."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST or keyword.iskeyword(name):
        raise InputError(
            f"{shown(name)} cannot be a name; valid: small letters, digits and single hyphens, "
            f"beginning with a letter, up to {LONGEST} characters, e.g. my-case"
        )
    constant = name.replace("-", "_")
    return {
        "name": name,
        "constant": constant,
        "CONSTANT": constant.upper(),
        "Class": "".join(part.capitalize() for part in name.split("-")),
    }


def begin(what: str, name: str, root: Path = ROOT) -> Path:
    """Write the file. Raises InputError for an unknown kind, a name that cannot be one, and where
    there is such a file already; then nothing is written."""
    kind = find("kind of thing", what, KINDS)
    words = words_of(name)
    stem = words["constant"] if kind.ending == "py" else name
    path = root / kind.folder / f"{stem}.{kind.ending}"
    template = Template((TEMPLATES / f"{kind.name}.txt").read_text(encoding="utf-8"))
    text = template.substitute(words)
    if path.with_suffix("").is_dir():
        raise InputError(f"there is a folder {kind.folder}/{stem} already; choose another name")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        there = path.relative_to(root)
        raise InputError(f"there is a {there} already; choose another name") from None
    return path


def lines_to_add(what: str, name: str) -> tuple[Line, ...]:
    """The lines that make it known."""
    words = words_of(name)
    return tuple(
        Line(line.file, line.before, Template(line.text).substitute(words))
        for line in KINDS[what].lines
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Begin what is asked for, and say the next step. Result: the exit status."""
    asked = sys.argv[1:] if arguments is None else arguments
    try:
        if len(asked) != 2:
            raise InputError(f"say what and its name: make new {'|'.join(KINDS)} NAME")
        what, name = asked
        path = begin(what, name)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{path.relative_to(ROOT)} is written. Next:")
    print(f"  - fill in what is marked {MARK} there")
    for line in lines_to_add(what, name):
        print(f"  - add to {line.file}: {line.text.strip()}")
    print(f"  - {Template(KINDS[what].then).substitute(words_of(name))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
