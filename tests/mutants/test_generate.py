"""Generated mutants: one edit each, Python, and what they leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.__main__ import drawn
from tests.mutants.equivalent import EQUIVALENT
from tests.mutants.generate import mutants
from tests.mutants.suite import ROOT, Copy, judges_of, of_room

SOURCE = '''"""Words."""

LIMIT = 3


def f(x: int, y: int = 2) -> int:
    """Words."""
    if x <= LIMIT and not y:
        raise ValueError(f"{x + 1} is too much")
    yield swap(x, y)
    é = "é" if x else ""; x += y * 2
    return min(x, y)
'''


def edits(source: str) -> set[tuple[str, str]]:
    return {(m.before, m.after) for m in mutants("f.py", source)}


def test_a_source_is_broken_in_all_these_ways() -> None:
    assert edits(SOURCE) == {
        ("3", "4"),
        ("2", "3"),
        ("x <= LIMIT and not y", "not (x <= LIMIT and not y)"),
        ("x <= LIMIT and not y", "False"),
        ("x <= LIMIT and not y", "x <= LIMIT or not y"),
        ("x <= LIMIT", "True"),
        ("x <= LIMIT", "x < LIMIT"),
        ("not y", "True"),
        ("not y", "y"),
        ("yield swap(x, y)", "yield from ()"),
        ("x, y", "y, x"),
        ('"é" if x else ""', "None"),
        ("x", "not (x)"),
        ("x += y * 2", "pass"),
        ("y * 2", "y // 2"),
        ("min(x, y)", "None"),
        ("min", "max"),
    }


def test_each_mutant_is_one_edit_of_a_text_that_is_python() -> None:
    for mutant in mutants("f.py", SOURCE):
        assert SOURCE[mutant.start : mutant.end] == mutant.before
        assert mutant.is_python(SOURCE), mutant.name
        assert mutant.of(SOURCE) != SOURCE


def test_a_draw_is_the_same_for_a_seed_and_has_every_kind() -> None:
    found = of_room(ROOT / "oomlab" / "kernel")
    one, other = (drawn(of_room(ROOT / "oomlab" / "kernel"), 20, 1) for _ in range(2))
    assert one == other != drawn(found, 20, 2)
    assert len(one) == 20
    assert {m.kind for m in one} == {m.kind for m in found}
    assert not {m.name for m in found} & set(EQUIVALENT) & {m.name for m in one}


def test_what_is_called_no_fault_still_stands_in_the_source() -> None:
    names = {m.name for file in {n.split()[0] for n in EQUIVALENT} for m in of_room(ROOT / file)}
    assert set(EQUIVALENT) <= names, "delete what is gone from tests/mutants/equivalent.py"


def test_every_room_has_tests_that_look_at_it() -> None:
    rooms = {p.name for p in (ROOT / "oomlab").iterdir() if (p / "__init__.py").is_file()}
    for room in rooms:
        assert judges_of(f"oomlab/{room}/__init__.py"), room
    first = judges_of("oomlab/engine/clock/recurrence.py")[0]
    assert first.startswith("tests/engine/clock/")


@pytest.mark.parametrize(
    ("after", "noticed"),
    [("    yield write(freed, before)\n", "tests/kernel/test_notifier.py::"), (None, "")],
)
def test_the_real_suite_judges_a_broken_copy(
    tmp_path: Path, after: str | None, noticed: str
) -> None:
    copy = Copy(tmp_path)
    path = copy.root / "oomlab/kernel/notifier.py"
    text = path.read_text(encoding="utf-8")
    before = "    yield write(freed, before + pages)\n"
    assert before in text
    path.write_text(text.replace(before, after or before), encoding="utf-8")
    said = copy.red(["tests/kernel/test_notifier.py"], 120)
    assert said.startswith(noticed) and bool(said) == bool(noticed)
