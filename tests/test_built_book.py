"""Without a built book there is one error, and all other tests run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.built_book import NoBook, without_book


def item(*fixtures: str, **names: object) -> Any:
    return SimpleNamespace(fixturenames=fixtures, module=SimpleNamespace(**names))


def test_one_error_stands_for_all_tests_that_read_the_book(request: pytest.FixtureRequest) -> None:
    told: list[Any] = []
    session = SimpleNamespace(
        config=SimpleNamespace(
            hook=SimpleNamespace(pytest_deselected=lambda items: told.extend(items))
        )
    )
    readers = [item("read_page"), item("watch", "site_url"), item(SITE="_build/html")]
    others = [item(), item("tmp_path", ROOT=".")]
    with pytest.MonkeyPatch.context() as patch:
        real = NoBook.from_parent
        patch.setattr(NoBook, "from_parent", lambda _, **how: real(request.session, **how))
        one, *rest = without_book(session, [*readers, *others])  # type: ignore[arg-type]
        assert without_book(session, others) == others  # type: ignore[arg-type]
    assert (rest, told) == (others, readers)
    with pytest.raises(pytest.fail.Exception, match=r"^there is no built book: run make book \(3 "):
        one.runtest()
