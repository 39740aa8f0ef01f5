"""What a text on the bench may say, and what it is told otherwise, at its line."""

from __future__ import annotations

import pickle

import pytest

from oomlab.workbench import VERBS, Bench, BenchError, explore_bench, words
from oomlab.workbench.reading import LONGEST_TEXT

DECLARED = "lock = mutex()\npages = lent_pages(2)\nready = word(0)\nqueue_ = queue()\n"
LINES = DECLARED.count("\n")


def refused(text: str, holder: str = "", remedy: str = "mainline") -> BenchError:
    with pytest.raises(BenchError) as wrong:
        explore_bench(Bench(text, holder, remedy), {}, budget=2000)
    return wrong.value


def body(*lines: str) -> str:
    return DECLARED + "def callback(freed):\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("yield mutex_lock(pages)", "`mutex_lock` needs a lock: you gave it a page pool"),
        ("yield mutex_lock(7)", "`mutex_lock` needs a lock: you gave it a number"),
        ("yield write(lock, 1)", "`write` needs a variable: you gave it a lock"),
        (
            "yield down_read(lock)",
            "`down_read` needs a reader-writer semaphore: you gave it a lock",
        ),
        ("yield wake(ready)", "`wake` needs a wait queue: you gave it a variable"),
        ("yield from give_back(lock)", "`give_back` needs a page pool: you gave it a lock"),
        ("yield from add_freed(pages, 1)", "`add_freed` needs a variable: you gave it a page pool"),
        ("yield mutex_lock()", "takes 1 argument(s): you gave it 0"),
        ("yield mutex_lock(lock, lock)", "takes 1 argument(s): you gave it 2"),
        ("yield mutex_lok(lock)", "nothing here is called 'mutex_lok'; did you mean mutex_lock"),
        ("yield mutex_lock(lok)", "nothing here is called 'lok'; did you mean lock"),
        ("mutex_lock(lock)", "write `yield mutex_lock(...)`"),
        ("yield alloc_page(GFP_KERNEL)", "write `yield from alloc_page(...)`"),
        ("yield from mutex_lock(lock)", "write `yield mutex_lock(...)`"),
        ("yield from call_chain()", "nothing here is called 'call_chain'"),
        ("x = mutex()", "write `mutex(...)`"),
        ("yield 3", "behind `yield` stands the call"),
        ("yield mutex_lock(lock=lock)", "takes its arguments without names"),
        ("lock = 3; yield log('x')", "there is something called 'lock' already"),
        ("current = 3; yield log('x')", "kept for the model"),
        ("yield mutex_lock(lock", "this is no Python"),
        ("yield log('x'); x = 1.5", "whole numbers"),
        ("yield log('x'); x = 'a' * 9", "one can reckon with numbers only, not with 'a'"),
        ("yield log('x'); x = 9 // 0", "this divides by 0"),
        ("yield log('x'); x = 1099511627776 * 9", "this gives a number above"),
        ("yield sleep(0)", "`sleep` needs a number from 1 up"),
        ("yield mutex_unlock(lock)", "which it does not hold"),
        ("yield from callback(freed)", "`callback` calls itself"),
    ],
)
def test_what_is_wrong_is_said_at_its_line_in_words(line: str, told: str) -> None:
    wrong = refused(body("yield log('begun')", line))
    assert told in wrong.message
    assert wrong.part == "callback"
    in_line = LINES + 1 if "calls itself" in told else LINES + 3
    assert wrong.line == in_line
    assert str(wrong) == f"callback, line {in_line}: {wrong.message}"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("import os", "nothing can be imported"),
        ("from os import path", "nothing can be imported"),
        ("yield log(freed.name)", "a dot is not understood"),
        ("x = freed[0]", "square brackets"),
        ("x = __import__", "nothing here is called '__import__'"),
        ("x = open", "nothing here is called 'open'"),
        ("x = lambda: 1", "no lambda"),
        ("x = [1 for y in freed]", "ListComp is not understood"),
        ("x = f'{freed}'", "without the f"),
        ("_count = 1", "kept for the model"),
        ("global lock", "cannot set what others see"),
        ("x = " + "-" * 60 + "1", "nested more than"),
        ("x = (y := 1)", "NamedExpr is not understood"),
        ("del freed", "Delete is not understood"),
        ("x = 2 ** 9", "Pow is not understood"),
        ("x = 1 << 9", "LShift is not understood"),
    ],
)
def test_nothing_else_of_python_can_be_said(line: str, told: str) -> None:
    assert told in refused(body("yield log('begun')", line)).message


def test_a_loop_without_a_step_is_ended_at_its_line() -> None:
    wrong = refused(body("x = 1", "while x:", "    x = x + 0", "yield log('never')"))
    assert (wrong.line, wrong.message) == (LINES + 3, "this goes round for ever without a step")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "`def callback`"),
        ("def device():\n    yield log('x')\n", "say what the callback does"),
        ("def callback():\n    yield log('x')\n", "`callback` takes `freed` alone"),
        ("def callback(freed, more):\n    yield log('x')\n", "`callback` takes `freed` alone"),
        ("def callback(freed=1):\n    yield log('x')\n", "plain arguments only"),
        ("def callback(freed):\n    pass\n", "no `yield` is in it"),
        ("x = 3\ndef callback(freed):\n    yield log('x')\n", "only declarations stand"),
        ("x = lock()\ndef callback(freed):\n    yield log('x')\n", "valid: mutex, rwsem, word"),
        ("mutex = mutex()\ndef callback(freed):\n    yield log('x')\n", "is a word of the bench"),
        ("l = mutex('oom_lock')\ndef callback(freed):\n    yield log('x')\n", "already"),
        (
            "p = lent_pages(-1)\ndef callback(freed):\n    yield log('x')\n",
            "only numbers and texts",
        ),
        ("#" * (LONGEST_TEXT + 1), "longer than"),
    ],
)
def test_a_text_that_is_no_driver_is_told_what_it_lacks(text: str, told: str) -> None:
    assert told in refused(text).message


def test_the_other_texts_are_named_as_well() -> None:
    good = body("yield log('x')")
    assert refused(good, "def holder():\n    yield mutex_lock(pages)\n").part == "holder"
    assert refused(good, "", "def notify():\n    yield mutex_lock(1)\n").part == "remedy"
    assert "calls itself" in refused(
        good + "def other():\n    yield from third()\ndef third():\n    yield from other()\n"
    ).message  # fmt: skip


def test_an_error_can_be_sent_from_a_worker() -> None:
    wrong = refused("import os\n")
    assert str(pickle.loads(pickle.dumps(wrong))) == str(wrong)


def test_every_word_can_be_listed() -> None:
    assert {one["name"] for one in words()} == set(VERBS)
    assert {"name": "mutex_lock", "call": "yield mutex_lock(lock)"}.items() <= words()[5].items()
