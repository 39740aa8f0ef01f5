from __future__ import annotations

from collections.abc import Iterator

import pytest

from oomlab.evidence.ledger import lab


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A place where the model may be broken: nothing computed there is kept."""
    lab.forget()
    yield monkeypatch
    monkeypatch.undo()
    lab.forget()
