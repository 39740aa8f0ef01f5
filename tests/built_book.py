"""Tests that read the built book: without one they are left out, and one error says what to do."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

READERS = {"site_url", "read_page", "open_page", "healthy"}
"""Fixtures that lead to a page of the book."""

SITE_NAME = "SITE"
"""What a module calls the folder of the book (from tools.paths)."""


def reads_book(item: pytest.Item) -> bool:
    """Does a test need the built book: by a fixture, or because its module names the site?"""
    names = set(getattr(item, "fixturenames", ()))
    return bool(names & READERS) or hasattr(getattr(item, "module", None), SITE_NAME)


class NoBook(pytest.Item):
    """Stands for all tests that were left out."""

    left_out = 0

    def runtest(self) -> None:
        """Is red."""
        pytest.fail(no_book(self.left_out), pytrace=False)

    def reportinfo(self) -> tuple[str, None, str]:
        """Where it is said to stand."""
        return "tests/built_book.py", None, "the built book"


def no_book(left_out: int) -> str:
    """The one message."""
    return f"there is no built book: run make book ({left_out} tests that read it were left out)"


def without_book(session: pytest.Session, items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The items that can run, and one for those that cannot, if there are any."""
    readers = [item for item in items if reads_book(item)]
    if not readers:
        return list(items)
    one: NoBook = NoBook.from_parent(session, name="the built book")
    one.left_out = len(readers)
    session.config.hook.pytest_deselected(items=readers)
    return [one, *(item for item in items if not reads_book(item))]
